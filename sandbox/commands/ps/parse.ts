// The command line of ps: UNIX, BSD and GNU options in one, as procps-ng reads them.

import { isErrno } from "../../kernel/errno.ts";
import type { ProcessInfo, Sys } from "../../kernel/sys.ts";
import { findGroup, findUser } from "../../lib/users.ts";
import { COLUMNS, type Column, FORMATS } from "./columns.ts";

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
  readonly headers: boolean;
  readonly trueNames: boolean;
  readonly bsd: boolean;
}

type Draft = { -readonly [K in keyof PsRequest]: PsRequest[K] } & { format: string; own: Column[]; before: Column[] };

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

/** Reads the arguments; a string is the message of an error. */
export function parsePs(sys: Sys, args: readonly string[]): PsRequest | string {
  const dashed = args[0]?.startsWith("-") === true && !args[0].startsWith("--");
  // `ps -aux`: an x cannot follow -u, so the word is taken as BSD options.
  const bsdWord = dashed && /^-[aefgujlvwx]*x[aefgujlvwx]*$/.test(args[0] ?? "") && findUser(sys, "x") === undefined;
  const parser = new Parser(sys, bsdWord ? [(args[0] ?? "").slice(1), ...args.slice(1)] : args);
  return parser.run();
}

class Parser {
  readonly #sys: Sys;
  readonly #args: readonly string[];
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
    headers: true,
    trueNames: false,
    bsd: false,
    format: "",
    own: [],
    before: [],
  };

  constructor(sys: Sys, args: readonly string[]) {
    this.#sys = sys;
    this.#args = args;
  }

  run(): PsRequest | string {
    for (; this.#at < this.#args.length && this.#error === undefined; this.#at++) {
      const word = this.#args[this.#at] ?? "";
      if (word.startsWith("--")) this.#gnu(word.slice(2));
      else if (word.startsWith("-")) this.#unix(word.slice(1));
      else if (/^\d/.test(word)) this.#list("p", word);
      else {
        this.#draft.bsd = true;
        this.#bsd(word);
      }
    }
    if (this.#error !== undefined) return this.#error;
    const draft = this.#draft;
    const fallback = draft.bsd ? FORMATS.bsd : FORMATS.plain;
    let columns =
      draft.own.length > 0 ? draft.own : this.#columns((draft.format || fallback).replaceAll(" ", ","), true);
    if (draft.before.length > 0) {
      const [first, ...rest] = this.#columns(
        (draft.bsd ? "pid state tname time command" : "pid state=S tname time command").replaceAll(" ", ","),
        true,
      );
      columns = first === undefined ? draft.before : [first, ...draft.before, ...rest];
    }
    return { ...draft, columns };
  }

  #fail(text: string): undefined {
    this.#error ??= text;
    return undefined;
  }

  /** The argument of a list option: the rest of the word, or the next one. */
  #argument(rest: string, missing: string): string | undefined {
    if (rest !== "") return rest;
    this.#at += 1;
    return this.#args[this.#at] ?? this.#fail(missing);
  }

  #choose(test: (process: ProcessInfo) => boolean): void {
    this.#draft.chosen = [...this.#draft.chosen, test];
  }

  /** -p, -u and the like. */
  #list(kind: string, text: string): unknown {
    const words = text.split(/[\s,]+/).filter((word) => word !== "");
    const numbers = (error: string) => {
      if (words.length === 0 || !words.every((word) => /^\d+$/.test(word))) this.#fail(error);
      return new Set(words.map(Number));
    };
    switch (kind) {
      case "p":
      case "ppid":
      case "s": {
        const set = numbers(kind === "s" ? "session ID list syntax error" : "process ID list syntax error");
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

  /** A list of specifiers; `=` gives the last one a header of its own. */
  #columns(text: string, plain = false): Column[] {
    const columns: Column[] = [];
    let rest = text.replace(/^[\s,]+/, "");
    while (rest !== "") {
      const found = /^([^\s,=:]+)(?::(\d+))?(=)?/.exec(rest);
      if (found === null) {
        this.#fail("improper format list");
        return columns;
      }
      const name = found[1] ?? "";
      const column = COLUMNS[name.toLowerCase() === name ? name : ""];
      if (column === undefined) {
        this.#fail(`unknown user-defined format specifier "${name}"`);
        return columns;
      }
      rest = rest.slice(found[0].length);
      let header = column.header;
      if (found[3] !== undefined) {
        const end = plain ? (/[\s,]|$/.exec(rest)?.index ?? rest.length) : rest.length;
        header = rest.slice(0, end);
        rest = rest.slice(end);
      }
      const named = found[3] !== undefined;
      const width = found[2] !== undefined ? Number(found[2]) : column.width;
      const text = found[2] === undefined ? column.text : wider(name, width, column);
      columns.push({ ...column, header, width: named && !plain ? Math.max(width, header.length) : width, text });
      rest = rest.replace(/^[\s,]+/, "");
    }
    return columns;
  }

  #own(text: string | undefined): void {
    if (text !== undefined) this.#draft.own = [...this.#draft.own, ...this.#columns(text)];
  }

  #sort(text: string): void {
    const keys: [string, boolean][] = [];
    for (const word of text.split(",")) {
      const name = word.replace(/^[-+]/, "");
      if (COLUMNS[name] === undefined) {
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
          q: "list of process IDs must follow -q",
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
      else if (letter === "f") draft.format = FORMATS.full;
      else if (letter === "F") draft.format = FORMATS.fuller;
      else if (letter === "l") draft.format = FORMATS.long;
      else if (letter === "y") draft.format = FORMATS.longNoFlags;
      else if (letter === "j")
        draft.format = draft.format === FORMATS.full ? FORMATS.full.replace("ppid c", "ppid pgid sid c") : FORMATS.jobs;
      else if (letter === "w") draft.wide += 1;
      else if (letter === "H") draft.forest = "indent";
      else if (letter === "x") {
        draft.withoutTty = true;
        draft.bsd = true;
      } else if ("LTmPcMnV".includes(letter)) this.#fail(`-${letter} is not modelled in this sandbox`);
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
      else if (letter === "u") draft.format = FORMATS.user;
      else if (letter === "l") draft.format = FORMATS.bsdLong;
      else if (letter === "j") draft.format = FORMATS.bsdJobs;
      else if (letter === "v") draft.format = FORMATS.memory;
      else if (letter === "f") draft.forest = "ascii";
      else if (letter === "w") draft.wide += 1;
      else if (letter === "h") draft.headers = false;
      else if (letter === "c") draft.trueNames = true;
      else if (letter === "e" || letter === "n" || letter === "S") continue;
      else if ("HmLsXZO".includes(letter)) this.#fail(`${letter} is not modelled in this sandbox`);
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
      if (given === undefined) this.#at += 1;
    } else if (name === "sort" || name === "format") {
      const argument =
        given ??
        this.#argument(
          "",
          name === "sort" ? "long sort specification must follow --sort" : "format specification must follow --format",
        );
      if (argument !== undefined && name === "sort") this.#sort(argument);
      else this.#own(argument);
    } else if (GNU_LISTS[name] !== undefined) {
      const argument = given ?? this.#argument("", `list of process IDs must follow --${name}`);
      if (argument !== undefined) this.#list(GNU_LISTS[name] ?? "p", argument);
    } else this.#fail("unknown gnu long option");
  }
}

/** A column made wider by `name:20`: names are cut at the new width. */
function wider(name: string, width: number, column: Column): Column["text"] {
  if (!/user|group|uname/.test(name)) return column.text;
  return (process, context) => {
    const gid = /group/.test(name);
    const id = gid ? process.egid : process.euid;
    const full = (gid ? context.names.group(id) : context.names.user(id)) ?? String(id);
    return full.length > width ? `${full.slice(0, width - 1)}+` : full;
  };
}
