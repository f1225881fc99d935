// The proofs of a lesson: its start does not pass, its right ways do, its wrong ways fail at the check they name; and its prose is true.

import type { Verdict } from "#sandbox/grader/check.ts";
import type { Programs } from "#sandbox/programs.ts";
import { Laboratory } from "./laboratory.ts";
import type { Lesson, Script, StartPoint, WrongWay } from "./lessons.ts";
import { playScript } from "./play.ts";

export interface Proof {
  readonly lesson: string;
  /** What is proved: `start`, `solution.sh`, `wrong/tab.sh`. */
  readonly name: string;
  /** Why it does not hold; empty where it does. */
  run(): Promise<string>;
}

const show = ({ id, verdict, layer, message }: Verdict) =>
  `  ${verdict}${layer === null ? "" : ` (${layer})`} ${id}: ${message}`;

function report(why: string, verdicts: readonly Verdict[], transcript: string): string {
  return [
    why,
    ...verdicts.map(show),
    ...transcript
      .trimEnd()
      .split("\n")
      .map((line) => `  | ${line}`),
  ].join("\n");
}

function startOf(lesson: Lesson, script: Script): StartPoint {
  const start = lesson.starts.find((each) => each.name === script.start);
  if (start === undefined) {
    const known = lesson.starts.map((each) => each.name).join(", ");
    throw new Error(`${lesson.id}/${script.file}: there is no start point “${script.start}”; known: ${known}`);
  }
  return start;
}

async function proveStart(lesson: Lesson, start: StartPoint, programs: Programs): Promise<string> {
  const {
    transcript,
    report: { verdicts },
  } = await playScript(lesson, start, [], programs);
  if (verdicts.length === 0) return "the lesson has no checks";
  const unclear = verdicts.filter(({ verdict }) => verdict === "unknown");
  if (unclear.length > 0) return report("a check cannot be told at the start", verdicts, transcript);
  return verdicts.every(({ verdict }) => verdict === "pass")
    ? report("the start passes already", verdicts, transcript)
    : "";
}

async function proveRight(lesson: Lesson, script: Script, programs: Programs): Promise<string> {
  const {
    transcript,
    report: { verdicts },
  } = await playScript(lesson, startOf(lesson, script), script.lines, programs);
  return verdicts.every(({ verdict }) => verdict === "pass")
    ? ""
    : report("a right way does not pass", verdicts, transcript);
}

async function proveWrong(lesson: Lesson, script: WrongWay, programs: Programs): Promise<string> {
  const {
    transcript,
    report: { verdicts },
  } = await playScript(lesson, startOf(lesson, script), script.lines, programs);
  const named = verdicts.find(({ id }) => id === script.fails);
  if (named === undefined)
    return `there is no check “${script.fails}”; known: ${verdicts.map(({ id }) => id).join(", ")}`;
  if (named.verdict !== "not-yet")
    return report(`“${script.fails}” is ${named.verdict}, not not-yet`, verdicts, transcript);
  if (!verdicts.some(({ misconceptions }) => misconceptions.includes(script.misconception))) {
    const seen = [...new Set(verdicts.flatMap(({ misconceptions }) => misconceptions))];
    return report(
      `“${script.misconception}” is not recognised, only: ${seen.join(", ") || "none"}`,
      verdicts,
      transcript,
    );
  }
  return "";
}

/** Every command of the prose, in order, shows what the prose says it shows; every excerpt is in its file. */
async function proveProse(lesson: Lesson, start: StartPoint, programs: Programs): Promise<string> {
  const laboratory = await Laboratory.boot(start.scene, lesson.grading, programs);
  for (const { machine, path, text } of lesson.excerpts) {
    const content = await laboratory.readFile(machine, path);
    if (content?.includes(text) !== true)
      return `${machine}:${path} does not hold the excerpt\n${text}\nbut\n${content ?? "is not there"}`;
  }
  for (const { machine, run, shows } of lesson.trials) {
    const terminal = await laboratory.terminal(machine);
    laboratory.takeScreen(terminal);
    for (const line of run.split("\n")) await laboratory.type(terminal, line);
    const [, ...output] = laboratory.takeScreen(terminal).split("\n");
    const answer = output.join("\n");
    if (/command not found|not modelled/.test(answer)) return `“${run}” on ${machine}: ${answer}`;
    if (shows !== undefined && !answer.includes(shows))
      return `“${run}” on ${machine} does not show “${shows}” but\n${answer}`;
  }
  return "";
}

/** All proofs of a lesson, in the order a reader would want them. */
export function listProofs(lesson: Lesson, programs: Programs): Proof[] {
  const proof = (name: string, run: () => Promise<string>): Proof => ({ lesson: lesson.id, name, run });
  const own = lesson.starts[0];
  return [
    ...lesson.starts.map((start) =>
      proof(start.name === "scene" ? "start" : `start@${start.name}`, () => proveStart(lesson, start, programs)),
    ),
    ...lesson.right.map((script) => proof(script.file, () => proveRight(lesson, script, programs))),
    ...lesson.wrong.map((script) => proof(script.file, () => proveWrong(lesson, script, programs))),
    ...(own === undefined ? [] : [proof("prose", () => proveProse(lesson, own, programs))]),
  ];
}
