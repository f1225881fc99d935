// Logs of containers: time, stream and a tag (F for whole lines) before each line, as the CRI wants it.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { execFrame } from "../../lib/cri.ts";
import type { LogStream, State } from "./state.ts";

const stamp = (sys: Sys): string => {
  const now = sys.now();
  const micro = Math.floor((now * 1000) % 1000);
  return new Date(Math.floor(now))
    .toISOString()
    .replace("Z", `${String(micro).padStart(3, "0")}${String((Math.floor(now) * 7919) % 1000).padStart(3, "0")}Z`);
};

export function* copyToLog(sys: Sys, state: State, fd: number, stream: LogStream): Task {
  const part = yield* sys.read(fd);
  const over = isErrno(part) || part.length === 0;
  if (!over)
    for (const [fd_, each] of state.attached ?? [])
      if (each.container === stream.container)
        yield* sys.write(fd_, execFrame(stream.name === "stdout" ? 1 : 2, part as Uint8Array));
  const text = stream.partial + (over ? "" : decode(part as Uint8Array));
  const whole = text.split("\n");
  stream.partial = whole.pop() ?? "";
  if (over) {
    if (stream.partial !== "") whole.push(stream.partial);
    state.logs.delete(fd);
    sys.watch(fd, false);
    sys.close(fd);
  }
  const at = stamp(sys);
  if (whole.length > 0)
    sys.writeFile(stream.log, whole.map((line) => `${at} ${stream.name} F ${line}\n`).join(""), { append: true });
}

/** What ended processes have left in their pipes. */
export function* drainLogs(sys: Sys, state: State): Task {
  for (const [fd, stream] of [...state.logs]) if (sys.readable(fd)) yield* copyToLog(sys, state, fd, stream);
}
