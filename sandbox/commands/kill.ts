// kill: the program (bash has its own): sends signals to processes.

import { findSignal, SIGNALS, type SignalName } from "../kernel/signal.ts";
import { defineCommand, versionLine } from "./define.ts";

const NAMES = Object.keys(SIGNALS) as SignalName[];

/** Signal by name or number; a status above 128 counts as its signal. */
export function readSignal(word: string): SignalName | 0 | undefined {
  if (word === "0" || word === "EXIT") return 0;
  return findSignal(word);
}

/** Names of all signals, in lines of a terminal's width. */
export function wrapNames(): string {
  const lines: string[] = [];
  for (const name of NAMES.map((one) => (one === "SIGIO" ? "POLL" : one.slice(3)))) {
    const last = lines.at(-1);
    if (last === undefined || last.length + name.length + 1 > 79) lines.push(name);
    else lines[lines.length - 1] = `${last} ${name}`;
  }
  return `${lines.join("\n")}\n`;
}

/** Numbers and names, seven a line. */
function signalTable(): string {
  const cells = NAMES.slice(0, 31).map(
    (name, i) => `${String(i + 1).padStart(2)} ${name === "SIGIO" ? "POLL" : name.slice(3)}`,
  );
  const lines: string[] = [];
  for (let at = 0; at < cells.length; at += 7)
    lines.push(
      cells
        .slice(at, at + 7)
        .map((cell, i, row) => (i === row.length - 1 ? cell : cell.padEnd(11)))
        .join(""),
    );
  return `${lines.join("\n")}\n`;
}

export const kill = defineCommand({
  name: "kill",
  package: "procps",
  summary: "Send a signal to processes.",
  usage: ["[options] <pid> [...]"],
  *run(io, sys) {
    const name = sys.argv[0] ?? "kill";
    const args = [...io.args];
    let signal: SignalName | 0 = "SIGTERM";
    const usage =
      "\nUsage:\n kill [options] <pid> [...]\n\nOptions:\n <pid> [...]            send signal to every <pid> listed\n -<signal>, -s, --signal <signal>\n                        specify the <signal> to be sent\n -q, --queue <value>    integer value to be sent with the signal\n -l, --list=[<signal>]  list all signal names, or convert one to a name\n -L, --table            list all signal names in a nice table\n\n -h, --help     display this help and exit\n -V, --version  output version information and exit\n\nFor more details see kill(1).\n";
    const first = args[0];
    if (first === undefined) {
      io.printError(usage);
      return 1;
    }
    if (/^(-V|--version|-h|--help)$/.test(first)) {
      io.print(/^(-V|--v)/.test(first) ? `${versionLine(sys, io.command)}\n` : usage);
      return 0;
    }
    if (first === "-l" || first === "--list" || first === "-L" || first === "--table") {
      const word = args[1];
      if (word === undefined) io.print(/^-L|table/.test(first) ? signalTable() : wrapNames());
      else {
        const found = findSignal(/^\d+$/.test(word) ? String(Number(word) & 127) : word);
        if (found === undefined) return yield* io.die(1, `unknown signal name ${word}`);
        io.print(/^\d+$/.test(word) ? `${found.slice(3)}\n` : `${SIGNALS[found]}\n`);
      }
      return 0;
    }
    if (first === "-s" || first === "--signal" || first === "-n" || /^-[A-Za-z0-9]/.test(first)) {
      const named = first === "-s" || first === "--signal" || first === "-n";
      const word = named ? (args[1] ?? "") : first.slice(1);
      const found = readSignal(word);
      if (found === undefined) {
        io.printError(
          named ? `${name}: unknown signal name ${word}\n` : `${name}: invalid argument ${word[0]}\n${usage}`,
        );
        return 1;
      }
      signal = found;
      args.splice(0, named ? 2 : 1);
    }
    if (args[0] === "--") args.shift();
    if (args.length === 0) {
      io.printError(usage);
      return 1;
    }
    for (const word of args) {
      if (!/^-?\d+$/.test(word)) {
        io.printError(`${name}: failed to parse argument: '${word}'\n`);
        return 1;
      }
      const problem = sys.kill(Number(word), signal);
      if (problem === undefined) continue;
      io.printError(`${name}: (${word}): ${problem.text}\n`);
      io.status = 1;
    }
    return undefined;
  },
});
