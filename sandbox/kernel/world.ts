// The world that machines share: the clock, the wires between them, and the scheduler that decides whose turn it is.

import type { VirtualFs } from "./fs/virtual.ts";
import type { Kernel } from "./kernel.ts";
import { createStream, type Stream } from "./stream.ts";
import type { Program, Task, Wait } from "./sys.ts";
import { concat } from "./text.ts";

/** What all machines share, as plain data. */
export interface WorldState {
  /** Virtual time, ms since the epoch. */
  now: number;
  nextStream: number;
  streams: Map<number, Stream>;
}

/** Programs by name. A name may be known and not loaded yet: the world then stops until the host has loaded it. */
export interface ProgramTable {
  known(name: string): boolean;
  get(name: string): Program | undefined;
  /** Makes /proc and /sys of a machine. It comes with the first program that is loaded: no login needs it. */
  readonly virtual?: ((kernel: Kernel) => VirtualFs) | undefined;
}

/** One line of execution. It lives only in memory: a snapshot drops it. */
export interface Thread {
  readonly kernel: Kernel;
  readonly pid: number;
  readonly task: Task<unknown>;
  wait: Wait | undefined;
  /** Handlers end without ending their process. */
  readonly handler: boolean;
  /** The descriptor a handler works for; closed if a snapshot drops the handler. */
  readonly fd: number | undefined;
  done: boolean;
}

/** Where a run stopped: nothing left to do now, the fuel is used up, or a program must be loaded first. */
export type RunState = "idle" | "busy" | "loading";

/** Calls a thread may make before others have their turn. */
const QUANTUM = 500;

/** A wait that never ends: the thread is over but its generator cannot be left. */
export const NEVER: Wait = Object.freeze({ ready: () => false });
/** A wait that ends the thread while its process lives on (a service after its start). */
export const PARK: Wait = Object.freeze({ ready: () => false });
export const READY: Wait = Object.freeze({ ready: () => true });

export class World {
  readonly state: WorldState;
  readonly programs: ProgramTable;
  readonly kernels = new Map<string, Kernel>();
  /** Bytes for the host's terminals since the last `takeOutput`, and how many there are. */
  readonly output = new Map<string, { chunks: Uint8Array[]; size: number }>();
  /** Terminals whose login shell has ended. */
  readonly closedTerminals = new Set<string>();
  /** Programs that must be loaded before anything goes on. */
  readonly wanted = new Set<string>();
  /** The time up to which the clock may run on its own. */
  goal: number;
  threads: Thread[] = [];
  /** Services rest and the clock stands: what they remember has not come yet. */
  resting = false;
  /** Grows with every step of any thread: whoever keeps the last value sees whether something ran. */
  changes = 0;
  current: Thread | undefined;
  #quantum = 0;
  /** Where in the round of threads a paused run goes on. */
  #position = 0;

  constructor(state: WorldState, programs: ProgramTable) {
    this.state = state;
    this.programs = programs;
    this.goal = state.now;
  }

  get now(): number {
    return this.state.now;
  }

  // --- streams ---

  createStream(capacity?: number): Stream {
    const stream = createStream(this.state.nextStream++, capacity);
    this.state.streams.set(stream.id, stream);
    return stream;
  }

  stream(id: number): Stream | undefined {
    return this.state.streams.get(id);
  }

  /** Forgets a stream that neither side holds any more. */
  releaseStream(stream: Stream): void {
    if (stream.readers <= 0 && stream.writers <= 0) this.state.streams.delete(stream.id);
  }

  // --- order ---

  /** Counts one call of the running thread; true when its share is used up. */
  spend(): boolean {
    this.#quantum -= 1;
    return this.#quantum <= 0;
  }

  addThread(kernel: Kernel, pid: number, task: Task<unknown>, handler: boolean, fd?: number): void {
    this.threads.push({ kernel, pid, task, wait: undefined, handler, fd, done: false });
  }

  /** Ends all threads of a process. */
  dropThreads(kernel: Kernel, pid: number): void {
    for (const thread of this.threads) if (thread.kernel === kernel && thread.pid === pid) thread.done = true;
  }

