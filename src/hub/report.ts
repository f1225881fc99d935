// What a room leaves behind: as data, and as a table that a spreadsheet opens without running anything in it.

import type { Report } from "./api/rooms.ts";
import type { LearnerRow, LessonRow } from "./api/views.ts";
import { readLearners } from "./feeds.ts";
import { findRoom, type Hub, listInstructors, viewRoom } from "./rooms.ts";

export async function readReport({ database: { ask }, now }: Hub, room: string): Promise<Report> {
  const row = await findRoom(ask, room);
  const instructors = await listInstructors(ask, room);
  return {
    room: viewRoom(row),
    madeAt: now(),
    erased: row.erased !== null,
    instructors: instructors.map(({ name }) => name),
    learners: (await readLearners(ask, room, 0)).filter((learner) => !learner.removed),
  };
}

const columns = [
  "number",
  "name",
  "joined",
  "last heard",
  "helped",
  "waited (s)",
  "lesson",
  "step",
  "steps",
  "checks passed",
  "checks",
  "not yet",
  "misconceptions",
  "hints",
  "begun",
  "done",
  "exam score",
  "exam of",
  "exam passed",
] as const;

const isoTime = (time: number | undefined): string => (time === undefined ? "" : new Date(time).toISOString());

/** A cell: quoted where it must be; what a spreadsheet would take for a formula gets an apostrophe before it. */
export function formatCell(value: string | number | boolean): string {
  if (typeof value !== "string") return String(value);
  const safe = /^[\s]*[=+\-@|%]|^[\t\r]/.test(value) ? `'${value}` : value;
  return /[",;\r\n\t]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function listCells(learner: LearnerRow, lesson: string, row: LessonRow | undefined): (string | number | boolean)[] {
  const verdicts = Object.entries(row?.verdicts ?? {});
  const exam = Object.values(learner.exams).at(-1);
  const notYet = verdicts.filter(([, verdict]) => verdict !== "pass").map(([check]) => check);
  const hints = Object.entries(row?.hints ?? {}).map(([check, stage]) => `${check}:${stage}`);
  return [
    ...[learner.number, learner.name, isoTime(learner.joinedAt), isoTime(learner.seenAt)],
    ...[learner.helped, learner.waited, lesson, row?.step ?? "", row?.steps ?? ""],
    ...[verdicts.length - notYet.length, verdicts.length, notYet.join(" "), row?.misconceptions.join(" ") ?? ""],
    ...[hints.join(" "), isoTime(row?.begunAt), isoTime(row?.doneAt)],
    ...[exam?.score ?? "", exam?.of ?? "", exam?.passed ?? ""],
  ];
}

/** One line a learner and lesson; a learner without a lesson has one line, too. With a mark that tells spreadsheets it is UTF-8. */
export function formatCsv({ learners }: Report): string {
  const lines = learners.flatMap((learner) => {
    const lessons = Object.entries(learner.lessons);
    if (lessons.length === 0) return [listCells(learner, "", undefined)];
    return lessons.map(([lesson, row]) => listCells(learner, lesson, row));
  });
  return `\ufeff${[[...columns], ...lines].map((cells) => cells.map(formatCell).join(",")).join("\r\n")}\r\n`;
}
