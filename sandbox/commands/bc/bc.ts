// bc: a calculator with numbers of any length, GNU's language, and its library of functions with -l.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { defineCommand, type Io } from "../define.ts";
import {
  add,
  compare,
  type Decimal,
  divide,
  multiply,
  ONE,
  parse,
  power,
  remainder,
  show,
  squareRoot,
  truncate,
  ZERO,
} from "./number.ts";
import { type Expression, Parser, type Statement, SyntaxMistake, tokenize } from "./parse.ts";
import { transcendental } from "./series.ts";

type Definition = Extract<Statement, { kind: "define" }>;

/** An error while running: the rest of the line is given up. */
class Trouble {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Leaves a loop, a function or the program. */
class Leave {
  readonly how: "break" | "continue" | "return" | "quit";
  readonly value: Decimal;
  constructor(how: "break" | "continue" | "return" | "quit", value = ZERO) {
    this.how = how;
    this.value = value;
  }
}

const whole = (value: number): Decimal => ({ digits: BigInt(value), scale: 0 });
/** Numbers are broken over lines of 70 characters. */
const WIDTH = 69;

class Machine {
  readonly #io: Io;
  readonly #library: boolean;
  readonly #values = new Map<string, Decimal>();
  readonly #functions = new Map<string, Definition>();
  scale = 0;
  #ibase = 10;
  #obase = 10;
  #last = ZERO;

  constructor(io: Io, library: boolean) {
    this.#io = io;
    this.#library = library;
    if (library) this.scale = 20;
  }

