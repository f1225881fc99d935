// df, du, mount and findmnt: file systems and what fills them.

import { isErrno } from "../kernel/errno.ts";
import type { MountInfo, Task } from "../kernel/sys.ts";
import { matchGlob } from "../lib/fnmatch.ts";
import { quote, quoteAlways } from "../lib/quote.ts";
import { formatHuman, parseSize } from "../lib/sizes.ts";
import { formatTime, readZone } from "../lib/strftime.ts";
import { joinPath } from "./copying/common.ts";
import { defineCommand, type Io } from "./define.ts";
import { mountOf } from "./stat.ts";

interface Unit {
  readonly size: number;
  readonly human: 0 | 1000 | 1024;
  readonly title: string;
}

function* readUnit(io: Io): Task<Unit> {
  let unit: Unit = { size: 1024, human: 0, title: "1K-blocks" };
  for (const [key, value = ""] of io.options) {
    if (key === "h") unit = { size: 1, human: 1024, title: "Size" };
    else if (key === "H" || key === "si") unit = { size: 1, human: 1000, title: "Size" };
    else if (key === "k") unit = { size: 1024, human: 0, title: "1K-blocks" };
    else if (key === "m") unit = { size: 1048576, human: 0, title: "1M-blocks" };
    else if (key === "b") unit = { size: 1, human: 0, title: "1B-blocks" };
    else if (key === "B") {
      const size = parseSize(value, "kKmMGTPEZY0");
      if (typeof size !== "number")
        return yield* io.die(1, `invalid ${io.command.name === "du" ? "-B" : "-B"} argument '${value}'`);
      const letter = /^[A-Za-z]/.test(value) ? value : value.replace(/^(\d+)$/, "$1");
      unit = {
        size,
        human: 0,
        title: `${/^\d+$/.test(letter) ? formatHuman(size) : letter.replace(/^([A-Z])$/, "1$1")}-blocks`,
      };
    }
  }
  return unit;
}

const show = (bytes: number, unit: Unit) =>
  unit.human > 0 ? formatHuman(bytes, unit.human as 1000 | 1024) : String(Math.ceil(bytes / unit.size));

