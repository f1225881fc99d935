// Signatures by scheme, over whatever kind of key. Results are pure functions of their input, and are remembered.

import { encodeElement } from "../asn1/der.ts";
import { bytesKey, createMemo } from "../memo.ts";
import { signEcdsa, verifyEcdsa } from "./ec.ts";
import { signEd25519, verifyEd25519 } from "./ed25519.ts";
import { type HashName, hash } from "./hash.ts";
import type { PrivateKey, PublicKey } from "./keys.ts";
import { signPkcs1, signPss, verifyPkcs1, verifyPss } from "./rsa.ts";

/** How to sign: the family and its digest. */
export interface Scheme {
  readonly family: "pkcs1" | "pss" | "ecdsa" | "ed25519";
  readonly hash: HashName;
}

/** The scheme certificates get from a key unless told otherwise. */
export function schemeFor(key: PublicKey, name: HashName = "sha256"): Scheme {
  if (key.kind === "rsa") return { family: "pkcs1", hash: name };
  return key.kind === "ec" ? { family: "ecdsa", hash: name } : { family: "ed25519", hash: "sha512" };
}

const signed = createMemo<Uint8Array>(256);
const verified = createMemo<boolean>(512);

const ids = new WeakMap<PublicKey, string>();

function keyId(key: PublicKey): string {
  const known = ids.get(key);
  if (known !== undefined) return known;
  const id = key.kind === "rsa" ? key.n.toString(32) : bytesKey(key.point);
  ids.set(key, id);
  return id;
}

/** A signature; deterministic (ECDSA by RFC 6979, PSS with a salt drawn from the message). */
export function sign(key: PrivateKey, scheme: Scheme, data: Uint8Array): Uint8Array {
  const id = `${scheme.family} ${scheme.hash} ${keyId(key)} ${bytesKey(data)}`;
  return signed(id, () => signNow(key, scheme, data));
}

function signNow(key: PrivateKey, scheme: Scheme, data: Uint8Array): Uint8Array {
  if (key.kind === "ed25519") return signEd25519(key.seed, data);
  if (key.kind === "ec") return signEcdsa(key.curve, key.scalar, scheme.hash, hash(scheme.hash, data));
  if (scheme.family === "pss") return signPss(key, scheme.hash, data, hash(scheme.hash, encodeElement(4, data)));
  return signPkcs1(key, scheme.hash, data);
}

/** Whether a signature holds. A scheme that does not fit the key is a signature that does not hold. */
export function verify(key: PublicKey, scheme: Scheme, data: Uint8Array, signature: Uint8Array): boolean {
  const id = `${scheme.family} ${scheme.hash} ${keyId(key)} ${bytesKey(signature)} ${bytesKey(data)}`;
  return verified(id, () => verifyNow(key, scheme, data, signature));
}

function verifyNow(key: PublicKey, scheme: Scheme, data: Uint8Array, signature: Uint8Array): boolean {
  if (key.kind === "ed25519") return scheme.family === "ed25519" && verifyEd25519(key.point, data, signature);
  if (key.kind === "ec")
    return scheme.family === "ecdsa" && verifyEcdsa(key.curve, key.point, hash(scheme.hash, data), signature);
  if (scheme.family === "pss") return verifyPss(key, scheme.hash, data, signature);
  return scheme.family === "pkcs1" && verifyPkcs1(key, scheme.hash, data, signature);
}
