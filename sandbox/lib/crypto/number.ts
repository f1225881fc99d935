// Arithmetic on big integers for RSA: powers, inverses, primality. Slow in principle, quick enough with the tricks of rsa.ts.

/** base ** exponent mod modulus, by windows of four bits. */
export function powerMod(base: bigint, exponent: bigint, modulus: bigint): bigint {
  if (exponent < 0x20000n) return powerSmall(base % modulus, exponent, modulus);
  const table = [1n, base % modulus];
  for (let i = 2; i < 16; i++) table.push(((table[i - 1] as bigint) * (table[1] as bigint)) % modulus);
  let result = 1n;
  for (const digit of exponent.toString(16)) {
    result = (result * result) % modulus;
    result = (result * result) % modulus;
    result = (result * result) % modulus;
    result = (result * result) % modulus;
    const value = Number.parseInt(digit, 16);
    if (value > 0) result = (result * (table[value] as bigint)) % modulus;
  }
  return result;
}

function powerSmall(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n % modulus;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * base) % modulus;
  }
  return result;
}

/** The inverse of `value` modulo `modulus`, or 0 where there is none. */
export function inverseMod(value: bigint, modulus: bigint): bigint {
  let [a, b] = [((value % modulus) + modulus) % modulus, modulus];
  let [x, y] = [1n, 0n];
  while (a > 0n) {
    const quotient = b / a;
    [a, b] = [b - quotient * a, a];
    [x, y] = [y - quotient * x, x];
  }
  return b === 1n ? ((y % modulus) + modulus) % modulus : 0n;
}

/** The odd primes below 2000. */
export function smallPrimes(): number[] {
  const primes: number[] = [];
  for (let candidate = 3; candidate < 2000; candidate += 2) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}

/** Miller-Rabin with base 2: for the random candidates of key generation the chance of error is beyond notice. */
export function isProbablePrime(candidate: bigint): boolean {
  let odd = candidate - 1n;
  let twos = 0;
  while ((odd & 1n) === 0n) {
    odd >>= 1n;
    twos += 1;
  }
  let power = powerMod(2n, odd, candidate);
  if (power === 1n || power === candidate - 1n) return true;
  for (let i = 1; i < twos; i++) {
    power = (power * power) % candidate;
    if (power === candidate - 1n) return true;
  }
  return false;
}
