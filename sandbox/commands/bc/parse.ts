// bc's language as trees: statements, functions and expressions.

export type Expression =
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "name"; readonly name: string; readonly index?: Expression }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: "unary"; readonly sign: "-" | "!"; readonly of: Expression }
  | { readonly kind: "binary"; readonly sign: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "assign"; readonly sign: string; readonly to: Expression; readonly value: Expression }
  | { readonly kind: "step"; readonly by: 1 | -1; readonly before: boolean; readonly of: Expression };

export type Statement =
  | { readonly kind: "show"; readonly value: Expression; readonly silent: boolean }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "print"; readonly items: readonly (string | Expression)[] }
  | { readonly kind: "block"; readonly body: readonly Statement[] }
  | { readonly kind: "if"; readonly test: Expression; readonly then: Statement; readonly else?: Statement }
  | {
      readonly kind: "for";
      readonly init?: Expression;
      readonly test?: Expression;
      readonly step?: Expression;
      readonly body: Statement;
    }
  | { readonly kind: "break" | "continue" | "quit" | "halt" }
  | { readonly kind: "return"; readonly value?: Expression }
  | {
      readonly kind: "define";
      readonly name: string;
      readonly params: readonly string[];
      readonly autos: readonly string[];
      readonly body: readonly Statement[];
    };

/** A mistake in the grammar, on a line. */
export class SyntaxMistake {
  readonly line: number;
  constructor(line: number) {
    this.line = line;
  }
}

interface Token {
  readonly text: string;
  readonly line: number;
}

const TOKEN =
  /\\\n|[ \t]+|#[^\n]*|\/\*[\s\S]*?\*\/|(\n|"[^"]*"|(?:[0-9A-F]|\\\n)+(?:\.(?:[0-9A-F]|\\\n)*)?|\.[0-9A-F]+|[a-z][a-z0-9_]*|[-+*/%^]=|==|<=|>=|!=|&&|\|\||\+\+|--|[\s\S])/g;

export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (const match of source.matchAll(TOKEN)) {
    const text = match[1];
    if (text !== undefined) tokens.push({ text: /^[0-9A-F.]/.test(text) ? text.replaceAll("\\\n", "") : text, line });
    line += match[0].split("\n").length - 1;
  }
  return tokens;
}

const COMPARISONS: ReadonlySet<string> = new Set(["==", "<=", ">=", "!=", "<", ">"]);
const ASSIGNMENTS: ReadonlySet<string> = new Set(["=", "+=", "-=", "*=", "/=", "%=", "^="]);
/** Signs by how tightly they bind, from the loosest. */
const LEVELS: readonly (readonly string[])[] = [
  ["+", "-"],
  ["*", "/", "%"],
];

