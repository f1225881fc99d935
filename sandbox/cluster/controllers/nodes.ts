// Node lifecycle: heartbeats and what follows when they stop; taints by condition; pods that a taint drives away.

import type { Task } from "../../kernel/sys.ts";
import { at, type Fields, formatTime, type KubeObject, listOf, textOf } from "../object.ts";
import type { World } from "./world.ts";

/** --node-monitor-grace-period. */
const GRACE = 50_000;
const LEASES = "leases.coordination.k8s.io";
const SOURCE = "node-controller";
const TAINT = "node.kubernetes.io/";

const conditionsOf = (node: KubeObject): readonly Fields[] => listOf(at(node, "status", "conditions"));
const conditionOf = (node: KubeObject, type: string): Fields | undefined =>
  conditionsOf(node).find((each) => each["type"] === type);

/**
 * When a node was last heard of: when this controller saw its lease or its status renewed, by its own clock (as
 * tryUpdateNodeHealth does it); a node that never told anything counts from its creation.
 */
export function lastHeard({ list, state, now }: Pick<World, "list" | "state" | "now">, node: KubeObject): number {
  const { name, uid, creationTimestamp } = node.metadata;
  const lease = list(LEASES, "kube-node-lease").find((each) => each.metadata.name === name);
  const told = [at(lease, "spec", "renewTime"), ...conditionsOf(node).map((each) => each["lastHeartbeatTime"])];
  const latest = told.map(textOf).join();
  const key = `heard ${uid}`;
  const mark = `mark ${uid}`;
  const silent = lease === undefined && conditionOf(node, "Ready") === undefined;
  if (silent) return Date.parse(textOf(creationTimestamp)) || 0;
  if (state.notes[mark] !== latest) {
    state.notes[mark] = latest;
    state.times[key] = now;
  }
  return state.times[key] ?? now;
}

const NEVER = { reason: "NodeStatusNeverUpdated", message: "Kubelet never posted node status." };
const STOPPED = { reason: "NodeStatusUnknown", message: "Kubelet stopped posting node status." };

/** All conditions become unknown, the pods unready. */
function* markUnknown(world: World, node: KubeObject): Task {
  const time = formatTime(world.now);
  const conditions = conditionsOf(node).map((each) => ({ ...each }));
  for (const type of ["MemoryPressure", "DiskPressure", "PIDPressure", "Ready"]) {
    const known = conditions.find((each) => each["type"] === type);
    if (known === undefined)
      conditions.push({
        type,
        status: "Unknown",
        lastHeartbeatTime: node.metadata.creationTimestamp,
        lastTransitionTime: time,
        ...NEVER,
      });
    else if (known["status"] !== "Unknown")
      Object.assign(known, { status: "Unknown", lastTransitionTime: time, ...STOPPED });
  }
  yield* world.patch("nodes", node, { status: { conditions } }, "status");
  yield* world.event(node, "Normal", "NodeNotReady", `Node ${node.metadata.name} status is now: NodeNotReady`, SOURCE);
}

function* markPodsUnready(world: World, node: KubeObject): Task {
  for (const pod of world.list("pods")) {
    if (at(pod, "spec", "nodeName") !== node.metadata.name) continue;
    const conditions = listOf(at(pod, "status", "conditions"));
    if (!conditions.some(({ type, status }) => type === "Ready" && status === "True")) continue;
    const changed = conditions.map((each) =>
      each["type"] === "Ready" ? { ...each, status: "False", lastTransitionTime: formatTime(world.now) } : each,
    );
    yield* world.patch("pods", pod, { status: { conditions: changed } }, "status");
    yield* world.event(pod, "Warning", "NodeNotReady", "Node is not ready", SOURCE);
  }
}

