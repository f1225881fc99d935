// What the board knows: the feed put together, and what follows from it. No page here.

import type { ActView, BoardFeed, LearnerRow, RoomView } from "../../hub/api/index.ts";
import type { LessonOutline } from "../lesson-outline.ts";

export type CellState = "pass" | "wait" | "blind" | "peril" | "none";

/** One check of one lesson. */
export interface Column {
  readonly lesson: LessonOutline;
  readonly check: string;
  readonly goal: string;
  /** From 1. */
  readonly step: number;
  /** First of its lesson. */
  readonly first: boolean;
}

export type Order = "stuck" | "name" | "joined";

export interface Filter {
  readonly order: Order;
  readonly only: "all" | "hands" | "stuck" | "here";
  /** A misconception that must show. */
  readonly belief: string | undefined;
  /** Part of a name. */
  readonly name: string;
}

/** The room in figures. */
export interface Tally {
  readonly present: number;
  readonly gone: number;
  readonly hands: number;
  /** Learners in whose row an order that passed no longer does. */
  readonly danger: number;
  /** How many pass, by column. */
  readonly passes: readonly number[];
  /** The order at which most wait. */
  readonly waiting: { readonly check: string; readonly count: number } | undefined;
  /** Of those who handed in an exam: how many they are, and how many passed their last. */
  readonly exams: { readonly handedIn: number; readonly passed: number };
  /** Misconceptions that show now, most frequent first. */
  readonly beliefs: readonly { readonly id: string; readonly count: number }[];
}

/** Names as people sort them; made once, for to make one is dear. */
const names = new Intl.Collator();

/** Stuck is who moved nothing on for so long (ms). */
const stuckAfter = 5 * 60_000;
/** Lessons shown side by side unless one is chosen. */
const mostLessons = 3;

export class RoomModel {
  readonly outline: readonly LessonOutline[];
  readonly rows = new Map<string, LearnerRow>();
  readonly acts = new Map<string, ActView>();
  room: RoomView | undefined;
  /** What the hub's clock is ahead of ours (ms). */
  #ahead = 0;

  readonly #lessons: ReadonlyMap<string, LessonOutline>;

  constructor(outline: readonly LessonOutline[]) {
    this.outline = outline;
    this.#lessons = new Map(outline.map((lesson) => [lesson.id, lesson]));
  }

  get now(): number {
    return Date.now() + this.#ahead;
  }

  /** Takes up what changed; answers whose hand went up with it. */
  take({ now, room, learners, acts }: BoardFeed): LearnerRow[] {
    this.#ahead = now - Date.now();
    if (room !== undefined) this.room = room;
    const raised: LearnerRow[] = [];
    for (const row of learners) {
      if (row.hand !== undefined && this.rows.get(row.id)?.hand?.at !== row.hand.at) raised.push(row);
      this.rows.set(row.id, row);
    }
    for (const act of acts) this.acts.set(act.act.id, act);
    return raised;
  }

  cell(row: LearnerRow, { lesson, check, step }: Column): CellState {
    const known = row.lessons[lesson.id];
    const verdict = known?.verdicts[check];
    if (verdict === undefined) return "none";
    if (verdict === "pass") return "pass";
    if (verdict === "unknown") return "blind";
    // What lies ahead is not behind: an order of a later step is not yet an order.
    const ahead = step > (known?.step ?? 1);
    const before = known?.doneAt !== undefined || known?.lost?.includes(check) === true;
    return before ? "peril" : ahead ? "none" : "wait";
  }

  /** The present learners in the chosen order. */
  list({ order, only, belief, name }: Filter): LearnerRow[] {
    const rows = [...this.rows.values()].filter(
      (row) =>
        !row.removed &&
        (only !== "hands" || row.hand !== undefined) &&
        (only !== "here" || row.presence !== "gone") &&
        (only !== "stuck" || this.stuckFor(row) >= stuckAfter) &&
        (belief === undefined || believes(row, belief)) &&
        row.name.toLowerCase().includes(name.toLowerCase()),
    );
    const byName = (a: LearnerRow, b: LearnerRow): number => names.compare(a.name, b.name) || a.number - b.number;
    if (order === "name") return rows.sort(byName);
    if (order === "joined") return rows.sort((a, b) => a.number - b.number);
    const stuck = new Map(rows.map((row) => [row, this.stuckFor(row)]));
    return rows.sort((a, b) => (stuck.get(b) ?? 0) - (stuck.get(a) ?? 0) || byName(a, b));
  }

  /** How long nothing moved on (ms), to whole minutes so that rows do not jump; who is through a lesson is not stuck. */
  stuckFor(row: LearnerRow): number {
    if (isThrough(row) || this.examRuns) return 0;
    const moved = Math.max(row.movedAt, lastExam(row)?.at ?? 0);
    return Math.max(0, Math.floor((this.now - moved) / 60_000) * 60_000);
  }

  get examRuns(): boolean {
    return (this.room?.exam?.endsAt ?? 0) > this.now;
  }

