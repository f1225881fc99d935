// vi: the editor of every machine, driven by bytes and drawn with the sequences of xterm.

import { isErrno } from "../../kernel/errno.ts";
import type { Program, Task } from "../../kernel/sys.ts";
import { type Command, defineCommand, type Io } from "../define.ts";
import { Editor, type Settings } from "./editor.ts";
import { loadFile } from "./ex/files.ts";
import { lineStart } from "./motions.ts";
import { Screen } from "./screen.ts";

interface Start {
  readonly files: readonly string[];
  readonly commands: readonly string[];
  readonly readonly: boolean;
}

function* readArguments(io: Io): Task<Start> {
  const files: string[] = [];
  const commands: string[] = [];
  let readonly = io.name === "view";
  for (let i = 0; i < io.args.length; i++) {
    const word = io.args[i] ?? "";
    if (word === "--") {
      files.push(...io.args.slice(i + 1));
      break;
    }
    if (word === "+") commands.push("$");
    else if (word.startsWith("+")) commands.push(word.slice(1));
    else if (word === "-c" || word === "--cmd") commands.push(io.args[++i] ?? "");
    else if (word === "-R" || word === "-M") readonly = true;
    else if (word === "--version") {
      io.print("VIM - Vi IMproved 9.1\n");
      yield* io.flush();
      return yield* io.sys.exit(0);
    } else if (/^-[neEbNuyO-Z]+$/.test(word) || word === "-i") {
      if (word === "-u" || word === "-i") i++;
    } else if (word.startsWith("-") && word !== "-") {
      io.printError(`VIM - Vi IMproved 9.1\nUnknown option argument: "${word}"\nMore info with: "vim -h"\n`);
      yield* io.flush();
      return yield* io.sys.exit(1);
    } else files.push(word);
  }
  return { files, commands, readonly };
}

/** vi runs as vim-tiny does, compatible and without the name of the mode; vim shows it. */
export function defaultSettings(name: string, readonly: boolean): Settings {
  return {
    number: false,
    relative: false,
    list: false,
    wrap: true,
    tabstop: 8,
    shiftwidth: 8,
    expandtab: false,
    autoindent: false,
    paste: false,
    ignorecase: false,
    smartcase: false,
    wrapscan: true,
    readonly,
    showmode: name !== "vi",
    yaml: false,
  };
}

/** Settings from ~/.vimrc and ~/.exrc: the lines of `set` in them. */
function* readStartFiles(editor: Editor): Task<void> {
  const home = editor.io.sys.env.HOME ?? "/root";
  for (const name of [".vimrc", ".exrc"]) {
    const bytes = editor.io.sys.readFile(`${home}/${name}`);
    if (isErrno(bytes)) continue;
    for (const line of new TextDecoder().decode(bytes).split("\n"))
      if (/^\s*:?set?\s/.test(line)) yield* editor.ex(line.trim());
  }
  editor.message("");
}

const COMMAND: Command = {
  name: "vi",
  summary: "Edit text files.",
  usage: ["[arguments] [file ..]"],
  package: "other",
  *run(io, sys) {
    const start = yield* readArguments(io);
    if (!sys.isatty(1)) {
      io.printError("Vim: Warning: Output is not to a terminal\n");
      return yield* io.die(1, "editing without a terminal is not modelled in this sandbox");
    }
    if (!sys.isatty(0)) io.printError("Vim: Warning: Input is not from a terminal\n");
    yield* io.flush();
    const tty = sys.isatty(0) ? 0 : sys.open("/dev/tty", { read: true });
    const fd = isErrno(tty) ? 0 : tty;
    const modes = sys.tcgetattr(fd);
    sys.tcsetattr(fd, { icanon: false, echo: false, isig: false, icrnl: false, ixon: false });
    sys.sigaction("SIGWINCH", "catch");
    const screen = new Screen((text) => io.print(text));
    const size = sys.windowSize(fd);
    if (!isErrno(size) && size.rows > 0) {
      screen.rows = size.rows;
      screen.columns = size.columns;
    }
    const editor = new Editor(io, screen, defaultSettings(io.name, start.readonly), fd);
    editor.filetypes = io.name !== "vi";
    screen.start();
    yield* readStartFiles(editor);
    const [file] = start.files;
    if (file !== undefined) yield* loadFile(editor, file);
    for (const command of start.commands) {
      if (/^\d+$/.test(command))
        editor.moveTo(lineStart(editor.buffer, Math.min(Number(command), editor.buffer.lines.length) - 1));
      else yield* editor.ex(command);
    }
    const status = yield* editor.run();
    screen.stop(editor.leftMessage);
    if (!isErrno(modes)) sys.tcsetattr(fd, modes);
    return status;
  },
};

export const vi = defineCommand(COMMAND);

function alias(name: string): Program {
  return { ...vi, name };
}

export const vim = alias("vim");
export const view = alias("view");
