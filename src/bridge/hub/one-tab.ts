// One tab of the browser holds the room's stream. Web Locks decide; on plain HTTP there are none, and a beat in localStorage does.

import { makeId } from "./api.ts";

const beat = 1500;
/** A tab that was silent for so long is gone or asleep (ms). */
const tooOld = 5000;

/** Calls `lead` in the one tab that leads, now or when the tab before it has gone; `yieldUp` if another tab takes over. */
export function leadAlone(name: string, lead: () => void, yieldUp: () => void): { stop(): void } {
  if (navigator.locks !== undefined) return byLock(name, lead);
  return byBeat(name, lead, yieldUp);
}

function byLock(name: string, lead: () => void): { stop(): void } {
  let free: (() => void) | undefined;
  const giveUp = new AbortController();
  navigator.locks
    .request(name, { signal: giveUp.signal }, () => {
      lead();
      return new Promise<void>((resolve) => {
        free = resolve;
      });
    })
    .catch(() => undefined);
  return {
    stop() {
      giveUp.abort();
      free?.();
    },
  };
}

interface Beat {
  readonly tab: string;
  readonly at: number;
}

function byBeat(name: string, lead: () => void, yieldUp: () => void): { stop(): void } {
  const tab = makeId();
  let leading = false;
  const read = (): Beat | undefined => {
    try {
      return JSON.parse(localStorage.getItem(name) ?? "null") ?? undefined;
    } catch {
      return undefined;
    }
  };
  const tick = (): void => {
    const last = read();
    const other = last !== undefined && last.tab !== tab && Date.now() - last.at < tooOld;
    if (leading && other) {
      leading = false;
      yieldUp();
    } else if (!other) {
      try {
        localStorage.setItem(name, JSON.stringify({ tab, at: Date.now() } satisfies Beat));
      } catch {
        // Without storage each tab is alone.
      }
      if (!leading) {
        leading = true;
        lead();
      }
    }
  };
  const leave = (): void => {
    if (leading) localStorage.removeItem(name);
  };
  tick();
  const timer = setInterval(tick, beat);
  addEventListener("pagehide", leave);
  return {
    stop() {
      clearInterval(timer);
      removeEventListener("pagehide", leave);
      leave();
    },
  };
}
