// The tests of find, each with the arguments it reads.

import { isErrno } from "../../kernel/errno.ts";
import type { FileType } from "../../kernel/sys.ts";
import { parseMode } from "../../lib/modes.ts";
import { parseDate } from "../../lib/parse-date.ts";
import { quote } from "../../lib/quote.ts";
import { compile, isRegexError } from "../../lib/regex/regex.ts";
import { readZone } from "../../lib/strftime.ts";
import { findGroup, findUser } from "../../lib/users.ts";
import type { Count, Test } from "./expression.ts";
import type { Predicate, Words } from "./words.ts";

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

function nameTest(words: Words, name: string, word: string): Test | undefined {
  const pattern = words.argument(word);
  if (pattern === undefined) return undefined;
  const link = name.endsWith("lname");
  const whole = name.endsWith("path") || name.endsWith("wholename");
  if (!whole && !link && pattern.includes("/") && pattern !== "/") {
    words.warnings.push(
      `warning: ${quote(word)} matches against basenames only, but the given pattern contains a directory separator (${quote("/")}), thus the expression will evaluate to false all the time.  Did you mean ${quote(name === "-name" ? "-wholename" : "-iwholename")}?`,
    );
  }
  return { kind: "name", pattern, whole, fold: name.startsWith("-i"), link };
}

function regexTest(words: Words, name: string, word: string): Test | undefined {
  const pattern = words.argument(word);
  if (pattern === undefined) return undefined;
  const syntax = /extended|egrep|awk/.test(words.regexType) ? "extended" : "basic";
  const own = syntax === "basic" && !/basic|ed|sed|grep/.test(words.regexType) ? emacsToBasic(pattern) : pattern;
  const regex = compile(`^${syntax === "basic" ? "\\(" : "("}${own}${syntax === "basic" ? "\\)" : ")"}$`, {
    syntax,
    ignoreCase: name === "-iregex",
  });
  if (isRegexError(regex)) {
    return words.fail(`failed to compile regular expression '${pattern}': ${regex.error}`);
  }
  return { kind: "regex", regex };
}

function typeTest(words: Words, name: string, word: string): Test | undefined {
  const text = words.argument(word);
  if (text === undefined) return undefined;
  if (text === "") {
    return words.fail(`Arguments to ${name} should contain at least one letter`);
  }
  const types = new Set<FileType>();
  for (const [i, letter] of text.split("").entries()) {
    if (i % 2 === 1) {
      if (letter !== ",") words.fail(`Must separate multiple arguments to ${name} using: ','`);
      else if (i === text.length - 1)
        words.fail(`Last file type in list argument to ${name} is missing, i.e., list is ending on: ','`);
      continue;
    }
    const type = TYPES[letter];
    if (type === undefined) words.fail(`Unknown argument to ${name}: ${letter}`);
    else if (types.has(type)) words.fail(`Duplicate file type '${letter}' in the argument list to ${name}.`);
    else types.add(type);
    if (words.problem !== undefined) return undefined;
  }
  return words.problem === undefined ? { kind: "type", types, target: name === "-xtype" } : undefined;
}

function sizeTest(words: Words, _name: string, word: string): Test | undefined {
  const text = words.argument(word);
  if (text === undefined) return undefined;
  const found = /^([-+]?)(\d+)([a-zA-Z]?)$/.exec(text);
  const unit = SIZE_UNITS[found?.[3] ?? ""];
  if (found !== null && unit === undefined) words.fail(`invalid -size type \`${found[3]}'`);
  if (found === null || unit === undefined) {
    return words.fail(
      /[a-zA-Z]$/.test(text) && SIZE_UNITS[text.at(-1) ?? ""] === undefined
        ? `invalid -size type \`${text.at(-1)}'`
        : `Invalid argument \`${text}' to -size`,
    );
  }
  return { kind: "size", count: { sign: found[1] as Count["sign"], value: Number(found[2]) }, unit };
}

function ageTest(words: Words, name: string, word: string): Test | undefined {
  const count = words.count(word, /^([-+]?)(\d+(?:\.\d*)?)$/);
  if (count === undefined) return undefined;
  const field = ({ m: "mtime", a: "atime", c: "ctime" } as const)[name[1] as "m"];
  return { kind: "age", field, count, unit: name.endsWith("min") ? 60000 : 86400000, floor: words.dayStart };
}

