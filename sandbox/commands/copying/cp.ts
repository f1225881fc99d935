// cp: copies files and folders.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { quote, quoteAlways } from "../../lib/quote.ts";
import { lastPart } from "../basename.ts";
import { defineCommand, type Io } from "../define.ts";
import { joinPath } from "./common.ts";
import { type CopyOptions, copyEntry, createCopyState } from "./copy.ts";

const ATTRIBUTES = ["mode", "timestamps", "ownership", "links", "context", "xattr", "all"] as const;

function readOptions(io: Io): CopyOptions | { bad: string; option: string } {
  const keep = new Set<string>();
  let follow: "P" | "L" | "H" | undefined;
  let exists: CopyOptions["exists"] = "overwrite";
  let update = false;
  for (const [key, value] of io.options) {
    if (key === "p") for (const one of ["mode", "timestamps", "ownership"]) keep.add(one);
    if (key === "a") for (const one of ATTRIBUTES) keep.add(one);
    if (key === "a" || key === "d" || key === "P") follow = "P";
    if (key === "d") keep.add("links");
    if (key === "L" || key === "H") follow = key;
    if (key === "i") exists = "ask";
    if (key === "n") exists = "skip";
    if (key === "f" && exists === "ask") exists = "ask";
    if (key === "u") update = true;
    if (key === "update") {
      update = value === undefined || "older".startsWith(value);
      if (value?.startsWith("none")) exists = "skip";
    }
    if (key === "preserve" || key === "no-preserve") {
      for (const word of (value ?? "mode,timestamps,ownership").split(",")) {
        const name = ATTRIBUTES.find((one) => one.startsWith(word));
        if (name === undefined) return { bad: word, option: `--${key}` };
        if (key === "no-preserve") keep.delete(name);
        else if (name === "all") for (const one of ATTRIBUTES) keep.add(one);
        else keep.add(name);
      }
    }
  }
  const recursive = io.has("r") || io.has("a");
  return {
    recursive,
    followTop: follow === "L" || follow === "H" || (follow === undefined && !recursive),
    followAll: follow === "L" || (follow === undefined && !recursive),
    keepMode: keep.has("mode"),
    plainMode:
      !keep.has("mode") &&
      io.options.some(([key, value]) => key === "no-preserve" && /(^|,)(mode|all)/.test(value ?? "")),
    keepOwner: keep.has("ownership"),
    keepTimes: keep.has("timestamps"),
    keepLinks: keep.has("links"),
    force: io.has("f"),
    removeFirst: io.has("remove-destination"),
    exists,
    update,
    how: io.has("l") ? "link" : io.has("s") ? "symlink" : io.has("attributes-only") ? "attributes" : "copy",
    verbose: io.has("v"),
    oneSystem: io.has("x"),
    copyContents: io.has("copy-contents"),
  };
}

export const cp = defineCommand({
  name: "cp",
  summary: "Copy SOURCE to DEST, or multiple SOURCE(s) to DIRECTORY.",
  usage: ["[OPTION]... [-T] SOURCE DEST", "[OPTION]... SOURCE... DIRECTORY", "[OPTION]... -t DIRECTORY SOURCE..."],
  options: `
    a,archive  same as -dR --preserve=all
    ,attributes-only  don't copy the file data, just the attributes
    ,backup[=CONTROL]  make a backup of each existing destination file
    b  like --backup but does not accept an argument
    ,copy-contents  copy contents of special files when recursive
    d  same as --no-dereference --preserve=links
    f,force  if a destination file cannot be opened, remove it and try again
    i,interactive  prompt before overwrite
    H  follow command-line symbolic links in SOURCE
    l,link  hard link files instead of copying
    L,dereference  always follow symbolic links in SOURCE
    n,no-clobber  do not overwrite an existing file
    P,no-dereference  never follow symbolic links in SOURCE
    p  same as --preserve=mode,ownership,timestamps
    ,preserve[=ATTR_LIST]  preserve the specified attributes
    ,no-preserve=ATTR_LIST  don't preserve the specified attributes
    ,parents  use full source file name under DIRECTORY
    r|R,recursive  copy directories recursively
    ,reflink[=WHEN]  control clone/CoW copies
    ,remove-destination  remove each existing destination file first
    ,sparse=WHEN  control creation of sparse files
    ,strip-trailing-slashes  remove any trailing slashes from each SOURCE
    s,symbolic-link  make symbolic links instead of copying
    S,suffix=SUFFIX  override the usual backup suffix
    t,target-directory=DIRECTORY  copy all SOURCE arguments into DIRECTORY
    T,no-target-directory  treat DEST as a normal file
    u  copy only when the SOURCE file is newer
    ,update[=WHEN]  control which existing files are updated
    v,verbose  explain what is being done
    x,one-file-system  stay on this file system
    Z  set SELinux security context of destination file to default type
    ,context[=CTX]  like -Z, or set the context to CTX`,
  *run(io) {
    const options = readOptions(io);
    if ("bad" in options) {
      io.warn(`invalid argument ${quote(options.bad)} for ${quote(options.option)}`);
      io.printError(`Valid arguments are:\n${ATTRIBUTES.map((one) => `  - ${quote(one)}\n`).join("")}`);
      return yield* io.usageError("");
    }
    const plan = yield* planTargets(io, io.has("strip-trailing-slashes"));
    const state = createCopyState();
    for (const { from, to, folder } of plan) {
      if (from.endsWith("/") && !options.recursive && isErrno(io.sys.stat(from)) === false && to === from) continue;
      if (io.has("parents") && folder !== undefined) {
        if (!makeParents(io, folder, from, options)) continue;
        yield* copyEntry(io, from, joinPath(folder, from.replace(/^\/+/, "").replace(/\/+$/, "")), options, state);
      } else yield* copyEntry(io, from, to, options, state);
      if (io.full) yield* io.drain();
    }
    return undefined;
  },
});

