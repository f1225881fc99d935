// The editor pane: file tree, tabs of open files, saving to the machine's disk, changes that come from the terminal, differences.

import type { MachineInfo } from "#sandbox/protocol.ts";
import type { MachineClient } from "../../machine/client.ts";
import { drawing, find, h, mark } from "../lab/dom.ts";
import type { MonacoSurface } from "./monaco-surface.ts";
import { PlainSurface } from "./plain.ts";
import type { OpenFile, Surface } from "./surface.ts";
import { FileTree, shortName } from "./tree.ts";

interface FileState extends OpenFile {
  /** As on the machine's disk. */
  disk: string;
  /** As in the editor. */
  text: string;
  /** Changed on disk while it had unsaved changes here. */
  conflict: boolean;
}

export interface EditorOptions {
  readonly machines: readonly MachineInfo[];
  readonly first: readonly string[];
  readonly plain: boolean;
  readonly vim: boolean;
  /** Text of a file at the start of the lesson, where it is known. */
  startOf(place: string): string | undefined;
  /** Called when a file is read for the first time at the start point. */
  onFirstRead(place: string, text: string): void;
  onSaved(): void;
  speak(sentence: string): void;
}

export class EditorPane {
  readonly #lab: HTMLElement;
  readonly #client: MachineClient;
  readonly #options: EditorOptions;
  readonly #main: HTMLElement;
  readonly #tabs: HTMLElement;
  readonly #saveBar: HTMLElement;
  readonly #tree: FileTree;
  readonly #files = new Map<string, FileState>();
  #active: FileState | undefined;
  #surface: Surface | undefined;
  #monaco: MonacoSurface | undefined;
  #wantsPlain: boolean;
  #wantsVim: boolean;
  #note = "";
  readonly #ended = new AbortController();

  constructor(lab: HTMLElement, client: MachineClient, options: EditorOptions) {
    this.#lab = lab;
    this.#client = client;
    this.#options = options;
    this.#wantsPlain = options.plain;
    this.#wantsVim = options.vim;
    this.#main = find(lab, "[data-editor-main]");
    this.#tabs = find(lab, "[data-file-tabs]");
    this.#saveBar = find(lab, "[data-savebar]");
    const treeElement = find(lab, "[data-tree]");
    this.#tree = new FileTree(treeElement, client, {
      machines: options.machines,
      first: options.first,
      onPick: (place) => void this.open(place).then(() => this.#followPick()),
    });
    this.#wireTree(treeElement);
    this.#wireDiff();
    client.on("file-changed", ({ machine, path, content }) => this.#diskChanged(`${machine}:${path}`, content));
  }

