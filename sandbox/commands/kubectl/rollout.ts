// kubectl rollout and autoscale.

import type { Task } from "../../kernel/sys.ts";
import type { KubectlCommand } from "./command.ts";
import { podTemplate } from "./describers.ts";
import { fullName as groupName, kindName, pathOf } from "./discovery.ts";
import { eachObject } from "./each.ts";
import type { Kube } from "./kube.ts";
import { selectorText } from "./pods.ts";
import { dryRun, printChange, printerFor } from "./print.ts";
import { fetchObjects, type Item, selectAny } from "./resources.ts";
import { alignTabs } from "./tabs.ts";
import { writeQuery } from "./validate.ts";
import { at, CAUSE, Fail, type Obj, q, same } from "./values.ts";

const ROLLED = ["deployments", "daemonsets", "statefulsets"];
const RESTARTED = "kubectl.kubernetes.io/restartedAt";
const REVISION = "deployment.kubernetes.io/revision";

/** Does its work for every object that is meant; `told` says where there is none, and first what was not found. */
function* each(kube: Kube, work: (item: Item) => Task, told = false): Task<number> {
  if (kube.args.length === 0 && !kube.flags.has("filename")) throw new Fail("required resource not specified");
  const selector = kube.flags.text("selector");
  const { items, errors } = yield* fetchObjects(kube, yield* selectAny(kube, { all: true, selector }), selector);
  if (items.length + errors.length === 0 && (told || selector !== ""))
    yield* kube.err(`No resources found in ${kube.namespace} namespace.\n`);
  return yield* eachObject(items, told ? errors : [], work, told ? [] : errors);
}

function* patchTemplate(kube: Kube, { resource, namespace, name }: Item, body: Obj): Task<Obj> {
  const client = yield* kube.client();
  return (yield* client.call({
    method: "PATCH",
    path: pathOf(resource, namespace, name) + writeQuery(kube, "kubectl-rollout", dryRun(kube)),
    body,
    type: "application/strategic-merge-patch+json",
  })).body;
}

function* restart(kube: Kube): Task<number> {
  return yield* each(
    kube,
    function* (item) {
      const { resource, name, object = {} } = item;
      if (!ROLLED.includes(resource.name))
        throw new Fail(`error: ${groupName(resource)} ${q(name)} restarting is not supported`);
      if (at(object, "spec.paused") === true)
        throw new Fail(
          `error: ${groupName(resource)} ${q(name)} can't restart paused deployment (run rollout resume first)`,
        );
      const stamp = `${new Date(kube.sys.now()).toISOString().slice(0, 19)}Z`;
      if (at(object, "spec.template.metadata.annotations")?.[RESTARTED] === stamp)
        throw new Fail(
          `failed to create patch for ${name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`,
        );
      const done = yield* patchTemplate(kube, item, {
        spec: { template: { metadata: { annotations: { [RESTARTED]: stamp } } } },
      });
      yield* printChange(kube, done, "restarted", dryRun(kube));
    },
    true,
  );
}

const pause = (paused: boolean) =>
  function* (kube: Kube): Task<number> {
    return yield* each(
      kube,
      function* (item) {
        const { resource, name, object = {} } = item;
        const word = paused ? "pausing" : "resuming";
        if (resource.name !== "deployments")
          throw new Fail(`error: ${groupName(resource)} ${q(name)} ${word} is not supported`);
        if ((at(object, "spec.paused") === true) === paused)
          throw new Fail(`error: ${groupName(resource)} ${q(name)} ${paused ? "is already paused" : "is not paused"}`);
        const done = yield* patchTemplate(kube, item, { spec: { paused: paused ? true : null } });
        yield* printChange(kube, done, paused ? "paused" : "resumed", dryRun(kube));
      },
      true,
    );
  };

/** ReplicaSets of a deployment by revision. */
function* revisions(kube: Kube, { namespace, object = {} }: Item): Task<{ revision: number; set: Obj }[]> {
  const client = yield* kube.client();
  const list = (yield* client.call({
    path: `/apis/apps/v1/namespaces/${namespace}/replicasets?labelSelector=${encodeURIComponent(selectorText(at(object, "spec.selector")))}`,
  })).body;
  return (list.items ?? [])
    .filter((set: Obj) =>
      (at(set, "metadata.ownerReferences") ?? []).some((owner: Obj) => owner.uid === at(object, "metadata.uid")),
    )
    .map((set: Obj) => ({ revision: Number(at(set, "metadata.annotations")?.[REVISION] ?? 0), set }))
    .sort((a: { revision: number }, b: { revision: number }) => a.revision - b.revision);
}

