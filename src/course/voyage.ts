// The voyage: seven parts and twenty lessons as planned, where each lies on the chart, and whatever other lessons have a folder under lessons/.
// A lesson is aboard when its folder exists; planned ones without one are named as not yet aboard.

import type { FoundLesson } from "../build/found-lessons.ts";

/** A signal flag of the International Code; drawn by components/Flag.astro. */
export type FlagName = "papa" | "uniform" | "lima" | "kilo" | "quebec" | "alfa" | "hotel" | "xray";

/** A place on the chart (1360 × 690) and the side on which the name stands. */
export interface Waypoint {
  readonly x: number;
  readonly y: number;
  readonly name: "right" | "below";
}

export interface PlannedLesson {
  readonly number: number;
  /** Address below /lessons/, and the id in the collection. */
  readonly id: string;
  readonly title: string;
  readonly minutes: number;
  readonly at: Waypoint;
}

export interface PlannedPart {
  readonly number: number;
  readonly id: string;
  readonly title: string;
  readonly flag: FlagName;
  /** Where the part's name stands on the chart. */
  readonly at: { readonly x: number; readonly y: number };
  readonly lessons: readonly PlannedLesson[];
}

type Row = readonly [id: string, title: string, minutes: number, x: number, y: number, name?: "right"];
type PartRow = readonly [id: string, title: string, flag: FlagName, x: number, y: number, lessons: readonly Row[]];

const rows: readonly PartRow[] = [
  [
    "sign-on",
    "Sign on",
    "papa",
    640,
    108,
    [
      ["first-watch", "First watch", 10, 462, 292, "right"],
      ["commission-the-captain", "Commission the captain", 15, 590, 196, "right"],
      ["the-ships-papers", "The ship’s papers", 15, 770, 140],
    ],
  ],
  ["pirates", "Pirates", "uniform", 925, 74, [["hail-the-ship", "Hail the ship", 12, 960, 122]]],
  [
    "who-goes-there",
    "Who goes there?",
    "lima",
    985,
    226,
    [
      ["turn-strangers-away", "Turn strangers away", 12, 1122, 180, "right"],
      ["show-your-papers", "Show your papers", 15, 1200, 284, "right"],
      ["letters-of-marque", "Letters of marque", 13, 1070, 362],
    ],
  ],
  [
    "by-whose-order",
    "By whose order?",
    "kilo",
    745,
    268,
    [
      ["ask-the-harbour", "Ask the harbour", 15, 915, 336],
      ["close-the-hatch", "Close the hatch", 9, 760, 318],
    ],
  ],
  [
    "sealed-dispatches",
    "Sealed dispatches",
    "quebec",
    330,
    352,
    [
      ["sealed-dispatches", "Sealed dispatches", 15, 610, 380],
      ["fresh-seals", "Fresh seals", 12, 450, 405],
      ["moor-with-care", "Moor with care", 11, 285, 392],
    ],
  ],
  [
    "ship-shape",
    "Ship-shape",
    "alfa",
    470,
    486,
    [
      ["locked-cabinets", "Locked cabinets", 9, 150, 470, "right"],
      ["the-crews-rights", "The crew’s rights", 15, 205, 590, "right"],
      ["cargo-rules", "Cargo rules", 13, 385, 618],
      ["the-log-book", "The log book", 15, 540, 552],
      ["provisions", "Provisions", 14, 700, 500],
      ["dry-dock", "Dry dock", 15, 850, 540],
    ],
  ],
  [
    "inspection",
    "Inspection",
    "hotel",
    1060,
    560,
    [
      ["the-surveyor", "The surveyor", 15, 1010, 606],
      ["storm", "Storm", 15, 1215, 594],
    ],
  ],
];

/** Where the course line begins: the harbour of the control plane. */
export const harbour = { x: 318, y: 184 } as const;

/** Set where the site is built or developed; elsewhere the voyage is the planned one. */
declare const LESSONS_FOUND: readonly FoundLesson[] | undefined;

/** The parts in order. */
export const parts: readonly PlannedPart[] = chartVoyage(typeof LESSONS_FOUND === "undefined" ? [] : LESSONS_FOUND);

/** The lessons in order. */
export const plannedLessons: readonly PlannedLesson[] = parts.flatMap((part) => part.lessons);

/** The part a lesson id belongs to. */
export function findPart(lessonId: string): PlannedPart | undefined {
  return parts.find((part) => lessonId.startsWith(`${part.id}/`));
}

/** The planned voyage with lessons that were found besides: each in its part, after the one before whose folder it comes. */
export function chartVoyage(found: readonly FoundLesson[]): PlannedPart[] {
  const taken = rows.flatMap(([, , , x, y, lessons]) => [
    { x: x + 60, y },
    ...lessons.flatMap(([, , , lx, ly, name]) => [
      { x: lx, y: ly },
      name ? { x: lx + 80, y: ly } : { x: lx, y: ly + 36 },
    ]),
  ]);
  let number = 0;
  return mergeRows(found).map(([id, title, flag, x, y, lessons], index) => ({
    number: index + 1,
    id,
    title,
    flag,
    at: { x, y },
    lessons: lessons.map((row, place) => {
      const [slug, lessonTitle, minutes, lx, ly, name] = row;
      const before = lessons[place - 1] ?? row;
      const at =
        lx < 0
          ? findBerth({ x: before[3] < 0 ? 1080 : before[3], y: before[4] < 0 ? 420 : before[4] }, taken)
          : { x: lx, y: ly };
      return {
        number: ++number,
        id: `${id}/${slug}`,
        title: lessonTitle,
        minutes,
        at: { ...at, name: name ?? "below" },
      };
    }),
  }));
}

/** Rows of all lessons; a place below zero is one that nobody chose. */
function mergeRows(found: readonly FoundLesson[]): PartRow[] {
  const merged = rows.map((row): PartRow => [row[0], row[1], row[2], row[3], row[4], [...row[5]]]);
  for (const [index, { id, title, minutes }] of found.entries()) {
    const [part = "", slug = ""] = id.split("/");
    let row = merged.find(([name]) => name === part);
    if (row === undefined) {
      const name = part.charAt(0).toUpperCase() + part.slice(1).replaceAll("-", " ");
      row = [part, name, "hotel", 1060, 440 + 20 * merged.length, []];
      merged.push(row);
    }
    if (row[5].some(([known]) => known === slug)) continue;
    const before = found[index - 1]?.id.replace(/^.*\//, "");
    const place = row[5].findIndex(([known]) => known === before) + 1;
    (row[5] as Row[]).splice(place, 0, [slug, title, minutes, -1, -1]);
  }
  return merged;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Free water as near as can be; it is taken then, with the name below it. */
function findBerth(near: Place, taken: Place[]): Place {
  const far = (a: Place, b: Place): number => Math.hypot((a.x - b.x) * 0.8, (a.y - b.y) * 1.4);
  let best: Place = near;
  let least = Number.POSITIVE_INFINITY;
  for (let x = 120; x <= 1260; x += 20)
    for (let y = 120; y <= 620; y += 20) {
      const place = { x, y };
      const room = Math.min(...taken.flatMap((each) => [far(each, place), far(each, { x, y: y + 36 })]));
      const cost = far(near, place) + (room < 78 ? 10_000 - room : 0);
      if (cost < least) {
        best = place;
        least = cost;
      }
    }
  taken.push(best, { x: best.x, y: best.y + 36 });
  return best;
}
