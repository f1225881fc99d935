// Carries out jq programs: every filter is a stream of values, each with its path where one is asked for. One file, for
// each kind of filter is carried out by `run` again on its parts.

import { Env, type Item, type Stream } from "./env.ts";
import type { Filter, Pattern } from "./filter.ts";
import { formatText } from "./formats.ts";
import { each, noPath, operate, plainItems, recurse } from "./items.ts";
import {
  arithmetic,
  deletePaths,
  describe,
  fail,
  getIndex,
  getPath,
  getSlice,
  JqError,
  kindOf,
  type Path,
  setPath,
  truthy,
} from "./values.ts";

class Break {
  readonly label: object;
  constructor(label: object) {
    this.label = label;
  }
}

const MAX_DEPTH = 3000;

/** Values of a filter, without paths. */
export function* values(filter: Filter, env: Env, input: unknown): Generator<unknown, void, void> {
  for (const [value] of run(filter, env, input, undefined)) yield value;
}

function first(filter: Filter, env: Env, input: unknown): unknown {
  for (const value of values(filter, env, input)) return value;
  return null;
}

export function* run(filter: Filter, env: Env, input: unknown, path: Path | undefined): Stream {
  switch (filter.kind) {
    case "identity":
      yield [input, path];
      return;
    case "empty":
      return;
    case "recurse":
      yield* recurse(input, path);
      return;
    case "literal":
      yield [filter.value, noPath(path, filter.value)];
      return;
    case "field":
      for (const key of values(filter.name, env, input)) {
        for (const [value, at] of run(filter.of, env, input, path)) yield [getIndex(value, key), at && [...at, key]];
      }
      return;
    case "slice":
      for (const to of filter.to === undefined ? [null] : values(filter.to, env, input)) {
        for (const from of filter.from === undefined ? [null] : values(filter.from, env, input)) {
          for (const [value, at] of run(filter.of, env, input, path))
            yield [getSlice(value, from, to), at && [...at, { start: from, end: to }]];
        }
      }
      return;
    case "each":
      for (const [value, at] of run(filter.of, env, input, path)) yield* each(value, at);
      return;
    case "string":
      yield* plainItems(interpolate(filter.parts, filter.format, env, input));
      return;
    case "format":
      yield [formatText(filter.name, input), undefined];
      return;
    case "array":
      yield [filter.of === undefined ? [] : [...values(filter.of, env, input)], undefined];
      return;
    case "object":
      yield* plainItems(objects(filter.entries, env, input, 0, {}));
      return;
    case "pipe":
      for (const [value, at] of run(filter.left, env, input, path)) yield* run(filter.right, env, value, at);
      return;
    case "comma":
      yield* run(filter.left, env, input, path);
      yield* run(filter.right, env, input, path);
      return;
    case "and":
    case "or":
      for (const left of values(filter.left, env, input)) {
        if (truthy(left) === (filter.kind === "or")) yield [filter.kind === "or", undefined];
        else for (const right of values(filter.right, env, input)) yield [truthy(right), undefined];
      }
      return;
    case "alternative":
      yield* alternative(filter.left, filter.right, env, input, path);
      return;
    case "binary":
      for (const right of values(filter.right, env, input)) {
        for (const left of values(filter.left, env, input)) yield [operate(filter.sign, left, right), undefined];
      }
      return;
    case "negate":
      for (const value of values(filter.of, env, input)) {
        if (typeof value !== "number") fail(`${kindOf(value)} (${JSON.stringify(value)}) cannot be negated`);
        yield [-(value as number), undefined];
      }
      return;
    case "assign":
      yield* plainItems(assign(filter.sign, filter.left, filter.right, env, input));
      return;
    case "try":
      yield* attempt(filter.of, filter.handler, env, input, path);
      return;
    case "if":
      for (const test of values(filter.test, env, input))
        yield* run(truthy(test) ? filter.yes : filter.no, env, input, path);
      return;
    case "reduce": {
      let state = first(filter.start, env, input);
      for (const value of values(filter.of, env, input)) {
        for (const scope of bind(filter.pattern, value, env, input)) {
          let last: unknown = null;
          for (const next of values(filter.update, scope, state)) last = next;
          state = last;
        }
      }
      yield [state, undefined];
      return;
    }
    case "foreach":
      for (const start of values(filter.start, env, input)) {
        let state = start;
        for (const value of values(filter.of, env, input)) {
          for (const scope of bind(filter.pattern, value, env, input)) {
            for (const next of values(filter.update, scope, state)) {
              state = next;
              yield* run(filter.extract, scope, state, undefined);
            }
          }
        }
      }
      return;
    case "bind":
      for (const value of values(filter.of, env, input))
        yield* bindAny(filter.patterns, value, filter.body, env, input, path);
      return;
    case "variable":
      yield [filter.name === "ENV" ? env.machine.environment : env.variable(filter.name), undefined];
      return;
    case "define": {
      const scope = new Env(env.machine, env);
      scope.functions.set(`${filter.name}/${filter.params.length}`, {
        params: filter.params,
        body: filter.body,
        env: scope,
      });
      yield* run(filter.rest, scope, input, path);
      return;
    }
    case "label": {
      const scope = new Env(env.machine, env);
      const label = {};
      scope.variables.set(`*${filter.name}`, label);
      try {
        yield* run(filter.body, scope, input, path);
      } catch (problem) {
        if (!(problem instanceof Break) || problem.label !== label) throw problem;
      }
      return;
    }
    case "break":
      throw new Break(env.variable(`*${filter.name}`) as object);
    case "call":
      yield* call(filter.name, filter.args, env, input, path);
  }
}

