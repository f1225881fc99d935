// tail: the last lines or bytes of files, and what is added to them later (-f, -F).

import { isErrno } from "../kernel/errno.ts";
import type { Stat, Task } from "../kernel/sys.ts";
import { quote, quoteAlways } from "../lib/quote.ts";
import { parseSize } from "../lib/sizes.ts";
import { defineCommand, type Io } from "./define.ts";

interface Amount {
  readonly unit: "lines" | "bytes";
  readonly count: number;
  /** `+N`: from the Nth on. */
  readonly fromStart: boolean;
}

interface Followed {
  readonly name: string;
  fd: number;
  stat: Stat | undefined;
  offset: number;
  /** Set where the name could not be opened: why it was said last. */
  missing: boolean;
}

/** `tail -5`, `tail +5`, `tail -5f`, `tail -c5` … : the old spelling is taken only alone or before one file. */
function rewriteOld(args: readonly string[]): readonly string[] {
  const first = args[0] ?? "";
  const found = /^([-+])(\d*)([bcl]?)(f?)$/.exec(first);
  if (found === null || (found[2] === "" && found[1] === "-")) return args;
  const files = args.slice(1).filter((word, at) => at > 0 || word !== "--");
  if (files.length > 1) return found[1] === "+" ? args : ["--old-context", found[2] ?? "", ...args.slice(1)];
  const factor = found[3] === "b" ? 512 : 1;
  const count = Number(found[2] === "" ? 10 : found[2]) * factor;
  const unit = found[3] === "b" || found[3] === "c" ? "-c" : "-n";
  return [unit, `${found[1] === "+" ? "+" : ""}${count}`, ...(found[4] === "f" ? ["-f"] : []), ...args.slice(1)];
}

function* readAmount(io: Io): Task<Amount> {
  let amount: Amount = { unit: "lines", count: 10, fromStart: false };
  for (const [key, value = ""] of io.options) {
    if (key !== "n" && key !== "c") continue;
    const unit = key === "n" ? "lines" : "bytes";
    const digits = value.replace(/^[-+]/, "");
    const count = /^[-+]/.test(digits) ? { problem: "invalid" as const } : parseSize(digits);
    if (typeof count !== "number")
      return yield* io.die(1, `invalid number of ${unit}: ${quote(value.replace(/^-/, ""))}`);
    amount = { unit, count, fromStart: value.startsWith("+") };
  }
  return amount;
}

const OPTIONS = `
    c,bytes=[+]NUM  output the last NUM bytes; with +NUM starting with byte NUM
    f,follow[=HOW]  output appended data as the file grows: name or descriptor
    F  same as --follow=name --retry
    n,lines=[+]NUM  output the last NUM lines; with +NUM starting with line NUM
    ,max-unchanged-stats=N  (with --follow=name) reopen a file that has not changed
    ,pid=PID  with -f, end when process PID ends
    q,quiet~silent  never output headers giving file names
    ,retry  keep trying to open a file if it is inaccessible
    s,sleep-interval=N  with -f, wait about N seconds between looks
    v,verbose  always output headers giving file names
    z,zero-terminated  line delimiter is NUL, not newline
    ,old-context=N`;

export const tail = defineCommand({
  name: "tail",
  summary: "Print the last 10 lines of each FILE to standard output.",
  usage: ["[OPTION]... [FILE]..."],
  options: OPTIONS,
  prepare: rewriteOld,
  *run(io, sys) {
    const old = io.value("old-context");
    if (old !== undefined) return yield* io.die(1, `option used in invalid context -- ${old[0]}`);
    const amount = yield* readAmount(io);
    const files = io.operands.length > 0 ? io.operands : ["-"];
    const follow = io.has("f") || io.has("F");
    const byName = io.has("F") || (io.value("f") ?? "descriptor").startsWith("n");
    const how = io.value("f");
    if (how !== undefined && !"descriptor".startsWith(how) && !"name".startsWith(how)) {
      return yield* io.badWord(how, "--follow", [["descriptor"], ["name"]]);
    }
    if (io.has("pid") && !follow) io.warn("warning: PID ignored; --pid=PID is useful only when following");
    const retry = io.has("F") || io.has("retry");
    const verdict = io.options.findLast(([key]) => key === "q" || key === "v")?.[0];
    const headers = verdict === "v" || (verdict === undefined && files.length > 1);
    const followed: Followed[] = [];
    let first = true;
    for (const file of files) {
      const fd = io.open(file);
      const shown = file === "-" ? "standard input" : file;
      if (isErrno(fd)) {
        io.warn(`cannot open ${quoteAlways(file)} for reading: ${fd.text}`);
        io.status = 1;
        if (follow && retry) followed.push({ name: file, fd: -1, stat: undefined, offset: 0, missing: true });
        continue;
      }
      if (headers) io.print(`${first ? "" : "\n"}==> ${shown} <==\n`);
      first = false;
      const read = yield* printEnd(io, shown, fd, amount);
      const stat = sys.fstat(fd);
      if (follow && !isErrno(stat) && read !== undefined && (stat.type === "file" || file !== "-")) {
        followed.push({ name: file, fd, stat, offset: read, missing: false });
      } else io.close(fd);
    }
    if (!follow) return undefined;
    if (followed.length === 0) {
      if (io.status !== 0) io.warn("no files remaining");
      return undefined;
    }
    yield* watch(io, followed, byName, retry, headers);
    return undefined;
  },
});

