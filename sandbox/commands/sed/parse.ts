// Scripts to commands, with the messages of GNU sed's compile.c and its way to count characters. One class, for each command begins
// where the one before it ended.

import { isBareClass } from "../../lib/regex/bracket.ts";
import { compile, isRegexError, type Regex } from "../../lib/regex/regex.ts";
import { resolveInList, resolveInPattern, resolveInText } from "./escapes.ts";
import { parseReplacement } from "./replacement.ts";
import { type Address, ScriptError, type SedCommand, type Substitution } from "./script.ts";

export interface ParseOptions {
  readonly extended: boolean;
  readonly posix: boolean;
  readonly sandbox: boolean;
}

const KNOWN = new Set("{}=:abcdeDFgGhHiIlnNpPqQrRstTvwWxyz");
const ONE_ADDRESS = new Set("=aiqQrR");
const NOTHING_MORE = new Set("=dDFgGhHnNpPxz");

/** Reads scripts one after another (-e, -f) into one program. */
export class ScriptParser {
  readonly commands: SedCommand[] = [];
  /** `#n` in the first line: no automatic printing. */
  quiet = false;
  readonly #options: ParseOptions;
  readonly #blocks: number[] = [];
  readonly #labels = new Map<string, number>();
  #text = "";
  #at = 0;
  #where: (at: number) => string = () => "";
  #isFirst = true;
  /** An `a\` at the very end of a script takes its text from the next one. */
  #pending: SedCommand | undefined;

  constructor(options: ParseOptions) {
    this.#options = options;
  }

