// Repetitions on this device: when each drill is due (FSRS), which watches were kept, and what was believed wrongly of late.

import { type Card, createEmptyCard, fsrs, type Grade, Rating, type State } from "ts-fsrs";
import { readKept, writeKept } from "./kept.ts";
import { createStore } from "./store.ts";

/** A drill's card; moments are ms since the epoch. */
export interface RepCard extends Omit<Card, "due" | "last_review" | "state"> {
  readonly due: number;
  readonly last_review?: number;
  readonly state: number;
}

export interface Reps {
  readonly version: 1;
  /** By the template's id. */
  readonly cards: Readonly<Record<string, RepCard>>;
  /** Days on which something was repeated, as 2026-11-22, oldest first. */
  readonly days: readonly string[];
  /** Misconceptions seen, by id: how often, and when last. */
  readonly wrongs: Readonly<Record<string, { readonly times: number; readonly at: number }>>;
}

export const noReps: Reps = { version: 1, cards: {}, days: [], wrongs: {} };

/** How it went, from not at all to without thinking. */
export type Rated = 1 | 2 | 3 | 4;
export const ratings: readonly { readonly rated: Rated; readonly word: string }[] = [
  { rated: Rating.Again, word: "Again" },
  { rated: Rating.Hard, word: "Hard" },
  { rated: Rating.Good, word: "Good" },
  { rated: Rating.Easy, word: "Easy" },
];

/** In whole days: twice the same drill on one day teaches little. */
const scheduler = fsrs({ enable_fuzz: false, enable_short_term: false });
const dayLength = 86_400_000;

const toCard = ({ due, last_review, state, ...rest }: RepCard): Card => ({
  ...rest,
  due: new Date(due),
  state: state as State,
  ...(last_review === undefined ? {} : { last_review: new Date(last_review) }),
});

const fromCard = ({ due, last_review, ...rest }: Card): RepCard => ({
  ...rest,
  due: due.getTime(),
  ...(last_review === undefined ? {} : { last_review: last_review.getTime() }),
});

