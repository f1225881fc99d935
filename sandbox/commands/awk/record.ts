// The record of a running awk program and its fields: split when asked for, joined again after a change.

import type { Slot } from "./nodes.ts";
import { FS, NF, OFS, RS } from "./specials.ts";
import type { Separator } from "./streams.ts";
import { Input, toNumber, type Value } from "./values.ts";
import { RuntimeError, Variables } from "./variables.ts";

export class RecordFields extends Variables {
  #record = "";
  #fields: Value[] | undefined = [];
  #recordStale = false;

  override setGlobal(slot: number, value: Value): void {
    // The record at hand is still split by the old separator.
    if (slot === FS) this.#split();
    if (slot === NF) this.#setFieldCount(toNumber(value));
    else super.setGlobal(slot, value);
  }

  override rawGlobal(slot: number): Slot {
    return slot === NF ? this.fieldCount() : super.rawGlobal(slot);
  }

  record(): string {
    if (this.#recordStale) {
      const separator = this.variable(OFS);
      this.#record = (this.#fields ?? []).map((field) => this.text(field)).join(separator);
      this.#recordStale = false;
    }
    return this.#record;
  }

  setRecord(text: string): void {
    this.#record = text;
    this.#recordStale = false;
    this.#fields = undefined;
  }

  #split(): Value[] {
    this.#fields ??= this.splitBy(this.#record, this.variable(FS), false).map((part) => new Input(part));
    return this.#fields;
  }

  fieldCount(): number {
    return this.#split().length;
  }

  field(index: number): Value {
    const at = Math.trunc(index);
    if (at === 0) return new Input(this.record());
    if (at < 0) throw new RuntimeError(`negative field index $${at}`);
    return this.#split()[at - 1];
  }

  setField(index: number, value: Value): void {
    const at = Math.trunc(index);
    if (at === 0) return this.setRecord(this.text(value));
    if (at < 0) throw new RuntimeError(`negative field index $${at}`);
    const fields = this.#split();
    while (fields.length < at) fields.push("");
    fields[at - 1] = value;
    this.#recordStale = true;
  }

  #setFieldCount(count: number): void {
    const fields = this.#split();
    const size = Math.max(0, Math.trunc(count));
    while (fields.length < size) fields.push("");
    fields.length = size;
    this.#recordStale = true;
  }

  /** Splits as FS does: blanks, one character, or a pattern. */
  splitBy(text: string, separator: string, isPattern: boolean): string[] {
    if (text === "") return [];
    if (separator === " " && !isPattern) {
      const parts = text.split(/[ \t\n]+/);
      if (parts[0] === "") parts.shift();
      if (parts[parts.length - 1] === "") parts.pop();
      return parts;
    }
    if (separator === "") return [...text];
    const isPlain = separator.length === 1 && !isPattern && separator !== "\\";
    if (isPlain && !this.#isParagraphs()) return text.split(separator);
    const regex = this.regex(isPlain ? `[${separator === "^" ? "\\^" : separator}\n]` : separator);
    const parts: string[] = [];
    let from = 0;
    let start = 0;
    while (from <= text.length) {
      const found = regex.find(text, from);
      if (found === undefined) break;
      if (found[1] === found[0]) {
        from = found[1] + 1;
        continue;
      }
      parts.push(text.slice(start, found[0]));
      start = found[1];
      from = start;
    }
    parts.push(text.slice(start));
    return parts;
  }

  #isParagraphs(): boolean {
    return this.variable(RS) === "";
  }

  /** What ends a record. */
  protected separator(): Separator {
    const text = this.variable(RS);
    if (text === "") return "paragraph";
    return text.length === 1 ? text : this.regex(text);
  }
}
