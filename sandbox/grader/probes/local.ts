// Probes that look at files, processes and sockets of one machine.

import { isErrno } from "../../kernel/errno.ts";
import { socketsInOrder } from "../../kernel/socket-order.ts";
import type { Sys } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import type { FileProbe, Observation, PortProbe, ProcessProbe } from "../check.ts";

/** Name of an id in /etc/passwd or /etc/group; the number where there is none. */
function nameOf(sys: Sys, file: string, id: number): string {
  const text = sys.readFile(file);
  if (isErrno(text)) return String(id);
  const row = decode(text)
    .split("\n")
    .map((line) => line.split(":"))
    .find((fields) => Number(fields[2]) === id && fields[2] !== "");
  return row?.[0] ?? String(id);
}

export function probeFile(sys: Sys, { path }: FileProbe): Observation {
  const stat = sys.stat(path);
  if (isErrno(stat)) return { exists: false };
  const content = stat.type === "file" ? sys.readFile(path) : undefined;
  return {
    exists: true,
    mode: stat.mode.toString(8),
    owner: nameOf(sys, "/etc/passwd", stat.uid),
    group: nameOf(sys, "/etc/group", stat.gid),
    ...(content === undefined || isErrno(content) ? {} : { content: decode(content) }),
  };
}

export function probeProcess(sys: Sys, { name }: ProcessProbe): Observation {
  const found = sys.processes().find((process) => process.comm === name && process.state !== "Z");
  return found === undefined ? { running: false } : { running: true, args: found.argv.join(" "), pid: found.pid };
}

export function probePort(sys: Sys, { port }: PortProbe): Observation {
  const found = socketsInOrder(sys).find(
    (socket) => socket.family === "tcp" && socket.state === "LISTEN" && socket.localPort === port,
  );
  if (found === undefined) return { open: false };
  return { open: true, address: found.local, owner: found.owners[0]?.comm ?? "" };
}
