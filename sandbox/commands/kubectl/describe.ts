// kubectl describe: finds the objects, and sets what a describer writes in columns.

import type { Task } from "../../kernel/sys.ts";
import { describers, otherDescriber } from "./describers.ts";
import { groupVersion } from "./discovery.ts";
import { throwAll } from "./errors.ts";
import { isReason, type Kube } from "./kube.ts";
import { fetchObjects, type Item, listCollection, selectAny } from "./resources.ts";
import { alignTabs, DESCRIBE } from "./tabs.ts";
import { Fail, nameOf, namespaceOf, type Obj } from "./values.ts";

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
  const [type = "", prefix = ""] = kube.args;
  if (kube.args.length === 2 && errors.length === 1 && isReason(errors[0], "NotFound")) {
    if (type.includes(",")) throw new Fail("you may only specify a single resource type");
    const matching = selection.slashed ? [] : yield* byPrefix(kube, { ...(selection.items[0] as Item), name: prefix });
    if (matching.length === 0) throw errors[0];
    flags.values.set("show-events", ["false"]);
    for (const item of matching) yield* kube.out(`${yield* describeOne(kube, item)}\n`);
    return 0;
  }
  // Of several no events are told.
  if (items.length + errors.length > 1) flags.values.set("show-events", ["false"]);
  for (const [i, item] of items.entries()) {
    yield* kube.out(`${i > 0 ? "\n\n" : ""}${yield* describeOne(kube, item)}`);
  }
  throwAll(errors);
  if (items.length === 0)
    yield* kube.err(
      flags.on("all-namespaces") ? "No resources found\n" : `No resources found in ${kube.namespace} namespace.\n`,
    );
  return 0;
}

function* describeOne(kube: Kube, { resource, object }: Item): Task<string> {
  const describer = describers[resource.kind] ?? otherDescriber;
  const whole = { apiVersion: groupVersion(resource), kind: resource.kind, ...object } as Obj;
  return alignTabs(yield* describer(kube, whole), DESCRIBE);
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
