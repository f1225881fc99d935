// /proc: folders and texts made from the process table when somebody looks.

import { type Errno, errno } from "./errno.ts";
import { fileOf } from "./files.ts";
import type { Credentials, Inode } from "./fs/inode.ts";
import type { VirtualFs, VirtualLink } from "./fs/virtual.ts";
import type { Kernel } from "./kernel.ts";
import { type OpenFile, type Process, stateLetter } from "./process.ts";
import { NET_FILES, readNet } from "./procnet.ts";
import { SIGNALS } from "./signal.ts";
import type { FileType } from "./sys.ts";
import { listSys, lookupSys } from "./sysfs.ts";

const DEVICE = 20;
const TOP = [
  "cmdline",
  "cpuinfo",
  "filesystems",
  "loadavg",
  "meminfo",
  "modules",
  "mounts",
  "net",
  "partitions",
  "self",
  "stat",
  "swaps",
  "sys",
  "thread-self",
  "uptime",
  "version",
  "vmstat",
] as const;
const OF_PROCESS = [
  "attr",
  "cgroup",
  "cmdline",
  "comm",
  "cwd",
  "environ",
  "exe",
  "fd",
  "fdinfo",
  "limits",
  "loginuid",
  "maps",
  "mountinfo",
  "mounts",
  "net",
  "ns",
  "oom_adj",
  "oom_score",
  "oom_score_adj",
  "root",
  "sessionid",
  "stat",
  "statm",
  "status",
  "task",
  "wchan",
] as const;
const LINKS: ReadonlySet<string> = new Set(["cwd", "exe", "root", "self", "thread-self", "mounts"]);
const FOLDERS: Readonly<Record<string, number>> = {
  attr: 0o555,
  fd: 0o500,
  fdinfo: 0o555,
  net: 0o555,
  ns: 0o511,
  task: 0o555,
};
/** Only the owner of a process and root may follow its links and look into these. */
const NAMESPACES = { cgroup: 35, ipc: 39, mnt: 41, net: 40, pid: 36, time: 34, user: 37, uts: 38 } as const;

