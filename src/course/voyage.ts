// The voyage as planned: seven parts, twenty lessons, and where each lies on the chart.
// A lesson is aboard when its folder exists under lessons/; the others are named as not yet aboard.

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
      ["the-ships-papers", "The ship’s papers", 14, 770, 140],
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
      ["ask-the-harbour", "Ask the harbour", 14, 915, 336],
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
      ["the-crews-rights", "The crew’s rights", 13, 205, 590, "right"],
      ["cargo-rules", "Cargo rules", 11, 385, 618],
      ["the-log-book", "The log book", 12, 540, 552],
      ["provisions", "Provisions", 14, 700, 500],
      ["dry-dock", "Dry dock", 13, 850, 540],
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

/** The seven parts in order. */
export const parts: readonly PlannedPart[] = numberRows();

/** The twenty lessons in order. */
export const plannedLessons: readonly PlannedLesson[] = parts.flatMap((part) => part.lessons);

/** The part a lesson id belongs to. */
export function findPart(lessonId: string): PlannedPart | undefined {
  return parts.find((part) => lessonId.startsWith(`${part.id}/`));
}

function numberRows(): PlannedPart[] {
  let number = 0;
  return rows.map(([id, title, flag, x, y, lessons], index) => ({
    number: index + 1,
    id,
    title,
    flag,
    at: { x, y },
    lessons: lessons.map(([slug, lessonTitle, minutes, lx, ly, name]) => ({
      number: ++number,
      id: `${id}/${slug}`,
      title: lessonTitle,
      minutes,
      at: { x: lx, y: ly, name: name ?? "below" },
    })),
  }));
}
