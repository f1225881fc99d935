// lsof: who has which files and sockets open.

import { isErrno } from "../kernel/errno.ts";
import type { ProcessInfo, SocketInfo, Stat, Sys } from "../kernel/sys.ts";
import { serviceName, servicePort } from "../lib/services.ts";
import { findUser, Names } from "../lib/users.ts";
import { defineCommand, type Io } from "./define.ts";
import { toolProfile } from "./profile.ts";

interface OpenFile {
  readonly process: ProcessInfo;
  readonly fd: string;
  readonly type: string;
  readonly device: string;
  readonly size: string;
  readonly node: string;
  readonly name: string;
  readonly socket: SocketInfo | undefined;
}

const TYPES = {
  file: "REG",
  directory: "DIR",
  symlink: "LINK",
  fifo: "FIFO",
  socket: "unix",
  char: "CHR",
  block: "BLK",
} as const;

const isSix = (address: string) => address === "" || address.includes(":");

/** Host and port as lsof names them: `*:10250`, `localhost:10248`. */
function place(io: Io, address: string, port: number): string {
  const any = address === "" || address === "0.0.0.0" || address === "::";
  const host = any
    ? "*"
    : io.has("n")
      ? isSix(address)
        ? `[${address}]`
        : address
      : address === "127.0.0.1" || address === "::1"
        ? "localhost"
        : isSix(address)
          ? `[${address}]`
          : address;
  return `${host}:${io.has("P") ? port : (serviceName(port) ?? port)}`;
}

function socketRow(io: Io, process: ProcessInfo, fd: number, socket: SocketInfo): OpenFile {
  if (socket.family === "unix") {
    return {
      process,
      fd: `${fd}u`,
      type: "unix",
      device: `0x${(socket.inode * 64).toString(16).padStart(16, "0")}`,
      size: "0t0",
      node: String(socket.inode),
      name: `${socket.local === "" ? "" : `${socket.local} `}type=STREAM (${socket.state === "LISTEN" ? "LISTEN" : "CONNECTED"})`,
      socket,
    };
  }
  const states = {
    LISTEN: "LISTEN",
    ESTAB: "ESTABLISHED",
    "TIME-WAIT": "TIME_WAIT",
    "CLOSE-WAIT": "CLOSE_WAIT",
    UNCONN: "",
  } as const;
  const peer = socket.peerPort === 0 ? "" : `->${place(io, socket.peer, socket.peerPort)}`;
  const state = socket.family === "tcp" ? ` (${states[socket.state]})` : "";
  return {
    process,
    fd: `${fd}u`,
    type: isSix(socket.local) ? "IPv6" : "IPv4",
    device: String(socket.inode),
    size: "0t0",
    node: socket.family.toUpperCase(),
    name: `${place(io, socket.local, socket.localPort)}${peer}${state}`,
    socket,
  };
}

function fileRow(process: ProcessInfo, fd: string, path: string, stat: Stat | undefined, pipe = false): OpenFile {
  const device =
    stat === undefined
      ? "0,0"
      : stat.rdev !== undefined
        ? stat.rdev.join(",")
        : `${(stat.dev >> 8) & 255},${stat.dev & 255}`;
  const type = pipe ? "FIFO" : stat === undefined ? "unknown" : TYPES[stat.type];
  const sized = stat !== undefined && (stat.type === "file" || stat.type === "directory");
  return {
    process,
    fd,
    type,
    device: pipe ? "0,15" : device,
    size: sized ? String(stat.size) : "0t0",
    node: pipe ? (/\d+/.exec(path)?.[0] ?? "") : String(stat?.ino ?? ""),
    name: pipe ? "pipe" : path,
    socket: undefined,
  };
}

/** What has no file: `[eventpoll]`, `[eventfd]`. */
function anonymousRow(process: ProcessInfo, fd: string, name: string): OpenFile {
  return { process, fd, type: "a_inode", device: "0,15", size: "0", node: "1053", name, socket: undefined };
}

/** All that a process has open, as far as this user may look. */
function openFiles(io: Io, sys: Sys, process: ProcessInfo, sockets: ReadonlyMap<string, SocketInfo>): OpenFile[] {
  const at = (path: string) => {
    const stat = sys.stat(path);
    return isErrno(stat) ? undefined : stat;
  };
  const rows = [
    fileRow(process, "cwd", process.cwd, at(process.cwd)),
    fileRow(process, "rtd", process.root, at(process.root)),
  ];
  if (process.exe !== "") rows.push(fileRow(process, "txt", process.exe, at(process.exe)));
  const fds = sys.readdir(`/proc/${process.pid}/fd`);
  for (const entry of isErrno(fds) ? [] : fds) {
    const fd = Number(entry.name);
    const socket = sockets.get(`${process.pid}/${fd}`);
    if (socket !== undefined) {
      rows.push(socketRow(io, process, fd, socket));
      continue;
    }
    const target = sys.readlink(`/proc/${process.pid}/fd/${entry.name}`);
    if (isErrno(target)) continue;
    const link = sys.lstat(`/proc/${process.pid}/fd/${entry.name}`);
    const bits = isErrno(link) ? 0o600 : link.mode & 0o600;
    const name = `${fd}${bits === 0o400 ? "r" : bits === 0o200 ? "w" : "u"}`;
    if (target.startsWith("pipe:")) rows.push(fileRow(process, name, target, undefined, true));
    else if (target.startsWith("anon_inode:")) rows.push(anonymousRow(process, name, target.slice(11)));
    else if (target.startsWith("/")) rows.push(fileRow(process, name, target, at(target)));
  }
  return rows;
}

