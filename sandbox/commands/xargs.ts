// xargs: builds command lines from its input and runs them.

import { errno, isErrno } from "../kernel/errno.ts";
import { SIGNALS } from "../kernel/signal.ts";
import type { Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { searchPath } from "../lib/path-search.ts";
import { defineCommand, type Io } from "./define.ts";

interface Item {
  readonly text: string;
  /** The item ends a line, as -L counts them. */
  readonly endsLine: boolean;
}

/** Items as the default syntax has them: blanks and newlines part, quotes and backslashes protect. */
function splitQuoted(text: string): Item[] | { readonly quote: string } {
  const items: Item[] = [];
  let word: string | undefined;
  const push = (endsLine: boolean): void => {
    if (word !== undefined) items.push({ text: word, endsLine });
    else if (endsLine && items.length > 0)
      items[items.length - 1] = { text: items[items.length - 1]?.text ?? "", endsLine: true };
    word = undefined;
  };
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? "";
    if (char === "\n") push(true);
    else if (/[ \t\v\f\r]/.test(char)) push(false);
    else if (char === "\\" && i + 1 < text.length) word = (word ?? "") + text[++i];
    else if (char === "'" || char === '"') {
      const end = text.indexOf(char, i + 1);
      const body = text.slice(i + 1, end < 0 ? undefined : end);
      if (end < 0 || body.includes("\n")) return { quote: char === "'" ? "single" : "double" };
      word = (word ?? "") + body;
      i = end;
    } else word = (word ?? "") + char;
  }
  push(true);
  return items;
}

/** With -I a line is an item, its leading blanks dropped. */
function splitLines(text: string): Item[] | { readonly quote: string } {
  const items: Item[] = [];
  for (const line of text.split("\n")) {
    const trimmed = line.replace(/^[ \t]+/, "");
    if (trimmed === "") continue;
    const parts = splitQuoted(trimmed.replace(/[ \t]/g, "\\$&"));
    if (!Array.isArray(parts)) return parts;
    items.push({ text: parts.map((part) => part.text).join(""), endsLine: true });
  }
  return items;
}

function unescapeDelimiter(text: string): string {
  const names: Readonly<Record<string, string>> = { "\\n": "\n", "\\t": "\t", "\\0": "\0", "\\r": "\r" };
  return names[text] ?? text;
}

function* readItems(io: Io, replace: boolean): Task<readonly Item[]> {
  const file = io.value("a");
  const bytes = yield* io.readAll(file ?? "-");
  if (isErrno(bytes)) return yield* io.die(1, `Cannot open input file ‘${file}’: ${bytes.text}`);
  const text = decode(bytes);
  const delimiter = io.has("0") ? "\0" : io.value("d");
  if (delimiter !== undefined) {
    const parts = text.split(unescapeDelimiter(delimiter));
    if (parts[parts.length - 1] === "") parts.pop();
    return parts.map((part) => ({ text: part, endsLine: true }));
  }
  const found = replace ? splitLines(text) : splitQuoted(text);
  if (!Array.isArray(found)) {
    return yield* io.die(
      1,
      `unmatched ${(found as { quote: string }).quote} quote; by default quotes are special to xargs unless you use the -0 option`,
    );
  }
  const end = io.value("E");
  const at = end === undefined || end === "" ? -1 : found.findIndex((item) => item.text === end);
  return at < 0 ? found : found.slice(0, at);
}

/** Command lines out of items: by number, by lines, by length, or one an item. */
function* batches(
  items: readonly Item[],
  perBatch: number,
  lines: number,
  room: number,
): Generator<readonly string[], void, void> {
  let batch: string[] = [];
  let size = 0;
  let seen = 0;
  for (const { text, endsLine } of items) {
    const length = text.length + 1;
    if (batch.length > 0 && (batch.length >= perBatch || size + length > room)) {
      yield batch;
      batch = [];
      size = 0;
      seen = 0;
    }
    batch.push(text);
    size += length;
    if (endsLine) seen += 1;
    if (seen >= lines) {
      yield batch;
      batch = [];
      size = 0;
      seen = 0;
    }
  }
  if (batch.length > 0) yield batch;
}

class Runner {
  readonly #io: Io;
  readonly #parallel: number;
  readonly #running = new Set<number>();
  status = 0;
  /** Set where xargs must stop at once. */
  stop = false;

  constructor(io: Io, parallel: number) {
    this.#io = io;
    this.#parallel = parallel;
  }

