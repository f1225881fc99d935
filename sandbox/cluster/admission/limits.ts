// LimitRanger and ResourceQuota, as far as pods: defaults and bounds per container, and how much a name space may hold.

import { parseQuantity } from "../../lib/kube/quantity.ts";
import { at, type Fields, fieldsOf, type KubeObject, listOf, textOf } from "../object.ts";
import { forbidden } from "../status.ts";
import type { AdmissionRequest, Plugin } from "./types.ts";

const nano = (value: unknown): bigint => parseQuantity(String(value ?? "0"))?.nano ?? 0n;

const creates = ({ operation, resource, subresource, object }: AdmissionRequest): boolean =>
  operation === "CREATE" && resource.storage === "pods" && subresource === "" && object !== undefined;

const containersOf = (pod: KubeObject | undefined): readonly Fields[] => [
  ...listOf(at(pod, "spec", "initContainers")),
  ...listOf(at(pod, "spec", "containers")),
];

function limitsOf({ lookup, namespace }: AdmissionRequest): readonly Fields[] {
  return lookup
    .list("limitranges", namespace)
    .flatMap((each) => listOf(at(each, "spec", "limits")))
    .filter(({ type }) => type === "Container");
}

function fillIn(container: Fields, { default: limits, defaultRequest }: Fields): Fields {
  const resources = fieldsOf(container["resources"]);
  const given = { ...fieldsOf(limits), ...fieldsOf(resources["limits"]) };
  const requests = { ...fieldsOf(defaultRequest), ...fieldsOf(resources["requests"]) };
  return {
    ...container,
    resources: {
      ...resources,
      ...(Object.keys(given).length > 0 ? { limits: given } : {}),
      ...(Object.keys(requests).length > 0 ? { requests } : {}),
    },
  };
}

/** What a container asks that a bound forbids. */
function brokenBounds(container: Fields, limit: Fields): string[] {
  const errors: string[] = [];
  for (const [name, most] of Object.entries(fieldsOf(limit["max"]))) {
    const asked = at(container, "resources", "limits", name);
    if (asked === undefined) errors.push(`maximum ${name} usage per Container is ${most}.  No limit is specified`);
    else if (nano(asked) > nano(most))
      errors.push(`maximum ${name} usage per Container is ${most}, but limit is ${asked}`);
  }
  for (const [name, least] of Object.entries(fieldsOf(limit["min"]))) {
    const asked = at(container, "resources", "requests", name);
    if (asked === undefined) errors.push(`minimum ${name} usage per Container is ${least}.  No request is specified`);
    else if (nano(asked) < nano(least))
      errors.push(`minimum ${name} usage per Container is ${least}, but request is ${asked}`);
  }
  return errors;
}

export const limitRanger: Plugin = {
  name: "LimitRanger",
  mutate(request) {
    if (!creates(request)) return;
    const spec = fieldsOf(request.object?.["spec"]);
    for (const limit of limitsOf(request))
      for (const kind of ["initContainers", "containers"])
        if (spec[kind] !== undefined) spec[kind] = listOf(spec[kind]).map((each) => fillIn(each, limit));
  },
  validate(request) {
    if (!creates(request)) return;
    const errors = limitsOf(request).flatMap((limit) =>
      containersOf(request.object).flatMap((container) => brokenBounds(container, limit)),
    );
    if (errors.length === 0) return;
    throw forbidden(request.resource, request.name, errors.length === 1 ? (errors[0] ?? "") : `[${errors.join(", ")}]`);
  },
};

/** How much of a quota's resource a pod takes. */
function takes(pod: KubeObject, name: string): bigint {
  if (name === "pods" || name === "count/pods") return 1_000_000_000n;
  const [kind = "", resource = ""] = name.includes(".") ? name.split(".") : ["requests", name];
  return listOf(at(pod, "spec", "containers")).reduce(
    (sum, container) => sum + nano(at(container, "resources", kind, resource)),
    0n,
  );
}

/** Resources of pods that a quota knows. */
const OF_PODS = /^(count\/)?pods$|^(requests\.|limits\.)?(cpu|memory)$/;

/** What pods use of a quota's resource, in the spelling of its bound. */
export function quotaUse(pods: readonly KubeObject[], name: string, bound: string): string {
  if (!OF_PODS.test(name)) return "0";
  const sum = pods.reduce((total, pod) => total + takes(pod, name), 0n);
  if (sum % 1_000_000_000n !== 0n) return `${sum / 1_000_000n}m`;
  // A bound in Mi or Gi makes the sum a binary one.
  const whole = sum / 1_000_000_000n;
  const binary = bound.endsWith("i") && whole % 1024n === 0n ? `${whole / 1024n}Ki` : String(whole);
  return parseQuantity(binary)?.text ?? "0";
}

const plain = (value: bigint, name: string): string => {
  if (/memory|storage/.test(name)) return String(value / 1_000_000_000n);
  return value % 1_000_000_000n === 0n ? String(value / 1_000_000_000n) : `${value / 1_000_000n}m`;
};

/** Containers that do not say what a quota bounds: `limits.cpu for: a,b; memory for: a`. */
function unspecified(pod: KubeObject, names: readonly string[]): string {
  return names
    .filter((name) => /^(requests\.|limits\.)?(cpu|memory)$/.test(name))
    .sort()
    .flatMap((name) => {
      const [kind = "", resource = ""] = name.includes(".") ? name.split(".") : ["requests", name];
      const silent = containersOf(pod)
        .filter((each) => at(each, "resources", kind, resource) === undefined)
        .map((each) => textOf(each["name"]))
        .sort();
      return silent.length === 0 ? [] : [`${name} for: ${silent.join(",")}`];
    })
    .join("; ");
}

export const resourceQuota: Plugin = {
  name: "ResourceQuota",
  validate(request) {
    if (!creates(request) || request.object === undefined) return;
    const { object, namespace, lookup, resource, name } = request;
    const pods = lookup
      .list("pods", namespace)
      .filter((pod) => !["Succeeded", "Failed"].includes(textOf(at(pod, "status", "phase"))));
    for (const quota of lookup.list("resourcequotas", namespace)) {
      const missing = unspecified(object, Object.keys(fieldsOf(at(quota, "spec", "hard"))));
      if (missing !== "")
        throw forbidden(resource, name, `failed quota: ${quota.metadata.name}: must specify ${missing}`);
      const over: string[][] = [[], [], []];
      for (const [what, hard] of Object.entries(fieldsOf(at(quota, "spec", "hard"))).sort()) {
        if (!OF_PODS.test(what)) continue;
        const asked = takes(object, what);
        // What a pod does not ask for, it cannot have too much of.
        if (asked === 0n) continue;
        const used = pods.reduce((sum, pod) => sum + takes(pod, what), 0n);
        if (used + asked <= nano(hard)) continue;
        over[0]?.push(`${what}=${plain(asked, what)}`);
        over[1]?.push(`${what}=${plain(used, what)}`);
        over[2]?.push(`${what}=${String(hard)}`);
      }
      const [requested = [], used = [], limited = []] = over;
      if (requested.length > 0)
        throw forbidden(
          resource,
          name,
          `exceeded quota: ${quota.metadata.name}, requested: ${requested.join()}, used: ${used.join()}, limited: ${limited.join()}`,
        );
    }
  },
};
