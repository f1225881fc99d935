// Indents: by shifts, as the line before has it, and by YAML's rules.

import type { Editor } from "./editor.ts";
import { yamlIndent } from "./yaml-indent.ts";

export function shiftLine(vi: Editor, line: number, right: boolean): void {
  const { shiftwidth, tabstop, expandtab } = vi.settings;
  const text = vi.buffer.line(line);
  if (text === "" && right) return;
  const indent = /^[ \t]*/.exec(text)?.[0] ?? "";
  let width = 0;
  for (const char of indent) width += char === "\t" ? tabstop - (width % tabstop) : 1;
  width = Math.max(0, width + (right ? shiftwidth : -shiftwidth));
  const fresh = expandtab ? " ".repeat(width) : "\t".repeat(Math.floor(width / tabstop)) + " ".repeat(width % tabstop);
  vi.buffer.lines[line] = fresh + text.slice(indent.length);
  vi.buffer.changed();
}

export function indentOf(vi: Editor, line: number): string {
  return vi.settings.autoindent && !vi.settings.paste ? (/^[ \t]*/.exec(vi.buffer.line(line))?.[0] ?? "") : "";
}

/** Gives a line the indent that YAML's rules want, where they are in force; answers its indent. */
export function reindent(vi: Editor, line: number, otherwise: string): string {
  const { yaml, paste, shiftwidth } = vi.settings;
  if (!yaml || paste) return otherwise;
  const indent = " ".repeat(yamlIndent(vi.buffer.lines, line, shiftwidth));
  vi.buffer.lines[line] = indent + vi.buffer.line(line).trimStart();
  vi.buffer.changed();
  return indent;
}

/** The keys `:`, `-`, `}` and `]` show what a line of YAML is, and so where it belongs. */
export function reindentAfter(vi: Editor, key: string): void {
  const { line, column } = vi.cursor;
  const text = vi.buffer.line(line);
  const decides =
    key === ":" ? /^\s*[^\s#].*:$/.test(text.slice(0, column)) : text.trim() === key && /[-}\]]/.test(key);
  if (!decides) return;
  const before = text.length;
  reindent(vi, line, "");
  if (!vi.settings.yaml || vi.settings.paste) return;
  vi.cursor = { line, column: Math.max(0, column + vi.buffer.line(line).length - before) };
}

export function softTab(vi: Editor, text: string, column: number): number {
  const { expandtab, shiftwidth } = vi.settings;
  const before = text.slice(0, column);
  if (
    !expandtab ||
    shiftwidth < 2 ||
    before.trim() !== "" ||
    column % shiftwidth !== 0 ||
    !before.endsWith(" ".repeat(shiftwidth))
  )
    return 1;
  return shiftwidth;
}