/** `TCP:10250`, `:22`, `4TCP@host:port`: a test for sockets, or why there is none. */
function internet(text: string | undefined): ((socket: SocketInfo) => boolean) | string {
  if (text === undefined || text === "") return (socket) => socket.family !== "unix";
  const found = /^([46])?(tcp|udp)?(?:@([^:]*))?(?::(.+))?$/i.exec(text);
  if (found === null) return `unacceptable Internet address in: -i ${text}`;
  const ports: (readonly [number, number])[] = [];
  for (const word of found[4]?.split(",") ?? []) {
    const [from = "", to] = word.split("-");
    const first = servicePort(from);
    if (first === undefined) return `unknown service ${from} in: -i ${text}`;
    ports.push([first, to === undefined ? first : (servicePort(to) ?? first)]);
  }
  const hosts =
    found[3] === "localhost"
      ? ["127.0.0.1", "::1"]
      : found[3] === undefined || found[3] === ""
        ? undefined
        : [found[3]];
  return (socket) => {
    if (socket.family === "unix") return false;
    if (found[1] !== undefined && isSix(socket.local) !== (found[1] === "6")) return false;
    if (found[2] !== undefined && socket.family !== found[2].toLowerCase()) return false;
    if (hosts !== undefined && !hosts.includes(socket.local) && !hosts.includes(socket.peer)) return false;
    return (
      ports.length === 0 ||
      ports.some(([from, to]) =>
        [socket.localPort, socket.peerPort].some((port) => port !== 0 && port >= from && port <= to),
      )
    );
  };
}

function usage(sys: Sys): string {
  return `lsof ${toolProfile(sys).versions.lsof}
 latest revision: https://github.com/lsof-org/lsof
 latest FAQ: https://github.com/lsof-org/lsof/blob/master/00FAQ
 latest (non-formatted) man page: https://github.com/lsof-org/lsof/blob/master/Lsof.8
 usage: [-?abhHKlnNoOPRtUvVX] [+|-c c] [+|-d s] [+D D] [+|-E] [+|-e s] [+|-f[gG]]
 [-F [f]] [-g [s]] [-i [i]] [+|-L [l]] [+m [m]] [+|-M] [-o [o]] [-p s]
 [+|-r [t]] [-s [p:s]] [-S [t]] [-T [t]] [-u s] [+|-w] [-x [fl]] [--] [names]
Use the \`\`-h'' option to get more help information.
`;
}

/** -i may stand alone or take the next word: `-i :22`, `-i TCP`. */
function joinInternet(args: readonly string[]): string[] {
  const result: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? "";
    const next = args[i + 1];
    if (
      /^-[a-zA-Z]*i$/.test(word) &&
      next !== undefined &&
      /^([46]?(tcp|udp)?(@[^:]*)?(:.+)?|[46])$/i.test(next) &&
      !next.startsWith("-")
    ) {
      result.push(word + next);
      i += 1;
    } else if (/^\+[dD]/.test(word)) {
      // Below a folder: an option of our own for the parser, which knows no plus signs.
      result.push(`--below=${word.slice(2) || (args[++i] ?? "")}`);
    } else result.push(word === "+c0" || word === "+c" ? "-P" : word);
  }
  return result;
}