/** Taints that conditions and `unschedulable` ask for: key and effect. */
function wantedTaints(node: KubeObject): readonly (readonly [key: string, effect: string])[] {
  const status = (type: string): string => textOf(conditionOf(node, type)?.["status"]);
  const ready = status("Ready");
  const down = ready === "False" ? `${TAINT}not-ready` : ready === "Unknown" ? `${TAINT}unreachable` : undefined;
  return [
    ...(["MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"] as const).flatMap((type) =>
      status(type) === "True"
        ? [
            [
              TAINT +
                type.replace(/([a-z])([A-Z])|PIDP/g, (m) => (m === "PIDP" ? "pid-p" : `${m[0]}-${m[1]}`)).toLowerCase(),
              "NoSchedule",
            ] as const,
          ]
        : [],
    ),
    ...(at(node, "spec", "unschedulable") === true ? [[`${TAINT}unschedulable`, "NoSchedule"] as const] : []),
    ...(down === undefined
      ? []
      : ([
          [down, "NoSchedule"],
          [down, "NoExecute"],
        ] as const)),
  ];
}

const OWN_KEYS = [
  "not-ready",
  "unreachable",
  "memory-pressure",
  "disk-pressure",
  "pid-pressure",
  "network-unavailable",
  "unschedulable",
].map((key) => TAINT + key);

function* setTaints(world: World, node: KubeObject): Task {
  const have = listOf(at(node, "spec", "taints"));
  // A node that has told nothing yet keeps the taint it was born with.
  if (conditionOf(node, "Ready") === undefined) return;
  const wanted = wantedTaints(node);
  const is = (taint: Fields, [key, effect]: readonly [string, string]): boolean =>
    taint["key"] === key && taint["effect"] === effect;
  const kept = have.filter(
    (taint) => !OWN_KEYS.includes(textOf(taint["key"])) || wanted.some((each) => is(taint, each)),
  );
  const missing = wanted.filter((each) => !have.some((taint) => is(taint, each)));
  if (kept.length === have.length && missing.length === 0) return;
  const timeAdded = formatTime(world.now);
  const taints = [...kept, ...missing.map(([key, effect]) => ({ key, effect, timeAdded }))];
  yield* world.patch("nodes", node, { spec: { taints: taints.length === 0 ? null : taints } });
}

/** Does a toleration bear a taint? */
export function tolerates(toleration: Fields, taint: Fields): boolean {
  const { key, operator, value, effect } = toleration;
  if (effect && effect !== taint["effect"]) return false;
  if (key && key !== taint["key"]) return false;
  if (!key) return operator === "Exists";
  return operator === "Exists" || (value ?? "") === (taint["value"] ?? "");
}

/** Until when a pod may stay on a node; undefined: for ever. */
function leaveTime(pod: KubeObject, taints: readonly Fields[]): number | undefined {
  const tolerations = listOf(at(pod, "spec", "tolerations"));
  let leave: number | undefined;
  for (const taint of taints) {
    const bearing = tolerations.filter((each) => tolerates(each, taint));
    if (bearing.length === 0) return 0;
    const limits = bearing.flatMap(({ tolerationSeconds }) =>
      tolerationSeconds == null ? [] : [Number(tolerationSeconds)],
    );
    if (limits.length === 0) continue;
    const until = (Date.parse(textOf(taint["timeAdded"])) || 0) + Math.max(0, Math.min(...limits)) * 1000;
    leave = Math.min(leave ?? until, until);
  }
  return leave;
}

function* evict(world: World, node: KubeObject): Task {
  const taints = listOf(at(node, "spec", "taints")).filter(({ effect }) => effect === "NoExecute");
  if (taints.length === 0) return;
  for (const pod of world.list("pods")) {
    if (at(pod, "spec", "nodeName") !== node.metadata.name || pod.metadata.deletionTimestamp !== undefined) continue;
    const leave = leaveTime(pod, taints);
    if (leave === undefined) continue;
    if (leave > world.now) {
      world.wake(leave);
      continue;
    }
    const where = `${pod.metadata.namespace}/${pod.metadata.name}`;
    yield* world.event(
      pod,
      "Normal",
      "TaintManagerEviction",
      `Marking for deletion Pod ${where}`,
      "taint-eviction-controller",
    );
    yield* world.remove("pods", pod);
  }
}

