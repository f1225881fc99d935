// The time line: undo, redo, and a list of every command, save and reset, oldest first, branches indented. Points are gone to, compared, shared, replayed.

import type { TimelineEntry } from "#sandbox/protocol.ts";
import type { MachineClient } from "../../machine/client.ts";
import { drawing, h } from "../lab/dom.ts";
import type { Drawer } from "../lab/drawer.ts";
import { startReplay } from "./replay.ts";
import { formatTime, isCutOff, namePoint, pathTo, type State } from "./words.ts";
import "../../styles/timeline.css";

/** What became of points that can only be read. */
const goneWord =
  "This device keeps the start and the newest 60 points whole. Older ones can be read here, and not gone back to.";

export interface TimelineOptions {
  /** Orders of the plan, by id, as the reader knows them. */
  readonly goals: ReadonlyMap<string, string>;
  share(entry: number): void;
  speak(sentence: string): void;
}

export class TimelineView {
  readonly #client: MachineClient;
  readonly #drawer: Drawer;
  readonly #options: TimelineOptions;
  #state: State | undefined;
  #shown = false;
  /** Stops the replay that is under way. */
  #stopReplay: (() => void) | undefined;
  #speed = 4;

  /** `state` is the latest that the machine told. */
  constructor(client: MachineClient, drawer: Drawer, options: TimelineOptions, state?: State) {
    this.#client = client;
    this.#drawer = drawer;
    this.#options = options;
    this.#state = state;
    if (state !== undefined) this.#showButtons(state);
    client.on("timeline", (state) => {
      this.#state = state;
      this.#showButtons(state);
      if (this.#drawer.isOpen && this.#shown) this.open();
    });
  }

  #showButtons({ entries, current, canUndo, canRedo }: State): void {
    const ended = !canUndo && isCutOff(entries, current);
    const label = canUndo
      ? `Undo: ${namePoint(entries, current)}`
      : ended
        ? "Undo ends here: the point before is no longer kept. Show the time line"
        : "Undo";
    for (const button of document.querySelectorAll<HTMLButtonElement>('[data-act="undo"]')) {
      // Pressed where undo ends, it shows why (the laboratory opens the time line).
      button.disabled = !canUndo && (!ended || !button.classList.contains("icon-only"));
      if (!button.classList.contains("icon-only")) continue;
      button.setAttribute("aria-label", label);
      button.title = label;
    }
    for (const button of document.querySelectorAll<HTMLButtonElement>('[data-act="redo"]')) button.disabled = !canRedo;
  }

  open(): void {
    const { entries, current } = this.#state ?? { entries: [], current: 0 };
    const content =
      entries.length <= 1
        ? [h("p", { class: "empty" }, "The time line starts with your first command.")]
        : [
            this.#tools(),
            ...(entries.some(({ gone }) => gone) ? [h("p", { class: "line-gone" }, goneWord)] : []),
            h("div", { class: "scroll" }, this.#list(entries, current)),
          ];
    const focused = this.#focused();
    const count = Math.max(0, entries.length - 1);
    this.#drawer.open("Time line", count === 1 ? "1 point" : `${count} points`, content, () => {
      this.#shown = false;
    });
    this.#shown = true;
    if (this.#state !== undefined) this.#showButtons(this.#state);
    focused?.();
  }

  /** The list is drawn anew with each point; whoever was in it stays where he was. */
  #focused(): (() => void) | undefined {
    const element = document.activeElement as HTMLElement | null;
    if (!this.#shown || element?.closest("[data-drawer-body]") == null) return undefined;
    const { at, key } = element.dataset;
    return () => {
      const same = key === undefined ? null : document.querySelector<HTMLElement>(`.line-tools [data-key="${key}"]`);
      const row = document.querySelector<HTMLElement>(`.moment[data-at="${at ?? this.#state?.current}"]`);
      const next = same?.matches(":disabled") === false ? same : row;
      next?.focus();
    };
  }

