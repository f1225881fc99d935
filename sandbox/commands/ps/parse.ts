// The command line of ps: UNIX, BSD and GNU options in one, as procps-ng reads them.

import { isErrno } from "../../kernel/errno.ts";
import type { ProcessInfo, Sys } from "../../kernel/sys.ts";
import { findGroup, findUser } from "../../lib/users.ts";
import { type Column, wider } from "./columns.ts";
import { AIX_FIELDS, BSD_FORMATS, columnOf, unixFormat } from "./formats.ts";

export interface PsRequest {
  /** Processes chosen by any of these are shown. */
  readonly chosen: readonly ((process: ProcessInfo) => boolean)[];
  /** Simple selections: everything, all with a terminal, also those without, all but leaders. */
  readonly all: boolean;
  readonly withTty: boolean;
  readonly withoutTty: boolean;
  readonly notLeaders: boolean;
  readonly leadersToo: boolean;
  readonly runningOnly: boolean;
  readonly thisTty: boolean;
  readonly negate: boolean;
  readonly columns: readonly Column[];
  readonly sort: readonly (readonly [column: string, down: boolean])[];
  readonly forest: "none" | "ascii" | "indent";
  readonly wide: number;
  /** Columns of the screen where --cols tells them. */
  readonly screen: number | undefined;
  readonly headers: boolean;
  readonly trueNames: boolean;
  readonly bsd: boolean;
}

/** What the options have said so far; letters of formats are kept apart by the family of their options. */
type Draft = { -readonly [K in keyof PsRequest]: PsRequest[K] } & {
  unix: string;
  bsdFormat: string;
  label: boolean;
  own: Column[];
  before: Column[];
  beforeBsd: boolean;
};

const GNU_LISTS: Readonly<Record<string, string>> = {
  pid: "p",
  ppid: "ppid",
  user: "u",
  User: "U",
  group: "G",
  Group: "G",
  tty: "t",
  sid: "s",
  "quick-pid": "p",
};

/** Reads the arguments; a string is the message of an error. What is wrong as UNIX options (`-aux`) is tried as BSD's. */
export function parsePs(sys: Sys, args: readonly string[]): PsRequest | string {
  const first = new Parser(sys, args, false).run();
  if (typeof first !== "string") return first;
  const second = new Parser(sys, args, true).run();
  return typeof second === "string" ? first : second;
}

