// Types a line on a machine of a fleet, as an administrator would, and brings back what it printed.

import type { Fleet } from "../../sandbox/fleet.ts";
import { decode } from "../../sandbox/kernel/text.ts";

const PATIENCE = 900_000;

/** A line of bash as root, with nothing on its input; what both streams said. */
export function typeOn(fleet: Fleet, machine: string, line: string): string {
  fleet.runTask(
    machine,
    function* (sys) {
      const argv = ["bash", "-c", `exec >/tmp/out 2>&1 </dev/null; ${line}`];
      const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", HOME: "/root" };
      const pid = sys.spawn({ path: "/bin/bash", argv, cwd: "/root", env });
      if (typeof pid === "number") yield* sys.waitpid(pid);
      return 0;
    },
    { patience: PATIENCE },
  );
  const data = fleet.readFile(machine, "/tmp/out");
  return data instanceof Uint8Array ? decode(data) : "";
}
