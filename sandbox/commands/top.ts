// top: processes by their load, once for a file (-b) or again and again on the terminal.

import { isErrno } from "../kernel/errno.ts";
import type { ProcessInfo, Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { findUser, Names } from "../lib/users.ts";
import type { Io } from "./define.ts";
import { defineProcps } from "./procps.ts";
import { commandLine, contextOf } from "./ps/columns.ts";
import { memory, uptimeLine } from "./uptime.ts";

interface View {
  sort: "cpu" | "memory" | "pid" | "time";
  full: boolean;
  rows: number;
}

/** The five lines of the summary. */
function summary(sys: Sys): string[] {
  const list = sys.processes();
  const count = (test: (process: ProcessInfo) => boolean) => list.filter(test).length;
  const { total, used, free, cache, available } = memory(sys);
  const mib = (kb: number) => (kb / 1024).toFixed(1).padStart(8);
  const running = count((process) => process.state === "R");
  const stopped = count((process) => process.state === "T");
  const zombie = count((process) => process.state === "Z");
  const pad = (value: number) => String(value).padStart(4);
  return [
    `top - ${uptimeLine(sys)}`,
    `Tasks:${pad(list.length)} total,${pad(running)} running,${pad(list.length - running - stopped - zombie)} sleeping,${pad(stopped)} stopped,${pad(zombie)} zombie`,
    "%Cpu(s):  0.7 us,  0.7 sy,  0.0 ni, 98.6 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st ",
    `MiB Mem : ${mib(total)} total, ${mib(free)} free, ${mib(used)} used, ${mib(cache)} buff/cache     `,
    `MiB Swap: ${mib(0)} total, ${mib(0)} free, ${mib(0)} used. ${mib(available)} avail Mem `,
  ];
}

const HEADER = "    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND";

function line(sys: Sys, names: Names, process: ProcessInfo, full: boolean, width: number): string {
  const user = names.user(process.euid) ?? String(process.euid);
  const context = contextOf(sys, names);
  const size = (kb: number, room: number) =>
    (String(kb).length > room ? `${(kb / 1024).toFixed(1)}m` : String(kb)).padStart(room);
  const seconds = process.cpuTime / 1000;
  const time = `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(2).padStart(5, "0")}`;
  const share = ((process.rss * 100) / sys.machine.memory).toFixed(1);
  const left = `${String(process.pid).padStart(7)} ${(user.length > 8 ? `${user.slice(0, 7)}+` : user).padEnd(8)} ${String(20 + process.nice).padStart(3)} ${String(process.nice).padStart(3)} ${size(process.vsz, 7)} ${size(process.rss, 6)} ${size(Math.round(process.rss * 0.75), 6)} ${process.state} ${"0.0".padStart(5)} ${share.padStart(5)} ${time.padStart(9)} `;
  const command = full ? commandLine(process, context) : process.comm;
  const room = width - left.length;
  return left + (command.length > room ? `${command.slice(0, Math.max(0, room - 1))}+` : command);
}

function chosen(sys: Sys, io: Io, view: View): ProcessInfo[] {
  const pids = io.options
    .filter(([key]) => key === "p")
    .flatMap(([, value]) => (value ?? "").split(","))
    .map(Number);
  const user = io.value("u") ?? io.value("U");
  const uid = user === undefined ? undefined : (findUser(sys, user)?.uid ?? Number(user));
  const list = sys
    .processes()
    .filter(
      (process) => (pids.length === 0 || pids.includes(process.pid)) && (uid === undefined || process.euid === uid),
    );
  const compare: Readonly<Record<View["sort"], (a: ProcessInfo, b: ProcessInfo) => number>> = {
    cpu: (a, b) =>
      Number(b.state === "R" && b.pid !== sys.pid) - Number(a.state === "R" && a.pid !== sys.pid) || a.pid - b.pid,
    memory: (a, b) => b.rss - a.rss || a.pid - b.pid,
    pid: (a, b) => b.pid - a.pid,
    time: (a, b) => b.cpuTime - a.cpuTime || a.pid - b.pid,
  };
  return [...list].sort(compare[view.sort]);
}

/** The names of all fields, as -o takes them. */
const FIELDS =
  "PID PPID UID USER RUID RUSER SUID SUSER GID GROUP PGRP TTY TPGID SID PR NI nTH P %CPU TIME TIME+ %MEM VIRT SWAP RES CODE DATA SHR nMaj nMin nDRT S COMMAND WCHAN Flags CGROUPS SUPGIDS SUPGRPS TGID OOMa OOMs ENVIRON vMj vMn USED nsIPC nsMNT nsNET nsPID nsUSER nsUTS LXC RSan RSfd RSlk RSsh CGNAME NU LOGID EXE RSS PSS PSan PSfd PSsh USS ioR ioRop ioW ioWop AGID AGNI STARTED ELAPSED %CUU %CUC nsCGROUP nsTIME".split(
    " ",
  );

/** What is wrong with the values of the options, the first one's. */
function complaint(io: Io): string | undefined {
  for (const [key, value = ""] of io.options) {
    if (key === "n" && !(Number(value) >= 1)) return `bad iterations argument '${value}'`;
    if (key === "d" && !/^-?[\d.]+$/.test(value)) return `bad delay interval '${value}'`;
    if (key === "d" && Number(value) < 0) return "-d requires positive argument";
    if (key === "w" && value !== "" && !/^\d+$/.test(value)) return `bad width arg '${value}'`;
    if (key === "o" && !FIELDS.includes(value.replace(/^[-+]/, "")))
      return `unrecognized field name '${value.replace(/^[-+]/, "")}'`;
    const odd = key === "p" ? value.split(",").find((word) => !/^\d+$/.test(word)) : undefined;
    if (odd !== undefined) return `bad pid '${odd}'`;
  }
  return io.operands[0] === undefined ? undefined : `unknown option '${io.operands[0]}'`;
}

export const top = defineProcps({
  name: "top",
  summary: "Display Linux processes.",
  form: "[options]",
  quiet: true,
  list: ` -b, --batch-mode                run in non-interactive batch mode
 -c, --cmdline-toggle            reverse last remembered 'c' state
 -d, --delay =SECS [.TENTHS]     iterative delay as SECS [.TENTHS]
 -E, --scale-summary-mem =SCALE  set mem as: k,m,g,t,p,e for SCALE
 -e, --scale-task-mem =SCALE     set mem with: k,m,g,t,p for SCALE
 -H, --threads-show              show tasks plus all their threads
 -i, --idle-toggle               reverse last remembered 'i' state
 -n, --iterations =NUMBER        exit on maximum iterations NUMBER
 -O, --list-fields               output all field names, then exit
 -o, --sort-override =FIELD      force sorting on this named FIELD
 -p, --pid =PIDLIST              monitor only the tasks in PIDLIST
 -S, --accum-time-toggle         reverse last remembered 'S' state
 -s, --secure-mode               run with secure mode restrictions
 -U, --filter-any-user =USER     show only processes owned by USER
 -u, --filter-only-euser =USER   show only processes owned by USER
 -w, --width [=COLUMNS]          change print width [,use COLUMNS]
 -1, --single-cpu-toggle         reverse last remembered '1' state`,
  tail: `
 -h, --help                      display this help text, then exit
 -V, --version                   output version information & exit`,
  *run(io, sys) {
    if (io.has("O")) {
      io.print(`${FIELDS.join("\n")}\n`);
      return 0;
    }
    const sorts: Readonly<Record<string, View["sort"]>> = {
      "%MEM": "memory",
      RES: "memory",
      PID: "pid",
      "TIME+": "time",
      TIME: "time",
    };
    const user = io.value("u") ?? io.value("U");
    if (user !== undefined && findUser(sys, user) === undefined && !/^\d+$/.test(user)) {
      io.printError(`top: Invalid user\n`);
      return 1;
    }
    const view: View = {
      sort: sorts[(io.value("o") ?? "").replace(/^[-+]/, "")] ?? "cpu",
      full: io.has("c"),
      rows: Infinity,
    };
    const wrong = complaint(io);
    if (wrong !== undefined) {
      io.printError(`top: ${wrong}\n`);
      return 1;
    }
    const names = new Names(sys);
    const delay = Number(io.value("d") ?? 3) * 1000;
    const limit = Number(io.value("n") ?? Infinity);
    if (io.has("b")) {
      const width = Number(io.value("w") ?? (view.full ? 512 : 80));
      for (let i = 0; i < limit; i++) {
        if (i > 0) io.print("\n");
        io.print(`${[...summary(sys), "", HEADER].join("\n")}\n`);
        for (const process of chosen(sys, io, view))
          io.print(`${line(sys, names, process, view.full, io.has("w") || view.full ? width : 78)}\n`);
        yield* io.flush();
        if (io.writeError !== undefined || i + 1 >= limit) break;
        yield* sys.sleep(delay);
      }
      return 0;
    }
    if (!sys.isatty(0) || !io.tty) {
      io.printError("top: failed tty get\n");
      return 1;
    }
    yield* interactive(io, sys, names, view, delay, limit);
    return 0;
  },
});

const PLAIN = "\x1b(B\x1b[m";

/** Draws until q or ^C. */
function* interactive(io: Io, sys: Sys, names: Names, view: View, delay: number, limit: number): Task<void> {
  const modes = sys.tcgetattr(0);
  sys.tcsetattr(0, { icanon: false, echo: false });
  sys.sigaction("SIGINT", "catch");
  io.print("\x1b[?1h\x1b=\x1b[?25l\x1b[H\x1b[2J");
  for (let round = 0; round < limit; round++) {
    const size = sys.windowSize(1);
    const { columns, rows } = isErrno(size) ? { columns: 80, rows: 24 } : size;
    draw(io, sys, names, view, columns, rows);
    yield* io.flush();
    const until = sys.now() + delay;
    const woken = yield* sys.waitUntil(() => sys.readable(0), until);
    if (isErrno(woken)) {
      if (sys.takeSignal() === "SIGINT") break;
      continue;
    }
    if (woken === false) continue;
    const bytes = yield* sys.read(0, 16);
    const key = isErrno(bytes) ? "q" : decode(bytes);
    if (key === "" || key.includes("q") || key.includes("\x03")) break;
    if (key === "M") view.sort = "memory";
    if (key === "P") view.sort = "cpu";
    if (key === "N") view.sort = "pid";
    if (key === "T") view.sort = "time";
    if (key === "c") view.full = !view.full;
  }
  const size = sys.windowSize(1);
  io.print(`\x1b[?1l\x1b>\x1b[${(isErrno(size) ? 24 : size.rows) + 1};1H\r\n\x1b[?12l\x1b[?25h\x1b[K`);
  yield* io.flush();
  if (!isErrno(modes)) sys.tcsetattr(0, modes);
}

function draw(io: Io, sys: Sys, names: Names, view: View, columns: number, rows: number): void {
  let screen = "\x1b[H";
  for (const text of summary(sys)) screen += `${PLAIN}${text.slice(0, columns)}\x1b[K\r\n`;
  screen += `\x1b[K\r\n\x1b[7m${HEADER.padEnd(columns).slice(0, columns)}${PLAIN}\x1b[K\r\n`;
  const list = chosen(sys, io, view).slice(0, Math.max(0, rows - 8));
  screen += list
    .map(
      (process) =>
        `${PLAIN}${process.state === "R" ? "\x1b[1m" : ""}${line(sys, names, process, view.full, columns).padEnd(columns)}${PLAIN}\x1b[K`,
    )
    .join("\r\n");
  io.print(`${screen}\r\n\x1b[J`);
}
