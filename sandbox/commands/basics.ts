// The everyday commands in one piece: they arrive together, right after the prompt, so that the first of them does not wait.

import type { Program } from "../kernel/sys.ts";
import { basename, dirname } from "./basename.ts";
import { cat } from "./cat.ts";
import { chmod } from "./chmod.ts";
import { chgrp, chown } from "./chown.ts";
import { clear } from "./clear.ts";
import { cp } from "./copying/cp.ts";
import { mv } from "./copying/mv.ts";
import { cut } from "./cut.ts";
import { date } from "./date.ts";
import { echo } from "./echo.ts";
import { env, printenv } from "./env.ts";
import { find } from "./find/find.ts";
import { egrep, fgrep, grep } from "./grep/grep.ts";
import { head } from "./head.ts";
import { kill } from "./kill.ts";
import { ls } from "./ls/ls.ts";
import { mkdir, rmdir } from "./mkdir.ts";
import { printf } from "./printf.ts";
import { ps } from "./ps/ps.ts";
import { pwd } from "./pwd.ts";
import { rm } from "./rm.ts";
import { sed } from "./sed/sed.ts";
import { sleep } from "./sleep.ts";
import { sort } from "./sort.ts";
import { stat } from "./stat.ts";
import { tail } from "./tail.ts";
import { tee } from "./tee.ts";
import { touch } from "./touch.ts";
import { falseCommand, trueCommand } from "./true.ts";
import { arch, hostname, nproc, uname } from "./uname.ts";
import { uniq } from "./uniq.ts";
import { wc } from "./wc.ts";
import { which } from "./which.ts";

export const basics = {
  arch,
  basename,
  cat,
  chgrp,
  chmod,
  chown,
  clear,
  cp,
  cut,
  date,
  dirname,
  echo,
  egrep,
  env,
  false: falseCommand,
  fgrep,
  find,
  grep,
  head,
  hostname,
  kill,
  ls,
  mkdir,
  mv,
  nproc,
  printenv,
  printf,
  ps,
  pwd,
  rm,
  rmdir,
  sed,
  sleep,
  sort,
  stat,
  tail,
  tee,
  touch,
  true: trueCommand,
  uname,
  uniq,
  wc,
  which,
} satisfies Readonly<Record<string, Program>>;
