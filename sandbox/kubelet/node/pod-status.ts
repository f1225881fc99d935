// A pod's status as the kubelet tells it: phase, conditions with the time of their change, one entry a container.

import { encode } from "../../kernel/text.ts";
import { hash } from "../../lib/crypto/hash.ts";
import { parseQuantity } from "../config/duration.ts";
import { type ContainerRun, type Ended, type KubeletState, lastEnd, type Pod } from "../state.ts";
import { hex, list, record, type Stored } from "./manifest.ts";

export const time = (ms: number): string => `${new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`;
const imageIdOf = (image: string): string => `sha256:${hex(hash("sha256", encode(image)))}`;

const terminated = (end: Ended): Stored => ({
  terminated: {
    exitCode: end.exitCode,
    reason: end.reason,
    ...(end.message === undefined ? {} : { message: end.message }),
    // What could not be started is said to have begun with Unix time; of what was lost nothing is known.
    startedAt: end.startedAt === 0 && end.reason !== "StartError" ? null : time(end.startedAt),
    finishedAt: time(end.finishedAt),
    containerID: `containerd://${end.id}`,
  },
});

function containerState(run: ContainerRun | undefined): Stored {
  if (run?.running) return { running: { startedAt: time(run.startedAt) } };
  if (run?.waiting !== undefined) return { waiting: { ...run.waiting } };
  if (run?.ended !== undefined) return terminated(run.ended);
  return { waiting: { reason: "ContainerCreating" } };
}

/** The reference by which an image is asked for: a bare name is Docker Hub's. */
const fullName = (image: string): string => {
  const first = image.split("/")[0] ?? "";
  if (image.includes("/") && /[.:]|^localhost$/.test(first)) return image;
  return `docker.io/${image.includes("/") ? "" : "library/"}${image}`;
};

/** Which containers an entry is about: those of initialization are ready once they have come to a good end. */
type Stage = "initContainers" | "containers" | "ephemeralContainers";

function containerStatus(
  container: Stored,
  run: ContainerRun | undefined,
  pod: Pod,
  state: KubeletState,
  stage: Stage,
): Stored {
  const { minor } = state.profile;
  const image = String(container.image);
  const last = run === undefined ? undefined : lastEnd(run);
  const made = run !== undefined && run.id !== "";
  const mounts = list(container.volumeMounts).map((mount) => ({
    name: mount.name,
    mountPath: mount.mountPath,
    ...(mount.readOnly === true ? { readOnly: true, recursiveReadOnly: "Disabled" } : {}),
  }));
  const names = run?.imageId === undefined ? undefined : run.imageId;
  return {
    name: container.name,
    state: containerState(run),
    lastState: last === undefined ? {} : terminated(last),
    ready:
      (run?.ready === true && run.running && stage !== "ephemeralContainers") ||
      (stage === "initContainers" && run?.running === false && run.ended?.exitCode === 0),
    restartCount: run?.restarts ?? 0,
    image: names === undefined ? (made ? imageIdOf(image) : image) : fullName(image),
    imageID: run?.imageRef ?? names ?? (made ? imageIdOf(`${image}@`) : ""),
    ...(made ? { containerID: `containerd://${run.id}` } : {}),
    started: run?.started === true && run.running,
    ...(minor >= 32 && record(container.resources).requests !== undefined && stage !== "ephemeralContainers"
      ? { allocatedResources: record(container.resources).requests as Stored }
      : {}),
    ...(minor >= 32 ? { resources: container.resources ?? {} } : {}),
    ...(minor >= 31 && pod.source === "api" && mounts.length > 0 ? { volumeMounts: mounts } : {}),
  };
}

/** A sum of quantities of one resource; a single one stays as it was written. */
function sumOf(name: string, texts: readonly string[]): string {
  if (texts.length === 1) return texts[0] as string;
  const total = texts.reduce((sum, text) => {
    const value = parseQuantity(text);
    return sum + (typeof value === "number" ? value : 0);
  }, 0);
  if (name === "cpu") {
    const milli = Math.round(total * 1000);
    return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
  }
  const unit = ["Gi", "Mi", "Ki"].find((_, i) => total % 1024 ** (3 - i) === 0);
  return unit === undefined ? String(total) : `${total / 1024 ** (["Ki", "Mi", "Gi"].indexOf(unit) + 1)}${unit}`;
}

/** What the containers of a pod ask together, or may take at most. */
function allOf(containers: readonly Stored[], what: "requests" | "limits"): Stored {
  const maps = containers.map((c) => record(record(c.resources)[what]));
  const names = [...new Set(maps.flatMap((map) => Object.keys(map)))];
  return Object.fromEntries(
    names.map((name) => [
      name,
      sumOf(
        name,
        maps.flatMap((map) => (name in map ? [String(map[name])] : [])),
      ),
    ]),
  );
}

/** Resources of a pod in its status: since a pod's own can be changed, its containers' are summed up. */
function podResources(containers: readonly Stored[]): { allocated: Stored; resources: Stored } {
  const [requests, limits] = [allOf(containers, "requests"), allOf(containers, "limits")];
  const asked = Object.keys(requests).length > 0;
  return {
    allocated: asked ? { allocatedResources: requests } : {},
    resources: { ...(Object.keys(limits).length > 0 ? { limits } : {}), ...(asked ? { requests } : {}) },
  };
}

