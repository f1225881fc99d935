// A simple command before it runs: its words, and its assignments.

import type { Task } from "../kernel/sys.ts";
import { type ArrayValue, expandArray, storeArray, storeValue } from "./assign.ts";
import type { Assign, Command } from "./ast.ts";
import { expandString, expandWords } from "./expand.ts";
import { quoteIfNeeded } from "./quote.ts";
import { applyRedirects, type Undo, undoRedirects } from "./redirect.ts";
import { complain, type Shell } from "./state.ts";
import { trace } from "./trace.ts";
import { getValue, rawVariable } from "./vars.ts";

const DECLARERS = new Set(["declare", "typeset", "local", "export", "readonly"]);

/** Words of a command, with the arrays given to `declare` and its kin. */
export function* expandCommand(
  sh: Shell,
  c: Extract<Command, { t: "simple" }>,
): Task<{ argv: string[]; arrays: Map<number, ArrayValue> }> {
  const first = c.words[0]?.plain ?? "";
  const arrays = new Map<number, ArrayValue>();
  const skip = first === "command" || first === "builtin" ? (c.words[1]?.plain ?? "") : first;
  if (!DECLARERS.has(skip) || !c.words.some((word) => word.assign !== undefined))
    return { argv: yield* expandWords(sh, c.words), arrays };
  const argv: string[] = [];
  for (const word of c.words) {
    const item = word.assign;
    if (item === undefined) argv.push(...(yield* expandWords(sh, [word])));
    else {
      const sub = item.sub === undefined ? "" : `[${item.sub.raw}]`;
      const head = `${item.name}${sub}${item.append ? "+" : ""}=`;
      if (item.items !== undefined) {
        arrays.set(argv.length, yield* expandArray(sh, item));
        argv.push(head);
      } else argv.push(head + (yield* expandString(sh, item.value, true)));
    }
  }
  return { argv, arrays };
}

/** Closes the pipes of process substitutions that belonged to the command. */
export function closeConnections(sh: Shell): void {
  for (const { fd } of sh.procSubs.splice(0)) sh.sys.close(fd);
}

/** A command of assignments and redirections only. */
export function* runAssignments(sh: Shell, c: Extract<Command, { t: "simple" }>): Task<number> {
  for (const item of c.assigns) yield* runAssignment(sh, item);
  const undo: Undo[] = [];
  const ok = yield* applyRedirects(sh, c.redirs, undo);
  undoRedirects(sh, undo);
  if (!ok) return 1;
  return sh.substitution ?? 0;
}

function* runAssignment(sh: Shell, item: Assign): Task<void> {
  const tracing = sh.state.options.has("xtrace");
  const head = `${item.name}${item.sub === undefined ? "" : `[${item.sub.raw}]`}${item.append ? "+" : ""}=`;
  if (item.items !== undefined) {
    if (tracing) yield* trace(sh, head + item.value.raw);
    yield* storeArray(sh, yield* expandArray(sh, item));
    return;
  }
  const value = yield* expandString(sh, item.value, true);
  if (tracing) yield* trace(sh, head + quoteIfNeeded(value).replace(/^''$/, ""));
  yield* storeValue(sh, item.name, value, { append: item.append, sub: item.sub });
}

/** Assignments before words: they hold while the command runs. One to a readonly variable is told and left out. */
export function* expandTemporary(sh: Shell, assigns: readonly Assign[]): Task<[string, string][]> {
  const temporary: [string, string][] = [];
  for (const item of assigns) {
    const value =
      item.items === undefined
        ? yield* expandString(sh, item.value, true)
        : `(${item.items.map((one) => one.value.raw).join(" ")})`;
    const old = item.append
      ? (temporary.findLast(([name]) => name === item.name)?.[1] ?? getValue(sh, item.name) ?? "")
      : "";
    if (rawVariable(sh, item.name)?.flags.includes("r")) {
      yield* complain(sh, `${item.name}: readonly variable`);
      continue;
    }
    temporary.push([item.name, old + value]);
    if (sh.state.options.has("xtrace")) yield* trace(sh, `${item.name}=${quoteIfNeeded(value)}`);
  }
  return temporary;
}
