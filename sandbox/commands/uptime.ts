// uptime, w, who, users and last: how long the machine runs, its load and memory, and who is logged in.

import type { ProcessInfo, Sys } from "../kernel/sys.ts";
import { formatTime, readZone } from "../lib/strftime.ts";
import { Names } from "../lib/users.ts";
import { defineCommand } from "./define.ts";
import { defineProcps } from "./procps.ts";
import { commandLine, contextOf } from "./ps/columns.ts";

/** Login sessions: the leaders on terminals whose parent is not on the same terminal. */
export function sessions(sys: Sys): ProcessInfo[] {
  return sys
    .processes()
    .filter(
      (process) =>
        process.tty !== undefined &&
        process.pid === process.sid &&
        process.state !== "Z" &&
        sys.process(process.ppid)?.tty !== process.tty,
    );
}

/** Used memory in kB: what the processes hold, and some for the kernel. */
export function memory(sys: Sys): {
  total: number;
  used: number;
  free: number;
  shared: number;
  cache: number;
  available: number;
} {
  const total = sys.machine.memory;
  const held = sys.processes().reduce((sum, process) => sum + process.rss, 0);
  const used = Math.min(total, Math.round(held * 0.7) + Math.round(total * 0.04));
  const cache = Math.round((total - used) * 0.18);
  return { total, used, free: total - used - cache, shared: 1012, cache, available: total - used };
}

/** `up 3 min`, `up  1:04`, `up 2 days,  3:05`. */
export function upText(seconds: number): string {
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  const start = days > 0 ? `${days} day${days === 1 ? "" : "s"}, ` : "";
  return `up ${start}${hours > 0 ? `${String(hours).padStart(2)}:${String(minutes).padStart(2, "0")}` : `${minutes} min`}`;
}

/** The first line of uptime, w and top. */
export function uptimeLine(sys: Sys): string {
  const users = sessions(sys).length;
  const clock = formatTime("%H:%M:%S", sys.now(), readZone(sys.env.TZ));
  const up = upText((sys.now() - sys.bootTime()) / 1000);
  return `${clock} ${up}, ${String(users).padStart(2)} user${users === 1 ? "" : "s"},  load average: 0.08, 0.05, 0.01`;
}

export const uptime = defineProcps({
  name: "uptime",
  summary: "Tell how long the system has been running.",
  form: "[options]",
  list: " -p, --pretty   show uptime in pretty format",
  tail: ` -h, --help     display this help and exit
 -s, --since    system up since
 -V, --version  output version information and exit`,
  *run(io, sys) {
    if (io.operands.length > 0) return yield* io.usageError("");
    const seconds = Math.floor((sys.now() - sys.bootTime()) / 1000);
    if (io.has("s")) io.print(`${formatTime("%Y-%m-%d %H:%M:%S", sys.bootTime(), readZone(sys.env.TZ))}\n`);
    else if (io.has("p")) {
      const parts: string[] = [];
      for (const [size, name, limit] of [
        [604800, "week", Infinity],
        [86400, "day", 7],
        [3600, "hour", 24],
        [60, "minute", 60],
      ] as const) {
        const count = Math.floor(seconds / size) % (limit === Infinity ? Number.MAX_SAFE_INTEGER : limit);
        if (count > 0) parts.push(`${count} ${name}${count === 1 ? "" : "s"}`);
      }
      io.print(`up ${parts.length > 0 ? parts.join(", ") : "0 minutes"}\n`);
    } else io.print(` ${uptimeLine(sys)}\n`);
    return 0;
  },
});

export const who = defineCommand({
  name: "who",
  summary: "Print information about users who are currently logged in.",
  usage: ["[OPTION]... [ FILE | ARG1 ARG2 ]"],
  options: `
    a,all  same as -b -d --login -p -r -t -T -u
    b,boot  time of last system boot
    d,dead  print dead processes
    H,heading  print line of column headings
    l,login  print system login processes
    m  only hostname and user associated with stdin
    q,count  all login names and number of users logged on
    r,runlevel  print current runlevel
    s,short  print only name, line, and time (default)
    T|w,mesg  add user's message status as +, - or ?
    u,users  list users logged in`,
  *run(io, sys) {
    const names = new Names(sys);
    const zone = readZone(sys.env.TZ);
    const stamp = (time: number) => formatTime("%Y-%m-%d %H:%M", time, zone);
    let list = sessions(sys);
    if (io.has("m") || io.operands.length === 2) list = list.filter((process) => process.tty === sys.info.tty);
    if (io.has("q")) {
      const users = list.map((process) => names.user(process.uid) ?? "?");
      io.print(`${users.join(" ")}\n# users=${users.length}\n`);
      return 0;
    }
    if (io.has("H")) io.print("NAME     LINE         TIME             COMMENT\n");
    if (io.has("b")) io.print(`         system boot  ${stamp(sys.bootTime())}\n`);
    if (io.has("r")) io.print(`         run-level 5  ${stamp(sys.bootTime() + 9000)}\n`);
    if ((io.has("b") || io.has("r")) && !io.has("u") && !io.has("a")) return 0;
    for (const process of list) {
      io.print(
        `${(names.user(process.uid) ?? "?").padEnd(8)} ${(process.tty ?? "").padEnd(12)} ${stamp(process.startTime)}\n`,
      );
    }
    return 0;
  },
});

