// netstat: sockets, routes and interfaces in the old layout of net-tools.

import { socketsInOrder } from "../kernel/socket-order.ts";
import type { SocketInfo, Sys } from "../kernel/sys.ts";
import { serviceName } from "../lib/services.ts";
import { defineCommand, type Io, versionLine } from "./define.ts";
import { interfaceTable } from "./ip/device.ts";
import { routeTable } from "./ip/route.ts";

export const netstat = defineCommand({
  name: "netstat",
  package: "net-tools",
  versionText: "net-tools %",
  summary: "Print network connections, routing tables and interface statistics.",
  usage: ["[-vWeenNcCF] [<Af>] -r", "[-vWnNcaeol] [<Socket> ...]"],
  usageStatus: 3,
  options: `
    r,route  display routing table
    i,interfaces  display interface table
    g,groups  display multicast group memberships
    s,statistics  display networking statistics
    v,verbose  be verbose
    W,wide  don't truncate IP addresses
    n,numeric  don't resolve names
    N,symbolic  resolve hardware names
    e,extend  display other/more information
    p,programs  display PID/Program name for sockets
    o,timers  display timers
    c,continuous  continuous listing
    l,listening  display listening server sockets
    a,all  display all sockets
    t,tcp
    u,udp
    w,raw
    x,unix
    4,inet
    6,inet6
    Z,context
    V,version`,
  *run(io, sys) {
    if (io.has("V")) {
      io.print(`${versionLine(sys, io.command)}\n`);
      return 0;
    }
    if (io.has("Z")) {
      io.printError("SELinux is not enabled on this machine.\n");
      return 1;
    }
    if (io.has("r")) {
      io.print(routeTable(sys, true));
      return 0;
    }
    if (io.has("i")) {
      io.print(`Kernel Interface table\n${interfaceTable(sys, 15)}`);
      return 0;
    }
    if (io.has("g")) {
      io.print(groupTable(sys));
      return 0;
    }
    for (const key of ["s", "c"]) if (io.has(key)) return yield* io.notModelled(`-${key}`);
    const listening = io.has("l");
    const all = io.has("a");
    const any = io.has("t") || io.has("u") || io.has("x") || io.has("w");
    const inet = io.has("t") || io.has("u") || !any;
    const what = listening ? "(only servers)" : all ? "(servers and established)" : "(w/o servers)";
    const state = (socket: SocketInfo) => all || (socket.state === "LISTEN") === listening;
    const sockets = socketsInOrder(sys).filter(state);
    if (io.has("p") && sys.info.euid !== 0) {
      const own = sockets.some((socket) => socket.owners.some(({ pid }) => sys.process(pid)?.uid === sys.info.euid));
      io.printError(
        own
          ? "(Not all processes could be identified, non-owned process info\n will not be shown, you would have to be root to see it all.)\n"
          : `(No info could be read for "-p": geteuid()=${sys.info.euid} but you should be root.)\n`,
      );
    }
    if (inet && !(io.has("x") && !io.has("t") && !io.has("u"))) {
      io.print(
        `Active Internet connections ${what}\nProto Recv-Q Send-Q Local Address           Foreign Address         State      ${io.has("e") ? " User       Inode     " : ""}${io.has("p") ? " PID/Program name    " : ""}\n`,
      );
      const wanted = (family: string) =>
        family === "tcp" ? io.has("t") || !any : family === "udp" && (io.has("u") || !any);
      const rank = (socket: SocketInfo) => (socket.family === "udp" ? 2 : 0) + (isSix(socket) ? 1 : 0);
      for (const socket of sockets.filter((one) => wanted(one.family)).sort((a, b) => rank(a) - rank(b))) {
        if (io.has("4") !== io.has("6") && isSix(socket) !== io.has("6")) continue;
        io.print(inetLine(io, sys, socket));
      }
    }
    if (io.has("x") || (!any && !listening) || (!any && listening)) {
      if (!any || io.has("x")) io.print(unixTable(io, sys, sockets, what));
    }
    return 0;
  },
});

/** The groups that every interface with IPv4 or IPv6 is in. */
function groupTable(sys: Sys): string {
  const faces = sys.interfaces().filter((face) => face.up);
  const row = (name: string, group: string) => `${name.padEnd(15)} 1      ${group}\n`;
  return `IPv6/IPv4 Group Memberships\nInterface       RefCnt Group\n--------------- ------ ---------------------\n${[
    ...faces.map((face) => row(face.name, "224.0.0.1")),
    ...faces.flatMap((face) => [row(face.name, "ip6-allnodes"), row(face.name, "ff01::1")]),
  ].join("")}`;
}

const isSix = (socket: SocketInfo) => socket.local === "" || socket.local.includes(":");

function place(io: Io, address: string, port: number): string {
  const service = port === 0 ? "*" : io.has("n") ? String(port) : (serviceName(port) ?? String(port));
  const host = address === "127.0.0.1" && !io.has("n") ? "localhost" : address;
  const room = Math.max(0, 23 - service.length - 1);
  return `${io.has("W") ? host : host.slice(0, room)}:${service}`.padEnd(23);
}

function program(io: Io, sys: Sys, socket: SocketInfo): string {
  if (!io.has("p")) return "";
  const me = sys.info.euid;
  const owner = socket.owners.find((one) => me === 0 || sys.process(one.pid)?.uid === me);
  if (owner === undefined) return "-";
  const title = sys.process(owner.pid)?.argv[0] ?? owner.comm;
  const name = title.includes(": ") ? title : title.slice(title.lastIndexOf("/") + 1);
  return `${owner.pid}/${name}`.slice(0, 19);
}

function inetLine(io: Io, sys: Sys, socket: SocketInfo): string {
  const six = isSix(socket);
  const any = six ? "::" : "0.0.0.0";
  const local = place(io, socket.local === "" ? "::" : socket.local, socket.localPort);
  const peer = place(io, socket.peer === "" ? any : socket.peer, socket.peerPort);
  const states = {
    LISTEN: "LISTEN",
    ESTAB: "ESTABLISHED",
    "TIME-WAIT": "TIME_WAIT",
    "CLOSE-WAIT": "CLOSE_WAIT",
    UNCONN: "",
  } as const;
  const state = socket.family === "udp" ? "" : states[socket.state];
  const more = io.has("e") ? ` ${String(socket.uid).padEnd(10)} ${String(socket.inode).padEnd(9)}` : "";
  return `${(socket.family + (six ? "6" : "")).padEnd(5)}      0      0 ${local} ${peer} ${state.padEnd(11)}${more}${io.has("p") ? ` ${program(io, sys, socket).padEnd(19)} ` : ""}\n`;
}

function unixTable(io: Io, sys: Sys, sockets: readonly SocketInfo[], what: string): string {
  let text = `Active UNIX domain sockets ${what}\nProto RefCnt Flags       Type       State         I-Node   ${io.has("p") ? "PID/Program name     " : ""}Path\n`;
  for (const socket of sockets.filter((one) => one.family === "unix").sort((a, b) => a.inode - b.inode)) {
    const listening = socket.state === "LISTEN";
    text += `unix  ${String(listening ? 2 : 3).padEnd(6)} ${(listening ? "[ ACC ]" : "[ ]").padEnd(11)} STREAM     ${(listening ? "LISTENING" : "CONNECTED").padEnd(13)} ${String(socket.inode).padEnd(8)} ${io.has("p") ? `${program(io, sys, socket).padEnd(20)} ` : ""}${socket.local}\n`;
  }
  return text;
}
