// The plain editor: one text area. For phones, assistive technology, and until Monaco has arrived.

import { h } from "../lab/dom.ts";
import { diffLines, type Line } from "./lines.ts";
import type { OpenFile, Surface, SurfaceEvents } from "./surface.ts";

export class PlainSurface implements Surface {
  readonly #area: HTMLTextAreaElement;
  readonly #comparison = h("pre", {
    class: "diff",
    tabindex: 0,
    role: "region",
    "aria-label": "Differences",
    hidden: true,
  });
  readonly #carets = new Map<string, [number, number]>();
  #key: string | undefined;
  #escaped = false;

  constructor(frame: HTMLElement, events: SurfaceEvents) {
    this.#area = h("textarea", {
      class: "plain",
      spellcheck: "false",
      autocapitalize: "off",
      autocomplete: "off",
      wrap: "off",
    });
    this.#area.addEventListener("input", () => events.onChange());
    this.#area.addEventListener("keydown", (event) => {
      if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        events.onSave();
      }
      this.#takeTab(event);
    });
    frame.append(this.#area, this.#comparison);
  }

  /** Tab writes two spaces, as YAML wants; after Esc it leaves. */
  #takeTab(event: KeyboardEvent): void {
    if (event.key === "Tab" && !event.shiftKey && !this.#escaped) {
      event.preventDefault();
      this.#area.setRangeText("  ", this.#area.selectionStart, this.#area.selectionEnd, "end");
      this.#area.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.#escaped = event.key === "Escape";
  }

  show(file: OpenFile, text: string): void {
    if (this.#key !== undefined) this.#carets.set(this.#key, [this.#area.selectionStart, this.#area.selectionEnd]);
    this.#key = file.key;
    this.#area.setAttribute("aria-label", `${file.path} on ${file.machine}`);
    this.#area.value = text;
    const caret = this.#carets.get(file.key) ?? [0, 0];
    this.#area.setSelectionRange(...caret);
    this.compare(undefined, "");
  }

  text(): string {
    return this.#area.value;
  }

  replace(_: OpenFile, text: string): void {
    const { selectionStart, selectionEnd } = this.#area;
    this.#area.value = text;
    this.#area.setSelectionRange(selectionStart, selectionEnd);
  }

  compare(original: string | undefined, label: string): void {
    this.#comparison.hidden = original === undefined;
    this.#area.hidden = original !== undefined;
    if (original === undefined) return;
    this.#comparison.setAttribute("aria-label", `Differences to ${label}`);
    this.#comparison.replaceChildren(...diffLines(original, this.#area.value).map(drawLine));
  }

  forget(key: string): void {
    this.#carets.delete(key);
    if (this.#key === key) this.#key = undefined;
  }

  focus(): void {
    this.#area.focus();
  }

  get selection(): [number, number] {
    return [this.#area.selectionStart, this.#area.selectionEnd];
  }

  dispose(): void {
    this.#area.remove();
    this.#comparison.remove();
  }
}

function drawLine([sign, text]: Line): HTMLElement {
  const line = `${sign} ${text}\n`;
  return sign === "+" ? h("ins", {}, line) : sign === "-" ? h("del", {}, line) : h("span", {}, line);
}
