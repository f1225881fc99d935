// Klog: headers, structured key="value" pairs, and the last line of a start that failed.

import { quoteGo } from "../lib/yaml-go/json.ts";

export interface LogLine {
  readonly severity: "I" | "W" | "E" | "F";
  /** Source file and line of this build, such as server.go:269. */
  readonly source: string;
  readonly text: string;
}

/** A klog line, or a line printed without header (deprecated flags, usage, panics). */
export type Output = LogLine | { readonly plain: string };

type Value = string | number | boolean | { readonly raw: string };

/** `"message" key="value"`; texts with line breaks take klog's block form. */
export function structured(message: string, ...pairs: readonly (readonly [string, Value])[]): string {
  return [quoteGo(message), ...pairs.map(([key, value]) => `${key}=${formatValue(value)}`)].join(" ");
}

function formatValue(value: Value): string {
  if (typeof value === "object") return value.raw;
  if (typeof value !== "string") return String(value);
  return value.includes("\n")
    ? `<\n${value
        .split("\n")
        .map((line) => `\t${line}\n`)
        .join("")} >`
    : quoteGo(value);
}

const two = (n: number): string => String(n).padStart(2, "0");

/** Prefix of a klog line: severity, date, time with microseconds, process id, source. */
export function klogHeader(line: LogLine, now: number, pid: number): string {
  const date = new Date(Math.floor(now));
  const micros = Math.floor((now - Math.floor(now)) * 1000);
  const day = `${two(date.getUTCMonth() + 1)}${two(date.getUTCDate())}`;
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  const fraction = String(date.getUTCMilliseconds() * 1000 + micros).padStart(6, "0");
  return `${line.severity}${day} ${time}.${fraction} ${String(pid).padStart(7)} ${line.source}] `;
}

export function formatOutput(line: Output, now: number, pid: number): string {
  return "plain" in line ? `${line.plain}\n` : `${klogHeader(line, now, pid)}${line.text}\n`;
}
