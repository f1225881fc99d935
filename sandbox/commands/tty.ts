// tty, logname and stty: the terminal of stdin, its name, who sits there, and its modes.

import { isErrno } from "../kernel/errno.ts";
import type { Termios } from "../kernel/sys.ts";
import { quote } from "../lib/quote.ts";
import { defineCommand } from "./define.ts";

export const tty = defineCommand({
  name: "tty",
  summary: "Print the file name of the terminal connected to standard input.",
  usage: ["[OPTION]..."],
  usageStatus: 2,
  options: "s,silent~quiet  print nothing, only return an exit status",
  *run(io, sys) {
    if (io.operands[0] !== undefined) return yield* io.usageError(`extra operand ${quote(io.operands[0])}`);
    const name = sys.ttyName(0);
    if (!io.has("s")) io.print(`${isErrno(name) ? "not a tty" : name}\n`);
    return isErrno(name) ? 1 : 0;
  },
});

export const logname = defineCommand({
  name: "logname",
  summary: "Print the user's login name.",
  usage: ["[OPTION]"],
  options: "",
  *run(io, sys) {
    if (io.operands[0] !== undefined) return yield* io.usageError(`extra operand ${quote(io.operands[0])}`);
    // Who logged in is remembered with the terminal; without one nobody did.
    const user = isErrno(sys.ttyName(0)) ? undefined : sys.env.LOGNAME;
    if (user === undefined) return yield* io.die(1, "no login name");
    io.print(`${user}\n`);
    return 0;
  },
});

/** Settings that programs here look at, and what they are in a sane terminal. */
const FLAGS: Readonly<Record<string, keyof Termios>> = {
  icanon: "icanon",
  echo: "echo",
  isig: "isig",
  icrnl: "icrnl",
  opost: "opost",
  ixon: "ixon",
};

const OTHERS = new Set(
  "parenb parodd cmspar cs8 hupcl cstopb cread clocal crtscts ignbrk brkint ignpar parmrk inpck istrip inlcr igncr ixoff iuclc ixany imaxbel iutf8 olcuc ocrnl onlcr onocr onlret ofill ofdel iexten echoe echok echonl noflsh xcase tostop echoprt echoctl echoke flusho extproc".split(
    " ",
  ),
);

export const stty = defineCommand({
  name: "stty",
  summary: "Print or change terminal characteristics.",
  usage: [
    "[-F DEVICE | --file=DEVICE] [SETTING]...",
    "[-F DEVICE | --file=DEVICE] [-a|--all]",
    "[-F DEVICE | --file=DEVICE] [-g|--save]",
  ],
  *run(io, sys) {
    const words = [...io.args];
    const modes = sys.tcgetattr(0);
    if (isErrno(modes)) return yield* io.die(1, `'standard input': ${modes.text}`);
    const size = sys.windowSize(0);
    const { columns, rows } = isErrno(size) ? { columns: 80, rows: 24 } : size;
    if (words.length === 0 || words[0] === "-a" || words[0] === "--all") {
      io.print(
        words.length === 0 ? `speed 38400 baud; line = 0;\n${changed(modes)}` : everything(modes, columns, rows),
      );
      return 0;
    }
    if (words[0] === "-g" || words[0] === "--save") {
      io.print(
        `${[modes.icrnl ? "500" : "400", modes.opost ? "5" : "4", "bf", (modes.echo ? 0x8a38 : 0x8a30).toString(16), "3:1c:7f:15:4:0:1:0:11:13:1a:0:12:f:17:16:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0"].join(":")}\n`,
      );
      return 0;
    }
    for (let i = 0; i < words.length; i++) {
      const word = words[i] ?? "";
      const off = word.startsWith("-");
      const name = off ? word.slice(1) : word;
      const flag = FLAGS[name];
      if (flag !== undefined) sys.tcsetattr(0, { [flag]: !off });
      else if (name === "sane")
        sys.tcsetattr(0, { icanon: true, echo: true, isig: true, icrnl: true, opost: true, ixon: true });
      else if (name === "raw")
        sys.tcsetattr(
          0,
          off
            ? { icanon: true, isig: true, icrnl: true, opost: true }
            : { icanon: false, isig: false, icrnl: false, opost: false, ixon: false },
        );
      else if (name === "cooked") sys.tcsetattr(0, { icanon: !off, isig: !off, icrnl: !off, opost: !off });
      else if (name === "cbreak") sys.tcsetattr(0, { icanon: off });
      else if (word === "size") io.print(`${rows} ${columns}\n`);
      else if (["rows", "cols", "columns"].includes(word)) {
        i += 1;
        const number = Number(words[i]);
        if (words[i] === undefined) return yield* io.usageError(`missing argument to ${quote(word)}`);
        if (!Number.isInteger(number))
          return yield* io.usageError(`invalid integer argument: ${quote(words[i] ?? "")}`);
        const now = sys.windowSize(0);
        const known = isErrno(now) ? { columns, rows } : now;
        sys.setWindowSize(0, word === "rows" ? { ...known, rows: number } : { ...known, columns: number });
      } else if (
        [
          "intr",
          "quit",
          "erase",
          "kill",
          "eof",
          "eol",
          "start",
          "stop",
          "susp",
          "werase",
          "lnext",
          "min",
          "time",
          "speed",
          "ispeed",
          "ospeed",
        ].includes(word)
      )
        i += 1;
      else if (/^[0-9a-f]+(:[0-9a-f]+){3,}$/.test(word))
        sys.tcsetattr(0, {
          icanon: true,
          isig: true,
          echo: word.split(":")[3] === "8a38",
          icrnl: word.startsWith("500"),
          opost: word.split(":")[1] === "5",
        });
      else if (!OTHERS.has(name)) return yield* io.usageError(`invalid argument ${quote(word)}`);
    }
    return 0;
  },
});

function changed(modes: Termios): string {
  const list = Object.entries(FLAGS)
    .filter(([, flag]) => !modes[flag])
    .map(([name]) => `-${name}`);
  return `-brkint -imaxbel iutf8\n${list.length > 0 ? `${list.join(" ")}\n` : ""}`;
}

function everything(modes: Termios, columns: number, rows: number): string {
  const flag = (name: keyof Termios) => (modes[name] ? name : `-${name}`);
  return [
    `speed 38400 baud; rows ${rows}; columns ${columns}; line = 0;`,
    "intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;",
    "eol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R;",
    "werase = ^W; lnext = ^V; discard = ^O; min = 1; time = 0;",
    "-parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts",
    `-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr ${flag("icrnl")} ${flag("ixon")} -ixoff`,
    "-iuclc -ixany -imaxbel iutf8",
    `${flag("opost")} -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0`,
    `${flag("isig")} ${flag("icanon")} iexten ${flag("echo")} echoe echok -echonl -noflsh -xcase -tostop -echoprt`,
    "echoctl echoke -flusho -extproc",
    "",
  ].join("\n");
}
