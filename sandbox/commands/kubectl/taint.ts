// kubectl taint: what keeps pods away from nodes.

import type { Task } from "../../kernel/sys.ts";
import { checkFormat, checkQualified } from "../../lib/kube/names.ts";
import { pathOf } from "./discovery.ts";
import { eachObject } from "./each.ts";
import type { Kube } from "./kube.ts";
import { dryRun, printChange } from "./print.ts";
import { fetchObjects, selectAny } from "./resources.ts";
import { writeQuery } from "./validate.ts";
import { BareFail, Fail, type Obj, q } from "./values.ts";

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect?: string;
}

function parseTaint(text: string): Taint {
  const parts = text.split(":");
  if (parts.length > 2) throw new Fail(`invalid taint spec: ${text}`);
  const [pair = "", effect] = parts;
  if (effect !== undefined && !EFFECTS.includes(effect))
    throw new Fail(`invalid taint effect: ${effect}, unsupported taint effect`);
  const [key = "", value, extra] = effect === undefined ? [pair] : pair.split("=");
  if (extra !== undefined) throw new Fail(`invalid taint spec: ${text}`);
  const wrong = value === undefined ? [] : checkFormat("value", value);
  if (wrong.length === 0) wrong.push(...checkQualified(key));
  if (wrong.length > 0) throw new Fail(`invalid taint spec: ${text}, ${wrong.join("; ")}`);
  return {
    key,
    ...(value === undefined || value === "" ? {} : { value }),
    ...(effect === undefined ? {} : { effect }),
  };
}

function parseTaints(specs: readonly string[]): { add: Taint[]; remove: Taint[] } {
  const add: Taint[] = [];
  const remove: Taint[] = [];
  for (const spec of specs) {
    if (spec.endsWith("-")) {
      const { key, effect } = parseTaint(spec.slice(0, -1));
      remove.push({ key, ...(effect === undefined ? {} : { effect }) });
      continue;
    }
    const taint = parseTaint(spec);
    if (taint.effect === undefined) throw new Fail(`invalid taint spec: ${spec}`);
    if (add.some((one) => one.key === taint.key && one.effect === taint.effect))
      throw new Fail(
        `duplicated taints with the same key and effect: {${taint.key} ${taint.value ?? ""} ${taint.effect} <nil>}`,
      );
    add.push(taint);
  }
  return { add, remove };
}

/** What does not go together. */
function checkTaints({ flags }: Kube, { add, remove }: { add: Taint[]; remove: Taint[] }, words: string[]): void {
  const both = add.flatMap((one) =>
    remove.filter(({ key, effect }) => key === one.key && (effect === undefined || effect === one.effect)),
  );
  if (both.length > 0)
    throw new Fail(
      `can not both modify and remove the following taint(s) in the same command: ${both.map(({ key, effect = "" }) => `${key}=${effect}`).join(", ")}`,
    );
  const [all, selector] = [flags.on("all"), flags.text("selector")];
  if (all && selector !== "") throw new Fail("setting 'all' parameter with a non empty selector is prohibited");
  if (!all && selector === "" && words.length < 2)
    throw new Fail("at least one resource name must be specified since 'all' parameter is not set");
}

export function* taint(kube: Kube): Task<number> {
  const { flags } = kube;
  const resources: string[] = [];
  const specs: string[] = [];
  for (const arg of kube.args) {
    if (arg.includes("=") || arg.includes(":") || arg.endsWith("-")) specs.push(arg);
    else if (specs.length > 0) throw new Fail(`all resources must be specified before taint changes: ${arg}`);
    else resources.push(arg);
  }
  if (resources.length === 0) throw new Fail("one or more resources must be specified as <resource> <name>");
  if (specs.length === 0) throw new Fail("at least one taint update is required");
  let parsed: { add: Taint[]; remove: Taint[] };
  try {
    parsed = parseTaints(specs);
  } catch (error) {
    throw kube.usage((error as Error).message);
  }
  const { add, remove } = parsed;
  const dry = dryRun(kube);
  const client = yield* kube.client();
  const type = (resources[0] as string).toLowerCase();
  const resource = yield* (yield* kube.discovery()).lookUp(type);
  if (resource === undefined) throw new BareFail(`the server doesn't have a resource type ${q(type)}`);
  if (resource.kind !== "Node") throw new Fail(`invalid resource type ${type}, only node types are supported`);
  checkTaints(kube, parsed, resources);
  flags.args = resources;
  const selection = yield* selectAny(kube, { all: flags.on("all"), selector: flags.text("selector") });
  const { items, errors } = yield* fetchObjects(kube, selection, flags.text("selector"));
  return yield* eachObject(items, errors, function* ({ resource, name }, object) {
    const old: Taint[] = object?.spec?.taints ?? [];
    const is = (a: Taint) => (b: Taint) => a.key === b.key && (a.effect ?? b.effect) === b.effect;
    if (!flags.on("overwrite")) {
      const taken = [...new Set(add.filter((one) => old.some(is(one))).map((one) => one.key))].sort();
      if (taken.length > 0)
        throw new Fail(
          `node ${name} already has ${taken.join(",")} taint(s) with same effect(s) and --overwrite is false`,
        );
    }
    const next = [...add, ...old.filter((one) => !add.some((other) => is(other)(one)))];
    const kept = next.filter((one) => !remove.some((other) => is(other)(one)));
    const missing = remove.filter((one) => !next.some(is(one)));
    if (missing.length > 0)
      throw new Fail(
        missing
          .map((one) => `taint ${q(`${one.key}${one.effect === undefined ? "" : `:${one.effect}`}`)} not found`)
          .join("\n"),
      );
    const done =
      (add.length > 0 && remove.length > 0) || flags.on("overwrite")
        ? "modified"
        : add.length > 0
          ? "tainted"
          : "untainted";
    let result: Obj = { ...object, spec: { ...object?.spec, taints: kept } };
    if (dry !== "client")
      result = (yield* client.call({
        method: "PATCH",
        path: pathOf(resource, "", name) + writeQuery(kube, "kubectl-taint", dry, "Strict"),
        body: { spec: { taints: kept.length > 0 ? kept : null } },
        type: "application/merge-patch+json",
      })).body;
    yield* printChange(kube, result, done);
  });
}
