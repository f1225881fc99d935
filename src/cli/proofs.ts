// The proofs of a lesson: its start does not pass, its right ways do, its wrong ways fail at the check they name; and its prose is true.

import type { Verdict } from "#sandbox/grader/check.ts";
import type { Programs } from "#sandbox/programs.ts";
import { Laboratory } from "./laboratory.ts";
import { type Lesson, labStartOf, type Script, type StartPoint, type WrongWay } from "./lessons.ts";
import { playScript } from "./play.ts";

export interface Proof {
  readonly lesson: string;
  /** What is proved: `start`, `solution.sh`, `wrong/tab.sh`. */
  readonly name: string;
  /** Why it does not hold; empty where it does. */
  run(): Promise<string>;
}

/** Told of every set of verdicts. */
type Note = (verdicts: readonly Verdict[]) => void;

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

async function proveStart(lesson: Lesson, start: StartPoint, programs: Programs, note: Note): Promise<string> {
  const {
    transcript,
    report: { verdicts },
  } = await playScript(labStartOf(lesson, start), [], programs);
  note(verdicts);
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
  } = await playScript(labStartOf(lesson, startOf(lesson, script)), script.lines, programs);
  return verdicts.every(({ verdict }) => verdict === "pass")
    ? ""
    : report("a right way does not pass", verdicts, transcript);
}

async function proveWrong(lesson: Lesson, script: WrongWay, programs: Programs, note: Note): Promise<string> {
  const {
    transcript,
    report: { verdicts },
  } = await playScript(labStartOf(lesson, startOf(lesson, script)), script.lines, programs);
  note(verdicts);
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
    if (shows !== undefined && !answer.includes(shows))
      return `“${run}” on ${machine} does not show “${shows}” but\n${answer}`;
  }
  return "";
}

/** Every check can fail: at some start, or on some wrong way. One that never does tells nothing. */
async function proveChecks(lesson: Lesson, failed: ReadonlySet<string>, complete: boolean): Promise<string> {
  if (!complete) return "the other proofs of the lesson come first: it gathers what failed in them";
  const idle = lesson.grading.checks.filter(({ id }) => !failed.has(id)).map(({ id }) => id);
  return idle.length === 0 ? "" : `nothing fails ${idle.join(", ")}: add a wrong way that does`;
}

/** All proofs of a lesson, in the order a reader would want them. */
export function listProofs(lesson: Lesson, programs: Programs): Proof[] {
  const failed = new Set<string>();
  let played = 0;
  const proof = (name: string, run: () => Promise<string>): Proof => ({ lesson: lesson.id, name, run });
  const gather = (name: string, play: (note: Note) => Promise<string>): Proof =>
    proof(name, () => {
      played += 1;
      return play((verdicts) => {
        for (const { id, verdict } of verdicts) if (verdict === "not-yet") failed.add(id);
      });
    });
  const own = lesson.starts[0];
  return [
    ...lesson.starts.map((start) =>
      gather(start.name === "scene" ? "start" : `start@${start.name}`, (note) =>
        proveStart(lesson, start, programs, note),
      ),
    ),
    ...lesson.right.map((script) => proof(script.file, () => proveRight(lesson, script, programs))),
    ...lesson.wrong.map((script) => gather(script.file, (note) => proveWrong(lesson, script, programs, note))),
    ...(own === undefined ? [] : [proof("prose", () => proveProse(lesson, own, programs))]),
    proof("checks", () => proveChecks(lesson, failed, played >= lesson.starts.length + lesson.wrong.length)),
  ];
}