export const df = defineCommand({
  name: "df",
  summary: "Show information about the file system on which each FILE resides, or all file systems by default.",
  usage: ["[OPTION]... [FILE]..."],
  options: `
    a,all  include pseudo, duplicate, inaccessible file systems
    B,block-size=SIZE  scale sizes by SIZE before printing them
    h,human-readable  print sizes in powers of 1024 (e.g., 1023M)
    H,si  print sizes in powers of 1000 (e.g., 1.1G)
    i,inodes  list inode information instead of block usage
    k  like --block-size=1K
    l,local  limit listing to local file systems
    m  like --block-size=1M
    ,no-sync  do not invoke sync before getting usage info
    ,output[=FIELD_LIST]  use the output format defined by FIELD_LIST
    P,portability  use the POSIX output format
    ,sync  invoke sync before getting usage info
    ,total  produce a grand total
    t,type=TYPE  limit listing to file systems of type TYPE
    T,print-type  print file system type
    x,exclude-type=TYPE  limit listing to file systems not of type TYPE
    v  (ignored)`,
  *run(io, sys) {
    const unit = yield* readUnit(io);
    const inodes = io.has("i");
    let mounts: { mount: MountInfo; file: string }[] = [];
    for (const file of io.operands) {
      const stat = sys.stat(file);
      const mount = isErrno(stat) ? undefined : mountOf(io, file);
      if (isErrno(stat) || mount === undefined) {
        io.warn(`${file}: ${isErrno(stat) ? stat.text : "No such file or directory"}`);
        io.status = 1;
      } else mounts.push({ mount, file });
    }
    if (io.operands.length === 0)
      mounts = sys
        .mounts()
        .filter((mount) => io.has("a") || mount.size > 0)
        .map((mount) => ({ mount, file: "-" }));
    const wanted = io.options.filter(([key]) => key === "t").map(([, value]) => value);
    const unwanted = io.options.filter(([key]) => key === "x").map(([, value]) => value);
    mounts = mounts.filter(
      ({ mount }) => (wanted.length === 0 || wanted.includes(mount.type)) && !unwanted.includes(mount.type),
    );
    if (mounts.length === 0)
      return io.operands.length > 0 && io.status !== 0 ? 1 : yield* io.die(1, "no file systems processed");
    const fields = yield* readFields(io, inodes);
    const values = ({ mount, file }: { mount: MountInfo; file: string }): Readonly<Record<string, string>> => {
      const percent = (used: number, total: number) => (total === 0 ? "-" : `${Math.ceil((used * 100) / total)}%`);
      const known = mount.size > 0;
      const size = (kb: number) => (known || unit.human > 0 || kb === 0 ? (known ? show(kb * 1024, unit) : "0") : "-");
      const count = (number: number) =>
        unit.human > 0 ? formatHuman(number, unit.human as 1000 | 1024) : String(number);
      return {
        source: mount.source,
        fstype: mount.type,
        itotal: count(mount.inodes),
        iused: count(mount.inodesUsed),
        iavail: count(mount.inodes - mount.inodesUsed),
        ipcent: percent(mount.inodesUsed, mount.inodes),
        size: size(mount.size),
        used: size(mount.used),
        avail: size(mount.available),
        pcent: percent(mount.used, mount.used + mount.available),
        file,
        target: mount.target,
      };
    };
    const rows = mounts.map(values);
    if (io.has("total")) {
      const sum = (key: "size" | "used" | "available" | "inodes" | "inodesUsed") =>
        mounts.reduce((total, { mount }) => total + mount[key], 0);
      rows.push({
        ...values({
          mount: {
            source: "total",
            target: "-",
            type: "-",
            options: "",
            size: sum("size"),
            used: sum("used"),
            available: sum("available"),
            inodes: sum("inodes"),
            inodesUsed: sum("inodesUsed"),
          },
          file: "-",
        }),
      });
    }
    const posix = io.has("P");
    const titles: Readonly<Record<string, string>> = {
      source: "Filesystem",
      fstype: "Type",
      itotal: "Inodes",
      iused: "IUsed",
      iavail: "IFree",
      ipcent: "IUse%",
      size: unit.human > 0 ? (posix ? "Size" : "Size") : posix ? `${unit.size}-blocks` : unit.title,
      used: "Used",
      avail: posix || unit.human === 0 ? "Available" : "Avail",
      pcent: posix ? "Capacity" : "Use%",
      file: "File",
      target: "Mounted on",
    };
    const least: Readonly<Record<string, number>> = {
      source: 14,
      fstype: 4,
      itotal: 5,
      iused: 5,
      iavail: 5,
      ipcent: 4,
      size: 5,
      used: 5,
      avail: 5,
      pcent: 4,
      file: 0,
      target: 0,
    };
    const left = new Set(["source", "fstype", "file", "target"]);
    const table = [titles, ...rows];
    const widths = fields.map((field) => Math.max(least[field] ?? 0, ...table.map((row) => (row[field] ?? "").length)));
    for (const row of table) {
      const line = fields.map((field, i) => {
        const text = row[field] ?? "";
        if (i === fields.length - 1 && left.has(field)) return text;
        return left.has(field) ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0);
      });
      io.print(`${line.join(" ")}\n`);
    }
    return undefined;
  },
});

const FIELDS = [
  "source",
  "fstype",
  "itotal",
  "iused",
  "iavail",
  "ipcent",
  "size",
  "used",
  "avail",
  "pcent",
  "file",
  "target",
];

function* readFields(io: Io, inodes: boolean): Task<readonly string[]> {
  if (io.has("output")) {
    const text = io.value("output");
    if (text === undefined) return FIELDS;
    const list = text.split(",");
    const bad = list.find((word) => !FIELDS.includes(word));
    if (bad !== undefined) return yield* io.usageError(`option --output: field ${quote(bad)} unknown`);
    return list;
  }
  const type = io.has("T") ? ["fstype"] : [];
  return inodes
    ? ["source", ...type, "itotal", "iused", "iavail", "ipcent", "target"]
    : ["source", ...type, "size", "used", "avail", "pcent", "target"];
}

