// Monaco behind the editor's surface: one model per file, the house theme, differences side by side or inline, vim keys on request.

import { h } from "../lab/dom.ts";
import { monaco } from "./monaco-setup.ts";
import { languageOf, type OpenFile, type Surface, type SurfaceEvents } from "./surface.ts";

type CodeEditor = ReturnType<typeof monaco.editor.create>;
type DiffEditor = ReturnType<typeof monaco.editor.createDiffEditor>;

/** The resolved value of a token, as #rrggbb. */
function readColour(token: string): string {
  const probe = document.createElement("span");
  probe.style.forcedColorAdjust = "none";
  probe.style.color = `var(--${token})`;
  document.body.append(probe);
  const [r = 0, g = 0, b = 0] = (getComputedStyle(probe).color.match(/\d+(\.\d+)?/g) ?? []).map(Number);
  probe.remove();
  return `#${[r, g, b].map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

function applyTheme(): void {
  const bare = (token: string): string => readColour(token).slice(1);
  const sheet = readColour("sheet");
  const dark = Number.parseInt(sheet.slice(1, 3), 16) < 128;
  monaco.editor.defineTheme("house", {
    base: dark ? "vs-dark" : "vs",
    inherit: false,
    rules: [
      { token: "", foreground: bare("ink") },
      { token: "type", foreground: bare("code-key") },
      { token: "key", foreground: bare("code-key") },
      { token: "keyword", foreground: bare("code-num") },
      { token: "number", foreground: bare("code-num") },
      { token: "string", foreground: bare("code-str") },
      { token: "comment", foreground: bare("code-com") },
      { token: "metatag", foreground: bare("code-com") },
      { token: "variable", foreground: bare("code-key") },
      { token: "operators", foreground: bare("ink-2") },
      { token: "delimiter", foreground: bare("ink-2") },
      { token: "tag", foreground: bare("code-num") },
    ],
    colors: {
      "editor.background": sheet,
      "editor.foreground": readColour("ink"),
      "editorLineNumber.foreground": readColour("ink-3"),
      "editorLineNumber.activeForeground": readColour("ink"),
      "editor.lineHighlightBackground": readColour("well"),
      "editor.lineHighlightBorder": "#00000000",
      "editorCursor.foreground": readColour("ink"),
      "editorHoverWidget.background": sheet,
      "editorHoverWidget.border": readColour("edge"),
      "editorWidget.background": sheet,
      "editorWidget.border": readColour("edge"),
      "editorSuggestWidget.background": sheet,
      "editorIndentGuide.background1": readColour("rule"),
      "editorGutter.background": sheet,
      "diffEditor.insertedLineBackground": readColour("pass-wash"),
      "diffEditor.insertedTextBackground": readColour("pass-wash"),
      "diffEditor.removedLineBackground": readColour("peril-wash"),
      "diffEditor.removedTextBackground": readColour("peril-wash"),
      focusBorder: readColour("focus"),
    },
  });
  monaco.editor.setTheme("house");
}

export class MonacoSurface implements Surface {
  readonly #frame: HTMLElement;
  readonly #main = h("div", { class: "monaco-frame" });
  readonly #beside = h("div", { class: "monaco-frame", hidden: true });
  readonly #vimLine = h("div", { class: "vim-line", hidden: true });
  readonly #editor: CodeEditor;
  readonly #events: SurfaceEvents;
  readonly #views = new Map<string, unknown>();
  #file: OpenFile | undefined;
  #diff: DiffEditor | undefined;
  #vim: { dispose(): void } | undefined;
  #quiet = false;

  constructor(frame: HTMLElement, events: SurfaceEvents) {
    this.#frame = frame;
    this.#events = events;
    frame.append(this.#main, this.#beside, this.#vimLine);
    applyTheme();
    document.documentElement.addEventListener("kc:theme", applyTheme);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", applyTheme);
    this.#editor = monaco.editor.create(this.#main, {
      model: null,
      automaticLayout: true,
      fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
      fontSize: 13,
      fontLigatures: false,
      lineHeight: 21,
      minimap: { enabled: false },
      scrollBeyondLastLine: false,
      renderLineHighlight: "line",
      tabSize: 2,
      insertSpaces: true,
      detectIndentation: false,
      renderWhitespace: "selection",
      lineNumbersMinChars: 3,
      overviewRulerLanes: 0,
      scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10 },
      fixedOverflowWidgets: true,
      quickSuggestions: { other: true, strings: true, comments: false },
      accessibilitySupport: "auto",
    });
    this.#editor.onDidChangeModelContent(() => {
      if (!this.#quiet) events.onChange();
    });
    this.#editor.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.KeyS, () => events.onSave());
    this.#editor.addCommand(monaco.KeyCode.F1, () => this.#editor.trigger("keyboard", "editor.action.showHover", {}));
    this.#wireEscape();
    // The face is measured when it is there; a fallback has other widths.
    void document.fonts.load('13px "JetBrains Mono Variable"').then(() => monaco.editor.remeasureFonts());
  }

  /** Esc, then Tab leaves the editor. */
  #wireEscape(): void {
    let escaped = false;
    this.#main.addEventListener(
      "keydown",
      (event) => {
        if (event.key === "Tab" && escaped) {
          event.stopPropagation();
          escaped = false;
          return;
        }
        if (!["Shift", "Control", "Alt", "Meta"].includes(event.key)) escaped = event.key === "Escape";
      },
      true,
    );
  }

  #uri(file: OpenFile): ReturnType<typeof monaco.Uri.parse> {
    return monaco.Uri.parse(`file:///${file.machine}${file.path}`);
  }

  show(file: OpenFile, text: string): void {
    if (this.#file !== undefined) this.#views.set(this.#file.key, this.#editor.saveViewState());
    this.compare(undefined, "");
    this.#file = file;
    const uri = this.#uri(file);
    const model = monaco.editor.getModel(uri) ?? monaco.editor.createModel(text, languageOf(file.path), uri);
    this.#silently(() => {
      if (model.getValue() !== text) model.setValue(text);
      this.#editor.setModel(model);
      const view = this.#views.get(file.key);
      if (view) this.#editor.restoreViewState(view as never);
      this.#editor.updateOptions({ ariaLabel: `${file.path} on ${file.machine}. Escape, then Tab leaves the editor.` });
    });
  }

  #silently(work: () => void): void {
    this.#quiet = true;
    work();
    this.#quiet = false;
  }

  text(): string {
    return this.#editor.getModel()?.getValue() ?? "";
  }

  replace(file: OpenFile, text: string): void {
    const model = monaco.editor.getModel(this.#uri(file));
    if (model === null || model.getValue() === text) return;
    // As one edit, so that Ctrl-Z in the editor still knows the way back.
    this.#silently(() => model.pushEditOperations([], [{ range: model.getFullModelRange(), text }], () => null));
  }

  compare(original: string | undefined, label: string): void {
    this.#diff?.dispose();
    this.#diff?.getModel()?.original.dispose();
    this.#diff = undefined;
    this.#beside.hidden = original === undefined;
    this.#main.hidden = original !== undefined;
    const model = this.#editor.getModel();
    if (original === undefined || model === null) return;
    this.#diff = monaco.editor.createDiffEditor(this.#beside, {
      automaticLayout: true,
      readOnly: true,
      renderSideBySide: this.#frame.offsetWidth > 700,
      minimap: { enabled: false },
      scrollBeyondLastLine: false,
      fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
      fontSize: 13,
      lineHeight: 21,
    });
    this.#diff.getOriginalEditor().updateOptions({ ariaLabel: label });
    this.#diff.getModifiedEditor().updateOptions({ ariaLabel: "The file now" });
    this.#diff.setModel({ original: monaco.editor.createModel(original, model.getLanguageId()), modified: model });
  }

  /** Vim keys need a line for their commands. */
  async setVim(on: boolean): Promise<void> {
    this.#vim?.dispose();
    this.#vim = undefined;
    this.#vimLine.hidden = !on;
    this.#main.style.insetBlockEnd = on ? "1.6rem" : "0";
    if (!on) return;
    const { initVimMode, VimMode } = await import("monaco-vim");
    // Its types leave out the part that defines commands.
    const { Vim } = VimMode as unknown as { Vim: { defineEx(name: string, short: string, run: () => void): void } };
    Vim.defineEx("write", "w", () => this.#events.onSave());
    this.#vim = initVimMode(this.#editor as never, this.#vimLine);
  }

  forget(key: string): void {
    this.#views.delete(key);
    if (this.#file?.key === key) {
      this.#editor.getModel()?.dispose();
      this.#file = undefined;
    }
  }

  select([start, end]: [number, number]): void {
    const model = this.#editor.getModel();
    if (model === null) return;
    const from = model.getPositionAt(start);
    const to = model.getPositionAt(end);
    this.#editor.setSelection(new monaco.Selection(from.lineNumber, from.column, to.lineNumber, to.column));
  }

  focus(): void {
    this.#editor.focus();
  }

  dispose(): void {
    this.#vim?.dispose();
    this.#diff?.dispose();
    this.#editor.dispose();
    document.documentElement.removeEventListener("kc:theme", applyTheme);
    for (const part of [this.#main, this.#beside, this.#vimLine]) part.remove();
  }
}
