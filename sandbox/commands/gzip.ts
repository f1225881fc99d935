// gzip, gunzip, zcat and zgrep: files packed one by one.

import { isErrno } from "../kernel/errno.ts";
import type { Program, Sys, Task } from "../kernel/sys.ts";
import { type Gunzipped, gzip as pack, gunzip as unpack } from "../lib/gzip.ts";
import { formatTime } from "../lib/strftime.ts";
import { defineCommand, type Io } from "./define.ts";

type Mode = "pack" | "unpack" | "test" | "list";

/** A warning leaves status 2, an error 1, and the worst stays. */
function complain(io: Io, text: string, status: 0 | 1 | 2): void {
  if (!(status === 2 && io.has("q"))) io.printError(`${text}\n`);
  if (status === 1) io.status = 1;
  else io.status ||= status;
}

const saved = (size: number, packed: number): string =>
  `${(size === 0 ? 0 : (100 * (size - packed)) / size).toFixed(1).padStart(5)}%`;

function* work(io: Io, mode: Mode, toStdout: boolean): Task<number> {
  io.buffered = false;
  const rows: string[] = [];
  const suffix = io.value("S") ?? ".gz";
  const queue = io.operands.length === 0 ? ["-"] : [...io.operands];
  while (queue.length > 0) {
    const file = queue.shift() as string;
    if (file === "-") yield* stream(io, mode, rows);
    else if (io.has("r") && isFolder(io, file)) {
      const names = io.sys.readdir(file);
      if (!isErrno(names)) queue.unshift(...names.map((each) => `${file}/${each.name}`));
    } else yield* oneFile(io, file, mode, toStdout, suffix, rows);
    yield* io.drain();
  }
  if (mode === "list") list(io, rows);
  return io.status;
}

function isFolder(io: Io, path: string): boolean {
  const stat = io.sys.stat(path);
  return !isErrno(stat) && stat.type === "directory";
}

const level = (io: Io): number => {
  for (const [key] of io.options.toReversed()) {
    if (/^[1-9]$/.test(key)) return Number(key);
    if (key === "fast") return 1;
    if (key === "best") return 9;
  }
  return 6;
};

function* stream(io: Io, mode: Mode, rows: string[]): Task<void> {
  const hint = "For help, type: gzip -h";
  if (mode === "pack" && io.tty && !io.has("f"))
    return yield* refuse(io, `compressed data not written to a terminal. Use -f to force compression.\n${hint}`);
  if (mode === "unpack" && io.sys.isatty(0) && !io.has("f"))
    return yield* refuse(io, `compressed data not read from a terminal. Use -f to force decompression.\n${hint}`);
  const data = yield* io.readFd(0);
  if (isErrno(data)) return complain(io, `gzip: stdin: ${data.text}`, 1);
  if (mode === "pack") {
    io.print(pack(data, { level: level(io) }));
    return;
  }
  report(io, "stdin", data, unpack(data), mode, rows, "stdout");
}

function* refuse(io: Io, text: string): Task<void> {
  io.printError(`gzip: ${text}\n`);
  yield* io.flush();
  yield* io.sys.exit(1);
}

/** Writes what was unpacked, or tells what is wrong; whether it was right. */
function report(
  io: Io,
  name: string,
  packed: Uint8Array,
  got: Gunzipped,
  mode: Mode,
  rows: string[],
  plain: string,
): boolean {
  if (mode === "list" && got.problem !== "not in gzip format") {
    const { length } = got.data;
    const details = `defla ${got.crc.toString(16).padStart(8, "0")} ${formatTime("%b %e %H:%M", got.time * 1000)} `;
    const body = packed.length - 18 - (got.name === undefined ? 0 : got.name.length + 1);
    rows.push(
      `${io.has("v") ? details : ""}${String(packed.length).padStart(19)} ${String(length).padStart(19)} ${saved(length, body).padStart(6)} ${plain}`,
    );
    return true;
  }
  // With -f what is no gzip file goes through as it is, as zgrep needs it.
  if (mode === "unpack" && io.has("f") && got.problem === "not in gzip format") {
    io.print(packed);
    return true;
  }
  if (mode === "unpack") io.print(got.data);
  if (got.problem !== undefined) complain(io, `\ngzip: ${name}: ${got.problem}`, 1);
  return got.problem === undefined;
}

