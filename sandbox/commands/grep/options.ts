// Arguments of grep: its option table, and what the options mean together.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { parseOptionTable } from "../../lib/getopt.ts";
import { helpText, type Io } from "../define.ts";

export const OPTIONS = `
  G,basic-regexp  PATTERNS are basic regular expressions
  E,extended-regexp  PATTERNS are extended regular expressions
  F,fixed-strings  PATTERNS are strings
  P,perl-regexp  PATTERNS are Perl regular expressions
  A,after-context=NUM  print NUM lines of trailing context
  B,before-context=NUM  print NUM lines of leading context
  ,binary-files=TYPE  how to take binary files: binary, text, without-match
  b,byte-offset  print the byte offset with output lines
  C,context=NUM  print NUM lines of output context
  ,color~colour[=WHEN]  mark the matching strings: always, never, or auto
  c,count  print only a count of selected lines per FILE
  D,devices=ACTION  devices: read or skip
  d,directories=ACTION  directories: read, recurse, or skip
  ,exclude=GLOB  skip files that match GLOB
  ,exclude-from=FILE  skip files that match a pattern from FILE
  ,exclude-dir=GLOB  skip directories that match GLOB
  f,file=FILE  take PATTERNS from FILE
  l,files-with-matches  print only names of FILEs with selected lines
  L,files-without-match  print only names of FILEs with no selected lines
  ,group-separator=SEP  print SEP between matches with context
  ,help  display this help and exit
  ,include=GLOB  search only files that match GLOB
  i|y,ignore-case  ignore case distinctions
  ,no-ignore-case  do not ignore case distinctions
  T,initial-tab  make tabs line up
  ,label=LABEL  name for standard input
  ,line-buffered  flush output on every line
  n,line-number  print line number with output lines
  x,line-regexp  match only whole lines
  v,invert-match  select non-matching lines
  m,max-count=NUM  stop after NUM selected lines
  h,no-filename  suppress the file name prefix
  ,no-group-separator  no separator for matches with context
  s,no-messages  suppress error messages
  Z,null  print 0 byte after FILE name
  z,null-data  a data line ends in 0 byte
  o,only-matching  show only nonempty parts that match
  q,quiet~silent  suppress all normal output
  r,recursive  like --directories=recurse
  R,dereference-recursive  likewise, but follow all symlinks
  e,regexp=PATTERNS  use PATTERNS for matching
  a,text  equivalent to --binary-files=text
  U,binary  do not strip CR characters at EOL
  u,unix-byte-offsets  (ignored)
  ,version  display version information and exit
  H,with-filename  print file name with output lines
  w,word-regexp  match only whole words
  I  equivalent to --binary-files=without-match
  0
  1
  2
  3
  4
  5
  6
  7
  8
  9`;

export type Syntax = "basic" | "extended" | "fixed" | "perl";

export interface Settings {
  readonly syntax: Syntax;
  readonly patterns: readonly string[];
  readonly ignoreCase: boolean;
  readonly words: boolean;
  readonly lines: boolean;
  readonly invert: boolean;
  readonly max: number;
  readonly before: number;
  readonly after: number;
  /** Line between groups of context; undefined where none is wanted. */
  readonly separator: string | undefined;
  readonly list: "" | "l" | "L";
  readonly count: boolean;
  readonly quiet: boolean;
  readonly only: boolean;
  readonly silentErrors: boolean;
  readonly binary: "binary" | "text" | "without-match";
  readonly directories: "read" | "recurse" | "skip";
  readonly skipDevices: boolean | undefined;
  readonly follow: boolean;
  readonly end: "\n" | "\0";
  readonly label: string;
  /** Undefined: as the operands and folders have it. */
  readonly withName: boolean | undefined;
  readonly color: boolean;
  readonly files: readonly string[];
}

