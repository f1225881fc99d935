// A shell that talks to a user: prompts, lines, job notices, the end at Ctrl-D.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { expandString } from "./expand.ts";
import { jobState, notifyJobs } from "./jobs.ts";
import { parseText } from "./parse.ts";
import { expandPrompt } from "./prompt.ts";
import { afterJump, descriptorLines, type LineSource, readAndRun } from "./reader.ts";
import { editLine } from "./readline/edit.ts";
import { createEditor } from "./readline/session.ts";
import { pollSignals } from "./signals.ts";
import { Discard, type Shell } from "./state.ts";
import { assign, findVariable, getValue } from "./vars.ts";

/** A prompt, its escapes and variables expanded. */
export function* promptText(sh: Shell, name: "PS1" | "PS2"): Task<string> {
  const text = expandPrompt(sh, getValue(sh, name) ?? "");
  if (!sh.state.shopt.has("promptvars") || !/[$`\\]/.test(text)) return text;
  const { status } = sh.state;
  try {
    return yield* expandString(sh, parseText(text));
  } catch (jump) {
    if (jump instanceof Discard) return text;
    throw jump;
  } finally {
    sh.state.status = status;
  }
}

/** What happens before a prompt: jobs are told of, PROMPT_COMMAND runs. */
function* beforePrompt(sh: Shell): Task<void> {
  yield* notifyJobs(sh);
  const size = sh.sys.windowSize(0);
  if (!isErrno(size) && sh.state.shopt.has("checkwinsize")) {
    assign(sh, "COLUMNS", String(size.columns));
    assign(sh, "LINES", String(size.rows));
  }
  const command = findVariable(sh, "PROMPT_COMMAND");
  const texts = command?.list === undefined ? [command?.value ?? ""] : [...command.list.values()];
  const { status } = sh.state;
  const { lastArg, pipeStatus } = sh;
  for (const text of texts) {
    if (text === "") continue;
    yield* sh.runner.evaluate(sh, text, { label: "PROMPT_COMMAND" });
    sh.state.status = status;
  }
  Object.assign(sh, { lastArg, pipeStatus });
}

/** Lines of the editor, or of the plain terminal where it is off. */
function lineSource(sh: Shell): LineSource {
  const plain = descriptorLines(sh, 0, function* (prompt) {
    yield* sh.sys.write(2, (yield* promptText(sh, prompt)).replaceAll(/[\x01\x02]/g, ""));
  });
  const editor = createEditor(sh);
  return {
    *next(prompt) {
      if (prompt === "PS1") yield* beforePrompt(sh);
      const editing = (sh.state.options.has("emacs") || sh.state.options.has("vi")) && sh.sys.isatty(0);
      if (!editing) return yield* plain.next(prompt);
      const line = yield* editLine(editor, yield* promptText(sh, prompt));
      if (line !== undefined) noteTyped(sh, line, prompt);
      return line;
    },
  };
}

/** Counts what was typed: whoever looks at the shell from outside sees that a command was given, and which. */
function noteTyped(sh: Shell, line: string, prompt: "PS1" | "PS2"): void {
  const text = line.trimEnd();
  if (prompt === "PS2") sh.state.lastTyped += `\n${text}`;
  else if (text !== "") {
    sh.state.typed += 1;
    sh.state.lastTyped = text;
  }
}

/** Reads and runs commands until the end of the input. */
export function* interact(sh: Shell): Task<number> {
  const source = lineSource(sh);
  const at = { line: 1 };
  let ends = 0;
  for (;;) {
    try {
      const round = yield* readAndRun(sh, source, at);
      if (round === "done") {
        ends = 0;
        yield* pollSignals(sh);
        continue;
      }
      ends += 1;
      if (!(yield* mayLeave(sh, ends))) continue;
      return sh.state.status;
    } catch (jump) {
      if (!(jump instanceof Discard)) throw jump;
      sh.state.status = jump.status;
      afterJump(sh);
    }
  }
}

/** At the end of the input: IGNOREEOF and stopped jobs keep the shell alive for a while. */
function* mayLeave(sh: Shell, ends: number): Task<boolean> {
  const { state, sys } = sh;
  const word = state.login ? "logout" : "exit";
  if (state.options.has("ignoreeof") && sys.isatty(0)) {
    const most = Number(getValue(sh, "IGNOREEOF") ?? 10) || 10;
    if (ends <= most) {
      yield* sys.write(2, `Use "${word}" to leave the shell.\n`);
      return false;
    }
  }
  yield* sys.write(2, `${word}\n`);
  if (!sh.warned && state.jobs.some((job) => jobState(job) === "stopped")) {
    sh.warned = true;
    yield* sys.write(2, "There are stopped jobs.\n");
    return false;
  }
  return true;
}
