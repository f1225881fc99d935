// A learner's side of a room: what is known of it in all tabs, and what is told. One tab holds the stream and sends; the others listen to it.

import type { ActView, LearnerEvent, OwnFeed, OwnView, RoomView } from "../../hub/api/index.ts";
import { createStore } from "../../state/store.ts";
import { makeId } from "../hub/api.ts";
import { leadAlone } from "../hub/one-tab.ts";
import { createOutbox, type NewEvent } from "../hub/queue.ts";
import { followFeed, type Link } from "../hub/stream.ts";
import type { Membership } from "./membership.ts";

export interface MemberState {
  readonly link: Link;
  /** Why it is over, in a sentence. */
  readonly why: string | undefined;
  /** Events that wait to be sent. */
  readonly waiting: number;
  /** The last attempt to send them failed. */
  readonly failing: boolean;
  /** What the hub's clock is ahead of ours (ms). */
  readonly ahead: number;
  readonly room: RoomView | undefined;
  readonly me: OwnView | undefined;
  /** Acts for this learner, oldest first. */
  readonly inbox: readonly ActView[];
}

type Word = "who" | "queued" | { readonly state: MemberState };

export interface Member {
  readonly $state: { get(): MemberState; watch(listener: (state: MemberState) => void): () => void };
  /** Queues an event and has it sent. */
  tell(event: NewEvent): Promise<void>;
  stop(): void;
}

const nothing: MemberState = {
  link: "connecting",
  why: undefined,
  waiting: 0,
  failing: false,
  ahead: 0,
  room: undefined,
  me: undefined,
  inbox: [],
};

export function createMember({ room }: Membership): Member {
  const $state = createStore(nothing);
  const channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(`kc:room:${room}`);
  let leading = false;
  let feed: { stop(): void } | undefined;
  const change = (part: Partial<MemberState>): void => {
    const next = { ...$state.get(), ...part };
    // A room that has ended is still told of, until it is erased.
    $state.set(next.room?.ended === undefined ? next : { ...next, link: "over" });
    if (leading) channel?.postMessage({ state: $state.get() } satisfies Word);
  };
  const outbox = createOutbox(room, {
    onWaiting: (waiting, failing) => change({ waiting, failing }),
    onOver: () => change({ link: "over" }),
  });

  function lead(): void {
    leading = true;
    outbox.send();
    feed = followFeed<OwnFeed>({
      path: `/rooms/${room}/mine`,
      onFeed: (news) => change(takeFeed($state.get(), news)),
      onLink: (link, why) => {
        change({ link, why });
        if (link === "live" || link === "polling") outbox.send();
      },
    });
  }
  function yieldUp(): void {
    leading = false;
    feed?.stop();
  }
  const alone = leadAlone(`kc:room-lead:${room}`, lead, yieldUp);

  channel?.addEventListener("message", ({ data }: MessageEvent<Word>) => {
    if (data === "who") {
      if (leading) channel.postMessage({ state: $state.get() } satisfies Word);
    } else if (data === "queued") {
      if (leading) outbox.send();
    } else if (!leading) $state.set(data.state);
  });
  channel?.postMessage("who" satisfies Word);

  return {
    $state,
    async tell(event) {
      await outbox.add({ id: makeId(), at: Date.now(), ...event } as LearnerEvent);
      if (leading) outbox.send();
      else channel?.postMessage("queued" satisfies Word);
    },
    stop() {
      alone.stop();
      feed?.stop();
      outbox.stop();
      channel?.close();
    },
  };
}

/** What changed, laid over what was known; an undone act replaces the one it undoes. */
function takeFeed(state: MemberState, { now, room, me, inbox }: OwnFeed): Partial<MemberState> {
  const known = new Map(state.inbox.map((view) => [view.act.id, view]));
  for (const view of inbox) known.set(view.act.id, view);
  return {
    ahead: now - Date.now(),
    ...(room === undefined ? {} : { room }),
    ...(me === undefined ? {} : { me }),
    inbox: [...known.values()].sort((a, b) => a.seq - b.seq),
  };
}
