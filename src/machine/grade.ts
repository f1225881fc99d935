// Judges a machine in a worker of its own, without a page around it: for reports, and for results that somebody sent.

import type { GradeReport } from "#sandbox/grader/check.ts";
import type { Boot, PrebuiltScene, SharedFleet } from "#sandbox/protocol.ts";
import type { LabPlan } from "../course/plan.ts";
import { MachineClient, Refused } from "./client.ts";
import { fetchPrebuilt } from "./prebuilt.ts";

export interface Judged {
  readonly report: GradeReport;
  /** The machine as it is, for handing on; undefined where the scene was not booted at build time. */
  readonly fleet: SharedFleet | undefined;
}

/** Scenes of this visit: many machines grow from one. */
const scenes = new Map<string, Promise<PrebuiltScene | undefined>>();

function sceneOf(base: string): Promise<PrebuiltScene | undefined> {
  const known =
    scenes.get(base) ??
    fetchPrebuilt(base).then(
      async (prebuilt) => prebuilt && { first: prebuilt.first, rest: await prebuilt.loadRest() },
    );
  scenes.set(base, known);
  return known;
}

/**
 * Boots a plan, or takes up the machine it begins from, lets it live on for `settle` milliseconds on a copy, and judges that.
 * @throws Refused where the machine cannot be read, or does not answer.
 */
export async function gradeMachine(plan: LabPlan, settle: number): Promise<Judged> {
  const scene = await sceneOf(plan.base);
  const client = new MachineClient();
  try {
    await beginMachine(client, plan);
    const report = await client.grade(settle);
    const fleet = scene === undefined ? undefined : await client.share(scene);
    return { report, fleet };
  } finally {
    client.end();
  }
}

/** Boots a plan in a worker, or takes up the machine it begins from; resolves when it is ready. */
export async function beginMachine(client: MachineClient, plan: LabPlan): Promise<void> {
  const scene = await sceneOf(plan.base);
  const { lab, setup, grading, from } = plan;
  const boot: Boot = {
    lab,
    scene: plan.scene,
    ...(setup === undefined ? {} : { setup }),
    ...(grading === undefined ? {} : { grading }),
    size: { columns: 80, rows: 24 },
  };
  return new Promise((resolve, reject) => {
    client.onDeath = (reason) => reject(new Refused(reason));
    client.on("fault", ({ text }) => reject(new Refused(text.split("\n")[0] ?? text)));
    client.on("ready", () => resolve());
    if (from !== undefined && "saved" in from) client.boot({ ...boot, saved: { ...from.saved, lab } });
    else if (from !== undefined && scene === undefined) reject(new Refused("its scene could not be fetched"));
    else if (from !== undefined) client.boot({ ...boot, shared: { ...(scene as PrebuiltScene), fleet: from.shared } });
    else if (scene === undefined) client.boot(boot);
    else {
      client.boot({ ...boot, prebuilt: scene.first });
      client.send({ type: "rest", text: scene.rest });
    }
  });
}
