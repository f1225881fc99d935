// ss: the sockets of the machine.

import { isErrno } from "../../kernel/errno.ts";
import { socketsInOrder } from "../../kernel/socket-order.ts";
import type { SocketInfo, Sys } from "../../kernel/sys.ts";
import { lookUpHost } from "../../lib/hosts.ts";
import { serviceName } from "../../lib/services.ts";
import { defineCommand, type Io, versionLine } from "../define.ts";
import { FilterError, parseFilter } from "./filter.ts";
import { ssHelp } from "./help.ts";
import { layOut } from "./layout.ts";
import { readStates, readTables } from "./select.ts";

const OPTIONS = `
    h,help
    V|v,version
    n,numeric
    r,resolve
    a,all
    l,listening
    B,bound-inactive
    o,options
    e,extended
    m,memory
    p,processes
    T,threads
    i,info
    ,tipcinfo
    s,summary
    ,tos
    ,cgroup
    b,bpf
    ,bpf-maps
    ,bpf-map-id=ID
    E,events
    Z,context
    z,contexts
    N,net=NSNAME
    4,ipv4
    6,ipv6
    0,packet
    t,tcp
    M,mptcp
    S,sctp
    u,udp
    d,dccp
    w,raw
    x,unix
    ,tipc
    ,vsock
    ,xdp
    f,family=FAMILY
    K,kill
    H,no-header
    Q,no-queues
    O,oneline
    ,inet-sockopt
    A,query~socket=QUERY
    D,diag=FILE
    F,filter=FILE`;

