// What a kubeadm command is: a record from which finding, parsing and help derive.

import type { Task } from "../../kernel/sys.ts";
import type { Kubeadm } from "./context.ts";

/** A command, or a group of them. */
export interface Command {
  readonly name: string;
  readonly short: string;
  /** Stands for `short` at the top of its own help. */
  readonly long?: string;
  /** What follows the name in usage lines. */
  readonly args?: string;
  readonly aliases?: readonly string[];
  /** As kubectl/flags reads them. */
  readonly flags?: string;
  readonly commands?: readonly Command[];
  /** Without it the command is a group; "unmodelled" is said in one line. */
  readonly run?: ((k: Kubeadm) => Task) | "unmodelled";
}
