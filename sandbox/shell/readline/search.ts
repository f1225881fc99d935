// Incremental search in the history.

import type { Task } from "../../kernel/sys.ts";
import type { Outcome, Session } from "./session.ts";

/** Searches while it is typed. A key that means something else ends it and is handed back. */
export function* searchHistory(rl: Session, direction: 1 | -1): Task<Outcome | { readonly key: string }> {
  const start = { text: rl.text, point: rl.point, at: rl.at };
  let step = direction;
  let wanted = "";
  let failed = false;
  const place = { at: rl.at, from: rl.point };
  rl.lines[rl.at] = rl.text;
  const name = () => `(${failed ? "failed " : ""}${step < 0 ? "reverse-" : ""}i-search)\`${wanted}': `;
  const find = (at: number, from: number): boolean => {
    for (let i = at, first = true; i >= 0 && i < rl.lines.length; i += step, first = false) {
      const line = rl.lines[i] as string;
      const found =
        step < 0
          ? first
            ? line.lastIndexOf(wanted, from)
            : line.lastIndexOf(wanted)
          : first
            ? line.indexOf(wanted, from)
            : line.indexOf(wanted);
      if (found < 0 || (first && step < 0 && from < 0)) continue;
      if (i !== rl.at && line === rl.text && i !== at) continue;
      Object.assign(place, { at: i, from: found });
      rl.at = i;
      rl.text = line;
      rl.point = found;
      rl.lit = [found, found + wanted.length];
      return true;
    }
    return false;
  };
  const leave = () => {
    rl.message = undefined;
    rl.lit = undefined;
    if (wanted !== "") rl.editor.lastSearch = wanted;
  };
  for (;;) {
    rl.message = name();
    yield* rl.show();
    const key = yield* rl.key();
    if (key === undefined || key === "interrupt") {
      leave();
      return key === undefined ? "end" : "interrupt";
    }
    if (key === "\x07") {
      leave();
      Object.assign(rl, start);
      return "go";
    }
    if (key === "\x12" || key === "\x13") {
      step = key === "\x12" ? -1 : 1;
      if (wanted === "") wanted = rl.editor.lastSearch;
      if (wanted === "") continue;
      failed = !find(place.at, place.from + (rl.lit === undefined ? 0 : step));
      if (failed) yield* rl.bell();
    } else if (key === "\x7f" || key === "\b") {
      if (wanted === "") {
        yield* rl.bell();
        continue;
      }
      wanted = wanted.slice(0, -1);
      Object.assign(place, { at: start.at, from: start.point });
      rl.text = start.text;
      rl.at = start.at;
      rl.point = start.point;
      rl.lit = undefined;
      failed = wanted !== "" && !find(start.at, start.text.length);
    } else if (key.length <= 2 && key.charCodeAt(0) >= 32) {
      wanted += key;
      failed = !find(place.at, place.from);
      if (failed) yield* rl.bell();
    } else {
      leave();
      if (key === "\x1b" || key === "\n") return key === "\n" ? "accept" : "go";
      if (key === "\r") {
        yield* rl.show();
        return "accept";
      }
      yield* rl.show();
      return { key };
    }
  }
}
