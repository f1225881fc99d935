// One terminal on the page: an xterm.js screen with the house colours, sizing, copy and paste, and a way out by keyboard.

import { FitAddon } from "@xterm/addon-fit";
import { type ITheme, Terminal } from "@xterm/xterm";

export interface ScreenEvents {
  onInput(data: string): void;
  onResize(columns: number, rows: number): void;
}

const colours = ["bg", "ink", "dim", "host", "ok", "err", "focus"] as const;

/** Tokens are light-dark() pairs; only a computed colour tells which half holds. */
function readTheme(): ITheme {
  const probe = document.createElement("span");
  probe.style.forcedColorAdjust = "none";
  document.body.append(probe);
  const [bg, ink, dim, host, ok, err, focus] = colours.map((name) => {
    probe.style.color = `var(--term-${name})`;
    return getComputedStyle(probe).color;
  }) as [string, string, string, string, string, string, string];
  probe.remove();
  return {
    background: bg,
    foreground: ink,
    cursor: ink,
    cursorAccent: bg,
    selectionBackground: dim,
    selectionForeground: bg,
    black: bg,
    brightBlack: dim,
    white: ink,
    brightWhite: ink,
    red: err,
    brightRed: err,
    green: ok,
    brightGreen: ok,
    yellow: "#e3b860",
    brightYellow: "#f0cd86",
    blue: host,
    brightBlue: host,
    magenta: focus,
    brightMagenta: focus,
    cyan: host,
    brightCyan: host,
  };
}

const family = '"JetBrains Mono Variable", ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace';

/** Size of the letters: as the page says (a presentation shows them large), else larger for fingers. */
function sizeOf(element: HTMLElement): number {
  const said = Number(getComputedStyle(element).getPropertyValue("--term-size"));
  if (said > 0) return said;
  return matchMedia("(pointer: coarse)").matches ? 14 : 13;
}

export class Screen {
  readonly element: HTMLElement;
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #observer: ResizeObserver;
  /** Esc was the last key: Tab now leaves. */
  #escaped = false;
  /** An Esc not sent yet: a shell does nothing on Esc alone, and one that was meant for leaving must not reach it. */
  #held = false;
  /** The Ctrl key of the key row waits for its letter. */
  #ctrl = false;
  #events: ScreenEvents | undefined;
  /** Typed before anybody heard it. */
  #early = "";

