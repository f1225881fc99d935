// What a parsed program is made of: closures over the runtime. An expression that can wait (getline, pipes, calls) is
// a generator; all others are plain functions, which keeps ordinary programs fast.

import type { Task } from "../../kernel/sys.ts";
import type { AwkArray } from "./array.ts";
import type { Runtime } from "./runtime.ts";
import type { Value } from "./values.ts";

export interface Expr {
  readonly sync?: (rt: Runtime) => Value;
  readonly wait?: (rt: Runtime) => Task<Value>;
  readonly place?: Place;
  /** The bare name of a variable: what a function may take as an array. */
  readonly name?: ArrayRef;
  /** Text of a pattern constant, where one stands alone. */
  readonly pattern?: string;
}

/** Something that can be assigned to: operands to be evaluated first, then get and set. */
export interface Place {
  readonly operands: readonly Expr[];
  get(rt: Runtime, operands: readonly Value[]): Value;
  set(rt: Runtime, operands: readonly Value[], value: Value): void;
}

export interface ArrayRef {
  array(rt: Runtime): AwkArray;
  /** What the slot holds, to be handed to a function. */
  raw(rt: Runtime): Slot;
}

/** A variable's content. `Untyped` is an argument that may still become an array in the caller too. */
export type Slot = Value | AwkArray | Untyped;

export class Untyped {
  readonly become: (array: AwkArray) => void;
  constructor(become: (array: AwkArray) => void) {
    this.become = become;
  }
}

export type Signal = undefined | "break" | "continue" | "next" | "nextfile" | "exit" | "return";
export type Statement = (rt: Runtime) => Task<Signal>;

/** An expression that combines others: plain where all of them are. */
export function lift(kids: readonly Expr[], combine: (rt: Runtime, values: readonly Value[]) => Value): Expr {
  const plain = kids.map((kid) => kid.sync);
  const [first, second] = plain;
  if (kids.length === 0) return { sync: (rt) => combine(rt, []) };
  if (kids.length === 1 && first !== undefined) return { sync: (rt) => combine(rt, [first(rt)]) };
  if (kids.length === 2 && first !== undefined && second !== undefined)
    return { sync: (rt) => combine(rt, [first(rt), second(rt)]) };
  if (plain.every((one) => one !== undefined))
    return {
      sync: (rt) =>
        combine(
          rt,
          plain.map((one) => one(rt)),
        ),
    };
  return {
    *wait(rt) {
      const values: Value[] = [];
      for (const kid of kids) values.push(yield* evaluate(kid, rt));
      return combine(rt, values);
    },
  };
}

/** Like `lift`, for work that may itself wait. */
export function liftTask(kids: readonly Expr[], combine: (rt: Runtime, values: readonly Value[]) => Task<Value>): Expr {
  return {
    *wait(rt) {
      const values: Value[] = [];
      for (const kid of kids) values.push(yield* evaluate(kid, rt));
      return yield* combine(rt, values);
    },
  };
}

export function* evaluate(expr: Expr, rt: Runtime): Task<Value> {
  if (expr.sync !== undefined) return expr.sync(rt);
  return expr.wait === undefined ? undefined : yield* expr.wait(rt);
}
