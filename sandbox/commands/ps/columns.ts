// The columns of ps: header, width, side and text of each format specifier, as procps-ng 4 has them.

import type { ProcessInfo, Sys } from "../../kernel/sys.ts";
import { formatTime, readZone } from "../../lib/strftime.ts";
import type { Names } from "../../lib/users.ts";

export interface PsContext {
  readonly sys: Sys;
  readonly names: Names;
  readonly now: number;
  readonly zone: ReturnType<typeof readZone>;
  /** BSD option c, and -c of the like: the name instead of the arguments. */
  readonly trueNames: boolean;
  readonly environment: boolean;
}

export interface Column {
  readonly header: string;
  /** 0: as wide as process ids are. */
  readonly width: number;
  readonly side: "left" | "right" | "free";
  text(process: ProcessInfo, context: PsContext): string;
}

export function contextOf(sys: Sys, names: Names, trueNames = false, environment = false): PsContext {
  return { sys, names, now: sys.now(), zone: readZone(sys.env.TZ), trueNames, environment };
}

const two = (value: number) => String(Math.floor(value)).padStart(2, "0");

/** Seconds since the start, at least one for shares. */
const age = (process: ProcessInfo, context: PsContext) =>
  Math.max(0, Math.floor((context.now - process.startTime) / 1000));

/** Share of a processor in tenths of a percent. */
function share(process: ProcessInfo, context: PsContext): number {
  const seconds = age(process, context);
  return seconds === 0 ? 0 : Math.floor(process.cpuTime / seconds);
}

function tenths(value: number): string {
  return value > 999 ? String(Math.floor(value / 10)) : `${Math.floor(value / 10)}.${value % 10}`;
}

