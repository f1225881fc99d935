// ln and link: hard and symbolic links.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { relativePath } from "../lib/paths.ts";
import { quote, quoteAlways, quoteFile } from "../lib/quote.ts";
import { lastPart } from "./basename.ts";
import { backupName, confirm, wantsBackup } from "./copying/common.ts";
import { defineCommand, type Io } from "./define.ts";

export const ln = defineCommand({
  name: "ln",
  summary:
    "Create a link to TARGET with the name LINK_NAME, or links in DIRECTORY. Hard links by default, symbolic links with -s.",
  usage: [
    "[OPTION]... [-T] TARGET LINK_NAME",
    "[OPTION]... TARGET",
    "[OPTION]... TARGET... DIRECTORY",
    "[OPTION]... -t DIRECTORY TARGET...",
  ],
  options: `
    ,backup[=CONTROL]  make a backup of each existing destination file
    b  like --backup but does not accept an argument
    d|F,directory  allow the superuser to attempt to hard link directories
    f,force  remove existing destination files
    i,interactive  prompt whether to remove destinations
    L,logical  dereference TARGETs that are symbolic links
    n,no-dereference  treat LINK_NAME as a normal file if it is a link to a directory
    P,physical  make hard links directly to symbolic links
    r,relative  with -s, create links relative to link location
    s,symbolic  make symbolic links instead of hard links
    S,suffix=SUFFIX  override the usual backup suffix
    t,target-directory=DIRECTORY  specify the DIRECTORY in which to create the links
    T,no-target-directory  treat LINK_NAME as a normal file always
    v,verbose  print name of each linked file`,
  *run(io, sys) {
    const folder = io.value("t");
    const words = io.operands;
    const [first, second] = words;
    if (first === undefined) return yield* io.usageError("missing file operand");
    if (io.has("r") && !io.has("s")) return yield* io.die(1, "cannot do --relative without --symbolic");
    if (folder !== undefined) {
      const stat = sys.stat(folder);
      if (isErrno(stat)) return yield* io.die(1, `failed to access ${quoteAlways(folder)}: ${stat.text}`);
      if (stat.type !== "directory") return yield* io.die(1, `target ${quoteAlways(folder)} is not a directory`);
      for (const target of words) yield* makeLink(io, target, `${folder.replace(/\/$/, "")}/${lastPart(target)}`);
      return undefined;
    }
    if (io.has("T")) {
      if (second === undefined) return yield* io.usageError(`missing destination file operand after ${quote(first)}`);
      if (words[2] !== undefined) return yield* io.usageError(`extra operand ${quote(words[2])}`);
      yield* makeLink(io, first, second);
      return undefined;
    }
    if (second === undefined) {
      yield* makeLink(io, first, `./${lastPart(first)}`);
      return undefined;
    }
    const last = words.at(-1) ?? "";
    const stat = io.has("n") ? sys.lstat(last) : sys.stat(last);
    if (!isErrno(stat) && stat.type === "directory") {
      for (const target of words.slice(0, -1))
        yield* makeLink(io, target, `${last.replace(/\/$/, "")}/${lastPart(target)}`);
      return undefined;
    }
    if (words.length > 2)
      return yield* io.die(1, `target ${quoteAlways(last)}: ${isErrno(stat) ? stat.text : "Not a directory"}`);
    yield* makeLink(io, first, last);
    return undefined;
  },
});

function* makeLink(io: Io, target: string, path: string): Task<void> {
  const sys = io.sys;
  const symbolic = io.has("s");
  const fail = (text: string) => {
    io.warn(text);
    io.status = 1;
  };
  if (!symbolic) {
    const source = io.has("L") ? sys.stat(target) : sys.lstat(target);
    if (isErrno(source)) return fail(`failed to access ${quoteAlways(target)}: ${source.text}`);
    if (source.type === "directory") return fail(`${quoteFile(target)}: hard link not allowed for directory`);
  }
  const text = io.has("r") ? relativePath(sys, target, path) : target;
  const source = symbolic ? undefined : io.has("L") ? sys.realpath(target) : target;
  const attempt = () =>
    symbolic ? sys.symlink(text, path) : sys.link(isErrno(source) ? target : (source ?? target), path);
  let problem = attempt();
  let backup: string | undefined;
  if (problem?.code === "EEXIST" && (io.has("f") || io.has("i") || wantsBackup(io))) {
    const there = sys.lstat(path);
    if (!isErrno(there) && there.type === "directory") return fail(`${quoteAlways(path)}: cannot overwrite directory`);
    const origin = sys.lstat(target);
    if (
      !isErrno(origin) &&
      !isErrno(there) &&
      origin.ino === there.ino &&
      origin.dev === there.dev &&
      (!symbolic || target === path) &&
      !wantsBackup(io)
    ) {
      return fail(`${quoteAlways(target)} and ${quoteAlways(path)} are the same file`);
    }
    if (io.has("i") && !(yield* confirm(io, `replace ${quoteAlways(path)}? `))) return;
    if (wantsBackup(io)) {
      backup = backupName(io, path);
      sys.rename(path, backup);
    } else sys.unlink(path);
    problem = attempt();
  }
  if (problem !== undefined) {
    return fail(
      `failed to create ${symbolic ? "symbolic" : "hard"} link ${quoteAlways(path)}${symbolic || problem.code === "EEXIST" ? "" : ` => ${quoteAlways(target)}`}: ${problem.text}`,
    );
  }
  if (io.has("v"))
    io.print(
      `${backup === undefined ? "" : `${quoteAlways(backup)} ~ `}${quoteAlways(path)} ${symbolic ? "->" : "=>"} ${quoteAlways(text)}\n`,
    );
}

export const link = defineCommand({
  name: "link",
  summary: "Call the link function to create a link named FILE2 to an existing FILE1.",
  usage: ["FILE1 FILE2", "OPTION"],
  options: "",
  *run(io, sys) {
    const [from, to, extra] = io.operands;
    if (from === undefined) return yield* io.usageError("missing operand");
    if (to === undefined) return yield* io.usageError(`missing operand after ${quote(from)}`);
    if (extra !== undefined) return yield* io.usageError(`extra operand ${quote(extra)}`);
    const problem = sys.link(from, to);
    if (problem !== undefined)
      return yield* io.die(1, `cannot create link ${quoteAlways(to)} to ${quoteAlways(from)}: ${problem.text}`);
    return 0;
  },
});

export const unlink = defineCommand({
  name: "unlink",
  summary: "Call the unlink function to remove the specified FILE.",
  usage: ["FILE", "OPTION"],
  options: "",
  *run(io, sys) {
    const [path, extra] = io.operands;
    if (path === undefined) return yield* io.usageError("missing operand");
    if (extra !== undefined) return yield* io.usageError(`extra operand ${quote(extra)}`);
    const problem = sys.unlink(path);
    if (problem !== undefined) return yield* io.die(1, `cannot unlink ${quoteAlways(path)}: ${problem.text}`);
    return 0;
  },
});