/** The virtual folder for a kernel. Inode numbers carry what to print: the path is kept in `target`. */
export function createProcFs(kernel: Kernel): VirtualFs {
  const now = (): number => kernel.world.now;

  function node(path: readonly string[], type: FileType, mode: number, owner: Process | undefined): Inode {
    const text = path.join("/");
    const at = owner?.startTime ?? now();
    return {
      ino: 0x50000000 + (number(text) & 0x0fffffff),
      type,
      dev: DEVICE,
      mode,
      uid: owner?.euid ?? 0,
      gid: owner?.egid ?? 0,
      nlink: type === "directory" ? 2 : 1,
      atime: at,
      mtime: at,
      ctime: at,
      btime: at,
      version: 0,
      epoch: 0,
      size: 0,
      target: text,
      virtual: "proc",
    };
  }

  function processOf(name: string | undefined): Process | undefined {
    return name !== undefined && /^\d+$/.test(name) ? kernel.process(Number(name)) : undefined;
  }

  const link = (target: string | Errno, owner?: Process, mode = 0o777): VirtualLink => ({
    link: target,
    mode,
    uid: owner?.euid ?? 0,
    gid: owner?.egid ?? 0,
  });

  function lookup(path: readonly string[], who: Credentials): Inode | Errno | VirtualLink {
    const [first = ""] = path;
    if (first === "sys:") {
      const found = lookupSys(kernel, path.slice(1));
      return found === undefined
        ? errno("ENOENT")
        : node(path, found.kind, found.kind === "file" ? 0o444 : 0o755, undefined);
    }
    const self = kernel.world.current?.pid ?? 1;
    if (first === "self") return path.length === 1 ? link(String(self)) : lookup([String(self), ...path.slice(1)], who);
    if (first === "thread-self" && path.length === 1) return link(`${self}/task/${self}`);
    const process = processOf(first);
    if (process) return lookupProcess(process, path, who);
    if (path.length === 1 && (first === "mounts" || first === "net")) return link(`self/${first}`);
    if (first === "sys") return lookupSysctl(path);
    if (!(TOP as readonly string[]).includes(first) || path.length > 1) return errno("ENOENT");
    return node(path, "file", 0o444, undefined);
  }

  function lookupProcess(process: Process, path: readonly string[], who: Credentials): Inode | Errno | VirtualLink {
    const [, second, third, ...more] = path;
    if (second === undefined) return node(path, "directory", 0o555, process);
    if (!(OF_PROCESS as readonly string[]).includes(second)) return errno("ENOENT");
    if (second === "task" && third !== undefined)
      return third === String(process.pid) ? lookupProcess(process, [third, ...more], who) : errno("ENOENT");
    const mine = who.uid === 0 || who.uid === process.uid;
    const guarded = (target: string | Errno, mode?: number) => link(mine ? target : errno("EACCES"), process, mode);
    if (more.length > 0) return errno("ENOENT");
    if (third === undefined) {
      if (second === "cwd") return guarded(process.cwd);
      if (second === "root") return guarded(process.root);
      if (second === "exe") return guarded(process.exe || errno("ENOENT"));
      const folder = FOLDERS[second];
      if (folder !== undefined) return node(path, "directory", folder, process);
      const mode = second === "environ" ? 0o400 : second === "oom_score_adj" || second === "comm" ? 0o644 : 0o444;
      return node(path, "file", mode, process);
    }
    if ((second === "fd" || second === "fdinfo") && !mine) return errno("EACCES");
    if (second === "fd" || second === "fdinfo") {
      const fd = Number(third);
      const target = kernel.sys(process.pid).fdTarget(fd);
      if (typeof target !== "string") return errno("ENOENT");
      if (second === "fdinfo") return node(path, "file", 0o444, process);
      return guarded(target, { r: 0o500, w: 0o300, u: 0o700 }[accessOf(fileOf(kernel, process, fd))]);
    }
    if (second === "ns")
      return third in NAMESPACES
        ? guarded(`${third}:[${4_026_531_800 + NAMESPACES[third as keyof typeof NAMESPACES]}]`)
        : errno("ENOENT");
    return second === "net" && NET_FILES.includes(third) ? node(path, "file", 0o444, undefined) : errno("ENOENT");
  }

  function lookupSysctl(path: readonly string[]): Inode | Errno {
    const name = path.slice(1).join("/");
    if (name === "" || Object.keys(kernel.state.sysctl).some((key) => key.startsWith(`${name}/`)))
      return node(path, "directory", 0o555, undefined);
    return name in kernel.state.sysctl ? node(path, "file", 0o644, undefined) : errno("ENOENT");
  }

  function list(inode: Inode): { name: string; type: FileType; ino: number }[] {
    const path = (inode.target ?? "").split("/").filter(Boolean);
    const entry = (name: string, type: FileType): { name: string; type: FileType; ino: number } => ({
      name,
      type,
      ino: number([...path, name].join("/")),
    });
    if (inode.virtual === "sys" || path[0] === "sys:") {
      const below = inode.virtual === "sys" ? [] : path.slice(1);
      return listSys(kernel, below).map(({ name, type }) => entry(name, type));
    }
    if (inode.ino < 0x50000000 || path.length === 0) {
      const pids = [...kernel.state.processes.keys()].sort((a, b) => a - b);
      const type = (name: string) =>
        name === "sys" ? "directory" : LINKS.has(name) || name === "net" ? "symlink" : "file";
      return [...TOP.map((name) => entry(name, type(name))), ...pids.map((pid) => entry(String(pid), "directory"))];
    }
    if (path[0] === "sys") {
      const prefix = path.slice(1).join("/");
      const names = new Map<string, FileType>();
      for (const key of Object.keys(kernel.state.sysctl)) {
        if (prefix !== "" && !key.startsWith(`${prefix}/`)) continue;
        const rest = prefix === "" ? key : key.slice(prefix.length + 1);
        const [name = "", more] = rest.split("/");
        names.set(name, more === undefined ? "file" : "directory");
      }
      return [...names].map(([name, type]) => entry(name, type));
    }
    const process = processOf(path[0]);
    if (process === undefined) return [];
    if (path[1] === "fd" || path[1] === "fdinfo")
      return [...process.fds.keys()]
        .sort((a, b) => a - b)
        .map((fd) => entry(String(fd), path[1] === "fd" ? "symlink" : "file"));
    if (path[1] === "task") return [entry(String(process.pid), "directory")];
    if (path[1] === "ns") return Object.keys(NAMESPACES).map((name) => entry(name, "symlink"));
    if (path[1] === "net") return NET_FILES.map((name) => entry(name, "file"));
    if (path.length > 1) return [];
    return OF_PROCESS.map((name) =>
      entry(name, LINKS.has(name) && name !== "mounts" ? "symlink" : name in FOLDERS ? "directory" : "file"),
    );
  }

  function read(inode: Inode): string {
    const path = (inode.target ?? "").split("/");
    if (path[0] === "sys:") {
      const found = lookupSys(kernel, path.slice(1));
      return found?.kind === "file" ? found.text : "";
    }
    const process = processOf(path[0]);
    if (process && path[1] === "net") return readNet(kernel, path[2] ?? "");
    if (process && path[1] === "fdinfo") return fdinfo(process, Number(path[2]));
    if (process) return readProcess(process, path[1] ?? "");
    if (path[0] === "sys") return `${kernel.state.sysctl[path.slice(1).join("/")] ?? ""}\n`;
    return readTop(path[0] ?? "");
  }

  function readProcess(process: Process, name: string): string {
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
        return mounts();
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
        return status(process);
      default:
        return "";
    }
  }

  function mounts(): string {
    return kernel.state.mounts
      .map((mount) => `${mount.source} ${mount.target} ${mount.type} ${mount.options} 0 0\n`)
      .join("");
  }

  function status(process: Process): string {
    const names: Record<string, string> = { R: "running", S: "sleeping", T: "stopped", Z: "zombie" };
    const letter = stateLetter(process);
    const mask = (signals: ReadonlySet<keyof typeof SIGNALS>): string => {
      let bits = 0n;
      for (const signal of signals) bits |= 1n << BigInt(SIGNALS[signal] - 1);
      return bits.toString(16).padStart(16, "0");
    };
    const capabilities = process.euid === 0 ? "000001ffffffffff" : "0000000000000000";
    const size = (name: string, kb: number) => `${name}:\t${String(Math.round(kb)).padStart(8)} kB`;
    const { cpus } = kernel.state.facts;
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

  function fdinfo(process: Process, fd: number): string {
    const file = fileOf(kernel, process, fd);
    const at = file?.kind === "file" || file?.kind === "text" ? file.position : 0;
    return `pos:\t${at}\nflags:\t0${{ r: "100000", w: "100001", u: "100002" }[accessOf(file)]}\nmnt_id:\t25\nino:\t${file?.kind === "file" ? file.ino : 1}\n`;
  }

  function readTop(name: string): string {
    const { facts } = kernel.state;
    switch (name) {
      case "uptime": {
        const up = (now() - kernel.state.bootTime) / 1000;
        return `${up.toFixed(2)} ${(up * facts.cpus * 0.95).toFixed(2)}\n`;
      }
      case "loadavg":
        return `0.08 0.05 0.01 1/${kernel.state.processes.size} ${kernel.state.nextPid - 1}\n`;
      case "version":
        return `Linux version ${facts.release} (debian-kernel@lists.debian.org) ${facts.version}\n`;
      case "cmdline":
        return `${kernel.state.commandLine ?? `BOOT_IMAGE=/boot/vmlinuz-${facts.release} root=/dev/vda1 ro quiet`}\n`;
      case "partitions":
        return "major minor  #blocks  name\n\n 254        0   20971520 vda\n 254        1   20134592 vda1\n";
      case "modules":
        return ["overlay", "br_netfilter", "bridge", "virtio_net", "ext4"]
          .map((module) => `${module} 16384 0 - Live 0x0000000000000000\n`)
          .join("");
      case "filesystems":
        return "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tcgroup2\n\text4\nnodev\toverlay\n";
      case "swaps":
        return "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
      case "stat":
        return `cpu  5120 0 3088 901244 210 0 88 0 0 0\nbtime ${Math.floor(kernel.state.bootTime / 1000)}\nprocesses ${kernel.state.nextPid - 1}\n`;
      case "meminfo":
        return meminfo(facts.memory);
      case "cpuinfo":
        return Array.from(
          { length: facts.cpus },
          (_, i) =>
            `processor\t: ${i}\nvendor_id\t: GenuineIntel\nmodel name\t: ${facts.cpuModel}\ncpu MHz\t\t: 2400.000\ncpu cores\t: ${facts.cpus}\n\n`,
        ).join("");
      default:
        return "";
    }
  }

  return { lookup, list, read };
}

