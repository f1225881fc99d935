// `:!`: commands of the shell, with lines of the text passing through them or without.

import { isErrno } from "../../../kernel/errno.ts";
import type { Task } from "../../../kernel/sys.ts";
import { decode } from "../../../kernel/text.ts";
import { hitEnter } from "../command-line.ts";
import type { Editor } from "../editor.ts";
import { lineStart } from "../motions.ts";
import type { Range } from "./range.ts";

/** Runs a command; with a range its lines pass through it, else its output is shown. */
export function* runShell(vi: Editor, command: string, range: Range, input?: readonly string[]): Task<void> {
  const { buffer, screen, io } = vi;
  const text = command.replace(/(?<!\\)%/g, vi.file ?? "%");
  if (range.given > 0) {
    const output = yield* capture(vi, text, `${buffer.lines.slice(range.from, range.to + 1).join("\n")}\n`);
    buffer.note(vi.cursor);
    buffer.lines.splice(
      range.from,
      range.to - range.from + 1,
      ...(output === "" ? [] : output.replace(/\n$/, "").split("\n")),
    );
    if (buffer.lines.length === 0) buffer.lines.push("");
    buffer.changed();
    return vi.moveTo(lineStart(buffer, range.from));
  }
  screen.put("\n");
  const { sys } = io;
  const tty = sys.open("/dev/tty", { read: true, write: true });
  const fd = isErrno(tty) ? 0 : tty;
  sys.tcsetattr(fd, { icanon: true, echo: true, isig: true, icrnl: true });
  yield* io.flush();
  if (input !== undefined) screen.put(yield* capture(vi, text, `${input.join("\n")}\n`));
  else {
    const pid = sys.spawn({
      path: "/bin/sh",
      argv: text === "" ? ["sh"] : ["sh", "-c", text],
      fds: { 0: fd, 1: 1, 2: 2 },
    });
    if (!isErrno(pid)) yield* sys.waitpid(pid);
  }
  sys.tcsetattr(fd, { icanon: false, echo: false, isig: false, icrnl: false });
  if (!isErrno(tty)) sys.close(tty);
  screen.put("\n");
  yield* hitEnter(vi);
}

/** Output of a command that reads some text. */
export function* capture(vi: Editor, command: string, input: string): Task<string> {
  const { sys } = vi.io;
  const name = `/tmp/v${String(sys.pid)}`;
  sys.writeFile(name, input, { mode: 0o600 });
  const from = sys.open(name, { read: true });
  sys.unlink(name);
  const out = sys.pipe();
  const pid = sys.spawn({
    path: "/bin/sh",
    argv: ["sh", "-c", command],
    fds: { 0: isErrno(from) ? 0 : from, 1: out.write, 2: out.write },
  });
  sys.close(out.write);
  if (!isErrno(from)) sys.close(from);
  let text = "";
  for (;;) {
    const bytes = yield* sys.read(out.read);
    if (isErrno(bytes) || bytes.length === 0) break;
    text += decode(bytes);
  }
  sys.close(out.read);
  if (!isErrno(pid)) yield* sys.waitpid(pid);
  return text;
}
