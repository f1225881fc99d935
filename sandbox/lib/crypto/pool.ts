// Ready RSA keys for what scenes and services need, so that a machine boots without searching for primes.
// fidelity: keys of the pool share primes with other keys of the pool, which real keys never do.

import { bytesToBigint } from "../asn1/der.ts";
import { createMemo } from "../memo.ts";
import { fromBase64 } from "./base64.ts";
import { type RsaPrivateKey, rsaKeyFromPrimes } from "./keys.ts";
import { PRIMES } from "./primes.ts";

const made = createMemo<RsaPrivateKey>(64);

/** How many different keys there are. */
export const POOL_SIZE = (PRIMES.length * (PRIMES.length - 1)) / 2;

/** The key number `index` of a machine or fleet: different for each index, in another order for each seed. RSA 2048. */
export function poolKey(seed: number, index: number): RsaPrivateKey {
  // 367 is prime to the number of pairs, so the steps visit every pair before one comes again.
  const number = (((Math.trunc(seed) * 7919 + index * 367) % POOL_SIZE) + POOL_SIZE) % POOL_SIZE;
  return made(String(number), () => {
    let [first, left] = [0, number];
    while (left >= PRIMES.length - 1 - first) {
      left -= PRIMES.length - 1 - first;
      first += 1;
    }
    return rsaKeyFromPrimes(prime(first), prime(first + 1 + left));
  });
}

function prime(index: number): bigint {
  return bytesToBigint(fromBase64(PRIMES[index] ?? "") ?? new Uint8Array(0));
}
