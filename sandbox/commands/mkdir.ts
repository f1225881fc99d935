// mkdir and rmdir: make and remove folders.

import { errno, isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { parseMode } from "../lib/modes.ts";
import { quote, quoteAlways } from "../lib/quote.ts";
import { defineCommand, type Io } from "./define.ts";

export const mkdir = defineCommand({
  name: "mkdir",
  summary: "Create the DIRECTORY(ies), if they do not already exist.",
  usage: ["[OPTION]... DIRECTORY..."],
  options: `
    m,mode=MODE  set file mode (as in chmod), not a=rwx - umask
    p,parents  no error if existing, make parent directories as needed
    v,verbose  print a message for each created directory
    Z  set SELinux security context to the default type
    ,context[=CTX]  like -Z, or set the context to CTX`,
  *run(io, sys) {
    if (io.operands.length === 0) return yield* io.usageError("missing operand");
    const mode = io.value("m");
    const change = mode === undefined ? undefined : parseMode(mode);
    if (mode !== undefined && change === undefined) return yield* io.die(1, `invalid mode ${quote(mode)}`);
    for (const path of io.operands) {
      if (io.has("p")) {
        makeParents(io, path, change?.(0o777, true, sys.umask()));
        continue;
      }
      const wanted = change?.(0o777, true, sys.umask());
      const problem = sys.mkdir(path, wanted ?? 0o777);
      if (isErrno(problem)) {
        io.warn(`cannot create directory ${quote(path)}: ${problem.text}`);
        io.status = 1;
        continue;
      }
      if (wanted !== undefined) sys.chmod(path, wanted);
      if (io.has("v")) io.print(`${io.name}: created directory ${quoteAlways(path)}\n`);
    }
    return undefined;
  },
});

/** Makes all that is missing of a path; parents get write and search rights for the owner. */
function makeParents(io: Io, path: string, mode: number | undefined): void {
  const sys = io.sys;
  const parts = path.split(/(?<=[^/])\/+/);
  let made = "";
  for (const [i, part] of parts.entries()) {
    if (part === "" && i > 0) continue;
    made += (i > 0 ? "/" : "") + part;
    const last = i === parts.length - 1 || parts.slice(i + 1).every((rest) => rest === "");
    const problem = sys.mkdir(made, 0o777);
    if (problem === undefined) {
      if (last && mode !== undefined) sys.chmod(made, mode);
      if (io.has("v")) io.print(`${io.name}: created directory ${quoteAlways(made)}\n`);
      continue;
    }
    const there = sys.stat(made);
    if (!isErrno(there) && there.type === "directory") continue;
    const why = problem.code === "EEXIST" && !last ? errno("ENOTDIR") : problem;
    io.warn(`cannot create directory ${quote(made)}: ${why.text}`);
    io.status = 1;
    return;
  }
}

export const rmdir = defineCommand({
  name: "rmdir",
  summary: "Remove the DIRECTORY(ies), if they are empty.",
  usage: ["[OPTION]... DIRECTORY..."],
  options: `
    ,ignore-fail-on-non-empty  ignore each failure to remove a non-empty directory
    p,parents  remove DIRECTORY and its ancestors
    v,verbose  output a diagnostic for every directory processed`,
  *run(io) {
    if (io.operands.length === 0) return yield* io.usageError("missing operand");
    for (const path of io.operands) yield* removeChain(io, path);
    return undefined;
  },
});

function* removeChain(io: Io, path: string): Task<void> {
  let current = path;
  for (let first = true; current !== "" && current !== "."; first = false) {
    if (io.has("v")) io.print(`${io.name}: removing directory, ${quoteAlways(current)}\n`);
    const problem = io.sys.rmdir(current);
    if (problem !== undefined) {
      if (problem.code === "ENOTEMPTY" && io.has("ignore-fail-on-non-empty")) return;
      io.warn(`failed to remove ${first ? "" : "directory "}${quoteAlways(current)}: ${problem.text}`);
      io.status = 1;
      return;
    }
    const parent = current.replace(/\/+$/, "").replace(/\/*[^/]*$/, "");
    if (!io.has("p") || parent === "") return;
    current = parent;
  }
}
