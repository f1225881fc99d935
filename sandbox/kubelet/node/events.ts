// Events for the API server: queued, counted where they say the same again, and sent beside other work.

import type { Sys, Task } from "../../kernel/sys.ts";
import { type KubeletEvent, type KubeletState, line, log, type Pod } from "../state.ts";
import { callApi } from "./api.ts";
import { list } from "./manifest.ts";

const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
/** How many different events are remembered for counting, and how many wait for a server that does not answer. */
const MEMORY = 4096;
const WAITING = 1000;

export function tell(sys: Sys, state: KubeletState, event: Omit<KubeletEvent, "at">): void {
  if (state.client === undefined) return;
  state.node.events.push({ ...event, at: sys.now() });
  sys.setTimer("events", sys.now());
}

/** Which list of the pod's spec a container stands in. */
const listOf = ({ object }: Pod, container: string): string =>
  ["initContainers", "ephemeralContainers"].find((key) => list(object.spec[key]).some((c) => c.name === container)) ??
  "containers";

/** An event about a pod, or one of its containers. */
export function tellPod(
  sys: Sys,
  state: KubeletState,
  pod: Pod,
  type: KubeletEvent["type"],
  reason: string,
  message: string,
  container?: string,
): void {
  const about = {
    kind: "Pod",
    name: pod.name,
    namespace: pod.namespace,
    uid: pod.uid,
    ...(container === undefined ? {} : { fieldPath: `spec.${listOf(pod, container)}{${container}}` }),
  };
  tell(sys, state, { about, type, reason, message });
}

export function tellNode(sys: Sys, state: KubeletState, type: KubeletEvent["type"], reason: string, message: string) {
  const about = { kind: "Node", name: state.nodeName, namespace: "", uid: state.nodeName };
  tell(sys, state, { about, type, reason, message });
}

/** Sends what is queued. Where the server cannot be reached the rest waits. */
export function* sendEvents(sys: Sys, state: KubeletState): Task {
  const { events, told } = state.node;
  for (let event = events.shift(); event !== undefined; event = events.shift()) {
    const { about, at } = event;
    const namespace = about.namespace || "default";
    const key = JSON.stringify([about, event.reason, event.message]);
    const before = told.get(key);
    const path = `/api/v1/namespaces/${namespace}/events`;
    if (before !== undefined) {
      const count = before.count + 1;
      const patch = { count, lastTimestamp: time(at), message: event.message };
      const merge = "application/strategic-merge-patch+json";
      const reply = yield* callApi(sys, state, "PATCH", `${path}/${before.name}`, patch, merge);
      if ("status" in reply && reply.status < 300) {
        told.set(key, { ...before, count });
        continue;
      }
      if ("error" in reply) return yield* keep(sys, state, event, reply.error);
    }
    // Nanoseconds of the event; where the clock here is too coarse, later events have later names.
    const nanos = BigInt(Math.floor(at)) * 1_000_000n + BigInt((state.node.named++ * 37) % 1_000_000);
    const name = `${about.name}.${nanos.toString(16)}`;
    const reply = yield* callApi(sys, state, "POST", path, {
      kind: "Event",
      apiVersion: "v1",
      metadata: { name, namespace },
      involvedObject: {
        kind: about.kind,
        ...(about.namespace === "" ? {} : { namespace: about.namespace }),
        name: about.name,
        uid: about.uid,
        ...(about.kind === "Pod" ? { apiVersion: "v1" } : {}),
        ...(about.fieldPath === undefined ? {} : { fieldPath: about.fieldPath }),
      },
      reason: event.reason,
      message: event.message,
      source: { component: "kubelet", host: state.nodeName },
      firstTimestamp: time(at),
      lastTimestamp: time(at),
      count: 1,
      type: event.type,
      eventTime: null,
      reportingComponent: state.profile.minor >= 27 ? "kubelet" : "",
      reportingInstance: state.profile.minor >= 27 ? state.nodeName : "",
    });
    if ("error" in reply) return yield* keep(sys, state, event, reply.error);
    if (reply.status >= 300) {
      const text = `Server rejected event (will not retry!)`;
      yield* log(
        sys,
        line(state, "E", ["event.go:359", text, ["err", reply.text]], ["event.go:264", `${text}: ${reply.text}`]),
      );
      continue;
    }
    if (told.size >= MEMORY) told.delete(told.keys().next().value ?? "");
    told.set(key, { name, count: 1, first: at });
  }
}

function* keep(sys: Sys, state: KubeletState, event: KubeletEvent, error: string): Task {
  state.node.events.unshift(event);
  if (state.node.events.length > WAITING) state.node.events.length = WAITING;
  sys.setTimer("events", sys.now() + 10_000);
  const text = "Unable to write event";
  yield* log(
    sys,
    line(
      state,
      "E",
      ["event.go:368", `${text} (may retry after sleeping)`, ["err", error]],
      ["event.go:273", `${text}: ${error} (may retry after sleeping)`],
    ),
  );
}
