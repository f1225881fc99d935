// jq's grammar, from loose to tight, as jq 1.6 has it. One file, for each of its parts holds all the others.

import { CompileError, locate } from "./compile-error.ts";
import type { Definition, Filter, Pattern } from "./filter.ts";
import { type Token, TokenReader } from "./tokens.ts";

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

export function parseLibrary(text: string): Definition[] {
  const found: Definition[] = [];
  for (let node = parseProgram(text); node.kind === "define"; node = node.rest) found.push(node);
  return found;
}

class Parser extends TokenReader {
  program(): Filter {
    if (this.atEnd) return { kind: "identity" };
    const module = /^\s*(?:import|include)\s*"([^"\\]*)"/.exec(this.text)?.[1];
    if (module !== undefined) throw new CompileError(`module not found: ${module}\n`);
    if (!this.begins()) this.unexpected("expecting $end");
    const isOnlyDefinitions = this.is("keyword", "def");
    const filter = this.pipe(isOnlyDefinitions);
    if (this.peek().type !== "end") this.unexpected("expecting $end");
    return filter;
  }

  protected interpolation(from: number): { filter: Filter; end: number } {
    const inner = new Parser(this.text);
    inner.at = from;
    inner.inString = true;
    const filter = inner.pipe();
    if (inner.peek().type !== "closing") inner.unexpected();
    return { filter, end: inner.at };
  }

  /** This parser reads what stands between `\(` and `)`. */
  private inString = false;

  protected override stray(token: (type: Token["type"], length: number) => Token, sign: string): Token {
    return token(this.inString && sign === ")" ? "closing" : "bad", 1);
  }

  /** Whether a filter can begin with the next word. */
  private begins(): boolean {
    const { type, text } = this.peek();
    if (type === "sign") return [".", "..", "-", "(", "[", "{", "$"].includes(text);
    if (type === "keyword") return /^(?:def|if|try|reduce|foreach|label)$/.test(text);
    return type !== "bad" && type !== "end" && type !== "closing";
  }

  /** What a broken rule of the grammar says besides, told where the rule began. */
  private alsoSaying<T>(at: number, what: string, parse: () => T, applies = () => true): T {
    const brackets = this.depth;
    try {
      return parse();
    } catch (problem) {
      // An error within brackets is taken for one of theirs.
      if (!(problem instanceof CompileError) || problem.count !== 1 || this.depth > brackets || !applies())
        throw problem;
      throw new CompileError(`${problem.text}\njq: error: ${what}${locate(this.text, at)}`, 2);
    }
  }

  private pipe(optional = false): Filter {
    if (this.is("keyword", "def")) {
      const { name, params, body } = this.definition();
      const ended = optional && this.peek().type === "end";
      return { kind: "define", name, params, body, rest: ended ? { kind: "identity" } : this.pipe(optional) };
    }
    if (this.accept("label", "keyword")) {
      const name = this.labelName();
      this.expect("|", "'|'");
      return { kind: "label", name, body: this.pipe() };
    }
    const left = this.comma();
    if (this.accept("as", "keyword")) {
      const patterns = [this.pattern()];
      while (this.accept("?//")) patterns.push(this.pattern());
      this.expect("|", "'|'");
      return { kind: "bind", of: left, patterns, body: this.pipe() };
    }
    return this.accept("|") ? { kind: "pipe", left, right: this.pipe() } : left;
  }

  private definition(): { name: string; params: string[]; body: Filter } {
    this.expect("def", "", "keyword");
    if (this.peek().type !== "ident") this.unexpected("expecting IDENT");
    const name = this.take().text;
    const params: string[] = [];
    const hasParams = this.accept("(");
    if (hasParams) {
      do {
        if (this.peek().type !== "ident" && this.peek().type !== "variable") this.unexpected("expecting IDENT or '$'");
        const token = this.take();
        params.push(token.type === "variable" ? `$${token.text}` : token.text);
      } while (this.accept(";"));
      this.expect(")", "';' or ')'");
    }
    this.expect(":", hasParams ? "':'" : "'(' or ':'");
    const body = this.pipe();
    this.expect(";");
    return { name, params, body };
  }

  private comma(): Filter {
    let left = this.binary(0);
    while (this.accept(",")) left = { kind: "comma", left, right: this.binary(0) };
    return left;
  }

  private binary(level: number): Filter {
    const row = BINARY[level];
    if (row === undefined) return this.unary();
    const [signs, side] = row;
    const { at } = this.peek();
    let left = this.binary(level + 1);
    for (;;) {
      const token = this.peek();
      if ((token.type !== "sign" && token.type !== "keyword") || !signs.includes(token.text)) return left;
      this.take();
      const right = this.binary(side === "right" ? level : level + 1);
      // Arithmetic on constants is done while compiling.
      if (token.text === "/" && constantOf(left) !== undefined && constantOf(right) === 0)
        throw new CompileError(`Division by zero?${locate(this.text, at)}`);
      left = combine(token.text, left, right);
      if (side === "right") return left;
      if (side === "none" && signs.includes(this.peek().text) && this.peek().type === "sign") this.unexpected();
    }
  }

  private unary(): Filter {
    if (this.accept("-")) return { kind: "negate", of: this.postfix() };
    return this.postfix();
  }

  private postfix(): Filter {
    let filter = this.term();
    for (;;) {
      const longer = this.suffixed(filter);
      const token = this.peek();
      if (longer !== undefined) filter = longer;
      else if (token.type === "sign" && token.text === ".") {
        this.take();
        if (this.peek().type === "string") filter = { kind: "field", of: filter, name: this.stringFilter(undefined) };
        else this.unexpected("expecting FORMAT or QQSTRING_START");
      } else if (token.type === "keyword" && token.text === "as" && filter.kind !== "identity") {
        this.take();
        const patterns = [this.pattern()];
        while (this.accept("?//")) patterns.push(this.pattern());
        this.expect("|", "'|'");
        return { kind: "bind", of: filter, patterns, body: this.pipe() };
      } else return filter;
    }
  }

  /** A filter with a field, an index or a question mark behind it; undefined where none of them follows. */
  private suffixed(of: Filter): Filter | undefined {
    const token = this.peek();
    if (token.type === "field") {
      this.take();
      return { kind: "field", of, name: literal(token.text) };
    }
    if (this.accept("[")) return this.index(of);
    return this.accept("?") ? { kind: "try", of } : undefined;
  }

  private index(of: Filter): Filter {
    if (this.accept("]")) return { kind: "each", of };
    if (this.accept(":")) {
      const to = this.pipe();
      this.expect("]");
      return { kind: "slice", of, from: undefined, to };
    }
    const from = this.pipe();
    if (this.accept("]")) return { kind: "field", of, name: from };
    this.expect(":");
    const to = this.is("sign", "]") ? undefined : this.pipe();
    this.expect("]");
    return { kind: "slice", of, from, to };
  }

  private stringFilter(format: string | undefined): Filter {
    const { parts = [] } = this.take();
    if (parts.length === 1) return literal(parts[0]);
    return { kind: "string", parts, format };
  }

  private term(): Filter {
    const token = this.peek();
    switch (token.type) {
      case "number":
        this.take();
        return literal(Number(token.text));
      case "string":
        return this.stringFilter(undefined);
      case "format":
        this.take();
        return this.peek().type === "string" ? this.stringFilter(token.text) : { kind: "format", name: token.text };
      case "field":
        this.take();
        return { kind: "field", of: { kind: "identity" }, name: literal(token.text) };
      case "variable":
        this.take();
        if (token.text === "__loc__")
          return literal({ file: "<top-level>", line: this.text.slice(0, token.at).split("\n").length });
        return { kind: "variable", name: token.text, at: token.at };
      case "ident":
        return this.call();
      case "keyword":
        return this.keyword(token);
      case "sign":
        return this.sign(token);
      default:
        return this.unexpected();
    }
  }

  private labelName(): string {
    if (this.accept("$")) this.unexpected("expecting IDENT");
    return this.peek().type === "variable" ? this.take().text : this.unexpected("expecting '$'", this.dollar());
  }

  private call(): Filter {
    const { text: name, at } = this.take();
    if (name === "break") {
      const label = this.alsoSaying(at, "break requires a label to break to", () => this.labelName());
      return { kind: "break", name: label, at };
    }
    const args: Filter[] = [];
    if (this.accept("(")) {
      do args.push(this.pipe());
      while (this.accept(";"));
      this.expect(")", "';' or ')'");
    }
    if (args.length === 0 && (name === "true" || name === "false" || name === "null"))
      return literal(name === "null" ? null : name === "true");
    return { kind: "call", name, args, at };
  }

  private keyword(token: Token): Filter {
    this.take();
    switch (token.text) {
      case "if": {
        const test = this.pipe();
        this.expect("then", "", "keyword");
        return this.alsoSaying(token.at, "Possibly unterminated 'if' statement", () => {
          const yes = this.pipe();
          return { kind: "if", test, yes, no: this.else() };
        });
      }
      case "try": {
        const of = this.postfixWithoutAs();
        if (!this.accept("catch", "keyword")) return { kind: "try", of };
        return this.alsoSaying(token.at, "Possibly unterminated 'try' statement", () => ({
          kind: "try",
          of,
          handler: this.postfixWithoutAs(),
        }));
      }
      case "reduce":
      case "foreach": {
        const of = this.postfixWithoutAs();
        this.expect("as", "FIELD or as or '.' or '['", "keyword");
        const pattern = this.pattern();
        this.expect("(", "'('");
        const start = this.pipe();
        this.expect(";");
        const update = this.pipe();
        const extract = token.text === "foreach" && this.accept(";") ? this.pipe() : ({ kind: "identity" } as const);
        this.expect(")");
        return token.text === "reduce"
          ? { kind: "reduce", of, pattern, start, update }
          : { kind: "foreach", of, pattern, start, update, extract };
      }
      case "def":
      case "label":
        this.ahead = token;
        return this.pipe();
      default:
        this.ahead = token;
        return this.unexpected();
    }
  }

  private else(): Filter {
    if (this.accept("elif", "keyword")) {
      const test = this.pipe();
      this.expect("then", "", "keyword");
      const yes = this.pipe();
      return { kind: "if", test, yes, no: this.else() };
    }
    // 1.6 wants an else.
    this.expect("else", "", "keyword");
    const no = this.pipe();
    this.expect("end", "", "keyword");
    return no;
  }

  private postfixWithoutAs(): Filter {
    let filter = this.term();
    for (;;) {
      const longer = this.suffixed(filter);
      if (longer === undefined) return filter;
      filter = longer;
    }
  }

  private sign(token: Token): Filter {
    this.take();
    switch (token.text) {
      case ".":
        if (this.peek().type === "string")
          return { kind: "field", of: { kind: "identity" }, name: this.stringFilter(undefined) };
        return this.afterDot(token.at);
      case "..":
        return { kind: "recurse" };
      case "-":
        return { kind: "negate", of: this.postfix() };
      case "(": {
        const filter = this.pipe();
        this.expect(")");
        return filter;
      }
      case "[": {
        if (this.accept("]")) return { kind: "array", of: undefined };
        const of = this.pipe();
        this.expect("]");
        return { kind: "array", of };
      }
      case "{":
        return this.object();
      case "$":
        return this.unexpected("expecting IDENT or __loc__");
      default:
        return this.unexpected("", token);
    }
  }

  /** A dot alone, unless what follows shows that a field was meant. */
  private afterDot(at: number): Filter {
    const { type, text } = this.peek();
    const strays = type === "ident" || type === "bad" || type === "variable" || type === "number";
    if (strays || (type === "sign" && /^[({$]$/.test(text)))
      this.alsoSaying(at, 'try .["field"] instead of .field for unusually named fields', () => {
        if (type === "ident") this.take();
        this.unexpected("", type === "variable" ? this.dollar() : this.peek());
      });
    return { kind: "identity" };
  }

  /** The `$` that a variable begins with. */
  private dollar(): Token {
    const token = this.peek();
    return token.type === "variable" ? { type: "sign", text: "$", at: token.at } : token;
  }

  private object(): Filter {
    const entries: (readonly [Filter, Filter])[] = [];
    while (!this.accept("}")) {
      const { at } = this.peek();
      // What stands before a colon and is no name was perhaps meant to be worked out.
      const isKey = () => /^[^,}]*:/.test(this.text.slice(this.peek().at));
      entries.push(this.alsoSaying(at, "May need parentheses around object key expression", () => this.entry(), isKey));
      if (!this.accept(",")) {
        this.expect("}", "'}'");
        break;
      }
    }
    return { kind: "object", entries };
  }

  private entry(): readonly [Filter, Filter] {
    const token = this.peek();
    let key: Filter;
    let value: Filter | undefined;
    if (token.type === "variable") {
      this.take();
      key = literal(token.text);
      value = { kind: "variable", name: token.text };
    } else if (this.accept("(")) {
      key = this.pipe();
      this.expect(")");
      if (!this.is("sign", ":")) this.unexpected("expecting ':'");
    } else if (token.type === "string" || token.type === "format")
      key = token.type === "string" ? this.stringFilter(undefined) : this.term();
    else if (token.type === "ident" || token.type === "keyword") {
      this.take();
      key = literal(token.text);
    } else return this.unexpected();
    if (this.accept(":")) value = this.objectValue();
    if (!this.is("sign", ",") && !this.is("sign", "}")) this.unexpected("expecting '}'");
    return [key, value ?? { kind: "field", of: { kind: "identity" }, name: key }];
  }

  private objectValue(): Filter {
    let value = this.unary();
    while (this.accept("|")) value = { kind: "pipe", left: value, right: this.unary() };
    // 1.6 takes only single terms as values; operators need parentheses.
    return value;
  }

  private pattern(): Pattern {
    const token = this.take();
    if (token.type === "variable") return { kind: "name", name: token.text };
    if (token.text === "[") {
      const items: Pattern[] = [];
      do items.push(this.pattern());
      while (this.accept(","));
      this.expect("]", "',' or ']'");
      return { kind: "list", items };
    }
    if (token.text !== "{" || token.type !== "sign") return this.unexpected("expecting '$' or '[' or '{'", token);
    const entries: (readonly [Filter, Pattern | undefined, string | undefined])[] = [];
    do {
      const key = this.take();
      const named = key.type === "ident" || key.type === "keyword" || key.type === "string" || key.text === "(";
      if (key.type !== "variable" && !named) this.unexpected("", key);
      if (key.type === "variable")
        entries.push([literal(key.text), this.accept(":") ? this.pattern() : undefined, key.text]);
      else {
        let name: Filter = literal(key.type === "string" ? key.parts?.[0] : key.text);
        if (key.text === "(") {
          name = this.pipe();
          this.expect(")");
        }
        this.expect(":", "':'");
        entries.push([name, this.pattern(), undefined]);
      }
    } while (this.accept(","));
    this.expect("}", "',' or '}'");
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
