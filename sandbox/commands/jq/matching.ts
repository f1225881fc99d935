// Regular expressions of jq.

import { compilePerl } from "../../lib/regex/perl.ts";
import { isRegexError } from "../../lib/regex/regex.ts";
import { describe, fail } from "./values.ts";

export function matchAll(input: unknown, args: readonly unknown[]): unknown[] {
  const [pattern, mods] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof input !== "string") return fail(`${describe(input)} cannot be matched, as it is not a string`);
  if (typeof pattern !== "string") return fail(`${describe(pattern)} cannot be matched, as it is not a string`);
  const flags = typeof mods === "string" ? mods : "";
  const bad = [...flags].find((flag) => !"gimnpslx".includes(flag));
  if (bad !== undefined) return fail(`${flags} is not a valid modifier string`);
  const regex = compilePerl(
    `${flags.includes("x") ? "(?x)" : ""}${flags.includes("s") || flags.includes("p") ? "(?s)" : ""}${pattern}`,
    flags.includes("i"),
    true,
  );
  if (isRegexError(regex)) return fail(`${pattern} (at offset 0) is not a valid regex: ${regex.error}`);
  const names = [...(regex.names ?? [])];
  const found: unknown[] = [];
  const offset = (at: number): number => [...input.slice(0, at)].length;
  for (let from = 0; from <= input.length; ) {
    const places = regex.exec(input, from);
    if (places === undefined) break;
    const [start = 0, end = 0] = places;
    const captures = Array.from({ length: regex.groups }, (_, index) => {
      const [low = -1, high = -1] = [places[index * 2 + 2], places[index * 2 + 3]];
      const text = low < 0 ? null : input.slice(low, high);
      return {
        offset: low < 0 ? -1 : offset(low),
        length: text === null ? 0 : [...text].length,
        string: text,
        name: names.find(([, group]) => group === index + 1)?.[0] ?? null,
      };
    });
    if (!(flags.includes("n") && start === end))
      found.push({
        offset: offset(start),
        length: [...input.slice(start, end)].length,
        string: input.slice(start, end),
        captures,
      });
    if (!flags.includes("g")) break;
    from = end > start ? end : end + 1;
  }
  return found;
}

export interface Found {
  readonly offset: number;
  readonly length: number;
  readonly captures: readonly { readonly name: string | null; readonly string: string | null }[];
}
