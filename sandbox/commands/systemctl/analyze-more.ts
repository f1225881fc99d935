// Parts of systemd-analyze that answer without a look at the machine's units: calendar, exit-status, condition, compare-versions and their like.

import type { Sys } from "../../kernel/sys.ts";
import { formatCalendar, nextElapse, parseCalendar } from "../../systemd/calendar.ts";
import type { Output } from "../../systemd/client/output.ts";
import type { Condition } from "../../systemd/definition.ts";
import { exitStatusName, exitStatusNumber } from "../../systemd/exit-status.ts";
import { viewOf } from "../../systemd/file-view.ts";
import { loadUnit } from "../../systemd/load-unit.ts";
import { conditionHolds, writtenCondition } from "../../systemd/manager/conditions.ts";
import { formatRelative, formatTimestamp, parseTimestamp } from "../../systemd/time.ts";
import { kindOfKey } from "../../systemd/unit-keys.ts";
import { mangleUnitName } from "../../systemd/unit-name.ts";

const YELLOW_NEVER = "\x1b[0;1;38:5:185m";

const label = (text: string): string => `${text.padStart(15)}: `;

/** `calendar`: the normal form of each expression, and when it elapses. */
export function calendars(
  sys: Sys,
  out: Output,
  words: readonly string[],
  base: string | undefined,
  iterations: number,
): number {
  const begin = base === undefined ? sys.now() : parseTimestamp(base, sys.now());
  if (begin === undefined) {
    out.error(`Failed to parse --base-time= parameter: ${base}`);
    return 1;
  }
  let status = 0;
  for (const [i, word] of words.entries()) {
    const calendar = parseCalendar(word);
    if (calendar === undefined) {
      out.error(`Failed to parse calendar specification '${word}': Invalid argument`);
      status = 1;
      continue;
    }
    if (i > 0) out.print("\n");
    const normal = formatCalendar(calendar);
    if (normal !== word) out.print(`${label("Original form")}${word}\n`);
    out.print(`${label("Normalized form")}${normal}\n`);
    let from = begin;
    for (let n = 1; n <= iterations; n++) {
      const next = nextElapse(calendar, from);
      if (next === undefined) {
        if (n === 1) out.print(`${label("Next elapse")}${out.paint(YELLOW_NEVER, "never")}\n`);
        break;
      }
      out.print(`${label(n === 1 ? "Next elapse" : `Iteration #${n}`)}${formatTimestamp(next)}\n`);
      out.print(`${label("From now")}${formatRelative(next, sys.now())}\n`);
      from = next;
    }
  }
  return status;
}

function statusClass(status: number): string {
  return status <= 1 ? "libc" : status <= 7 ? "LSB" : status <= 78 ? "BSD" : "systemd";
}

/** `exit-status`: names, numbers and where they come from. */
export function exitStatuses(out: Output, words: readonly string[]): number {
  const all = Array.from({ length: 256 }, (_, i) => i).filter((status) => exitStatusName(status) !== undefined);
  const chosen: number[] = [];
  for (const word of words) {
    const status = /^\d+$/.test(word) ? Number(word) : exitStatusNumber(word);
    if (status === undefined || status > 255) {
      out.error(`Invalid exit status "${word}".`);
      return 1;
    }
    chosen.push(status);
  }
  const rows = (words.length === 0 ? all : chosen).map((status) => [exitStatusName(status) ?? "-", status] as const);
  const width = Math.max(4, ...rows.map(([name]) => name.length));
  out.print(`${"NAME".padEnd(width)} STATUS CLASS\n`);
  for (const [name, status] of rows)
    out.print(`${name.padEnd(width)} ${String(status).padStart(6)} ${name === "-" ? "-" : statusClass(status)}\n`);
  return 0;
}

function parseCondition(text: string): Condition | undefined {
  const match = /^\s*((?:Condition|Assert)\w+)\s*=\s*(\|?)\s*(!?)\s*(.*)$/.exec(text);
  if (match === null || kindOfKey("Unit", match[1] as string) !== "condition") return undefined;
  return { key: match[1] as string, trigger: match[2] === "|", negate: match[3] === "!", value: match[4] as string };
}

/** `condition`: tests expressions, or those of a unit, here and now. */
export function conditions(sys: Sys, out: Output, words: readonly string[], unit: string | undefined): number {
  const list: Condition[] = [];
  const name = unit === undefined ? "test.service" : mangleUnitName(unit).name;
  if (unit === undefined && words.length === 0) {
    out.error("Too few arguments for condition");
    return 1;
  }
  if (unit !== undefined) {
    const { machineId, bootId, release, architecture } = sys.machine;
    const facts = { hostname: sys.hostname, machineId, bootId, kernel: release, architecture };
    list.push(...loadUnit(viewOf(sys), name, facts).definition.conditions);
  }
  for (const word of words) {
    const condition = parseCondition(word);
    if (condition === undefined) {
      out.error(`Cannot parse "${word}".`);
      return 1;
    }
    list.push(condition);
  }
  let status = 0;
  for (const [kind, title] of [
    ["Assert", "Asserts"],
    ["Condition", "Conditions"],
  ] as const) {
    const own = list.filter(({ key }) => key.startsWith(kind)).reverse();
    if (own.length === 0) continue;
    let triggered: boolean | undefined;
    let good = true;
    for (const condition of own) {
      const holds = conditionHolds(sys, condition.key, condition.value) !== condition.negate;
      out.info(`${name}: ${writtenCondition(condition)} ${holds ? "succeeded" : "failed"}.`);
      if (condition.trigger) triggered = (triggered ?? false) || holds;
      else good &&= holds;
      // The first that does not hold is enough.
      if (!good) break;
    }
    const passed = good && triggered !== false;
    out.info(`${title} ${passed ? "succeeded" : "failed"}.`);
    if (!passed) status = 1;
  }
  return status;
}

/** Versions part by part: figures as numbers, letters by their code. */
function compareVersions(a: string, b: string): number {
  const parts = (text: string) => text.match(/\d+|[A-Za-z]+|~|-|\^/g) ?? [];
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i], right[i]];
    if (x === y) continue;
    if (x === "~" || y === "~") return x === "~" ? -1 : 1;
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    const numeric = /^\d/.test(x) && /^\d/.test(y);
    if (numeric && Number(x) !== Number(y)) return Number(x) - Number(y);
    if (!numeric) return /^\d/.test(x) ? 1 : /^\d/.test(y) ? -1 : x < y ? -1 : 1;
  }
  return 0;
}

/** `compare-versions A [OP] B`. */
export function versions(out: Output, words: readonly string[]): number {
  const [a = "", second = "", third] = words;
  const order = compareVersions(a, third ?? second);
  if (third === undefined) {
    out.print(`${a} ${order < 0 ? "<" : order > 0 ? ">" : "=="} ${second}\n`);
    return order < 0 ? 12 : order > 0 ? 11 : 0;
  }
  const tests: Readonly<Record<string, boolean>> = {
    lt: order < 0,
    "<": order < 0,
    le: order <= 0,
    "<=": order <= 0,
    eq: order === 0,
    "==": order === 0,
    ne: order !== 0,
    "!=": order !== 0,
    ge: order >= 0,
    ">=": order >= 0,
    gt: order > 0,
    ">": order > 0,
  };
  const holds = tests[second];
  if (holds === undefined) out.error(`Unknown operator "${second}".`);
  return holds === true ? 0 : 1;
}
