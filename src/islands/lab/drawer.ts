// The drawer at the right edge: requests or the time line. Esc closes it and gives the focus back.

import { find } from "./dom.ts";

export class Drawer {
  readonly #element: HTMLElement;
  readonly #body: HTMLElement;
  #back: HTMLElement | undefined;
  #onClose: (() => void) | undefined;

  constructor(lab: HTMLElement) {
    this.#element = find(lab, "[data-drawer]");
    this.#body = find(lab, "[data-drawer-body]");
    find(lab, '[data-act="close-drawer"]').addEventListener("click", () => this.close());
    this.#element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  /** Opens with a title and content; `onClose` runs when it closes or shows something else. */
  open(title: string, sub: string, content: readonly Node[], onClose?: () => void): void {
    const opening = this.#element.hidden;
    if (opening) this.#back = document.activeElement instanceof HTMLElement ? document.activeElement : undefined;
    this.#onClose?.();
    this.#onClose = onClose;
    const heading = find(this.#element, "#drawer-h");
    heading.textContent = title;
    find(this.#element, "[data-drawer-sub]").textContent = sub;
    this.#body.replaceChildren(...content);
    this.#element.hidden = false;
    if (opening) heading.focus();
  }

  get isOpen(): boolean {
    return !this.#element.hidden;
  }

  close(): void {
    this.#element.hidden = true;
    this.#onClose?.();
    this.#onClose = undefined;
    this.#back?.focus();
  }
}
