// find: walks folders and tries an expression on everything it meets.

import { isErrno } from "../../kernel/errno.ts";
import type { Stat, Task } from "../../kernel/sys.ts";
import { matchGlob } from "../../lib/fnmatch.ts";
import { searchPath } from "../../lib/path-search.ts";
import { quote } from "../../lib/quote.ts";
import { Names } from "../../lib/users.ts";
import { lastPart } from "../basename.ts";
import { joinPath } from "../copying/common.ts";
import { defineCommand, type Io, versionLine } from "../define.ts";
import type { Action, Count, Expression, Node, Test } from "./expression.ts";
import { formatEntry, longLine } from "./format.ts";
import { parseExpression } from "./parse.ts";

/** Something met on the walk. */
export interface Met {
  readonly path: string;
  readonly start: string;
  readonly depth: number;
  readonly stat: Stat;
}

/** Signals what the walk has to do after an entry. */
type Outcome = "on" | "prune" | "quit";

export const find = defineCommand({
  name: "find",
  package: "findutils",
  summary: "Search for files in a directory hierarchy.",
  usage: ["[-H] [-L] [-P] [path...] [expression]"],
  *run(io, sys) {
    const args = [...io.args];
    let follow: "P" | "L" | "H" = "P";
    while (args[0] !== undefined && /^-([HLP]|O\d?|D)$/.test(args[0])) {
      const option = args.shift() ?? "";
      if (option === "-D") args.shift();
      else if (/^-[HLP]$/.test(option)) follow = option[1] as "P";
    }
    if (args[0] === "-version" || args[0] === "--version") {
      io.print(`${versionLine(sys, io.command)}\n`);
      return 0;
    }
    if (args[0] === "-help" || args[0] === "--help") {
      io.print("Usage: find [-H] [-L] [-P] [path...] [expression]\n");
      return 0;
    }
    const first = args.findIndex((word) => /^-./.test(word) || word === "!" || word === "(");
    const starts = first < 0 ? args : args.slice(0, first);
    const expression = parseExpression(sys, first < 0 ? [] : args.slice(first));
    if ("error" in expression) return yield* io.die(1, expression.error);
    if (sys.isatty(0)) for (const warning of expression.warnings) io.warn(warning);
    const walk = new Walk(io, expression, follow);
    for (const start of starts.length > 0 ? starts : ["."]) {
      if (start === "") {
        io.warn("‘’: No such file or directory");
        io.status = 1;
        continue;
      }
      if (walk.done) break;
      yield* walk.visit(start, start, 0, undefined);
    }
    yield* walk.finish();
    return undefined;
  },
});

function compare(count: Count, value: number): boolean {
  if (count.sign === "+") return value > count.value;
  return count.sign === "-" ? value < count.value : value === count.value;
}

class Walk {
  readonly #io: Io;
  readonly #expression: Expression;
  readonly #follow: "P" | "L" | "H";
  readonly #names: Names;
  readonly #now: number;
  /** File names collected for `-exec … {} +`, by action. */
  readonly #batches = new Map<
    number,
    { action: Extract<Action, { kind: "exec" }>; names: string[]; folder: string | undefined }
  >();
  readonly #outputs = new Map<string, number>();
  done = false;

  constructor(io: Io, expression: Expression, follow: "P" | "L" | "H") {
    this.#io = io;
    this.#expression = expression;
    this.#follow = follow;
    this.#names = new Names(io.sys);
    this.#now = io.sys.now();
  }

