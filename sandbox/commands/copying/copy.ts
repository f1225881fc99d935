// The copying of one name to another, with all its refusals: what cp does per operand, and mv across file systems.

import { type Errno, isErrno } from "../../kernel/errno.ts";
import type { Stat, Task } from "../../kernel/sys.ts";
import { formatPermissions } from "../../lib/modes.ts";
import { quoteAlways } from "../../lib/quote.ts";
import type { Io } from "../define.ts";
import { backupName, confirm, joinPath, wantsBackup } from "./common.ts";

export interface CopyOptions {
  readonly recursive: boolean;
  /** Whether links among the operands, and links found in folders, are followed. */
  readonly followTop: boolean;
  readonly followAll: boolean;
  readonly keepMode: boolean;
  /** New files get the mode of new files (--no-preserve=mode). */
  readonly plainMode: boolean;
  readonly keepOwner: boolean;
  readonly keepTimes: boolean;
  readonly keepLinks: boolean;
  readonly force: boolean;
  readonly removeFirst: boolean;
  readonly exists: "overwrite" | "ask" | "skip";
  readonly update: boolean;
  readonly how: "copy" | "link" | "symlink" | "attributes";
  readonly verbose: boolean;
  readonly oneSystem: boolean;
  /** Special files are made anew instead of read (with -r). */
  readonly copyContents: boolean;
}

/** What a run remembers: hard links already copied, and files it made. */
export interface CopyState {
  readonly links: Map<string, string>;
  /** Files made, and the sources they were made from. */
  readonly made: Map<string, string>;
  /** The first folder made for the operand at hand, and its names. */
  root: string;
  from: string;
  to: string;
  /** Set where a folder is being copied into itself. */
  stopped: boolean;
}

export function createCopyState(): CopyState {
  return { links: new Map(), made: new Map(), root: "", from: "", to: "", stopped: false };
}

const identity = (stat: Stat) => `${stat.dev}:${stat.ino}`;

function fail(io: Io, text: string, problem?: Errno): false {
  io.warn(problem === undefined ? text : `${text}: ${problem.text}`);
  io.status = 1;
  return false;
}

/** Copies `from` to exactly `to`. Answers whether it worked. */
export function* copyEntry(
  io: Io,
  from: string,
  to: string,
  options: CopyOptions,
  state: CopyState,
  top = true,
  rootDev?: number,
): Task<boolean> {
  const sys = io.sys;
  const follow = top ? options.followTop || options.followAll : options.followAll;
  const source = follow ? sys.stat(from) : sys.lstat(from);
  if (isErrno(source)) return fail(io, `cannot stat ${quoteAlways(from)}`, source);
  if (source.type === "directory" && !options.recursive) {
    return fail(io, `-r not specified; omitting directory ${quoteAlways(from)}`);
  }
  if (rootDev !== undefined && source.dev !== rootDev) return true;
  const toOwn = sys.lstat(to);
  if (isErrno(toOwn) && toOwn.code !== "ENOENT") return fail(io, `cannot stat ${quoteAlways(to)}`, toOwn);
  const toStat = isErrno(toOwn) || toOwn.type !== "symlink" || source.type === "symlink" ? toOwn : sys.stat(to);
  if (!isErrno(toStat) || !isErrno(toOwn)) {
    const verdict = yield* overExisting(
      io,
      from,
      to,
      source,
      isErrno(toStat) ? (toOwn as Stat) : toStat,
      options,
      state,
    );
    if (verdict !== "go") return verdict === "skip";
  }
  let backup: string | undefined;
  if (wantsBackup(io) && !isErrno(toOwn) && source.type !== "directory") {
    backup = backupName(io, to);
    const problem = sys.rename(to, backup);
    if (problem !== undefined) return fail(io, `cannot backup ${quoteAlways(to)}`, problem);
  }
  if (source.type === "directory") return yield* copyFolder(io, from, to, source, options, state, top, rootDev);
  if (options.removeFirst && !isErrno(toOwn) && backup === undefined) {
    sys.unlink(to);
    if (options.verbose) io.print(`removed ${quoteAlways(to)}\n`);
  }
  if (options.verbose)
    io.print(
      `${quoteAlways(from)} -> ${quoteAlways(to)}${backup === undefined ? "" : ` (backup: ${quoteAlways(backup)})`}\n`,
    );
  const earlier = options.keepLinks && source.nlink > 1 ? state.links.get(identity(source)) : undefined;
  if (earlier !== undefined) {
    if (!isErrno(sys.lstat(to))) sys.unlink(to);
    const problem = sys.link(earlier, to);
    return (
      problem === undefined ||
      fail(io, `cannot create hard link ${quoteAlways(to)} to ${quoteAlways(earlier)}`, problem)
    );
  }
  if (!(yield* makeCopy(io, from, to, source, options))) return false;
  state.links.set(identity(source), to);
  const made = sys.lstat(to);
  if (!isErrno(made)) state.made.set(identity(made), identity(source));
  if (options.how === "copy" || options.how === "attributes") keepAttributes(io, to, source, options);
  return true;
}

