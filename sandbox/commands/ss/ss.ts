// ss: the sockets of the machine.

import { isErrno } from "../../kernel/errno.ts";
import type { SocketInfo, Sys } from "../../kernel/sys.ts";
import { serviceName } from "../../lib/services.ts";
import { defineCommand, type Io } from "../define.ts";
import { parseFilter, STATES } from "./filter.ts";
import { layOut } from "./layout.ts";

const OPTIONS = `
    h,help  this message
    V,version  output version information
    n,numeric  don't resolve service names
    r,resolve  resolve host names
    a,all  display all sockets
    l,listening  display listening sockets
    o,options  show timer information
    e,extended  show detailed socket information
    m,memory  show socket memory usage
    p,processes  show process using socket
    T,threads  show thread using socket
    i,info  show internal TCP information
    s,summary  show socket usage summary
    b,bpf  show bpf filter socket information
    E,events  continually display sockets as they are destroyed
    Z,context  display task SELinux security contexts
    z,contexts  display task and socket SELinux security contexts
    N,net=NSNAME  switch to the specified network namespace
    4,ipv4  display only IP version 4 sockets
    6,ipv6  display only IP version 6 sockets
    0,packet  display PACKET sockets
    t,tcp  display only TCP sockets
    M,mptcp  display only MPTCP sockets
    S,sctp  display only SCTP sockets
    u,udp  display only UDP sockets
    d,dccp  display only DCCP sockets
    w,raw  display only RAW sockets
    x,unix  display only Unix domain sockets
    ,tipc  display only TIPC sockets
    ,vsock  display only vsock sockets
    ,xdp  display only XDP sockets
    f,family=FAMILY  display sockets of type FAMILY
    K,kill  forcibly close sockets
    H,no-header  suppress header line
    Q,no-queues  suppress sending and receiving queue columns
    O,oneline  socket's data printed on a single line
    A,query~socket=QUERY  list of socket kinds
    D,diag=FILE  dump raw information about TCP sockets to FILE
    F,filter=FILE  read filter information from FILE`;

export const ss = defineCommand({
  name: "ss",
  package: "iproute2",
  summary: "Another utility to investigate sockets.",
  usage: ["[ OPTIONS ]", "[ OPTIONS ] [ FILTER ]"],
  usageStatus: 255,
  options: OPTIONS,
  *run(io, sys) {
    for (const key of ["K", "E", "D", "F", "N", "Z", "z"]) if (io.has(key)) return yield* io.notModelled(`-${key}`);
    if (io.has("s")) {
      io.print(summary(sys));
      return 0;
    }
    const kinds = readKinds(io);
    const words = [...io.operands];
    let states: readonly SocketInfo["state"][] = io.has("a")
      ? (STATES.all ?? [])
      : io.has("l")
        ? (STATES.listening ?? [])
        : (STATES.connected ?? []);
    while (words[0] === "state" || words[0] === "exclude") {
      const named = STATES[(words[1] ?? "").toLowerCase()];
      if (named === undefined) return yield* io.die(255, `wrong state name: ${words[1] ?? ""}`);
      states = words[0] === "state" ? named : (STATES.all ?? []).filter((state) => !named.includes(state));
      words.splice(0, 2);
    }
    const filter = words.length === 0 ? () => true : parseFilter(words);
    if (filter === undefined) {
      io.printError(
        `ss: bison bellows (while parsing filter): "syntax error!"\nUsage: ss [ OPTIONS ]\n       ss [ OPTIONS ] [ FILTER ]\n`,
      );
      return 255;
    }
    const shown = sortSockets(sys.sockets()).filter(
      (socket) =>
        kinds.has(socket.family) && states.includes(stateOf(socket)) && versionFits(io, socket) && filter(socket),
    );
    const withKind = kinds.size > 1;
    const withState = states.length > 1;
    const withProcess = io.has("p") || io.has("e") || io.has("o") || io.has("i") || io.has("m");
    const head = ["Netid", "State", "Recv-Q", "Send-Q", "Local Address:", "Port", "Peer Address:", "Port", "Process"];
    const cut = (fields: readonly string[]) =>
      fields.map((field, i) =>
        (i === 0 && !withKind) ||
        (i === 1 && !withState) ||
        ((i === 2 || i === 3) && io.has("Q")) ||
        (i === 8 && !withProcess)
          ? undefined
          : field,
      );
    const rows = shown.map((socket) => cut(describe(io, sys, socket)));
    const size = io.tty ? sys.windowSize(1) : undefined;
    io.print(
      layOut(io.has("H") ? rows : [cut(head), ...rows], size === undefined || isErrno(size) ? Infinity : size.columns),
    );
    return 0;
  },
});

