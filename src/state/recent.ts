// Drills opened of late on this device: their laboratories are kept for a while, older ones are forgotten so that the device does not fill.

import { forgetLab } from "./keeper.ts";
import { readKept, writeKept } from "./kept.ts";

/** What is known of a drill while its laboratory is kept. */
export interface OpenedDrill {
  readonly address: string;
  /** Highest hint stage used, by check. */
  readonly hints: Readonly<Record<string, number>>;
  /** Time in front, ms. */
  readonly spent: number;
  /** Set once it was rated. */
  readonly rated?: number;
}

const key = "drills";
const kept = 6;

async function load(): Promise<readonly OpenedDrill[]> {
  const found = await readKept(key);
  const value = found.ok ? found.value : undefined;
  return Array.isArray(value) ? (value as readonly OpenedDrill[]) : [];
}

/** What is known of a drill; a new one if it was not opened of late. */
export async function openDrill(address: string): Promise<OpenedDrill> {
  const known = (await load()).find((each) => each.address === address);
  const drill = known ?? { address, hints: {}, spent: 0 };
  await noteDrill(drill);
  return drill;
}

/** Keeps what is known of a drill as the newest. */
export async function noteDrill(drill: OpenedDrill): Promise<void> {
  const all = [drill, ...(await load()).filter(({ address }) => address !== drill.address)];
  for (const { address } of all.slice(kept)) await forgetLab(address);
  await writeKept(key, all.slice(0, kept));
}