type Verdict = "go" | "skip" | "fail";

/** The refusals and questions where something is there already. */
function* overExisting(
  io: Io,
  from: string,
  to: string,
  source: Stat,
  target: Stat,
  options: CopyOptions,
  state: CopyState,
): Task<Verdict> {
  const refuse = (text: string): Verdict => {
    fail(io, text);
    return "fail";
  };
  const same = target.ino === source.ino && target.dev === source.dev;
  const real = same && options.how === "copy" && !(wantsBackup(io) && options.force);
  if (
    real &&
    source.type !== "directory" &&
    !(options.removeFirst && from !== to && io.sys.lstat(to) !== undefined && differentNames(io, from, to))
  ) {
    return refuse(`${quoteAlways(from)} and ${quoteAlways(to)} are the same file`);
  }
  if (same && options.how !== "copy" && options.how !== "attributes") return "skip";
  if (source.type === "directory" && target.type !== "directory") {
    return refuse(`cannot overwrite non-directory ${quoteAlways(to)} with directory ${quoteAlways(from)}`);
  }
  if (source.type !== "directory" && target.type === "directory") {
    return refuse(
      `cannot overwrite directory ${quoteAlways(to)} with non-directory${io.command.name === "mv" ? ` ${quoteAlways(from)}` : ""}`,
    );
  }
  if (source.type === "directory") return "go";
  const maker = state.made.get(identity(target));
  if (maker === identity(source) && !wantsBackup(io)) {
    io.warn(`warning: source file ${quoteAlways(from)} specified more than once`);
    return "skip";
  }
  if (maker !== undefined && !wantsBackup(io)) {
    return refuse(`will not overwrite just-created ${quoteAlways(to)} with ${quoteAlways(from)}`);
  }
  if (options.exists === "skip") return "skip";
  if (options.update && source.mtime <= target.mtime) return "skip";
  if (options.exists === "ask" && !(yield* confirm(io, overwriteQuestion(io, to, target)))) return "fail";
  return "go";
}

function differentNames(io: Io, from: string, to: string): boolean {
  const [a, b] = [io.sys.lstat(from), io.sys.lstat(to)];
  return isErrno(a) || isErrno(b) || a.nlink > 1 || a.ino !== b.ino;
}

/** The question before overwriting: it tells the mode where the file is not writable. */
export function overwriteQuestion(io: Io, to: string, target: Stat): string {
  if (target.type === "symlink" || !isErrno(io.sys.access(to, "w"))) return `overwrite ${quoteAlways(to)}? `;
  const mode = `${target.mode.toString(8).padStart(4, "0")} (${formatPermissions(target.mode)})`;
  return io.command.name === "mv"
    ? `replace ${quoteAlways(to)}, overriding mode ${mode}? `
    : `${io.has("f") ? "replace" : "unwritable"} ${quoteAlways(to)} (mode ${mode})${io.has("f") ? ", overriding mode" : "; try anyway"}? `;
}

