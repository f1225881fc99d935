// The kill ring: what was cut comes back.

import type { Task } from "../../kernel/sys.ts";
import { historyWords } from "../history.ts";
import type { Session } from "./session.ts";

/** Cuts into the kill ring; cuts in a row go together. */
export function killText(rl: Session, from: number, to: number, backward: boolean): void {
  const cut = rl.text.slice(from, to);
  const { kills } = rl.editor;
  if (cut !== "") {
    if (rl.lastKind === "kill" && kills.length > 0) kills[0] = backward ? cut + kills[0] : kills[0] + cut;
    else kills.unshift(cut);
    kills.length = Math.min(kills.length, 60);
    rl.erase(from, to);
  }
  rl.thisKind = "kill";
}

export function* yank(rl: Session): Task<void> {
  const text = rl.editor.kills[0];
  if (text === undefined) {
    yield* rl.bell();
    return;
  }
  rl.yankAt = 0;
  rl.yankLength = text.length;
  rl.change(rl.text.slice(0, rl.point) + text + rl.text.slice(rl.point), rl.point + text.length);
  rl.thisKind = "yank";
}

export function* yankPop(rl: Session): Task<void> {
  const { kills } = rl.editor;
  if (rl.lastKind !== "yank" || kills.length === 0) {
    yield* rl.bell();
    return;
  }
  rl.yankAt = (rl.yankAt + 1) % kills.length;
  const text = kills[rl.yankAt] as string;
  const from = rl.point - rl.yankLength;
  rl.change(rl.text.slice(0, from) + text + rl.text.slice(rl.point), from + text.length);
  rl.yankLength = text.length;
  rl.thisKind = "yank";
}

export function* yankLastArg(rl: Session): Task<void> {
  const { history } = rl.sh.state;
  const again = rl.lastKind === "last-arg";
  const index = again ? rl.lastArg.index + 1 : 1;
  const entry = history[history.length - index];
  const word =
    entry === undefined
      ? undefined
      : rl.argument === undefined
        ? historyWords(entry).at(-1)
        : historyWords(entry)[rl.argument];
  if (word === undefined) {
    if (again) rl.erase(rl.point - rl.lastArg.length, rl.point);
    yield* rl.bell();
    return;
  }
  const from = again ? rl.point - rl.lastArg.length : rl.point;
  rl.change(rl.text.slice(0, from) + word + rl.text.slice(rl.point), from + word.length);
  rl.lastArg = { index, length: word.length };
  rl.thisKind = "last-arg";
}
