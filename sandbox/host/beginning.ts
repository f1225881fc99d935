// Where a laboratory comes from: what this browser kept, what somebody sent, a scene booted at build time, or machines made from nothing.

import { Fleet, type FleetState } from "../fleet.ts";
import type { Programs } from "../programs.ts";
import type { Boot, FromMachine } from "../protocol.ts";
import { runLoaded, wakeUp } from "./loading.ts";
import { joinRest, readFirst } from "./prebuilt.ts";
import type { Timeline } from "./timeline.ts";

/** A laboratory that goes on. */
export interface TakenUp {
  readonly fleet: Fleet;
  readonly timeline: Timeline;
  /** It was kept here, not sent. */
  readonly resumed: boolean;
}

/** The second part of a prebuilt scene: it comes when it comes. */
export class SecondPart {
  text: string | undefined;
  #onArrival: (() => void) | undefined;

  bring(text: string): void {
    this.text = text;
    this.#onArrival?.();
  }

  arrives(): Promise<void> {
    return this.text === undefined ? new Promise((resolve) => (this.#onArrival = resolve)) : Promise.resolve();
  }
}

/** What the boot message brings along to go on with, if it can be read; a fault is told where it cannot. */
export async function takeUp(
  { saved, shared, lab }: Boot,
  programs: Programs,
  post: (message: FromMachine) => void,
): Promise<TakenUp | undefined> {
  const take = async (
    kind: "saved" | "shared",
    read: (keep: typeof import("./keep.ts")) => { readonly state: FleetState; readonly timeline: Timeline },
  ): Promise<TakenUp | undefined> => {
    try {
      const { state, timeline } = read(await import("./keep.ts"));
      const fleet = await wakeUp(state, programs);
      await runLoaded(fleet, programs);
      return { fleet, timeline, resumed: kind === "saved" };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const text =
        kind === "saved"
          ? `The saved laboratory cannot be read: ${reason}. This one begins anew.`
          : `The shared machine cannot be taken up: ${reason}. This one begins at the start.`;
      post({ type: "fault", kind, text });
      return undefined;
    }
  };
  return (
    (saved === undefined ? undefined : await take("saved", ({ readLab }) => readLab(saved, lab))) ??
    (shared === undefined ? undefined : await take("shared", ({ readShared }) => readShared(shared)))
  );
}

/** The scene at its start, its setup done. Without a setup it does not wait for the second part, and may lack it. */
export async function bootAnew(boot: Boot, programs: Programs, rest: SecondPart): Promise<Fleet> {
  const setup = boot.setup ?? [];
  // Services work in a setup, so the whole scene must be there before it.
  if (setup.length > 0 && boot.prebuilt !== undefined) await rest.arrives();
  const fleet = await createFleet(boot, programs, rest.text);
  if (setup.length > 0) await (await import("./setup.ts")).performSetup(fleet, setup, programs);
  return fleet;
}

async function createFleet({ prebuilt, scene }: Boot, programs: Programs, rest: string | undefined): Promise<Fleet> {
  // Making a fleet from nothing needs certificates and keys: code that a prebuilt scene does without.
  if (prebuilt === undefined) return (await import("../images/index.ts")).bootScene(scene, programs);
  const state = readFirst(prebuilt);
  if (rest !== undefined) joinRest(state, rest);
  return new Fleet(state, programs);
}
