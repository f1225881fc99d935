// md5sum, sha1sum, sha256sum and their kin: print checksums, or check them against a list.

import { type Errno, isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { hashFunction } from "../lib/crypto/hash.ts";
import { quoteFile } from "../lib/quote.ts";
import { type CommandProgram, defineCommand, type Io } from "./define.ts";

const HASHES = {
  md5sum: { make: hashFunction("md5"), tag: "MD5", bits: 128 },
  sha1sum: { make: hashFunction("sha1"), tag: "SHA1", bits: 160 },
  sha224sum: { make: hashFunction("sha224"), tag: "SHA224", bits: 224 },
  sha256sum: { make: hashFunction("sha256"), tag: "SHA256", bits: 256 },
  sha384sum: { make: hashFunction("sha384"), tag: "SHA384", bits: 384 },
  sha512sum: { make: hashFunction("sha512"), tag: "SHA512", bits: 512 },
} as const;

type Name = keyof typeof HASHES;

/** Checksum of an input as hexadecimal digits. */
function* digestFile(io: Io, name: Name, path: string): Task<string | Errno> {
  const fd = io.open(path);
  if (isErrno(fd)) return fd;
  const hash = HASHES[name].make.create();
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

function parseEntry(line: string, name: Name): Entry | undefined {
  const { tag, bits } = HASHES[name];
  const digits = bits / 4;
  const tagged = /^\\?(\w+) \((.*)\) = ([0-9A-Fa-f]+)$/.exec(line);
  if (tagged !== null && tagged[1] === tag && tagged[3]?.length === digits)
    return { digest: tagged[3], file: tagged[2] ?? "" };
  const found = /^(\\?)([0-9A-Fa-f]+) [ *](.+)$/.exec(line);
  if (found === null || found[2]?.length !== digits) return undefined;
  const file = found[3] ?? "";
  const plain =
    found[1] === ""
      ? file
      : file.replace(/\\(.)/g, (_whole, letter: string) => (letter === "n" ? "\n" : letter === "r" ? "\r" : letter));
  return { digest: found[2], file: plain };
}

function plural(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}

function* checkList(io: Io, name: Name, list: string): Task<void> {
  const bytes = yield* io.readAll(list);
  const shownList = list === "-" ? "'standard input'" : quoteFile(list);
  if (isErrno(bytes)) return io.warnFile(list, bytes);
  const lines = decode(bytes).replace(/\n$/, "").split("\n");
  const [quiet, status] = [io.has("quiet"), io.has("status")];
  let good = 0;
  let bad = 0;
  let unreadable = 0;
  let mismatched = 0;
  for (const [index, line] of lines.entries()) {
    if (line === "" || line.startsWith("#")) continue;
    const entry = parseEntry(line.replace(/\r$/, ""), name);
    if (entry === undefined) {
      bad += 1;
      if (io.has("w")) io.warn(`${shownList}: ${index + 1}: improperly formatted ${HASHES[name].tag} checksum line`);
      continue;
    }
    good += 1;
    const digest = yield* digestFile(io, name, entry.file);
    const shown = escapeName(entry.file);
    if (isErrno(digest)) {
      if (io.has("ignore-missing") && digest.code === "ENOENT") continue;
      io.warn(`${quoteFile(entry.file)}: ${digest.text}`);
      unreadable += 1;
      if (!status) io.print(`${shown.mark}${shown.name}: FAILED open or read\n`);
    } else if (digest !== entry.digest.toLowerCase()) {
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
  if (!status) {
    if (bad > 0) io.warn(`WARNING: ${bad} ${plural(bad, "line is", "lines are")} improperly formatted`);
    if (unreadable > 0)
      io.warn(`WARNING: ${unreadable} listed ${plural(unreadable, "file", "files")} could not be read`);
    if (mismatched > 0)
      io.warn(`WARNING: ${mismatched} computed ${plural(mismatched, "checksum", "checksums")} did NOT match`);
  }
  if (unreadable > 0 || mismatched > 0 || (bad > 0 && io.has("strict"))) io.status = 1;
}

function define(name: Name): CommandProgram {
  return defineCommand({
    name,
    summary: `Print or check ${HASHES[name].tag} (${HASHES[name].bits}-bit) checksums.`,
    usage: ["[OPTION]... [FILE]..."],
    options: `
    b,binary  read in binary mode
    c,check  read checksums from the FILEs and check them
    ,tag  create a BSD-style checksum
    t,text  read in text mode (default)
    z,zero  end each output line with NUL, not newline
    ,ignore-missing  do not fail or report status for missing files
    ,quiet  do not print OK for each successfully verified file
    ,status  do not output anything, status code shows success
    ,strict  exit non-zero for improperly formatted checksum lines
    w,warn  warn about improperly formatted checksum lines`,
    *run(io) {
      const files = io.operands.length > 0 ? io.operands : ["-"];
      for (const option of ["ignore-missing", "quiet", "status", "strict", "warn"] as const) {
        if (!io.has("c") && io.has(option === "warn" ? "w" : option))
          return yield* io.usageError(`the --${option} option is meaningful only when verifying checksums`);
      }
      for (const file of files) {
        if (io.has("c")) yield* checkList(io, name, file);
        else {
          const digest = yield* digestFile(io, name, file);
          if (isErrno(digest)) {
            io.warnFile(file, digest);
            continue;
          }
          const shown = io.has("z") ? { name: file, mark: "" } : escapeName(file);
          const end = io.has("z") ? "\0" : "\n";
          if (io.has("tag")) io.print(`${shown.mark}${HASHES[name].tag} (${shown.name}) = ${digest}${end}`);
          else io.print(`${shown.mark}${digest} ${io.has("b") ? "*" : " "}${shown.name}${end}`);
        }
        if (io.full) yield* io.drain();
      }
      return undefined;
    },
  });
}

export const md5sum = define("md5sum");
export const sha1sum = define("sha1sum");
export const sha224sum = define("sha224sum");
export const sha256sum = define("sha256sum");
export const sha384sum = define("sha384sum");
export const sha512sum = define("sha512sum");
