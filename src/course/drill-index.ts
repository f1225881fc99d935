// Build time only: what pages say of each drill before any is made.

import type { DrillTemplate } from "#lessons/_kit/drill.ts";

/** A template without what it makes. */
export type DrillEntry = Omit<DrillTemplate, "make">;

const modules = import.meta.glob<{ readonly template: DrillTemplate }>(
  ["../../lessons/drills/*.ts", "!../../lessons/drills/*.test.ts"],
  { eager: true },
);

/** All drills by title, easiest first. */
export const drillIndex: readonly DrillEntry[] = Object.values(modules)
  .map(({ template: { id, title, topic, level, minutes, use, misconceptions } }) => ({
    id,
    title,
    topic,
    level,
    minutes,
    use,
    misconceptions,
  }))
  .sort((a, b) => a.level - b.level || (a.title < b.title ? -1 : 1));
