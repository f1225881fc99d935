// ls: lists folders and files.

import { isErrno } from "../../kernel/errno.ts";
import type { FileType, Task } from "../../kernel/sys.ts";
import { matchGlob } from "../../lib/fnmatch.ts";
import { quoteAlways } from "../../lib/quote.ts";
import { joinPath } from "../copying/common.ts";
import { type Command, defineCommand, type Io } from "../define.ts";
import { type Entry, isFolder, quoteName, sortEntries } from "./entries.ts";
import { LS_OPTIONS, type LsSettings, readSettings } from "./options.ts";
import { Printer } from "./print.ts";

const COMMAND: Command = {
  name: "ls",
  summary: "List information about the FILEs (the current directory by default).",
  usage: ["[OPTION]... [FILE]..."],
  usageStatus: 2,
  options: LS_OPTIONS,
  *run(io) {
    const settings = yield* readSettings(io);
    const printer = new Printer(io, settings);
    const names = io.operands.length > 0 ? io.operands : ["."];
    const files: Entry[] = [];
    for (const name of names) {
      const entry = readEntry(io, name, name, settings, true);
      if (entry !== undefined) files.push(entry);
    }
    const folders = settings.directories
      ? []
      : sortEntries(
          files.filter((entry) => opensFolder(entry, settings)),
          settings,
        );
    const plain = settings.directories ? files : files.filter((entry) => !opensFolder(entry, settings));
    printer.print(sortEntries(plain, settings));
    let first = plain.length === 0;
    const titles = names.length > 1 || settings.recursive;
    for (const folder of folders) {
      yield* listFolder(io, printer, settings, folder.name, folder.path, titles, first, true);
      first = false;
    }
    return undefined;
  },
};

export const ls = defineCommand(COMMAND);
export const dir = defineCommand({ ...COMMAND, name: "dir", summary: "List directory contents, like ls -C -b." });
export const vdir = defineCommand({ ...COMMAND, name: "vdir", summary: "List directory contents, like ls -l -b." });

/** A folder named on the line is opened; a link to one too, unless it is shown long or marked. */
function opensFolder(entry: Entry, settings: LsSettings): boolean {
  if (entry.type === "directory") return true;
  if (entry.type !== "symlink" || entry.target?.type !== "directory") return false;
  return settings.deref !== "never" || (settings.format !== "long" && settings.indicator !== "classify");
}

function readEntry(io: Io, name: string, path: string, settings: LsSettings, top: boolean): Entry | undefined {
  const sys = io.sys;
  const follow = settings.deref === "always" || (top && settings.deref === "line");
  const own = sys.lstat(path);
  const followed = follow ? sys.stat(path) : own;
  const stat = isErrno(followed) && top && settings.deref === "line" ? own : followed;
  if (isErrno(stat)) {
    const detail = top || !isErrno(own) || stat.code !== "ENOENT";
    if (detail) io.warn(`cannot access ${quoteAlways(path)}: ${stat.text}`);
    io.status = top ? 2 : Math.max(1, io.status);
    if (top) return undefined;
    return { name, path, type: isErrno(own) ? "file" : own.type, stat: undefined, link: undefined, target: undefined };
  }
  if (stat.type !== "symlink") return { name, path, type: stat.type, stat, link: undefined, target: undefined };
  const target = sys.stat(path);
  let link: string | undefined;
  if (settings.format === "long") {
    const text = sys.readlink(path);
    if (isErrno(text)) {
      io.warn(`cannot read symbolic link ${quoteAlways(path)}: ${text.text}`);
      io.status = top ? 2 : Math.max(1, io.status);
    } else link = text;
  }
  return { name, path, type: "symlink", stat, link, target: isErrno(target) ? undefined : target };
}

/** What is known of an entry from its folder alone; undefined where its inode must be asked. */
function lightEntry(name: string, path: string, type: FileType | undefined, settings: LsSettings): Entry | undefined {
  const { format, sort, indicator, deref } = settings;
  if (type === undefined || format === "long" || settings.blocks || settings.color || settings.inode) return undefined;
  if (sort === "size" || sort === "time" || indicator === "classify") return undefined;
  const needsType = settings.recursive || settings.foldersFirst || indicator !== "none";
  if (type === "symlink" && needsType && deref === "always") return undefined;
  return { name, path, type, stat: undefined, link: undefined, target: undefined };
}

function hidden(name: string, settings: LsSettings): boolean {
  if (settings.all === "none" && name.startsWith(".")) return true;
  if (settings.all === "none" && settings.hide.some((pattern) => matchGlob(pattern, name))) return true;
  return settings.ignore.some((pattern) => matchGlob(pattern, name));
}

function* listFolder(
  io: Io,
  printer: Printer,
  settings: LsSettings,
  shown: string,
  path: string,
  titles: boolean,
  first: boolean,
  top: boolean,
): Task<void> {
  const sys = io.sys;
  const read = sys.readdir(path);
  if (isErrno(read)) {
    io.warn(`cannot open directory ${quoteAlways(path)}: ${read.text}`);
    io.status = top ? 2 : Math.max(1, io.status);
    return;
  }
  if (!first) io.print("\n");
  if (titles) io.print(`${settings.quoting === "literal" ? shown : quoteName(shown, settings)}:\n`);
  const dots = settings.all === "all" ? [".", ".."] : [];
  const names = [...dots, ...read.map((one) => one.name)].filter((name) => !hidden(name, settings));
  const types = new Map(read.map((one) => [one.name, one.type]));
  const entries: Entry[] = [];
  for (const name of names) {
    const full = path === "." ? name : joinPath(path, name);
    const entry = lightEntry(name, full, types.get(name), settings) ?? readEntry(io, name, full, settings, false);
    if (entry !== undefined) entries.push(entry);
    if (sys.due()) yield* sys.rest();
  }
  const sorted = sortEntries(entries, settings);
  if (printer.showsTotal) printer.total(sorted);
  printer.print(sorted);
  if (io.full) yield* io.drain();
  if (!settings.recursive) return;
  for (const entry of sorted) {
    if (
      !isFolder(entry) ||
      (entry.type === "symlink" && settings.deref !== "always") ||
      entry.name === "." ||
      entry.name === ".."
    )
      continue;
    yield* listFolder(
      io,
      printer,
      settings,
      joinPath(shown, entry.name),
      joinPath(path, entry.name),
      true,
      false,
      false,
    );
  }
}
