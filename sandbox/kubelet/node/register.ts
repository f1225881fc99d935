// The node's own life at the API server: registration, status reports, and the lease that says the kubelet is alive.

import type { Sys, Task } from "../../kernel/sys.ts";
import type { RuntimeImage } from "../../lib/cri.ts";
import { milliseconds } from "../config/duration.ts";
import { type KubeletState, line, log, setting } from "../state.ts";
import { type ApiReply, callApi } from "./api.ts";
import { tellNode } from "./events.ts";
import { defaultLabels, newNode, nodeStatus } from "./node-object.ts";
import { callRuntime } from "./runtime.ts";

type Stored = Record<string, unknown>;

const failureOf = (reply: ApiReply): string | undefined =>
  "error" in reply ? reply.error : reply.status >= 300 ? reply.text : undefined;

/** Asks the runtime whether it is there; what it does not answer makes the node NotReady. */
export function* checkRuntime(sys: Sys, state: KubeletState): Task {
  const { node } = state;
  const reply = yield* callRuntime(sys, state, { method: "Version" });
  const up = "runtime" in reply;
  if (up === node.runtimeUp) return;
  node.runtimeUp = up;
  node.runtimeError = up ? "" : "container runtime is down";
  if (!up) {
    const inner = "error" in reply ? reply.error : "";
    yield* log(
      sys,
      line(
        state,
        "E",
        ["kubelet.go:3160", "Container runtime sanity check failed", ["err", inner]],
        ["kubelet.go:2195", `Container runtime sanity check failed: ${inner}`],
      ),
    );
    yield* log(
      sys,
      line(
        state,
        "E",
        ["kubelet.go:2661", "Skipping pod synchronization", ["err", "container runtime is down"]],
        ["kubelet.go:1826", "skipping pod synchronization - container runtime is down"],
      ),
    );
  }
  if (state.client !== undefined && node.registered) sys.setTimer("node", sys.now());
}

/** Registers, or reports what has changed; sets its own next time. */
export function* reportNode(sys: Sys, state: KubeletState): Task {
  const { node } = state;
  const wants = setting<boolean>(state, "registerNode") ?? state.effective.flags["register-node"] !== false;
  if (!node.registered && wants) {
    const done = yield* register(sys, state);
    if (done === undefined) {
      node.registerPause = Math.min(7000, node.registerPause * 2);
      sys.setTimer("node", sys.now() + node.registerPause);
      return;
    }
    sys.setTimer("watch", sys.now());
    sys.setTimer("pods", sys.now());
    // A new node says that it is not ready, and a moment later that it is.
    if (done === "made") {
      sys.setTimer("node", sys.now() + FIRST_CHECK);
      return;
    }
  }
  yield* reportStatus(sys, state);
  sys.setTimer("node", sys.now() + milliseconds(setting(state, "nodeStatusUpdateFrequency") ?? "10s"));
}

/** From making the node to the first report of a runtime that was asked (ms). */
const FIRST_CHECK = 1000;

function* register(sys: Sys, state: KubeletState): Task<"made" | "known" | undefined> {
  const { nodeName: name, node } = state;
  const say = (severity: "I" | "E", source: readonly [string, string], message: string, old: string, err?: string) =>
    log(
      sys,
      line(
        state,
        severity,
        [source[0], message, ...(err === undefined ? [] : ([["err", err]] as const)), ["node", name]],
        [source[1], old],
      ),
    );
  yield* say(
    "I",
    ["kubelet_node_status.go:78", "kubelet_node_status.go:71"],
    "Attempting to register node",
    `Attempting to register node ${name}`,
  );
  const images = yield* listImages(sys, state);
  const status = nodeStatus(sys, state, images, false);
  const reply = yield* callApi(sys, state, "POST", "/api/v1/nodes", { ...newNode(state), status });
  const known = "status" in reply && reply.status === 409;
  const existing = known ? yield* callApi(sys, state, "GET", `/api/v1/nodes/${name}`) : reply;
  const failed = failureOf(existing);
  if (failed !== undefined) {
    yield* say(
      "E",
      ["kubelet_node_status.go:111", "kubelet_node_status.go:93"],
      "Unable to register node with API server",
      `Unable to register node "${name}" with API server: ${failed}`,
      failed,
    );
    return undefined;
  }
  const object = "body" in existing ? existing.body : {};
  if (known) {
    yield* say(
      "I",
      ["kubelet_node_status.go:128", "kubelet_node_status.go:109"],
      "Node was previously registered",
      `Node ${name} was previously registered`,
    );
    takeConditions(state, object);
    yield* setBack(sys, state, object);
  }
  yield* say(
    "I",
    ["kubelet_node_status.go:81", "kubelet_node_status.go:74"],
    "Successfully registered node",
    `Successfully registered node ${name}`,
  );
  node.registered = true;
  node.uid = String((object.metadata as Stored | undefined)?.uid ?? "");
  return known ? "known" : "made";
}

