// Keys that change text where it stands, and take changes back.

import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import type { Outcome, Session } from "./session.ts";

/** Characters that wait already are put in together, as readline does. */
export function* selfInsert(rl: Session, key: string, count: number): Task<void> {
  let text = key.repeat(Math.max(1, Math.min(count, 1000)));
  while (count === 1 && rl.queue.length === 0 && rl.sh.sys.readable(0) && text.length < 512) {
    const next = yield* rl.key();
    if (
      next !== undefined &&
      next !== "interrupt" &&
      !next.startsWith("\x1b") &&
      next.charCodeAt(0) >= 32 &&
      next !== "\x7f"
    )
      text += next;
    else rl.queue.push(next);
  }
  rl.insert(text);
}

export function* transpose(rl: Session): Task<void> {
  const at = rl.point === rl.text.length ? rl.left(rl.point) : rl.point;
  const from = rl.left(at);
  if (at === 0 || rl.text.length < 2) {
    yield* rl.bell();
    return;
  }
  const to = rl.right(at);
  rl.change(rl.text.slice(0, from) + rl.text.slice(at, to) + rl.text.slice(from, at) + rl.text.slice(to), to);
}

export function changeCase(rl: Session, kind: string): void {
  const end = rl.wordForward(rl.point);
  const word = rl.text.slice(rl.point, end);
  const first = word.search(/[\p{L}\p{N}]/u);
  const changed =
    kind === "u"
      ? word.toUpperCase()
      : kind === "l"
        ? word.toLowerCase()
        : word.slice(0, first) + word.charAt(first).toUpperCase() + word.slice(first + 1).toLowerCase();
  rl.change(rl.text.slice(0, rl.point) + changed + rl.text.slice(end), end);
}

export function* undoChange(rl: Session): Task<void> {
  const last = rl.undo.pop();
  if (last === undefined) yield* rl.bell();
  else {
    rl.text = last.text;
    rl.point = last.point;
    rl.lines[rl.at] = last.text;
  }
}

export function revertLine(rl: Session): void {
  const first = rl.undo[0];
  if (first === undefined) return;
  rl.undo = [];
  rl.text = first.text;
  rl.point = first.point;
}

/** Ctrl-X Ctrl-E: the line in an editor; what comes back is run. */
export function editOutside(rl: Session): Outcome {
  const line = rl.text;
  rl.change(`fc -e "\${VISUAL:-\${EDITOR:-vi}}"`, 0);
  rl.sh.state.history.push(line);
  return "accept";
}

export function* bracketedPaste(rl: Session): Task<void> {
  let text = "";
  while (!text.endsWith("\x1b[201~")) {
    const got = yield* rl.byte();
    if (got === undefined || got === "interrupt") return;
    text += String.fromCharCode(got);
  }
  const bytes = Uint8Array.from(text.slice(0, -6), (c) => c.charCodeAt(0));
  const from = rl.point;
  rl.insert(decode(bytes).replaceAll("\r\n", "\n").replaceAll("\r", "\n"));
  rl.thisKind = "paste";
  // What was pasted is shown inverse until the next key.
  if (rl.point > from) rl.lit = [from, rl.point];
}
