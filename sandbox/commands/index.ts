// The registry: every program that is not the shell or a service, by name. The first group loads with the prompt;
// the rest when first run. A new command is one file and one line here.

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
import { groups, id, whoami } from "./id.ts";
import { kill } from "./kill.ts";
import { ls } from "./ls/ls.ts";
import { mkdir, rmdir } from "./mkdir.ts";
import { pgrep, pkill } from "./pgrep.ts";
import { printf } from "./printf.ts";
import { ps } from "./ps/ps.ts";
import { pwd } from "./pwd.ts";
import { rm } from "./rm.ts";
import { sed } from "./sed/sed.ts";
import { sleep } from "./sleep.ts";
import { sort } from "./sort.ts";
import { ss } from "./ss/ss.ts";
import { stat } from "./stat.ts";
import { tail } from "./tail.ts";
import { tee } from "./tee.ts";
import { touch } from "./touch.ts";
import { falseCommand, trueCommand } from "./true.ts";
import { arch, hostname, nproc, uname } from "./uname.ts";
import { uniq } from "./uniq.ts";
import { wc } from "./wc.ts";
import { which } from "./which.ts";

export const commands: Readonly<Record<string, Program | (() => Promise<Program>)>> = {
  // --- with the prompt ---
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
  groups,
  head,
  hostname,
  id,
  kill,
  ls,
  mkdir,
  mv,
  nproc,
  pgrep,
  pkill,
  printenv,
  printf,
  ps,
  pwd,
  rm,
  rmdir,
  sed,
  sleep,
  sort,
  ss,
  stat,
  tail,
  tee,
  touch,
  true: trueCommand,
  uname,
  uniq,
  wc,
  which,
  whoami,

  // --- when first run: files and text of coreutils ---
  "[": async () => (await import("./test.ts")).bracket,
  dd: async () => (await import("./dd.ts")).dd,
  df: async () => (await import("./df.ts")).df,
  dir: async () => (await import("./ls/ls.ts")).dir,
  du: async () => (await import("./df.ts")).du,
  expr: async () => (await import("./expr.ts")).expr,
  factor: async () => (await import("./numfmt.ts")).factor,
  install: async () => (await import("./copying/install.ts")).install,
  link: async () => (await import("./ln.ts")).link,
  ln: async () => (await import("./ln.ts")).ln,
  mktemp: async () => (await import("./mktemp.ts")).mktemp,
  nice: async () => (await import("./timeout.ts")).nice,
  nohup: async () => (await import("./timeout.ts")).nohup,
  numfmt: async () => (await import("./numfmt.ts")).numfmt,
  readlink: async () => (await import("./readlink.ts")).readlink,
  realpath: async () => (await import("./readlink.ts")).realpath,
  seq: async () => (await import("./seq.ts")).seq,
  stty: async () => (await import("./tty.ts")).stty,
  sync: async () => (await import("./sync.ts")).sync,
  test: async () => (await import("./test.ts")).test,
  timeout: async () => (await import("./timeout.ts")).timeout,
  truncate: async () => (await import("./truncate.ts")).truncate,
  tty: async () => (await import("./tty.ts")).tty,
  unlink: async () => (await import("./ln.ts")).unlink,
  users: async () => (await import("./uptime.ts")).users,
  vdir: async () => (await import("./ls/ls.ts")).vdir,
  who: async () => (await import("./uptime.ts")).who,
  yes: async () => (await import("./yes.ts")).yes,

  // --- when first run: processes, devices, people ---
  file: async () => (await import("./file.ts")).file,
  findmnt: async () => (await import("./df.ts")).findmnt,
  free: async () => (await import("./uptime.ts")).free,
  fuser: async () => (await import("./lsof.ts")).fuser,
  groupadd: async () => (await import("./accounts/accounts.ts")).groupadd,
  killall: async () => (await import("./pgrep.ts")).killall,
  last: async () => (await import("./uptime.ts")).last,
  lsblk: async () => (await import("./df.ts")).lsblk,
  lsof: async () => (await import("./lsof.ts")).lsof,
  man: async () => (await import("./man.ts")).man,
  mount: async () => (await import("./df.ts")).mount,
  passwd: async () => (await import("./accounts/accounts.ts")).passwd,
  pidof: async () => (await import("./pgrep.ts")).pidof,
  pstree: async () => (await import("./pstree.ts")).pstree,
  renice: async () => (await import("./timeout.ts")).renice,
  reset: async () => (await import("./clear.ts")).reset,
  su: async () => (await import("./sudo/su.ts")).su,
  sudo: async () => (await import("./sudo/sudo.ts")).sudo,
  time: async () => (await import("./timeout.ts")).time,
  top: async () => (await import("./top.ts")).top,
  tput: async () => (await import("./clear.ts")).tput,
  umount: async () => (await import("./df.ts")).umount,
  uptime: async () => (await import("./uptime.ts")).uptime,
  useradd: async () => (await import("./accounts/accounts.ts")).useradd,
  userdel: async () => (await import("./accounts/accounts.ts")).userdel,
  usermod: async () => (await import("./accounts/accounts.ts")).usermod,
  vmstat: async () => (await import("./uptime.ts")).vmstat,
  w: async () => (await import("./uptime.ts")).w,
  watch: async () => (await import("./watch.ts")).watch,

  // --- when first run: sockets and addresses ---
  arp: async () => (await import("./route.ts")).arp,
  dig: async () => (await import("./network/getent.ts")).dig,
  getent: async () => (await import("./network/getent.ts")).getent,
  ifconfig: async () => (await import("./ip/ip.ts")).ifconfig,
  ip: async () => (await import("./ip/ip.ts")).ip,
  nc: async () => (await import("./network/ping.ts")).nc,
  netstat: async () => (await import("./netstat.ts")).netstat,
  nslookup: async () => (await import("./network/getent.ts")).nslookup,
  ping: async () => (await import("./network/ping.ts")).ping,
  route: async () => (await import("./route.ts")).route,

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
