// Starts that can never begin, since units wait for each other in a ring.

import type { JobError } from "./jobs.ts";
import { logUnit } from "./log.ts";
import type { Manager, UnitRuntime } from "./state.ts";
import { knownUnit } from "./units.ts";

/** A unit that must wait for itself, by way of others that start with it: what is said of that, from the unit on. */
function findCycle(manager: Manager, unit: UnitRuntime, path: readonly UnitRuntime[] = []): string[] | undefined {
  const { id } = unit.definition;
  if (path[0] === unit) return path.map((each) => each.definition.id);
  if (path.includes(unit)) return undefined;
  for (const name of unit.definition.dependencies.After) {
    const other = knownUnit(manager, name);
    const starts = other?.job !== undefined && manager.state.jobs[other.job]?.type === "start";
    const found =
      other === undefined || !starts || other.definition.id === id
        ? undefined
        : findCycle(manager, other, [...path, unit]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Refuses a start that can never begin, and takes back what it had planned. */
export function refuseCycle(manager: Manager, unit: UnitRuntime): JobError | undefined {
  const cycle = findCycle(manager, unit);
  if (cycle === undefined) return undefined;
  const ring = [...cycle.slice(1), cycle[0]];
  ring.forEach((name, i) => {
    logUnit(manager, unit, 4, `Found ${i === 0 ? "ordering cycle" : "dependency"} on ${name}/start`);
  });
  logUnit(manager, unit, 3, `Unable to break cycle starting with ${unit.definition.id}/start`);
  for (const name of cycle) {
    const other = knownUnit(manager, name);
    if (other?.job === undefined) continue;
    delete manager.state.jobs[other.job];
    other.job = undefined;
  }
  return { error: "BadSetting", message: "Transaction order is cyclic. See system logs for details." };
}
