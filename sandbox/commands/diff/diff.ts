// diff: compares files line by line, and folders file by file.

import { type Errno, isErrno } from "../../kernel/errno.ts";
import type { Stat, Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { matchGlob } from "../../lib/fnmatch.ts";
import { compile, isRegexError, type Regex } from "../../lib/regex/regex.ts";
import { type Command, defineCommand, type Io } from "../define.ts";
import {
  formatContext,
  formatEd,
  formatNormal,
  formatRcs,
  formatSideBySide,
  formatUnified,
  type Heading,
  type Paint,
  type Side,
} from "./formats.ts";
import { type Change, findChanges } from "./lcs.ts";

type Style = "normal" | "unified" | "context" | "ed" | "rcs" | "side" | "brief";

interface Settings {
  readonly style: Style;
  readonly context: number;
  readonly labels: readonly string[];
  readonly recursive: boolean;
  readonly newFile: boolean;
  readonly firstNew: boolean;
  readonly same: boolean;
  readonly text: boolean;
  readonly width: number;
  /** What lines are compared by. */
  readonly key: (line: string) => string;
  readonly ignoreBlank: boolean;
  readonly ignoreMatching: readonly Regex[];
  readonly exclude: readonly string[];
  readonly showFunction: boolean;
  readonly paint: Paint;
}

const COLORS = { header: "1", range: "36", old: "31", new: "32" } as const;

function* readSettings(io: Io): Task<Settings> {
  let style: Style = "normal";
  let context = 3;
  let color = false;
  const labels: string[] = [];
  const ignoreMatching: Regex[] = [];
  const exclude: string[] = [];
  let digits = "";
  for (const [key, given] of io.options) {
    const value = given ?? "";
    if (/^\d$/.test(key)) digits += key;
    else if (key === "u" || key === "U" || key === "c" || key === "C") {
      style = key.toLowerCase() === "u" ? "unified" : "context";
      if (given !== undefined) {
        if (!/^\d+$/.test(value)) return yield* io.usageError(`invalid context length '${value}'`);
        context = Number(value);
      }
    } else if (key === "e") style = "ed";
    else if (key === "n") style = "rcs";
    else if (key === "y") style = "side";
    else if (key === "q") style = "brief";
    else if (key === "L") labels.push(value);
    else if (key === "x") exclude.push(value);
    else if (key === "I") {
      const regex = compile(value, { syntax: "basic" });
      if (isRegexError(regex)) return yield* io.die(2, `${value}: ${regex.error}`);
      ignoreMatching.push(regex);
    } else if (key === "color") {
      const when = given ?? "auto";
      if (!["always", "never", "auto"].includes(when)) return yield* io.usageError(`invalid color '${when}'`);
      color = when === "always" || (when === "auto" && io.tty);
    }
  }
  if (digits !== "") context = Number(digits);
  const has = (key: string): boolean => io.has(key);
  return {
    style,
    context,
    labels,
    recursive: has("r"),
    newFile: has("N"),
    firstNew: has("unidirectional-new-file"),
    same: has("s"),
    text: has("a"),
    width: Number(io.value("W") ?? 130),
    key: lineKey(has),
    ignoreBlank: has("B"),
    ignoreMatching,
    exclude,
    showFunction: has("p"),
    paint: color ? (kind, text) => `\x1b[${COLORS[kind]}m${text}\x1b[0m` : (_kind, text) => text,
  };
}

function lineKey(has: (key: string) => boolean): (line: string) => string {
  const steps: ((line: string) => string)[] = [];
  if (has("strip-trailing-cr")) steps.push((line) => line.replace(/\r$/, ""));
  if (has("w")) steps.push((line) => line.replace(/[ \t\v\f\r]+/g, ""));
  else if (has("b")) steps.push((line) => line.replace(/[ \t\v\f\r]+/g, " ").replace(/ $/, ""));
  else if (has("Z")) steps.push((line) => line.replace(/[ \t\v\f\r]+$/, ""));
  if (has("E")) steps.push((line) => line.replace(/\t/g, (_tab, at: number) => " ".repeat(8 - (at % 8))));
  if (has("i")) steps.push((line) => line.toLowerCase());
  return (line) => steps.reduce((text, step) => step(text), line);
}

class Diff {
  readonly #io: Io;
  readonly #settings: Settings;
  /** The options as typed, for the `diff -r a b` lines between files of folders. */
  readonly #switches: string;
  status = 0;

  constructor(io: Io, settings: Settings) {
    this.#io = io;
    this.#settings = settings;
    this.#switches = io.args
      .filter((word) => word.startsWith("-") && word.length > 1)
      .map((word) => ` ${word}`)
      .join("");
  }

  #trouble(text: string): void {
    this.#io.warn(text);
    this.status = 2;
  }

  #differ(): void {
    this.status = Math.max(this.status, 1);
  }

  /** Two operands: files, folders, or one of each. */
  *operands(a: string, b: string): Task<void> {
    const { sys } = this.#io;
    let [left, right] = [a, b];
    const isDir = (path: string): boolean => {
      const stat = path === "-" ? undefined : sys.stat(path);
      return stat !== undefined && !isErrno(stat) && stat.type === "directory";
    };
    if (isDir(a) !== isDir(b) && a !== "-" && b !== "-") {
      const base = (path: string): string => path.replace(/\/+$/, "").replace(/^.*\//, "");
      const exists = !isErrno(sys.stat(a)) && !isErrno(sys.stat(b));
      if (exists && isDir(a)) left = `${a.replace(/\/+$/, "")}/${base(b)}`;
      else if (exists) right = `${b.replace(/\/+$/, "")}/${base(a)}`;
    }
    yield* this.pair(left, right, false);
  }

  /** A path's stat; a missing one may count as empty. */
  #stat(path: string, mayLack: boolean): Stat | "absent" | undefined {
    const { sys } = this.#io;
    const stat = path === "-" ? sys.fstat(0) : statInput(sys, path);
    if (!isErrno(stat)) return stat;
    if (mayLack && stat.code === "ENOENT") return "absent";
    this.#trouble(`${path}: ${stat.text}`);
    return undefined;
  }

  *pair(a: string, b: string, inFolder: boolean): Task<void> {
    const { newFile, firstNew, recursive } = this.#settings;
    const [statA, statB] = [this.#stat(a, newFile || firstNew), this.#stat(b, newFile)];
    if (statA === undefined || statB === undefined) return;
    if (statA === "absent" && statB === "absent") {
      for (const path of [a, b]) this.#trouble(`${path}: No such file or directory`);
      return;
    }
    const typeOf = (stat: Stat | "absent"): string => (stat === "absent" ? "" : stat.type);
    const [typeA, typeB] = [typeOf(statA), typeOf(statB)];
    if (typeA === "directory" || typeB === "directory") {
      if ((typeA === "directory" || statA === "absent") && (typeB === "directory" || statB === "absent")) {
        if (inFolder && !recursive) {
          this.#io.print(`Common subdirectories: ${a} and ${b}\n`);
          return;
        }
        return yield* this.#folders(a, b);
      }
      const name = (type: string, size: number): string =>
        type === "directory"
          ? "directory"
          : type === "file"
            ? size === 0
              ? "regular empty file"
              : "regular file"
            : type;
      const size = (stat: Stat | "absent"): number => (stat === "absent" ? 0 : stat.size);
      this.#io.print(`File ${a} is a ${name(typeA, size(statA))} while file ${b} is a ${name(typeB, size(statB))}\n`);
      return this.#differ();
    }
    yield* this.#files(a, b, statA, statB, inFolder);
  }

  *#folders(a: string, b: string): Task<void> {
    const { exclude, newFile, firstNew } = this.#settings;
    const list = (path: string): string[] | undefined => {
      const entries = this.#io.sys.readdir(path);
      if (!isErrno(entries))
        return entries.map((entry) => entry.name).filter((name) => !exclude.some((glob) => matchGlob(glob, name)));
      if (entries.code === "ENOENT") return [];
      this.#trouble(`${path}: ${entries.text}`);
      return undefined;
    };
    const [left, right] = [list(a), list(b)];
    if (left === undefined || right === undefined) return;
    for (const name of [...new Set([...left, ...right])].sort()) {
      const join = (folder: string): string => (folder.endsWith("/") ? folder + name : `${folder}/${name}`);
      const only = !right.includes(name)
        ? newFile
          ? undefined
          : a
        : left.includes(name) || newFile || firstNew
          ? undefined
          : b;
      if (only !== undefined) {
        this.#io.print(`Only in ${only.replace(/(.)\/+$/, "$1")}: ${name}\n`);
        this.#differ();
      } else yield* this.pair(join(a), join(b), true);
      if (this.#io.full) yield* this.#io.drain();
      if (this.#io.sys.due()) yield* this.#io.sys.rest();
    }
  }

  *#files(a: string, b: string, statA: Stat | "absent", statB: Stat | "absent", inFolder: boolean): Task<void> {
    const bytesA = statA === "absent" ? new Uint8Array(0) : yield* this.#io.readAll(a);
    if (isErrno(bytesA)) return this.#trouble(`${a}: ${bytesA.text}`);
    const bytesB =
      statB === "absent" ? new Uint8Array(0) : a === "-" && b === "-" ? bytesA : yield* this.#io.readAll(b);
    if (isErrno(bytesB)) return this.#trouble(`${b}: ${bytesB.text}`);
    const equal = bytesA.length === bytesB.length && bytesA.every((byte, at) => byte === bytesB[at]);
    const { style, text, same } = this.#settings;
    if (!equal && !text && (bytesA.includes(0) || bytesB.includes(0))) {
      this.#io.print(`${style === "brief" ? "Files" : "Binary files"} ${a} and ${b} differ\n`);
      return this.#differ();
    }
    const sideA = this.#side(a, bytesA, statA, 0);
    const sideB = this.#side(b, bytesB, statB, 1);
    const changes = equal ? [] : this.#changes(sideA, sideB);
    if (changes.length === 0) {
      if (same) this.#io.print(`Files ${a} and ${b} are identical\n`);
      else if (style === "side") this.#io.print(this.#format(sideA, sideB, changes));
      return;
    }
    this.#differ();
    if (style === "brief") {
      this.#io.print(`Files ${a} and ${b} differ\n`);
      return;
    }
    if (inFolder) this.#io.print(`${this.#settings.paint("header", `diff${this.#switches} ${a} ${b}`)}\n`);
    this.#io.print(this.#format(sideA, sideB, changes));
  }

  #side(name: string, bytes: Uint8Array, stat: Stat | "absent", index: number): Side {
    const text = decode(bytes);
    const unended = text !== "" && !text.endsWith("\n");
    const lines = text === "" ? [] : (unended ? text : text.slice(0, -1)).split("\n");
    const label =
      this.#settings.labels[index] ??
      `${name}\t${formatTime(stat === "absent" ? 0 : name === "-" ? this.#io.sys.now() : stat.mtime)}`;
    return { name, lines, unended, label };
  }

  #changes(a: Side, b: Side): Change[] {
    const numbers = new Map<string, number>();
    const toNumbers = (side: Side): number[] =>
      side.lines.map((line, index) => {
        // A last line without newline differs from one with it.
        const key = this.#settings.key(line) + (side.unended && index === side.lines.length - 1 ? "\n" : "");
        const number = numbers.get(key) ?? numbers.size;
        numbers.set(key, number);
        return number;
      });
    const { ignoreBlank, ignoreMatching } = this.#settings;
    const changes = findChanges(toNumbers(a), toNumbers(b));
    if (!ignoreBlank && ignoreMatching.length === 0) return changes;
    const isIgnored = (line: string): boolean =>
      (ignoreBlank && line === "") || ignoreMatching.some((regex) => regex.test(line));
    return changes.filter(
      ({ oldStart, oldEnd, newStart, newEnd }) =>
        ![...a.lines.slice(oldStart, oldEnd), ...b.lines.slice(newStart, newEnd)].every(isIgnored),
    );
  }

  #format(a: Side, b: Side, changes: readonly Change[]): string {
    const { style, context, paint, width } = this.#settings;
    const heading: Heading = (side, before) => {
      if (!this.#settings.showFunction) return "";
      const found = side.lines.slice(0, before).findLast((line) => /^[A-Za-z_$]/.test(line));
      return found === undefined ? "" : ` ${found.slice(0, 40).trimEnd()}`;
    };
    switch (style) {
      case "unified":
        return formatUnified(a, b, changes, context, paint, heading);
      case "context":
        return formatContext(a, b, changes, context, paint, heading);
      case "ed":
        return formatEd(b, changes);
      case "rcs":
        return formatRcs(b, changes);
      case "side": {
        const has = (key: string): boolean => this.#io.has(key);
        return formatSideBySide(a, b, changes, {
          width,
          leftOnly: has("left-column"),
          suppressCommon: has("suppress-common-lines"),
          expandTabs: has("t"),
        });
      }
      default:
        return formatNormal(a, b, changes, paint);
    }
  }
}

