// What sshd tells the system's log.

import { isErrno } from "../kernel/errno.ts";
import type { Sys, Task } from "../kernel/sys.ts";

export function* log(sys: Sys, text: string): Task<void> {
  const fd = yield* sys.connect({ family: "unix", path: "/dev/log" });
  if (isErrno(fd)) return;
  yield* sys.write(fd, `<38>sshd-session[${sys.pid}]: ${text}\n`);
  sys.close(fd);
}
