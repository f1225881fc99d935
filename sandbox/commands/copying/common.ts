// What cp, mv, ln, install and rm share: questions, backups, names of kinds of files.

import { isErrno } from "../../kernel/errno.ts";
import type { Stat, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import type { Io } from "../define.ts";

/** Asks on stderr and reads a line: y or Y at its start is yes. */
export function* confirm(io: Io, question: string): Task<boolean> {
  io.printError(`${io.name}: ${question}`);
  let line = "";
  for (;;) {
    const bytes = yield* io.read(0, 1);
    if (isErrno(bytes) || bytes.length === 0) break;
    const char = decode(bytes);
    if (char === "\n") break;
    line += char;
  }
  return /^[yY]/.test(line);
}

/** How messages name a kind of file. */
export function fileKind(stat: Stat): string {
  if (stat.type === "file") return stat.size === 0 ? "regular empty file" : "regular file";
  return {
    directory: "directory",
    symlink: "symbolic link",
    fifo: "fifo",
    socket: "socket",
    char: "character special file",
    block: "block special file",
  }[stat.type];
}

/** Name for the backup of a file, after --backup, VERSION_CONTROL and --suffix. */
export function backupName(io: Io, path: string): string {
  const control = io.value("backup") ?? io.sys.env.VERSION_CONTROL ?? "existing";
  const suffix = io.value("S") ?? io.sys.env.SIMPLE_BACKUP_SUFFIX ?? "~";
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/") + 1) : "";
  const name = path.slice(folder.length);
  const entries = io.sys.readdir(folder === "" ? "." : folder);
  let highest = 0;
  for (const entry of isErrno(entries) ? [] : entries) {
    const found = entry.name.startsWith(`${name}.~`) ? /^~(\d+)~$/.exec(entry.name.slice(name.length + 1)) : null;
    highest = Math.max(highest, Number(found?.[1] ?? 0));
  }
  const numbered = ["numbered", "t"].includes(control) || (["existing", "nil"].includes(control) && highest > 0);
  return numbered ? `${path}.~${highest + 1}~` : path + suffix;
}

/** Whether --backup, -b or a suffix asks for backups. */
export function wantsBackup(io: Io): boolean {
  if (!io.has("b") && !io.has("backup") && !io.has("S")) return false;
  return !["none", "off"].includes(io.value("backup") ?? "");
}

/** `folder/name` without doubling a slash. */
export function joinPath(folder: string, name: string): string {
  return folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}
