// A lesson's scene and grading for the machine, loaded when its laboratory starts.

import type { Grading } from "#sandbox/grader/check.ts";
import type { Scene } from "#sandbox/scene.ts";
import { lessonOfPath, pickGrading } from "./grading.ts";

const scenes = import.meta.glob<Record<string, unknown>>("../../lessons/[0-9]*/[0-9]*/scene.ts");
const gradings = import.meta.glob<Record<string, unknown>>("../../lessons/[0-9]*/[0-9]*/checks.ts");

/** A start point besides the lesson's own. */
export interface StartPoint {
  readonly name: string;
  readonly title: string;
}

export interface LessonData {
  readonly scene: Scene;
  readonly variants: readonly StartPoint[];
  readonly grading: Grading | undefined;
}

/** Loads scene (a variant by name, else the lesson's own) and grading. */
export async function loadLesson(id: string, variant?: string): Promise<LessonData> {
  const [sceneModule, gradingModule] = await Promise.all([loadOf(scenes, id), loadOf(gradings, id)]);
  if (sceneModule === undefined) throw new Error(`lesson ${id} has no scene.ts`);
  const variants = sceneModule.variants as
    | Readonly<Record<string, { readonly title: string; readonly scene: Scene }>>
    | undefined;
  const scene = (variant === undefined ? undefined : variants?.[variant]?.scene) ?? (sceneModule.scene as Scene);
  const points = Object.entries(variants ?? {}).map(([name, { title }]) => ({ name, title }));
  return { scene, variants: points, grading: gradingModule === undefined ? undefined : pickGrading(gradingModule) };
}

async function loadOf(
  modules: Record<string, () => Promise<Record<string, unknown>>>,
  id: string,
): Promise<Record<string, unknown> | undefined> {
  const load = Object.entries(modules).find(([path]) => lessonOfPath(path) === id)?.[1];
  return load?.();
}
