// pidof of sysvinit-utils: the process ids of a program, the newest first.

import { parseOptions, parseOptionTable } from "../lib/getopt.ts";
import { defineCommand } from "./define.ts";

const PIDOF_HELP = `pidof usage: [options] <program-name>

 -c           Return PIDs with the same root directory
 -d <sep>     Use the provided character as output separator
 -h           Display this help text
 -n           Avoid using stat system function on network shares
 -o <pid>     Omit results with a given PID
 -q           Quiet mode. Do not display output
 -s           Only return one PID
 -x           Return PIDs of shells running scripts with a matching name
 -z           List zombie and I/O waiting processes. May cause pidof to hang.

`;

const PIDOF_OPTIONS = `
    c  same root directory
    d=sep  separator
    h  help
    n  avoid stat on network shares
    o=pid  omit a process
    q  quiet
    s  one process only
    x  shells that run scripts too
    z  zombies too`;

export const pidof = defineCommand({
  name: "pidof",
  package: "other",
  summary: "Find the process ID of a running program.",
  usage: ["[options] <program-name>"],
  // What is no option of it ends it without a word.
  hint: "",
  prepare: (args) => {
    const { error } = parseOptions(args, parseOptionTable(PIDOF_OPTIONS));
    return error === undefined ? args : "";
  },
  options: PIDOF_OPTIONS,
  *run(io, sys) {
    if (io.has("h")) {
      io.print(PIDOF_HELP);
      return 0;
    }
    const omit = new Set((io.value("o") ?? "").split(",").map((word) => (word === "%PPID" ? sys.ppid : Number(word))));
    const found: number[] = [];
    for (const name of io.operands) {
      const base = name.slice(name.lastIndexOf("/") + 1);
      for (const process of sys.processes()) {
        const first = (process.argv[0] ?? "").replace(/^-/, "");
        const own = name.includes("/")
          ? first === name || process.exe === name
          : first.slice(first.lastIndexOf("/") + 1) === base ||
            process.exe.slice(process.exe.lastIndexOf("/") + 1) === base;
        const script = io.has("x") && (process.argv[1] ?? "").endsWith(base) && process.argv.length > 1;
        if ((own || script) && process.pid !== sys.pid && !omit.has(process.pid)) found.push(process.pid);
      }
    }
    found.sort((a, b) => b - a);
    const shown = io.has("s") ? found.slice(0, 1) : found;
    if (shown.length > 0 && !io.has("q")) io.print(`${shown.join(io.value("d") ?? " ")}\n`);
    return shown.length > 0 ? 0 : 1;
  },
});
