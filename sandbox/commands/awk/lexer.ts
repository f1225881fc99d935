// Tokens of an awk program, with mawk's remarks on what it cannot read.

/** A compile error: its line and text. mawk reports several; the parser stops at the first that it cannot mend. */
export class ProgramError {
  readonly messages: readonly string[];
  constructor(messages: readonly string[]) {
    this.messages = messages;
  }
}

export type TokenKind =
  | "number"
  | "string"
  | "regex"
  | "name"
  | "call"
  | "builtin"
  | "keyword"
  | "sign"
  | "newline"
  | "end";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly line: number;
  readonly value?: number;
}

const KEYWORDS = new Set([
  "BEGIN",
  "END",
  "break",
  "continue",
  "delete",
  "do",
  "else",
  "exit",
  "for",
  "function",
  "getline",
  "if",
  "in",
  "next",
  "nextfile",
  "print",
  "printf",
  "return",
  "while",
]);

export const BUILTINS: Readonly<Record<string, readonly [min: number, max: number]>> = {
  atan2: [2, 2],
  close: [1, 1],
  cos: [1, 1],
  exp: [1, 1],
  fflush: [0, 1],
  gsub: [2, 3],
  index: [2, 2],
  int: [1, 1],
  length: [0, 1],
  log: [1, 1],
  match: [2, 2],
  mktime: [1, 1],
  rand: [0, 0],
  sin: [1, 1],
  split: [2, 3],
  sprintf: [1, 255],
  sqrt: [1, 1],
  srand: [0, 1],
  strftime: [0, 3],
  sub: [2, 3],
  substr: [2, 3],
  system: [1, 1],
  systime: [0, 0],
  tolower: [1, 1],
  toupper: [1, 1],
};

const SIGNS = /^(?:\|\||&&|>>|==|<=|>=|!=|\+=|-=|\*=|\/=|%=|\^=|\+\+|--|[{}()[\];,?:~!<>=+\-*/%^$|])/;

const STRING_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** Text between quotes (or of -v) with its escapes resolved; unknown ones keep their backslash. */
export function unescapeString(text: string): string {
  return text.replace(/\\(\n|[0-7]{1,3}|x[0-9A-Fa-f]{1,2}|[\s\S])/g, (whole, what: string) => {
    if (what === "\n") return "";
    if (/^[0-7]/.test(what)) return String.fromCharCode(Number.parseInt(what, 8) & 255);
    if (/^x./.test(what)) return String.fromCharCode(Number.parseInt(what.slice(1), 16));
    return STRING_ESCAPES[what] ?? whole;
  });
}

/** Tokens one by one, since a slash is a division or a pattern by what stands before it. */
export class Lexer {
  line = 1;
  readonly problems: string[] = [];
  readonly #text: string;
  #at = 0;
  #braces = 0;
  #parens = 0;
  #previous: Token | undefined;
  #brokenEnd = false;

  constructor(text: string) {
    this.#text = `${text}\n`;
  }

  next(): Token {
    const token = this.#read();
    this.#previous = token;
    return token;
  }

  fail(text: string): never {
    throw new ProgramError([...this.problems, `line ${this.line}: ${text}`]);
  }

  #token(kind: TokenKind, text: string, value?: number): Token {
    return { kind, text, line: this.line, ...(value === undefined ? {} : { value }) };
  }

  #read(): Token {
    for (;;) {
      const skip = /^(?:[ \t\r\f\v]+|#[^\n]*|\\\r?\n)+/.exec(this.#text.slice(this.#at));
      if (skip !== null) {
        this.#at += skip[0].length;
        this.line += skip[0].split("\n").length - 1;
      }
      if (this.#at >= this.#text.length) return this.#token("end", "");
      const rest = this.#text.slice(this.#at);
      const char = rest[0] ?? "";
      if (char === "\n") {
        const token = this.#token("newline", "\n");
        this.#at++;
        // mawk reads on to the end of the text before it counts the line of an open brace.
        this.line++;
        if (this.#brokenEnd) {
          this.line--;
          this.fail("syntax error at or near end of line");
        }
        return token;
      }
      if (/[0-9]/.test(char) || /^\.\d/.test(rest)) return this.#number(rest);
      if (/[A-Za-z_]/.test(char)) return this.#word(rest);
      if (char === '"') return this.#string(rest);
      if (char === "/" && !this.#dividesHere()) return this.#regex(rest);
      const sign = SIGNS.exec(rest)?.[0];
      if (sign === undefined)
        throw new ProgramError([...this.problems, `${this.line}: unexpected character '${char}'`]);
      this.#at += sign.length;
      if (this.#balanced(sign)) return this.#token("sign", sign);
    }
  }

  /** Counts braces and parentheses; one too many is reported and skipped. */
  #balanced(sign: string): boolean {
    if (sign === "{") this.#braces++;
    if (sign === "(") this.#parens++;
    if (sign === "}") {
      if (this.#parens > 0) this.fail("missing ) near }");
      if (this.#braces === 0) {
        this.problems.push(`line ${this.line}: extra '}'`);
        this.#brokenEnd = true;
        return false;
      }
      this.#braces--;
    }
    if (sign === ")") {
      if (this.#parens === 0) {
        this.problems.push(`line ${this.line}: extra ')'`);
        return false;
      }
      this.#parens--;
    }
    return true;
  }

  get openBraces(): number {
    return this.#braces;
  }

  #dividesHere(): boolean {
    const before = this.#previous;
    if (before === undefined) return false;
    if (before.kind === "number" || before.kind === "string" || before.kind === "name" || before.kind === "regex")
      return true;
    if (before.kind === "builtin") return before.text === "length";
    return before.kind === "keyword"
      ? before.text === "getline"
      : before.kind === "sign" && [")", "]", "$", "++", "--"].includes(before.text);
  }

  #number(rest: string): Token {
    const found = /^(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)/.exec(rest)?.[0] ?? "0";
    this.#at += found.length;
    return this.#token("number", found, Number.parseFloat(found));
  }

  #word(rest: string): Token {
    const text = /^\w+/.exec(rest)?.[0] ?? "";
    this.#at += text.length;
    if (KEYWORDS.has(text)) return this.#token("keyword", text);
    if (Object.hasOwn(BUILTINS, text)) return this.#token("builtin", text);
    return this.#token(this.#text[this.#at] === "(" ? "call" : "name", text);
  }

  #string(rest: string): Token {
    const found = /^"((?:[^"\\\n]|\\[\s\S])*)"/.exec(rest);
    if (found === null) return this.fail(`runaway string constant ${rest.slice(0, 11).split("\n")[0]} ...`);
    this.#at += found[0].length;
    const token = this.#token("string", unescapeString(found[1] ?? ""));
    this.line += found[0].split("\n").length - 1;
    return token;
  }

  #regex(rest: string): Token {
    const found = /^\/((?:[^/\\\n[]|\\.|\[\^?\]?(?:[^\]\n\\]|\\.)*\])*)\//.exec(rest);
    if (found === null) return this.fail(`runaway regular expression ${rest.slice(0, 11).split("\n")[0]} ...`);
    this.#at += found[0].length;
    return this.#token("regex", (found[1] ?? "").replace(/\\\//g, "/"));
  }
}
