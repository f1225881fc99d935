// Where free play can begin, for the page: asked for when the first ship is opened.

import { playBases, playGrading, presets } from "../../course/play/presets.ts";

/** What the page reads. */
export interface Starts {
  readonly bases: typeof playBases;
  readonly grading: typeof playGrading;
  readonly presets: typeof presets;
}

export const GET = (): Response => Response.json({ bases: playBases, grading: playGrading, presets } satisfies Starts);
