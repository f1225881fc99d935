// `:s`: replaces what a pattern finds.

import type { Task } from "../../../kernel/sys.ts";
import type { Regex } from "../../../lib/regex/regex.ts";
import { type Piece, substitute } from "../../../lib/regex/replace.ts";
import { confirmSubstitutions } from "../confirm.ts";
import type { Editor } from "../editor.ts";
import { lineStart } from "../motions.ts";
import { setPattern } from "../search.ts";
import { splitDelimited } from "./parts.ts";
import type { Range } from "./range.ts";

/** What `&` does again. */
export interface Substitution {
  readonly regex: Regex;
  readonly pieces: Piece[];
  readonly flags: string;
  readonly shown: string;
}

export function* substituteLines(vi: Editor, argument: string, range: Range, again: boolean): Task<void> {
  const { buffer } = vi;
  const delimiter = argument[0];
  let order = vi.lastSubstitution;
  if (!again && delimiter !== undefined && !/[\w\s"|&]/.test(delimiter)) {
    const [pattern = "", replacement = "", flags = ""] = splitDelimited(argument.slice(1), delimiter);
    const regex = pattern === "" ? vi.lastPattern : setPattern(vi, pattern);
    if (regex === undefined) return vi.error("E35: No previous regular expression");
    order = { regex, pieces: parseReplacement(replacement), flags, shown: replacement };
  } else if (order !== undefined)
    order = { ...order, flags: argument.includes("&") ? order.flags + argument : argument.trim() };
  if (order === undefined) return vi.error("E35: No previous regular expression");
  vi.lastSubstitution = order;
  const { regex, pieces, flags } = order;
  const fold =
    flags.includes("i") && vi.lastPatternText !== ""
      ? setPattern(vi, `\\c${vi.lastPatternText.replace(/^\\c/, "")}`)
      : regex;
  const [from, to] = [range.from, range.to];
  buffer.note(vi.cursor);
  let lines = 0;
  let count = 0;
  let last = -1;
  if (flags.includes("c")) {
    const asked = { regex: fold, pieces, global: flags.includes("g"), shown: order.shown };
    const sum = yield* confirmSubstitutions(vi, asked, from, to);
    if (!sum.found) return vi.error(`E486: Pattern not found: ${vi.lastPatternText}`);
    if (sum.last >= 0) vi.moveTo(lineStart(buffer, sum.last));
    return;
  }
  for (let line = to; line >= from; line--) {
    const text = buffer.line(line);
    const hits = countMatches(fold, text, flags.includes("g"));
    if (hits === 0) continue;
    count += hits;
    lines += 1;
    const result = flags.includes("n")
      ? undefined
      : substitute(text, fold, { pieces, global: flags.includes("g"), nth: 0 });
    if (result === undefined) continue;
    const parts = result.split("\n");
    buffer.lines.splice(line, 1, ...parts);
    last = last < 0 ? line + parts.length - 1 : last + parts.length - 1;
    buffer.changed();
  }
  if (count === 0) {
    if (!flags.includes("e")) vi.error(`E486: Pattern not found: ${vi.lastPatternText}`);
    return;
  }
  if (flags.includes("n"))
    return vi.message(`${count} match${count === 1 ? "" : "es"} on ${lines} line${lines === 1 ? "" : "s"}`);
  vi.moveTo(lineStart(buffer, last));
  if (lines > 2 || count > 2)
    vi.message(`${count} substitution${count === 1 ? "" : "s"} on ${lines} line${lines === 1 ? "" : "s"}`);
}

function countMatches(regex: Regex, text: string, all: boolean): number {
  let count = 0;
  for (let at = 0; at <= text.length; ) {
    const span = regex.find(text, at);
    if (span === undefined) break;
    count += 1;
    if (!all) break;
    at = span[1] > span[0] ? span[1] : span[0] + 1;
  }
  return count;
}

/** vi's right sides: & and \0 are the match, \r breaks the line, \n is a zero byte shown as a break too. */
function parseReplacement(text: string): Piece[] {
  const pieces: Piece[] = [];
  const push = (piece: Piece): void => void pieces.push(piece);
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? "";
    if (char === "&") push({ kind: "group", index: 0 });
    else if (char === "\r") push({ kind: "text", text: "\n" });
    else if (char !== "\\") push({ kind: "text", text: char });
    else {
      const next = text[++i] ?? "";
      if (/[0-9]/.test(next)) push({ kind: "group", index: Number(next) });
      else if (/[ULulE]/.test(next)) push({ kind: "case", change: next as "U" });
      else push({ kind: "text", text: next === "r" || next === "n" ? "\n" : next === "t" ? "\t" : next });
    }
  }
  return pieces;
}
