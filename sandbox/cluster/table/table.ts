// Server-side printing: metav1.Table of any objects.

import type { Fields, KubeObject } from "../object.ts";
import type { Resource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";
import { PLAIN, PRINTERS, SCALE } from "./rows.ts";

const NAME_TEXT =
  "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";

/** Definitions of a printer's columns. fidelity: descriptions are left out, save that of the name. */
function definitions(columns: string): Fields[] {
  return columns.split(" ").map((word) => {
    const wide = word.startsWith("*");
    const name = word.slice(wide ? 1 : 0).replaceAll("_", " ");
    return {
      name,
      type: name === "Created At" ? "date" : "string",
      format: name === "Name" ? "name" : "",
      description: name === "Name" ? NAME_TEXT : "",
      priority: wide ? 1 : 0,
    };
  });
}

/** A Table of objects; later parts of a watch come without the column definitions. */
export function tableOf(
  context: RequestContext,
  resource: Resource,
  objects: readonly KubeObject[],
  metadata: Fields,
  header = true,
): Fields {
  const printer = objects[0]?.kind === "Scale" ? SCALE : (PRINTERS[resource.storage] ?? PLAIN);
  const now = context.sys.now();
  const include = context.query.get("includeObject") ?? "Metadata";
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: header ? definitions(printer.columns) : null,
    rows: objects.map((object) => ({
      cells: printer.cells(object, now),
      ...(include === "None" ? {} : { object: include === "Object" ? object : partial(object) }),
    })),
  };
}

function partial(object: KubeObject): Fields {
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata };
}
