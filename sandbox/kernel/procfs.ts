// /proc: folders and names made from the process table when somebody looks. The texts are in proc-process, proc-machine,
// procnet and sysfs.

import { type Errno, errno } from "./errno.ts";
import { fileOf } from "./files.ts";
import type { Credentials, Inode } from "./fs/inode.ts";
import type { VirtualFs, VirtualLink } from "./fs/virtual.ts";
import { hashText } from "./hash.ts";
import type { Kernel } from "./kernel.ts";
import { readTop } from "./proc-machine.ts";
import { accessOf, fdinfo, readProcess } from "./proc-process.ts";
import type { Process } from "./process.ts";
import { NET_FILES, readNet } from "./procnet.ts";
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
/** Namespaces of every process, by the last digits of their inode numbers. */
const NAMESPACES = { cgroup: 35, ipc: 39, mnt: 41, net: 40, pid: 36, time: 34, user: 37, uts: 38 } as const;

/** The virtual folder for a kernel. Inode numbers carry what to print: the path is kept in `target`. */
export function createProcFs(kernel: Kernel): VirtualFs {
  const now = (): number => kernel.world.now;

  function node(path: readonly string[], type: FileType, mode: number, owner: Process | undefined): Inode {
    const text = path.join("/");
    const at = owner?.startTime ?? now();
    return {
      ino: 0x50000000 + (hashText(text) & 0x0fffffff),
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
    // Only its owner and root may follow the links of a process and look into its descriptors.
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
      ino: hashText([...path, name].join("/")) & 0x0fffffff,
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
    if (process && path[1] === "fdinfo") return fdinfo(kernel, process, Number(path[2]));
    if (process) return readProcess(kernel, process, path[1] ?? "");
    if (path[0] === "sys") return `${kernel.state.sysctl[path.slice(1).join("/")] ?? ""}\n`;
    return readTop(kernel, path[0] ?? "");
  }

  return { lookup, list, read };
}
