// The judge behind a laboratory: grader, facts for the ship's picture, and the requests that kubelets remember.

import type { Fleet } from "../fleet.ts";
import { runningKubelet } from "../grader/captain.ts";
import { gradeFleet } from "../grader/grade.ts";
import { observeShip } from "../grader/observe.ts";
import type { SeenRequest } from "../protocol.ts";
import type { Judge } from "./serve.ts";

/** Newest first. */
function listRequests(fleet: Fleet): readonly SeenRequest[] {
  const seen = fleet.machines.flatMap((kernel) =>
    (runningKubelet(kernel)?.traces ?? []).map((trace) => ({ machine: kernel.state.name, trace })),
  );
  return seen.sort((a, b) => b.trace.at - a.trace.at);
}

export const judge: Judge = { grade: gradeFleet, observe: observeShip, requests: listRequests };
