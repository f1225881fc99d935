// Redirections, and the here-documents they ask for.

import type { Mutable, Redirect, Word } from "./ast.ts";
import { Tokens } from "./tokens.ts";

export const REDIRECTS = new Set(["<", ">", ">>", "<<", "<<-", "<<<", "<&", ">&", "&>", "&>>", "<>", ">|"]);

export abstract class Redirects extends Tokens {
  protected redirect(assignable = false): Redirect | undefined {
    const token = this.peek(assignable);
    if (token.t === "op" && REDIRECTS.has(token.s)) {
      this.next();
      return this.redirectTo(token.s as Redirect["op"], undefined);
    }
    // A number or {name} that touches the operator is a descriptor.
    const match = token.t === "word" && (this.src[this.pos] === "<" || this.src[this.pos] === ">") && !this.atEnd();
    if (!match || !/^(?:\d+|\{[A-Za-z_]\w*(?:\[[^\]]*\])?\})$/.test(token.s)) return undefined;
    if (this.lookingAt("<(") || this.lookingAt(">(")) return undefined;
    this.next();
    const op = this.next();
    return this.redirectTo(op.s as Redirect["op"], token.s.startsWith("{") ? token.s.slice(1, -1) : Number(token.s));
  }

  private redirectTo(op: Redirect["op"], fd: number | string | undefined): Redirect {
    const token = this.next();
    if (token.t !== "word") {
      throw this.unexpected(token);
    }
    // A number that touches another redirection is that one's descriptor.
    if (/^\d+$/.test(token.s) && /[<>]/.test(this.src[this.pos] ?? "")) throw this.unexpected(token);
    const target = token.word as Word;
    const redirect: Mutable<Redirect> = { op, target };
    if (fd !== undefined) redirect.fd = fd;
    if (op === "<<" || op === "<<-") {
      const delimiter = unquote(target);
      redirect.quoted = delimiter !== target.raw || target.parts.some((part) => part.k === "quo" || part.k === "dq");
      this.pending.push({ redirect, delimiter, strip: op === "<<-" });
    }
    return redirect;
  }
}

/** A here-document delimiter without its quotes. */
function unquote(word: Word): string {
  const text = (parts: Word["parts"]): string =>
    parts
      .map((part) =>
        part.k === "lit" || part.k === "quo"
          ? part.s
          : part.k === "dq"
            ? text(part.parts)
            : "text" in part
              ? part.text
              : part.k === "tick"
                ? `\`${part.s}\``
                : "",
      )
      .join("");
  return text(word.parts);
}
