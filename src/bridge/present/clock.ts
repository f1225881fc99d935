// The presenter's clock: runs from the first slide on, can be held and set back, goes on after a reload.

export interface Clock {
  /** Seconds that have passed. */
  readonly seconds: number;
  readonly running: boolean;
  start(): void;
  hold(): void;
  reset(): void;
}

interface Kept {
  readonly before: number;
  readonly since: number | undefined;
}

/** `key` names the presentation; the clock lives as long as the tab. */
export function createClock(key: string, onTick: () => void): Clock {
  const place = `kc:clock:${key}`;
  let kept = read(place);
  setInterval(onTick, 500);
  const set = (next: Kept): void => {
    kept = next;
    try {
      sessionStorage.setItem(place, JSON.stringify(kept));
    } catch {
      // Not kept: a reload begins at nought.
    }
    onTick();
  };
  const passed = (): number => kept.before + (kept.since === undefined ? 0 : Date.now() - kept.since);
  return {
    get seconds() {
      return Math.max(0, Math.floor(passed() / 1000));
    },
    get running() {
      return kept.since !== undefined;
    },
    start() {
      if (kept.since === undefined) set({ before: kept.before, since: Date.now() });
    },
    hold() {
      set({ before: passed(), since: undefined });
    },
    reset() {
      set({ before: 0, since: kept.since === undefined ? undefined : Date.now() });
    },
  };
}

function read(place: string): Kept {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(place) ?? "null");
    const { before, since } = (value ?? {}) as Partial<Kept>;
    if (typeof before === "number") return { before, since: typeof since === "number" ? since : undefined };
  } catch {
    // Unreadable: as if there were none.
  }
  return { before: 0, since: undefined };
}

/** 505 seconds are 8:25. */
export function clockWords(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
