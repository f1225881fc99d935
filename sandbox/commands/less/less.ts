// less: shows text a screen at a time on a terminal; elsewhere it copies its input like cat.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { type Command as CommandRecord, defineCommand, type Io } from "../define.ts";
import { toolProfile } from "../profile.ts";
import { obey } from "./commands.ts";
import type { LessDocument } from "./document.ts";
import { openDocument } from "./files.ts";
import { HELP } from "./help.ts";
import { defaultOptions, type LessOptions, setOptions } from "./options.ts";
import { Less } from "./pager.ts";
import { showPrompt } from "./prompt.ts";

/** Shows the text until a key ends it. */
function* runPager(less: Less): Task<number> {
  const { sys } = less.io;
  less.measure();
  for (const signal of ["SIGINT", "SIGWINCH", "SIGTSTP"] as const) sys.sigaction(signal, "catch");
  less.rawMode();
  const fits = less.options.quitIfOneScreen && (yield* fitsOneScreen(less));
  less.start(fits && !less.options.noInit);
  yield* firstScreen(less);
  if (fits) less.status = 0;
  while (less.status === undefined) {
    if (less.options.quitAtEnd > 0 && less.view.atEnd && (less.options.quitAtEnd === 2 || less.endHits > 0)) break;
    if (!less.keyboard.hasGiven) showPrompt(less);
    const event = yield* less.keyboard.next();
    yield* obey(less, event);
  }
  less.screen.clearBottom();
  less.stop();
  yield* less.io.flush();
  return less.status ?? 0;
}

function* fitsOneScreen(less: Less): Task<boolean> {
  const view = less.view;
  let place = yield* view.at(0);
  for (let rows = 0; rows < less.screen.rows; rows++) {
    if (place === undefined) return true;
    // A line that does not fit keeps less on the screen.
    if (view.rowsOf(place.line)[place.row]?.chopped === true) return false;
    place = yield* view.after(place);
  }
  return false;
}

function* firstScreen(less: Less): Task<void> {
  const { start, search } = less.options;
  if (start === "" && search === "") yield* less.view.forward(less.view.height, yield* less.view.at(0), false);
  else less.keyboard.unread(start + (search === "" ? "" : `/${search}\r`));
  if (less.view.table.length === 0 && start + search === "") less.view.forwardPrompt = false;
}

/** Without a terminal on stdout less is cat. */
function* copyAll(io: Io, files: readonly string[]): Task<number> {
  let status = 0;
  for (const name of files) {
    const doc = openDocument(io, name);
    if (typeof doc === "string") {
      io.printError(`${doc}\n`);
      status = 1;
      continue;
    }
    for (;;) {
      const bytes = yield* io.read(doc.fd);
      if (isErrno(bytes) || bytes.length === 0) break;
      io.print(bytes);
      yield* io.flush();
      if (io.writeError !== undefined) return 1;
      if (io.sys.due()) yield* io.sys.rest();
    }
    io.close(doc.fd);
  }
  return status;
}

function* readArguments(io: Io, options: LessOptions): Task<readonly string[]> {
  for (const word of (io.sys.env.LESS ?? "").split(/\s+/))
    setOptions(options, word.replace(/^-/, "").replace(/\$$/, ""));
  const files: string[] = [];
  for (let i = 0; i < io.args.length; i++) {
    const word = io.args[i] ?? "";
    if (word === "--") {
      files.push(...io.args.slice(i + 1));
      break;
    }
    if (word === "--help" || word === "-?") {
      io.print(`${HELP}\n`);
      yield* io.flush();
      return yield* io.sys.exit(0);
    }
    if (word === "--version" || word === "-V") {
      io.print(`less ${toolProfile(io.sys).versions.less} (GNU regular expressions)\n`);
      yield* io.flush();
      return yield* io.sys.exit(0);
    }
    if (word.startsWith("+"))
      options.start =
        word === "+F" || /^\+[0-9]*[gG]?$/.test(word)
          ? word.slice(1).replace(/^(\d+)$/, "$1g")
          : word.startsWith("+/")
            ? `${word.slice(1)}\r`
            : word.slice(1);
    else if (word.startsWith("-") && word !== "-") {
      const problem = setOptions(options, word.slice(1));
      if (problem !== undefined) {
        io.printError(`${problem}\n`);
        yield* io.flush();
        return yield* io.sys.exit(1);
      }
    } else files.push(word);
  }
  return files;
}

const COMMAND: CommandRecord = {
  name: "less",
  summary: "Show text a screen at a time.",
  usage: ["[options] [file ...]"],
  package: "less",
  *run(io, sys) {
    const options = defaultOptions();
    const files = yield* readArguments(io, options);
    if (files.length === 0 && sys.isatty(0)) {
      io.printError('Missing filename ("less --help" for help)\n');
      return 1;
    }
    const names = files.length > 0 ? files : ["-"];
    if (!sys.isatty(1)) return yield* copyAll(io, names);
    let doc: LessDocument | undefined;
    let index = 0;
    for (; index < names.length && doc === undefined; index++) {
      const opened = openDocument(io, names[index] ?? "-");
      if (typeof opened === "string") io.printError(`${opened}\n`);
      else doc = opened;
    }
    if (doc === undefined) return 1;
    yield* io.flush();
    const tty = sys.open("/dev/tty", { read: true, write: true });
    const less = new Less(io, options, names, doc, isErrno(tty) ? 2 : tty);
    return yield* runPager(less);
  },
};

export const less = defineCommand(COMMAND);
export const pager = { ...less, name: "pager" };
