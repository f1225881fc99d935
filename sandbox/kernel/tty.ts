// A terminal's line discipline: keys in → lines, echo and signals; bytes out → CR NL. Knows nothing of processes.

import type { SignalName } from "./signal.ts";
import type { Termios, WindowSize } from "./sys.ts";
import { decode, encode } from "./text.ts";

/** One pseudo-terminal as plain data. */
export interface Tty {
  readonly id: number;
  /** Where output goes: a terminal of the host, or the stream that the master side reads. */
  readonly out:
    | { readonly kind: "host"; readonly terminal: string }
    | { readonly kind: "master"; readonly stream: number };
  modes: Termios;
  size: WindowSize;
  /** Session that has it as its controlling terminal, and that session's foreground group. */
  sid: number;
  pgrp: number;
  /** The line being edited (canonical mode). */
  line: string;
  /** What a read will get: whole lines in canonical mode, single keys otherwise. An empty array is an end of file (^D). */
  ready: Uint8Array[];
  /** The other side is gone: reads give the end, writes fail. */
  hungUp: boolean;
}

/** The modes of a terminal after login. */
export function cookedModes(): Termios {
  return { icanon: true, echo: true, isig: true, icrnl: true, opost: true, ixon: true };
}

export function createTty(id: number, out: Tty["out"], size: WindowSize): Tty {
  return { id, out, modes: cookedModes(), size, sid: 0, pgrp: 0, line: "", ready: [], hungUp: false };
}

/** What typing did: what to show, and signals for the foreground group. */
export interface Typed {
  readonly echo: string;
  readonly signals: readonly SignalName[];
}

const SIGNAL_KEYS: Readonly<Record<string, SignalName>> = { "\x03": "SIGINT", "\x1c": "SIGQUIT", "\x1a": "SIGTSTP" };

/** Bytes from the keyboard go through the discipline. */
export function typeInto(tty: Tty, bytes: Uint8Array): Typed {
  const { modes } = tty;
  let echo = "";
  const signals: SignalName[] = [];
  let raw = "";
  for (const char of decode(bytes)) {
    const key = char === "\r" && modes.icrnl ? "\n" : char;
    const signal = modes.isig ? SIGNAL_KEYS[key] : undefined;
    if (signal) {
      signals.push(signal);
      tty.line = "";
      tty.ready = [];
      if (modes.echo) echo += `^${String.fromCharCode(key.charCodeAt(0) + 64)}`;
    } else if (modes.icanon) {
      echo += editLine(tty, key);
    } else {
      raw += key;
      if (modes.echo) echo += shown(key);
    }
  }
  if (raw !== "") tty.ready.push(encode(raw));
  return { echo, signals };
}

/** One key in canonical mode; what to echo. */
function editLine(tty: Tty, key: string): string {
  const { echo } = tty.modes;
  switch (key) {
    case "\n":
      tty.ready.push(encode(`${tty.line}\n`));
      tty.line = "";
      return echo ? "\n" : "";
    case "\x04":
      tty.ready.push(encode(tty.line));
      tty.line = "";
      return "";
    case "\x7f":
    case "\b": {
      const chars = [...tty.line];
      const gone = chars.pop();
      tty.line = chars.join("");
      return echo && gone !== undefined ? "\b \b".repeat(shown(gone).length) : "";
    }
    case "\x15": {
      const width = [...tty.line].reduce((sum, char) => sum + shown(char).length, 0);
      tty.line = "";
      return echo ? "\b \b".repeat(width) : "";
    }
    case "\x17": {
      const kept = tty.line.replace(/\S*\s*$/, "");
      const gone = tty.line.slice(kept.length);
      tty.line = kept;
      return echo ? "\b \b".repeat([...gone].length) : "";
    }
    default:
      tty.line += key;
      return echo ? shown(key) : "";
  }
}

/** A control character as ^X. */
function shown(key: string): string {
  const code = key.charCodeAt(0);
  if (key === "\n" || key === "\t") return key;
  if (code < 32) return `^${String.fromCharCode(code + 64)}`;
  return code === 127 ? "^?" : key;
}

/** Output processing: NL becomes CR NL. */
export function processOutput(tty: Tty, bytes: Uint8Array): Uint8Array {
  if (!tty.modes.opost || !bytes.includes(10)) return bytes;
  let extra = 0;
  for (const byte of bytes) if (byte === 10) extra += 1;
  const out = new Uint8Array(bytes.length + extra);
  let at = 0;
  for (const byte of bytes) {
    if (byte === 10) out[at++] = 13;
    out[at++] = byte;
  }
  return out;
}

/** Takes up to `max` bytes that are ready; undefined where a read must wait. */
export function takeInput(tty: Tty, max: number): Uint8Array | undefined {
  const first = tty.ready[0];
  if (first === undefined) return tty.hungUp ? new Uint8Array(0) : undefined;
  if (first.length > max) {
    tty.ready[0] = first.subarray(max);
    return first.subarray(0, max);
  }
  tty.ready.shift();
  return first;
}
