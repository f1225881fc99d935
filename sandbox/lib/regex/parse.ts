// Patterns to trees: basic and extended POSIX syntax with the GNU extensions, and the messages of glibc's regcomp.

import { parseBracket } from "./bracket.ts";
import { ANY, type CharSet, foldSet, single } from "./charset.ts";
import { type Assertion, EMPTY, type Node } from "./tree.ts";

/** How a dialect differs; the names follow the RE_ bits of glibc's regex.h. */
export interface Dialect {
  readonly extended: boolean;
  /** A repetition sign with nothing before it: an error, ignored, or (always in basic syntax) a plain character. */
  readonly leadingRepeat: "error" | "ignored";
  /** A repeated item takes no further `*` or interval (sed's basic expressions). */
  readonly singleRepeat?: boolean;
  /** A wrong interval such as `a{1` stands for itself (grep -E). */
  readonly looseIntervals: boolean;
  /** A closing parenthesis with no partner stands for itself (grep -E). */
  readonly looseParens: boolean;
}

export const BASIC: Dialect = { extended: false, leadingRepeat: "error", looseIntervals: false, looseParens: false };
export const SED: Dialect = { ...BASIC, singleRepeat: true };
export const EXTENDED: Dialect = { extended: true, leadingRepeat: "error", looseIntervals: false, looseParens: false };
/** RE_SYNTAX_EGREP, as grep -E uses it. */
export const EGREP: Dialect = { extended: true, leadingRepeat: "ignored", looseIntervals: true, looseParens: true };

const MAX_REPEAT = 0x7fff;

const ESCAPES: Readonly<Record<string, Assertion>> = {
  "<": "wordStart",
  ">": "wordEnd",
  b: "wordEdge",
  B: "notWordEdge",
  "`": "bufStart",
  "'": "bufEnd",
};

const CLASS_ESCAPES: Readonly<Record<string, CharSet>> = {
  w: { ranges: [], classes: ["word"], negated: false },
  W: { ranges: [], classes: ["word"], negated: true },
  s: { ranges: [], classes: ["space"], negated: false },
  S: { ranges: [], classes: ["space"], negated: true },
};

type Token =
  | { readonly type: "char"; readonly code: number }
  | { readonly type: "set"; readonly set: CharSet }
  | { readonly type: "assert"; readonly what: Assertion }
  | { readonly type: "ref"; readonly index: number }
  | {
      readonly type:
        | "any"
        | "bracket"
        | "open"
        | "close"
        | "alt"
        | "star"
        | "plus"
        | "question"
        | "interval"
        | "trailing"
        | "end";
    };

/** Thrown inside the parser only; `parse` turns it into a value. */
class PatternError {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export interface Parsed {
  readonly tree: Node;
  readonly groups: number;
  readonly hasRefs: boolean;
  /** Repetition signs found at the start of an expression, which grep warns about. */
  readonly leading: readonly string[];
}

/** A pattern to its tree, or the message of regerror(3). */
export function parse(pattern: string, dialect: Dialect, ignoreCase = false): Parsed | { error: string } {
  try {
    return new Parser(pattern, dialect, ignoreCase).run();
  } catch (problem) {
    if (problem instanceof PatternError) return { error: problem.text };
    throw problem;
  }
}

class Parser {
  private at = 0;
  private length = 0;
  private groups = 0;
  private hasRefs = false;
  private readonly completed = new Set<number>();
  private readonly leading: string[] = [];
  private readonly text: string;
  private readonly dialect: Dialect;
  private readonly ignoreCase: boolean;

  constructor(text: string, dialect: Dialect, ignoreCase: boolean) {
    this.text = text;
    this.dialect = dialect;
    this.ignoreCase = ignoreCase;
  }

  run(): Parsed {
    const tree = this.alternatives(0);
    const token = this.peek(false);
    if (token.type !== "end") throw new PatternError("Unmatched ) or \\)");
    return { tree, groups: this.groups, hasRefs: this.hasRefs, leading: this.leading };
  }

