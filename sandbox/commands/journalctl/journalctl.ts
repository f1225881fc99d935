// journalctl: reads the journal's files, chooses, prints, follows.

import { isErrno } from "../../kernel/errno.ts";
import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import type { Regex } from "../../lib/regex/regex.ts";
import { FACILITIES } from "../../lib/syslog.ts";
import { jsonText } from "../../systemd/client/json.ts";
import { GREY, Output, PLAIN } from "../../systemd/client/output.ts";
import { explain } from "../../systemd/journal/catalog.ts";
import { type Entry, JOURNAL_FOLDER } from "../../systemd/journal/file.ts";
import { cursorOf, type FormatOptions, formatEntry, OUTPUT_MODES } from "../../systemd/journal/format.ts";
import { journalFiles, readJournal } from "../../systemd/journal/read.ts";
import { formatBytes, formatTimestamp } from "../../systemd/time.ts";
import { matchesPattern } from "../../systemd/unit-name.ts";
import { listInvocations } from "./invocations.ts";
import { isMistake, parseCommandLine, type Settings } from "./options.ts";
import { compilePattern, isGlob, isRegexError, lacksInvocation, resolveUnits, select } from "./select.ts";

const HELP = `journalctl [OPTIONS...] [MATCHES...]

Query the journal.

Source:   -u --unit=UNIT, -t --identifier=ID, -k --dmesg, -b --boot[=ID], -p --priority=RANGE, -S --since=DATE, -U --until=DATE,
          -g --grep=PATTERN, --facility=LIST, FIELD=VALUE, PATH
Output:   -o --output=MODE, -n --lines[=N], -r --reverse, -f --follow, -e --pager-end, -x --catalog, -q --quiet, --no-pager,
          --no-full, --no-hostname, --utc, --output-fields=LIST
Commands: -F --field=FIELD, -N --fields, --list-boots, --disk-usage, --vacuum-size=BYTES, --vacuum-files=INT, --vacuum-time=TIME,
          --sync, --flush, --rotate, --verify

See the journalctl(1) man page for details.
`;

const NOT_SEEING = `Hint: You are currently not seeing messages from other users and the system.
      Users in groups 'adm', 'systemd-journal' can see all messages.
      Pass -q to turn off this notice.`;

/** 8 MiB: the size in which real journal files are set aside. */
const FILE_UNIT = 8 * 1024 * 1024;

function printExplanation(out: Output, entry: Entry): void {
  explain(entry).forEach((line, i) => {
    if (!out.colors) out.print(`░░ ${line}\n`);
    else if (i === 0) out.print(`${GREY}░░ ${PLAIN}\x1b[0;32m${line}${PLAIN}\n`);
    else out.print(`${GREY}░░${PLAIN} \x1b[0;32m${line}${PLAIN}\n`);
  });
}

interface Printer {
  readonly out: Output;
  readonly settings: Settings;
  readonly pattern: Regex | undefined;
  previous: Entry | undefined;
}

function printEntry(printer: Printer, entry: Entry): void {
  const { out, settings, pattern } = printer;
  const fields = settings.value("output-fields");
  const found = pattern?.find(entry.fields.MESSAGE ?? "");
  const options: FormatOptions = {
    mode: settings.mode,
    colors: out.colors,
    width: settings.has("no-full") ? out.columns : undefined,
    bootTime: out.sys.bootTime(),
    noHostname: settings.has("no-hostname"),
    ...(fields === undefined ? {} : { fields: new Set(fields.split(",")) }),
    ...(found !== undefined && out.colors ? { match: found } : {}),
    ...(printer.previous === undefined ? {} : { previous: printer.previous }),
  };
  out.print(formatEntry(entry, options).text);
  if (settings.has("x") && settings.mode.startsWith("short")) printExplanation(out, entry);
  printer.previous = entry;
}

