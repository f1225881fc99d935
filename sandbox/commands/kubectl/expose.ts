// kubectl expose: a service for what runs.

import type { Task } from "../../kernel/sys.ts";
import { CHANGE_FLAGS, eachObject } from "./each.ts";
import type { Kube } from "./kube.ts";
import { selectorText } from "./pods.ts";
import { dryRun, printChange } from "./print.ts";
import { fetchObjects, selectAny } from "./resources.ts";
import { writeQuery } from "./validate.ts";
import { at, CAUSE, Fail, type Obj } from "./values.ts";

export const EXPOSE_FLAGS = `${CHANGE_FLAGS} cluster-ip= external-ip= labels:l= load-balancer-ip= name= override-type= overrides= port= protocol= save-config! selector= session-affinity= target-port= type=`;

export function* expose(kube: Kube): Task<number> {
  const { flags } = kube;
  const dry = dryRun(kube);
  const client = yield* kube.client();
  const { items, errors } = yield* fetchObjects(kube, yield* selectAny(kube));
  return yield* eachObject(items, errors, function* ({ resource, namespace, name }, object) {
    if (!["pods", "services", "deployments", "replicasets", "replicationcontrollers"].includes(resource.name))
      throw new Fail(`cannot expose a ${resource.kind}${resource.group === "" ? "" : `.${resource.group}`}`);
    const spec: Obj = object.spec;
    const selector = flags.has("selector")
      ? flags.text("selector")
      : resource.name === "pods"
        ? selectorText(object.metadata.labels)
        : selectorText(spec.selector);
    if (selector === "")
      throw new Fail(
        `couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed`,
      );
    const declared: Obj[] =
      (resource.name === "services"
        ? spec.ports
        : (resource.name === "pods" ? spec : at(spec, "template.spec"))?.containers?.flatMap(
            (one: Obj) => one.ports ?? [],
          )) ?? [];
    const numbers = flags.has("port")
      ? flags.text("port").split(",")
      : declared.map((one) => String(one.containerPort ?? one.port));
    if (numbers.length === 0) throw new Fail("couldn't find port via --port flag or introspection");
    const target = flags.text("target-port");
    const ports = numbers.map((port, i) => ({
      ...(numbers.length > 1 ? { name: `port-${i + 1}` } : {}),
      port: Number(port),
      protocol: flags.text("protocol", declared[i]?.protocol ?? "TCP"),
      targetPort: target === "" ? Number(port) : /^\d+$/.test(target) ? Number(target) : target,
    }));
    const labels = flags.has("labels")
      ? Object.fromEntries(
          flags
            .text("labels")
            .split(",")
            .map((pair) => pair.split("=")),
        )
      : object.metadata.labels;
    const body: Obj = {
      kind: "Service",
      apiVersion: "v1",
      metadata: {
        name: flags.text("name", name),
        ...(dry !== "client" || kube.target.chosen ? { namespace } : {}),
        ...(labels === undefined ? {} : { labels }),
        ...(kube.cause === undefined ? {} : { annotations: { [CAUSE]: kube.cause } }),
      },
      spec: {
        ports,
        selector: Object.fromEntries(selector.split(",").map((pair) => pair.split("="))),
        ...(flags.has("type") ? { type: flags.text("type") } : {}),
        ...(flags.has("cluster-ip") ? { clusterIP: flags.text("cluster-ip") } : {}),
      },
      status: { loadBalancer: {} },
    };
    const made =
      dry === "client"
        ? body
        : (yield* client.call({
            method: "POST",
            path: `/api/v1/namespaces/${namespace}/services${writeQuery(kube, "kubectl-expose", dry)}`,
            body,
          })).body;
    yield* printChange(kube, made, "exposed", dry);
  });
}
