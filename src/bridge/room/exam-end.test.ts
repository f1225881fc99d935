import { expect, it } from "vitest";
import type { RoomView } from "../../hub/api/index.ts";
import { isEnded } from "./exam-end.ts";

const issued = { room: "harbour0", act: "act-one-0", at: 1_000, signature: "" };
const exam = { act: "act-one-0", seed: "42", minutes: 25, note: "", startedAt: 1_000, endsAt: 1_501_000 };
const room: RoomView = {
  id: "harbour0",
  title: "Harbour",
  seq: 1,
  openedAt: 0,
  endsAt: 9_000_000,
  locked: false,
  gates: false,
  open: "all",
};

it("is over when the room stops it, or begins another; not by its own clock, nor with the room", () => {
  expect(isEnded(issued, { ...room, exam })).toBe(false);
  expect(isEnded(issued, room)).toBe(true);
  expect(isEnded(issued, { ...room, exam: { ...exam, act: "act-two-0" } })).toBe(true);
  // Extra time goes beyond the room's clock.
  expect(isEnded(issued, { ...room, exam: { ...exam, endsAt: 2_000 } })).toBe(false);
  expect(isEnded(issued, { ...room, ended: 3_000 })).toBe(false);
});
