// What a laboratory opens: a lesson's start point, a drill, a task of an exam, free play, or a machine that somebody sent. Data only.

import type { Grading } from "#sandbox/grader/check.ts";
import type { SavedLab, SharedFleet, SharedWay } from "#sandbox/protocol.ts";
import type { Scene, Setup } from "#sandbox/scene.ts";

export interface LabPlan {
  /** Name under which it is kept on this device, and which saved and shared machines carry: `pirates/hail-the-ship`, `drill:ID:SEED`. */
  readonly lab: string;
  /** What it is to the reader, inside sentences: "lesson", "drill". */
  readonly noun: string;
  /** Name of the scene as it was booted at build time, below scenes/; where there is none, the worker boots `scene`. */
  readonly base: string;
  readonly scene: Scene;
  /** What a predecessor did to the scene; part of the start. */
  readonly setup?: Setup;
  readonly grading?: Grading;
  /** Machine whose terminal is in front. */
  readonly startOn: string;
  /** Files that the editor offers first, as `machine:path`. */
  readonly files: readonly string[];
  /** A machine it begins with instead of the scene's start, unless something is kept under its name. */
  readonly from?:
    | { readonly saved: SavedLab; readonly screens?: Readonly<Record<string, string>> }
    | { readonly shared: SharedFleet; readonly way?: SharedWay };
  /** Whether what becomes of it is kept on this device; it is unless told. */
  readonly keep?: boolean;
}
