// Events that wait to be sent, in IndexedDB: they survive a closed tab and a cut network. Sent until acknowledged; the hub counts each id once.

import { createStore, delMany, entries, set, type UseStore } from "idb-keyval";
import type { EventBatch, EventsTaken, LearnerEvent } from "../../hub/api/index.ts";
import { type Answer, askHub } from "./api.ts";

/** Without its id and time, which the queue gives. */
export type NewEvent = LearnerEvent extends infer E ? (E extends LearnerEvent ? Omit<E, "id" | "at"> : never) : never;

const mostAtOnce = 100;
/** Characters of one batch; a state travels alone. */
const largestBatch = 1_400_000;
const longestPause = 20_000;
/** What a database may take for one answer (ms). WebKit's may give none as long as a page that was left holds on to it. */
const patience = 3000;

/** What waits: on this device, or in this page where nothing can be stored. */
class Waiting {
  readonly #room: string;
  readonly #memory = new Map<string, LearnerEvent>();
  #store: UseStore | undefined;

  constructor(room: string) {
    this.#room = room;
    try {
      this.#store = createStore("kubelet-captain-room", "events");
    } catch {
      this.#store = undefined;
    }
  }

  /** An answer of the database, or a failure where none comes in time: then it is asked no more by this page. */
  #inTime<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#store = undefined;
        reject(new Error("the database does not answer"));
      }, patience);
      answer.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  async add(event: LearnerEvent): Promise<void> {
    try {
      if (this.#store === undefined) throw new Error("nothing is stored here");
      await this.#inTime(set(`${this.#room}/${event.id}`, event, this.#store));
    } catch {
      this.#memory.set(event.id, event);
    }
  }

  /** Oldest first: ids begin with the time. */
  async list(): Promise<LearnerEvent[]> {
    const stored =
      this.#store === undefined
        ? []
        : await this.#inTime(entries<string, LearnerEvent>(this.#store)).catch(() => [] as [string, LearnerEvent][]);
    const mine = stored.filter(([key]) => key.startsWith(`${this.#room}/`)).map(([, event]) => event);
    return [...mine, ...this.#memory.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async drop(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#memory.delete(id);
    if (this.#store !== undefined)
      await this.#inTime(
        delMany(
          ids.map((id) => `${this.#room}/${id}`),
          this.#store,
        ),
      ).catch(() => undefined);
  }
}

export interface Outbox {
  add(event: LearnerEvent): Promise<void>;
  /** Sends what waits, now and after each failure until all is gone. Only one tab does. */
  send(): void;
  stop(): void;
}

/** What a queue tells of itself. */
export interface OutboxNews {
  /** How many events wait, and whether the last attempt to send them failed. */
  onWaiting?(count: number, failing: boolean): void;
  /** The hub takes none of them any more. */
  onOver?(): void;
}

export function createOutbox(room: string, news: OutboxNews = {}): Outbox {
  const waiting = new Waiting(room);
  let sending = false;
  let again = false;
  let stopped = false;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const retry = (): void => {
    failures = 0;
    void send();
  };
  addEventListener("online", retry);

  async function send(): Promise<void> {
    clearTimeout(timer);
    again = true;
    if (sending || stopped) return;
    sending = true;
    while (again && !stopped) {
      again = false;
      const events = await waiting.list();
      news.onWaiting?.(events.length, failures > 0);
      if (events.length === 0) break;
      const batch = cutBatch(events);
      const answer = await askHub<EventsTaken>(`/rooms/${room}/events`, {
        sentAt: Date.now(),
        events: batch,
      } satisfies EventBatch);
      if (answer.ok) {
        failures = 0;
        const { applied, known, refused } = answer.value;
        for (const { id, why } of refused) console.warn(`the hub refused event ${id}: ${why}`);
        await waiting.drop([...applied, ...known, ...refused.map(({ id }) => id)]);
        again = true;
      } else if (isOver(answer)) {
        stopped = true;
        news.onOver?.();
      } else {
        failures++;
        news.onWaiting?.(events.length, true);
        timer = setTimeout(
          () => void send(),
          Math.min(longestPause, 700 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random() / 2),
        );
        break;
      }
    }
    sending = false;
  }

  return {
    async add(event) {
      await waiting.add(event);
      news.onWaiting?.((await waiting.list()).length, failures > 0);
    },
    send: () => void send(),
    stop() {
      stopped = true;
      clearTimeout(timer);
      removeEventListener("online", retry);
    },
  };
}

function isOver(answer: Answer<unknown>): boolean {
  return !answer.ok && ["unauthorized", "forbidden", "not-found", "room-ended"].includes(answer.word ?? "");
}

function cutBatch(events: readonly LearnerEvent[]): LearnerEvent[] {
  const batch: LearnerEvent[] = [];
  let size = 0;
  for (const event of events.slice(0, mostAtOnce)) {
    const state = "state" in event ? event.state : "code" in event ? event.code : undefined;
    size += 500 + (state?.length ?? 0);
    if (batch.length > 0 && size > largestBatch) break;
    batch.push(event);
  }
  return batch;
}
