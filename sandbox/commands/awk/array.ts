// Associative arrays that `for (k in a)` walks in mawk's order: a hash table of 64 lists that doubles, each list with
// the member used last in front; integer subscripts are hashed as text only when a walk needs them.

import { hashText } from "../../kernel/hash.ts";
import type { Value } from "./values.ts";

interface Member {
  value: Value;
  /** Grows with each use: the order within a list. */
  used: number;
  /** Still known by its integer only. */
  integer: boolean;
}

export class AwkArray {
  readonly #members = new Map<string, Member>();
  #clock = 0;
  #mask = 63;

  get size(): number {
    return this.#members.size;
  }

  has(key: string): boolean {
    const member = this.#members.get(key);
    if (member !== undefined) member.used = ++this.#clock;
    return member !== undefined;
  }

  get(key: string, integer: boolean): Value {
    return this.#find(key, integer).value;
  }

  set(key: string, integer: boolean, value: Value): void {
    this.#find(key, integer).value = value;
  }

  delete(key: string): void {
    this.#members.delete(key);
  }

  clear(): void {
    this.#members.clear();
    this.#mask = 63;
  }

  #find(key: string, integer: boolean): Member {
    let member = this.#members.get(key);
    if (member === undefined) {
      member = { value: undefined, used: 0, integer };
      this.#members.set(key, member);
      while (this.#members.size > (this.#mask + 1) * 12) this.#mask = this.#mask * 2 + 1;
    }
    member.used = ++this.#clock;
    if (!integer) member.integer = false;
    return member;
  }

  /** Subscripts in the order of a walk. */
  keys(): string[] {
    const all = [...this.#members];
    const waiting = all.filter(([, member]) => member.integer);
    waiting.sort(([a, x], [b, y]) => (Number(a) & this.#mask) - (Number(b) & this.#mask) || y.used - x.used);
    for (const [, member] of waiting) {
      member.integer = false;
      member.used = ++this.#clock;
    }
    const place = new Map(all.map(([key]) => [key, hashText(key) & this.#mask]));
    return all
      .sort(([a, x], [b, y]) => (place.get(a) ?? 0) - (place.get(b) ?? 0) || y.used - x.used)
      .map(([key]) => key);
  }
}
