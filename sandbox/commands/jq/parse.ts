// jq's language to a tree, with the messages of jq 1.6's compiler.

export type Filter =
  | { readonly kind: "identity" | "recurse" | "empty" }
  | { readonly kind: "field"; readonly of: Filter; readonly name: Filter }
  | { readonly kind: "slice"; readonly of: Filter; readonly from: Filter | undefined; readonly to: Filter | undefined }
  | { readonly kind: "each"; readonly of: Filter }
  | { readonly kind: "literal"; readonly value: unknown }
  | { readonly kind: "string"; readonly parts: readonly (string | Filter)[]; readonly format: string | undefined }
  | { readonly kind: "format"; readonly name: string }
  | { readonly kind: "array"; readonly of: Filter | undefined }
  | { readonly kind: "object"; readonly entries: readonly (readonly [Filter, Filter])[] }
  | { readonly kind: "pipe" | "comma" | "and" | "or" | "alternative"; readonly left: Filter; readonly right: Filter }
  | { readonly kind: "binary"; readonly sign: string; readonly left: Filter; readonly right: Filter }
  | { readonly kind: "assign"; readonly sign: string; readonly left: Filter; readonly right: Filter }
  | { readonly kind: "negate" | "try"; readonly of: Filter; readonly handler?: Filter }
  | { readonly kind: "if"; readonly test: Filter; readonly yes: Filter; readonly no: Filter }
  | {
      readonly kind: "reduce";
      readonly of: Filter;
      readonly pattern: Pattern;
      readonly start: Filter;
      readonly update: Filter;
    }
  | {
      readonly kind: "foreach";
      readonly of: Filter;
      readonly pattern: Pattern;
      readonly start: Filter;
      readonly update: Filter;
      readonly extract: Filter;
    }
  | { readonly kind: "bind"; readonly of: Filter; readonly patterns: readonly Pattern[]; readonly body: Filter }
  | { readonly kind: "variable"; readonly name: string; readonly at?: number }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Filter[]; readonly at?: number }
  | {
      readonly kind: "define";
      readonly name: string;
      readonly params: readonly string[];
      readonly body: Filter;
      readonly rest: Filter;
    }
  | { readonly kind: "label"; readonly name: string; readonly body: Filter }
  | { readonly kind: "break"; readonly name: string };

export type Pattern =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "list"; readonly items: readonly Pattern[] }
  | { readonly kind: "map"; readonly entries: readonly (readonly [Filter, Pattern | undefined, string | undefined])[] };

/** A program jq would not compile; the text is the whole message behind `jq: error: `. */
export class CompileError {
  readonly text: string;
  readonly count: number;
  constructor(text: string, count = 1) {
    this.text = text;
    this.count = count;
  }
}

interface Token {
  readonly type: "number" | "string" | "ident" | "field" | "variable" | "format" | "keyword" | "sign" | "end" | "bad";
  readonly text: string;
  readonly parts?: readonly (string | Filter)[];
  readonly at: number;
}

const KEYWORDS = new Set(
  "def if then elif else end and or reduce foreach as try catch label import include __loc__ not"
    .split(" ")
    .filter((word) => word !== "not"),
);
const SIGNS = /^(?:\?\/\/=?|\/\/=|\|=|\+=|-=|\*=|\/=|%=|==|!=|<=|>=|\/\/|\.\.|[.[\]{}()|,:;=<>+\-*/%$?])/;

const BINARY: readonly (readonly [signs: readonly string[], side: "left" | "none" | "right"])[] = [
  [["//"], "right"],
  [["=", "|=", "+=", "-=", "*=", "/=", "%=", "//="], "none"],
  [["or"], "left"],
  [["and"], "left"],
  [["==", "!=", "<", "<=", ">", ">="], "none"],
  [["+", "-"], "left"],
  [["*", "/", "%"], "left"],
];

export function parseProgram(text: string): Filter {
  const parser = new Parser(text);
  return parser.program();
}

/** One definition of a library, in the order of the text. */
export interface Definition {
  readonly name: string;
  readonly params: readonly string[];
  readonly body: Filter;
}

export function parseLibrary(text: string): Definition[] {
  const found: Definition[] = [];
  for (let node = parseProgram(text); node.kind === "define"; node = node.rest) found.push(node);
  return found;
}

