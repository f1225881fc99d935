// help: the builtins' usage lines and one-sentence summaries.

import type { Task } from "../../kernel/sys.ts";
import { bashMore } from "../more.ts";
import { compilePattern, matchesPattern } from "../pattern.ts";
import { complain, type Shell } from "../state.ts";
import { BASH_VERSION } from "../vars.ts";
import { type Builtin, badFlags, parseFlags, print } from "./define.ts";
import { builtins } from "./index.ts";

const KEYWORDS: Readonly<Record<string, readonly [usage: string, summary: string]>> = {
  "(( ... ))": ["(( expression ))", "Evaluate arithmetic expression."],
  "[[ ... ]]": ["[[ expression ]]", "Execute conditional command."],
  case: ["case WORD in [PATTERN [| PATTERN]...) COMMANDS ;;]... esac", "Execute commands based on pattern matching."],
  coproc: ["coproc [NAME] command [redirections]", "Create a coprocess named NAME."],
  for: ["for NAME [in WORDS ... ] ; do COMMANDS; done", "Execute commands for each member in a list."],
  "for ((": ["for (( exp1; exp2; exp3 )); do COMMANDS; done", "Arithmetic for loop."],
  function: ["function name { COMMANDS ; } or name () { COMMANDS ; }", "Define shell function."],
  if: [
    "if COMMANDS; then COMMANDS; [ elif COMMANDS; then COMMANDS; ]... [ else COMMANDS; ] fi",
    "Execute commands based on conditional.",
  ],
  select: ["select NAME [in WORDS ... ;] do COMMANDS; done", "Select words from a list and execute commands."],
  time: ["time [-p] pipeline", "Report time consumed by pipeline's execution."],
  until: ["until COMMANDS; do COMMANDS-2; done", "Execute commands as long as a test does not succeed."],
  variables: ["variables - Names and meanings of some shell variables", "Common shell variable names and usage."],
  while: ["while COMMANDS; do COMMANDS-2; done", "Execute commands as long as a test succeeds."],
  "{ ... }": ["{ COMMANDS ; }", "Group commands as a unit."],
};

function topics(): [name: string, usage: string, summary: string][] {
  const list: [string, string, string][] = Object.entries({ ...builtins, ...bashMore.more.builtins }).map(
    ([name, item]) => [name, item.usage, item.summary],
  );
  for (const [name, [usage, summary]] of Object.entries(KEYWORDS)) list.push([name, usage, summary]);
  return list.sort((a, b) => (a[0] < b[0] ? -1 : 1));
}

function* overview(sh: Shell): Task<number> {
  const intro = `GNU bash, version ${BASH_VERSION} (x86_64-pc-linux-gnu)\nThese shell commands are defined internally.  Type \`help' to see this list.\nType \`help name' to find out more about the function \`name'.\nUse \`info bash' to find out more about the shell in general.\nUse \`man -k' or \`info' to find out more about commands not in this list.\n\nA star (*) next to a name means that the command is disabled.\n\n`;
  const lines = topics().map(([, usage]) => ` ${usage}`);
  const half = Math.ceil(lines.length / 2);
  let out = "";
  for (let i = 0; i < half; i++)
    out += `${`${cut(lines[i] ?? "", 36).padEnd(37)}${cut(lines[i + half] ?? "", 40)}`.trimEnd()}\n`;
  return yield* print(sh, intro + out);
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}>` : text;
}

export const help: Builtin = {
  usage: "help [-dms] [pattern ...]",
  summary: "Display information about builtin commands.",
  *run(sh, args) {
    const flags = parseFlags(args, "dms");
    if (flags.bad !== undefined) return yield* badFlags(sh, help, flags);
    if (flags.rest.length === 0) return yield* overview(sh);
    let status = 0;
    let text = "";
    for (const pattern of flags.rest) {
      const compiled = compilePattern(pattern);
      const all = topics();
      const exact = all.filter(([name]) => name === pattern);
      const found =
        exact.length > 0 ? exact : all.filter(([name]) => matchesPattern(compiled, name) || name.startsWith(pattern));
      for (const [name, usage, summary] of found) {
        if (flags.flags.includes("d")) text += `${name} - ${summary}\n`;
        else if (flags.flags.includes("s")) text += `${name}: ${usage}\n`;
        else text += `${name}: ${usage}\n    ${summary}\n`;
      }
      if (found.length > 0) continue;
      yield* complain(
        sh,
        `no help topics match \`${pattern}'.  Try \`help help' or \`man -k ${pattern}' or \`info ${pattern}'.`,
      );
      status = 1;
    }
    return (yield* print(sh, text)) || status;
  },
};
