// Follows a feed of the hub: a stream where the network lets one through, long questions where proxies hold it back. Comes back by itself.

import type { Bye } from "../../hub/api/index.ts";
import { askHub, hubAddress } from "./api.ts";

export type Link = "connecting" | "live" | "polling" | "offline" | "over";

export interface FeedOptions<T> {
  /** Path of the feed; its stream is below it. */
  readonly path: string;
  /** The highest seq already known. */
  readonly after?: number;
  onFeed(feed: T): void;
  /** `over`: the room has gone, or this key opens it no longer. */
  onLink(link: Link, why?: string): void;
}

/** A stream that is silent for so long is held back by somebody (ms). Comments come more often than that. */
const silence = 40_000;
/** Its first word comes at once, unless a proxy waits for the end. */
const firstWord = 6000;
const longestPause = 15_000;
const pollSeconds = 20;

/** Follows until stopped. Works by `fetch`, so that cookies and a fallback are ours. */
export function followFeed<T extends { readonly seq: number }>(options: FeedOptions<T>): { stop(): void } {
  let stopped = false;
  let after = options.after ?? 0;
  let failures = 0;
  let polling = isHeldBack();
  let current: AbortController | undefined;
  let wake: (() => void) | undefined;

  const take = (feed: T): void => {
    failures = 0;
    after = Math.max(after, feed.seq);
    options.onFeed(feed);
  };
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const online = (): void => wake?.();
  addEventListener("online", online);

  async function run(): Promise<void> {
    options.onLink("connecting");
    while (!stopped) {
      const way = polling ? await poll() : await stream();
      if (stopped || way === "over") break;
      if (way === "held") {
        polling = true;
        noteHeldBack();
        continue;
      }
      if (way === "again") continue;
      failures++;
      if (failures > 1) options.onLink("offline");
      // Spread, so that a room does not come back in one moment.
      await pause(Math.min(longestPause, 500 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random() / 2));
    }
    removeEventListener("online", online);
  }

  type Way = "again" | "failed" | "held" | "over";

  async function stream(): Promise<Way> {
    current = new AbortController();
    let heard = false;
    let timer = setTimeout(() => current?.abort("silent"), firstWord);
    try {
      const response = await fetch(`${hubAddress(options.path)}/stream?after=${after}`, {
        credentials: "same-origin",
        cache: "no-store",
        headers: { accept: "text/event-stream" },
        signal: current.signal,
      });
      if (!response.ok || response.body === null) return await refuse(response.status);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let buffer = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return "failed";
        clearTimeout(timer);
        timer = setTimeout(() => current?.abort("silent"), silence);
        if (!heard) options.onLink("live");
        heard = true;
        buffer += value.replaceAll("\r\n", "\n");
        for (let cut = buffer.indexOf("\n\n"); cut >= 0; cut = buffer.indexOf("\n\n")) {
          const ended = hear(buffer.slice(0, cut));
          buffer = buffer.slice(cut + 2);
          if (ended !== undefined) return ended;
        }
      }
    } catch {
      return current.signal.reason === "silent" && !heard && navigator.onLine ? "held" : "failed";
    } finally {
      clearTimeout(timer);
    }
  }

  function hear(event: string): Way | undefined {
    const name = /^event: ?(.*)$/m.exec(event)?.[1];
    const data = [...event.matchAll(/^data: ?(.*)$/gm)].map((match) => match[1]).join("\n");
    if (name === "feed") take(JSON.parse(data) as T);
    if (name !== "bye") return undefined;
    const { why } = JSON.parse(data) as Bye;
    if (why === "stopping") return "failed";
    options.onLink("over", why === "removed" ? "You are no longer in this room." : "This room is over.");
    return "over";
  }

  async function poll(): Promise<Way> {
    const wait = failures === 0 ? pollSeconds : 0;
    const answer = await askHub<T>(`${options.path}?after=${after}&wait=${wait}`);
    if (answer.ok) {
      options.onLink("polling");
      take(answer.value);
      return "again";
    }
    return answer.word === undefined ? "failed" : refuse(answer.word);
  }

  async function refuse(what: number | string): Promise<Way> {
    if (![401, 403, 404, 410, "unauthorized", "forbidden", "not-found", "room-ended"].includes(what)) return "failed";
    options.onLink("over", "This browser is not in the room, or the room is over.");
    return "over";
  }

  void run();
  return {
    stop() {
      stopped = true;
      current?.abort();
      wake?.();
    },
  };
}

/** That streams do not come through here is remembered for as long as the tab is open. */
function isHeldBack(): boolean {
  try {
    return sessionStorage.getItem("kc:held-back") !== null;
  } catch {
    return false;
  }
}

function noteHeldBack(): void {
  try {
    sessionStorage.setItem("kc:held-back", "");
  } catch {
    // Found out again at the next page.
  }
}
