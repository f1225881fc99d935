// What keys are, as plain data, and their DER forms: SubjectPublicKeyInfo, PKCS#1, PKCS#8 and SEC1.

import {
  bigintToBytes,
  bitString,
  bytesToBigint,
  children,
  DerError,
  type Element,
  expectTag,
  explicit,
  integer,
  nullValue,
  octetString,
  oid,
  readBits,
  readElement,
  readInteger,
  readOid,
  sequence,
  TAG,
  toHex,
} from "../asn1/der.ts";
import { createMemo } from "../memo.ts";
import { type CurveName, curveSize, publicPoint } from "./ec.ts";
import { edPublicKey } from "./ed25519.ts";
import { inverseMod } from "./number.ts";

export type { CurveName };

export interface RsaPublicKey {
  readonly kind: "rsa";
  readonly n: bigint;
  readonly e: bigint;
}

export interface EcPublicKey {
  readonly kind: "ec";
  readonly curve: CurveName;
  /** Uncompressed point: 04, x, y. */
  readonly point: Uint8Array;
}

export interface EdPublicKey {
  readonly kind: "ed25519";
  readonly point: Uint8Array;
}

export type PublicKey = RsaPublicKey | EcPublicKey | EdPublicKey;

export interface RsaPrivateKey extends RsaPublicKey {
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
  readonly dp: bigint;
  readonly dq: bigint;
  readonly qi: bigint;
}

export interface EcPrivateKey extends EcPublicKey {
  readonly scalar: Uint8Array;
}

export interface EdPrivateKey extends EdPublicKey {
  readonly seed: Uint8Array;
}

export type PrivateKey = RsaPrivateKey | EcPrivateKey | EdPrivateKey;

const RSA_OID = "1.2.840.113549.1.1.1";
const EC_OID = "1.2.840.10045.2.1";
const ED25519_OID = "1.3.101.112";
const CURVE_OIDS: Record<CurveName, string> = {
  "P-256": "1.2.840.10045.3.1.7",
  "P-384": "1.3.132.0.34",
  "P-521": "1.3.132.0.35",
};

function curveNamed(dotted: string): CurveName {
  for (const [name, known] of Object.entries(CURVE_OIDS)) if (known === dotted) return name as CurveName;
  throw new DerError("unknown group");
}

/** The whole RSA key from its primes. */
export function rsaKeyFromPrimes(first: bigint, second: bigint, e = 65537n): RsaPrivateKey {
  const [p, q] = first > second ? [first, second] : [second, first];
  const d = inverseMod(e, (p - 1n) * (q - 1n));
  return Object.freeze({ kind: "rsa", n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverseMod(q, p) });
}

const points = createMemo<Uint8Array>(64);

export function ecKeyFromScalar(curve: CurveName, scalar: Uint8Array): EcPrivateKey {
  const point = points(`${curve} ${toHex(scalar)}`, () => publicPoint(curve, scalar));
  return Object.freeze({ kind: "ec", curve, scalar, point });
}

export function edKeyFromSeed(seed: Uint8Array): EdPrivateKey {
  const point = points(`ed ${toHex(seed)}`, () => edPublicKey(seed));
  return Object.freeze({ kind: "ed25519", seed, point });
}

export function publicKeyOf(key: PrivateKey): PublicKey {
  if (key.kind === "rsa") return { kind: "rsa", n: key.n, e: key.e };
  if (key.kind === "ec") return { kind: "ec", curve: key.curve, point: key.point };
  return { kind: "ed25519", point: key.point };
}

export function samePublicKey(one: PublicKey, other: PublicKey): boolean {
  if (one.kind === "rsa") return other.kind === "rsa" && one.n === other.n && one.e === other.e;
  return other.kind === one.kind && bytesToBigint(one.point) === bytesToBigint(other.point);
}

/** Size as the tools name it. */
export function keyBits(key: PublicKey): number {
  if (key.kind === "rsa") return key.n.toString(2).length;
  return key.kind === "ec" ? Number(key.curve.slice(2)) : 256;
}

function algorithm(key: PublicKey): Uint8Array {
  if (key.kind === "rsa") return sequence(oid(RSA_OID), nullValue());
  return key.kind === "ec" ? sequence(oid(EC_OID), oid(CURVE_OIDS[key.curve])) : sequence(oid(ED25519_OID));
}

