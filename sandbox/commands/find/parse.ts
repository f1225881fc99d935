// The expression of find: from words to a tree of tests and actions.

import { isErrno } from "../../kernel/errno.ts";
import type { FileType, Stat, Sys } from "../../kernel/sys.ts";
import { type ModeChange, parseMode } from "../../lib/modes.ts";
import { parseDate } from "../../lib/parse-date.ts";
import { quote } from "../../lib/quote.ts";
import { compile, isRegexError, type Regex } from "../../lib/regex/regex.ts";
import { readZone } from "../../lib/strftime.ts";
import { findGroup, findUser } from "../../lib/users.ts";

/** `+n`, `-n` or `n`. */
export interface Count {
  readonly sign: "+" | "-" | "";
  readonly value: number;
}

export type Test =
  | {
      readonly kind: "name";
      readonly pattern: string;
      readonly whole: boolean;
      readonly fold: boolean;
      readonly link: boolean;
    }
  | { readonly kind: "regex"; readonly regex: Regex }
  | { readonly kind: "type"; readonly types: ReadonlySet<FileType>; readonly target: boolean }
  | { readonly kind: "size"; readonly count: Count; readonly unit: number }
  | {
      readonly kind: "age";
      readonly field: "atime" | "mtime" | "ctime";
      readonly count: Count;
      readonly unit: number;
      readonly floor: boolean;
    }
  | { readonly kind: "newer"; readonly field: "atime" | "mtime" | "ctime" | "btime"; readonly than: number }
  | { readonly kind: "number"; readonly field: "uid" | "gid" | "nlink" | "ino"; readonly count: Count }
  | { readonly kind: "unowned"; readonly field: "uid" | "gid" }
  | { readonly kind: "perm"; readonly match: "all" | "any" | "exact"; readonly change: ModeChange }
  | { readonly kind: "access"; readonly want: string }
  | { readonly kind: "samefile"; readonly stat: Stat }
  | { readonly kind: "empty" | "true" | "false" };

export type Action =
  | { readonly kind: "print"; readonly end: string; readonly file: string | undefined }
  | { readonly kind: "printf"; readonly format: string; readonly file: string | undefined }
  | { readonly kind: "ls"; readonly file: string | undefined }
  | {
      readonly kind: "exec";
      readonly words: readonly string[];
      readonly many: boolean;
      readonly dir: boolean;
      readonly ask: boolean;
      readonly id: number;
    }
  | { readonly kind: "delete" | "prune" | "quit" };

export type Node =
  | { readonly op: "and" | "or" | "list"; readonly left: Node; readonly right: Node }
  | { readonly op: "not"; readonly of: Node }
  | { readonly op: "leaf"; readonly leaf: Test | Action };

export interface Expression {
  readonly tree: Node | undefined;
  readonly maxDepth: number;
  readonly minDepth: number;
  readonly depthFirst: boolean;
  readonly oneSystem: boolean;
  /** Whether any action other than -prune and -quit stands in it. */
  readonly acts: boolean;
  readonly warnings: readonly string[];
}

const TYPES: Readonly<Record<string, FileType>> = {
  f: "file",
  d: "directory",
  l: "symlink",
  p: "fifo",
  s: "socket",
  c: "char",
  b: "block",
};
const SIZE_UNITS: Readonly<Record<string, number>> = {
  "": 512,
  b: 512,
  c: 1,
  w: 2,
  k: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
};

/** Emacs' syntax, find's default, has + and ? as signs; the basic one writes them with a backslash. */
function emacsToBasic(pattern: string): string {
  return pattern.replace(/\\.|\[\^?\]?[^\]]*\]|[+?]/gs, (piece) =>
    piece === "+" || piece === "?" ? `\\${piece}` : piece,
  );
}

