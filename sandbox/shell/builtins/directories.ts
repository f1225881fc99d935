// pushd, popd, dirs.

import type { Task } from "../../kernel/sys.ts";
import { shortFolder } from "../prompt.ts";
import { complain, type Shell } from "../state.ts";
import { goTo } from "./cd.ts";
import { type Builtin, parseFlags, print, usage } from "./define.ts";

function* showStack(sh: Shell): Task<number> {
  const stack = [sh.state.cwd, ...sh.state.dirs].map((path) => shortFolder(sh, path));
  return yield* print(sh, `${stack.join(" ")}\n`);
}

/** `+N` or `-N` as an index into the stack; undefined where the text is neither. */
function stackIndex(sh: Shell, text: string): number | undefined {
  const match = /^([+-])(\d+)$/.exec(text);
  if (match === null) return undefined;
  const count = Number(match[2]);
  return match[1] === "+" ? count : sh.state.dirs.length - count;
}

export const pushd: Builtin = {
  usage: "pushd [-n] [+N | -N | dir]",
  summary: "Add directories to stack.",
  *run(sh, args) {
    const { state } = sh;
    const stay = args[0] === "-n";
    const rest = stay ? args.slice(1) : args[0] === "--" ? args.slice(1) : args;
    const arg = rest[0];
    if (arg === undefined) {
      const top = state.dirs[0];
      if (top === undefined) {
        yield* complain(sh, "no other directory");
        return 1;
      }
      const here = state.cwd;
      if (!stay && (yield* goTo(sh, top, false)) !== 0) return 1;
      state.dirs[0] = here;
      return yield* showStack(sh);
    }
    const index = stackIndex(sh, arg);
    if (index !== undefined) {
      const all = [state.cwd, ...state.dirs];
      if (index < 0 || index >= all.length) {
        yield* complain(
          sh,
          state.dirs.length === 0 ? "directory stack empty" : `${arg}: directory stack index out of range`,
        );
        return 1;
      }
      const turned = [...all.slice(index), ...all.slice(0, index)];
      if (!stay && (yield* goTo(sh, turned[0] as string, false)) !== 0) return 1;
      state.dirs = turned.slice(1);
      return yield* showStack(sh);
    }
    if (/^-./.test(arg)) {
      yield* complain(sh, `${arg}: invalid number`);
      return yield* usage(sh, pushd);
    }
    const here = state.cwd;
    if (stay) state.dirs.unshift(arg);
    else {
      if ((yield* goTo(sh, arg, false)) !== 0) return 1;
      state.dirs.unshift(here);
    }
    return yield* showStack(sh);
  },
};

export const popd: Builtin = {
  usage: "popd [-n] [+N | -N]",
  summary: "Remove directories from stack.",
  *run(sh, args) {
    const { state } = sh;
    const stay = args[0] === "-n";
    const arg = stay ? args[1] : args[0];
    const index = arg === undefined ? 0 : stackIndex(sh, arg);
    if (index === undefined) {
      yield* complain(sh, `${arg}: invalid argument`);
      return yield* usage(sh, popd);
    }
    if (state.dirs.length === 0) {
      yield* complain(sh, "directory stack empty");
      return 1;
    }
    if (index < 0 || index > state.dirs.length) {
      yield* complain(sh, `${arg}: directory stack index out of range`);
      return 1;
    }
    if (index === 0 && !stay) {
      if ((yield* goTo(sh, state.dirs[0] as string, false)) !== 0) return 1;
      state.dirs.shift();
    } else state.dirs.splice(Math.max(index, 1) - 1, 1);
    return yield* showStack(sh);
  },
};

export const dirs: Builtin = {
  usage: "dirs [-clpv] [+N] [-N]",
  summary: "Display directory stack.",
  *run(sh, args) {
    const options = args.filter((arg) => !/^[+-]\d+$/.test(arg));
    const flags = parseFlags(options, "clpv");
    if (flags.bad !== undefined) {
      yield* complain(sh, `${flags.bad}: invalid option`);
      return yield* usage(sh, dirs);
    }
    if (flags.flags.includes("c")) {
      sh.state.dirs = [];
      return 0;
    }
    const stack = [sh.state.cwd, ...sh.state.dirs].map((path) =>
      flags.flags.includes("l") ? path : shortFolder(sh, path),
    );
    const pick = args.find((arg) => /^[+-]\d+$/.test(arg));
    if (pick !== undefined) {
      const found = stack[stackIndex(sh, pick) ?? -1];
      if (found === undefined) {
        const why =
          sh.state.dirs.length === 0 ? "directory stack empty" : `${pick}: directory stack index out of range`;
        yield* complain(sh, why);
        return 1;
      }
      return yield* print(sh, `${found}\n`);
    }
    if (flags.flags.includes("v"))
      return yield* print(sh, stack.map((path, i) => `${String(i).padStart(2)}  ${path}\n`).join(""));
    return yield* print(
      sh,
      flags.flags.includes("p") ? stack.map((path) => `${path}\n`).join("") : `${stack.join(" ")}\n`,
    );
  },
};
