// npm run -s lab -- SCENE [--script FILE] [--host NAME] [--json]: the fleet of a lesson or a drill in this terminal, or a script typed into it.

import { readFileSync } from "node:fs";
import type { Verdict } from "#sandbox/grader/check.ts";
import { Programs } from "#sandbox/programs.ts";
import { playBases, playGrading, playStarts } from "#src/course/play/presets.ts";
import { readArguments } from "./arguments.ts";
import { findDrill, listDrills, startOfDrill } from "./drills.ts";
import type { LabStart } from "./laboratory.ts";
import { findScene, labStartOf, listScenes, parseScript } from "./lessons.ts";
import { playScript } from "./play.ts";
import { sitDown } from "./sit.ts";

const { values, positionals } = readArguments({
  allowPositionals: true,
  options: { script: { type: "string" }, host: { type: "string" }, json: { type: "boolean" } },
});

const name = positionals[0];

function findPlay(name: string): LabStart | undefined {
  const start = playStarts.get(name);
  const scene = playBases[start?.base ?? ""];
  return start && scene && { name, scene, setup: start.setup, grading: playGrading, startOn: "node01" };
}

/** Where to begin: `drill:ID:SEED`, `play:PRESET@RELEASE`, or a lesson's scene. */
async function findStart(name: string): Promise<LabStart | undefined> {
  if (name.startsWith("play:")) return findPlay(name);
  if (!name.startsWith("drill:")) {
    const found = await findScene(name);
    return found && labStartOf(found.lesson, found.start);
  }
  const drill = await findDrill(name);
  if (drill !== undefined && values.script === undefined) console.log(`${drill.task}\n`);
  return drill && startOfDrill(drill);
}

const start = name === undefined ? undefined : await findStart(name);
if (start === undefined) {
  const why = name === undefined ? "A scene is missing." : `There is no scene “${name}”.`;
  const drills = listDrills().map((id) => `drill:${id}:SEED`);
  console.error(
    `${why} Known: ${[...(await listScenes()), ...drills, ...playStarts.keys()].join(", ")}.\nUsage: npm run -s lab -- SCENE [--script FILE] [--host NAME] [--json]`,
  );
  process.exit(2);
}
const host = values.host ?? start.startOn;
if (!start.scene.machines.some((machine) => machine.name === host)) {
  console.error(
    `There is no machine “${host}” in this scene. It has: ${start.scene.machines.map((machine) => machine.name).join(", ")}.`,
  );
  process.exit(2);
}

const words: Readonly<Record<Verdict["verdict"], string>> = {
  pass: "pass",
  "not-yet": "not yet",
  unknown: "could not tell",
};

function formatVerdict(verdict: Verdict): string {
  const place = verdict.layer === null ? "" : ` (${verdict.layer})`;
  return `${words[verdict.verdict].padEnd(15)}${verdict.id}${place}: ${verdict.message}`;
}

function readText(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    console.error(`The script ${file} cannot be read: ${error instanceof Error ? error.message : error}`);
    process.exit(2);
  }
}

const programs = new Programs();
await programs.loadAll();
const { transcript, report } =
  values.script === undefined
    ? await sitDown(start, programs, host)
    : await playScript(start, parseScript(readText(values.script)), programs, host);

if (values.json) {
  const checks = report.verdicts.map(({ id, verdict, layer, seen, wanted, message }) => ({
    id,
    verdict,
    layer,
    seen,
    wanted,
    message,
  }));
  console.log(JSON.stringify({ transcript, checks }));
} else {
  if (values.script !== undefined) console.log(transcript.trimEnd());
  console.log();
  for (const verdict of report.verdicts) console.log(formatVerdict(verdict));
  const passed = report.verdicts.filter((verdict) => verdict.verdict === "pass").length;
  console.log(`${passed} of ${report.verdicts.length} checks pass`);
}
