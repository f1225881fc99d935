// The texts of a process below /proc/PID (fs/proc/array.c and its neighbours), as far as the process table knows.

import { fileOf } from "./files.ts";
import type { Kernel } from "./kernel.ts";
import { type OpenFile, type Process, stateLetter } from "./process.ts";
import { SIGNALS } from "./signal.ts";

/** The text of a file below /proc/PID; empty where nothing is said there. */
export function readProcess(kernel: Kernel, process: Process, name: string): string {
  switch (name) {
    case "cmdline":
      return process.state === "zombie" ? "" : process.argv.map((word) => `${word}\0`).join("");
    case "environ":
      return Object.entries(process.env)
        .map(([key, value]) => `${key}=${value}\0`)
        .join("");
    case "comm":
      return `${process.comm}\n`;
    case "cgroup":
      return `0::${process.cgroup}\n`;
    case "loginuid":
      return process.tty === undefined ? "4294967295" : String(process.uid);
    case "oom_adj":
    case "oom_score_adj":
      return "0\n";
    case "sessionid":
      return process.tty === undefined ? "4294967295" : "1";
    case "wchan":
      return "0";
    case "statm":
      return `${Math.floor(process.vsz / 4)} ${Math.floor(process.rss / 4)} ${Math.floor((process.rss * 0.7) / 4)} 4 0 ${Math.floor(process.vsz / 40)} 0\n`;
    case "maps":
      return `55d0c0a00000-55d0c0a04000 r--p 00000000 fe:01 1050${" ".repeat(24)} ${process.exe}\n7ffd4c1e0000-7ffd4c201000 rw-p 00000000 00:00 0${" ".repeat(26)} [stack]\n`;
    case "oom_score":
      return "666\n";
    case "mounts":
      return mounts(kernel);
    case "mountinfo":
      return kernel.state.mounts
        .map(
          (mount, i) =>
            `${22 + i} 1 0:${20 + i} / ${mount.target} ${mount.options} shared:${i + 1} - ${mount.type} ${mount.source} rw\n`,
        )
        .join("");
    case "limits":
      return limits();
    case "stat":
      return `${process.pid} (${process.comm}) ${stateLetter(process)} ${process.ppid} ${process.pgid} ${process.sid} ${process.tty === undefined ? 0 : 34816 + process.tty} -1 4194304 0 0 0 0 ${Math.floor(process.cpuTime / 10)} 0 0 0 20 ${process.nice} ${process.threads} 0 ${Math.floor((process.startTime - kernel.state.bootTime) / 10)} ${process.vsz * 1024} ${Math.floor(process.rss / 4)} 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n`;
    case "status":
      return status(process, kernel.state.facts.cpus);
    default:
      return "";
  }
}

function mounts(kernel: Kernel): string {
  return kernel.state.mounts
    .map((mount) => `${mount.source} ${mount.target} ${mount.type} ${mount.options} 0 0\n`)
    .join("");
}

