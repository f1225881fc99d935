// The terminal pane: tabs for the terminals of all machines, their screens, the twin as text, the key row.

import type { MachineInfo, OpenTerminal } from "#sandbox/protocol.ts";
import type { MachineClient } from "../../machine/client.ts";
import { find, h } from "../lab/dom.ts";
import { Screen } from "./screen.ts";
import { Twin } from "./twin.ts";

/** A screen, and its twin as text. */
interface View {
  readonly screen: Screen;
  readonly twin: Twin;
}

interface Open {
  readonly info: OpenTerminal;
  readonly tab: HTMLButtonElement;
  panel: HTMLElement;
  /** Made when it is first shown, or soon after the prompt in front: a screen is dear to make. */
  view: View | undefined;
  /** What came for the screen before there was one. */
  readonly early: { readonly data: string | Uint8Array; readonly shown?: () => void }[];
}

/** How long after the first prompt the screens behind the front one are made (ms). */
const BEHIND = 400;

const keys: Readonly<Record<string, string>> = {
  tab: "\t",
  esc: "\x1b",
  up: "\x1b[A",
  down: "\x1b[B",
  right: "\x1b[C",
  left: "\x1b[D",
};

export interface TerminalsOptions {
  readonly asText: boolean;
  /** Milliseconds that keys take on their way. */
  readonly lag: number;
  onAsText(on: boolean): void;
  speak(sentence: string): void;
}

export class Terminals {
  readonly #lab: HTMLElement;
  readonly #client: MachineClient;
  readonly #options: TerminalsOptions;
  readonly #tabs: HTMLElement;
  readonly #body: HTMLElement;
  readonly #open = new Map<string, Open>();
  /** The size last told, by terminal. */
  readonly #sizes = new Map<string, string>();
  #active: string | undefined;
  #asText: boolean;
  /** A panel with a screen, made while the machine was still on its way: the front terminal takes it. */
  #ahead: { readonly panel: HTMLElement; readonly screen: Screen } | undefined;
  #machines: readonly MachineInfo[] = [];
  /** Terminals whose shell waits at its prompt. */
  #prompts = new Set<string>();
  /** Terminals that showed something since the last prompt. */
  readonly #wrote = new Set<string>();
  /** Terminals in which Esc was pressed at the prompt, and nothing since. */
  readonly #escaped = new Set<string>();

