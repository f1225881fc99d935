// Columns of ps that are rarely asked for: signal masks, name spaces, saved ids, input and output.

import type { ProcessInfo } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { type Column, group, left, type PsContext, right, user } from "./columns.ts";

/** A file of a process below /proc; empty where it cannot be read. */
function procFile(process: ProcessInfo, context: PsContext, name: string): string {
  const bytes = context.sys.readFile(`/proc/${process.pid}/${name}`);
  return bytes instanceof Uint8Array ? decode(bytes) : "";
}

/** A figure of /proc/PID/status or /proc/PID/io. */
function field(process: ProcessInfo, context: PsContext, file: string, name: string, missing: string): string {
  return new RegExp(`^${name}:\\s*(\\S+)`, "m").exec(procFile(process, context, file))?.[1] ?? missing; // fixed pattern
}

const mask = (header: string, name: string) =>
  right(header, 16, (p, c) => field(p, c, "status", name, "0000000000000000"));
const space = (name: string) =>
  right(`${name.toUpperCase()}NS`, 10, (p, c) => {
    const target = c.sys.readlink(`/proc/${p.pid}/ns/${name}`);
    return typeof target === "string" ? (/\d+/.exec(target)?.[0] ?? "-") : "-";
  });
const io = (header: string, name: string) => right(header, 5, (p, c) => field(p, c, "io", name, "0"));
const always = (header: string, width: number, value: string, side = right) => side(header, width, () => value);

const pending = mask("PENDING", "ShdPnd");
const blocked = mask("BLOCKED", "SigBlk");
const ignored = mask("IGNORED", "SigIgn");
const caught = mask("CAUGHT", "SigCgt");
const label = always("LABEL", 31, "-", left);
const stack = always("STACKP", 16, "00007ffc00000000");

/** The rare specifiers, by name. */
export const MORE_COLUMNS: Readonly<Record<string, Column>> = {
  addr_1: always("ADDR", 1, "-", left),
  alarm: always("ALARM", 5, "-"),
  tmout: always("TMOUT", 5, "-"),
  pending,
  sig: pending,
  tsig: mask("PENDING", "SigPnd"),
  sig_pend: { ...pending, header: "SIGNAL" },
  blocked,
  sigmask: blocked,
  sig_block: blocked,
  ignored,
  sigignore: ignored,
  sig_ignore: ignored,
  caught,
  sigcatch: caught,
  sig_catch: { ...caught, header: "CATCHED" },
  label,
  context: { ...label, header: "CONTEXT" },
  zone: { ...label, header: "ZONE" },
  machine: { ...label, header: "MACHINE" },
  lxc: always("LXC", 8, "-", left),
  seat: always("SEAT", 11, "-", left),
  lsession: always("SESSION", 11, "-", left),
  ouid: always("OWNER", 5, "-", left),
  luid: always("LUID", 5, "-"),
  stackp: stack,
  start_stack: stack,
  eip: always("EIP", 16, "0000000000000000"),
  esp: always("ESP", 16, "0000000000000000"),
  cgroupns: { ...space("cgroup") },
  ipcns: space("ipc"),
  mntns: space("mnt"),
  netns: space("net"),
  pidns: space("pid"),
  timens: space("time"),
  userns: space("user"),
  utsns: space("uts"),
  fuid: right("FUID", 5, (p) => String(p.euid)),
  fsuid: right("FSUID", 5, (p) => String(p.euid)),
  svuid: right("SVUID", 5, (p) => String(p.euid)),
  fuser: user("FUSER", (p) => p.euid),
  fsuser: user("FSUSER", (p) => p.euid),
  svuser: user("SVUSER", (p) => p.euid),
  fgid: right("FGID", 5, (p) => String(p.egid)),
  fsgid: right("FSGID", 5, (p) => String(p.egid)),
  sgid: right("SGID", 5, (p) => String(p.egid)),
  svgid: right("SVGID", 5, (p) => String(p.egid)),
  fgroup: group("FGROUP", (p) => p.egid),
  fsgroup: group("FSGROUP", (p) => p.egid),
  sgroup: group("SGROUP", (p) => p.egid),
  svgroup: group("SVGROUP", (p) => p.egid),
  supgid: left("SUPGID", 20, (p) => p.groups.join(",") || "-"),
  supgrp: left("SUPGRP", 40, (p, c) => p.groups.map((gid) => c.names.group(gid) ?? gid).join(",") || "-"),
  cp: always("CP", 3, "0"),
  cpuid: right("CPUID", 5, (p) => String(p.pid % 2)),
  sgi_p: right("P", 1, (p) => (p.state === "R" ? String(p.pid % 2) : "*")),
  numa: always("NUMA", 4, "-1"),
  policy: always("POL", 3, "TS", left),
  sched: always("SCH", 3, "0"),
  intpri: right("PRI", 3, (p) => String(80 + p.nice)),
  oom: right("OOM", 4, (p, c) => procFile(p, c, "oom_score").trim() || "0"),
  oomadj: right("OOMADJ", 6, (p, c) => procFile(p, c, "oom_score_adj").trim() || "0"),
  pagein: always("PAGEIN", 6, "0"),
  lim: always("LIM", 5, "xx"),
  pss: right("PSS", 5, (p) => String(Math.floor(p.rss / 2))),
  uss: right("USS", 5, (p) => String(Math.floor(p.rss / 4))),
  dsiz: right("DSIZ", 4, (p) => String(Math.max(0, p.vsz - 1000))),
  tsiz: always("TSIZ", 4, "1000"),
  trss: always("TRSS", 4, "1000"),
  m_drs: right("DRS", 5, (p) => String(Math.max(0, p.vsz - 1000))),
  m_size: right("SIZE", 5, (p) => String(p.vsz)),
  m_trs: always("TRS", 5, "1000"),
  rbytes: io("RBYTES", "read_bytes"),
  rchars: io("RCHARS", "rchar"),
  rops: io("ROPS", "syscr"),
  wbytes: io("WBYTES", "write_bytes"),
  wcbytes: io("WCBYTES", "cancelled_write_bytes"),
  wchars: io("WCHARS", "wchar"),
  wops: io("WOPS", "syscw"),
};
