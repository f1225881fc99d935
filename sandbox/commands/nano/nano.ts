// nano: the editor with its keys on the bottom two lines, driven by bytes and drawn with the sequences of xterm.

import { isErrno } from "../../kernel/errno.ts";
import type { Program, Task } from "../../kernel/sys.ts";
import { type Command, defineCommand } from "../define.ts";
import { obey } from "./commands.ts";
import { Nano } from "./editor.ts";
import { loadFile } from "./files.ts";
import { readKey } from "./prompt.ts";
import { measure, put } from "./screen.ts";

function* runEditor(nano: Nano, start: number): Task<number> {
  measure(nano);
  put(
    nano,
    `\x1b[?2004h\x1b[?1049h\x1b[22;0;0t\x1b[1;${nano.rows}r\x1b(B\x1b[m\x1b[4l\x1b[?7h\x1b[39;49m\x1b[?1h\x1b=\x1b[?1h\x1b=\x1b[?25l\x1b[39;49m\x1b(B\x1b[m\x1b[H\x1b[2J`,
  );
  yield* loadFile(nano);
  if (start > 0) nano.line = Math.min(start - 1, nano.lines.length - 1);
  while (!nano.done) yield* obey(nano, yield* readKey(nano));
  put(
    nano,
    `\x1b[${nano.rows - 1};1H\x1b[J\x1b[${nano.rows};1H\x1b[?12l\x1b[?25h\x1b[?1049l\x1b[23;0;0t\r\x1b[?1l\x1b>\x1b[?2004l`,
  );
  return 0;
}

const COMMAND: Command = {
  name: "nano",
  summary: "Edit text files.",
  usage: ["[options] [[+line[,column]] file]..."],
  package: "other",
  *run(io, sys) {
    const words = io.args.filter((word) => !word.startsWith("-") && !word.startsWith("+"));
    const start = Number(/^\+(\d+)/.exec(io.args.find((word) => word.startsWith("+")) ?? "")?.[1] ?? 0);
    if (io.args.some((word) => word === "--version" || word === "-V")) {
      io.print(" GNU nano, version 8.4\n");
      return 0;
    }
    if (!sys.isatty(0) || !sys.isatty(1)) {
      io.printError("Standard input is not a terminal\n");
      return 1;
    }
    const modes = sys.tcgetattr(0);
    sys.tcsetattr(0, { icanon: false, echo: false, isig: false, icrnl: false, ixon: false });
    sys.sigaction("SIGWINCH", "catch");
    const nano = new Nano(io, 0, words[0] ?? "", io.args.includes("-v") || io.args.includes("--view"));
    const status = yield* runEditor(nano, start);
    yield* io.flush();
    if (!isErrno(modes)) sys.tcsetattr(0, modes);
    return status;
  },
};

export const nano = defineCommand(COMMAND);
export const pico: Program = { ...nano, name: "pico" };