/** The bits inside SubjectPublicKeyInfo; key identifiers are the SHA-1 of them. */
export function publicKeyBits(key: PublicKey): Uint8Array {
  return key.kind === "rsa" ? sequence(integer(key.n), integer(key.e)) : key.point;
}

export function encodePublicKey(key: PublicKey): Uint8Array<ArrayBuffer> {
  return sequence(algorithm(key), bitString(publicKeyBits(key)));
}

export function decodePublicKey(der: Uint8Array): PublicKey {
  const [info, bits] = children(expectTag(readElement(der), TAG.sequence));
  const [name, parameters] = children(expectTag(info, TAG.sequence));
  const key = readBits(bits);
  switch (readOid(name)) {
    case RSA_OID:
      return decodeRsaPublicKey(key);
    case EC_OID:
      return { kind: "ec", curve: curveNamed(readOid(parameters)), point: key };
    case ED25519_OID:
      return { kind: "ed25519", point: key };
  }
  throw new DerError("unsupported algorithm");
}

/** PKCS#1 RSAPublicKey. */
export function decodeRsaPublicKey(der: Uint8Array): RsaPublicKey {
  const [n, e] = children(expectTag(readElement(der), TAG.sequence));
  return { kind: "rsa", n: readInteger(n), e: readInteger(e) };
}

/** PKCS#1 RSAPrivateKey or SEC1 ECPrivateKey: what stands in the "traditional" PEM blocks. */
export function encodeTraditional(key: RsaPrivateKey | EcPrivateKey, withCurve = true): Uint8Array<ArrayBuffer> {
  if (key.kind === "rsa")
    return sequence(...[0n, key.n, key.e, key.d, key.p, key.q, key.dp, key.dq, key.qi].map(integer));
  const curve = withCurve ? [explicit(0, oid(CURVE_OIDS[key.curve]))] : [];
  return sequence(integer(1), octetString(key.scalar), ...curve, explicit(1, bitString(key.point)));
}

/** The parameters block that `openssl ecparam` writes. */
export function encodeCurve(curve: CurveName): Uint8Array<ArrayBuffer> {
  return oid(CURVE_OIDS[curve]);
}

export function encodePkcs8(key: PrivateKey): Uint8Array<ArrayBuffer> {
  const inner = key.kind === "ed25519" ? octetString(key.seed) : encodeTraditional(key, false);
  return sequence(integer(0), algorithm(key), octetString(inner));
}

/** A private key in any of its DER forms, unencrypted. */
export function decodePrivateKey(der: Uint8Array): PrivateKey {
  const [version, second, third, fourth] = children(expectTag(readElement(der), TAG.sequence));
  if (second?.tag === TAG.octetString) return decodeSec1(second, [third, fourth]);
  if (second?.tag === TAG.integer) return decodeRsa(der);
  if (readInteger(version) > 1n) throw new DerError("unsupported version");
  const [name, parameters] = children(expectTag(second, TAG.sequence));
  const inner = expectTag(third, TAG.octetString).body;
  switch (readOid(name)) {
    case RSA_OID:
      return decodeRsa(inner);
    case EC_OID: {
      const [, scalar] = children(readElement(inner));
      return ecKeyFromScalar(
        curveNamed(readOid(parameters)),
        padScalar(curveNamed(readOid(parameters)), expectTag(scalar, TAG.octetString).body),
      );
    }
    case ED25519_OID:
      return edKeyFromSeed(expectTag(readElement(inner), TAG.octetString).body);
  }
  throw new DerError("unsupported algorithm");
}

function padScalar(curve: CurveName, scalar: Uint8Array): Uint8Array {
  return bigintToBytes(bytesToBigint(scalar), curveSize(curve));
}

function decodeSec1(scalar: Element, rest: readonly (Element | undefined)[]): EcPrivateKey {
  const named = rest.find((element) => element?.tag === 0xa0);
  if (named === undefined) throw new DerError("unknown group");
  const curve = curveNamed(readOid(readElement(named.body)));
  return ecKeyFromScalar(curve, padScalar(curve, scalar.body));
}

function decodeRsa(der: Uint8Array): RsaPrivateKey {
  const numbers = children(expectTag(readElement(der), TAG.sequence)).map(readInteger);
  const [, n = 0n, e = 0n, d = 0n, p = 0n, q = 0n, dp = 0n, dq = 0n, qi = 0n] = numbers;
  if (numbers.length < 9) throw new DerError("not enough data");
  return Object.freeze({ kind: "rsa", n, e, d, p, q, dp, dq, qi });
}
