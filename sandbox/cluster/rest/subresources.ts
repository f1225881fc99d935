// Subresources: what lies behind an object's path.

import type { Task } from "../../kernel/sys.ts";
import { mergePatch } from "../../lib/kube/merge-patch.ts";
import { gates } from "../chain.ts";
import { serveConnect } from "../connect/pods.ts";
import { at, type Fields, fieldsOf, formatTime, type KubeObject, listOf, textOf, thaw } from "../object.ts";
import { resourceOf } from "../registry/resources.ts";
import type { Resource, Subresource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";
import { decodeObject } from "../schema/decode.ts";
import { recordManager } from "../schema/managed-fields.ts";
import { orderObject } from "../schema/order.ts";
import { matchesSelector } from "../selectors.ts";
import { badRequest, conflict, invalid, StatusError } from "../status.ts";
import { readObjects, writeObject } from "../storage.ts";
import { tableOf } from "../table/table.ts";
import { admissionOf, isDryRun, mutate, validateAdmission } from "./admit.ts";
import { negotiate, sendJson } from "./codec.ts";
import { readBody } from "./decode.ts";
import { evictObject } from "./delete.ts";
import { present, requireObject } from "./get.ts";
import { patchObject } from "./patch.ts";
import { changeObject, updateObject } from "./update.ts";

export function* serveSubresource(context: RequestContext, resource: Resource, sub: Subresource): Task {
  if (yield* serveConnect(context, resource, sub)) return;
  if (sub.name === "scale") return yield* serveScale(context, resource);
  switch (context.info.verb) {
    case "get":
      return yield* sendJson(context, 200, present(context, resource, requireObject(context, resource)));
    case "update":
      return yield* updateObject(context, resource, sub.name);
    case "patch":
      return yield* patchObject(context, resource, sub.name);
    case "create":
      if (sub.name === "binding") return yield* bindPod(context, resource, sub);
      if (sub.name === "eviction") return yield* evictPod(context, resource, sub);
      if (sub.name === "token") return yield* requestToken(context, resource, sub);
  }
  throw new StatusError(501, "", `${resource.name}/${sub.name} is not modelled in this sandbox`);
}

const kindOf = (sub: Subresource) => ({ group: sub.group ?? "", version: sub.version ?? "v1", kind: sub.kind });

/** autoscaling/v1 Scale of a workload. */
function scaleOf(resource: Resource, object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = at(object, "spec", "selector");
  const labels = resource.group === "" ? fieldsOf(selector) : fieldsOf(fieldsOf(selector).matchLabels);
  const text = Object.entries(labels)
    .map(([key, value]) => `${key}=${String(value)}`)
    .sort()
    .join(",");
  const replicas = Number(at(object, "spec", "replicas") ?? 0);
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as KubeObject["metadata"],
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: Number(at(object, "status", "replicas") ?? 0), ...(text === "" ? {} : { selector: text }) },
  };
}

function* serveScale(context: RequestContext, resource: Resource): Task {
  const current = requireObject(context, resource);
  if (context.info.verb === "get") {
    const scale = scaleOf(resource, current);
    const table = negotiate(context.request.headers.get("accept"))?.as === "Table";
    return yield* sendJson(context, 200, table ? tableOf(context, resource, [scale], {}) : scale);
  }
  let wanted: Fields;
  if (context.info.verb === "update")
    wanted = yield* decodeObject(context, { group: "autoscaling", version: "v1", kind: "Scale" });
  else wanted = mergePatch(scaleOf(resource, current), JSON.parse(yield* readBody(context))) as Fields;
  const replicas = Number(at(wanted, "spec", "replicas") ?? 0);
  if (replicas < 0)
    throw invalid({ group: "autoscaling", kind: "Scale" }, context.info.name, [
      {
        type: "FieldValueInvalid",
        field: "spec.replicas",
        message: `Invalid value: ${replicas}: must be greater than or equal to 0`,
      },
    ]);
  const version = textOf(at(wanted, "metadata", "resourceVersion"));
  const stored = yield* changeObject(context, resource, "scale", (object) => ({
    ...thaw(object),
    ...(version === "" ? {} : { metadata: { ...object.metadata, resourceVersion: version } }),
    spec: { ...fieldsOf(object.spec), replicas },
  }));
  yield* sendJson(context, 200, scaleOf(resource, stored));
}

const CREATED = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 } as const;

