// Free play: makes a plan of a ship's name, opens it, and takes up machines that were shared from anywhere in the course.

import type { Grading } from "#sandbox/grader/check.ts";
import { planOfRep } from "../../course/drill-plan.ts";
import { loadDrill } from "../../course/drills.ts";
import { link } from "../../course/links.ts";
import { loadLesson } from "../../course/load.ts";
import type { LabPlan } from "../../course/plan.ts";
import type { Release } from "../../course/play/presets.ts";
import { startEarly } from "../../machine/early.ts";
import type { Starts } from "../../pages/play/starts.json.ts";
import { decodeCode, encodeCode } from "../../state/code.ts";
import { createLaboratory } from "../lab/laboratory.ts";

export interface FreePlay {
  /** Opens `play:SHIP@RELEASE`, or `play:from:LAB` for the machines of a lesson or a drill. */
  open(name: string, byItself: boolean): Promise<void>;
  /** Reads a code and puts the machine in it into the page's address, where the ship of that name finds it. */
  take(text: string): Promise<{ readonly name: string } | { readonly why: string }>;
}

const noun = "ship";

async function fetchStarts(): Promise<Starts> {
  const response = await fetch(link("play/starts.json"));
  if (!response.ok) throw new Error("the list of ships could not be fetched");
  return (await response.json()) as Starts;
}

/** The two boats of a lesson without its orders. */
const withoutOrders = ({ boarding, pilot, captain }: Grading): Grading => ({
  checks: [],
  boarding,
  pilot,
  ...(captain === undefined ? {} : { captain }),
});

function planOfPreset(name: string, starts: Starts): { plan: LabPlan; title: string } | undefined {
  const [, id, release] = /^play:([a-z-]+)@([\d.]+)$/.exec(name) ?? [];
  const preset = starts.presets.find((each) => each.id === id);
  const start = preset?.starts[release as Release];
  const scene = starts.bases[start?.base ?? ""];
  if (preset === undefined || start === undefined || scene === undefined) return undefined;
  const { base, setup, files } = start;
  const plan = { lab: name, noun, base, scene, setup, grading: starts.grading, startOn: "node01", files };
  return { plan, title: `${preset.title}, ${release}` };
}

/** The machines of a lesson, at one of its start points, or of a drill. */
async function planOfLab(lab: string, starts: Starts): Promise<{ plan: LabPlan; title: string } | undefined> {
  const as = { lab: `play:from:${lab}`, noun };
  if (lab.startsWith("drill:")) {
    const drill = await loadDrill(lab);
    if (drill === undefined) return undefined;
    const plan = planOfRep(drill);
    return {
      plan: { ...plan, ...as, grading: withoutOrders(plan.grading ?? starts.grading) },
      title: `as ${lab} finds it`,
    };
  }
  const [lesson = "", variant] = lab.split("@");
  const data = await loadLesson(lesson, variant).catch(() => undefined);
  if (data === undefined) return undefined;
  const { scene, grading } = data;
  const startOn = scene.machines.some(({ name }) => name === "node01") ? "node01" : (scene.machines[0]?.name ?? "");
  const plan = { ...as, base: lab, scene, grading: withoutOrders(grading ?? starts.grading), startOn, files: [] };
  return { plan, title: `as ${lesson.split("/").at(-1)?.replaceAll("-", " ")} finds it` };
}

export function createFreePlay(element: HTMLElement, onShip: (title: string) => void): FreePlay {
  const laboratory = createLaboratory(element);
  let starts: Promise<Starts> | undefined;
  const planOf = async (name: string): Promise<{ plan: LabPlan; title: string } | undefined> => {
    starts ??= fetchStarts();
    const lab = /^play:from:(.+)$/.exec(name)?.[1];
    return lab === undefined ? planOfPreset(name, await starts) : planOfLab(lab, await starts);
  };
  return {
    async open(name, byItself) {
      const found = await planOf(name);
      if (found === undefined) throw new Error(`there is no ship ${name}`);
      onShip(found.title);
      await laboratory.open(found.plan, { quiet: byItself }, startEarly(found.plan.base, !byItself));
    },
    async take(text) {
      const decoded = await decodeCode(text);
      if (!decoded.ok) return { why: `It cannot be read: ${decoded.why}.` };
      const { lab } = (decoded.value ?? {}) as { lab?: unknown };
      if (decoded.kind !== "machine" || typeof lab !== "string") return { why: "It carries no machine." };
      const name = lab.startsWith("play:") ? lab : `play:from:${lab}`;
      if ((await planOf(name)) === undefined)
        return { why: `It belongs to “${lab}”, which this course does not have.` };
      history.replaceState(
        null,
        "",
        `${location.pathname}#${await encodeCode("machine", { ...(decoded.value as object), lab: name })}`,
      );
      return { name };
    },
  };
}
