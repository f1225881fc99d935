// Brace expansion: `a{b,c}d` and `{1..9..2}`, on the parts of a word before anything else is expanded.

import type { Part, Word } from "./ast.ts";

/** A character of unquoted text, or a part that is left alone. */
type Item = string | Part;

function toItems(parts: readonly Part[]): Item[] {
  return parts.flatMap((part): Item[] => (part.k === "lit" ? [...part.s] : [part]));
}

function toParts(items: readonly Item[]): Part[] {
  const parts: Part[] = [];
  for (const item of items) {
    const last = parts.at(-1);
    if (typeof item !== "string") parts.push(item);
    else if (last?.k === "lit") parts[parts.length - 1] = { k: "lit", s: last.s + item };
    // `$a{b,c}` is `$ab $ac`: the name of a bare variable grows.
    else if (last?.k === "par" && last.bare && /^[A-Za-z_]/.test(last.name) && /\w/.test(item)) {
      parts[parts.length - 1] = { ...last, name: last.name + item, text: last.text + item };
    } else parts.push({ k: "lit", s: item });
  }
  return parts;
}

/** All words that the braces of a word stand for; the word itself where there are none. */
export function expandBraces(word: Word): readonly Word[] {
  if (word.plain !== undefined || !word.parts.some((part) => part.k === "lit" && part.s.includes("{"))) return [word];
  const all = expandItems(toItems(word.parts));
  if (all.length === 1) return [word];
  return all.map((items) => ({ parts: toParts(items), raw: word.raw }));
}

function expandItems(items: readonly Item[]): Item[][] {
  for (let open = items.indexOf("{"); open >= 0; open = items.indexOf("{", open + 1)) {
    const before = items[open - 1];
    if (before === "$") continue;
    const { close, commas } = findClose(items, open);
    if (close < 0) continue;
    const choices =
      commas.length > 0
        ? cut(items, open, close, commas).flatMap(expandItems)
        : expandRange(items.slice(open + 1, close));
    if (choices === undefined) continue;
    const head = items.slice(0, open);
    const tails = expandItems(items.slice(close + 1));
    return choices.flatMap((choice) => tails.map((tail) => [...head, ...choice, ...tail]));
  }
  return [[...items]];
}

function findClose(items: readonly Item[], open: number): { close: number; commas: number[] } {
  const commas: number[] = [];
  for (let i = open + 1, depth = 1; i < items.length; i++) {
    const item = items[i];
    if (item === "{") depth += 1;
    else if (item === "}" && --depth === 0) return { close: i, commas };
    else if (item === "," && depth === 1) commas.push(i);
  }
  return { close: -1, commas };
}

function cut(items: readonly Item[], open: number, close: number, commas: readonly number[]): Item[][] {
  const marks = [open, ...commas, close];
  return marks.slice(1).map((mark, i) => items.slice((marks[i] as number) + 1, mark));
}

/** `1..5`, `a..e`, with a step; undefined where it is no range. */
function expandRange(items: readonly Item[]): Item[][] | undefined {
  if (!items.every((item) => typeof item === "string")) return undefined;
  const text = items.join("");
  const numbers = /^([-+]?\d+)\.\.([-+]?\d+)(?:\.\.([-+]?\d+))?$/.exec(text);
  const letters = /^([A-Za-z])\.\.([A-Za-z])(?:\.\.([-+]?\d+))?$/.exec(text);
  const match = numbers ?? letters;
  if (match === null) return undefined;
  const [low, high] = [match[1] as string, match[2] as string];
  const code = (end: string) => (numbers === null ? end.charCodeAt(0) : Number(end));
  const [from, to] = [code(low), code(high)];
  const step = Math.abs(Number(match[3] ?? 1)) || 1;
  const count = Math.floor(Math.abs(to - from) / step) + 1;
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || count > 1_000_000) return undefined;
  const zeros =
    numbers !== null && (/^[-+]?0\d/.test(low) || /^[-+]?0\d/.test(high)) ? Math.max(low.length, high.length) : 0;
  return Array.from({ length: count }, (_, i) => {
    const value = from + (to >= from ? 1 : -1) * i * step;
    const shown =
      numbers === null
        ? String.fromCharCode(value)
        : value < 0
          ? `-${String(-value).padStart(zeros - 1, "0")}`
          : String(value).padStart(zeros, "0");
    // A backslash among the letters quotes nothing and is gone.
    return numbers === null && !/[A-Za-z0-9]/.test(shown)
      ? [{ k: "quo" as const, s: shown.replace("\\", "") }]
      : [...shown];
  });
}
