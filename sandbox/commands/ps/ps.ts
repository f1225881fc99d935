// ps: the processes of the machine, in the forms people know.

import { isErrno } from "../../kernel/errno.ts";
import type { ProcessInfo, Sys } from "../../kernel/sys.ts";
import { Names } from "../../lib/users.ts";
import { defineCommand, type Io, versionLine } from "../define.ts";
import { COLUMNS, type Column, contextOf, type PsContext } from "./columns.ts";
import { columnOf } from "./formats.ts";
import { MORE_COLUMNS } from "./more-columns.ts";
import { type PsRequest, parsePs } from "./parse.ts";

const USAGE = `
Usage:
 ps [options]

 Try 'ps --help <simple|list|output|threads|misc|all>'
  or 'ps --help <s|l|o|t|m|a>'
 for additional help text.

For more details see ps(1).
`;

export const ps = defineCommand({
  name: "ps",
  package: "procps",
  summary: "Report a snapshot of the current processes.",
  usage: ["[options]"],
  *run(io, sys) {
    if (io.args[0] === "--version" || io.args[0] === "-V" || io.args[0] === "V") {
      io.print(`${versionLine(sys, io.command)}\n`);
      return 0;
    }
    if (io.args[0]?.startsWith("--help") || io.args[0]?.startsWith("--h")) {
      io.print(USAGE);
      return 0;
    }
    if (io.args[0] === "L") {
      const all = Object.entries({ ...COLUMNS, ...MORE_COLUMNS }).sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [name, column] of all) io.print(`${name.padEnd(12)} ${column.header.padEnd(8)}\n`);
      return 0;
    }
    const request = parsePs(sys, io.args);
    if (typeof request === "string") {
      if (request.endsWith("sandbox")) return yield* io.die(1, request);
      io.printError(`error: ${request}\n${USAGE}`);
      return 1;
    }
    // The other programs of a pipeline have started by the time ps looks.
    yield* sys.sleep(4);
    const context = contextOf(sys, new Names(sys), request.trueNames);
    const shown = order(select(sys, request), request, context);
    const prefixes = request.forest === "none" ? undefined : treePrefixes(shown, request.forest);
    const list = prefixes === undefined ? shown : prefixes.map(([process]) => process);
    const limit = lineLimit(io, request);
    if (request.headers && request.columns.some((column) => column.header !== "")) {
      io.print(`${layOut(sys, request.columns, (column) => column.header, limit)}\n`);
    }
    list.forEach((process, i) => {
      const prefix = prefixes?.[i]?.[1] ?? "";
      const text = (column: Column) => (isCommand(column) ? prefix : "") + column.text(process, context);
      io.print(`${layOut(sys, request.columns, text, limit)}\n`);
    });
    return list.length > 0 ? 0 : 1;
  },
});

const COMMANDS: ReadonlySet<Column["text"]> = new Set(
  ["args", "cmd", "command", "comm", "ucmd", "ucomm"].map((name) => COLUMNS[name]?.text as Column["text"]),
);
const isCommand = (column: Column) => COMMANDS.has(column.text);

/** Width of a line: that of the terminal, else without end; each w gives more. */
function lineLimit(io: Io, request: PsRequest): number {
  const told = request.screen ?? Number(io.sys.env.COLUMNS || Infinity);
  if (request.wide < 2 && told > 0 && told < Infinity) return request.wide === 1 ? Math.max(132, told) : told;
  const size = io.tty ? io.sys.windowSize(1) : undefined;
  if (request.wide > 1 || size === undefined || isErrno(size) || size.columns === 0) return Infinity;
  return request.wide === 1 ? Math.max(132, size.columns) : size.columns;
}

/** Digits of the highest process id there can be. */
function pidWidth(sys: Sys): number {
  const max = sys.sysctl("kernel/pid_max");
  return Math.max(5, isErrno(max) ? 7 : String(Number(max) - 1).length);
}