/** The scheduler's word: this pod goes to that node. */
function* bindPod(context: RequestContext, resource: Resource, sub: Subresource): Task {
  const binding = yield* decodeObject(context, kindOf(sub));
  const { sys, state, info } = context;
  const node = textOf(at(binding, "target", "name"));
  if (node === "")
    throw invalid({ group: "", kind: "Binding" }, info.name, [
      { type: "FieldValueRequired", field: "target.name", message: "Required value" },
    ]);
  for (;;) {
    const pod = requireObject(context, resource);
    const admission = admissionOf(context, resource, "CREATE", { object: binding, name: info.name });
    yield* mutate(admission);
    yield* validateAdmission(admission);
    const there = textOf(at(pod, "spec", "nodeName"));
    if (pod.metadata.deletionTimestamp !== undefined)
      throw conflict(resource, info.name, `pod ${info.name} is being deleted, cannot be assigned to a host`);
    if (there !== "")
      throw conflict(
        { name: "pods/binding", group: "" },
        info.name,
        `pod ${info.name} is already assigned to node ${JSON.stringify(there)}`,
      );
    const status = fieldsOf(pod.status);
    const now = formatTime(sys.now());
    const scheduled = {
      type: "PodScheduled",
      status: "True",
      lastProbeTime: null,
      lastTransitionTime: now,
    };
    const conditions = [...listOf(status.conditions).filter((each) => each.type !== "PodScheduled"), scheduled];
    const bound = orderObject("Pod", {
      ...pod,
      spec: { ...fieldsOf(pod.spec), nodeName: node },
      status: { ...status, conditions },
    });
    if (isDryRun(context)) break;
    if ((yield* writeObject(sys, state, resource.storage, bound, pod.metadata.resourceVersion)) !== "conflict") break;
  }
  yield* sendJson(context, 201, CREATED);
}

const HEALTHY_KEEP = "Cannot evict pod as it would violate the pod's disruption budget.";

/** Eviction: a deletion that PodDisruptionBudgets may put off. */
function* evictPod(context: RequestContext, resource: Resource, sub: Subresource): Task {
  const eviction = yield* decodeObject(context, kindOf(sub));
  const { sys, state, info } = context;
  if (eviction.metadata.name !== undefined && eviction.metadata.name !== info.name)
    throw badRequest(`name in URL does not match name in Eviction object: ${eviction.metadata.name}`);
  const pod = requireObject(context, resource);
  const admission = admissionOf(context, resource, "CREATE", { object: eviction, name: info.name });
  yield* mutate(admission);
  yield* validateAdmission(admission);
  const free =
    ["Succeeded", "Failed", "Pending"].includes(textOf(at(pod, "status", "phase"))) ||
    pod.metadata.deletionTimestamp !== undefined;
  const budgets = readObjects(state, "poddisruptionbudgets.policy", info.namespace).filter((each) =>
    matchesSelector(at(each, "spec", "selector"), pod.metadata.labels),
  );
  if (!free && budgets.length > 1)
    throw new StatusError(
      500,
      "InternalError",
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
    );
  const budget = budgets[0];
  if (!free && budget !== undefined) {
    const status = fieldsOf(budget.status);
    const allowed = Number(status.disruptionsAllowed ?? 0);
    if (allowed <= 0) {
      const message = `The disruption budget ${budget.metadata.name} needs ${Number(status.desiredHealthy ?? 0)} healthy pods and has ${Number(status.currentHealthy ?? 0)} currently`;
      throw new StatusError(429, "TooManyRequests", HEALTHY_KEEP, {
        causes: [{ reason: "DisruptionBudget", message }],
      });
    }
    const disrupted = { ...fieldsOf(status.disruptedPods), [info.name]: formatTime(sys.now()) };
    if (!isDryRun(context))
      yield* writeObject(
        sys,
        state,
        "poddisruptionbudgets.policy",
        { ...budget, status: { ...status, disruptionsAllowed: allowed - 1, disruptedPods: disrupted } },
        undefined,
      );
  }
  yield* evictObject(context, resource, fieldsOf(eviction.deleteOptions));
  yield* sendJson(context, 201, CREATED);
}

/** A token for a ServiceAccount; made at the gate that knows tokens. */
function* requestToken(context: RequestContext, resource: Resource, sub: Subresource): Task {
  const request = yield* decodeObject(context, kindOf(sub));
  const { info } = context;
  const account = requireObject(context, resource);
  const admission = admissionOf(context, resource, "CREATE", { object: request, old: account, name: info.name });
  yield* mutate(admission);
  yield* validateAdmission(admission);
  request.metadata = {
    ...request.metadata,
    name: info.name,
    namespace: info.namespace,
    creationTimestamp: formatTime(context.sys.now()),
  };
  const tokenRequest = { ...resourceOf("serviceaccounts"), group: "authentication.k8s.io", kind: "TokenRequest" };
  yield* sendJson(
    context,
    201,
    yield* gates.review(context, recordManager(context, tokenRequest, request, undefined, "token")),
  );
}
