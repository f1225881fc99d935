// md5sum, sha1sum, sha256sum and their kin: print checksums, or check them against a list.

import { type Errno, isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { type HashName, hashFunction } from "../lib/crypto/hash.ts";
import { quoteFile } from "../lib/quote.ts";
import { type CommandProgram, defineCommand, type Io } from "./define.ts";

/** A kind of checksum: its name in BSD's style, and what computes it. */
export interface Digest {
  readonly tag: string;
  readonly bits: number;
  create(): { update(bytes: Uint8Array): unknown; digest(): Uint8Array };
}

const digestOf = (name: HashName, bits: number): Digest => ({
  tag: name.toUpperCase(),
  bits,
  create: () => hashFunction(name).create(),
});

export const DIGESTS: Readonly<Record<HashName, Digest>> = {
  md5: digestOf("md5", 128),
  sha1: digestOf("sha1", 160),
  sha224: digestOf("sha224", 224),
  sha256: digestOf("sha256", 256),
  sha384: digestOf("sha384", 384),
  sha512: digestOf("sha512", 512),
};

/** Checksum of an input as hexadecimal digits. */
function* digestFile(io: Io, kind: Digest, path: string): Task<string | Errno> {
  const fd = io.open(path);
  if (isErrno(fd)) return fd;
  const hash = kind.create();
  for (;;) {
    const bytes = yield* io.read(fd);
    if (isErrno(bytes)) return bytes;
    if (bytes.length === 0) break;
    hash.update(bytes);
    if (io.sys.due()) yield* io.sys.rest();
  }
  io.close(fd);
  return Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Names with a newline or a backslash are escaped, and the line then starts with a backslash. */
function escapeName(name: string): { name: string; mark: string } {
  if (!/[\n\r\\]/.test(name)) return { name, mark: "" };
  return { name: name.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r"), mark: "\\" };
}

interface Entry {
  readonly digest: string;
  readonly file: string;
}

/** A line of a list; `kinds` are the checksums it may hold, by name where more than one is possible. */
function parseEntry(line: string, kinds: readonly Digest[]): (Entry & { readonly kind: Digest }) | undefined {
  const tagged = /^\\?([A-Za-z0-9-]+) \((.*)\) = ([0-9A-Fa-f]+)$/.exec(line);
  const named = kinds.find((kind) => kind.tag === tagged?.[1] && kind.bits / 4 === tagged?.[3]?.length);
  if (tagged !== null && named !== undefined) return { digest: tagged[3] ?? "", file: tagged[2] ?? "", kind: named };
  const found = /^(\\?)([0-9A-Fa-f]+) [ *](.+)$/.exec(line);
  const kind = kinds.find((one) => one.bits / 4 === found?.[2]?.length);
  if (found?.[2] === undefined || kind === undefined) return undefined;
  const file = found[3] ?? "";
  const plain =
    found[1] === ""
      ? file
      : file.replace(/\\(.)/g, (_whole, letter: string) => (letter === "n" ? "\n" : letter === "r" ? "\r" : letter));
  return { digest: found[2], file: plain, kind };
}

function plural(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}

function* checkList(io: Io, kinds: readonly Digest[], list: string): Task<void> {
  const bytes = yield* io.readAll(list);
  const shownList = list === "-" ? "'standard input'" : quoteFile(list);
  if (isErrno(bytes)) return io.warnFile(list, bytes);
  const lines = decode(bytes).replace(/\n$/, "").split("\n");
  const [quiet, status] = [io.has("quiet"), io.has("status")];
  let good = 0;
  let bad = 0;
  let unreadable = 0;
  let mismatched = 0;
  let verified = 0;
  for (const [index, line] of lines.entries()) {
    if (line === "" || line.startsWith("#")) continue;
    const entry = parseEntry(line.replace(/\r$/, ""), kinds);
    if (entry === undefined) {
      bad += 1;
      if (io.has("w"))
        io.warn(
          `${shownList}: ${index + 1}: improperly formatted ${kinds.length === 1 ? `${kinds[0]?.tag} ` : ""}checksum line`,
        );
      continue;
    }
    good += 1;
    const digest = yield* digestFile(io, entry.kind, entry.file);
    const shown = escapeName(entry.file);
    if (isErrno(digest)) {
      if (io.has("ignore-missing") && digest.code === "ENOENT") continue;
      io.warn(`${quoteFile(entry.file)}: ${digest.text}`);
      unreadable += 1;
      if (!status) io.print(`${shown.mark}${shown.name}: FAILED open or read\n`);
      continue;
    }
    verified += 1;
    if (digest !== entry.digest.toLowerCase()) {
      mismatched += 1;
      if (!status) io.print(`${shown.mark}${shown.name}: FAILED\n`);
    } else if (!quiet && !status) io.print(`${shown.mark}${shown.name}: OK\n`);
    if (io.full) yield* io.drain();
  }
  yield* io.flush();
  if (good === 0) {
    io.warn(`${shownList}: no properly formatted checksum lines found`);
    io.status = 1;
    return;
  }
  if (io.has("ignore-missing") && verified === 0 && unreadable === 0) {
    if (!status) io.warn(`${shownList}: no file was verified`);
    io.status = 1;
  }
  if (!status) {
    if (bad > 0) io.warn(`WARNING: ${bad} ${plural(bad, "line is", "lines are")} improperly formatted`);
    if (unreadable > 0)
      io.warn(`WARNING: ${unreadable} listed ${plural(unreadable, "file", "files")} could not be read`);
    if (mismatched > 0)
      io.warn(`WARNING: ${mismatched} computed ${plural(mismatched, "checksum", "checksums")} did NOT match`);
  }
  if (unreadable > 0 || mismatched > 0 || (bad > 0 && io.has("strict"))) io.status = 1;
}

/** Options of all programs that print and check. */
export const DIGEST_OPTIONS = `
    b,binary  read in binary mode
    c,check  read checksums from the FILEs and check them
    ,tag  create a BSD-style checksum
    t,text  read in text mode (default)
    z,zero  end each output line with NUL, not newline
    ,ignore-missing  do not fail or report status for missing files
    ,quiet  do not print OK for each successfully verified file
    ,status  do not output anything, status code shows success
    ,strict  exit non-zero for improperly formatted checksum lines
    w,warn  warn about improperly formatted checksum lines`;

/** Prints checksums of the operands, or checks lists of them. */
export function* runDigest(io: Io, kinds: readonly Digest[], tagged: boolean): Task<undefined> {
  const files = io.operands.length > 0 ? io.operands : ["-"];
  for (const option of ["ignore-missing", "quiet", "status", "strict", "warn"] as const) {
    if (!io.has("c") && io.has(option === "warn" ? "w" : option))
      yield* io.usageError(`the --${option} option is meaningful only when verifying checksums`);
  }
  for (const file of files) {
    if (io.has("c")) yield* checkList(io, kinds, file);
    else yield* printDigest(io, kinds[0] as Digest, file, tagged);
    if (io.full) yield* io.drain();
  }
  return undefined;
}

function* printDigest(io: Io, kind: Digest, file: string, tagged: boolean): Task<void> {
  const digest = yield* digestFile(io, kind, file);
  if (isErrno(digest)) return io.warnFile(file, digest);
  const shown = io.has("z") ? { name: file, mark: "" } : escapeName(file);
  const end = io.has("z") ? "\0" : "\n";
  if (tagged) io.print(`${shown.mark}${kind.tag} (${shown.name}) = ${digest}${end}`);
  else io.print(`${shown.mark}${digest} ${io.has("b") ? "*" : " "}${shown.name}${end}`);
}

function define(name: HashName): CommandProgram {
  const kind = DIGESTS[name];
  return defineCommand({
    name: `${name}sum`,
    summary: `Print or check ${kind.tag} (${kind.bits}-bit) checksums.`,
    usage: ["[OPTION]... [FILE]..."],
    options: DIGEST_OPTIONS,
    run: (io) => runDigest(io, [kind], io.has("tag")),
  });
}

export const md5sum = define("md5");
export const sha1sum = define("sha1");
export const sha224sum = define("sha224");
export const sha256sum = define("sha256");
export const sha384sum = define("sha384");
export const sha512sum = define("sha512");
