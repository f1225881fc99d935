// The history list: its file, what is added to it, and expansions such as `!!`, `!$` and `^a^b^`.

import { isErrno } from "../kernel/errno.ts";
import { decode } from "../kernel/text.ts";
import { compilePattern, matchesPattern } from "./pattern.ts";
import { singleQuote } from "./quote.ts";
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

// --- expansion ---

export type Expansion =
  | { readonly kind: "same" | "changed" | "print"; readonly text: string }
  | { readonly kind: "error"; readonly text: string; readonly message: string };

class HistoryError {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

const STOPS = " \t\n;&()|<>:";

/** Words of a line as history knows them: quotes keep blanks together, operators stand alone. */
export function historyWords(line: string): string[] {
  const words = line.match(
    /(?:\$?"(?:\\[\s\S]|[^"\\])*"?|\$?'[^']*'?|`[^`]*`?|\$?\([^)]*\)|\\[\s\S]|[^\s;&|<>()"'`\\])+|[<>]{1,3}&?|&&|\|\||;;|[;&|()]/g,
  );
  return words ?? [];
}

class Expander {
  private readonly sh: Shell;
  private readonly line: string;
  private at = 0;
  private printOnly = false;
  private lastSearch = "";

  constructor(sh: Shell, line: string) {
    this.sh = sh;
    this.line = line;
  }

  run(): Expansion {
    try {
      const text = this.line.startsWith("^") ? this.quickSubstitution() : this.walk();
      const kind = this.printOnly ? "print" : text === undefined ? "same" : "changed";
      return { kind, text: text ?? this.line };
    } catch (error) {
      if (error instanceof HistoryError) return { kind: "error", text: this.line, message: error.message };
      throw error;
    }
  }

  private quickSubstitution(): string {
    const match = /^\^((?:\\.|[^^])*)(?:\^((?:\\.|[^^])*)(?:\^(.*))?)?$/s.exec(this.line.replace(/\n$/, ""));
    const last = this.sh.state.history.at(-1);
    const [, old = "", fresh = "", rest = ""] = match ?? [];
    if (last === undefined || !last.includes(old)) throw new HistoryError(`:s${this.line}: substitution failed`);
    return last.replace(old, () => fresh) + rest;
  }

  /** Undefined where nothing was expanded. */
  private walk(): string | undefined {
    const { line } = this;
    let out = "";
    let changed = false;
    let quoted = false;
    while (this.at < line.length) {
      const c = line[this.at] as string;
      if (c === "\\") {
        out += line.slice(this.at, this.at + 2);
        this.at += 2;
      } else if (c === "'" && !quoted) {
        const close = line.indexOf("'", this.at + 1);
        const to = close < 0 ? line.length : close + 1;
        out += line.slice(this.at, to);
        this.at = to;
      } else if (c === "#" && !quoted && /(?:^|\s)$/.test(out)) {
        out += line.slice(this.at);
        this.at = line.length;
      } else if (c === "!" && !this.inhibited(out, quoted)) {
        out += this.event(quoted, out);
        changed = true;
      } else {
        if (c === '"') quoted = !quoted;
        out += c;
        this.at += 1;
      }
    }
    return changed ? out : undefined;
  }

  private inhibited(before: string, quoted: boolean): boolean {
    const next = this.line[this.at + 1];
    if (next === undefined || " \t\n\r=".includes(next) || (quoted && next === '"')) return true;
    if (next === "(" && this.sh.state.shopt.has("extglob")) return true;
    if (before.endsWith("$") || before.endsWith("${")) return true;
    return before.endsWith("[") && this.line.includes("]", this.at);
  }

  private event(quoted: boolean, before: string): string {
    const { line } = this;
    const { history, historyBase } = this.sh.state;
    const start = this.at;
    this.at += 1;
    const c = line[this.at] as string;
    let text: string | undefined;
    const number = /^-?\d+/.exec(line.slice(this.at))?.[0];
    if (c === "!") {
      text = history.at(-1);
      this.at += 1;
    } else if (c === "#") {
      text = before;
      this.at += 1;
    } else if (number !== undefined) {
      this.at += number.length;
      text = Number(number) < 0 ? history.at(Number(number)) : history[Number(number) - historyBase];
    } else if ("$^*:".includes(c)) text = history.at(-1);
    else text = this.search(c === "?", quoted);
    if (text === undefined) throw new HistoryError(`${line.slice(start, this.at).trimEnd()}: event not found`);
    return this.designate(text);
  }

