// Ed25519 (RFC 8032), by big integers and extended coordinates.

import { concat } from "../../kernel/text.ts";
import { bigintToBytes, bytesToBigint } from "../asn1/der.ts";
import { hash } from "./hash.ts";
import { inverseMod, powerMod } from "./number.ts";

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = mod(-121665n * inverseMod(121666n, P), P);
const ROOT = powerMod(2n, (P - 1n) / 4n, P);

/** X, Y, Z and T = XY / Z. */
type Point = readonly [bigint, bigint, bigint, bigint];

const IDENTITY: Point = [0n, 1n, 1n, 0n];

function mod(value: bigint, by: bigint): bigint {
  const rest = value % by;
  return rest < 0n ? rest + by : rest;
}

function add([x1, y1, z1, t1]: Point, [x2, y2, z2, t2]: Point): Point {
  const a = mod((y1 - x1) * (y2 - x2), P);
  const b = ((y1 + x1) * (y2 + x2)) % P;
  const c = (((2n * t1 * t2) % P) * D) % P;
  const d = (2n * z1 * z2) % P;
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f, P), mod(g * h, P), mod(f * g, P), mod(e * h, P)];
}

function multiply(point: Point, scalar: bigint): Point {
  let result = IDENTITY;
  for (const bit of scalar.toString(2)) {
    result = add(result, result);
    if (bit === "1") result = add(result, point);
  }
  return result;
}

const little = (bytes: Uint8Array) => bytesToBigint(Uint8Array.from([...bytes].reverse()));
const toLittle = (value: bigint) => bigintToBytes(value, 32).reverse();

function encodePoint([x, y, z]: Point): Uint8Array {
  const inverse = inverseMod(z, P);
  const bytes = toLittle((y * inverse) % P);
  if (((x * inverse) % P) & 1n) bytes[31] = (bytes[31] ?? 0) | 0x80;
  return bytes;
}

function decodePoint(bytes: Uint8Array): Point | undefined {
  const copy = bytes.slice(0, 32);
  const odd = ((copy[31] ?? 0) & 0x80) !== 0;
  copy[31] = (copy[31] ?? 0) & 0x7f;
  const y = little(copy);
  if (y >= P || bytes.length !== 32) return undefined;
  const square = ((y * y - 1n) * inverseMod(mod(D * y * y + 1n, P), P)) % P;
  let x = powerMod(mod(square, P), (P + 3n) / 8n, P);
  if (mod(x * x - square, P) !== 0n) x = (x * ROOT) % P;
  if (mod(x * x - square, P) !== 0n) return undefined;
  if (((x & 1n) === 1n) !== odd) x = mod(-x, P);
  return [x, y, 1n, (x * y) % P];
}

const base = decodePoint(toLittle((4n * inverseMod(5n, P)) % P)) as Point;

function expandSeed(seed: Uint8Array): { scalar: bigint; prefix: Uint8Array } {
  const bytes = hash("sha512", seed).slice();
  bytes[0] = (bytes[0] ?? 0) & 0xf8;
  bytes[31] = ((bytes[31] ?? 0) & 0x7f) | 0x40;
  return { scalar: little(bytes.subarray(0, 32)), prefix: bytes.subarray(32) };
}

export function edPublicKey(seed: Uint8Array): Uint8Array {
  return encodePoint(multiply(base, expandSeed(seed).scalar));
}

export function signEd25519(seed: Uint8Array, message: Uint8Array): Uint8Array {
  const { scalar, prefix } = expandSeed(seed);
  const nonce = little(hash("sha512", concat([prefix, message]))) % L;
  const point = encodePoint(multiply(base, nonce));
  const challenge = little(hash("sha512", concat([point, edPublicKey(seed), message]))) % L;
  return concat([point, toLittle((nonce + challenge * scalar) % L)]);
}

export function verifyEd25519(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const [a, r] = [decodePoint(key), decodePoint(signature.subarray(0, 32))];
  const s = little(signature.subarray(32));
  if (a === undefined || r === undefined || signature.length !== 64 || s >= L) return false;
  const challenge = little(hash("sha512", concat([signature.subarray(0, 32), key, message]))) % L;
  const [left, right] = [encodePoint(multiply(base, s)), encodePoint(add(r, multiply(a, challenge)))];
  return left.every((byte, i) => byte === right[i]);
}
