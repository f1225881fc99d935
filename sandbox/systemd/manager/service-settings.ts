// What a service's settings say, and the timer of its state.

import { settingOf } from "../definition.ts";
import { serviceType } from "../load-unit.ts";
import { parseTimespan } from "../time.ts";
import { parseBoolean } from "../values.ts";
import type { Manager, UnitRuntime } from "./state.ts";

/** A setting of the service, the last one given. */
export const serviceSetting = (unit: UnitRuntime, key: string): string | undefined =>
  settingOf(unit.definition, `Service.${key}`);

export const serviceFlag = (unit: UnitRuntime, key: string, fallback: boolean): boolean =>
  parseBoolean(serviceSetting(unit, key) ?? "") ?? fallback;

export const typeOf = (unit: UnitRuntime): string => serviceType(unit.definition);

export function pidFileOf(unit: UnitRuntime): string | undefined {
  const file = serviceSetting(unit, "PIDFile");
  return file === undefined || file.startsWith("/") ? file : `/run/${file}`;
}

/** A time setting of the service in ms; 0 means none for those that can be off. */
export function spanOf(unit: UnitRuntime, key: string, fallback: number): number {
  const own =
    serviceSetting(unit, key) ?? (key.startsWith("TimeoutSt") ? serviceSetting(unit, "TimeoutSec") : undefined);
  return own === undefined ? fallback : (parseTimespan(own) ?? fallback);
}

export const timerName = (unit: UnitRuntime): string => `unit:${unit.definition.id}`;

export function armTimer(manager: Manager, unit: UnitRuntime, after: number): void {
  const endless = after === Number.POSITIVE_INFINITY || after <= 0;
  manager.sys.setTimer(timerName(unit), endless ? undefined : manager.sys.now() + after);
}

export function disarm(manager: Manager, unit: UnitRuntime): void {
  manager.sys.setTimer(timerName(unit), undefined);
}