function* alternative(left: Filter, right: Filter, env: Env, input: unknown, path: Path | undefined): Stream {
  let any = false;
  try {
    for (const item of run(left, env, input, path)) {
      if (!truthy(item[0])) continue;
      any = true;
      yield item;
    }
  } catch (problem) {
    if (!(problem instanceof JqError)) throw problem;
  }
  if (!any) yield* run(right, env, input, path);
}

function* attempt(of: Filter, handler: Filter | undefined, env: Env, input: unknown, path: Path | undefined): Stream {
  const stream = run(of, env, input, path);
  for (;;) {
    let step: IteratorResult<Item, void>;
    try {
      step = stream.next();
    } catch (problem) {
      if (!(problem instanceof JqError)) throw problem;
      if (handler !== undefined) yield* run(handler, env, problem.value, undefined);
      return;
    }
    if (step.done === true) return;
    yield step.value;
  }
}

function* interpolate(
  parts: readonly (string | Filter)[],
  format: string | undefined,
  env: Env,
  input: unknown,
): Generator<string, void, void> {
  const [head, ...rest] = parts;
  if (head === undefined) {
    yield "";
    return;
  }
  for (const tail of interpolate(rest, format, env, input)) {
    if (typeof head === "string") yield head + tail;
    else for (const value of values(head, env, input)) yield formatText(format ?? "@text", value) + tail;
  }
}

function* objects(
  entries: readonly (readonly [Filter, Filter])[],
  env: Env,
  input: unknown,
  at: number,
  made: Record<string, unknown>,
): Generator<unknown, void, void> {
  const entry = entries[at];
  if (entry === undefined) {
    yield made;
    return;
  }
  for (const key of values(entry[0], env, input)) {
    if (typeof key !== "string") fail(`Cannot use ${describe(key)} as object key`);
    const field =
      entry[1].kind === "field" && entry[1].name === entry[0]
        ? ({ ...entry[1], name: { kind: "literal", value: key } } as Filter)
        : entry[1];
    for (const value of values(field, env, input))
      yield* objects(entries, env, input, at + 1, { ...made, [key as string]: value });
  }
}

/** Paths that a filter names. */
export function* paths(filter: Filter, env: Env, input: unknown): Generator<Path, void, void> {
  for (const [value, path] of run(filter, env, input, [])) {
    if (path === undefined) fail(`Invalid path expression with result ${short(value)}`);
    else yield path;
  }
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? "null";
  return text.length > 14 ? `${text.slice(0, 11)}...` : text;
}

