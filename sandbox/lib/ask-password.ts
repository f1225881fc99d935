// Reads a password from the terminal: prompt, echo off, one line, echo on again.

import { isErrno } from "../kernel/errno.ts";
import type { Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";

/** A line from a descriptor, byte by byte so that nothing of what follows is taken. Undefined at its end. */
export function* readLine(sys: Sys, fd: number): Task<string | undefined> {
  let line = "";
  for (;;) {
    const bytes = yield* sys.read(fd, 1);
    if (isErrno(bytes) || bytes.length === 0) return line === "" ? undefined : line;
    const char = decode(bytes);
    if (char === "\n" || char === "\r") return line;
    line += char;
  }
}

/** Asks on the controlling terminal; undefined where there is none or the user gave up. */
export function* askPassword(sys: Sys, prompt: string): Task<string | undefined> {
  const fd = sys.open("/dev/tty", { read: true, write: true });
  if (isErrno(fd)) return undefined;
  const modes = sys.tcgetattr(fd);
  yield* sys.write(fd, prompt);
  sys.tcsetattr(fd, { echo: false, icanon: true });
  const line = yield* readLine(sys, fd);
  if (!isErrno(modes)) sys.tcsetattr(fd, { echo: modes.echo, icanon: modes.icanon });
  yield* sys.write(fd, "\n");
  sys.close(fd);
  return line;
}
