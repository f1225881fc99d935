// How nano draws: its title, the lines, the message and the keys at the bottom.

import { isErrno } from "../../kernel/errno.ts";
import { textWidth } from "../../lib/width.ts";
import type { Nano } from "./editor.ts";

const REVERSE = "\x1b(B\x1b[0;7m";
const NORMAL = "\x1b(B\x1b[m";

/** Key and label of the bottom lines, in columns of two. */
type Hint = readonly [key: string, label: string];
export type Hints = readonly (readonly [Hint, Hint])[];

const MAIN: Hints = [
  [
    ["^G", "Help"],
    ["^X", "Exit"],
  ],
  [
    ["^O", "Write Out"],
    ["^R", "Read File"],
  ],
  [
    ["^F", "Where Is"],
    ["^\\", "Replace"],
  ],
  [
    ["^K", "Cut"],
    ["^U", "Paste"],
  ],
  [
    ["^T", "Execute"],
    ["^J", "Justify"],
  ],
  [
    ["^C", "Location"],
    ["^/", "Go To Line"],
  ],
  [
    ["M-U", "Undo"],
    ["M-E", "Redo"],
  ],
  [
    ["M-A", "Set Mark"],
    ["M-6", "Copy"],
  ],
];

/** What stands in place of messages while something is asked. */
export interface Prompt {
  readonly text: string;
  readonly hints: Hints;
  readonly cursor: number;
}

export function put(nano: Nano, text: string): void {
  nano.io.print(text);
}

export function measure(nano: Nano): void {
  const size = nano.io.sys.windowSize(nano.fd);
  if (isErrno(size) || size.rows === 0) return;
  nano.rows = size.rows;
  nano.columns = size.columns;
}

export function height(nano: Nano): number {
  return nano.rows - 4;
}

export function draw(nano: Nano, prompt?: Prompt): void {
  if (nano.line < nano.top) nano.top = Math.max(0, nano.line - Math.floor(height(nano) / 2));
  if (nano.line >= nano.top + height(nano)) nano.top = Math.max(0, nano.line - Math.floor(height(nano) / 2));
  let text = `\x1b[?25l\x1b[H${REVERSE}${title(nano)}${NORMAL}`;
  const shown = expand(nano, nano.line, nano.column).length;
  const shift = shown >= nano.columns - 1 ? shown - (shown % (nano.columns - 8)) : 0;
  for (let row = 0; row < height(nano); row++) {
    const index = nano.top + row;
    const line = index < nano.lines.length ? expand(nano, index) : "";
    const from = index === nano.line ? shift : 0;
    text += `\x1b[${row + 2};1H${selected(nano, index, line.slice(from, from + nano.columns))}\x1b[K`;
  }
  text += `\x1b[${nano.rows - 2};1H\x1b[K`;
  if (prompt !== undefined) text += `${REVERSE}${prompt.text.padEnd(nano.columns)}${NORMAL}`;
  else if (nano.status !== "") {
    const message = `[ ${nano.status} ]`;
    text += `\x1b[${nano.rows - 2};${Math.max(1, Math.floor((nano.columns - message.length) / 2) + 1)}H${REVERSE}${message}${NORMAL}`;
  }
  text += hintLines(nano, prompt?.hints ?? MAIN);
  text +=
    prompt === undefined
      ? `\x1b[${nano.line - nano.top + 2};${shown - shift + 1}H`
      : `\x1b[${nano.rows - 2};${prompt.cursor + 1}H`;
  put(nano, `${text}\x1b[?12l\x1b[?25h`);
}

function expand(nano: Nano, index: number, until?: number): string {
  let text = "";
  for (const char of (nano.lines[index] ?? "").slice(0, until))
    text +=
      char === "\t"
        ? " ".repeat(8 - (text.length % 8))
        : char < " "
          ? `^${String.fromCharCode(char.charCodeAt(0) + 64)}`
          : char;
  return text;
}

/** A line with what is marked in it shown reversed. */
function selected(nano: Nano, index: number, text: string): string {
  const marked = nano.marked();
  if (marked === undefined) return text;
  const [from, to] = marked;
  if (index < from.line || index > to.line) return text;
  const [start, end] = [index === from.line ? from.column : 0, index === to.line ? to.column : text.length];
  return `${text.slice(0, start)}${REVERSE}${text.slice(start, end)}${NORMAL}${text.slice(end)}`;
}

/** Version left, name in the middle, `Modified` right. */
function title(nano: Nano): string {
  const left = "  GNU nano 8.4";
  const name = nano.name === "" ? "New Buffer" : nano.name;
  const right = nano.modified ? "Modified " : nano.readonly ? "View " : "";
  const at = Math.max(left.length + 2, Math.floor((nano.columns - textWidth(name)) / 2));
  return (left.padEnd(at) + name).padEnd(nano.columns - right.length).slice(0, nano.columns - right.length) + right;
}

function hintLines(nano: Nano, hints: Hints): string {
  const count = Math.min(hints.length, Math.max(1, Math.floor(nano.columns / 13)));
  const width = Math.floor(nano.columns / Math.max(count, 1));
  let text = "";
  for (const row of [0, 1] as const) {
    text += `\x1b[${nano.rows - 1 + row};1H\x1b[K`;
    for (let i = 0; i < count; i++) {
      const [key = "", label = ""] = hints[i]?.[row] ?? [];
      if (key !== "")
        text += `\x1b[${nano.rows - 1 + row};${i * width + 1}H${REVERSE}${key}${NORMAL} ${label.slice(0, Math.max(0, width - key.length - 1))}`;
    }
  }
  return text;
}
