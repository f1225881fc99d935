// Reading the journal's files: which there are, who may read them, entries in order.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { type Entry, JOURNAL_FOLDER, readEntries } from "./file.ts";

/** Paths of the journal's files, the oldest first. */
export function journalFiles(sys: Sys, folders?: readonly string[]): string[] {
  const found: string[] = [];
  const below = sys.readdir(JOURNAL_FOLDER);
  const own = isErrno(below) ? [] : below.map((folder) => `${JOURNAL_FOLDER}/${folder.name}`);
  for (const path of folders ?? own) {
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

/** The whole journal, or these files of it, as far as this user may see it; `ordered` puts fields as they lie in the file. */
export function readJournal(sys: Sys, files = journalFiles(sys), ordered = false): Journal {
  const entries: Entry[] = [];
  let denied = 0;
  for (const path of files) {
    const bytes = sys.readFile(path);
    if (isErrno(bytes)) {
      denied += 1;
      continue;
    }
    const known = new Map<string, number>();
    for (const entry of readEntries(decode(bytes))) entries.push(ordered ? inFileOrder(entry, known) : entry);
  }
  return { entries, denied, files: files.length };
}

/** In this order journald hands a new entry's fields on: those of the sender's stream, what was said, what it knows of the process. */
const STREAM_FIRST = ["_TRANSPORT", "_STREAM_ID", "PRIORITY", "SYSLOG_FACILITY", "SYSLOG_IDENTIFIER"];
const OTHERS_FIRST = ["SYSLOG_FACILITY", "SYSLOG_IDENTIFIER", "_TRANSPORT", "PRIORITY"];
const PROCESS =
  "_PID _UID _GID _COMM _EXE _CMDLINE _CAP_EFFECTIVE _SYSTEMD_CGROUP _SYSTEMD_UNIT _SYSTEMD_SLICE _SYSTEMD_INVOCATION_ID _BOOT_ID _MACHINE_ID _HOSTNAME _RUNTIME_SCOPE".split(
    " ",
  );

/** A field's value lies in the file once, where it first came; an entry lists its fields by place in the file. */
function inFileOrder(entry: Entry, known: Map<string, number>): Entry {
  const { fields } = entry;
  const first = fields._TRANSPORT === "stdout" ? STREAM_FIRST : OTHERS_FIRST;
  const rank = (name: string): number => {
    const at = first.indexOf(name);
    return at >= 0 ? at : name === "MESSAGE" ? 20 : PROCESS.includes(name) ? 30 + PROCESS.indexOf(name) : 10;
  };
  const rows = Object.entries(fields).sort(([a], [b]) => rank(a) - rank(b));
  const place = ([name, value]: [string, string]): number => {
    const key = `${name}=${value}`;
    const at = known.get(key) ?? known.size;
    known.set(key, at);
    return at;
  };
  const placed = rows.map((row) => [place(row), row] as const).sort(([a], [b]) => a - b);
  return { ...entry, fields: Object.fromEntries(placed.map(([, row]) => row)) };
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
