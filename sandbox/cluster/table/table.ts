// Server-side printing: metav1.Table of any objects.

import type { Fields, KubeObject } from "../object.ts";
import type { Resource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";

export function tableOf(
  _context: RequestContext,
  _resource: Resource,
  objects: readonly KubeObject[],
  metadata: Fields,
  header = true,
): Fields {
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: header
      ? [
          {
            name: "Name",
            type: "string",
            format: "name",
            description: "Name must be unique within a namespace.",
            priority: 0,
          },
          { name: "Created At", type: "date", format: "", description: "CreationTimestamp", priority: 0 },
        ]
      : null,
    rows: objects.map((object) => ({
      cells: [object.metadata.name, object.metadata.creationTimestamp],
      object: { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata },
    })),
  };
}
