// Keys that move through the text.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import type { Command } from "./keys.ts";
import type { Less } from "./pager.ts";

export function* move(less: Less, command: Command, number: number | undefined): Task<void> {
  const view = less.view;
  const window = view.height;
  switch (command) {
    case "down":
      return yield* forward(less, number ?? 1);
    case "up":
      return yield* backward(less, number ?? 1);
    case "pageDown":
      return yield* forward(less, number ?? window);
    case "pageUp":
      return yield* backward(less, number ?? window);
    case "halfDown":
    case "halfUp": {
      less.half = number ?? less.half;
      const rows = less.half ?? Math.floor(less.screen.rows / 2);
      if (command === "halfDown") yield* forward(less, rows);
      else yield* backward(less, rows);
      return;
    }
    case "top":
      return yield* goToLine(less, number ?? 1);
    case "end":
      if (number !== undefined) return yield* goToLine(less, number);
      less.previous = view.top;
      return yield* view.jumpToEnd();
    case "left":
    case "right": {
      const step = Math.floor(less.screen.columns / 2);
      view.shift = Math.max(0, view.shift + (command === "right" ? step : -step));
      view.relayout();
      less.screen.put("\x1b[H\x1b[2J\x1b[H");
      return yield* view.repaint();
    }
  }
}

function* forward(less: Less, count: number): Task<void> {
  const view = less.view;
  if (view.atEnd && view.next === undefined) {
    if (less.options.quitAtEnd > 0) less.status = 0;
    less.endBell();
    return;
  }
  if (view.squished) yield* view.repaint();
  yield* view.forward(count, view.next, false);
}

function* backward(less: Less, count: number): Task<void> {
  const view = less.view;
  if (view.squished) return yield* view.redraw();
  if (view.backward(count, view.top) === 0) less.endBell();
  view.forwardPrompt = false;
}

export function* goToLine(less: Less, line: number): Task<void> {
  const place = yield* less.view.at(Math.max(line - 1, 0));
  if (place === undefined) return yield* less.error(`Cannot seek to line number ${line}`);
  less.previous = less.view.top;
  yield* less.view.jump(place);
}

/** F: shows the end and what is added to it until interrupted. */
export function* follow(less: Less): Task<void> {
  const view = less.view;
  less.screen.clearBottom();
  yield* view.jumpToEnd();
  for (;;) {
    less.screen.put("\r\x1b[K\x1b[7mWaiting for data... (interrupt to abort)\x1b[27m");
    yield* less.io.flush();
    const count = view.doc.lines.length;
    const woken = yield* less.io.sys.sleep(1000);
    const signal = less.io.sys.takeSignal();
    if (isErrno(woken) || signal !== undefined) break;
    yield* view.doc.more();
    if (view.doc.lines.length === count) continue;
    less.screen.clearBottom();
    view.next ??= yield* view.at(count);
    yield* view.forward(Infinity, view.next, false);
  }
  less.screen.put("\r\x1b[K\x07");
  yield* view.repaint();
}

export function* mark(less: Less, sets: boolean): Task<void> {
  less.screen.put(`\r\x1b[K${sets ? "set mark: " : "goto mark: "}`);
  const event = yield* less.keyboard.next();
  if ("signal" in event) return;
  less.screen.clearBottom();
  const { top } = less.view;
  if (sets && top !== undefined) less.marks.set(event.key, top);
  if (sets) return;
  if (event.key === "'" && less.previous !== undefined) {
    const back = less.previous;
    less.previous = top;
    return yield* less.view.jump(back);
  }
  if (event.key === "^" || event.key === "'") return yield* goToLine(less, 1);
  if (event.key === "$") return yield* less.view.jumpToEnd();
  const place = less.marks.get(event.key);
  if (place === undefined) return yield* less.error("Mark not set");
  yield* less.view.jump(place);
}
