// The proofs of a lesson: its start does not pass, its right ways do, its wrong ways fail at the check they name; and its prose is true.

import type { Verdict } from "#sandbox/grader/check.ts";
import type { Programs } from "#sandbox/programs.ts";
import { show } from "./drill-proofs.ts";
import { Laboratory } from "./laboratory.ts";
import { type Lesson, labStartOf, type Script, type ScriptLine, type StartPoint, type WrongWay } from "./lessons.ts";
import { type Answered, judgeMutants, keepAnswers } from "./mutants.ts";
import { playScript } from "./play.ts";

export interface Proof {
  readonly lesson: string;
  /** What is proved: `start`, `solution.sh`, `wrong/tab.sh`. */
  readonly name: string;
  /** Why it does not hold; empty where it does. */
  run(): Promise<string>;
}

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

function judgeStart(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return "the lesson has no checks";
  if (verdicts.some(({ verdict }) => verdict === "unknown")) return "a check cannot be told at the start";
  return verdicts.every(({ verdict }) => verdict === "pass") ? "the start passes already" : "";
}

function judgeRight(verdicts: readonly Verdict[]): string {
  return verdicts.every(({ verdict }) => verdict === "pass") ? "" : "a right way does not pass";
}

function judgeWrong({ fails, misconception }: WrongWay, verdicts: readonly Verdict[]): string {
  for (const check of fails) {
    const named = verdicts.find(({ id }) => id === check);
    if (named === undefined) return `there is no check “${check}”; known: ${verdicts.map(({ id }) => id).join(", ")}`;
    if (named.verdict !== "not-yet") return `“${check}” is ${named.verdict}, not not-yet`;
  }
  if (verdicts.some(({ misconceptions }) => misconceptions.includes(misconception))) return "";
  const seen = [...new Set(verdicts.flatMap(({ misconceptions }) => misconceptions))];
  return `“${misconception}” is not recognised, only: ${seen.join(", ") || "none"}`;
}

/** Whether lines of a terminal hold more than prompts, what was typed after them, and the dots of openssl at work. */
const saysSomething = (answer: string): boolean =>
  answer.split("\n").some((line) => line.trim() !== "" && !/^(\S+@\S+:.*[#$]( .*)?|> ?.*|[-.+*]+)$/.test(line));

/** Every command of the prose, in order, shows what the prose says it shows; every excerpt is in its file. */
async function proveProse(lesson: Lesson, start: StartPoint, programs: Programs): Promise<string> {
  const laboratory = await Laboratory.boot(labStartOf(lesson, start), programs);
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
    if (shows === undefined && saysSomething(answer))
      return `“${run}” on ${machine} has output and no “shows”:\n${answer}`;
    if (shows !== undefined && !answer.includes(shows))
      return `“${run}” on ${machine} does not show “${shows}” but\n${answer}`;
  }
  return "";
}

const early = "the other proofs of the lesson come first: it gathers what was seen in them";

/** Every check can fail: at some start, or on some wrong way. One that never does tells nothing. */
function judgeIdle(lesson: Lesson, failed: ReadonlySet<string>): string {
  const idle = lesson.grading.checks.filter(({ id }) => !failed.has(id)).map(({ id }) => id);
  return idle.length === 0 ? "" : `nothing fails ${idle.join(", ")}: add a wrong way that does`;
}

/** Every check matters: removed, inverted or weakened it makes a proof fail. */
function judgeStrength(lesson: Lesson, answered: readonly Answered[]): string {
  const { total, survivors } = judgeMutants(lesson, answered);
  const list = survivors.map((what) => `\n  ${what}`).join("");
  return survivors.length === 0
    ? ""
    : `${survivors.length} of ${total} mutants of the checks are not noticed by any proof:${list}`;
}

/** All proofs of a lesson, in the order a reader would want them. */
export function listProofs(lesson: Lesson, programs: Programs): Proof[] {
  const failed = new Set<string>();
  const answered: Answered[] = [];
  const scripts = lesson.starts.length + lesson.right.length + lesson.wrong.length;
  const proof = (name: string, run: () => Promise<string>): Proof => ({ lesson: lesson.id, name, run });

  /** Plays a script and keeps what it answered. */
  const play = (name: string, start: StartPoint, lines: readonly ScriptLine[], prove: Answered["prove"]): Proof =>
    proof(name, async () => {
      const mayFail = !lesson.right.some(({ file }) => file === name);
      const grade = keepAnswers((kept) => answered.push({ ...kept, prove, mayFail }));
      const played = await playScript({ ...labStartOf(lesson, start), grade }, lines, programs);
      const { verdicts } = played.report;
      if (mayFail) for (const { id, verdict } of verdicts) if (verdict === "not-yet") failed.add(id);
      const why = prove(verdicts);
      return why === "" ? "" : report(why, verdicts, played.transcript);
    });
  const gathered = (name: string, run: () => string): Proof =>
    proof(name, async () => (answered.length < scripts ? early : run()));

  const own = lesson.starts[0];
  return [
    ...lesson.starts.map((start) =>
      play(start.name === "scene" ? "start" : `start@${start.name}`, start, [], judgeStart),
    ),
    ...lesson.right.map((script) => play(script.file, startOf(lesson, script), script.lines, judgeRight)),
    ...lesson.wrong.map((script) =>
      play(script.file, startOf(lesson, script), script.lines, (verdicts) => judgeWrong(script, verdicts)),
    ),
    ...(own === undefined ? [] : [proof("prose", () => proveProse(lesson, own, programs))]),
    gathered("checks", () => judgeIdle(lesson, failed)),
    gathered("mutants", () => judgeStrength(lesson, answered)),
  ];
}
