// Server-sent events over one answer: feeds as they come, a comment now and then so that proxies keep it open, pauses for slow readers.

import type { FastifyReply } from "fastify";
import type { Bye } from "./api/views.ts";
import type { Channels, Listener } from "./channels.ts";

const heartbeat = 15_000;
/** Bytes that may wait for a slow reader before feeds are skipped and caught up later. */
const backlog = 256 * 1024;
/** Streams one person may have open; the oldest closes for a new one. */
const streamsOfPerson = 4;

export interface StreamOptions {
  readonly room: string;
  /** The learner whose part it is; undefined for a board. */
  readonly learner: string | undefined;
  /** Who listens, for the number of streams. */
  readonly person: string;
  readonly after: number;
  /** Headers that every answer of the hub has. */
  readonly headers: Readonly<Record<string, string>>;
  readonly onBeat: () => void;
  readonly onClose: () => void;
}

export interface Streams {
  open(reply: FastifyReply, options: StreamOptions): Promise<void>;
  /** Whether the person has another stream open. */
  has(person: string): boolean;
}

export function createStreams(channels: Channels): Streams {
  const open = new Map<string, Set<() => void>>();

  /** Counts a stream with its person; answers how to take it off again. */
  const register = (person: string, end: () => void): (() => void) => {
    const own = open.get(person) ?? new Set();
    open.set(person, own.add(end));
    if (own.size > streamsOfPerson) [...own][0]?.();
    return () => {
      own.delete(end);
      if (own.size === 0) open.delete(person);
    };
  };

  return {
    has: (person) => open.has(person),
    async open(reply, options) {
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, {
        ...options.headers,
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store, no-transform",
        "x-accel-buffering": "no",
      });
      raw.socket?.setNoDelay(true);
      const listener: Listener = {
        learner: options.learner,
        isOpen: () => raw.writableLength < backlog,
        send: (seq, json) => void raw.write(`id: ${seq}\nevent: feed\ndata: ${json}\n\n`),
        bye: (why) => void raw.end(`event: bye\ndata: ${JSON.stringify({ why } satisfies Bye)}\n\n`),
      };
      // A page that lost its stream comes back within three seconds, not all at once.
      raw.write(`retry: ${1_000 + Math.floor(Math.random() * 2_000)}\n\n`);
      const end = () => void raw.end();
      const unregister = register(options.person, end);
      let leave: (() => void) | undefined;
      let closed = false;
      const beat = setInterval(() => {
        if (listener.isOpen()) raw.write(": here\n\n");
        options.onBeat();
      }, heartbeat);
      raw.on("close", () => {
        closed = true;
        clearInterval(beat);
        unregister();
        leave?.();
        options.onClose();
      });
      raw.on("error", () => undefined);
      try {
        const listening = await channels.listen(options.room, options.after, listener);
        leave = listening.leave;
        if (closed) leave();
        else raw.on("drain", listening.resume);
      } catch (error) {
        raw.end();
        throw error;
      }
    },
  };
}
