// ECDSA on the NIST curves, by big integers and Jacobian coordinates. Small rather than quick: a signature takes about two milliseconds.

import { concat } from "../../kernel/text.ts";
import {
  bigintToBytes,
  bytesToBigint,
  children,
  DerError,
  integer,
  readElement,
  readInteger,
  sequence,
} from "../asn1/der.ts";
import { type HashName, hmacOf } from "./hash.ts";
import { inverseMod } from "./number.ts";

interface Curve {
  readonly p: bigint;
  readonly n: bigint;
  readonly b: bigint;
  readonly g: Point;
  /** Bytes of a coordinate. */
  readonly size: number;
}

/** x / z², y / z³; z is 0 for the point at infinity. */
type Point = readonly [x: bigint, y: bigint, z: bigint];

export type CurveName = "P-256" | "P-384" | "P-521";

const curve = (size: number, p: bigint, n: string, b: string, x: string, y: string): Curve => ({
  size,
  p,
  n: BigInt(`0x${n}`),
  b: BigInt(`0x${b}`),
  g: [BigInt(`0x${x}`), BigInt(`0x${y}`), 1n],
});

/** FIPS 186-4, appendix D. */
const CURVES: Readonly<Record<CurveName, Curve>> = {
  "P-256": curve(
    32,
    2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
  ),
  "P-384": curve(
    48,
    2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
    "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
    "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
  ),
  "P-521": curve(
    66,
    2n ** 521n - 1n,
    "1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    "51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
    "c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
    "11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
  ),
};

const INFINITY: Point = [0n, 1n, 0n];

function double([x, y, z]: Point, p: bigint): Point {
  if (z === 0n) return INFINITY;
  const delta = (z * z) % p;
  const gamma = (y * y) % p;
  const beta = (x * gamma) % p;
  // All three curves have a = -3.
  const alpha = (3n * (x - delta) * (x + delta)) % p;
  const x3 = mod(alpha * alpha - 8n * beta, p);
  return [x3, mod(alpha * (4n * beta - x3) - 8n * gamma * gamma, p), (2n * y * z) % p];
}

function add(one: Point, other: Point, p: bigint): Point {
  const [x1, y1, z1] = one;
  const [x2, y2, z2] = other;
  if (z1 === 0n) return other;
  if (z2 === 0n) return one;
  const [a, b] = [(z1 * z1) % p, (z2 * z2) % p];
  const [u1, u2] = [(x1 * b) % p, (x2 * a) % p];
  const [s1, s2] = [(((y1 * z2) % p) * b) % p, (((y2 * z1) % p) * a) % p];
  const [h, r] = [u2 - u1, s2 - s1];
  if (h === 0n) return r === 0n ? double(one, p) : INFINITY;
  const hh = (h * h) % p;
  const hhh = (h * hh) % p;
  const v = (u1 * hh) % p;
  const x3 = mod(r * r - hhh - 2n * v, p);
  return [x3, mod(r * (v - x3) - s1 * hhh, p), mod(((z1 * z2) % p) * h, p)];
}

const mod = (value: bigint, p: bigint) => {
  const rest = value % p;
  return rest < 0n ? rest + p : rest;
};

function multiply(point: Point, scalar: bigint, p: bigint): Point {
  const table: Point[] = [INFINITY, point];
  for (let i = 2; i < 16; i++) table.push(add(table[i - 1] as Point, point, p));
  let result = INFINITY;
  for (const digit of scalar.toString(16)) {
    for (let i = 0; i < 4; i++) result = double(result, p);
    result = add(result, table[Number.parseInt(digit, 16)] as Point, p);
  }
  return result;
}

function affine([x, y, z]: Point, p: bigint): readonly [bigint, bigint] {
  const inverse = inverseMod(z, p);
  const square = (inverse * inverse) % p;
  return [(x * square) % p, (((y * square) % p) * inverse) % p];
}

/** Number of points: scalars are below it. */
export const curveOrder = (name: CurveName): bigint => CURVES[name].n;

/** Bytes of a scalar. */
export const curveSize = (name: CurveName): number => CURVES[name].size;

/** The uncompressed public point of a scalar. */
export function publicPoint(name: CurveName, scalar: Uint8Array): Uint8Array {
  const { p, g, size } = CURVES[name];
  const [x, y] = affine(multiply(g, bytesToBigint(scalar), p), p);
  return concat([Uint8Array.of(4), bigintToBytes(x, size), bigintToBytes(y, size)]);
}

/** The leftmost bits of a digest, as many as the order has. */
function truncate(digest: Uint8Array, n: bigint): bigint {
  const excess = digest.length * 8 - n.toString(2).length;
  const value = bytesToBigint(digest);
  return excess > 0 ? value >> BigInt(excess) : value;
}

/** The nonce of RFC 6979, so that a signature depends on key and message alone. */
function* nonces(hash: HashName, scalar: bigint, digest: Uint8Array, { n, size }: Curve): Generator<bigint, never> {
  const seed = concat([bigintToBytes(scalar, size), bigintToBytes(truncate(digest, n) % n, size)]);
  let key: Uint8Array = new Uint8Array(digest.length);
  let value: Uint8Array = new Uint8Array(digest.length).fill(1);
  const step = (mark: number, extra: Uint8Array) => {
    key = hmacOf(hash, key, concat([value, Uint8Array.of(mark), extra]));
    value = hmacOf(hash, key, value);
  };
  step(0, seed);
  step(1, seed);
  for (;;) {
    let bytes: Uint8Array = new Uint8Array(0);
    while (bytes.length < size) {
      value = hmacOf(hash, key, value);
      bytes = concat([bytes, value]);
    }
    const nonce = truncate(bytes.subarray(0, size), n);
    if (nonce > 0n && nonce < n) yield nonce;
    step(0, new Uint8Array(0));
  }
}

/** DER signature of a digest. */
export function signEcdsa(name: CurveName, scalar: Uint8Array, hash: HashName, digest: Uint8Array): Uint8Array {
  const { p, n, g } = CURVES[name];
  const secret = bytesToBigint(scalar);
  for (const nonce of nonces(hash, secret, digest, CURVES[name])) {
    const r = affine(multiply(g, nonce, p), p)[0] % n;
    const s = (inverseMod(nonce, n) * (truncate(digest, n) + r * secret)) % n;
    if (r > 0n && s > 0n) return sequence(integer(r), integer(s));
  }
  throw new Error("there is always another nonce");
}

/** Whether a DER signature of a digest holds. */
export function verifyEcdsa(name: CurveName, point: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  const { p, n, b, g, size } = CURVES[name];
  const [x, y] = [bytesToBigint(point.subarray(1, 1 + size)), bytesToBigint(point.subarray(1 + size))];
  if (point[0] !== 4 || point.length !== 1 + 2 * size || mod(x * x * x - 3n * x + b - y * y, p) !== 0n) return false;
  let r: bigint;
  let s: bigint;
  try {
    const parts = children(readElement(signature));
    [r, s] = [readInteger(parts[0]), readInteger(parts[1])];
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
  if (r <= 0n || s <= 0n || r >= n || s >= n) return false;
  const inverse = inverseMod(s, n);
  const sum = add(multiply(g, (truncate(digest, n) * inverse) % n, p), multiply([x, y, 1n], (r * inverse) % n, p), p);
  return sum[2] !== 0n && affine(sum, p)[0] % n === r;
}
