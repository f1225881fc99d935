// News of rooms to everyone who listens: one reading of the database for all rooms with news, however many listen, and none for rooms nobody hears.

import type { BoardFeed, Bye, OwnFeed } from "./api/views.ts";
import { pickOwn, readBoard, readBoards, readOwn } from "./feeds.ts";
import type { Hub } from "./rooms.ts";

/** Somebody who listens to a room: a board, or one learner's page. */
export interface Listener {
  /** The learner whose part this is; undefined for a board. */
  readonly learner: string | undefined;
  /** Whether it takes more now; one that does not is caught up by `resume`. */
  isOpen(): boolean;
  /** The feed, and its JSON. */
  send(seq: number, json: string): void;
  bye(why: Bye["why"]): void;
}

interface Listening {
  readonly room: string;
  readonly listener: Listener;
  /** Everything up to here was sent. */
  seq: number;
  behind: boolean;
}

interface Channel {
  readonly room: string;
  readonly listening: Set<Listening>;
  /** Everything up to here was handed out. */
  seq: number;
}

export interface Channels {
  /** Sends what is new since `after`, then all that comes. Answers how to stop, and how to go on after a pause. */
  listen(room: string, after: number, listener: Listener): Promise<{ leave(): void; resume(): void }>;
  /** From now on: resolves when the room changes, or after the time. */
  wait(room: string, ms: number): { readonly news: Promise<void>; cancel(): void };
  count(): { readonly boards: number; readonly learners: number };
  close(): void;
}

/** News of all rooms gathers this long (ms): however busy they are, the database is read, and streams are written to, 20 times a second at most. */
const gathering = 50;
/** After a reading that failed (ms). */
const pauseAfterFailure = 250;
/** Rooms that are read together. */
const largestReading = 64;

export interface ChannelOptions {
  /** Told how long (ms) a change waited until it was handed out. */
  readonly onHandedOut?: (ms: number) => void;
  readonly onError: (error: unknown) => void;
}