function* makeCopy(io: Io, from: string, to: string, source: Stat, options: CopyOptions): Task<boolean> {
  const sys = io.sys;
  if (options.how === "link" || options.how === "symlink") {
    if (options.how === "symlink" && !from.startsWith("/") && /.\//.test(to.replace(/^(\.\/+)+/, "")))
      return fail(io, `${to}: can make relative symbolic links only in current directory`);
    if ((options.force || io.has("i")) && !isErrno(sys.lstat(to))) sys.unlink(to);
    const problem = options.how === "link" ? sys.link(from, to) : sys.symlink(from, to);
    const what = options.how === "link" ? "hard link" : "symbolic link";
    return (
      problem === undefined ||
      fail(
        io,
        `cannot create ${what} ${quoteAlways(to)}${options.how === "link" ? ` to ${quoteAlways(from)}` : ` to ${quoteAlways(from)}`}`,
        problem,
      )
    );
  }
  if (source.type === "symlink") {
    const target = sys.readlink(from);
    if (isErrno(target)) return fail(io, `cannot read symbolic link ${quoteAlways(from)}`, target);
    if (!isErrno(sys.lstat(to))) sys.unlink(to);
    const problem = sys.symlink(target, to);
    return problem === undefined || fail(io, `cannot create symbolic link ${quoteAlways(to)}`, problem);
  }
  if (source.type !== "file" && options.recursive && !options.copyContents) {
    if (!isErrno(sys.lstat(to))) sys.unlink(to);
    const kind = source.type as "fifo" | "socket" | "char" | "block";
    const problem = sys.mknod(to, kind, source.mode, source.rdev);
    return (
      problem === undefined ||
      fail(io, `cannot create ${kind === "fifo" ? "fifo" : "special file"} ${quoteAlways(to)}`, problem)
    );
  }
  return yield* copyContent(io, from, to, source, options);
}

function* copyContent(io: Io, from: string, to: string, source: Stat, options: CopyOptions): Task<boolean> {
  const sys = io.sys;
  const input = sys.open(from, { read: true });
  if (isErrno(input)) return fail(io, `cannot open ${quoteAlways(from)} for reading`, input);
  const own = sys.lstat(to);
  const dangling = !isErrno(own) && own.type === "symlink" && isErrno(sys.stat(to));
  if (dangling && !options.force) {
    sys.close(input);
    return fail(io, `not writing through dangling symlink ${quoteAlways(to)}`);
  }
  const mode = options.plainMode ? 0o666 : source.mode & 0o777 & (options.keepOwner ? 0o700 : 0o777);
  const flags = { write: true, create: true, mode };
  let output = sys.open(to, options.how === "attributes" ? flags : { ...flags, truncate: true });
  if (isErrno(output) && options.force && !isErrno(own)) {
    const problem = sys.unlink(to);
    if (problem !== undefined) {
      sys.close(input);
      return fail(io, `cannot remove ${quoteAlways(to)}`, problem);
    }
    if (options.verbose) io.print(`removed ${quoteAlways(to)}\n`);
    output = sys.open(to, { ...flags, exclusive: true });
  }
  if (isErrno(output)) {
    sys.close(input);
    const folder = output.code === "EISDIR" || (output.code === "ENOENT" && to.endsWith("/"));
    return fail(io, `cannot create regular file ${quoteAlways(to)}: ${folder ? "Not a directory" : output.text}`);
  }
  let worked = true;
  while (options.how !== "attributes") {
    const bytes = yield* io.read(input);
    if (isErrno(bytes)) {
      worked = fail(io, `error reading ${quoteAlways(from)}`, bytes);
      break;
    }
    if (bytes.length === 0) break;
    const written = yield* sys.write(output, bytes);
    if (isErrno(written)) {
      worked = fail(io, `error writing ${quoteAlways(to)}`, written);
      break;
    }
    if (sys.due()) yield* sys.rest();
  }
  sys.close(input);
  sys.close(output);
  return worked;
}

function keepAttributes(io: Io, to: string, source: Stat, options: CopyOptions): void {
  const sys = io.sys;
  const noFollow = source.type === "symlink";
  if (options.keepTimes) sys.utimes(to, source.atime, source.mtime, { noFollow });
  let mode = source.mode;
  if (options.keepOwner) {
    const problem = sys.chown(to, source.uid, source.gid, { noFollow });
    if (problem !== undefined) {
      sys.chown(to, -1, source.gid, { noFollow });
      mode &= 0o1777;
    }
  }
  if (options.keepMode && !noFollow) sys.chmod(to, mode);
}

function* copyFolder(
  io: Io,
  from: string,
  to: string,
  source: Stat,
  options: CopyOptions,
  state: CopyState,
  top: boolean,
  rootDev: number | undefined,
): Task<boolean> {
  const sys = io.sys;
  // Copied into itself, the first folder that was made is met again: there the copying ends.
  if (state.root === identity(source)) {
    state.stopped = true;
    return fail(io, `cannot copy a directory, ${quoteAlways(state.from)}, into itself, ${quoteAlways(state.to)}`);
  }
  let made = false;
  if (isErrno(sys.stat(to))) {
    const problem = sys.mkdir(to, source.mode & 0o777);
    if (problem !== undefined) return fail(io, `cannot create directory ${quoteAlways(to)}`, problem);
    made = true;
    const own = sys.stat(to);
    if (top && !isErrno(own)) Object.assign(state, { root: identity(own), from, to, stopped: false });
    // The copy must be writable while it is filled.
    if ((source.mode & 0o700) !== 0o700) sys.chmod(to, (source.mode & 0o777 & ~sys.umask()) | 0o700);
    if (options.verbose) io.print(`${quoteAlways(from)} -> ${quoteAlways(to)}\n`);
  }
  const entries = sys.readdir(from);
  if (isErrno(entries)) fail(io, `cannot access ${quoteAlways(from)}`, entries);
  let worked = !isErrno(entries);
  for (const entry of isErrno(entries) ? [] : entries) {
    const done = yield* copyEntry(
      io,
      joinPath(from, entry.name),
      joinPath(to, entry.name),
      options,
      state,
      false,
      options.oneSystem ? source.dev : rootDev,
    );
    worked &&= done;
    if (state.stopped) break;
    if (io.full) yield* io.drain();
    if (sys.due()) yield* sys.rest();
  }
  if (made || options.keepMode) {
    if (options.keepMode || options.keepOwner || options.keepTimes) keepAttributes(io, to, source, options);
    else if ((source.mode & 0o700) !== 0o700) sys.chmod(to, source.mode & 0o777 & ~sys.umask());
  }
  return worked;
}
