// The history list: its file, and what is added to it.

import { isErrno } from "../kernel/errno.ts";
import { decode } from "../kernel/text.ts";
import { compilePattern, matchesPattern } from "./pattern.ts";
import type { Shell } from "./state.ts";
import { getValue, trimHistory } from "./vars.ts";

// --- the file ---

/** Reads a history file into the list; why it cannot, or undefined. */
export function readHistory(sh: Shell, path: string): string | undefined {
  const bytes = sh.sys.readFile(path);
  if (isErrno(bytes)) return bytes.text;
  const lines = decode(bytes).split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const line of lines) if (!/^#\d+$/.test(line)) sh.state.history.push(line);
  sh.state.historyRead = sh.state.history.length;
  trimHistory(sh);
  return undefined;
}

/** Appends what is new since the file was read. */
export function appendHistory(sh: Shell, path: string): string | undefined {
  const { state, sys } = sh;
  const fresh = state.history.slice(Math.max(0, state.historyRead - (state.historyBase - 1)));
  if (fresh.length === 0) return undefined;
  const failed = sys.writeFile(path, fresh.map((line) => `${line}\n`).join(""), { append: true, mode: 0o600 });
  state.historyRead = state.historyBase - 1 + state.history.length;
  return failed?.text;
}

export function writeHistory(sh: Shell, path: string): string | undefined {
  const failed = sh.sys.writeFile(path, sh.state.history.map((line) => `${line}\n`).join(""), { mode: 0o600 });
  sh.state.historyRead = sh.state.historyBase - 1 + sh.state.history.length;
  return failed?.text;
}

/** Saves the history when an interactive shell ends, and keeps the file within HISTFILESIZE. */
export function saveHistory(sh: Shell): void {
  const path = getValue(sh, "HISTFILE");
  if (path === undefined || path === "") return;
  appendHistory(sh, path);
  const size = getValue(sh, "HISTFILESIZE") ?? "";
  const bytes = /^\d+$/.test(size) ? sh.sys.readFile(path) : undefined;
  if (bytes === undefined || isErrno(bytes)) return;
  const lines = decode(bytes).split("\n");
  if (lines.length - 1 > Number(size))
    sh.sys.writeFile(path, lines.slice(-Number(size) - 1).join("\n"), { mode: 0o600 });
}

/** Puts a line on the list, as HISTCONTROL and HISTIGNORE allow. */
export function addHistory(sh: Shell, line: string): void {
  const { state } = sh;
  if (line.trim() === "" || !state.options.has("history")) return;
  const control = (getValue(sh, "HISTCONTROL") ?? "").split(":");
  const has = (...words: string[]) => words.some((word) => control.includes(word));
  if (has("ignorespace", "ignoreboth") && /^[ \t]/.test(line)) return;
  if (has("ignoredups", "ignoreboth") && state.history.at(-1) === line) return;
  const ignore = getValue(sh, "HISTIGNORE");
  if (
    ignore
      ?.split(":")
      .some((pattern) => matchesPattern(compilePattern(pattern.replaceAll("&", state.history.at(-1) ?? "")), line))
  )
    return;
  if (has("erasedups")) state.history = state.history.filter((item) => item !== line);
  state.history.push(line);
  trimHistory(sh);
}

export const STOPS = " \t\n;&()|<>:";

/** Words of a line as history knows them: quotes keep blanks together, operators stand alone. */
export function historyWords(line: string): string[] {
  const words = line.match(
    /(?:\$?"(?:\\[\s\S]|[^"\\])*"?|\$?'[^']*'?|`[^`]*`?|\$?\([^)]*\)|\\[\s\S]|[^\s;&|<>()"'`\\])+|[<>]{1,3}&?|&&|\|\||;;|[;&|()]/g,
  );
  return words ?? [];
}
