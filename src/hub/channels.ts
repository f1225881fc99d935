// News of rooms to everyone who listens: one read of the database for a room, however many listen, and none for rooms nobody hears.

import type { BoardFeed, Bye, OwnFeed } from "./api/views.ts";
import { pickOwn, readBoard, readOwn } from "./feeds.ts";
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
  dirty: boolean;
  timer: NodeJS.Timeout | undefined;
  reading: boolean;
}

export interface Channels {
  /** Sends what is new since `after`, then all that comes. Answers how to stop, and how to go on after a pause. */
  listen(room: string, after: number, listener: Listener): Promise<{ leave(): void; resume(): void }>;
  /** From now on: resolves when the room changes, or after the time. */
  wait(room: string, ms: number): { readonly news: Promise<void>; cancel(): void };
  count(): { readonly boards: number; readonly learners: number };
  close(): void;
}

/** News gathers this long (ms), so that a busy room is read 30 times a second at most. */
const gathering = 33;

export interface ChannelOptions {
  /** Told how long (ms) a change waited until it was handed out. */
  readonly onHandedOut?: (ms: number) => void;
  readonly onError: (error: unknown) => void;
}

export function createChannels(hub: Hub, options: ChannelOptions): Channels {
  const channels = new Map<string, Channel>();
  const waiting = new Map<string, Set<() => void>>();

  const readFor = (room: string, { learner }: Listener, after: number): Promise<BoardFeed | OwnFeed> =>
    learner === undefined ? readBoard(hub, room, after) : readOwn(hub, room, learner, after);

  const openChannel = (room: string, seq: number): Channel => {
    const known = channels.get(room);
    if (known !== undefined) return known;
    const made: Channel = {
      room,
      listening: new Set(),
      seq,
      dirty: false,
      timer: undefined,
      reading: false,
    };
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

  const handOut = async (channel: Channel, since: number): Promise<void> => {
    channel.timer = undefined;
    if (channel.reading) return;
    channel.reading = true;
    channel.dirty = false;
    try {
      const from = channel.seq;
      const feed = await readBoard(hub, channel.room, from);
      let text: string | undefined;
      const json = () => {
        text ??= JSON.stringify(feed);
        return text;
      };
      for (const listening of channel.listening) deliver(listening, feed, from, json);
      channel.seq = feed.seq;
      options.onHandedOut?.(performance.now() - since);
    } catch (error) {
      channel.dirty = true;
      options.onError(error);
    } finally {
      channel.reading = false;
      if (channel.dirty) schedule(channel, 250);
    }
  };

  const schedule = (channel: Channel, ms = gathering): void => {
    channel.dirty = true;
    const since = performance.now();
    if (channel.timer === undefined) channel.timer = setTimeout(() => void handOut(channel, since), ms);
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
          clearTimeout(channel.timer);
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
      for (const channel of channels.values()) {
        clearTimeout(channel.timer);
        for (const { listener } of channel.listening) listener.bye("stopping");
      }
      for (const wake of [...waiting.values()]) for (const one of [...wake]) one();
    },
  };
}
