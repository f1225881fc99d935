// The gzip format of RFC 1952: deflate and inflate come from fflate; header, trailer and messages of broken data are ours.

import { deflateSync, Gunzip } from "fflate";
import { concat, decode, encode } from "../kernel/text.ts";

/** CRC-32 as gzip and zip use it. */
export function crc32(bytes: Uint8Array): number {
  const table = Array.from({ length: 256 }, (_, n) => {
    let value = n;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value >>> 0;
  });
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 255] as number);
  return (crc ^ 0xffffffff) >>> 0;
}

export interface GzipOptions {
  readonly level: number;
  /** The name and time that are kept in the header; left out with -n and from pipes. */
  readonly name?: string;
  /** Seconds since the epoch. */
  readonly time?: number;
}

export function gzip(data: Uint8Array, { level, name, time = 0 }: GzipOptions): Uint8Array {
  const body = deflateSync(data, { level: level as 6 });
  const title = name === undefined ? new Uint8Array(0) : encode(`${name}\0`);
  const out = new Uint8Array(10 + title.length + body.length + 8);
  const view = new DataView(out.buffer);
  out.set([0x1f, 0x8b, 8, name === undefined ? 0 : 8]);
  view.setUint32(4, time >>> 0, true);
  out[8] = level === 9 ? 2 : level === 1 ? 4 : 0;
  out[9] = 3;
  out.set(title, 10);
  out.set(body, 10 + title.length);
  view.setUint32(out.length - 8, crc32(data), true);
  view.setUint32(out.length - 4, data.length >>> 0, true);
  return out;
}

/** What is in a gzip file. `problem` is in gzip's words; the data before it is kept. */
export interface Gunzipped {
  readonly data: Uint8Array;
  readonly name: string | undefined;
  readonly time: number;
  readonly crc: number;
  readonly problem?:
    | "not in gzip format"
    | "unexpected end of file"
    | "invalid compressed data--format violated"
    | "invalid compressed data--crc error";
}

/** Whether the bytes begin as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Where the compressed data begins, and what the header tells; undefined where the file ends before. */
function readHeader(bytes: Uint8Array): { start: number; name: string | undefined; time: number } | undefined {
  const flags = bytes[3] ?? 0;
  let at = 10;
  if (flags & 4) at += 2 + (bytes[at] ?? 0) + ((bytes[at + 1] ?? 0) << 8);
  const text = (): string => {
    const end = bytes.indexOf(0, at);
    const found = decode(bytes.subarray(at, end < 0 ? bytes.length : end));
    at = end < 0 ? bytes.length : end + 1;
    return found;
  };
  const name = flags & 8 ? text() : undefined;
  if (flags & 16) text();
  if (flags & 2) at += 2;
  if (at > bytes.length || bytes.length < 10) return undefined;
  return { start: at, name, time: new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true) };
}

/** Unpacks all members; the checksum of the last one is looked at. */
export function gunzip(bytes: Uint8Array): Gunzipped {
  const nothing = { data: new Uint8Array(0), name: undefined, time: 0, crc: 0 };
  if (!isGzip(bytes) || (bytes.length > 2 && bytes[2] !== 8)) return { ...nothing, problem: "not in gzip format" };
  const header = readHeader(bytes);
  if (header === undefined) return { ...nothing, problem: "unexpected end of file" };
  const parts: Uint8Array[] = [];
  let last = 0;
  const stream = new Gunzip((chunk) => parts.push(chunk));
  stream.onmember = () => {
    last = parts.length;
  };
  let problem: Gunzipped["problem"];
  try {
    stream.push(bytes, true);
  } catch (error) {
    problem = /EOF/.test(String(error)) ? "unexpected end of file" : "invalid compressed data--format violated";
  }
  const crc = crc32(concat(parts.slice(last)));
  const told = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(
    Math.max(0, bytes.length - 8),
    true,
  );
  if (problem === undefined && crc !== told) problem = "invalid compressed data--crc error";
  return { ...header, data: concat(parts), crc, ...(problem === undefined ? {} : { problem }) };
}
