// Which drills an exam proposes: against what was missed, first the task's own template, then another that trains the same mistake.

import type { DrillTemplate } from "#lessons/_kit/drill.ts";
import { readAddress } from "#lessons/_kit/drill.ts";
import { loadTemplates } from "../course/drills.ts";
import type { TaskResult } from "./result.ts";

/** At most so many: a watch is short. */
const most = 5;

export async function proposeDrills(tasks: readonly TaskResult[]): Promise<readonly DrillTemplate[]> {
  const templates = await loadTemplates();
  const chosen = new Set<DrillTemplate>();
  const missed = tasks
    .filter(({ earned, weight }) => earned < weight)
    .sort((a, b) => b.weight - b.earned - (a.weight - a.earned));
  for (const { address } of missed) {
    const own = templates.find(({ id }) => id === readAddress(address)?.id);
    if (own !== undefined) chosen.add(own);
  }
  const wrongs = new Set(tasks.flatMap(({ misconceptions }) => misconceptions.map(({ id }) => id)));
  for (const template of templates)
    if (template.use.includes("rep") && template.misconceptions.some((id) => wrongs.has(id))) chosen.add(template);
  return [...chosen].slice(0, most);
}
