// What a running jq program has in reach: names, and the outside.

import type { Filter } from "./filter.ts";
import type { Path } from "./values.ts";

/** A value and, where paths are followed, where it lies. */
export type Item = readonly [value: unknown, path: Path | undefined];

export type Stream = Generator<Item, void, void>;

interface Closure {
  readonly filter: Filter;
  readonly env: Env;
}

/** Names in reach: variables, functions by name and number of arguments. */
export class Env {
  readonly parent: Env | undefined;
  readonly machine: Machine;
  readonly variables = new Map<string, unknown>();
  readonly functions = new Map<
    string,
    { readonly params: readonly string[]; readonly body: Filter; readonly env: Env } | Closure
  >();

  constructor(machine: Machine, parent?: Env) {
    this.machine = machine;
    this.parent = parent;
  }

  variable(name: string): unknown {
    for (let env: Env | undefined = this; env !== undefined; env = env.parent)
      if (env.variables.has(name)) return env.variables.get(name);
    return undefined;
  }

  hasVariable(name: string): boolean {
    for (let env: Env | undefined = this; env !== undefined; env = env.parent) if (env.variables.has(name)) return true;
    return false;
  }

  find(name: string) {
    for (let env: Env | undefined = this; env !== undefined; env = env.parent) {
      const found = env.functions.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** What a program may ask of the outside. */
export interface Machine {
  /** The next input; undefined where there is none. */
  input(): { value: unknown } | undefined;
  now(): number;
  readonly environment: Readonly<Record<string, string>>;
  readonly file: () => string | null;
  debug(value: unknown): void;
  readonly builtins: Builtins;
  /** Calls under way, against recursion without end. */
  depth: number;
}

/** Functions that are not written in jq. */
export interface Builtins {
  /** With the number of their arguments: `range/2`. */
  readonly names: ReadonlySet<string>;
  call(name: string, args: readonly Filter[], env: Env, input: unknown, path: Path | undefined): Stream;
}

/** The program asked to end. */
export class Halt {
  readonly status: number;
  readonly value: unknown;
  constructor(status: number, value: unknown) {
    this.status = status;
    this.value = value;
  }
}
