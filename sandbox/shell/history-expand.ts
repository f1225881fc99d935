// History expansion: `!!`, `!$`, `!name:s/a/b/`, `^a^b^`. It arrives with more.ts, when a line first needs it.

import { historyWords, STOPS } from "./history.ts";
import { singleQuote } from "./quote.ts";
import type { Shell } from "./state.ts";

export type Expansion =
  | { readonly kind: "same" | "changed" | "print"; readonly text: string }
  | { readonly kind: "error"; readonly text: string; readonly message: string };

class HistoryError {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
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
