// shutdown, reboot, poweroff and halt: who may, and what is said. The machine itself goes on.

import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { Output } from "../../systemd/client/output.ts";

const CALLS: Readonly<Record<string, string>> = { reboot: "Reboot", poweroff: "PowerOff", halt: "Halt" };

function* refuse(sys: Sys, name: string, action: string): Task<number> {
  const out = new Output(sys);
  if (sys.info.euid !== 0) out.error(`Call to ${CALLS[action] ?? action} failed: Interactive authentication required.`);
  else out.error(`${name}: ${action} is not modelled in this sandbox`);
  yield* out.close();
  return 1;
}

function program(name: string): Program {
  return {
    name,
    *main(sys) {
      return yield* refuse(sys, name, name);
    },
  };
}

export const reboot = program("reboot");
export const poweroff = program("poweroff");
export const halt = program("halt");

export const shutdown: Program = {
  name: "shutdown",
  *main(sys, argv) {
    const flags = argv.slice(1).filter((word) => word.startsWith("-"));
    const action =
      flags.includes("-r") || flags.includes("--reboot")
        ? "reboot"
        : flags.includes("-H") || flags.includes("--halt")
          ? "halt"
          : "poweroff";
    if (flags.includes("-c")) return 0;
    return yield* refuse(sys, "shutdown", action);
  },
};