class Problem {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Parses the words after the starting points. The string is the message of the error. */
export function parseExpression(sys: Sys, words: readonly string[]): Expression | { error: string } {
  const parser = new Parser(sys, words);
  const tree = words.length === 0 ? undefined : parser.list();
  const problem =
    parser.problem ??
    (parser.left
      ? new Problem(
          parser.peek() === ")" ? "you have too many ')'" : `paths must precede expression: \`${parser.peek()}'`,
        )
      : undefined);
  if (problem !== undefined) return { error: problem.text };
  return {
    tree,
    maxDepth: parser.maxDepth,
    minDepth: parser.minDepth,
    depthFirst: parser.depthFirst,
    oneSystem: parser.oneSystem,
    acts: parser.acts,
    warnings: parser.warnings,
  };
}

const TRUE: Node = { op: "leaf", leaf: { kind: "true" } };

const REGEX_TYPES =
  "findutils-default ed emacs gnu-awk grep posix-awk awk posix-basic posix-egrep egrep posix-extended posix-minimal-basic sed".split(
    " ",
  );

class Parser {
  readonly #sys: Sys;
  readonly #words: readonly string[];
  #at = 0;
  #execs = 0;
  problem: Problem | undefined;
  maxDepth = Infinity;
  minDepth = 0;
  depthFirst = false;
  oneSystem = false;
  acts = false;
  #dayStart = false;
  #regexType = "findutils-default";
  readonly warnings: string[] = [];

  constructor(sys: Sys, words: readonly string[]) {
    this.#sys = sys;
    this.#words = words;
  }

  get left(): boolean {
    return this.#at < this.#words.length && this.problem === undefined;
  }

  peek(): string | undefined {
    return this.#words[this.#at];
  }

  #fail(text: string): Node {
    this.problem ??= new Problem(text);
    return TRUE;
  }

  list(): Node {
    let left = this.#or();
    while (this.left && this.peek() === ",") {
      this.#at += 1;
      left = { op: "list", left, right: this.#or() };
    }
    return left;
  }

  #or(): Node {
    let left = this.#and();
    while (this.left && (this.peek() === "-o" || this.peek() === "-or")) {
      const word = this.peek() ?? "";
      this.#at += 1;
      if (!this.left || this.peek() === ")") return this.#fail(`expected an expression after '${word}'`);
      left = { op: "or", left, right: this.#and() };
    }
    return left;
  }

  #and(): Node {
    let left = this.#not();
    for (;;) {
      const word = this.peek();
      if (!this.left || word === ")" || word === "-o" || word === "-or" || word === ",") return left;
      if (word === "-a" || word === "-and") {
        this.#at += 1;
        if (!this.left || this.peek() === ")") return this.#fail(`expected an expression after '${word}'`);
      }
      left = { op: "and", left, right: this.#not() };
    }
  }

  #not(): Node {
    const word = this.peek();
    if (word === "!" || word === "-not") {
      this.#at += 1;
      if (!this.left) return this.#fail(`expected an expression after '${word}'`);
      return { op: "not", of: this.#not() };
    }
    if (word === "(") {
      this.#at += 1;
      if (this.peek() === ")") return this.#fail("invalid expression; empty parentheses are not allowed.");
      if (!this.left)
        return this.#fail("invalid expression; I was expecting to find a ')' somewhere but did not see one.");
      const inner = this.list();
      if (this.problem !== undefined) return TRUE;
      if (this.peek() !== ")")
        return this.#fail("invalid expression; I was expecting to find a ')' somewhere but did not see one.");
      this.#at += 1;
      return inner;
    }
    return this.#primary();
  }

  #primary(): Node {
    const word = this.peek() ?? "";
    if (word === ")") return this.#fail("invalid expression; you have too many ')'");
    if (word === "-o" || word === "-or" || word === "-a" || word === "-and" || word === ",") {
      return this.#fail(`invalid expression; you have used a binary operator '${word}' with nothing before it.`);
    }
    if (!word.startsWith("-") || word === "-") {
      const before = this.#words.slice(0, this.#at).findLast((one) => /^-[a-z]|^[(!]$/.test(one));
      const hint =
        before !== undefined && !isErrno(this.#sys.lstat(word))
          ? `\nfind: possible unquoted pattern after predicate \`${before}'?`
          : "";
      return this.#fail(`paths must precede expression: \`${word}'${hint}`);
    }
    this.#at += 1;
    const leaf = this.#leaf(word.startsWith("--") ? word.slice(1) : word, word);
    return leaf === undefined ? TRUE : { op: "leaf", leaf };
  }

  #argument(word: string): string | undefined {
    if (this.#at >= this.#words.length) {
      this.#fail(`missing argument to \`${word}'`);
      return undefined;
    }
    return this.#words[this.#at++];
  }

