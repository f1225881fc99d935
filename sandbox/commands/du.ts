// du: how much room files take.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { matchGlob } from "../lib/fnmatch.ts";
import { quote, quoteAlways } from "../lib/quote.ts";
import { parseSize } from "../lib/sizes.ts";
import { formatTime, readZone } from "../lib/strftime.ts";
import { joinPath } from "./copying/common.ts";
import { defineCommand } from "./define.ts";
import { readUnit, show } from "./disk-unit.ts";

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