export function createChannels(hub: Hub, options: ChannelOptions): Channels {
  const channels = new Map<string, Channel>();
  const waiting = new Map<string, Set<() => void>>();
  /** Channels with news, and when (ms, steady) it was first heard of. */
  const dirty = new Map<Channel, number>();
  let handingOut: NodeJS.Timeout | undefined;
  let reading = false;

  const readFor = (room: string, { learner }: Listener, after: number): Promise<BoardFeed | OwnFeed> =>
    learner === undefined ? readBoard(hub, room, after) : readOwn(hub, room, learner, after);

  const openChannel = (room: string, seq: number): Channel => {
    const known = channels.get(room);
    if (known !== undefined) return known;
    const made: Channel = { room, listening: new Set(), seq };
    channels.set(room, made);
    return made;
  };

  /** Sends one listener what is new to it out of the news of all. */
  const deliver = (listening: Listening, feed: BoardFeed, from: number, json: () => string): void => {
    const { listener } = listening;
    if (!listener.isOpen()) {
      listening.behind = true;
      return;
    }
    // One who joined between two readings has its own beginning.
    if (listening.behind || listening.seq < from) return void catchUp(listening);
    if (listener.learner === undefined) {
      if (hasNews(feed)) listener.send(feed.seq, json());
    } else sendOwn(listening, pickOwn(feed, listener.learner, listening.seq));
    listening.seq = feed.seq;
    sayBye(listening, feed);
  };

  const hasNews = ({ room, learners, acts }: BoardFeed): boolean =>
    room !== undefined || learners.length > 0 || acts.length > 0;

  const sayBye = ({ listener }: Listening, feed: BoardFeed): void => {
    const erased = feed.room?.eraseAt !== undefined && feed.room.eraseAt <= feed.now;
    const removed = feed.learners.some((row) => row.id === listener.learner && row.removed);
    if (listener.learner !== undefined && (erased || removed)) listener.bye(removed ? "removed" : "erased");
  };

  /** Most changes in a room are none of a learner's: then nothing is sent. */
  const sendOwn = ({ listener }: Listening, feed: OwnFeed): void => {
    if (feed.room !== undefined || feed.me !== undefined || feed.inbox.length > 0)
      listener.send(feed.seq, JSON.stringify(feed));
  };

  /** Reads what one listener has missed. */
  const catchUp = async (listening: Listening): Promise<void> => {
    listening.behind = false;
    try {
      const { room, listener, seq } = listening;
      const feed = await readFor(room, listener, seq);
      if (channels.get(room)?.listening.has(listening) !== true) return;
      if (!listener.isOpen()) {
        listening.behind = true;
        return;
      }
      listener.send(feed.seq, JSON.stringify(feed));
      listening.seq = feed.seq;
    } catch (error) {
      listening.behind = true;
      options.onError(error);
    }
  };

  /** Reads every room with news in one go, and gives each listener its part. */
  const handOut = async (): Promise<void> => {
    handingOut = undefined;
    if (reading || dirty.size === 0) return;
    reading = true;
    const now = [...dirty].slice(0, largestReading);
    for (const [channel] of now) dirty.delete(channel);
    try {
      const wanted = now.map(([{ room, seq }]) => ({ room, after: seq }));
      const feeds = await readBoards(hub, wanted);
      for (const [channel, since] of now) {
        const feed = feeds.get(channel.room);
        if (feed === undefined) continue;
        give(channel, feed);
        options.onHandedOut?.(performance.now() - since);
      }
      reading = false;
      if (dirty.size > 0) wake(gathering);
    } catch (error) {
      for (const [channel, since] of now) dirty.set(channel, since);
      options.onError(error);
      reading = false;
      wake(pauseAfterFailure);
    }
  };

  const give = (channel: Channel, feed: BoardFeed): void => {
    const from = channel.seq;
    let text: string | undefined;
    const json = () => {
      text ??= JSON.stringify(feed);
      return text;
    };
    for (const listening of channel.listening) deliver(listening, feed, from, json);
    channel.seq = feed.seq;
  };

  const wake = (ms: number): void => {
    if (!reading) handingOut ??= setTimeout(() => void handOut(), ms);
  };

  const schedule = (channel: Channel): void => {
    if (!dirty.has(channel)) dirty.set(channel, performance.now());
    wake(gathering);
  };

  hub.database.onChange((room) => {
    for (const channel of room === undefined ? channels.values() : [channels.get(room)])
      if (channel !== undefined) schedule(channel);
    for (const wake of room === undefined ? [...waiting.values()] : [waiting.get(room) ?? []])
      for (const one of [...wake]) one();
  });

  return {
    async listen(room, after, listener) {
      const first = await readFor(room, listener, after);
      listener.send(first.seq, JSON.stringify(first));
      const listening: Listening = { room, listener, seq: first.seq, behind: false };
      const channel = openChannel(room, first.seq);
      channel.listening.add(listening);
      // What was committed between the reading and now is handed out at once.
      schedule(channel);
      return {
        leave: () => {
          channel.listening.delete(listening);
          if (channel.listening.size > 0) return;
          dirty.delete(channel);
          if (channels.get(room) === channel) channels.delete(room);
        },
        resume: () => {
          if (listening.behind) void catchUp(listening);
        },
      };
    },
    wait: (room, ms) => {
      const others = waiting.get(room) ?? new Set();
      waiting.set(room, others);
      const { promise, resolve } = Promise.withResolvers<void>();
      const cancel = () => {
        clearTimeout(timer);
        others.delete(cancel);
        if (others.size === 0 && waiting.get(room) === others) waiting.delete(room);
        resolve();
      };
      const timer = setTimeout(cancel, ms);
      others.add(cancel);
      return { news: promise, cancel };
    },
    count: () => {
      const all = [...channels.values()].flatMap(({ listening }) => [...listening]);
      const boards = all.filter(({ listener }) => listener.learner === undefined).length;
      return { boards, learners: all.length - boards };
    },
    close: () => {
      clearTimeout(handingOut);
      for (const channel of channels.values()) {
        for (const { listener } of channel.listening) listener.bye("stopping");
      }
      for (const wake of [...waiting.values()]) for (const one of [...wake]) one();
    },
  };
}
