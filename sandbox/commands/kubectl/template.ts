// Go's text/template, for -o go-template: runs what was parsed, with Go's functions, kubectl's own, and the errors of both.

import { formatCompact } from "../../lib/yaml-go/emit.ts";
import { FUNCTIONS, type Helper, isMap, missing, truthy } from "./template-functions.ts";
import {
  type Call,
  type Control,
  type NamedPiece,
  type Operand,
  type Parsed,
  type Piece,
  type Pipe,
  parseTemplate,
} from "./template-parse.ts";
import { type Any, Fail, goValue, q, sortedKeys } from "./values.ts";

/** What ends a turn of a range. */
class Leave {
  readonly kind: "break" | "continue";

  constructor(kind: "break" | "continue") {
    this.kind = kind;
  }
}

export class GoTemplate {
  readonly #parsed: Parsed;
  readonly #text: string;
  readonly #missing: boolean;

  constructor(text: string, allowMissing = true) {
    this.#text = text;
    this.#missing = allowMissing;
    try {
      this.#parsed = parseTemplate(text, (name) => name in FUNCTIONS);
    } catch (error) {
      throw new Fail(`error parsing template ${text}, template: output:1: ${(error as Error).message}`);
    }
  }

  print(root: Any): string {
    const run = new Run(this.#text, this.#parsed, this.#missing);
    try {
      run.list(this.#parsed.body, root, [["$", root]]);
      return run.out;
    } catch (error) {
      const { message } = error as Error;
      const fail = new Fail(`error executing template ${q(this.#text)}: ${message}`);
      fail.shown = `${run.out}Error executing template: ${message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${this.#text}\n\traw data was:\n\t\t${formatCompact(root)}\n\tobject given to template engine was:\n\t\t${goValue(root)}\n\n`;
      throw fail;
    }
  }
}

type Scope = [name: string, value: Any][];

const printed = (value: Any): string => (missing(value) ? "<no value>" : goValue(value));

class Run {
  out = "";
  readonly #text: string;
  readonly #parsed: Parsed;
  readonly #missing: boolean;
  #template = "output";
  #depth = 0;

  constructor(text: string, parsed: Parsed, allowMissing: boolean) {
    this.#text = text;
    this.#parsed = parsed;
    this.#missing = allowMissing;
  }

  #fail({ at, text }: { readonly at: number; readonly text: string }, message: string): Error {
    const before = this.#text.slice(0, at);
    const line = before.split("\n").length;
    const column = at - (before.lastIndexOf("\n") + 1);
    return new Error(`template: output:${line}:${column}: executing ${q(this.#template)} at <${text}>: ${message}`);
  }

  list(pieces: readonly Piece[], dot: Any, scope: Scope): void {
    const mark = scope.length;
    for (const piece of pieces) this.#piece(piece, dot, scope);
    scope.length = mark;
  }

  #piece(piece: Piece, dot: Any, scope: Scope): void {
    switch (piece.kind) {
      case "text":
        this.out += piece.text;
        return;
      case "print": {
        const value = this.#pipe(piece.pipe, dot, scope);
        if (piece.pipe.names.length === 0) this.out += printed(value);
        return;
      }
      case "break":
      case "continue":
        throw new Leave(piece.kind);
      case "template":
        this.#named(piece, dot, scope);
        return;
      case "range":
        this.#range(piece, dot, scope);
        return;
      default: {
        const mark = scope.length;
        const value = this.#pipe(piece.pipe, dot, scope);
        if (truthy(value)) this.list(piece.body, piece.kind === "with" ? value : dot, scope);
        else this.list(piece.other, dot, scope);
        scope.length = mark;
      }
    }
  }

  #named({ name, pipe, at }: NamedPiece, dot: Any, scope: Scope): void {
    const body = this.#parsed.named.get(name);
    const here = { at, text: `{{template ${q(name)}${pipe === undefined ? "" : ` ${pipe.text}`}}}` };
    if (body === undefined) throw this.#fail(here, `template ${q(name)} not defined`);
    if (++this.#depth > 1000) throw this.#fail(here, "exceeded maximum template depth (100000)");
    const value = pipe === undefined ? undefined : this.#pipe(pipe, dot, scope);
    const caller = this.#template;
    this.#template = name;
    this.list(body, value, [["$", value]]);
    this.#template = caller;
    this.#depth--;
  }

