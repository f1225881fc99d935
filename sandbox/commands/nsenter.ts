// nsenter: runs a program in the namespaces of another process, such as one in a pod.

import { isErrno } from "../kernel/errno.ts";
import type { Namespace } from "../kernel/sys.ts";
import { searchPath } from "../lib/path-search.ts";
import { defineCommand } from "./define.ts";

/** Options that name a namespace, with the file below /proc/PID/ns that stands for it. Those without a kind are one for all. */
const NAMESPACES: readonly (readonly [key: string, file: string, kind?: Namespace])[] = [
  ["U", "user"],
  ["i", "ipc"],
  ["u", "uts", "uts"],
  ["n", "net", "net"],
  ["p", "pid"],
  ["C", "cgroup"],
  ["T", "time"],
  ["m", "mnt", "mnt"],
];

export const nsenter = defineCommand({
  name: "nsenter",
  package: "util-linux",
  summary: "Run a program with namespaces of other processes.",
  usage: ["[options] [<program> [<argument>...]]"],
  posix: true,
  options: `
    a,all  enter all namespaces
    t,target=pid  target process to get namespaces from
    m,mount[=file]  enter mount namespace
    u,uts[=file]  enter UTS namespace (hostname etc)
    i,ipc[=file]  enter System V IPC namespace
    n,net[=file]  enter network namespace
    p,pid[=file]  enter pid namespace
    C,cgroup[=file]  enter cgroup namespace
    U,user[=file]  enter user namespace
    T,time[=file]  enter time namespace
    r,root[=dir]  set the root directory
    w,wd[=dir]  set the working directory
    e,env  inherit environment variables from target process
    F,no-fork  do not fork before exec'ing <program>`,
  *run(io, sys) {
    const word = io.value("t");
    const pid = Number(word);
    if (word !== undefined && !/^\d+$/.test(word)) return yield* io.die(1, `failed to parse pid: '${word}'`);
    const entered = NAMESPACES.filter(([key]) => io.has(key) || io.has("a"));
    const file = entered.find(([key]) => io.value(key) !== undefined);
    if (file !== undefined) return yield* io.die(1, `--${file[1]}=FILE is not modelled in this sandbox`);
    if (word === undefined && (entered.length > 0 || io.has("r") || io.has("w")))
      return yield* io.die(1, "no target PID specified");
    if (entered.length === 0 && !io.has("r") && !io.has("w")) return yield* io.die(1, "no namespace specified");
    const target = sys.process(pid);
    if (target === undefined)
      return yield* io.die(1, `cannot open /proc/${pid}/ns/${entered[0]?.[1] ?? "root"}: No such file or directory`);
    if (sys.info.euid !== 0) return yield* io.die(1, "reassociate to namespaces failed: Operation not permitted");
    for (const [, , kind] of entered) if (kind !== undefined) sys.setns(pid, kind);
    if (io.has("r")) sys.chroot(io.value("r") ?? target.root);
    if (io.has("w")) sys.chdir(io.value("w") ?? target.cwd);
    const shell = sys.env.SHELL || "/bin/sh";
    const command = io.operands.length > 0 ? io.operands : [`-${shell.slice(shell.lastIndexOf("/") + 1)}`];
    const name = io.operands[0] ?? shell;
    const path = searchPath(sys, name);
    yield* io.flush();
    const failed = path === undefined ? undefined : yield* sys.exec(path, command);
    const why = isErrno(failed) ? failed.text : "No such file or directory";
    return yield* io.die(127, `failed to execute ${name}: ${why}`);
  },
});
