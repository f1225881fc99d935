// Completion at the cursor: which word, what it may become, what is put after it.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { readUsers } from "../../lib/users.ts";
import { generate } from "../builtins/complete.ts";
import { builtinNames } from "../builtins/index.ts";
import type { Shell } from "../state.ts";
import { getValue, homeFolder, homeOf, variableNames } from "../vars.ts";
import { actionWords, pathNames } from "./actions.ts";
import { type Candidates, completers, parseSpec } from "./table.ts";

export interface Match {
  /** What is put into the line. */
  readonly insert: string;
  /** What a list shows. */
  readonly show: string;
  readonly folder: boolean;
}

export interface Completion {
  /** Where the text to be replaced begins. */
  readonly start: number;
  readonly matches: readonly Match[];
  /** What all matches have in common. */
  readonly insert: string;
  /** What follows a single match: a blank, a slash, a closing quote. */
  readonly append: string;
}

/** A word of the command before the cursor. */
export interface LineWord {
  readonly raw: string;
  readonly text: string;
  readonly start: number;
  /** The quote that is open at the end. */
  readonly quote: string;
}

const BREAKS = " \t\n;|&()<>";

/** Words of the simple command that the cursor is in; the last is the one at the cursor. */
export function commandWords(line: string, point: number): { words: LineWord[]; redirect: boolean } {
  let words: LineWord[] = [];
  let redirect = false;
  let pending = false;
  let i = 0;
  while (i < point) {
    const c = line[i] as string;
    if (c === " " || c === "\t" || c === "\n") i += 1;
    else if (";|&(".includes(c) || c === "`") {
      if (!(c === "&" && /[<>]$/.test(line.slice(0, i)))) words = [];
      i += 1;
    } else if (c === "<" || c === ">") {
      pending = true;
      i += 1;
    } else if (c === ")") i += 1;
    else {
      const word = readLineWord(line, i, point);
      if (pending && word.start + word.raw.length < point) pending = false;
      else {
        words.push(word);
        redirect = pending;
        if (word.start + word.raw.length < point) pending = false;
      }
      i = word.start + word.raw.length;
    }
  }
  const last = words.at(-1);
  if (last === undefined || last.start + last.raw.length < point) {
    words.push({ raw: "", text: "", start: point, quote: "" });
    redirect = pending;
  }
  return { words, redirect };
}

function readLineWord(line: string, start: number, point: number): LineWord {
  let text = "";
  let quote = "";
  let i = start;
  for (; i < point; i++) {
    const c = line[i] as string;
    if (quote === "'") {
      if (c === "'") quote = "";
      else text += c;
    } else if (c === "\\" && i + 1 < point && (quote === "" || '"\\$`'.includes(line[i + 1] as string)))
      text += line[++i];
    else if (quote === '"') {
      if (c === '"') quote = "";
      else text += c;
    } else if (c === "'" || c === '"') quote = c;
    else if (BREAKS.includes(c)) break;
    else text += c;
  }
  return { raw: line.slice(start, i), text, start, quote };
}

