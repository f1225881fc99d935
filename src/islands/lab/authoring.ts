// For authors, in the dev server alone: a laboratory whose scene was changed begins anew, instead of coming back as it was kept.

import type { LabPlan } from "../../course/plan.ts";
import { forgetLab } from "../../state/keeper.ts";

/** Forgets what is kept of a plan whose scene or setup is not the one of the last time. */
export async function forgetIfChanged({ lab, scene, setup }: LabPlan): Promise<void> {
  const key = `kc:author:${lab}`;
  const now = JSON.stringify({ scene, setup });
  if (localStorage.getItem(key) !== now) await forgetLab(lab);
  localStorage.setItem(key, now);
}
