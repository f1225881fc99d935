// kubectl label and annotate: small changes to many objects.

import type { Task } from "../../kernel/sys.ts";
import { checkFormat } from "../../lib/kube/names.ts";
import { formatCompact } from "../../lib/yaml-go/emit.ts";
import { pathOf } from "./discovery.ts";
import { eachObject } from "./each.ts";
import type { Kube } from "./kube.ts";
import { dryRun, printChange } from "./print.ts";
import { fetchObjects, selectAny } from "./resources.ts";
import { writeQuery } from "./validate.ts";
import { CAUSE, clone, Fail, type Obj, q, sortedKeys } from "./values.ts";

export const META_FLAGS =
  "all! all-namespaces:A! allow-missing-template-keys! dry-run?unchanged field-manager= field-selector= filename:f* kustomize:k= list! local! output:o= overwrite! recursive:R! resource-version= selector:l= show-managed-fields! template=";

/** Resources first, then `key=value` and `key-`. */
function splitPairs(kube: Kube, what: string): { resources: string[]; set: Obj; remove: string[] } {
  const resources: string[] = [];
  const pairs: string[] = [];
  for (const arg of kube.args) {
    const pair = arg.includes("=") || arg.endsWith("-");
    if (pair) pairs.push(arg);
    else if (pairs.length > 0) throw new Fail(`all resources must be specified before ${what} changes: ${arg}`);
    else resources.push(arg);
  }
  const set: Obj = {};
  const remove: string[] = [];
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals < 0) remove.push(pair.slice(0, -1));
    else if (what === "label" && pair.indexOf("=", equals + 1) > 0) throw new Fail(`invalid label spec: ${pair}`);
    else if (equals === 0 && what === "label") throw new Fail("at least one label update is required");
    else if (equals === 0) throw new Fail(`invalid ${what} format: ${pair}`);
    else set[pair.slice(0, equals)] = pair.slice(equals + 1);
  }
  return { resources, set, remove };
}

function checkLabels(set: Obj, remove: readonly string[]): void {
  for (const [key, value] of Object.entries(set)) {
    const wrong = checkFormat("value", value);
    if (wrong.length > 0) throw new Fail(`invalid label value: ${q(`${key}=${value}`)}: ${wrong.join(";")}`);
  }
  if (remove.some((key) => key in set)) throw new Fail("can not both modify and remove a label in the same command");
}

const change = (field: "labels" | "annotations") =>
  function* (kube: Kube): Task<number> {
    const { flags } = kube;
    const label = field === "labels";
    const word = label ? "label" : "annotation";
    const { resources, set, remove } = splitPairs(kube, word);
    if (label) checkLabels(set, remove);
    if (flags.on("list") && flags.has("output")) throw new Fail("--list and --output may not be specified together");
    for (const other of ["selector", "field-selector"])
      if (flags.on("all") && flags.text(other) !== "")
        throw new Fail(`cannot set --all and --${other} at the same time`);
    if (flags.on("list") && label) flags.args = resources;
    if (resources.length === 0 && flags.list("filename").length === 0)
      throw new Fail("one or more resources must be specified as <resource> <name> or <resource>/<name>");
    if (Object.keys(set).length + remove.length === 0 && !flags.on("list"))
      throw new Fail(label ? "at least one label update is required" : "at least one annotation update is required");
    const both = remove.filter((key) => key in set);
    if (both.length > 0)
      throw new Fail(
        `can not both modify and remove the following annotation(s) in the same command: ${both.join(", ")}`,
      );
    flags.args = resources;
    const dry = dryRun(kube);
    const client = yield* kube.client();
    const selection = yield* selectAny(kube, {
      all: flags.on("all"),
      selector: flags.text("selector"),
      fieldSelector: flags.text("field-selector"),
      allNamespaces: flags.on("all-namespaces"),
    });
    const { items, errors } = yield* fetchObjects(
      kube,
      selection,
      flags.text("selector"),
      flags.text("field-selector"),
    );
    if (flags.has("resource-version") && (items.length !== 1 || flags.has("selector")) && errors.length === 0)
      throw new Fail("--resource-version may only be used with a single resource");
    const { cause } = kube;
    yield* eachObject(items, errors, function* ({ resource, namespace, name }, object) {
      const old: Obj = object?.metadata?.[field] ?? {};
      if (flags.on("list")) {
        if (items.length > 1) yield* kube.out(`Listing ${field} for ${resource.kind}.${resource.group}/${name}:\n`);
        for (const key of sortedKeys(old)) yield* kube.out(`${items.length > 1 ? " " : ""}${key}=${old[key]}\n`);
        return;
      }
      if (!flags.on("overwrite")) refuseOverwrite(old, set, label);
      const next: Obj = { ...old, ...set, ...(label || cause === undefined ? {} : { [CAUSE]: cause }) };
      if (label) for (const key of remove) if (!(key in old)) yield* kube.out(`label ${q(key)} not found.\n`);
      for (const key of remove) delete next[key];
      const changed = formatCompact(old) !== formatCompact(next);
      const word = remove.length === 0 ? "labeled" : Object.keys(set).length === 0 ? "unlabeled" : "modified";
      const done = !label ? "annotated" : changed ? word : "not labeled";
      let result = clone(object) as Obj;
      result.metadata = { ...result.metadata, [field]: next };
      if (dry !== "client" && (changed || !label)) {
        const patch: Obj = {
          metadata: {
            [field]: {
              ...set,
              ...(next[CAUSE] === old[CAUSE] ? {} : { [CAUSE]: next[CAUSE] }),
              ...Object.fromEntries(remove.map((key) => [key, null])),
            },
          },
        };
        if (flags.has("resource-version")) patch.metadata.resourceVersion = flags.text("resource-version");
        result = (yield* client.call({
          method: "PATCH",
          path: pathOf(resource, namespace, name) + writeQuery(kube, label ? "kubectl-label" : "kubectl-annotate", dry),
          body: patch,
          type: "application/merge-patch+json",
        })).body;
      }
      yield* printChange(kube, result, done, dry);
    });
    if (items.length === 0 && flags.text("selector") === "") yield* kube.err("No resources found\n");
    return 0;
  };

function refuseOverwrite(old: Obj, set: Obj, label: boolean): void {
  const free = label ? "" : CAUSE;
  const taken = sortedKeys(set).filter((key) => key in old && old[key] !== set[key] && key !== free);
  if (taken.length === 0) return;
  if (label)
    throw new Fail(
      taken.map((key) => `'${key}' already has a value (${old[key]}), and --overwrite is false`).join("\n"),
    );
  throw new Fail(
    `--overwrite is false but found the following declared annotation(s): ${taken.map((key) => `'${key}' already has a value (${old[key]})`).join("; ")}`,
  );
}

export const label = change("labels");
export const annotate = change("annotations");
