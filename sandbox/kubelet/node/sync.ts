// One pod at work: its sandbox, its containers in order, restarts with growing pauses, its end, and its status to the API server.

import type { Sys, Task } from "../../kernel/sys.ts";
import type { RuntimeContainer } from "../../lib/cri.ts";
import { removeTree } from "../../lib/remove-tree.ts";
import { logFolder, makeFolders } from "../files.ts";
import { type ContainerRun, type KubeletState, line, log, type Pod } from "../state.ts";
import { callApi } from "./api.ts";
import { forgetDead, LONGEST_PAUSE, later, podError, RELIST, retryAfter, waitForCrashed } from "./back-off.ts";
import { tellPod } from "./events.ts";
import { list, record, type Stored } from "./manifest.ts";
import { isInitialized, podStatus } from "./pod-status.ts";
import { wake } from "./pods.ts";
import { nextProbe, runProbes, startProbes } from "./probes.ts";
import { callRuntime } from "./runtime.ts";
import { startContainer } from "./start-container.ts";
import { podFolder, prepareVolumes } from "./volumes.ts";

export const newRun = (image: string): ContainerRun => ({
  id: "",
  image,
  imageId: undefined,
  pid: 0,
  startedAt: 0,
  restarts: 0,
  running: false,
  ended: undefined,
  last: undefined,
  waiting: undefined,
  pause: 0,
  retryAt: 0,
  refused: undefined,
  ready: false,
  started: false,
  probes: {},
});

/** Takes over what the runtime says of a container. */
export function takeRuntime(run: ContainerRun, made: RuntimeContainer): void {
  Object.assign(run, { id: made.id, pid: made.pid, running: made.running });
  run.imageId = made.imageId ?? run.imageId;
  if (made.imageRef !== undefined) run.imageRef = made.imageRef;
  if (made.running) {
    run.startedAt = made.startedAt;
    run.waiting = undefined;
    return;
  }
  run.ready = false;
  run.started = false;
  run.retryAt = 0;
  run.ended = {
    id: made.id,
    exitCode: made.exitCode,
    reason: made.reason ?? (made.exitCode === 0 ? "Completed" : "Error"),
    startedAt: made.startedAt,
    finishedAt: made.finishedAt ?? made.startedAt,
    message: made.message,
  };
}

const allContainers = (pod: Pod): Stored[] => [
  ...list(pod.object.spec.initContainers),
  ...list(pod.object.spec.containers),
  ...list(pod.object.spec.ephemeralContainers),
];

/** Works on a pod until there is nothing to do for it now, and sets its next time. */
export function* syncPod(sys: Sys, state: KubeletState, pod: Pod): Task {
  if (pod.busyUntil > sys.now()) return wake(sys, pod, sys.now() + 500);
  pod.busyUntil = sys.now() + 5000 + (pod.deleting?.grace ?? 0) * 1000;
  const ending = pod.deleting !== undefined;
  const next = ending ? yield* endPod(sys, state, pod) : yield* keepPod(sys, state, pod);
  pod.busyUntil = 0;
  if (!state.pods.includes(pod)) return;
  yield* reportPod(sys, state, pod);
  if (!ending && pod.deleting !== undefined) wake(sys, pod);
  else if (next !== undefined) wake(sys, pod, next);
}

function* keepPod(sys: Sys, state: KubeletState, pod: Pod): Task<number | undefined> {
  if (pod.finished !== undefined) return undefined;
  const soon = sys.now() + 1000;
  // Two pods of one name never run together.
  if (state.pods.some((p) => p !== pod && p.name === pod.name && p.namespace === pod.namespace && p.deleting))
    return soon;
  if (!state.node.runtimeUp) return sys.now() + 5000;
  if (pod.sandbox === undefined) {
    yield* adopt(sys, state, pod);
    pod.startedAt ??= sys.now();
    if (pod.sandbox === undefined && !(yield* makeSandbox(sys, state, pod))) return sys.now() + 2000;
  }
  for (const name of yield* runProbes(sys, state, pod)) yield* restart(sys, state, pod, name);
  const policy = pod.object.spec.restartPolicy ?? "Always";
  const due: number[] = [];
  for (const container of list(pod.object.spec.initContainers)) {
    const run = pod.containers[String(container.name)];
    if (run?.ended?.exitCode === 0 && !run.running) continue;
    const at = yield* keepContainer(sys, state, pod, container, policy === "Never" ? "Never" : "OnFailure");
    if (run?.ended !== undefined && policy === "Never") pod.finished = { phase: "Failed" };
    return at;
  }
  for (const container of list(pod.object.spec.containers)) {
    const at = yield* keepContainer(sys, state, pod, container, String(policy));
    if (at !== undefined) due.push(at);
  }
  // Those that somebody put beside them run once.
  for (const container of list(pod.object.spec.ephemeralContainers)) {
    const at = yield* keepContainer(sys, state, pod, container, "Never");
    if (at !== undefined) due.push(at);
  }
  const probe = nextProbe(pod);
  if (probe !== undefined) due.push(probe);
  return due.length === 0 ? undefined : Math.min(...due);
}

