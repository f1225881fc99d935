// Sockets: listening, connecting through the packet filters, and what `ss` is told of them.

import { type Errno, errno, isErrno } from "../errno.ts";
import { addFile, giveFd } from "../files.ts";
import { permits } from "../fs/inode.ts";
import { join } from "../fs/path.ts";
import type { Kernel } from "../kernel.ts";
import { inNetwork } from "../netfilter.ts";
import type { Listener, Network } from "../network.ts";
import type { OpenFile, Process } from "../process.ts";
import type { ConnectOptions, SocketAddress, SocketInfo, Task } from "../sys.ts";
import { TerminalCalls } from "./terminals.ts";

type InternetAddress = Extract<SocketAddress, { address: string }>;

const isWild = ({ address }: InternetAddress) => address === "" || address === "::" || address === "0.0.0.0";
const familiesOf = ({ address, v6only }: InternetAddress) =>
  address !== "" && !address.includes(":") ? [4] : (address === "" || address === "::") && !v6only ? [4, 6] : [6];

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
  netns = holder.netns,
): SocketFile => ({
  kind: "socket",
  refs: 1,
  ino: kernel.state.nextSocket++,
  ...ends,
  peerProcess: Object.freeze({ pid, uid: euid, gid: egid }),
  shut: false,
  uid: holder.euid,
  ...(netns === undefined ? {} : { netns }),
});

type Hop = readonly [at: Network, chain: "INPUT" | "OUTPUT" | "FORWARD"];

/** The packet filters on the way from a network of this machine (`netns`) to a place. A pod's own network has none. */
function hops(here: Network, netns: string | undefined, at: ReturnType<Network["place"]>, own: boolean): Hop[] {
  if (own && netns !== undefined) return [];
  const near = at?.kernel.network === here;
  const last: Hop[] = at === undefined ? [] : [[at.kernel.network, at.netns === undefined ? "INPUT" : "FORWARD"]];
  if (netns === undefined) return [[here, "OUTPUT"], ...(near && at?.netns !== undefined ? [] : last)];
  return near ? last : [[here, "FORWARD"], ...last];
}

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
      if (!isWild(address) && !kernel.network.hasAddress(address.address, process.netns)) return errno("EADDRNOTAVAIL");
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
      ...(process.netns === undefined ? {} : { netns: process.netns }),
    });
  }

  /** Whether another listener has this port on an address that is also ours; IPv4 and a socket of IPv6 alone do not meet. */
  #addressInUse(wanted: InternetAddress): boolean {
    for (const file of this.kernel.state.files.values()) {
      if (file.kind !== "listener" || file.address.family !== wanted.family || file.address.port !== wanted.port)
        continue;
      if (file.netns !== this.caller.netns) continue;
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

  *connect(address: SocketAddress, options: ConnectOptions = {}): Task<number | Errno> {
    if (address.family === "unix") return this.#connectUnix(address.path);
    const kernel = this.kernel;
    const { network } = kernel;
    const { netns = this.caller.netns } = options;
    if (netns !== this.caller.netns && this.caller.euid !== 0) return errno("EPERM");
    const asked = address.address === "0.0.0.0" ? "127.0.0.1" : address.address === "::" ? "::1" : address.address;
    const served = network.endpoint(asked, address.port);
    if (served === null) return errno("ECONNREFUSED");
    const [target, port] = served ?? [asked, address.port];
    const deadline = options.timeout === undefined ? undefined : this.world.now + options.timeout;
    const giveUp = function* (this: SocketCalls, after: number, code: "EHOSTUNREACH" | "ETIMEDOUT"): Task<Errno> {
      const end = this.world.now + after;
      const until = deadline === undefined ? end : Math.min(end, deadline);
      const waited = yield* this.sleep(until - this.world.now);
      if (waited) return waited;
      return errno(until < end ? "ETIMEDOUT" : code);
    }.bind(this);
    const at = network.place(target, netns);
    const near = at?.kernel === kernel;
    const stuck = near ? undefined : network.unroutable(target);
    if (stuck !== undefined) return stuck;
    const own = near && at.netns === netns;
    // What pods say to other machines leaves under the name of their own (masquerading).
    const speaker = !near && at?.netns === undefined ? undefined : netns;
    const source = options.from ?? (own ? target : network.sourceAddress(speaker));
    for (const [place, chain] of hops(network, netns, at, own)) {
      const verdict = place.filter(chain, source, target, port);
      if (verdict === "DROP") return yield* giveUp(SYN_TIMEOUT, "ETIMEDOUT");
      if (verdict !== "ACCEPT") return errno(verdict === "REJECT" ? "ECONNREFUSED" : "EHOSTUNREACH");
    }
    if (at === undefined) {
      const beside = network
        .interfaces(netns)
        .some((face) => face.name !== "lo" && face.addresses.some((each) => inNetwork(target, each)));
      return beside ? yield* giveUp(UNREACHABLE_AFTER, "EHOSTUNREACH") : yield* giveUp(SYN_TIMEOUT, "ETIMEDOUT");
    }
    if (!near && at.kernel.network.unroutable(source) !== undefined) return yield* giveUp(SYN_TIMEOUT, "ETIMEDOUT");
    const found = at.kernel.network.findListener(target, port, at.netns);
    if (found === undefined) return errno("ECONNREFUSED");
    const from: SocketAddress = { family: "tcp", address: source, port: kernel.state.nextPort };
    kernel.state.nextPort = kernel.state.nextPort >= 60_998 ? 32_768 : kernel.state.nextPort + 2;
    const to: SocketAddress = { family: "tcp", address: target, port };
    return this.#join(at.kernel, found, from, to, { ...to, address: asked, port: address.port }, netns);
  }

  #connectUnix(path: string): number | Errno {
    const found = this.walk(path);
    if (isErrno(found)) return found;
    if (found.inode.type !== "socket") return errno("ECONNREFUSED");
    if (!permits(found.inode, this.who, "w")) return errno("EACCES");
    const listener = this.kernel.network.findUnixListener(found.path, found.inode);
    if (listener === undefined) return errno("ECONNREFUSED");
    const to: SocketAddress = { family: "unix", path: found.path };
    return this.#join(this.kernel, listener, { family: "unix", path: "" }, to, to);
  }

  /** Wires a client of ours to a listener: two streams, a descriptor at each end. */
  #join(
    machine: Kernel,
    listener: Listener,
    from: SocketAddress,
    to: SocketAddress,
    asked: SocketAddress,
    netns?: string,
  ): number {
    const [there, back] = [this.openStream().id, this.openStream().id];
    const [client, server] = [this.caller, listener.process];
    const ends = { local: Object.freeze(to), peer: Object.freeze(from) };
    const id = addFile(machine, socketOf(machine, { input: there, output: back, ...ends }, server, client));
    listener.file.backlog.push(id);
    if (server.service) machine.services.tell(server);
    const own = { input: back, output: there, local: from, peer: asked };
    return this.give(socketOf(this.kernel, own, client, server, netns));
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
      if ((file.kind !== "listener" && file.kind !== "socket") || file.netns !== this.caller.netns) continue;
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
    return rows;
  }
}