/** 2025-01-15 10:00:00.000000000 +0000 */
function formatTime(time: number): string {
  const date = new Date(Math.floor(time)).toISOString();
  const micro = Math.round((time - Math.floor(time)) * 1_000_000);
  return `${date.slice(0, 10)} ${date.slice(11, 23)}${String(micro).padStart(6, "0")} +0000`;
}

const COMMAND: Command = {
  name: "diff",
  summary: "Compare FILES line by line.",
  usage: ["[OPTION]... FILES"],
  options: `
    ,normal  output a normal diff (the default)
    q,brief  report only when files differ
    s,report-identical-files  report when two files are the same
    c  output 3 lines of copied context
    C,context[=NUM]  output NUM lines of copied context
    u  output 3 lines of unified context
    U,unified[=NUM]  output NUM lines of unified context
    e,ed  output an ed script
    n,rcs  output an RCS format diff
    y,side-by-side  output in two columns
    W,width=NUM  output at most NUM print columns
    ,left-column  output only the left column of common lines
    ,suppress-common-lines  do not output common lines
    p,show-c-function  show which C function each change is in
    L,label=LABEL  use LABEL instead of file name and timestamp
    t,expand-tabs  expand tabs to spaces in output
    r,recursive  recursively compare any subdirectories found
    N,new-file  treat absent files as empty
    P,unidirectional-new-file  treat absent first files as empty
    x,exclude=PAT  exclude files that match PAT
    i,ignore-case  ignore case differences
    E,ignore-tab-expansion  ignore changes due to tab expansion
    Z,ignore-trailing-space  ignore white space at line end
    b,ignore-space-change  ignore changes in the amount of white space
    w,ignore-all-space  ignore all white space
    B,ignore-blank-lines  ignore changes where lines are all blank
    I,ignore-matching-lines=RE  ignore changes where all lines match RE
    a,text  treat all files as text
    ,strip-trailing-cr  strip trailing carriage return on input
    d,minimal  try hard to find a smaller set of changes
    H,speed-large-files  assume large files and many scattered small changes
    ,color[=WHEN]  color output: never, always, or auto
    0
    1
    2
    3
    4
    5
    6
    7
    8
    9
    v,version  output version information and exit
    ,help  display this help and exit`,
  package: "diffutils",
  usageStatus: 2,
  hint: "diff: Try 'diff --help' for more information.",
  // -C and -U take their number as the next word; their long forms only with an equals sign.
  prepare: (args) => joinNumbers(args),
  *run(io) {
    const settings = yield* readSettings(io);
    const [a, b, extra] = io.operands;
    if (a === undefined || b === undefined)
      return yield* io.usageError(`missing operand after '${io.args[io.args.length - 1] ?? io.name}'`);
    if (extra !== undefined) return yield* io.usageError(`extra operand '${extra}'`);
    const diff = new Diff(io, settings);
    yield* diff.operands(a, b);
    return diff.status;
  },
};

function joinNumbers(args: readonly string[]): readonly string[] {
  const result: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? "";
    if (/^-[a-zA-Z]*[CU]$/.test(word) && !word.startsWith("--") && i + 1 < args.length) {
      result.push(word + (args[i + 1] ?? ""));
      i++;
    } else result.push(word === "-v" ? "--version" : word);
  }
  return result;
}

/** A descriptor by its name in /dev/fd, as of a process substitution, or a file. */
function statInput(sys: Sys, path: string): Stat | Errno {
  const fd = /^\/dev\/fd\/(\d+)$/.exec(path)?.[1];
  return fd === undefined ? sys.stat(path) : sys.fstat(Number(fd));
}

export const diff = defineCommand(COMMAND);
