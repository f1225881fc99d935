// stat: what the kernel knows of a file or a file system, in full or by a format.

import { isErrno } from "../kernel/errno.ts";
import type { MountInfo, Stat, Task } from "../kernel/sys.ts";
import { expandEscapes } from "../lib/escapes.ts";
import { formatMode, TYPE_BITS } from "../lib/modes.ts";
import { quoteAlways, quoteIfNeeded } from "../lib/quote.ts";
import { formatTime, nanoseconds, readZone } from "../lib/strftime.ts";
import { Names } from "../lib/users.ts";
import { fileKind } from "./copying/common.ts";
import { defineCommand, type Io } from "./define.ts";

/** Magic numbers of the file systems that machines here mount. */
const MAGIC: Readonly<Record<string, number>> = {
  ext4: 0xef53,
  tmpfs: 0x1021994,
  proc: 0x9fa0,
  sysfs: 0x62656572,
  overlay: 0x794c7630,
  cgroup2: 0x63677270,
  devtmpfs: 0x1021994,
  devpts: 0x1cd1,
};

/** The mount that a path lies on: the longest target that contains it. */
export function mountOf(io: Io, path: string): MountInfo | undefined {
  const real = io.sys.realpath(path);
  if (isErrno(real)) return undefined;
  let best: MountInfo | undefined;
  for (const mount of io.sys.mounts()) {
    const inside = mount.target === "/" || real === mount.target || real.startsWith(`${mount.target}/`);
    if (inside && (best === undefined || mount.target.length >= best.target.length)) best = mount;
  }
  return best;
}

function time(io: Io, ms: number): string {
  return formatTime("%Y-%m-%d %H:%M:%S.%N %z", ms, readZone(io.sys.env.TZ));
}

const fraction = (ms: number) => String(nanoseconds(ms)).padStart(9, "0");
const seconds = (ms: number) => String(Math.floor(ms / 1000));

function deviceNumber(stat: Stat): readonly [number, number] {
  return stat.rdev ?? [0, 0];
}

type Field = (io: Io, path: string, stat: Stat, names: Names) => string;

function quotedName(io: Io, path: string, stat: Stat): string {
  if (stat.type !== "symlink") return quoteAlways(path);
  const target = io.sys.readlink(path);
  return `${quoteAlways(path)} -> ${quoteAlways(isErrno(target) ? "" : target)}`;
}

const split = (number: number): readonly [number, number] => [
  (number >> 8) & 0xfff,
  (number & 0xff) | ((number >> 12) & 0xfff00),
];

const FIELDS: Readonly<Record<string, Field>> = {
  a: (_io, _path, stat) => stat.mode.toString(8),
  A: (_io, _path, stat) => formatMode(stat),
  b: (_io, _path, stat) => String(stat.blocks),
  B: () => "512",
  C: () => "?",
  d: (_io, _path, stat) => String(stat.dev),
  D: (_io, _path, stat) => stat.dev.toString(16),
  f: (_io, _path, stat) => (TYPE_BITS[stat.type] | stat.mode).toString(16),
  F: (_io, _path, stat) => fileKind(stat),
  g: (_io, _path, stat) => String(stat.gid),
  G: (_io, _path, stat, names) => names.group(stat.gid) ?? "UNKNOWN",
  h: (_io, _path, stat) => String(stat.nlink),
  i: (_io, _path, stat) => String(stat.ino),
  m: (io, path) => mountOf(io, path)?.target ?? "/",
  n: (_io, path) => path,
  N: (io, path, stat) => quotedName(io, path, stat),
  o: () => "4096",
  r: (_io, _path, stat) => String(deviceNumber(stat)[0] * 256 + deviceNumber(stat)[1]),
  R: (_io, _path, stat) => (deviceNumber(stat)[0] * 256 + deviceNumber(stat)[1]).toString(16),
  s: (_io, _path, stat) => String(stat.size),
  t: (_io, _path, stat) => deviceNumber(stat)[0].toString(16),
  T: (_io, _path, stat) => deviceNumber(stat)[1].toString(16),
  u: (_io, _path, stat) => String(stat.uid),
  U: (_io, _path, stat, names) => names.user(stat.uid) ?? "UNKNOWN",
  w: (io, _path, stat) => (stat.btime > 0 ? time(io, stat.btime) : "-"),
  W: (_io, _path, stat) => (stat.btime > 0 ? seconds(stat.btime) : "0"),
  x: (io, _path, stat) => time(io, stat.atime),
  X: (_io, _path, stat) => seconds(stat.atime),
  y: (io, _path, stat) => time(io, stat.mtime),
  Y: (_io, _path, stat) => seconds(stat.mtime),
  z: (io, _path, stat) => time(io, stat.ctime),
  Z: (_io, _path, stat) => seconds(stat.ctime),
  ".W": (_io, _path, stat) => fraction(stat.btime),
  ".X": (_io, _path, stat) => fraction(stat.atime),
  ".Y": (_io, _path, stat) => fraction(stat.mtime),
  ".Z": (_io, _path, stat) => fraction(stat.ctime),
  Hd: (_io, _path, stat) => String(split(stat.dev)[0]),
  Ld: (_io, _path, stat) => String(split(stat.dev)[1]),
  Hr: (_io, _path, stat) => String(deviceNumber(stat)[0]),
  Lr: (_io, _path, stat) => String(deviceNumber(stat)[1]),
};