function* follow(printer: Printer, last: number): Task<number> {
  const { out, settings, pattern } = printer;
  const { sys } = out;
  let seen = last;
  yield* out.flush();
  const current = () => journalFiles(sys).at(-1) ?? "";
  for (;;) {
    const path = current();
    const version = sys.version(path);
    const { entries } = readJournal(sys);
    const fresh = entries.filter((entry) => entry.seq > seen);
    seen = entries.at(-1)?.seq ?? seen;
    for (const entry of select(sys, fresh, settings.query, pattern)) printEntry(printer, entry);
    yield* out.flush();
    const woken = yield* sys.waitUntil(() => sys.version(path) !== version);
    if (isErrno(woken)) return 0;
  }
}

/** `-F`, `-N`, `--list-boots`, `--disk-usage` and the other small questions; the exit status, or undefined where none was asked. */
function* sideQuestion(sys: Sys, out: Output, settings: Settings): Task<number | undefined> {
  const field = settings.value("F");
  if (field !== undefined || settings.has("N")) {
    if (field !== undefined && !/^[A-Z_][A-Z0-9_]*$/.test(field)) {
      out.error("Failed to query unique data objects: Invalid argument");
      return 1;
    }
    const found = new Set<string>();
    for (const { fields } of readJournal(sys).entries) {
      if (field === undefined) for (const name of Object.keys(fields)) found.add(name);
      else if (fields[field] !== undefined) found.add(fields[field] as string);
    }
    for (const value of found) out.print(`${value}\n`);
    return 0;
  }
  if (settings.has("list-invocations")) return listInvocations(out, settings, readJournal(sys).entries);
  if (settings.has("list-boots")) {
    const { entries } = readJournal(sys);
    const [first, last] = [entries[0], entries.at(-1)];
    if (first === undefined || last === undefined) return 0;
    if (settings.mode.startsWith("json")) {
      const boot = { index: 0, boot_id: sys.machine.bootId, first_entry: first.time, last_entry: last.time };
      out.print(`${jsonText([boot], settings.mode === "json-pretty")}\n`);
      return 0;
    }
    const time = (entry: Entry) => formatTimestamp(Math.floor(entry.time / 1000));
    out.print("IDX BOOT ID                          FIRST ENTRY                 LAST ENTRY\n");
    out.print(`  0 ${sys.machine.bootId} ${time(first)} ${time(last)}\n`);
    return 0;
  }
  if (settings.has("disk-usage")) {
    const size = journalFiles(sys).length * FILE_UNIT;
    out.print(`Archived and active journals take up ${formatBytes(size)} in the file system.\n`);
    return 0;
  }
  // The catalog is in this program; there is no index to make.
  if (settings.has("update-catalog")) return 0;
  if (settings.has("verify")) {
    for (const path of journalFiles(sys)) out.info(`PASS: ${path}`);
    return 0;
  }
  return maintenance(sys, out, settings);
}

function maintenance(sys: Sys, out: Output, settings: Settings): number | undefined {
  const vacuum = ["vacuum-size", "vacuum-files", "vacuum-time"].some((key) => settings.has(key));
  const asks = ["rotate", "flush", "sync", "relinquish-var", "smart-relinquish-var"].filter((key) => settings.has(key));
  if (!vacuum && asks.length === 0) return undefined;
  const daemon = sys.processes().find((process) => process.exe.endsWith("/systemd-journald"));
  if (asks.length > 0 && sys.info.euid !== 0) {
    out.error("Failed to connect to journal: Permission denied");
    return 1;
  }
  if (settings.has("rotate") && daemon !== undefined) sys.kill(daemon.pid, "SIGUSR2");
  if (!vacuum) return 0;
  const folder = `${JOURNAL_FOLDER}/${sys.machine.machineId}`;
  let freed = 0;
  for (const path of journalFiles(sys)) {
    if (!path.includes("@") || sys.unlink(path) !== undefined) continue;
    freed += FILE_UNIT;
    out.info(`Deleted archived journal ${path} (${formatBytes(FILE_UNIT)}).`);
  }
  for (const place of ["/run/log/journal", folder, JOURNAL_FOLDER]) {
    out.info(
      `Vacuuming done, freed ${place === folder ? formatBytes(freed) : "0B"} of archived journals from ${place}.`,
    );
  }
  return 0;
}

