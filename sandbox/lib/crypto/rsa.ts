// RSA: key generation, and signatures of PKCS#1 v1.5 and PSS. Private powers go by the Chinese remainder theorem.

import type { Sys, Task } from "../../kernel/sys.ts";
import { concat } from "../../kernel/text.ts";
import { bigintToBytes, bytesToBigint, fromHex, toHex } from "../asn1/der.ts";
import { createMemo } from "../memo.ts";
import { type HashName, hash } from "./hash.ts";
import { type RsaPrivateKey, type RsaPublicKey, rsaKeyFromPrimes } from "./keys.ts";
import { isProbablePrime, powerMod, smallPrimes } from "./number.ts";

/** DigestInfo headers of RFC 8017 §9.2. */
const DIGEST_INFO: Record<HashName, string> = {
  md5: "3020300c06082a864886f70d020505000410",
  sha1: "3021300906052b0e03021a05000414",
  sha224: "302d300d06096086480165030402040500041c",
  sha256: "3031300d060960864801650304020105000420",
  sha384: "3041300d060960864801650304020205000430",
  sha512: "3051300d060960864801650304020305000440",
};

/** Copies of a machine come to the same candidates again. */
const tested = createMemo<boolean>(2000);

const sizeOf = (key: RsaPublicKey) => Math.ceil(key.n.toString(16).length / 2);

/** What key generation reports on the way: a candidate tried, a test passed, a prime found. */
export type RsaProgress = (sign: "." | "+" | "*" | "\n") => void;

/** A new key of the machine's own randomness. It takes a while, so it gives way to others and can be interrupted. */
export function* generateRsaKey(sys: Sys, bits: number, e = 65537n, progress?: RsaProgress): Task<RsaPrivateKey> {
  const sieve = smallPrimes();
  for (;;) {
    const p = yield* findPrime(sys, bits - (bits >> 1), e, sieve, progress);
    const q = yield* findPrime(sys, bits >> 1, e, sieve, progress);
    if (p !== q) return rsaKeyFromPrimes(p, q, e);
  }
}

/** A prime with both top bits set, so that the product of two has its full length. */
export function* findPrime(
  sys: Pick<Sys, "random" | "due" | "rest">,
  bits: number,
  e: bigint,
  sieve: readonly number[],
  progress?: RsaProgress,
): Task<bigint> {
  const bytes = sys.random(Math.ceil(bits / 8));
  let start = bytesToBigint(bytes) & ((1n << BigInt(bits)) - 1n);
  start |= (3n << BigInt(bits - 2)) | 1n;
  const remainders = sieve.map((prime) => Number(start % BigInt(prime)));
  for (let step = 0; ; step += 2) {
    if (sys.due()) yield* sys.rest();
    if (remainders.some((remainder, i) => (remainder + step) % (sieve[i] as number) === 0)) continue;
    const candidate = start + BigInt(step);
    progress?.(".");
    if ((candidate - 1n) % e === 0n || !tested(candidate.toString(16), () => isProbablePrime(candidate))) continue;
    progress?.("+");
    return candidate;
  }
}

/** m^d mod n. */
function privatePower(key: RsaPrivateKey, message: bigint): bigint {
  const first = powerMod(message, key.dp, key.p);
  const second = powerMod(message, key.dq, key.q);
  const difference = (((key.qi * (first - second)) % key.p) + key.p) % key.p;
  return second + difference * key.q;
}

function publicPower(key: RsaPublicKey, signature: Uint8Array): Uint8Array {
  const size = sizeOf(key);
  return bigintToBytes(powerMod(bytesToBigint(signature), key.e, key.n), size);
}

function padPkcs1(name: HashName, data: Uint8Array, size: number): Uint8Array {
  const info = concat([fromHex(DIGEST_INFO[name]), hash(name, data)]);
  return concat([
    Uint8Array.of(0, 1),
    new Uint8Array(Math.max(0, size - 3 - info.length)).fill(0xff),
    Uint8Array.of(0),
    info,
  ]);
}

export function signPkcs1(key: RsaPrivateKey, name: HashName, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const size = sizeOf(key);
  return bigintToBytes(privatePower(key, bytesToBigint(padPkcs1(name, data, size))), size);
}

export function verifyPkcs1(key: RsaPublicKey, name: HashName, data: Uint8Array, signature: Uint8Array): boolean {
  const size = sizeOf(key);
  return signature.length === size && toHex(publicPower(key, signature)) === toHex(padPkcs1(name, data, size));
}

function maskGeneration(name: HashName, seed: Uint8Array, length: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let made = 0, counter = 0; made < length; counter++) {
    const block = hash(name, concat([seed, Uint8Array.of(0, 0, 0, counter)]));
    parts.push(block);
    made += block.length;
  }
  return concat(parts).subarray(0, length);
}

const xor = (one: Uint8Array, other: Uint8Array) => one.map((byte, i) => byte ^ (other[i] ?? 0));

/** RSASSA-PSS with a salt of the digest's length (RFC 8446's choice); the salt is given, so that replay is exact. */
export function signPss(
  key: RsaPrivateKey,
  name: HashName,
  data: Uint8Array,
  salt: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const size = sizeOf(key);
  const digest = hash(name, concat([new Uint8Array(8), hash(name, data), salt]));
  const block = concat([new Uint8Array(size - salt.length - digest.length - 2), Uint8Array.of(1), salt]);
  const masked = xor(block, maskGeneration(name, digest, block.length));
  masked[0] = (masked[0] ?? 0) & 0x7f;
  return bigintToBytes(privatePower(key, bytesToBigint(concat([masked, digest, Uint8Array.of(0xbc)]))), size);
}

export function verifyPss(key: RsaPublicKey, name: HashName, data: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== sizeOf(key)) return false;
  const whole = publicPower(key, signature);
  const digest = hash(name, data);
  const at = whole.length - digest.length - 1;
  const block = xor(whole.subarray(0, at), maskGeneration(name, whole.subarray(at, -1), at));
  block[0] = (block[0] ?? 0) & 0x7f;
  const salt = block.subarray(block.indexOf(1) + 1);
  return (
    whole.at(-1) === 0xbc &&
    toHex(hash(name, concat([new Uint8Array(8), digest, salt]))) === toHex(whole.subarray(at, -1))
  );
}

/** What `openssl rsa -check` finds wrong, in its words; empty for a sound key. */
export function checkRsaKey(key: RsaPrivateKey): string[] {
  const wrong: string[] = [];
  if (!isProbablePrime(key.p)) wrong.push("p not prime");
  if (!isProbablePrime(key.q)) wrong.push("q not prime");
  if (key.p * key.q !== key.n) wrong.push("n does not equal p q");
  if ((key.d * key.e - 1n) % (key.p - 1n) !== 0n || (key.d * key.e - 1n) % (key.q - 1n) !== 0n)
    wrong.push("d e not congruent to 1");
  if (key.d % (key.p - 1n) !== key.dp) wrong.push("dmp1 not congruent to d");
  if (key.d % (key.q - 1n) !== key.dq) wrong.push("dmq1 not congruent to d");
  if ((key.q * key.qi) % key.p !== 1n) wrong.push("iqmp not inverse of q");
  return wrong;
}