/** `pair`: which time of the file, and which of the other or `t` for a time that is written out. */
function newerTest(words: Words, pair: string, word: string): Test | undefined {
  const text = words.argument(word);
  if (text === undefined) return undefined;
  const fields = { a: "atime", B: "btime", c: "ctime", m: "mtime" } as const;
  const field = fields[pair[0] as "a"];
  if (pair[1] === "t") {
    const time = parseDate(text, words.sys.now(), readZone(words.sys.env.TZ));
    if (time === undefined) words.fail(`I cannot figure out how to interpret ${quote(text)} as a date or time`);
    return time === undefined ? undefined : { kind: "newer", field, than: time };
  }
  const stat = words.sys.stat(text);
  if (isErrno(stat)) {
    return words.fail(`${quote(text)}: ${stat.text}`);
  }
  return { kind: "newer", field, than: stat[fields[pair[1] as "a"]] };
}

function numberTest(words: Words, name: string, word: string): Test | undefined {
  const count = words.count(word);
  const field = ({ "-uid": "uid", "-gid": "gid", "-links": "nlink", "-inum": "ino" } as const)[name as "-uid"];
  return count === undefined ? undefined : { kind: "number", field, count };
}

function ownerTest(words: Words, name: string, word: string): Test | undefined {
  const text = words.argument(word);
  if (text === undefined) return undefined;
  const number = name === "-user" ? findUser(words.sys, text)?.uid : findGroup(words.sys, text)?.gid;
  const value = number ?? (/^\d+$/.test(text) ? Number(text) : undefined);
  if (value === undefined) {
    return words.fail(
      `invalid ${name === "-user" ? "user" : "group"} name or ${name === "-user" ? "U" : "G"}ID argument to ${name}: ${quote(text)}`,
    );
  }
  return { kind: "number", field: name === "-user" ? "uid" : "gid", count: { sign: "", value } };
}

function modeTest(words: Words, _name: string, word: string): Test | undefined {
  const text = words.argument(word);
  if (text === undefined) return undefined;
  const sign = /^[-/]/.exec(text)?.[0];
  const change = parseMode(sign === undefined ? text : text.slice(1));
  if (change === undefined || (text.startsWith("+") && /^\+[0-7]/.test(text))) {
    return words.fail(`invalid mode ${quote(text)}`);
  }
  return { kind: "perm", match: sign === "-" ? "all" : sign === "/" ? "any" : "exact", change };
}

function sameFileTest(words: Words, _name: string, word: string): Test | undefined {
  const text = words.argument(word);
  const stat = text === undefined ? undefined : words.sys.stat(text);
  if (isErrno(stat)) words.fail(`${quote(text ?? "")}: ${stat.text}`);
  return stat === undefined || isErrno(stat) ? undefined : { kind: "samefile", stat };
}

const plain =
  (test: Test): Predicate<Test> =>
  () =>
    test;

const TESTS: Readonly<Record<string, Predicate<Test>>> = {
  "-name": nameTest,
  "-iname": nameTest,
  "-path": nameTest,
  "-ipath": nameTest,
  "-wholename": nameTest,
  "-iwholename": nameTest,
  "-lname": nameTest,
  "-ilname": nameTest,
  "-regex": regexTest,
  "-iregex": regexTest,
  "-type": typeTest,
  "-xtype": typeTest,
  "-size": sizeTest,
  "-mtime": ageTest,
  "-atime": ageTest,
  "-ctime": ageTest,
  "-mmin": ageTest,
  "-amin": ageTest,
  "-cmin": ageTest,
  "-newer": (words, _name, word) => newerTest(words, "mm", word),
  "-anewer": (words, _name, word) => newerTest(words, "am", word),
  "-cnewer": (words, _name, word) => newerTest(words, "cm", word),
  "-uid": numberTest,
  "-gid": numberTest,
  "-links": numberTest,
  "-inum": numberTest,
  "-user": ownerTest,
  "-group": ownerTest,
  "-nouser": plain({ kind: "unowned", field: "uid" }),
  "-nogroup": plain({ kind: "unowned", field: "gid" }),
  "-perm": modeTest,
  "-readable": plain({ kind: "access", want: "r" }),
  "-writable": plain({ kind: "access", want: "w" }),
  "-executable": plain({ kind: "access", want: "x" }),
  "-samefile": sameFileTest,
  "-empty": plain({ kind: "empty" }),
  "-true": plain({ kind: "true" }),
  "-false": plain({ kind: "false" }),
};

/** The test of a name; `-newerXY` has too many forms for a table. */
export function findTest(name: string): Predicate<Test> | undefined {
  const newer = /^-newer([aBcm])([aBcmt])$/.exec(name);
  return newer === null ? TESTS[name] : (words, _name, word) => newerTest(words, `${newer[1]}${newer[2]}`, word);
}
