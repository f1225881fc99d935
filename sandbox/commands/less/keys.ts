// Keys of less, read from the terminal one by one; what was typed ahead waits here.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import type { Io } from "../define.ts";

export type Command =
  | "down"
  | "up"
  | "pageDown"
  | "pageUp"
  | "halfDown"
  | "halfUp"
  | "top"
  | "end"
  | "left"
  | "right"
  | "none";

/** Sequences of more than one key. Application and normal cursor keys mean the same. */
const SEQUENCES: Readonly<Record<string, Command>> = {
  "\x1bOA": "up",
  "\x1b[A": "up",
  "\x1bOB": "down",
  "\x1b[B": "down",
  "\x1bOC": "right",
  "\x1b[C": "right",
  "\x1bOD": "left",
  "\x1b[D": "left",
  "\x1b[5~": "pageUp",
  "\x1b[6~": "pageDown",
  "\x1bOH": "top",
  "\x1b[H": "top",
  "\x1b[1~": "top",
  "\x1bOF": "end",
  "\x1b[F": "end",
  "\x1b[4~": "end",
  "\x1bv": "pageUp",
  "\x1b<": "top",
  "\x1b>": "end",
  "\x1b(": "left",
  "\x1b)": "right",
  "\x1b ": "pageDown",
};

const SINGLE: Readonly<Record<string, Command>> = {
  j: "down",
  e: "down",
  "\r": "down",
  "\n": "down",
  "\x05": "down",
  "\x0e": "down",
  k: "up",
  y: "up",
  "\x19": "up",
  "\x10": "up",
  "\x0b": "up",
  " ": "pageDown",
  f: "pageDown",
  z: "pageDown",
  "\x06": "pageDown",
  "\x16": "pageDown",
  b: "pageUp",
  w: "pageUp",
  "\x02": "pageUp",
  d: "halfDown",
  "\x04": "halfDown",
  u: "halfUp",
  "\x15": "halfUp",
  g: "top",
  "<": "top",
  G: "end",
  ">": "end",
};

/** The command of a key or sequence; undefined where it may still become one. */
export function commandOf(keys: string): Command | undefined {
  const found = SINGLE[keys] ?? SEQUENCES[keys];
  if (found !== undefined) return found;
  return Object.keys(SEQUENCES).some((sequence) => sequence.startsWith(keys)) ? undefined : "none";
}

/** What a key is called on the bottom line. */
export function keyName(key: string): string {
  const code = key.charCodeAt(0);
  if (code === 27) return "ESC";
  return code < 32 || code === 127 ? `^${String.fromCharCode(code ^ 64)}` : key;
}

/** A key, or the name of the signal that came instead. */
export type KeyEvent = { readonly key: string } | { readonly signal: "SIGINT" | "SIGWINCH" | "SIGTSTP" | "end" };

export class Keyboard {
  readonly #io: Io;
  readonly fd: number;
  #waiting: string[] = [];
  /** Keys given back, or from a + option: they are obeyed without a prompt. */
  #given: string[] = [];

  constructor(io: Io, fd: number) {
    this.#io = io;
    this.fd = fd;
  }

  unread(keys: string): void {
    this.#given.unshift(...keys);
  }

  get hasGiven(): boolean {
    return this.#given.length > 0;
  }

  *next(): Task<KeyEvent> {
    for (;;) {
      const waiting = this.#given.shift() ?? this.#waiting.shift();
      if (waiting !== undefined) return { key: waiting };
      yield* this.#io.flush();
      const bytes = yield* this.#io.sys.read(this.fd);
      const signal = this.#io.sys.takeSignal();
      if (signal === "SIGINT" || signal === "SIGWINCH" || signal === "SIGTSTP") return { signal };
      if (isErrno(bytes) && bytes.code === "EINTR") continue;
      if (isErrno(bytes) || bytes.length === 0) return { signal: "end" };
      this.#waiting.push(...decode(bytes));
    }
  }
}