/** [dd-]hh:mm:ss of a count of seconds. */
function clock(seconds: number): string {
  const days = Math.floor(seconds / 86400);
  return `${days > 0 ? `${days}-` : ""}${two((seconds / 3600) % 24)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** The time since the start, without hours where there are none. */
function elapsed(seconds: number): string {
  const text = clock(seconds);
  return seconds < 3600 ? text.slice(3) : text;
}

/** Kernel threads and zombies have no arguments: their name stands in brackets. */
export function commandLine(process: ProcessInfo, context: PsContext): string {
  if (process.state === "Z") return `[${process.comm}] <defunct>`;
  if (process.argv.length === 0) return `[${process.comm}]`;
  if (context.trueNames) return process.comm;
  return process.argv.map((word) => word.replace(/[\x00-\x1f\x7f]/g, "?")).join(" ");
}

function shortName(process: ProcessInfo): string {
  return process.state === "Z" ? `${process.comm} <defunct>` : process.comm;
}

function longState(process: ProcessInfo): string {
  const nice = process.nice < 0 ? "<" : process.nice > 0 ? "N" : "";
  const leader = process.sid === process.pid ? "s" : "";
  const foreground = process.tpgid > 0 && process.tpgid === process.pgid ? "+" : "";
  return process.state + nice + leader + (process.threads > 1 ? "l" : "") + foreground;
}

/** Start time as `21:45`, `Nov21` or `2025`. */
function startText(process: ProcessInfo, context: PsContext): string {
  const of = (format: string, time: number) => formatTime(format, time, context.zone);
  if (of("%Y%j", process.startTime) === of("%Y%j", context.now)) return of("%H:%M", process.startTime);
  return of("%Y", process.startTime) === of("%Y", context.now)
    ? of("%b%d", process.startTime)
    : of("%Y", process.startTime);
}

function shorten(name: string, width: number): string {
  return name.length > width ? `${name.slice(0, width - 1)}+` : name;
}

type Text = Column["text"];
/** A column with its text on the left. */
export const left = (header: string, width: number, text: Text): Column => ({ header, width, side: "left", text });
/** A column with its text on the right. */
export const right = (header: string, width: number, text: Text): Column => ({ header, width, side: "right", text });
const free = (header: string, width: number, text: Text): Column => ({ header, width, side: "free", text });
const pid = (header: string, text: Text): Column => right(header, 0, text);
/** A column of the names of users. */
export const user = (header: string, uid: (process: ProcessInfo) => number): Column =>
  left(header, 8, (p, c) => shorten(c.names.user(uid(p)) ?? String(uid(p)), 8));
/** A column of the names of groups. */
export const group = (header: string, gid: (process: ProcessInfo) => number): Column =>
  left(header, 8, (p, c) => shorten(c.names.group(gid(p)) ?? String(gid(p)), 8));

const pcpu = right("%CPU", 4, (p, c) => tenths(share(p, c)));
const pmem = right("%MEM", 4, (p, c) => tenths(Math.min(999, Math.floor((p.rss * 1000) / c.sys.machine.memory))));
const args = (header: string) => free(header, 27, commandLine);
const comm = (header: string) => free(header, 15, shortName);
const time = right("TIME", 8, (p) => clock(Math.floor(p.cpuTime / 1000)));
const tty = (header: string, width = 8) => left(header, width, (p) => p.tty ?? "?");
const nice = right("NI", 3, (p) => String(p.nice));
const vsz = right("VSZ", 6, (p) => String(p.vsz));
const state = left("S", 1, (p) => p.state);
const pages = right("SZ", 5, (p) => String(Math.floor(p.vsz / 4)));
const pgid = pid("PGID", (p) => String(p.pgid));
const sid = pid("SID", (p) => String(p.sid));
const lwp = (header: string) => pid(header, (p) => String(p.pid));
const start = left("START", 5, startText);
const unit = (process: ProcessInfo) =>
  /\/([^/]+\.(?:service|scope|slice|mount|socket))(?=\/|$)/.exec(
    process.cgroup.replace(/^(?:\/[^/]+\.slice)+(?=\/)/, ""),
  )?.[1] ?? "-";

/** All specifiers that are modelled, by name. */
export const COLUMNS: Readonly<Record<string, Column>> = {
  "%cpu": pcpu,
  pcpu,
  "%mem": pmem,
  pmem,
  addr: left("ADDR", 4, () => "-"),
  args: args("COMMAND"),
  command: args("COMMAND"),
  cmd: args("CMD"),
  bsdstart: right("START", 6, (p, c) =>
    formatTime(c.now - p.startTime > 86400000 ? "%b %e" : " %H:%M", p.startTime, c.zone),
  ),
  bsdtime: right("TIME", 6, (p) => `${Math.floor(p.cpuTime / 60000)}:${two((p.cpuTime / 1000) % 60)}`),
  c: right("C", 2, (p, c) => String(Math.min(99, Math.floor(share(p, c) / 10)))),
  cgname: free("CGNAME", 27, (p) => p.cgroup),
  cgroup: free("CGROUP", 27, (p) => `0::${p.cgroup}`),
  class: left("CLS", 3, () => "TS"),
  cls: left("CLS", 3, () => "TS"),
  comm: comm("COMMAND"),
  ucomm: comm("COMMAND"),
  ucmd: comm("CMD"),
  cputime: time,
  time,
  atime: time,
  cputimes: right("TIME", 8, (p) => String(Math.floor(p.cpuTime / 1000))),
  times: right("TIME", 8, (p) => String(Math.floor(p.cpuTime / 1000))),
  drs: right("DRS", 5, (p) => String(Math.max(0, p.vsz - 1000))),
  egid: right("EGID", 5, (p) => String(p.egid)),
  gid: right("GID", 5, (p) => String(p.egid)),
  egroup: group("EGROUP", (p) => p.egid),
  group: group("GROUP", (p) => p.egid),
  etime: right("ELAPSED", 11, (p, c) => elapsed(age(p, c))),
  etimes: right("ELAPSED", 7, (p, c) => String(age(p, c))),
  euid: right("EUID", 5, (p) => String(p.euid)),
  uid: right("UID", 5, (p) => String(p.euid)),
  euser: user("EUSER", (p) => p.euid),
  user: user("USER", (p) => p.euid),
  uname: user("USER", (p) => p.euid),
  uid_hack: user("UID", (p) => p.euid),
  exe: free("EXE", 27, (p) => (p.exe === "" ? "-" : p.exe)),
  f: right("F", 1, (p) => (p.argv.length === 0 ? "1" : p.uid === 0 ? "4" : "0")),
  flag: right("F", 1, (p) => (p.uid === 0 ? "4" : "0")),
  flags: right("F", 1, (p) => (p.uid === 0 ? "4" : "0")),
  fname: left("COMMAND", 8, (p) => p.comm.slice(0, 8)),
  lstart: right("STARTED", 24, (p, c) => formatTime("%a %b %e %H:%M:%S %Y", p.startTime, c.zone)),
  lwp: lwp("LWP"),
  spid: lwp("SPID"),
  tid: lwp("TID"),
  tgid: lwp("TGID"),
  pid: lwp("PID"),
  maj_flt: right("MAJFL", 6, () => "0"),
  majflt: right("MAJFLT", 6, () => "0"),
  min_flt: right("MINFL", 6, () => "0"),
  minflt: right("MINFLT", 6, () => "0"),
  ni: nice,
  nice,
  nlwp: right("NLWP", 4, (p) => String(p.threads)),
  thcount: right("THCNT", 5, (p) => String(p.threads)),
  opri: right("PRI", 3, (p) => String(80 + p.nice)),
  priority: right("PRI", 3, (p) => String(20 + p.nice)),
  pri: right("PRI", 3, (p) => String(19 - p.nice)),
  pgid,
  pgrp: { ...pgid, header: "PGRP" },
  ppid: pid("PPID", (p) => String(p.ppid)),
  psr: right("PSR", 3, (p) => String(p.pid % 2)),
  rgid: right("RGID", 5, (p) => String(p.gid)),
  rgroup: group("RGROUP", (p) => p.gid),
  rss: right("RSS", 5, (p) => String(p.rss)),
  rssize: right("RSS", 5, (p) => String(p.rss)),
  rsz: right("RSZ", 5, (p) => String(p.rss)),
  rtprio: right("RTPRIO", 6, () => "-"),
  ruid: right("RUID", 5, (p) => String(p.uid)),
  ruser: user("RUSER", (p) => p.uid),
  s: state,
  state,
  sess: { ...sid, header: "SESS" },
  session: { ...sid, header: "SESS" },
  sid,
  size: right("SIZE", 5, (p) => String(Math.floor(p.vsz / 8))),
  slice: left("SLICE", 31, (p) => /^\/([^/]+\.slice)/.exec(p.cgroup)?.[1] ?? "-"),
  start: right("STARTED", 8, (p, c) =>
    formatTime(c.now - p.startTime > 86400000 ? "  %b %d" : "%H:%M:%S", p.startTime, c.zone),
  ),
  start_time: start,
  stime: { ...start, header: "STIME" },
  stat: left("STAT", 4, longState),
  suid: right("SUID", 5, (p) => String(p.euid)),
  suser: user("SUSER", (p) => p.euid),
  sz: pages,
  tname: tty("TTY"),
  tt: tty("TT"),
  tty: tty("TT"),
  tty4: tty("TTY", 4),
  tty8: tty("TTY"),
  longtname: tty("TTY"),
  tpgid: pid("TPGID", (p) => String(p.tty === undefined ? -1 : p.tpgid)),
  trs: right("TRS", 4, () => "1000"),
  unit: left("UNIT", 31, unit),
  uunit: left("UUNIT", 31, () => "-"),
  vsize: vsz,
  vsz,
  wchan: left("WCHAN", 6, () => "-"),
  wname: left("WCHAN", 6, () => "-"),
};

/** A column made wider by `name:20`: names are cut at the new width. */
export function wider(name: string, width: number, column: Column): Column["text"] {
  if (!/user|group|uname/.test(name)) return column.text;
  return (process, context) => {
    const gid = /group/.test(name);
    const id = gid ? process.egid : process.euid;
    const full = (gid ? context.names.group(id) : context.names.user(id)) ?? String(id);
    return full.length > width ? `${full.slice(0, width - 1)}+` : full;
  };
}
