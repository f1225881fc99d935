// df: file systems and how full they are.

import { isErrno } from "../kernel/errno.ts";
import type { MountInfo, Task } from "../kernel/sys.ts";
import { quote } from "../lib/quote.ts";
import { formatHuman } from "../lib/sizes.ts";
import { defineCommand, type Io } from "./define.ts";
import { readUnit, show } from "./disk-unit.ts";
import { mountOf } from "./stat.ts";

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
