// Which entries a query means.

import type { Sys } from "../../kernel/sys.ts";
import { compilePerl } from "../../lib/regex/perl.ts";
import { isRegexError, type Regex } from "../../lib/regex/regex.ts";
import type { Entry } from "../../systemd/journal/file.ts";
import { concernsUnit } from "../../systemd/journal/read.ts";
import { matchesPattern } from "../../systemd/unit-name.ts";
import type { Conjunct, Query } from "./options.ts";

/** Whether a unit is asked for by pattern. */
export const isGlob = (name: string): boolean => /[*?[]/.test(name);

/** Unit names of a query, patterns replaced by the units that the journal knows. */
export function resolveUnits(units: readonly string[], entries: readonly Entry[]): string[] {
  const known = new Set<string>();
  for (const { fields } of units.some(isGlob) ? entries : []) {
    if (fields._SYSTEMD_UNIT !== undefined) known.add(fields._SYSTEMD_UNIT);
    if (fields.UNIT !== undefined && fields._PID === "1") known.add(fields.UNIT);
  }
  return units.flatMap((unit) => (isGlob(unit) ? [...known].filter((name) => matchesPattern(name, unit)) : [unit]));
}

function fitsGroup(entry: Entry, group: Conjunct): boolean {
  for (const [field, values] of group) if (!values.includes(entry.fields[field] ?? "\0")) return false;
  return true;
}

/** A pattern, or why it is none. */
export function compilePattern(query: Query): Regex | { readonly error: string } | undefined {
  if (query.pattern === undefined) return undefined;
  return compilePerl(query.pattern, query.ignoreCase, false);
}

/** Invocation ids of a unit in the order in which they began. */
export function invocations(entries: readonly Entry[], units: readonly string[]): string[] {
  const ids: string[] = [];
  for (const entry of entries) {
    const id = entry.fields.INVOCATION_ID ?? entry.fields._SYSTEMD_INVOCATION_ID;
    if (id !== undefined && !ids.includes(id) && units.some((unit) => concernsUnit(entry, unit))) ids.push(id);
  }
  return ids;
}

/** Whether a unit never had the invocation that is asked for by its place. */
export function lacksInvocation(query: Query, entries: readonly Entry[]): boolean {
  const offset = Number(query.invocation ?? Number.NaN);
  if (Number.isNaN(offset)) return false;
  const count = invocations(entries, resolveUnits(query.units, entries)).length;
  return offset <= 0 ? count + offset <= 0 : offset > count;
}

/** When the invocation asked for began and ended, as times of entries. */
function invocationSpan(
  entries: readonly Entry[],
  query: Query,
  units: readonly string[],
): readonly [number, number] | undefined {
  if (query.invocation === undefined) return undefined;
  const ids = invocations(entries, units);
  const offset = Number(query.invocation);
  const at = Number.isNaN(offset) ? ids.indexOf(query.invocation) : offset <= 0 ? ids.length - 1 + offset : offset - 1;
  const begin = entries.find((entry) => entry.fields.INVOCATION_ID === ids[at]);
  const next = entries.find((entry) => ids[at + 1] !== undefined && entry.fields.INVOCATION_ID === ids[at + 1]);
  return [begin?.time ?? 0, next?.time ?? Number.POSITIVE_INFINITY];
}

/** The entries that fit, in order. */
export function select(sys: Sys, entries: readonly Entry[], query: Query, pattern: Regex | undefined): Entry[] {
  const units = resolveUnits(query.units, entries);
  const span = invocationSpan(entries, query, units);
  const boot = query.boot === undefined || query.boot === "all" ? undefined : sys.machine.bootId;
  return entries.filter((entry) => {
    const { fields, time } = entry;
    if (boot !== undefined && fields._BOOT_ID !== boot) return false;
    if (query.units.length > 0 && !units.some((unit) => concernsUnit(entry, unit))) return false;
    if (query.kernel && fields._TRANSPORT !== "kernel") return false;
    if (query.identifiers.length > 0 && !query.identifiers.includes(fields.SYSLOG_IDENTIFIER ?? "\0")) return false;
    // 257 leaves nothing out of what is asked for by unit.
    if (units.length === 0 && query.excluded.includes(fields.SYSLOG_IDENTIFIER ?? "\0")) return false;
    if (query.priorities !== undefined && !query.priorities.has(Number(fields.PRIORITY ?? 6))) return false;
    if (query.facilities !== undefined && !query.facilities.has(fields.SYSLOG_FACILITY ?? "\0")) return false;
    if (query.since !== undefined && time < query.since * 1000) return false;
    if (query.until !== undefined && time > query.until * 1000) return false;
    if (span !== undefined && (time < span[0] || time >= span[1])) return false;
    if (query.matches.length > 0 && !query.matches.some((group) => fitsGroup(entry, group))) return false;
    return pattern === undefined || pattern.test(fields.MESSAGE ?? "");
  });
}

export { isRegexError };