  get #isSmall(): boolean {
    return matchMedia("(max-width: 63.99rem), (pointer: coarse)").matches;
  }

  #wireTree(tree: HTMLElement): void {
    const button = find<HTMLButtonElement>(this.#lab, '[data-act="tree"]');
    const show = (on: boolean): void => {
      tree.hidden = !on;
      button.setAttribute("aria-expanded", String(on));
    };
    button.disabled = false;
    show(true);
    button.addEventListener("click", () => show(tree.hidden === true), { signal: this.#ended.signal });
    const narrow = (event: Event): void => {
      // On narrow panes the tree makes room once a file was picked.
      const width = this.#lab.querySelector<HTMLElement>(".lab-edit")?.offsetWidth ?? 0;
      if ((event.target as Element).closest("[data-place]") === null || width >= 640) return;
      // The row that was pressed goes: the focus waits here until the file is open.
      if (tree.contains(document.activeElement)) button.focus();
      show(false);
    };
    tree.addEventListener("click", narrow, { signal: this.#ended.signal });
  }

  /** Where the tree made room for the file that was picked, the focus goes on into it; on touch screens that would bring up the keyboard. */
  #followPick(): void {
    if (matchMedia("(pointer: coarse)").matches) return;
    if (document.activeElement === find(this.#lab, '[data-act="tree"]')) this.#surface?.focus();
  }

  /** Opens `machine:path`; the file must be text. */
  async open(place: string): Promise<void> {
    let file = this.#files.get(place);
    if (file === undefined) {
      const cut = place.indexOf(":");
      const machine = place.slice(0, cut);
      const path = place.slice(cut + 1);
      try {
        const text = await this.#client.readFile(machine, path);
        this.#options.onFirstRead(place, text);
        file = { key: place, machine, path, disk: text, text, conflict: false };
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        if (why !== "No such file or directory") {
          this.#say(`${path}: ${why}`);
          return;
        }
        // A file that is not there yet can be written: it appears when it is saved.
        this.#options.onFirstRead(place, "");
        file = { key: place, machine, path, disk: "", text: "", conflict: false };
        this.#note = "A new file: it appears on the machine when you save it.";
      }
      this.#files.set(place, file);
      this.#watch();
    }
    this.#activate(file);
  }

  #say(text: string): void {
    this.#note = text;
    this.#showSaveBar();
    this.#options.speak(text);
  }

  #watch(): void {
    this.#client.send({
      type: "watch-files",
      files: [...this.#files.values()].map(({ machine, path }) => ({ machine, path })),
    });
  }

  #activate(file: FileState): void {
    this.#keepText();
    this.#active = file;
    find(this.#lab, "[data-editor-empty]").hidden = true;
    find(this.#lab, "[data-diff-acts]").hidden = false;
    const surface = this.#surfaceFor();
    surface.show(file, file.text);
    this.#showTabs();
    this.#showSaveBar();
    this.#tree.mark(file.key);
  }

  /** What stands in the surface belongs to the file it shows. */
  #keepText(): void {
    if (this.#active !== undefined && this.#surface !== undefined) this.#active.text = this.#surface.text();
  }

  /** The plain surface at once; Monaco takes over when it has arrived, with text and caret. */
  #surfaceFor(): Surface {
    if (this.#surface !== undefined) return this.#surface;
    const plain = new PlainSurface(this.#main, this.#events);
    this.#surface = plain;
    if (!this.#wantsPlain && !this.#isSmall) void this.#loadMonaco(plain);
    return plain;
  }

  readonly #events = { onChange: () => this.#changed(), onSave: () => void this.save() };

  async #loadMonaco(plain: PlainSurface): Promise<void> {
    try {
      const { MonacoSurface } = await import("./monaco-surface.ts");
      if (this.#wantsPlain || this.#surface !== plain) return;
      const focused = this.#main.contains(document.activeElement);
      const caret = plain.selection;
      this.#keepText();
      const monaco = new MonacoSurface(this.#main, this.#events);
      plain.dispose();
      this.#surface = monaco;
      this.#monaco = monaco;
      if (this.#active !== undefined) monaco.show(this.#active, this.#active.text);
      monaco.select(caret);
      if (focused) monaco.focus();
      if (this.#wantsVim) await monaco.setVim(true);
    } catch (error) {
      // Offline or refused: the plain editor does the work.
      this.#say("The large editor could not be loaded; this plain one does the same work.");
      console.error(error);
    }
  }

  /** Switches between the plain editor and Monaco. */
  setPlain(on: boolean): void {
    this.#wantsPlain = on;
    if (this.#surface === undefined) return;
    this.#keepText();
    this.#surface.dispose();
    this.#surface = undefined;
    this.#monaco = undefined;
    if (this.#active !== undefined) this.#surfaceFor().show(this.#active, this.#active.text);
  }

  setVim(on: boolean): void {
    this.#wantsVim = on;
    void this.#monaco?.setVim(on);
  }

  #changed(): void {
    const file = this.#active;
    if (file === undefined) return;
    const was = file.text !== file.disk;
    this.#keepText();
    if (was !== (file.text !== file.disk)) {
      this.#note = "";
      this.#showTabs();
    }
    this.#showSaveBar();
  }

  async save(): Promise<void> {
    this.#keepText();
    const file = this.#active;
    if (file === undefined) return;
    const text = file.text;
    try {
      await this.#client.writeFile(file.machine, file.path, text);
      file.disk = text;
      file.conflict = false;
      this.#note = "";
      this.#say(`Saved ${file.path} on ${file.machine}.`);
      this.#note = "";
      this.#options.onSaved();
    } catch (error) {
      this.#say(`Not saved: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.#showTabs();
    this.#showSaveBar();
  }

  #diskChanged(place: string, content: string | undefined): void {
    const file = this.#files.get(place);
    if (file === undefined) return;
    if (file === this.#active) this.#keepText();
    const clean = file.text === file.disk;
    file.disk = content ?? "";
    if (clean) {
      file.text = file.disk;
      if (file === this.#active) this.#surface?.replace(file, file.text);
    } else file.conflict = file.text !== file.disk;
    if (content === undefined) this.#note = "The file is gone from the machine. Saving writes it anew.";
    this.#showTabs();
    this.#showSaveBar();
  }

  #showTabs(): void {
    const tabs = [...this.#files.values()].map((file) => {
      const here = file === this.#active;
      const unsaved = file.text !== file.disk;
      const tab = h(
        "button",
        {
          type: "button",
          class: "tab",
          role: "tab",
          "aria-selected": String(here),
          tabindex: here ? 0 : -1,
          title: `${file.path} on ${file.machine}`,
        },
        shortName(file.key),
        unsaved && h("span", { class: "unsaved", role: "img", "aria-label": "unsaved" }, "●"),
      );
      tab.addEventListener("click", () => {
        this.#activate(file);
        this.#surface?.focus();
      });
      tab.addEventListener("keydown", (event) => this.#tabKey(event, file));
      return tab;
    });
    this.#tabs.replaceChildren(...tabs);
  }

  #tabKey(event: KeyboardEvent, file: FileState): void {
    const files = [...this.#files.values()];
    const at = files.indexOf(file);
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      const next = files[(at + (event.key === "ArrowRight" ? 1 : -1) + files.length) % files.length];
      if (next === undefined) return;
      this.#activate(next);
      this.#tabs.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
    } else if (event.key === "Delete") this.#close(file);
  }

  #close(file: FileState): void {
    this.#files.delete(file.key);
    this.#surface?.forget(file.key);
    this.#watch();
    const next = [...this.#files.values()].at(-1);
    this.#active = undefined;
    if (next !== undefined) this.#activate(next);
    else {
      this.#surface?.dispose();
      this.#surface = undefined;
      this.#monaco = undefined;
      find(this.#lab, "[data-editor-empty]").hidden = false;
      find(this.#lab, "[data-diff-acts]").hidden = true;
      this.#tree.mark(undefined);
      this.#showTabs();
      this.#showSaveBar();
    }
  }

  #showSaveBar(): void {
    const file = this.#active;
    const bar = this.#saveBar;
    bar.hidden = file === undefined && this.#note === "";
    if (file === undefined) {
      bar.replaceChildren(h("span", {}, this.#note));
      return;
    }
    const unsaved = file.text !== file.disk;
    const state = unsaved ? "wait" : "pass";
    const word = file.conflict ? "changed on the machine too" : unsaved ? "unsaved" : "as on the machine";
    const save = h("button", { type: "button", class: unsaved ? "btn main" : "btn", disabled: !unsaved }, "Save");
    save.addEventListener("click", () => void this.save());
    const take = h("button", { type: "button", class: "btn" }, "Take the machine’s");
    take.addEventListener("click", () => {
      file.text = file.disk;
      file.conflict = false;
      this.#surface?.replace(file, file.text);
      this.#showTabs();
      this.#showSaveBar();
    });
    const close = h(
      "button",
      { type: "button", class: "btn bare icon-only", "aria-label": `Close ${file.path}` },
      drawing("i-x"),
    );
    close.addEventListener("click", () => this.#close(file));
    bar.replaceChildren(
      h("span", { class: `state s-${state}` }, mark(state), word),
      h("span", { class: "where" }, this.#note === "" ? `${file.path} on ${file.machine}` : this.#note),
      ...(file.conflict ? [take] : []),
      save,
      close,
    );
  }

  /** Closes everything; the pane can be taken up by another. */
  dispose(): void {
    this.#surface?.dispose();
    this.#files.clear();
    this.#tabs.replaceChildren();
    this.#saveBar.hidden = true;
    this.#ended.abort();
  }

  async #compareRunning(file: FileState): Promise<void> {
    try {
      const running = await this.#client.readRunning(file.machine, file.path);
      if (file !== this.#active) return;
      if (running === file.text) this.#say("The kubelet was started with the file as it stands here.");
      else this.#surface?.compare(running, "the file when the kubelet was started");
    } catch (error) {
      this.#say(error instanceof Error ? error.message : String(error));
    }
  }

  #wireDiff(): void {
    const menu = find(this.#lab, "#diff-menu");
    menu.addEventListener(
      "click",
      (event) => {
        const act = (event.target as Element).closest<HTMLElement>("[data-act]")?.dataset.act;
        const file = this.#active;
        if (act === undefined || file === undefined) return;
        menu.hidePopover();
        if (act === "diff-off") this.#surface?.compare(undefined, "");
        else if (act === "diff-start") {
          const start = this.#options.startOf(file.key);
          if (start === undefined) this.#say("Nothing is known of this file’s start: it was first opened later.");
          else if (start === file.text) this.#say("Nothing changed since the start of the lesson.");
          else this.#surface?.compare(start, "the file at the start");
        } else if (act === "diff-running") void this.#compareRunning(file);
        else if (act === "diff-disk") {
          if (file.disk === file.text) this.#say("The file here is the file on the machine.");
          else this.#surface?.compare(file.disk, "the file on the machine");
        }
      },
      { signal: this.#ended.signal },
    );
  }
}