export const lsof = defineCommand({
  name: "lsof",
  package: "lsof",
  summary: "List open files.",
  usage: ["[-?abhlnNoOPRtUvVX] [-c c] [-i [i]] [-p s] [-u s] [--] [names]"],
  prepare: joinInternet,
  options: `
    ,below=D  (+D)
    a  AND selections (OR by default)
    b  avoid kernel blocks
    c=c  cmd c or /c/[bix]
    d=s  select by FD set
    h  help
    H  human sizes
    i[=i]  select by IPv[46] address: [46][proto][@host][:svc_list]
    l  list UID numbers
    n  no host names
    N  select NFS files
    o  list file offset
    O  avoid overhead
    P  no port names
    p=s  exclude(^)|select PIDs
    R  list paRent PID
    s=p:s  with -i: state of protocol
    t  terse listing
    u=s  exclude(^)|select login|UID set s
    U  select Unix socket
    v  list version info
    w  no warnings`,
  *run(io, sys) {
    const tests: ((row: OpenFile) => boolean)[] = [];
    let problem: string | undefined;
    for (const [key, value = ""] of io.options) {
      if (key === "i") {
        const test = internet(value === "" ? undefined : value);
        if (typeof test === "string") problem ??= test;
        else tests.push((row) => row.socket !== undefined && test(row.socket));
      }
      if (key === "p") {
        const pids = value.split(",").map(Number);
        tests.push((row) => pids.includes(row.process.pid));
      }
      if (key === "c") tests.push((row) => row.process.comm.startsWith(value));
      if (key === "u") {
        const uid = findUser(sys, value.replace(/^\^/, ""))?.uid ?? Number(value);
        if (Number.isNaN(uid)) problem ??= `can't get UID for ${value}`;
        tests.push((row) => (row.process.uid === uid) !== value.startsWith("^"));
      }
      if (key === "below") {
        const folder = value.replace(/\/$/, "");
        const stat = sys.stat(folder);
        if (isErrno(stat)) problem ??= `WARNING: can't stat(${folder}): ${stat.text}`;
        tests.push((row) => row.name === folder || row.name.startsWith(`${folder}/`));
      }
      if (key === "U") tests.push((row) => row.socket?.family === "unix");
      if (key === "d") tests.push((row) => value.split(",").includes(row.fd.replace(/[urw]$/, "")));
    }
    if (problem !== undefined) {
      io.warn(problem);
      io.printError(usage(sys));
      return 1;
    }
    const named: (readonly [string, Stat])[] = [];
    for (const path of io.operands) {
      const stat = sys.stat(path);
      if (isErrno(stat)) {
        io.warn(`status error on ${path}: ${stat.text}`);
        io.status = 1;
      } else named.push([path, stat]);
    }
    if (io.operands.length > 0) {
      if (named.length === 0) return 1;
      tests.push((row) => named.some(([, stat]) => row.node === String(stat.ino) && row.socket === undefined));
    }
    const sockets = new Map<string, SocketInfo>();
    for (const socket of sys.sockets())
      for (const owner of socket.owners) sockets.set(`${owner.pid}/${owner.fd}`, socket);
    const states = io.options
      .filter(([key]) => key === "s")
      .map(([, value]) => (value ?? "").split(":")[1]?.toUpperCase());
    const me = sys.info.euid;
    const rows: OpenFile[] = [];
    for (const process of sys.processes()) {
      if (me !== 0 && process.uid !== me) continue;
      for (const row of openFiles(io, sys, process, sockets)) {
        const fits =
          tests.length === 0 || (io.has("a") ? tests.every((test) => test(row)) : tests.some((test) => test(row)));
        if (fits && (states.length === 0 || states.some((state) => row.name.includes(`(${state}`)))) rows.push(row);
      }
    }
    if (io.has("t")) {
      const pids = [...new Set(rows.map((row) => row.process.pid))];
      io.print(pids.map((pid) => `${pid}\n`).join(""));
      return pids.length > 0 && io.status === 0 ? 0 : 1;
    }
    if (rows.length === 0) return 1;
    io.print(table(io, sys, rows));
    return io.status === 0 ? 0 : 1;
  },
});

function table(io: Io, sys: Sys, rows: readonly OpenFile[]): string {
  const names = new Names(sys);
  const cells = rows.map((row) => [
    row.process.comm.slice(0, 9),
    String(row.process.pid),
    ...(io.has("R") ? [String(row.process.ppid)] : []),
    (io.has("l") ? undefined : names.user(row.process.uid)) ?? String(row.process.uid),
    row.fd,
    row.type,
    row.device,
    row.size,
    row.node,
    row.name,
  ]);
  const titles = [
    "COMMAND",
    "PID",
    ...(io.has("R") ? ["PPID"] : []),
    "USER",
    "FD",
    "TYPE",
    "DEVICE",
    "SIZE/OFF",
    "NODE",
    "NAME",
  ];
  const all = [titles, ...cells];
  const width = (i: number) => Math.max(...all.map((row) => row[i]?.length ?? 0));
  const fdAt = titles.indexOf("FD");
  // A descriptor's number is right-aligned, its letter of access and a blank for locks follow; the title knows nothing of these.
  const number = (text: string) => text.replace(/[urw]$/, "");
  const fdWidth = Math.max(...cells.map((row) => number(row[fdAt] ?? "").length));
  const line = (row: readonly string[], head: boolean) =>
    row
      .map((text, i) => {
        const title = titles[i] ?? "";
        if (title === "NAME") return text;
        if (title === "FD")
          return head
            ? `${text.padStart(fdWidth)}  `
            : `${number(text).padStart(fdWidth)}${/[urw]$/.test(text) ? text.at(-1) : " "} `;
        if (title === "COMMAND") return text.padEnd(width(i));
        return text.padStart(width(i));
      })
      .join(" ");
  return `${[line(titles, true), ...cells.map((row) => line(row, false))].join("\n")}\n`;
}
