// What each key does, in the way of readline's emacs mode.

import type { Task } from "../../kernel/sys.ts";
import { bracketedPaste, changeCase, editOutside, revertLine, selfInsert, transpose, undoChange } from "./change.ts";
import { completeWord, insertCompletions, listCompletions } from "./completing.ts";
import { killText, yank, yankLastArg, yankPop } from "./kill.ts";
import { searchHistory } from "./search.ts";
import type { Outcome, Session } from "./session.ts";

/** What a key is bound to. Without an outcome the editing goes on. */
type Action = (rl: Session, count: number, key: string) => Task<Outcome | void> | void;

function repeat(count: number, step: () => void): void {
  for (let i = 0; i < Math.min(Math.abs(count), 10_000); i++) step();
}

function* deleteChar(rl: Session): Task<void> {
  if (rl.point >= rl.text.length) yield* rl.bell();
  else rl.erase(rl.point, rl.right(rl.point));
}

function* killBackward(rl: Session, from: number): Task<void> {
  if (rl.point === 0) yield* rl.bell();
  else killText(rl, from, rl.point, true);
}

function deleteHorizontalSpace(rl: Session): void {
  const before = rl.text.slice(0, rl.point).replace(/[ \t]+$/, "");
  rl.change(before + rl.text.slice(rl.point).replace(/^[ \t]+/, ""), before.length);
}

function* quotedInsert(rl: Session): Task<void> {
  const next = yield* rl.key();
  if (next !== undefined && next !== "interrupt") rl.insert(next);
}

function* characterSearch(rl: Session): Task<void> {
  const next = yield* rl.key();
  const found = next === undefined ? -1 : rl.text.indexOf(next, rl.point + 1);
  if (found < 0) yield* rl.bell();
  else rl.point = found;
}

/** The keys behind Ctrl-X. */
function* controlX(rl: Session): Task<Outcome | void> {
  const next = yield* rl.key();
  if (next === "\x15") yield* undoChange(rl);
  else if (next === "\x18") [rl.point, rl.mark] = [Math.min(rl.mark, rl.text.length), rl.point];
  else if (next === "\x7f") killText(rl, 0, rl.point, true);
  else if (next === "\x05") return editOutside(rl);
  else yield* rl.bell();
}

function* search(rl: Session, direction: 1 | -1): Task<Outcome> {
  const ended = yield* searchHistory(rl, direction);
  return typeof ended === "string" ? ended : yield* obey(rl, ended.key, 1);
}

const BINDINGS: readonly (readonly [Action, ...string[]])[] = [
  [
    function* () {
      return "accept";
    },
    "\r",
    "\n",
  ],
  [
    function* (rl) {
      rl.editor.nextAt = rl.at + 1 < rl.lines.length ? rl.at + 1 : undefined;
      return "accept";
    },
    "\x0f",
  ],
  [
    function* (rl) {
      return rl.text === "" ? "end" : yield* deleteChar(rl);
    },
    "\x04",
  ],
  [deleteChar, "\x1b[3~"],
  [
    (rl) => {
      rl.point = 0;
    },
    "\x01",
    "\x1b[H",
    "\x1bOH",
    "\x1b[1~",
    "\x1b[7~",
  ],
  [
    (rl) => {
      rl.point = rl.text.length;
    },
    "\x05",
    "\x1b[F",
    "\x1bOF",
    "\x1b[4~",
    "\x1b[8~",
  ],
  [
    function* (rl, count) {
      if (rl.point === 0) yield* rl.bell();
      repeat(count, () => {
        rl.point = rl.left(rl.point);
      });
    },
    "\x02",
    "\x1b[D",
    "\x1bOD",
  ],
  [
    function* (rl, count) {
      if (rl.point === rl.text.length) yield* rl.bell();
      repeat(count, () => {
        rl.point = rl.right(rl.point);
      });
    },
    "\x06",
    "\x1b[C",
    "\x1bOC",
  ],
  [
    (rl, count) =>
      repeat(count, () => {
        rl.point = rl.wordBack(rl.point);
      }),
    "\x1bb",
    "\x1b[1;5D",
    "\x1b[1;3D",
    "\x1b\x1b[D",
  ],
  [
    (rl, count) =>
      repeat(count, () => {
        rl.point = rl.wordForward(rl.point);
      }),
    "\x1bf",
    "\x1b[1;5C",
    "\x1b[1;3C",
    "\x1b\x1b[C",
  ],
  [
    function* (rl, count) {
      if (rl.point === 0) yield* rl.bell();
      else repeat(count, () => rl.erase(rl.left(rl.point), rl.point));
    },
    "\x7f",
    "\b",
  ],
  [(rl) => killText(rl, rl.point, rl.text.length, false), "\x0b"],
  [(rl) => killBackward(rl, 0), "\x15"],
  [(rl) => killBackward(rl, rl.text.slice(0, rl.point).replace(/\S*\s*$/, "").length), "\x17"],
  [(rl) => killText(rl, rl.point, rl.wordForward(rl.point), false), "\x1bd"],
  [(rl) => killText(rl, rl.wordBack(rl.point), rl.point, true), "\x1b\x7f", "\x1b\b"],
  [yank, "\x19"],
  [yankPop, "\x1by"],
  [yankLastArg, "\x1b.", "\x1b_"],
  [transpose, "\x14"],
  [(rl, _count, key) => changeCase(rl, key[1] as string), "\x1bu", "\x1bl", "\x1bc"],
  [
    function* (rl) {
      yield* rl.write("\x1b[H\x1b[2J");
      yield* rl.fresh();
    },
    "\x0c",
  ],
  [(rl, count) => rl.goTo(rl.at - count), "\x10", "\x1b[A", "\x1bOA"],
  [(rl, count) => rl.goTo(rl.at + count), "\x0e", "\x1b[B", "\x1bOB"],
  [(rl) => rl.goTo(0), "\x1b<"],
  [(rl) => rl.goTo(rl.lines.length - 1), "\x1b>"],
  [(rl) => search(rl, -1), "\x12"],
  [(rl) => search(rl, 1), "\x13"],
  [undoChange, "\x1f"],
  [controlX, "\x18"],
  [revertLine, "\x1br"],
  [
    function* (rl) {
      rl.change(`#${rl.text}`, 0);
      return "accept";
    },
    "\x1b#",
  ],
  [deleteHorizontalSpace, "\x1b\\"],
  [quotedInsert, "\x16", "\x11"],
  [characterSearch, "\x1d"],
  [
    (rl) => {
      rl.mark = rl.point;
    },
    "\x00",
  ],
  [completeWord, "\t", "\x1b\x1b"],
  [listCompletions, "\x1b?", "\x1b="],
  [insertCompletions, "\x1b*"],
  [bracketedPaste, "\x1b[200~"],
  [
    (rl) => {
      rl.overwrite = !rl.overwrite;
    },
    "\x1b[2~",
  ],
  [(rl) => rl.bell(), "\x07"],
];

const KEYMAP: ReadonlyMap<string, Action> = new Map(
  BINDINGS.flatMap(([action, ...keys]) => keys.map((key) => [key, action] as const)),
);

/** Does what a key is bound to; the others stand for themselves. */
export function* obey(rl: Session, key: string, count: number): Task<Outcome> {
  const action = KEYMAP.get(key);
  if (action !== undefined) {
    const task = action(rl, count, key);
    return (task && (yield* task)) ?? "go";
  }
  if (!key.startsWith("\x1b") && key.charCodeAt(0) >= 32) yield* selfInsert(rl, key, count);
  else if (!/^\x1b[[O]/.test(key)) yield* rl.bell();
  return "go";
}
