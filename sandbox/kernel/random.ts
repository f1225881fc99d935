// The machine's own randomness: sfc32, four words of state, the same bytes for the same seed.

import { hashText } from "./hash.ts";

/** Four unsigned 32-bit words; plain data, changed in place by `nextWord`. */
export type RandomState = [number, number, number, number];

/** State for a seed text; different texts give unrelated streams (a hash of the text, then warmed up). */
export function seedRandom(seed: string): RandomState {
  const state: RandomState = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 1];
  const hash = hashText(seed);
  state[0] ^= hash;
  state[1] ^= Math.imul(hash, 0x85ebca6b);
  for (let i = 0; i < 16; i++) nextWord(state);
  return state;
}

/** The next 32 random bits. */
export function nextWord(state: RandomState): number {
  const sum = (state[0] + state[1] + state[3]) | 0;
  state[3] = (state[3] + 1) | 0;
  state[0] = state[1] ^ (state[1] >>> 9);
  state[1] = (state[2] + (state[2] << 3)) | 0;
  state[2] = ((state[2] << 21) | (state[2] >>> 11)) + sum;
  state[2] |= 0;
  return sum >>> 0;
}

/** The next `count` random bytes. */
export function nextBytes(state: RandomState, count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count);
  for (let i = 0; i < count; i += 4) {
    let word = nextWord(state);
    for (let j = i; j < i + 4 && j < count; j++) {
      bytes[j] = word & 0xff;
      word >>>= 8;
    }
  }
  return bytes;
}