function list(io: Io, rows: readonly string[]): void {
  if (rows.length === 0) return;
  const details = io.has("v") ? "method  crc     date  time  " : "";
  if (!io.has("q"))
    io.print(`${details}${"compressed".padStart(19)} ${"uncompressed".padStart(19)}  ratio uncompressed_name\n`);
  for (const row of rows) io.print(`${row}\n`);
}

function* oneFile(io: Io, file: string, mode: Mode, toStdout: boolean, suffix: string, rows: string[]): Task<void> {
  const { sys } = io;
  let path = file;
  let stat = sys.lstat(path);
  // What is missing may be there with the suffix.
  if (isErrno(stat) && mode !== "pack" && !path.endsWith(suffix)) {
    path += suffix;
    stat = sys.lstat(path);
  }
  if (isErrno(stat)) return complain(io, `gzip: ${path}: ${stat.text}`, 1);
  if (stat.type === "symlink" && !(toStdout || io.has("f") || mode === "list" || mode === "test"))
    return complain(io, `gzip: ${file}: Too many levels of symbolic links`, 1);
  if (stat.type === "symlink") stat = sys.stat(path);
  if (isErrno(stat)) return complain(io, `gzip: ${path}: ${stat.text}`, 1);
  if (stat.type === "directory") return complain(io, `gzip: ${file} is a directory -- ignored`, 2);
  if (!toStdout && stat.nlink > 1 && !io.has("f") && (mode === "pack" || mode === "unpack"))
    return complain(
      io,
      `gzip: ${file} has ${stat.nlink - 1} other link${stat.nlink > 2 ? "s" : ""} -- file ignored`,
      2,
    );
  if (mode === "pack" && path.endsWith(suffix) && !toStdout && !io.has("f"))
    return complain(io, `gzip: ${path} already has ${suffix} suffix -- unchanged`, 0);
  const target =
    mode === "pack"
      ? path + suffix
      : path.replace(/\.tgz$/, ".tar.gz").slice(0, path.replace(/\.tgz$/, ".tar.gz").length - suffix.length);
  if (mode === "unpack" && !toStdout && !/\.tgz$/.test(path) && !path.endsWith(suffix))
    return complain(io, `gzip: ${path}: unknown suffix -- ignored`, 2);
  const data = yield* io.readAll(path);
  if (isErrno(data)) return complain(io, `gzip: ${path}: ${data.text}`, 1);
  const time = Math.floor(stat.mtime / 1000);
  const name: { name?: string; time?: number } = io.has("n") ? {} : { name: path.replace(/^.*\//, ""), time };
  const result = mode === "pack" ? { data: pack(data, { level: level(io), ...name }) } : unpack(data);
  if (mode === "list" || mode === "test" || (toStdout && mode === "unpack")) {
    const right = report(io, path, data, result as Gunzipped, mode, rows, target);
    if (right && mode === "test" && io.has("v")) io.printError(`${path}:\t OK\n`);
    return;
  }
  if (toStdout) return io.print(result.data);
  if ("problem" in result && result.problem !== undefined) return complain(io, `\ngzip: ${path}: ${result.problem}`, 1);
  if (!isErrno(sys.lstat(target)) && !io.has("f"))
    return complain(io, `gzip: ${target} already exists;\tnot overwritten`, 2);
  const failed = yield* writeTo(io, target, result.data, stat);
  if (failed !== undefined) return complain(io, `gzip: ${target}: ${failed}`, 1);
  if (!io.has("k")) sys.unlink(path);
  const [size, packed] = mode === "pack" ? [data.length, result.data.length] : [result.data.length, data.length];
  const kept = mode === "pack" ? name.name : (result as Gunzipped).name;
  const body = packed - 18 - (kept === undefined ? 0 : kept.length + 1);
  if (io.has("v"))
    io.printError(`${path}:\t${saved(size, body)} -- ${io.has("k") ? "created" : "replaced with"} ${target}\n`);
}

function* writeTo(
  io: Io,
  path: string,
  data: Uint8Array,
  like: { mode: number; uid: number; gid: number; atime: number; mtime: number },
): Task<string | undefined> {
  const { sys } = io;
  const fd = sys.open(path, { write: true, create: true, truncate: true, mode: 0o600 });
  if (isErrno(fd)) return fd.text;
  const wrote = yield* sys.write(fd, data);
  sys.close(fd);
  if (isErrno(wrote)) return wrote.text;
  sys.chown(path, like.uid, like.gid);
  sys.chmod(path, like.mode);
  sys.utimes(path, like.atime, like.mtime);
  return undefined;
}

const OPTIONS = `
    a,ascii  accepted and ignored
    c,stdout~to-stdout  write on standard output, keep original files unchanged
    d,decompress~uncompress  decompress
    f,force  force overwrite of output file and compress links
    k,keep  keep (don't delete) input files
    l,list  list compressed file contents
    n,no-name  do not save or restore the original name and timestamp
    N,name  save or restore the original name and timestamp
    q,quiet  suppress all warnings
    r,recursive  operate recursively on directories
    S,suffix=SUF  use suffix SUF on compressed files
    t,test  test compressed file integrity
    v,verbose  verbose mode
    1,fast  compress faster
    2
    3
    4
    5
    6
    7
    8
    9,best  compress better`;

const define = (name: string, summary: string, fixed: "pack" | "unpack", toStdout = false) =>
  defineCommand({
    name,
    summary,
    usage: ["[OPTION]... [FILE]..."],
    options: OPTIONS,
    package: "gzip",
    hint: "Try `gzip --help' for more information.",
    *run(io) {
      const mode: Mode = io.has("l") ? "list" : io.has("t") ? "test" : io.has("d") ? "unpack" : fixed;
      return yield* work(io, mode, toStdout || io.has("c"));
    },
  });

export const gzip = define("gzip", "Compress or uncompress FILEs (by default, compress FILES in-place).", "pack");
export const gunzip = define("gunzip", "Uncompress FILEs (by default, in-place).", "unpack");
export const zcat = define("zcat", "Uncompress FILEs to standard output.", "unpack", true);

/** grep on what is in the files; every file is unpacked by a gzip of its own. */
export const zgrep: Program = {
  name: "zgrep",
  main: searchPacked,
};

function* searchPacked(sys: Sys, argv: readonly string[]): Task<number> {
  const options: string[] = [];
  const words: string[] = [];
  for (let at = 1; at < argv.length; at++) {
    const word = argv[at] as string;
    if (/^-[^-]/.test(word)) {
      options.push(word);
      if (/^-[a-zA-Z]*[efABCm]$/.test(word) && at + 1 < argv.length) options.push(argv[++at] as string);
    } else if (/^--./.test(word)) options.push(word);
    else if (word !== "--") words.push(word);
  }
  const given = options.some((word) => /^-[a-zA-Z]*[ef]|^--(regexp|file)/.test(word));
  const pattern = given ? [] : ["-e", words.shift() ?? ""];
  const files = words.length === 0 ? ["-"] : words;
  let found = 1;
  for (const file of files) {
    const out = sys.pipe();
    if (isErrno(out)) return 2;
    const unpacker = sys.spawn({
      path: "/usr/bin/gzip",
      argv: ["gzip", "-cdfq", "--", file],
      fds: { 0: 0, 1: out.write, 2: 2 },
    });
    const label =
      files.length > 1 && file !== "-"
        ? ["-H", `--label=${file}`]
        : [`--label=${file === "-" ? "(standard input)" : file}`];
    const grep = sys.spawn({
      path: "/usr/bin/grep",
      argv: ["grep", ...label, ...options, ...pattern, "-"],
      fds: { 0: out.read, 1: 1, 2: 2 },
    });
    sys.close(out.read);
    sys.close(out.write);
    let worst = 2;
    for (const pid of [unpacker, grep]) {
      if (isErrno(pid)) return 2;
      const ended = yield* sys.waitpid(pid);
      const code = ended === undefined || isErrno(ended) || ended.status.kind !== "exited" ? 2 : ended.status.code;
      if (pid === unpacker && code === 1) found = 2;
      if (pid === grep) worst = code;
    }
    if (worst === 0 && found === 1) found = 0;
    else if (worst > 1) found = 2;
  }
  return found;
}
