// Recordings and results: what every suite of the oracle reads and gives back.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { root } from "../packages.mjs";

export interface CaseResult {
  readonly id: string;
  readonly group: string;
  readonly agree: boolean;
  /** What differs, one sentence each. */
  readonly differs: readonly string[];
}

export interface SuiteResult {
  readonly suite: string;
  readonly agree: number;
  readonly total: number;
  readonly groups: Readonly<Record<string, { readonly agree: number; readonly total: number }>>;
  readonly cases: readonly CaseResult[];
}

/** A suite: replays the cases of files, those of the repository where none are given. */
export type Suite = (files: readonly string[]) => Promise<SuiteResult>;

const folder = join(root, "test/oracle");

/** Text of a file, unpacked where it is gzipped. */
export function readText(file: string): string {
  const bytes = readFileSync(file);
  return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("utf8");
}

/** Objects of a .jsonl file, one a line. */
export function readLines<T>(file: string): T[] {
  return readText(file)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as T);
}

/** Recordings of the repository whose names begin with the suite's. */
export function defaultFiles(suite: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${suite}-`) && /\.jsonl(\.gz)?$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** A base file that cases name: beside them, else from the repository; plain or gzipped. */
export function findBase(file: string, name: string): string | undefined {
  const places = [dirname(file), folder].flatMap((place) => [join(place, name), join(place, `${name}.gz`)]);
  return places.find((place) => existsSync(place));
}

/** Sums results up by their groups. */
export function summarize(suite: string, cases: readonly CaseResult[]): SuiteResult {
  const groups: Record<string, { agree: number; total: number }> = {};
  for (const { group, agree } of cases) {
    const sum = groups[group] ?? { agree: 0, total: 0 };
    groups[group] = sum;
    sum.total += 1;
    if (agree) sum.agree += 1;
  }
  return { suite, agree: cases.filter(({ agree }) => agree).length, total: cases.length, groups, cases };
}

/** One text beside another, cut around the place where they part. */
export function describeDifference(name: string, wanted: string, got: string): string {
  let at = 0;
  while (at < wanted.length && wanted[at] === got[at]) at += 1;
  const from = Math.max(0, at - 20);
  const cut = (text: string) => JSON.stringify(text.slice(from, at + 100));
  return `${name} at ${at}: wanted ${cut(wanted)}, got ${cut(got)}`;
}
