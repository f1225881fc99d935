// Word expansion: braces, tildes, parameters, substitutions, arithmetic, splitting and pathnames, in bash's order.

import type { Task } from "../kernel/sys.ts";
import { ArithError, evaluate, Unbound } from "./arith.ts";
import type { Param, Part, Word } from "./ast.ts";
import { expandBraces } from "./brace.ts";
import { expandGlob, type GlobOptions } from "./glob.ts";
import { type Found, lookUp, transform } from "./param.ts";
import { compilePattern, escapePattern, isPattern, matchesPattern } from "./pattern.ts";
import { complain, Discard, type Shell } from "./state.ts";
import { getValue, homeFolder, homeOf, rawVariable } from "./vars.ts";

/** A stretch of an expanded word; quoted text is no pattern. */
interface Piece {
  readonly s: string;
  readonly q: boolean;
}

/** Collects what a word expands to: fields of pieces. */
class Fields {
  readonly done: Piece[][] = [];
  current: Piece[] | undefined;
  private readonly ifs: string;
  /** Everything stays in one field. */
  readonly single: boolean;

  constructor(ifs: string, single: boolean) {
    this.ifs = ifs;
    this.single = single;
  }

  add(s: string, q: boolean): void {
    this.current ??= [];
    if (s !== "" || q) this.current.push({ s, q });
  }

  end(): void {
    if (this.current !== undefined) this.done.push(this.current);
    this.current = undefined;
  }

  /** Unquoted text from an expansion: split at IFS. */
  split(text: string): void {
    if (this.single || this.ifs === "") {
      if (text !== "") this.add(text, false);
      return;
    }
    if (text === "") return;
    let word = "";
    let started = false;
    const flush = () => {
      if (started) this.add(word, false);
      word = "";
      started = false;
    };
    for (let i = 0; i < text.length; i++) {
      const c = text[i] as string;
      if (!this.ifs.includes(c)) {
        word += c;
        started = true;
        continue;
      }
      flush();
      // Blanks around one other separator belong to it.
      let hard = !isBlank(c);
      while (i + 1 < text.length && this.ifs.includes(text[i + 1] as string)) {
        const next = text[i + 1] as string;
        if (!isBlank(next)) {
          if (hard) break;
          hard = true;
        }
        i += 1;
      }
      if (hard) this.current ??= [];
      this.end();
    }
    flush();
  }
}

function isBlank(c: string): boolean {
  return c === " " || c === "\t" || c === "\n";
}

/** Where a word stands decides what happens to it. */
interface Context {
  /** Inside double quotes. */
  readonly quoted: boolean;
  /** Tildes after `:` count, as in an assignment. */
  readonly colons: boolean;
  /** Literal text comes from the word of `${x:-word}` and is split. */
  readonly loose: boolean;
}

const PLAIN: Context = { quoted: false, colons: false, loose: false };
const ASSIGNED: Context = { quoted: false, colons: true, loose: false };

export function globOptions(sh: Shell): GlobOptions {
  const { shopt } = sh.state;
  return {
    extglob: shopt.has("extglob"),
    dotglob: shopt.has("dotglob"),
    nocase: shopt.has("nocaseglob"),
    globstar: shopt.has("globstar"),
  };
}

function ifsOf(sh: Shell): string {
  return getValue(sh, "IFS") ?? " \t\n";
}

/** Words of a command, fully expanded. */
export function* expandWords(sh: Shell, words: readonly Word[]): Task<string[]> {
  const out: string[] = [];
  for (const word of words) {
    if (word.plain !== undefined) out.push(word.plain);
    else
      for (const item of sh.state.options.has("braceexpand") ? expandBraces(word) : [word])
        yield* expandWord(sh, item, out);
  }
  return out;
}

/** One word, after brace expansion, into fields. */
export function* expandWord(sh: Shell, word: Word, out: string[]): Task<void> {
  const fields = new Fields(ifsOf(sh), false);
  const assign = word.assign;
  if (assign !== undefined && assign.items === undefined && assign.sub === undefined) {
    fields.add(`${assign.name}${assign.append ? "+" : ""}=`, false);
    yield* expandParts(sh, assign.value.parts, fields, ASSIGNED);
  } else yield* expandParts(sh, word.parts, fields, PLAIN);
  fields.end();
  for (const field of fields.done) yield* addPathnames(sh, field, out);
}

