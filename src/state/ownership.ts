// One tab owns a laboratory. Web Locks decide where there are any; else tabs ask one another by BroadcastChannel (plain HTTP has no locks).

export interface Ownership {
  /** Asks for the laboratory; false when another tab has it. */
  claim(): Promise<boolean>;
  /** Makes the other tab let go, then owns it. */
  takeOver(): Promise<void>;
  release(): void;
}

type News = "take-over" | "released" | "who" | "mine";

/** How long another tab may take to save and let go before the laboratory is taken. */
const grace = 2500;
const askingTime = 250;

/** `onTaken` is awaited when another tab asks for the laboratory: save there. */
export function createOwnership(lab: string, onTaken: () => Promise<void>): Ownership {
  const name = `lab:${lab}`;
  const channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(name);
  const locks: LockManager | undefined = navigator.locks;
  let letGo: (() => void) | undefined;
  let owned = false;

  const say = (news: News): void => channel?.postMessage(news);
  const hear = (wanted: News, within: number): Promise<boolean> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => end(false), within);
      const listener = (event: MessageEvent<News>): void => {
        if (event.data === wanted) end(true);
      };
      const end = (heard: boolean): void => {
        clearTimeout(timer);
        channel?.removeEventListener("message", listener);
        resolve(heard);
      };
      channel?.addEventListener("message", listener);
    });

  channel?.addEventListener("message", async (event: MessageEvent<News>) => {
    if (!owned) return;
    if (event.data === "who") say("mine");
    if (event.data !== "take-over") return;
    await onTaken();
    release();
    say("released");
  });

  function release(): void {
    owned = false;
    letGo?.();
    letGo = undefined;
  }

  /** Holds the lock until released; tells whether it was granted. */
  function hold(options: LockOptions): Promise<boolean> {
    return new Promise((resolve) => {
      locks
        ?.request(name, options, (lock) => {
          owned = lock !== null;
          resolve(owned);
          return owned ? new Promise<void>((free) => (letGo = free)) : undefined;
        })
        // A stolen lock ends the request with an error: the laboratory is no longer ours.
        .catch(() => {
          if (owned) void onTaken();
          owned = false;
          resolve(false);
        });
    });
  }

  return {
    async claim() {
      if (locks !== undefined) return hold({ ifAvailable: true });
      if (channel === undefined) return true;
      say("who");
      owned = !(await hear("mine", askingTime));
      return owned;
    },
    async takeOver() {
      say("take-over");
      await hear("released", grace);
      if (locks === undefined || !(await hold({ ifAvailable: true }))) {
        if (locks !== undefined) void hold({ steal: true });
        owned = true;
      }
    },
    release,
  };
}
