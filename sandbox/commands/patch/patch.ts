// patch: applies differences to files.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { defineCommand, type Io } from "../define.ts";
import { apply, contextOf, createTarget, finish, locate } from "./apply.ts";
import { type FilePatch, type Hunk, Malformed, printHunk, readPatches, reverseHunk } from "./read.ts";

const MAX_FUZZ = 2;

/** A question to whoever sits at the terminal; "" where nobody does, or where the input has ended once. */
function* ask({ io, tty }: Job, question: string): Task<string> {
  io.print(question);
  yield* io.flush();
  const fd = tty.ended ? undefined : io.sys.open("/dev/tty", { read: true });
  const got = fd === undefined || isErrno(fd) ? fd : yield* io.sys.read(fd);
  if (typeof fd === "number") io.close(fd);
  const line = got === undefined || isErrno(got) ? "" : decode(got);
  if (line === "") {
    tty.ended = true;
    io.print("\n");
  }
  return line.trim();
}

/** A name without its first folders: `-p`. Without -p only the last part counts. */
function strip(name: string, count: number | undefined): string {
  if (name === "" || name === "/dev/null") return "";
  if (count === undefined) return name.slice(name.lastIndexOf("/") + 1);
  let rest = name;
  for (let i = 0; i < count; i++) {
    const at = rest.search(/\/+/);
    if (at < 0) return "";
    rest = rest.slice(at).replace(/^\/+/, "");
  }
  return rest;
}

/** The file that a patch means: of those that are there the one with the fewest folders, then the shortest name. */
function choose(io: Io, patch: FilePatch, count: number | undefined, reverse: boolean): string | undefined {
  const names = [strip(patch.oldName, count), strip(patch.newName, count)].filter((name) => name !== "");
  const there = names.filter((name) => !isErrno(io.sys.stat(name)));
  const depth = (name: string) => name.split("/").length;
  const base = (name: string) => name.length - name.lastIndexOf("/");
  const best = there.sort((a, b) => depth(a) - depth(b) || base(a) - base(b) || a.length - b.length)[0];
  if (best !== undefined) return best;
  return (reverse ? patch.newGone : patch.oldGone) ? names.at(-1) : undefined;
}

interface Job {
  readonly io: Io;
  readonly reverse: boolean;
  readonly dry: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly force: boolean;
  readonly forward: boolean;
  readonly batch: boolean;
  readonly fuzz: number;
  readonly tty: { ended: boolean };
}

/** Whether a patch that looks applied already is to be turned round, tried all the same or left. */
function* whatNow(job: Job, found: string): Task<"reverse" | "anyway" | "skip"> {
  const { io } = job;
  if (job.forward) {
    io.print(`${found}  Skipping patch.\n`);
    return "skip";
  }
  if (job.batch) {
    io.print(`${found}  ${job.reverse ? "Ignoring" : "Assuming"} -R.\n`);
    return "reverse";
  }
  if (/^y/i.test(yield* ask(job, `${found}  ${job.reverse ? "Ignore" : "Assume"} -R? [n] `))) return "reverse";
  if (/^y/i.test(yield* ask(job, "Apply anyway? [n] "))) return "anyway";
  io.print("Skipping patch.\n");
  return "skip";
}

/** Applies one file's patch. */
function* patchFile(job: Job, patch: FilePatch, given: string | undefined): Task<void> {
  const { io } = job;
  const { sys } = io;
  const text = io.value("p");
  const total = patch.hunks.length;
  const some = (n: number) => `${n} out of ${total} hunk${total === 1 ? "" : "s"}`;
  const leading = () => {
    const rule = "--------------------------";
    return patch.leading.length === 0
      ? ""
      : `The text leading up to this was:\n${rule}\n${patch.leading.map((line) => `|${line}\n`).join("")}${rule}\n`;
  };
  if (job.verbose) io.print(`Hmm...  Looks like a ${patch.kind} diff to me...\n${leading()}`);
  let name = given ?? choose(io, patch, text === undefined ? undefined : Number(text), job.reverse);
  if (name === undefined) {
    const strips =
      text === undefined
        ? "Perhaps you should have used the -p or --strip option?"
        : "Perhaps you used the wrong -p or --strip option?";
    io.print(`can't find file to patch at input line ${patch.line}\n${strips}\n${leading()}`);
    while (name === undefined && !job.force && !job.batch) {
      const answer = yield* ask(job, "File to patch: ");
      if (answer !== "" && !isErrno(sys.stat(answer))) name = answer;
      else {
        if (answer !== "") io.print(`${answer}: No such file or directory\n`);
        if (/^(y|$)/i.test(yield* ask(job, "Skip this patch? [y] "))) break;
      }
    }
    if (name === undefined) {
      io.print(`${job.force || job.batch ? "No file to patch.  " : ""}Skipping patch.\n${some(total)} ignored\n`);
      io.status = 1;
      return;
    }
  }
  yield* change(job, patch, name, some);
}

