// DER: reading and writing the tag-length-value trees of X.509, PKCS#1, PKCS#8 and SEC1. Knows no schema.

import { concat } from "../../kernel/text.ts";

/** One element. `der` is the whole of it, `body` what is inside; children are read with `children`. */
export interface Element {
  /** Identifier octet: class, constructed bit and number (all numbers here are below 31). */
  readonly tag: number;
  readonly body: Uint8Array;
  readonly der: Uint8Array;
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  printable: 0x13,
  t61: 0x14,
  ia5: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmp: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Malformed DER. Thrown by the readers, caught where a file or a peer's bytes come in. */
export class DerError extends Error {}

/** The element at `at`. */
export function readElement(bytes: Uint8Array, at = 0): Element {
  const tag = bytes[at];
  let length = bytes[at + 1];
  if (tag === undefined || length === undefined) throw new DerError("too long");
  let start = at + 2;
  if (length & 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > 4) throw new DerError("header too long");
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[start + i] ?? 0);
    start += count;
  }
  const end = start + length;
  if (end > bytes.length) throw new DerError("too long");
  return { tag, body: bytes.subarray(start, end), der: bytes.subarray(at, end) };
}

/** The elements inside a constructed one, or inside plain bytes. */
export function children(of: Element | Uint8Array): Element[] {
  const bytes = of instanceof Uint8Array ? of : of.body;
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const element = readElement(bytes, at);
    found.push(element);
    at += element.der.length;
  }
  return found;
}

/** The element that must be there and must carry the tag. */
export function expectTag(element: Element | undefined, tag: number): Element {
  if (element?.tag !== tag) throw new DerError("wrong tag");
  return element;
}

/** Any element from its identifier octet and its parts. */
export function encodeElement(tag: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const body = parts.length === 1 ? (parts[0] as Uint8Array) : concat(parts);
  const head =
    body.length < 0x80
      ? [tag, body.length]
      : [tag, 0x80 | lengthBytes(body.length).length, ...lengthBytes(body.length)];
  return concat([Uint8Array.from(head), body]);
}

function lengthBytes(length: number): number[] {
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return bytes;
}

export const sequence = (...parts: readonly Uint8Array[]) => encodeElement(TAG.sequence, ...parts);
export const setOf = (...parts: readonly Uint8Array[]) => encodeElement(TAG.set, ...parts);
/** Context-specific and constructed, as EXPLICIT tags are. */
export const explicit = (number: number, ...parts: readonly Uint8Array[]) => encodeElement(0xa0 | number, ...parts);
export const octetString = (bytes: Uint8Array) => encodeElement(TAG.octetString, bytes);
export const nullValue = () => encodeElement(TAG.null);
export const boolean = (value: boolean) => encodeElement(TAG.boolean, Uint8Array.of(value ? 0xff : 0));
export const bitString = (bytes: Uint8Array, unused = 0) => encodeElement(TAG.bitString, Uint8Array.of(unused), bytes);

/** INTEGER from a number that is not negative. */
export function integer(value: bigint | number): Uint8Array<ArrayBuffer> {
  return integerBytes(bigintToBytes(BigInt(value)));
}

/** INTEGER from big-endian bytes of a number that is not negative. */
export function integerBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from += 1;
  const short = bytes.subarray(from);
  return encodeElement(TAG.integer, (short[0] ?? 0) & 0x80 ? concat([Uint8Array.of(0), short]) : short);
}

export function readInteger(element: Element | undefined): bigint {
  const { body } = expectTag(element, TAG.integer);
  const value = bytesToBigint(body);
  return (body[0] ?? 0) & 0x80 ? value - (1n << BigInt(8 * body.length)) : value;
}

/** A BIT STRING's bytes, without the count of unused bits. */
export function readBits(element: Element | undefined): Uint8Array {
  return expectTag(element, TAG.bitString).body.subarray(1);
}

export function bytesToBigint(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`);
}

/** Big-endian, as short as can be or padded to `size`. */
export function bigintToBytes(value: bigint, size = 0): Uint8Array<ArrayBuffer> {
  const hex = value.toString(16);
  return fromHex(hex.padStart(Math.max(size * 2, hex.length + (hex.length & 1)), "0"));
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += HEX[byte];
  return text;
}

export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length >> 1);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16);
  return bytes;
}

/** Dotted text of an OBJECT IDENTIFIER. */
export function readOid(element: Element | undefined): string {
  const { body } = expectTag(element, TAG.oid);
  const arcs: number[] = [];
  let value = 0;
  for (const byte of body) {
    value = value * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    if (arcs.length === 0)
      arcs.push(Math.min(2, Math.floor(value / 40)), value - 40 * Math.min(2, Math.floor(value / 40)));
    else arcs.push(value);
    value = 0;
  }
  return arcs.join(".");
}

export function oid(dotted: string): Uint8Array<ArrayBuffer> {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) {
    const group = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) group.unshift((left & 0x7f) | 0x80);
    bytes.push(...group);
  }
  return encodeElement(TAG.oid, Uint8Array.from(bytes));
}

const digits = (value: number, size = 2) => String(value).padStart(size, "0");

/** UTCTime up to 2049, GeneralizedTime after, as RFC 5280 wants it. */
export function time(ms: number): Uint8Array<ArrayBuffer> {
  const at = new Date(ms);
  const year = at.getUTCFullYear();
  const rest = [at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()];
  const short = year >= 1950 && year < 2050;
  const text = (short ? digits(year % 100) : digits(year, 4)) + rest.map((part) => digits(part)).join("");
  return encodeElement(short ? TAG.utcTime : TAG.generalizedTime, latin1(`${text}Z`));
}

export function readTime(element: Element | undefined): number {
  const text = element === undefined ? "" : fromLatin1(element.body);
  const long = element?.tag === TAG.generalizedTime;
  const match = (long ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/).exec(
    text,
  );
  if (match === null) throw new DerError("bad time");
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(long ? year : year < 50 ? 2000 + year : 1900 + year, month - 1, day, hour, minute, second);
}

/** Bytes of a text whose characters are all below 256. */
export function latin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}

export function fromLatin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
