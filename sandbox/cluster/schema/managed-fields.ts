// metadata.managedFields: who set which field last.

import type { KubeObject } from "../object.ts";
import type { Resource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";

export function recordManager(
  _context: RequestContext,
  _resource: Resource,
  object: KubeObject,
  _before: KubeObject | undefined,
  _subresource?: string,
): KubeObject {
  return object;
}