function meminfo(total: number): string {
  const row = (name: string, value: number): string =>
    `${`${name}:`.padEnd(16)}${String(Math.round(value)).padStart(8)} kB\n`;
  return (
    row("MemTotal", total) +
    row("MemFree", total * 0.45) +
    row("MemAvailable", total * 0.72) +
    row("Buffers", total * 0.02) +
    row("Cached", total * 0.26) +
    row("SwapCached", 0) +
    row("Active", total * 0.21) +
    row("Inactive", total * 0.17) +
    row("Mlocked", 0) +
    row("SwapTotal", 0) +
    row("SwapFree", 0) +
    row("Dirty", 120) +
    row("Writeback", 0) +
    row("AnonPages", total * 0.1) +
    row("Mapped", total * 0.06) +
    row("Shmem", 1012) +
    row("Slab", total * 0.03) +
    row("CommitLimit", total / 2) +
    row("Committed_AS", total * 0.18) +
    row("HugePages_Total", 0).replace(" kB", "") +
    row("HugePages_Free", 0).replace(" kB", "") +
    row("Hugepagesize", 2048)
  );
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
function accessOf(file: OpenFile | undefined): "r" | "w" | "u" {
  if (file?.kind === "pipe") return file.end === "read" ? "r" : "w";
  if (file?.kind === "text") return "r";
  const { read = true, write = true } = file?.kind === "file" || file?.kind === "device" ? file : {};
  return read && write ? "u" : write ? "w" : "r";
}

function number(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return (value >>> 0) & 0x0fffffff;
}
