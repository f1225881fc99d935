// cksum, sum and b2sum: the CRC of POSIX, the 16-bit sums of BSD and System V, BLAKE2b, and cksum's other digests.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { createBlake2b } from "../lib/crypto/blake.ts";
import { quoteFile } from "../lib/quote.ts";
import { defineCommand, type Io } from "./define.ts";
import { DIGEST_OPTIONS, DIGESTS, type Digest, runDigest } from "./digest.ts";

/** The CRC-32 of POSIX: most significant bit first, the length after the data. */
function posixCrc(bytes: Uint8Array): number {
  let crc = 0;
  const take = (byte: number): void => {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  };
  for (const byte of bytes) take(byte);
  for (let size = bytes.length; size > 0; size = Math.floor(size / 256)) take(size & 255);
  return ~crc >>> 0;
}

/** BSD's sum: rotate to the right, then add. */
function bsdSum(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => (((sum >> 1) | ((sum & 1) << 15)) + byte) & 0xffff, 0);
}

/** System V's sum: all bytes added, folded into 16 bits. */
function sysvSum(bytes: Uint8Array): number {
  const sum = bytes.reduce((total, byte) => (total + byte) >>> 0, 0);
  const folded = (sum & 0xffff) + (sum >>> 16);
  return (folded & 0xffff) + (folded >>> 16);
}

/** What a checksum that is no digest shows before the name. */
const SUMS: Readonly<Record<string, (bytes: Uint8Array) => string>> = {
  bsd: (bytes) => `${String(bsdSum(bytes)).padStart(5, "0")} ${String(Math.ceil(bytes.length / 1024)).padStart(5)}`,
  sysv: (bytes) => `${sysvSum(bytes)} ${Math.ceil(bytes.length / 512)}`,
  crc: (bytes) => `${posixCrc(bytes)} ${bytes.length}`,
};

function* printSums(io: Io, kind: string): Task<undefined> {
  for (const file of io.operands.length === 0 ? ["-"] : io.operands) {
    const data = yield* io.readAll(file);
    if (isErrno(data)) io.warnFile(file, data);
    else io.print(`${SUMS[kind]?.(data)}${io.operands.length === 0 ? "" : ` ${quoteFile(file)}`}\n`);
    yield* io.drain();
  }
  return undefined;
}

function blake(bits: number): Digest {
  return {
    tag: bits === 512 ? "BLAKE2b" : `BLAKE2b-${bits}`,
    bits,
    create: () => createBlake2b(bits / 8),
  };
}

/** The length that `-l` asks for, in bits. */
function* lengthOf(io: Io): Task<number> {
  const text = io.value("l") ?? "0";
  if (!/^\d+$/.test(text)) yield* io.die(1, `invalid length: ‘${text}’`);
  const bits = Number(text);
  if (bits % 8 !== 0 || bits > 512) {
    io.warn(`invalid length: ‘${text}’`);
    yield* io.die(
      1,
      bits % 8 !== 0 ? "length is not a multiple of 8" : "maximum digest length for ‘BLAKE2b’ is 512 bits",
    );
  }
  return bits || 512;
}

/** BLAKE2b lists may hold any length: the tag tells it. */
const BLAKES = Array.from({ length: 64 }, (_, i) => blake(512 - 8 * i));

export const b2sum = defineCommand({
  name: "b2sum",
  summary: "Print or check BLAKE2b (512-bit) checksums.",
  usage: ["[OPTION]... [FILE]..."],
  options: `${DIGEST_OPTIONS}
    l,length=BITS  digest length in bits`,
  *run(io) {
    const bits = yield* lengthOf(io);
    return yield* runDigest(io, io.has("c") && bits === 512 ? BLAKES : [blake(bits)], io.has("tag"));
  },
});

export const sum = defineCommand({
  name: "sum",
  summary: "Print or check BSD (16-bit) checksums.",
  usage: ["[OPTION]... [FILE]..."],
  options: `
    r  use BSD sum algorithm (the default), use 1K blocks
    s,sysv  use System V sum algorithm, use 512 bytes blocks`,
  run: (io) => printSums(io, io.has("s") ? "sysv" : "bsd"),
});

const TYPES = ["bsd", "sysv", "crc", "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "sm3"];

export const cksum = defineCommand({
  name: "cksum",
  summary: "Print or check checksums.",
  usage: ["[OPTION]... [FILE]..."],
  options: `${DIGEST_OPTIONS}
    a,algorithm=TYPE  select the digest type to use
    l,length=BITS  digest length in bits
    ,untagged  create a reversed style checksum, without digest type`,
  *run(io) {
    const type = io.value("a") ?? (io.has("c") ? "" : "crc");
    if (type !== "" && !TYPES.includes(type)) {
      const known = TYPES.map((name) => [name]);
      return yield* io.badWord(type, "--algorithm", known);
    }
    if (type === "sm3") return yield* io.notModelled("-a sm3", 1);
    if (Object.hasOwn(SUMS, type)) {
      if (io.has("c")) return yield* io.die(1, "--check is not supported with --algorithm={bsd,sysv,crc}");
      return yield* printSums(io, type);
    }
    const all: Readonly<Record<string, Digest>> = { ...DIGESTS, blake2b: blake(yield* lengthOf(io)) };
    const kind = all[type];
    const kinds = kind === undefined ? [...Object.values(DIGESTS), ...BLAKES] : [kind];
    return yield* runDigest(io, kinds, !io.has("untagged"));
  },
});