class Parser {
  readonly #text: string;
  #at = 0;
  #ahead: Token | undefined;
  /** Start of the last token: where jq says an unexpected end is. */
  #lastAt = 0;

  constructor(text: string) {
    this.#text = text;
  }

  program(): Filter {
    if (this.#peek().type === "end") return { kind: "identity" };
    const isOnlyDefinitions = this.#is("keyword", "def");
    const filter = this.#pipe(isOnlyDefinitions);
    if (this.#peek().type !== "end") this.#unexpected("expecting $end");
    return filter;
  }

  // --- tokens ---

  #peek(): Token {
    this.#ahead ??= this.#read();
    return this.#ahead;
  }

  #take(): Token {
    const token = this.#peek();
    this.#ahead = undefined;
    this.#lastAt = token.at;
    return token;
  }

  #is(type: Token["type"], text: string): boolean {
    const token = this.#peek();
    return token.type === type && token.text === text;
  }

  #accept(text: string, type: Token["type"] = "sign"): boolean {
    if (!this.#is(type, text)) return false;
    this.#take();
    return true;
  }

  #expect(text: string, type: Token["type"] = "sign"): void {
    if (!this.#accept(text, type)) this.#unexpected(type === "sign" && text.length === 1 ? `expecting '${text}'` : "");
  }

  #unexpected(expecting = ""): never {
    const token = this.#peek();
    const names: Partial<Record<Token["type"], string>> = {
      end: "$end",
      ident: "IDENT",
      field: "FIELD",
      number: "LITERAL",
      string: "QQSTRING_START",
      format: "FORMAT",
      bad: "INVALID_CHARACTER",
    };
    const name =
      names[token.type] ??
      (token.type === "sign" && token.text.length === 1
        ? `'${token.text}'`
        : token.type === "variable"
          ? "'$'"
          : token.text);
    throw new CompileError(
      `syntax error, unexpected ${name}${expecting === "" ? "" : `, ${expecting}`} (Unix shell quoting issues?)${locate(this.#text, token.type === "end" ? this.#lastAt : token.at)}`,
    );
  }

  #read(): Token {
    const skip = /^(?:[ \t\r\n]+|#[^\n]*)+/.exec(this.#text.slice(this.#at));
    this.#at += skip?.[0].length ?? 0;
    const at = this.#at;
    const rest = this.#text.slice(at);
    const token = (type: Token["type"], length: number, text = rest.slice(0, length)): Token => {
      this.#at += length;
      return { type, text, at };
    };
    if (rest === "") return token("end", 0);
    if (rest[0] === '"') return this.#string(at);
    const number = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/.exec(rest)?.[0];
    if (number !== undefined) return token("number", number.length);
    const field = /^\.([A-Za-z_]\w*)/.exec(rest);
    if (field !== null) return token("field", field[0].length, field[1]);
    const variable = /^\$((?:[A-Za-z_]\w*::)*[A-Za-z_]\w*)/.exec(rest);
    if (variable !== null) return token("variable", variable[0].length, variable[1]);
    const format = /^@[A-Za-z0-9_]+/.exec(rest)?.[0];
    if (format !== undefined) return token("format", format.length);
    const word = /^(?:[A-Za-z_]\w*::)*[A-Za-z_]\w*/.exec(rest)?.[0];
    if (word !== undefined) return token(KEYWORDS.has(word) ? "keyword" : "ident", word.length);
    const sign = SIGNS.exec(rest)?.[0];
    return sign === undefined ? token("bad", 1) : token("sign", sign.length);
  }

  /** A string with its interpolations, each parsed on its own. */
  #string(start: number): Token {
    const parts: (string | Filter)[] = [];
    let text = "";
    let i = start + 1;
    for (; this.#text[i] !== '"'; i++) {
      if (i >= this.#text.length) {
        throw new CompileError(
          `syntax error, unexpected $end, expecting QQSTRING_TEXT or QQSTRING_INTERP_START or QQSTRING_END (Unix shell quoting issues?)${locate(this.#text, start + 1)}`,
        );
      }
      if (this.#text[i] !== "\\") {
        text += this.#text[i];
        continue;
      }
      const letter = this.#text[++i] ?? "";
      if (letter === "(") {
        const inner = new Parser(this.#text);
        inner.#at = i + 1;
        const filter = inner.#pipe();
        inner.#expect(")");
        parts.push(text, filter);
        text = "";
        i = inner.#at - 1;
      } else if (letter === "u") {
        text += String.fromCharCode(Number.parseInt(this.#text.slice(i + 1, i + 5), 16));
        i += 4;
      } else text += ({ n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" } as Record<string, string>)[letter] ?? letter;
    }
    parts.push(text);
    this.#at = i + 1;
    return { type: "string", text: this.#text.slice(start, this.#at), parts, at: start };
  }

  // --- grammar, from loose to tight ---

  #pipe(optional = false): Filter {
    if (this.#is("keyword", "def")) {
      const { name, params, body } = this.#definition();
      const ended = optional && this.#peek().type === "end";
      return { kind: "define", name, params, body, rest: ended ? { kind: "identity" } : this.#pipe(optional) };
    }
    if (this.#accept("label", "keyword")) {
      const name = this.#take().text;
      this.#expect("|");
      return { kind: "label", name, body: this.#pipe() };
    }
    const left = this.#comma();
    if (this.#accept("as", "keyword")) {
      const patterns = [this.#pattern()];
      while (this.#accept("?//")) patterns.push(this.#pattern());
      this.#expect("|");
      return { kind: "bind", of: left, patterns, body: this.#pipe() };
    }
    return this.#accept("|") ? { kind: "pipe", left, right: this.#pipe() } : left;
  }

  #definition(): { name: string; params: string[]; body: Filter } {
    this.#expect("def", "keyword");
    const name = this.#take().text;
    const params: string[] = [];
    if (this.#accept("(")) {
      do {
        const token = this.#take();
        params.push(token.type === "variable" ? `$${token.text}` : token.text);
      } while (this.#accept(";"));
      this.#expect(")");
    }
    this.#expect(":");
    const body = this.#pipe();
    this.#expect(";");
    return { name, params, body };
  }

  #comma(): Filter {
    let left = this.#binary(0);
    while (this.#accept(",")) left = { kind: "comma", left, right: this.#binary(0) };
    return left;
  }

  #binary(level: number): Filter {
    const row = BINARY[level];
    if (row === undefined) return this.#unary();
    const [signs, side] = row;
    const { at } = this.#peek();
    let left = this.#binary(level + 1);
    for (;;) {
      const token = this.#peek();
      if ((token.type !== "sign" && token.type !== "keyword") || !signs.includes(token.text)) return left;
      this.#take();
      const right = this.#binary(side === "right" ? level : level + 1);
      // Arithmetic on constants is done while compiling.
      if (token.text === "/" && constantOf(left) !== undefined && constantOf(right) === 0)
        throw new CompileError(`Division by zero?${locate(this.#text, at)}`);
      left = combine(token.text, left, right);
      if (side === "right") return left;
      if (side === "none" && signs.includes(this.#peek().text) && this.#peek().type === "sign") this.#unexpected();
    }
  }

  #unary(): Filter {
    if (this.#accept("-")) return { kind: "negate", of: this.#postfix() };
    return this.#postfix();
  }

  #postfix(): Filter {
    let filter = this.#term();
    for (;;) {
      const token = this.#peek();
      if (token.type === "field") {
        this.#take();
        filter = { kind: "field", of: filter, name: literal(token.text) };
      } else if (token.type === "sign" && token.text === ".") {
        this.#take();
        if (this.#peek().type === "string") filter = { kind: "field", of: filter, name: this.#stringFilter(undefined) };
        else if (!this.#is("sign", "[")) this.#unexpected();
      } else if (this.#accept("[")) filter = this.#index(filter);
      else if (this.#accept("?")) filter = { kind: "try", of: filter };
      else if (token.type === "keyword" && token.text === "as" && filter.kind !== "identity") {
        this.#take();
        const patterns = [this.#pattern()];
        while (this.#accept("?//")) patterns.push(this.#pattern());
        this.#expect("|");
        return { kind: "bind", of: filter, patterns, body: this.#pipe() };
      } else return filter;
    }
  }

  #index(of: Filter): Filter {
    if (this.#accept("]")) return { kind: "each", of };
    if (this.#accept(":")) {
      const to = this.#pipe();
      this.#expect("]");
      return { kind: "slice", of, from: undefined, to };
    }
    const from = this.#pipe();
    if (this.#accept("]")) return { kind: "field", of, name: from };
    this.#expect(":");
    const to = this.#is("sign", "]") ? undefined : this.#pipe();
    this.#expect("]");
    return { kind: "slice", of, from, to };
  }

  #stringFilter(format: string | undefined): Filter {
    const { parts = [] } = this.#take();
    if (parts.length === 1) return literal(parts[0]);
    return { kind: "string", parts, format };
  }

  #term(): Filter {
    const token = this.#peek();
    switch (token.type) {
      case "number":
        this.#take();
        return literal(Number(token.text));
      case "string":
        return this.#stringFilter(undefined);
      case "format":
        this.#take();
        return this.#peek().type === "string" ? this.#stringFilter(token.text) : { kind: "format", name: token.text };
      case "field":
        this.#take();
        return { kind: "field", of: { kind: "identity" }, name: literal(token.text) };
      case "variable":
        this.#take();
        if (token.text === "__loc__")
          return literal({ file: "<top-level>", line: this.#text.slice(0, token.at).split("\n").length });
        return { kind: "variable", name: token.text, at: token.at };
      case "ident":
        return this.#call();
      case "keyword":
        return this.#keyword(token);
      case "sign":
        return this.#sign(token);
      default:
        return this.#unexpected();
    }
  }

  #call(): Filter {
    const { text: name, at } = this.#take();
    if (name === "break") return { kind: "break", name: this.#take().text };
    const args: Filter[] = [];
    if (this.#accept("(")) {
      do args.push(this.#pipe());
      while (this.#accept(";"));
      this.#expect(")");
    }
    if (args.length === 0 && (name === "true" || name === "false" || name === "null"))
      return literal(name === "null" ? null : name === "true");
    return { kind: "call", name, args, at };
  }

  #keyword(token: Token): Filter {
    this.#take();
    switch (token.text) {
      case "if": {
        const test = this.#pipe();
        this.#expect("then", "keyword");
        const yes = this.#pipe();
        return { kind: "if", test, yes, no: this.#else() };
      }
      case "try": {
        const of = this.#postfixOfTry();
        return this.#accept("catch", "keyword")
          ? { kind: "try", of, handler: this.#postfixOfTry() }
          : { kind: "try", of };
      }
      case "reduce":
      case "foreach": {
        const of = this.#postfixWithoutAs();
        this.#expect("as", "keyword");
        const pattern = this.#pattern();
        this.#expect("(");
        const start = this.#pipe();
        this.#expect(";");
        const update = this.#pipe();
        const extract = token.text === "foreach" && this.#accept(";") ? this.#pipe() : ({ kind: "identity" } as const);
        this.#expect(")");
        return token.text === "reduce"
          ? { kind: "reduce", of, pattern, start, update }
          : { kind: "foreach", of, pattern, start, update, extract };
      }
      case "def":
      case "label":
        this.#ahead = token;
        return this.#pipe();
      default:
        this.#ahead = token;
        return this.#unexpected();
    }
  }

  #else(): Filter {
    if (this.#accept("elif", "keyword")) {
      const test = this.#pipe();
      this.#expect("then", "keyword");
      const yes = this.#pipe();
      return { kind: "if", test, yes, no: this.#else() };
    }
    // 1.6 wants an else.
    if (this.#is("keyword", "end")) {
      const where = locate(this.#text, this.#peek().at);
      const [line = ""] = [locate(this.#text, 0)];
      throw new CompileError(
        `syntax error, unexpected end (Unix shell quoting issues?)${where}\njq: error: Possibly unterminated 'if' statement${line}`,
        2,
      );
    }
    this.#expect("else", "keyword");
    const no = this.#pipe();
    this.#expect("end", "keyword");
    return no;
  }

  #postfixOfTry(): Filter {
    return this.#postfixWithoutAs();
  }

  #postfixWithoutAs(): Filter {
    let filter = this.#term();
    for (;;) {
      const token = this.#peek();
      if (token.type === "field") {
        this.#take();
        filter = { kind: "field", of: filter, name: literal(token.text) };
      } else if (this.#accept("[")) filter = this.#index(filter);
      else if (this.#accept("?")) filter = { kind: "try", of: filter };
      else return filter;
    }
  }

  #sign(token: Token): Filter {
    this.#take();
    switch (token.text) {
      case ".":
        if (this.#peek().type === "string")
          return { kind: "field", of: { kind: "identity" }, name: this.#stringFilter(undefined) };
        return { kind: "identity" };
      case "..":
        return { kind: "recurse" };
      case "-":
        return { kind: "negate", of: this.#postfix() };
      case "(": {
        const filter = this.#pipe();
        this.#expect(")");
        return filter;
      }
      case "[": {
        if (this.#accept("]")) return { kind: "array", of: undefined };
        const of = this.#pipe();
        this.#expect("]");
        return { kind: "array", of };
      }
      case "{":
        return this.#object();
      default:
        this.#ahead =
          token.text === "}" || token.text === ")" || token.text === "]" ? { ...token, type: "bad" } : token;
        return this.#unexpected(token.text === "}" ? "expecting $end" : "");
    }
  }

  #object(): Filter {
    const entries: (readonly [Filter, Filter])[] = [];
    while (!this.#accept("}")) {
      if (entries.length > 0) this.#expect(",");
      const token = this.#peek();
      let key: Filter;
      let value: Filter | undefined;
      if (token.type === "variable") {
        this.#take();
        key = literal(token.text);
        value = { kind: "variable", name: token.text };
      } else if (this.#accept("(")) {
        key = this.#pipe();
        this.#expect(")");
      } else if (token.type === "string" || token.type === "format")
        key = token.type === "string" ? this.#stringFilter(undefined) : this.#term();
      else if (token.type === "ident" || token.type === "keyword" || token.type === "number") {
        this.#take();
        key = literal(token.text);
      } else return this.#unexpected();
      if (this.#accept(":")) value = this.#objectValue();
      entries.push([key, value ?? { kind: "field", of: { kind: "identity" }, name: key }]);
    }
    return { kind: "object", entries };
  }

  #objectValue(): Filter {
    let value = this.#unary();
    while (this.#accept("|")) value = { kind: "pipe", left: value, right: this.#unary() };
    const token = this.#peek();
    // 1.6 takes only single terms as values; operators need parentheses.
    if (token.type === "sign" && ["+", "*", "/", "//"].includes(token.text)) this.#unexpected("expecting '}'");
    return value;
  }

  #pattern(): Pattern {
    const token = this.#take();
    if (token.type === "variable") return { kind: "name", name: token.text };
    if (token.text === "[") {
      const items: Pattern[] = [];
      do items.push(this.#pattern());
      while (this.#accept(","));
      this.#expect("]");
      return { kind: "list", items };
    }
    if (token.text !== "{") {
      this.#ahead = token;
      return this.#unexpected();
    }
    const entries: (readonly [Filter, Pattern | undefined, string | undefined])[] = [];
    do {
      const key = this.#take();
      if (key.type === "variable")
        entries.push([literal(key.text), this.#accept(":") ? this.#pattern() : undefined, key.text]);
      else {
        let name: Filter = literal(key.type === "string" ? key.parts?.[0] : key.text);
        if (key.text === "(") {
          name = this.#pipe();
          this.#expect(")");
        }
        this.#expect(":");
        entries.push([name, this.#pattern(), undefined]);
      }
    } while (this.#accept(","));
    this.#expect("}");
    return { kind: "map", entries };
  }
}

/** The number that a filter of constants stands for. */
function constantOf(filter: Filter): number | undefined {
  if (filter.kind === "literal") return typeof filter.value === "number" ? filter.value : undefined;
  if (filter.kind !== "binary" || !"+-*/".includes(filter.sign)) return undefined;
  const [left, right] = [constantOf(filter.left), constantOf(filter.right)];
  if (left === undefined || right === undefined) return undefined;
  return filter.sign === "+"
    ? left + right
    : filter.sign === "-"
      ? left - right
      : filter.sign === "*"
        ? left * right
        : left / right;
}

function literal(value: unknown): Filter {
  return { kind: "literal", value };
}

function combine(sign: string, left: Filter, right: Filter): Filter {
  if (sign === "and" || sign === "or") return { kind: sign, left, right };
  if (sign === "//") return { kind: "alternative", left, right };
  return /^(?:=|\|=|[-+*/%]=|\/\/=)$/.test(sign)
    ? { kind: "assign", sign, left, right }
    : { kind: "binary", sign, left, right };
}

/** Where in the program: the line, and blanks up to the place, as jq pads its messages. */
export function locate(text: string, at: number): string {
  const before = text.slice(0, at).split("\n");
  const line = text.split("\n")[before.length - 1] ?? "";
  return ` at <top-level>, line ${before.length}:\n${line}${" ".repeat(at)}`;
}
