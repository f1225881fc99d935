// Entries as text: the output modes of journalctl, which `systemctl status` uses too.

import { decode, encode } from "../../kernel/text.ts";
import { textWidth } from "../../lib/width.ts";
import { BOLD, ellipsize, GREY, PLAIN, RED, YELLOW } from "../client/output.ts";
import { formatIsoTime, formatSyslogTime, formatTimestamp } from "../time.ts";
import type { Entry } from "./file.ts";

export const OUTPUT_MODES = [
  "short",
  "short-full",
  "short-iso",
  "short-iso-precise",
  "short-precise",
  "short-monotonic",
  "short-delta",
  "short-unix",
  "verbose",
  "export",
  "json",
  "json-pretty",
  "json-sse",
  "json-seq",
  "cat",
  "with-unit",
] as const;
export type OutputMode = (typeof OUTPUT_MODES)[number];

export interface FormatOptions {
  readonly mode: OutputMode;
  readonly colors: boolean;
  /** Width to cut to; undefined leaves lines whole. */
  readonly width: number | undefined;
  readonly bootTime: number;
  /** Fields to show (--output-fields). */
  readonly fields?: ReadonlySet<string>;
  readonly noHostname?: boolean;
  /** Where a pattern was found (start, end), to be marked. */
  readonly match?: readonly [number, number];
  readonly previous?: Entry;
}

const two = (value: number, width = 2): string => String(value).padStart(width, "0");
const micros = (time: number): string => two(time % 1_000_000, 6);

function shortTime(entry: Entry, options: FormatOptions): string {
  const ms = Math.floor(entry.time / 1000);
  switch (options.mode) {
    case "short-full":
    case "with-unit":
      return formatTimestamp(ms);
    case "short-iso":
      return `${formatIsoTime(ms)}+00:00`;
    case "short-iso-precise":
      return `${formatIsoTime(ms)}.${micros(entry.time)}+00:00`;
    case "short-precise":
      return `${formatSyslogTime(ms)}.${micros(entry.time)}`;
    case "short-unix":
      return `${Math.floor(entry.time / 1e6)}.${micros(entry.time)}`;
    case "short-monotonic":
    case "short-delta":
      return monotonic(entry, options);
    default:
      return formatSyslogTime(ms);
  }
}

function monotonic(entry: Entry, options: FormatOptions): string {
  const since = Math.max(0, entry.time - options.bootTime * 1000);
  const text = `${String(Math.floor(since / 1e6)).padStart(5)}.${micros(since)}`;
  if (options.mode === "short-monotonic") return `[${text}]`;
  const delta = options.previous === undefined ? undefined : entry.time - options.previous.time;
  const shown =
    delta === undefined ? " ".repeat(16) : ` <${String(Math.floor(delta / 1e6)).padStart(5)}.${micros(delta)} >`;
  return `[${text}${shown}]`;
}

/** Colours of a message by its priority: around it, and for what a pattern matched. */
function colorsOf(priority: number): readonly [on: string, mark: string] {
  if (priority <= 3) return [RED, BOLD];
  if (priority === 4) return [YELLOW, BOLD];
  if (priority === 5) return [BOLD, RED];
  return priority >= 7 ? [GREY, RED] : ["", ""];
}

/** One entry as `Nov 21 22:13:01 node01 kubelet[364]: text`, further lines of it indented. */
export function formatShort(entry: Entry, options: FormatOptions): { text: string; cut: boolean } {
  const { fields } = entry;
  const host = options.noHostname ? "" : ` ${fields._HOSTNAME ?? ""}`;
  const who = fields.SYSLOG_IDENTIFIER ?? fields._COMM ?? "unknown";
  const unit = fields._SYSTEMD_UNIT;
  const name = options.mode === "with-unit" && unit !== undefined ? unit : who;
  const pid = fields._PID ?? fields.SYSLOG_PID;
  const head = `${shortTime(entry, options)}${host} ${name}${pid === undefined ? "" : `[${pid}]`}: `;
  const [on, mark] = options.colors ? colorsOf(Number(fields.PRIORITY ?? 6)) : ["", ""];
  const off = on === "" ? "" : PLAIN;
  const indent = textWidth(head);
  const lines = plain(fields.MESSAGE ?? "").split("\n");
  const shown: string[] = [];
  let cut = false;
  let end = -1;
  for (const [i, line] of lines.entries()) {
    end += line.length + 1;
    const start = i === 0 ? head : " ".repeat(indent);
    // Cut output shows three lines and 300 characters at most, and puts the dots of the last one at its end.
    const last = options.width !== undefined && (i + 1 === LINE_LIMIT || end + 1 >= CHAR_LIMIT);
    const room = options.width === undefined ? undefined : options.width - indent;
    if (room !== undefined && (last || textWidth(line) + 1 >= room)) {
      if (textWidth(line) + 1 >= room) cut = true;
      shown.push(`${start}${on}${room >= 20 ? ellipsize(line, room, last ? 100 : 90) : "..."}${off}`);
      if (last) break;
      continue;
    }
    shown.push(
      `${start}${paintMessage(line, on, mark, i === 0 ? (options.match ?? [0, 0]) : undefined, options.match !== undefined)}`,
    );
  }
  return { text: `${shown.join("\n")}\n`, cut };
}

