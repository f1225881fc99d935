// Output on its way to the page: a paced page is sent no more than it can show, so that a flood never fills its memory.

import type { Fleet } from "../fleet.ts";
import type { FromMachine } from "../protocol.ts";

/** Bytes on their way to a paced terminal at any time, and in one message. */
const WINDOW = 65_536;
const MESSAGE = 16_384;

export class Output {
  readonly #post: (message: FromMachine) => void;
  readonly #paced: boolean;
  /** Bytes sent and not yet shown, by terminal. */
  readonly #flying = new Map<string, number>();

  constructor(post: (message: FromMachine) => void, paced: boolean) {
    this.#post = post;
    this.#paced = paced;
  }

  /** The page has shown so many bytes. */
  shown(terminal: string, bytes: number): void {
    this.#flying.set(terminal, Math.max(0, (this.#flying.get(terminal) ?? 0) - bytes));
  }

  /** The terminals are others now: nothing is on its way to them. */
  clear(): void {
    this.#flying.clear();
  }

  /** Sends what was written and there is room for, and tells of terminals that closed; whether anything was sent. */
  flush(fleet: Fleet): boolean {
    let wrote = false;
    for (const terminal of [...fleet.world.output.keys()])
      for (;;) {
        const flying = this.#flying.get(terminal) ?? 0;
        const data = this.#paced && flying >= WINDOW ? undefined : fleet.world.takeOutput(terminal, MESSAGE);
        if (data === undefined) break;
        if (this.#paced) this.#flying.set(terminal, flying + data.length);
        this.#post({ type: "output", terminal, data });
        wrote = true;
      }
    for (const terminal of fleet.world.closedTerminals) {
      const at = fleet.terminals.findIndex((each) => each.id === terminal);
      if (at >= 0) fleet.terminals.splice(at, 1);
      this.#flying.delete(terminal);
      this.#post({ type: "terminal-closed", terminal });
    }
    fleet.world.closedTerminals.clear();
    return wrote;
  }
}
