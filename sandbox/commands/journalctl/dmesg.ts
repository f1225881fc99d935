// dmesg: the kernel's own messages.

import { formatTimestamp } from "../../systemd/time.ts";
import { defineCommand } from "../define.ts";

const LEVELS = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"];

export const dmesg = defineCommand({
  name: "dmesg",
  summary: "Display or control the kernel ring buffer.",
  usage: ["[options]"],
  package: "util-linux",
  options: `
T,ctime  show human-readable timestamp
t,notime  don't show any timestamp with messages
x,decode  decode facility and level to readable string
l,level=<list>  restrict output to defined levels
k,kernel  display kernel messages
H,human  human readable output
P,nopager  do not pipe output into a pager
L,color[=<when>]  colorize messages
r,raw  print the raw message buffer
`,
  *run(io, sys) {
    const wanted = io.value("l")?.split(",");
    const bad = wanted?.find((word) => !LEVELS.includes(word));
    if (bad !== undefined) return yield* io.die(1, `unknown level '${bad}'`);
    for (const { time, priority, text } of sys.dmesg()) {
      const name = LEVELS[priority & 7] as string;
      if (wanted !== undefined && !wanted.includes(name)) continue;
      const since = (time - sys.bootTime()) / 1000;
      const human = formatTimestamp(time).replace(
        /^(\w+) (\d+)-(\d+)-(\d+) (\S+) UTC$/,
        (_, day: string, year: string, month: string, date: string, clock: string) => {
          const names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
          return `${day} ${names[Number(month) - 1]} ${date.replace(/^0/, " ")} ${clock} ${year}`;
        },
      );
      const stamp = io.has("t") ? "" : io.has("T") ? `[${human}] ` : `[${since.toFixed(6).padStart(12)}] `;
      const level = io.has("x") ? `kern  :${name.padEnd(6)}: ` : io.has("r") ? `<${priority & 7}>` : "";
      io.print(`${level}${stamp}${text}\n`);
    }
    return 0;
  },
});
