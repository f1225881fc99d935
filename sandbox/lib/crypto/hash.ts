// Digests by name, and how many bytes of which scheme they are.

import { hmac } from "@noble/hashes/hmac.js";
import { md5, sha1 } from "@noble/hashes/legacy.js";
import { sha224, sha256, sha384, sha512 } from "@noble/hashes/sha2.js";

const HASHES = { md5, sha1, sha224, sha256, sha384, sha512 };

export type HashName = keyof typeof HASHES;

export function isHashName(name: string): name is HashName {
  return Object.hasOwn(HASHES, name);
}

/** The digest of some bytes. */
export function hash(name: HashName, bytes: Uint8Array): Uint8Array {
  return HASHES[name](bytes);
}

/** The function itself, for HMAC and key derivation. */
export function hashFunction(name: HashName) {
  return HASHES[name];
}

/** HMAC by digest name. */
export function hmacOf(name: HashName, key: Uint8Array, data: Uint8Array): Uint8Array {
  return hmac(HASHES[name], key, data);
}
