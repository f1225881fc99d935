// The judge behind a laboratory: grader, facts for the ship's picture, and the requests that kubelets and the API server remember.

import type { Fleet } from "../fleet.ts";
import { harbourRequests, runningKubelet } from "../grader/captain.ts";
import { gradeFleet } from "../grader/grade.ts";
import { observeShip } from "../grader/observe.ts";
import type { SeenRequest } from "../protocol.ts";
import type { Judge } from "./judging.ts";

/** Newest first. */
function listRequests(fleet: Fleet): readonly SeenRequest[] {
  const seen = fleet.machines.flatMap((kernel) =>
    [...(runningKubelet(kernel)?.traces ?? []), ...harbourRequests(kernel)].map((trace) => ({
      machine: kernel.state.name,
      trace,
    })),
  );
  return seen.sort((a, b) => b.trace.at - a.trace.at);
}

/** Asking and judging apart, for those who judge what was answered more than once. */
export { type Inquiry, inquire, judgeInquiry } from "../grader/grade.ts";

export const judge: Judge = { grade: gradeFleet, observe: observeShip, requests: listRequests };