/** Answers of an option that takes one word of a few. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  directories: ["read", "recurse", "skip"],
};

/** Options and operands of grep; ends the program where they are wrong. */
export function* readSettings(io: Io): Task<Settings> {
  let syntax: Syntax | undefined;
  let patterns: string[] | undefined;
  let binary: Settings["binary"] = "binary";
  let directories: Settings["directories"] | undefined;
  let follow = false;
  let skipDevices: boolean | undefined;
  let context = -1;
  let after = -1;
  let before = -1;
  let separator: string | undefined = "--";
  let withName: boolean | undefined;
  let list: Settings["list"] = "";
  let max = Infinity;
  let ignoreCase = false;
  let color = false;
  let digits = "";
  let previousDigit = false;
  for (const [key, given] of io.options) {
    const value = given ?? "";
    const isDigit = /^\d$/.test(key);
    if (isDigit) digits = (previousDigit ? digits : "") + key;
    previousDigit = isDigit;
    switch (key) {
      case "E":
      case "F":
      case "G":
      case "P": {
        const wanted = ({ E: "extended", F: "fixed", G: "basic", P: "perl" } as const)[key];
        if (syntax !== undefined && syntax !== wanted) return yield* io.die(2, "conflicting matchers specified");
        syntax = wanted;
        break;
      }
      case "e":
        patterns = [...(patterns ?? []), ...value.split("\n")];
        break;
      case "f": {
        const bytes = yield* io.readAll(value);
        if (isErrno(bytes)) return yield* io.die(2, `${value}: ${bytes.text}`);
        const text = decode(bytes);
        patterns = [...(patterns ?? []), ...(text === "" ? [] : text.replace(/\n$/, "").split("\n"))];
        break;
      }
      case "i":
        ignoreCase = true;
        break;
      case "no-ignore-case":
        ignoreCase = false;
        break;
      case "m": {
        if (!/^[+-]?\d+$/.test(value)) return yield* io.die(2, "invalid max count");
        max = Number(value) < 0 ? Infinity : Number(value);
        break;
      }
      case "A":
      case "B":
      case "C": {
        if (!/^\+?\d+$/.test(value)) return yield* io.die(2, `${value}: invalid context length argument`);
        if (key === "A") after = Number(value);
        else if (key === "B") before = Number(value);
        else context = Number(value);
        break;
      }
      case "binary-files":
        if (value !== "binary" && value !== "text" && value !== "without-match")
          return yield* io.die(2, "unknown binary-files type");
        binary = value;
        break;
      case "a":
        binary = "text";
        break;
      case "I":
        binary = "without-match";
        break;
      case "d": {
        if (!CHOICES.directories?.includes(value)) return yield* badChoice(io, value, "directories");
        directories = value as Settings["directories"];
        break;
      }
      case "D":
        if (value !== "read" && value !== "skip") return yield* io.die(2, "unknown devices method");
        skipDevices = value === "skip";
        break;
      case "r":
      case "R":
        directories = "recurse";
        follow ||= key === "R";
        break;
      case "group-separator":
        separator = value;
        break;
      case "no-group-separator":
        separator = undefined;
        break;
      case "H":
      case "h":
        withName = key === "H";
        break;
      case "l":
      case "L":
        list = key;
        break;
      case "color": {
        const when = given ?? "auto";
        if (/^(always|yes|force)$/.test(when)) color = true;
        else if (/^(never|no|none)$/.test(when)) color = false;
        else if (/^(auto|tty|if-tty)$/.test(when)) color = io.tty && (io.sys.env.TERM ?? "dumb") !== "dumb";
        else color = yield* printHelp(io);
        break;
      }
      case "u":
        io.warn("warning: --unix-byte-offsets (-u) is obsolete");
        break;
    }
  }
  if (digits !== "") context = Number(digits);
  const operands = [...io.operands];
  if (patterns === undefined) {
    const first = operands.shift();
    if (first === undefined) return yield* io.usageError("");
    patterns = first.split("\n");
  }
  const recursive = directories === "recurse";
  const files = operands.length > 0 ? operands : [recursive ? "." : "-"];
  return {
    syntax: syntax ?? "basic",
    patterns: [...new Set(patterns)],
    ignoreCase,
    words: io.has("w"),
    lines: io.has("x"),
    invert: io.has("v"),
    max,
    before: before >= 0 ? before : Math.max(context, 0),
    after: after >= 0 ? after : Math.max(context, 0),
    separator: before >= 0 || after >= 0 || context >= 0 ? separator : undefined,
    list,
    count: io.has("c"),
    quiet: io.has("q"),
    only: io.has("o"),
    silentErrors: io.has("s"),
    binary,
    directories: directories ?? "read",
    skipDevices,
    follow,
    end: io.has("z") ? "\0" : "\n",
    label: io.value("label") ?? "(standard input)",
    withName: withName ?? (operands.length > 1 ? true : undefined),
    color,
    files,
  };
}

function* badChoice(io: Io, value: string, option: string): Task<never> {
  io.warn(`invalid argument ‘${value}’ for ‘--${option}’`);
  io.printError(`Valid arguments are:\n${(CHOICES[option] ?? []).map((one) => `  - ‘${one}’\n`).join("")}`);
  return yield* io.usageError("", 1);
}

/** A wrong colour makes grep show its help, as if asked for it. */
function* printHelp(io: Io): Task<never> {
  io.print(helpText(io.command, parseOptionTable(OPTIONS), io.name));
  yield* io.flush();
  return yield* io.sys.exit(0);
}
