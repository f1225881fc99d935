// The table of builtins, for those who ask about it; filled when the shell starts to be used, so that no import goes round.

import type { Shell } from "../state.ts";
import { builtins } from "./index.ts";
import type { Builtin } from "./define.ts";

export function allBuiltins(): Readonly<Record<string, Builtin>> {
  return builtins;
}

export function builtinNames(): string[] {
  return Object.keys(builtins).sort();
}

/** Whether a name is a builtin that is not switched off. */
export function isBuiltin(sh: Shell, name: string): boolean {
  return Object.hasOwn(builtins, name) && !sh.state.completions.has(`disabled:${name}`);
}
