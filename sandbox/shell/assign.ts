// Assignments: to variables, elements and whole arrays, with integer arithmetic and complaints.

import type { Task } from "../kernel/sys.ts";
import type { ArrayItem, Assign, Word } from "./ast.ts";
import { arithmetic, expandString, expandWords } from "./expand.ts";
import { complain, Discard, type Shell, type Variable } from "./state.ts";
import {
  assign,
  declareVariable,
  findVariable,
  getElement,
  rawVariable,
  resolveName,
  scalarOf,
  topIndex,
} from "./vars.ts";

/** `name=( … )` with its words expanded. */
export interface ArrayValue {
  readonly name: string;
  readonly append: boolean;
  readonly items: readonly { readonly sub?: Word; readonly append?: boolean; readonly value: string }[];
}

export function* expandArray(sh: Shell, item: Assign): Task<ArrayValue> {
  return { name: item.name, append: item.append, items: yield* expandItems(sh, item.items ?? []) };
}

function* expandItems(sh: Shell, items: readonly ArrayItem[]): Task<ArrayValue["items"]> {
  const out: { sub?: Word; append?: boolean; value: string }[] = [];
  for (const item of items) {
    if (item.sub !== undefined)
      out.push({ sub: item.sub, append: item.append === true, value: yield* expandString(sh, item.value, true) });
    else for (const value of yield* expandWords(sh, [item.value])) out.push({ value });
  }
  return out;
}

function* refuse(sh: Shell, text: string, soft: boolean): Task<false> {
  const { builtin } = sh;
  sh.builtin = soft ? builtin : "";
  yield* complain(sh, text);
  sh.builtin = builtin;
  if (!soft) throw new Discard(1);
  return false;
}

/** Fills an array. `soft`: a refusal is only a failed builtin, not the end of the line. */
export function* storeArray(
  sh: Shell,
  value: ArrayValue,
  options: { soft?: boolean; local?: boolean; global?: boolean; assoc?: boolean } = {},
): Task<boolean> {
  const { name } = resolveName(sh, value.name);
  const before = rawVariable(sh, name);
  if (before?.flags.includes("r")) return yield* refuse(sh, `${name}: readonly variable`, options.soft ?? false);
  const isMap = options.assoc ?? before?.map !== undefined;
  const kind = isMap ? "A" : "a";
  const variable = declareVariable(sh, name, {
    ...(options.local ? { local: true } : {}),
    ...(options.global ? { global: true } : {}),
    add: kind,
  });
  if (isMap) return yield* fillMap(sh, variable, value, options.soft ?? false);
  yield* fillList(sh, variable, value);
  return true;
}

function* fillMap(sh: Shell, variable: Variable, value: ArrayValue, soft: boolean): Task<boolean> {
  const map = value.append ? (variable.map ?? new Map()) : new Map<string, string>();
  const bare = value.items.length > 0 && value.items.every((item) => item.sub === undefined);
  if (bare) {
    for (let i = 0; i < value.items.length; i += 2)
      map.set(value.items[i]?.value ?? "", value.items[i + 1]?.value ?? "");
  } else {
    for (const item of value.items) {
      if (item.sub === undefined) {
        yield* complain(sh, `${value.name}: ${item.value}: must use subscript when assigning associative array`);
        continue;
      }
      const key = yield* expandString(sh, item.sub);
      if (key === "") {
        yield* refuse(sh, `[${item.sub.raw}]=${item.value}: bad array subscript`, soft);
        continue;
      }
      map.set(key, (item.append ? (map.get(key) ?? "") : "") + item.value);
    }
  }
  variable.map = map;
  return true;
}

function* fillList(sh: Shell, variable: Variable, value: ArrayValue): Task<void> {
  const list = value.append ? (variable.list ?? new Map<number, string>()) : new Map<number, string>();
  let next = value.append ? topIndex(list) + 1 : 0;
  for (const item of value.items) {
    if (item.sub !== undefined) {
      const index = Number(yield* arithmetic(sh, yield* expandString(sh, item.sub)));
      next = index < 0 ? index + topIndex(list) + 1 : index;
      if (next < 0) {
        yield* complain(sh, `[${item.sub.raw}]=${item.value}: bad array subscript`);
        continue;
      }
    }
    let text = (item.append ? (list.get(next) ?? "") : "") + item.value;
    if (variable.flags.includes("i")) text = String(yield* arithmetic(sh, text));
    if (variable.flags.includes("l")) text = text.toLowerCase();
    if (variable.flags.includes("u")) text = text.toUpperCase();
    list.set(next, text);
    next += 1;
  }
  variable.list = list;
}

/** Assigns one value; answers false after a complaint where `soft` is set, else gives up the line. */
export function* storeValue(
  sh: Shell,
  given: string,
  value: string,
  options: { append?: boolean; sub?: Word | string | undefined; soft?: boolean } = {},
): Task<boolean> {
  const target = resolveName(sh, given);
  const { name } = target;
  const before = findVariable(sh, name);
  const soft = options.soft ?? false;
  let sub = target.sub;
  if (options.sub !== undefined) {
    const raw = typeof options.sub === "string" ? options.sub : options.sub.raw;
    const text = typeof options.sub === "string" ? options.sub : yield* expandString(sh, options.sub);
    if (raw === "" || (before?.map !== undefined && text === ""))
      return yield* refuse(sh, `${name}[${raw}]: bad array subscript`, soft);
    sub = before?.map !== undefined ? text : String(yield* arithmetic(sh, text));
  }
  let text = value;
  const old = before === undefined ? undefined : sub === undefined ? scalarOf(before) : getElement(before, sub);
  if (before?.flags.includes("i")) {
    const sum = yield* arithmetic(sh, value === "" ? "0" : value);
    text = String(options.append ? sum + (yield* arithmetic(sh, old ?? "0")) : sum);
  } else if (options.append) text = (old ?? "") + value;
  const problem = assign(sh, name, text, sub);
  if (problem === "readonly") return yield* refuse(sh, `${name}: readonly variable`, soft);
  if (problem === "subscript") return yield* refuse(sh, `${name}[${sub}]: bad array subscript`, soft);
  return true;
}
