// What is one for the whole machine: its name, settings, chance, kernel log, mounts and network interfaces.

import { type Errno, errno } from "../errno.ts";
import { nextBytes } from "../random.ts";
import type { Data, Forwarded, InterfaceInfo, Namespace, RouteInfo } from "../sys.ts";
import { TimeCalls } from "./time.ts";

export class MachineCalls extends TimeCalls {
  get hostname(): string {
    return this.caller.hostname ?? this.kernel.state.hostname;
  }

  get machine() {
    return this.kernel.state.facts;
  }

  setHostname(name: string): Errno | undefined {
    if (this.caller.euid !== 0) return errno("EPERM");
    if (this.caller.hostname === undefined) this.kernel.state.hostname = name;
    else this.caller.hostname = name;
    return undefined;
  }

  random(count: number): Uint8Array<ArrayBuffer> {
    return nextBytes(this.kernel.state.random, count);
  }

  sysctl(name: string, value?: string): string | Errno {
    const { sysctl } = this.kernel.state;
    const current = sysctl[name];
    if (current === undefined) return errno("ENOENT");
    if (value === undefined) return current;
    if (this.caller.euid !== 0) return errno("EACCES");
    sysctl[name] = value;
    return value;
  }

  printk(priority: number, text: string): void {
    this.kernel.printk(priority, text);
  }

  dmesg() {
    return this.kernel.state.dmesg;
  }

  mounts() {
    const used = Math.round(this.kernel.state.fs.used / 1024);
    return this.kernel.state.mounts.map((mount) =>
      mount.target === "/" ? { ...mount, used: mount.used + used, available: mount.available - used } : mount,
    );
  }

  interfaces(changed?: readonly InterfaceInfo[]) {
    const { netns } = this.caller;
    if (changed === undefined) return this.kernel.network.interfaces(netns);
    if (netns === undefined) this.kernel.state.interfaces = changed;
    else this.setNetns(netns, changed);
    return changed;
  }

  setns(pid: number, namespace: Namespace): Errno | undefined {
    const { caller } = this;
    const target = this.kernel.process(pid);
    if (target === undefined) return errno("ESRCH");
    if (caller.euid !== 0) return errno("EPERM");
    if (namespace === "mnt") {
      caller.root = target.root;
      caller.cwd = "/";
    } else {
      const key = namespace === "net" ? "netns" : "hostname";
      const { [key]: own } = target;
      if (own === undefined) delete caller[key];
      else caller[key] = own;
    }
    return undefined;
  }

  setNetns(name: string, interfaces: readonly InterfaceInfo[] | undefined): Errno | undefined {
    const { state } = this.kernel;
    if (this.caller.euid !== 0) return errno("EPERM");
    state.netns ??= new Map();
    if (interfaces === undefined) state.netns.delete(name);
    else state.netns.set(name, interfaces);
    return undefined;
  }

  forwarded(changed?: readonly Forwarded[]) {
    if (changed !== undefined) this.kernel.state.forwarded = changed;
    return this.kernel.state.forwarded ?? [];
  }

  routes(changed?: readonly RouteInfo[]) {
    if (changed !== undefined) this.kernel.state.routes = changed;
    return this.kernel.state.routes;
  }

  netfilter(rules?: Data): Data {
    if (rules !== undefined) this.kernel.state.netfilter = rules;
    return this.kernel.state.netfilter;
  }
}
