// A learner's result for an instructor, made in the share drawer: a name, the machine as it is, and nothing that was typed.

import type { SharedFleet } from "#sandbox/protocol.ts";
import { h } from "../../islands/lab/dom.ts";
import { offerFile } from "../../islands/lab/notice.ts";
import { encodeCode } from "../../state/code.ts";
import { $progress } from "../../state/progress.ts";
import { type LessonResult, lessonOfLab } from "./lesson-result.ts";

/** A form that turns the machine into a result code, to be sent as file or text. */
export function offerResult(lab: string, pack: () => Promise<SharedFleet>): HTMLElement {
  const name = h("input", { id: "result-name", type: "text", class: "field", maxlength: 80, autocomplete: "name" });
  const said = h(
    "p",
    { class: "small ink2", role: "status" },
    "The instructor’s page grades it again. It holds the machine, not what you typed.",
  );
  const file = h("button", { type: "submit", class: "btn main" }, "Save the result");
  const copy = h("button", { type: "button", class: "btn" }, "Copy it");
  const form = h(
    "form",
    { class: "share-way" },
    h("h3", {}, h("label", { for: "result-name" }, "A result for your instructor, under the name")),
    name,
    h("div", { class: "row wrapping" }, file, copy),
    said,
  );
  const make = async (): Promise<string | undefined> => {
    if (name.value.trim() === "") {
      said.textContent = "A name is needed, so that the results can be told apart.";
      name.focus();
      return undefined;
    }
    const { lesson } = lessonOfLab(lab);
    const known = $progress.get().lessons[lesson];
    const result: LessonResult = {
      version: 1,
      what: "lesson",
      name: name.value.trim(),
      lab,
      at: Date.now(),
      machine: await pack(),
      hints: known?.hints ?? {},
      begunAt: known?.begunAt ?? Date.now(),
      ...(known?.doneAt === undefined ? {} : { doneAt: known.doneAt }),
    };
    return encodeCode("result", result);
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const code = await make();
    if (code === undefined) return;
    offerFile(`result-${lab}-${name.value.trim()}.kc`.replaceAll(/[^\w.-]+/g, "-"), code);
    said.textContent = "Saved. Send the file to your instructor.";
  });
  copy.addEventListener("click", async () => {
    const code = await make();
    if (code === undefined) return;
    try {
      await navigator.clipboard.writeText(code);
      said.textContent = "Copied. Paste it where your instructor collects results.";
    } catch {
      said.textContent = "This browser does not copy here; save the file instead.";
    }
  });
  return form;
}
