// uptime, free, vmstat, w, who, users and last: load, memory and who is logged in.

import type { ProcessInfo, Sys } from "../kernel/sys.ts";
import { formatTime, readZone } from "../lib/strftime.ts";
import { Names } from "../lib/users.ts";
import { defineCommand } from "./define.ts";
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

export const uptime = defineCommand({
  name: "uptime",
  package: "procps",
  summary: "Tell how long the system has been running.",
  usage: ["[options]"],
  options: `
    p,pretty  show uptime in pretty format
    h,help  display this help and exit
    s,since  system up since
    V,version  output version information and exit`,
  *run(io, sys) {
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

const UNITS: Readonly<Record<string, number>> = {
  b: 1 / 1024,
  k: 1,
  m: 1024,
  g: 1024 ** 2,
  kibi: 1,
  mebi: 1024,
  gibi: 1024 ** 2,
  kilo: 1000 / 1024,
  mega: 1000 ** 2 / 1024,
  giga: 1000 ** 3 / 1024,
};

function humanSize(kb: number): string {
  let value = kb * 1024;
  for (const unit of ["B", "Ki", "Mi", "Gi", "Ti"]) {
    if (value < 1000 || unit === "Ti")
      return (value < 10 && unit !== "B" ? value.toFixed(1) : String(Math.floor(value))) + unit;
    value /= 1024;
  }
  return "";
}

export const free = defineCommand({
  name: "free",
  package: "procps",
  summary: "Display amount of free and used memory in the system.",
  usage: ["[options]"],
  options: `
    b,bytes  show output in bytes
    ,kilo  show output in kilobytes
    ,mega  show output in megabytes
    ,giga  show output in gigabytes
    k,kibi  show output in kibibytes
    m,mebi  show output in mebibytes
    g,gibi  show output in gibibytes
    h,human  show human-readable output
    ,si  use powers of 1000 not 1024
    l,lohi  show detailed low and high memory statistics
    L,line  show output on a single line
    t,total  show total for RAM + swap
    v,committed  show committed memory and commit limit
    s,seconds=N  repeat printing every N seconds
    c,count=N  repeat printing N times, then exit
    w,wide  wide output
    V,version  output version information and exit`,
  *run(io, sys) {
    const unit = io.options.findLast(([key]) => UNITS[key] !== undefined)?.[0] ?? "k";
    const show = (kb: number) =>
      (io.has("h") ? humanSize(kb) : String(Math.floor(kb / (UNITS[unit] ?? 1)))).padStart(12);
    const once = () => {
      const { total, used, free: left, shared, cache, available } = memory(sys);
      const line = (name: string, ...numbers: readonly number[]) =>
        `${name.padEnd(8)}${numbers.map(show).join("").replace(/^/, "")}\n`;
      const head = io.has("w")
        ? ["total", "used", "free", "shared", "buffers", "cache", "available"]
        : ["total", "used", "free", "shared", "buff/cache", "available"];
      io.print(`        ${head.map((word) => word.padStart(12)).join("")}\n`);
      const buffers = Math.round(cache * 0.1);
      io.print(
        io.has("w")
          ? line("Mem:", total, used, left, shared, buffers, cache - buffers, available)
          : line("Mem:", total, used, left, shared, cache, available),
      );
      io.print(line("Swap:", 0, 0, 0));
      if (io.has("t")) io.print(line("Total:", total, used, left));
    };
    const every = io.value("s");
    const times = io.value("c");
    if (every !== undefined && !(Number(every) > 0))
      return yield* io.die(1, `seconds argument failed: '${every}': Invalid argument`);
    if (times !== undefined && !(Number(times) > 0))
      return yield* io.die(1, `failed to parse count argument: '${times}'`);
    if (new Set(io.options.filter(([key]) => UNITS[key] !== undefined).map(([key]) => key)).size > 1)
      return yield* io.die(1, "Multiple unit options don't make sense.");
    let left = Number(io.value("c") ?? (every === undefined ? 1 : Infinity));
    for (;;) {
      once();
      left -= 1;
      if (left <= 0) break;
      io.print("\n");
      yield* io.flush();
      yield* sys.sleep(Number(every ?? 1) * 1000);
    }
    return 0;
  },
});

export const vmstat = defineCommand({
  name: "vmstat",
  package: "procps",
  summary: "Report virtual memory statistics.",
  usage: ["[options] [delay [count]]"],
  options: `
    a,active  active/inactive memory
    w,wide  wide output
    n,one-header  do not redisplay header
    t,timestamp  show timestamp
    S,unit=CHAR  define display unit
    V,version  output version information and exit`,
  *run(io, sys) {
    const [delay = "", count = ""] = io.operands;
    const odd = io.operands.find((word) => !/^\d+$/.test(word));
    if (odd !== undefined) return yield* io.die(1, `failed to parse argument: '${odd}'`);
    if (!/^[kKmM]$/.test(io.value("S") ?? "k")) return yield* io.die(1, "-S requires k, K, m or M (default is KiB)");
    io.print(
      "procs -----------memory---------- ---swap-- -----io---- -system-- -------cpu-------\n r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st gu\n",
    );
    for (let i = 0; i < (count !== "" ? Number(count) : delay === "" ? 1 : Infinity); i++) {
      if (i > 0) {
        yield* io.flush();
        yield* sys.sleep(Number(delay) * 1000);
      }
      const { free: left, cache } = memory(sys);
      const buffers = Math.round(cache * 0.1);
      io.print(
        ` 0  0      0 ${String(left).padStart(6)} ${String(buffers).padStart(6)} ${String(cache - buffers).padStart(6)}    0    0     4    10   90  120  1  1 98  0  0  0\n`,
      );
    }
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

export const w = defineCommand({
  name: "w",
  package: "procps",
  summary: "Show who is logged on and what they are doing.",
  usage: ["[options] [user]"],
  options: `
    h,no-header  do not print header
    u,no-current  ignore current process username
    s,short  short format
    f,from  show remote hostname field
    o,old-style  old style output
    i,ip-addr  display IP address instead of hostname
    V,version  output version information and exit`,
  *run(io, sys) {
    const names = new Names(sys);
    const zone = readZone(sys.env.TZ);
    if (!io.has("h")) {
      io.print(` ${uptimeLine(sys)}\n`);
      io.print(
        io.has("s")
          ? "USER     TTY      FROM              IDLE WHAT\n"
          : "USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU  WHAT\n",
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
