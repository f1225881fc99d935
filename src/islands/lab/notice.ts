// A message that needs an answer: one at a time, said by assistive technology when it appears, never over the terminal's line.

import { find, h } from "./dom.ts";

export interface Way {
  readonly label: string;
  /** What happens; the notice closes first. */
  run(): void;
  readonly main?: boolean;
}

/** Shows a notice with ways on; one without ways closes by its own button. */
export function showNotice(lab: HTMLElement, title: string, text: string, ways: readonly Way[] = []): void {
  const box = find(lab, "[data-notice]");
  const close = (): void => {
    box.hidden = true;
    box.replaceChildren();
    // The focus was on a button that is gone: the laboratory takes it back.
    lab.dispatchEvent(new CustomEvent("kc:back"));
  };
  const buttons = ways.map(({ label, run, main }) => {
    const button = h("button", { type: "button", class: main ? "btn main" : "btn" }, label);
    button.addEventListener("click", () => {
      close();
      run();
    });
    return button;
  });
  const dismiss = h("button", { type: "button", class: "btn bare" }, "Close");
  dismiss.addEventListener("click", close);
  box.replaceChildren(
    h("p", {}, h("b", {}, title)),
    h("p", { class: "small" }, text),
    h("div", { class: "row wrapping" }, ...buttons, dismiss),
  );
  box.hidden = false;
}

/** Hides the notice, or only one with this title. */
export function hideNotice(lab: HTMLElement, title?: string): void {
  const box = find(lab, "[data-notice]");
  if (title !== undefined && box.querySelector("b")?.textContent !== title) return;
  const focused = box.contains(document.activeElement);
  box.hidden = true;
  if (focused) lab.dispatchEvent(new CustomEvent("kc:back"));
}

/** Offers a text as a file. */
export function offerFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = h("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