export const users = defineCommand({
  name: "users",
  summary: "Output who is currently logged in.",
  usage: ["[OPTION]... [FILE]"],
  options: "",
  *run(io, sys) {
    const names = new Names(sys);
    const list = sessions(sys)
      .map((process) => names.user(process.uid) ?? "?")
      .sort();
    if (list.length > 0) io.print(`${list.join(" ")}\n`);
    return 0;
  },
});

export const w = defineProcps({
  name: "w",
  summary: "Show who is logged on and what they are doing.",
  form: "[options] [user]",
  list: ` -h, --no-header     do not print header
 -u, --no-current    ignore current process username
 -s, --short         short format
 -t, --terminal      show terminals
 -f, --from          show remote hostname field
 -o, --old-style     old style output
 -i, --ip-addr       display IP address instead of hostname (if possible)
 -p, --pids          show the PID(s) of processes in WHAT`,
  tail: `
     --help     display this help and exit
 -V, --version  output version information and exit`,
  *run(io, sys) {
    const names = new Names(sys);
    const zone = readZone(sys.env.TZ);
    if (!io.has("h")) {
      io.print(` ${uptimeLine(sys)}\n`);
      const columns = io.has("s") ? "  IDLE WHAT" : " LOGIN@   IDLE   JCPU   PCPU  WHAT";
      io.print(
        `USER     TTY      ${io.has("f") ? "" : "FROM            "}${io.has("s") && io.has("f") ? "" : io.has("s") ? " " : ""}${columns}\n`,
      );
    }
    for (const process of sessions(sys)) {
      const user = names.user(process.uid) ?? "?";
      if (io.operands[0] !== undefined && user !== io.operands[0]) continue;
      const front = sys.processes().find((one) => one.tty === process.tty && one.pgid === process.tpgid) ?? process;
      const what = commandLine(front, contextOf(sys, names));
      const login = formatTime("%H:%M", process.startTime, zone);
      io.print(
        io.has("s")
          ? `${user.padEnd(8)} ${(process.tty ?? "").padEnd(8)} ${"-".padEnd(16)}  0.00s ${what}\n`
          : `${user.padEnd(8)} ${(process.tty ?? "").padEnd(8)} ${"-".padEnd(16)} ${login}    0.00s  0.00s  0.00s ${what}\n`,
      );
    }
    return 0;
  },
});

export const last = defineCommand({
  name: "last",
  package: "util-linux",
  summary: "Show a listing of last logged in users.",
  usage: ["[options] [<username>...] [<tty>...]"],
  options:
    "n,limit=number  how many lines to show\nF,fulltimes  print full times and dates\nx,system  display system shutdown entries",
  *run(io, sys) {
    const names = new Names(sys);
    const zone = readZone(sys.env.TZ);
    for (const process of sessions(sys).reverse()) {
      const user = names.user(process.uid) ?? "?";
      if (io.operands[0] !== undefined && user !== io.operands[0]) continue;
      io.print(
        `${user.padEnd(8)} ${(process.tty ?? "").padEnd(12)} ${"".padEnd(16)} ${formatTime("%a %b %e %H:%M", process.startTime, zone)}   still logged in\n`,
      );
    }
    io.print(
      `${"reboot".padEnd(8)} ${"system boot".padEnd(12)} ${sys.machine.release.slice(0, 16).padEnd(16)} ${formatTime("%a %b %e %H:%M", sys.bootTime(), zone)}   still running\n\nwtmp begins ${formatTime("%a %b %e %H:%M:%S %Y", sys.bootTime(), zone)}\n`,
    );
    return 0;
  },
});
