// The row of a pod: what `kubectl get pods` says of its state.

import { humanDuration } from "../../lib/kube/age.ts";
import { at, type Fields, fieldsOf, type KubeObject, listOf, textOf } from "../object.ts";
import { ageOf, conditionOf, count, created } from "./format.ts";

const stateOf = (status: Fields, name: string): Fields | undefined =>
  fieldsOf(status.state)[name] as Fields | undefined;

const isRestartable = (container: Fields | undefined): boolean => container?.restartPolicy === "Always";

/** Exit code, signal or reason of a terminated container. */
function ending(state: Fields, prefix: string): string {
  if (textOf(state.reason) !== "") return prefix + textOf(state.reason);
  return count(state, "signal") !== 0
    ? `${prefix}Signal:${count(state, "signal")}`
    : `${prefix}ExitCode:${count(state, "exitCode")}`;
}

interface Tally {
  restarts: number;
  /** Of containers that may restart for ever. */
  sidecarRestarts: number;
  last: number;
  ready: number;
  total: number;
}

function lastFinish(status: Fields): number {
  return Date.parse(textOf(at(status, "lastState", "terminated", "finishedAt"))) || 0;
}

/** The first init container that is not through, as a reason; undefined where all are. */
function initReason(pod: KubeObject, tally: Tally): string | undefined {
  const specs = listOf(at(pod, "spec", "initContainers"));
  const statuses = listOf(at(pod, "status", "initContainerStatuses"));
  for (const [i, status] of statuses.entries()) {
    const spec = specs.find((each) => each.name === status.name);
    tally.restarts += count(status, "restartCount");
    tally.last = Math.max(tally.last, lastFinish(status));
    if (isRestartable(spec)) {
      tally.sidecarRestarts += count(status, "restartCount");
    }
    const terminated = stateOf(status, "terminated");
    if (terminated !== undefined && count(terminated, "exitCode") === 0) continue;
    if (isRestartable(spec) && status.started === true) {
      if (status.ready === true) tally.ready++;
      continue;
    }
    if (terminated !== undefined) return ending(terminated, "Init:");
    const waiting = textOf(stateOf(status, "waiting")?.reason);
    return waiting !== "" && waiting !== "PodInitializing" ? `Init:${waiting}` : `Init:${i}/${specs.length}`;
  }
  return undefined;
}

/** What the containers' states make of the reason. */
function containersReason(pod: KubeObject, reason: string, tally: Tally): string {
  let found = reason;
  let running = false;
  const statuses = listOf(at(pod, "status", "containerStatuses"));
  for (const status of [...statuses].reverse()) {
    tally.restarts += count(status, "restartCount");
    tally.last = Math.max(tally.last, lastFinish(status));
    const waiting = stateOf(status, "waiting");
    const terminated = stateOf(status, "terminated");
    if (waiting !== undefined && textOf(waiting.reason) !== "") found = textOf(waiting.reason);
    else if (terminated !== undefined) found = ending(terminated, "");
    else if (status.ready === true && stateOf(status, "running") !== undefined) {
      running = true;
      tally.ready++;
    }
  }
  if (found !== "Completed" || !running) return found;
  return conditionOf(pod, "Ready")?.status === "True" ? "Running" : "NotReady";
}

function reasonOf(pod: KubeObject, tally: Tally): string {
  let reason = textOf(at(pod, "status", "reason")) || textOf(at(pod, "status", "phase"));
  if (conditionOf(pod, "PodScheduled")?.reason === "SchedulingGated") reason = "SchedulingGated";
  const init = initReason(pod, tally);
  const initialized = conditionOf(pod, "Initialized")?.status === "True";
  if (init === undefined || initialized) {
    tally.restarts = tally.sidecarRestarts;
    reason = containersReason(pod, reason, tally);
  } else reason = init;
  if (pod.metadata.deletionTimestamp !== undefined) {
    const phase = textOf(at(pod, "status", "phase"));
    if (at(pod, "status", "reason") === "NodeLost") return "Unknown";
    if (phase !== "Succeeded" && phase !== "Failed") return "Terminating";
  }
  return reason;
}

/** Cells of a pod, wide ones last. */
export function podCells(pod: KubeObject, now: number): unknown[] {
  const specs = listOf(at(pod, "spec", "containers"));
  const sidecars = listOf(at(pod, "spec", "initContainers")).filter(isRestartable);
  const tally: Tally = { restarts: 0, sidecarRestarts: 0, last: 0, ready: 0, total: specs.length + sidecars.length };
  const reason = reasonOf(pod, tally);
  const restarts =
    tally.restarts !== 0 && tally.last !== 0
      ? `${tally.restarts} (${humanDuration(now - tally.last)} ago)`
      : `${tally.restarts}`;
  const gates = listOf(at(pod, "spec", "readinessGates"));
  const open = gates.filter((gate) => conditionOf(pod, textOf(gate.conditionType))?.status === "True");
  return [
    pod.metadata.name,
    `${tally.ready}/${tally.total}`,
    reason,
    restarts,
    ageOf(now, created(pod)),
    textOf(at(pod, "status", "podIP")) || textOf(at(listOf(at(pod, "status", "podIPs"))[0], "ip")) || "<none>",
    textOf(at(pod, "spec", "nodeName")) || "<none>",
    textOf(at(pod, "status", "nominatedNodeName")) || "<none>",
    gates.length === 0 ? "<none>" : `${open.length}/${gates.length}`,
  ];
}
