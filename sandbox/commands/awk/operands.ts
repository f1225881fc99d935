// What expressions are made of: variables, fields, subscripts, calls and getline. How operators bind is another layer's.

import type { Task } from "../../kernel/sys.ts";
import { isRegexError } from "../../lib/regex/regex.ts";
import { builtinCall } from "./builtins.ts";
import { callFunction, increment } from "./expressions.ts";
import { BUILTINS, type Token } from "./lexer.ts";
import { type ArrayRef, type Expr, lift, liftTask } from "./nodes.ts";
import { compileAwk } from "./regex.ts";
import type { Runtime } from "./runtime.ts";
import { NF, SPECIALS, SUBSEP } from "./specials.ts";
import type { FunctionBody } from "./statements.ts";
import { TokenStream } from "./token-stream.ts";
import { toNumber, type Value } from "./values.ts";

interface Symbol {
  readonly slot: number;
  kind: "unknown" | "scalar" | "array";
}

export abstract class OperandParser extends TokenStream {
  /** An expression; in print an unparenthesized `>` ends it. */
  protected abstract ternary(inPrint: boolean): Expr;

  /** An operand with the signs before it, `$` and `++` among them. */
  protected abstract primary(): Expr;

  protected readonly symbols = new Map<string, Symbol>(SPECIALS.map((name, slot) => [name, { slot, kind: "scalar" }]));
  protected readonly functions = new Map<string, FunctionBody>();
  protected readonly calls: { name: string; count: number; line: number }[] = [];
  /** Parameters of the function that is being read. */
  protected locals: readonly string[] | undefined;

  constructor(text: string) {
    super(text);
    for (const name of ["ENVIRON", "ARGV"]) this.symbols.set(name, { slot: this.symbols.size, kind: "array" });
  }

  protected functionEntry(name: string): FunctionBody {
    let entry = this.functions.get(name);
    if (entry === undefined) {
      entry = { params: 0, body: undefined };
      this.functions.set(name, entry);
    }
    return entry;
  }

  protected list(inPrint: boolean): Expr[] {
    const items = [this.ternary(inPrint)];
    while (this.accept(",")) {
      this.skipNewlines();
      items.push(this.ternary(inPrint));
    }
    return items;
  }

  protected pattern(token: Token): Expr {
    const regex = compileAwk(token.text);
    if (isRegexError(regex))
      this.failAt(token.line, `regular expression compile failed (${regex.error})\n${token.text}`);
    return { pattern: token.text, sync: (rt) => (regex.test(rt.record()) ? 1 : 0) };
  }

  protected field(): Expr {
    if (this.accept("++")) return this.fieldOf(increment(this.primary().place as never, 1, true));
    if (this.accept("--")) return this.fieldOf(increment(this.primary().place as never, -1, true));
    if (this.accept("-")) return this.fieldOf(lift([this.primary()], (_rt, [value]) => -toNumber(value)));
    return this.fieldOf(this.primary());
  }

  private fieldOf(index: Expr): Expr {
    const place = {
      operands: [index],
      get: (rt: Runtime, [at]: readonly Value[]) => rt.field(toNumber(at)),
      set: (rt: Runtime, [at]: readonly Value[], value: Value) => rt.setField(toNumber(at), value),
    };
    return { ...lift([index], (rt, [at]) => rt.field(toNumber(at))), place };
  }

  protected grouping(): Expr {
    const items = this.list(false);
    this.expect(")");
    if (items.length === 1 && items[0] !== undefined) {
      const [{ sync, wait }] = items as [Expr];
      return sync === undefined ? { ...(wait && { wait }) } : { sync };
    }
    if (!this.isWord("in")) this.syntaxError();
    return this.joined(items);
  }

  private joined(items: readonly Expr[]): Expr {
    return items.length === 1 && items[0] !== undefined
      ? items[0]
      : lift(items, (rt, values) => values.map((value) => rt.text(value)).join(rt.variable(SUBSEP)));
  }

  protected subscript(): Expr {
    const items = this.list(false);
    this.expect("]");
    return this.joined(items);
  }

  private symbol(name: string): Symbol {
    let symbol = this.symbols.get(name);
    if (symbol === undefined) {
      symbol = { slot: this.symbols.size, kind: "unknown" };
      this.symbols.set(name, symbol);
    }
    return symbol;
  }