function bootMissing(settings: Settings, sys: Sys): string | undefined {
  const { boot } = settings.query;
  if (
    boot === undefined ||
    boot === "all" ||
    boot === "0" ||
    boot === "+0" ||
    boot === "-0" ||
    boot === sys.machine.bootId ||
    boot === "1"
  )
    return undefined;
  const offset = /^\d+$/.test(boot) ? `+${boot}` : boot;
  return `No journal boot entry found for the specified boot (${offset}).`;
}

function* run(sys: Sys, out: Output, args: readonly string[]): Task<number> {
  const settings = parseCommandLine(sys, args);
  if (isMistake(settings)) {
    if (settings.getopt) out.raw(2, `${settings.mistake}\n`);
    else out.error(settings.mistake);
    return settings.status ?? 1;
  }
  if (settings.has("h")) {
    out.print(HELP);
    return 0;
  }
  if (settings.has("version")) {
    out.print("systemd 257 (257.13-1~deb13u1)\n");
    return 0;
  }
  if ((settings.mode as string) === "help") {
    out.print(`${OUTPUT_MODES.join("\n")}\n`);
    return 0;
  }
  if (settings.value("facility") === "help") {
    out.print(`Available facilities:\n${FACILITIES.join("\n")}\n`);
    return 0;
  }
  const files = chosenFiles(sys, settings);
  if (typeof files === "string") {
    out.error(files);
    return 1;
  }
  for (const hint of settings.hints) out.notice(hint);
  const side = yield* sideQuestion(sys, out, settings);
  if (side !== undefined) return side;
  const pattern = compilePattern(settings.query);
  if (pattern !== undefined && isRegexError(pattern)) {
    out.error(`Bad pattern "${settings.query.pattern}": ${pattern.error}`);
    return 1;
  }
  const journal = readJournal(sys, files, ["verbose", "export"].includes(settings.mode));
  if (files.length === 0 && !settings.has("q")) out.notice("No journal files were found.");
  if (journal.denied > 0 && !settings.has("q")) out.notice(NOT_SEEING);
  const missing = journal.denied > 0 && journal.entries.length === 0 ? undefined : bootMissing(settings, sys);
  if (missing !== undefined) {
    out.error(missing);
    return 1;
  }
  return yield* print(out, settings, journal.entries, pattern);
}

/** The files to read: the machine's own, those of a folder, those given; or why they cannot be opened. */
function chosenFiles(sys: Sys, settings: Settings): string[] | string {
  const folder = settings.value("D");
  const root = settings.value("root");
  if (settings.has("namespace")) return [];
  if (root !== undefined && root !== "" && root !== "/") {
    const below = `${root.replace(/\/+$/, "")}${JOURNAL_FOLDER}`;
    const names = sys.readdir(below);
    return journalFiles(sys, isErrno(names) ? [] : names.map(({ name }) => `${below}/${name}`));
  }
  const given = [settings.value("file"), settings.value("i")]
    .filter((path) => path !== undefined)
    .flatMap((path) => (isGlob(path) ? journalFiles(sys).filter((each) => matchesPattern(each, path)) : [path]));
  if (folder !== undefined) {
    const entries = sys.readdir(folder);
    if (isErrno(entries)) return `Failed to open ${folder}: ${entries.text}`;
    const below = journalFiles(sys).filter((path) => path.startsWith(`${folder.replace(/\/+$/, "")}/`));
    return [...new Set([...below, ...journalFiles(sys, [folder])])];
  }
  const missing = given.map((path) => sys.stat(path)).find(isErrno);
  if (missing !== undefined) return `Failed to open files: ${missing.text}`;
  return given.length > 0 ? given : settings.has("user") && sys.info.uid !== 0 ? [] : journalFiles(sys);
}

