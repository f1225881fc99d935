// Where curl talks: trace lines, warnings and the progress meter on stderr, in order with the body on stdout.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import type { Settings } from "./settings.ts";

export interface Console {
  readonly settings: Settings;
  readonly errors: number;
  /** A `* ` line, where -v. */
  info(text: string): void;
  /** Header lines sent or received, where -v. */
  header(direction: ">" | "<", lines: readonly string[]): void;
  /** `{ [12 bytes data]`, where -v and the body does not go to a terminal; only the first of several in a row is shown. */
  data(direction: "{" | "}", size: number): void;
  /** Whether the body of the transfer goes to a terminal. */
  onTerminal: boolean;
  warn(text: string): void;
  /** Plain text for stderr. */
  put(text: string): void;
  /** Writes what is pending. */
  flush(): Task;
  /** Text for stdout, behind what is pending. */
  out(text: string): Task;
}

export function createConsole(sys: Sys, settings: Settings, errors: number): Console {
  let pending = "";
  let traced = false;
  return {
    onTerminal: true,
    data(direction, size) {
      if (settings.verbose && !traced && !this.onTerminal) {
        pending += `${direction} [${size} bytes data]\n`;
        traced = true;
      }
    },
    settings,
    errors,
    info(text) {
      if (!settings.verbose) return;
      pending += `* ${text}\n`;
      traced = false;
    },
    header(direction, lines) {
      if (settings.verbose) for (const line of lines) pending += `${direction} ${line}\r\n`;
      if (settings.verbose) traced = false;
    },
    warn(text) {
      if (!settings.silent) for (const line of wrap(text)) pending += `Warning: ${line}\n`;
    },
    put(text) {
      pending += text;
    },
    *flush() {
      if (pending === "") return;
      const text = pending;
      pending = "";
      yield* sys.write(errors, text);
    },
    *out(text) {
      yield* sys.write(1, text);
    },
  };
}

/** Warnings are broken at blanks (which stay) so that a line with its prefix has at most 79 columns. */
function wrap(text: string): string[] {
  const width = 78 - "Warning: ".length;
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    let cut = width;
    while (cut > 0 && rest[cut] !== " " && rest[cut] !== "\t") cut -= 1;
    if (cut === 0) cut = width;
    lines.push(rest.slice(0, cut + 1));
    rest = rest.slice(cut + 1);
  }
  return [...lines, rest];
}

/** The descriptor for messages: stderr, or where --stderr sends them. */
export function errorDescriptor(sys: Sys, settings: Settings): number {
  if (settings.stderrFile === undefined) return 2;
  if (settings.stderrFile === "-") return 1;
  const fd = sys.open(settings.stderrFile, { write: true, create: true, truncate: true });
  return isErrno(fd) ? 2 : fd;
}
