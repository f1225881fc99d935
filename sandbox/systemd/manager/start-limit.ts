// StartLimitBurst= in StartLimitIntervalSec=: how often a service may be started.

import { parseTimespan } from "../time.ts";
import type { Manager, UnitRuntime } from "./state.ts";

/** Counts a start against StartLimitBurst= in StartLimitIntervalSec=. */
export function belowStartLimit(manager: Manager, unit: UnitRuntime): boolean {
  const { definition } = unit;
  const at = (section: string, key: string) => definition.settings[`${section}.${key}`]?.at(-1);
  const settings = [
    at("Unit", "StartLimitIntervalSec"),
    at("Unit", "StartLimitInterval"),
    at("Service", "StartLimitInterval"),
  ];
  const bursts = [at("Unit", "StartLimitBurst"), at("Service", "StartLimitBurst")];
  const order = (file: string) => (file === definition.fragment ? -1 : definition.dropIns.indexOf(file));
  // The keys of both sections set the same thing, so the last line read wins.
  const last = <T extends { file: string; line: number } | undefined>(list: readonly T[]) =>
    list
      .filter((each) => each !== undefined)
      .sort((a, b) => order(a.file) - order(b.file) || a.line - b.line)
      .at(-1);
  const interval = parseTimespan(last(settings)?.value ?? "10s") ?? 10_000;
  const burst = Number(last(bursts)?.value ?? "5");
  if (interval === 0 || burst === 0) return true;
  const now = manager.sys.now();
  if (unit.rateBegin === 0 || unit.rateBegin + interval < now) {
    unit.rateBegin = now;
    unit.rateCount = 1;
    return true;
  }
  if (unit.rateCount >= burst) return false;
  unit.rateCount += 1;
  return true;
}
