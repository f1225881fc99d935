// Boots every lesson's scenes and the bases of drills and free play, and writes them beside the built site, so that a click finds machines that are already up.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bases, prebuiltName } from "#lessons/_kit/bases.ts";
import { bootScene, Programs, type Scene } from "#sandbox";
import { splitState } from "#sandbox/host/prebuilt.ts";
import { playBases } from "#src/course/play/presets.ts";
import { readLessons, sceneName } from "./lessons.ts";
import { dist } from "./packages.mjs";

/** All scenes with the names of their files below scenes/. */
async function listAll(): Promise<readonly (readonly [name: string, scene: Scene])[]> {
  const lessons = await readLessons();
  return [
    ...lessons.flatMap(({ id, starts }) => starts.map(({ name, scene }) => [sceneName(id, name), scene] as const)),
    ...Object.entries(bases).map(([base, scene]) => [prebuiltName(base as keyof typeof bases), scene] as const),
    ...Object.entries(playBases),
  ];
}

/** Writes dist/scenes/; answers how many scenes there are. */
export async function buildScenes(): Promise<number> {
  const programs = new Programs();
  const scenes = await listAll();
  for (const [name, scene] of scenes) {
    const fleet = await bootScene(scene, programs);
    const { first, rest } = splitState(fleet.snapshot());
    const path = join(dist, "scenes", name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.first.json`, first);
    writeFileSync(`${path}.rest.json`, rest);
  }
  return scenes.length;
}

if (import.meta.main) console.log(`${await buildScenes()} scenes`);