/** --parents: makes the folders of a source below the target. */
function makeParents(io: Io, folder: string, from: string, options: CopyOptions): boolean {
  const parts = from
    .replace(/\/+$/, "")
    .split("/")
    .filter((part) => part !== "")
    .slice(0, -1);
  let source = from.startsWith("/") ? "" : ".";
  let target = folder;
  for (const part of parts) {
    source = `${source}/${part}`;
    target = joinPath(target, part);
    const stat = io.sys.stat(source);
    const mode = isErrno(stat) ? 0o777 : stat.mode & 0o777;
    const shown = source.replace(/^\.\//, "");
    const problem = io.sys.mkdir(target, mode);
    if (problem === undefined && options.verbose) io.print(`${shown} -> ${target}\n`);
    if (problem !== undefined && problem.code !== "EEXIST") {
      io.warn(`cannot make directory ${quoteAlways(target)}: ${problem.text}`);
      io.status = 1;
      return false;
    }
  }
  return true;
}

export interface Target {
  readonly from: string;
  readonly to: string;
  /** The folder that everything goes into, where there is one. */
  readonly folder: string | undefined;
}

/** What goes where, after -t, -T and the last operand; usage errors as cp and mv word them. */
export function* planTargets(io: Io, strip: boolean): Task<Target[]> {
  const sys = io.sys;
  const clean = (path: string) => (strip ? path.replace(/(.)\/+$/, "$1") : path);
  const words = io.operands;
  const folder = io.value("t");
  const [first] = words;
  if (first === undefined || (words.length === 1 && folder === undefined)) {
    if (first === undefined) return yield* io.usageError("missing file operand");
    return yield* io.usageError(`missing destination file operand after ${quoteAlways(first)}`);
  }
  const into = (target: string, sources: readonly string[]): Target[] =>
    sources.map((from) => ({
      from: clean(from),
      to: joinPath(target, lastPart(from) === ".." ? "" : lastPart(from)),
      folder: target,
    }));
  if (folder !== undefined) {
    if (io.has("T")) return yield* io.die(1, "cannot combine --target-directory (-t) and --no-target-directory (-T)");
    const stat = sys.stat(folder);
    if (isErrno(stat)) return yield* io.die(1, `target directory ${quoteAlways(folder)}: ${stat.text}`);
    if (stat.type !== "directory") return yield* io.die(1, `target directory ${quoteAlways(folder)}: Not a directory`);
    return into(folder, words);
  }
  const last = words.at(-1) ?? "";
  if (io.has("T")) {
    if (words[2] !== undefined) return yield* io.usageError(`extra operand ${quoteAlways(words[2])}`);
    return [{ from: clean(first), to: last, folder: undefined }];
  }
  const stat = sys.stat(last);
  if (!isErrno(stat) && stat.type === "directory") return into(last, words.slice(0, -1));
  if (words.length > 2)
    return yield* io.die(1, `target ${quoteAlways(last)}: ${isErrno(stat) ? stat.text : "Not a directory"}`);
  if (io.has("parents")) return yield* io.usageError("with --parents, the destination must be a directory");
  return [{ from: clean(first), to: last, folder: undefined }];
}
