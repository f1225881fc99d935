// What an instructor sends to a learner's page, as notes that can be answered: messages, hints, scenes, states, wishes to look, exams.

import { lessonLink, link } from "../../course/links.ts";
import { loadLesson } from "../../course/load.ts";
import type { ActView } from "../../hub/api/index.ts";
import { h, withCode } from "../../islands/lab/dom.ts";
import { saveStartPoint } from "../../state/start-point.ts";
import { askHub } from "../hub/api.ts";
import { wordsOfId } from "../lesson-outline.ts";
import { noteExamBegun } from "./exam-result.ts";
import type { Member } from "./member.ts";
import type { Membership } from "./membership.ts";

export interface Aboard {
  readonly member: Member;
  readonly membership: Membership;
  /** The lesson of this page. */
  readonly lesson: string;
  /** The machine as a code, on request with the way it took; undefined where none runs. */
  pack(withWay?: boolean): Promise<string | undefined>;
  type(machine: string, lines: string): void;
}

/** A note on the screen: what it says, and what can be done about it. */
export interface Note {
  readonly title: string;
  readonly body: readonly (Node | string)[];
  readonly ways: readonly { readonly label: string; readonly main?: boolean; run(): void | Promise<void> }[];
}

/** The note for an act; undefined where there is nothing to say. */
export async function noteOf(view: ActView, aboard: Aboard): Promise<Note | undefined> {
  const { act, by } = view;
  const { member } = aboard;
  const taken = (): Promise<void> => member.tell({ type: "taken", act: act.id });
  switch (act.type) {
    case "message":
      return { title: `From ${by}`, body: [act.text], ways: [{ label: "Read", main: true, run: taken }] };
    case "release":
      return hintNote(view, aboard, taken);
    case "push":
      return {
        title: `${by} sends a scene`,
        body: [act.note === "" ? "Everyone loads it." : act.note, " What you have here is kept beside it."],
        ways: [{ label: "Load it", main: true, run: () => taken().then(() => loadPush(view, aboard)) }],
      };
    case "exam":
      return {
        title: `Class exam, ${act.minutes} minutes`,
        body: [act.note, " The same tasks for everyone."],
        ways: [{ label: "To the exam", main: true, run: () => taken().then(() => openExam(view, aboard)) }],
      };
    case "look":
      return lookNote(view, aboard);
    case "send-state":
      return {
        title: `${by} hands you a machine`,
        body: [
          act.note === "" ? "A state that was mended for you." : act.note,
          " What you have here is kept beside it.",
        ],
        ways: [{ label: "Load it", main: true, run: () => taken().then(() => loadState(view, aboard)) }],
      };
    default:
      return undefined;
  }
}

/** What is sent is said before, and less can be sent than was asked for. */
function lookNote({ act, by }: ActView, aboard: Aboard): Note | undefined {
  if (act.type !== "look") return undefined;
  const refuse = (): Promise<void> => aboard.member.tell({ type: "look-answer", act: act.id, consent: false });
  const copy = { label: "Send a copy", run: () => answerLook(act.id, aboard, false) };
  const note = act.note === "" ? "" : `${act.note}. `;
  const nothing = "What is done there changes nothing here. It is erased with the room.";
  if (act.way !== true)
    return {
      title: `${by} asks to look at your machine`,
      body: [note, `A copy is sent, with its files and what its shells remember. ${nothing}`],
      ways: [
        { ...copy, main: true },
        { label: "Not now", run: refuse },
      ],
    };
  return {
    title: `${by} asks to replay what you did`,
    body: [
      note,
      `Your time line is sent: each command you gave, each file you saved, and the machine after it. ${nothing} You can send only the machine as it is.`,
    ],
    ways: [
      { label: "Send the time line", main: true, run: () => answerLook(act.id, aboard, true) },
      { ...copy, label: "Only the machine" },
      { label: "Not now", run: refuse },
    ],
  };
}

