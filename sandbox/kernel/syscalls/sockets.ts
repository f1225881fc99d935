// Sockets: listening, connecting through the packet filters, and what `ss` is told of them.

import { type Errno, errno, isErrno } from "../errno.ts";
import { addFile, giveFd } from "../files.ts";
import { permits } from "../fs/inode.ts";
import { join } from "../fs/path.ts";
import { hashText } from "../hash.ts";
import type { Kernel } from "../kernel.ts";
import { inNetwork } from "../netfilter.ts";
import type { Listener } from "../network.ts";
import type { OpenFile, Process } from "../process.ts";
import type { SocketAddress, SocketInfo, Task } from "../sys.ts";
import { TerminalCalls } from "./terminals.ts";

type InternetAddress = Extract<SocketAddress, { address: string }>;

const isWild = ({ address }: InternetAddress) => address === "" || address === "::" || address === "0.0.0.0";
const familiesOf = ({ address, v6only }: InternetAddress) =>
  address !== "" && !address.includes(":") ? [4] : (address === "" || address === "::") && !v6only ? [4, 6] : [6];

/**
 * The order of the kernel's dumps: unix, UDP, TCP; IPv4 first; listeners by their places in a hash table whose seed is new with
 * every boot, then connections.
 */
function listInOrder(sockets: readonly SocketInfo[], seed: string): SocketInfo[] {
  const kinds = { unix: 0, udp: 1, tcp: 2 } as const;
  const six = ({ local }: SocketInfo) => Number(local === "" || local.includes(":"));
  const place = (socket: SocketInfo): number => {
    if (socket.family === "unix") return socket.inode;
    return hashText(`${seed} ${socket.localPort} ${socket.peer} ${socket.peerPort}`);
  };
  const rank = (socket: SocketInfo) =>
    kinds[socket.family] * 4 + (socket.family === "unix" ? 0 : six(socket) * 2 + Number(socket.state !== "LISTEN"));
  return sockets
    .map((socket) => ({ socket, rank: rank(socket), place: place(socket) }))
    .sort((a, b) => a.rank - b.rank || a.place - b.place || a.socket.inode - b.socket.inode)
    .map(({ socket }) => socket);
}

/** net.core.somaxconn. */
const SOMAXCONN = 4096;
/** How long Linux tries an address on its own network, and one behind the router (ms). */
const UNREACHABLE_AFTER = 3_068;
const SYN_TIMEOUT = 134_000;

type SocketFile = Extract<OpenFile, { kind: "socket" }>;

/** One end of a connection, held by a process on its kernel. */
const socketOf = (
  kernel: Kernel,
  ends: Pick<SocketFile, "input" | "output" | "local" | "peer">,
  holder: Process,
  { pid, euid, egid }: Process,
): SocketFile => ({
  kind: "socket",
  refs: 1,
  ino: kernel.state.nextSocket++,
  ...ends,
  peerProcess: Object.freeze({ pid, uid: euid, gid: egid }),
  shut: false,
  uid: holder.euid,
});

export class SocketCalls extends TerminalCalls {
  listen(address: SocketAddress): number | Errno {
    const kernel = this.kernel;
    const process = this.caller;
    let bound = address;
    if (address.family === "unix") {
      const place = this.place(address.path);
      if (isErrno(place)) return place;
      if (place.inode) return errno("EADDRINUSE");
      const made = kernel.fs.create(place, "socket", 0o777 & ~process.umask, this.who);
      if (isErrno(made)) return made;
      bound = { family: "unix", path: join(place.parentPath, place.name) };
    } else {
      if (address.port > 0 && address.port < 1024 && process.euid !== 0) return errno("EACCES");
      if (!isWild(address) && !kernel.network.hasAddress(address.address)) return errno("EADDRNOTAVAIL");
      if (address.port !== 0 && this.#addressInUse(address)) return errno("EADDRINUSE");
      if (address.port === 0) bound = { ...address, port: kernel.state.nextPort++ };
    }
    return this.give({
      kind: "listener",
      refs: 1,
      ino: kernel.state.nextSocket++,
      address: bound,
      backlog: [],
      uid: process.euid,
    });
  }

  /** Whether another listener has this port on an address that is also ours; IPv4 and a socket of IPv6 alone do not meet. */
  #addressInUse(wanted: InternetAddress): boolean {
    for (const file of this.kernel.state.files.values()) {
      if (file.kind !== "listener" || file.address.family !== wanted.family || file.address.port !== wanted.port)
        continue;
      const other = file.address;
      if (!familiesOf(other).some((version) => familiesOf(wanted).includes(version))) continue;
      if (isWild(wanted) || isWild(other) || other.address === wanted.address) return true;
    }
    return false;
  }

