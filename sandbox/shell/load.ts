// The part of the shell that arrives after the prompt: asks the kernel for it.

import type { Program, Task } from "../kernel/sys.ts";
import type { Command } from "./ast.ts";
import type { Builtin } from "./builtins/define.ts";
import type { Completion } from "./complete/complete.ts";
import type { Expansion } from "./history-expand.ts";
import type { Terminal } from "./readline/list.ts";
import type { Shell } from "./state.ts";

/** What `more.ts` holds. */
export interface More {
  readonly builtins: Readonly<Record<string, Builtin>>;
  findCompletions(sh: Shell, line: string, point: number): Task<Completion | undefined>;
  runSelect(sh: Shell, c: Extract<Command, { t: "for" | "select" }>): Task<number>;
  runCoproc(sh: Shell, c: Extract<Command, { t: "coproc" }>): Task<number>;
  runTimed(sh: Shell, c: Extract<Command, { t: "time" }>): Task<number>;
  expandHistory(sh: Shell, line: string): Expansion;
  /** What --version and --help print, and the usage after a wrong option. */
  optionText(kind: "version" | "help" | "usage", name: string): string;
  listMatches(found: Completion, columns: number, height: number, terminal: Terminal): Task<"done" | "interrupt">;
}

/** An entry of the exec table that is never run: it only carries code. */
export interface MoreProgram extends Program {
  readonly more: More;
}

/** Name of that entry. */
export const MORE_PROGRAM = "bash-more";

export function* loadMore(sh: Pick<Shell, "sys">): Task<More> {
  const program = (yield* sh.sys.load(MORE_PROGRAM)) as MoreProgram | undefined;
  if (program === undefined) throw new Error(`the exec table lacks ${MORE_PROGRAM}`);
  return program.more;
}