/** Entries from a cursor on. */
function fromCursor(out: Output, settings: Settings, entries: readonly Entry[]): Entry[] | string {
  const path = settings.value("cursor-file");
  const bytes = path === undefined ? undefined : out.sys.readFile(path);
  const kept = bytes === undefined || isErrno(bytes) ? undefined : decode(bytes).trim();
  const text = settings.value("c") ?? settings.value("after-cursor") ?? kept;
  if (text === undefined) return [...entries];
  const time = /(?:^|;)t=([0-9a-f]+)(?:;|$)/.exec(text)?.[1];
  if (time === undefined) return `Failed to seek to cursor: Invalid argument`;
  const at = Number.parseInt(time, 16);
  const after = settings.value("c") === undefined;
  return entries.filter((entry) => entry.time > at || (!after && entry.time === at));
}

/** Forms besides the short ones in which nothing is told as nothing. */
const TOLD_EMPTY: readonly string[] = ["verbose", "with-unit"];

function* print(out: Output, settings: Settings, entries: readonly Entry[], pattern: Regex | undefined): Task<number> {
  const { sys } = out;
  const following = settings.has("f");
  const rest = fromCursor(out, settings, entries);
  if (typeof rest === "string") {
    out.error(rest);
    return 1;
  }
  const { units } = settings.query;
  if (units.length > 0 && units.every(isGlob) && resolveUnits(units, rest).length === 0) {
    out.error("Failed to add filter for units: No data available");
    return 1;
  }
  if (units.includes(".service")) {
    out.error("Failed to add filter for units: Invalid argument");
    return 1;
  }
  if (lacksInvocation(settings.query, rest)) {
    const offset = settings.query.invocation ?? "";
    out.error(`No journal entry found for the invocation (${/^[1-9]/.test(offset) ? "+" : ""}${offset}).`);
    return 1;
  }
  let shown = select(sys, rest, settings.query, pattern);
  if (settings.lines !== undefined) {
    shown = settings.first ? shown.slice(0, settings.lines) : shown.slice(Math.max(0, shown.length - settings.lines));
    if (settings.lines === 0) shown = [];
  }
  if (settings.has("r")) shown = shown.reverse();
  const printer: Printer = { out, settings, pattern, previous: undefined };
  const none = shown.length === 0 && !following;
  if (none && !settings.has("q") && (settings.mode.startsWith("short") || TOLD_EMPTY.includes(settings.mode))) {
    if (!settings.has("no-pager")) yield* out.openPager({ jumpToEnd: settings.has("e") });
    out.print("-- No entries --\n");
  }
  const mark = rest.at(-1);
  if (settings.lines === 0 && settings.has("show-cursor") && mark !== undefined)
    out.print(`-- cursor: ${cursorOf(mark, sys.bootTime())}\n`);
  if (none) return pattern === undefined ? 0 : 1;
  if (!settings.has("no-pager") && !following) yield* out.openPager({ jumpToEnd: settings.has("e") });
  for (const entry of shown) {
    printEntry(printer, entry);
    if (sys.due()) {
      yield* out.drain();
      yield* sys.rest();
    }
  }
  const last = shown.at(-1);
  if (last !== undefined && !following) {
    const cursor = cursorOf(last, sys.bootTime());
    if (settings.has("show-cursor")) out.print(`-- cursor: ${cursor}\n`);
    const file = settings.value("cursor-file");
    if (file !== undefined) sys.writeFile(file, `${cursor}\n`);
  }
  if (following) return yield* follow(printer, entries.at(-1)?.seq ?? 0);
  return 0;
}

export const journalctl: Program = {
  name: "journalctl",
  *main(sys, argv) {
    const out = new Output(sys);
    const code = yield* run(sys, out, argv.slice(1));
    yield* out.close();
    return code;
  },
};
