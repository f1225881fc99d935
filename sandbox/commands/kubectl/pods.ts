// Which pod and which container a command means.

import type { Task } from "../../kernel/sys.ts";
import { ANY_TYPE } from "./client.ts";
import { fullName, pathOf } from "./discovery.ts";
import type { Kube } from "./kube.ts";
import { missing, selectArgs } from "./resources.ts";
import { at, Fail, nameOf, type Obj } from "./values.ts";

const OPERATORS: Readonly<Record<string, (key: string, values: string) => string>> = {
  In: (key, values) => `${key} in (${values})`,
  NotIn: (key, values) => `${key} notin (${values})`,
  Exists: (key) => key,
  DoesNotExist: (key) => `!${key}`,
};

/** `a=b,c in (d)` of an object's selector, by key; a plain map is one of labels. */
export function selectorText(selector: Obj | undefined): string {
  const whole = selector?.matchLabels !== undefined || selector?.matchExpressions !== undefined;
  const labels: Obj = (whole ? selector?.matchLabels : selector) ?? {};
  const expressions: Obj[] = (whole ? selector?.matchExpressions : undefined) ?? [];
  return [
    ...Object.keys(labels).map((key): [string, string] => [key, `${key}=${labels[key]}`]),
    ...expressions.map(({ key, operator, values }): [string, string] => [
      key,
      OPERATORS[operator]?.(key, [...(values ?? [])].sort().join(",")) ?? key,
    ]),
  ]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, text]) => text)
    .join(",");
}

/** The object that POD or TYPE/NAME names, and the pods behind it. */
export function* podsOf(kube: Kube, word: string, verb: string): Task<Obj[]> {
  const client = yield* kube.client();
  const slashed = word.includes("/");
  const selection = slashed ? yield* selectArgs(kube, [word]) : undefined;
  const item = selection?.items[0];
  const discovery = yield* kube.discovery();
  const resource = item?.resource ?? (yield* discovery.find("pods", 4));
  const name = item?.name ?? word;
  let object: Obj;
  try {
    object = (yield* client.call({
      path: pathOf(resource, kube.namespace, name),
      accept: ANY_TYPE,
      resource: fullName(resource),
      name,
    })).body;
  } catch (error) {
    throw yield* missing(kube, error, resource.namespaced ? kube.namespace : "");
  }
  if (resource.name === "pods") return [object];
  const selector = at(object, "spec.selector");
  const known = [
    "deployments",
    "replicasets",
    "statefulsets",
    "daemonsets",
    "jobs",
    "services",
    "replicationcontrollers",
  ].includes(resource.name);
  if (!known)
    throw new Fail(
      `cannot ${verb} *${resource.version}.${resource.kind}: selector for *${resource.version}.${resource.kind} not implemented`,
    );
  if (resource.name === "services" && Object.keys(selector ?? {}).length === 0)
    throw new Fail(`cannot ${verb} *v1.Service: invalid service '${name}': Service is defined without a selector`);
  const pods = yield* discovery.find("pods");
  const list = (yield* client.call({
    path: `${pathOf(pods, kube.namespace)}?labelSelector=${encodeURIComponent(selectorText(selector))}`,
  })).body;
  const found: Obj[] = (list.items ?? []).map((pod: Obj) => ({ apiVersion: "v1", kind: "Pod", ...pod }));
  found.sort((a, b) => Number(isReady(b)) - Number(isReady(a)));
  if (found.length === 0) throw new Fail(`timed out waiting for the condition`);
  return found;
}

const isReady = (pod: Obj): boolean =>
  (at(pod, "status.conditions") ?? []).some((one: Obj) => one.type === "Ready" && one.status === "True");

const containersOf = (pod: Obj, field: string): Obj[] => at(pod, `spec.${field}`) ?? [];

/** All containers of a pod as messages list them. */
export function allContainers(pod: Obj): string[] {
  return [
    ...containersOf(pod, "containers").map((one) => one.name),
    ...containersOf(pod, "initContainers").map((one) => `${one.name} (init)`),
    ...containersOf(pod, "ephemeralContainers").map((one) => `${one.name} (ephem)`),
  ];
}

/** The container that is meant; a choice among several is told, on stderr unless the caller has another place for it. */
export function* containerOf(pod: Obj, wanted: string, tell: (text: string) => Task): Task<string> {
  const all = ["containers", "initContainers", "ephemeralContainers"].flatMap((field) =>
    containersOf(pod, field).map((one): string => one.name),
  );
  if (wanted !== "") {
    if (!all.includes(wanted))
      throw new Fail(
        `container ${wanted} is not valid for pod ${nameOf(pod)} out of: ${allContainers(pod).join(", ")}`,
      );
    return wanted;
  }
  const annotated = at(pod, "metadata.annotations")?.["kubectl.kubernetes.io/default-container"];
  if (annotated !== undefined) {
    if (all.includes(annotated)) return annotated;
    yield* tell(`Default container name ${JSON.stringify(annotated)} not found in pod ${nameOf(pod)}\n`);
  }
  const first = all[0] ?? "";
  if (all.length > 1)
    yield* tell(`Defaulted container ${JSON.stringify(first)} out of: ${allContainers(pod).join(", ")}\n`);
  return first;
}
