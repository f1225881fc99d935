// crictl logs and exec: a container's output, followed or conversed with.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { concat, decode, encode } from "../../kernel/text.ts";
import { execFrame, readFrames } from "../../lib/cri.ts";
import { type Call, findContainer, need } from "./call.ts";
import { Fatal } from "./runtime.ts";

export function* logs(call: Call): Task<number | undefined> {
  const { sys, flags } = call;
  const container = yield* findContainer(call, need(call.args, "container-id")[0] as string);
  const path = container.logPath ?? "";
  let seen = 0;
  for (let first = true; ; first = false) {
    const data = sys.readFile(path);
    if (isErrno(data)) {
      if (first)
        throw new Fatal(
          `failed to try resolving symlinks in path "${path}": lstat ${path}: ${data.text.toLowerCase()}`,
        );
      return 0;
    }
    let lines = decode(data).split("\n").slice(seen, -1);
    seen += lines.length;
    const tail = Number(flags.tail ?? -1);
    if (first && tail >= 0) lines = tail === 0 ? [] : lines.slice(-tail);
    for (const line of lines) {
      const [, time = "", stream = "stdout", text = ""] = /^(\S+) (stdout|stderr) [FP] (.*)$/s.exec(line) ?? [line];
      yield* sys.write(stream === "stderr" ? 2 : 1, `${flags.timestamps === undefined ? "" : `${time} `}${text}\n`);
    }
    if (flags.follow === undefined) return 0;
    const version = sys.version(path);
    if (isErrno(yield* sys.waitUntil(() => sys.version(path) !== version))) return 130;
  }
}

export function* exec(call: Call): Task<number | undefined> {
  const { sys, runtime, flags } = call;
  const [id, ...command] = call.args;
  if (id === undefined) throw new Fatal("ID cannot be empty");
  const container = yield* findContainer(call, id);
  if (command.length === 0) throw new Fatal("command cannot be empty");
  const stdin = flags.interactive !== undefined;
  const tty = flags.tty !== undefined;
  const fd = yield* runtime.open();
  const reply = yield* runtime.exchange(fd, { method: "Exec", container: container.id, command, stdin, tty });
  if ("error" in reply) {
    const inner = reply.error.replace(/^rpc error: code = \w+ desc = /, "");
    throw new Fatal(
      `execing command in container: ${flags.sync === undefined ? `Internal error occurred: error executing command in container: ${inner}` : reply.error}`,
    );
  }
  const status = yield* converse(sys, fd, stdin, tty);
  if (status !== 0) throw new Fatal(`execing command in container: command terminated with exit code ${status}`);
  return 0;
}

/** Keyboard in, output out, until the exit status comes. */
function* converse(sys: Sys, fd: number, stdin: boolean, tty: boolean): Task<number> {
  const raw = tty && sys.isatty(0);
  const before = raw ? sys.tcgetattr(0) : undefined;
  if (raw) sys.tcsetattr(0, { icanon: false, echo: false, isig: false, icrnl: false, opost: false });
  if (tty) {
    const size = sys.windowSize(0);
    if (!isErrno(size))
      yield* sys.write(fd, execFrame(4, encode(JSON.stringify({ Width: size.columns, Height: size.rows }))));
  }
  let open = stdin;
  if (!stdin) yield* sys.write(fd, execFrame(0, new Uint8Array(0)));
  let pending: Uint8Array = new Uint8Array(0);
  let status = 0;
  for (let over = false; !over; ) {
    yield* sys.waitUntil(() => sys.readable(fd) || (open && sys.readable(0)));
    if (open && sys.readable(0)) {
      const part = yield* sys.read(0);
      const bytes = isErrno(part) ? new Uint8Array(0) : part;
      open = bytes.length > 0;
      yield* sys.write(fd, execFrame(0, bytes));
    }
    if (!sys.readable(fd)) continue;
    const part = yield* sys.read(fd);
    if (isErrno(part) || part.length === 0) break;
    const { frames, rest } = readFrames(concat([pending, part]));
    pending = rest;
    for (const { channel, payload } of frames) {
      if (channel === 3) {
        status = Number(decode(payload));
        over = true;
      } else yield* sys.write(channel === 2 ? 2 : 1, payload);
    }
  }
  if (before !== undefined && !isErrno(before)) sys.tcsetattr(0, before);
  sys.close(fd);
  return status;
}
