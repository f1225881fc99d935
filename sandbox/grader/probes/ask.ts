// Asks a probe on the machine it belongs to. The switch is the closed set of probes.

import type { Fleet } from "../../fleet.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import type { Observation, Probe } from "../check.ts";
import { probeCommand, probeJournal, probeUnit } from "./command.ts";
import { probeHttp } from "./http.ts";
import { probeFile, probePort, probeProcess } from "./local.ts";
import { probeNode } from "./node.ts";

/** The machine on which a probe runs. */
export function machineOf(probe: Probe): string {
  switch (probe.kind) {
    case "http":
      return probe.from;
    case "node":
      return "controlplane";
    default:
      return probe.on;
  }
}

function* run(sys: Sys, probe: Probe): Task<Observation | undefined> {
  switch (probe.kind) {
    case "http":
      return yield* probeHttp(sys, probe);
    case "command":
      return yield* probeCommand(sys, probe);
    case "file":
      return probeFile(sys, probe);
    case "process":
      return probeProcess(sys, probe);
    case "port":
      return probePort(sys, probe);
    case "unit":
      return yield* probeUnit(sys, probe);
    case "journal":
      return yield* probeJournal(sys, probe);
    case "node":
      return yield* probeNode(sys, probe);
  }
}

/** What the probe brought back from this fork; undefined where it could not be asked. */
export function askProbe(fork: Fleet, probe: Probe): Observation | undefined {
  const machine = machineOf(probe);
  if (!fork.machines.some((kernel) => kernel.state.name === machine)) return undefined;
  let seen: Observation | undefined;
  fork.runTask(machine, function* (sys) {
    seen = yield* run(sys, probe);
    return 0;
  });
  return seen;
}
