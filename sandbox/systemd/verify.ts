// What `systemd-analyze verify` finds in a unit: the complaints of reading it, whether it loads, whether its programs are there.

import type { Complaint } from "./config-file.ts";
import { EXEC_KINDS } from "./definition.ts";
import type { FileView } from "./file-view.ts";
import { loadUnit } from "./load-unit.ts";
import type { SpecifierFacts } from "./specifiers.ts";

export interface Verification {
  readonly lines: readonly string[];
  readonly failed: boolean;
}

function complaintText(id: string, complaint: Complaint): string {
  return complaint.file === "" ? `${id}: ${complaint.text}` : `${complaint.file}:${complaint.line}: ${complaint.text}`;
}

/** Checks a unit as PID 1 would load it at the next daemon-reload. `access` answers why a program cannot be run. */
export function verifyUnit(
  view: FileView,
  name: string,
  facts: SpecifierFacts,
  access: (path: string) => string | undefined,
): Verification {
  const { definition, complaints, warnings } = loadUnit(view, name, facts);
  const lines = [
    ...warnings.filter((text) => !text.includes("world-inaccessible")),
    ...complaints.map((complaint) => complaintText(definition.id, complaint)),
  ];
  const { id, load, dependencies, commands } = definition;
  if (load === "not-found") return { lines: [...lines, `Unit ${id} not found.`], failed: true };
  if (load === "masked") return { lines: [...lines, `Unit ${id} is masked.`], failed: true };
  if (load === "bad-setting") return { lines: [...lines, `Unit ${id} has a bad unit file setting.`], failed: true };
  if (load === "error")
    return {
      lines: [
        ...lines,
        `Unit ${id} failed to load properly, please adjust/correct and reload service manager: Bad message`,
      ],
      failed: true,
    };
  for (const other of [...dependencies.Requires, ...dependencies.BindsTo]) {
    if (other.endsWith(".slice") || loadUnit(view, other, facts).definition.load !== "not-found") continue;
    return { lines: [...lines, `${id}: Failed to create ${id}/start: Unit ${other} not found.`], failed: true };
  }
  let failed = false;
  const one = (key: string) => definition.settings[key]?.at(-1)?.value;
  if (id.endsWith(".socket") && one("Socket.Accept") !== "yes") {
    const service = one("Socket.Service") ?? id.replace(/socket$/, "service");
    if (loadUnit(view, service, facts).definition.load !== "loaded") {
      lines.push(`${id}: service ${service} not loaded, socket cannot be started.`);
      failed = true;
    }
  }
  for (const kind of EXEC_KINDS) {
    for (const command of commands[kind]) {
      const path = command.path.startsWith("/") ? command.path : `/usr/bin/${command.path}`;
      const problem = access(path);
      if (problem === undefined || command.ignoreFailure) continue;
      lines.push(`${id}: Command ${command.path} is not executable: ${problem}`);
      failed = true;
    }
  }
  return { lines, failed };
}
