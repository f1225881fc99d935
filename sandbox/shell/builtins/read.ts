// read, mapfile.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { concat, decode } from "../../kernel/text.ts";
import { storeValue } from "../assign.ts";
import { collectSignals, pollSignals } from "../signals.ts";
import { complain, type Shell } from "../state.ts";
import { assign, declareVariable, getValue, isName, rawVariable, setList } from "../vars.ts";
import { type Builtin, badFlags, invalidName, parseFlags } from "./define.ts";

type Line = { readonly bytes: Uint8Array; readonly ended: boolean; readonly timedOut?: boolean };

/** Reads bytes up to a delimiter, one by one where the input cannot be given back. */
function* readUntil(
  sh: Shell,
  fd: number,
  delimiter: number,
  limit: number | undefined,
  until: number | undefined,
): Task<Line | string> {
  const { sys } = sh;
  const chunks: Uint8Array[] = [];
  let count = 0;
  const canSeek = !isErrno(sys.seek(fd, 0, "cur")) && limit === undefined;
  for (;;) {
    if (limit !== undefined && count >= limit) return { bytes: concat(chunks), ended: true };
    if (until !== undefined && !sys.readable(fd)) {
      const ready = yield* sys.waitUntil(() => sys.readable(fd), until);
      if (ready === false) return { bytes: concat(chunks), ended: false, timedOut: true };
    }
    const got = yield* sys.read(
      fd,
      canSeek ? 4096 : sys.isatty(fd) && limit === undefined && delimiter === 10 ? 4096 : 1,
    );
    if (isErrno(got)) {
      if (got.code !== "EINTR") return got.text;
      collectSignals(sh);
      yield* pollSignals(sh);
      continue;
    }
    if (got.length === 0) return { bytes: concat(chunks), ended: false };
    const at = got.indexOf(delimiter);
    if (at >= 0) {
      chunks.push(got.subarray(0, at));
      if (canSeek) sys.seek(fd, at + 1 - got.length, "cur");
      return { bytes: concat(chunks), ended: true };
    }
    chunks.push(got);
    // A character may be several bytes: only its first counts.
    for (const byte of got) if ((byte & 0xc0) !== 0x80) count += 1;
    if (limit !== undefined && count === limit) {
      const need = missingBytes(concat(chunks));
      for (let i = 0; i < need; i++) {
        const more = yield* sys.read(fd, 1);
        if (!isErrno(more)) chunks.push(more);
      }
    }
  }
}

/** How many bytes the last character still needs. */
function missingBytes(bytes: Uint8Array): number {
  const last = bytes.at(-1) ?? 0;
  return last >= 0xf0 ? 3 : last >= 0xe0 ? 2 : last >= 0xc0 ? 1 : 0;
}

/** A character with whether a backslash protected it. */
interface Char {
  readonly c: string;
  readonly q: boolean;
}

/** Takes out backslashes; a line that ends in one goes on. */
function takeBackslashes(text: string, raw: boolean): { chars: Char[]; open: boolean } {
  const chars: Char[] = [];
  const all = [...text];
  for (let i = 0; i < all.length; i++) {
    const c = all[i] as string;
    if (raw || c !== "\\") chars.push({ c, q: false });
    else if (i + 1 < all.length) chars.push({ c: all[++i] as string, q: true });
    else return { chars, open: true };
  }
  return { chars, open: false };
}

/** Splits at IFS into at most `count` fields; the last takes the rest. */
function splitFields(chars: readonly Char[], ifs: string, count: number): string[] {
  const isSep = (char: Char | undefined) => char !== undefined && !char.q && ifs.includes(char.c);
  const isBlank = (char: Char | undefined) => isSep(char) && /[ \t\n]/.test(char?.c ?? "");
  const fields: string[] = [];
  let at = 0;
  while (isBlank(chars[at])) at += 1;
  while (at < chars.length) {
    if (fields.length === count - 1) {
      fields.push(lastField(chars.slice(at), isSep, isBlank));
      return fields;
    }
    let text = "";
    while (at < chars.length && !isSep(chars[at])) text += chars[at++]?.c;
    fields.push(text);
    while (isBlank(chars[at])) at += 1;
    if (at < chars.length && isSep(chars[at])) {
      at += 1;
      while (isBlank(chars[at])) at += 1;
    }
  }
  return fields;
}