/** What was said of a node before its kubelet was started anew, and since when, stands until it changes. */
function takeConditions({ node }: KubeletState, { status }: Stored): void {
  const { conditions = [] } = (status ?? {}) as { conditions?: Record<string, string>[] };
  for (const { type = "", status: is = "", lastTransitionTime = "" } of conditions)
    node.changes[type] = { status: is, at: Date.parse(lastTransitionTime) };
}

/** Labels of its own that somebody changed are set back when the kubelet starts. */
function* setBack(sys: Sys, state: KubeletState, object: Stored): Task {
  const labels = ((object.metadata as Stored | undefined)?.labels ?? {}) as Record<string, string>;
  const wrong = Object.entries(defaultLabels(state)).filter(([key, value]) => labels[key] !== value);
  if (wrong.length > 0)
    yield* callApi(
      sys,
      state,
      "PATCH",
      `/api/v1/nodes/${state.nodeName}`,
      { metadata: { labels: { ...labels, ...Object.fromEntries(wrong) } } },
      "application/strategic-merge-patch+json",
    );
}

export function* listImages(sys: Sys, state: KubeletState): Task<readonly RuntimeImage[]> {
  const reply = yield* callRuntime(sys, state, { method: "ListImages" });
  return "images" in reply ? reply.images : [];
}

/** The status without its heartbeats: what has to be told at once when it changes. */
const withoutTimes = (status: Stored): string =>
  JSON.stringify(status, (key, value) => (key === "lastHeartbeatTime" ? undefined : (value as unknown)));

const TRIES = 5;

function* reportStatus(sys: Sys, state: KubeletState): Task {
  const { node, nodeName } = state;
  if (node.missed) yield* compareStatus(sys, state);
  const before = { ...node.changes };
  const status = nodeStatus(sys, state, yield* listImages(sys, state));
  const text = withoutTimes(status);
  const every = milliseconds(setting(state, "nodeStatusReportFrequency") ?? "5m");
  if (text === node.reported && sys.now() < node.reportedAt + every) return;
  const first = node.reportedAt === 0;
  const merge = "application/strategic-merge-patch+json";
  for (let i = 0; i < TRIES; i++) {
    const reply = yield* callApi(sys, state, "PATCH", `/api/v1/nodes/${nodeName}/status`, { status }, merge);
    const failed = failureOf(reply);
    if (failed === undefined) {
      node.reported = text;
      node.reportedAt = sys.now();
      announce(sys, state, status, first ? { Ready: before.Ready } : before);
      return;
    }
    const inner = "error" in reply ? `error getting node "${nodeName}": ${failed}` : failed;
    yield* log(
      sys,
      line(
        state,
        "E",
        ["kubelet_node_status.go:421", "Error updating node status, will retry", ["err", inner]],
        ["kubelet_node_status.go:447", `Error updating node status, will retry: ${inner}`],
      ),
    );
  }
  const over = "update node status exceeds retry count";
  yield* log(
    sys,
    line(
      state,
      "E",
      ["kubelet_node_status.go:408", "Unable to update node status", ["err", over]],
      ["kubelet_node_status.go:434", `Unable to update node status: ${over}`],
    ),
  );
}

/**
 * Takes up what the API server says of the conditions, so that what differs is told at once.
 * fidelity: the real kubelet compares at every report, with a node that it watches.
 */
function* compareStatus(sys: Sys, state: KubeletState): Task {
  const { node, nodeName } = state;
  const reply = yield* callApi(sys, state, "GET", `/api/v1/nodes/${nodeName}?resourceVersion=0`);
  if (failureOf(reply) !== undefined || !("body" in reply)) return;
  node.missed = false;
  const { conditions = [] } = (reply.body.status ?? {}) as { conditions?: { type: string; status: string }[] };
  for (const { type, status } of conditions) {
    const known = node.changes[type];
    if (known === undefined || known.status === status) continue;
    node.changes[type] = { status, at: sys.now() };
    node.reported = "";
  }
  // Its pods were called unready with it.
  if (node.reported === "")
    for (const pod of state.pods) {
      pod.reported = "";
      sys.setTimer(`pod:${pod.uid}`, sys.now());
    }
}

const REASONS: Readonly<Record<string, readonly [on: string, off: string]>> = {
  MemoryPressure: ["NodeHasInsufficientMemory", "NodeHasSufficientMemory"],
  DiskPressure: ["NodeHasDiskPressure", "NodeHasNoDiskPressure"],
  PIDPressure: ["NodeHasInsufficientPID", "NodeHasSufficientPID"],
  Ready: ["NodeReady", "NodeNotReady"],
};

