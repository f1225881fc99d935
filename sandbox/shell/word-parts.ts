// Words put together of their parts.

import type { Part, Word } from "./ast.ts";

const PLAIN = /^[^*?[\]{}~\\]*$/;

/** Appends text to a list of parts, joining neighbours of the same kind. */
export function addText(parts: Part[], k: "lit" | "quo", s: string): void {
  const last = parts.at(-1);
  if (last !== undefined && last.k === k) parts[parts.length - 1] = { k, s: last.s + s };
  else parts.push({ k, s });
}

/** A word out of parts. */
export function makeWord(parts: readonly Part[], raw: string): Word {
  const only = parts.length === 1 ? parts[0] : undefined;
  if (only?.k === "lit" && PLAIN.test(only.s)) return { parts, raw, plain: only.s };
  return { parts, raw };
}