async function hintNote(
  { act, by }: ActView,
  { lesson, type }: Aboard,
  taken: () => Promise<void>,
): Promise<Note | undefined> {
  if (act.type !== "release") return undefined;
  const checks = (await loadLesson(act.lesson).catch(() => undefined))?.grading?.checks ?? [];
  const check = checks.find(({ id }) => id === act.check);
  if (check === undefined) return undefined;
  const stage = act.what === "solution" ? 3 : (act.stage ?? 1);
  const { nudge, pointer, solution } = check.hints;
  const on = "on" in check.probe && check.probe.kind !== "command" ? check.probe.on : "node01";
  const lines = solution.commands.join("\n");
  const body =
    stage < 3
      ? withCode(stage === 1 ? nudge : pointer)
      : [h("p", {}, ...withCode(solution.text)), h("pre", { class: "note-code", tabindex: 0 }, h("code", {}, lines))];
  return {
    title: `${["", "A nudge", "A pointer", "The solution"][stage]} from ${by}: ${wordsOfId(check.id)}`,
    body,
    ways: [
      { label: "Read", main: true, run: taken },
      ...(stage === 3 && act.lesson === lesson
        ? [{ label: "Type it", run: () => taken().then(() => type(on, lines)) }]
        : []),
    ],
  };
}

/** Before the page loads anew, what runs is kept. */
async function leaveFor(address: string): Promise<void> {
  const waiting: Promise<unknown>[] = [];
  document.dispatchEvent(new CustomEvent("kc:keep", { detail: waiting }));
  await Promise.all(waiting);
  const target = new URL(address, location.href);
  const here = target.pathname === location.pathname;
  location.href = target.href;
  // Another fragment alone does not load a page anew.
  if (here) location.reload();
}

async function openCode(code: string): Promise<boolean> {
  const { decodeCode } = await import("../../state/code.ts");
  const decoded = await decodeCode(code);
  if (!decoded.ok) return false;
  const { lab, lesson } = (decoded.value ?? {}) as { lab?: unknown; lesson?: unknown };
  const name = typeof lab === "string" ? lab : typeof lesson === "string" ? lesson : "";
  const match = /^([a-z0-9-]+\/[a-z0-9-]+)(?:@([a-z0-9-]+))?$/.exec(name);
  if (match === null) return false;
  if (decoded.kind === "machine") saveStartPoint(match[1] as string, match[2]);
  await leaveFor(`${lessonLink(match[1] as string)}#${code}`);
  return true;
}

async function fetchState(room: string, state: string | undefined): Promise<string | undefined> {
  if (state === undefined) return undefined;
  const answer = await askHub<{ code: string }>(`/rooms/${room}/states/${state}`);
  return answer.ok ? answer.value.code : undefined;
}

async function loadPush(view: ActView, { membership }: Aboard): Promise<void> {
  const { act } = view;
  if (act.type !== "push") return;
  const code = await fetchState(membership.room, view.state);
  if (code !== undefined && (await openCode(code))) return;
  if (act.lab === undefined || !/^[a-z0-9-]+\/[a-z0-9-]+$/.test(act.lab)) return;
  const { encodeCode } = await import("../../state/code.ts");
  const start = { version: 1, lesson: act.lab, ...(act.variant === undefined ? {} : { variant: act.variant }) };
  await leaveFor(`${lessonLink(act.lab)}#${await encodeCode("start", start)}`);
}

async function loadState(view: ActView, { membership }: Aboard): Promise<void> {
  const found = await fetchState(membership.room, view.state);
  if (found !== undefined) await openCode(found);
}

/** The class exam is an exam of the course, set by a code; its act is kept, so that the result finds its way back. */
async function openExam({ act, by, at }: ActView, { membership, member }: Aboard): Promise<void> {
  if (act.type !== "exam") return;
  const running = member.$state.get().room?.exam;
  const signature = running?.act === act.id ? running.signature : undefined;
  noteExamBegun({ room: membership.room, act: act.id, seed: act.seed });
  const { encodeCode } = await import("../../state/code.ts");
  const settings = {
    seed: act.seed,
    minutes: act.minutes,
    extra: 1,
    lag: false,
    small: false,
    noUndo: false,
    title: `Class exam, set by ${by}`,
    ...(signature === undefined ? {} : { issued: { room: membership.room, act: act.id, at, signature } }),
  };
  await leaveFor(`${link("exam/")}#${await encodeCode("exam", settings)}`);
}

async function answerLook(act: string, { member, pack }: Aboard, withWay: boolean): Promise<void> {
  const state = await pack(withWay);
  await member.tell({
    type: "look-answer",
    act,
    consent: state !== undefined,
    ...(state === undefined ? {} : { state }),
  });
}