  #range({ pipe, body, other }: Control, dot: Any, scope: Scope): void {
    const mark = scope.length;
    const value = this.#pipe({ ...pipe, names: [] }, dot, scope);
    const pairs: [Any, Any][] = isMap(value)
      ? sortedKeys(value).map((key) => [key, value[key]])
      : [...(Number.isInteger(value) ? Array(value).keys() : Array.isArray(value) ? value : [])].map((item, i) => [
          i,
          item,
        ]);
    if (!missing(value) && typeof value !== "object" && !Number.isInteger(value))
      throw this.#fail(pipe, `range can't iterate over ${goValue(value)}`);
    if (pairs.length === 0) this.list(other, dot, scope);
    for (const [key, item] of pairs) {
      const [first, second] = pipe.names;
      if (second !== undefined)
        this.#set(pipe.assigns, scope, [
          [first as string, key],
          [second, item],
        ]);
      else if (first !== undefined) this.#set(pipe.assigns, scope, [[first, item]]);
      try {
        this.list(body, item, scope);
      } catch (error) {
        if (!(error instanceof Leave)) throw error;
        if (error.kind === "break") break;
      } finally {
        scope.length = mark;
      }
    }
  }

  #set(assigns: boolean, scope: Scope, values: Scope): void {
    for (const [name, value] of values) {
      const known = assigns ? scope.findLast(([one]) => one === name) : undefined;
      if (known === undefined) scope.push([name, value]);
      else known[1] = value;
    }
  }

  #pipe(pipe: Pipe, dot: Any, scope: Scope): Any {
    let given: readonly Any[] = [];
    for (const call of pipe.calls) given = [this.#call(call, dot, scope, given)];
    if (pipe.names.length > 0) this.#set(pipe.assigns, scope, [[pipe.names[0] as string, given[0]]]);
    return given[0];
  }

  #call(call: Call, dot: Any, scope: Scope, last: readonly Any[]): Any {
    const [head, ...words] = call.words as [Operand, ...Operand[]];
    if (head.kind !== "function" || head.fields.length > 0) {
      if (words.length + last.length > 0)
        throw this.#fail(
          head,
          head.fields.length > 0
            ? `${head.fields.at(-1)} is not a method but has arguments`
            : `can't give argument to non-function ${head.text}`,
        );
      if (head.kind === "nil") throw this.#fail(head, "nil is not a command");
      return this.#operand(head, dot, scope);
    }
    const name = head.name as string;
    const { call: run, least, most } = FUNCTIONS[name] as Helper;
    // What decides early leaves the rest unread.
    if (name === "and" || name === "or") {
      let value: Any;
      for (const word of words) {
        value = this.#operand(word, dot, scope);
        if (truthy(value) === (name === "or")) return value;
      }
      return last.length > 0 ? last[0] : value;
    }
    const given = [...words.map((word) => this.#operand(word, dot, scope)), ...last];
    if (given.length < least || given.length > most)
      throw this.#fail(
        head,
        `wrong number of args for ${name}: want ${most > 9 ? "at least " : ""}${least} got ${given.length}`,
      );
    try {
      return run(given);
    } catch (error) {
      throw this.#fail(call, `error calling ${name}: ${(error as Error).message}`);
    }
  }

  #operand(word: Operand, dot: Any, scope: Scope): Any {
    let value: Any;
    if (word.kind === "value") value = word.value;
    else if (word.kind === "dot") value = dot;
    else if (word.kind === "variable") value = scope.findLast(([name]) => name === word.name)?.[1];
    else if (word.kind === "pipe") value = this.#pipe(word.pipe as Pipe, dot, scope);
    else if (word.kind === "function")
      value = this.#call({ ...word, words: [{ ...word, fields: [] }] }, dot, scope, []);
    for (const field of word.fields) {
      if (!missing(value) && !isMap(value))
        throw this.#fail(word, `can't evaluate field ${field} in type interface {}`);
      if (!this.#missing && !(isMap(value) && field in value))
        throw this.#fail(
          word,
          missing(value) ? `nil data; no entry for key ${q(field)}` : `map has no entry for key ${q(field)}`,
        );
      value = value?.[field];
    }
    return value;
  }
}