export const du = defineCommand({
  name: "du",
  summary: "Summarize device usage of the set of FILEs, recursively for directories.",
  usage: ["[OPTION]... [FILE]...", "[OPTION]... --files0-from=F"],
  options: `
    0,null  end each output line with NUL, not newline
    a,all  write counts for all files, not just directories
    ,apparent-size  print apparent sizes rather than device usage
    B,block-size=SIZE  scale sizes by SIZE before printing them
    b,bytes  equivalent to '--apparent-size --block-size=1'
    c,total  produce a grand total
    D,dereference-args  dereference only symlinks listed on the command line
    d,max-depth=N  print the total for a directory only if it is N or fewer levels below
    h,human-readable  print sizes in human readable format
    ,inodes  list inode usage information instead of block usage
    k  like --block-size=1K
    L,dereference  dereference all symbolic links
    l,count-links  count sizes many times if hard linked
    m  like --block-size=1M
    P,no-dereference  don't follow any symbolic links
    S,separate-dirs  for directories do not include size of subdirectories
    ,si  like -h, but use powers of 1000 not 1024
    s,summarize  display only a total for each argument
    t,threshold=SIZE  exclude entries smaller than SIZE
    ,time[=WORD]  show time of the last modification
    X,exclude-from=FILE  exclude files that match any pattern in FILE
    ,exclude=PATTERN  exclude files that match PATTERN
    x,one-file-system  skip directories on different file systems`,
  *run(io, sys) {
    const unit = yield* readUnit(io);
    const depthText = io.value("d");
    if (depthText !== undefined && !/^\d+$/.test(depthText)) {
      io.warn(`invalid maximum depth ${quote(depthText)}`);
      return yield* io.usageError("");
    }
    if (io.has("s") && io.has("a")) return yield* io.usageError("cannot both summarize and show all entries");
    if (io.has("s") && depthText !== undefined) {
      if (depthText === "0") io.warn("warning: summarizing is the same as using --max-depth=0");
      else return yield* io.usageError(`warning: summarizing conflicts with --max-depth=${depthText}`);
    }
    const depth = io.has("s") ? 0 : Number(depthText ?? Infinity);
    const threshold =
      io.value("t") === undefined ? undefined : parseSize((io.value("t") ?? "").replace(/^-/, ""), "kKmMGTPEZY0");
    const seen = new Set<string>();
    const patterns = io.options.filter(([key]) => key === "exclude").map(([, value]) => value ?? "");
    const apparent = io.has("apparent-size") || io.has("b");
    const zone = readZone(sys.env.TZ);
    const print = (size: number, time: number, path: string) => {
      const amount = io.has("inodes") ? String(size) : show(size, unit);
      if (typeof threshold === "number" && (io.value("t")?.startsWith("-") ? size > threshold : size < threshold))
        return;
      io.print(
        `${amount}\t${io.has("time") ? `${formatTime("%Y-%m-%d %H:%M", time, zone)}\t` : ""}${path}${io.has("0") ? "\0" : "\n"}`,
      );
    };
    const walk = function* (
      path: string,
      level: number,
      top: boolean,
      device: number | undefined,
    ): Task<{ size: number; time: number } | undefined> {
      const stat = io.has("L") || (top && io.has("D")) ? sys.stat(path) : sys.lstat(path);
      if (isErrno(stat)) {
        io.warn(`cannot access ${quoteAlways(path)}: ${stat.text}`);
        io.status = 1;
        return undefined;
      }
      if (io.has("x") && device !== undefined && stat.dev !== device) return undefined;
      if (
        patterns.some(
          (pattern) => matchGlob(pattern, path) || matchGlob(pattern, path.slice(path.lastIndexOf("/") + 1)),
        )
      )
        return undefined;
      const id = `${stat.dev}:${stat.ino}`;
      if (seen.has(id) && (stat.nlink > 1 || top) && !io.has("l")) return undefined;
      seen.add(id);
      let size = io.has("inodes")
        ? 1
        : apparent
          ? stat.type === "file" || stat.type === "symlink"
            ? stat.size
            : 0
          : stat.blocks * 512;
      if (apparent && stat.type === "directory" && !io.has("inodes")) size = stat.size;
      let time = stat.mtime;
      let below = 0;
      if (stat.type === "directory") {
        const entries = sys.readdir(path);
        if (isErrno(entries)) {
          io.warn(`cannot read directory ${quoteAlways(path)}: ${entries.text}`);
          io.status = 1;
        } else {
          for (const entry of entries) {
            const child = yield* walk(joinPath(path, entry.name), level + 1, false, device ?? stat.dev);
            if (child === undefined) continue;
            time = Math.max(time, child.time);
            const folder = entry.type === "directory";
            if (io.has("S") && folder) below += child.size;
            else size += child.size;
          }
        }
      }
      if (sys.due()) yield* sys.rest();
      if (level <= depth && (stat.type === "directory" || io.has("a") || level === 0)) print(size, time, path);
      return { size: io.has("S") ? size : size + below, time };
    };
    let total = 0;
    for (const path of io.operands.length > 0 ? io.operands : ["."]) {
      const found = yield* walk(path, 0, true, undefined);
      total += found?.size ?? 0;
      if (io.full) yield* io.drain();
    }
    if (io.has("c")) print(total, sys.now(), "total");
    return undefined;
  },
});