/** The rest of the line: blanks at its end go, and one separator that ends it and has no other before. */
function lastField(
  rest: readonly Char[],
  isSep: (char: Char | undefined) => boolean,
  isBlank: (char: Char | undefined) => boolean,
): string {
  let end = rest.length;
  while (end > 0 && isBlank(rest[end - 1])) end -= 1;
  if (end > 0 && isSep(rest[end - 1]) && !rest.slice(0, end - 1).some((char) => isSep(char))) end -= 1;
  while (end > 0 && isBlank(rest[end - 1])) end -= 1;
  return rest
    .slice(0, end)
    .map((char) => char.c)
    .join("");
}

export const read: Builtin = {
  usage:
    "read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]",
  summary: "Read a line from the standard input and split it into fields.",
  *run(sh, args) {
    const { sys } = sh;
    const flags = parseFlags(args, "ersa:d:i:n:N:p:t:u:");
    if (flags.bad !== undefined || flags.missing !== undefined) return yield* badFlags(sh, read, flags);
    const { values } = flags;
    if (values.a !== undefined && !isName(values.a)) return yield* invalidName(sh, values.a);
    for (const name of flags.rest) if (!/^[A-Za-z_]\w*(\[.+\])?$/s.test(name)) return yield* invalidName(sh, name);
    const fd = Number(values.u ?? 0);
    if (values.u !== undefined && isErrno(sys.fdTarget(fd))) {
      yield* complain(sh, `${values.u}: invalid file descriptor: Bad file descriptor`);
      return 1;
    }
    if (values.t !== undefined && !/^\d*\.?\d+$/.test(values.t)) {
      yield* complain(sh, `${values.t}: invalid timeout specification`);
      return 1;
    }
    for (const count of [values.n, values.N]) {
      if (count === undefined || /^\d+$/.test(count)) continue;
      yield* complain(sh, `${count}: invalid number`);
      return 1;
    }
    const tty = sys.isatty(fd);
    if (values.p !== undefined && tty) yield* sys.write(2, values.p);
    if (values.t === "0") return sys.readable(fd) ? 0 : 1;
    const limitText = values.N ?? values.n;
    const limit = limitText === undefined ? undefined : Number(limitText);
    const delimiter =
      values.N !== undefined ? -1 : values.d === undefined ? 10 : values.d === "" ? 0 : values.d.charCodeAt(0);
    const until = values.t === undefined ? undefined : sys.now() + Number(values.t) * 1000;
    const silent = flags.flags.includes("s");
    const modes = tty && (silent || limit !== undefined) ? sys.tcgetattr(fd) : undefined;
    if (modes !== undefined && !isErrno(modes))
      sys.tcsetattr(fd, {
        ...(silent ? { echo: false } : {}),
        ...(limit !== undefined || (values.d !== undefined && delimiter !== 10) ? { icanon: false } : {}),
      });
    try {
      return yield* readFields(sh, {
        fd,
        delimiter,
        limit,
        until,
        raw: flags.flags.includes("r"),
        exact: values.N !== undefined,
        array: values.a,
        names: flags.rest,
      });
    } finally {
      if (modes !== undefined && !isErrno(modes)) sys.tcsetattr(fd, modes);
    }
  },
};

interface Plan {
  readonly fd: number;
  readonly delimiter: number;
  readonly limit: number | undefined;
  readonly until: number | undefined;
  readonly raw: boolean;
  readonly exact: boolean;
  readonly array: string | undefined;
  readonly names: readonly string[];
}