  #fail(text: string): void {
    this.#io.warn(text);
    this.#io.status = 1;
  }

  *visit(path: string, start: string, depth: number, device: number | undefined): Task<void> {
    const sys = this.#io.sys;
    const { maxDepth, minDepth, depthFirst, oneSystem } = this.#expression;
    const deref = this.#follow === "L" || (this.#follow === "H" && depth === 0);
    const own = sys.lstat(path);
    const followed = deref ? sys.stat(path) : own;
    const stat = isErrno(followed) ? own : followed;
    if (isErrno(stat)) return this.#fail(`${quote(path)}: ${stat.text}`);
    const met: Met = { path, start, depth, stat };
    let outcome: Outcome = "on";
    if (!depthFirst && depth >= minDepth) outcome = yield* this.#try(met);
    if (outcome === "quit") return;
    const foreign = oneSystem && device !== undefined && stat.dev !== device;
    if (stat.type === "directory" && depth < maxDepth && (outcome !== "prune" || depthFirst) && !foreign) {
      const entries = sys.readdir(path);
      if (isErrno(entries)) this.#fail(`${quote(path)}: ${entries.text}`);
      else {
        for (const entry of entries) {
          yield* this.visit(joinPath(path, entry.name), start, depth + 1, device ?? stat.dev);
          if (this.done) return;
        }
      }
    }
    if (depthFirst && depth >= minDepth) yield* this.#try(met);
    if (this.#io.full) yield* this.#io.drain();
    if (sys.due()) yield* sys.rest();
  }

  *#try(met: Met): Task<Outcome> {
    let pruned = false;
    const leaf = (one: Test | Action): Task<boolean> | boolean => {
      if (one.kind === "prune") {
        pruned = true;
        return true;
      }
      if (one.kind === "quit") {
        this.done = true;
        return true;
      }
      return isAction(one) ? this.#act(one, met) : this.#test(one, met);
    };
    const truth = this.#expression.tree === undefined ? true : yield* this.#evaluate(this.#expression.tree, leaf);
    if (truth && !this.#expression.acts) this.#io.print(`${met.path}\n`);
    return this.done ? "quit" : pruned ? "prune" : "on";
  }

  *#evaluate(node: Node, leaf: (one: Test | Action) => Task<boolean> | boolean): Task<boolean> {
    if (node.op === "leaf") {
      const result = leaf(node.leaf);
      return typeof result === "boolean" ? result : yield* result;
    }
    if (node.op === "not") return !(yield* this.#evaluate(node.of, leaf));
    const left = yield* this.#evaluate(node.left, leaf);
    if (this.done) return left;
    if (node.op === "and") return left && (yield* this.#evaluate(node.right, leaf));
    if (node.op === "or") return left || (yield* this.#evaluate(node.right, leaf));
    return yield* this.#evaluate(node.right, leaf);
  }

  #test(test: Test, met: Met): boolean {
    const { stat, path } = met;
    switch (test.kind) {
      case "name": {
        let subject = test.whole ? path : lastPart(path);
        if (test.link) {
          const target = stat.type === "symlink" ? this.#io.sys.readlink(path) : undefined;
          if (target === undefined || isErrno(target)) return false;
          subject = target;
        }
        return matchGlob(test.pattern, subject, { ignoreCase: test.fold });
      }
      case "regex":
        return test.regex.test(path);
      case "type": {
        if (!test.target) return test.types.has(stat.type);
        const other = this.#follow === "L" ? this.#io.sys.lstat(path) : this.#io.sys.stat(path);
        return test.types.has(isErrno(other) ? stat.type : other.type);
      }
      case "size":
        return compare(test.count, Math.ceil(stat.size / test.unit));
      case "age": {
        const { count, unit } = test;
        const origin = test.floor ? Math.ceil((this.#now + 1) / 86400000) * 86400000 : this.#now;
        const age = (origin - stat[test.field]) / unit;
        if (count.sign === "+") return Math.floor(age) > count.value;
        return count.sign === "-"
          ? age < count.value && (unit < 100000 || Math.floor(age) < count.value)
          : unit < 100000
            ? Math.ceil(age) === count.value
            : Math.floor(age) === count.value;
      }
      case "newer":
        return stat[test.field] > test.than;
      case "number":
        return compare(test.count, stat[test.field]);
      case "unowned":
        return (test.field === "uid" ? this.#names.user(stat.uid) : this.#names.group(stat.gid)) === undefined;
      case "perm": {
        const wanted = test.change(0, stat.type === "directory", 0);
        if (test.match === "exact") return stat.mode === wanted;
        return test.match === "all" ? (stat.mode & wanted) === wanted : wanted === 0 || (stat.mode & wanted) !== 0;
      }
      case "access":
        return !isErrno(this.#io.sys.access(path, test.want));
      case "samefile":
        return stat.ino === test.stat.ino && stat.dev === test.stat.dev;
      case "empty": {
        if (stat.type === "file") return stat.size === 0;
        const entries = stat.type === "directory" ? this.#io.sys.readdir(path) : undefined;
        return entries !== undefined && !isErrno(entries) && entries.length === 0;
      }
      default:
        return test.kind === "true";
    }
  }

  *#act(action: Action, met: Met): Task<boolean> {
    const io = this.#io;
    switch (action.kind) {
      case "print":
        return yield* this.#put(action.file, met.path + action.end);
      case "printf": {
        const { text, stop } = formatEntry(io, this.#names, action.format, met);
        if (stop) yield* io.flush();
        return yield* this.#put(action.file, text);
      }
      case "ls":
        return yield* this.#put(action.file, longLine(io, this.#names, met));
      case "delete": {
        if (met.path === ".") return true;
        const problem = met.stat.type === "directory" ? io.sys.rmdir(met.path) : io.sys.unlink(met.path);
        if (problem !== undefined) this.#fail(`cannot delete ${quote(met.path)}: ${problem.text}`);
        return problem === undefined;
      }
      case "exec":
        return yield* this.#exec(action, met);
      default:
        return true;
    }
  }

  *#put(file: string | undefined, text: string): Task<boolean> {
    if (file === undefined || file === "/dev/stdout") {
      this.#io.print(text);
      return true;
    }
    let fd = this.#outputs.get(file);
    if (fd === undefined) {
      const opened = this.#io.sys.open(file, { write: true, create: true, truncate: true });
      if (isErrno(opened)) return yield* this.#io.die(1, `${quote(file)}: ${opened.text}`);
      fd = opened;
      this.#outputs.set(file, fd);
    }
    yield* this.#io.sys.write(fd, text);
    return true;
  }

  *#exec(action: Extract<Action, { kind: "exec" }>, met: Met): Task<boolean> {
    const folder = action.dir
      ? met.path.includes("/")
        ? met.path.slice(0, met.path.lastIndexOf("/") + 1)
        : "."
      : undefined;
    const name = action.dir ? `./${lastPart(met.path)}` : met.path;
    if (action.many) {
      const batch = this.#batches.get(action.id) ?? { action, names: [], folder };
      if (folder !== batch.folder || batch.names.length >= 4000) {
        yield* this.#runBatch(batch);
        batch.names = [];
        batch.folder = folder;
      }
      batch.names.push(name);
      this.#batches.set(action.id, batch);
      return true;
    }
    const words = action.words.map((word) => word.replaceAll("{}", name));
    if (action.ask) {
      const shown = `< ${action.words[0]} ... ${name} > ? `;
      yield* this.#io.flush();
      if (!(yield* this.#ask(shown))) return false;
    }
    return (yield* this.#run(words, folder)) === 0;
  }

  *#ask(question: string): Task<boolean> {
    this.#io.printError(question);
    yield* this.#io.flush();
    let line = "";
    for (;;) {
      const bytes = yield* this.#io.sys.read(0, 1);
      if (isErrno(bytes) || bytes.length === 0 || bytes[0] === 10) break;
      line += String.fromCharCode(bytes[0] ?? 0);
    }
    return /^[yY]/.test(line);
  }

  *#runBatch(batch: {
    action: Extract<Action, { kind: "exec" }>;
    names: readonly string[];
    folder: string | undefined;
  }): Task<void> {
    if (batch.names.length === 0) return;
    const words = batch.action.words.flatMap((word) => (word === "{}" ? batch.names : [word]));
    if ((yield* this.#run(words, batch.folder)) !== 0) this.#io.status = 1;
  }

  *#run(words: readonly string[], folder: string | undefined): Task<number> {
    const io = this.#io;
    const sys = io.sys;
    yield* io.flush();
    const name = words[0] ?? "";
    const path = searchPath(sys, name);
    const pid =
      path === undefined
        ? undefined
        : sys.spawn({ path, argv: words, ...(folder === undefined ? {} : { cwd: folder }) });
    if (pid === undefined || isErrno(pid)) {
      io.warn(`${quote(name)}: ${pid === undefined ? "No such file or directory" : pid.text}`);
      return 1;
    }
    const ended = yield* sys.waitpid(pid);
    if (ended === undefined || isErrno(ended)) return 1;
    return ended.status.kind === "exited" ? ended.status.code : 128;
  }

  *finish(): Task<void> {
    for (const batch of this.#batches.values()) yield* this.#runBatch(batch);
    for (const fd of this.#outputs.values()) this.#io.sys.close(fd);
  }
}

const ACTIONS: ReadonlySet<string> = new Set(["print", "printf", "ls", "exec", "delete", "prune", "quit"]);

function isAction(leaf: Test | Action): leaf is Action {
  return ACTIONS.has(leaf.kind);
}
