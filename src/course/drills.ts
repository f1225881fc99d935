// Drills by their address, each template loaded when it is first asked for.

import { type DrillInstance, type DrillTemplate, makeDrill, readAddress } from "#lessons/_kit/drill.ts";

const modules = import.meta.glob<{ readonly template: DrillTemplate }>([
  "../../lessons/drills/*.ts",
  "!../../lessons/drills/*.test.ts",
]);

const idOf = (path: string): string => path.replace(/^.*\/|\.ts$/g, "");

/** The drill of an address `drill:ID:SEED`; undefined where there is no such template. */
export async function loadDrill(address: string): Promise<DrillInstance | undefined> {
  const named = readAddress(address);
  const load = Object.entries(modules).find(([path]) => idOf(path) === named?.id)?.[1];
  return named === undefined || load === undefined ? undefined : makeDrill((await load()).template, named.seed);
}

/** Every template, for whoever composes an exam. */
export async function loadTemplates(): Promise<readonly DrillTemplate[]> {
  const loaded = await Promise.all(Object.values(modules).map((load) => load()));
  return loaded.map(({ template }) => template).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A seed that people can read to one another. */
export function drawSeed(): string {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  return String(1000 + (number % 9000));
}
