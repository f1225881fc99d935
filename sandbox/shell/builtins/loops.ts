// break, continue, return, exit, logout, shift.

import type { Task } from "../../kernel/sys.ts";
import { jobState } from "../jobs.ts";
import { complain, Discard, Exit, LoopJump, Return, type Shell } from "../state.ts";
import { type Builtin, wholeNumber } from "./define.ts";

function* jump(sh: Shell, kind: "break" | "continue", args: readonly string[]): Task<number> {
  const text = args[0] === "--" ? args[1] : args[0];
  let count = 1;
  if (sh.loops === 0) {
    yield* complain(sh, "only meaningful in a `for', `while', or `until' loop");
    return 0;
  }
  if (text !== undefined) {
    const number = yield* wholeNumber(sh, text);
    if (number === undefined) throw new Discard(128, true);
    if (number <= 0) {
      yield* complain(sh, `${text}: loop count out of range`);
      sh.state.status = 1;
      throw new LoopJump("break", sh.loops);
    }
    count = number;
  }
  sh.state.status = 0;
  throw new LoopJump(kind, count);
}

export const breakBuiltin: Builtin = {
  usage: "break [n]",
  summary: "Exit for, while, or until loops.",
  run: (sh, args) => jump(sh, "break", args),
};

export const continueBuiltin: Builtin = {
  usage: "continue [n]",
  summary: "Resume for, while, or until loops.",
  run: (sh, args) => jump(sh, "continue", args),
};

export const returnBuiltin: Builtin = {
  usage: "return [n]",
  summary: "Return from a shell function.",
  *run(sh, args) {
    if (sh.frames.length === 0) {
      yield* complain(sh, "can only `return' from a function or sourced script");
      return 2;
    }
    const text = args[0] === "--" ? args[1] : args[0];
    if (text === undefined) throw new Return(sh.state.status);
    const status = yield* wholeNumber(sh, text);
    throw new Return(status === undefined ? 2 : status & 255);
  },
};

function* leave(sh: Shell, args: readonly string[]): Task<number> {
  const { state } = sh;
  const text = args[0] === "--" ? args[1] : args[0];
  if (state.interactive && sh.depth === 0) {
    yield* sh.sys.write(2, state.login ? "logout\n" : "exit\n");
    const stopped = state.jobs.some((job) => jobState(job) === "stopped");
    if (stopped && !sh.warned) {
      sh.warned = true;
      yield* sh.sys.write(2, "There are stopped jobs.\n");
      return 1;
    }
  }
  if (text === undefined) throw new Exit(state.status);
  const status = yield* wholeNumber(sh, text);
  if (status === undefined) throw new Exit(2);
  if (args.length > 1) {
    yield* complain(sh, "too many arguments");
    throw new Discard(1);
  }
  throw new Exit(status & 255);
}

export const exitBuiltin: Builtin = { usage: "exit [n]", summary: "Exit the shell.", run: leave };

export const logout: Builtin = {
  usage: "logout [n]",
  summary: "Exit a login shell.",
  *run(sh, args) {
    if (sh.state.login) return yield* leave(sh, args);
    yield* complain(sh, "not login shell: use `exit'");
    return 1;
  },
};

export const shift: Builtin = {
  usage: "shift [n]",
  summary: "Shift positional parameters.",
  *run(sh, args) {
    const text = args[0] === "--" ? args[1] : args[0];
    const count = text === undefined ? 1 : yield* wholeNumber(sh, text);
    if (count === undefined) return 1;
    if (count < 0) {
      yield* complain(sh, `${text}: shift count out of range`);
      return 1;
    }
    if (count > sh.state.params.length) {
      if (sh.state.shopt.has("shift_verbose")) yield* complain(sh, `${count}: shift count out of range`);
      return 1;
    }
    sh.state.params = sh.state.params.slice(count);
    return 0;
  },
};
