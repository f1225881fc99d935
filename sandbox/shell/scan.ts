// From characters to words, with assignments and arrays. Knows no grammar of commands.

import type { ArrayItem, Assign, Part, Word } from "./ast.ts";
import { Incomplete } from "./faults.ts";
import { HereDocuments } from "./here-document.ts";
import { META } from "./quoting.ts";
import { addText, makeWord } from "./word-parts.ts";

const DECLARE = /[A-Za-z_][A-Za-z0-9_]*(?=\[|\+?=)/y;

export abstract class Scanner extends HereDocuments {
  /** The word at the cursor. `assignable`: `name[…]=` and `name=(…)` count. */
  protected readWord(assignable: boolean): Word {
    const start = this.pos;
    const assign = this.readAssign(assignable);
    if (assign !== undefined) {
      const raw = this.src.slice(start, this.pos);
      const prefix = raw.slice(0, raw.length - assign.value.raw.length);
      const parts: Part[] = [];
      if (assign.sub !== undefined) {
        addText(parts, "lit", `${assign.name}[`);
        parts.push(...assign.sub.parts);
        addText(parts, "lit", assign.append ? "]+=" : "]=");
      } else addText(parts, "lit", prefix);
      for (const part of assign.value.parts) part.k === "lit" ? addText(parts, "lit", part.s) : parts.push(part);
      return { parts, raw, assign };
    }
    const parts = this.readParts(META, undefined, assignable);
    return makeWord(parts, this.src.slice(start, this.pos));
  }

  private readAssign(assignable: boolean): Assign | undefined {
    DECLARE.lastIndex = this.pos;
    const name = DECLARE.exec(this.src)?.[0];
    if (name === undefined) return undefined;
    const start = this.pos;
    this.pos += name.length;
    let sub: Word | undefined;
    if (this.src[this.pos] === "[") {
      if (!assignable) {
        this.pos = start;
        return undefined;
      }
      sub = this.readSubscript();
    }
    const append = this.lookingAt("+=");
    if (!append && !this.lookingAt("=")) {
      this.pos = start;
      return undefined;
    }
    this.pos += append ? 2 : 1;
    const rest = sub === undefined ? { name, append } : { name, sub, append };
    if (assignable && this.src[this.pos] === "(") {
      const from = this.pos;
      const items = this.readArray();
      return { ...rest, value: { parts: [], raw: this.src.slice(from, this.pos) }, items };
    }
    const from = this.pos;
    const value = makeWord(this.readParts(META), this.src.slice(from, this.pos));
    return { ...rest, value };
  }

  /** `( … )` of an array assignment. */
  private readArray(): ArrayItem[] {
    const items: ArrayItem[] = [];
    this.pos += 1;
    for (;;) {
      this.skipBlank(true);
      if (this.atEnd()) throw this.unmatched(this.end - 1, ")", "array");
      const c = this.src[this.pos] as string;
      if (c === ")") break;
      if (META.includes(c) && !(this.lookingAt("<(") || this.lookingAt(">("))) {
        const two = this.src.slice(this.pos, this.pos + 2);
        throw this.near(
          ["&&", "||", ";;", "<<", ">>", "<&", ">&", "&>", "<>"].includes(two) ? two : c,
          this.pos,
          "array",
        );
      }
      try {
        items.push(this.readItem());
      } catch (fault) {
        if (fault instanceof Incomplete)
          fault.faults.push({ line: this.lineAt(this.src.length), text: "syntax error: unexpected end of file" });
        throw fault;
      }
    }
    this.pos += 1;
    return items;
  }

  private readItem(): ArrayItem {
    const start = this.pos;
    if (this.src[this.pos] === "[") {
      const sub = this.readSubscript();
      const append = this.lookingAt("+=");
      if (append || this.lookingAt("=")) {
        this.pos += append ? 2 : 1;
        const from = this.pos;
        return { sub, append, value: makeWord(this.readParts(META), this.src.slice(from, this.pos)) };
      }
      this.pos = start;
    }
    return { value: makeWord(this.readParts(META), this.src.slice(start, this.pos)) };
  }
}
