// Boots every lesson's scenes and writes them beside the built site, so that a click finds machines that are already up.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bootScene, Programs } from "#sandbox";
import { splitState } from "#sandbox/host/prebuilt.ts";
import { readLessons } from "./lessons.ts";
import { dist } from "./packages.mjs";

/** Name of a start point's files below scenes/: the lesson's id, with @NAME for a variant. */
export function sceneName(lesson: string, start: string): string {
  return start === "scene" ? lesson : `${lesson}@${start}`;
}

/** Writes dist/scenes/; answers how many scenes there are. */
export async function buildScenes(): Promise<number> {
  const programs = new Programs();
  let count = 0;
  for (const lesson of await readLessons()) {
    for (const start of lesson.starts) {
      const fleet = await bootScene(start.scene, programs);
      const { first, rest } = splitState(fleet.snapshot());
      const path = join(dist, "scenes", sceneName(lesson.id, start.name));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(`${path}.first.json`, first);
      writeFileSync(`${path}.rest.json`, rest);
      count += 1;
    }
  }
  return count;
}

if (import.meta.main) console.log(`${await buildScenes()} scenes`);
