// The page's side of the machine: starts the worker, sends and hears messages, pairs questions with answers. The only importer of the sandbox.

import type { GradeReport } from "#sandbox/grader/check.ts";
import type {
  Boot,
  DirItem,
  FromMachine,
  OpenTerminal,
  PrebuiltScene,
  SavedLab,
  SharedFleet,
  SharedWay,
  ToMachine,
} from "#sandbox/protocol.ts";

/** A message of one type from the machine. */
export type Heard<T extends FromMachine["type"]> = Extract<FromMachine, { type: T }>;

/** What can be asked; the machine gives it an id and answers with the same. */
type Question =
  Extract<ToMachine, { id: number }> extends infer M ? (M extends { id: number } ? Omit<M, "id"> : never) : never;

/** A worker or anything that speaks like one. */
export interface Port {
  postMessage(message: ToMachine): void;
  terminate(): void;
  addEventListener(type: "message", listener: (event: { data: FromMachine }) => void): void;
  addEventListener(type: "error" | "messageerror", listener: (event: { message?: string }) => void): void;
}

/** Something the machine could not do, in its own words. */
export class Refused extends Error {}

const patience = 15_000;
/** Every check asks its machine, on a device that may be slow (ms). */
const gradingPatience = 60_000;

function startWorker(): Port {
  return new Worker(new URL("../../sandbox/host/worker.ts", import.meta.url), { type: "module" }) as Port;
}

export class MachineClient {
  readonly #port: Port;
  readonly #listeners = new Map<string, Set<(message: never) => void>>();
  readonly #waiting = new Map<number, { resolve(message: FromMachine): void; reject(error: Error): void }>();
  #lastId = 0;
  #dead = false;
  #onDeath: ((reason: string) => void) | undefined;
  /** Why it died before anybody asked to be told: its code may not arrive while the page still fetches its own. */
  #reason: string | undefined;

  constructor(port: Port = startWorker()) {
    this.#port = port;
    port.addEventListener("message", ({ data }) => this.#hear(data));
    port.addEventListener("error", ({ message }) => this.die(message ?? "the worker ended"));
    port.addEventListener("messageerror", () => this.die("a message could not be read"));
  }

  /** Called once when the worker is gone: ended from outside or broken. */
  set onDeath(tell: (reason: string) => void) {
    this.#onDeath = tell;
    const reason = this.#reason;
    if (reason !== undefined) queueMicrotask(() => tell(reason));
  }

  boot(boot: Boot): void {
    this.send({ type: "boot", boot });
  }

  send(message: ToMachine): void {
    if (!this.#dead) this.#port.postMessage(message);
  }

  /** Listens to one type of message; returns how to stop. */
  on<T extends FromMachine["type"]>(type: T, listener: (message: Heard<T>) => void): () => void {
    const set = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, set);
    set.add(listener as (message: never) => void);
    return () => set.delete(listener as (message: never) => void);
  }

  #hear(message: FromMachine): void {
    if ("id" in message && message.id !== undefined) {
      this.#waiting.get(message.id)?.resolve(message);
      this.#waiting.delete(message.id);
    }
    for (const listener of this.#listeners.get(message.type) ?? []) listener(message as never);
  }

  /** Whether the worker still answers, within so many milliseconds. */
  isAlive(machine: string, within: number): Promise<boolean> {
    return this.#ask({ type: "list-dir", machine, path: "/" }, within).then(
      () => true,
      () => false,
    );
  }

  #ask(question: Question, within = patience): Promise<FromMachine> {
    if (this.#dead) return Promise.reject(new Refused("the machine is not running"));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Refused("the machine does not answer"));
      }, within);
      this.#waiting.set(id, {
        resolve: (message) => {
          clearTimeout(timer);
          resolve(message);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      this.#port.postMessage({ ...question, id } as ToMachine);
    });
  }

  async openTerminal(machine: string, user: string): Promise<OpenTerminal> {
    const { terminal, error } = (await this.#ask({ type: "open-terminal", machine, user })) as Heard<"terminal-opened">;
    if (terminal === undefined) throw new Refused(error ?? `No terminal on ${machine} for ${user}.`);
    return terminal;
  }

  async listDir(machine: string, path: string): Promise<readonly DirItem[]> {
    const { items, error } = (await this.#ask({ type: "list-dir", machine, path })) as Heard<"dir">;
    if (error !== undefined) throw new Refused(error);
    return items;
  }

  async readFile(machine: string, path: string): Promise<string> {
    const { content, error } = (await this.#ask({ type: "read-file", machine, path })) as Heard<"file">;
    if (error !== undefined) throw new Refused(error);
    return content;
  }

  async writeFile(machine: string, path: string, content: string): Promise<void> {
    const { error } = (await this.#ask({ type: "write-file", machine, path, content })) as Heard<"written">;
    if (error !== undefined) throw new Refused(error);
  }

  async requests(): Promise<Heard<"requests">["requests"]> {
    return ((await this.#ask({ type: "requests" })) as Heard<"requests">).requests;
  }

  /** Verdicts on the machine as it is, after so many milliseconds more of its life on a copy. */
  async grade(settle: number): Promise<GradeReport> {
    return ((await this.#ask({ type: "grade", settle }, gradingPatience)) as Heard<"report">).report;
  }

  async save(): Promise<SavedLab> {
    return ((await this.#ask({ type: "save" })) as Heard<"saved">).lab;
  }

  /** A file as it was when the captain of that machine was last started. */
  async readRunning(machine: string, path: string): Promise<string> {
    const { content, error } = (await this.#ask({ type: "read-running", machine, path })) as Heard<"file">;
    if (error !== undefined) throw new Refused(error);
    return content;
  }

  /** The fleet as it is now, or at a point of the time line, as the change from its scene. */
  async share(base: PrebuiltScene, entry?: number): Promise<SharedFleet> {
    const point = entry === undefined ? {} : { entry };
    const { fleet } = (await this.#ask({ type: "share", base, ...point })) as Heard<"shared">;
    if (fleet === undefined) throw new Refused("this point is no longer known");
    return fleet;
  }

  /** The start of the time line, and the way from there with so many points at most. */
  async shareWay(base: PrebuiltScene, most: number): Promise<{ readonly start: SharedFleet; readonly way: SharedWay }> {
    return (await this.#ask({ type: "share-way", base, most })) as Heard<"shared-way">;
  }

  /** What differs between two points; undefined where one is no longer known. */
  async compare(from: number, to: number): Promise<Heard<"compared">["comparison"]> {
    return ((await this.#ask({ type: "compare", from, to }, gradingPatience)) as Heard<"compared">).comparison;
  }

  /** Shows a point of the time line with what its command printed; resolves when the machine is there. */
  replay(entry: number): Promise<void> {
    return new Promise((resolve) => {
      const forget = this.on("moved", () => {
        forget();
        resolve();
      });
      this.send({ type: "replay", entry });
    });
  }

  /** Declares the worker dead: questions fail, the owner is told once. */
  die(reason: string): void {
    if (this.#dead) return;
    this.end();
    if (this.#onDeath === undefined) this.#reason = reason;
    else this.#onDeath(reason);
  }

  /** Ends the worker on purpose. */
  end(): void {
    this.#dead = true;
    this.#port.terminate();
    for (const { reject } of this.#waiting.values()) reject(new Refused("the machine stopped"));
    this.#waiting.clear();
  }
}
