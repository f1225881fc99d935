// Services of one machine: who is told of what, and the handlers that are started for it. They run as short threads.

import { canRead, fileOf, giveFd } from "./files.ts";
import type { Kernel } from "./kernel.ts";
import type { Process } from "./process.ts";
import type { Stream } from "./stream.ts";
import type { ExitStatus, Service, Task } from "./sys.ts";

/** More than the descriptors of a process can be. */
const DESCRIPTORS = 1 << 20;

/** A descriptor that a service wants to hear of; `stream` where it is a socket. */
interface Watch {
  readonly process: Process;
  readonly fd: number;
  readonly stream: Stream | undefined;
}

export class Services {
  readonly #kernel: Kernel;
  /** Handler threads in flight per process and descriptor, so that one descriptor has one handler at a time. */
  readonly #handling = new Set<number>();
  /** Services that must be told of something: a connection, a signal, a child's end. Undefined: all, for this may be a copy. */
  #news: Set<number> | undefined;
  /** Made anew after every change of what is watched. */
  #watches: Watch[] | undefined;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** The handlers of a service process; where its program is not loaded yet, that is asked for. */
  of(process: Process): Service | undefined {
    const program = this.#kernel.program(process);
    if (program === undefined) this.#kernel.world.wanted.add(process.program);
    return program?.service;
  }

  /** Notes that a service has news; it hears of them before anything else goes on. */
  tell({ pid }: Process): void {
    this.#news?.add(pid);
  }

  /** A process is told when there is something to read on the descriptor, or no more. */
  watch(process: Process, fd: number, on: boolean): void {
    if (on) process.watched.add(fd);
    else process.watched.delete(fd);
    this.forget();
  }

  /** What is watched has changed. */
  forget(): void {
    this.#watches = undefined;
  }

  /** Starts the handlers that services are owed; whether there were any. */
  poll(): boolean {
    const before = this.#kernel.world.threads.length;
    this.#watches ??= this.#listWatches();
    for (const { process, fd, stream } of this.#watches)
      if (stream === undefined || stream.size > 0 || stream.writers <= 0) this.#pollWatched(process, fd);
    const news = this.#news;
    if (news === undefined || news.size > 0) {
      this.#news = new Set();
      const all = [...this.#kernel.state.processes.values()];
      const ended = all.filter(({ state }) => state === "zombie");
      for (const process of all) {
        if (!process.service || process.state === "zombie") continue;
        const children = ended.filter(({ ppid }) => ppid === process.pid);
        if (news !== undefined && !news.has(process.pid) && children.length === 0) continue;
        if (process.state === "running") this.#deliver(process, children);
        else this.tell(process);
      }
    }
    return this.#kernel.world.threads.length > before;
  }

  /** What is watched, in the order of the table; most of it is sockets, whose streams tell at once that nothing came. */
  #listWatches(): Watch[] {
    const watches: Watch[] = [];
    for (const process of this.#kernel.state.processes.values())
      for (const fd of process.watched) {
        const file = fileOf(this.#kernel, process, fd);
        watches.push({
          process,
          fd,
          stream: file?.kind === "socket" ? this.#kernel.world.stream(file.input) : undefined,
        });
      }
    return watches;
  }

  #pollWatched(process: Process, fd: number): void {
    if (!process.service || process.state !== "running") return;
    const key = process.pid * DESCRIPTORS + fd;
    if (this.#handling.has(key) || !canRead(this.#kernel, process, fd)) return;
    const service = this.of(process);
    if (!service?.readable) return;
    this.#handling.add(key);
    this.#start(process, this.#handle(key, service.readable(this.#kernel.sys(process.pid), fd)));
  }

  /** Signals, ended children and connections, in this order. */
  #deliver(process: Process, children: readonly Process[]): void {
    const listeners: [fd: number, id: number][] = [];
    for (const [fd, id] of process.fds) {
      const file = this.#kernel.state.files.get(id);
      if (file?.kind === "listener" && file.backlog.length > 0) listeners.push([fd, id]);
    }
    if (!process.pending.length && !children.length && !listeners.length && !process.untended?.length) return;
    const service = this.of(process);
    if (service === undefined) {
      this.tell(process);
      return;
    }
    const sys = this.#kernel.sys(process.pid);
    for (const signal of process.pending.splice(0))
      if (service.signal) this.#start(process, service.signal(sys, signal));
    for (const child of children) {
      this.#kernel.state.processes.delete(child.pid);
      if (service.child) this.#start(process, service.child(sys, child.pid, child.status as ExitStatus));
    }
    if (service.resume)
      for (const fd of process.untended?.splice(0) ?? []) this.#start(process, service.resume(sys, fd), fd);
    if (!service.connection) return;
    for (const [listener, id] of listeners) {
      const file = this.#kernel.state.files.get(id);
      if (file?.kind !== "listener" || service.takes?.(sys, listener) === false) continue;
      for (const connection of file.backlog.splice(0)) {
        const fd = giveFd(process, connection);
        this.#start(process, service.connection(sys, fd, listener), fd);
      }
    }
  }

  /** Starts a handler; `fd` is the connection that it was given. */
  #start(process: Process, task: Task<void>, fd?: number): void {
    this.#kernel.world.addThread(this.#kernel, process.pid, task, true, fd);
  }

  *#handle(key: number, task: Task<void>): Task<void> {
    try {
      yield* task;
    } finally {
      this.#handling.delete(key);
    }
  }

  nextTimer(): number | undefined {
    let next: number | undefined;
    for (const process of this.#kernel.state.processes.values()) {
      if (!process.service) continue;
      for (const at of process.timers.values()) if (next === undefined || at < next) next = at;
    }
    return next;
  }

  fireTimers(): void {
    for (const process of [...this.#kernel.state.processes.values()]) {
      if (!process.service || process.timers.size === 0) continue;
      for (const [name, at] of [...process.timers]) {
        if (at > this.#kernel.world.now) continue;
        const service = this.of(process);
        if (service === undefined) return;
        process.timers.delete(name);
        if (service.timer) this.#start(process, service.timer(this.#kernel.sys(process.pid), name));
      }
    }
  }
}