/** Takes up what an earlier kubelet left running. */
function* adopt(sys: Sys, state: KubeletState, pod: Pod): Task {
  const reply = yield* callRuntime(sys, state, { method: "ListContainers" });
  if (!("containers" in reply)) return;
  const mine = reply.containers.filter((c) => c.uid === pod.uid);
  const boxes = yield* callRuntime(sys, state, { method: "ListPodSandbox" });
  const box = "sandboxes" in boxes ? boxes.sandboxes.find((b) => b.uid === pod.uid && b.running !== false) : undefined;
  const first = box?.id ?? mine.find((c) => c.running)?.sandbox;
  if (first === undefined) return;
  pod.sandbox = first;
  pod.ip = box?.ip ?? mine[0]?.ip;
  pod.startedAt = Math.min(...mine.map((c) => c.startedAt), sys.now());
  for (const container of allContainers(pod)) {
    const name = String(container.name);
    const starts = mine.filter((c) => c.name === name).sort((a, b) => (a.attempt ?? 0) - (b.attempt ?? 0));
    const newest = starts.at(-1);
    if (newest === undefined) continue;
    const run = newRun(String(container.image));
    const before = starts.at(-2);
    if (before !== undefined) {
      takeRuntime(run, before);
      run.last = run.ended;
    }
    takeRuntime(run, newest);
    if (newest.running) run.ended = undefined;
    run.restarts = newest.attempt ?? 0;
    pod.containers[name] = run;
    if (run.running) startProbes(container, run, sys.now());
  }
}

function* makeSandbox(sys: Sys, state: KubeletState, pod: Pod): Task<boolean> {
  const { spec, metadata } = pod.object;
  const volumes = yield* prepareVolumes(sys, state, pod);
  if ("trouble" in volumes) {
    tellPod(sys, state, pod, "Warning", "FailedMount", volumes.trouble);
    yield* podError(sys, state, pod, volumes.trouble);
    return false;
  }
  makeFolders(sys, logFolder(pod));
  const made = yield* callRuntime(sys, state, {
    method: "RunPodSandbox",
    name: pod.name,
    namespace: pod.namespace,
    uid: pod.uid,
    hostNetwork: spec.hostNetwork === true,
    hostPid: spec.hostPID === true,
    attempt: pod.attempt,
    labels: record(metadata.labels) as Record<string, string>,
  });
  if (!("sandbox" in made)) {
    const inner = "error" in made ? made.error : "no answer";
    tellPod(sys, state, pod, "Warning", "FailedCreatePodSandBox", `Failed to create pod sandbox: ${inner}`);
    return false;
  }
  pod.sandbox = made.sandbox;
  pod.ip = made.ip;
  pod.attempt += 1;
  pod.looks = 0;
  return true;
}

/** Sees that a container runs as its policy wants; answers when to look again. */
function* keepContainer(
  sys: Sys,
  state: KubeletState,
  pod: Pod,
  container: Stored,
  policy: string,
): Task<number | undefined> {
  const name = String(container.name);
  pod.containers[name] ??= newRun(String(container.image));
  const run = pod.containers[name] as ContainerRun;
  if (run.running) return undefined;
  const { ended } = run;
  if (run.retryAt > sys.now()) return run.retryAt;
  if (ended !== undefined) {
    if (policy === "Never" || (policy === "OnFailure" && ended.exitCode === 0)) return undefined;
    // What never started did not run for long either.
    if (ended.startedAt > 0 && ended.finishedAt - ended.startedAt > 2 * LONGEST_PAUSE) run.pause = 0;
    // A status tells what the sync before it came to: straight after its end a container is Terminated.
    if (run.refused !== undefined) run.waiting = run.refused;
    const until = ended.finishedAt + run.pause;
    if (sys.now() < until) {
      yield* waitForCrashed(sys, state, pod, name, run);
      run.retryAt = sys.now() + retryAfter(sys, state, until);
      return run.retryAt;
    }
    if (run.refused !== undefined) {
      yield* reportPod(sys, state, pod);
      run.refused = undefined;
      pod.quietUntil = sys.now() + RELIST;
    }
  }
  const again = ended !== undefined;
  const result = yield* startContainer(
    sys,
    state,
    pod,
    container,
    again ? run.restarts + 1 : run.restarts,
    logFolder(pod),
  );
  if ("wait" in result) {
    run.retryAt = result.wait;
    run.waiting = result.waiting;
    yield* podError(
      sys,
      state,
      pod,
      `failed to "StartContainer" for "${name}" with ${result.waiting.reason}: ${JSON.stringify(result.waiting.message ?? "")}`,
    );
    return result.wait;
  }
  if (again) {
    run.restarts += 1;
    run.last = ended;
    run.pause = later(run.pause);
  }
  run.ended = undefined;
  run.waiting = undefined;
  if ("started" in result) {
    takeRuntime(run, result.started);
    startProbes(container, run, sys.now());
    return undefined;
  }
  run.ended = {
    id: result.id,
    exitCode: 128,
    reason: "StartError",
    startedAt: 0,
    finishedAt: sys.now(),
    message: result.failed,
  };
  run.id = result.id;
  run.waiting = { reason: "RunContainerError", message: result.failed };
  run.refused = run.waiting;
  const reply = yield* callRuntime(sys, state, { method: "ListContainers" });
  if ("containers" in reply) yield* forgetDead(sys, state, pod, name, reply.containers);
  // The next look at the runtime finds that it ended.
  run.retryAt = sys.now() + RELIST;
  return run.retryAt;
}

