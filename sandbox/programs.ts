// The exec table: every program there is, by the name that executables carry. Code only, so all machines share it.

import { commands } from "./commands/index.ts";
import type { Program } from "./kernel/sys.ts";
import type { ProgramTable } from "./kernel/world.ts";
import { bash } from "./shell/index.ts";

/** Debian's services that are there to be seen. */
const DAEMONS = [
  "agetty",
  "cron",
  "dbus-daemon",
  "pkttyagent",
  "polkitd",
  "systemd-logind",
  "systemd-networkd",
  "systemd-networkd-wait-online",
  "systemd-timesyncd",
  "systemd-udevd",
] as const;

/** A program, or how to load it. */
export type ProgramSource = Program | (() => Promise<Program>);

/** PID 1 of a machine without systemd: keeps the house and does nothing. */
const init: Program = {
  name: "init",
  service: {
    *start() {
      return undefined;
    },
    *child() {},
  },
};

const loadDaemon = (name: string) => async (): Promise<Program> => {
  const { daemons } = await import("./systemd/daemons.ts");
  const found = daemons[name];
  if (found === undefined) throw new Error(`there is no daemon ${name}`);
  return found;
};

/** Programs that are not commands of their own file: shell, services, what runs in containers. */
const services: Readonly<Record<string, ProgramSource>> = {
  init,
  bash,
  "bash-more": async () => (await import("./shell/more.ts")).bashMore,
  "kubectl-more": async () => (await import("./commands/kubectl/kubectl-more.ts")).kubectlMore,
  "kubectl-expressions": async () => (await import("./commands/kubectl/expressions.ts")).kubectlExpressions,
  sshd: async () => (await import("./sshd/index.ts")).sshd,
  systemd: async () => (await import("./systemd/index.ts")).systemd,
  "systemd-more": async () => (await import("./systemd/more.ts")).systemdMore,
  "systemd-journald": async () => (await import("./systemd/index.ts")).journald,
  ...Object.fromEntries(DAEMONS.map((name) => [name, loadDaemon(name)])),
  kubelet: async () => (await import("./kubelet/version/kubelet-136.ts")).kubelet,
  // The version of a kubelet is the binary's own, as on a real disk.
  "kubelet-1.20": async () => (await import("./kubelet/version/kubelet-120.ts")).kubelet,
  "kubelet-life": async () => (await import("./kubelet/node/life.ts")).kubeletLife,
  "kubelet-doors": async () => (await import("./kubelet/doors/index.ts")).kubeletDoors,
  "kubelet-papers": async () => (await import("./kubelet/papers/index.ts")).kubeletPapers,
  containerd: async () => (await import("./containerd/index.ts")).containerd,
  "containerd-shim": async () => (await import("./containerd/shim.ts")).containerdShim,
  pause: async () => (await import("./containerd/programs.ts")).pause,
  "container-app": async () => (await import("./containerd/programs.ts")).containerApp,
  "kube-proxy": async () => (await import("./containerd/kube-proxy.ts")).kubeProxy,
  coredns: async () => (await import("./containerd/coredns.ts")).coredns,
  busybox: async () => (await import("./containerd/programs.ts")).busybox,
  etcd: async () => (await import("./cluster/index.ts")).etcd,
  "kube-controller-manager": async () => (await import("./cluster/controllers/index.ts")).kubeControllerManager,
  "template-hash": async () => (await import("./cluster/controllers/template-hash.ts")).templateHash,
  "kube-scheduler": async () => (await import("./cluster/controllers/index.ts")).kubeScheduler,
  "kube-apiserver": async () => (await import("./cluster/index.ts")).kubeApiserver,
};

/** Parts that a program cannot do without, and those that come after it: a fork that judges cannot load what it meets. */
const PARTS: Readonly<Record<string, { readonly needed: readonly string[]; readonly later: readonly string[] }>> = {
  kubelet: { needed: ["kubelet-life"], later: ["kubelet-doors", "kubelet-papers"] },
  "kube-controller-manager": { needed: [], later: ["template-hash"] },
  "kubelet-1.20": { needed: ["kubelet-life"], later: ["kubelet-doors", "kubelet-papers"] },
};

/** The table with what has been loaded so far. One may serve any number of worlds. */
export class Programs implements ProgramTable {
  readonly #sources: Readonly<Record<string, ProgramSource>>;
  readonly #loaded = new Map<string, Program>();
  virtual: ProgramTable["virtual"];
  /** Programs that were looked for and are not loaded yet. Whoever runs a world to its end clears it first and looks afterwards. */
  readonly missed = new Set<string>();

  constructor(sources: Readonly<Record<string, ProgramSource>> = { ...commands, ...services }) {
    this.#sources = sources;
    for (const [name, source] of Object.entries(sources))
      if (typeof source !== "function") this.#loaded.set(name, source);
  }

  get names(): readonly string[] {
    return Object.keys(this.#sources);
  }

  known(name: string): boolean {
    return Object.hasOwn(this.#sources, name);
  }

  get(name: string): Program | undefined {
    const program = this.#loaded.get(name);
    if (program === undefined && this.known(name)) this.missed.add(name);
    return program;
  }

  /** Loads a program; the host calls this for the names that a world wants. */
  async load(name: string): Promise<void> {
    const source = this.#sources[name];
    if (typeof source !== "function" || this.#loaded.has(name)) return;
    this.virtual ??= (await import("./kernel/procfs.ts")).createProcFs;
    const [program] = await Promise.all([source(), ...(PARTS[name]?.needed ?? []).map((part) => this.load(part))]);
    this.#loaded.set(name, program);
    for (const part of PARTS[name]?.later ?? []) void this.load(part).catch(() => undefined);
  }

  /** Loads several, or all: tests and the command line do so before they begin. */
  async loadAll(names: Iterable<string> = this.names): Promise<void> {
    await Promise.all([...names].map((name) => this.load(name)));
  }
}
