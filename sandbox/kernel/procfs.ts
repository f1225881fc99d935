// /proc: folders and texts made from the process table when somebody looks.

import { type Errno, errno } from "./errno.ts";
import type { VirtualFs } from "./fs/fs.ts";
import type { Credentials, Inode } from "./fs/inode.ts";
import type { Kernel } from "./kernel.ts";
import type { Process } from "./process.ts";
import { SIGNALS } from "./signal.ts";
import type { FileType } from "./sys.ts";

const DEVICE = 20;
const FOLDERS = 1;
const TOP = [
  "cmdline",
  "cpuinfo",
  "filesystems",
  "loadavg",
  "meminfo",
  "mounts",
  "self",
  "stat",
  "swaps",
  "sys",
  "uptime",
  "version",
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
  "limits",
  "loginuid",
  "mountinfo",
  "mounts",
  "oom_score",
  "oom_score_adj",
  "root",
  "stat",
  "status",
] as const;
const LINKS: ReadonlySet<string> = new Set(["cwd", "exe", "root", "self"]);
const PRIVATE: ReadonlySet<string> = new Set(["environ", "fd", "cwd", "exe", "root"]);

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
      nlink: type === "directory" ? 2 : FOLDERS,
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

  function lookup(path: readonly string[], who: Credentials): Inode | Errno | string {
    const [first = "", second, third] = path;
    if (first === "self" || first === "thread-self") {
      const self = kernel.world.current?.pid ?? 1;
      return path.length === 1 ? String(self) : lookup([String(self), ...path.slice(1)], who);
    }
    const process = processOf(first);
    if (process) {
      if (second === undefined) return node(path, "directory", 0o555, process);
      if (!(OF_PROCESS as readonly string[]).includes(second)) return errno("ENOENT");
      if (PRIVATE.has(second) && who.uid !== 0 && who.uid !== process.uid) return errno("EACCES");
      if (LINKS.has(second))
        return second === "cwd" ? process.cwd : second === "root" ? process.root : process.exe || errno("ENOENT");
      if (second === "fd") {
        if (third === undefined) return node(path, "directory", 0o500, process);
        const target = kernel.sys(process.pid).fdTarget(Number(third));
        return typeof target === "string" ? target : errno("ENOENT");
      }
      return path.length === 2
        ? node(path, second === "attr" ? "directory" : "file", second === "environ" ? 0o400 : 0o444, process)
        : errno("ENOENT");
    }
    if (first === "mounts" && path.length === 1) return "self/mounts";
    if (first === "sys") return lookupSysctl(path);
    if (first === "net" || !(TOP as readonly string[]).includes(first) || path.length > 1) return errno("ENOENT");
    return node(path, "file", 0o444, undefined);
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
    if (inode.ino < 0x50000000 || path.length === 0) {
      const pids = [...kernel.state.processes.keys()].sort((a, b) => a - b);
      return [
        ...TOP.map((name) =>
          entry(name, name === "sys" ? "directory" : name === "self" || name === "mounts" ? "symlink" : "file"),
        ),
        ...pids.map((pid) => entry(String(pid), "directory")),
      ];
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
    if (path[1] === "fd")
      return [...process.fds.keys()].sort((a, b) => a - b).map((fd) => entry(String(fd), "symlink"));
    if (path.length > 1) return [];
    return OF_PROCESS.map((name) =>
      entry(name, LINKS.has(name) ? "symlink" : name === "fd" || name === "attr" ? "directory" : "file"),
    );
  }

  function read(inode: Inode): string {
    const path = (inode.target ?? "").split("/");
    const process = processOf(path[0]);
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
      case "oom_score_adj":
        return "0\n";
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
        return `${process.pid} (${process.comm}) ${stateLetter(process)} ${process.ppid} ${process.pgid} ${process.sid} ${process.tty === undefined ? 0 : 34816 + process.tty} -1 4194304 0 0 0 0 ${Math.floor(process.cpuTime / 10)} 0 0 0 20 ${process.nice} ${process.threads} 0 ${Math.floor((process.startTime - kernel.state.bootTime) / 10)} ${process.vsz * 1024} ${Math.floor(process.rss / 4)} 18446744073709551615\n`;
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
      `VmSize:\t${String(process.vsz).padStart(8)} kB`,
      `VmRSS:\t${String(process.rss).padStart(8)} kB`,
      `Threads:\t${process.threads}`,
      `SigIgn:\t${mask(process.ignored)}`,
      `SigCgt:\t${mask(process.caught)}`,
      `CapEff:\t${capabilities}`,
      `CapBnd:\t000001ffffffffff`,
      "NoNewPrivs:\t0",
      "Seccomp:\t0",
      "",
    ].join("\n");
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
        return `BOOT_IMAGE=/boot/vmlinuz-${facts.release} root=/dev/vda1 ro quiet\n`;
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
    row("SwapTotal", 0) +
    row("SwapFree", 0)
  );
}

function limits(): string {
  const rows: [string, string, string, string][] = [
    ["Max cpu time", "unlimited", "unlimited", "seconds"],
    ["Max file size", "unlimited", "unlimited", "bytes"],
    ["Max stack size", "8388608", "unlimited", "bytes"],
    ["Max core file size", "0", "unlimited", "bytes"],
    ["Max processes", "15446", "15446", "processes"],
    ["Max open files", "1024", "1048576", "files"],
  ];
  const line = (a: string, b: string, c: string, d: string): string =>
    `${a.padEnd(26)}${b.padEnd(21)}${c.padEnd(21)}${d.padEnd(10)}\n`;
  return line("Limit", "Soft Limit", "Hard Limit", "Units") + rows.map((row) => line(...row)).join("");
}

/** The state letter of ps: only the process that asks right now is running. */
export function stateLetter(process: Process, running = false): "R" | "S" | "T" | "Z" {
  if (process.state === "zombie") return "Z";
  if (process.state === "stopped") return "T";
  return running ? "R" : "S";
}

function number(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return (value >>> 0) & 0x0fffffff;
}
