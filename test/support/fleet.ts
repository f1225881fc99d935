// A scene booted from nothing with every program there is: what tests of several machines start from.

import type { Fleet } from "#sandbox/fleet.ts";
import { bootScene } from "#sandbox/images/index.ts";
import { Programs } from "#sandbox/programs.ts";
import type { Scene } from "#sandbox/scene.ts";

/** Machines by name, each with its image. */
export async function bootFleet(
  seed: string,
  images: Readonly<Record<string, Scene["machines"][number]["image"]>>,
): Promise<Fleet> {
  const programs = new Programs();
  await programs.loadAll();
  return bootScene({ seed, machines: Object.entries(images).map(([name, image]) => ({ name, image })) }, programs);
}