export const ss = defineCommand({
  name: "ss",
  package: "iproute2",
  summary: "Another utility to investigate sockets.",
  usage: ["[ OPTIONS ]", "[ OPTIONS ] [ FILTER ]"],
  usageStatus: 255,
  options: OPTIONS,
  get hint() {
    return ssHelp();
  },
  *run(io, sys) {
    const early = io.options.find(([key]) => key === "h" || key === "V")?.[0];
    if (early !== undefined || io.value("f") === "help") {
      io.print(
        `${early === "V" ? `ss utility, iproute2-${versionLine(sys, io.command).split(" ").at(-1)}` : ssHelp()}\n`,
      );
      return 0;
    }
    if (io.has("Z") || io.has("z")) {
      io.printError("ss: SELinux is not enabled.\n");
      return 1;
    }
    const space = io.value("N");
    if (space !== undefined) {
      io.printError(`Cannot open network namespace "${space}": No such file or directory\n`);
      return 255;
    }
    for (const key of ["K", "E", "D", "F"]) if (io.has(key)) return yield* io.notModelled(`-${key}`);
    if (io.has("s")) {
      io.print(summary(sys));
      return 0;
    }
    const tables = readTables(io);
    if (typeof tables === "string") return yield* io.usageError(tables, 255);
    const words = [...io.operands];
    const states = readStates(io, words, tables);
    if (!Array.isArray(states)) {
      io.printError(states.text);
      return states.status;
    }
    const filter =
      words.length === 0
        ? () => true
        : parseFilter(words, (name) => {
            const found = lookUpHost(sys, name);
            return found && [...found.v4, ...found.v6];
          });
    if (filter instanceof FilterError) {
      if (filter.text === undefined)
        return yield* io.usageError('bison bellows (while parsing filter): "syntax error!" Sorry.', 255);
      io.printError(filter.text);
      return 1;
    }
    const shown = socketsInOrder(sys).filter(
      (socket) =>
        tables.has(socket.family === "unix" ? "unix_stream" : socket.family) &&
        states.includes(stateOf(socket)) &&
        versionFits(io, socket) &&
        filter(socket),
    );
    const withKind = tables.size > 1;
    const withState = states.length > 1;
    const withProcess = io.has("p") || io.has("e") || io.has("o") || io.has("i") || io.has("m");
    const title = io.has("p") ? "Process" : "";
    const head = ["Netid", "State", "Recv-Q", "Send-Q", "Local Address:", "Port", "Peer Address:", "Port", title];
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

/** `*` is a socket of both families, `[::]` one of IPv6 alone. */
function address(text: string, v6only: boolean): string {
  if (text === "" || (text === "::" && !v6only)) return "*";
  return text.includes(":") ? `[${text}]` : text;
}

function port(io: Io, number: number): string {
  if (number === 0) return "*";
  return io.has("n") ? String(number) : (serviceName(number) ?? String(number));
}

function describe(io: Io, sys: Sys, socket: SocketInfo): string[] {
  const listening = socket.state === "LISTEN";
  const waits = listening && socket.family !== "udp" ? socket.backlog : socket.sent;
  const queues = [socket.received, waits].map((count) => String(count).padEnd(6));
  const process = owners(io, sys, socket) + details(io, sys, socket) + information(io, socket);
  if (socket.family === "unix") {
    return [
      "u_str",
      socket.state,
      ...queues,
      `${socket.local === "" ? "*" : socket.local} `,
      String(socket.inode),
      "* ",
      String(socket.peerInode),
      process,
    ];
  }
  const any = !isSix(socket.local) ? "0.0.0.0" : socket.v6only ? "[::]" : "*";
  const peer = socket.peer === "" ? any : address(socket.peer, true);
  return [
    socket.family,
    stateOf(socket),
    ...queues,
    `${address(socket.local, socket.v6only)}:`,
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

/** What -o and -e add: timers, user, inode, cookie, control group. */
function details(io: Io, sys: Sys, socket: SocketInfo): string {
  if (socket.family === "unix")
    return io.has("e") ? ` <-> ino:${socket.inode} sk:${cookie(sys, socket)} cgroup:${groupOf(sys, socket)}` : "";
  let text = "";
  // Go and sshd both ask for keep-alive probes.
  if (io.has("o") && socket.state === "ESTAB") text += ` timer:(keepalive,${15 + (socket.inode % 90)}sec,0)`;
  if (!io.has("e")) return text;
  text += `${socket.uid === 0 ? "" : ` uid:${socket.uid}`} ino:${socket.inode} sk:${cookie(sys, socket)} cgroup:${groupOf(sys, socket)}`;
  if (isSix(socket.local)) text += ` v6only:${Number(socket.v6only)}`;
  return `${text} <->`;
}

/** The kernel numbers sockets in the order in which somebody asks about them. */
const cookie = (sys: Sys, socket: SocketInfo) =>
  (1 + sys.sockets().filter((other) => other.inode < socket.inode).length).toString(16);

const groupOf = (sys: Sys, socket: SocketInfo) => sys.process(socket.owners[0]?.pid ?? 0)?.cgroup ?? "/";

/** What -m and -i add on a line below: buffers, and how a connection goes (its figures are simulated). */
function information(io: Io, socket: SocketInfo): string {
  const listening = socket.state === "LISTEN";
  const parts: string[] = [];
  if (io.has("m")) {
    const [read, write] = listening || socket.family !== "tcp" ? [131_072, 16_384] : [131_072, 2_626_560];
    parts.push(
      `skmem:(r${socket.received},rb${socket.family === "tcp" ? read : 212_992},t0,tb${socket.family === "tcp" ? write : 212_992},f0,w0,o0,bl0,d0)`,
    );
  }
  if (io.has("i") && socket.family === "tcp")
    parts.push(
      listening
        ? "cubic cwnd:10"
        : "cubic wscale:7,7 rto:204 rtt:0.211/0.1 ato:40 mss:1448 pmtu:1500 rcvmss:536 advmss:1448 cwnd:10 segs_out:2 segs_in:3 send 549Mbps pacing_rate 1.1Gbps delivered:1 app_limited rcv_space:14480 rcv_ssthresh:64088 minrtt:0.211 snd_wnd:64256",
    );
  if (parts.length === 0 || (!io.has("m") && socket.family !== "tcp")) return "";
  return `${io.has("O") ? " " : "\n\t "}${parts.join(" ")}`;
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
