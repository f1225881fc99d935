// Numbers with unit letters, both ways: `10M` as coreutils read it, `9.8M` as they write it.

const POWERS = "KMGTPEZYRQ";

export type SizeProblem = "invalid" | "suffix" | "overflow";

/** Multiplier of a suffix (`K`, `KiB`, `kB`, `b`, `w`, `c`), or undefined. `allowed` lists the letters a program takes. */
export function suffixValue(suffix: string, allowed: string): number | undefined {
  if (suffix === "") return 1;
  const letter = suffix[0] ?? "";
  if (!allowed.includes(letter)) return undefined;
  const tail = suffix.slice(1);
  if (tail === "") {
    if (letter === "b") return 512;
    if (letter === "c") return 1;
    if (letter === "w") return 2;
  }
  const power = POWERS.indexOf(letter.toUpperCase()) + 1;
  if (power === 0 || (power > 3 && letter !== letter.toUpperCase())) return undefined;
  if (tail === "" || tail === "iB") return 1024 ** power;
  return tail === "B" && allowed.includes("0") ? 1000 ** power : undefined;
}

/** A size as xstrtoumax(3) of gnulib reads it: digits and a suffix. `0` among the allowed letters admits `kB` and `KiB`. */
export function parseSize(text: string, allowed = "bkKmMGTPEZY0"): number | { problem: SizeProblem } {
  const found = /^\s*\+?(\d*)(.*)$/s.exec(text);
  const digits = found?.[1] ?? "";
  const suffix = found?.[2] ?? "";
  if (digits === "" && (suffix === "" || suffixValue(suffix, allowed) === undefined)) return { problem: "invalid" };
  const factor = suffixValue(suffix, allowed);
  if (factor === undefined) return { problem: suffix === "" ? "invalid" : "suffix" };
  const value = (digits === "" ? 1 : Number(digits)) * factor;
  return value >= 2 ** 64 ? { problem: "overflow" } : value;
}

/**
 * A size in human form, as `ls -h` and `df -h` write it: rounded up, one decimal below ten.
 * `base` is 1024 or 1000.
 */
export function formatHuman(size: number, base: 1000 | 1024 = 1024): string {
  let power = 0;
  let scaled = size;
  while (scaled >= base && power < POWERS.length) {
    scaled /= base;
    power += 1;
  }
  if (power === 0) return String(Math.ceil(size));
  if (scaled < 10) {
    const tenths = Math.ceil(roundUp(scaled * 10));
    if (tenths < 100) return `${Math.floor(tenths / 10)}.${tenths % 10}${unitLetter(power, base)}`;
    scaled = 10;
  }
  const whole = Math.ceil(roundUp(scaled));
  if (whole >= base && power < POWERS.length) return `1.0${unitLetter(power + 1, base)}`;
  return whole + unitLetter(power, base);
}

/** Takes away the noise of binary fractions before rounding up. */
function roundUp(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}

function unitLetter(power: number, base: number): string {
  const letter = POWERS[power - 1] ?? "";
  return power === 1 && base === 1000 ? "k" : letter;
}