  constructor(element: HTMLElement) {
    this.element = element;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#terminal = new Terminal({
      fontFamily: family,
      fontSize: sizeOf(element),
      lineHeight: 1.25,
      theme: readTheme(),
      cursorBlink: false,
      scrollback: 5000,
      smoothScrollDuration: still ? 0 : 80,
      allowProposedApi: false,
      rightClickSelectsWord: false,
      macOptionIsMeta: true,
    });
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.open(element);
    this.#terminal.textarea?.setAttribute("aria-describedby", "term-hint");
    this.#terminal.attachCustomKeyEventHandler((event) => this.#takeKey(event));
    this.#terminal.onData((data) => this.#send(data));
    this.#terminal.onBinary((data) => this.#events?.onInput(data));
    this.#terminal.onResize(({ cols, rows }) => this.#events?.onResize(cols, rows));
    this.#terminal.textarea?.addEventListener("focus", () => element.classList.add("focused"));
    this.#terminal.textarea?.addEventListener("blur", () => element.classList.remove("focused"));
    this.#observer = new ResizeObserver(() => this.fit());
    this.#observer.observe(element);
    document.documentElement.addEventListener("kc:theme", this.#retheme);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", this.#retheme);
    // The face may arrive after the first measure: measure again then.
    if (!document.fonts.check(`13px ${family}`)) {
      void document.fonts.load(`13px ${family}`).then(() => {
        this.#terminal.options.fontFamily = `${family}, monospace`;
        this.fit();
      });
    }
    this.fit();
  }

  /** Gives the screen its name and whoever hears its keys. A screen may be made before its terminal is known. */
  connect(label: string, events: ScreenEvents): void {
    this.#events = events;
    this.#terminal.textarea?.setAttribute("aria-label", label);
    if (this.#early !== "") events.onInput(this.#early);
    this.#early = "";
  }

  readonly #retheme = (): void => {
    this.#terminal.options.theme = readTheme();
  };

  /** False: the browser handles the key, not the terminal. */
  #takeKey(event: KeyboardEvent): boolean {
    if (event.type !== "keydown") return true;
    const control = event.ctrlKey && !event.altKey && !event.metaKey;
    const full = this.#terminal.buffer.active.type === "alternate";
    // Backwards always leaves, so that nobody moving through the page is held here; forwards after Esc, for Tab completes.
    if (event.key === "Tab" && (this.#escaped || event.shiftKey)) {
      this.#escaped = false;
      this.#held = false;
      // The page may know a better place than whatever comes next.
      const leave = new CustomEvent("kc:leave", { bubbles: true, cancelable: true });
      if (!event.shiftKey && !this.element.dispatchEvent(leave)) event.preventDefault();
      return false;
    }
    if (!["Shift", "Control", "Alt", "Meta"].includes(event.key)) this.#escaped = event.key === "Escape";
    // Pressed twice it is still one that waits: two would make the shell complete, and take the next key.
    if (event.key === "Escape" && !full) {
      this.#held = true;
      return false;
    }
    if (control && event.key.toLowerCase() === "c" && (event.shiftKey || this.#terminal.hasSelection())) {
      if (this.#terminal.hasSelection()) {
        void navigator.clipboard?.writeText(this.#terminal.getSelection()).catch(() => document.execCommand("copy"));
        this.#terminal.clearSelection();
      }
      event.preventDefault();
      return false;
    }
    return !(control && event.key.toLowerCase() === "v");
  }

  #send(data: string): void {
    const before = this.#held ? "\x1b" : "";
    this.#held = false;
    const typed = before + this.#withCtrl(data);
    if (this.#events === undefined) this.#early += typed;
    else this.#events.onInput(typed);
  }

  #withCtrl(data: string): string {
    if (!this.#ctrl || data.length !== 1) return data;
    this.stickCtrl(false);
    const code = data.toUpperCase().charCodeAt(0);
    return code >= 64 && code < 96 ? String.fromCharCode(code - 64) : data;
  }

  /** The sticky Ctrl of the key row. */
  stickCtrl(on: boolean): void {
    this.#ctrl = on;
    this.element.dispatchEvent(new CustomEvent("kc:ctrl", { detail: on, bubbles: true }));
  }

  get ctrlSticks(): boolean {
    return this.#ctrl;
  }

  /** Sends a key of the key row. */
  press(data: string): void {
    this.#send(data);
    this.focus();
  }

  paste(text: string): void {
    this.#terminal.paste(text);
  }

  /** `shown` is called when it has been parsed. */
  write(data: string | Uint8Array, shown?: () => void): void {
    this.#terminal.write(data, shown);
  }

  reset(): void {
    this.#terminal.reset();
  }

  fit(): void {
    if (this.element.offsetWidth > 40 && this.element.offsetHeight > 20) this.#fit.fit();
  }

  get size(): { columns: number; rows: number } {
    return { columns: this.#terminal.cols, rows: this.#terminal.rows };
  }

  focus(): void {
    this.#terminal.focus();
  }

  /** All that was written, as text; a line that was wrapped at the edge is one line. */
  text(): string {
    const buffer = this.#terminal.buffer.active;
    const lines: string[] = [];
    for (let row = 0; row < buffer.length; row++) {
      const line = buffer.getLine(row);
      const continued = buffer.getLine(row + 1)?.isWrapped === true;
      const text = line?.translateToString(!continued) ?? "";
      if (line?.isWrapped === true && lines.length > 0) lines[lines.length - 1] += text;
      else lines.push(text);
    }
    return lines.join("\n").trimEnd();
  }

  dispose(): void {
    this.#observer.disconnect();
    document.documentElement.removeEventListener("kc:theme", this.#retheme);
    this.#terminal.dispose();
  }
}
