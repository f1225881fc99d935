// more: a file a screen at a time; where output is no terminal, all of it.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { concat, decode } from "../kernel/text.ts";
import { defineCommand, type Io } from "./define.ts";

/** One key from the terminal, read raw. */
function* key(io: Io): Task<string> {
  const { sys } = io;
  const fd = sys.open("/dev/tty", { read: true });
  if (isErrno(fd)) return "q";
  const modes = sys.tcgetattr(fd);
  sys.tcsetattr(fd, { icanon: false, echo: false });
  const bytes = yield* sys.read(fd, 1);
  if (!isErrno(modes)) sys.tcsetattr(fd, { icanon: modes.icanon, echo: modes.echo });
  sys.close(fd);
  return isErrno(bytes) ? "q" : decode(bytes);
}

/** Rows that a line takes on the screen. */
const rowsOf = (line: string, columns: number) => Math.max(1, Math.ceil(line.length / columns));

export const more = defineCommand({
  name: "more",
  package: "util-linux",
  summary: "Display the contents of a file in a terminal.",
  usage: ["[options] <file>..."],
  options: `
    d,silent  display help instead of ringing bell
    f,logical  count logical rather than screen lines
    l,no-pause  suppress pause after form feed
    c,print-over  do not scroll, display text and clean line ends
    p,clean-print  do not scroll, clean screen and display text
    e,exit-on-eof  exit on end-of-file
    s,squeeze  squeeze multiple blank lines into one
    u,plain  suppress underlining and bold
    n,lines=number  the number of lines per screenful`,
  *run(io, sys) {
    if (io.operands.length === 0 && sys.isatty(0)) {
      io.printError("more: bad usage\nTry 'more --help' for more information.\n");
      return 1;
    }
    const size = io.tty ? sys.windowSize(1) : undefined;
    const { columns, rows } =
      size === undefined || isErrno(size) ? { columns: 80, rows: Number.POSITIVE_INFINITY } : size;
    const height = Number(io.value("n") ?? rows - 1);
    for (const file of io.operands.length > 0 ? io.operands : ["-"]) {
      const fd = io.open(file);
      const stat = isErrno(fd) ? fd : sys.fstat(fd);
      if (isErrno(fd) || isErrno(stat)) {
        io.printError(`more: cannot open ${file}: ${isErrno(fd) ? fd.text : ""}\n`);
        io.status = 1;
        continue;
      }
      if (stat.type === "directory") {
        io.print(`\n*** ${file}: directory ***\n\n`);
        io.close(fd);
        continue;
      }
      if (io.operands.length > 1) io.print(`::::::::::::::\n${file}\n::::::::::::::\n`);
      const parts: Uint8Array[] = [];
      for (;;) {
        const bytes = yield* io.read(fd);
        if (isErrno(bytes) || bytes.length === 0) break;
        parts.push(bytes);
      }
      io.close(fd);
      const text = decode(concat(parts));
      if (height === Number.POSITIVE_INFINITY) {
        io.print(text);
        continue;
      }
      const lines = text.replace(/\n$/, "").split("\n");
      let room = height;
      let shown = 0;
      for (const [at, line] of lines.entries()) {
        if (room < rowsOf(line, columns) && at > 0) {
          const percent = Math.floor((shown * 100) / Math.max(1, text.length));
          io.print(`\x1b[7m--More--(${percent}%)\x1b[27m`);
          yield* io.flush();
          const pressed = yield* key(io);
          io.print("\r\x1b[K");
          if (pressed === "q" || pressed === "Q") return io.status;
          room = pressed === "\n" || pressed === "\r" ? 1 : height;
        }
        io.print(`${line}\n`);
        shown += line.length + 1;
        room -= rowsOf(line, columns);
      }
    }
    return io.status;
  },
});
