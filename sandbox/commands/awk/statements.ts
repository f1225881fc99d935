// Statements: blocks, loops and output.

import type { Task } from "../../kernel/sys.ts";
import { type ArrayRef, type Expr, evaluate, type Place, type Signal, type Statement } from "./nodes.ts";
import type { Runtime } from "./runtime.ts";
import { OFS, ORS } from "./specials.ts";
import { toBoolean } from "./values.ts";

export interface Rule {
  readonly kind: "begin" | "main" | "end";
  readonly pattern?: Expr;
  /** Second half of a range. */
  readonly until?: Expr;
  /** Without it the record is printed. */
  readonly body?: Statement;
}

export interface Program {
  readonly rules: readonly Rule[];
  readonly slots: ReadonlyMap<string, number>;
}

export interface FunctionBody {
  params: number;
  body: Statement | undefined;
}

export interface Redirect {
  readonly kind: ">" | ">>" | "|";
  readonly target: Expr;
}

export function block(statements: readonly Statement[]): Statement {
  const [only] = statements;
  if (statements.length === 1 && only !== undefined) return only;
  return function* (rt): Task<Signal> {
    for (const statement of statements) {
      const signal = yield* statement(rt);
      if (signal !== undefined) return signal;
    }
    return undefined;
  };
}

export function forLoop(
  start: Expr | undefined,
  test: Expr | undefined,
  step: Expr | undefined,
  body: Statement,
): Statement {
  return function* (rt): Task<Signal> {
    if (start !== undefined) yield* evaluate(start, rt);
    for (;;) {
      if (test !== undefined && !toBoolean(test.sync !== undefined ? test.sync(rt) : yield* evaluate(test, rt)))
        return undefined;
      const signal = yield* body(rt);
      if (signal === "break") return undefined;
      if (signal !== undefined && signal !== "continue") return signal;
      if (step !== undefined) yield* evaluate(step, rt);
      yield* rt.breathe();
    }
  };
}

export function doLoop(body: Statement, test: Expr): Statement {
  return function* (rt): Task<Signal> {
    do {
      const signal = yield* body(rt);
      if (signal === "break") return undefined;
      if (signal !== undefined && signal !== "continue") return signal;
      yield* rt.breathe();
    } while (toBoolean(yield* evaluate(test, rt)));
    return undefined;
  };
}

export function forIn(place: Place, ref: ArrayRef, body: Statement): Statement {
  return function* (rt): Task<Signal> {
    for (const key of ref.array(rt).keys()) {
      place.set(rt, [], key);
      const signal = yield* body(rt);
      if (signal === "break") return undefined;
      if (signal !== undefined && signal !== "continue") return signal;
      yield* rt.breathe();
    }
    return undefined;
  };
}

/** print and printf, to standard output or elsewhere. */
export function printTo(formatted: boolean, args: readonly Expr[], redirect: Redirect | undefined): Statement {
  return function* (rt): Task<Signal> {
    const text = formatted ? yield* formatArguments(rt, args) : yield* joinArguments(rt, args);
    if (redirect === undefined) {
      rt.output(text);
      if (rt.io.full) yield* rt.io.drain();
    } else yield* rt.outputTo(redirect.kind, rt.text(yield* evaluate(redirect.target, rt)), text);
    return undefined;
  };
}

function* joinArguments(rt: Runtime, args: readonly Expr[]): Task<string> {
  const end = rt.variable(ORS);
  if (args.length === 0) return rt.record() + end;
  let text = "";
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as Expr;
    if (i > 0) text += rt.variable(OFS);
    text += rt.printed(arg.sync !== undefined ? arg.sync(rt) : yield* evaluate(arg, rt));
  }
  return text + end;
}

function* formatArguments(rt: Runtime, args: readonly Expr[]): Task<string> {
  const values = [];
  for (const arg of args) values.push(yield* evaluate(arg, rt));
  const [format, ...rest] = values;
  const { text, problem } = rt.format(rt.text(format), rest);
  if (problem === undefined) return text;
  rt.output(text);
  return yield* rt.fail(problem);
}
