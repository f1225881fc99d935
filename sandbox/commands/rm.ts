// rm: removes files, and folders with what they hold where asked.

import { type Errno, isErrno } from "../kernel/errno.ts";
import type { Stat, Task } from "../kernel/sys.ts";
import { quoteAlways } from "../lib/quote.ts";
import { lastPart } from "./basename.ts";
import { confirm, fileKind } from "./copying/common.ts";
import { defineCommand, type Io } from "./define.ts";

type Asking = "never" | "protected" | "once" | "always";

function readAsking(io: Io): Asking | { bad: string } {
  let asking: Asking = "protected";
  for (const [key, value] of io.options) {
    if (key === "f") asking = "never";
    else if (key === "i") asking = "always";
    else if (key === "I") asking = "once";
    else if (key === "interactive") {
      const word = value ?? "always";
      if (["never", "no", "none"].some((one) => one.startsWith(word))) asking = "never";
      else if ("once".startsWith(word)) asking = "once";
      else if (["always", "yes"].some((one) => one.startsWith(word))) asking = "always";
      else return { bad: word };
    }
  }
  return asking;
}

export const rm = defineCommand({
  name: "rm",
  summary: "Remove (unlink) the FILE(s).",
  usage: ["[OPTION]... [FILE]..."],
  options: `
    f,force  ignore nonexistent files and arguments, never prompt
    i  prompt before every removal
    I  prompt once before removing more than three files, or recursively
    ,interactive[=WHEN]  prompt according to WHEN: never, once (-I), always (-i)
    ,one-file-system  skip directories on another file system
    ,no-preserve-root  do not treat '/' specially
    ,preserve-root[=all]  do not remove '/' (default)
    r|R,recursive  remove directories and their contents recursively
    d,dir  remove empty directories
    v,verbose  explain what is being done`,
  advice(io) {
    const file = io.args.find((word) => /^-./.test(word) && !isErrno(io.sys.lstat(word)));
    return file === undefined ? "" : `\nTry '${io.name} ./${file}' to remove the file ${quoteAlways(file)}.`;
  },
  *run(io, sys) {
    const asking = readAsking(io);
    if (typeof asking === "object") {
      io.warn(`invalid argument ‘${asking.bad}’ for ‘--interactive’`);
      io.printError("Valid arguments are:\n  - ‘never’, ‘no’, ‘none’\n  - ‘once’\n  - ‘always’, ‘yes’\n");
      return yield* io.usageError("");
    }
    const names = io.operands;
    if (names.length === 0) {
      if (io.options.findLast(([key]) => "fiI".includes(key))?.[0] === "f") return 0;
      return yield* io.usageError("missing operand");
    }
    const recursive = io.has("r");
    if (asking === "once" && (recursive || names.length > 3)) {
      const many = names.length === 1 ? "1 argument" : `${names.length} arguments`;
      if (!(yield* confirm(io, `remove ${many}${recursive ? " recursively" : ""}? `))) return 0;
    }
    for (const name of names) {
      const last = lastPart(name);
      if (recursive && (last === "." || last === "..")) {
        io.warn(`refusing to remove '.' or '..' directory: skipping ${quoteAlways(name)}`);
        io.status = 1;
      } else if (recursive && /^\/+$/.test(name) && !io.has("no-preserve-root")) {
        io.warn("it is dangerous to operate recursively on '/'");
        io.warn("use --no-preserve-root to override this failsafe");
        io.status = 1;
      } else yield* remove(io, asking, name, true);
      if (sys.due()) yield* sys.rest();
    }
    return undefined;
  },
});

function fail(io: Io, path: string, problem: Errno): boolean {
  io.warn(`cannot remove ${quoteAlways(path)}: ${problem.text}`);
  io.status = 1;
  return false;
}

/** Whether the user agrees, where a question is due. */
function* agrees(io: Io, asking: Asking, path: string, stat: Stat, verb: string): Task<boolean> {
  if (asking === "never") return true;
  const protectedFile = stat.type !== "symlink" && isErrno(io.sys.access(path, "w"));
  if (asking !== "always" && !(protectedFile && io.sys.isatty(0))) return true;
  const kind = verb === "descend into" ? "directory" : fileKind(stat);
  return yield* confirm(io, `${verb} ${protectedFile ? "write-protected " : ""}${kind} ${quoteAlways(path)}? `);
}

/** Removes one name; answers whether it is gone. */
function* remove(io: Io, asking: Asking, path: string, top: boolean): Task<boolean> {
  const sys = io.sys;
  const stat = sys.lstat(path);
  if (isErrno(stat)) {
    if (io.has("f") && asking === "never" && (stat.code === "ENOENT" || stat.code === "ENOTDIR") && top) return true;
    return fail(io, path, stat);
  }
  if (stat.type !== "directory") {
    if (!(yield* agrees(io, asking, path, stat, "remove"))) return false;
    const problem = sys.unlink(path);
    if (problem !== undefined) return fail(io, path, problem);
    if (io.has("v")) io.print(`removed ${quoteAlways(path)}\n`);
    return true;
  }
  if (!io.has("r") && !io.has("d")) {
    io.warn(`cannot remove ${quoteAlways(path)}: Is a directory`);
    io.status = 1;
    return false;
  }
  const entries = sys.readdir(path);
  let empty = true;
  if (!isErrno(entries) && io.has("r")) {
    if (entries.length > 0 && !(yield* agrees(io, asking, path, stat, "descend into"))) return false;
    for (const entry of entries) {
      if (!(yield* remove(io, asking, `${path.replace(/\/+$/, "")}/${entry.name}`, false))) empty = false;
      if (io.full) yield* io.drain();
      if (sys.due()) yield* sys.rest();
    }
  } else if (isErrno(entries) && io.has("r")) {
    const problem = sys.rmdir(path);
    return problem === undefined ? true : fail(io, path, entries);
  }
  if (!empty) return false;
  if (!(yield* agrees(io, asking, path, stat, "remove"))) return false;
  const problem = sys.rmdir(path);
  if (problem !== undefined) return fail(io, path, problem);
  if (io.has("v")) io.print(`removed directory ${quoteAlways(path)}\n`);
  return true;
}
