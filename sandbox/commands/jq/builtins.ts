// Functions of jq that are not written in jq: those that take filters, and the way to all the others.

import { type Builtins, type Env, Halt, type Stream } from "./env.ts";
import type { Filter } from "./filter.ts";
import { PLAIN, WITH_ARGS } from "./functions.ts";
import { type Found, matchAll } from "./matching.ts";
import { paths, values } from "./run.ts";
import { compare, describe, fail, getPath, JqError, list, type Path } from "./values.ts";

const SPECIAL = new Set([
  "empty/0",
  "error/0",
  "path/1",
  "range/2",
  "range/3",
  "sort_by/1",
  "group_by/1",
  "unique_by/1",
  "max_by/1",
  "input/0",
  "inputs/0",
  "match/2",
  "sub/3",
  "getpath/1",
  "halt/0",
  "splits/0",
  "ltrimstr/1",
  "input_line_number/0",
]);

const NAMES: ReadonlySet<string> = new Set(
  [...Object.keys(PLAIN).map((name) => `${name}/0`), ...Object.keys(WITH_ARGS), ...SPECIAL].filter(
    (name) => name !== "splits/0",
  ),
);

export function isBuiltin(name: string): boolean {
  return NAMES.has(name);
}

/** Arguments in all combinations of their values, the last one changing slowest. */
function* product(args: readonly Filter[], env: Env, input: unknown): Generator<unknown[], void, void> {
  if (args.length === 0) {
    yield [];
    return;
  }
  const last = args[args.length - 1] as Filter;
  for (const value of values(last, env, input))
    for (const rest of product(args.slice(0, -1), env, input)) yield [...rest, value];
}

function* builtin(name: string, args: readonly Filter[], env: Env, input: unknown, path: Path | undefined): Stream {
  const key = `${name}/${args.length}`;
  const [first, second, third] = args as [Filter, Filter, Filter];
  switch (key) {
    case "empty/0":
      return;
    case "error/0":
      throw new JqError(input);
    case "halt/0":
      throw new Halt(0, undefined);
    case "path/1":
      for (const found of paths(first, env, input)) yield [found, undefined];
      return;
    case "getpath/1":
      for (const where of values(first, env, input))
        yield [getPath(input, where as Path), path && [...path, ...(where as Path)]];
      return;
    case "range/2":
    case "range/3":
      for (const [from, to, by = 1] of product(args, env, input)) {
        if (typeof from !== "number" || typeof to !== "number" || typeof by !== "number")
          return fail("Range bounds must be numeric");
        if (by > 0) for (let i = from; i < to; i += by) yield [i, undefined];
        else if (by < 0) for (let i = from; i > to; i += by) yield [i, undefined];
      }
      return;
    case "sort_by/1":
    case "group_by/1":
    case "unique_by/1":
    case "max_by/1": {
      const what =
        name === "group_by"
          ? "cannot be grouped, as it is not an array"
          : name === "sort_by"
            ? "cannot be sorted, as it is not an array"
            : "cannot be grouped, as it is not an array";
      const keyed = list(input, what).map((value) => ({ value, by: [...values(first, env, value)] }));
      keyed.sort((a, b) => compare(a.by, b.by));
      if (name === "sort_by") yield [keyed.map((one) => one.value), undefined];
      else if (name === "max_by") yield [keyed[keyed.length - 1]?.value ?? null, undefined];
      else {
        const groups: unknown[][] = [];
        keyed.forEach((one, at) => {
          const before = keyed[at - 1];
          if (before !== undefined && compare(before.by, one.by) === 0) groups[groups.length - 1]?.push(one.value);
          else groups.push([one.value]);
        });
        yield [name === "group_by" ? groups : groups.map((group) => group[0]), undefined];
      }
      return;
    }
    case "input/0": {
      const next = env.machine.input();
      if (next === undefined) throw new JqError("No more inputs");
      yield [next.value, undefined];
      return;
    }
    case "inputs/0":
      for (let next = env.machine.input(); next !== undefined; next = env.machine.input())
        yield [next.value, undefined];
      return;
    case "match/2":
      for (const given of product(args, env, input))
        for (const found of matchAll(input, given)) yield [found, undefined];
      return;
    case "sub/3":
      for (const mods of values(third, env, input))
        for (const pattern of values(first, env, input))
          yield [substitute(input, pattern, mods, second, env), undefined];
      return;
  }
  const plain = args.length === 0 && Object.hasOwn(PLAIN, name) ? PLAIN[name] : undefined;
  if (plain !== undefined) {
    yield [plain(input, env), undefined];
    return;
  }
  const work = WITH_ARGS[key];
  if (work === undefined) fail(`${key} is not defined`);
  else for (const given of product(args, env, input)) yield [work(input, given, env), undefined];
}

function substitute(input: unknown, pattern: unknown, mods: unknown, replacement: Filter, env: Env): string {
  const chars = typeof input === "string" ? [...input] : [];
  let text = "";
  let from = 0;
  for (const found of matchAll(input, [pattern, mods]) as Found[]) {
    const named = Object.fromEntries(
      found.captures.flatMap(({ name, string }) => (name === null ? [] : [[name, string]])),
    );
    const [made] = values(replacement, env, named);
    if (typeof made !== "string") return fail(`${describe(named)} cannot be added to a string`);
    text += chars.slice(from, found.offset).join("") + made;
    from = found.offset + found.length;
  }
  return text + chars.slice(from).join("");
}

export const builtins: Builtins = { names: NAMES, call: builtin };