/** Tabs become spaces, colours go. */
function plain(message: string): string {
  return message
    .replace(/\n+$/, "")
    .replaceAll("\t", "        ")
    .replace(/\x1b\[[\d;:]*[A-Za-z]/g, "");
}

const LINE_LIMIT = 3;
const CHAR_LIMIT = 300;

/** A line in its colour; real output marks the found part even where nothing was looked for, at length 0. */
function paintMessage(
  line: string,
  on: string,
  mark: string,
  match: readonly [number, number] | undefined,
  searched: boolean,
): string {
  const off = on === "" ? "" : PLAIN;
  if (match === undefined || line === "" || (on === "" && !searched)) return `${on}${line}${off}`;
  const [from, to] = match;
  const marker = on === "" ? RED : mark;
  return `${on}${line.slice(0, from)}${marker}${line.slice(from, to)}${on === "" ? PLAIN : on}${line.slice(to)}${off}`;
}

/** The cursor's parts; what is random in real ones follows from the entry here. */
export function cursorOf(entry: Entry, bootTime: number): string {
  const { fields, seq, time } = entry;
  const boot = fields._BOOT_ID ?? "";
  let hash = 0xcbf29ce484222325n;
  for (const char of `${seq}${fields.MESSAGE ?? ""}`)
    hash = ((hash ^ BigInt(char.codePointAt(0) ?? 0)) * 0x100000001b3n) & 0xffffffffffffffffn;
  const since = Math.max(0, time - bootTime * 1000);
  const seed = `${boot.slice(16)}${boot.slice(0, 16)}`;
  return `s=${seed};i=${seq.toString(16)};b=${boot};m=${since.toString(16)};t=${time.toString(16)};x=${hash.toString(16)}`;
}

function chosen(entry: Entry, options: FormatOptions): [string, string][] {
  return Object.entries(entry.fields).filter(([name]) => options.fields === undefined || options.fields.has(name));
}

function formatVerbose(entry: Entry, options: FormatOptions): string {
  const ms = Math.floor(entry.time / 1000);
  const stamp = formatTimestamp(ms).replace(" UTC", `.${micros(entry.time)} UTC`);
  const rows = chosen(entry, options).map(([name, value]) => {
    const text = value.replaceAll("\n", `\n    ${" ".repeat(name.length + 1)}`);
    return options.colors && name === "MESSAGE" ? `    \x1b[0;1;39m${name}\x1b[0m=${text}\n` : `    ${name}=${text}\n`;
  });
  return `${stamp} [${cursorOf(entry, options.bootTime)}]\n${rows.join("")}`;
}

function formatJson(entry: Entry, options: FormatOptions): string {
  const since = Math.max(0, entry.time - options.bootTime * 1000);
  const all: Record<string, string> = {
    __CURSOR: cursorOf(entry, options.bootTime),
    __REALTIME_TIMESTAMP: String(entry.time),
    __MONOTONIC_TIMESTAMP: String(since),
    _BOOT_ID: entry.fields._BOOT_ID ?? "",
    __SEQNUM: String(entry.seq),
    __SEQNUM_ID: cursorOf(entry, options.bootTime).slice(2, 34),
  };
  for (const [name, value] of chosen(entry, options)) all[name] = value;
  if (options.mode === "json-pretty") {
    const rows = Object.entries(all).map(([name, value]) => `\t${JSON.stringify(name)} : ${JSON.stringify(value)}`);
    return `{\n${rows.join(",\n")}\n}\n`;
  }
  const text = JSON.stringify(all);
  if (options.mode === "json-sse") return `data: ${text}\n\n`;
  return options.mode === "json-seq" ? `\x1e${text}\n` : `${text}\n`;
}

/** A field of the export format: a value of several lines stands behind its length in eight bytes. */
function exportField(name: string, value: string): string {
  if (!value.includes("\n")) return `${name}=${value}\n`;
  const size = new Uint8Array(8);
  new DataView(size.buffer).setUint32(0, encode(value).length, true);
  return `${name}\n${decode(size)}${value}\n`;
}

function formatExport(entry: Entry, options: FormatOptions): string {
  const since = Math.max(0, entry.time - options.bootTime * 1000);
  const cursor = cursorOf(entry, options.bootTime);
  const head = [
    ["__CURSOR", cursor],
    ["__REALTIME_TIMESTAMP", String(entry.time)],
    ["__MONOTONIC_TIMESTAMP", String(since)],
    ["__SEQNUM", String(entry.seq)],
    ["__SEQNUM_ID", cursor.slice(2, 34)],
    ["_BOOT_ID", entry.fields._BOOT_ID ?? ""],
  ] as const;
  const rest = chosen(entry, options).filter(([name]) => name !== "_BOOT_ID");
  return `${[...head, ...rest].map(([name, value]) => exportField(name, value)).join("")}\n`;
}

/** One entry in the chosen mode, ready to print. */
export function formatEntry(entry: Entry, options: FormatOptions): { text: string; cut: boolean } {
  switch (options.mode) {
    case "cat": {
      const { fields } = options;
      const shown =
        fields === undefined ? [entry.fields.MESSAGE ?? ""] : chosen(entry, options).map(([, value]) => value);
      const [on] = options.colors ? colorsOf(Number(entry.fields.PRIORITY ?? 6)) : [""];
      return { text: shown.map((value) => `${on}${value}${on === "" ? "" : PLAIN}\n`).join(""), cut: false };
    }
    case "verbose":
      return { text: formatVerbose(entry, options), cut: false };
    case "export":
      return { text: formatExport(entry, options), cut: false };
    case "json":
    case "json-pretty":
    case "json-sse":
    case "json-seq":
      return { text: formatJson(entry, options), cut: false };
    default:
      return formatShort(entry, options);
  }
}
