// The terminal as text: one block per command with its output, and an own line for input. Same session, read from the screen's buffer.

import { h } from "../lab/dom.ts";
import { type Block, splitBlocks } from "./blocks.ts";
import type { Screen } from "./screen.ts";

const longest = 60;

export class Twin {
  readonly element: HTMLElement;
  /** Its terminal. */
  readonly id: string;
  readonly #screen: Screen;
  readonly #blocks = h("div", { class: "blocks", tabindex: 0, role: "log", "aria-label": "Commands and their output" });
  readonly #input: HTMLInputElement;
  #shown: readonly Block[] = [];
  #statuses = new Map<number, number>();

  /** `terminal`: its id; `label`: the machine's name. */
  constructor(screen: Screen, terminal: string, label: string, send: (data: string) => void) {
    this.#screen = screen;
    this.id = terminal;
    const id = `twin-${terminal}`;
    this.#input = h("input", {
      id,
      type: "text",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      enterkeyhint: "send",
    });
    const form = h(
      "form",
      {},
      h("label", { for: id }, `Command on ${label}`),
      this.#input,
      h("button", { class: "btn", type: "submit" }, "Send"),
      this.#key("Ctrl C", "\x03", send),
      this.#key("Ctrl D", "\x04", send),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(`${this.#input.value}\r`);
      this.#input.value = "";
    });
    this.element = h("div", { class: "twin", hidden: true }, this.#blocks, form);
  }

  #key(label: string, data: string, send: (data: string) => void): HTMLButtonElement {
    const button = h("button", { class: "btn", type: "button" }, label);
    button.addEventListener("click", () => send(data));
    return button;
  }

  focus(): void {
    this.#input.focus();
  }

  /** The exit status of the command just finished; noted once for each command. */
  noteStatus(status: number): void {
    const blocks = splitBlocks(this.#screen.text());
    // The last block is the prompt that waits; the one before it has just ended.
    const at = blocks.length - 2;
    if (at >= 0 && !this.#statuses.has(at)) this.#statuses.set(at, status);
    for (const index of this.#statuses.keys()) if (index > at) this.#statuses.delete(index);
  }

  /** Takes up what the screen shows now. */
  update(): void {
    if (this.element.hidden) return;
    const all = splitBlocks(this.#screen.text())
      .map((block, index) => ({ ...block, status: this.#statuses.get(index) }))
      .filter(({ command, output }) => command !== "" || output !== "");
    const blocks = all.slice(-longest);
    const same = blocks.findIndex((block, index) => JSON.stringify(block) !== JSON.stringify(this.#shown[index]));
    if (same === -1 && blocks.length === this.#shown.length) return;
    const from = same === -1 ? Math.min(blocks.length, this.#shown.length) : same;
    while (this.#blocks.children.length > from) this.#blocks.lastElementChild?.remove();
    this.#blocks.append(...blocks.slice(from).map(drawBlock));
    this.#shown = blocks;
    this.#blocks.scrollTop = this.#blocks.scrollHeight;
  }
}

function drawBlock({ command, output, status }: Block): HTMLElement {
  const end =
    status === undefined ? "" : status === 0 ? "Ended well, exit status 0." : `Ended with exit status ${status}.`;
  return h(
    "section",
    {},
    h("h3", {}, command === "" ? "Before the first command" : command),
    output === "" ? h("p", { class: "exit" }, "No output.") : h("pre", {}, output),
    end !== "" && h("p", { class: "exit" }, end),
  );
}
