// LimitRanger, as far as containers: their defaults and bounds.

import { parseQuantity } from "../../lib/kube/quantity.ts";
import { at, type Fields, fieldsOf, type KubeObject, listOf } from "../object.ts";
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