  protected variable(token: Token): Expr & { place: NonNullable<Expr["place"]> } {
    if (this.accept("[")) return this.element(this.arrayRef(token), this.subscript());
    const local = this.locals?.indexOf(token.text) ?? -1;
    if (local >= 0) {
      const place = {
        operands: [],
        get: (rt: Runtime) => rt.local(local),
        set: (rt: Runtime, _none: readonly Value[], value: Value) => rt.setLocal(local, value),
      };
      return {
        sync: (rt) => rt.local(local),
        place,
        name: { array: (rt) => rt.localArray(local), raw: (rt) => rt.rawLocal(local) },
      };
    }
    const symbol = this.symbol(token.text);
    const next = this.peek();
    const isArgument = next.kind === "sign" && (next.text === "," || next.text === ")");
    if (symbol.kind === "array" && !isArgument) this.failAt(token.line, `illegal reference to array ${token.text}`);
    if (symbol.kind === "unknown" && !isArgument) symbol.kind = "scalar";
    const { slot } = symbol;
    const get = slot === NF ? (rt: Runtime) => rt.fieldCount() : (rt: Runtime) => rt.global(slot);
    const place = {
      operands: [],
      get,
      set: (rt: Runtime, _none: readonly Value[], value: Value) => rt.setGlobal(slot, value),
    };
    return { sync: get, place, name: { array: (rt) => rt.globalArray(slot), raw: (rt) => rt.rawGlobal(slot) } };
  }

  private element(ref: ArrayRef, key: Expr): Expr & { place: NonNullable<Expr["place"]> } {
    const place = {
      operands: [key],
      get: (rt: Runtime, [at]: readonly Value[]) => ref.array(rt).get(rt.text(at), isIndex(at)),
      set: (rt: Runtime, [at]: readonly Value[], value: Value) => ref.array(rt).set(rt.text(at), isIndex(at), value),
    };
    return { ...lift([key], (rt, [at]) => ref.array(rt).get(rt.text(at), isIndex(at))), place };
  }

  protected arrayRef(token: Token): ArrayRef {
    if (token.kind !== "name") {
      this.ahead.unshift(token);
      this.syntaxError();
    }
    const local = this.locals?.indexOf(token.text) ?? -1;
    if (local >= 0) return { array: (rt) => rt.localArray(local), raw: (rt) => rt.rawLocal(local) };
    const symbol = this.symbol(token.text);
    if (symbol.kind === "scalar") this.failAt(token.line, `illegal reference to variable ${token.text}`);
    symbol.kind = "array";
    return { array: (rt) => rt.globalArray(symbol.slot), raw: (rt) => rt.rawGlobal(symbol.slot) };
  }

  protected call(token: Token): Expr {
    this.expect("(");
    const args = this.is(")") ? [] : this.list(false);
    this.expect(")");
    this.calls.push({ name: token.text, count: args.length, line: token.line });
    return callFunction(this.functionEntry(token.text), args);
  }

  protected builtin(token: Token): Expr {
    const [min, max] = BUILTINS[token.text] ?? [0, 0];
    if (!this.is("(")) {
      if (token.text !== "length") this.syntaxError();
      return builtinCall("length", []);
    }
    this.take();
    if (this.is(")") && ["split", "match", "sub", "gsub"].includes(token.text)) this.syntaxError();
    const args = this.is(")") ? [] : this.builtinArguments(token.text);
    this.expect(")");
    if (args.length < min || args.length > max)
      this.failAt(token.line, `wrong number of arguments in call to ${token.text}`);
    return builtinCall(token.text, args);
  }

  private builtinArguments(name: string): Expr[] {
    if (name === "length" && this.peek().kind === "name" && this.peek(1).text === ")") {
      const token = this.take();
      const local = this.locals?.includes(token.text) ?? false;
      const symbol = local ? undefined : this.symbol(token.text);
      if (symbol !== undefined && symbol.kind !== "array") {
        symbol.kind = "scalar";
        return [this.variable(token)];
      }
      const { name: ref } = local ? this.variable(token) : { name: this.arrayRef(token) };
      return [{ sync: (rt) => rt.lengthOf(ref as ArrayRef), name: ref as ArrayRef, pattern: "length" }];
    }
    if (name !== "split") return this.list(false);
    const text = this.ternary(false);
    this.expect(",");
    const ref = this.arrayRef(this.take());
    const args: Expr[] = [text, { sync: () => undefined, name: ref }];
    if (this.accept(",")) args.push(this.ternary(false));
    return args;
  }

  /** getline in its forms: from the input, a file, or a command. */
  protected getline(source: Expr | undefined, kind: "" | "|"): Expr {
    let target: Expr | undefined;
    const token = this.peek();
    if (token.kind === "name" || this.is("$")) target = this.primary();
    let from = source;
    let way: "" | "|" | "<" = kind;
    if (kind === "" && this.accept("<")) {
      from = this.primary();
      way = "<";
    }
    const operands = target?.place?.operands ?? [];
    const { place } = target ?? {};
    return liftTask([...(from === undefined ? [] : [from]), ...operands], function* (rt: Runtime, values): Task<Value> {
      const name = from === undefined ? "" : rt.text(values[0]);
      const rest = from === undefined ? values : values.slice(1);
      return yield* rt.getline(way, name, place === undefined ? undefined : (value) => place.set(rt, rest, value));
    });
  }
}

/** Whether a subscript is an integer, which mawk keeps apart from text. */
function isIndex(value: Value): boolean {
  return typeof value === "number" && Number.isInteger(value);
}
