// Here-documents: the lines behind a command that are its input.

import type { Mutable, Part, Redirect } from "./ast.ts";
import { type Fault, Incomplete, Misplaced } from "./faults.ts";
import { Parameters } from "./parameter.ts";

export interface PendingDoc {
  readonly redirect: Mutable<Redirect>;
  readonly delimiter: string;
  readonly strip: boolean;
}

export abstract class HereDocuments extends Parameters {
  pending: PendingDoc[] = [];
  warnings: Fault[] = [];

  /** Reads the bodies that are due; the cursor stands after a newline. */
  protected readDocuments(): void {
    const due = this.pending;
    this.pending = [];
    for (const doc of due) this.readDocument(doc);
  }

  private readDocument(doc: PendingDoc): void {
    const lines: string[] = [];
    const start = this.pos;
    const first = this.lineAt(start) - 1;
    for (;;) {
      if (this.atEnd()) {
        if (!this.options.final) throw new Incomplete(first, "");
        const text = `warning: here-document at line ${first} delimited by end-of-file (wanted \`${doc.delimiter}')`;
        this.warnings.push({ line: this.lineAt(this.pos) - 1, text });
        break;
      }
      const at = this.src.indexOf("\n", this.pos);
      const stop = at < 0 || at > this.end ? this.end : at;
      let line = this.src.slice(this.pos, stop);
      this.pos = at < 0 || at >= this.end ? this.end : at + 1;
      if (doc.strip) line = line.replace(/^\t+/, "");
      // An unquoted body joins lines at a backslash before it looks for the delimiter.
      while (!doc.redirect.quoted && /(?:^|[^\\])(?:\\\\)*\\$/.test(line) && !this.atEnd()) {
        const next = this.src.indexOf("\n", this.pos);
        const to = next < 0 || next > this.end ? this.end : next;
        line = line.slice(0, -1) + this.src.slice(this.pos, to);
        this.pos = next < 0 ? this.end : next + 1;
      }
      if (line === doc.delimiter) break;
      lines.push(`${line}\n`);
    }
    const raw = lines.join("");
    doc.redirect.body = doc.redirect.quoted
      ? { parts: [{ k: "quo", s: raw }], raw }
      : { parts: [{ k: "dq", parts: this.bodyParts(raw) }], raw };
  }

  /** Parts of an unquoted body, scanned apart because tabs and joined lines are gone from it. */
  private bodyParts(raw: string): Part[] {
    const { src, pos, end, subs } = this;
    this.src = raw;
    this.pos = 0;
    this.end = raw.length;
    this.subs = new Map();
    try {
      return this.readQuoted("", 0, true);
    } catch (fault) {
      if (!(fault instanceof Incomplete || fault instanceof Misplaced)) throw fault;
      return [{ k: "bad", text: raw.trimEnd() }];
    } finally {
      this.src = src;
      this.pos = pos;
      this.end = end;
      this.subs = subs;
      this.linePos = 0;
      this.lineBase = this.options.line ?? 1;
    }
  }
}
