// Words and operators one after another, with aliases put in their place.

import type { Word } from "./ast.ts";
import { Incomplete, type Misplaced } from "./faults.ts";
import { Scanner } from "./scan.ts";

export interface Token {
  readonly t: "word" | "op" | "newline" | "eof";
  /** The text as an error message shows it. */
  readonly s: string;
  readonly start: number;
  readonly word?: Word;
}

const OPERATORS = [
  "&>>",
  "<<<",
  "<<-",
  ";;&",
  "&&",
  "||",
  ";;",
  ";&",
  "|&",
  "<<",
  ">>",
  "<&",
  ">&",
  "<>",
  ">|",
  "&>",
  "&",
  "|",
  ";",
  "<",
  ">",
  "(",
  ")",
];
/** Reserved words that end something: no command starts with them. */
export const CLOSERS = new Set(["then", "else", "elif", "fi", "do", "done", "esac", "}", "in", "]]"]);
export const RESERVED = new Set([
  ...CLOSERS,
  "if",
  "case",
  "for",
  "select",
  "while",
  "until",
  "function",
  "time",
  "{",
  "!",
  "[[",
  "coproc",
]);

export abstract class Tokens extends Scanner {
  protected token: Token | undefined;
  protected zones: { name: string; tail: number }[] = [];
  /** Set after an alias whose text ends in a blank: the next word is looked up too. */
  private aliasTail: number | undefined;

  protected peek(assignable = false): Token {
    this.token ??= this.readToken(assignable);
    return this.token;
  }

  protected next(assignable = false): Token {
    const token = this.peek(assignable);
    this.token = undefined;
    return token;
  }

  private readToken(assignable: boolean): Token {
    this.skipBlank(false);
    if (!this.atEnd() && this.src[this.pos] === "#") this.skipComment();
    const start = this.pos;
    if (this.atEnd()) {
      if (this.pending.length > 0) this.readDocuments();
      return { t: "eof", s: "", start };
    }
    const c = this.src[this.pos] as string;
    if (c === "\n") {
      this.pos += 1;
      if (this.pending.length > 0) this.readDocuments();
      return { t: "newline", s: "newline", start };
    }
    if (this.lookingAt("\\") && this.pos === this.end - 1 && !this.options.final)
      throw new Incomplete(this.lineAt(start), "");
    if ("|&;()<>".includes(c) && !this.lookingAt("<(") && !this.lookingAt(">(")) {
      const op = OPERATORS.find((candidate) => this.lookingAt(candidate)) as string;
      this.pos += op.length;
      return { t: "op", s: op, start };
    }
    const word = this.readWord(assignable);
    return { t: "word", s: word.raw, start, word };
  }

  protected unexpected(token: Token): Error | Misplaced | Incomplete {
    if (token.t === "eof") return this.endOfFile();
    return this.near(token.s, token.start);
  }

  private endOfFile(): Incomplete {
    return new Incomplete(this.lineAt(this.end), "syntax error: unexpected end of file");
  }

  protected expectOp(op: string): Token {
    const token = this.next();
    if (token.t !== "op" || token.s !== op) throw this.unexpected(token);
    return token;
  }

  protected expectWord(raw: string): void {
    const token = this.next();
    if (token.t !== "word" || token.s !== raw) throw this.unexpected(token);
  }

  protected isWord(raw: string): boolean {
    const token = this.peek();
    return token.t === "word" && token.s === raw;
  }

  protected isOp(op: string): boolean {
    const token = this.peek();
    return token.t === "op" && token.s === op;
  }

  protected skipNewlines(): void {
    while (this.peek().t === "newline") this.next();
  }

  /** Replaces an alias at the token by its text; true where the token has to be read again. */
  protected expandAlias(token: Token): boolean {
    const aliases = this.options.aliases;
    if (aliases === undefined || token.word === undefined) return false;
    const value = aliases.get(token.s);
    if (value === undefined || !/^[^\\'"$`]+$/.test(token.s) || RESERVED.has(token.s)) return false;
    this.zones = this.zones.filter((zone) => token.start < this.src.length - zone.tail);
    if (this.zones.some((zone) => zone.name === token.s)) return false;
    const tail = this.src.length - this.pos;
    this.src = this.src.slice(0, token.start) + value + this.src.slice(this.pos);
    this.end = this.src.length;
    this.moved();
    this.zones.push({ name: token.s, tail });
    this.aliasTail = /[ \t]$/.test(value) ? tail : undefined;
    this.pos = token.start;
    this.token = undefined;
    return true;
  }

  protected aliasFollows(token: Token): boolean {
    if (this.aliasTail === undefined || token.start < this.src.length - this.aliasTail) return false;
    this.aliasTail = undefined;
    return this.expandAlias(token);
  }
}
