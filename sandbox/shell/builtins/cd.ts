// cd, pwd, pushd, popd, dirs.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { shortFolder } from "../prompt.ts";
import { complain, type Shell } from "../state.ts";
import { assign, getValue } from "../vars.ts";
import { badFlags, type Builtin, parseFlags, print, usage } from "./define.ts";

/** A path from the shell's own idea of the folder, with `.` and `..` taken out by text. */
function logicalPath(from: string, to: string): string {
  const parts: string[] = [];
  for (const part of (to.startsWith("/") ? to : `${from}/${to}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** Goes to a folder; a complaint names `shown`. */
function* goTo(sh: Shell, path: string, physical: boolean, shown = path): Task<number> {
  const { sys, state } = sh;
  const logical = logicalPath(state.cwd, path);
  let failed = sys.chdir(physical ? path : logical);
  if (failed !== undefined && !physical && sys.chdir(path) === undefined) failed = undefined;
  if (failed !== undefined) {
    yield* complain(sh, `${shown}: ${failed.text}`);
    return 1;
  }
  assign(sh, "OLDPWD", state.cwd);
  state.cwd = physical ? sys.getcwd() : logical;
  assign(sh, "PWD", state.cwd);
  return 0;
}

export const cd: Builtin = {
  usage: "cd [-L|[-P [-e]] [-@]] [dir]",
  summary: "Change the shell working directory.",
  *run(sh, args) {
    const flags = parseFlags(args, "LPe@");
    if (flags.bad !== undefined) return yield* badFlags(sh, cd, flags);
    if (flags.rest.length > 1) {
      yield* complain(sh, "too many arguments");
      return 1;
    }
    const physical = flags.flags.lastIndexOf("P") > flags.flags.lastIndexOf("L") || (sh.state.options.has("physical") && !flags.flags.includes("L"));
    let target = flags.rest[0];
    let tell = false;
    if (target === undefined) {
      target = getValue(sh, "HOME");
      if (target === undefined) {
        yield* complain(sh, "HOME not set");
        return 1;
      }
    } else if (target === "-") {
      target = getValue(sh, "OLDPWD");
      if (target === undefined) {
        yield* complain(sh, "OLDPWD not set");
        return 1;
      }
      tell = true;
    }
    if (target === "") return 0;
    const search = getValue(sh, "CDPATH");
    if (search !== undefined && !/^\.{0,2}\//.test(target) && target !== "." && target !== "..") {
      for (const folder of search.split(":")) {
        const path = folder === "" ? target : `${folder}/${target}`;
        const stat = sh.sys.stat(path);
        if (isErrno(stat) || stat.type !== "directory") continue;
        const status = yield* goTo(sh, path, physical, target);
        if (status === 0 && folder !== "" && folder !== ".") yield* print(sh, `${sh.state.cwd}\n`);
        return status;
      }
    }
    const status = yield* goTo(sh, target, physical);
    if (status === 0 && tell) return yield* print(sh, `${sh.state.cwd}\n`);
    if (status !== 0 && sh.state.shopt.has("cdable_vars")) {
      const value = getValue(sh, target);
      if (value !== undefined) return yield* goTo(sh, value, physical);
    }
    return status;
  },
};

export const pwd: Builtin = {
  usage: "pwd [-LP]",
  summary: "Print the name of the current working directory.",
  *run(sh, args) {
    const flags = parseFlags(args, "LP");
    if (flags.bad !== undefined) return yield* badFlags(sh, pwd, flags);
    const physical = flags.flags.endsWith("P") || (flags.flags === "" && sh.state.options.has("physical"));
    return yield* print(sh, `${physical ? sh.sys.getcwd() : sh.state.cwd}\n`);
  },
};

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
        yield* complain(sh, state.dirs.length === 0 ? "directory stack empty" : `${arg}: directory stack index out of range`);
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
    const stack = [sh.state.cwd, ...sh.state.dirs].map((path) => (flags.flags.includes("l") ? path : shortFolder(sh, path)));
    const pick = args.find((arg) => /^[+-]\d+$/.test(arg));
    if (pick !== undefined) {
      const found = stack[stackIndex(sh, pick) ?? -1];
      if (found === undefined) {
        yield* complain(sh, `${pick}: directory stack index out of range`);
        return 1;
      }
      return yield* print(sh, `${found}\n`);
    }
    if (flags.flags.includes("v")) return yield* print(sh, stack.map((path, i) => `${String(i).padStart(2)}  ${path}\n`).join(""));
    return yield* print(sh, flags.flags.includes("p") ? stack.map((path) => `${path}\n`).join("") : `${stack.join(" ")}\n`);
  },
};
