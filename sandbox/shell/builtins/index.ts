// The builtins by name.

import { alias, unalias } from "./alias.ts";
import { cd, dirs, popd, pushd, pwd } from "./cd.ts";
import { builtin, command, enable, hash, type } from "./command.ts";
import { compgen, complete, compopt } from "./complete.ts";
import { declare, exportBuiltin, local, readonly, typeset, unset } from "./declare.ts";
import type { Builtin } from "./define.ts";
import { colon, echo, falseBuiltin, trueBuiltin } from "./echo.ts";
import { dot, evalBuiltin, exec, source } from "./eval.ts";
import { help } from "./help.ts";
import { fc, history } from "./history.ts";
import { bg, disown, fg, jobs, kill, suspend, wait } from "./jobs.ts";
import { breakBuiltin, continueBuiltin, exitBuiltin, logout, returnBuiltin, shift } from "./loops.ts";
import { bind, caller, getopts, letBuiltin, times, ulimit, umask } from "./misc.ts";
import { printf } from "./printf.ts";
import { mapfile, read } from "./read.ts";
import { set, shopt } from "./set.ts";
import { bracket, test } from "./test.ts";
import { trap } from "./trap.ts";

export const builtins: Readonly<Record<string, Builtin>> = {
  ".": dot, ":": colon, "[": bracket, alias, bg, bind, break: breakBuiltin, builtin, caller, cd, command, compgen, complete, compopt, continue: continueBuiltin, declare, dirs, disown, echo,
  enable, eval: evalBuiltin, exec, exit: exitBuiltin, export: exportBuiltin, false: falseBuiltin, fc, fg, getopts, hash, help, history, jobs, kill, let: letBuiltin, local, logout, mapfile,
  popd, printf, pushd, pwd, read, readarray: mapfile, readonly, return: returnBuiltin, set, shift, shopt, source, suspend, test, times, trap, true: trueBuiltin, type, typeset, ulimit, umask,
  unalias, unset, wait,
};