function* change(job: Job, patch: FilePatch, name: string, some: (n: number) => string): Task<void> {
  const { io } = job;
  const { sys } = io;
  const output = io.value("o") ?? name;
  const stat = sys.stat(name);
  const bytes = isErrno(stat) ? new Uint8Array(0) : yield* io.readAll(name);
  if (isErrno(bytes)) return yield* io.die(2, `**** Can't open file ${name} : ${bytes.text}`);
  const target = createTarget(decode(bytes));
  let reverse = job.reverse;
  let [skip, anyway] = [false, job.force];
  const gone = reverse ? patch.newGone : patch.oldGone;
  if (gone && bytes.length > 0 && !anyway) {
    const answer = yield* whatNow(job, `The next patch would create the file ${name},\nwhich already exists!`);
    if (answer === "reverse") reverse = !reverse;
    skip = answer === "skip";
    anyway = answer === "anyway";
  }
  if (!job.quiet && !skip) {
    if (!isErrno(stat) && output === name && isErrno(sys.access(name, "w")))
      io.print(`File ${name} is read-only; trying to patch anyway\n`);
    io.print(`${job.dry ? "checking" : "patching"} file ${output}${output === name ? "" : ` (read from ${name})`}\n`);
  }
  if (job.verbose) io.print("Using Plan A...\n");
  const failed: Hunk[] = [];
  let mismatch = false;
  for (const [i, original] of patch.hunks.entries()) {
    let hunk = reverse ? reverseHunk(original) : original;
    const { head, tail } = contextOf(hunk);
    const most = Math.min(job.fuzz, Math.max(head, tail));
    let at = 0;
    let fuzz = 0;
    for (; fuzz <= most && !skip; fuzz++) {
      at = locate(target, hunk, fuzz, io.has("l"));
      if (at > 0) break;
      if (i > 0 || anyway || reverse !== job.reverse) continue;
      const turned = reverseHunk(hunk);
      at = locate(target, turned, fuzz, io.has("l"));
      if (at === 0) continue;
      const found = `${reverse ? "Unreversed" : "Reversed (or previously applied)"} patch detected!`;
      const answer = yield* whatNow(job, found);
      if (answer === "reverse") {
        reverse = !reverse;
        hunk = turned;
        break;
      }
      at = 0;
      skip = answer === "skip";
      anyway = true;
      fuzz -= 1;
    }
    const moved = at === 0 ? 0 : at - (hunk.oldStart + target.offset);
    const isNull = hunk.lines.every(([kind]) => kind === "+");
    if (at > 0 && !(isNull && hunk.oldStart === 0)) target.offset += moved;
    if (at === 0 || fuzz > 0 || target.offset !== 0) mismatch = true;
    const shown = (at === 0 ? hunk.oldStart + target.offset : at) + target.growth;
    if (at === 0) {
      failed.push(hunk);
      if (!skip) io.print(`Hunk #${i + 1} FAILED at ${shown}.\n`);
      continue;
    }
    apply(target, hunk, at);
    const away = target.offset;
    if (job.verbose || (!job.quiet && (fuzz > 0 || away !== 0)))
      io.print(
        `Hunk #${i + 1} succeeded at ${shown}${fuzz > 0 ? ` with fuzz ${fuzz}` : ""}${away === 0 ? "" : ` (offset ${away} line${Math.abs(away) === 1 ? "" : "s"})`}.\n`,
      );
  }
  const done = failed.length < patch.hunks.length;
  if (!job.dry && !skip && (done || mismatch)) {
    if ((io.has("b") || (mismatch && !io.has("no-backup-if-mismatch"))) && !isErrno(stat)) {
      const backup = `${name}${io.value("z") ?? ".orig"}`;
      sys.writeFile(backup, bytes);
      sys.chmod(backup, stat.mode);
    }
    if (done) save(io, output, finish(target), stat, (reverse ? patch.oldGone : patch.newGone) || io.has("E"));
  }
  if (failed.length > 0) {
    io.status = 1;
    const rejects = io.value("r") ?? `${output}.rej`;
    const saving = !job.dry && (!skip || !gone);
    if (!job.quiet || !skip)
      io.print(
        `${some(failed.length)} ${skip ? "ignored" : "FAILED"}${saving && rejects !== "-" ? ` -- saving rejects to file ${rejects}` : ""}\n`,
      );
    const [a, b] = patch.heads[0] === "" ? [name, name] : patch.heads;
    if (saving && rejects !== "-") sys.writeFile(rejects, `--- ${a}\n+++ ${b}\n${failed.map(printHunk).join("")}`);
  }
  if (job.verbose) io.print("done\n");
}

