// Watches over the machine's worker: asks whether it lives, tells its faults, and starts another from the last save when it is gone.

import type { FaultKind } from "#sandbox/protocol.ts";
import type { MachineClient } from "../../machine/client.ts";
import type { LabRecord } from "../../state/keeper.ts";
import type { Keeping } from "./keeping.ts";
import { hideNotice, showNotice } from "./notice.ts";

export interface WatchOptions {
  /** What the laboratory is to the reader: "lesson". */
  readonly noun: string;
  readonly keeping: Keeping;
  /** Starts another worker: from a record, or anew. */
  restart(record: LabRecord | undefined): void;
}

/** How often the worker is asked whether it lives, and how long it may be silent (ms). */
const heartbeat = 4000;
const longestSilence = 6000;

const unreached = "The network does not answer";

/** Whether code could not be fetched, in the words of the browsers. */
const isUnreached = (text: string): boolean => /dynamically imported module|importing a module script/i.test(text);

export class Watch {
  readonly #lab: HTMLElement;
  readonly #options: WatchOptions;
  #beat: ReturnType<typeof setInterval> | undefined;
  #client: MachineClient | undefined;
  /** When faults happened: many in a short time are answered otherwise than one. */
  #faults: number[] = [];

  constructor(lab: HTMLElement, options: WatchOptions) {
    this.#lab = lab;
    this.#options = options;
  }

  over(client: MachineClient): void {
    this.end();
    this.#client = client;
    client.onDeath = (reason) => this.#revive(reason);
    client.on("fault", ({ kind, text }) => this.#hear(kind, text));
    client.on("waits", ({ what, why }) => this.#tellWaiting(what, why));
    let machine: string | undefined;
    client.on("ready", ({ machines }) => {
      machine = machines[0]?.name;
    });
    this.#beat = setInterval(async () => {
      if (document.hidden || machine === undefined) return;
      const alive = await client.isAlive(machine, longestSilence);
      if (!alive && this.#client === client && !document.hidden) client.die("it no longer answers");
    }, heartbeat);
  }

  end(): void {
    clearInterval(this.#beat);
    this.#client = undefined;
  }

  async beginAnew(): Promise<void> {
    const client = this.#client;
    await this.#options.keeping.putAside();
    this.end();
    client?.end();
    this.#options.restart(undefined);
  }

  #faultsWithin(ms: number): number {
    return this.#faults.filter((at) => Date.now() - at < ms).length;
  }

  #revive(reason: string): void {
    console.error("the machine's worker stopped:", reason);
    this.#faults.push(Date.now());
    const { keeping, restart } = this.#options;
    if (this.#faultsWithin(30_000) >= 3) {
      this.#lab.dataset.status = "broken";
      const text =
        keeping.record === undefined
          ? "Its code does not arrive, or this browser does not run it. Look at the network, then try once more."
          : "Your last save may be what stops it. It is kept aside if you begin anew.";
      showNotice(this.#lab, "The machine stops again and again", text, [
        { label: "Begin anew", main: true, run: () => void this.beginAnew() },
        { label: "Try once more", run: () => restart(keeping.record) },
        { label: "Save a copy to a file", run: () => keeping.offer() },
      ]);
      return;
    }
    const { record } = keeping;
    const at = record === undefined ? "the start" : new Date(record.at).toLocaleTimeString([], { hourCycle: "h23" });
    restart(record);
    const text = `It is as it was saved at ${at}. A command that ran just then is lost; nothing else is.`;
    showNotice(this.#lab, "The machine stopped and was started again", text);
  }

  /** The machine or its verdicts lack code. It is asked for until it comes; then the notice goes by itself. */
  #tellWaiting(what: "machine" | "verdicts" | undefined, why: string): void {
    if (what === undefined) {
      hideNotice(this.#lab, unreached);
      return;
    }
    if (!isUnreached(why)) this.#hear("crash", why);
    else if (what === "machine")
      showNotice(
        this.#lab,
        unreached,
        "The machine waits for a part that was not needed before. What you type is kept, even where it does not show yet. It goes on by itself when the network is back.",
      );
    else
      showNotice(
        this.#lab,
        unreached,
        "The machine works, and the orders wait for the part that judges them. They are judged by themselves when the network is back.",
      );
  }

  #hear(kind: FaultKind, text: string): void {
    const { keeping } = this.#options;
    if (kind === "saved") {
      console.warn(text);
      void keeping.putAside();
      const why = text.replace(/^The saved laboratory cannot be read: /, "").replace(/\. This one begins anew\.$/, "");
      keeping.tellBad(why);
      return;
    }
    if (kind === "shared") {
      showNotice(
        this.#lab,
        "The shared machine cannot be opened",
        text.replace(/^.*?: /, "").replace(/^./, (first) => first.toUpperCase()),
      );
      return;
    }
    if (isUnreached(text)) {
      showNotice(
        this.#lab,
        unreached,
        "What this needs could not be fetched. Nothing is lost: do it once more when the network is back.",
      );
      return;
    }
    console.error("fault:", kind, text);
    this.#faults.push(Date.now());
    if (kind === "crash" && this.#faultsWithin(2000) > 4) {
      this.#client?.die("it failed again and again");
      return;
    }
    const title =
      kind === "scene" ? `This ${this.#options.noun}’s scene could not be built` : "Something in the machine failed";
    showNotice(this.#lab, title, `${text.split("\n")[0] ?? text}. This is a fault of the course, not yours.`, [
      { label: "Begin anew", run: () => void this.beginAnew() },
      { label: "Save the laboratory to a file", run: () => keeping.offer() },
    ]);
  }
}
