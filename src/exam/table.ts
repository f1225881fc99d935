// An exam as rows for other programs: JSON for all of it, CSV by task and check.

import { type ExamSettings, passMark } from "./attempt.ts";
import type { TaskResult } from "./result.ts";

export interface ExamSheet {
  readonly name: string;
  readonly settings: ExamSettings;
  readonly startedAt: number;
  readonly handedInAt: number;
  /** Minutes on the exam's clock, and in pauses. */
  readonly used: number;
  readonly paused: number;
  readonly score: number;
  readonly tasks: readonly TaskResult[];
}

const inMinutes = (ms: number): number => Math.round(ms / 6000) / 10;

/** Quoted where it must be; a cell that a spreadsheet would take for a formula is told to be text. */
function cell(value: string | number): string {
  const text = typeof value === "string" && /^[=+\-@\t]/.test(value) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function toCsv(rows: readonly (readonly (string | number)[])[]): string {
  return `${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** One row for each check, and one for a task that was not opened. */
export function sheetToCsv({ name, settings, tasks }: ExamSheet): string {
  const head = [
    "name",
    "seed",
    "minutes",
    "task",
    "title",
    "host",
    "weight",
    "earned",
    "time_min",
    "check",
    "verdict",
    "points",
    "check_earned",
    "seen",
    "wanted",
  ];
  const rows = tasks.flatMap((task, index) => {
    const own = [
      name,
      settings.seed,
      settings.minutes,
      index + 1,
      task.title,
      task.host,
      task.weight,
      task.earned,
      inMinutes(task.spent),
    ];
    if (task.checks.length === 0) return [[...own, "", "not opened", "", "", "", ""]];
    return task.checks.map((check) => {
      const verdict = task.verdicts.find(({ id }) => id === check.id);
      return [...own, check.id, check.verdict, check.points, check.earned, verdict?.seen ?? "", verdict?.wanted ?? ""];
    });
  });
  return toCsv([head, ...rows]);
}

export function sheetToJson(sheet: ExamSheet): string {
  const { startedAt, handedInAt, used, paused, ...rest } = sheet;
  const iso = (at: number): string => new Date(at).toISOString();
  return JSON.stringify(
    {
      ...rest,
      passMark,
      passed: sheet.score >= passMark,
      startedAt: iso(startedAt),
      handedInAt: iso(handedInAt),
      usedMinutes: inMinutes(used),
      pausedMinutes: inMinutes(paused),
    },
    undefined,
    2,
  );
}
