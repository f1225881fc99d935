// `${…}`: the parameter, its subscript and what is done to its value.

import type { Mutable, Param, Part, Word } from "./ast.ts";
import { NAME, Quoting } from "./quoting.ts";
import { addText, makeWord } from "./word-parts.ts";

export abstract class Parameters extends Quoting {
  /** `[…]` at the cursor. */
  protected readSubscript(): Word {
    const open = this.pos;
    this.skipPair("[", "]");
    const close = this.pos - 1;
    const word = this.within(open + 1, close, () => this.readParts(""));
    this.pos = close + 1;
    return makeWord(word ?? [], this.src.slice(open + 1, close));
  }

  protected readBraced(quoted: boolean): Part {
    const start = this.pos;
    const from = start + 2;
    this.pos = from;
    const head = /^[!#]?(?:\w+|[@*#?$!-])?(?:\[[^\]]*\])?/.exec(this.src.slice(from, from + 200))?.[0] ?? "";
    const pattern = "#%/^,".includes(this.src[from + head.length] ?? " ");
    while (this.src[this.pos] !== "}" || this.atEnd()) {
      if (this.atEnd()) throw this.unmatched(start, "}");
      this.skipOne(this.src[this.pos] as string, quoted && !pattern);
    }
    const to = this.pos;
    this.pos = to + 1;
    const text = this.src.slice(start, to + 1);
    return this.within(from, to, () => this.readParam(to, text, quoted)) ?? { k: "bad", text };
  }

  private readParam(to: number, text: string, quoted: boolean): Part | undefined {
    const param: Mutable<Param> = { k: "par", name: "", text };
    const first = this.src[this.pos];
    const rest = this.src.slice(this.pos + 1, to);
    if (first === "#" && /^(?:[A-Za-z_]\w*(?:\[.*\])?|\d+|[@*?$!#-])$/s.test(rest)) {
      param.len = true;
      this.pos += 1;
    } else if (first === "!" && /^(?:[A-Za-z_0-9]|[@*#?$!-]$)/.test(rest)) {
      param.ind = true;
      this.pos += 1;
    }
    NAME.lastIndex = this.pos;
    const c = this.src[this.pos] ?? "";
    const name =
      NAME.exec(this.src)?.[0] ?? /^\d+/.exec(this.src.slice(this.pos, to))?.[0] ?? ("@*#?-$!".includes(c) ? c : "");
    if (name === "" || this.atEnd()) return undefined;
    param.name = name;
    this.pos += name.length;
    if (this.src[this.pos] === "[" && this.pos < to && /^[A-Za-z_]/.test(name)) {
      const sub = this.readSubscript();
      if (sub.raw === "") return undefined;
      param.sub = sub.raw === "@" || sub.raw === "*" ? sub.raw : sub;
    }
    if (this.atEnd()) return param;
    if (param.len) return undefined;
    if (param.ind && this.pos === to - 1 && (this.src[this.pos] === "*" || this.src[this.pos] === "@")) {
      delete param.ind;
      param.prefix = this.src[this.pos] as "@" | "*";
      return param;
    }
    return this.readOperator(param, to, quoted) ? param : undefined;
  }

  private readOperator(param: Mutable<Param>, to: number, quoted: boolean): boolean {
    const rest = this.src.slice(this.pos, to);
    const op = /^(?::?[-=?+]|##?|%%?|\/[/#%]?|\^\^?|,,?|~~?|@[QEPAaKkUuL]$|:)/.exec(rest)?.[0];
    if (op === undefined) return false;
    // `//` and the like need a pattern; an empty one after `/#` is the character itself.
    param.op = op;
    this.pos += op.length;
    const from = this.pos;
    if (op.startsWith("@")) return true;
    if (op === ":") {
      const colon = this.findColon(to);
      param.arg = this.arithWord(from, colon);
      if (colon < to) param.arg2 = this.arithWord(colon + 1, to);
      return true;
    }
    if (op.startsWith("/")) {
      const saved = this.pos;
      // The slash of `${x///…}` belongs to the pattern where it comes first.
      const parts = this.src[saved] === "/" && op !== "//" ? [] : this.patternParts();
      param.arg = makeWord(parts, this.src.slice(from, this.pos));
      if (!this.atEnd()) {
        const at = this.pos + 1;
        this.pos = at;
        const extglob = this.extglob;
        this.extglob = false;
        param.arg2 = makeWord(this.readParts(""), this.src.slice(at, to));
        this.extglob = extglob;
      }
      return true;
    }
    const parts = "#%^,~".includes(op[0] as string)
      ? this.readParts("")
      : quoted
        ? this.readInner()
        : this.readParts("");
    param.arg = makeWord(parts, this.src.slice(from, to));
    return true;
  }

  /** The pattern of `${x/pattern/…}`: up to a slash that is not quoted. */
  private patternParts(): Part[] {
    const parts: Part[] = [];
    if (this.src[this.pos] === "/" && !this.atEnd()) {
      addText(parts, "lit", "/");
      this.pos += 1;
    }
    return [...parts, ...this.readParts("/")];
  }

  /** The word of `"${x:-word}"`: double-quote rules, but inner double quotes group. */
  private readInner(): Part[] {
    const parts: Part[] = [];
    while (!this.atEnd()) {
      const c = this.src[this.pos] as string;
      if (c === '"') parts.push(this.readDouble());
      else {
        const end = this.end;
        let to = this.pos;
        const stop = this.pos;
        while (to < end && this.src[to] !== '"') {
          const saved = this.pos;
          this.pos = to;
          this.skipOne(this.src[to] as string, true);
          to = this.pos;
          this.pos = saved;
        }
        this.end = to;
        this.pos = stop;
        try {
          parts.push({ k: "dq", parts: this.readBraceText() });
        } finally {
          this.end = end;
        }
        this.pos = to;
      }
    }
    return parts;
  }

  private readBraceText(): Part[] {
    const parts = this.readQuoted("", this.pos);
    // A backslash before } is dropped here, unlike in plain double quotes.
    return parts.map((part) => (part.k === "quo" ? { k: "quo", s: part.s.replace(/\\}/g, "}") } : part));
  }

  private findColon(to: number): number {
    const saved = this.pos;
    let found = to;
    let ternary = 0;
    let depth = 0;
    while (this.pos < to) {
      const c = this.src[this.pos] as string;
      if (c === "(") depth += 1;
      if (c === ")") depth -= 1;
      if (c === "?") ternary += 1;
      if (c === ":" && depth === 0) {
        if (ternary === 0) {
          found = this.pos;
          break;
        }
        ternary -= 1;
      }
      this.skipOne(c, false);
    }
    this.pos = saved;
    return found;
  }
}