  private search(anywhere: boolean, quoted: boolean): string | undefined {
    const { line } = this;
    const { history } = this.sh.state;
    if (anywhere) this.at += 1;
    const from = this.at;
    while (this.at < line.length) {
      const c = line[this.at] as string;
      if (anywhere ? c === "?" || c === "\n" : STOPS.includes(c) || (quoted && c === '"')) break;
      this.at += 1;
    }
    const text = line.slice(from, this.at);
    if (anywhere) {
      if (line[this.at] === "?") this.at += 1;
      this.lastSearch = text;
      return text === "" ? undefined : history.findLast((item) => item.includes(text));
    }
    return text === "" ? undefined : history.findLast((item) => item.startsWith(text));
  }

  private designate(event: string): string {
    const rest = this.line.slice(this.at);
    const match = /^(?::(?=[\d^$*%-])|(?=[\^$*%-]))(?:(\d+|\^|\$|%)?-(\d+|\$)?|(\d+|\^)\*|(\d+|[\^$*%]))/.exec(rest);
    let text = event;
    if (match !== null) {
      this.at += match[0].length;
      text = this.pick(event, match);
    }
    return this.modify(text);
  }

  private pick(event: string, match: RegExpExecArray): string {
    const words = historyWords(event);
    const last = words.length - 1;
    const place = (word: string) =>
      word === "^"
        ? 1
        : word === "$"
          ? last
          : word === "%"
            ? Math.max(
                0,
                words.findIndex((item) => item.includes(this.lastSearch)),
              )
            : Number(word);
    const [all, from, to, star, single] = match;
    const bad = () => new HistoryError(`${all.startsWith(":") ? all : all}: bad word specifier`);
    if (single !== undefined) {
      if (single === "*") return words.slice(1).join(" ");
      const word = words[place(single)];
      if (word === undefined) throw bad();
      return word;
    }
    const low = star !== undefined ? place(star) : from === undefined ? 0 : place(from);
    const high = star !== undefined ? last : to === undefined ? last - 1 : place(to);
    if (low > last || high > last || (low > high && star === undefined)) throw bad();
    return words.slice(low, high + 1).join(" ");
  }

  private modify(start: string): string {
    let text = start;
    for (;;) {
      const match = /^:(g?[&s]|G?[&s]|[htrepqx])/.exec(this.line.slice(this.at));
      if (match === null) {
        if (/^:[^\s]/.test(this.line.slice(this.at)))
          throw new HistoryError(`${this.line.slice(this.at)}: unrecognized history modifier`);
        return text;
      }
      this.at += match[0].length;
      const kind = match[1] as string;
      if (kind === "h") text = text.includes("/") ? text.slice(0, text.lastIndexOf("/")) || "/" : text;
      else if (kind === "t") text = text.slice(text.lastIndexOf("/") + 1);
      else if (kind === "r") text = text.replace(/\.[^./]*$/, "");
      else if (kind === "e") text = /\.[^./]*$/.exec(text)?.[0] ?? text;
      else if (kind === "p") this.printOnly = true;
      else if (kind === "q") text = singleQuote(text);
      else if (kind === "x") text = text.split(/\s+/).map(singleQuote).join(" ");
      else text = this.substitute(text, kind);
    }
  }

  private substitute(text: string, kind: string): string {
    const delimiter = this.line[this.at] ?? "";
    if (delimiter === "" || !kind.endsWith("s")) return text;
    const parts: string[] = [];
    let current = "";
    for (this.at += 1; this.at <= this.line.length && parts.length < 2; this.at++) {
      const c = this.line[this.at];
      if (c === undefined || c === delimiter || c === "\n") {
        parts.push(current);
        current = "";
        if (c === "\n") break;
      } else current += c;
    }
    if (this.at > this.line.length) this.at = this.line.length;
    const [old = "", fresh = ""] = parts;
    if (!text.includes(old))
      throw new HistoryError(`:s${delimiter}${old}${delimiter}${fresh}${delimiter}: substitution failed`);
    const by = fresh.replace(/\\&|&/g, (c) => (c === "&" ? old : "&"));
    return kind.startsWith("g") ? text.replaceAll(old, by) : text.replace(old, () => by);
  }
}

/** Expands history in a line. */
export function expandHistory(sh: Shell, line: string): Expansion {
  if (!line.includes("!") && !line.startsWith("^")) return { kind: "same", text: line };
  return new Expander(sh, line).run();
}