/** An event for each condition that changed. */
function announce(
  sys: Sys,
  state: KubeletState,
  status: Stored,
  before: Record<string, { status: string } | undefined>,
): void {
  for (const { type, status: now } of status.conditions as { type: string; status: string }[]) {
    if (type === "Ready" && !state.node.told.has("enforced")) {
      state.node.told.set("enforced", { name: "", count: 0, first: sys.now() });
      tellNode(sys, state, "Normal", "NodeAllocatableEnforced", "Updated Node Allocatable limit across pods");
    }
    const [on = "", off = ""] = REASONS[type] ?? [];
    if (before[type]?.status === now || (type === "Ready" && now === "False" && before[type] === undefined)) continue;
    const reason = now === "True" ? on : off;
    tellNode(sys, state, "Normal", reason, `Node ${state.nodeName} status is now: ${reason}`);
  }
}

// --- the lease ---

const LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
const microseconds = (ms: number): string => {
  const whole = new Date(Math.floor(ms)).toISOString().slice(0, 23);
  return `${whole}${String(Math.floor((ms % 1) * 1000)).padStart(3, "0")}Z`;
};

function* leaseFailed(sys: Sys, state: KubeletState, error: string): Task {
  yield* log(
    sys,
    line(
      state,
      "E",
      ["controller.go:251", "Failed to update lease", ["err", error]],
      ["controller.go:178", `failed to update node lease, error: ${error}`],
    ),
  );
}

/** Renews the lease, makes it where there is none, and sets its own next time. */
export function* renewLease(sys: Sys, state: KubeletState): Task {
  const { node, nodeName } = state;
  const life = setting<number>(state, "nodeLeaseDurationSeconds") ?? 40;
  const next = (life * 1000) / 4;
  const spec = { holderIdentity: nodeName, leaseDurationSeconds: life, renewTime: microseconds(sys.now()) };
  if (node.lease !== undefined) {
    let last = "";
    for (let i = 0; i < TRIES; i++) {
      const wanted = { ...node.lease, spec: { ...(node.lease.spec as Stored), ...spec } };
      const reply: ApiReply = yield* callApi(sys, state, "PUT", `${LEASES}/${nodeName}?timeout=10s`, wanted);
      if ("status" in reply && reply.status < 300) {
        const last = Date.parse(String((node.lease.spec as Stored | undefined)?.renewTime));
        if (last + life * 1000 < sys.now() && node.registered) {
          node.missed = true;
          sys.setTimer("node", sys.now());
        }
        node.lease = reply.body;
        sys.setTimer("lease", sys.now() + next);
        return;
      }
      last = failureOf(reply) ?? "";
      yield* leaseFailed(sys, state, last);
      if ("status" in reply && reply.status !== 409) break;
      if ("status" in reply && !(yield* findLease(sys, state, spec))) break;
    }
    node.lease = undefined;
    yield* log(
      sys,
      line(
        state,
        "I",
        [
          "controller.go:176",
          "failed to update lease using latest lease, fallback to ensure lease",
          ["err", "failed 5 attempts to update lease"],
        ],
        [
          "controller.go:106",
          "failed to update lease using latest lease, fallback to ensure lease, err: failed 5 attempts to update node lease",
        ],
      ),
    );
  }
  if (yield* findLease(sys, state, spec)) {
    node.leasePause = 200;
    sys.setTimer("lease", sys.now() + next);
    return;
  }
  sys.setTimer("lease", sys.now() + node.leasePause);
  node.leasePause = Math.min(7000, node.leasePause * 2);
}

function* findLease(sys: Sys, state: KubeletState, spec: Stored): Task<boolean> {
  const { node, nodeName } = state;
  let reply = yield* callApi(sys, state, "GET", `${LEASES}/${nodeName}?timeout=10s`);
  if ("status" in reply && reply.status === 404) {
    const owner = { apiVersion: "v1", kind: "Node", name: nodeName, uid: node.uid };
    const metadata = {
      name: nodeName,
      namespace: "kube-node-lease",
      ...(node.uid === "" ? {} : { ownerReferences: [owner] }),
    };
    const lease = { kind: "Lease", apiVersion: "coordination.k8s.io/v1", metadata, spec };
    reply = yield* callApi(sys, state, "POST", `${LEASES}?timeout=10s`, lease);
  }
  const failed = failureOf(reply);
  if (failed === undefined && "body" in reply) {
    node.lease = reply.body;
    return true;
  }
  const pause = node.leasePause < 1000 ? `${node.leasePause}ms` : `${node.leasePause / 1000}s`;
  yield* log(
    sys,
    line(
      state,
      "E",
      ["controller.go:201", "Failed to ensure lease exists, will retry", ["err", failed ?? ""], ["interval", pause]],
      ["controller.go:144", `failed to ensure lease exists, will retry in ${pause}, error: ${failed ?? ""}`],
    ),
  );
  return false;
}
