// The operators that need more than their operands' values: assignment, short circuits, matching, calls.

import type { Task } from "../../kernel/sys.ts";
import { type Expr, evaluate, lift, type Place, type Slot } from "./nodes.ts";
import type { FunctionBody } from "./statements.ts";
import { toBoolean, toNumber, type Value } from "./values.ts";

type Work = (a: number, b: number) => number;

/** `place = value`, or `place op= value`. The right side is evaluated before the old value is read. */
export function assign(place: Place, value: Expr, work: Work | undefined): Expr {
  return lift([...place.operands, value], (rt, values) => {
    const given = values[values.length - 1];
    const result = work === undefined ? given : work(toNumber(place.get(rt, values)), toNumber(given));
    place.set(rt, values, result);
    return result;
  });
}

export function increment(place: Place, by: number, before: boolean): Expr {
  return lift(place.operands, (rt, values) => {
    const old = toNumber(place.get(rt, values));
    place.set(rt, values, old + by);
    return before ? old + by : old;
  });
}

export function logical(left: Expr, right: Expr, isOr: boolean): Expr {
  const { sync: a } = left;
  const { sync: b } = right;
  if (a !== undefined && b !== undefined) {
    return { sync: (rt) => (toBoolean(a(rt)) === isOr ? Number(isOr) : Number(toBoolean(b(rt)))) };
  }
  return {
    *wait(rt): Task<Value> {
      if (toBoolean(yield* evaluate(left, rt)) === isOr) return Number(isOr);
      return Number(toBoolean(yield* evaluate(right, rt)));
    },
  };
}

export function choose(test: Expr, yes: Expr, no: Expr): Expr {
  const [a, b, c] = [test.sync, yes.sync, no.sync];
  if (a !== undefined && b !== undefined && c !== undefined)
    return { sync: (rt) => (toBoolean(a(rt)) ? b(rt) : c(rt)) };
  return {
    *wait(rt): Task<Value> {
      return yield* evaluate(toBoolean(yield* evaluate(test, rt)) ? yes : no, rt);
    },
  };
}

export function concatenate(parts: readonly Expr[]): Expr {
  return lift(parts, (rt, values) => {
    let text = "";
    for (const value of values) text += rt.text(value);
    return text;
  });
}

/** `text ~ pattern`; the pattern is a constant or made at run time. */
export function matching(left: Expr, right: Expr, negated: boolean): Expr {
  const { pattern } = right;
  if (pattern !== undefined)
    return lift([left], (rt, [text]) => Number(rt.regex(pattern).test(rt.text(text)) !== negated));
  return lift([left, right], (rt, [text, made]) => Number(rt.regex(rt.text(made)).test(rt.text(text)) !== negated));
}

/** A call of a user's function: arrays by reference, all else by value. */
export function callFunction(entry: FunctionBody, args: readonly Expr[]): Expr {
  return {
    *wait(rt): Task<Value> {
      const frame: Slot[] = [];
      for (const arg of args) frame.push(arg.name === undefined ? yield* evaluate(arg, rt) : arg.name.raw(rt));
      while (frame.length < entry.params) frame.push(undefined);
      if (entry.body === undefined) return undefined;
      return yield* rt.call(frame, entry.body);
    },
  };
}