  *start(argv: readonly string[]): Task<void> {
    const { sys } = this.#io;
    const asks = this.#io.has("p");
    if (asks || this.#io.has("t")) this.#io.printError(`${argv.map(shellQuote).join(" ")}${asks ? "?..." : "\n"}`);
    yield* this.#io.flush();
    if (asks && !(yield* this.#agreed())) return;
    const path = searchPath(sys, argv[0] ?? "");
    const input = this.#io.has("o") ? sys.open("/dev/tty", { read: true }) : sys.open("/dev/null", { read: true });
    const pid =
      path === undefined
        ? errno("ENOENT")
        : sys.spawn({ path, argv, fds: { 0: isErrno(input) ? 0 : input, 1: 1, 2: 2 } });
    if (!isErrno(input)) sys.close(input);
    if (isErrno(pid)) {
      this.#io.warn(`${argv[0]}: ${pid.text}`);
      this.status = pid.code === "ENOENT" ? 127 : 126;
      this.stop = true;
      return;
    }
    this.#running.add(pid);
    if (this.#parallel > 0 && this.#running.size >= this.#parallel) yield* this.#wait(argv[0] ?? "");
  }

  /** The answer to -p, typed at the terminal, whatever standard input is. */
  *#agreed(): Task<boolean> {
    const { sys } = this.#io;
    const tty = sys.open("/dev/tty", { read: true });
    if (isErrno(tty)) return yield* this.#io.die(1, `failed to open /dev/tty for reading: ${tty.text}`);
    const bytes = yield* sys.read(tty);
    sys.close(tty);
    return !isErrno(bytes) && /^[yY]/.test(decode(bytes));
  }

  *finish(name: string): Task<void> {
    while (this.#running.size > 0) yield* this.#wait(name);
  }

  *#wait(name: string): Task<void> {
    const ended = yield* this.#io.sys.waitpid(-1);
    if (isErrno(ended) || ended === undefined) {
      this.#running.clear();
      return;
    }
    this.#running.delete(ended.pid);
    const { status } = ended;
    if (status.kind === "killed") {
      this.#io.warn(`${name}: terminated by signal ${SIGNALS[status.signal]}`);
      this.status = 125;
      this.stop = true;
    } else if (status.kind === "exited" && status.code === 255) {
      this.#io.warn(`${name}: exited with status 255; aborting`);
      this.status = 124;
      this.stop = true;
    } else if (status.kind === "exited" && status.code !== 0 && this.status === 0) this.status = 123;
  }
}

function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function* numberOption(io: Io, key: string, min = 1): Task<number | undefined> {
  const text = io.value(key);
  if (text === undefined) return undefined;
  if (!/^[+-]?\d+$/.test(text)) return yield* io.usageError(`invalid number "${text}" for -${key} option`);
  if (Number(text) < min) return yield* io.usageError(`value ${text} for -${key} option should be >= ${min}`);
  return Number(text);
}

export const xargs = defineCommand({
  name: "xargs",
  summary: "Run COMMAND with arguments INITIAL-ARGS and more arguments read from input.",
  usage: ["[OPTION]... COMMAND [INITIAL-ARGS]..."],
  options: `
    0,null  items are separated by a null, not whitespace
    a,arg-file=FILE  read arguments from FILE, not standard input
    d,delimiter=CHARACTER  items in input stream are separated by CHARACTER
    E=END  set logical EOF string
    e,eof[=END]  equivalent to -E END if END is specified
    I=R  same as --replace=R
    i,replace[=R]  replace R in INITIAL-ARGS with names read from input
    L,max-lines=MAX-LINES  use at most MAX-LINES non-blank input lines per command line
    n,max-args=MAX-ARGS  use at most MAX-ARGS arguments per command line
    o,open-tty  reopen stdin as /dev/tty in the child process
    P,max-procs=MAX-PROCS  run at most MAX-PROCS processes at a time
    p,interactive  prompt before running commands
    r,no-run-if-empty  if there are no arguments, do not run COMMAND
    s,max-chars=MAX-CHARS  limit length of command line to MAX-CHARS
    t,verbose  print commands before executing them
    x,exit  exit if the size is exceeded`,
  package: "findutils",
  posix: true,
  *run(io) {
    const max = yield* numberOption(io, "n");
    const lines = yield* numberOption(io, "L");
    const chars = yield* numberOption(io, "s");
    const parallel = yield* numberOption(io, "P", 0);
    const replace = io.value("I") ?? (io.has("i") ? (io.value("i") ?? "{}") : undefined);
    const place = (keys: string) => io.options.findLastIndex(([key]) => keys.includes(key));
    for (const [key, name] of [
      ["n", "args"],
      ["L", "lines"],
    ] as const)
      if (place(key) >= 0 && place("Ii") > place(key))
        io.warn(
          `warning: options --max-${name} and --replace/-I/-i are mutually exclusive, ignoring previous --max-${name} value`,
        );
    const items = yield* readItems(io, replace !== undefined);
    const [command = "echo", ...initial] = io.operands;
    const runner = new Runner(io, parallel ?? 1);
    if (replace !== undefined) {
      for (const { text } of items) {
        yield* runner.start([command, ...initial].map((word) => word.replaceAll(replace, () => text)));
        if (runner.stop) break;
      }
    } else if (items.length === 0) {
      if (!io.has("r")) yield* runner.start([command, ...initial]);
    } else {
      const fixed = [command, ...initial].reduce((sum, word) => sum + word.length + 1, 0);
      const longest = Math.max(...items.map(({ text }) => text.length)) + 1;
      if (chars !== undefined && fixed + longest > chars) return yield* io.die(1, "argument line too long");
      for (const batch of batches(items, max ?? Infinity, lines ?? Infinity, (chars ?? 131_072) - fixed)) {
        yield* runner.start([command, ...initial, ...batch]);
        if (runner.stop) break;
      }
    }
    yield* runner.finish(command);
    return runner.status;
  },
});
