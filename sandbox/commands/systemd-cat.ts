// systemd-cat and logger: lines for the journal from the command line and from scripts.

import { isErrno } from "../kernel/errno.ts";
import type { Program, Sys, Task } from "../kernel/sys.ts";
import { FACILITIES, LEVELS, syslogStamp } from "../lib/syslog.ts";
import { findUser } from "../lib/users.ts";
import { defineCommand, Lines } from "./define.ts";

const OLD: Readonly<Record<string, string>> = { panic: "emerg", error: "err", warn: "warning" };

const level = (word: string): number => (/^[0-7]$/.test(word) ? Number(word) : LEVELS.indexOf(OLD[word] ?? word));

export const systemdCat: Program = {
  name: "systemd-cat",
  *main(sys, argv) {
    let identifier = "";
    let priority = 6;
    let i = 1;
    const last = argv.at(-1) as string;
    if (argv.length === 2 && /^-[tp]$/.test(last)) {
      yield* sys.write(2, `systemd-cat: option requires an argument -- '${last[1]}'\n`);
      return 1;
    }
    for (; i < argv.length && argv[i]?.startsWith("-"); i++) {
      const word = argv[i] as string;
      const value = word.includes("=")
        ? word.slice(word.indexOf("=") + 1)
        : word.length > 2 && !word.startsWith("--")
          ? word.slice(2)
          : argv[i + 1];
      const own = word === "--" ? "--" : word.startsWith("--") ? word.replace(/=.*/, "") : word.slice(0, 2);
      if (own === "--") {
        i += 1;
        break;
      }
      if (own === "-t" || own === "--identifier") identifier = value ?? "";
      else if (own === "-p" || own === "--priority") {
        priority = level(value ?? "");
        if (priority < 0) {
          yield* sys.write(2, "Failed to parse priority value.\n");
          return 1;
        }
      } else {
        yield* sys.write(2, `systemd-cat: ${word} is not modelled in this sandbox\n`);
        return 1;
      }
      if (value === argv[i + 1] && !word.includes("=") && word.length === own.length) i += 1;
    }
    const fd = yield* sys.connect({ family: "unix", path: "/run/systemd/journal/stdout" });
    if (isErrno(fd)) {
      yield* sys.write(2, `Failed to create stream fd: ${fd.text}\n`);
      return 1;
    }
    yield* sys.write(fd, `${identifier}\n\n${priority}\n1\n0\n0\n0\n`);
    const command = argv.slice(i);
    if (command.length === 0) return yield* copy(sys, fd);
    const terminal = sys.dup(2, 9);
    sys.dup(fd, 1);
    sys.dup(fd, 2);
    const name = command[0] as string;
    const path = name.includes("/") ? name : `/usr/bin/${name}`;
    const failed = yield* sys.exec(path, command);
    if (!isErrno(terminal)) yield* sys.write(terminal, `Failed to execute process: ${failed.text}\n`);
    return 1;
  },
};

function* copy(sys: Sys, fd: number): Task<number> {
  for (;;) {
    const bytes = yield* sys.read(0);
    if (isErrno(bytes) || bytes.length === 0) return 0;
    if (isErrno(yield* sys.write(fd, bytes))) return 1;
  }
}

export const logger = defineCommand({
  name: "logger",
  summary: "Enter messages into the system log.",
  usage: ["[options] [<message>]"],
  package: "util-linux",
  options: `
i  log the logger command's PID
,id[=<id>]  log the given <id>, or otherwise the PID
f,file=<file>  log the contents of this file
p,priority=<prio>  mark given message with this priority
s,stderr  output message to standard error as well
t,tag=<tag>  mark every line with this tag
,no-act  do everything but write
e,skip-empty  do not log empty lines when processing files
`,
  *run(io, sys) {
    const [facilityName = "user", levelName] = (io.value("p") ?? "user.notice").split(".");
    const wanted = level(levelName ?? facilityName);
    const facility = levelName === undefined ? 1 : FACILITIES.indexOf(facilityName);
    if (wanted < 0 || facility < 0)
      return yield* io.die(
        1,
        `unknown ${facility < 0 ? "facility" : "priority"} name: ${facility < 0 ? facilityName : (levelName ?? facilityName)}`,
      );
    const tag = io.value("t") ?? findUser(sys, sys.info.uid)?.name ?? "root";
    const pid = io.has("i") || io.has("id") ? `[${io.value("id") ?? sys.pid}]` : "";
    const fd = yield* sys.connect({ family: "unix", path: "/dev/log" });
    if (isErrno(fd)) return yield* io.die(1, `socket /dev/log: ${fd.text}`);
    const send = function* (text: string): Task<void> {
      const line = `<${facility * 8 + wanted}>${syslogStamp(sys.now())} ${tag}${pid}: ${text}\n`;
      if (!io.has("no-act")) yield* sys.write(fd, line);
      if (io.has("s")) io.printError(line);
    };
    if (io.operands.length > 0) {
      yield* send(io.operands.join(" "));
      return 0;
    }
    const file = io.value("f") ?? "-";
    const input = io.open(file);
    if (isErrno(input)) return yield* io.die(1, `file ${file}: ${input.text}`);
    const lines = new Lines(io, input);
    for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) {
      const text = line.replace(/\n$/, "");
      if (text !== "" || !io.has("e")) yield* send(text);
    }
    return 0;
  },
});
