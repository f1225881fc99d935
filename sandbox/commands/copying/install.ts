// install: copies files and sets their modes, or makes folders.

import { isErrno } from "../../kernel/errno.ts";
import { parseMode } from "../../lib/modes.ts";
import { quote, quoteAlways } from "../../lib/quote.ts";
import { findGroup, findUser } from "../../lib/users.ts";
import { lastPart } from "../basename.ts";
import { defineCommand } from "../define.ts";
import { backupName, joinPath, wantsBackup } from "./common.ts";
import { type CopyOptions, copyEntry, createCopyState } from "./copy.ts";

const PLAIN: CopyOptions = {
  recursive: false,
  followTop: true,
  followAll: true,
  keepMode: false,
  plainMode: false,
  keepOwner: false,
  keepTimes: false,
  keepLinks: false,
  force: true,
  removeFirst: true,
  exists: "overwrite",
  update: false,
  how: "copy",
  verbose: false,
  oneSystem: false,
  copyContents: true,
};

export const install = defineCommand({
  name: "install",
  summary: "Copy files and set attributes.",
  usage: [
    "[OPTION]... [-T] SOURCE DEST",
    "[OPTION]... SOURCE... DIRECTORY",
    "[OPTION]... -t DIRECTORY SOURCE...",
    "[OPTION]... -d DIRECTORY...",
  ],
  options: `
    ,backup[=CONTROL]  make a backup of each existing destination file
    b  like --backup but does not accept an argument
    c  (ignored)
    C,compare  compare content of source and destination files, do not change if same
    d,directory  treat all arguments as directory names
    D  create all leading components of DEST except the last
    g,group=GROUP  set group ownership
    m,mode=MODE  set permission mode (as in chmod), instead of rwxr-xr-x
    o,owner=OWNER  set ownership (super-user only)
    p,preserve-timestamps  apply access/modification times of SOURCE files
    s,strip  strip symbol tables
    ,strip-program=PROGRAM  program used to strip binaries
    S,suffix=SUFFIX  override the usual backup suffix
    t,target-directory=DIRECTORY  copy all SOURCE arguments into DIRECTORY
    T,no-target-directory  treat DEST as a normal file
    v,verbose  print the name of each created file or directory
    Z  set SELinux security context of destination file to default type`,
  *run(io, sys) {
    const text = io.value("m") ?? "0755";
    const change = parseMode(text);
    if (change === undefined) return yield* io.die(1, `invalid mode ${quote(text)}`);
    const [owner, group] = [io.value("o"), io.value("g")];
    const uid =
      owner === undefined ? -1 : (findUser(sys, owner)?.uid ?? (/^\d+$/.test(owner) ? Number(owner) : undefined));
    const gid =
      group === undefined ? -1 : (findGroup(sys, group)?.gid ?? (/^\d+$/.test(group) ? Number(group) : undefined));
    if (uid === undefined) return yield* io.die(1, `invalid user: ${quote(owner ?? "")}`);
    if (gid === undefined) return yield* io.die(1, `invalid group: ${quote(group ?? "")}`);
    const words = io.operands;
    const finish = (path: string, folder: boolean) => {
      if (uid >= 0 || gid >= 0) {
        const problem = sys.chown(path, uid, gid);
        if (problem !== undefined) {
          io.warn(`cannot change ownership of ${quoteAlways(path)}: ${problem.text}`);
          io.status = 1;
        }
      }
      sys.chmod(path, change(0, folder, 0));
    };
    const makeFolders = (path: string, own: boolean): boolean => {
      let made = "";
      const parts = path.split("/");
      for (const [i, part] of parts.entries()) {
        made += (i > 0 ? "/" : "") + part;
        if (made === "" || part === "") continue;
        const problem = sys.mkdir(made, 0o755);
        if (problem === undefined) {
          if (io.has("v")) io.print(`${io.name}: creating directory ${quoteAlways(made)}\n`);
          continue;
        }
        const stat = sys.stat(made);
        if (isErrno(stat) || stat.type !== "directory") {
          io.warn(`cannot create directory ${quoteAlways(made)}: ${isErrno(stat) ? problem.text : "File exists"}`);
          io.status = 1;
          return false;
        }
      }
      if (own) finish(path, true);
      return true;
    };
    if (words[0] === undefined) return yield* io.usageError("missing file operand");
    if (io.has("d")) {
      for (const path of words) makeFolders(path, true);
      return undefined;
    }
    const folder = io.value("t");
    const last = words.at(-1) ?? "";
    if (folder === undefined && words.length === 1)
      return yield* io.usageError(`missing destination file operand after ${quoteAlways(words[0])}`);
    if (folder !== undefined && io.has("D")) makeFolders(folder, false);
    const stat = sys.stat(folder ?? last);
    const into = folder ?? (!isErrno(stat) && stat.type === "directory" && !io.has("T") ? last : undefined);
    if (folder !== undefined && (isErrno(stat) || stat.type !== "directory"))
      return yield* io.die(
        1,
        `failed to access ${quoteAlways(folder)}: ${isErrno(stat) ? stat.text : "Not a directory"}`,
      );
    if (into === undefined && words.length > 2)
      return yield* io.die(1, `target ${quoteAlways(last)}: ${isErrno(stat) ? stat.text : "Not a directory"}`);
    for (const from of folder === undefined ? words.slice(0, -1) : words) {
      const to = into === undefined ? last : joinPath(into, lastPart(from));
      if (
        io.has("D") &&
        into === undefined &&
        to.includes("/") &&
        !makeFolders(to.slice(0, to.lastIndexOf("/")), false)
      )
        continue;
      const source = sys.stat(from);
      if (!isErrno(source) && source.type === "directory") {
        io.warn(`omitting directory ${quoteAlways(from)}`);
        io.status = 1;
        continue;
      }
      let backup = "";
      if (wantsBackup(io) && !isErrno(sys.lstat(to))) {
        backup = backupName(io, to);
        sys.rename(to, backup);
      }
      const options = { ...PLAIN, keepTimes: io.has("p"), removeFirst: true };
      if (!(yield* copyEntry(io, from, to, options, createCopyState()))) continue;
      if (io.has("v"))
        io.print(
          `${quoteAlways(from)} -> ${quoteAlways(to)}${backup === "" ? "" : ` (backup: ${quoteAlways(backup)})`}\n`,
        );
      finish(to, false);
    }
    return undefined;
  },
});
