// The machine's place in the network: its addresses, who listens at them, and the packet filter before them.

import { type Errno, errno, isErrno } from "./errno.ts";
import { type Inode, ROOT } from "./fs/inode.ts";
import type { Kernel } from "./kernel.ts";
import { type FilterTable, type FilterVerdict, filterPacket, inNetwork } from "./netfilter.ts";
import type { OpenFile, Process } from "./process.ts";

/** A listening socket, with a process that has it. */
export interface Listener {
  readonly process: Process;
  readonly fd: number;
  readonly file: OpenFile & { kind: "listener" };
}

export class Network {
  readonly #kernel: Kernel;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Whether an address is this machine's own. */
  hasAddress(address: string): boolean {
    if (address.startsWith("127.") || address === "::1") return this.#kernel.state.interfaces[0]?.up !== false;
    return this.#kernel.state.interfaces.some(
      (face) => face.up && face.addresses.some((own) => own.split("/")[0] === address),
    );
  }

  /** The interface an address of ours is on. */
  interfaceOf(address: string): string {
    if (address.startsWith("127.") || address === "::1") return "lo";
    return (
      this.#kernel.state.interfaces.find((face) => face.addresses.some((own) => own.split("/")[0] === address))?.name ??
      "lo"
    );
  }

  /** The address this machine speaks from to reach another. */
  sourceAddress(): string {
    const face = this.#kernel.state.interfaces.find(
      (each) => each.name !== "lo" && each.up && each.addresses.length > 0,
    );
    return face?.addresses[0]?.split("/")[0] ?? "127.0.0.1";
  }

  /** Why no packet leaves for another machine's address; undefined where one does. */
  unroutable(target: string): Errno | undefined {
    const { interfaces, routes } = this.#kernel.state;
    const route = routes?.find(({ to }) => to === "default" || inNetwork(target, to));
    if (route?.refusal !== undefined) return errno(route.refusal);
    const found = interfaces.some(
      ({ name, up }) => up && name !== "lo" && (routes === undefined || name === route?.device),
    );
    return found ? undefined : errno("ENETUNREACH");
  }

  /** The listening socket that a connection to this address and port reaches. */
  findListener(address: string, port: number): Listener | undefined {
    let wildcard: Listener | undefined;
    const v6 = address.includes(":");
    for (const process of this.#kernel.state.processes.values()) {
      if (process.state === "zombie") continue;
      for (const [fd, id] of process.fds) {
        const file = this.#kernel.state.files.get(id);
        if (file?.kind !== "listener" || file.address.family !== "tcp" || file.address.port !== port) continue;
        const bound = file.address.address;
        if (bound === address) return { process, fd, file };
        const all = (bound === "" || bound === "::") && (v6 || !file.address.v6only);
        if (all || (bound === "0.0.0.0" && !v6)) wildcard ??= { process, fd, file };
      }
    }
    return wildcard;
  }

  *#unixListeners(): Generator<Listener & { readonly bound: string }> {
    for (const process of this.#kernel.state.processes.values()) {
      if (process.state === "zombie") continue;
      for (const [fd, id] of process.fds) {
        const file = this.#kernel.state.files.get(id);
        if (file?.kind === "listener" && file.address.family === "unix")
          yield { process, fd, file, bound: file.address.path };
      }
    }
  }

  /** Who listens at a socket file, also where it is reached by another path: mounted into a container. */
  findUnixListener(path: string, inode: Inode): Listener | undefined {
    const others: (Listener & { readonly bound: string })[] = [];
    for (const listener of this.#unixListeners()) {
      if (listener.bound === path) return listener;
      others.push(listener);
    }
    return others.find(({ bound }) => {
      const found = this.#kernel.fs.walk(bound, "/", ROOT);
      return !isErrno(found) && found.inode === inode;
    });
  }

  /** What the packet filter does with a new connection on a chain. */
  filter(chain: "INPUT" | "OUTPUT", source: string, destination: string, port: number): FilterVerdict {
    const face = this.interfaceOf(chain === "INPUT" ? destination : source);
    return filterPacket(this.#kernel.state.netfilter as FilterTable | undefined, chain, {
      protocol: "tcp",
      source,
      destination,
      port,
      ...(chain === "INPUT" ? { inInterface: source === destination ? "lo" : face } : { outInterface: face }),
    });
  }
}
