// The commands of the colon: a line taken apart, and the command that its name stands for.

import type { Task } from "../../../kernel/sys.ts";
import { hitEnter } from "../command-line.ts";
import type { Editor } from "../editor.ts";
import { lineStart } from "../motions.ts";
import { setPattern } from "../search.ts";
import { editFile, fileInfo, quit, readIn, writeFile } from "./files.ts";
import { cutLines, joinLines, moveLines, putLines, retab, shiftLines, sortLines } from "./lines.ts";
import { splitBars, splitDelimited } from "./parts.ts";
import { type Range, readRange } from "./range.ts";
import { setOptions } from "./set.ts";
import { runShell } from "./shell.ts";
import { substituteLines } from "./substitute.ts";

/** Names that may be cut short to their least form. */
const NAMES: readonly (readonly [least: string, full: string])[] = [
  ["w", "write"],
  ["q", "quit"],
  ["x", "xit"],
  ["e", "edit"],
  ["r", "read"],
  ["s", "substitute"],
  ["g", "global"],
  ["v", "vglobal"],
  ["d", "delete"],
  ["y", "yank"],
  ["m", "move"],
  ["t", "t"],
  ["co", "copy"],
  ["j", "join"],
  ["norm", "normal"],
  ["se", "set"],
  ["wq", "wq"],
  ["wa", "wall"],
  ["qa", "qall"],
  ["wqa", "wqall"],
  ["xa", "xall"],
  ["noh", "nohlsearch"],
  ["f", "file"],
  ["u", "undo"],
  ["red", "redo"],
  ["reg", "registers"],
  ["k", "k"],
  ["ma", "mark"],
  ["p", "print"],
  ["nu", "number"],
  ["sh", "shell"],
  ["retab", "retab"],
  ["sy", "syntax"],
  ["cq", "cquit"],
  ["sor", "sort"],
  ["pu", "put"],
  ["ene", "enew"],
  ["up", "update"],
  ["h", "help"],
];

/** Runs what was typed behind a colon. */
export function* runEx(vi: Editor, line: string): Task<void> {
  for (const part of splitBars(line)) {
    yield* runOne(vi, part);
    if (vi.done !== undefined) return;
  }
}

