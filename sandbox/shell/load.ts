// The part of the shell that arrives after the prompt: asks the kernel for it.

import type { Program, Task } from "../kernel/sys.ts";
import type { Builtin } from "./builtins/define.ts";
import type { Completion } from "./complete/complete.ts";
import type { Terminal } from "./readline/list.ts";
import type { Shell } from "./state.ts";

/** What `more.ts` holds. */
export interface More {
  readonly builtins: Readonly<Record<string, Builtin>>;
  findCompletions(sh: Shell, line: string, point: number): Task<Completion | undefined>;
  listMatches(found: Completion, columns: number, height: number, terminal: Terminal): Task<"done" | "interrupt">;
}

/** An entry of the exec table that is never run: it only carries code. */
export interface MoreProgram extends Program {
  readonly more: More;
}

/** Name of that entry. */
export const MORE_PROGRAM = "bash-more";

export function* loadMore(sh: Shell): Task<More> {
  const program = (yield* sh.sys.load(MORE_PROGRAM)) as MoreProgram | undefined;
  if (program === undefined) throw new Error(`the exec table lacks ${MORE_PROGRAM}`);
  return program.more;
}