function* assign(sign: string, left: Filter, right: Filter, env: Env, input: unknown): Generator<unknown, void, void> {
  if (sign === "|=") {
    let result = input;
    const gone: Path[] = [];
    for (const path of paths(left, env, input)) {
      let done = false;
      for (const value of values(right, env, getPath(result, path))) {
        result = setPath(result, path, value);
        done = true;
        break;
      }
      if (!done) gone.push(path);
    }
    yield deletePaths(result, gone);
    return;
  }
  for (const value of values(right, env, input)) {
    let result = input;
    for (const path of paths(left, env, input)) {
      const before = getPath(result, path);
      const next =
        sign === "="
          ? value
          : sign === "//="
            ? truthy(before)
              ? before
              : value
            : arithmetic(sign[0] ?? "", before, value);
      result = setPath(result, path, next);
    }
    yield result;
  }
}

function* bind(pattern: Pattern, value: unknown, env: Env, input: unknown): Generator<Env, void, void> {
  if (pattern.kind === "name") {
    const scope = new Env(env.machine, env);
    scope.variables.set(pattern.name, value);
    yield scope;
  } else if (pattern.kind === "list") {
    if (value !== null && !Array.isArray(value)) fail(`Cannot index ${kindOf(value)} with number`);
    yield* bindList(pattern.items, 0, value as unknown[] | null, env, input);
  } else yield* bindMap(pattern.entries, 0, value, env, input);
}

function* bindList(
  items: readonly Pattern[],
  at: number,
  value: unknown[] | null,
  env: Env,
  input: unknown,
): Generator<Env, void, void> {
  const item = items[at];
  if (item === undefined) yield env;
  else
    for (const scope of bind(item, value?.[at] ?? null, env, input))
      yield* bindList(items, at + 1, value, scope, input);
}

function* bindMap(
  entries: readonly (readonly [Filter, Pattern | undefined, string | undefined])[],
  at: number,
  value: unknown,
  env: Env,
  input: unknown,
): Generator<Env, void, void> {
  const entry = entries[at];
  if (entry === undefined) {
    yield env;
    return;
  }
  const [key, pattern, name] = entry;
  for (const field of values(key, env, input)) {
    const inner = getIndex(value, field);
    const scope = new Env(env.machine, env);
    if (name !== undefined) scope.variables.set(name, inner);
    for (const next of pattern === undefined ? [scope] : bind(pattern, inner, scope, input))
      yield* bindMap(entries, at + 1, value, next, input);
  }
}

function* bindAny(
  patterns: readonly Pattern[],
  value: unknown,
  body: Filter,
  env: Env,
  input: unknown,
  path: Path | undefined,
): Stream {
  for (const [index, pattern] of patterns.entries()) {
    try {
      for (const scope of bind(pattern, value, env, input)) yield* run(body, scope, input, path);
      return;
    } catch (problem) {
      if (!(problem instanceof JqError) || index === patterns.length - 1) throw problem;
    }
  }
}

function* call(name: string, args: readonly Filter[], env: Env, input: unknown, path: Path | undefined): Stream {
  const found = env.find(`${name}/${args.length}`);
  if (found === undefined) {
    yield* env.machine.builtins.call(name, args, env, input, path);
    return;
  }
  if ("filter" in found) {
    yield* run(found.filter, found.env, input, path);
    return;
  }
  const { machine } = env;
  if (++machine.depth > MAX_DEPTH) {
    machine.depth = 0;
    fail("recursion is too deep for this sandbox");
  }
  try {
    yield* enter(found, 0, new Env(env.machine, found.env), args, env, input, path);
  } finally {
    machine.depth = Math.max(0, machine.depth - 1);
  }
}

/** Binds arguments one by one; `$name` parameters multiply by their values. */
function* enter(
  target: { readonly params: readonly string[]; readonly body: Filter },
  at: number,
  scope: Env,
  args: readonly Filter[],
  env: Env,
  input: unknown,
  path: Path | undefined,
): Stream {
  const param = target.params[at];
  const arg = args[at];
  if (param === undefined || arg === undefined) {
    yield* run(target.body, scope, input, path);
    return;
  }
  if (!param.startsWith("$")) {
    scope.functions.set(`${param}/0`, { filter: arg, env });
    yield* enter(target, at + 1, scope, args, env, input, path);
    return;
  }
  for (const value of values(arg, env, input)) {
    const inner = new Env(env.machine, scope);
    inner.variables.set(param.slice(1), value);
    inner.functions.set(`${param.slice(1)}/0`, { filter: { kind: "literal", value }, env });
    yield* enter(target, at + 1, inner, args, env, input, path);
  }
}
