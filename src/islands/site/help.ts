// The help sheet: which keys there are, where they hold, and a switch for those of one letter.

import { h } from "../lab/dom.ts";
import { hasSingleKeys, setSingleKeys } from "./settings.ts";
import "../../styles/dialog.css";

type Row = readonly [keys: readonly string[], does: string];

const letters: readonly Row[] = [
  [["/"], "Search"],
  [["?"], "This sheet"],
  [["w"], "Where was I: the lesson you are in the middle of"],
  [["v"], "The voyage"],
  [["r"], "The reference"],
  [["l"], "The log book"],
  [["n"], "The next lesson"],
  [["p"], "The lesson before"],
  [["t"], "The next theme"],
];
const everywhere: readonly Row[] = [
  [["Ctrl", "K"], "Search, whatever has the focus outside the terminal"],
  [["Esc"], "Closes what is in front"],
  [["Tab"], "Goes on; the first stop of every page leads to its content"],
];
const laboratory: readonly Row[] = [
  [["Esc", "Tab"], "One after the other: out of an editor or a terminal, back to the command typed from the text"],
  [["←", "→"], "Between terminals, when their tabs have the focus"],
  [["Ctrl", "S"], "Saves the file in the editor"],
  [["Alt", "Z"], "Takes a reset back, while that is offered"],
  [["F1"], "What is known of a setting, in the editor"],
  [["↑", "↓"], "Moves the line between two panes, or goes through requests"],
];

function table(id: string, title: string, rows: readonly Row[]): HTMLElement {
  return h(
    "section",
    { "aria-labelledby": id },
    h("h3", { id }, title),
    h(
      "dl",
      { class: "keys" },
      ...rows.map(([keys, does]) =>
        h("div", {}, h("dt", {}, ...keys.map((key) => h("kbd", {}, key))), h("dd", {}, does)),
      ),
    ),
  );
}

let dialog: HTMLDialogElement | undefined;

function build(): HTMLDialogElement {
  const close = h("button", { type: "button", class: "btn bare" }, "Close");
  const single = h("input", { type: "checkbox", id: "single-keys" });
  single.checked = hasSingleKeys();
  single.addEventListener("change", () => setSingleKeys(single.checked));
  const box = h(
    "dialog",
    { class: "site-dialog", "aria-labelledby": "keys-title" },
    h("div", { class: "bar" }, h("h2", { id: "keys-title" }, "Keyboard"), h("span", { class: "grow" }), close),
    h(
      "div",
      { class: "sheets" },
      table("keys-letters", "One key, outside of fields", letters),
      h(
        "div",
        {},
        table("keys-everywhere", "On every page", everywhere),
        table("keys-lab", "In the laboratory", laboratory),
      ),
    ),
    h("p", { class: "choice-line" }, h("label", { class: "choice" }, single, " Keys of one letter are on")),
    h(
      "p",
      { class: "muted small" },
      "Everything can be done without a mouse. The terminal has a plain form for screen readers: the button As text in its bar.",
    ),
  );
  close.addEventListener("click", () => box.close());
  box.addEventListener("click", (event) => {
    if (event.target === box) box.close();
  });
  document.body.append(box);
  return box;
}

/** Opens the sheet; the focus goes back to where it was when it closes. */
export function openHelp(): void {
  dialog ??= build();
  if (!dialog.open) dialog.showModal();
}