/** One line. What is too wide pushes its neighbours, until their padding has taken it up. */
function layOut(sys: Sys, columns: readonly Column[], text: (column: Column) => string, limit: number): string {
  let line = "";
  let correct = 0;
  columns.forEach((column, i) => {
    const width = column.width === 0 ? Math.max(pidWidth(sys), column.header.length) : column.width;
    const last = i === columns.length - 1;
    let value = text(column);
    const pad = column.side === "right" ? Math.max(0, width - value.length) : 0;
    // Free text is cut at the width of its column unless it is the last.
    if (column.side === "free" && !last) value = value.slice(0, Math.max(width, 0));
    const space = correct - line.length + pad;
    line += " ".repeat(Math.max(space, i === 0 ? Math.max(0, space) : 1)) + value;
    correct += width + 1;
  });
  return line.length > limit ? line.slice(0, limit) : line;
}

function select(sys: Sys, request: PsRequest): ProcessInfo[] {
  const me = sys.info;
  const simple = request.all || request.withTty || request.withoutTty || request.thisTty || request.runningOnly;
  const chosen = (process: ProcessInfo): boolean => {
    if (request.chosen.some((test) => test(process))) return true;
    if (!simple) return request.chosen.length === 0 && process.tty === me.tty && process.euid === me.euid;
    const leader = process.pid === process.sid;
    if (request.all) return !(request.notLeaders && leader);
    if (request.withTty && request.withoutTty) return true;
    if (request.withTty) return process.tty !== undefined && !(request.notLeaders && leader);
    if (request.withoutTty) return process.euid === me.euid;
    if (request.thisTty) return process.tty === me.tty;
    return request.runningOnly && process.tty === me.tty && process.euid === me.euid;
  };
  return sys.processes().filter((process) => {
    const wanted = chosen(process) && (!request.runningOnly || process.state === "R");
    return wanted !== request.negate;
  });
}

function order(list: readonly ProcessInfo[], request: PsRequest, context: PsContext): ProcessInfo[] {
  if (request.sort.length === 0) return [...list].sort((a, b) => a.pid - b.pid);
  const value = (process: ProcessInfo, name: string): number | string => {
    const column = columnOf(name);
    if (name === "start_time" || name === "stime" || name === "lstart" || name === "bsdstart" || name === "start")
      return process.startTime;
    if (name.endsWith("time")) return name.startsWith("e") ? context.now - process.startTime : process.cpuTime;
    const text = column?.text(process, context) ?? "";
    return /^-?[\d.]+$/.test(text) ? Number(text) : text;
  };
  return [...list].sort((a, b) => {
    for (const [name, down] of request.sort) {
      const [x, y] = [value(a, name), value(b, name)];
      if (x !== y) return (x < y ? -1 : 1) * (down ? -1 : 1);
    }
    return 0;
  });
}

/** Children under their parents, with the lines drawn before their commands. */
function treePrefixes(list: readonly ProcessInfo[], style: "ascii" | "indent"): (readonly [ProcessInfo, string])[] {
  const pids = new Set(list.map((process) => process.pid));
  const children = new Map<number, ProcessInfo[]>();
  for (const process of list) {
    const parent = pids.has(process.ppid) && process.ppid !== process.pid ? process.ppid : -1;
    children.set(parent, [...(children.get(parent) ?? []), process]);
  }
  const result: (readonly [ProcessInfo, string])[] = [];
  const visit = (process: ProcessInfo, own: string, below: string) => {
    result.push([process, own]);
    const kids = children.get(process.pid) ?? [];
    kids.forEach((kid, i) => {
      const last = i === kids.length - 1;
      if (style === "indent") visit(kid, `${below}  `, `${below}  `);
      else visit(kid, `${below} \\_ `, `${below} ${last ? "  " : "| "} `);
    });
  };
  for (const root of children.get(-1) ?? []) visit(root, "", "");
  return result;
}