function status(process: Process, cpus: number): string {
  const names: Record<string, string> = { R: "running", S: "sleeping", T: "stopped", Z: "zombie" };
  const letter = stateLetter(process);
  const mask = (signals: ReadonlySet<keyof typeof SIGNALS>): string => {
    let bits = 0n;
    for (const signal of signals) bits |= 1n << BigInt(SIGNALS[signal] - 1);
    return bits.toString(16).padStart(16, "0");
  };
  const capabilities = process.euid === 0 ? "000001ffffffffff" : "0000000000000000";
  const size = (name: string, kb: number) => `${name}:\t${String(Math.round(kb)).padStart(8)} kB`;
  const pending = mask(new Set(process.pending));
  return [
    `Name:\t${process.comm}`,
    `Umask:\t${process.umask.toString(8).padStart(4, "0")}`,
    `State:\t${letter} (${names[letter]})`,
    `Tgid:\t${process.pid}`,
    "Ngid:\t0",
    `Pid:\t${process.pid}`,
    `PPid:\t${process.ppid}`,
    "TracerPid:\t0",
    `Uid:\t${process.uid}\t${process.euid}\t${process.euid}\t${process.euid}`,
    `Gid:\t${process.gid}\t${process.egid}\t${process.egid}\t${process.egid}`,
    "FDSize:\t64",
    `Groups:\t${process.groups.join(" ")} `,
    `NStgid:\t${process.pid}`,
    `NSpid:\t${process.pid}`,
    `NSpgid:\t${process.pgid}`,
    `NSsid:\t${process.sid}`,
    "Kthread:\t0",
    size("VmPeak", process.vsz),
    size("VmSize", process.vsz),
    size("VmLck", 0),
    size("VmPin", 0),
    size("VmHWM", process.rss),
    size("VmRSS", process.rss),
    size("RssAnon", process.rss * 0.3),
    size("RssFile", process.rss - Math.round(process.rss * 0.3)),
    size("RssShmem", 0),
    size("VmData", process.vsz * 0.1),
    size("VmStk", 132),
    size("VmExe", 36),
    size("VmLib", 1700),
    size("VmPTE", 60),
    size("VmSwap", 0),
    size("HugetlbPages", 0),
    "CoreDumping:\t0",
    "THP_enabled:\t1",
    "untag_mask:\t0xffffffffffffffff",
    `Threads:\t${process.threads}`,
    "SigQ:\t0/15446",
    "SigPnd:\t0000000000000000",
    `ShdPnd:\t${pending}`,
    "SigBlk:\t0000000000000000",
    `SigIgn:\t${mask(process.ignored)}`,
    `SigCgt:\t${mask(process.caught)}`,
    "CapInh:\t0000000000000000",
    `CapPrm:\t${capabilities}`,
    `CapEff:\t${capabilities}`,
    `CapBnd:\t000001ffffffffff`,
    "CapAmb:\t0000000000000000",
    "NoNewPrivs:\t0",
    "Seccomp:\t0",
    "Seccomp_filters:\t0",
    "Speculation_Store_Bypass:\tvulnerable",
    "SpeculationIndirectBranch:\talways enabled",
    `Cpus_allowed:\t${(2 ** cpus - 1).toString(16)}`,
    `Cpus_allowed_list:\t0-${cpus - 1}`,
    "Mems_allowed:\t00000000,00000001",
    "Mems_allowed_list:\t0",
    `voluntary_ctxt_switches:\t${Math.round(process.cpuTime / 4) + 1}`,
    `nonvoluntary_ctxt_switches:\t${Math.round(process.cpuTime / 40)}`,
    "x86_Thread_features:\t",
    "x86_Thread_features_locked:\t",
    "",
  ].join("\n");
}

/** What /proc/PID/fdinfo tells of a descriptor. */
export function fdinfo(kernel: Kernel, process: Process, fd: number): string {
  const file = fileOf(kernel, process, fd);
  const at = file?.kind === "file" || file?.kind === "text" ? file.position : 0;
  return `pos:\t${at}\nflags:\t0${{ r: "100000", w: "100001", u: "100002" }[accessOf(file)]}\nmnt_id:\t25\nino:\t${file?.kind === "file" ? file.ino : 1}\n`;
}

function limits(): string {
  const none = "unlimited";
  const rows: [string, string, string, string][] = [
    ["Max cpu time", none, none, "seconds"],
    ["Max file size", none, none, "bytes"],
    ["Max data size", none, none, "bytes"],
    ["Max stack size", "8388608", none, "bytes"],
    ["Max core file size", "0", none, "bytes"],
    ["Max resident set", none, none, "bytes"],
    ["Max processes", "15446", "15446", "processes"],
    ["Max open files", "1024", "524288", "files"],
    ["Max locked memory", "8388608", "8388608", "bytes"],
    ["Max address space", none, none, "bytes"],
    ["Max file locks", none, none, "locks"],
    ["Max pending signals", "15446", "15446", "signals"],
    ["Max msgqueue size", "819200", "819200", "bytes"],
    ["Max nice priority", "0", "0", ""],
    ["Max realtime priority", "0", "0", ""],
    ["Max realtime timeout", none, none, "us"],
  ];
  const line = (a: string, b: string, c: string, d: string): string =>
    `${a.padEnd(26)}${b.padEnd(21)}${c.padEnd(21)}${d.padEnd(10)}\n`;
  return line("Limit", "Soft Limit", "Hard Limit", "Units") + rows.map((row) => line(...row)).join("");
}

/** Whether a descriptor is open for reading, writing or both. */
export function accessOf(file: OpenFile | undefined): "r" | "w" | "u" {
  if (file?.kind === "pipe") return file.end === "read" ? "r" : "w";
  if (file?.kind === "text") return "r";
  const { read = true, write = true } = file?.kind === "file" || file?.kind === "device" ? file : {};
  return read && write ? "u" : write ? "w" : "r";
}
