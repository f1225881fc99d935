// Searches, and the filter of lines.

import type { Task } from "../../kernel/sys.ts";
import type { Less } from "./pager.ts";
import type { Place } from "./view.ts";

export function* askSearch(less: Less, backwards: boolean, count: number): Task<void> {
  const typed = yield* less.ask(backwards ? "?" : "/");
  if (typed === undefined) return;
  const inverted = typed.startsWith("!");
  const text = inverted ? typed.slice(1) : typed;
  if (text === "") return yield* searchAgain(less, false, count, backwards, false);
  yield* search(less, { pattern: text, backwards, inverted }, count, true);
}

export function* searchAgain(
  less: Less,
  reverse: boolean,
  count: number,
  backwards?: boolean,
  shows = true,
): Task<void> {
  const last = less.lastSearch;
  const back = backwards ?? (last !== undefined && last.backwards !== reverse);
  if (shows) less.screen.put(`\r\x1b[K${back ? "?" : "/"}\r\x1b[K`);
  if (last === undefined) return yield* less.error("No previous regular expression");
  yield* search(less, { ...last, backwards: back }, count, false);
  if (backwards === undefined) less.lastSearch = last;
}

export function* search(
  less: Less,
  wanted: { pattern: string; backwards: boolean; inverted: boolean },
  count: number,
  isNew: boolean,
): Task<void> {
  const view = less.view;
  const regex = view.compile(wanted.pattern);
  if (regex === undefined) return yield* less.error("Invalid pattern");
  less.lastSearch = wanted;
  const hadScreen = view.table.length > 0;
  if (isNew && hadScreen) yield* view.rehilite(false);
  view.pattern = wanted.inverted ? undefined : regex;
  const rows = view.table.filter((place): place is Place => place !== undefined);
  const first = rows[0]?.line ?? 0;
  const last = rows[rows.length - 1]?.line ?? 0;
  // A new search takes in the screen; a repeated one starts behind the line at the top.
  const from = wanted.backwards ? (isNew ? last : first - 1) : isNew ? first : first + 1;
  const found = yield* view.search(regex, from, wanted.backwards, count, wanted.inverted);
  view.hilite = true;
  if (isNew && hadScreen) yield* view.rehilite(true);
  if (found === undefined) return yield* less.error("Pattern not found");
  if (!hadScreen) less.screen.lowerLeft();
  less.previous = view.top;
  yield* view.jump({ line: found, row: 0 });
}

export function* askFilter(less: Less): Task<void> {
  const typed = yield* less.ask("&/");
  if (typed === undefined) return;
  const view = less.view;
  const regex = typed === "" ? undefined : view.compile(typed);
  if (typed !== "" && regex === undefined) return yield* less.error("Invalid pattern");
  view.filter = regex;
  const top = yield* view.at(view.top?.line ?? 0);
  yield* view.repaint(top ?? (yield* view.at(0)));
}