function* addPathnames(sh: Shell, field: readonly Piece[], out: string[]): Task<void> {
  const text = field.map((piece) => piece.s).join("");
  const { shopt, options } = sh.state;
  const extglob = shopt.has("extglob");
  if (options.has("noglob") || !field.some((piece) => !piece.q && /[*?[\\(]/.test(piece.s))) {
    out.push(text);
    return;
  }
  const pattern = toPattern(field);
  if (!isPattern(pattern, extglob)) {
    out.push(text);
    return;
  }
  let names = expandGlob(sh.sys, pattern, globOptions(sh));
  const ignore = getValue(sh, "GLOBIGNORE");
  if (ignore !== undefined && ignore !== "") {
    const ignored = ignore.split(":").map((item) => compilePattern(item, { extglob }));
    names = names.filter((name) => !ignored.some((item) => matchesPattern(item, name)));
  }
  if (names.length > 0) out.push(...names);
  else if (shopt.has("failglob")) {
    yield* complain(sh, `no match: ${text}`);
    throw new Discard(1);
  } else if (!shopt.has("nullglob")) out.push(text);
}

function toPattern(field: readonly Piece[]): string {
  return field.map((piece) => (piece.q ? escapePattern(piece.s) : piece.s)).join("");
}

/** A word that stays one word: values, targets, here-documents. */
export function* expandString(sh: Shell, word: Word, assigned = false): Task<string> {
  if (word.plain !== undefined) return word.plain;
  const pieces = yield* expandPieces(sh, word.parts, assigned);
  return pieces.map((piece) => piece.s).join("");
}

function* expandPieces(sh: Shell, parts: readonly Part[], assigned: boolean): Task<readonly Piece[]> {
  const fields = new Fields("", true);
  yield* expandParts(sh, parts, fields, assigned ? ASSIGNED : PLAIN);
  fields.end();
  return fields.done[0] ?? [];
}

/** A word as a pattern: what was quoted matches only itself. */
export function* expandPattern(sh: Shell, word: Word): Task<string> {
  if (word.plain !== undefined) return word.plain;
  return toPattern(yield* expandPieces(sh, word.parts, false));
}

/** A word as a regular expression: what was quoted matches only itself. */
export function* expandRegex(sh: Shell, word: Word): Task<string> {
  const pieces = yield* expandPieces(sh, word.parts, false);
  return pieces.map((piece) => (piece.q ? piece.s.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&") : piece.s)).join("");
}

/** Runs arithmetic; its complaints give up the line. */
export function* arithmetic(sh: Shell, text: string): Task<bigint> {
  try {
    return evaluate(sh, text);
  } catch (problem) {
    yield* arithProblem(sh, problem);
    throw new Discard(1);
  }
}

/** Says what is wrong with an expression; `set -u` ends the shell. */
export function* arithProblem(sh: Shell, problem: unknown): Task<void> {
  if (problem instanceof Unbound) {
    yield* complain(sh, `${problem.name}: unbound variable`);
    throw new Discard(1, true);
  }
  if (!(problem instanceof ArithError)) throw problem;
  yield* complain(sh, problem.text);
}

// --- parts ---

function* expandParts(sh: Shell, parts: readonly Part[], fields: Fields, context: Context): Task<void> {
  for (const [index, part] of parts.entries()) {
    switch (part.k) {
      case "lit":
        if (context.loose) fields.split(part.s);
        else addLiteral(sh, part.s, index === 0, index === parts.length - 1, fields, context);
        break;
      case "quo":
        fields.add(part.s, true);
        break;
      case "dq":
        yield* expandDouble(sh, part.parts, fields, context);
        break;
      case "par":
        yield* expandParam(sh, part, fields, context);
        break;
      case "cmd":
        addResult(fields, yield* sh.runner.capture(sh, part.list), context.quoted);
        break;
      case "tick":
        addResult(fields, yield* sh.runner.captureText(sh, part.s), context.quoted);
        break;
      case "arith":
        addResult(fields, String(yield* arithmetic(sh, yield* joinParts(sh, part.parts))), context.quoted);
        break;
      case "proc":
        fields.add(yield* sh.runner.connect(sh, part.dir, part.list), true);
        break;
      case "bad":
        yield* complain(sh, `${part.text}: bad substitution`);
        throw new Discard(1);
    }
  }
}

function addResult(fields: Fields, text: string, quoted: boolean): void {
  if (quoted) fields.add(text, true);
  else fields.split(text);
}

/** Parts with double-quote rules as one text. */
function* joinParts(sh: Shell, parts: readonly Part[]): Task<string> {
  const fields = new Fields("", true);
  yield* expandParts(sh, parts, fields, { ...PLAIN, quoted: true });
  fields.end();
  return fields.done[0]?.map((piece) => piece.s).join("") ?? "";
}

function* expandDouble(sh: Shell, parts: readonly Part[], fields: Fields, context: Context): Task<void> {
  // "$@" without parameters is nothing at all, unlike other quoted text.
  const onlyList = parts.length > 0 && parts.every((part) => part.k === "par" && isWholeList(part));
  if (!onlyList) fields.add("", true);
  yield* expandParts(sh, parts, fields, { ...context, quoted: true, loose: false });
}

function isWholeList(part: Param): boolean {
  return part.name === "@" || part.sub === "@" || part.prefix === "@";
}

/** Unquoted text of the word itself: tildes at its start, and in assignments after colons. */
function addLiteral(sh: Shell, text: string, first: boolean, last: boolean, fields: Fields, context: Context): void {
  if (!text.includes("~")) {
    fields.add(text, false);
    return;
  }
  const segments = context.colons ? text.split(/(?<=:)/) : [text];
  for (const [i, segment] of segments.entries()) {
    const match = (first || i > 0) && segment.startsWith("~") ? /^~([^/:]*)(?=[/:]|$)/.exec(segment) : null;
    const whole =
      match !== null &&
      (match[0].length < segment.length || (i === segments.length - 1 && last) || i < segments.length - 1);
    const home = match !== null && whole ? tilde(sh, match[1] ?? "") : undefined;
    if (match === null || home === undefined) fields.add(segment, false);
    else {
      fields.add(home, true);
      fields.add(segment.slice(match[0].length), false);
    }
  }
}

/** What `~name` stands for. */
export function tilde(sh: Shell, name: string): string | undefined {
  if (name === "") return homeFolder(sh);
  if (name === "+") return getValue(sh, "PWD");
  if (name === "-") return getValue(sh, "OLDPWD");
  const index = /^[+-]?\d+$/.test(name) ? Number(name) : undefined;
  if (index !== undefined) {
    const stack = [sh.state.cwd, ...sh.state.dirs];
    return name.startsWith("-") ? stack[stack.length - 1 + index] : stack[index];
  }
  return homeOf(sh, name);
}

// --- parameters ---

function* expandParam(sh: Shell, param: Param, fields: Fields, context: Context): Task<void> {
  const tools = {
    string: (word: Word) => expandString(sh, word),
    pattern: (word: Word) => expandPattern(sh, word),
    number: function* (word: Word): Task<number> {
      return Number(yield* arithmetic(sh, yield* expandString(sh, word)));
    },
    replacement: function* (word: Word): Task<string> {
      const pieces = yield* expandPieces(sh, word.parts, false);
      return pieces.map((piece) => (piece.q ? piece.s.replace(/[\\&]/g, "\\$&") : piece.s)).join("");
    },
  };
  const found = yield* lookUp(sh, param, tools);
  const op = param.op;
  const plainOp = op?.replace(":", "");
  if (op !== undefined && plainOp !== undefined && plainOp.length === 1 && "-=?+".includes(plainOp)) {
    const empty = found.values === undefined || (found.list && found.values.length === 0);
    const missing = op.startsWith(":") ? isNull(found) : empty;
    if (plainOp === "+" ? missing : !missing) {
      if (plainOp !== "+") emit(sh, found, fields, context);
      else if (context.quoted) fields.add("", true);
      return;
    }
    const arg = param.arg as Word;
    if (plainOp === "-" || plainOp === "+") {
      yield* expandParts(sh, arg.parts, fields, { ...context, loose: !context.quoted && !fields.single });
      if (context.quoted) fields.add("", true);
      return;
    }
    const value = yield* expandString(sh, arg);
    if (plainOp === "=") {
      yield* sh.runner.store(sh, param, value);
      addResult(fields, value, context.quoted);
      return;
    }
    const message = value === "" ? (op === ":?" ? "parameter null or not set" : "parameter not set") : value;
    yield* complain(sh, `${found.label.replace(/^\$/, "")}: ${message}`);
    throw new Discard(sh.commandString ? 127 : 1, true);
  }
  const unsetArray =
    param.len === true && found.name !== undefined && rawVariable(sh, found.name) === undefined && found.list;
  if ((found.values === undefined || unsetArray) && sh.state.options.has("nounset") && param.prefix === undefined) {
    yield* complain(sh, `${unsetArray ? found.name : found.label}: unbound variable`);
    throw new Discard(sh.commandString && !unsetArray ? 127 : 1, true);
  }
  emit(sh, yield* transform(sh, param, found, tools), fields, context);
}

function isNull(found: Found): boolean {
  return (
    found.values === undefined || found.values.length === 0 || (found.values.length === 1 && found.values[0] === "")
  );
}

/** Puts the values of a parameter into the fields. */
function emit(sh: Shell, found: Found, fields: Fields, context: Context): void {
  const values = found.values ?? [];
  if (!found.list) {
    const value = values[0] ?? "";
    addResult(fields, value, context.quoted);
    return;
  }
  const ifs = ifsOf(sh);
  if (fields.single || (context.quoted && found.star)) {
    const joined = values.join(found.star ? (ifs[0] ?? "") : " ");
    if (context.quoted) fields.add(joined, true);
    else fields.split(joined);
    return;
  }
  for (const [i, value] of values.entries()) {
    if (i > 0) fields.end();
    if (context.quoted) fields.add(value, true);
    else fields.split(value);
  }
}
