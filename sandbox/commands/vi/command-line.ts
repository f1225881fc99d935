// The line at the bottom: typed, edited, and the pause after output.

import type { Task } from "../../kernel/sys.ts";
import type { Editor } from "./editor.ts";
import { ESC } from "./keys.ts";
import { readRegister } from "./registers.ts";

export function* exLine(vi: Editor, start: string): Task<void> {
  const line = yield* readLine(vi, ":", start);
  if (line === undefined || line.trim() === "") return;
  yield* vi.ex(line);
}

/** A line typed at the bottom; undefined where it was given up. */
export function* readLine(vi: Editor, prompt: string, start = "", hides = true): Task<string | undefined> {
  let text = start;
  let place = text.length;
  let at = vi.history.length;
  vi.message("");
  const { screen } = vi;
  screen.put(`${hides ? "\x1b[?25l" : ""}\x1b[${screen.rows};1H\x1b[K\x1b[${screen.rows};1H${prompt}${text}`);
  vi.commandLine = "";
  const show = (): void => {
    screen.put(`\x1b[${screen.rows};1H\x1b[K${prompt}${text}`);
    if (place < text.length) screen.goTo(screen.rows - 1, place + prompt.length);
  };
  try {
    for (;;) {
      if (!vi.hasKeys) screen.put("\x1b[?25h");
      const key = yield* vi.key();
      if (key === "\r" || key === "\n") {
        screen.put("\r");
        if (text !== "") vi.history.push(text);
        return text;
      }
      if (key === ESC || key === "\x03") return undefined;
      if (key === "\x7f" || key === "\b") {
        if (text === "") return undefined;
        if (place > 0) {
          text = text.slice(0, place - 1) + text.slice(place);
          place--;
        }
        show();
      } else if (key === "\x15") {
        text = text.slice(place);
        place = 0;
        show();
      } else if (key === "\x17") {
        const kept = text.slice(0, place).replace(/[^\s]*\s*$/, "");
        text = kept + text.slice(place);
        place = kept.length;
        show();
      } else if (
        key === "<Left>" ||
        key === "<Right>" ||
        key === "<Home>" ||
        key === "<End>" ||
        key === "\x02" ||
        key === "\x05"
      ) {
        place =
          key === "<Left>"
            ? Math.max(0, place - 1)
            : key === "<Right>"
              ? Math.min(text.length, place + 1)
              : key === "<End>" || key === "\x05"
                ? text.length
                : 0;
        show();
      } else if (key === "<Up>" || key === "<Down>") {
        at = Math.max(0, Math.min(vi.history.length, at + (key === "<Up>" ? -1 : 1)));
        text = vi.history[at] ?? "";
        place = text.length;
        show();
      } else if (key === "\x12") {
        const taken = readRegister(vi, yield* vi.key());
        const piece = taken?.lines.join("\r") ?? "";
        text = text.slice(0, place) + piece + text.slice(place);
        place += piece.length;
        show();
      } else if (key === "<Paste>") {
        for (let one = yield* vi.key(); one !== "<PasteEnd>"; one = yield* vi.key()) {
          text = text.slice(0, place) + one + text.slice(place);
          place += one.length;
        }
        show();
      } else if (!key.startsWith("<") || key.length === 1) {
        text = text.slice(0, place) + key + text.slice(place);
        place += key.length;
        if (place === text.length) screen.put(key);
        else show();
      }
    }
  } finally {
    vi.commandLine = undefined;
    screen.forgetMessage();
  }
}

/** Waits for a key after output that filled the screen. */
export function* hitEnter(vi: Editor): Task<void> {
  vi.screen.put("\x1b[32mPress ENTER or type command to continue\x1b[?25h");
  vi.screen.restoreCursor();
  vi.commandLine = "";
  const key = yield* vi.key();
  vi.commandLine = undefined;
  vi.screen.put("\x1b[?25l\x1b[m");
  if (key === ":") {
    vi.screen.invalidate();
    const line = yield* readLine(vi, ":", "", false);
    if (line !== undefined && line.trim() !== "") yield* vi.ex(line);
  } else vi.screen.forget();
}
