import { expect, it } from "vitest";
import { WrongsHeld } from "./wrongs.ts";

it("tells what stayed through two more commands or a while, once, and not what the start had or a command cured", () => {
  const wrongs = new WrongsHeld();
  expect(wrongs.hear(["flag-beats-file"], 0, 0)).toEqual([]);
  expect(wrongs.hear(["flag-beats-file", "forgot-restart"], 1, 1000)).toEqual([]);
  expect(wrongs.hear(["flag-beats-file"], 2, 2000)).toEqual([]);
  expect(wrongs.hear(["forgot-restart"], 3, 3000)).toEqual([]);
  expect(wrongs.hear(["forgot-restart"], 5, 4000)).toEqual(["forgot-restart"]);
  expect(wrongs.hear(["forgot-restart", "wrong-key"], 6, 5000)).toEqual([]);
  expect(wrongs.hear(["wrong-key"], 6, 60_000)).toEqual(["wrong-key"]);
  expect(wrongs.hear(["flag-beats-file"], 30, 900_000)).toEqual([]);
});
