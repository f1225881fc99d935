// BLAKE2b with a digest of any length, for b2sum and cksum.

import { blake2b } from "@noble/hashes/blake2.js";

/** A hash under way, its digest of so many bytes. */
export function createBlake2b(bytes: number) {
  return blake2b.create({ dkLen: bytes });
}
