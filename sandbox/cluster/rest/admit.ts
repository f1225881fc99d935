// The registry's side of admission: a request for the plugins, and the two passes.

import type { Task } from "../../kernel/sys.ts";
import { gates } from "../chain.ts";
import type { Fields, KubeObject } from "../object.ts";
import type { Resource } from "../registry/types.ts";
import type { AdmissionRequest, RequestContext } from "../request.ts";
import { unknownOption } from "../status.ts";

/** Whether nothing may be kept. Throws where the value is not the one there is. */
export function isDryRun({ query, request }: RequestContext, options: Fields = {}): boolean {
  const asked = query.get("dryRun") ?? (Array.isArray(options.dryRun) ? String(options.dryRun[0] ?? "") : "");
  if (asked === "" || asked === "All") return asked === "All";
  throw unknownOption(request.method, "dryRun", [asked], '"All"');
}

/** What the plugins are asked about. */
export function admissionOf(
  context: RequestContext,
  resource: Resource,
  operation: AdmissionRequest["operation"],
  {
    object,
    old,
    options = {},
    name,
  }: { object: KubeObject | undefined; old?: KubeObject | undefined; options?: Fields; name?: string },
): AdmissionRequest {
  const { info } = context;
  return {
    context,
    operation,
    resource,
    subresource: info.subresource,
    namespace: resource.name === "namespaces" ? info.name || (object?.metadata.name ?? "") : info.namespace,
    name: name ?? info.name,
    object,
    oldObject: old,
    dryRun: isDryRun(context, options),
    options,
  };
}

export function* mutate(admission: AdmissionRequest): Task {
  yield* gates.mutate(admission);
}

export function* validateAdmission(admission: AdmissionRequest): Task {
  yield* gates.validate(admission);
}
