// The machine's place in the network: its addresses, who listens at them, and the packet filter before them.

import { type Errno, errno, isErrno } from "./errno.ts";
import { type Inode, ROOT } from "./fs/inode.ts";
import type { Kernel } from "./kernel.ts";
import { type FilterTable, type FilterVerdict, filterPacket, inNetwork } from "./netfilter.ts";
import type { OpenFile, Process } from "./process.ts";
import type { InterfaceInfo } from "./sys.ts";

/** A listening socket, with a process that has it. */
export interface Listener {
  readonly process: Process;
  readonly fd: number;
  readonly file: OpenFile & { kind: "listener" };
}

const isLoopback = (address: string): boolean => address.startsWith("127.") || address === "::1";

export class Network {
  readonly #kernel: Kernel;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** The interfaces of the machine itself, or of a network namespace in it. */
  interfaces(netns?: string): readonly InterfaceInfo[] {
    const { state } = this.#kernel;
    return netns === undefined ? state.interfaces : (state.netns?.get(netns) ?? []);
  }

  /** Whether an address is this machine's own, or that of a network namespace. */
  hasAddress(address: string, netns?: string): boolean {
    const faces = this.interfaces(netns);
    if (isLoopback(address)) return faces[0]?.up !== false;
    return faces.some((face) => face.up && face.addresses.some((own) => own.split("/")[0] === address));
  }

  /**
   * Where an address is, as seen from a network of this machine: there, at another machine, in a pod. Pods of other machines are
   * known where pods run. fidelity: no routes of a CNI plug-in say so.
   */
  place(address: string, netns: string | undefined): { kernel: Kernel; netns: string | undefined } | undefined {
    const own = this.#kernel;
    if (this.hasAddress(address, netns)) return { kernel: own, netns };
    if (isLoopback(address)) return undefined;
    for (const kernel of own.world.kernels.values()) {
      if (kernel.network.hasAddress(address)) return { kernel, netns: undefined };
      if (kernel === own || own.state.netns?.size)
        for (const name of kernel.state.netns?.keys() ?? [])
          if (kernel.network.hasAddress(address, name)) return { kernel, netns: name };
    }
    return undefined;
  }

  /** Who serves in the place of an address; undefined where it stands for itself, null where nobody does. */
  endpoint(address: string, port: number): readonly [address: string, port: number] | null | undefined {
    const { forwarded, nextPort } = this.#kernel.state;
    const found = forwarded?.find((each) => each.address === address && each.port === port);
    return found && (found.to[(nextPort >> 1) % found.to.length] ?? null);
  }

  /** The interface an address of ours is on. */
  interfaceOf(address: string): string {
    if (isLoopback(address)) return "lo";
    return (
      this.#kernel.state.interfaces.find((face) => face.addresses.some((own) => own.split("/")[0] === address))?.name ??
      "lo"
    );
  }

  /** The address this machine, or a network namespace in it, speaks from to reach another. */
  sourceAddress(netns?: string): string {
    const face = this.interfaces(netns).find((each) => each.name !== "lo" && each.up && each.addresses.length > 0);
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

  /** The listening socket that a connection to this address and port reaches in a network. */
  findListener(address: string, port: number, netns?: string): Listener | undefined {
    let wildcard: Listener | undefined;
    const v6 = address.includes(":");
    for (const process of this.#kernel.state.processes.values()) {
      if (process.state === "zombie" || process.netns !== netns) continue;
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
  filter(chain: "INPUT" | "OUTPUT" | "FORWARD", source: string, destination: string, port: number): FilterVerdict {
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