/** Prints the wanted end of a file; answers how far it was read. */
function* printEnd(io: Io, shown: string, fd: number, amount: Amount): Task<number | undefined> {
  const bytes = yield* io.readFd(fd);
  if (isErrno(bytes)) {
    io.warn(`error reading ${quoteAlways(shown)}: ${bytes.text}`);
    io.status = 1;
    return undefined;
  }
  io.print(bytes.subarray(endOffset(bytes, amount, io.has("z") ? 0 : 10)));
  yield* io.drain();
  return bytes.length;
}

function endOffset(bytes: Uint8Array, amount: Amount, end: number): number {
  const { count, fromStart } = amount;
  if (amount.unit === "bytes") return fromStart ? Math.max(0, count - 1) : Math.max(0, bytes.length - count);
  if (fromStart) {
    let at = 0;
    for (let line = 1; line < count; line++) {
      const next = bytes.indexOf(end, at);
      if (next < 0) return bytes.length;
      at = next + 1;
    }
    return at;
  }
  if (count === 0) return bytes.length;
  let at = bytes.length;
  if (at > 0 && bytes[at - 1] === end) at -= 1;
  for (let line = 0; line < count; line++) {
    const before = at === 0 ? -1 : bytes.lastIndexOf(end, at - 1);
    if (before < 0) return 0;
    at = before;
  }
  return at + 1;
}

/** Waits for changes and prints them, for ever. */
function* watch(io: Io, files: Followed[], byName: boolean, retry: boolean, headers: boolean): Task<void> {
  const sys = io.sys;
  const pid = io.value("pid");
  let last = files.at(-1)?.name;
  yield* io.flush();
  for (;;) {
    for (const file of files) {
      if (byName) reopen(io, file);
      if (file.fd < 0) continue;
      const stat = sys.fstat(file.fd);
      if (isErrno(stat)) continue;
      if (stat.size < file.offset) {
        io.warn(`${file.name}: file truncated`);
        sys.seek(file.fd, 0, "set");
        file.offset = 0;
      }
      if (stat.size === file.offset) continue;
      const more = yield* io.readFd(file.fd);
      if (isErrno(more) || more.length === 0) continue;
      if (headers && last !== file.name) io.print(`\n==> ${file.name} <==\n`);
      last = file.name;
      file.offset += more.length;
      io.print(more);
    }
    yield* io.flush();
    if (io.writeError !== undefined) return;
    if (!retry && files.every((file) => file.fd < 0)) {
      io.warn("no files remaining");
      io.status = 1;
      return;
    }
    if (pid !== undefined && sys.process(Number(pid)) === undefined) return;
    const seen = files.map((file) => changeMark(io, file));
    yield* sys.waitUntil(
      () =>
        files.some((file, i) => changeMark(io, file) !== seen[i]) ||
        (pid !== undefined && sys.process(Number(pid)) === undefined),
    );
  }
}

/** Something that differs whenever the file, or what its name leads to, has changed. */
function changeMark(io: Io, file: Followed): string {
  const named = io.sys.stat(file.name);
  const open = file.fd < 0 ? undefined : io.sys.fstat(file.fd);
  const size = open === undefined || isErrno(open) ? "" : `${open.size}/${open.mtime}`;
  return `${isErrno(named) ? named.code : `${named.ino}:${named.size}`} ${size}`;
}

/** With --follow=name: looks whether the name leads elsewhere now. */
function reopen(io: Io, file: Followed): void {
  const named = io.sys.stat(file.name);
  if (isErrno(named)) {
    if (!file.missing) io.warn(`${quoteAlways(file.name)} has become inaccessible: ${named.text}`);
    file.missing = true;
    if (file.fd >= 0) io.close(file.fd);
    file.fd = -1;
    return;
  }
  if (!file.missing && file.stat?.ino === named.ino && file.stat.dev === named.dev) return;
  const fd = io.open(file.name);
  if (isErrno(fd)) return;
  if (file.missing) io.warn(`${quoteAlways(file.name)} has appeared;  following new file`);
  else io.warn(`${quoteAlways(file.name)} has been replaced;  following new file`);
  if (file.fd >= 0) io.close(file.fd);
  Object.assign(file, { fd, stat: named, offset: 0, missing: false });
}