export class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** Goes on behind the line with a mistake. */
  skipLine(): void {
    while (!this.done && this.#tokens[this.#at]?.text !== "\n") this.#at += 1;
    this.#at += 1;
  }

  #peek(): string {
    return this.#tokens[this.#at]?.text ?? "";
  }

  #take(): string {
    const { text } = this.#tokens[this.#at] ?? { text: "" };
    this.#at += 1;
    return text;
  }

  #accept(text: string): boolean {
    if (this.#peek() !== text) return false;
    this.#at += 1;
    return true;
  }

  #fail(): never {
    const token = this.#tokens[this.#at];
    // A mistake that is seen at the end of a line is told of the next.
    throw new SyntaxMistake((token?.line ?? this.#tokens.at(-1)?.line ?? 1) + (token?.text === "\n" ? 1 : 0));
  }

  #expect(text: string): void {
    if (!this.#accept(text)) this.#fail();
  }

  #newlines(): void {
    while (this.#accept("\n"));
  }

  /** The statements of one line; a definition or a block may run over several. */
  line(): Statement[] {
    const statements: Statement[] = [];
    while (!this.done && !this.#accept("\n")) {
      if (this.#accept(";")) continue;
      if (this.#peek() === "define") {
        statements.push(this.#define());
        continue;
      }
      statements.push(this.#statement());
      if (!this.done && this.#peek() !== "\n" && this.#peek() !== ";") this.#fail();
    }
    return statements;
  }

  #define(): Statement {
    this.#take();
    this.#accept("void");
    const name = this.#take();
    const names = (end: string): string[] => {
      const found: string[] = [];
      while (this.#peek() !== end && this.#peek() !== ";") {
        const word = this.#take();
        if (!/^[a-z]/.test(word)) this.#fail();
        found.push(this.#accept("[") ? `${word}[` : word);
        if (found.at(-1)?.endsWith("[")) this.#expect("]");
        if (!this.#accept(",")) break;
      }
      return found;
    };
    this.#expect("(");
    const params = names(")");
    this.#expect(")");
    this.#newlines();
    this.#expect("{");
    this.#newlines();
    let autos: string[] = [];
    if (this.#accept("auto")) {
      autos = names("\n");
      this.#accept(";");
    }
    return { kind: "define", name, params, autos, body: this.#body() };
  }

  #body(): Statement[] {
    const body: Statement[] = [];
    for (;;) {
      while (this.#accept("\n") || this.#accept(";"));
      if (this.#accept("}")) return body;
      if (this.done) this.#fail();
      body.push(this.#statement());
    }
  }

  #statement(): Statement {
    const word = this.#peek();
    switch (word) {
      case "{":
        this.#take();
        return { kind: "block", body: this.#body() };
      case "if": {
        this.#take();
        this.#expect("(");
        const test = this.#expression();
        this.#expect(")");
        this.#newlines();
        const then = this.#statement();
        const mark = this.#at;
        while (this.#accept(";") || this.#accept("\n"));
        if (!this.#accept("else")) {
          this.#at = mark;
          return { kind: "if", test, then };
        }
        this.#newlines();
        return { kind: "if", test, then, else: this.#statement() };
      }
      case "while": {
        this.#take();
        this.#expect("(");
        const test = this.#expression();
        this.#expect(")");
        this.#newlines();
        return { kind: "for", test, body: this.#statement() };
      }
      case "for": {
        this.#take();
        this.#expect("(");
        const part = (end: string): Expression | undefined => {
          const found = this.#peek() === end ? undefined : this.#expression();
          this.#expect(end);
          return found;
        };
        const [init, test, step] = [part(";"), part(";"), part(")")];
        this.#newlines();
        const body = this.#statement();
        return { kind: "for", ...(init && { init }), ...(test && { test }), ...(step && { step }), body };
      }
      case "break":
      case "continue":
      case "quit":
      case "halt":
        this.#take();
        return { kind: word };
      case "return": {
        this.#take();
        const none = /^(?:[;\n}]|)$/.test(this.#peek());
        return none ? { kind: "return" } : { kind: "return", value: this.#expression() };
      }
      case "print": {
        this.#take();
        const items: (string | Expression)[] = [];
        do items.push(this.#peek().startsWith('"') ? this.#take().slice(1, -1) : this.#expression());
        while (this.#accept(","));
        return { kind: "print", items };
      }
      default:
        if (word.startsWith('"')) return { kind: "text", text: this.#take().slice(1, -1) };
        return this.#show();
    }
  }

  #show(): Statement {
    const value = this.#expression();
    return { kind: "show", value, silent: value.kind === "assign" };
  }

  #expression(): Expression {
    let left = this.#and();
    while (this.#accept("||")) left = { kind: "binary", sign: "||", left, right: this.#and() };
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.#accept("&&")) left = { kind: "binary", sign: "&&", left, right: this.#not() };
    return left;
  }

  #not(): Expression {
    return this.#accept("!") ? { kind: "unary", sign: "!", of: this.#not() } : this.#comparison();
  }

  #comparison(): Expression {
    let left = this.#level(0);
    while (COMPARISONS.has(this.#peek())) left = { kind: "binary", sign: this.#take(), left, right: this.#level(0) };
    return left;
  }

  #level(level: number): Expression {
    const signs = LEVELS[level];
    if (signs === undefined) return this.#power();
    let left = this.#level(level + 1);
    while (signs.includes(this.#peek()))
      left = { kind: "binary", sign: this.#take(), left, right: this.#level(level + 1) };
    return left;
  }

  /** A minus binds tighter than a power. */
  #power(): Expression {
    const left = this.#unary();
    return this.#accept("^") ? { kind: "binary", sign: "^", left, right: this.#power() } : left;
  }

  #unary(): Expression {
    if (this.#accept("-")) return { kind: "unary", sign: "-", of: this.#unary() };
    if (this.#peek() === "++" || this.#peek() === "--") {
      const by = this.#take() === "++" ? 1 : -1;
      return { kind: "step", by, before: true, of: this.#place(this.#primary()) };
    }
    const value = this.#primary();
    if (ASSIGNMENTS.has(this.#peek()))
      return { kind: "assign", sign: this.#take(), to: this.#place(value), value: this.#expression() };
    if (this.#peek() === "++" || this.#peek() === "--")
      return { kind: "step", by: this.#take() === "++" ? 1 : -1, before: false, of: this.#place(value) };
    return value;
  }

  #place(value: Expression): Expression {
    return value.kind === "name" ? value : this.#fail();
  }

  #primary(): Expression {
    const word = this.#peek();
    if (this.#accept(".")) return { kind: "name", name: "last" };
    if (/^[0-9A-F.]/.test(word)) return { kind: "number", text: this.#take() };
    if (this.#accept("(")) {
      const inner = this.#expression();
      this.#expect(")");
      // In brackets an assignment is a value like others.
      return inner.kind === "assign"
        ? { kind: "binary", sign: "+", left: inner, right: { kind: "number", text: "0" } }
        : inner;
    }
    if (!/^[a-z]/.test(word)) this.#fail();
    this.#take();
    if (this.#accept("[")) {
      const index = this.#peek() === "]" ? undefined : this.#expression();
      this.#expect("]");
      return index === undefined ? { kind: "name", name: `${word}[` } : { kind: "name", name: word, index };
    }
    if (!this.#accept("(")) return { kind: "name", name: word };
    const args: Expression[] = [];
    while (this.#peek() !== ")") {
      args.push(this.#expression());
      if (!this.#accept(",")) break;
    }
    this.#expect(")");
    return { kind: "call", name: word, args };
  }
}
