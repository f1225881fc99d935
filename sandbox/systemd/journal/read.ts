// Reading the journal's files: which there are, who may read them, entries in order.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { type Entry, JOURNAL_FOLDER, readEntries } from "./file.ts";

/** Paths of the journal's files, the oldest first. */
export function journalFiles(sys: Sys): string[] {
  const found: string[] = [];
  const folders = sys.readdir(JOURNAL_FOLDER);
  for (const folder of isErrno(folders) ? [] : folders) {
    const path = `${JOURNAL_FOLDER}/${folder.name}`;
    const files = sys.readdir(path);
    const names = isErrno(files) ? [] : files.map((file) => file.name).filter((name) => name.endsWith(".journal"));
    // Archived files carry `@` and a number; the current one comes last.
    names.sort((a, b) => Number(b.includes("@")) - Number(a.includes("@")) || (a < b ? -1 : 1));
    found.push(...names.map((name) => `${path}/${name}`));
  }
  return found;
}

export interface Journal {
  readonly entries: readonly Entry[];
  /** Files that may not be read by this user. */
  readonly denied: number;
  readonly files: number;
}

/** The whole journal as far as this user may see it. */
export function readJournal(sys: Sys): Journal {
  const entries: Entry[] = [];
  let denied = 0;
  const files = journalFiles(sys);
  for (const path of files) {
    const bytes = sys.readFile(path);
    if (isErrno(bytes)) denied += 1;
    else for (const entry of readEntries(decode(bytes))) entries.push(entry);
  }
  return { entries, denied, files: files.length };
}

/** Whether an entry is about a unit: its processes' words, and what PID 1 says of it. */
export function concernsUnit(entry: Entry, unit: string): boolean {
  const { fields } = entry;
  return (
    fields._SYSTEMD_UNIT === unit ||
    (fields._PID === "1" && fields.UNIT === unit) ||
    (fields._UID === "0" && fields.OBJECT_SYSTEMD_UNIT === unit) ||
    (unit.endsWith(".slice") && fields._SYSTEMD_SLICE === unit)
  );
}