/** Ends a container that its probe found dead; it starts again as any other that ended. */
function* restart(sys: Sys, state: KubeletState, pod: Pod, name: string): Task {
  const run = pod.containers[name];
  if (run === undefined) return;
  const kind = run.started ? "liveness" : "startup";
  tellPod(sys, state, pod, "Normal", "Killing", `Container ${name} failed ${kind} probe, will be restarted`, name);
  yield* stop(sys, state, run, Number(pod.object.spec.terminationGracePeriodSeconds ?? 30));
}

function* stop(sys: Sys, state: KubeletState, run: ContainerRun, timeout: number): Task {
  yield* callRuntime(sys, state, { method: "StopContainer", container: run.id, timeout });
  const reply = yield* callRuntime(sys, state, { method: "ListContainers" });
  const found = "containers" in reply ? reply.containers.find((c) => c.id === run.id) : undefined;
  if (found !== undefined) takeRuntime(run, found);
  else run.running = false;
}

function* endPod(sys: Sys, state: KubeletState, pod: Pod): Task<number | undefined> {
  if (pod.sandbox === undefined) yield* adopt(sys, state, pod);
  for (const [name, run] of Object.entries(pod.containers)) {
    if (!run.running) continue;
    tellPod(sys, state, pod, "Normal", "Killing", `Stopping container ${name}`, name);
    const { since, grace } = pod.deleting ?? { since: sys.now(), grace: 0 };
    yield* stop(sys, state, run, Math.max(1, Math.ceil(grace - (sys.now() - since) / 1000)));
  }
  const { sandbox } = pod;
  if (sandbox !== undefined) {
    yield* callRuntime(sys, state, { method: "StopPodSandbox", sandbox });
    for (const run of Object.values(pod.containers))
      if (run.id !== "") yield* callRuntime(sys, state, { method: "RemoveContainer", container: run.id });
    yield* callRuntime(sys, state, { method: "RemovePodSandbox", sandbox });
  }
  if (pod.source === "api") {
    yield* reportPod(sys, state, pod);
    const reply = yield* callApi(sys, state, "DELETE", `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`, {
      kind: "DeleteOptions",
      apiVersion: "v1",
      gracePeriodSeconds: 0,
      preconditions: { uid: pod.uid },
    });
    if ("error" in reply || (reply.status >= 300 && reply.status !== 404 && reply.status !== 409))
      return sys.now() + 10_000;
  }
  removeTree(sys, podFolder(state, pod));
  removeTree(sys, logFolder(pod));
  state.pods = state.pods.filter((p) => p !== pod);
  sys.setTimer(`pod:${pod.uid}`, undefined);
  sys.setTimer("pods", sys.now());
  return undefined;
}

/** The conditions' order in a patch: those that others wrote first take their place in it. */
const inOrder = ({ conditions }: Stored): Stored => ({
  "$setElementOrder/conditions": list(conditions).map(({ type }) => ({ type })),
});

/** Tells the API server what has changed; where it cannot be told, tries again later. */
function* reportPod(sys: Sys, state: KubeletState, pod: Pod): Task {
  // A restart shows when the runtime has been looked at again.
  if (pod.quietUntil > sys.now() && pod.deleting === undefined) return wake(sys, pod, pod.quietUntil);
  if (isInitialized(pod) && pod.finished === undefined && pod.deleting === undefined) {
    const phase = podStatus(pod, state, sys.now()).phase;
    if (phase === "Succeeded" || phase === "Failed") pod.finished = { phase };
  }
  if (state.client === undefined || !state.node.registered) return;
  const mirror = pod.source === "file" ? state.node.mirrors[`${pod.namespace}/${pod.name}`] : undefined;
  if (pod.source === "file" && (mirror === undefined || mirror.hash !== pod.uid)) return;
  const status = podStatus(pod, state, sys.now());
  const text = JSON.stringify(status);
  if (text === pod.reported) return;
  const reply = yield* callApi(
    sys,
    state,
    "PATCH",
    `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/status`,
    { metadata: { uid: mirror?.uid ?? pod.uid }, status: { ...status, ...inOrder(status) } },
    "application/strategic-merge-patch+json",
  );
  if ("status" in reply && (reply.status < 300 || reply.status === 404)) {
    pod.reported = text;
    return;
  }
  const inner = "error" in reply ? reply.error : reply.text;
  yield* log(
    sys,
    line(
      state,
      "E",
      [
        "status_manager.go:1045",
        "Failed to update status for pod",
        ["err", inner],
        ["pod", `${pod.namespace}/${pod.name}`],
      ],
      ["status_manager.go:550", `Failed to get status for pod "${pod.name}_${pod.namespace}(${pod.uid})": ${inner}`],
    ),
  );
  wake(sys, pod, sys.now() + 10_000);
}