  /** Adds a script. `where` makes the place of an error out of a position. */
  add(text: string, where: (at: number) => string): void {
    this.#text = text;
    this.#at = 0;
    this.#where = where;
    if (this.#pending !== undefined) {
      const command = this.#pending;
      this.#pending = undefined;
      this.commands[this.commands.indexOf(command)] = { ...command, text: this.#readText() };
    }
    for (;;) {
      while (/[;\s]/.test(this.#peek())) this.#at++;
      if (this.#at >= this.#text.length) break;
      this.#command();
      this.#isFirst = false;
    }
  }

  /** Checks blocks and labels once all scripts are read. */
  finish(): readonly SedCommand[] {
    if (this.#blocks.length > 0) throw new ScriptError(`${this.#where(0)}: unmatched \`{'`);
    for (const command of this.commands) {
      if (!"btT".includes(command.name)) continue;
      const target = command.text === "" ? this.commands.length : this.#labels.get(command.text);
      if (target === undefined) throw new ScriptError(`can't find label for jump to \`${command.text}'`, 4);
      command.target = target;
    }
    return this.commands;
  }

  #fail(text: string, at = this.#at): never {
    throw new ScriptError(`${this.#where(at)}: ${text}`);
  }

  #peek(): string {
    return this.#text[this.#at] ?? "";
  }

  /** sed's inchar: reading past the end counts as no character. */
  #next(): string {
    const char = this.#text[this.#at] ?? "";
    if (char !== "") this.#at++;
    return char;
  }

  #nextNonblank(): string {
    while (this.#peek() === " " || this.#peek() === "\t") this.#at++;
    return this.#next();
  }

  #command(): void {
    const first = this.#address(this.#next());
    let second: Address | undefined;
    let char: string;
    if (first === undefined) {
      this.#at--;
      char = this.#next();
    } else {
      if (first.kind === "plus" || first.kind === "multiple") this.#fail("invalid usage of +N or ~N as first address");
      char = this.#nextNonblank();
      if (char === ",") {
        second = this.#address(this.#nextNonblank());
        if (second === undefined) this.#fail("unexpected `,'");
        char = this.#nextNonblank();
      }
      if (first.kind === "line" && first.line === 0 && (second?.kind !== "regex" || this.#options.posix))
        this.#fail("invalid usage of line address 0");
    }
    let negated = false;
    if (char === "!") {
      negated = true;
      char = this.#nextNonblank();
      if (char === "!") this.#fail("multiple `!'s");
    }
    if (char === "") this.#fail("missing command");
    if (char === "#") {
      if (first !== undefined) this.#fail("comments don't accept any addresses");
      return this.#comment();
    }
    if (!KNOWN.has(char)) this.#fail(`unknown command: \`${char}'`);
    if (second !== undefined && ONE_ADDRESS.has(char) && (this.#options.posix || char === "q" || char === "Q"))
      this.#fail("command only uses one address");
    const base = { name: char, negated, target: 0, text: "", ...(first && { first }), ...(second && { second }) };
    this.#body(char, base);
  }

  #comment(): void {
    const isQuiet = this.#isFirst && this.#at === 1 && /^#n(\n|$)/.test(this.#text);
    if (isQuiet) this.quiet = true;
    const end = this.#text.indexOf("\n", this.#at);
    this.#at = end < 0 ? this.#text.length : end + 1;
  }

  #body(char: string, base: SedCommand): void {
    const push = (more: Partial<SedCommand> = {}): void => void this.commands.push({ ...base, ...more });
    if (NOTHING_MORE.has(char)) {
      this.#endOfCommand();
      return push();
    }
    switch (char) {
      case "{":
        this.#blocks.push(this.commands.length);
        return push();
      case "}": {
        const open = this.#blocks.pop();
        if (open === undefined) this.#fail("unexpected `}'");
        if (base.first !== undefined) this.#fail("`}' doesn't want any addresses");
        this.#endOfCommand();
        (this.commands[open] as SedCommand).target = this.commands.length;
        return;
      }
      case "a":
      case "i":
      case "c":
        return this.#textCommand(base);
      case ":": {
        if (base.first !== undefined) this.#fail(": doesn't want any addresses");
        const label = this.#label();
        if (label === "") this.#fail('":" lacks a label');
        this.#labels.set(label, this.commands.length);
        if (this.#peek() !== "}") return;
        this.#at++;
        return this.#fail("unexpected `}'");
      }
      case "b":
      case "t":
      case "T": {
        const text = this.#label();
        return push({ text });
      }
      case "v":
        if (this.#label() > "4.9") this.#fail("expected newer version of sed");
        return;
      case "q":
      case "Q":
      case "l":
      case "L": {
        const number = this.#optionalNumber();
        this.#endOfCommand();
        return push(number === undefined ? {} : { number });
      }
      case "r":
      case "R":
      case "w":
      case "W":
        return push({ text: this.#fileName() });
      case "s":
        return push({ substitution: this.#substitution() });
      case "y":
        return push({ map: this.#transliteration() });
      default:
        // `e` runs commands through a shell.
        if (this.#options.sandbox) this.#fail("e/r/w commands disabled in sandbox mode");
        throw new ScriptError("the e command is not modelled in this sandbox");
    }
  }

  #endOfCommand(): void {
    const char = this.#nextNonblank();
    if (char === "}" || char === "#") this.#at--;
    else if (char === "\r" && (this.#peek() === "\n" || this.#peek() === "")) this.#next();
    else if (char !== "" && char !== "\n" && char !== ";") this.#fail("extra characters after command");
  }

  #optionalNumber(): number | undefined {
    while (this.#peek() === " " || this.#peek() === "\t") this.#at++;
    const digits = /^\d+/.exec(this.#text.slice(this.#at))?.[0];
    if (digits === undefined) return undefined;
    this.#at += digits.length;
    return Number(digits);
  }

  #label(): string {
    while (this.#peek() === " " || this.#peek() === "\t") this.#at++;
    const start = this.#at;
    while (this.#peek() !== "" && !/[\s;}]/.test(this.#peek())) this.#at++;
    return this.#text.slice(start, this.#at);
  }

  #fileName(): string {
    if (this.#options.sandbox) this.#fail("e/r/w commands disabled in sandbox mode");
    while (this.#peek() === " " || this.#peek() === "\t") this.#at++;
    const end = this.#text.indexOf("\n", this.#at);
    const name = this.#text.slice(this.#at, end < 0 ? undefined : end);
    if (name === "") this.#fail("missing filename in r/R/w/W commands");
    this.#at += name.length;
    return name;
  }

  #textCommand(base: SedCommand): void {
    const char = this.#nextNonblank();
    if (char === "" || (char !== "\\" && this.#options.posix)) this.#fail("expected \\ after `a', `c' or `i'");
    const command = { ...base };
    if (char === "\\") {
      const rest = /^[ \t]*\n/.exec(this.#text.slice(this.#at));
      if (rest !== null) this.#at += rest[0].length;
      else if (this.#at >= this.#text.length) {
        this.#pending = command;
        this.commands.push(command);
        return;
      }
    } else this.#at--;
    this.commands.push({ ...command, text: this.#readText() });
  }

  /** Text to the end of the line; a backslash keeps a newline in it. */
  #readText(): string {
    let raw = "";
    for (let char = this.#next(); char !== "" && char !== "\n"; char = this.#next()) {
      raw += char;
      if (char === "\\") raw += this.#next();
    }
    return `${resolveInText(raw)}\n`;
  }

  #address(char: string): Address | undefined {
    if (char === "/" || char === "\\") {
      const slash = char === "/" ? "/" : this.#next();
      const pattern = this.#upTo(slash, true);
      if (pattern === undefined) this.#fail("unterminated address regex");
      let ignoreCase = false;
      let multiline = false;
      for (;;) {
        const flag = this.#nextNonblank();
        if (flag === "I") ignoreCase = true;
        else if (flag === "M") multiline = true;
        else {
          if (flag !== "") this.#at--;
          break;
        }
      }
      return { kind: "regex", regex: this.#regex(pattern, ignoreCase, multiline) };
    }
    if (/[0-9]/.test(char)) {
      this.#at--;
      const first = this.#optionalNumber() ?? 0;
      const after = this.#nextNonblank();
      if (after !== "~" || this.#options.posix) {
        if (after !== "") this.#at--;
        return { kind: "line", line: first };
      }
      const step = this.#optionalNumber() ?? 0;
      return step > 0 ? { kind: "step", first, step } : { kind: "line", line: first };
    }
    if ((char === "+" || char === "~") && !this.#options.posix) {
      const number = this.#optionalNumber() ?? 0;
      return char === "+" ? { kind: "plus", count: number } : { kind: "multiple", of: number };
    }
    return char === "$" ? { kind: "last" } : undefined;
  }

  /** Text up to a delimiter (match_slash); undefined where it does not end. */
  #upTo(slash: string, isRegex: boolean): string | undefined {
    let text = "";
    for (;;) {
      const char = this.#next();
      if (char === "" || (char === "\n" && isRegex)) {
        if (char === "\n") this.#at--;
        return undefined;
      }
      if (char === slash) return text;
      if (char === "[" && isRegex) {
        const inside = /^\^?\]?(?:\[([.:=]).*?\1\]|[^\]\n])*\]/.exec(this.#text.slice(this.#at));
        if (inside === null) {
          // A bracket that is not closed swallows the rest of the line.
          while (this.#peek() !== "" && this.#peek() !== "\n") this.#at++;
          return undefined;
        }
        text += char + inside[0].replace(/\\n/g, "\n");
        this.#at += inside[0].length;
        continue;
      }
      if (char !== "\\") {
        text += char;
        continue;
      }
      const escaped = this.#next();
      if (escaped === "") return undefined;
      if (escaped === slash) text += !isRegex && slash === "&" ? "\\&" : slash;
      else if (escaped === "n" && isRegex) text += "\n";
      else text += `\\${escaped}`;
    }
  }

  #regex(pattern: string, ignoreCase: boolean, multiline: boolean): Regex | undefined {
    if (pattern === "") {
      if (ignoreCase || multiline) this.#fail("cannot specify modifiers on empty regexp");
      return undefined;
    }
    if (isBareClass(pattern)) throw new ScriptError("character class syntax is [[:space:]], not [:space:]", 4);
    const regex = compile(resolveInPattern(pattern), {
      syntax: this.#options.extended ? "extended" : "sed",
      ignoreCase,
      multiline,
    });
    if (isRegexError(regex)) this.#fail(regex.error);
    return regex;
  }

  #substitution(): Substitution {
    const slash = this.#next();
    const pattern = this.#upTo(slash, true);
    const replacement = pattern === undefined ? undefined : this.#upTo(slash, false);
    if (pattern === undefined || replacement === undefined) this.#fail("unterminated `s' command");
    const flags = this.#flags();
    const regex = this.#regex(pattern, flags.ignoreCase, flags.multiline);
    const pieces = parseReplacement(replacement);
    const highest = Math.max(0, ...pieces.map((piece) => (piece.kind === "group" ? piece.index : 0)));
    if (regex !== undefined && highest > regex.groups)
      this.#fail(`invalid reference \\${highest} on \`s' command's RHS`);
    const { global, print, evaluate, nth, file } = flags;
    return { regex, pieces, global, print, evaluate, nth, file };
  }

  #flags() {
    const flags = {
      ignoreCase: false,
      multiline: false,
      global: false,
      print: 0,
      evaluate: false,
      nth: 0,
      file: undefined as string | undefined,
    };
    for (;;) {
      const char = this.#next();
      switch (char) {
        case "i":
        case "I":
          flags.ignoreCase = true;
          continue;
        case "m":
        case "M":
          flags.multiline = true;
          continue;
        case "e":
          throw new ScriptError("the e flag of the s command is not modelled in this sandbox");
        case "p":
          if (flags.print > 0) this.#fail("multiple `p' options to `s' command");
          flags.print += 1;
          continue;
        case "g":
          if (flags.global) this.#fail("multiple `g' options to `s' command");
          flags.global = true;
          continue;
        case "w":
          flags.file = this.#fileName();
          return flags;
        case "}":
        case "#":
          this.#at--;
          return flags;
        case "\n":
        case ";":
        case "":
          return flags;
        case "\r":
          if (this.#peek() === "\n") continue;
          return this.#fail("unknown option to `s'");
        case " ":
        case "\t":
          continue;
        default: {
          if (!/[0-9]/.test(char)) return this.#fail("unknown option to `s'");
          this.#at--;
          if (flags.nth > 0) this.#fail("multiple number options to `s' command", this.#at + 1);
          flags.nth = this.#optionalNumber() ?? 0;
          if (flags.nth === 0) this.#fail("number option to `s' command may not be zero");
        }
      }
    }
  }

  #transliteration(): ReadonlyMap<string, string> {
    const slash = this.#next();
    const from = this.#upTo(slash, false);
    const to = from === undefined ? undefined : this.#upTo(slash, false);
    if (from === undefined || to === undefined) this.#fail("unterminated `y' command");
    const source = [...resolveInList(from)];
    const target = [...resolveInList(to)];
    if (source.length !== target.length) this.#fail("strings for `y' command are different lengths");
    this.#endOfCommand();
    const map = new Map<string, string>();
    source.forEach((char, index) => {
      if (!map.has(char)) map.set(char, target[index] ?? "");
    });
    return map;
  }
}
