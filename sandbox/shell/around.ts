// What holds while a command runs: redirections, variables with other values, the depth of nesting.

import type { Task } from "../kernel/sys.ts";
import type { Redirect } from "./ast.ts";
import { applyRedirects, type Undo, undoRedirects } from "./redirect.ts";
import { Discard, messagePrefix, type Shell, type Variable } from "./state.ts";

/** Depth of nested functions, evals and sourced files at which the shell gives up. */
export const MAX_NESTING = 400;

/** Runs a task with redirections in force. */
export function* withRedirects(sh: Shell, redirs: readonly Redirect[] | undefined, task: Task<number>): Task<number> {
  if (redirs === undefined) return yield* task;
  const undo: Undo[] = [];
  try {
    return (yield* applyRedirects(sh, redirs, undo)) ? yield* task : 1;
  } finally {
    undoRedirects(sh, undo);
  }
}

/** Assignments before a command: names and values. */
export type Temporary = readonly (readonly [string, string])[];

/** Runs a task while variables have other values, exported. */
export function* withTemporary(sh: Shell, temporary: Temporary, task: () => Task<number>): Task<number> {
  if (temporary.length === 0) return yield* task();
  const scope = new Map<string, Variable>();
  for (const [name, value] of temporary) scope.set(name, { value, flags: "x" });
  sh.state.scopes.push(scope);
  try {
    return yield* task();
  } finally {
    sh.state.scopes = sh.state.scopes.filter((item) => item !== scope);
  }
}

/** One level deeper; gives up where it is too deep. */
export function* deeper(sh: Shell, message: string, limit = MAX_NESTING): Task<void> {
  if (sh.nesting >= limit) {
    yield* sh.sys.write(2, `${messagePrefix(sh)}${message} (${limit})\n`);
    throw new Discard(1, true);
  }
  sh.nesting += 1;
}