  /** The checks shown: of one lesson, or of the lessons where most are. */
  columns(choice: string): Column[] {
    const chosen = this.outline.filter(({ id }) => id === choice);
    const lessons = chosen.length > 0 ? chosen : choice === "begun" ? this.#begun() : this.#whereMostAre();
    return lessons.flatMap((lesson) =>
      lesson.checks.map(({ id, goal, step }, index) => ({
        lesson,
        check: id,
        goal,
        step: lesson.steps.findIndex((each) => each.id === step) + 1,
        first: index === 0,
      })),
    );
  }

  #begun(): readonly LessonOutline[] {
    const rows = [...this.rows.values()];
    return this.outline.filter(({ id }) => rows.some((row) => row.lessons[id] !== undefined));
  }

  #whereMostAre(): readonly LessonOutline[] {
    const crowd = new Map<string, number>();
    for (const { lesson, removed } of this.rows.values())
      if (lesson !== undefined && !removed) crowd.set(lesson, (crowd.get(lesson) ?? 0) + 1);
    const most = [...crowd].sort((a, b) => b[1] - a[1]).slice(0, mostLessons);
    const found = this.outline.filter(({ id }) => most.some(([lesson]) => lesson === id));
    const first = this.outline.find(({ id }) => id === this.room?.pace?.lesson) ?? this.outline[0];
    return found.length > 0 || first === undefined ? found : [first];
  }

  /** What there is to say of the whole room, counted in one round. */
  tally(columns: readonly Column[]): Tally {
    const passes = columns.map(() => 0);
    const waits = new Map<string, number>();
    const beliefs = new Map<string, number>();
    let [present, gone, hands, danger, handedIn, passed] = [0, 0, 0, 0, 0, 0];
    for (const row of this.rows.values()) {
      if (row.removed) continue;
      present++;
      if (row.presence === "gone") gone++;
      if (row.hand !== undefined) hands++;
      const exam = lastExam(row);
      if (exam !== undefined) handedIn++;
      if (exam?.passed === true) passed++;
      let lost = false;
      for (const [index, column] of columns.entries()) {
        const state = this.cell(row, column);
        if (state === "pass") passes[index] = (passes[index] ?? 0) + 1;
        lost ||= state === "peril";
      }
      if (lost) danger++;
      const open = `${row.lesson} ${this.openCheck(row)?.id}`;
      waits.set(open, (waits.get(open) ?? 0) + 1);
      for (const id of beliefsOf(row)) beliefs.set(id, (beliefs.get(id) ?? 0) + 1);
    }
    const waiting = columns
      .map(({ lesson, check }) => ({ check, count: waits.get(`${lesson.id} ${check}`) ?? 0 }))
      .reduce<Tally["waiting"]>((most, each) => (each.count > (most?.count ?? 0) ? each : most), undefined);
    return {
      ...{ present, gone, hands, danger, passes, waiting },
      exams: { handedIn, passed },
      beliefs: [...beliefs].map(([id, count]) => ({ id, count })).sort((a, b) => b.count - a.count),
    };
  }

  lessonOf(id: string | undefined): LessonOutline | undefined {
    return this.#lessons.get(id ?? "");
  }

  /** First check of the learner's lesson that does not pass. */
  openCheck(row: LearnerRow): { readonly id: string; readonly goal: string } | undefined {
    const verdicts = row.lessons[row.lesson ?? ""]?.verdicts ?? {};
    return this.lessonOf(row.lesson)?.checks.find(({ id }) => verdicts[id] !== "pass");
  }
}

export const everyone: Filter = { order: "joined", only: "all", belief: undefined, name: "" };

/** All checks of the lesson the learner is in pass. */
export function isThrough({ lesson, lessons }: LearnerRow): boolean {
  const verdicts = Object.values(lessons[lesson ?? ""]?.verdicts ?? {});
  return verdicts.length > 0 && verdicts.every((verdict) => verdict === "pass");
}

/** What the learner believes wrongly in the lesson at hand. */
export function beliefsOf({ lesson, lessons }: LearnerRow): readonly string[] {
  return lessons[lesson ?? ""]?.misconceptions ?? [];
}

const believes = (row: LearnerRow, belief: string): boolean => beliefsOf(row).includes(belief);

/** The exam that somebody handed in last. */
export function lastExam({ exams }: LearnerRow): LearnerRow["exams"][string] | undefined {
  return Object.values(exams).reduce<LearnerRow["exams"][string] | undefined>(
    (last, each) => (last !== undefined && last.at >= each.at ? last : each),
    undefined,
  );
}

/** "5.2": lesson and step. */
export function placeOf({ lesson, lessons }: LearnerRow, model: RoomModel): string {
  const outline = model.lessonOf(lesson);
  if (outline !== undefined) return `${outline.number}.${lessons[outline.id]?.step ?? 1}`;
  return lesson === undefined ? "" : lesson.startsWith("drill:") ? "drill" : "elsewhere";
}
