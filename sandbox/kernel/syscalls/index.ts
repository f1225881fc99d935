// The system calls of one process: `Sys` over the kernel. Every door between parts of the machine goes through here.
// A family of calls is a class that adds its own to those it stands on; the last has them all.

import type { Kernel } from "../kernel.ts";
import type { Sys } from "../sys.ts";
import { ProcessCalls } from "./processes.ts";

/** The calls of process `pid` on a kernel. */
export function createSys(kernel: Kernel, pid: number): Sys {
  return new ProcessCalls(kernel, pid);
}
