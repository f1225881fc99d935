// kubectl describe: finds the objects, and sets what a describer writes in columns.

import type { Task } from "../../kernel/sys.ts";
import { describers, otherDescriber } from "./describers.ts";
import { groupVersion } from "./discovery.ts";
import { throwAll } from "./errors.ts";
import { isReason, type Kube } from "./kube.ts";
import { fetchObjects, type Item, listCollection, selectAny } from "./resources.ts";
import { alignTabs, DESCRIBE } from "./tabs.ts";
import { nameOf, namespaceOf, type Obj } from "./values.ts";

export const DESCRIBE_FLAGS =
  "all-namespaces:A! chunk-size#500 filename:f* kustomize:k= recursive:R! selector:l= show-events!";

export function* describe(kube: Kube): Task<number> {
  const { flags } = kube;
  const selection = yield* selectAny(kube, {
    all: true,
    selector: flags.text("selector"),
    allNamespaces: flags.on("all-namespaces"),
    empty:
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.\n',
  });
  const { items, errors } = yield* fetchObjects(kube, selection, flags.text("selector"));
  const only = selection.items[0];
  if (
    selection.items.length === 1 &&
    only !== undefined &&
    only.name !== "" &&
    items.length === 0 &&
    isReason(errors[0], "NotFound") &&
    !selection.slashed &&
    flags.list("filename").length === 0
  ) {
    const matching = yield* byPrefix(kube, only);
    if (matching.length > 0) {
      items.push(...matching);
      errors.length = 0;
      flags.values.set("show-events", ["false"]);
    }
  }
  // Of several no events are told.
  if (items.length + errors.length > 1) flags.values.set("show-events", ["false"]);
  for (const [i, item] of items.entries()) {
    const describer = describers[item.resource.kind] ?? otherDescriber;
    const object = { apiVersion: groupVersion(item.resource), kind: item.resource.kind, ...item.object } as Obj;
    const text = alignTabs(yield* describer(kube, object), DESCRIBE);
    yield* kube.out(`${i > 0 ? "\n\n" : ""}${text}`);
  }
  throwAll(errors);
  if (items.length === 0)
    yield* kube.err(
      flags.on("all-namespaces") ? "No resources found\n" : `No resources found in ${kube.namespace} namespace.\n`,
    );
  return 0;
}

/** Without an object of the name, those whose names begin with it. */
function* byPrefix(kube: Kube, { resource, namespace, name }: Item): Task<Item[]> {
  const client = yield* kube.client();
  try {
    const list = yield* listCollection(client, { resource, namespace, name: "" }, {});
    return (list.items ?? [])
      .filter((object: Obj) => nameOf(object).startsWith(name))
      .map((object: Obj) => ({ resource, namespace: namespaceOf(object), name: nameOf(object), object }));
  } catch {
    return [];
  }
}
