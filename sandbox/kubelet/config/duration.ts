// Go's durations and Kubernetes' quantities: reading, printing, and the texts of their errors.

import { quoteGo } from "../../lib/yaml-go/json.ts";

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  "\u00b5s": 1000n,
  "\u03bcs": 1000n,
  ms: 1000000n,
  s: 1000000000n,
  m: 60000000000n,
  h: 3600000000000n,
};
const LARGEST = 1n << 63n;

/** time.ParseDuration: nanoseconds, or the text of its error. */
export function parseDuration(text: string): bigint | { readonly error: string } {
  const invalid = { error: `time: invalid duration ${quoteGo(text)}` };
  let rest = text;
  const negative = rest.startsWith("-");
  if (/^[-+]/.test(rest)) rest = rest.slice(1);
  if (rest === "0") return 0n;
  if (rest === "") return invalid;
  let total = 0n;
  while (rest !== "") {
    const number = /^([0-9]*)(\.([0-9]*))?/.exec(rest) as RegExpExecArray;
    const whole = number[1] ?? "";
    const fraction = number[3] ?? "";
    if (whole === "" && fraction === "") return invalid;
    rest = rest.slice(number[0].length);
    const unit = /^[^.0-9]*/.exec(rest)?.[0] ?? "";
    if (unit === "") return { error: `time: missing unit in duration ${quoteGo(text)}` };
    rest = rest.slice(unit.length);
    const size = UNITS[unit];
    if (size === undefined) return { error: `time: unknown unit ${quoteGo(unit)} in duration ${quoteGo(text)}` };
    total += BigInt(whole === "" ? 0 : whole) * size;
    if (fraction !== "") total += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
    if (total > LARGEST || (total === LARGEST && !negative)) return invalid;
  }
  return negative ? -total : total;
}

/** Duration.String: 1h0m0s, 1.5s, 100ms, 0s. */
export function formatDuration(value: bigint): string {
  if (value === 0n) return "0s";
  const sign = value < 0n ? "-" : "";
  const size = value < 0n ? -value : value;
  if (size < 1000n) return `${sign}${size}ns`;
  if (size < 1000000n) return `${sign}${decimal(size, 3)}\u00b5s`;
  if (size < 1000000000n) return `${sign}${decimal(size, 6)}ms`;
  const minutes = size / 60000000000n;
  const seconds = `${decimal(size % 60000000000n, 9)}s`;
  if (minutes === 0n) return sign + seconds;
  return minutes < 60n ? `${sign}${minutes}m${seconds}` : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

function decimal(value: bigint, places: number): string {
  const unit = 10n ** BigInt(places);
  const fraction = String(value % unit)
    .padStart(places, "0")
    .replace(/0+$/, "");
  return fraction === "" ? String(value / unit) : `${value / unit}.${fraction}`;
}

/** Nanoseconds of a duration that is known to be good. */
export function nanoseconds(text: unknown): bigint {
  const value = typeof text === "string" ? parseDuration(text) : 0n;
  return typeof value === "bigint" ? value : 0n;
}

export const milliseconds = (text: unknown): number => Number(nanoseconds(text)) / 1e6;

const QUANTITY = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const SUFFIXES: Readonly<Record<string, number>> = {
  "": 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
  Pi: 1024 ** 5,
  Ei: 1024 ** 6,
};

/** resource.ParseQuantity, near enough to compare sizes: a number, or the text of its error. */
export function parseQuantity(text: string): number | { readonly error: string } {
  const match = /^([+-]?[0-9]*\.?[0-9]*)([a-zA-Z]*)([-+]?[0-9]*)$/.exec(text);
  const number = match?.[1] ?? "";
  if (match === null || !/[0-9]/.test(number)) return { error: QUANTITY };
  const suffix = match[2] ?? "";
  const exponent = match[3] ?? "";
  if (exponent !== "") {
    if (suffix !== "e" && suffix !== "E") return { error: QUANTITY };
    return Number(number) * 10 ** Number(exponent);
  }
  const size = Object.hasOwn(SUFFIXES, suffix) ? SUFFIXES[suffix] : undefined;
  return size === undefined ? { error: QUANTITY } : Number(number) * size;
}
