import { expect, test } from "vitest";
import type { BoardFeed, LearnerRow, RoomView } from "../../hub/api/index.ts";
import { beliefsOf, everyone, RoomModel } from "./room-model.ts";

const outline = [
  {
    id: "a/one",
    number: 1,
    title: "One",
    minutes: 10,
    steps: [{ id: "s1", title: "First" }],
    checks: [
      { id: "taken", step: "s1", goal: "Take it." },
      { id: "shut", step: "s1", goal: "Shut it." },
    ],
  },
];
const room: RoomView = {
  id: "room0001",
  title: "T",
  seq: 1,
  openedAt: 0,
  endsAt: 9e12,
  locked: false,
  gates: false,
  open: "all",
};

function learner(
  number: number,
  change: Partial<LearnerRow> & { passes?: readonly string[]; lost?: string[]; beliefs?: string[] } = {},
): LearnerRow {
  const { passes = [], lost = [], beliefs = [], ...rest } = change;
  const verdicts = Object.fromEntries(
    ["taken", "shut"].map((id) => [id, passes.includes(id) ? "pass" : "not-yet"] as const),
  );
  return {
    id: `learner${number}`,
    number,
    name: `L${number}`,
    seq: number,
    joinedAt: 0,
    seenAt: Date.now(),
    presence: "here",
    removed: false,
    lesson: "a/one",
    lessons: { "a/one": { step: 1, steps: 1, verdicts, lost, misconceptions: beliefs, hints: {}, begunAt: 0 } },
    movedAt: Date.now(),
    helped: 0,
    waited: 0,
    exams: {},
    looks: {},
    taken: [],
    ...rest,
  };
}

const feed = (...learners: LearnerRow[]): BoardFeed => ({ seq: 1, now: Date.now(), room, learners, acts: [] });

test("who is stuck longest comes first; who is through is not stuck", () => {
  const model = new RoomModel(outline);
  const ago = (minutes: number): number => Date.now() - minutes * 60_000;
  model.take(
    feed(
      learner(1, { movedAt: ago(2) }),
      learner(2, { movedAt: ago(9) }),
      learner(3, { movedAt: ago(30), passes: ["taken", "shut"] }),
      learner(4, { movedAt: ago(40), removed: true }),
    ),
  );
  expect(model.list({ ...everyone, order: "stuck" }).map(({ number }) => number)).toEqual([2, 1, 3]);
  expect(model.list({ ...everyone, only: "stuck" }).map(({ number }) => number)).toEqual([2]);
});

test("during an exam nobody is stuck; what was handed in last counts", () => {
  const model = new RoomModel(outline);
  const now = Date.now();
  const exam = { seed: "7", of: 100, seconds: 9, tasks: [] };
  const taken = feed(
    learner(1, {
      movedAt: now - 3_600_000,
      exams: {
        first0001: { ...exam, score: 90, passed: true, at: now - 1_800_000 },
        last00001: { ...exam, score: 30, passed: false, at: now - 120_000 },
      },
    }),
    learner(2, { movedAt: now - 3_600_000 }),
  );
  model.take({
    ...taken,
    room: { ...room, exam: { act: "a", seed: "7", minutes: 25, note: "", startedAt: now, endsAt: now + 60_000 } },
  });
  expect(model.list({ ...everyone, only: "stuck" })).toEqual([]);
  model.take(taken);
  expect(model.list({ ...everyone, only: "stuck" }).map(({ number }) => number)).toEqual([2]);
  expect(model.tally([]).exams).toEqual({ handedIn: 1, passed: 0 });
});

test("what passed and no longer does is danger, not a first try", () => {
  const model = new RoomModel(outline);
  model.take(feed(learner(1, { lost: ["taken"] })));
  const [taken, shut] = model.columns("here");
  const row = model.rows.get("learner1") as LearnerRow;
  expect([taken, shut].map((column) => column && model.cell(row, column))).toEqual(["peril", "wait"]);
});

test("the room in figures: who passes, who lost an order, where most wait", () => {
  const model = new RoomModel(outline);
  model.take(feed(learner(1, { passes: ["taken"] }), learner(2), learner(3, { presence: "gone" })));
  model.take(
    feed(
      learner(1, { lost: ["taken"] }),
      learner(2, { passes: ["taken"] }),
      learner(4, { removed: true, passes: ["taken"] }),
    ),
  );
  const { present, gone, danger, passes, waiting } = model.tally(model.columns("here"));
  expect({ present, gone, danger, passes }).toEqual({ present: 3, gone: 1, danger: 1, passes: [1, 0] });
  expect(waiting).toEqual({ check: "taken", count: 2 });
});

test("misconceptions are counted over the room, and a hand is told once", () => {
  const model = new RoomModel(outline);
  const hand = { at: 5, sentence: "Why 200?" };
  expect(
    model.take(feed(learner(1, { beliefs: ["forgot-restart"], hand }), learner(2, { beliefs: ["forgot-restart"] }))),
  ).toHaveLength(1);
  expect(model.take(feed(learner(1, { beliefs: ["forgot-restart"], hand })))).toHaveLength(0);
  expect(model.tally([]).beliefs).toEqual([{ id: "forgot-restart", count: 2 }]);
  expect(beliefsOf(learner(3))).toEqual([]);
});
