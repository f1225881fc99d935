// Control groups and their processes on the screen, for status and systemd-cgls.

import type { Sys } from "../../kernel/sys.ts";
import { GREY, type Output } from "./output.ts";

/** An argument in double quotes where a shell would need them. */
export function quoteArgument(text: string): string {
  return /^[^\s"\\`$*?['()<>|&;!\x00-\x1f\x7f]+$/.test(text) ? text : `"${text.replace(/["\\`$]/g, "\\$&")}"`;
}

/** A command line as it fits into `width` columns. */
export function commandLine(sys: Sys, pid: number, width: number): string {
  const process = sys.process(pid);
  if (process === undefined) return "n/a";
  const whole = process.argv.length === 0 ? `[${process.comm}]` : process.argv.map(quoteArgument).join(" ");
  const chars = [...whole];
  return chars.length > width ? `${chars.slice(0, Math.max(0, width - 1)).join("")}…` : whole;
}

/** Processes of a control group as a tree. */
export function printPids(
  out: Output,
  sys: Sys,
  pids: readonly number[],
  prefix: string,
  width: number | undefined,
): void {
  const sorted = [...pids].sort((a, b) => a - b);
  const digits = String(sorted.at(-1) ?? 0).length;
  sorted.forEach((pid, i) => {
    const room = width === undefined ? Number.MAX_SAFE_INTEGER : Math.max(20, width - digits - 3);
    const line = `${String(pid).padStart(digits)} ${commandLine(sys, pid, room)}`;
    out.print(`${prefix}${i === sorted.length - 1 ? "└─" : "├─"}${out.paint(GREY, line)}\n`);
  });
}

/** All control groups with their processes, as systemd-cgls shows them. */
export function printTree(out: Output, sys: Sys, width: number | undefined, indent: boolean | string): void {
  const pad = typeof indent === "string" ? indent : "           ";
  const groups = new Map<string, number[]>();
  for (const process of sys.processes()) {
    const own = process.pid === 1 ? "/init.scope" : process.cgroup;
    const pids = groups.get(own) ?? [];
    pids.push(process.pid);
    groups.set(own, pids);
    for (let slash = own.lastIndexOf("/"); slash > 0; slash = own.lastIndexOf("/", slash - 1)) {
      if (!groups.has(own.slice(0, slash))) groups.set(own.slice(0, slash), []);
    }
  }
  const walk = (path: string, prefix: string): void => {
    const inner = [...groups.keys()]
      .filter((key) => key.startsWith(`${path}/`) && !key.slice(path.length + 1).includes("/") && key !== path)
      .sort();
    const pids = groups.get(path === "" ? "/" : path) ?? [];
    if (inner.length === 0)
      printPids(out, sys, pids, prefix, width === undefined ? undefined : width - (prefix.length - pad.length));
    inner.forEach((key, i) => {
      const last = i === inner.length - 1;
      out.print(`${prefix}${last ? "└─" : "├─"}${key.slice(path.length + 1)}\n`);
      walk(key, `${prefix}${last ? "  " : "│ "}`);
    });
  };
  walk("", pad);
}
