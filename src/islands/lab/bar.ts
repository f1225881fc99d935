// The laboratory's bar and menus: buttons with data-act, settings, and panes that fill the laboratory. Knows what is pressed, not what it does.

import { readSettings, type Settings, saveSettings } from "./settings.ts";

export interface BarOptions {
  /** What each data-act does. */
  readonly acts: Readonly<Record<string, () => void>>;
  onSetting(name: keyof Settings, on: boolean): void;
}

/** Acts that need a running machine. */
const needMachine = ["timeline", "share", "reset-step", "reset-lesson", "export", "requests", "as-text"];

export class Bar {
  readonly #lab: HTMLElement;
  readonly #options: BarOptions;
  readonly #settings = readSettings();

  constructor(lab: HTMLElement, options: BarOptions) {
    this.#lab = lab;
    this.#options = options;
    document.addEventListener("click", (event) => this.#press(event));
    for (const input of document.querySelectorAll<HTMLInputElement>("[data-setting]")) {
      const name = input.dataset.setting as keyof Settings;
      input.checked = this.#settings[name];
      input.addEventListener("change", () => {
        this.set(name, input.checked);
        options.onSetting(name, input.checked);
      });
    }
  }

  get settings(): Readonly<Settings> {
    return this.#settings;
  }

  /** Remembers a setting and shows it in the menu. */
  set(name: keyof Settings, on: boolean): void {
    if (this.#settings[name] === on) return;
    this.#settings[name] = on;
    saveSettings(this.#settings);
    const input = document.querySelector<HTMLInputElement>(`[data-setting="${name}"]`);
    if (input !== null) input.checked = on;
  }

  /** Enables what needs a machine; undo and redo follow the time line. */
  enable(on: boolean): void {
    for (const act of needMachine) {
      for (const button of document.querySelectorAll<HTMLButtonElement>(`[data-act="${act}"]`)) button.disabled = !on;
    }
  }

  #press(event: Event): void {
    const button = (event.target as Element).closest<HTMLButtonElement>("button");
    if (button === null) return;
    const { act, fill } = button.dataset;
    if (fill !== undefined) this.#fill(button, fill);
    const run = act === undefined ? undefined : this.#options.acts[act];
    if (run === undefined) return;
    button.closest<HTMLElement>("[popover]")?.hidePopover();
    run();
  }

  #fill(button: HTMLButtonElement, pane: string): void {
    const on = this.#lab.dataset.fill !== pane;
    if (on) this.#lab.dataset.fill = pane;
    else delete this.#lab.dataset.fill;
    for (const each of this.#lab.querySelectorAll("button[data-fill]")) {
      each.setAttribute("aria-pressed", String(on && each === button));
    }
  }
}
