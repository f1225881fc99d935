// What the shell does not need for its first prompt: the lesser builtins and completion. Loaded when first used.

import { builtin, command, enable, hash, type } from "./builtins/command.ts";
import { compgen, complete, compopt } from "./builtins/complete.ts";
import { dirs, popd, pushd } from "./builtins/directories.ts";
import { help } from "./builtins/help.ts";
import { fc, history } from "./builtins/history.ts";
import { bg, disown, fg, jobs, kill, suspend, wait } from "./builtins/jobs.ts";
import { bind, caller, getopts, letBuiltin, times, ulimit, umask } from "./builtins/misc.ts";
import { printf } from "./builtins/printf.ts";
import { mapfile, read } from "./builtins/read.ts";
import { trap } from "./builtins/trap.ts";
import { findCompletions } from "./complete/complete.ts";
import { expandHistory } from "./history-expand.ts";
import { runCoproc, runSelect, runTimed } from "./later.ts";
import { MORE_PROGRAM, type MoreProgram } from "./load.ts";
import { optionText } from "./options.ts";
import { listMatches } from "./readline/list.ts";

export const bashMore: MoreProgram = {
  name: MORE_PROGRAM,
  more: {
    builtins: {
      bg,
      bind,
      builtin,
      caller,
      command,
      compgen,
      complete,
      compopt,
      dirs,
      disown,
      enable,
      fc,
      fg,
      getopts,
      hash,
      help,
      history,
      jobs,
      kill,
      let: letBuiltin,
      mapfile,
      popd,
      printf,
      pushd,
      read,
      readarray: mapfile,
      suspend,
      times,
      trap,
      type,
      ulimit,
      umask,
      wait,
    },
    expandHistory,
    findCompletions,
    listMatches,
    runCoproc,
    runSelect,
    runTimed,
    optionText,
  },
};
