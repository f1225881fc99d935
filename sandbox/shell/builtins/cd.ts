// cd, pwd.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { complain, type Shell } from "../state.ts";
import { assign, getValue } from "../vars.ts";
import { type Builtin, badFlags, parseFlags, print } from "./define.ts";

/** A path from the shell's own idea of the folder, with `.` and `..` taken out by text; what `..` leaves must exist. */
function logicalPath(sys: Sys, from: string, to: string): string | undefined {
  const parts: string[] = [];
  for (const part of (to.startsWith("/") ? to : `${from}/${to}`).split("/")) {
    if (part === "..") {
      const stat = sys.stat(`/${parts.join("/")}`);
      if (isErrno(stat) || stat.type !== "directory") return undefined;
      parts.pop();
    } else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** Goes to a folder; a complaint names `shown`. */
export function* goTo(sh: Shell, path: string, physical: boolean, shown = path): Task<number> {
  const { sys, state } = sh;
  const logical = logicalPath(sys, state.cwd, path);
  let failed = sys.chdir(physical ? path : (logical ?? path));
  if (failed !== undefined && !physical && sys.chdir(path) === undefined) failed = undefined;
  if (failed !== undefined) {
    yield* complain(sh, `${shown}: ${failed.text}`);
    return 1;
  }
  assign(sh, "OLDPWD", state.cwd);
  state.cwd = physical || logical === undefined ? sys.getcwd() : logical;
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
    const physical =
      flags.flags.lastIndexOf("P") > flags.flags.lastIndexOf("L") ||
      (sh.state.options.has("physical") && !flags.flags.includes("L"));
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
    if (target === "") target = sh.state.cwd;
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