class Parser {
  readonly #sys: Sys;
  readonly #args: readonly string[];
  /** The second reading, which takes words with a dash for BSD options. */
  readonly #force: boolean;
  #at = 0;
  #error: string | undefined;
  readonly #draft: Draft = {
    chosen: [],
    all: false,
    withTty: false,
    withoutTty: false,
    notLeaders: false,
    leadersToo: false,
    runningOnly: false,
    thisTty: false,
    negate: false,
    columns: [],
    sort: [],
    forest: "none",
    wide: 0,
    screen: undefined,
    headers: true,
    trueNames: false,
    bsd: false,
    unix: "",
    bsdFormat: "",
    label: false,
    own: [],
    before: [],
    beforeBsd: false,
  };

  constructor(sys: Sys, args: readonly string[], force: boolean) {
    this.#sys = sys;
    this.#args = args;
    this.#force = force;
    this.#draft.bsd = force;
  }

  run(): PsRequest | string {
    for (; this.#at < this.#args.length && this.#error === undefined; this.#at++) {
      const word = this.#args[this.#at] ?? "";
      if (/^--?$|^-\?/.test(word)) this.#fail("garbage option");
      else if (word.startsWith("--")) this.#gnu(word.slice(2));
      else if (/^\d/.test(word)) this.#trailing();
      else if (word.startsWith("-") && !this.#force) this.#unix(word.slice(1));
      else if (this.#force && !word.startsWith("-")) this.#fail("unsupported option (BSD syntax)");
      else {
        this.#draft.bsd = true;
        this.#bsd(word.replace(/^-/, ""));
      }
    }
    const draft = this.#draft;
    if (draft.unix.includes("y") && !draft.unix.includes("l"))
      this.#fail("modifier -y without format -l makes no sense");
    if (draft.bsdFormat !== "" && (draft.unix !== "" || draft.own.length > 0)) this.#fail("conflicting format options");
    if (draft.own.length > 0 && /[lj]/.test(draft.unix)) this.#fail("conflicting format options");
    if (this.#error !== undefined) return this.#error;
    return { ...draft, columns: this.#allColumns() };
  }

  #allColumns(): Column[] {
    const { own, before, bsd, bsdFormat, unix, label } = this.#draft;
    if (own.length > 0) return own;
    if (before.length === 0)
      return this.#columns(
        (label ? "label " : "") + (BSD_FORMATS[bsdFormat] ?? unixFormat({ letters: unix, bsd })),
        true,
      );
    const [first, ...rest] = this.#columns(`pid state tname time ${this.#draft.beforeBsd ? "comm" : "args"}`, true);
    return first === undefined ? before : [first, ...before, ...rest];
  }

  /** After the first bare process id nothing but process ids may come. */
  #trailing(): void {
    const words = this.#args.slice(this.#at);
    if (this.#at === 0) this.#draft.bsd = true;
    this.#at = this.#args.length;
    if (words.every((word) => /^\d+$/.test(word))) this.#list("p", words.join(","));
    else this.#fail("process ID list syntax error");
  }

  #fail(text: string): undefined {
    this.#error ??= text;
    return undefined;
  }

  /** The argument of a list option: the rest of the word, or the next one. */
  #argument(rest: string, missing: string): string | undefined {
    if (rest !== "") return rest;
    this.#at += 1;
    return this.#args[this.#at] || this.#fail(missing);
  }

  #choose(test: (process: ProcessInfo) => boolean): void {
    this.#draft.chosen = [...this.#draft.chosen, test];
  }

  /** -p, -u and the like. */
  #list(kind: string, text: string): unknown {
    const words = text.split(/[\s,]+/).filter((word) => word !== "");
    const numbers = () => {
      if (words.length === 0 || !words.every((word) => /^-?\d+$/.test(word)))
        this.#fail("process ID list syntax error");
      else if (words.some((word) => Number(word) < (kind === "s" ? 0 : 1))) this.#fail("process ID out of range");
      return new Set(words.map(Number));
    };
    switch (kind) {
      case "p":
      case "ppid":
      case "s": {
        const set = numbers();
        const field = kind === "p" ? "pid" : kind === "s" ? "sid" : "ppid";
        return this.#choose((process) => set.has(process[field]));
      }
      case "C": {
        const set = new Set(words.map((word) => word.slice(0, 15)));
        return this.#choose((process) => set.has(process.comm));
      }
      case "u":
      case "U": {
        const set = new Set<number>();
        for (const word of words) {
          const uid = findUser(this.#sys, word)?.uid ?? (/^\d+$/.test(word) ? Number(word) : undefined);
          if (uid === undefined) return this.#fail("user name does not exist");
          set.add(uid);
        }
        return this.#choose((process) => set.has(kind === "u" ? process.euid : process.uid));
      }
      case "G": {
        const set = new Set<number>();
        for (const word of words) {
          const gid = findGroup(this.#sys, word)?.gid ?? (/^\d+$/.test(word) ? Number(word) : undefined);
          if (gid === undefined) return this.#fail("group name does not exist");
          set.add(gid);
        }
        return this.#choose((process) => set.has(process.gid));
      }
      case "t": {
        const set = new Set<string | undefined>();
        for (const word of words) {
          const name = word.replace(/^\/dev\//, "").replace(/^(\d+)$/, "pts/$1");
          if (name === "-" || name === "?") set.add(undefined);
          else if (isErrno(this.#sys.stat(`/dev/${name}`))) return this.#fail("TTY could not be found");
          else set.add(name);
        }
        return this.#choose((process) => set.has(process.tty));
      }
      default:
        return;
    }
  }

  /** A list of specifiers; `=` gives one a header of its own, which a column is at least as wide as. */
  #columns(text: string, builtIn = false): Column[] {
    const words = text.split(/[\s,]/);
    if (words.length > 1 && words.at(-1) === "") words.pop();
    const columns: Column[] = [];
    for (const word of words) {
      const found = /^([^=:]*)(?::(\d+))?(?:=(.*))?$/s.exec(word);
      const [, name = "", size, header] = found ?? [];
      const column = columnOf(name);
      if (column === undefined) {
        const aix = text.includes("%") ? this.#aixColumns(text) : undefined;
        if (aix !== undefined) return aix;
        if (text.includes("%")) this.#fail("improper AIX field descriptor");
        else if (word === "") this.#fail("improper format list");
        else this.#fail(`unknown user-defined format specifier "${name}"`);
        return [];
      }
      const width = size === undefined ? column.width : Number(size);
      const text_ = size === undefined ? column.text : wider(name, width, column);
      const grown = builtIn || header === undefined || width === 0 ? width : Math.max(width, header.length);
      columns.push({ ...column, header: header ?? column.header, width: grown, text: text_ });
    }
    return columns;
  }

  /** `%p %c`: descriptors of one letter with blanks between them. */
  #aixColumns(text: string): Column[] | undefined {
    const columns = text
      .trim()
      .split(/\s+/)
      .map((word) => columnOf(AIX_FIELDS[/^%(.)$/.exec(word)?.[1] ?? ""] ?? ""));
    return columns.every((column) => column !== undefined) ? columns : undefined;
  }

  #own(text: string | undefined): void {
    if (text !== undefined) this.#draft.own = [...this.#draft.own, ...this.#columns(text)];
  }

  #sort(text: string): void {
    const keys: [string, boolean][] = [];
    for (const word of text.replace(/,$/, "").split(",")) {
      const name = word.replace(/^[-+]/, "");
      if (columnOf(name) === undefined) {
        this.#fail("unknown sort specifier");
        return;
      }
      keys.push([name, word.startsWith("-")]);
    }
    this.#draft.sort = keys;
  }

  #unix(word: string): void {
    const draft = this.#draft;
    for (let i = 0; i < word.length; i++) {
      const letter = word[i] ?? "";
      const rest = word.slice(i + 1);
      if ("CpquUGgts".includes(letter)) {
        const missing: Readonly<Record<string, string>> = {
          C: "list of command names must follow -C",
          p: "list of process IDs must follow -p",
          q: "List of process IDs must follow -q.",
          u: "list of users must follow -u",
          U: "list of real users must follow -U",
          G: "list of real groups must follow -G",
          g: "list of session leaders OR effective group names must follow -g",
          t: "list of terminals (pty, tty...) must follow -t",
          s: "list of session IDs must follow -s",
        };
        const argument = this.#argument(rest, missing[letter] ?? "");
        if (argument !== undefined)
          this.#list(letter === "q" ? "p" : letter === "g" ? (/^\d/.test(argument) ? "s" : "G") : letter, argument);
        return;
      }
      if (letter === "o") {
        this.#own(this.#argument(rest, "format specification must follow -o"));
        return;
      }
      if (letter === "O") {
        const argument = this.#argument(rest, "format or sort specification must follow -O");
        if (argument !== undefined) draft.before = this.#columns(argument);
        return;
      }
      if (letter === "k") {
        this.#fail("unsupported SysV option");
        return;
      }
      if (letter === "e" || letter === "A") draft.all = true;
      else if (letter === "a") {
        draft.withTty = true;
        draft.notLeaders = true;
      } else if (letter === "d") {
        draft.all = true;
        draft.notLeaders = true;
      } else if (letter === "N") draft.negate = true;
      else if ("fFljycLTPM".includes(letter)) draft.unix += letter;
      else if (letter === "w") draft.wide += 1;
      else if (letter === "H") draft.forest = "indent";
      else if (letter === "x") {
        draft.withoutTty = true;
        draft.bsd = true;
      } else if (letter === "V") this.#fail("the option is exclusive: -V");
      else if ("mn".includes(letter)) this.#fail(`-${letter} is not modelled in this sandbox`);
      else this.#fail("unsupported SysV option");
    }
  }

  #bsd(word: string): void {
    const draft = this.#draft;
    for (let i = 0; i < word.length; i++) {
      const letter = word[i] ?? "";
      const rest = word.slice(i + 1);
      if ("pUt".includes(letter) && !(letter === "t" && rest === "" && this.#args[this.#at + 1] === undefined)) {
        const argument = this.#argument(
          rest,
          letter === "p"
            ? "list of process IDs must follow p"
            : letter === "U"
              ? "list of users must follow U"
              : "list of terminals must follow t",
        );
        if (argument !== undefined) this.#list(letter === "U" ? "u" : letter, argument);
        return;
      }
      if (letter === "o") {
        this.#own(this.#argument(rest, "format specification must follow o"));
        return;
      }
      if (letter === "k") {
        const argument = this.#argument(rest, "long sort specification must follow 'k'");
        if (argument !== undefined) this.#sort(argument);
        return;
      }
      if (letter === "a") draft.withTty = draft.leadersToo = true;
      else if (letter === "x") draft.withoutTty = true;
      else if (letter === "g") draft.leadersToo = true;
      else if (letter === "r") draft.runningOnly = true;
      else if (letter === "T" || letter === "t") draft.thisTty = true;
      else if (BSD_FORMATS[letter] !== undefined) {
        if (draft.bsdFormat !== "" && draft.bsdFormat !== letter) this.#fail("conflicting format options");
        draft.bsdFormat = letter;
      } else if (letter === "Z") draft.label = true;
      else if (letter === "O") {
        const argument = this.#argument(rest, "format or sort specification must follow O");
        if (argument !== undefined) draft.before = this.#columns(argument);
        draft.beforeBsd = true;
        return;
      } else if (letter === "f") draft.forest = "ascii";
      else if (letter === "w") draft.wide += 1;
      else if (letter === "h") draft.headers = false;
      else if (letter === "c") draft.trueNames = true;
      else if (letter === "e" || letter === "n" || letter === "S" || letter === "H") continue;
      else if ("mL".includes(letter)) this.#fail(`${letter} is not modelled in this sandbox`);
      else this.#fail("unsupported option (BSD syntax)");
    }
  }

  #gnu(word: string): void {
    const [name = "", given] = word.split(/=(.*)/s);
    const draft = this.#draft;
    if (name === "forest") draft.forest = "ascii";
    else if (name === "no-headers" || name === "no-heading" || name === "noheaders" || name === "no-header")
      draft.headers = false;
    else if (name === "headers" || name === "heading") draft.headers = true;
    else if (name === "deselect") draft.negate = true;
    else if (name === "cols" || name === "columns" || name === "width" || name === "lines" || name === "rows") {
      const argument = given ?? this.#argument("", `number of ${name} must follow --${name}`);
      if (!/^(lines|rows)$/.test(name) && /^\d+$/.test(argument ?? "")) draft.screen = Number(argument);
    } else if (name === "sort" || name === "format") {
      const argument =
        given ??
        this.#argument(
          "",
          name === "sort" ? "long sort specification must follow --sort" : "format specification must follow --format",
        );
      if (argument !== undefined && name === "sort") this.#sort(argument);
      else this.#own(argument);
    } else if (name === "context") draft.own = this.#columns("pid context command");
    else if (GNU_LISTS[name] !== undefined) {
      const argument = given ?? this.#argument("", `list of process IDs must follow --${name}`);
      if (argument !== undefined) this.#list(GNU_LISTS[name] ?? "p", argument);
    } else this.#fail("unknown gnu long option");
  }
}
