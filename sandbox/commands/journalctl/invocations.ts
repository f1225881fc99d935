// journalctl --list-invocations: the lives of a unit, numbered from the newest back or from the oldest on.

import { jsonText } from "../../systemd/client/json.ts";
import type { Output } from "../../systemd/client/output.ts";
import type { Entry } from "../../systemd/journal/file.ts";
import { formatTimestamp } from "../../systemd/time.ts";
import type { Settings } from "./options.ts";
import { invocations, resolveUnits } from "./select.ts";

/** Prints the list; the exit status. */
export function listInvocations(out: Output, settings: Settings, entries: readonly Entry[]): number {
  const { lines, first, mode, query } = settings;
  const [unit, second] = query.units;
  if (unit === undefined || second !== undefined) {
    out.error(
      unit === undefined
        ? "Using --list-invocations requires a unit. Please specify a unit name with -u/--unit=/--user-unit=."
        : "Using --list-invocations with multiple units is not supported.",
    );
    return 1;
  }
  const ids = invocations(entries, resolveUnits(query.units, entries));
  if (ids.length === 0) {
    out.error(`No invocation ID for ${unit} found.`);
    return 1;
  }
  let rows = ids.map((id, i) => {
    const own = entries.filter(({ fields }) => (fields.INVOCATION_ID ?? fields._SYSTEMD_INVOCATION_ID) === id);
    const [begin = 0, end = 0] = [own[0]?.time, own.at(-1)?.time];
    return { index: first ? i + 1 : i + 1 - ids.length, invocation_id: id, first_entry: begin, last_entry: end };
  });
  if (lines !== undefined) rows = first ? rows.slice(0, lines) : rows.slice(Math.max(0, rows.length - lines));
  if (settings.has("r")) rows.reverse();
  if (mode.startsWith("json")) {
    out.print(`${jsonText(rows, mode === "json-pretty")}\n`);
    return 0;
  }
  const quiet = settings.has("q");
  const time = (at: number) => formatTimestamp(Math.floor(at / 1000));
  const width = Math.max(quiet ? 0 : 3, ...rows.map(({ index }) => String(index).length));
  if (!quiet) out.print("IDX INVOCATION ID                    FIRST ENTRY                 LAST ENTRY\n");
  for (const { index, invocation_id, first_entry, last_entry } of rows)
    out.print(`${String(index).padStart(width)} ${invocation_id} ${time(first_entry)} ${time(last_entry)}\n`);
  return 0;
}
