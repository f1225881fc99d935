// The functions of bc -l by their series, on integers with some digits more than are asked for.

import { type Decimal, rescale, squareRoot } from "./number.ts";

/** s, c, a, l and e of -l, by their series; undefined for other names. */
export function transcendental(name: string, x: Decimal, scale: number): Decimal | undefined {
  const work = scale + 10;
  const unit = 10n ** BigInt(work);
  const value = rescale(x, work).digits;
  const done = (digits: bigint): Decimal => rescale({ digits, scale: work }, scale);
  switch (name) {
    case "e":
      return done(exponential(value, unit));
    case "l":
      return value <= 0n
        ? rescale({ digits: 1n - 10n ** BigInt(scale), scale: 0 }, scale)
        : done(logarithm(value, unit));
    case "a":
      return done(arcTangent(value, unit));
    case "s":
    case "c": {
      const half = 2n * arcTangent(unit, unit);
      const turned = (name === "c" ? value + half : value) % (4n * half);
      let [term, sum] = [turned, turned];
      const square = (turned * turned) / unit;
      for (let n = 2n; term !== 0n; n += 2n) {
        term = (-term * square) / unit / (n * (n + 1n));
        sum += term;
      }
      return done(sum);
    }
    default:
      return undefined;
  }
}

function exponential(value: bigint, unit: bigint): bigint {
  // Halved until small, then squared as often.
  let halvings = 0n;
  let small = value;
  while (small > unit || small < -unit) {
    small /= 2n;
    halvings += 1n;
  }
  const fine = 10n ** (halvings + 5n);
  const one = unit * fine;
  const exact = (value * fine) / 2n ** halvings;
  let [term, sum] = [one, one];
  for (let n = 1n; term !== 0n; n += 1n) {
    term = (term * exact) / one / n;
    sum += term;
  }
  for (let i = 0n; i < halvings; i += 1n) sum = (sum * sum) / one;
  return sum / fine;
}

/** By Newton's method on the exponential. */
function logarithm(value: bigint, unit: bigint): bigint {
  const digits = value.toString().length - unit.toString().length;
  let guess = (BigInt(digits) * 2302585n * unit) / 1000000n;
  for (let i = 0; i < 100; i++) {
    const power = exponential(guess, unit);
    const step = (2n * unit * (value - power)) / (value + power);
    guess += step;
    if (step === 0n || step === 1n || step === -1n) break;
  }
  return guess;
}

function arcTangent(value: bigint, unit: bigint): bigint {
  // a(x) = 2 a(x / (1 + sqrt(1 + x^2))) until x is small.
  let small = value;
  let factor = 1n;
  while (small > unit / 8n || small < -unit / 8n) {
    const root = squareRoot({ digits: unit * unit + small * small, scale: 0 }, 0)?.digits ?? unit;
    small = (small * unit) / (unit + root);
    factor *= 2n;
  }
  const square = (small * small) / unit;
  let [term, sum] = [small, small];
  for (let n = 3n; term !== 0n; n += 2n) {
    term = (-term * square) / unit;
    sum += term / n;
  }
  return sum * factor;
}