  /**
   * Runs threads in order until nothing is runnable, then lets the clock jump from event to event up to `goal`.
   * `stop` is asked after each step: where it says so, the answer is "busy" all the same. What happens does not depend on it.
   */
  run(stop: () => boolean = () => false): RunState {
    for (;;) {
      if (this.wanted.size > 0) {
        for (const name of this.wanted) if (this.programs.get(name)) this.wanted.delete(name);
        if (this.wanted.size > 0) return "loading";
      }
      const first = this.#position;
      this.#position = 0;
      // A round that was paused goes on where it stopped: order is the same with and without pauses.
      let progressed = first > 0;
      if (first === 0 && !this.resting)
        for (const kernel of this.kernels.values()) if (kernel.services.poll()) progressed = true;
      const turn = this.threads;
      for (let i = first; i < turn.length; i++) {
        const thread = turn[i] as Thread;
        if (thread.done || !this.#runnable(thread)) continue;
        this.#step(thread);
        progressed = true;
        if (this.wanted.size > 0 || stop()) {
          this.#position = i + 1;
          if (this.wanted.size > 0) break;
          return "busy";
        }
      }
      if (this.#position > 0) continue;
      if (turn.some((thread) => thread.done)) this.threads = this.threads.filter((thread) => !thread.done);
      if (progressed) continue;
      if (this.resting || !this.#nextEvent()) return "idle";
    }
  }

  /** Lets the clock run on by so many ms (at the next `run`). */
  advance(ms: number): void {
    this.goal = Math.max(this.goal, this.state.now) + ms;
  }

  /** The time of the next timer or timeout; undefined where nothing is due ever. */
  nextDue(): number | undefined {
    let next: number | undefined;
    for (const thread of this.threads) {
      const until = thread.wait?.until;
      if (
        !thread.done &&
        until !== undefined &&
        thread.kernel.isRunning(thread.pid) &&
        (next === undefined || until < next)
      )
        next = until;
    }
    for (const kernel of this.kernels.values()) {
      const due = kernel.services.nextTimer();
      if (due !== undefined && (next === undefined || due < next)) next = due;
    }
    return next;
  }

  #nextEvent(): boolean {
    const next = this.nextDue();
    if (next === undefined || next > this.goal) {
      this.state.now = Math.max(this.state.now, this.goal);
      return false;
    }
    this.state.now = Math.max(this.state.now, next);
    for (const kernel of this.kernels.values()) kernel.services.fireTimers();
    return true;
  }

  #runnable(thread: Thread): boolean {
    const { wait, kernel, pid } = thread;
    if (!kernel.isRunning(pid)) return false;
    if (wait === undefined) return true;
    if (wait.until !== undefined && this.state.now >= wait.until) return true;
    if (wait.interruptible && kernel.hasCaught(pid)) return true;
    return wait.ready();
  }

  #step(thread: Thread): void {
    this.current = thread;
    this.changes += 1;
    this.#quantum = QUANTUM;
    thread.wait = undefined;
    try {
      const result = thread.task.next();
      if (thread.done) return;
      if (result.done) {
        thread.done = true;
        if (!thread.handler) thread.kernel.threadReturned(thread.pid, result.value);
      } else if (result.value === PARK) {
        thread.done = true;
      } else {
        thread.wait = result.value;
      }
    } catch (error) {
      thread.done = true;
      thread.kernel.crash(thread.pid);
      // A program that calls itself without end runs out of stack on a real machine, too, and dies of it.
      if (!/call stack|recursion/.test(String(error))) throw error;
    } finally {
      this.current = undefined;
    }
  }

  // --- terminals of the host ---

  write(terminal: string, bytes: Uint8Array): void {
    const pending = this.output.get(terminal);
    if (pending) {
      pending.chunks.push(bytes);
      pending.size += bytes.length;
    } else {
      this.output.set(terminal, { chunks: [bytes], size: bytes.length });
    }
  }

  /** The next bytes for a terminal of the host: chunks in one piece, up to about `most` bytes; undefined where nothing waits. */
  takeOutput(terminal: string, most: number): Uint8Array | undefined {
    const pending = this.output.get(terminal);
    if (pending === undefined) return undefined;
    let count = 0;
    let size = 0;
    while (
      count < pending.chunks.length &&
      (count === 0 || size + (pending.chunks[count] as Uint8Array).length <= most)
    )
      size += (pending.chunks[count++] as Uint8Array).length;
    const taken = pending.chunks.splice(0, count);
    pending.size -= size;
    if (pending.chunks.length === 0) this.output.delete(terminal);
    return taken.length === 1 ? taken[0] : concat(taken);
  }
}
