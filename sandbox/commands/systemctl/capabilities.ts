// Settings of a service that hardens itself, and the capabilities that they leave it.

import { parseBoolean } from "../../systemd/values.ts";
import { EXEC } from "./defaults.ts";

/** The settings of one service. */
export interface Hardening {
  /** The last value of a setting, or its default. */
  one(key: string, fallback: string): string;
  list(key: string): readonly string[];
  on(key: string): boolean;
}

/** A view of settings by `Section.Key`. */
export function hardeningOf(values: (key: string) => readonly string[]): Hardening {
  const one = (key: string, fallback: string) => values(`Service.${key}`).at(-1) ?? fallback;
  const on = (key: string) => parseBoolean(one(key, "no")) ?? true;
  return { one, list: (key) => values(`Service.${key}`), on };
}

const CAPABILITIES = (/CapabilityBoundingSet=(\S+)/.exec(EXEC)?.[1] ?? "").toUpperCase().split("~");

/** The words of a line. */
export const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

/** Lines of a list that `~` turns round, one after another: what is left of all there is. */
export function merge(lines: readonly string[], all: readonly string[]): string[] {
  let kept: readonly string[] = all;
  for (const line of lines) {
    const inverted = line.startsWith("~");
    const named = new Set(words(line.replace(/^~/, "")));
    const whole = kept.length === all.length;
    kept = all.filter((each) =>
      inverted ? kept.includes(each) && !named.has(each) : named.has(each) || (!whole && kept.includes(each)),
    );
  }
  return [...kept];
}

/** The capabilities that its processes may have. */
export function boundingSet(unit: Hardening): string[] {
  const taken = [
    unit.on("ProtectKernelModules") ? ["CAP_SYS_MODULE"] : [],
    unit.on("ProtectKernelLogs") ? ["CAP_SYSLOG"] : [],
    unit.on("ProtectClock") ? ["CAP_SYS_TIME", "CAP_WAKE_ALARM"] : [],
    unit.on("PrivateDevices") ? ["CAP_MKNOD", "CAP_SYS_RAWIO"] : [],
  ].flat();
  return merge(unit.list("CapabilityBoundingSet"), CAPABILITIES).filter((each) => !taken.includes(each));
}