const NUMERIC = "abBdDfghiorRstTuWXYZ";

/** Fills one format for a file; `conversion` answers the text of a letter. */
function fill(format: string, conversion: (letter: string) => string | undefined): string {
  return format.replace(
    /%([-+ #0']*)(\d*)(?:\.(\d*))?(?:([HL])([dr])|([A-Za-z%]|$))/g,
    (whole, flags: string, width, precision, half, device, letter) => {
      if (letter === "%") return "%";
      if (letter === "") return whole;
      const name = half === undefined ? (letter as string) : `${half}${device}`;
      let text = conversion(name) ?? "?";
      const numeric = NUMERIC.includes(name) || half !== undefined;
      if (flags.includes("#") && name === "a" && !text.startsWith("0")) text = `0${text}`;
      if (flags.includes("#") && "DfRtT".includes(name)) text = `0x${text}`;
      if (precision !== undefined && "WXYZ".includes(name))
        text +=
          precision === "0"
            ? ""
            : `.${(conversion(`.${name}`) ?? "").padEnd(9, "0").slice(0, precision === "" ? 9 : Number(precision))}`;
      else if (precision !== undefined && precision !== "" && !numeric) text = text.slice(0, Number(precision));
      else if (precision !== undefined && precision !== "" && numeric) text = text.padStart(Number(precision), "0");
      const size = Number(width);
      if (flags.includes("-")) return text.padEnd(size);
      return text.padStart(size, flags.includes("0") && numeric ? "0" : " ");
    },
  );
}

function fullReport(io: Io, path: string, stat: Stat, names: Names): string {
  const special = stat.type === "char" || stat.type === "block";
  const [major, minor] = deviceNumber(stat);
  const name = stat.type === "symlink" ? quotedNameFree(io, path) : quoteIfNeeded(path);
  const pad = (text: string | number, width: number) => String(text).padStart(width);
  const [high, low] = split(stat.dev);
  return [
    `  File: ${name}`,
    `  Size: ${String(stat.size).padEnd(10)}\tBlocks: ${String(stat.blocks).padEnd(10)} IO Block: ${String(4096).padEnd(6)} ${fileKind(stat)}`,
    `Device: ${high},${low}\tInode: ${String(stat.ino).padEnd(10)}  Links: ${special ? `${String(stat.nlink).padEnd(5)} Device type: ${major},${minor}` : stat.nlink}`,
    `Access: (${stat.mode.toString(8).padStart(4, "0")}/${formatMode(stat)})  Uid: (${pad(stat.uid, 5)}/${pad(names.user(stat.uid) ?? "UNKNOWN", 8)})   Gid: (${pad(stat.gid, 5)}/${pad(names.group(stat.gid) ?? "UNKNOWN", 8)})`,
    `Access: ${time(io, stat.atime)}`,
    `Modify: ${time(io, stat.mtime)}`,
    `Change: ${time(io, stat.ctime)}`,
    ` Birth: ${stat.btime > 0 ? time(io, stat.btime) : "-"}`,
    "",
  ].join("\n");
}

function quotedNameFree(io: Io, path: string): string {
  const target = io.sys.readlink(path);
  return `${quoteIfNeeded(path)} -> ${quoteIfNeeded(isErrno(target) ? "" : target)}`;
}

function terseReport(io: Io, path: string, stat: Stat, names: Names): string {
  const letters = ["n", "s", "b", "f", "u", "g", "D", "i", "h", "t", "T", "X", "Y", "Z", "W", "o"];
  return `${letters.map((letter) => FIELDS[letter]?.(io, path, stat, names)).join(" ")}\n`;
}

function* statFileSystem(io: Io, path: string, format: string | undefined, ending: string): Task<void> {
  const stat = io.sys.stat(path);
  const mount = isErrno(stat) ? undefined : mountOf(io, path);
  if (isErrno(stat) || mount === undefined) {
    io.warn(
      `cannot read file system information for ${quoteAlways(path)}: ${isErrno(stat) ? stat.text : "No such file or directory"}`,
    );
    io.status = 1;
    return;
  }
  const block = 4096;
  const blocks = (kb: number) => String(Math.floor((kb * 1024) / block));
  const values: Readonly<Record<string, string>> = {
    a: blocks(mount.available),
    b: blocks(mount.size),
    c: String(mount.inodes),
    d: String(mount.inodes - mount.inodesUsed),
    f: blocks(mount.size - mount.used),
    i: "0",
    l: "255",
    n: path,
    s: String(block),
    S: String(block),
    t: (MAGIC[mount.type] ?? 0).toString(16),
    T: mount.type === "ext4" ? "ext2/ext3" : mount.type,
  };
  const shown =
    format === undefined
      ? io.has("t")
        ? "%n %i %l %t %s %S %b %f %a %c %d\n"
        : `  File: "%n"\n    ID: %-8i Namelen: %-7l Type: %T\nBlock size: %-10s Fundamental block size: %S\nBlocks: Total: %-10b Free: %-10f Available: %a\nInodes: Total: %-10c Free: %d\n`
      : format + ending;
  io.print(fill(shown, (letter) => values[letter]));
}

export const stat = defineCommand({
  name: "stat",
  summary: "Display file or file system status.",
  usage: ["[OPTION]... FILE..."],
  options: `
    L,dereference  follow links
    f,file-system  display file system status instead of file status
    ,cached=MODE  specify how to use cached attributes
    c,format=FORMAT  use the specified FORMAT, with a newline after each use
    ,printf=FORMAT  like --format, but interpret backslash escapes and add no newline
    t,terse  print the information in terse form`,
  *run(io, sys) {
    if (io.operands.length === 0) return yield* io.usageError("missing operand");
    const plain = io.options.findLast(([key]) => key === "c" || key === "printf");
    const ending = plain?.[0] === "c" ? "\n" : "";
    const format =
      plain === undefined
        ? undefined
        : plain[0] === "c"
          ? (plain[1] ?? "")
          : expandEscapes(plain[1] ?? "", "format").text;
    const names = new Names(sys);
    for (const path of io.operands) {
      if (io.has("f")) {
        yield* statFileSystem(io, path, format, ending);
        continue;
      }
      const found = path === "-" ? sys.fstat(0) : io.has("L") ? sys.stat(path) : sys.lstat(path);
      if (isErrno(found)) {
        io.warn(`cannot statx ${quoteAlways(path)}: ${found.text}`);
        io.status = 1;
      } else if (format !== undefined)
        io.print(fill(format + ending, (letter) => FIELDS[letter]?.(io, path, found, names)));
      else io.print(io.has("t") ? terseReport(io, path, found, names) : fullReport(io, path, found, names));
    }
    return undefined;
  },
});
