// What each key does.

import type { Task } from "../../kernel/sys.ts";
import { LessDocument } from "./document.ts";
import { otherFile } from "./files.ts";
import { HELP } from "./help.ts";
import { commandOf, type KeyEvent } from "./keys.ts";
import { follow, goToLine, mark, move } from "./moving.ts";
import { toggleOption } from "./options.ts";
import type { Less } from "./pager.ts";
import { position } from "./prompt.ts";
import { askFilter, askSearch, searchAgain } from "./search.ts";
import { editDocument, runShell } from "./shell.ts";

export function* obey(less: Less, event: KeyEvent): Task<void> {
  if ("signal" in event) return yield* takeSignal(less, event.signal);
  let { key } = event;
  let count = "";
  let echo = false;
  if (/[0-9]/.test(key)) {
    less.screen.clearBottom();
    less.screen.put(":");
    while (/[0-9]/.test(key)) {
      count += key;
      less.echo(key);
      const more = yield* less.keyboard.next();
      if ("signal" in more) return;
      key = more.key;
    }
    echo = true;
  }
  const number = count === "" ? undefined : Number(count);
  let keys = key;
  let command = commandOf(keys);
  if (command === undefined || ":Z".includes(key)) {
    less.screen.put("\r\x1b[K ");
    less.echo(key);
    while (command === undefined || (":Z".includes(keys) && keys.length === 1)) {
      const more = yield* less.keyboard.next();
      if ("signal" in more) return;
      keys += more.key;
      less.echo(more.key);
      command = commandOf(keys);
    }
    echo = true;
  }
  if (command !== "none") {
    if (command !== "left" && command !== "right") less.screen.clearBottom();
    return yield* move(less, command, number);
  }
  yield* otherCommand(less, keys, number, echo);
}

function* otherCommand(less: Less, keys: string, number: number | undefined, echoed: boolean): Task<void> {
  const view = less.view;
  switch (keys) {
    case "q":
    case "Q":
    case ":q":
    case ":Q":
    case "ZZ":
      less.status = 0;
      return;
    case "/":
    case "?":
      return yield* askSearch(less, keys === "?", number ?? 1);
    case "n":
    case "N":
      return yield* searchAgain(less, keys === "N", number ?? 1);
    case "&":
      return yield* askFilter(less);
    case "r":
    case "R":
    case "\x0c":
    case "\x12":
      less.screen.clearBottom();
      return yield* view.redraw();
    case "F":
      return yield* follow(less);
    case "=":
    case "\x07":
    case ":f":
      less.screen.clearBottom();
      return yield* less.error(position(less));
    case "h":
    case "H":
      return yield* showHelp(less);
    case "-":
      return yield* askOption(less);
    case "p":
    case "%": {
      yield* view.doc.need(Infinity);
      return yield* goToLine(less, Math.floor((view.doc.lines.length * (number ?? 0)) / 100) + 1);
    }
    case "m":
    case "'":
      return yield* mark(less, keys === "m");
    case ":n":
    case ":p":
      return yield* otherFile(less, keys === ":n" ? 1 : -1);
    case "\x1bu":
      view.hilite = !view.hilite;
      return yield* view.rehilite(view.hilite);
    case "v":
      return yield* editDocument(less);
    case "!":
      return yield* runShell(less);
    default:
      if (echoed) less.screen.clearBottom();
      less.bell();
      view.forwardPrompt = false;
  }
}

function* takeSignal(less: Less, signal: "SIGINT" | "SIGWINCH" | "SIGTSTP" | "end"): Task<void> {
  switch (signal) {
    case "SIGINT":
      less.bell();
      if (less.options.quitOnInterrupt) less.status = 2;
      return;
    case "SIGWINCH":
      less.measure();
      less.view.relayout();
      return yield* less.view.repaint(less.view.top);
    case "SIGTSTP": {
      const { sys } = less.io;
      less.screen.clearBottom();
      less.stop();
      yield* less.io.flush();
      sys.kill(sys.pid, "SIGSTOP");
      yield* sys.rest();
      less.rawMode();
      less.start();
      return yield* less.view.repaint();
    }
    case "end":
      less.status = 0;
  }
}

function* askOption(less: Less): Task<void> {
  less.screen.put("\r\x1b[K-");
  const event = yield* less.keyboard.next();
  if ("signal" in event || event.key === "\x1b") return;
  const sentence = toggleOption(less.options, event.key);
  less.screen.resets = less.options.raw === "R";
  less.view.relayout();
  yield* less.error(sentence ?? `There is no -${event.key} option ("less --help" for help)`);
  if (sentence !== undefined) yield* less.view.repaint();
}

function* showHelp(less: Less): Task<void> {
  const kept = less.view;
  less.screen.clearBottom();
  const doc = new LessDocument(less.io, "HELP", -1);
  doc.lines.push(...HELP.split("\n"));
  doc.lines.forEach((line) => void doc.offsets.push((doc.offsets[doc.offsets.length - 1] ?? 0) + line.length + 1));
  doc.ended = true;
  less.view = less.makeView(doc);
  yield* less.view.repaint();
  while (less.status === undefined) {
    less.screen.put(
      `\x1b[7mHELP -- ${less.view.atEnd ? "END -- Press g to see it again" : "Press RETURN for more"}, or q when done\x1b[27m\x1b[K`,
    );
    yield* obey(less, yield* less.keyboard.next());
    if (!less.view.forwardPrompt) less.screen.clearBottom();
  }
  less.status = undefined;
  less.view = kept;
  yield* kept.repaint();
}
