// kubectl create deployment, job and cronjob: what runs pods.

import type { Kube } from "../kube.ts";
import { Fail, filled, type Obj } from "../values.ts";
import { afterDash, generator } from "./generator.ts";

const containerOf = (kube: Kube, name: string, image: string, ports: readonly Obj[] = []): Obj => ({
  name,
  image,
  ...filled({ command: afterDash(kube), ports }),
  resources: {},
});

export const deployment = generator({
  name: "deployment",
  short: "Create a deployment with the specified name",
  aliases: ["deploy"],
  usage: "NAME --image=image -- [COMMAND] [args...] [options]",
  flags: "image* port# replicas:r#1",
  makes: ["apps/v1", "Deployment"],
  failing: "deployment: ",
  required: ["image"],
  make(kube, name) {
    const { flags } = kube;
    if (flags.list("image").length > 1 && afterDash(kube).length > 0)
      throw new Fail("cannot specify multiple --image options and command");
    const labels = { app: name };
    const ports = flags.has("port") ? [{ containerPort: flags.number("port", 0) }] : [];
    const containers = flags
      .list("image")
      .map((image) => containerOf(kube, image.replace(/^.*\//, "").replace(/[:@].*$/, ""), image, ports));
    const spec = {
      replicas: flags.number("replicas", 1),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
      strategy: {},
    };
    return { metadata: { name, labels }, spec, status: {} };
  },
});

const podTemplate = (kube: Kube, name: string, restartPolicy: string): Obj => ({
  metadata: {},
  spec: { containers: [containerOf(kube, name, kube.flags.text("image"))], restartPolicy },
});

export const job = generator({
  name: "job",
  short: "Create a job with the specified name",
  usage: "NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...] [options]",
  flags: "from= image=",
  makes: ["batch/v1", "Job"],
  failing: "job: ",
  ask: function* (kube, name) {
    const { flags } = kube;
    if (flags.has("from") === flags.has("image")) throw new Fail("either --image or --from must be specified");
    if (!flags.has("from")) {
      return { metadata: { name }, spec: { template: podTemplate(kube, name, "Never") }, status: {} };
    }
    const [type = "", from = ""] = flags.text("from").split("/");
    const resource = yield* (yield* kube.discovery()).find(type, 2);
    if (resource.kind !== "CronJob") throw new Fail(`unknown object type *${resource.version}.${resource.kind}`);
    const client = yield* kube.client();
    const parent: Obj = (yield* client.call({ path: `/apis/batch/v1/namespaces/${kube.namespace}/cronjobs/${from}` }))
      .body;
    const owner = { apiVersion: "batch/v1", kind: "CronJob", name: from, uid: parent.metadata.uid, controller: true };
    const annotations = { "cronjob.kubernetes.io/instantiate": "manual" };
    return {
      metadata: { name, annotations, ownerReferences: [owner] },
      spec: parent.spec.jobTemplate.spec,
      status: {},
    };
  },
});

export const cronJob = generator({
  name: "cronjob",
  short: "Create a cron job with the specified name",
  aliases: ["cj"],
  usage: "NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags] [options]",
  flags: "image= restart= schedule=",
  makes: ["batch/v1", "CronJob"],
  failing: "cronjob: ",
  required: ["image", "schedule"],
  make(kube, name) {
    const template = podTemplate(kube, name, kube.flags.text("restart") || "OnFailure");
    const spec = { schedule: kube.flags.text("schedule"), jobTemplate: { metadata: { name }, spec: { template } } };
    return { metadata: { name }, spec, status: {} };
  },
});
