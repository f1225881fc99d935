// Reads commands from texts, files and streams, and runs them unit by unit.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { concat, decode } from "../kernel/text.ts";
import { deeper } from "./around.ts";
import type { Effect, Fault } from "./faults.ts";
import { addHistory } from "./history.ts";
import { loadMore } from "./load.ts";
import { parseUnit } from "./parse.ts";
import { run, runList } from "./run.ts";
import { collectSignals, runNamedTrap } from "./signals.ts";
import { Discard, type EvalOptions, Exit, Return, type Shell } from "./state.ts";
import { getValue } from "./vars.ts";

function aliasesOf(sh: Shell): ReadonlyMap<string, string> | undefined {
  return sh.state.shopt.has("expand_aliases") ? sh.state.aliases : undefined;
}

function scanOptions(sh: Shell, line: number, final: boolean) {
  return { extglob: sh.state.shopt.has("extglob"), aliases: aliasesOf(sh), final, line };
}

/** Says what is wrong with a text. At a prompt the offending line is not shown again. */
export function* reportFaults(sh: Shell, faults: readonly Fault[], label: string | undefined): Task<void> {
  const { state } = sh;
  const name = state.interactive
    ? state.name.slice(state.name.lastIndexOf("/") + 1)
    : (sh.frames.findLast((frame) => frame.source !== "")?.source ?? state.name);
  for (const [i, fault] of faults.entries()) {
    if (fault.text === "") continue;
    if (state.interactive && (label === undefined || label === "eval" || label === "-c")) {
      if (i === 0 || !/^`/.test(fault.text)) yield* sh.sys.write(2, `${name}: ${fault.text}\n`);
    } else
      yield* sh.sys.write(
        2,
        `${name}: ${label === undefined || label === name ? "" : `${label}: `}line ${fault.line}: ${fault.text}\n`,
      );
  }
}

function faultStatus(sh: Shell, effect: Effect): number {
  return effect === "syntax" ? 2 : effect === "array" ? 1 : sh.state.status;
}

/** Runs a text unit by unit: `eval`, a trap, a sourced file. */
export function* evaluateText(sh: Shell, text: string, options: EvalOptions = {}): Task<number> {
  yield* deeper(sh, "maximum evaluation nesting level exceeded");
  const { loops, line } = sh;
  const isFile = options.source !== undefined;
  if (isFile) sh.frames.push({ name: "source", line: sh.line, source: options.source as string, kind: "source" });
  if (isFile) sh.loops = 0;
  sh.traced += 1;
  try {
    const label = isFile ? options.source : (options.label ?? "trap");
    const status = yield* runUnits(sh, text, options.line ?? sh.line, label, isFile || options.label === "eval");
    if (isFile && sh.state.traps.has("RETURN")) yield* runNamedTrap(sh, "RETURN");
    return status;
  } catch (jump) {
    if (!(jump instanceof Return && isFile)) throw jump;
    if (sh.state.traps.has("RETURN")) yield* runNamedTrap(sh, "RETURN");
    return jump.status;
  } finally {
    if (isFile) sh.frames.pop();
    sh.nesting -= 1;
    sh.traced -= 1;
    Object.assign(sh, { loops, line });
  }
}

/** Runs the units of a text; a mistake ends it. With `fresh` a text without commands succeeds. */
function* runUnits(sh: Shell, text: string, line: number, label: string | undefined, fresh: boolean): Task<number> {
  let none = fresh;
  for (let at = 0; ; ) {
    const unit = parseUnit(text, at, scanOptions(sh, line, true));
    if (unit.kind === "end" || unit.kind === "incomplete") return none ? 0 : sh.state.status;
    for (const warning of unit.warnings) yield* reportFaults(sh, [warning], undefined);
    at = unit.next;
    if (unit.kind === "error") {
      yield* reportFaults(sh, unit.faults, label);
      sh.state.status = faultStatus(sh, unit.effect);
      if (unit.effect === "array") continue;
      return sh.state.status;
    }
    if (unit.list === undefined || sh.state.options.has("noexec")) continue;
    none = false;
    yield* runList(sh, unit.list);
  }
}

/** Runs a whole script or the text of `-c`; answers the status the shell ends with. */
export function* runScript(sh: Shell, text: string, label: string | undefined, oneShot: boolean): Task<number> {
  for (let at = 0; ; ) {
    const unit = parseUnit(text, at, scanOptions(sh, 1, true));
    if (unit.kind === "end" || unit.kind === "incomplete") return sh.state.status;
    for (const warning of unit.warnings) yield* reportFaults(sh, [warning], undefined);
    if (sh.state.options.has("verbose")) yield* sh.sys.write(2, text.slice(at, unit.next));
    at = unit.next;
    if (unit.kind === "error") {
      yield* reportFaults(sh, unit.faults, label);
      sh.state.status = faultStatus(sh, unit.effect);
      if (unit.effect === "array" && !oneShot) continue;
      return sh.state.status;
    }
    if (unit.list === undefined || sh.state.options.has("noexec")) continue;
    const only = unit.list.items.length === 1 ? unit.list.items[0] : undefined;
    const last = oneShot && text.slice(at).trim() === "" && only !== undefined && !only.bg && sh.state.traps.size === 0;
    try {
      if (last) yield* run(sh, only.c, true);
      else yield* runList(sh, unit.list);
    } catch (jump) {
      if (!(jump instanceof Discard) || jump.fatal || oneShot) throw jump;
      sh.state.status = jump.status;
      afterJump(sh);
    }
  }
}

/** Brings the shell back to its top level after a jump. */
export function afterJump(sh: Shell): void {
  sh.loops = 0;
  sh.lists = 0;
  sh.tested = 0;
  sh.frames = [];
  sh.nesting = 0;
  sh.traced = 0;
  sh.builtin = "";
  sh.state.scopes.length = 1;
}

/** Where lines come from. */
export interface LineSource {
  /** The next line with its newline; undefined at the end. */
  next(prompt: "PS1" | "PS2"): Task<string | undefined>;
}

/** Lines of a descriptor, taken no further than needed, so that commands find the rest. */
export function descriptorLines(sh: Shell, fd: number, before?: (prompt: "PS1" | "PS2") => Task<void>): LineSource {
  return {
    *next(prompt) {
      const { sys } = sh;
      if (before !== undefined) yield* before(prompt);
      const chunks: Uint8Array[] = [];
      const canSeek = !isErrno(sys.seek(fd, 0, "cur"));
      const size = canSeek || sys.isatty(fd) ? 4096 : 1;
      for (;;) {
        const got = yield* sys.read(fd, size);
        if (isErrno(got)) {
          if (got.code !== "EINTR") return undefined;
          collectSignals(sh);
          if (sh.pending.includes("SIGINT") && sh.state.interactive) {
            sh.pending = [];
            yield* sys.write(2, "\n");
            throw new Discard(130);
          }
          continue;
        }
        if (got.length === 0) return chunks.length === 0 ? undefined : decode(concat(chunks));
        const at = got.indexOf(10);
        chunks.push(at < 0 ? got : got.subarray(0, at + 1));
        if (at < 0) continue;
        if (canSeek) sys.seek(fd, at + 1 - got.length, "cur");
        return decode(concat(chunks));
      }
    },
  };
}

/** What one round of reading gave. */
export type Round = "done" | "end";

/** Joins the lines of one command as the history keeps them. */
function joinLines(lines: readonly string[]): string {
  let text = "";
  for (const line of lines) {
    const piece = line.replace(/\n$/, "");
    if (text === "") text = piece;
    else if (insideQuote(text)) text += `\n${piece}`;
    else if (/(?:^|[\s;&|(])(?:do|then|else|elif|if|while|until|in|\{|\(|!)\s*$|[;&|(]\s*$/.test(text))
      text += ` ${piece.trimStart()}`;
    else if (/\\$/.test(text)) text = text.slice(0, -1) + piece;
    else text += `; ${piece.trimStart()}`;
  }
  return text;
}

/** Whether a text ends inside quotes or with a here-document open: newlines count there. */
function insideQuote(text: string): boolean {
  if (/<<-?\s*\S/.test(text)) return true;
  const rest = text.replace(/\\[\s\S]/g, "").replace(/'[^']*'|"[^"]*"/g, "");
  return /['"]/.test(rest);
}

/** Reads one command from a source of lines and runs it. */
export function* readAndRun(sh: Shell, source: LineSource, at: { line: number }): Task<Round> {
  const lines: string[] = [];
  let text = "";
  for (;;) {
    const line = yield* source.next(lines.length === 0 ? "PS1" : "PS2");
    if (line === undefined) {
      if (lines.length === 0) return "end";
      return yield* runText(sh, text, at, lines, true);
    }
    const ready = yield* historyLine(sh, line);
    if (ready === undefined) return "done";
    lines.push(ready);
    text += ready;
    if (sh.state.options.has("verbose")) yield* sh.sys.write(2, ready);
    const unit = parseUnit(text, 0, scanOptions(sh, at.line, false));
    if (unit.kind === "incomplete") continue;
    return yield* runText(sh, text, at, lines, false);
  }
}

/** A line with its history expanded; undefined where it is not to be run. */
function* historyLine(sh: Shell, line: string): Task<string | undefined> {
  if (!sh.state.options.has("histexpand")) return line;
  const body = line.replace(/\n$/, "");
  if (!/!|^\^/.test(body) && getValue(sh, "histchars") === undefined) return line;
  const result = (yield* loadMore(sh)).expandHistory(sh, body);
  if (result.kind === "error") {
    yield* sh.sys.write(2, `${sh.state.name.slice(sh.state.name.lastIndexOf("/") + 1)}: ${result.message}\n`);
    return undefined;
  }
  if (result.kind === "same") return line;
  yield* sh.sys.write(2, `${result.text}\n`);
  if (result.kind === "print") {
    addHistory(sh, result.text);
    return undefined;
  }
  return `${result.text}\n`;
}

function* runText(
  sh: Shell,
  text: string,
  at: { line: number },
  lines: readonly string[],
  final: boolean,
): Task<Round> {
  if (sh.state.interactive) addHistory(sh, joinLines(lines));
  for (let from = 0; from < text.length; ) {
    const unit = parseUnit(text, from, scanOptions(sh, at.line, final));
    if (unit.kind === "end" || unit.kind === "incomplete") break;
    for (const warning of unit.warnings) yield* reportFaults(sh, [warning], undefined);
    from = unit.next;
    if (unit.kind === "error") {
      yield* reportFaults(sh, unit.faults, undefined);
      sh.state.status = faultStatus(sh, unit.effect);
      if (sh.state.interactive || unit.effect === "array") break;
      throw new Exit(sh.state.status);
    }
    if (unit.list === undefined || (sh.state.options.has("noexec") && !sh.state.interactive)) continue;
    sh.warned = sh.warned && /^\s*(exit|logout)\b/.test(text);
    try {
      yield* runList(sh, unit.list);
    } catch (jump) {
      if (!(jump instanceof Discard) || (jump.fatal && !sh.state.interactive)) throw jump;
      sh.state.status = jump.status;
      afterJump(sh);
      break;
    }
  }
  at.line += text.split("\n").length - 1;
  return "done";
}
