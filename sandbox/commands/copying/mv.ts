// mv: renames, or copies and removes where the target is on another file system.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { quoteAlways } from "../../lib/quote.ts";
import { removeTree } from "../../lib/remove-tree.ts";
import { defineCommand, type Io } from "../define.ts";
import { backupName, confirm, wantsBackup } from "./common.ts";
import { type CopyOptions, copyEntry, createCopyState, overwriteQuestion } from "./copy.ts";
import { planTargets } from "./cp.ts";

const ACROSS: CopyOptions = {
  recursive: true,
  followTop: false,
  followAll: false,
  keepMode: true,
  plainMode: false,
  keepOwner: true,
  keepTimes: true,
  keepLinks: true,
  force: true,
  removeFirst: false,
  exists: "overwrite",
  update: false,
  how: "copy",
  verbose: false,
  oneSystem: false,
  copyContents: false,
};

export const mv = defineCommand({
  name: "mv",
  summary: "Rename SOURCE to DEST, or move SOURCE(s) to DIRECTORY.",
  usage: ["[OPTION]... [-T] SOURCE DEST", "[OPTION]... SOURCE... DIRECTORY", "[OPTION]... -t DIRECTORY SOURCE..."],
  options: `
    ,backup[=CONTROL]  make a backup of each existing destination file
    b  like --backup but does not accept an argument
    f,force  do not prompt before overwriting
    i,interactive  prompt before overwrite
    n,no-clobber  do not overwrite an existing file
    ,strip-trailing-slashes  remove any trailing slashes from each SOURCE
    S,suffix=SUFFIX  override the usual backup suffix
    t,target-directory=DIRECTORY  move all SOURCE arguments into DIRECTORY
    T,no-target-directory  treat DEST as a normal file
    u  move only when the SOURCE file is newer
    ,update[=WHEN]  control which existing files are updated
    v,verbose  explain what is being done
    Z,context  set SELinux security context of destination file to default type`,
  *run(io) {
    const plan = yield* planTargets(io, io.has("strip-trailing-slashes"));
    for (const { from, to } of plan) {
      yield* moveOne(io, from, to);
      if (io.full) yield* io.drain();
    }
    return undefined;
  },
});

function* moveOne(io: Io, from: string, to: string): Task<void> {
  const sys = io.sys;
  const fail = (text: string) => {
    io.warn(text);
    io.status = 1;
  };
  const source = sys.lstat(from.replace(/(.)\/+$/, "$1"));
  if (from.endsWith("/") && !isErrno(source) && source.type !== "directory") {
    return fail(
      source.type === "symlink"
        ? `cannot move ${quoteAlways(from)} to ${quoteAlways(to)}: Not a directory`
        : `cannot stat ${quoteAlways(from)}: Not a directory`,
    );
  }
  if (isErrno(source)) return fail(`cannot stat ${quoteAlways(from)}: ${source.text}`);
  const target = sys.lstat(to);
  let backup: string | undefined;
  if (!isErrno(target)) {
    if (
      target.ino === source.ino &&
      target.dev === source.dev &&
      (source.type === "directory" || source.nlink < 2 || from === to)
    ) {
      if (source.type === "directory")
        return fail(`cannot move ${quoteAlways(from)} to a subdirectory of itself, ${quoteAlways(to)}`);
      return fail(`${quoteAlways(from)} and ${quoteAlways(to)} are the same file`);
    }
    const asking = io.options.findLast(([key]) => key === "i" || key === "n" || key === "f")?.[0];
    if (source.type === "directory" && target.type !== "directory") {
      if (asking === "n") return;
      return fail(`cannot overwrite non-directory ${quoteAlways(to)} with directory ${quoteAlways(from)}`);
    }
    if (asking === "n" || (io.has("update") && io.value("update")?.startsWith("none"))) return;
    if (source.type !== "directory" && target.type === "directory")
      return fail(`cannot overwrite directory ${quoteAlways(to)} with non-directory`);
    if ((io.has("u") || io.has("update")) && source.mtime <= target.mtime) return;
    const unwritable = target.type !== "symlink" && isErrno(sys.access(to, "w")) && sys.isatty(0);
    if (
      (asking === "i" || (asking === undefined && unwritable)) &&
      !(yield* confirm(io, overwriteQuestion(io, to, target)))
    ) {
      return;
    }
    if (wantsBackup(io)) {
      backup = backupName(io, to);
      sys.rename(to, backup);
    }
  }
  const problem = sys.rename(from.replace(/(.)\/+$/, "$1"), to);
  if (problem?.code === "EINVAL")
    return fail(`cannot move ${quoteAlways(from)} to a subdirectory of itself, ${quoteAlways(to)}`);
  const across = problem?.code === "EXDEV";
  if (across) {
    if (!isErrno(target) && target.type !== "directory") sys.unlink(to);
    const copied = yield* copyEntry(io, from, to, ACROSS, createCopyState());
    if (!copied) return;
    removeTree(sys, from);
  } else if (problem !== undefined) {
    return fail(`cannot move ${quoteAlways(from)} to ${quoteAlways(to)}: ${problem.text}`);
  }
  if (!io.has("v")) return;
  io.print(
    `${across ? "copied" : "renamed"} ${quoteAlways(from)} -> ${quoteAlways(to)}${backup === undefined ? "" : ` (backup: ${quoteAlways(backup)})`}\n`,
  );
  if (across) io.print(`removed ${source.type === "directory" ? "directory " : ""}${quoteAlways(from)}\n`);
}
