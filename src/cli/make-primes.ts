// Makes sandbox/lib/crypto/primes.ts: primes of 1024 bits whose pairs are the RSA keys of scenes and services.
// Deterministic: the same file every time. Run it on purpose only, since every certificate of every scene follows from it.

import { writeFileSync } from "node:fs";
import { concat, encode } from "../../sandbox/kernel/text.ts";
import { bigintToBytes } from "../../sandbox/lib/asn1/der.ts";
import { toBase64 } from "../../sandbox/lib/crypto/base64.ts";
import { hash } from "../../sandbox/lib/crypto/hash.ts";
import { smallPrimes } from "../../sandbox/lib/crypto/number.ts";
import { findPrime } from "../../sandbox/lib/crypto/rsa.ts";

const COUNT = 24;
let drawn = 0;

/** Bytes from SHA-256 over a counter. */
function random(count: number): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for (let size = 0; size < count; size += 32) parts.push(hash("sha256", encode(`kubelet-captain primes ${drawn++}`)));
  return concat(parts).slice(0, count);
}

function* rest() {}

const lines: string[] = [];
const sieve = smallPrimes();
for (let i = 0; i < COUNT; i++) {
  const search = findPrime({ random, due: () => false, rest }, 1024, 65537n, sieve);
  let step = search.next();
  while (!step.done) step = search.next();
  lines.push(`  "${toBase64(bigintToBytes(step.value, 128))}",`);
}
const text = `// Primes of 1024 bits, made by src/cli/make-primes.ts; every pair of them is an RSA key of 2048 bits.\n\nexport const PRIMES: readonly string[] = [\n${lines.join("\n")}\n];\n`;
writeFileSync(new URL("../../sandbox/lib/crypto/primes.ts", import.meta.url), text);