/** A free /24 of --cluster-cidr. */
function freeRange(world: World): string | undefined {
  const { flags } = world.state;
  const [, a, b] = /^(\d+)\.(\d+)\.\d+\.\d+\/16$/.exec(flags["cluster-cidr"] ?? "") ?? [];
  if (flags["allocate-node-cidrs"] !== "true" || a === undefined) return undefined;
  const taken = new Set(world.list("nodes").map((node) => textOf(at(node, "spec", "podCIDR"))));
  for (let i = 0; i < 256; i++) if (!taken.has(`${a}.${b}.${i}.0/24`)) return `${a}.${b}.${i}.0/24`;
  return undefined;
}

/** A new node gets its pods' addresses and the annotation of the ttl controller. */
function* welcome(world: World, node: KubeObject): Task {
  const ttl = node.metadata.annotations?.["node.alpha.kubernetes.io/ttl"] === undefined;
  const range = at(node, "spec", "podCIDR") === undefined ? freeRange(world) : undefined;
  if (!ttl && range === undefined) return;
  yield* world.patch("nodes", node, {
    ...(ttl ? { metadata: { annotations: { "node.alpha.kubernetes.io/ttl": "0" } } } : {}),
    ...(range === undefined ? {} : { spec: { podCIDR: range, podCIDRs: [range] } }),
  });
}

/** A controller that has just begun tells of every node, later of new ones. */
function* register(world: World, { metadata }: KubeObject): Task {
  const key = `registered ${metadata.uid}`;
  if (world.state.notes[key] !== undefined) return;
  world.state.notes[key] = "";
  const text = `Node ${metadata.name} event: Registered Node ${metadata.name} in Controller`;
  yield* world.event(
    { metadata, kind: "Node", apiVersion: "v1" } as KubeObject,
    "Normal",
    "RegisteredNode",
    text,
    SOURCE,
  );
}

export function* watchNodes(world: World): Task {
  for (const { metadata } of world.list("nodes")) {
    const current = (): KubeObject | undefined => world.get("nodes", "", metadata.name ?? "");
    const node = current();
    if (node === undefined) continue;
    yield* register(world, node);
    yield* welcome(world, node);
    const silent = lastHeard(world, node) + GRACE;
    const ready = textOf(conditionOf(current() ?? node, "Ready")?.["status"]);
    if (silent > world.now) world.wake(silent);
    else if (ready !== "Unknown") {
      yield* markUnknown(world, current() ?? node);
      yield* markPodsUnready(world, node);
    }
    yield* setTaints(world, current() ?? node);
    yield* evict(world, current() ?? node);
  }
}

/** How long a pod may be bound to a node that is not there. */
const QUARANTINE = 40_000;

/** Pods of nodes that were deleted go; so do those that were deleted and never ran. */
export function* collectPods(world: World): Task {
  for (const pod of world.list("pods")) {
    const name = textOf(at(pod, "spec", "nodeName"));
    const key = `orphan ${pod.metadata.uid}`;
    if (name === "" || world.get("nodes", "", name) !== undefined) {
      delete world.state.times[key];
      if (name === "" && pod.metadata.deletionTimestamp !== undefined)
        yield* world.remove("pods", pod, { gracePeriodSeconds: 0 });
      continue;
    }
    world.state.times[key] ??= world.now;
    const since = world.state.times[key] ?? world.now;
    if (since + QUARANTINE > world.now) {
      world.wake(since + QUARANTINE);
      continue;
    }
    delete world.state.times[key];
    yield* world.remove("pods", pod, { gracePeriodSeconds: 0 });
  }
}
