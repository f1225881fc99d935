// Every attempt of the common mistakes, typed into a machine: what the page says it shows is on the screen, in that order.

import { describe, expect, test, vi } from "vitest";
import { bases } from "#lessons/_kit/bases.ts";
import { Programs } from "#sandbox/programs.ts";
import { Laboratory } from "../../cli/laboratory.ts";
import { parseScript } from "../../cli/lessons.ts";
import { plannedLessons } from "../voyage.ts";
import { type Attempt, mistakes } from "./mistakes.ts";

vi.setConfig({ testTimeout: 120_000 });

const programs = new Programs();
const noGrading = { checks: [], boarding: [], pilot: [] };

/** What was on the screens, without the lines that were typed. */
async function play({ base, lines }: Attempt): Promise<string> {
  await programs.loadAll();
  const laboratory = await Laboratory.boot(
    { name: base, scene: bases[base], grading: noGrading, startOn: "quay" },
    programs,
    200,
  );
  let terminal = await laboratory.terminal("quay");
  let seen = "";
  for (const line of parseScript(lines.join("\n"))) {
    if (line.kind === "wait") await laboratory.wait(line.seconds * 1000);
    else if (line.kind === "host") terminal = await laboratory.terminal(line.machine);
    else {
      laboratory.takeScreen(terminal);
      await laboratory.type(terminal, line.text);
      const [, ...output] = laboratory.takeScreen(terminal).split("\n");
      seen += `${output.join("\n")}\n`;
    }
  }
  return seen;
}

/** The pieces that do not stand on the screen after the one before them. */
function findMissing(seen: string, shows: readonly string[]): string[] {
  let from = 0;
  return shows.filter((piece) => {
    const at = seen.indexOf(piece, from);
    if (at >= 0) from = at + piece.length;
    return at < 0;
  });
}

describe.each(mistakes.map((mistake) => [mistake.id, mistake] as const))("%s", (_, { attempts, lesson }) => {
  test.each(attempts.map((attempt, index) => [index + 1, attempt] as const))(
    "attempt %i shows what is said",
    async (_n, attempt) => {
      const seen = await play(attempt);
      expect(findMissing(seen, attempt.shows), seen).toEqual([]);
    },
  );

  test("leads to a lesson on the chart, and shows something", () => {
    expect(plannedLessons.map(({ id }) => id)).toContain(lesson);
    expect(attempts.length).toBeGreaterThan(0);
    expect(attempts.every(({ shows }) => shows.length > 0)).toBe(true);
  });
});

test("what is not on the screen is found missing", () => {
  expect(findMissing("401\n200\n", ["200", "401"])).toEqual(["401"]);
});
