// chmod: changes mode bits, by number, by symbols or after another file.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { formatPermissions, type ModeChange, parseMode } from "../lib/modes.ts";
import { quote, quoteAlways } from "../lib/quote.ts";
import { defineCommand, type Io } from "./define.ts";

interface Job {
  readonly change: ModeChange;
  /** The same change as if the umask were 0, to tell surprises of `chmod -w`. */
  readonly surprise: boolean;
  readonly verbose: boolean;
  readonly changes: boolean;
  readonly silent: boolean;
}

/** `-rwx` and the like are modes, not options; chmod takes the letters that way itself. */
function splitModes(args: readonly string[]): { args: string[]; mode: string | undefined } {
  const rest: string[] = [];
  let mode: string | undefined;
  for (const [i, word] of args.entries()) {
    if (word === "--") {
      rest.push(...args.slice(i));
      break;
    }
    const found = /^-([Rcfv]*)([rwxXstugoa,+=0-7].*)$/.exec(word);
    if (found === null) {
      rest.push(word);
      continue;
    }
    if (found[1] !== "") rest.push(`-${found[1]}`);
    mode = `${mode === undefined ? "" : `${mode},`}-${found[2]}`;
  }
  return { args: rest, mode };
}

const show = (mode: number) => `${mode.toString(8).padStart(4, "0")} (${formatPermissions(mode)})`;

export const chmod = defineCommand({
  name: "chmod",
  summary: "Change the mode of each FILE to MODE, or to that of RFILE.",
  usage: [
    "[OPTION]... MODE[,MODE]... FILE...",
    "[OPTION]... OCTAL-MODE FILE...",
    "[OPTION]... --reference=RFILE FILE...",
  ],
  options: `
    c,changes  like verbose but report only when a change is made
    f,silent~quiet  suppress most error messages
    v,verbose  output a diagnostic for every file processed
    ,no-preserve-root  do not treat '/' specially (the default)
    ,preserve-root  fail to operate recursively on '/'
    ,reference=RFILE  use RFILE's mode instead of MODE values
    R,recursive  change files and directories recursively
    \x01,mode-word=MODE`,
  prepare: (args) => {
    const { args: rest, mode } = splitModes(args);
    return mode === undefined ? rest : [`--mode-word=${mode}`, ...rest];
  },
  *run(io, sys) {
    const words = [...io.operands];
    const reference = io.value("reference");
    const dashed = io.value("\x01");
    const mode = reference === undefined ? (dashed ?? words.shift()) : undefined;
    if (mode !== undefined && reference !== undefined)
      return yield* io.usageError("cannot combine mode and --reference options");
    if (words.length === 0) {
      if (mode === undefined || dashed !== undefined) return yield* io.usageError("missing operand");
      return yield* io.usageError(`missing operand after ${quote(mode)}`);
    }
    let change: ModeChange | undefined;
    if (reference !== undefined) {
      const stat = sys.stat(reference);
      if (isErrno(stat)) return yield* io.die(1, `failed to get attributes of ${quoteAlways(reference)}: ${stat.text}`);
      change = () => stat.mode;
    } else change = parseMode(mode ?? "");
    if (change === undefined) return yield* io.usageError(`invalid mode: ${quote(mode ?? "")}`);
    if (io.has("R") && io.has("preserve-root") && words.includes("/")) {
      io.warn("it is dangerous to operate recursively on '/'");
      return yield* io.die(1, "use --no-preserve-root to override this failsafe");
    }
    const job: Job = {
      change,
      surprise: dashed !== undefined,
      verbose: io.has("v"),
      changes: io.has("c"),
      silent: io.has("f"),
    };
    for (const path of words) yield* changeOne(io, job, path, true);
    return undefined;
  },
});

function fail(io: Io, job: Job, text: string): void {
  if (!job.silent) io.warn(text);
  io.status = 1;
}

function* changeOne(io: Io, job: Job, path: string, top: boolean): Task<void> {
  const sys = io.sys;
  const own = sys.lstat(path);
  const stat = top ? sys.stat(path) : own;
  if (isErrno(own) || isErrno(stat)) {
    if (!isErrno(own)) fail(io, job, `cannot operate on dangling symlink ${quoteAlways(path)}`);
    else fail(io, job, `cannot access ${quoteAlways(path)}: ${own.text}`);
    if (job.verbose) io.print(`${quoteAlways(path)} could not be accessed\n`);
    return;
  }
  if (!top && stat.type === "symlink") {
    if (job.verbose) io.print(`neither symbolic link ${quoteAlways(path)} nor referent has been changed\n`);
    return;
  }
  const directory = stat.type === "directory";
  const mode = job.change(stat.mode, directory, sys.umask());
  const problem = sys.chmod(path, mode);
  if (problem !== undefined) fail(io, job, `changing permissions of ${quoteAlways(path)}: ${problem.text}`);
  if (job.verbose || (job.changes && problem === undefined && mode !== stat.mode)) {
    if (problem !== undefined)
      io.print(`failed to change mode of ${quoteAlways(path)} from ${show(stat.mode)} to ${show(mode)}\n`);
    else if (mode === stat.mode) io.print(`mode of ${quoteAlways(path)} retained as ${show(mode)}\n`);
    else io.print(`mode of ${quoteAlways(path)} changed from ${show(stat.mode)} to ${show(mode)}\n`);
  }
  if (job.surprise && problem === undefined) {
    const naive = job.change(mode, directory, 0);
    if (mode & ~naive) {
      fail(io, job, `${path}: new permissions are ${formatPermissions(mode)}, not ${formatPermissions(naive)}`);
    }
  }
  if (!io.has("R") || !directory) return;
  const entries = sys.readdir(path);
  if (isErrno(entries)) return fail(io, job, `cannot read directory ${quoteAlways(path)}: ${entries.text}`);
  for (const entry of entries) {
    yield* changeOne(io, job, `${path.replace(/\/$/, "")}/${entry.name}`, false);
    if (sys.due()) yield* sys.rest();
  }
}