/** Writes the result in place of the file; an empty one goes where the patch says that it is gone. */
function save(io: Io, path: string, text: string, stat: ReturnType<Io["sys"]["stat"]>, drop: boolean): void {
  const { sys } = io;
  if (text === "" && drop) {
    sys.unlink(path);
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1))
      if (sys.rmdir(path.slice(0, at)) !== undefined) break;
    return;
  }
  for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1)) sys.mkdir(path.slice(0, at));
  if (isErrno(sys.access(path, "w"))) sys.unlink(path);
  const problem = sys.writeFile(path, text);
  if (isErrno(problem)) {
    io.warn(`**** Can't create file ${path} : ${problem.text}`);
    io.status = 2;
  } else if (!isErrno(stat)) sys.chmod(path, stat.mode);
}

export const patch = defineCommand({
  name: "patch",
  package: "diffutils",
  versionText: "GNU patch 2.8",
  summary: "Apply a difference file to an original.",
  usage: ["[OPTION]... [ORIGFILE [PATCHFILE]]"],
  usageStatus: 2,
  hint: "patch: Try 'patch --help' for more information.",
  options: `
    p,strip=NUM  strip NUM leading components from file names
    F,fuzz=LINES  set the fuzz factor to LINES for inexact matching
    l,ignore-whitespace  ignore white space changes between patch and input
    c,context
    e,ed
    n,normal
    u,unified
    N,forward  ignore patches that appear to be reversed or already applied
    R,reverse  assume patches were created with old and new files swapped
    i,input=PATCHFILE  read patch from PATCHFILE instead of stdin
    o,output=FILE  output patched files to FILE
    r,reject-file=FILE  output rejects to FILE
    E,remove-empty-files  remove output files that are empty after patching
    b,backup  back up the original contents of each file
    ,backup-if-mismatch
    ,no-backup-if-mismatch  back up mismatches only if otherwise requested
    z,suffix=SUFFIX  append SUFFIX to backup file names
    t,batch  ask no questions; skip bad-Prereq patches; assume reversed
    f,force  like -t, but ignore bad-Prereq patches, and assume unreversed
    s,quiet~silent  work silently unless an error occurs
    ,verbose  output extra information about the work being done
    ,dry-run  do not actually change any files; just print what would happen
    d,directory=DIR  change the working directory to DIR first
    ,posix
    ,binary`,
  *run(io, sys) {
    if (io.has("e")) return yield* io.notModelled("-e");
    const folder = io.value("d");
    if (folder !== undefined) {
      const problem = sys.chdir(folder);
      if (isErrno(problem)) return yield* io.die(2, `**** Can't change to directory ${folder} : ${problem.text}`);
    }
    const [given, second] = io.operands;
    const source = io.value("i") ?? second ?? "-";
    const bytes = yield* io.readAll(source);
    if (isErrno(bytes)) return yield* io.die(2, `**** Can't open patch file ${source} : ${bytes.text}`);
    const patches = readPatches(decode(bytes));
    if (patches instanceof Malformed) return yield* io.die(2, `**** ${patches.text}`);
    if (patches.length === 0 && bytes.length > 0)
      return yield* io.die(2, "**** Only garbage was found in the patch input.");
    const job: Job = {
      io,
      reverse: io.has("R"),
      dry: io.has("dry-run"),
      quiet: io.has("s"),
      verbose: io.has("verbose"),
      force: io.has("f"),
      forward: io.has("N"),
      batch: io.has("t"),
      fuzz: Number(io.value("F") ?? MAX_FUZZ),
      tty: { ended: false },
    };
    for (const one of patches) {
      yield* patchFile(job, one, given);
      if (io.full) yield* io.drain();
    }
    return undefined;
  },
});
