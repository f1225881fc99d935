// When a fleet is judged, and on what: always a fork, a moment after something changed, and now and then while services go on by themselves.

import type { Fleet } from "../fleet.ts";
import type { GradeReport, Grading } from "../grader/check.ts";
import type { ShipFacts } from "../grader/facts.ts";
import type { Programs } from "../programs.ts";
import type { SeenRequest } from "../protocol.ts";
import { askLoaded, runLoaded } from "./loading.ts";
import { historyOf } from "./terminals.ts";

/** What judges a fork; loaded after the prompt, for it is not needed before. */
export interface Judge {
  grade(fork: Fleet, grading: Grading, history: readonly string[]): GradeReport;
  observe(fork: Fleet, captain?: string): ShipFacts;
  requests(fleet: Fleet): readonly SeenRequest[];
  /** Whether anybody waits for verdicts; always, unless told. Copies are made for those who do. */
  isAsked?(): boolean;
}

/** A change is judged so long after it (ms), unless a prompt came back before. */
const SETTLE = 250;
/** Services go on by themselves: how often that alone is judged (ms). */
const BACKGROUND = 2_000;
/** Services that were just started have so long to take up their work before what passed is said to pass no more (ms). */
const GRACE = 500;

export class Judging {
  readonly #programs: Programs;
  readonly #loadJudge: () => Promise<Judge>;
  readonly #now: () => number;
  #judge: Judge | undefined;
  /** The state changed since it was judged. */
  #unjudged = false;
  /** When that is due. */
  #at: number | undefined;
  #judgedChanges = -1;
  #judgedAt = Number.NEGATIVE_INFINITY;
  /** Checks that passed when last asked. */
  #passed: ReadonlySet<string> = new Set();

  /** `now` is the host's time (ms). */
  constructor(programs: Programs, loadJudge: () => Promise<Judge>, now: () => number) {
    this.#programs = programs;
    this.#loadJudge = loadJudge;
    this.#now = now;
  }

  /** Something happened that may change what checks find. */
  touch(): void {
    this.#unjudged = true;
    this.#at = undefined;
  }

  /** It has come to an end: what is unjudged is judged now. */
  hurry(): void {
    this.#at = this.#now();
  }

  /** What changed since the count stood at `before` changes nothing that is judged. */
  overlook(fleet: Fleet, before: number): void {
    if (this.#judgedChanges === before) this.#judgedChanges = fleet.world.changes;
  }

  /** Whether a settled fleet is to be judged now; it then counts as judged. */
  isDue(fleet: Fleet): boolean {
    const since = this.#now() - this.#judgedAt;
    if (!this.#unjudged && fleet.world.changes !== this.#judgedChanges && since > BACKGROUND) this.#unjudged = true;
    if (!this.#unjudged) return false;
    this.#at ??= this.#now() + SETTLE;
    if (this.#now() < this.#at) return false;
    this.#unjudged = false;
    this.#at = undefined;
    return true;
  }

  async judge(): Promise<Judge> {
    this.#judge ??= await this.#loadJudge();
    return this.#judge;
  }

  /** Asks a question that may run commands. */
  ask<T>(question: () => T): Promise<T> {
    return askLoaded(this.#programs, question);
  }

  /** Judges the fleet as it is, or a copy that has lived `settle` ms more; undefined where nobody waits for it. */
  async report(
    fleet: Fleet,
    grading: Grading,
    settle: number,
  ): Promise<{ report: GradeReport; facts: ShipFacts } | undefined> {
    const judge = await this.judge();
    if (judge.isAsked?.() === false) return undefined;
    this.#judgedChanges = fleet.world.changes;
    this.#judgedAt = this.#now();
    const history = historyOf(fleet);
    const grade = (on: Fleet) => this.ask(() => judge.grade(on.fork(), grading, history));
    let seen = fleet;
    let report = await grade(settle > 0 ? await this.#later(fleet, settle) : fleet);
    if (settle === 0 && report.verdicts.some(({ id, verdict }) => verdict !== "pass" && this.#passed.has(id))) {
      seen = await this.#later(fleet, GRACE);
      report = await grade(seen);
    }
    this.#passed = new Set(report.verdicts.filter(({ verdict }) => verdict === "pass").map(({ id }) => id));
    return { report, facts: judge.observe(seen.fork(), grading.captain) };
  }

  async #later(fleet: Fleet, ms: number): Promise<Fleet> {
    const copy = fleet.fork();
    copy.world.advance(ms);
    await runLoaded(copy, this.#programs);
    return copy;
  }
}