  private alternatives(depth: number): Node {
    const items = [this.branch(depth)];
    while (this.peek(false).type === "alt") {
      this.at += this.length;
      items.push(this.branch(depth));
    }
    return items.length === 1 ? (items[0] ?? EMPTY) : { kind: "alt", items };
  }

  private branch(depth: number): Node {
    const items: Node[] = [];
    // A caret is an anchor here and after an anchor-less start only (RE_CARET_ANCHORS_HERE).
    for (let start = true; ; start = false) {
      const token = this.peek(start);
      if (token.type === "end" || token.type === "alt") break;
      if (token.type === "close" && (depth > 0 || !this.dialect.looseParens)) {
        if (depth === 0) throw new PatternError("Unmatched ) or \\)");
        break;
      }
      items.push(this.expression(token, depth));
    }
    return items.length === 0 ? EMPTY : items.length === 1 ? (items[0] ?? EMPTY) : { kind: "cat", items };
  }

  private expression(token: Token, depth: number): Node {
    const begin = this.at;
    this.at += this.length;
    switch (token.type) {
      case "assert":
        // Anchors take no repetition: what follows is the start of an expression again.
        return { kind: "assert", what: token.what };
      case "star":
      case "plus":
      case "question":
        if (this.dialect.extended) return this.leadingSign(this.text[begin] ?? "", depth);
        return this.repeated(this.char(this.text.charCodeAt(this.at - 1)));
      case "interval":
        if (!this.dialect.extended) throw new PatternError("Invalid preceding regular expression");
        if (this.dialect.leadingRepeat === "error") throw new PatternError("Invalid preceding regular expression");
        this.at = begin;
        if (this.interval() === undefined) {
          this.at = begin + 1;
          return this.dialect.looseIntervals && !this.text.includes("}", begin)
            ? EMPTY
            : this.repeated(this.char(0x7b));
        }
        this.leading.push("{...}");
        return EMPTY;
      default:
        return this.repeated(this.atom(token, depth));
    }
  }

  private leadingSign(sign: string, depth: number): Node {
    if (this.dialect.leadingRepeat === "error") throw new PatternError("Invalid preceding regular expression");
    this.leading.push(sign);
    // glibc skips the sign and reads an expression, so a closing parenthesis right behind is swallowed.
    const next = this.peek(false);
    if (next.type === "end" || next.type === "alt") return EMPTY;
    if (next.type === "close" && depth > 0) {
      this.at += this.length;
      return this.char(0x29);
    }
    return this.expression(next, depth);
  }

  private atom(token: Token, depth: number): Node {
    switch (token.type) {
      case "char":
        return this.char(token.code);
      case "close":
        return this.char(0x29);
      case "set":
        return { kind: "set", set: token.set };
      case "any":
        return { kind: "set", set: ANY };
      case "bracket":
        return this.bracket();
      case "ref":
        if (!this.completed.has(token.index)) throw new PatternError("Invalid back reference");
        this.hasRefs = true;
        return { kind: "ref", index: token.index };
      case "open":
        return this.group(depth);
      default:
        throw new PatternError("Trailing backslash");
    }
  }

  private group(depth: number): Node {
    const index = ++this.groups;
    const item = this.alternatives(depth + 1);
    if (this.peek(false).type !== "close") throw new PatternError("Unmatched ( or \\(");
    this.at += this.length;
    this.completed.add(index);
    return { kind: "group", item, index };
  }

  private bracket(): Node {
    const found = parseBracket(this.text, this.at - 1);
    if ("error" in found) throw new PatternError(found.error);
    this.at = found.next;
    return { kind: "set", set: this.ignoreCase ? foldSet(found.set) : found.set };
  }

  private char(code: number): Node {
    const set = single(code);
    return { kind: "set", set: this.ignoreCase ? foldSet(set) : set };
  }

