// clear, reset and tput: the terminal's own sequences.

import { isErrno } from "../kernel/errno.ts";
import { defineCommand } from "./define.ts";

export const clear = defineCommand({
  name: "clear",
  package: "other",
  summary: "Clear the terminal screen.",
  usage: ["[options]"],
  *run(io, sys) {
    if (sys.env.TERM === undefined) {
      io.printError("TERM environment variable not set.\n");
      return 1;
    }
    io.print(io.args.includes("-x") ? "\x1b[H\x1b[2J" : "\x1b[H\x1b[2J\x1b[3J");
    return 0;
  },
});

export const reset = defineCommand({
  name: "reset",
  package: "other",
  summary: "Initialize the terminal.",
  usage: ["[options] [terminal]"],
  *run(io, sys) {
    sys.tcsetattr(0, { icanon: true, echo: true, isig: true, icrnl: true, opost: true, ixon: true });
    io.print("\x1bc\x1b]104\x07\x1b[!p\x1b[?3;4l\x1b[4l\x1b>\r");
    return 0;
  },
});

const CAPABILITIES: Readonly<Record<string, string>> = {
  bold: "\x1b[1m",
  dim: "\x1b[2m",
  rev: "\x1b[7m",
  smso: "\x1b[7m",
  rmso: "\x1b[27m",
  smul: "\x1b[4m",
  rmul: "\x1b[24m",
  sgr0: "\x1b(B\x1b[m",
  clear: "\x1b[H\x1b[2J\x1b[3J",
  el: "\x1b[K",
  el1: "\x1b[1K",
  ed: "\x1b[J",
  home: "\x1b[H",
  civis: "\x1b[?25l",
  cnorm: "\x1b[?12l\x1b[?25h",
  smcup: "\x1b[?1049h\x1b[22;0;0t",
  rmcup: "\x1b[?1049l\x1b[23;0;0t",
  bel: "\x07",
  cuu1: "\x1b[A",
  sc: "\x1b7",
  rc: "\x1b8",
  reset: "\x1bc\x1b]104\x07\x1b[!p\x1b[?3;4l\x1b[4l\x1b>",
};

export const tput = defineCommand({
  name: "tput",
  package: "other",
  summary: "Initialize a terminal or query its capabilities.",
  usage: ["[-T term] capname [parameters]"],
  *run(io, sys) {
    const words = io.args[0] === "-T" ? io.args.slice(2) : io.args;
    const [name, first = "0", second = "0"] = words;
    if (name === undefined) {
      io.printError("usage: tput [-V] [-S] [-T term] capname\n");
      return 2;
    }
    const size = [1, 2, 0].map((fd) => sys.windowSize(fd)).find((one) => !isErrno(one));
    const known = size !== undefined && !isErrno(size) ? size : { columns: 80, rows: 24 };
    const colour = (base: number) =>
      Number(first) < 8
        ? `\x1b[${base}${first}m`
        : Number(first) < 16
          ? `\x1b[${base + 6}${Number(first) - 8}m`
          : `\x1b[${base}8;5;${first}m`;
    if (name === "cols") io.print(`${known.columns}\n`);
    else if (name === "lines") io.print(`${known.rows}\n`);
    else if (name === "colors") io.print("256\n");
    else if (name === "setaf") io.print(colour(3));
    else if (name === "setab") io.print(colour(4));
    else if (name === "cup") io.print(`\x1b[${Number(first) + 1};${Number(second) + 1}H`);
    else if (CAPABILITIES[name] !== undefined) io.print(CAPABILITIES[name]);
    else {
      io.printError(`tput: unknown terminfo capability '${name}'\n`);
      return 4;
    }
    return 0;
  },
});
