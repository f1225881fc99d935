// The line editor: keys in, edited line out, in the way of readline's emacs mode.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { runTrap } from "../signals.ts";
import { Discard } from "../state.ts";
import { obey } from "./keymap.ts";
import { type Editor, type Outcome, Session } from "./session.ts";

/** Bracketed paste. */
const PASTE_ON = "\x1b[?2004h";
const PASTE_OFF = "\x1b[?2004l\r";

/** Keys until one ends the line. */
function* runKeys(rl: Session): Task<Outcome> {
  for (;;) {
    const key = yield* rl.key();
    if (key === undefined) return "end";
    if (key === "interrupt") return "interrupt";
    const outcome = yield* press(rl, key);
    if (rl.interrupted) return "interrupt";
    if (outcome !== "go") return outcome;
    if (rl.argument === undefined || rl.thisKind !== "argument") yield* rl.show();
  }
}

/** One key: a digit of a numeric argument, or what it is bound to. */
function* press(rl: Session, key: string): Task<Outcome> {
  rl.thisKind = "";
  if (rl.lit !== undefined && rl.message === undefined) {
    rl.lit = undefined;
    if (key === "\r" || key === "\n") yield* rl.show();
  }
  const digit =
    /^\x1b([0-9-])$/.exec(key)?.[1] ?? (rl.lastKind === "argument" && /^[0-9]$/.test(key) ? key : undefined);
  if (digit !== undefined) {
    rl.argument = digit === "-" ? -1 : (rl.argument ?? 0) * 10 + Number(digit);
    rl.thisKind = "argument";
    rl.lastKind = "argument";
    return "go";
  }
  const outcome = yield* obey(rl, key, rl.argument ?? 1);
  rl.argument = undefined;
  rl.lastKind = rl.thisKind;
  if (rl.thisKind !== "complete") rl.completed = false;
  return outcome;
}

/** Reads one line with editing: its text with a newline, or undefined at the end of the input. Ctrl-C gives up the command. */
export function* editLine(editor: Editor, prompt: string): Task<string | undefined> {
  const { sh } = editor;
  const { sys } = sh;
  const modes = sys.tcgetattr(0);
  sys.tcsetattr(0, { icanon: false, echo: false, icrnl: false, ixon: false });
  const session = new Session(editor, prompt);
  const restore = () => {
    if (!isErrno(modes)) sys.tcsetattr(0, modes);
  };
  yield* session.write(PASTE_ON);
  if (editor.nextAt !== undefined && editor.nextAt < sh.state.history.length) yield* session.goTo(editor.nextAt);
  editor.nextAt = undefined;
  yield* session.fresh();
  let outcome: Outcome;
  try {
    outcome = yield* runKeys(session);
  } catch (jump) {
    restore();
    throw jump;
  }
  if (outcome === "interrupt") {
    yield* session.write(`^C${PASTE_OFF}${PASTE_ON}${PASTE_OFF}`);
    restore();
    const trap = sh.state.traps.get("SIGINT");
    if (trap !== undefined && trap !== "") yield* runTrap(sh, "SIGINT", trap);
    yield* session.write("\n");
    throw new Discard(130);
  }
  if (outcome === "accept") {
    yield* session.leave();
    yield* session.write("\n");
  }
  yield* session.write(PASTE_OFF);
  restore();
  if (outcome === "end") {
    yield* session.write("\n");
    return undefined;
  }
  return `${session.text}\n`;
}
