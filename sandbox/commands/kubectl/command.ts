// What a kubectl command is: a record from which finding, parsing and help derive.

import type { Program, Task } from "../../kernel/sys.ts";
import type { Kube } from "./kube.ts";

export interface KubectlCommand {
  readonly name: string;
  readonly short: string;
  readonly long?: string;
  readonly examples?: string;
  /** What follows the name in *Usage*; `[options]` unless told. */
  readonly usage?: string;
  readonly aliases?: readonly string[];
  readonly flags?: string;
  readonly sub?: readonly KubectlCommand[];
  /** Its code is not there yet: only its name is. */
  readonly later?: boolean;
  /** Without `run`, a command with subcommands shows its help: on which stream, with which code. */
  readonly bare?: { readonly fd: 1 | 2; readonly code: number };
  run?(kube: Kube): Task<number>;
}

/** An entry of the exec table that is never run: it carries the commands that come later. */
export interface MoreCommands extends Program {
  readonly commands: readonly KubectlCommand[];
}
