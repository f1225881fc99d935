// The way to the kubelet's own life, whose code comes beside that of its ports.

import type { Program, Sys, Task } from "../../kernel/sys.ts";
import type { Call, Service } from "../routes/route.ts";
import type { KubeletState } from "../state.ts";

export const LIFE_PROGRAM = "kubelet-life";

export interface LifeProgram extends Program {
  readonly life: {
    onTimer(sys: Sys, state: KubeletState, name: string): Task;
    onReadable(sys: Sys, state: KubeletState, fd: number): Task;
    pods(call: Call): Task;
    runningPods(call: Call): Task;
  };
}

export function* loadLife(sys: Sys): Task<LifeProgram["life"]> {
  const program = (yield* sys.load(LIFE_PROGRAM)) as LifeProgram | undefined;
  if (program === undefined) throw new Error("the kubelet's life cannot be loaded");
  return program.life;
}

/** Sets the first timers of a life. */
export function beginLife(sys: Sys, state: KubeletState): void {
  sys.setTimer("pods", sys.now() + 50);
  // Without a certificate there is nobody to speak for the node yet.
  if (state.client === undefined || state.bootstrap !== undefined) return;
  sys.setTimer("node", sys.now() + 120);
  sys.setTimer("lease", sys.now() + 150);
}

const listing = (prefix: string, pattern: string, name: "pods" | "runningPods"): Service => ({
  prefix,
  routes: [
    {
      methods: ["GET"],
      pattern,
      *handle(call) {
        yield* (yield* loadLife(call.sys))[name](call);
      },
    },
  ],
});

/** /pods: what is assigned to this node; /runningpods/: what the runtime really runs. */
export const pods = listing("/pods", "/pods", "pods");
export const runningPods = listing("/runningpods/", "/runningpods", "runningPods");
