// Sits a whole exam in this process as a candidate would: each task in a laboratory of its own, from the quay by ssh, for its share of the time.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { bases } from "#lessons/_kit/bases.ts";
import { gradingOf } from "#lessons/_kit/drill.ts";
import type { Exam } from "#lessons/_kit/exam.ts";
import { Programs } from "#sandbox";
import { findDrill, SETTLE } from "./drills.ts";
import { Laboratory, type LabStart } from "./laboratory.ts";
import { parseScript } from "./lessons.ts";

/** One task as it was sat. */
export interface SatTask {
  readonly id: string;
  /** Its points, where all checks pass. */
  readonly earned: number;
  readonly weight: number;
  /** Real time (ms), and time of the machines (s). */
  readonly ms: number;
  readonly seconds: number;
  /** Memory after the task, with its machines still running, and what stays when they are gone (bytes). */
  readonly open: number;
  readonly left: number;
}

/** Memory in use after a collection. */
function measureHeap(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

/** Types a task's solution from the quay, lets the rest of its time pass, and asks for points. */
async function sitTask(
  { id, weight }: Exam["tasks"][number],
  seconds: number,
  programs: Programs,
): Promise<Omit<SatTask, "left">> {
  const drill = await findDrill(id);
  if (drill === undefined) throw new Error(`there is no ${id}`);
  const begun = performance.now();
  const start: LabStart = {
    name: id,
    scene: bases[drill.base],
    setup: drill.setup,
    grading: gradingOf(drill),
    startOn: "quay",
    settle: SETTLE,
  };
  const laboratory = await Laboratory.boot(start, programs);
  const quay = await laboratory.terminal("quay");
  const goTo = async (machine: string): Promise<void> => {
    if (machine !== "quay") await laboratory.type(quay, `ssh ${machine}`);
  };
  let machine = drill.host;
  await goTo(machine);
  for (const line of parseScript(drill.solution.join("\n"))) {
    if (line.kind === "wait") await laboratory.wait(line.seconds * 1000);
    else if (line.kind === "type") await laboratory.type(quay, line.text);
    else {
      if (machine !== "quay") await laboratory.type(quay, "exit");
      machine = line.machine;
      await goTo(machine);
    }
  }
  await laboratory.wait(seconds * 1000);
  const { verdicts } = await laboratory.grade();
  const earned = verdicts.every(({ verdict }) => verdict === "pass") ? weight : 0;
  return { id, earned, weight, ms: performance.now() - begun, seconds, open: measureHeap() };
}

/** Sits all tasks, each for its share of the exam's minutes; tells of each as it is done. */
export async function sitExam({ tasks, minutes }: Exam, onTask: (task: SatTask) => void): Promise<readonly SatTask[]> {
  const programs = new Programs();
  await programs.loadAll();
  const all = tasks.reduce((sum, task) => sum + task.minutes, 0);
  const sat: SatTask[] = [];
  for (const task of tasks) {
    const done = await sitTask(task, Math.round((minutes * 60 * task.minutes) / all), programs);
    const whole = { ...done, left: measureHeap() };
    sat.push(whole);
    onTask(whole);
  }
  return sat;
}
