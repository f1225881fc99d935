// fuser: the processes that use a file, or a port.

import { isErrno } from "../kernel/errno.ts";
import type { ProcessInfo, Sys, Task } from "../kernel/sys.ts";
import { servicePort } from "../lib/services.ts";
import { Names } from "../lib/users.ts";
import { defineCommand, type Io } from "./define.ts";

/** Who has a port open, as far as this user may look. */
function portUsers(sys: Sys, family: "tcp" | "udp", port: number): ProcessInfo[] {
  const owners = sys.sockets().filter((each) => each.family === family && each.localPort === port);
  return owners.flatMap(({ owners }) => owners.flatMap(({ pid }) => sys.process(pid) ?? []));
}

/** Who has a file open, runs it, or stands in it. */
function fileUsers(sys: Sys, path: string): ProcessInfo[] {
  const real = sys.realpath(path);
  return sys.processes().filter((process) => {
    const fds = sys.readdir(`/proc/${process.pid}/fd`);
    const open = (isErrno(fds) ? [] : fds).map((entry) => sys.readlink(`/proc/${process.pid}/fd/${entry.name}`));
    return process.cwd === real || process.exe === real || open.includes(real);
  });
}

function* tell(io: Io, names: Names, word: string, list: readonly ProcessInfo[]): Task {
  const title = `${word}:`.padEnd(20);
  if (io.has("v")) {
    io.printError("                     USER        PID ACCESS COMMAND\n");
    list.forEach((process, i) => {
      io.printError(`${i === 0 ? title : " ".repeat(20)} ${(names.user(process.uid) ?? "?").padEnd(8)} `);
      io.printError(`${String(process.pid).padStart(6)} F.... ${process.comm}\n`);
    });
    return;
  }
  io.printError(title);
  for (const process of list) io.print(` ${String(process.pid).padStart(5)}`);
  yield* io.flush();
  io.printError("\n");
}

export const fuser = defineCommand({
  name: "fuser",
  package: "psmisc",
  summary: "Identify processes using files or sockets.",
  usage: ["[-fIMuvw] [-a|-s] [-4|-6] [-c|-m|-n SPACE] [-k [-i] [-SIGNAL]] NAME..."],
  options: `
    a,all  display unused files too
    k,kill  kill processes accessing the named file
    n,namespace=SPACE  search in this name space (file, udp, or tcp)
    s,silent  silent operation
    u,user  display user IDs
    v,verbose  verbose output
    m,mount  show all processes using the named filesystems or block device
    4,ipv4  search IPv4 sockets only
    6,ipv6  search IPv6 sockets only`,
  *run(io, sys) {
    if (io.operands.length === 0) return yield* io.die(1, "No process specification given");
    const me = sys.info.euid;
    const names = new Names(sys);
    let any = false;
    for (const word of io.operands) {
      const found = /^(\w+)\/(tcp|udp)$/.exec(word);
      const port = found === null ? (io.has("n") ? servicePort(word) : undefined) : servicePort(found[1] ?? "");
      const family = found?.[2] ?? io.value("n");
      const isPort = port !== undefined && (family === "tcp" || family === "udp");
      if (!isPort && isErrno(sys.stat(word))) {
        io.printError(`Specified filename ${word} does not exist.\n`);
        continue;
      }
      const users = new Map<number, ProcessInfo>();
      for (const process of isPort ? portUsers(sys, family, port) : fileUsers(sys, word))
        if (me === 0 || process.uid === me) users.set(process.pid, process);
      if (users.size === 0) continue;
      any = true;
      const list = [...users.values()].sort((a, b) => a.pid - b.pid);
      if (io.has("k")) for (const process of list) sys.kill(process.pid, "SIGKILL");
      if (!io.has("s")) yield* tell(io, names, word, list);
    }
    return any ? 0 : 1;
  },
});
