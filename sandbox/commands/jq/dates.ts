// Dates of jq: broken-down time, written and read.

import { compilePerl } from "../../lib/regex/perl.ts";
import { isRegexError } from "../../lib/regex/regex.ts";
import { formatTime, MONTHS } from "../../lib/strftime.ts";
import { fail, list } from "./values.ts";

/** Broken-down time, as gmtime makes it: month from 0, weekday, day of the year from 0. */
export function gmtime(seconds: number): number[] {
  const date = new Date(Math.floor(seconds) * 1000);
  const start = Date.UTC(date.getUTCFullYear(), 0, 1);
  const day = Math.floor((date.getTime() - start) / 86_400_000);
  return [
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds() + (seconds - Math.floor(seconds)),
    date.getUTCDay(),
    day,
  ];
}

export function strftime(input: unknown, format: unknown): string {
  const time = typeof input === "number" ? gmtime(input) : (list(input, "cannot be parsed as a date") as number[]);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = time;
  return formatTime(String(format), Date.UTC(year, month, day, hour, minute, Math.floor(second)));
}

export function strptime(input: unknown, format: unknown): number[] {
  if (typeof input !== "string") return fail(`strptime/1 requires string inputs and arguments`);
  const order: string[] = [];
  const shapes: Readonly<Record<string, string>> = {
    Y: "(\\d{4})",
    m: "(\\d{1,2})",
    d: "(\\d{1,2})",
    H: "(\\d{1,2})",
    M: "(\\d{1,2})",
    S: "(\\d{1,2})",
    Z: "([A-Za-z]+)",
    z: "([+-]\\d{4})",
    b: "([A-Za-z]{3})",
    e: " ?(\\d{1,2})",
    a: "([A-Za-z]{3})",
  };
  const full = String(format).replaceAll("%T", "%H:%M:%S").replaceAll("%F", "%Y-%m-%d");
  const source = full.replace(
    /%(.)|([.*+?^${}()|[\]\\])/g,
    (_whole, letter: string | undefined, sign: string | undefined) => {
      if (letter === undefined) return `\\${sign}`;
      order.push(letter);
      return shapes[letter] ?? "";
    },
  );
  const regex = compilePerl(`^${source}$`, false, false);
  const found = isRegexError(regex) ? undefined : regex.exec(input);
  if (found === undefined) return fail(`date "${input}" does not match format "${format}"`);
  const parts: Record<string, string> = {};
  order.forEach((letter, index) => {
    parts[letter] = input.slice(found[index * 2 + 2], found[index * 2 + 3]);
  });
  const month =
    parts.b === undefined ? Number(parts.m ?? 1) - 1 : MONTHS.findIndex((name) => name.startsWith(parts.b ?? ""));
  const seconds =
    Date.UTC(
      Number(parts.Y ?? 1900),
      month,
      Number(parts.d ?? parts.e ?? 1),
      Number(parts.H ?? 0),
      Number(parts.M ?? 0),
      Number(parts.S ?? 0),
    ) / 1000;
  return gmtime(seconds);
}
