// The time line: undo, redo and a list of every command and save, newest last, branches indented. Going to a point moves the machine.

import type { TimelineEntry } from "#sandbox/protocol.ts";
import type { Heard, MachineClient } from "../../machine/client.ts";
import { h, withCode } from "../lab/dom.ts";
import type { Drawer } from "../lab/drawer.ts";

type State = Heard<"timeline">;

/** How an entry reads in a sentence: "save /etc/hosts", "systemctl restart kubelet". */
export function nameEntry({ kind, label }: TimelineEntry): string {
  return kind === "start" ? "the start" : kind === "save" ? `save ${label}` : label;
}

/** Virtual time of day, as the machine's clock shows it. */
export function formatTime(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

export class TimelineView {
  readonly #client: MachineClient;
  readonly #drawer: Drawer;
  #state: State | undefined;

  /** `state` is the latest that the machine told. */
  constructor(client: MachineClient, drawer: Drawer, state?: State) {
    this.#client = client;
    this.#drawer = drawer;
    this.#state = state;
    if (state !== undefined) this.#showButtons(state);
    client.on("timeline", (state) => {
      this.#state = state;
      this.#showButtons(state);
      if (this.#drawer.isOpen && this.#shown) this.open();
    });
  }

  #shown = false;

  #showButtons({ entries, current, canUndo, canRedo }: State): void {
    const here = entries.find(({ entry }) => entry === current);
    for (const button of document.querySelectorAll<HTMLButtonElement>('[data-act="undo"]')) {
      button.disabled = !canUndo;
      button.setAttribute("aria-label", canUndo && here !== undefined ? `Undo: ${nameEntry(here)}` : "Undo");
      button.title = button.getAttribute("aria-label") ?? "";
    }
    for (const button of document.querySelectorAll<HTMLButtonElement>('[data-act="redo"]')) button.disabled = !canRedo;
  }

  open(): void {
    const { entries, current } = this.#state ?? { entries: [], current: 0 };
    const content =
      entries.length <= 1
        ? [h("p", { class: "empty" }, "The time line starts with your first command.")]
        : [h("div", { class: "scroll" }, h("ol", { class: "moments" }, ...this.#rows(entries, current)))];
    this.#drawer.open("Time line", `${Math.max(0, entries.length - 1)} points`, content, () => {
      this.#shown = false;
    });
    this.#shown = true;
  }

  #rows(entries: readonly TimelineEntry[], current: number): HTMLElement[] {
    const line = pathTo(entries, current);
    return entries.map((entry) => {
      const here = entry.entry === current;
      const button = h(
        "button",
        { type: "button", class: "moment", "aria-current": here ? "step" : undefined },
        h("span", { class: "num" }, formatTime(entry.at)),
        h("span", {}, ...withCode(`\`${nameEntry(entry)}\``)),
        h("small", {}, entry.machine),
      );
      button.addEventListener("click", () => this.#client.send({ type: "go-to", entry: entry.entry }));
      return h("li", { class: line.has(entry.entry) ? undefined : "aside" }, button);
    });
  }
}

/** The points that led to `current`, itself included. */
function pathTo(entries: readonly TimelineEntry[], current: number): Set<number> {
  const path = new Set<number>();
  let at: number | undefined = current;
  while (at !== undefined && !path.has(at)) {
    path.add(at);
    at = entries.find(({ entry }) => entry === at)?.parent;
  }
  return path;
}
