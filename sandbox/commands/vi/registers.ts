// Registers: what was taken is kept and put back, and keys are recorded and played.

import type { Task } from "../../kernel/sys.ts";
import { putBlock } from "./block.ts";
import type { Taken } from "./buffer.ts";
import type { Editor } from "./editor.ts";
import { splitKeys } from "./keys.ts";
import * as motions from "./motions.ts";

/** Puts what was taken into registers: the named one, the unnamed, and the numbered. */
export function storeTaken(vi: Editor, taken: Taken, deleted: boolean): void {
  const { registers } = vi.buffer;
  const name = vi.register;
  if (name === "_") return;
  if (/^[A-Z]$/.test(name)) {
    const lower = name.toLowerCase();
    const before = registers.get(lower);
    const linewise = taken.linewise || before?.linewise === true;
    registers.set(lower, before === undefined ? taken : { lines: [...before.lines, ...taken.lines], linewise });
  } else if (name !== '"') registers.set(name, taken);
  else if (!deleted) registers.set("0", taken);
  else if (taken.linewise || taken.lines.length > 1) {
    for (let i = 9; i > 1; i--) {
      const older = registers.get(String(i - 1));
      if (older !== undefined) registers.set(String(i), older);
    }
    registers.set("1", taken);
  } else registers.set("-", taken);
  registers.set('"', taken);
}

export function readRegister(vi: Editor, name: string): Taken | undefined {
  if (name === "%") return vi.file === undefined ? undefined : { lines: [vi.file], linewise: false };
  if (name === "/") return { lines: [vi.lastPatternText], linewise: false };
  return vi.buffer.registers.get(name.toLowerCase());
}

export function putTaken(vi: Editor, after: boolean, times: number): void {
  const taken = readRegister(vi, vi.register);
  if (taken === undefined) return vi.beep();
  const { buffer } = vi;
  buffer.note(vi.cursor);
  vi.changes = true;
  if (taken.linewise) {
    const at = vi.cursor.line + (after ? 1 : 0);
    const lines = Array.from({ length: times }, () => taken.lines).flat();
    buffer.insertLines(at, lines);
    vi.moveTo(motions.lineStart(buffer, at));
    if (lines.length > 2) vi.message(`${lines.length} more lines`);
    return;
  }
  if (taken.block) {
    const column = after && buffer.line(vi.cursor.line) !== "" ? vi.cursor.column + 1 : vi.cursor.column;
    putBlock(
      buffer,
      vi.cursor.line,
      column,
      taken.lines.map((piece) => piece.repeat(times)),
    );
    vi.moveTo({ line: vi.cursor.line, column });
    return;
  }
  const text = taken.lines.join("\n").repeat(times);
  const column = after && buffer.line(vi.cursor.line) !== "" ? vi.cursor.column + 1 : vi.cursor.column;
  const start = { line: vi.cursor.line, column };
  const end = buffer.insert(start, text);
  vi.moveTo(taken.lines.length > 1 ? start : { line: end.line, column: end.column - 1 });
}

export function* recordMacro(vi: Editor): Task<void> {
  if (vi.keys.macro !== undefined) {
    const { name, keys } = vi.keys.macro;
    vi.buffer.registers.set(name, { lines: [keys.slice(0, -1).join("")], linewise: false });
    vi.keys.macro = undefined;
    return;
  }
  const name = yield* vi.key();
  vi.keys.macro = { name, keys: [] };
  vi.message(`recording @${name}`);
}

export function* runMacro(vi: Editor, times: number): Task<void> {
  const name = yield* vi.key();
  const taken = readRegister(vi, name === "@" ? "@" : name);
  if (taken === undefined) return vi.beep();
  vi.buffer.registers.set("@", taken);
  const keys = splitKeys(taken.lines.join("\n") + (taken.linewise ? "\n" : ""));
  for (let i = 0; i < times; i++) vi.keys.replay.unshift(...keys);
}