export const mount = defineCommand({
  name: "mount",
  package: "util-linux",
  summary: "Mount a filesystem, or show what is mounted.",
  usage: ["[-lhV]", "-a [options]", "[options] [--source] <source> | [--target] <directory>"],
  options: `
    a,all  mount all filesystems mentioned in fstab
    l,show-labels  show also filesystem labels
    t,types=list  limit the set of filesystem types
    o,options=list  comma-separated list of mount options
    r,read-only  mount the filesystem read-only
    B,bind  mount a subtree somewhere else
    v,verbose  say what is being done
    h,help  display this help
    V,version  display version`,
  *run(io, sys) {
    if (io.operands.length > 0 || io.has("a")) {
      if (sys.info.euid !== 0) {
        const target = io.operands.at(-1) ?? "";
        return yield* io.die(
          1,
          io.operands.length > 1
            ? `${target}: must be superuser to use mount.\n       dmesg(1) may have more information after failed mount system call.`
            : "must be superuser to use mount.",
        );
      }
      return yield* io.notModelled("mounting", 1);
    }
    const type = io.value("t");
    for (const one of sys.mounts()) {
      if (type !== undefined && one.type !== type) continue;
      io.print(`${one.source} on ${one.target} type ${one.type} (${one.options})\n`);
    }
    return 0;
  },
});

export const umount = defineCommand({
  name: "umount",
  package: "util-linux",
  summary: "Unmount filesystems.",
  usage: ["[options] <source> | <directory>"],
  options:
    "f,force  force unmount\nl,lazy  detach the filesystem now, clean up things later\nv,verbose  say what is being done",
  *run(io, sys) {
    const [target] = io.operands;
    if (target === undefined) return yield* io.usageError("bad usage");
    const known = sys.mounts().some((one) => one.target === target || one.source === target);
    if (!known)
      return yield* io.die(
        32,
        isErrno(sys.stat(target)) ? `${target}: no mount point specified.` : `${target}: not mounted.`,
      );
    if (sys.info.euid !== 0) return yield* io.die(32, `${target}: must be superuser to unmount.`);
    return yield* io.die(32, `${target}: target is busy.`);
  },
});