function readKinds(io: Io): Set<SocketInfo["family"]> {
  const kinds = new Set<SocketInfo["family"]>();
  if (io.has("t")) kinds.add("tcp");
  if (io.has("u")) kinds.add("udp");
  if (io.has("x") || io.value("f") === "unix") kinds.add("unix");
  const query = io.value("A")?.split(",") ?? [];
  for (const word of query) {
    if (word === "tcp" || word === "inet" || word === "all") kinds.add("tcp");
    if (word === "udp" || word === "inet" || word === "all") kinds.add("udp");
    if (word.startsWith("unix") || word.startsWith("u_") || word === "all") kinds.add("unix");
  }
  const other = ["w", "S", "d", "0", "M", "tipc", "vsock", "xdp"].some((key) => io.has(key));
  if (kinds.size > 0 || other) return kinds;
  const inet = io.has("4") || io.has("6") || /^inet/.test(io.value("f") ?? "");
  return new Set(inet ? ["tcp", "udp"] : ["unix", "udp", "tcp"]);
}

/** A UDP socket that waits for all is UNCONN. */
function stateOf(socket: SocketInfo): SocketInfo["state"] {
  return socket.family === "udp" && socket.state === "LISTEN" ? "UNCONN" : socket.state;
}

const isSix = (address: string) => address === "" || address.includes(":");

function versionFits(io: Io, socket: SocketInfo): boolean {
  if (socket.family === "unix") return !io.has("4") && !io.has("6");
  const six = isSix(socket.local);
  return io.has("4") === io.has("6") || (io.has("6") ? six : !six);
}

/** As the kernel dumps them: unix, UDP, TCP; IPv4 before IPv6; the newest first. */
function sortSockets(sockets: readonly SocketInfo[]): SocketInfo[] {
  const kind = { unix: 0, udp: 1, tcp: 2 } as const;
  return [...sockets].sort(
    (a, b) =>
      kind[a.family] - kind[b.family] ||
      Number(isSix(a.local)) - Number(isSix(b.local)) ||
      (a.family === "unix" ? a.inode - b.inode : b.inode - a.inode),
  );
}

/** `*` is a socket of both families, `[::]` one of IPv6 alone. */
function address(text: string, listening: boolean): string {
  if (text === "" || (text === "::" && listening)) return "*";
  return text.includes(":") ? `[${text}]` : text;
}

function port(io: Io, number: number): string {
  if (number === 0) return "*";
  return io.has("n") ? String(number) : (serviceName(number) ?? String(number));
}

function describe(io: Io, sys: Sys, socket: SocketInfo): string[] {
  const listening = socket.state === "LISTEN";
  const backlog = listening ? (socket.family === "udp" ? "0" : socket.localPort === 22 ? "128" : "4096") : "0";
  const queues = ["0", backlog].map((text) => text.padEnd(6));
  const process = owners(io, sys, socket) + details(io, socket);
  if (socket.family === "unix") {
    return [
      "u_str",
      socket.state,
      ...queues,
      `${socket.local === "" ? "*" : socket.local} `,
      String(socket.inode),
      "* ",
      listening ? "0" : String(socket.inode + 1),
      process,
    ];
  }
  const any = isSix(socket.local) ? "*" : "0.0.0.0";
  const peer =
    socket.peer === "" ? (listening || socket.peerPort === 0 ? any : socket.peer) : address(socket.peer, false);
  return [
    socket.family,
    stateOf(socket),
    ...queues,
    `${address(socket.local, listening)}:`,
    port(io, socket.localPort),
    `${peer}:`,
    port(io, socket.peerPort),
    process,
  ];
}

/** The processes that hold a socket, as far as this user may see into them. */
function owners(io: Io, sys: Sys, socket: SocketInfo): string {
  if (!io.has("p")) return "";
  const me = sys.info.euid;
  const seen = socket.owners.filter((owner) => me === 0 || sys.process(owner.pid)?.uid === me);
  if (seen.length === 0) return "";
  return ` users:(${[...seen]
    .sort((a, b) => b.pid - a.pid || a.fd - b.fd)
    .map((owner) => `("${owner.comm}",pid=${owner.pid},fd=${owner.fd})`)
    .join(",")})`;
}

function details(io: Io, socket: SocketInfo): string {
  if (!io.has("e") || socket.family === "unix") return "";
  return `${socket.uid === 0 ? "" : ` uid:${socket.uid}`} ino:${socket.inode} sk:${((socket.inode * 4099) % 65536).toString(16)} <->`;
}

/** The table of -s. */
function summary(sys: Sys): string {
  const all = sys.sockets();
  const tcp = all.filter((socket) => socket.family === "tcp");
  const udp = all.filter((socket) => socket.family === "udp");
  const estab = tcp.filter((socket) => socket.state === "ESTAB").length;
  const wait = tcp.filter((socket) => socket.state === "TIME-WAIT").length;
  const row = (name: string, list: readonly SocketInfo[]) => {
    const six = list.filter((socket) => isSix(socket.local)).length;
    return `${name}\t  ${String(list.length).padEnd(9)} ${String(list.length - six).padEnd(9)} ${String(six).padEnd(9)}\n`;
  };
  return (
    `Total: ${all.length}\nTCP:   ${tcp.length} (estab ${estab}, closed 0, orphaned 0, timewait ${wait})\n\n` +
    `Transport Total     IP        IPv6\n${row("RAW", [])}${row("UDP", udp)}${row("TCP", tcp)}${row("INET", [...udp, ...tcp])}${row("FRAG", [])}\n`
  );
}
