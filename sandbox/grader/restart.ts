// Restarts the kubelet of a fork as an administrator would: daemon-reload, restart, and a little time to come up.

import type { Fleet } from "../fleet.ts";
import { isErrno } from "../kernel/errno.ts";
import type { Sys, Task } from "../kernel/sys.ts";
import { CONTROL_SOCKET, type Request } from "../systemd/protocol.ts";

/** Time to open ports, or to fail (ms). */
const COMING_UP = 3_000;

/** One request to PID 1; its answer is not looked at. */
function* callManager(sys: Sys, request: Request): Task<void> {
  const fd = yield* sys.connect({ family: "unix", path: CONTROL_SOCKET });
  if (isErrno(fd)) return;
  yield* sys.write(fd, `${JSON.stringify(request)}\n`);
  yield* sys.read(fd);
  sys.close(fd);
}

export function restartKubelet(fork: Fleet, machine: string): void {
  fork.runTask(machine, function* (sys) {
    yield* callManager(sys, { call: "reload" });
    yield* callManager(sys, { call: "job", verb: "restart", unit: "kubelet.service", wait: true });
    return 0;
  });
  fork.advance(COMING_UP);
}
