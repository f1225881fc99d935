// What a drill is: a template draws values from a seed and gives a task, what is asked of the machine, and the ways to go right and wrong.

import type { Check, Grading, Hints } from "#sandbox/grader/check.ts";
import type { Setup } from "#sandbox/scene.ts";
import type { BaseName } from "./bases.ts";
import { type Random, seedChoices } from "./random.ts";

/** Lines of a script, as in a lesson's: typed as root on the drill's host; `#@ HOST` moves to a machine, `#@ wait N` lets seconds pass. */
export type Lines = readonly string[];

/** What a drill is about: chapters of the course. */
export type Topic =
  | "settings"
  | "authentication"
  | "authorization"
  | "ports"
  | "certificates"
  | "files"
  | "node"
  | "cluster";

/** A check without the parts that a drill has once for all: its step, and the hint that gives the solution away. */
export type DrillCheck = Omit<Check, "step" | "hints"> & {
  readonly hints: Pick<Hints, "nudge" | "pointer">;
  /** Its part of the task's points, against the others'; 1 unless told. */
  readonly weight?: number;
};

export interface RightWay {
  /** What is other about it, in a few words. */
  readonly name: string;
  readonly lines: Lines;
}

export interface WrongWay extends RightWay {
  /** The check that is not yet met after it. */
  readonly fails: string;
  /** A misconception that is recognised after it. */
  readonly misconception?: string;
}

/** One task, with every value chosen. Data only. */
export interface Drill {
  readonly base: BaseName;
  /** What was done to the base before. */
  readonly setup: Setup;
  /** Where the work is. */
  readonly host: string;
  /** The machine whose kubelet it is about, where that is not the host. */
  readonly captain?: string;
  /** Two to six sentences as an exam would word them, with `code`; names the host. */
  readonly task: string;
  readonly checks: readonly DrillCheck[];
  /** What was the matter and why the solution mends it: one to three sentences, read afterwards. */
  readonly because: string;
  readonly solution: Lines;
  readonly right: readonly RightWay[];
  readonly wrong: readonly WrongWay[];
}

export interface DrillTemplate {
  /** The name of its file. */
  readonly id: string;
  readonly title: string;
  readonly topic: Topic;
  readonly level: 1 | 2 | 3;
  /** Time allowed: between 3 and 10 times what typing the shortest solution takes at 200 characters a minute. */
  readonly minutes: number;
  /** Where it may turn up: as a short repetition, as a task of an exam, as a node that is found broken. */
  readonly use: readonly ("rep" | "task" | "incident")[];
  /** Misconceptions of the grader's catalogue that it trains against. */
  readonly misconceptions: readonly string[];
  /** Pure: the same choices give the same drill to the byte. */
  make(random: Random): Drill;
}

/** A drill with where it comes from. */
export interface DrillInstance extends Drill {
  /** `drill:ID:SEED`. */
  readonly address: string;
  readonly template: DrillTemplate;
  readonly seed: string;
}

/** Seeds are short names: digits as a rule. */
const ADDRESS = /^drill:([a-z0-9-]+):([a-z0-9]{1,16})$/;

export function makeDrill(template: DrillTemplate, seed: string): DrillInstance {
  const drill = template.make(seedChoices(`${template.id}:${seed}`));
  return { ...drill, address: `drill:${template.id}:${seed}`, template, seed };
}

/** Id and seed of an address; undefined where it is none. */
export function readAddress(address: string): { readonly id: string; readonly seed: string } | undefined {
  const [, id, seed] = ADDRESS.exec(address) ?? [];
  return id === undefined || seed === undefined ? undefined : { id, seed };
}

/** What the machine is graded with. */
export function gradingOf({ checks, host, captain = host, because, solution }: Drill): Grading {
  const hint: Hints["solution"] = { text: because, commands: solution };
  return {
    captain,
    checks: checks.map(({ weight: _, hints, ...check }) => ({
      ...check,
      step: "task",
      hints: { ...hints, solution: hint },
    })),
    boarding: [],
    pilot: [],
  };
}

/** Each check's part of the whole; the parts sum to 1. */
export function weightsOf({ checks }: Drill): ReadonlyMap<string, number> {
  const all = checks.reduce((sum, { weight = 1 }) => sum + weight, 0);
  return new Map(checks.map(({ id, weight = 1 }) => [id, weight / all]));
}