  #tools(): HTMLElement {
    const { canUndo, canRedo } = this.#state ?? {};
    const step = (act: string, icon: string, word: string, on: boolean): HTMLElement => {
      const button = h(
        "button",
        { type: "button", class: "btn", "data-act": act, "data-key": act },
        drawing(icon),
        word,
      );
      button.disabled = !on;
      return button;
    };
    const playing = this.#stopReplay !== undefined;
    const replay = h(
      "button",
      { type: "button", class: "btn", "data-key": "replay" },
      drawing(playing ? "i-x" : "i-play"),
      playing ? "Stop" : "Replay",
    );
    replay.addEventListener("click", () => this.#toggleReplay());
    const compare = h(
      "button",
      { type: "button", class: "btn", "data-key": "compare" },
      drawing("i-git-compare"),
      "Compare",
    );
    compare.addEventListener("click", () => void this.#compare(0));
    return h(
      "div",
      { class: "line-tools", role: "group", "aria-label": "The whole time line" },
      step("undo", "i-undo-2", "Back", canUndo === true),
      step("redo", "i-redo-2", "Forward", canRedo === true),
      compare,
      h("span", { class: "line-replay" }, replay, this.#speedChoice()),
    );
  }

  #speedChoice(): HTMLElement {
    const choice = h("select", { class: "field", "aria-label": "Speed of the replay", "data-key": "speed" });
    for (const [speed, word] of [
      [1, "as it was typed"],
      [4, "4 times as fast"],
      [16, "16 times as fast"],
    ] as const)
      choice.append(h("option", { value: speed, selected: speed === this.#speed }, word));
    choice.addEventListener("change", () => {
      this.#speed = Number(choice.value);
    });
    return choice;
  }

  #toggleReplay(): void {
    if (this.#stopReplay !== undefined) {
      this.#stopReplay();
      return;
    }
    const { entries, current } = this.#state ?? { entries: [], current: 0 };
    // From the start there is nothing to come to but the newest point.
    const end = current === 0 ? (entries.at(-1)?.entry ?? 0) : current;
    this.#stopReplay = startReplay(this.#client, {
      entries,
      path: pathTo(entries, end).filter((at) => !entries.some(({ entry, gone }) => entry === at && gone)),
      speed: this.#speed,
      speak: this.#options.speak,
      onEnd: () => {
        this.#stopReplay = undefined;
        if (this.#shown) this.open();
      },
    });
    this.open();
  }

  async #compare(from: number): Promise<void> {
    const state = this.#state;
    if (state === undefined) return;
    const { openComparison } = await import("./comparison.ts");
    openComparison({
      drawer: this.#drawer,
      client: this.#client,
      entries: state.entries,
      goals: this.#options.goals,
      from,
      to: state.current === from ? 0 : state.current,
      back: () => {
        this.open();
        document.querySelector<HTMLElement>('.line-tools [data-key="compare"]')?.focus();
      },
    });
  }

  #list(entries: readonly TimelineEntry[], current: number): HTMLElement {
    const line = new Set(pathTo(entries, current));
    const list = h("ol", { class: "moments" });
    for (const { entry, at, machine, gone } of entries) {
      const name = namePoint(entries, entry);
      const lost = gone === true && entry !== current;
      const go = h(
        "button",
        {
          type: "button",
          class: "moment",
          "data-at": entry,
          "aria-current": entry === current ? "step" : undefined,
          "aria-disabled": lost ? "true" : undefined,
        },
        h("span", { class: "num" }, formatTime(at)),
        h("code", {}, name),
        h("small", {}, lost ? `${machine}, no longer kept` : machine),
      );
      const { speak } = this.#options;
      go.addEventListener("click", () =>
        lost ? speak(`${name}: ${goneWord}`) : this.#client.send({ type: "go-to", entry }),
      );
      if (lost) {
        list.append(h("li", { class: line.has(entry) ? undefined : "aside" }, go));
        continue;
      }
      list.append(
        h(
          "li",
          { class: line.has(entry) ? undefined : "aside" },
          go,
          entry === current
            ? h("span", { class: "moment-here" }, "here")
            : act("i-git-compare", `Compare with here: ${name}`, () => void this.#compare(entry)),
          act("i-share-2", `Share this point: ${name}`, () => this.#options.share(entry)),
        ),
      );
    }
    list.addEventListener("keydown", (event) => moveFocus(list, event));
    return list;
  }
}

function act(icon: string, label: string, run: () => void): HTMLElement {
  const button = h(
    "button",
    { type: "button", class: "btn bare icon-only", "aria-label": label, title: label },
    drawing(icon),
  );
  button.addEventListener("click", run);
  return button;
}

/** Up and down between points. */
function moveFocus(list: HTMLElement, event: KeyboardEvent): void {
  const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const rows = [...list.querySelectorAll<HTMLElement>(".moment")];
  const at = rows.findIndex((row) => row.parentElement?.contains(document.activeElement));
  if (by === 0 || at < 0) return;
  event.preventDefault();
  rows[at + by]?.focus();
}