/** Writes a name so that the shell reads it back, in the quoting that is open. */
function quoteName(name: string, quote: string): string {
  if (quote === "'") return name.replaceAll("'", "'\\''");
  if (quote === '"') return name.replace(/["\\$`]/g, "\\$&");
  return name.replace(/[\s'"\\|&;()<>!*[\]?$`{}#]/g, "\\$&");
}

function common(words: readonly string[]): string {
  let prefix = words[0] ?? "";
  for (const word of words) while (!word.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix;
}

function isFolder(sh: Shell, path: string): boolean {
  const stat = sh.sys.lstat(path);
  return !isErrno(stat) && stat.type === "directory";
}

/** A path with its tilde replaced. */
function tildePath(sh: Shell, path: string): string {
  const match = /^~([^/]*)(?=\/)/.exec(path);
  if (match === null) return path;
  const home = match[1] === "" ? homeFolder(sh) : homeOf(sh, match[1] as string);
  return home === undefined ? path : home + path.slice(match[0].length);
}

/** Names of files that continue a path. */
function fileMatches(sh: Shell, text: string, foldersOnly: boolean): Match[] {
  const real = tildePath(sh, text);
  const head = text.slice(0, text.lastIndexOf("/") + 1);
  const start = text.slice(head.length);
  const names = pathNames(sh, real, foldersOnly).map((path) => path.slice(path.lastIndexOf("/") + 1));
  const shown = names.filter((name) => start.startsWith(".") || !name.startsWith(".")).sort();
  const folder = real.slice(0, real.lastIndexOf("/") + 1);
  return shown.map((name) => ({ insert: head + name, show: name, folder: isFolder(sh, folder + name) }));
}

function wordMatches(words: readonly string[], show?: (word: string) => string): Match[] {
  return [...new Set(words)].sort().map((word) => ({ insert: word, show: show?.(word) ?? word, folder: false }));
}

/** Completions of the line at the cursor; undefined where there are none. */
export function* findCompletions(sh: Shell, line: string, point: number): Task<Completion | undefined> {
  const { words, redirect } = commandWords(line, point);
  const word = words.at(-1) as LineWord;
  const variable = /(^|[^\\])(\$\{?)(\w*)$/.exec(word.raw);
  if (variable !== null && word.quote !== "'")
    return completeVariable(sh, point, variable[2] as string, variable[3] as string);
  if (/^~[^/]*$/.test(word.raw)) {
    const users = readUsers(sh.sys)
      .map((user) => `~${user.name}`)
      .filter((name) => name.startsWith(word.raw));
    if (users.length > 0) return finish(word.start, wordMatches(users), "", "/");
  }
  const open = word.quote === "" ? "" : word.quote;
  const from = word.start + (open === "" ? 0 : word.raw.indexOf(open) + 1);
  const candidates = redirect ? undefined : yield* candidatesFor(sh, words);
  if (candidates?.words !== undefined && !(candidates.words.length === 0 && candidates.files)) {
    const base = candidates.base ?? word.start;
    return finish(
      candidates.base === undefined ? from : base,
      wordMatches(candidates.words),
      open,
      candidates.noSpace ? "" : " ",
    );
  }
  const files = fileMatches(sh, word.text, candidates?.foldersOnly ?? false);
  const quoted = files.map((match) => ({
    ...match,
    insert:
      open === "" && match.insert.startsWith("~")
        ? `~${quoteName(match.insert.slice(1), "")}`
        : quoteName(match.insert, open),
  }));
  return finish(from, quoted, open, " ");
}

function finish(start: number, matches: readonly Match[], quote: string, append: string): Completion | undefined {
  if (matches.length === 0) return undefined;
  const single = matches.length === 1 ? matches[0] : undefined;
  const insert = common(matches.map((match) => match.insert));
  return { start, matches, insert, append: single === undefined ? "" : single.folder ? "/" : quote + append };
}

function completeVariable(sh: Shell, point: number, dollar: string, name: string): Completion | undefined {
  const names = variableNames(sh).filter((item) => item.startsWith(name));
  const brace = dollar === "${";
  const found = names.map((item) => ({
    insert: `${dollar}${item}${brace ? "}" : ""}`,
    show: `${dollar}${item}${brace ? "}" : ""}`,
    folder: false,
  }));
  return finish(point - name.length - dollar.length, found, "", " ");
}

/** What the word may be: a command, or what the command's own completer says. */
function* candidatesFor(sh: Shell, given: readonly LineWord[]): Task<Candidates | undefined> {
  let words = given;
  while (words.length > 1 && /^[A-Za-z_]\w*=/.test(words[0]?.raw ?? "")) words = words.slice(1);
  for (;;) {
    const word = words.at(-1) as LineWord;
    if (words.length === 1) return commandCandidates(sh, word);
    const name = (words[0] as LineWord).text.split("/").at(-1) ?? "";
    if (
      ["sudo", "exec", "nohup", "time", "command", "watch", "xargs", "env", "nice", "timeout", "strace"].includes(name)
    ) {
      const at = words.findIndex((item, i) => i > 0 && !item.text.startsWith("-") && !(name === "timeout" && i === 1));
      if (at > 0) {
        words = words.slice(at);
        continue;
      }
    }
    return yield* argumentCandidates(sh, name, words);
  }
}

function commandCandidates(sh: Shell, word: LineWord): Candidates | undefined {
  if (word.text.includes("/")) return undefined;
  const names = actionWords(sh, "command", word.text, builtinNames);
  const folders = names.length === 0 ? undefined : names;
  return folders === undefined ? undefined : { words: folders };
}

function* argumentCandidates(sh: Shell, name: string, words: readonly LineWord[]): Task<Candidates | undefined> {
  const cur = words.at(-1)?.text ?? "";
  const spec = sh.state.completions.get(`spec:${name}`);
  if (spec !== undefined) {
    const found = yield* fromSpec(sh, spec, name, words);
    if (found !== undefined) return found;
  }
  const completer = Object.hasOwn(completers, name) ? completers[name] : undefined;
  const result = completer?.({
    sh,
    words: words.map((word) => word.text),
    cur,
    prev: words.at(-2)?.text ?? "",
    start: words.at(-1)?.start ?? 0,
  });
  return result;
}

/** A specification made with `complete`. */
function* fromSpec(sh: Shell, spec: string, name: string, words: readonly LineWord[]): Task<Candidates | undefined> {
  const args = parseSpec(spec);
  const cur = words.at(-1)?.text ?? "";
  const at = args.indexOf("-F");
  const noSpace = args.includes("nospace");
  if (at < 0) {
    const made = yield* generate(sh, args, cur);
    return made === undefined ? undefined : { words: made, noSpace };
  }
  const { state } = sh;
  const quoted = words.map((word) => `'${word.text.replaceAll("'", "'\\''")}'`).join(" ");
  const status = state.status;
  yield* sh.runner.evaluate(
    sh,
    `COMP_WORDS=(${quoted}) COMP_CWORD=${words.length - 1} COMP_LINE='${words
      .map((word) => word.text)
      .join(" ")
      .replaceAll(
        "'",
        "'\\''",
      )}' COMP_POINT=${cur.length}; COMPREPLY=(); ${args[at + 1]} '${name}' '${cur.replaceAll("'", "'\\''")}' '${(words.at(-2)?.text ?? "").replaceAll("'", "'\\''")}'`,
  );
  state.status = status;
  const reply = sh.state.scopes[0]?.get("COMPREPLY");
  const list =
    reply?.list === undefined
      ? getValue(sh, "COMPREPLY") === undefined
        ? []
        : [getValue(sh, "COMPREPLY") as string]
      : [...reply.list.values()];
  return { words: list.filter((item) => item.startsWith(cur) || item !== ""), noSpace };
}