  constructor(lab: HTMLElement, client: MachineClient, options: TerminalsOptions) {
    this.#lab = lab;
    this.#client = client;
    this.#options = options;
    this.#asText = options.asText;
    this.#tabs = find(lab, "[data-term-tabs]");
    this.#body = find(lab, "[data-term-body]");
    client.on("output", ({ terminal, data }) => {
      const open = this.#open.get(terminal);
      const shown = this.#shown(terminal, data);
      if (open === undefined) shown();
      else write(open, data, shown);
      this.#wrote.add(terminal);
      this.#refreshTwin(terminal);
    });
    client.on("idle", ({ prompts, statuses }) => {
      this.#prompts = new Set(prompts);
      const wrote = [...this.#wrote].flatMap((id) => this.#open.get(id)?.view?.twin ?? []);
      // xterm.js parses a moment later than it is written to.
      setTimeout(() => {
        for (const twin of wrote) twin.noteStatus(statuses[twin.id] ?? 0);
        if (this.#asText) for (const twin of wrote) twin.update();
      }, 30);
      this.#wrote.clear();
    });
    client.on("terminal-closed", ({ terminal }) => this.#remove(terminal));
    this.#wireTabs();
    this.#wireKeys();
  }

  /** Shows the machine's terminals; screens of those that stay are kept. */
  adopt(
    machines: readonly MachineInfo[],
    terminals: readonly OpenTerminal[],
    front: string,
    screens: Readonly<Record<string, string>> = {},
  ): void {
    this.#machines = machines;
    find(this.#lab, "[data-start]").hidden = true;
    for (const id of [...this.#open.keys()]) if (!terminals.some(({ terminal }) => terminal === id)) this.#remove(id);
    for (const info of terminals) if (!this.#open.has(info.terminal)) this.#add(info, screens[info.terminal]);
    if (this.#active === undefined || !this.#open.has(this.#active)) {
      const first = terminals.find(({ machine }) => machine === front) ?? terminals[0];
      if (first !== undefined) this.show(first.terminal);
    }
    this.#buildNewMenu();
    setTimeout(() => {
      for (const [id, open] of this.#open) this.#viewOf(id, open);
    }, BEHIND);
  }

  /** Makes the screen of the front terminal while the machine is still on its way; keys typed there wait for it. */
  prepare(focus: boolean): void {
    if (this.#open.size > 0 || this.#ahead !== undefined) return;
    find(this.#lab, "[data-start]").hidden = true;
    const panel = h("div", { role: "tabpanel" }, h("div", { class: "screen" }));
    this.#body.append(panel);
    const screen = new Screen(panel.firstElementChild as HTMLElement);
    screen.write("\x1b[2mStarting the machines\x1b[0m");
    if (focus && !this.#asText) screen.focus();
    this.#ahead = { panel, screen };
  }

  /** Empties all screens, as after a move on the time line. */
  clear(): void {
    for (const { view, early } of this.#open.values()) {
      view?.screen.reset();
      for (const { shown } of early.splice(0)) shown?.();
    }
  }

  /** What each terminal shows, for keeping. */
  get screens(): Record<string, string> {
    return Object.fromEntries([...this.#open].map(([id, open]) => [id, this.#viewOf(id, open).screen.text()]));
  }

  /** Of the terminal in front; undefined where there is no screen yet. */
  get size(): { columns: number; rows: number } | undefined {
    const view = this.#active === undefined ? undefined : this.#open.get(this.#active)?.view;
    return (view?.screen ?? this.#ahead?.screen)?.size;
  }

  #add(info: OpenTerminal, shown?: string): void {
    const id = info.terminal;
    const tab = h("button", {
      type: "button",
      class: "tab",
      role: "tab",
      id: `tab-${id}`,
      "aria-controls": `panel-${id}`,
      "aria-selected": "false",
      tabindex: -1,
    });
    const panel = h("div", { role: "tabpanel", hidden: true }, h("div", { class: "screen" }));
    panel.id = `panel-${id}`;
    panel.setAttribute("aria-labelledby", tab.id);
    this.#tabs.append(tab);
    this.#body.append(panel);
    const before = withoutPrompts(shown ?? "");
    const early = before === "" ? [] : [{ data: `${before.replaceAll("\n", "\r\n")}\r\n` }];
    this.#open.set(id, { info, tab, panel, view: undefined, early });
    tab.addEventListener("click", () => {
      this.show(id);
      this.focus();
    });
    this.#nameTabs();
  }

  /** The screen of a terminal and its twin; made now if there is none. */
  #viewOf(id: string, open: Open): View {
    if (open.view !== undefined) return open.view;
    const { info, early } = open;
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead !== undefined) {
      // The panel that stands there takes the place of the new one: an element that moves loses the focus.
      ahead.panel.id = open.panel.id;
      ahead.panel.setAttribute("aria-labelledby", open.tab.id);
      ahead.panel.hidden = open.panel.hidden;
      open.panel.remove();
      open.panel = ahead.panel;
    }
    const { panel } = open;
    const wasHidden = panel.hidden;
    panel.hidden = false;
    const screen = ahead?.screen ?? new Screen(panel.firstElementChild as HTMLElement);
    if (ahead !== undefined) screen.write("\x1bc");
    screen.connect(`Terminal on ${info.machine}`, {
      onInput: (data) => this.#send(id, data),
      onResize: (columns, rows) => this.#resize(id, columns, rows),
    });
    screen.element.addEventListener("focusout", () => this.#escaped.delete(id));
    this.#resize(id, screen.size.columns, screen.size.rows);
    const twin = new Twin(screen, id, info.machine, (data) => this.#send(id, data));
    panel.append(twin.element);
    panel.hidden = wasHidden;
    open.view = { screen, twin };
    for (const { data, shown } of early.splice(0)) screen.write(data, shown);
    (panel.firstElementChild as HTMLElement).hidden = this.#asText;
    twin.element.hidden = !this.#asText;
    return open.view;
  }

  #resize(id: string, columns: number, rows: number): void {
    const size = `${columns}×${rows}`;
    if (this.#sizes.get(id) === size) return;
    this.#sizes.set(id, size);
    this.#client.send({ type: "resize", terminal: id, columns, rows });
  }

  #remove(id: string): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    open.view?.screen.dispose();
    open.tab.remove();
    open.panel.remove();
    this.#open.delete(id);
    this.#nameTabs();
    if (this.#active === id) {
      this.#active = undefined;
      const next = [...this.#open.keys()].at(-1);
      if (next !== undefined) this.show(next);
      else this.#options.speak("All terminals are closed. The plus button opens one.");
    }
  }

  /** The machine's name; numbered where a machine has several. */
  #nameTabs(): void {
    const seen = new Map<string, number>();
    for (const { info, tab } of this.#open.values()) {
      const nth = (seen.get(info.machine) ?? 0) + 1;
      seen.set(info.machine, nth);
      tab.replaceChildren(nth === 1 ? info.machine : `${info.machine} ${nth}`);
    }
  }

  show(id: string): void {
    this.#active = id;
    for (const [each, open] of this.#open) {
      const { tab, panel } = open;
      const here = each === id;
      tab.setAttribute("aria-selected", String(here));
      tab.tabIndex = here ? 0 : -1;
      panel.hidden = !here;
      if (!here) continue;
      const { screen, twin } = this.#viewOf(each, open);
      screen.element.hidden = this.#asText;
      twin.element.hidden = !this.#asText;
      screen.fit();
      if (this.#asText) twin.update();
    }
  }

  focus(): void {
    const open = this.#active === undefined ? undefined : this.#open.get(this.#active);
    if (this.#asText) open?.view?.twin.focus();
    else open?.view?.screen.focus();
  }

  setAsText(on: boolean): void {
    this.#asText = on;
    const button = find(this.#lab, '[data-act="as-text"]');
    button.setAttribute("aria-pressed", String(on));
    if (this.#active !== undefined) this.show(this.#active);
    this.#options.onAsText(on);
  }

  get asText(): boolean {
    return this.#asText;
  }

  /** Types a command into a terminal of the machine and runs it. */
  async typeInto(machine: string, command: string): Promise<void> {
    const active = this.#active === undefined ? undefined : this.#open.get(this.#active);
    let id = active?.info.machine === machine ? active.info.terminal : undefined;
    id ??= [...this.#open.values()].find(({ info }) => info.machine === machine)?.info.terminal;
    id ??= await this.openOn(machine);
    if (id === undefined) return;
    this.show(id);
    this.focus();
    // Whatever stands half typed at the prompt is cleared first, as Ctrl-U does.
    const clear = this.#prompts.has(id) ? "\x15" : "";
    this.#send(id, `${clear}${command.replaceAll("\n", "\r")}\r`);
  }

  async openOn(machine: string): Promise<string | undefined> {
    const user =
      [...this.#open.values()].find(({ info }) => info.machine === machine)?.info.user ??
      (machine === "outsider" ? "pirate" : "root");
    try {
      const info = await this.#client.openTerminal(machine, user);
      if (!this.#open.has(info.terminal)) this.#add(info);
      this.show(info.terminal);
      return info.terminal;
    } catch (error) {
      this.#options.speak(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  #send(id: string, keys: string): void {
    // Esc at a prompt waits for the key after it: with Tab it leaves the terminal, and the shell must not keep half a key.
    if (keys === "\x1b" && this.#prompts.has(id) && !this.#escaped.has(id)) {
      this.#escaped.add(id);
      return;
    }
    const data = this.#escaped.delete(id) ? `\x1b${keys}` : keys;
    this.#prompts.delete(id);
    const send = (): void => this.#client.send({ type: "input", terminal: id, data });
    if (this.#options.lag > 0) setTimeout(send, this.#options.lag);
    else send();
  }

  /** Lets the machine send more. */
  #shown(terminal: string, data: Uint8Array): () => void {
    return () => this.#client.send({ type: "shown", terminal, bytes: data.length });
  }

  #refreshTwin(id: string): void {
    const open = this.#open.get(id);
    // xterm.js parses a moment later than it is written to.
    if (this.#asText && open !== undefined) setTimeout(() => open.view?.twin.update(), 30);
  }

  #wireTabs(): void {
    this.#tabs.addEventListener("keydown", (event) => {
      const ids = [...this.#open.keys()];
      const at = ids.indexOf(this.#active ?? "");
      const next =
        event.key === "ArrowRight"
          ? at + 1
          : event.key === "ArrowLeft"
            ? at - 1
            : event.key === "Home"
              ? 0
              : event.key === "End"
                ? ids.length - 1
                : undefined;
      const id = next === undefined ? undefined : ids[(next + ids.length) % ids.length];
      if (id === undefined) return;
      event.preventDefault();
      this.show(id);
      this.#open.get(id)?.tab.focus();
    });
  }

  /** Ends all screens; the pane can be taken up by another. */
  dispose(): void {
    for (const id of [...this.#open.keys()]) this.#remove(id);
    this.#ahead?.screen.dispose();
    this.#ahead?.panel.remove();
    this.#ahead = undefined;
    this.#tabs.replaceChildren();
  }

  #buildNewMenu(): void {
    const button = find<HTMLButtonElement>(this.#lab, '[data-act="new-terminal"]');
    this.#lab.querySelector("#new-terminal")?.remove();
    const menu = h(
      "div",
      { id: "new-terminal", class: "sheet-menu", popover: "auto" },
      h("p", { class: "legend" }, "New terminal on"),
    );
    for (const { name, address } of this.#machines) {
      const act = h("button", { type: "button", class: "act" }, `${name}, ${address}`);
      act.addEventListener("click", () => {
        menu.hidePopover();
        void this.openOn(name).then(() => this.focus());
      });
      menu.append(act);
    }
    button.after(menu);
    button.setAttribute("popovertarget", "new-terminal");
    button.hidden = false;
    button.disabled = false;
  }

  #wireKeys(): void {
    const row = find(this.#lab, "[data-keys]");
    row.hidden = false;
    const ctrl = find<HTMLButtonElement>(row, '[data-key="ctrl"]');
    // Keeps the on-screen keyboard open: the terminal does not lose the focus.
    row.addEventListener("pointerdown", (event) => event.preventDefault());
    row.addEventListener("click", (event) => {
      const key = (event.target as Element).closest<HTMLElement>("[data-key]")?.dataset.key;
      const screen = this.#active === undefined ? undefined : this.#open.get(this.#active)?.view?.screen;
      if (key === undefined || screen === undefined) return;
      if (key === "ctrl") screen.stickCtrl(!screen.ctrlSticks);
      else screen.press(keys[key] ?? key);
    });
    this.#body.addEventListener("kc:ctrl", (event) =>
      ctrl.setAttribute("aria-pressed", String((event as CustomEvent<boolean>).detail)),
    );
  }
}

function write({ view, early }: Open, data: Uint8Array, shown: () => void): void {
  if (view === undefined) early.push({ data, shown });
  else view.screen.write(data, shown);
}

/** A kept screen without the empty prompts at its end: the shell writes a new one. */
function withoutPrompts(text: string): string {
  return text.replace(/(^|\n)(\S+@\S+:[^\n]*[#$] ?\n?)+$/, "$1").trimEnd();
}
