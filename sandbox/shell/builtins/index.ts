// The builtins that come with the prompt, by name; the others are in more.ts, which arrives when the first of them is used.

import type { Task } from "../../kernel/sys.ts";
import { loadMore } from "../load.ts";
import type { Shell } from "../state.ts";
import { alias, unalias } from "./alias.ts";
import { cd, pwd } from "./cd.ts";
import { declare, exportBuiltin, local, readonly, typeset, unset } from "./declare.ts";
import type { Builtin } from "./define.ts";
import { colon, echo, falseBuiltin, trueBuiltin } from "./echo.ts";
import { dot, evalBuiltin, exec, source } from "./eval.ts";
import { breakBuiltin, continueBuiltin, exitBuiltin, logout, returnBuiltin, shift } from "./loops.ts";
import { set, shopt } from "./set.ts";
import { bracket, test } from "./test.ts";

export const builtins: Readonly<Record<string, Builtin>> = {
  ".": dot,
  ":": colon,
  "[": bracket,
  alias,
  break: breakBuiltin,
  cd,
  continue: continueBuiltin,
  declare,
  echo,
  eval: evalBuiltin,
  exec,
  exit: exitBuiltin,
  export: exportBuiltin,
  false: falseBuiltin,
  local,
  logout,
  pwd,
  readonly,
  return: returnBuiltin,
  set,
  shift,
  shopt,
  source,
  test,
  true: trueBuiltin,
  typeset,
  unalias,
  unset,
};

/** Names of the builtins in more.ts. */
const MORE = new Set([
  "bg",
  "bind",
  "builtin",
  "caller",
  "command",
  "compgen",
  "complete",
  "compopt",
  "dirs",
  "disown",
  "enable",
  "fc",
  "fg",
  "getopts",
  "hash",
  "help",
  "history",
  "jobs",
  "kill",
  "let",
  "mapfile",
  "popd",
  "printf",
  "pushd",
  "read",
  "readarray",
  "suspend",
  "times",
  "trap",
  "type",
  "ulimit",
  "umask",
  "wait",
]);

export function builtinNames(): string[] {
  return [...Object.keys(builtins), ...MORE].sort();
}

/** Whether a name is a builtin that is not switched off. */
export function isBuiltin(sh: Shell, name: string): boolean {
  return (Object.hasOwn(builtins, name) || MORE.has(name)) && !sh.state.completions.has(`disabled:${name}`);
}

/** The builtin of a name; undefined where there is none. */
export function* findBuiltin(sh: Shell, name: string): Task<Builtin | undefined> {
  if (!isBuiltin(sh, name)) return undefined;
  return MORE.has(name) ? (yield* loadMore(sh)).builtins[name] : builtins[name];
}
