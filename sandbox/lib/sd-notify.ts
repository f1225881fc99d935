// sd_notify(3): how a service of Type=notify tells PID 1 that it is ready.

import { isErrno } from "../kernel/errno.ts";
import type { Sys, Task } from "../kernel/sys.ts";

/** Sends a state such as READY=1 to the socket in NOTIFY_SOCKET; without one nobody asked. */
export function* notifyReady(sys: Sys, text = "READY=1"): Task<void> {
  const path = sys.env["NOTIFY_SOCKET"];
  if (path === undefined) return;
  const fd = yield* sys.connect({ family: "unix", path });
  if (isErrno(fd)) return;
  yield* sys.write(fd, `${text}\n`);
  sys.close(fd);
}