function* readFields(sh: Shell, plan: Plan): Task<number> {
  const chars: Char[] = [];
  let status = 0;
  for (;;) {
    const line = yield* readUntil(sh, plan.fd, plan.delimiter, plan.limit, plan.until);
    if (typeof line === "string") {
      yield* complain(sh, `read error: ${plan.fd}: ${line}`);
      return 1;
    }
    const text = decode(line.bytes).replaceAll("\0", "");
    const part = takeBackslashes(text, plan.raw);
    chars.push(...part.chars);
    if (!line.ended) status = line.timedOut ? 142 : 1;
    if (!part.open || !line.ended) break;
    if (sh.state.interactive && sh.sys.isatty(plan.fd)) yield* sh.sys.write(2, getValue(sh, "PS2") ?? "");
  }
  const ifs = plan.exact ? "" : (getValue(sh, "IFS") ?? " \t\n");
  if (plan.array !== undefined) {
    const problem = setList(sh, plan.array, splitFields(chars, ifs, Number.MAX_SAFE_INTEGER));
    if (problem !== undefined) {
      yield* complain(sh, `${plan.array}: readonly variable`);
      return 1;
    }
    return status;
  }
  if (plan.names.length === 0) {
    assign(sh, "REPLY", chars.map((char) => char.c).join(""));
    return status;
  }
  const fields = splitFields(chars, ifs, plan.names.length);
  for (const [i, name] of plan.names.entries()) {
    const match = /^(\w+)(?:\[(.+)\])?$/s.exec(name);
    if (!(yield* storeValue(sh, match?.[1] ?? name, fields[i] ?? "", { sub: match?.[2], soft: true }))) return 1;
  }
  return status;
}

export const mapfile: Builtin = {
  usage: "mapfile [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]",
  summary: "Read lines from the standard input into an indexed array variable.",
  *run(sh, args) {
    const flags = parseFlags(args, "d:n:O:s:tu:C:c:");
    if (flags.bad !== undefined || flags.missing !== undefined) return yield* badFlags(sh, mapfile, flags);
    const { values } = flags;
    const name = flags.rest[0] ?? "MAPFILE";
    if (name === "") {
      yield* complain(sh, "empty array variable name");
      return 1;
    }
    if (!isName(name)) return yield* invalidName(sh, name);
    for (const [text, what, least] of [
      [values.n, "line count", 0],
      [values.O, "array origin", 0],
      [values.s, "line count", 0],
      [values.c, "callback quantum", 1],
      [values.u, "file descriptor specification", 0],
    ] as const) {
      if (text === undefined || (/^\d+$/.test(text) && Number(text) >= least)) continue;
      yield* complain(sh, `${text}: invalid ${what}`);
      return 1;
    }
    const fd = Number(values.u ?? 0);
    if (isErrno(sh.sys.fdTarget(fd))) {
      yield* complain(sh, `${fd}: invalid file descriptor: Bad file descriptor`);
      return 1;
    }
    const delimiter = values.d === undefined ? 10 : values.d === "" ? 0 : values.d.charCodeAt(0);
    const end = values.d === undefined ? "\n" : (values.d[0] ?? "");
    let skip = Number(values.s ?? 0);
    const most = Number(values.n ?? 0);
    const lines: string[] = [];
    while (most === 0 || lines.length < most) {
      const line = yield* readUntil(sh, fd, delimiter, undefined, undefined);
      if (typeof line === "string") return 1;
      if (!line.ended && line.bytes.length === 0) break;
      if (skip > 0) skip -= 1;
      else {
        const text = decode(line.bytes).replaceAll("\0", "");
        const whole = flags.flags.includes("t") || !line.ended ? text : text + end;
        lines.push(whole);
        const quantum = Number(values.c ?? 5000);
        if (values.C !== undefined && lines.length % quantum === 0)
          yield* sh.runner.evaluate(sh, `${values.C} ${lines.length - 1} '${whole.replaceAll("'", "'\\''")}'`);
      }
      if (!line.ended) break;
    }
    if (values.O === undefined) {
      const problem = setList(sh, name, lines);
      if (problem === undefined) return 0;
      yield* complain(sh, `${name}: readonly variable`);
      return 1;
    }
    if (rawVariable(sh, name)?.list === undefined) declareVariable(sh, name, { add: "a" });
    for (const [i, line] of lines.entries()) assign(sh, name, line, String(Number(values.O) + i));
    return 0;
  },
};
