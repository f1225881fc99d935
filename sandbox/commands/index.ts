// The registry: every program that is not the shell or a service, by name. The first group loads with the prompt;
// the rest when first run. A new command is one file and one line here.

import type { Program } from "../kernel/sys.ts";
import { basename, dirname } from "./basename.ts";
import { cat } from "./cat.ts";
import { chmod } from "./chmod.ts";
import { chgrp, chown } from "./chown.ts";
import { cp } from "./copying/cp.ts";
import { mv } from "./copying/mv.ts";
import { cut } from "./cut.ts";
import { date } from "./date.ts";
import { echo } from "./echo.ts";
import { env, printenv } from "./env.ts";
import { find } from "./find/find.ts";
import { egrep, fgrep, grep } from "./grep/grep.ts";
import { head } from "./head.ts";
import { groups, id, whoami } from "./id.ts";
import { ls } from "./ls/ls.ts";
import { mkdir, rmdir } from "./mkdir.ts";
import { printf } from "./printf.ts";
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

export const commands: Readonly<Record<string, Program | (() => Promise<Program>)>> = {
  // --- with the prompt ---
  arch,
  basename,
  cat,
  chgrp,
  chmod,
  chown,
  cp,
  cut,
  date,
  dirname,
  echo,
  env,
  false: falseCommand,
  egrep,
  fgrep,
  find,
  grep,
  groups,
  head,
  hostname,
  id,
  ls,
  mkdir,
  mv,
  nproc,
  printenv,
  printf,
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
  whoami,

  // --- when first run: files and text of coreutils ---
  dir: async () => (await import("./ls/ls.ts")).dir,
  link: async () => (await import("./ln.ts")).link,
  ln: async () => (await import("./ln.ts")).ln,
  mktemp: async () => (await import("./mktemp.ts")).mktemp,
  readlink: async () => (await import("./readlink.ts")).readlink,
  realpath: async () => (await import("./readlink.ts")).realpath,
  seq: async () => (await import("./seq.ts")).seq,
  sync: async () => (await import("./sync.ts")).sync,
  truncate: async () => (await import("./truncate.ts")).truncate,
  unlink: async () => (await import("./ln.ts")).unlink,
  yes: async () => (await import("./yes.ts")).yes,

  // --- when first run: text ---
  awk: async () => (await import("./awk/awk.ts")).awk,
  less: async () => (await import("./less/less.ts")).less,
  mawk: async () => (await import("./awk/awk.ts")).mawk,
  pager: async () => (await import("./less/less.ts")).pager,

  // --- when first run: the packet filter ---
  ip6tables: async () => (await import("./iptables/iptables.ts")).ip6tables,
  iptables: async () => (await import("./iptables/iptables.ts")).iptables,
  "iptables-restore": async () => (await import("./iptables/iptables.ts")).iptablesRestore,
  "iptables-save": async () => (await import("./iptables/iptables.ts")).iptablesSave,
  ufw: async () => (await import("./ufw.ts")).ufw,

  // --- when first run: the kernel's ---
  modprobe: async () => (await import("./modprobe.ts")).modprobe,

  // --- when first run: the network and certificates ---
  curl: async () => (await import("./curl/curl.ts")).curl,
  openssl: async () => (await import("./openssl/openssl.ts")).openssl,
  wget: async () => (await import("./wget.ts")).wget,

  // --- when first run: systemd's ---
  dmesg: async () => (await import("./dmesg.ts")).dmesg,
  halt: async () => (await import("./shutdown.ts")).halt,
  hostnamectl: async () => (await import("./hostnamectl.ts")).hostnamectl,
  journalctl: async () => (await import("./journalctl/journalctl.ts")).journalctl,
  localectl: async () => (await import("./hostnamectl.ts")).localectl,
  logger: async () => (await import("./systemd-cat.ts")).logger,
  loginctl: async () => (await import("./hostnamectl.ts")).loginctl,
  poweroff: async () => (await import("./shutdown.ts")).poweroff,
  reboot: async () => (await import("./shutdown.ts")).reboot,
  service: async () => (await import("./service.ts")).service,
  shutdown: async () => (await import("./shutdown.ts")).shutdown,
  systemctl: async () => (await import("./systemctl/systemctl.ts")).systemctl,
  "systemd-analyze": async () => (await import("./systemd-analyze/systemd-analyze.ts")).systemdAnalyze,
  "systemd-cat": async () => (await import("./systemd-cat.ts")).systemdCat,
  "systemd-cgls": async () => (await import("./systemd-cgls.ts")).systemdCgls,
  "systemd-detect-virt": async () => (await import("./hostnamectl.ts")).systemdDetectVirt,
  "systemd-escape": async () => (await import("./systemd-escape.ts")).systemdEscape,
  timedatectl: async () => (await import("./hostnamectl.ts")).timedatectl,
};
