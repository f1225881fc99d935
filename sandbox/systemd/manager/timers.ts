// Timer units: when each elapses next, and what happens then (timer.c of PID 1). Loaded when the first one starts.

import { formatCalendar, nextElapse, parseCalendar } from "../calendar.ts";
import { settingsOf } from "../definition.ts";
import { formatTimespan, parseTimespan } from "../time.ts";
import { isJobError, request } from "./jobs.ts";
import { logUnit } from "./log.ts";
import type { Manager, UnitRuntime } from "./state.ts";
import { getUnit, setState, triggeredName } from "./units.ts";

/** One setting of a timer with its next moment. */
interface Spec {
  /** As `systemctl show` names it. */
  readonly text: string;
  readonly next: number | undefined;
}

function specsOf(manager: Manager, unit: UnitRuntime): Spec[] {
  const now = manager.sys.now();
  const { last } = unit.timer ?? { last: 0 };
  const target = getUnit(manager, triggeredName(unit.definition));
  const bases: readonly (readonly [key: string, base: number])[] = [
    ["OnActiveSec", unit.activeEnter],
    ["OnBootSec", manager.sys.bootTime()],
    ["OnStartupSec", manager.state.started],
    ["OnUnitActiveSec", Math.max(target.inactiveExit, last)],
    ["OnUnitInactiveSec", target.inactiveEnter],
  ];
  const specs: Spec[] = [];
  for (const [key, base] of bases) {
    for (const value of settingsOf(unit.definition, `Timer.${key}`)) {
      const span = parseTimespan(value);
      if (span === undefined) continue;
      const at = base + span;
      // What counts from one moment elapses once; a moment that was missed counts as due.
      const over = base === 0 || (!key.startsWith("OnUnit") && last >= at);
      const since = at - manager.sys.bootTime();
      specs.push({
        text: `${key.replace("Sec", "USec")}=${formatTimespan(span)} ; next_elapse=${formatTimespan(Math.max(0, since))}`,
        next: over ? undefined : at,
      });
    }
  }
  for (const value of settingsOf(unit.definition, "Timer.OnCalendar")) {
    const calendar = parseCalendar(value);
    if (calendar === undefined) continue;
    specs.push({ text: `OnCalendar=${formatCalendar(calendar)}`, next: nextElapse(calendar, Math.max(now, last)) });
  }
  return specs;
}

/** Sets the clock for what comes next. */
function arm(manager: Manager, unit: UnitRuntime): void {
  const specs = specsOf(manager, unit);
  const moments = specs.flatMap(({ next }) => (next === undefined ? [] : [next]));
  const next = moments.length === 0 ? undefined : Math.min(...moments);
  unit.timer = { last: unit.timer?.last ?? 0, next, specs: specs.map(({ text }) => text) };
  manager.sys.setTimer(`timer:${unit.definition.id}`, next);
  const sub = next === undefined ? "elapsed" : "waiting";
  if (unit.sub !== sub) setState(manager, unit, sub);
}

/** The clock of a timer unit rang, the timer was started, or what it triggers has ended. */
export function timerRang(manager: Manager, unit: UnitRuntime): void {
  if (!["waiting", "running", "elapsed"].includes(unit.sub)) return;
  const now = manager.sys.now();
  const due = unit.timer?.next;
  if (unit.sub !== "waiting" || due === undefined || due > now) {
    arm(manager, unit);
    return;
  }
  unit.timer = { specs: [], ...unit.timer, last: now, next: undefined };
  const name = triggeredName(unit.definition);
  const started = request(manager, { verb: "start", unit: name });
  if (isJobError(started)) logUnit(manager, unit, 4, `Failed to queue unit startup job: ${started.message}`);
  else setState(manager, unit, "running");
}