export const findmnt = defineCommand({
  name: "findmnt",
  package: "util-linux",
  summary: "Find a (mounted) filesystem.",
  usage: ["[options]", "[options] <device> | <mountpoint>"],
  options: `
    n,noheadings  don't print column headings
    o,output=list  output columns
    T,target=path  the path to the filesystem to use
    t,types=list  limit the set of filesystems by FS types
    l,list  use list format output
    r,raw  use raw output format`,
  *run(io, sys) {
    const columns = (io.value("o") ?? "TARGET,SOURCE,FSTYPE,OPTIONS").toUpperCase().split(",");
    const bad = columns.find(
      (name) => !["TARGET", "SOURCE", "FSTYPE", "OPTIONS", "SIZE", "AVAIL", "USED", "USE%"].includes(name),
    );
    if (bad !== undefined) return yield* io.die(1, `unknown column: ${bad}`);
    const path = io.value("T");
    const inside = path === undefined ? undefined : mountOf(io, path);
    const [word] = io.operands;
    const type = io.value("t");
    const mounts = sys
      .mounts()
      .filter(
        (one) =>
          (type === undefined || type.split(",").includes(one.type)) &&
          (path === undefined || one === inside) &&
          (word === undefined || one.target === word || one.source === word),
      );
    if (mounts.length === 0) return 1;
    const value = (one: MountInfo, name: string) =>
      ({
        TARGET: one.target,
        SOURCE: one.source,
        FSTYPE: one.type,
        OPTIONS: one.options,
        SIZE: formatHuman(one.size * 1024),
        AVAIL: formatHuman(one.available * 1024),
        USED: formatHuman(one.used * 1024),
        "USE%": one.size === 0 ? "-" : `${Math.ceil((one.used * 100) / one.size)}%`,
      })[name] ?? "";
    const tree = word === undefined && path === undefined && !io.has("l") && !io.has("r") && type === undefined;
    const drawn = tree ? treeOrder(mounts) : mounts.map((one) => [one, ""] as const);
    const rows = drawn.map(([one, prefix]) =>
      columns.map((name) => (name === "TARGET" ? prefix : "") + value(one, name)),
    );
    const table = io.has("n") ? rows : [columns, ...rows];
    const widths = columns.map((_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0)));
    for (const row of table)
      io.print(
        `${row.map((text, i) => (i === row.length - 1 ? text : text.padEnd(io.has("r") ? 0 : (widths[i] ?? 0)))).join(" ")}\n`,
      );
    return 0;
  },
});

/** Mounts below the ones they lie on, with the lines of the tree. */
function treeOrder(mounts: readonly MountInfo[]): (readonly [MountInfo, string])[] {
  const parent = (one: MountInfo) =>
    mounts
      .filter((other) => other !== one && (other.target === "/" || one.target.startsWith(`${other.target}/`)))
      .sort((a, b) => b.target.length - a.target.length)[0];
  const result: (readonly [MountInfo, string])[] = [];
  const visit = (one: MountInfo, own: string, below: string) => {
    result.push([one, own]);
    const kids = mounts.filter((other) => other !== one && parent(other) === one && other.target !== "/");
    kids.forEach((kid, i) => {
      const last = i === kids.length - 1;
      visit(kid, `${below}${last ? "└─" : "├─"}`, `${below}${last ? "  " : "│ "}`);
    });
  };
  for (const root of mounts.filter((one) => one.target === "/")) visit(root, "", "");
  return result;
}

export const lsblk = defineCommand({
  name: "lsblk",
  package: "util-linux",
  summary: "List information about block devices.",
  usage: ["[options] [<device> ...]"],
  options:
    "a,all  print all devices\nf,fs  output info about filesystems\nn,noheadings  don't print headings\no,output=list  output columns",
  *run(io, sys) {
    if (io.has("f") || io.has("o")) return yield* io.notModelled(io.has("f") ? "-f" : "-o", 1);
    const disks = sys.mounts().filter((one) => one.source.startsWith("/dev/"));
    if (!io.has("n")) io.print("NAME   MAJ:MIN RM  SIZE RO TYPE MOUNTPOINTS\n");
    for (const one of disks) {
      const name = one.source.slice(5);
      const disk = name.replace(/\d+$/, "");
      const size = formatHuman(one.size * 1024 * 1.05);
      if (disk !== name)
        io.print(
          `${disk.padEnd(6)} 254:0    0 ${size.padStart(5)}  0 disk \n└─${name.padEnd(4)} 254:1    0 ${size.padStart(5)}  0 part ${one.target}\n`,
        );
      else io.print(`${name.padEnd(6)} 254:0    0 ${size.padStart(5)}  0 disk ${one.target}\n`);
    }
    return 0;
  },
});
