// readlink and realpath: where links lead.

import { isErrno } from "../kernel/errno.ts";
import { canonicalPath, cleanPath, type MustExist, pathFrom } from "../lib/paths.ts";
import { quoteFile } from "../lib/quote.ts";
import { defineCommand } from "./define.ts";

export const readlink = defineCommand({
  name: "readlink",
  summary: "Print value of a symbolic link or canonical file name.",
  usage: ["[OPTION]... FILE..."],
  options: `
    f,canonicalize  follow every symlink in every component; all but the last must exist
    e,canonicalize-existing  like -f, but all components must exist
    m,canonicalize-missing  like -f, without requirements on components existence
    n,no-newline  do not output the trailing delimiter
    q,quiet  suppress most error messages
    s,silent  suppress most error messages
    v,verbose  report error messages
    z,zero  end each output line with NUL, not newline`,
  *run(io, sys) {
    if (io.operands.length === 0) return yield* io.usageError("missing operand");
    const kind = io.options.findLast(([key]) => "fem".includes(key))?.[0];
    const loud = io.options.findLast(([key]) => "qsv".includes(key))?.[0] === "v";
    const must: MustExist = kind === "e" ? "all" : kind === "m" ? "none" : "parents";
    const end = io.has("z") ? "\0" : "\n";
    if (io.has("n") && io.operands.length > 1) io.warn("ignoring --no-newline with multiple arguments");
    const bare = io.has("n") && io.operands.length === 1;
    for (const path of io.operands) {
      const target = kind === undefined ? sys.readlink(path) : canonicalPath(sys, path, must);
      if (!isErrno(target)) io.print(target + (bare ? "" : end));
      else {
        io.status = 1;
        if (loud) io.warn(`${quoteFile(path)}: ${target.text}`);
      }
    }
    return undefined;
  },
});

export const realpath = defineCommand({
  name: "realpath",
  summary: "Print the resolved absolute file name; all but the last component must exist.",
  usage: ["[OPTION]... FILE..."],
  options: `
    e,canonicalize-existing  all components of the path must exist
    m,canonicalize-missing  no path components need exist or be a directory
    L,logical  resolve '..' components before symlinks
    P,physical  resolve symlinks as encountered (default)
    q,quiet  suppress most error messages
    ,relative-to=DIR  print the resolved path relative to DIR
    ,relative-base=DIR  print absolute paths unless paths below DIR
    s,strip~no-symlinks  don't expand symlinks
    z,zero  end each output line with NUL, not newline`,
  *run(io, sys) {
    if (io.operands.length === 0) return yield* io.usageError("missing operand");
    const kind = io.options.findLast(([key]) => key === "e" || key === "m")?.[0];
    const must: MustExist = kind === "e" ? "all" : kind === "m" ? "none" : "parents";
    const resolve = (path: string) => {
      if (io.has("s")) {
        const clean = cleanPath(path, sys.getcwd());
        const stat =
          kind === "m" ? undefined : sys.lstat(kind === "e" ? clean : clean.slice(0, clean.lastIndexOf("/") + 1));
        return path === "" ? canonicalPath(sys, "", must) : isErrno(stat) ? stat : clean;
      }
      return canonicalPath(sys, io.has("L") ? cleanPath(path, sys.getcwd()) : path, must);
    };
    const [to, base] = [io.value("relative-to"), io.value("relative-base")].map((dir) =>
      dir === undefined ? undefined : resolve(dir),
    );
    for (const [dir, word] of [
      [to, io.value("relative-to")],
      [base, io.value("relative-base")],
    ] as const) {
      if (isErrno(dir)) return yield* io.die(1, `${quoteFile(word ?? "")}: ${dir.text}`);
    }
    for (const path of io.operands) {
      const full = resolve(path);
      if (isErrno(full)) {
        io.status = 1;
        if (!io.has("q")) io.warn(`${quoteFile(path)}: ${full.text}`);
        continue;
      }
      const below = base === undefined || full === base || full.startsWith(`${base === "/" ? "" : base}/`);
      const from = (to ?? base) as string | undefined;
      io.print((from === undefined || !below ? full : pathFrom(from, full)) + (io.has("z") ? "\0" : "\n"));
    }
    return undefined;
  },
});
