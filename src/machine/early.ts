// Starts what takes longest before the rest of the laboratory's code has arrived: the worker, and the scene booted at build time.

import { MachineClient } from "./client.ts";
import { fetchPrebuilt, type Prebuilt } from "./prebuilt.ts";

export interface EarlyStart {
  readonly client: MachineClient;
  readonly prebuilt: Promise<Prebuilt | undefined> | undefined;
}

/** `anew`: nothing was kept, so the scene will be needed. */
export function startEarly(lab: string, anew: boolean): EarlyStart {
  return { client: new MachineClient(), prebuilt: anew ? fetchPrebuilt(lab) : undefined };
}