/** BestEffort without any request or limit, Guaranteed where all are equal, Burstable between. */
export function qosOf(spec: Stored): string {
  const sizes = [...list(spec.initContainers), ...list(spec.containers)].map((c) => record(c.resources));
  if (sizes.every((r) => Object.keys({ ...record(r.requests), ...record(r.limits) }).length === 0)) return "BestEffort";
  const guaranteed = sizes.every((r) => {
    const [limits, requests] = [record(r.limits), record(r.requests)];
    return ["cpu", "memory"].every((name) => limits[name] && (requests[name] ?? limits[name]) === limits[name]);
  });
  return guaranteed ? "Guaranteed" : "Burstable";
}

const runsOf = (pod: Pod, containers: readonly Stored[]): (ContainerRun | undefined)[] =>
  containers.map((c) => pod.containers[String(c.name)]);

const isDone = (run: ContainerRun | undefined, policy: unknown): boolean =>
  run?.ended !== undefined &&
  !run.running &&
  (policy === "Never" || (policy === "OnFailure" && run.ended.exitCode === 0));

/** Whether all init containers have come to a good end. */
export const isInitialized = (pod: Pod): boolean =>
  runsOf(pod, list(pod.object.spec.initContainers)).every((run) => run?.ended?.exitCode === 0 && !run.running);

function phaseOf(pod: Pod): string {
  if (pod.finished !== undefined) return pod.finished.phase;
  const { spec } = pod.object;
  const runs = runsOf(pod, list(spec.containers));
  if (!isInitialized(pod) || runs.some((run) => run === undefined || (run.id === "" && run.ended === undefined)))
    return "Pending";
  const policy = spec.restartPolicy;
  if (runs.every((run) => isDone(run, policy)))
    return runs.every((r) => r?.ended?.exitCode === 0) ? "Succeeded" : "Failed";
  return "Running";
}

function conditions(pod: Pod, state: KubeletState, phase: string, at: number): Stored[] {
  const { minor } = state.profile;
  const { spec } = pod.object;
  const unready = list(spec.containers)
    .filter((c) => {
      const run = pod.containers[String(c.name)];
      return !(run?.running && run.ready);
    })
    .map((c) => String(c.name));
  const done = phase === "Succeeded" || phase === "Failed";
  const notReady = done
    ? { reason: phase === "Succeeded" ? "PodCompleted" : "PodFailed" }
    : { reason: "ContainersNotReady", message: `containers with unready status: [${unready.join(" ")}]` };
  const init = list(spec.initContainers).filter((c) => {
    const run = pod.containers[String(c.name)];
    return run?.ended?.exitCode !== 0 || run.running;
  });
  const sandbox = pod.sandbox !== undefined;
  const rows: [string, boolean, Stored][] = [
    ...(minor >= 29 ? ([["PodReadyToStartContainers", sandbox && !done, {}]] as [string, boolean, Stored][]) : []),
    [
      "Initialized",
      init.length === 0,
      {
        reason: "ContainersNotInitialized",
        message: `containers with incomplete status: [${init.map((c) => String(c.name)).join(" ")}]`,
      },
    ],
    ["Ready", unready.length === 0 && !done, notReady],
    ["ContainersReady", unready.length === 0 && !done, notReady],
    ["PodScheduled", true, {}],
  ];
  const generation = record(pod.object.metadata).generation;
  return rows.map(([type, good, why]) => {
    const value = good ? "True" : "False";
    const known = pod.changes[type];
    if (known?.status !== value) pod.changes[type] = { status: value, at };
    return {
      type,
      ...(minor >= 33 && pod.source === "api" && generation !== undefined ? { observedGeneration: generation } : {}),
      status: value,
      lastProbeTime: null,
      lastTransitionTime: time(pod.changes[type]?.at ?? at),
      ...(good ? (done && type === "Initialized" ? { reason: "PodCompleted" } : {}) : why),
    };
  });
}

/** What the API server is told, and /pods shows. */
export function podStatus(pod: Pod, state: KubeletState, now: number): Stored {
  const { minor } = state.profile;
  const { spec, metadata } = pod.object;
  const phase = phaseOf(pod);
  const generation = metadata.generation;
  const head = {
    ...(minor >= 33 && pod.source === "api" && generation !== undefined ? { observedGeneration: generation } : {}),
    phase,
    conditions: conditions(pod, state, phase, now),
    ...(pod.finished?.message === undefined ? {} : { message: pod.finished.message }),
    ...(pod.finished?.reason === undefined ? {} : { reason: pod.finished.reason }),
  };
  const { allocated, resources } = podResources(list(spec.containers));
  const tail = minor >= 32 ? { ...allocated, resources } : {};
  if (pod.startedAt === undefined && pod.source === "file") return { ...head, ...tail };
  const each = (key: Stage): Stored[] =>
    list(spec[key]).map((c) => containerStatus(c, pod.containers[String(c.name)], pod, state, key));
  const init = each("initContainers");
  const ephemeral = each("ephemeralContainers");
  const host = spec.hostNetwork === true;
  const ip = host ? state.nodeIP : pod.ip;
  return {
    ...head,
    // A kubelet that stands alone has no node object and so knows no address of the node.
    ...(state.client === undefined
      ? {}
      : { hostIP: state.nodeIP, ...(minor >= 28 ? { hostIPs: [{ ip: state.nodeIP }] } : {}) }),
    ...((state.client === undefined && host) || ip === undefined ? {} : { podIP: ip, podIPs: [{ ip }] }),
    startTime: time(pod.startedAt ?? pod.seen),
    ...(init.length === 0 ? {} : { initContainerStatuses: init }),
    containerStatuses: each("containers"),
    ...(ephemeral.length === 0 ? {} : { ephemeralContainerStatuses: ephemeral }),
    qosClass: qosOf(spec as Stored),
    ...tail,
  };
}
