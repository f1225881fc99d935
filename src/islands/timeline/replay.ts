// Replays a time line in the laboratory itself; terminal, ship, orders and editor follow. Ends at its last point, or where it is stopped.

import type { TimelineEntry } from "#sandbox/protocol.ts";
import type { MachineClient } from "../../machine/client.ts";
import { createPlayback } from "./playback.ts";
import { namePoint } from "./words.ts";

export interface ReplayOptions {
  readonly entries: readonly TimelineEntry[];
  /** The points that are shown, in this order. */
  readonly path: readonly number[];
  /** Times as fast as it was. */
  readonly speed: number;
  speak(sentence: string): void;
  onEnd(): void;
}

/** Begins at once; answers how to stop. */
export function startReplay(client: MachineClient, options: ReplayOptions): () => void {
  const { entries, path, speed, speak, onEnd } = options;
  const points = path.flatMap((entry) => entries.find((each) => each.entry === entry) ?? []);
  let told = -1;
  let ended = false;
  const playback = createPlayback(points, 0, {
    move: (entry) => client.replay(entry),
    onChange: ({ at, playing, moving }) => {
      const point = points[at];
      if (moving && at !== told && point !== undefined) {
        told = at;
        speak(`${at + 1} of ${points.length}: ${namePoint(entries, point.entry)}`);
      }
      if (!playing && !moving && told >= 0) end();
    },
  });
  // Whoever does something of his own meanwhile goes on from there.
  const forget = client.on("timeline", (state) => {
    if (state.entries.length !== entries.length) stop();
  });
  function end(): void {
    if (ended) return;
    ended = true;
    forget();
    onEnd();
  }
  function stop(): void {
    playback.stop();
    end();
  }
  playback.speed = speed;
  playback.go(0);
  playback.toggle();
  return stop;
}
