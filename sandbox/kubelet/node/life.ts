// What a running kubelet does on its own: pods, node, lease, watch, events; each is a timer of its service.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { type Call, json } from "../routes/route.ts";
import type { KubeletState } from "../state.ts";
import { forgetDead } from "./back-off.ts";
import { sendEvents, tellNode } from "./events.ts";
import { LIFE_PROGRAM, type LifeProgram } from "./late.ts";
import { syncMirrors } from "./mirror.ts";
import { podText, readManifests, readPodWatch, runningPod, shownPods, wake, watchPods } from "./pods.ts";
import { checkRuntime, renewLease, reportNode } from "./register.ts";
import { callRuntime, runtimeSocket } from "./runtime.ts";
import { syncPod, takeRuntime } from "./sync.ts";

/** How often manifests and the runtime are looked at. */
const LOOK = 2000;

function* onTimer(sys: Sys, state: KubeletState, name: string): Task {
  const { node } = state;
  switch (name) {
    case "pods": {
      const first = !node.runtimeUp;
      if (first) yield* checkRuntime(sys, state);
      yield* readManifests(sys, state);
      if (first && node.runtimeUp) for (const pod of state.pods) wake(sys, pod);
      if (first && node.runtimeUp && !node.told.has("start")) announceStart(sys, state);
      yield* relist(sys, state);
      yield* syncMirrors(sys, state);
      sys.setTimer("pods", sys.now() + LOOK);
      return;
    }
    case "node":
      return yield* reportNode(sys, state);
    case "lease":
      return yield* renewLease(sys, state);
    case "watch":
      return yield* watchPods(sys, state);
    case "events":
      return yield* sendEvents(sys, state);
    default: {
      const pod = state.pods.find((p) => name === `pod:${p.uid}`);
      if (pod !== undefined) yield* syncPod(sys, state, pod);
    }
  }
}

function announceStart(sys: Sys, state: KubeletState): void {
  state.node.told.set("start", { name: "", count: 0, first: sys.now() });
  tellNode(sys, state, "Normal", "Starting", "Starting kubelet.");
  tellNode(sys, state, "Warning", "InvalidDiskCapacity", "invalid capacity 0 on image filesystem");
}

function* onReadable(sys: Sys, state: KubeletState, fd: number): Task {
  if (state.node.watch?.fd === fd) return yield* readPodWatch(sys, state);
  sys.watch(fd, false);
}

/** What the runtime says of the containers; who ended wakes its pod. */
function* relist(sys: Sys, state: KubeletState): Task {
  const running = state.pods.filter((p) => Object.values(p.containers).some((run) => run.running));
  for (const pod of running) pod.looks += 1;
  if (running.length === 0 || !state.node.runtimeUp) return;
  // A runtime that is gone is noticed by its socket alone; its containers go on.
  if (isErrno(sys.stat(runtimeSocket(state)))) return yield* checkRuntime(sys, state);
  const brief = yield* callRuntime(sys, state, { method: "ListContainers", running: true });
  if (!("running" in brief)) return yield* checkRuntime(sys, state);
  const alive = new Set(brief.running);
  if (running.every((pod) => Object.values(pod.containers).every((run) => !run.running || alive.has(run.id)))) return;
  const reply = yield* callRuntime(sys, state, { method: "ListContainers" });
  if (!("containers" in reply)) return yield* checkRuntime(sys, state);
  const byId = new Map(reply.containers.map((c) => [c.id, c]));
  for (const pod of running)
    for (const [name, run] of Object.entries(pod.containers)) {
      if (!run.running) continue;
      const found = byId.get(run.id);
      if (found?.running) continue;
      if (found !== undefined) {
        takeRuntime(run, found);
        yield* forgetDead(sys, state, pod, name, reply.containers);
      } else Object.assign(run, { running: false, ready: false, ended: run.ended ?? gone(sys, run.id, run.startedAt) });
      // Of a pod's first look the sandbox was news, too: its sync comes when the runtime is looked at again.
      if (pod.looks === 2 && run.restarts > 0) {
        yield* syncPod(sys, state, pod);
        run.retryAt = 0;
      }
      wake(sys, pod);
    }
}

const gone = (sys: Sys, id: string, startedAt: number) => ({
  id,
  exitCode: 137,
  reason: "ContainerStatusUnknown",
  message: "The container could not be located when the pod was terminated",
  startedAt,
  finishedAt: sys.now(),
});

function* pods({ sys, state, response }: Call): Task {
  yield* readManifests(sys, state);
  const items = shownPods(state).map((p) => podText(p, state, sys.now()));
  response.set("Content-Type", "application/json");
  yield* response.write(
    `{"kind":"PodList","apiVersion":"v1","metadata":{},"items":${items.length === 0 ? "null" : `[${items.join()}]`}}\n`,
  );
}

function* runningPods({ state, response }: Call): Task {
  const items = state.pods.filter((p) => p.sandbox !== undefined).map((p) => runningPod(p, state));
  yield* json(response, {
    kind: "PodList",
    apiVersion: "v1",
    metadata: {},
    items: items.length === 0 ? null : items,
  });
}

export const kubeletLife: LifeProgram = { name: LIFE_PROGRAM, life: { onTimer, onReadable, pods, runningPods } };