function* runOne(vi: Editor, text: string): Task<void> {
  let rest = text.replace(/^[\s:]+/, "");
  const parsed = readRange(vi, rest);
  if (parsed === undefined) return;
  const { range } = parsed;
  rest = parsed.rest.trimStart();
  if (rest === "") {
    if (range.given > 0) vi.moveTo(lineStart(vi.buffer, range.to));
    return;
  }
  if (rest.startsWith('"')) return;
  if (rest.startsWith("!")) return yield* runShell(vi, rest.slice(1), range);
  const found = /^([a-zA-Z]+|[&<>=~@#])(!?)\s*([\s\S]*)$/.exec(rest);
  const word = found?.[1] ?? "";
  const bang = found?.[2] === "!";
  const argument = found?.[3] ?? "";
  if (
    /^[sgv]$|^sno$/.test(word[0] ?? "") &&
    !/^(set?|sy|syntax|sh|shell|sort?|substitute|global|vglobal)$/.test(word)
  ) {
    const short = /^([sgv])(!?)([\s\S]*)$/.exec(rest);
    return yield* dispatch(
      vi,
      short?.[1] === "s" ? "substitute" : short?.[1] === "v" ? "vglobal" : "global",
      short?.[2] === "!",
      short?.[3] ?? "",
      range,
      rest,
    );
  }
  // k takes its mark without a blank.
  if (/^k[a-z]$/.test(word)) return void vi.buffer.marks.set(word[1] ?? "", { line: range.to, column: 0 });
  const name =
    NAMES.find(([least, full]) => full.startsWith(word) && word.length >= least.length)?.[1] ??
    (/^[&<>=]$/.test(word) ? word : undefined);
  if (name === undefined) return vi.error(`E492: Not an editor command: ${text.trim()}`);
  yield* dispatch(vi, name, bang, argument, range, rest);
}

function* dispatch(vi: Editor, name: string, bang: boolean, argument: string, range: Range, whole: string): Task<void> {
  const { buffer } = vi;
  switch (name) {
    case "write":
    case "update":
      yield* writeFile(vi, argument.trim(), bang, range);
      return;
    case "quit":
    case "qall":
      return quit(vi, bang);
    case "cquit":
      vi.done = 1;
      return;
    case "wq":
    case "wqall":
    case "xit":
    case "xall":
    case "wall": {
      const needs = name.startsWith("w") || buffer.modified || argument.trim() !== "";
      if (needs && !(yield* writeFile(vi, argument.trim(), bang, range, name !== "wall"))) return;
      if (name !== "wall") {
        vi.leftMessage = needs;
        vi.done = 0;
      }
      return;
    }
    case "edit":
    case "enew":
      return yield* editFile(vi, name === "enew" ? "" : argument.trim(), bang);
    case "read":
      return yield* readIn(vi, argument.trim(), range);
    case "file":
      if (argument.trim() !== "") vi.file = argument.trim();
      return vi.message(fileInfo(vi));
    case "substitute":
    case "&":
      return yield* substituteLines(vi, argument, range, name === "&");
    case "normal":
      return yield* normalOnLines(vi, argument, range);
    case "global":
    case "vglobal":
      return yield* global(vi, argument, name === "vglobal" || bang, range);
    case "delete":
    case "yank":
      return cutLines(vi, argument, range, name === "delete");
    case "put":
      return putLines(vi, argument, bang, range);
    case "move":
    case "copy":
    case "t":
      return moveLines(vi, argument, range, name === "move");
    case "join":
      return joinLines(vi, bang, range);
    case "<":
    case ">":
      return shiftLines(vi, argument, range, name === ">");
    case "=":
      return vi.message(String(range.given > 0 ? range.to + 1 : buffer.lines.length));
    case "set":
      return setOptions(vi, argument);
    case "undo":
    case "redo": {
      const spot = buffer.travel(name === "redo", vi.cursor);
      if (spot !== undefined) vi.moveTo(spot);
      return;
    }
    case "mark":
    case "k":
      buffer.marks.set(argument.trim()[0] ?? "", { line: range.to, column: 0 });
      return;
    case "sort":
      return sortLines(vi, argument, bang, range);
    case "retab":
      return retab(vi, range);
    case "registers":
      return yield* showLines(vi, [
        `Type Name Content`,
        ...[...buffer.registers]
          .sort()
          .map(([key, taken]) => `  ${taken.linewise ? "l" : "c"}  "${key}   ${taken.lines.join("^J")}`),
      ]);
    case "print":
    case "number":
      return vi.message(buffer.line(range.to));
    case "nohlsearch":
    case "syntax":
      return;
    case "shell":
      return yield* runShell(vi, "", { ...range, given: 0 });
    default:
      return vi.error(name === "help" ? "E478: Don't panic!" : `E492: Not an editor command: ${whole}`);
  }
}

/** `:normal`: keys typed on each line. */
function* normalOnLines(vi: Editor, keys: string, range: Range): Task<void> {
  const [from, to] = range.given > 0 ? [range.from, range.to] : [vi.cursor.line, vi.cursor.line];
  let drift = 0;
  for (let line = from; line <= to; line++) {
    const before = vi.buffer.lines.length;
    if (range.given > 0) vi.moveTo({ line: line + drift, column: 0 });
    yield* vi.normal(keys);
    drift += vi.buffer.lines.length - before;
  }
}

function* showLines(vi: Editor, lines: readonly string[]): Task<void> {
  const { screen } = vi;
  screen.put(`\n${lines.map((line) => `${line}\n`).join("")}`);
  yield* hitEnter(vi);
}

/** `:g` and `:v`: a command on each line that a pattern finds or does not find. */
function* global(vi: Editor, argument: string, inverted: boolean, range: Range): Task<void> {
  const { buffer } = vi;
  const delimiter = argument[0] ?? "/";
  const [pattern = "", command = ""] = splitDelimited(argument.slice(1), delimiter, 2);
  const regex = pattern === "" ? vi.lastPattern : setPattern(vi, pattern);
  if (regex === undefined) return vi.error("E35: No previous regular expression");
  const [from, to] = range.given > 0 ? [range.from, range.to] : [0, buffer.last];
  // Marks on the lines themselves survive insertions and deletions before them.
  const marked = new Set<number>();
  for (let line = from; line <= to; line++) if (regex.test(buffer.line(line)) !== inverted) marked.add(line);
  if (marked.size === 0) return vi.error(`E486: Pattern not found: ${pattern}`);
  buffer.note(vi.cursor);
  let drift = 0;
  for (const line of marked) {
    const before = buffer.lines.length;
    vi.cursor = { line: line + drift, column: 0 };
    yield* runOne(vi, command.trim() || "p");
    drift += buffer.lines.length - before;
    if (vi.io.sys.due()) yield* vi.io.sys.rest();
  }
  vi.clamp();
}
