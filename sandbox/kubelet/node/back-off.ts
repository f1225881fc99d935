// Containers that end again and again: growing pauses, the reason a status gives for them, when the worker looks again, what is kept.

import type { Sys, Task } from "../../kernel/sys.ts";
import type { RuntimeContainer } from "../../lib/cri.ts";
import { milliseconds } from "../config/duration.ts";
import { type ContainerRun, type KubeletState, line, log, type Pod, setting } from "../state.ts";
import { tellPod } from "./events.ts";
import { callRuntime } from "./runtime.ts";

/** First pause between two starts, the longest, and how long a container must have run for the pauses to begin anew. */
const FIRST_PAUSE = 10_000;
export const LONGEST_PAUSE = 300_000;

/** How often the runtime is asked what became of the containers, and how long a worker waits after an error. */
export const RELIST = 1000;
const WORKER_PAUSE = 10_000;

export const later = (pause: number): number => (pause === 0 ? FIRST_PAUSE : Math.min(LONGEST_PAUSE, pause * 2));

/**
 * When a worker looks again whose pod is in a back-off: since 1.35 at its end, at most after syncFrequency (before that after ten
 * seconds), and up to half as long again.
 */
export function retryAfter(sys: Sys, state: KubeletState, until: number): number {
  const whole =
    state.profile.minor >= 35
      ? Math.min(until - sys.now(), milliseconds(setting(state, "syncFrequency") ?? "1m"))
      : WORKER_PAUSE;
  const [random = 0] = sys.random(1);
  return whole * (1 + random / 512);
}

/** A container that ends again and again: the reason that the next status tells, the event and the log line of its pause. */
export function* waitForCrashed(sys: Sys, state: KubeletState, pod: Pod, name: string, run: ContainerRun): Task {
  const pause =
    run.pause % 60_000 === 0
      ? `${run.pause / 60_000}m0s`
      : run.pause > 60_000
        ? `${Math.floor(run.pause / 60_000)}m${(run.pause / 1000) % 60}s`
        : `${run.pause / 1000}s`;
  const full = `${pod.name}_${pod.namespace}(${pod.uid})`;
  const message = `back-off ${pause} restarting failed container=${name} pod=${full}`;
  run.refused = { reason: "CrashLoopBackOff", message };
  const event =
    state.profile.minor >= 25
      ? `Back-off restarting failed container ${name} in pod ${full}`
      : "Back-off restarting failed container";
  tellPod(sys, state, pod, "Warning", "BackOff", event, name);
  yield* podError(
    sys,
    state,
    pod,
    `failed to "StartContainer" for "${name}" with CrashLoopBackOff: ${JSON.stringify(message)}`,
  );
}

/** `Error syncing pod, skipping`. */
export function* podError(sys: Sys, state: KubeletState, pod: Pod, inner: string): Task {
  yield* log(
    sys,
    line(
      state,
      "E",
      [
        "pod_workers.go:1338",
        "Error syncing pod, skipping",
        ["err", inner],
        ["pod", `${pod.namespace}/${pod.name}`],
        ["podUID", pod.uid],
      ],
      [
        "pod_workers.go:191",
        `Error syncing pod ${pod.uid} ("${pod.name}_${pod.namespace}(${pod.uid})"), skipping: ${inner}`,
      ],
    ),
  );
}

/** Of the containers of one name that ended only the newest is kept (MaxPerPodContainerCount); the others go with their logs. */
export function* forgetDead(
  sys: Sys,
  state: KubeletState,
  pod: Pod,
  name: string,
  containers: readonly RuntimeContainer[],
): Task {
  const dead = containers.filter((c) => c.uid === pod.uid && c.name === name && !c.running);
  const newest = (c: RuntimeContainer): number => (c.createdAt ?? 0) + (c.attempt ?? 0) / 1000;
  for (const { id } of dead.sort((a, b) => newest(b) - newest(a)).slice(1))
    yield* callRuntime(sys, state, { method: "RemoveContainer", container: id });
}