/** The day of a moment where the reader is. */
export function dayOf(now: number): string {
  const date = new Date(now);
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** When a drill would be due after each rating (ms since the epoch). */
export function previewDue(card: RepCard | undefined, now: number): ReadonlyMap<Rated, number> {
  const old = card === undefined ? createEmptyCard(new Date(now)) : toCard(card);
  return new Map(
    ratings.map(({ rated }) => [rated, scheduler.next(old, new Date(now), rated as Grade).card.due.getTime()]),
  );
}

/** The repetitions after a drill was rated. */
export function rate(reps: Reps, drill: string, rated: Rated, now: number): Reps {
  const card = reps.cards[drill];
  const old = card === undefined ? createEmptyCard(new Date(now)) : toCard(card);
  const next = fromCard(scheduler.next(old, new Date(now), rated as Grade).card);
  const day = dayOf(now);
  return {
    ...reps,
    cards: { ...reps.cards, [drill]: next },
    days: reps.days.includes(day) ? reps.days : [...reps.days, day],
  };
}

/** The repetitions with drills that are to come up by themselves, first of all those new to the reader. */
export function propose(reps: Reps, drills: readonly string[], due: number): Reps {
  const cards = { ...reps.cards };
  for (const drill of drills) {
    const card = cards[drill];
    if (card === undefined) cards[drill] = { ...fromCard(createEmptyCard(new Date(due))), due };
    else if (card.due > due) cards[drill] = { ...card, due };
  }
  return { ...reps, cards };
}

export function noteWrongs(reps: Reps, ids: readonly string[], now: number): Reps {
  const wrongs = { ...reps.wrongs };
  for (const id of ids) wrongs[id] = { times: (wrongs[id]?.times ?? 0) + 1, at: now };
  return { ...reps, wrongs };
}

/** What a choice of repetitions needs to know of a drill. */
export interface Choice {
  readonly id: string;
  readonly level: number;
  readonly topic: string;
  readonly misconceptions: readonly string[];
}

export interface TodaysWatch {
  /** Due now, longest overdue first. */
  readonly due: readonly string[];
  /** Not seen yet, and worth a look today: those against what was believed wrongly come first. */
  readonly fresh: readonly string[];
  /** When the next one is due, where none is now. */
  readonly next: number | undefined;
}

/** New drills on one day at most, and how long a misconception counts (ms). */
const freshADay = 3;
const freshMemory = 30 * dayLength;

/** Today's watch: what is due until the day ends, and a few that are new. `known` are topics whose lessons were begun. */
export function chooseWatch(
  reps: Reps,
  drills: readonly Choice[],
  known: ReadonlySet<string>,
  now: number,
): TodaysWatch {
  const ids = new Set(drills.map(({ id }) => id));
  const cards = Object.entries(reps.cards).filter(([id]) => ids.has(id));
  const end = new Date(now).setHours(23, 59, 59, 999);
  const due = cards.filter(([, card]) => card.due <= end).sort(([, a], [, b]) => a.due - b.due);
  const later = cards.map(([, card]) => card.due).filter((at) => at > end);
  const weigh = ({ misconceptions, topic, level }: Choice): number => {
    const recent = misconceptions.reduce((sum, id) => {
      const wrong = reps.wrongs[id];
      return sum + (wrong !== undefined && now - wrong.at < freshMemory ? Math.min(3, wrong.times) : 0);
    }, 0);
    return recent * 10 + (known.has(topic) ? 3 : 0) - level;
  };
  const seenToday = cards.filter(
    ([, { last_review, reps: times }]) => times === 1 && dayOf(last_review ?? 0) === dayOf(now),
  );
  const room = Math.max(0, freshADay - seenToday.length);
  const candidates = drills
    .filter(({ id }) => reps.cards[id] === undefined)
    .map((drill) => ({ drill, weight: weigh(drill) }))
    .sort((a, b) => b.weight - a.weight)
    .map(({ drill }) => drill);
  // One of a topic, unless there is nothing else.
  const first = candidates.filter(({ topic }, index) => candidates.findIndex((each) => each.topic === topic) === index);
  const fresh = [...new Set([...first, ...candidates])].slice(0, room);
  return {
    due: due.map(([id]) => id),
    fresh: fresh.map(({ id }) => id),
    next: later.length === 0 ? undefined : Math.min(...later),
  };
}

/** Both records as one: of each card the one seen last, of each misconception the more. */
export function mergeReps(a: Reps, b: Reps): Reps {
  const cards: Record<string, RepCard> = { ...a.cards };
  for (const [id, card] of Object.entries(b.cards)) {
    const mine = cards[id];
    if (mine === undefined || (card.last_review ?? 0) > (mine.last_review ?? 0)) cards[id] = card;
  }
  const wrongs = { ...a.wrongs };
  for (const [id, wrong] of Object.entries(b.wrongs)) {
    const mine = wrongs[id];
    wrongs[id] =
      mine === undefined ? wrong : { times: Math.max(mine.times, wrong.times), at: Math.max(mine.at, wrong.at) };
  }
  return { version: 1, cards, wrongs, days: [...new Set([...a.days, ...b.days])].sort() };
}

// --- kept on this device ---

const key = "reps";
const news = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("kc:reps");

export const $reps = createStore<Reps>(noReps);

/** Loads the repetitions of this device; unusable records count as none. */
export async function loadReps(): Promise<void> {
  const kept = await readKept(key);
  if (kept.ok && isReps(kept.value)) $reps.set(kept.value);
}

/** Changes the record and keeps it; what another tab wrote meanwhile is taken up first. */
export async function changeReps(change: (reps: Reps) => Reps): Promise<void> {
  await loadReps();
  const next = change($reps.get());
  $reps.set(next);
  await writeKept(key, next);
  news?.postMessage("changed");
}

news?.addEventListener("message", () => void loadReps());

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

export function isReps(value: unknown): value is Reps {
  if (!isRecord(value)) return false;
  const { version, cards, days, wrongs } = value;
  return (
    version === 1 &&
    isRecord(cards) &&
    Object.values(cards).every(isCard) &&
    Array.isArray(days) &&
    days.every((day) => typeof day === "string") &&
    isRecord(wrongs) &&
    Object.values(wrongs).every(
      (each) => isRecord(each) && typeof each.times === "number" && typeof each.at === "number",
    )
  );
}

function isCard(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { due, stability, difficulty, reps, lapses, state, last_review } = value;
  return [due, stability, difficulty, reps, lapses, state, last_review ?? 0].every(
    (each) => typeof each === "number" && Number.isFinite(each),
  );
}
