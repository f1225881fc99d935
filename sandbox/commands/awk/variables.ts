// The variables of a running awk program, what their values are as text and patterns, and its random numbers.

import { encode } from "../../kernel/text.ts";
import { isRegexError, type Regex } from "../../lib/regex/regex.ts";
import type { Io } from "../define.ts";
import { AwkArray } from "./array.ts";
import { type Slot, Untyped } from "./nodes.ts";
import { compileAwk } from "./regex.ts";
import { ARGV, CONVFMT, ENVIRON, OFMT } from "./specials.ts";
import { fromBytes } from "./streams.ts";
import { type Formatted, formatNumber, formatWith, Input, toNumber, toText, type Value } from "./values.ts";

export class Variables {
  readonly io: Io;
  protected readonly globals: Slot[] = [];
  protected frame: Slot[] = [];
  readonly #regexes = new Map<string, Regex>();
  #seed: Value;
  #random = 0;

  constructor(io: Io, argv: readonly string[]) {
    this.io = io;
    const start: Value[] = [0, 0, 0, " ", " ", "\n", "\n", undefined, "\x1c", "%.6g", "%.6g", 0, -1, argv.length];
    start.forEach((value, slot) => {
      this.globals[slot] = value;
    });
    const environ = new AwkArray();
    for (const [name, value] of Object.entries(io.sys.env))
      environ.set(bytesOf(name), false, new Input(bytesOf(value)));
    this.globals[ENVIRON] = environ;
    const list = new AwkArray();
    for (const [index, word] of argv.entries()) list.set(String(index), true, new Input(bytesOf(word)));
    this.globals[ARGV] = list;
    const seed = io.sys.random(4);
    this.#random = ((seed[0] ?? 0) << 24) | ((seed[1] ?? 0) << 16) | ((seed[2] ?? 0) << 8) | (seed[3] ?? 0);
    this.#seed = this.#random >>> 0;
  }

  get convfmt(): string {
    return this.variable(CONVFMT);
  }

  /** A special variable as text. */
  variable(slot: number): string {
    const value = this.globals[slot] as Value;
    return typeof value === "string" ? value : toText(value, "%.6g");
  }

  global(slot: number): Value {
    return valueOfSlot(this.globals[slot]);
  }

  setGlobal(slot: number, value: Value): void {
    this.globals[slot] = value;
  }

  globalArray(slot: number): AwkArray {
    return this.#arrayIn(this.globals, slot);
  }

  rawGlobal(slot: number): Slot {
    return this.#rawIn(this.globals, slot);
  }

  local(slot: number): Value {
    return valueOfSlot(this.frame[slot]);
  }

  setLocal(slot: number, value: Value): void {
    this.frame[slot] = value;
  }

  localArray(slot: number): AwkArray {
    return this.#arrayIn(this.frame, slot);
  }

  rawLocal(slot: number): Slot {
    return this.#rawIn(this.frame, slot);
  }

  #rawIn(slots: Slot[], at: number): Slot {
    const value = slots[at];
    if (value instanceof Untyped) return value;
    return (
      value ??
      new Untyped((array) => {
        slots[at] = array;
      })
    );
  }

  #arrayIn(slots: Slot[], at: number): AwkArray {
    const value = slots[at];
    if (value instanceof AwkArray) return value;
    const array = new AwkArray();
    slots[at] = array;
    if (value instanceof Untyped) value.become(array);
    return array;
  }

  text(value: Value): string {
    return typeof value === "string" ? value : toText(value, this.convfmt);
  }

  /** As print shows it: numbers by OFMT. */
  printed(value: Value): string {
    return typeof value === "number" ? formatNumber(value, this.variable(OFMT)) : this.text(value);
  }

  format(format: string, args: readonly Value[]): Formatted {
    return formatWith(format, args);
  }

  regex(pattern: string): Regex {
    let found = this.#regexes.get(pattern);
    if (found === undefined) {
      const made = compileAwk(pattern);
      if (isRegexError(made))
        throw new RuntimeRegexError(`regular expression compile failed (${made.error})\n${pattern}`);
      found = made;
      this.#regexes.set(pattern, found);
    }
    return found;
  }

  rand(): number {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) | 0;
    let mixed = this.#random ^ (this.#random >>> 15);
    mixed = Math.imul(mixed, 0x2c1b3c6d);
    return ((mixed ^ (mixed >>> 12)) >>> 0) / 0x1_0000_0000;
  }

  /** Sets the seed and answers the one before. */
  srand(seed: Value): Value {
    const before = this.#seed;
    this.#seed = seed ?? Math.floor(this.io.sys.now() / 1000);
    this.#random = toNumber(this.#seed) | 0;
    return before;
  }
}

function valueOfSlot(slot: Slot): Value {
  return slot instanceof AwkArray || slot instanceof Untyped ? undefined : slot;
}

/** Text of the machine (UTF-8) to one character a byte. */
export function bytesOf(text: string): string {
  return fromBytes(encode(text));
}

/** Errors found while an expression is evaluated; `awk.ts` reports them. */
export class RuntimeError {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export class RuntimeRegexError {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