  #count(word: string, pattern = /^([-+]?)(\d+)$/): Count | undefined {
    const text = this.#argument(word);
    if (text === undefined) return undefined;
    const found = pattern.exec(text);
    if (found === null) {
      this.#fail(`invalid argument \`${text}' to \`${word}'`);
      return undefined;
    }
    return { sign: (found[1] ?? "") as Count["sign"], value: Number(found[2]) };
  }

  #action<T extends Action>(action: T): T {
    if (action.kind !== "prune" && action.kind !== "quit") this.acts = true;
    return action;
  }

  /** One test or action; undefined where it is a mere option. */
  #leaf(name: string, word: string): Test | Action | undefined {
    switch (name) {
      case "-name":
      case "-iname":
      case "-path":
      case "-ipath":
      case "-wholename":
      case "-iwholename":
      case "-lname":
      case "-ilname": {
        const pattern = this.#argument(word);
        if (pattern === undefined) return undefined;
        const link = name.endsWith("lname");
        const whole = name.endsWith("path") || name.endsWith("wholename");
        if (!whole && !link && pattern.includes("/") && pattern !== "/") {
          this.warnings.push(
            `warning: ${quote(word)} matches against basenames only, but the given pattern contains a directory separator (${quote("/")}), thus the expression will evaluate to false all the time.  Did you mean ${quote(name === "-name" ? "-wholename" : "-iwholename")}?`,
          );
        }
        return { kind: "name", pattern, whole, fold: name.startsWith("-i"), link };
      }
      case "-regex":
      case "-iregex": {
        const pattern = this.#argument(word);
        if (pattern === undefined) return undefined;
        const syntax = /extended|egrep|awk/.test(this.#regexType) ? "extended" : "basic";
        const own = syntax === "basic" && !/basic|ed|sed|grep/.test(this.#regexType) ? emacsToBasic(pattern) : pattern;
        const regex = compile(`^${syntax === "basic" ? "\\(" : "("}${own}${syntax === "basic" ? "\\)" : ")"}$`, {
          syntax,
          ignoreCase: name === "-iregex",
        });
        if (isRegexError(regex)) {
          this.#fail(`failed to compile regular expression '${pattern}': ${regex.error}`);
          return undefined;
        }
        return { kind: "regex", regex };
      }
      case "-regextype": {
        this.#regexType = this.#argument(word) ?? "";
        if (!REGEX_TYPES.includes(this.#regexType)) {
          const types = REGEX_TYPES.map((type) => `‘${type}’`).join(", ");
          this.#fail(`Unknown regular expression type ‘${this.#regexType}’; valid types are ${types}.`);
        }
        return undefined;
      }
      case "-type":
      case "-xtype":
        return this.#type(name, word);
      case "-size": {
        const text = this.#argument(word);
        if (text === undefined) return undefined;
        const found = /^([-+]?)(\d+)([a-zA-Z]?)$/.exec(text);
        const unit = SIZE_UNITS[found?.[3] ?? ""];
        if (found !== null && unit === undefined) this.#fail(`invalid -size type \`${found[3]}'`);
        if (found === null || unit === undefined) {
          this.#fail(
            /[a-zA-Z]$/.test(text) && SIZE_UNITS[text.at(-1) ?? ""] === undefined
              ? `invalid -size type \`${text.at(-1)}'`
              : `Invalid argument \`${text}' to -size`,
          );
          return undefined;
        }
        return { kind: "size", count: { sign: found[1] as Count["sign"], value: Number(found[2]) }, unit };
      }
      case "-mtime":
      case "-atime":
      case "-ctime":
      case "-mmin":
      case "-amin":
      case "-cmin": {
        const count = this.#count(word, /^([-+]?)(\d+(?:\.\d*)?)$/);
        if (count === undefined) return undefined;
        const field = ({ m: "mtime", a: "atime", c: "ctime" } as const)[name[1] as "m"];
        return { kind: "age", field, count, unit: name.endsWith("min") ? 60000 : 86400000, floor: this.#dayStart };
      }
      case "-newer":
      case "-anewer":
      case "-cnewer":
        return this.#newer(name === "-newer" ? "mm" : name === "-anewer" ? "am" : "cm", word);
      case "-uid":
      case "-gid":
      case "-links":
      case "-inum": {
        const count = this.#count(word);
        const field = ({ "-uid": "uid", "-gid": "gid", "-links": "nlink", "-inum": "ino" } as const)[name];
        return count === undefined ? undefined : { kind: "number", field, count };
      }
      case "-user":
      case "-group": {
        const text = this.#argument(word);
        if (text === undefined) return undefined;
        const number = name === "-user" ? findUser(this.#sys, text)?.uid : findGroup(this.#sys, text)?.gid;
        const value = number ?? (/^\d+$/.test(text) ? Number(text) : undefined);
        if (value === undefined) {
          this.#fail(
            `invalid ${name === "-user" ? "user" : "group"} name or ${name === "-user" ? "U" : "G"}ID argument to ${name}: ${quote(text)}`,
          );
          return undefined;
        }
        return { kind: "number", field: name === "-user" ? "uid" : "gid", count: { sign: "", value } };
      }
      case "-nouser":
        return { kind: "unowned", field: "uid" };
      case "-nogroup":
        return { kind: "unowned", field: "gid" };
      case "-perm": {
        const text = this.#argument(word);
        if (text === undefined) return undefined;
        const sign = /^[-/]/.exec(text)?.[0];
        const change = parseMode(sign === undefined ? text : text.slice(1));
        if (change === undefined || (text.startsWith("+") && /^\+[0-7]/.test(text))) {
          this.#fail(`invalid mode ${quote(text)}`);
          return undefined;
        }
        return { kind: "perm", match: sign === "-" ? "all" : sign === "/" ? "any" : "exact", change };
      }
      case "-readable":
        return { kind: "access", want: "r" };
      case "-writable":
        return { kind: "access", want: "w" };
      case "-executable":
        return { kind: "access", want: "x" };
      case "-samefile": {
        const text = this.#argument(word);
        const stat = text === undefined ? undefined : this.#sys.stat(text);
        if (isErrno(stat)) this.#fail(`${quote(text ?? "")}: ${stat.text}`);
        return stat === undefined || isErrno(stat) ? undefined : { kind: "samefile", stat };
      }
      case "-empty":
      case "-true":
      case "-false":
        return { kind: name.slice(1) as "empty" };
      case "-print":
        return this.#action({ kind: "print", end: "\n", file: undefined });
      case "-print0":
        return this.#action({ kind: "print", end: "\0", file: undefined });
      case "-fprint":
      case "-fprint0":
        return this.#action({ kind: "print", end: name === "-fprint" ? "\n" : "\0", file: this.#argument(word) });
      case "-printf": {
        const format = this.#argument(word);
        return format === undefined ? undefined : this.#action({ kind: "printf", format, file: undefined });
      }
      case "-fprintf": {
        const file = this.#argument(word);
        const format = this.#argument(word);
        return format === undefined ? undefined : this.#action({ kind: "printf", format, file });
      }
      case "-ls":
        return this.#action({ kind: "ls", file: undefined });
      case "-fls":
        return this.#action({ kind: "ls", file: this.#argument(word) });
      case "-exec":
      case "-execdir":
      case "-ok":
      case "-okdir":
        return this.#exec(name, word);
      case "-delete":
        this.depthFirst = true;
        return this.#action({ kind: "delete" });
      case "-prune":
        return { kind: "prune" };
      case "-quit":
        this.acts = true;
        return { kind: "quit" };
      case "-maxdepth":
      case "-mindepth": {
        const text = this.#argument(word);
        if (text === undefined) return undefined;
        if (!/^\d+$/.test(text)) {
          this.#fail(`Expected a positive decimal integer argument to ${word}, but got ${quote(text)}`);
          return undefined;
        }
        if (name === "-maxdepth") this.maxDepth = Number(text);
        else this.minDepth = Number(text);
        this.#warnLate(word);
        return undefined;
      }
      case "-depth":
      case "-d":
        this.depthFirst = true;
        this.#warnLate(word);
        return undefined;
      case "-mount":
      case "-xdev":
        this.oneSystem = true;
        return undefined;
      case "-daystart":
        this.#dayStart = true;
        return undefined;
      case "-warn":
      case "-nowarn":
      case "-noleaf":
      case "-ignore_readdir_race":
      case "-noignore_readdir_race":
      case "-follow":
        return undefined;
      default: {
        const newer = /^-newer([aBcm])([aBcmt])$/.exec(name);
        if (newer !== null) return this.#newer(`${newer[1]}${newer[2]}`, word);
        if (["-fstype", "-context", "-used", "-files0-from"].includes(name))
          this.#fail(`${word} is not modelled in this sandbox`);
        else this.#fail(`unknown predicate \`${word}'`);
        return undefined;
      }
    }
  }

  /** Global options after tests work, but find says that they should come first. */
  #warnLate(word: string): void {
    const before = this.#words
      .slice(0, this.#words.indexOf(word, Math.max(0, this.#at - 2)))
      .find(
        (one) =>
          /^-(?!(?:max|min)depth|depth|d$|mount|xdev|daystart|warn|nowarn|noleaf|follow|regextype)[a-z]/.test(one) ||
          one === "(" ||
          one === "!",
      );
    if (before === undefined) return;
    this.warnings.push(
      `warning: you have specified the global option ${word} after the argument ${before}, but global options are not positional, i.e., ${word} affects tests specified before it as well as those specified after it.  Please specify global options before other arguments.`,
    );
  }

  #type(name: string, word: string): Test | undefined {
    const text = this.#argument(word);
    if (text === undefined) return undefined;
    if (text === "") {
      this.#fail(`Arguments to ${name} should contain at least one letter`);
      return undefined;
    }
    const types = new Set<FileType>();
    for (const [i, letter] of text.split("").entries()) {
      if (i % 2 === 1) {
        if (letter !== ",") this.#fail(`Must separate multiple arguments to ${name} using: ','`);
        else if (i === text.length - 1)
          this.#fail(`Last file type in list argument to ${name} is missing, i.e., list is ending on: ','`);
        continue;
      }
      const type = TYPES[letter];
      if (type === undefined) this.#fail(`Unknown argument to ${name}: ${letter}`);
      else if (types.has(type)) this.#fail(`Duplicate file type '${letter}' in the argument list to ${name}.`);
      else types.add(type);
      if (this.problem !== undefined) return undefined;
    }
    return this.problem === undefined ? { kind: "type", types, target: name === "-xtype" } : undefined;
  }

  #newer(pair: string, word: string): Test | undefined {
    const text = this.#argument(word);
    if (text === undefined) return undefined;
    const fields = { a: "atime", B: "btime", c: "ctime", m: "mtime" } as const;
    const field = fields[pair[0] as "a"];
    if (pair[1] === "t") {
      const time = parseDate(text, this.#sys.now(), readZone(this.#sys.env.TZ));
      if (time === undefined) this.#fail(`I cannot figure out how to interpret ${quote(text)} as a date or time`);
      return time === undefined ? undefined : { kind: "newer", field, than: time };
    }
    const stat = this.#sys.stat(text);
    if (isErrno(stat)) {
      this.#fail(`${quote(text)}: ${stat.text}`);
      return undefined;
    }
    return { kind: "newer", field, than: stat[fields[pair[1] as "a"]] };
  }

  #exec(name: string, word: string): Action | undefined {
    const ask = name.startsWith("-ok");
    const start = this.#at;
    let end = start;
    let many = false;
    for (; end < this.#words.length; end++) {
      if (this.#words[end] === ";") break;
      if (!ask && this.#words[end] === "+" && this.#words[end - 1] === "{}" && end > start) {
        many = true;
        break;
      }
    }
    if (end >= this.#words.length) {
      this.#fail(start >= this.#words.length ? `missing argument to \`${word}'` : `missing argument to \`${word}'`);
      return undefined;
    }
    const words = this.#words.slice(start, end);
    this.#at = end + 1;
    if (words.length === 0) {
      this.#fail(`invalid argument \`${this.#words[end]}' to \`${word}'`);
      return undefined;
    }
    if (many && words.filter((one) => one.includes("{}")).length > 1) {
      this.#fail(`Only one instance of {} is supported with ${word} ... +`);
      return undefined;
    }
    this.#execs += 1;
    return this.#action({ kind: "exec", words, many, dir: name.endsWith("dir"), ask, id: this.#execs });
  }
}
