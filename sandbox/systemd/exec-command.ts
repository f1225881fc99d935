// Command lines of unit files: how `ExecStart=` becomes a program with arguments, and how variables are put in at its start.

import type { Complaint } from "./config-file.ts";
import { extractWord, splitWords } from "./words.ts";

/** One command of an Exec…= setting. */
export interface ExecCommand {
  readonly path: string;
  /** Arguments before variables are put in, with argv[0]. */
  readonly argv: readonly string[];
  /** `-`: failure counts as success. */
  readonly ignoreFailure: boolean;
  /** `:` variables are not expanded. */
  readonly noExpand: boolean;
  /** `+` or `!`: User= and Group= do not apply. */
  readonly privileged: boolean;
  readonly file: string;
  readonly line: number;
}

export interface ExecContext {
  readonly file: string;
  readonly line: number;
  readonly specifiers: (text: string) => string;
  readonly complain: (complaint: Complaint) => void;
}

/** The words of a line with PID 1's warnings; undefined is the end, "invalid" an open quote. */
export function wordWithWarning(
  text: string,
  at: number,
  whole: string,
  context: ExecContext,
): ReturnType<typeof extractWord> {
  const strict = extractWord(text, at, { unquote: true, escapes: true });
  if (strict !== "invalid") return strict;
  const relaxed = extractWord(text, at, { unquote: true, escapes: true, relaxEscapes: true });
  const { file, line } = context;
  if (typeof relaxed === "object") {
    context.complain({ file, line, priority: 4, text: `Ignoring unknown escape sequences: "${relaxed.word}"` });
    return relaxed;
  }
  context.complain({ file, line, priority: 3, text: `Unbalanced quoting, ignoring: "${whole}"` });
  return "invalid";
}

interface Prefixes {
  rest: string;
  ignoreFailure: boolean;
  argv0: boolean;
  noExpand: boolean;
  privileged: boolean;
}

function takePrefixes(word: string): Prefixes {
  const seen: Prefixes = { rest: word, ignoreFailure: false, argv0: false, noExpand: false, privileged: false };
  for (; ; seen.rest = seen.rest.slice(1)) {
    const char = seen.rest[0];
    if (char === "-" && !seen.ignoreFailure) seen.ignoreFailure = true;
    else if (char === "@" && !seen.argv0) seen.argv0 = true;
    else if (char === ":" && !seen.noExpand) seen.noExpand = true;
    else if ((char === "+" || char === "!") && !seen.privileged) seen.privileged = true;
    else if (!(char === "!" && word.includes("!!"))) return seen;
  }
}

/** Why a path cannot be a program, in PID 1's words. */
function pathProblem(path: string): string | undefined {
  if (/[\x00-\x1f\x7f"\\]/.test(path)) return "Executable name contains special characters";
  const valid = path.startsWith("/") || (!path.includes("/") && path !== "." && path !== "..");
  if (!valid) return "Neither a valid executable name nor an absolute path";
  return path.endsWith("/") ? "Executable path specifies a directory" : undefined;
}

const simplify = (path: string): string => path.replace(/\/+/g, "/").replace(/\/\.(?=\/|$)/g, "") || "/";

/** Commands of one setting; "fatal" where PID 1 gives the whole file up. */
export function parseExecLine(value: string, context: ExecContext): ExecCommand[] | "fatal" {
  const commands: ExecCommand[] = [];
  const { file, line } = context;
  let at = 0;
  for (;;) {
    const first = wordWithWarning(value, at, value, context);
    // An open quote already in the first word is only warned of; in a later word it ends the file.
    if (first === "end" || first === "invalid") return commands;
    at = first.next;
    if (first.word === ";") continue;
    const prefixes = takePrefixes(first.word);
    const path = context.specifiers(prefixes.rest);
    const suffix = prefixes.ignoreFailure ? ", ignoring" : "";
    const complain = (text: string) => context.complain({ file, line, priority: prefixes.ignoreFailure ? 4 : 3, text });
    const giveUp = prefixes.ignoreFailure ? commands : ("fatal" as const);
    if (path === "") {
      complain(`Empty path in command line${suffix}: ${value}`);
      return giveUp;
    }
    const problem = pathProblem(path);
    if (problem !== undefined) {
      complain(`${problem}${suffix}: ${path}`);
      return giveUp;
    }
    const argv: string[] = prefixes.argv0 ? [] : [path];
    let more = false;
    while (at < value.length) {
      const rest = value.slice(at);
      const lone = /^(\\?);(?:[ \t\n\r]+|$)/.exec(rest);
      if (lone !== null) {
        at += lone[0].length;
        if (lone[1] === "\\") {
          argv.push(";");
          continue;
        }
        more = true;
        break;
      }
      const word = wordWithWarning(value, at, value, context);
      if (word === "end") break;
      if (word === "invalid") return giveUp;
      at = word.next;
      argv.push(context.specifiers(word.word));
    }
    if (argv.length === 0) {
      complain(`Empty executable name or zeroeth argument${suffix}: ${value}`);
      return giveUp;
    }
    commands.push({
      path: simplify(path),
      argv,
      ignoreFailure: prefixes.ignoreFailure,
      noExpand: prefixes.noExpand,
      privileged: prefixes.privileged,
      file,
      line,
    });
    if (!more) return commands;
  }
}

export interface Expansion {
  readonly argv: readonly string[];
  /** For each word the index of the word it came from and the variables it took. */
  readonly origins: readonly { readonly from: number; readonly variables: readonly string[] }[];
  /** Variables that are named but not set, sorted. */
  readonly unset: readonly string[];
  /** What follows a `$` and cannot be a name, sorted. */
  readonly bad: readonly string[];
}

const isName = (text: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);

/** Puts variables into arguments: `$A` alone is split into words, `${A}` is not, `$$` is a dollar sign. */
export function expandArguments(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Expansion {
  const words: string[] = [];
  const origins: { from: number; variables: readonly string[] }[] = [];
  const unset = new Set<string>();
  const bad = new Set<string>();
  const missing = (name: string) => (isName(name) ? unset : bad).add(name);
  argv.forEach((word, from) => {
    if (word[0] === "$" && word[1] !== "{" && word[1] !== "$") {
      const name = word.slice(1);
      const value = env[name];
      if (value === undefined) {
        if (name !== "") missing(name);
        return;
      }
      for (const part of splitWords(value, { unquote: true, relax: true }) ?? []) {
        words.push(part);
        origins.push({ from, variables: [name] });
      }
      return;
    }
    const variables: string[] = [];
    words.push(
      // `${A:-x}` is no syntax of systemd's and stays as it is.
      word.replace(/\$\$|\$\{([^}:]*)\}/g, (whole, name: string | undefined) => {
        if (name === undefined) return whole === "$$" ? "$" : whole;
        variables.push(name);
        if (env[name] === undefined) missing(name);
        return env[name] ?? "";
      }),
    );
    origins.push({ from, variables });
  });
  return { argv: words, origins, unset: [...unset].sort(), bad: [...bad].sort() };
}