  /** The repetition signs behind an atom; any number of them may follow one another. */
  private repeated(atom: Node): Node {
    let node = atom;
    for (let times = 0; ; times++) {
      const token = this.peek(false);
      if (times > 0 && this.dialect.singleRepeat && (token.type === "star" || token.type === "interval"))
        throw new PatternError("Invalid preceding regular expression");
      if (token.type === "star") node = { kind: "repeat", item: node, min: 0, max: Infinity };
      else if (token.type === "plus") node = { kind: "repeat", item: node, min: 1, max: Infinity };
      else if (token.type === "question") node = { kind: "repeat", item: node, min: 0, max: 1 };
      else if (token.type === "interval") {
        const bounds = this.interval();
        if (bounds === undefined) return { kind: "cat", items: [node, this.repeated(this.literalBrace())] };
        node = { kind: "repeat", item: node, ...bounds };
        continue;
      } else return node;
      this.at += this.length;
    }
  }

  private literalBrace(): Node {
    this.at += 1;
    return this.char(0x7b);
  }

  /** An interval that begins here; undefined where it is wrong and so stands for itself. */
  private interval(): { min: number; max: number } | undefined {
    const shape = this.dialect.extended ? /\{(\d*)(,?)(\d*)(\}?)/y : /\\\{(\d*)(,?)(\d*)(\\\}|)/y;
    shape.lastIndex = this.at;
    const found = shape.exec(this.text);
    const [whole = "", low = "", comma = "", high = "", close = ""] = found ?? [];
    const min = low === "" ? 0 : Number(low);
    const max = comma === "" ? min : high === "" ? Infinity : Number(high);
    const wrong = close === "" || (low === "" && comma === "");
    if (wrong && this.dialect.looseIntervals) return undefined;
    if (wrong) {
      const rest = this.text.slice(this.at + whole.length);
      const ended = rest === "" && close === "";
      throw new PatternError(ended ? "Unmatched \\{" : "Invalid content of \\{\\}");
    }
    if (min > max) throw new PatternError("Invalid content of \\{\\}");
    if ((max === Infinity ? min : max) > MAX_REPEAT) throw new PatternError("Regular expression too big");
    this.at += whole.length;
    return { min, max };
  }

  /** The token at this place; its length goes to `this.length`. `start`: at the start of a branch. */
  private peek(start: boolean): Token {
    const { text, at } = this;
    const { extended } = this.dialect;
    if (at >= text.length) {
      this.length = 0;
      return { type: "end" };
    }
    const code = text.codePointAt(at) ?? 0;
    this.length = code > 0xffff ? 2 : 1;
    const char = text[at];
    if (char === "\\") return this.escape();
    if (char === "[") return { type: "bracket" };
    if (char === ".") return { type: "any" };
    if (char === "*") return { type: "star" };
    if (char === "^" && (extended || start)) return { type: "assert", what: "bol" };
    if (char === "$" && (extended || this.endsBranch(at + 1))) return { type: "assert", what: "eol" };
    if (extended) {
      if (char === "+") return { type: "plus" };
      if (char === "?") return { type: "question" };
      if (char === "{") return { type: "interval" };
      if (char === "(") return { type: "open" };
      if (char === ")") return { type: "close" };
      if (char === "|") return { type: "alt" };
    }
    return { type: "char", code };
  }

  private endsBranch(at: number): boolean {
    const rest = this.text.slice(at, at + 2);
    return rest === "" || rest === "\\)" || rest === "\\|";
  }

  private escape(): Token {
    const code = this.text.codePointAt(this.at + 1);
    if (code === undefined) return { type: "trailing" };
    const char = String.fromCodePoint(code);
    this.length = 1 + char.length;
    if (char >= "1" && char <= "9") return { type: "ref", index: Number(char) };
    const what = ESCAPES[char];
    if (what !== undefined) return { type: "assert", what };
    const set = CLASS_ESCAPES[char];
    if (set !== undefined) return { type: "set", set };
    if (!this.dialect.extended) {
      if (char === "(") return { type: "open" };
      if (char === ")") return { type: "close" };
      if (char === "|") return { type: "alt" };
      if (char === "+") return { type: "plus" };
      if (char === "?") return { type: "question" };
      if (char === "{") return { type: "interval" };
    }
    return { type: "char", code };
  }
}
