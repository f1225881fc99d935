// Validation of objects on creation and change.

import type { KubeObject } from "../object.ts";
import type { Resource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";
import type { FieldError } from "../status.ts";

export function validateCreate(_context: RequestContext, _resource: Resource, object: KubeObject): FieldError[] {
  return object.metadata.name
    ? []
    : [
        {
          type: "FieldValueRequired",
          field: "metadata.name",
          message: "Required value: name or generateName is required",
        },
      ];
}

export function validateUpdate(
  _context: RequestContext,
  _resource: Resource,
  _subresource: string | undefined,
  _object: KubeObject,
  _current: KubeObject,
): FieldError[] {
  return [];
}
