// Replays a time line: goes from point to point as it was done, at a speed; terminal, ship, orders and editor follow. Ends where it began, or where it is stopped.

import type { TimelineEntry } from "#sandbox/protocol.ts";
import type { MachineClient } from "../../machine/client.ts";
import { namePoint } from "./words.ts";

/** A point stays for at least so long, that it can be read, and for no longer than that, whatever pause there was (ms). */
const SHORTEST = 800;
const LONGEST = 6000;

export class Replay {
  readonly #client: MachineClient;
  readonly #entries: readonly TimelineEntry[];
  readonly #path: readonly number[];
  readonly #speed: number;
  readonly #speak: (sentence: string) => void;
  readonly #onEnd: () => void;
  /** Listeners that end with it. */
  readonly #forget: (() => void)[];
  #at = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    client: MachineClient,
    entries: readonly TimelineEntry[],
    path: readonly number[],
    speed: number,
    speak: (sentence: string) => void,
    onEnd: () => void,
  ) {
    this.#client = client;
    this.#entries = entries;
    this.#path = path;
    this.#speed = speed;
    this.#speak = speak;
    this.#onEnd = onEnd;
    // Whoever does something of his own meanwhile goes on from there.
    this.#forget = [
      client.on("timeline", (state) => {
        if (state.entries.length !== entries.length) this.stop();
      }),
      // What the command printed is found out again first; the pause begins when it is seen.
      client.on("moved", () => this.#wait()),
    ];
    this.#show();
  }

  #show(): void {
    const entry = this.#path[this.#at] as number;
    this.#client.send({ type: "replay", entry });
    this.#speak(`${this.#at + 1} of ${this.#path.length}: ${namePoint(this.#entries, entry)}`);
  }

  #wait(): void {
    const [entry, following] = this.#path.slice(this.#at);
    if (entry === undefined || following === undefined) return this.stop();
    const pause = (this.#timeOf(following) - this.#timeOf(entry)) / this.#speed;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#at += 1;
        this.#show();
      },
      Math.min(LONGEST, Math.max(SHORTEST, pause)),
    );
  }

  #timeOf(entry: number): number {
    return this.#entries.find((each) => each.entry === entry)?.at ?? 0;
  }

  stop(): void {
    clearTimeout(this.#timer);
    for (const forget of this.#forget) forget();
    this.#onEnd();
  }
}
