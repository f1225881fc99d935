// Joining a room by its code; and, where somebody has a course code instead, opening what it carries.

import { lessonLink } from "../../course/links.ts";
import type { Joined } from "../../hub/api/index.ts";
import { find } from "../../islands/lab/dom.ts";
import { decodeCode } from "../../state/code.ts";
import { askHub } from "../hub/api.ts";
import { forgetMembership, readMembership, saveMembership } from "./membership.ts";

const form = find<HTMLFormElement>(document, "[data-join]");
const code = find<HTMLInputElement>(form, 'input[name="code"]');
const name = find<HTMLInputElement>(form, 'input[name="name"]');
const problem = find(document, "[data-problem]");
const first = form.dataset.first as string;

const given = decodeURIComponent(location.hash.slice(1));
if (/^[A-Za-z0-9]{4}[ -]?[A-Za-z0-9]{4}$/.test(given)) {
  code.value = given.toUpperCase();
  name.focus();
}

const known = readMembership();
if (known !== undefined) {
  const box = find(document, "[data-aboard]");
  find(box, "[data-aboard-title]").textContent = `${known.title}, as ${known.name}`;
  box.hidden = false;
  find(box, "[data-leave]").addEventListener("click", async () => {
    await askHub(`/rooms/${known.room}/leave`, {});
    forgetMembership();
    box.hidden = true;
  });
}

function refuse(why: string): void {
  problem.textContent = why;
  problem.hidden = false;
}

/** A code of the course that was pasted here goes to the page it is for. */
async function openCourseCode(text: string): Promise<void> {
  const decoded = await decodeCode(text);
  const { lab, lesson } = (decoded.ok ? (decoded.value ?? {}) : {}) as { lab?: unknown; lesson?: unknown };
  const about = /^([a-z0-9-]+\/[a-z0-9-]+)/.exec(String(lab ?? lesson ?? ""))?.[1];
  if (!decoded.ok) refuse(`The code cannot be read: ${decoded.why}.`);
  else if (about === undefined) refuse("The code does not say which lesson it belongs to.");
  else location.href = `${lessonLink(about)}#${text.replace(/^.*#/, "").trim()}`;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.hidden = true;
  const text = code.value.trim();
  if (/kc\d+-/.test(text)) return openCourseCode(text);
  const button = find<HTMLButtonElement>(form, 'button[type="submit"]');
  button.disabled = true;
  const answer = await askHub<Joined>("/join", { code: text, name: name.value.trim(), keyIn: "cookie" });
  button.disabled = false;
  if (!answer.ok) return refuse(answer.why);
  const { room, learner, name: taken } = answer.value;
  const kept = saveMembership({ room: room.id, title: room.title, learner, name: taken, joinedAt: Date.now() });
  if (!kept)
    return refuse(
      "This browser keeps nothing, so it cannot stay in a room. Leave the private window, or allow data for this site.",
    );
  const lesson = room.pace?.lesson ?? (room.open === "all" ? undefined : room.open[0]) ?? first;
  location.href = lessonLink(lesson);
});
