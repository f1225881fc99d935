// The plain editor: one text area. For phones, assistive technology, and until Monaco has arrived.

import { h } from "../lab/dom.ts";
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

type Line = readonly [" " | "+" | "-", string];

/** Line differences by the longest common subsequence; enough for configuration files. */
export function diffLines(before: string, after: string): Line[] {
  const a = before.split("\n");
  const b = after.split("\n");
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    const row = lengths[i] as Uint16Array;
    for (let j = b.length - 1; j >= 0; j--)
      row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push([" ", a[i] as string]);
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) lines.push(["-", a[i++] as string]);
    else lines.push(["+", b[j++] as string]);
  }
  return lines;
}

function drawLine([sign, text]: Line): HTMLElement {
  const line = `${sign} ${text}\n`;
  return sign === "+" ? h("ins", {}, line) : sign === "-" ? h("del", {}, line) : h("span", {}, line);
}