  *accept(fd: number): Task<number | Errno> {
    for (;;) {
      const file = this.file(fd);
      if (file?.kind !== "listener") return errno(file ? "EINVAL" : "EBADF");
      const next = file.backlog.shift();
      if (next !== undefined) return giveFd(this.caller, next);
      if (this.interrupted()) return errno("EINTR");
      yield { ready: () => file.backlog.length > 0, interruptible: true };
    }
  }

  *connect(address: SocketAddress, options: { timeout?: number; from?: string } = {}): Task<number | Errno> {
    if (address.family === "unix") return this.#connectUnix(address.path);
    const kernel = this.kernel;
    const target = address.address === "0.0.0.0" ? "127.0.0.1" : address.address === "::" ? "::1" : address.address;
    const deadline = options.timeout === undefined ? undefined : this.world.now + options.timeout;
    const giveUp = function* (this: SocketCalls, after: number, code: "EHOSTUNREACH" | "ETIMEDOUT"): Task<Errno> {
      const end = this.world.now + after;
      const until = deadline === undefined ? end : Math.min(end, deadline);
      const waited = yield* this.sleep(until - this.world.now);
      if (waited) return waited;
      return errno(until < end ? "ETIMEDOUT" : code);
    }.bind(this);
    const local = kernel.network.hasAddress(target);
    const source = options.from ?? (local ? target : kernel.network.sourceAddress());
    let machine: Kernel | undefined = local ? kernel : undefined;
    if (!local)
      for (const other of this.world.kernels.values())
        if (other !== kernel && other.network.hasAddress(target)) machine = other;
    const stuck = local ? undefined : kernel.network.unroutable(target);
    if (stuck !== undefined) return stuck;
    const sent = kernel.network.filter("OUTPUT", source, target, address.port);
    if (sent === "REJECT" || sent === "UNREACHABLE") return errno(sent === "REJECT" ? "ECONNREFUSED" : "EHOSTUNREACH");
    if (sent === "DROP") return yield* giveUp(SYN_TIMEOUT, "ETIMEDOUT");
    if (machine === undefined) {
      const near = kernel.state.interfaces.some(
        (face) => face.name !== "lo" && face.addresses.some((own) => inNetwork(target, own)),
      );
      return near ? yield* giveUp(UNREACHABLE_AFTER, "EHOSTUNREACH") : yield* giveUp(SYN_TIMEOUT, "ETIMEDOUT");
    }
    const received = machine.network.filter("INPUT", source, target, address.port);
    if (received === "DROP" || (!local && machine.network.unroutable(source) !== undefined))
      return yield* giveUp(SYN_TIMEOUT, "ETIMEDOUT");
    if (received === "REJECT" || received === "UNREACHABLE")
      return errno(received === "REJECT" ? "ECONNREFUSED" : "EHOSTUNREACH");
    const found = machine.network.findListener(target, address.port);
    if (found === undefined) return errno("ECONNREFUSED");
    const from: SocketAddress = { family: "tcp", address: source, port: kernel.state.nextPort };
    kernel.state.nextPort = kernel.state.nextPort >= 60_998 ? 32_768 : kernel.state.nextPort + 2;
    return this.#join(machine, found, from, { family: "tcp", address: target, port: address.port });
  }

