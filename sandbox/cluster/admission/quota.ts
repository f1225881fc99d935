// ResourceQuota: what objects take of a quota, and the refusal of those that would take too much (k8s.io/apiserver's quota evaluators).

import { addQuantities, parseQuantity, type Quantity, quantityOf } from "../../lib/kube/quantity.ts";
import { at, type Fields, fieldsOf, type KubeObject, listOf, textOf } from "../object.ts";
import { forbidden } from "../status.ts";
import { qosOf } from "../strategy/prepare.ts";
import type { Plugin } from "./types.ts";

const NONE = quantityOf(0);
const ONE = quantityOf(1);
const biggest = (list: readonly Quantity[]): Quantity =>
  list.reduce((most, one) => (one.nano > most.nano ? one : most), NONE);

/** `limits.cpu`, `requests.memory`, `cpu` (a request): which field of a container; undefined for what no container asks. */
function fieldOf(name: string): readonly [kind: string, resource: string] | undefined {
  const found = /^(requests|limits)\.(.+)$/.exec(name);
  if (name === "requests.storage") return undefined;
  if (found !== null) return [found[1] as string, found[2] as string];
  return /^(cpu|memory|ephemeral-storage)$/.test(name) ? ["requests", name] : undefined;
}

/** Its containers together, or one of its first containers where that asks for more. */
function podTakes(pod: KubeObject, name: string): Quantity {
  const over = ["Succeeded", "Failed"].includes(textOf(at(pod, "status", "phase")));
  if (name === "count/pods") return ONE;
  if (over) return NONE;
  if (name === "pods") return ONE;
  const field = fieldOf(name);
  if (field === undefined) return NONE;
  const of = (key: string): Quantity[] =>
    listOf(at(pod, "spec", key)).map((each) => quantityOf(at(each, "resources", ...field) as string | undefined));
  return biggest([addQuantities(of("containers")), ...of("initContainers")]);
}

function serviceTakes(service: KubeObject, name: string): Quantity {
  const type = textOf(at(service, "spec", "type"));
  const ports = listOf(at(service, "spec", "ports"));
  if (name === "services.loadbalancers") return type === "LoadBalancer" ? ONE : NONE;
  if (name !== "services.nodeports") return ONE;
  const open =
    type === "NodePort" || (type === "LoadBalancer" && at(service, "spec", "allocateLoadBalancerNodePorts") !== false);
  return open ? quantityOf(ports.length) : NONE;
}

/** Of which objects a quota's name speaks. */
export function storageOf(name: string): string {
  if (name.startsWith("count/")) return name.slice(6);
  if (name === "services" || name.startsWith("services.")) return "services";
  if (name === "requests.storage") return "persistentvolumeclaims";
  return fieldOf(name) === undefined ? name : "pods";
}

/** What one object takes of what a quota names. */
function takes(object: KubeObject, name: string): Quantity {
  const storage = storageOf(name);
  if (storage === "pods") return podTakes(object, name);
  if (name === "requests.storage") return quantityOf(at(object, "spec", "resources", "requests", "storage") as string);
  return storage === "services" ? serviceTakes(object, name) : ONE;
}

function inScope(object: KubeObject, { scopeName, operator = "Exists", values = [] }: Fields): boolean {
  const ends = at(object, "spec", "activeDeadlineSeconds") !== undefined;
  const best = qosOf(object) === "BestEffort";
  if (scopeName === "Terminating") return ends;
  if (scopeName === "NotTerminating") return !ends;
  if (scopeName === "BestEffort") return best;
  if (scopeName === "NotBestEffort") return !best;
  if (scopeName !== "PriorityClass") return false;
  const name = textOf(at(object, "spec", "priorityClassName"));
  if (operator === "Exists") return name !== "";
  if (operator === "DoesNotExist") return name === "";
  return (values as unknown[]).includes(name) === (operator === "In");
}

/** Whether a quota looks at an object at all; scopes know pods alone. */
function applies(quota: KubeObject, object: KubeObject, storage: string): boolean {
  const scopes: Fields[] = [
    ...((at(quota, "spec", "scopes") ?? []) as string[]).map((scopeName) => ({ scopeName })),
    ...listOf(at(quota, "spec", "scopeSelector", "matchExpressions")),
  ];
  return scopes.every((scope) => storage === "pods" && inScope(object, scope));
}

/** What these objects use together of what a quota names. */
export function quotaUse(quota: KubeObject, name: string, objects: readonly KubeObject[]): Quantity {
  const storage = storageOf(name);
  return addQuantities(objects.filter((each) => applies(quota, each, storage)).map((each) => takes(each, name)));
}

/** Containers that do not say what a quota bounds: `limits.cpu for: a,b; memory for: a`. */
function unspecified(pod: KubeObject, names: readonly string[]): string {
  const all = [...listOf(at(pod, "spec", "initContainers")), ...listOf(at(pod, "spec", "containers"))];
  return names
    .filter((name) => /^(requests\.|limits\.)?(cpu|memory)$/.test(name))
    .flatMap((name) => {
      const field = fieldOf(name) ?? [];
      const silent = all
        .filter((each) => at(each, "resources", ...field) === undefined)
        .map((each) => textOf(each["name"]))
        .sort();
      return silent.length === 0 ? [] : [`${name} for: ${silent.join(",")}`];
    })
    .join("; ");
}

export const resourceQuota: Plugin = {
  name: "ResourceQuota",
  validate({ operation, resource, subresource, object, namespace, lookup, name }) {
    if (operation !== "CREATE" || subresource !== "" || object === undefined || !resource.namespaced) return;
    const { storage } = resource;
    for (const quota of lookup.list("resourcequotas", namespace)) {
      if (!applies(quota, object, storage)) continue;
      const hard = fieldsOf(at(quota, "spec", "hard"));
      const names = Object.keys(hard)
        .filter((each) => storageOf(each) === storage)
        .sort();
      const missing = storage === "pods" ? unspecified(object, names) : "";
      if (missing !== "")
        throw forbidden(resource, name, `failed quota: ${quota.metadata.name}: must specify ${missing}`);
      const objects = lookup.list(storage, namespace);
      const over: string[][] = [[], [], []];
      for (const each of names) {
        const asked = takes(object, each);
        const used = quotaUse(quota, each, objects);
        // What an object does not ask for, it cannot have too much of.
        if (asked.nano === 0n || used.nano + asked.nano <= quantityOf(String(hard[each])).nano) continue;
        [asked.text, used.text, parseQuantity(String(hard[each]))?.text].forEach((text, i) => {
          over[i]?.push(`${each}=${text}`);
        });
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