function templateOf(set: Obj): Obj {
  const template: Obj = JSON.parse(JSON.stringify(at(set, "spec.template")));
  delete template.metadata?.labels?.["pod-template-hash"];
  return template;
}

function* undo(kube: Kube): Task<number> {
  const wanted = kube.flags.number("to-revision", 0);
  return yield* each(kube, function* (item) {
    const { resource, name, object = {} } = item;
    if (ROLLED.slice(1).includes(resource.name))
      throw new Fail(`rollout undo of a ${resource.kind} is not modelled in this sandbox`, 2);
    if (resource.name === "deployments" && at(object, "spec.paused") === true)
      throw new Fail(
        "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
      );
    if (resource.name !== "deployments") throw new Fail(`no rollbacker has been implemented for ${q(resource.kind)}`);
    if (at(object, "metadata.annotations")?.["kubectl.kubernetes.io/last-applied-configuration"] !== undefined)
      yield* kube.err(
        `Warning: resource ${resource.name}/${name} was previously managed with 'kubectl apply'. Rolling back will not update the kubectl.kubernetes.io/last-applied-configuration annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.\n`,
      );
    const all = yield* revisions(kube, item);
    const target = wanted > 0 ? all.find(({ revision }) => revision === wanted) : all.at(-2);
    if (target === undefined)
      throw new Fail(
        wanted > 0
          ? `unable to find specified revision ${wanted} in history`
          : `no rollout history found for deployment ${q(name)}`,
      );
    if (same(templateOf(target.set), at(object, "spec.template"))) {
      yield* printChange(
        kube,
        object,
        `skipped rollback (current template already matches revision ${target.revision})`,
      );
      return;
    }
    if (dryRun(kube) === "client") {
      yield* kube.out(`${kindName(resource)}/${name} ${podTemplate(at(target.set, "spec.template"))} (dry run)\n`);
      return;
    }
    const client = yield* kube.client();
    const body = [{ op: "replace", path: "/spec/template", value: templateOf(target.set) }];
    yield* client.call({
      method: "PATCH",
      path: pathOf(resource, item.namespace, name) + (dryRun(kube) === "server" ? "?dryRun=All" : ""),
      body,
      type: "application/json-patch+json",
    });
    yield* printChange(kube, object, "rolled back", dryRun(kube));
  });
}

const apps = (set: Obj): Obj => ({ apiVersion: "apps/v1", kind: "ReplicaSet", ...set });

function* history(kube: Kube): Task<number> {
  const printer = printerFor(kube, kube.flags.text("output"));
  return yield* each(kube, function* (item) {
    const { resource, name } = item;
    if (resource.name !== "deployments") {
      if (!ROLLED.includes(resource.name))
        throw new Fail(
          `no history viewer has been implemented for ${q(`${resource.kind}${resource.group === "" ? "" : `.${resource.group}`}`)}`,
        );
      throw new Fail(`rollout history of a ${resource.kind} is not modelled in this sandbox`, 2);
    }
    const all = yield* revisions(kube, item);
    const wanted = kube.flags.number("revision", 0);
    if (wanted > 0) {
      const found = all.find(({ revision }) => revision === wanted);
      if (found === undefined) throw new Fail("unable to find the specified revision");
      if (printer !== undefined) {
        yield* kube.out(printer(apps(found.set)));
        return;
      }
      yield* kube.out(
        `${kindName(resource)}/${name} with revision #${wanted}\n${podTemplate(at(found.set, "spec.template"))}\n`,
      );
      return;
    }
    if (printer !== undefined) {
      for (const { set } of all) yield* kube.out(printer(apps(set)));
      return;
    }
    yield* kube.out(`${kindName(resource)}/${name} \n`);
    const rows = all.map(
      ({ revision, set }) => `${revision}\t${at(set, "metadata.annotations")?.[CAUSE] ?? "<none>"}\n`,
    );
    yield* kube.out(`${alignTabs(`REVISION\tCHANGE-CAUSE\n${rows.join("")}`, { min: 0, padding: 2 })}\n`);
  });
}

