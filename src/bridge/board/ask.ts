// Asks for a few values in a dialog: one field under another, one button that says what it does.

import { h } from "../../islands/lab/dom.ts";

export type Field =
  | {
      readonly name: string;
      readonly label: string;
      readonly kind: "text" | "area";
      readonly value?: string;
      readonly most: number;
      readonly optional?: boolean;
      /** What is taken, as a regular expression, and in words. */
      readonly taken?: readonly [pattern: string, words: string];
    }
  | {
      readonly name: string;
      readonly label: string;
      readonly kind: "number";
      readonly value: number;
      readonly least: number;
      readonly most: number;
    }
  | {
      readonly name: string;
      readonly label: string;
      readonly kind: "select";
      readonly value?: string;
      readonly options: readonly (readonly [value: string, words: string])[];
    }
  | {
      readonly name: string;
      readonly label: string;
      readonly kind: "checks";
      readonly chosen: readonly string[];
      readonly options: readonly (readonly [value: string, words: string])[];
    };

export interface Question {
  readonly title: string;
  readonly text?: string;
  readonly fields?: readonly Field[];
  /** What the main button says. */
  readonly submit: string;
  /** What the other one says, where calling it off is not the word. */
  readonly leave?: string;
  /** The main button is not to be pressed in passing. */
  readonly danger?: boolean;
}

/** What was filled in; undefined where it was called off. */
export function ask(question: Question): Promise<FormData | undefined> {
  const { title, text, fields = [], submit, leave = "Cancel", danger } = question;
  const main = h("button", { type: "submit", class: danger === true ? "btn" : "btn main" }, submit);
  const cancel = h("button", { type: "button", class: "btn bare" }, leave);
  const form = h(
    "form",
    { method: "dialog", class: "ask" },
    h("h2", { id: "ask-h" }, title),
    text !== undefined && h("p", { class: "ink2" }, text),
    ...fields.map(drawField),
    h("p", { class: "row wrapping ask-ways" }, main, cancel),
  );
  const dialog = h("dialog", { class: "panel ask-box", "aria-labelledby": "ask-h" }, form);
  document.body.append(dialog);
  return new Promise((resolve) => {
    let given: FormData | undefined;
    form.addEventListener("submit", () => {
      given = new FormData(form);
    });
    cancel.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(given);
    });
    dialog.showModal();
    form.querySelector<HTMLElement>("input, textarea, select")?.focus();
  });
}

function drawField(field: Field): HTMLElement {
  const id = `ask-${field.name}`;
  if (field.kind === "checks")
    return h(
      "fieldset",
      { class: "ask-checks" },
      h("legend", {}, field.label),
      ...field.options.map(([value, words]) => {
        const box = h("input", { type: "checkbox", name: field.name, value });
        box.checked = field.chosen.includes(value);
        return h("label", { class: "choice" }, box, words);
      }),
    );
  return h("p", { class: "ask-field" }, h("label", { for: id }, field.label), drawControl(id, field));
}

function drawControl(id: string, field: Exclude<Field, { kind: "checks" }>): HTMLElement {
  const common = { id, name: field.name, class: "field" };
  if (field.kind === "select") {
    const select = h("select", common, ...field.options.map(([value, words]) => h("option", { value }, words)));
    if (field.value !== undefined) select.value = field.value;
    return select;
  }
  if (field.kind === "number") {
    const box = h("input", { ...common, type: "number", min: field.least, max: field.most, required: true });
    box.value = String(field.value);
    return box;
  }
  const [pattern, title] = field.taken ?? [];
  const attributes = { ...common, maxlength: field.most, required: field.optional !== true, title };
  const box =
    field.kind === "area"
      ? h("textarea", { ...attributes, rows: 4 })
      : h("input", { ...attributes, type: "text", autocomplete: "off", pattern });
  box.value = field.value ?? "";
  return box;
}
