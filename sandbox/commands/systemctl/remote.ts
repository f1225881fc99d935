// systemctl -H: the manager of another machine would be asked through ssh.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import type { Output } from "../../systemd/client/output.ts";
import { mangleUnitName } from "../../systemd/unit-name.ts";

const SSH_FAILED = 255;

/** What each verb says where the line is dead. */
function failure(verb: string, units: readonly string[]): string {
  if (verb === "is-active" || verb === "is-failed") return "retrieve unit state";
  if (verb.startsWith("list-")) return "list units";
  if (verb === "daemon-reload") return "reload daemon";
  if (/^(?:start|stop|restart|reload|try-restart|reload-or-restart)$/.test(verb))
    return `${verb} ${mangleUnitName(units[0] ?? "").name}`;
  return "get properties";
}

/** Connects as the real one does; where ssh gets through, there is no bridge at the other end. */
export function* overSsh(sys: Sys, out: Output, host: string, verb: string, units: readonly string[]): Task<number> {
  const pipe = sys.pipe();
  const argv = ["ssh", "-xT", host, "systemd-stdio-bridge"];
  const pid = sys.spawn({ path: "/usr/bin/ssh", argv, fds: { 0: pipe.read, 1: pipe.write, 2: 2 } });
  sys.close(pipe.read);
  sys.close(pipe.write);
  const ended = isErrno(pid) ? undefined : yield* sys.waitpid(pid);
  if (ended !== undefined && !isErrno(ended) && ended.status.kind === "exited" && ended.status.code !== SSH_FAILED) {
    out.error("systemctl: --host is not modelled in this sandbox");
    return 1;
  }
  const what = failure(verb, units);
  out.error(`Failed to ${what}: Transport endpoint is not connected`);
  const unit = what.split(" ")[1] ?? "";
  if (unit.includes(".")) out.error(`See system logs and 'systemctl status ${unit}' for details.`);
  return 1;
}
