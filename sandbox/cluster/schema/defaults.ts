// Defaults of fields that were left out.

import type { KubeObject } from "../object.ts";
import type { Resource } from "../registry/types.ts";

export function applyDefaults(_resource: Resource, object: KubeObject): KubeObject {
  return object;
}
