// Makes start links: a lesson with step and scene; a drill or an exam with its seed. As text, as QR code, for paper.

import { lessonLink, link } from "../../course/links.ts";
import { find, h } from "../../islands/lab/dom.ts";
import { encodeCode } from "../../state/code.ts";
import { drawQr } from "../board/qr.ts";
import type { LessonOutline } from "../lesson-outline.ts";
import type { StartCode } from "./start-code.ts";

interface LinkLesson extends LessonOutline {
  readonly variants: readonly { readonly name: string; readonly title: string }[];
}

const lessons = JSON.parse(find(document, "[data-outline]").textContent ?? "[]") as readonly LinkLesson[];
const form = find<HTMLFormElement>(document, "[data-links]");
const select = (name: string): HTMLSelectElement => find(form, `select[name="${name}"]`);
const out = find<HTMLInputElement>(document, "[data-link]");

function fill(): void {
  const lesson = lessons.find(({ id }) => id === select("lesson").value);
  const options = (list: readonly (readonly [string, string])[]): HTMLElement[] =>
    list.map(([value, words]) => h("option", { value }, words));
  select("step").replaceChildren(
    ...options([
      ["", "The beginning"],
      ...(lesson?.steps ?? []).map(({ id, title }, index) => [id, `${index + 1} ${title}`] as const),
    ]),
  );
  select("variant").replaceChildren(
    ...options([
      ["", "As the lesson begins"],
      ...(lesson?.variants ?? []).map(({ name, title }) => [name, title] as const),
    ]),
  );
  select("variant").disabled = (lesson?.variants ?? []).length === 0;
}

const absolute = (address: string): string => new URL(address, location.href).href;

async function makeLink(): Promise<string> {
  const data = new FormData(form);
  const seed = String(data.get("seed") ?? "").trim();
  if (data.get("what") === "exam") {
    const minutes = Number(data.get("minutes"));
    const settings = { seed, minutes, extra: 1, lag: false, small: false, noUndo: false };
    return absolute(`${link("exam/")}#${await encodeCode("exam", settings)}`);
  }
  const lesson = String(data.get("lesson"));
  const step = String(data.get("step"));
  const variant = String(data.get("variant") ?? "");
  const start: StartCode = {
    version: 1,
    lesson,
    ...(step === "" ? {} : { step }),
    ...(variant === "" ? {} : { variant }),
  };
  return absolute(`${lessonLink(lesson)}#${await encodeCode("start", start)}`);
}

async function show(): Promise<void> {
  const exam = new FormData(form).get("what") === "exam";
  find(form, "[data-for-lesson]").hidden = exam;
  find(form, "[data-for-exam]").hidden = !exam;
  const made = await makeLink();
  out.value = made;
  find(document, "[data-qr]").replaceChildren(drawQr(made, "QR code of this link"));
}

select("lesson").addEventListener("change", fill);
form.addEventListener("input", () => void show());
form.addEventListener("submit", (event) => event.preventDefault());
out.addEventListener("focus", () => out.select());
const copy = find<HTMLButtonElement>(document, "[data-copy-link]");
copy.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(out.value);
    copy.textContent = "Copied";
  } catch {
    out.focus();
    copy.textContent = "Press Ctrl C";
  }
  setTimeout(() => {
    copy.textContent = "Copy the link";
  }, 2000);
});
fill();
void show();
