// top: processes by their load, once for a file (-b) or again and again on the terminal.

import { isErrno } from "../kernel/errno.ts";
import type { ProcessInfo, Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { findUser, Names } from "../lib/users.ts";
import { defineCommand, type Io } from "./define.ts";
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

export const top = defineCommand({
  name: "top",
  package: "procps",
  summary: "Display Linux processes.",
  usage: ["-hv | -bcEeHiOSs1 -d secs -n max -u|U user -p pid(s) -o field -w [cols]"],
  options: `
    b,batch-mode  run without a terminal
    c,cmdline-toggle  show command lines
    d,delay=SECS  seconds between updates
    H,threads-show  show threads
    i,idle-toggle  hide idle tasks
    n,iterations=NUMBER  end after so many updates
    o,sort-override=FIELD  sort by a field
    p,pid=PIDLIST  only these processes
    u,filter-only-euser=USER  only processes of an effective user
    U,filter-any-user=USER  only processes of any user
    s,secure-mode  forbid dangerous commands
    S,accum-time-toggle  count dead children's time
    w,width[=COLUMNS]  width of the output
    1,single-cpu-toggle  show one line per processor
    V,version  display version`,
  *run(io, sys) {
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
