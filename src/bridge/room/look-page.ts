// A copy of a learner's machine on the instructor's screen: opened from a state of the room, worked on, and handed back on request.

import type { SharedWay } from "#sandbox/protocol.ts";
import { lessonLink } from "../../course/links.ts";
import { loadLesson } from "../../course/load.ts";
import type { LabPlan } from "../../course/plan.ts";
import type { ActTaken, Desk, StateView } from "../../hub/api/index.ts";
import { drawing, find, h, mark, withCode } from "../../islands/lab/dom.ts";
import { createLaboratory } from "../../islands/lab/laboratory.ts";
import { decodeCode } from "../../state/code.ts";
import { askHub, makeId } from "../hub/api.ts";
import { lessonOfLab } from "../results/lesson-result.ts";
import { showReplay } from "./replay.ts";

const element = find<HTMLElement>(document, "kc-lab");
const said = find(document, "[data-said]");

/** `#ROOM/LEARNER/STATE`: keys are in the cookie, the state is fetched with it. */
const [room = "", learner = "", state = ""] = location.hash.slice(1).split("/");
const id = /^[a-z0-9]{8,32}$/;

function refuse(why: string): void {
  said.textContent = why;
  element.dataset.status = "off";
}

async function open(): Promise<void> {
  if (![room, learner, state].every((each) => id.test(each)))
    return refuse("This page is opened from the board, for one learner’s machine.");
  const [answer, desk] = await Promise.all([
    askHub<StateView>(`/rooms/${room}/states/${state}`),
    askHub<Desk>(`/rooms/${room}`),
  ]);
  if (!answer.ok) return refuse(answer.why);
  if (desk.ok) find(document, "[data-room]").textContent = desk.value.room.title;
  const plan = await readPlan(answer.value.code);
  if (typeof plan === "string") return refuse(plan);
  await show(plan);
}

async function readPlan(code: string): Promise<LabPlan | string> {
  const decoded = await decodeCode(code);
  if (!decoded.ok) return `The state cannot be read: ${decoded.why}.`;
  const { lab, base: grown, change, way } = (decoded.value ?? {}) as Readonly<Record<string, unknown>>;
  const known = decoded.kind === "machine" || (decoded.kind === "session" && isWay(way));
  if (!known || typeof lab !== "string" || typeof grown !== "string" || typeof change !== "string")
    return "The state carries no machine.";
  const { lesson, variant } = lessonOfLab(lab);
  const data = await loadLesson(lesson, variant).catch(() => undefined);
  if (data === undefined) return "It belongs to a lesson that this version of the course does not have.";
  const { scene, grading } = data;
  return {
    lab,
    noun: "machine",
    base: lab,
    scene,
    ...(grading === undefined ? {} : { grading }),
    startOn: scene.terminals?.[0]?.machine ?? "node01",
    files: [],
    from: { shared: { base: grown, change }, ...(isWay(way) ? { way } : {}) },
    keep: false,
  };
}

/** The form of a time line; the machine's own side checks what is in it. */
function isWay(value: unknown): value is SharedWay {
  const { fleet, timeline } = (value ?? {}) as Partial<SharedWay>;
  return typeof fleet === "string" && Array.isArray(timeline?.entries) && Array.isArray(timeline.points);
}

async function show(plan: LabPlan): Promise<void> {
  const { lesson } = lessonOfLab(plan.lab);
  find(document, "[data-lesson-link]").replaceChildren(
    h("a", { href: lessonLink(lesson) }, lesson.replace("/", ", ").replaceAll("-", " ")),
  );
  find(element, "[data-orders]").replaceChildren(
    ...(plan.grading?.checks ?? []).map(({ id: check, goal }) =>
      h(
        "details",
        { class: "task", "data-check": check },
        h(
          "summary",
          {},
          mark("none"),
          h("span", { class: "goal" }, ...withCode(goal)),
          h("span", { class: "state word" }, "not started"),
        ),
        h("div", { class: "body" }),
      ),
    ),
  );
  element.querySelector<HTMLElement>("[data-start]")?.setAttribute("hidden", "");
  element.dataset.status = "starting";
  said.textContent = "Their machine as it was when it was sent.";
  const laboratory = createLaboratory(element);
  const form = find<HTMLFormElement>(document, "[data-back]");
  await laboratory.open(plan, { onReady: () => form.removeAttribute("hidden") });
  if (plan.from !== undefined && "way" in plan.from && plan.from.way !== undefined) {
    said.textContent = "Their machine as it was when it was sent, and the way there.";
    showReplay(find(document, "[data-replay]"), plan.from.way, laboratory);
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = find<HTMLButtonElement>(form, "button");
    button.disabled = true;
    const code = await laboratory.pack();
    const note = find<HTMLInputElement>(form, "input").value.trim();
    const sent =
      code === undefined
        ? undefined
        : await askHub<ActTaken>(`/rooms/${room}/acts`, { id: makeId(), type: "send-state", learner, note, code });
    button.disabled = false;
    said.textContent =
      sent === undefined
        ? "The machine could not be packed."
        : sent.ok
          ? "Handed back. They are asked before it loads, and keep their own beside it."
          : sent.why;
  });
}

find(document, "[data-back] button").prepend(drawing("i-send"));
void open();