  #connectUnix(path: string): number | Errno {
    const found = this.walk(path);
    if (isErrno(found)) return found;
    if (found.inode.type !== "socket") return errno("ECONNREFUSED");
    if (!permits(found.inode, this.who, "w")) return errno("EACCES");
    const listener = this.kernel.network.findUnixListener(found.path, found.inode);
    if (listener === undefined) return errno("ECONNREFUSED");
    return this.#join(this.kernel, listener, { family: "unix", path: "" }, { family: "unix", path: found.path });
  }

  /** Wires a client of ours to a listener: two streams, a descriptor at each end. */
  #join(machine: Kernel, listener: Listener, from: SocketAddress, to: SocketAddress): number {
    const [there, back] = [this.openStream().id, this.openStream().id];
    const [client, server] = [this.caller, listener.process];
    const ends = { local: Object.freeze(to), peer: Object.freeze(from) };
    const id = addFile(machine, socketOf(machine, { input: there, output: back, ...ends }, server, client));
    listener.file.backlog.push(id);
    if (server.service) machine.services.tell(server);
    return this.give(socketOf(this.kernel, { input: back, output: there, local: from, peer: to }, client, server));
  }

  shutdown(fd: number): Errno | undefined {
    const file = this.file(fd);
    if (file?.kind !== "socket") return errno(file ? "ENOTSOCK" : "EBADF");
    if (file.shut) return undefined;
    file.shut = true;
    const stream = this.world.stream(file.output);
    if (stream) {
      stream.writers -= 1;
      this.world.releaseStream(stream);
    }
    return undefined;
  }

  getsockname(fd: number): SocketAddress | Errno {
    const file = this.file(fd);
    if (file?.kind === "socket") return file.local;
    if (file?.kind === "listener") return file.address;
    return errno(file ? "ENOTSOCK" : "EBADF");
  }

  getpeername(fd: number): SocketAddress | Errno {
    const file = this.file(fd);
    if (file?.kind === "socket") return file.peer;
    return errno(file ? "ENOTCONN" : "EBADF");
  }

  peerCredentials(fd: number): { pid: number; uid: number; gid: number } | Errno {
    const file = this.file(fd);
    return file?.kind === "socket" ? { ...file.peerProcess } : errno("ENOTSOCK");
  }

  sockets(): readonly SocketInfo[] {
    const kernel = this.kernel;
    const owners = new Map<number, { pid: number; comm: string; fd: number }[]>();
    for (const process of kernel.state.processes.values()) {
      for (const [fd, id] of process.fds) {
        const list = owners.get(id);
        const owner = { pid: process.pid, comm: process.comm, fd };
        if (list) list.push(owner);
        else owners.set(id, [owner]);
      }
    }
    const rows: SocketInfo[] = [];
    const ends = new Map<number, number>();
    for (const file of kernel.state.files.values()) if (file.kind === "socket") ends.set(file.output, file.ino);
    const held = (stream: number) => this.world.stream(stream)?.size ?? 0;
    for (const [id, file] of kernel.state.files) {
      if (file.kind !== "listener" && file.kind !== "socket") continue;
      const local = file.kind === "listener" ? file.address : file.local;
      const peer = file.kind === "socket" ? file.peer : undefined;
      rows.push({
        family: local.family,
        state: file.kind === "listener" ? "LISTEN" : "ESTAB",
        local: local.family === "unix" ? local.path : local.address,
        localPort: local.family === "unix" ? 0 : local.port,
        peer: peer === undefined ? "" : peer.family === "unix" ? peer.path : peer.address,
        peerPort: peer === undefined || peer.family === "unix" ? 0 : peer.port,
        owners: owners.get(id) ?? [],
        inode: file.ino,
        uid: file.uid,
        v6only: local.family !== "unix" && local.v6only === true,
        backlog: local.family === "unix" ? SOMAXCONN : (local.backlog ?? SOMAXCONN),
        received: file.kind === "listener" ? file.backlog.length : held(file.input),
        sent: file.kind === "listener" ? 0 : held(file.output),
        peerInode: file.kind === "listener" ? 0 : (ends.get(file.input) ?? 0),
      });
    }
    return listInOrder(rows, kernel.state.facts.bootId);
  }
}
