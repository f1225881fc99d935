// A syntax tree as text, laid out as bash's own printer does: for `declare -f`, `type` and the job table.

import { unescapeAnsi } from "./ansi-quote.ts";
import type { Assign, Command, Cond, List, Redirect, Word } from "./ast.ts";

interface Docs {
  /** Here-documents that wait for the end of the line. */
  pending: string;
}

const pad = (level: number) => " ".repeat(level * 4);

function words(list: readonly Word[]): string {
  return list.map((word) => shown(word.raw)).join(" ");
}

/** A word with `$'…'` and `$"…"` as the plain quotes that bash's reader makes of them. */
function shown(raw: string): string {
  if (!/\$['"]/.test(raw)) return raw;
  return raw.replace(
    /\\[\s\S]|'[^']*'|\$'((?:\\[\s\S]|[^'\\])*)'|(\$?)("(?:\\[\s\S]|[^"\\])*")/g,
    (all: string, ansi?: string, _dollar?: string, double?: string) =>
      ansi !== undefined ? `'${unescapeAnsi(ansi).replaceAll("'", "'\\''")}'` : (double ?? all),
  );
}

function assignText(assign: Assign): string {
  const sub = assign.sub === undefined ? "" : `[${assign.sub.raw}]`;
  return `${assign.name}${sub}${assign.append ? "+" : ""}=${shown(assign.value.raw)}`;
}

function redirectText(redirect: Redirect, docs: Docs): string {
  const fd =
    redirect.fd === undefined ? "" : typeof redirect.fd === "string" ? `{${redirect.fd}}` : String(redirect.fd);
  const { op, target } = redirect;
  if (op === "<<" || op === "<<-") {
    const delimiter = target.raw.replace(/['"\\]/g, "");
    docs.pending += `\n${redirect.body?.raw ?? ""}${delimiter}`;
    return `${fd}${op}${redirect.quoted ? `'${delimiter}'` : delimiter}`;
  }
  if (op === "<&" || op === ">&") return `${fd === "" ? (op === "<&" ? "0" : "1") : fd}${op}${target.raw}`;
  return `${fd}${op} ${target.raw}`;
}

function redirects(list: readonly Redirect[] | undefined, docs: Docs): string {
  return (list ?? []).map((redirect) => ` ${redirectText(redirect, docs)}`).join("");
}

class Printer {
  private readonly docs: Docs = { pending: "" };
  /** A here-document was written in the midst of the command: no semicolon follows. */
  private told = false;
  /** Outside a function's body commands stand one after the other on a line, as in the job table. */
  private readonly flat: boolean;

  constructor(flat = false) {
    this.flat = flat;
  }

  /** Commands of a body, each on a line of its own where it is a function's. */
  body(list: List, level: number): string {
    let out = "";
    for (const [i, item] of list.items.entries()) {
      const before = i === 0 ? pad(level) : this.flat || list.items[i - 1]?.bg ? " " : `\n${pad(level)}`;
      this.told = false;
      const command = this.command(item.c, level);
      const text = command + (item.bg ? " &" : i < list.items.length - 1 && !this.told ? ";" : "");
      this.told = false;
      out += before + this.close(text);
    }
    return out;
  }

  /** A body whose last command ends in a semicolon. */
  private ended(list: List, level: number): string {
    const text = this.body(list, level);
    return list.items.at(-1)?.bg || text.endsWith("\n") ? text : `${text};`;
  }

  /** A list on one line where it can be: conditions of if and while. */
  inline(list: List, level: number): string {
    return list.items
      .map((item, i) => this.command(item.c, level) + (item.bg ? " &" : i < list.items.length - 1 ? ";" : ""))
      .join(" ");
  }

  private close(text: string): string {
    const { pending } = this.docs;
    this.docs.pending = "";
    return pending === "" ? text : `${text.replace(/;$/, "")}${pending}\n`;
  }

  command(c: Command, level: number): string {
    switch (c.t) {
      case "simple":
        return (
          [...c.assigns.map(assignText), ...c.words.map((word) => shown(word.raw))].join(" ") +
          this.redirs(c.redirs, c.assigns.length + c.words.length > 0)
        );
      case "pipe": {
        let out = "";
        for (const [i, item] of c.cmds.entries()) {
          const text = this.command(item, level);
          const last = i === c.cmds.length - 1;
          // A here-document comes right after the bar.
          const body = last ? "" : this.docs.pending;
          if (!last) this.docs.pending = "";
          if (body !== "") this.told = true;
          out += text + (last ? "" : body === "" ? " | " : ` |${body}\n  `);
        }
        return out;
      }
      case "not":
        return `! ${c.c === undefined ? "" : this.command(c.c, level)}`;
      case "time":
        return `time ${c.posix ? "-p " : ""}${c.c === undefined ? "" : this.command(c.c, level)}`;
      case "and":
      case "or": {
        const left = this.command(c.l, level);
        const { pending } = this.docs;
        this.docs.pending = "";
        if (pending !== "") this.told = true;
        return `${left}${pending}${pending === "" ? "" : "\n"} ${c.t === "and" ? "&&" : "||"} ${this.command(c.r, level)}`;
      }
      case "func":
        return `function ${printFunction(c.name, c.body, level)}`;
      case "coproc":
        return `coproc ${c.name} ${this.command(c.body, level)}`;
      default:
        return this.compound(c, level) + this.redirs(c.redirs, true);
    }
  }

  private redirs(list: readonly Redirect[] | undefined, space: boolean): string {
    const text = redirects(list, this.docs);
    return space ? text : text.slice(1);
  }

  private block(head: string, list: List, level: number, tail: string): string {
    return `${head}\n${head === "{ " ? this.body(list, level + 1) : this.ended(list, level + 1)}\n${pad(level)}${tail}`;
  }

  private compound(
    c: Exclude<Command, { t: "simple" | "pipe" | "not" | "time" | "and" | "or" | "func" | "coproc" }>,
    level: number,
  ): string {
    switch (c.t) {
      case "group":
        if (this.flat) return `{ ${this.ended(c.body, 0)} }`;
        return this.block("{ ", c.body, level, "}");
      case "sub":
        return `( ${this.inline(c.body, level)} )`;
      case "arith":
        return `((${c.expr.raw}))`;
      case "cond":
        return `[[ ${condText(c.expr)} ]]`;
      case "while":
      case "until":
        return this.block(`${c.t} ${this.inline(c.test, level)}; do`, c.body, level, "done");
      case "for":
      case "select": {
        const list = c.words === undefined ? ' in "$@"' : ` in ${words(c.words)}`;
        return this.block(`${c.t} ${c.name}${list};\n${pad(level)}do`, c.body, level, "done");
      }
      case "cfor":
        return this.block(
          `for ((${[c.init, c.test, c.step].map((word) => word.raw.trim()).join("; ")}))\n${pad(level)}do`,
          c.body,
          level,
          "done",
        );
      case "if":
        return this.ifText(c, level);
      case "case": {
        const arms = c.arms.map((arm) => {
          const head = `${pad(level + 1)}${words2(arm.patterns)})`;
          const body = arm.body === undefined ? "\n" : `\n${this.body(arm.body, level + 2)}`;
          return `${head}${body}\n${pad(level + 1)}${arm.end}`;
        });
        return `case ${c.word.raw} in \n${arms.join("\n")}\n${pad(level)}esac`;
      }
    }
  }

  private ifText(c: Extract<Command, { t: "if" }>, level: number): string {
    let text = `if ${this.inline(c.test, level)}; then\n${this.ended(c.then, level + 1)}\n${pad(level)}`;
    if (c.else !== undefined) {
      const inner =
        c.else.t === "list" ? this.ended(c.else, level + 1) : `${pad(level + 1)}${this.command(c.else, level + 1)};`;
      text += `else\n${inner}\n${pad(level)}`;
    }
    return `${text}fi`;
  }
}

function words2(patterns: readonly Word[]): string {
  return patterns.map((word) => word.raw).join(" | ");
}

export function condText(cond: Cond): string {
  switch (cond.t) {
    case "and":
    case "or":
      return `${condText(cond.l)} ${cond.t === "and" ? "&&" : "||"} ${condText(cond.r)}`;
    case "not":
      return `! ${condText(cond.c)}`;
    case "paren":
      return `( ${condText(cond.c)} )`;
    case "unary":
      return `${cond.op} ${cond.arg.raw}`;
    case "binary":
      return `${cond.l.raw} ${cond.op} ${cond.r.raw}`;
    case "word":
      return `-n ${cond.w.raw}`;
  }
}

/** A function as `declare -f` shows it. */
export function printFunction(name: string, body: Command, level = 0): string {
  const printer = new Printer();
  const redirs = "redirs" in body ? body.redirs : undefined;
  const inner =
    body.t === "group" ? printer.body(body.body, level + 1) : `${pad(level + 1)}${printer.command(body, level + 1)}`;
  const tail = body.t === "group" ? redirects(redirs, { pending: "" }) : "";
  return `${name} () \n${pad(level)}{ \n${inner.replace(/;$/, "")}\n${pad(level)}}${tail}`;
}

/** A command as the job table shows it. */
export function printCommand(c: Command): string {
  return new Printer(true).command(c, 0);
}
