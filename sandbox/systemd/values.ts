// Checking and reading the values of settings. Pure.

import { findSignal, type SignalName } from "../kernel/signal.ts";
import { parseTimespan } from "./time.ts";
import type { KeyKind } from "./unit-keys.ts";

/** yes, no, true, on, 1 …; undefined where the text is no boolean. */
export function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (["1", "yes", "y", "true", "t", "on"].includes(word)) return true;
  if (["0", "no", "n", "false", "f", "off"].includes(word)) return false;
  return undefined;
}

/** A size such as `512M`, `2.5G`, in bytes. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([EPTGMKB]?)$/.exec(text);
  if (match === null) return undefined;
  return Math.floor(Number(match[1]) * 1024 ** Math.max(0, " KMGTPE".indexOf(match[2] as string)));
}

/** A memory limit: bytes, a percentage or `infinity`. */
function isMemoryLimit(text: string): boolean {
  return text === "infinity" || /^\d+(?:\.\d+)?%$/.test(text) || parseBytes(text) !== undefined;
}

function isResourceLimit(text: string): boolean {
  const parts = text.split(":");
  const good = (part: string) =>
    part === "infinity" || parseBytes(part) !== undefined || parseTimespan(part) !== undefined;
  return parts.length <= 2 && parts.every(good);
}

export function parseSignal(text: string): SignalName | undefined {
  return findSignal(text);
}

/** What PID 1 says about a value it does not take; undefined where the value is good. */
export function valueProblem(kind: KeyKind, key: string, value: string): string | undefined {
  const failed = `Failed to parse ${key}=${value}, ignoring: Invalid argument`;
  if (kind.startsWith("one:")) return kind.slice(4).split("|").includes(value) ? undefined : failed;
  switch (kind) {
    case "bool":
      return parseBoolean(value) === undefined ? failed : undefined;
    case "span":
      return parseTimespan(value) === undefined ? failed : undefined;
    case "integer":
      return /^\d+$/.test(value) ? undefined : failed;
    case "mode":
      return /^[0-7]{1,4}$/.test(value) ? undefined : failed;
    case "signal":
      return parseSignal(value) === undefined ? failed : undefined;
    case "memory":
      return isMemoryLimit(value) ? undefined : `Invalid memory limit '${value}', ignoring: Invalid argument`;
    case "limit":
      return isResourceLimit(value) ? undefined : failed;
    case "name":
      return /^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$/.test(value)
        ? undefined
        : `Invalid user/group name or numeric ID, ignoring: ${value}`;
    default:
      return undefined;
  }
}