/** What `rollout status` says of an object, and whether it is done. */
function progress({ resource, name, object = {} }: Item): { text: string; done: boolean } {
  const spec: Obj = object.spec ?? {};
  const status: Obj = object.status ?? {};
  const wanted: number = spec.replicas ?? 1;
  const number = (key: string): number => status[key] ?? 0;
  if (resource.name === "deployments") {
    const late =
      (status.conditions ?? []).find((one: Obj) => one.type === "Progressing")?.reason === "ProgressDeadlineExceeded";
    if ((object.metadata.generation ?? 0) > number("observedGeneration"))
      return { text: "Waiting for deployment spec update to be observed...\n", done: false };
    if (late) throw new Fail(`deployment ${q(name)} exceeded its progress deadline`);
    if (number("updatedReplicas") < wanted)
      return {
        text: `Waiting for deployment ${q(name)} rollout to finish: ${number("updatedReplicas")} out of ${wanted} new replicas have been updated...\n`,
        done: false,
      };
    if (number("replicas") > number("updatedReplicas"))
      return {
        text: `Waiting for deployment ${q(name)} rollout to finish: ${number("replicas") - number("updatedReplicas")} old replicas are pending termination...\n`,
        done: false,
      };
    if (number("availableReplicas") < number("updatedReplicas"))
      return {
        text: `Waiting for deployment ${q(name)} rollout to finish: ${number("availableReplicas")} of ${number("updatedReplicas")} updated replicas are available...\n`,
        done: false,
      };
    return { text: `deployment ${q(name)} successfully rolled out\n`, done: true };
  }
  if (resource.name === "daemonsets") {
    if ((object.metadata.generation ?? 0) > number("observedGeneration"))
      return { text: "Waiting for daemon set spec update to be observed...\n", done: false };
    if (number("updatedNumberScheduled") < number("desiredNumberScheduled"))
      return {
        text: `Waiting for daemon set ${q(name)} rollout to finish: ${number("updatedNumberScheduled")} out of ${number("desiredNumberScheduled")} new pods have been updated...\n`,
        done: false,
      };
    if (number("numberAvailable") < number("desiredNumberScheduled"))
      return {
        text: `Waiting for daemon set ${q(name)} rollout to finish: ${number("numberAvailable")} of ${number("desiredNumberScheduled")} updated pods are available...\n`,
        done: false,
      };
    return { text: `daemon set ${q(name)} successfully rolled out\n`, done: true };
  }
  throw new Fail(`no status viewer has been implemented for ${resource.kind}`);
}

function* status(kube: Kube): Task<number> {
  const limit = kube.flags.duration("timeout", 0);
  const until = kube.sys.now() + (limit > 0 ? limit : 3_600_000);
  const client = yield* kube.client();
  const revision = kube.flags.number("revision", 0);
  if (revision < 0) throw new Fail(`revision must be a positive integer: ${revision}`);
  return yield* each(
    kube,
    function* (item) {
      const running = Number(at(item.object, "metadata.annotations")?.[REVISION] ?? 0);
      if (revision > 0 && item.resource.name === "deployments" && revision !== running)
        throw new Fail(`desired revision (${revision}) is different from the running revision (${running})`);
      for (let last = ""; ; ) {
        const { text, done } = progress(item);
        if (text !== last) yield* kube.out(text);
        last = text;
        if (done) break;
        if (!kube.flags.on("watch", true)) break;
        if (kube.sys.now() >= until) throw new Fail("timed out waiting for the condition");
        yield* kube.sys.sleep(500);
        item = { ...item, object: yield* client.get(pathOf(item.resource, item.namespace, item.name)) };
      }
    },
    true,
  );
}

const ROLL =
  "allow-missing-template-keys! dry-run?unchanged field-manager= filename:f* kustomize:k= output:o= recursive:R! selector:l= show-managed-fields! template=";

export const rolloutCommand: KubectlCommand = {
  name: "rollout",
  short: "Manage the rollout of a resource",
  long: "Manage the rollout of one or many resources.\n        \n Valid resource types include:\n\n  *  deployments\n  *  daemonsets\n  *  statefulsets",
  examples: `  # Rollback to the previous deployment
  kubectl rollout undo deployment/abc
  
  # Check the rollout status of a daemonset
  kubectl rollout status daemonset/foo
  
  # Restart a deployment
  kubectl rollout restart deployment/abc
  
  # Restart deployments with the 'app=nginx' label
  kubectl rollout restart deployment --selector=app=nginx`,
  bare: { fd: 1, code: 1 },
  sub: [
    { name: "history", short: "View rollout history", flags: `${ROLL} revision#0`, run: history },
    { name: "pause", short: "Mark the provided resource as paused", flags: ROLL, run: pause(true) },
    { name: "restart", short: "Restart a resource", flags: ROLL, run: restart },
    { name: "resume", short: "Resume a paused resource", flags: ROLL, run: pause(false) },
    {
      name: "status",
      short: "Show the status of the rollout",
      flags: `${ROLL} revision#0 timeout@0s watch:w!`,
      run: status,
    },
    { name: "undo", short: "Undo a previous rollout", flags: `${ROLL} to-revision#0`, run: undo },
  ],
};
