// Every start of free play, booted: callers get what the page promises, and the journal says why.

import { describe, expect, test } from "vitest";
import { Programs } from "#sandbox/programs.ts";
import { Laboratory } from "../../cli/laboratory.ts";
import { type Promised, playBases, playGrading, playStarts, presets, type Start } from "./presets.ts";

const programs = new Programs();
const all = [...playStarts];

async function look(start: Start): Promise<Promised> {
  await programs.loadAll();
  const scene = playBases[start.base];
  if (scene === undefined) throw new Error(`there is no base ${start.base}`);
  const laboratory = await Laboratory.boot(
    { name: start.base, scene, setup: start.setup, grading: playGrading, startOn: "node01" },
    programs,
    200,
  );
  const { boarding, pilot } = await laboratory.grade();
  const got = (calls: typeof pilot, id: string) => calls.find((call) => call.id === id);
  const node = await laboratory.terminal("node01");
  await laboratory.type(node, "journalctl -u kubelet -b --no-pager -o cat");
  const stranger = got(boarding, "list-pods")?.got ?? "";
  return {
    stranger: (/^\d{3}/.exec(stranger)?.[0] ?? stranger) as Promised["stranger"],
    pilot: got(pilot, "logs")?.served ? "served" : "refused",
    journal: laboratory.takeScreen(node),
    ready: got(pilot, "ready")?.got === "Ready",
  };
}

describe("free play begins", () => {
  test.each(all)("%s", async (_, start) => {
    const { journal = "", ...callers } = await look(start);
    const { journal: wanted = "", ...promised } = start.promised;
    expect(callers).toEqual(promised);
    expect(journal).toContain(wanted);
  });

  test("from bases that are all used, at versions that are what they say", () => {
    expect(new Set(all.map(([, { base }]) => base))).toEqual(new Set(Object.keys(playBases)));
    expect(all).toHaveLength(presets.length * 2 - 1);
  });
});