  *run(statement: Statement): Task<void> {
    const io = this.#io;
    if (io.sys.due()) yield* io.sys.rest();
    if (io.full) yield* io.drain();
    switch (statement.kind) {
      case "define":
        this.#functions.set(statement.name, statement);
        return;
      case "text":
        return io.print(statement.text);
      case "print":
        for (const item of statement.items) {
          if (typeof item === "string") io.print(unescapeText(item));
          else io.print(this.#shown(yield* this.#value(item)));
        }
        return;
      case "block":
        for (const one of statement.body) yield* this.run(one);
        return;
      case "if":
        if ((yield* this.#value(statement.test)).digits !== 0n) yield* this.run(statement.then);
        else if (statement.else !== undefined) yield* this.run(statement.else);
        return;
      case "for":
        return yield* this.#loop(statement);
      case "return":
        throw new Leave("return", statement.value === undefined ? ZERO : yield* this.#value(statement.value));
      case "quit":
      case "halt":
        throw new Leave("quit");
      case "break":
      case "continue":
        throw new Leave(statement.kind);
      default: {
        const value = yield* this.#value(statement.value);
        if (statement.silent) return;
        this.#last = value;
        io.print(`${this.#shown(value)}\n`);
      }
    }
  }

  *#loop(loop: Extract<Statement, { kind: "for" }>): Task<void> {
    if (loop.init !== undefined) yield* this.#value(loop.init);
    while (loop.test === undefined || (yield* this.#value(loop.test)).digits !== 0n) {
      try {
        yield* this.run(loop.body);
      } catch (jump) {
        if (!(jump instanceof Leave) || jump.how === "return" || jump.how === "quit") throw jump;
        if (jump.how === "break") return;
      }
      if (loop.step !== undefined) yield* this.#value(loop.step);
    }
  }

  #shown(value: Decimal): string {
    const text = show(value, this.#obase);
    let out = "";
    for (let at = 0; at < text.length; at += WIDTH) out += (out === "" ? "" : "\\\n") + text.slice(at, at + WIDTH);
    return text.length === WIDTH + 1 ? text.slice(0, WIDTH) + `\\\n${text.slice(WIDTH)}` : out;
  }

  *#value(e: Expression): Task<Decimal> {
    switch (e.kind) {
      case "number":
        return parse(e.text, this.#ibase);
      case "name":
        return this.#get(yield* this.#key(e));
      case "call":
        return yield* this.#call(e);
      case "unary": {
        const value = yield* this.#value(e.of);
        return e.sign === "-" ? { ...value, digits: -value.digits } : value.digits === 0n ? ONE : ZERO;
      }
      case "assign": {
        const key = yield* this.#key(e.to);
        const value = yield* this.#value(e.value);
        return this.#set(key, e.sign === "=" ? value : this.#operate(e.sign.slice(0, -1), this.#get(key), value));
      }
      case "step": {
        const key = yield* this.#key(e.of);
        const before = this.#get(key);
        const after = this.#set(key, add(before, whole(e.by)));
        return e.before ? after : before;
      }
      default:
        return this.#operate(e.sign, yield* this.#value(e.left), yield* this.#value(e.right));
    }
  }

  #operate(sign: string, a: Decimal, b: Decimal): Decimal {
    const truth = (is: boolean): Decimal => (is ? ONE : ZERO);
    const order = compare(a, b);
    switch (sign) {
      case "+":
        return add(a, b);
      case "-":
        return add(a, b, -1n);
      case "*":
        return multiply(a, b, this.scale);
      case "/":
        return divide(a, b, this.scale) ?? this.#fail("Divide by zero");
      case "%":
        return remainder(a, b, this.scale) ?? this.#fail("Modulo by zero");
      case "^":
        return power(a, truncate(b), this.scale) ?? this.#fail("Divide by zero");
      case "==":
        return truth(order === 0);
      case "!=":
        return truth(order !== 0);
      case "<":
        return truth(order < 0);
      case ">":
        return truth(order > 0);
      case "<=":
        return truth(order <= 0);
      case ">=":
        return truth(order >= 0);
      case "&&":
        return truth(a.digits !== 0n && b.digits !== 0n);
      default:
        return truth(a.digits !== 0n || b.digits !== 0n);
    }
  }

  #fail(text: string): never {
    throw new Trouble(`Runtime error (func=(main), adr=3): ${text}`);
  }

  *#key(e: Expression): Task<string> {
    if (e.kind !== "name") return "";
    return e.index === undefined ? e.name : `${e.name}[${truncate(yield* this.#value(e.index))}`;
  }

  #get(key: string): Decimal {
    if (key === "scale") return whole(this.scale);
    if (key === "ibase") return whole(this.#ibase);
    if (key === "obase") return whole(this.#obase);
    if (key === "last") return this.#last;
    return this.#values.get(key) ?? ZERO;
  }

  #set(key: string, value: Decimal): Decimal {
    const number = Number(truncate(value));
    if (key === "scale") this.scale = Math.max(0, number);
    else if (key === "ibase") this.#ibase = Math.min(16, Math.max(2, number));
    else if (key === "obase") this.#obase = Math.max(2, number);
    else if (key === "last") this.#last = value;
    else this.#values.set(key, value);
    return value;
  }

  *#call({ name, args }: Extract<Expression, { kind: "call" }>): Task<Decimal> {
    const values: Decimal[] = [];
    for (const arg of args) values.push(yield* this.#value(arg));
    const [first = ZERO] = values;
    if (name === "length") return whole(Math.max(first.scale, first.digits.toString().replace("-", "").length));
    if (name === "scale") return whole(first.scale);
    if (name === "sqrt") return squareRoot(first, this.scale) ?? this.#fail("Square root of a negative number");
    const own = this.#functions.get(name);
    if (own === undefined) {
      const known = this.#library ? transcendental(name, first, this.scale) : undefined;
      return known ?? this.#fail(`Function ${name} not defined.`);
    }
    if (values.length !== own.params.length) this.#fail("Parameter number mismatch");
    const kept = [...own.params, ...own.autos].map((key) => [key, this.#values.get(key)] as const);
    for (const [i, key] of own.params.entries()) this.#values.set(key, values[i] ?? ZERO);
    for (const key of own.autos) this.#values.delete(key);
    try {
      for (const statement of own.body) yield* this.run(statement);
      return ZERO;
    } catch (jump) {
      if (jump instanceof Leave && jump.how === "return") return jump.value;
      throw jump;
    } finally {
      for (const [key, value] of kept) {
        if (value === undefined) this.#values.delete(key);
        else this.#values.set(key, value);
      }
    }
  }
}

function unescapeText(text: string): string {
  const marks: Readonly<Record<string, string>> = { n: "\n", t: "\t", a: "\x07", b: "\b", f: "\f", r: "\r", q: '"' };
  return text.replace(/\\(.)/g, (whole, letter: string) => marks[letter] ?? (letter === "\\" ? "\\" : whole));
}

/** Runs a source; false where it asked to quit. */
function* runSource(io: Io, machine: Machine, source: string, name: string): Task<boolean> {
  const parser = new Parser(tokenize(source));
  while (!parser.done) {
    try {
      for (const statement of parser.line()) yield* machine.run(statement);
    } catch (problem) {
      if (problem instanceof SyntaxMistake) {
        io.printError(`${name} ${problem.line}: syntax error\n`);
        parser.skipLine();
      } else if (problem instanceof Trouble) io.printError(`${problem.text}\n`);
      else if (problem instanceof Leave) {
        if (problem.how === "quit") return false;
      } else throw problem;
    }
    yield* io.drain();
  }
  return true;
}

export const bc = defineCommand({
  name: "bc",
  package: "other",
  versionText: "bc 1.07.1",
  summary: "An arbitrary precision calculator language.",
  usage: ["[options] [file ...]"],
  options: `
    i,interactive  force interactive mode
    l,mathlib  use the predefined math routines
    q,quiet  don't print initial banner
    s,standard  non-standard bc constructs are errors
    w,warn  warn about non-standard bc constructs`,
  *run(io) {
    const machine = new Machine(io, io.has("l"));
    if (io.sys.isatty(0) && io.sys.isatty(1) && !io.has("q"))
      io.print("bc 1.07.1\nThis is free software with ABSOLUTELY NO WARRANTY.\n");
    for (const file of io.operands) {
      const bytes = yield* io.readAll(file);
      if (isErrno(bytes)) return yield* failToOpen(io, file);
      if (!(yield* runSource(io, machine, decode(bytes), file))) return 0;
    }
    if (!io.sys.isatty(0)) {
      const bytes = yield* io.readAll("-");
      if (!isErrno(bytes)) yield* runSource(io, machine, decode(bytes), "(standard_in)");
      return 0;
    }
    return yield* converse(io, machine);
  },
});

function* failToOpen(io: Io, file: string): Task<number> {
  io.printError(`File ${file} is unavailable.\n`);
  yield* io.flush();
  return 1;
}

/** Line by line at a terminal; what is not finished waits for more. */
function* converse(io: Io, machine: Machine): Task<number> {
  let text = "";
  for (;;) {
    yield* io.flush();
    const bytes = yield* io.read(0);
    if (isErrno(bytes) || bytes.length === 0) return 0;
    text += decode(bytes);
    const open = text.split("{").length > text.split("}").length || /\\\n$/.test(text);
    if (open || !text.endsWith("\n")) continue;
    if (!(yield* runSource(io, machine, text, "(standard_in)"))) return 0;
    text = "";
  }
}
