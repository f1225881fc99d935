// Static pods: manifests of staticPodPath as pods of this node, run by the container runtime, listed as v1.Pod.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import type { Mount } from "../../lib/cri.ts";
import { hash } from "../../lib/crypto/hash.ts";
import { YamlError, yamlToJson } from "../../lib/yaml-go/yaml.ts";
import { plainJson } from "../config/kubeconfig.ts";
import { structured } from "../log.ts";
import { type KubeletState, log, type Pod, setting } from "../state.ts";
import { callRuntime } from "./runtime.ts";

type Record_ = Record<string, unknown>;
const record = (value: unknown): Record_ =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record_) : {};
const list = (value: unknown): Record_[] => (Array.isArray(value) ? (value as Record_[]) : []);

const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

/** Files of the manifest folder in order, hidden ones left out; a single file stands for itself. */
function manifestFiles(sys: Sys, path: string): string[] | undefined {
  const stat = sys.stat(path);
  if (isErrno(stat)) return undefined;
  if (stat.type !== "directory") return [path];
  const entries = sys.readdir(path);
  if (isErrno(entries)) return undefined;
  return entries
    .filter((e) => !e.name.startsWith(".") && e.type !== "directory")
    .map((e) => `${path.replace(/\/$/, "")}/${e.name}`)
    .sort();
}

/** A manifest with the defaults that the API machinery gives it, as a pod of this node. */
export function createPod(text: string, file: string, nodeName: string, now: number): Pod | { readonly error: string } {
  let manifest: Record_;
  try {
    manifest = record(plainJson(yamlToJson(text).json));
  } catch (error) {
    if (error instanceof YamlError) return { error: error.message };
    throw error;
  }
  if (manifest["kind"] !== "Pod" || manifest["apiVersion"] !== "v1")
    return { error: `couldn't parse as pod(Object 'Kind' is missing in '${text.slice(0, 60)}')` };
  const meta = record(manifest["metadata"]);
  const name = `${String(meta["name"] ?? "")}-${nodeName}`;
  const namespace = String(meta["namespace"] ?? "default");
  const uid = hex(hash("md5", encode(`host:${nodeName}file:${file}${text}`)));
  const seen = `${new Date(Math.floor(now)).toISOString().slice(0, 19)}.${String(Math.floor(now % 1000)).padStart(3, "0")}000000Z`;
  const metadata: Record_ = {
    name,
    namespace,
    uid,
    ...(meta["labels"] === undefined ? {} : { labels: meta["labels"] }),
    annotations: {
      ...record(meta["annotations"]),
      "kubernetes.io/config.hash": uid,
      "kubernetes.io/config.seen": seen,
      "kubernetes.io/config.source": "file",
    },
  };
  return {
    source: "file",
    file,
    uid,
    name,
    namespace,
    seen: now,
    sandbox: undefined,
    ip: undefined,
    startedAt: undefined,
    containers: {},
    deleting: false,
    object: Object.freeze({ metadata, spec: defaultSpec(record(manifest["spec"]), nodeName) }),
  };
}

const CONTAINER_ORDER = [
  "name",
  "image",
  "command",
  "args",
  "workingDir",
  "ports",
  "envFrom",
  "env",
  "resources",
  "volumeMounts",
  "livenessProbe",
  "readinessProbe",
  "startupProbe",
  "lifecycle",
  "terminationMessagePath",
  "terminationMessagePolicy",
  "imagePullPolicy",
  "securityContext",
];
const SPEC_ORDER = [
  "volumes",
  "initContainers",
  "containers",
  "restartPolicy",
  "terminationGracePeriodSeconds",
  "dnsPolicy",
  "serviceAccountName",
  "nodeName",
  "hostNetwork",
  "hostPID",
  "hostIPC",
  "securityContext",
  "hostname",
  "schedulerName",
  "tolerations",
  "priorityClassName",
  "priority",
  "enableServiceLinks",
];

function ordered(value: Record_, order: readonly string[]): Record_ {
  const known = order.filter((key) => value[key] !== undefined).map((key) => [key, value[key]] as const);
  const others = Object.entries(value).filter(([key]) => !order.includes(key));
  return Object.fromEntries([...known, ...others]);
}

function defaultContainer(container: Record_): Record_ {
  const image = String(container["image"] ?? "");
  const latest = !/[:@]/.test(image.slice(image.lastIndexOf("/") + 1)) || image.endsWith(":latest");
  const ports = list(container["ports"]).map((p) =>
    ordered({ protocol: "TCP", ...p }, ["name", "hostPort", "containerPort", "protocol"]),
  );
  const filled: Record_ = {
    ...container,
    resources: container["resources"] ?? {},
    terminationMessagePath: container["terminationMessagePath"] ?? "/dev/termination-log",
    terminationMessagePolicy: container["terminationMessagePolicy"] ?? "File",
    imagePullPolicy: container["imagePullPolicy"] ?? (latest ? "Always" : "IfNotPresent"),
    ...(container["ports"] === undefined ? {} : { ports }),
  };
  return ordered(filled, CONTAINER_ORDER);
}

function defaultSpec(spec: Record_, nodeName: string): Record_ {
  const filled: Record_ = {
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    securityContext: {},
    schedulerName: "default-scheduler",
    enableServiceLinks: true,
    ...spec,
    containers: list(spec["containers"]).map(defaultContainer),
    nodeName,
    tolerations: [...list(spec["tolerations"]), { operator: "Exists", effect: "NoExecute" }],
  };
  return ordered(filled, SPEC_ORDER);
}

/** Reads the manifests anew where they changed: new pods are remembered, vanished ones marked for their end. */
export function* readManifests(sys: Sys, state: KubeletState): Task {
  const path = setting<string>(state, "staticPodPath") ?? "";
  if (path === "") return;
  const files = manifestFiles(sys, path);
  if (files === undefined) return yield* reportMissing(sys, state, path);
  const stamp = files.map((f) => `${f}@${sys.version(f)}`).join("\n");
  if (stamp === state.manifests) return;
  state.manifests = stamp;
  const wanted: Pod[] = [];
  for (const file of files) {
    const data = sys.readFile(file);
    if (isErrno(data)) continue;
    const pod = createPod(decode(data), file, state.nodeName, sys.now());
    if ("error" in pod) {
      const text = state.profile.structured
        ? structured(
            "Could not process manifest file",
            ["err", `${file}: ${pod.error}, please check config file`],
            ["path", file],
          )
        : `Can't process manifest file "${file}": ${file}: ${pod.error}, please check config file`;
      yield* log(sys, { severity: "E", source: state.profile.structured ? "file.go:187" : "file.go:187", text });
      continue;
    }
    wanted.push(state.pods.find((p) => p.uid === pod.uid) ?? pod);
  }
  for (const old of state.pods) if (!wanted.includes(old)) wanted.push(Object.assign(old, { deleting: true }));
  state.pods = wanted;
}

function* reportMissing(sys: Sys, state: KubeletState, path: string): Task {
  if (state.manifests === "missing") return;
  state.manifests = "missing";
  for (const pod of state.pods) pod.deleting = true;
  const modern = state.profile.structured;
  const text = modern
    ? structured("Unable to read config path", ["err", "path does not exist, ignoring"], ["path", path])
    : `Unable to read config path "${path}": path does not exist, ignoring`;
  yield* log(sys, { severity: "E", source: "file.go:98", text });
  yield* log(sys, { severity: "E", source: modern ? "file_linux.go:59" : "file_linux.go:60", text });
}

/** Starts what is not running and ends what is no longer wanted. */
export function* syncPods(sys: Sys, state: KubeletState): Task {
  for (const pod of [...state.pods]) {
    if (pod.deleting) {
      if (pod.sandbox !== undefined) yield* callRuntime(sys, state, { method: "StopPodSandbox", sandbox: pod.sandbox });
      state.pods = state.pods.filter((p) => p !== pod);
      continue;
    }
    if (pod.sandbox === undefined) yield* startPod(sys, state, pod);
  }
  yield* restartEnded(sys, state);
}

/** Takes up the containers that an earlier kubelet left running. */
function* adopt(sys: Sys, state: KubeletState, pod: Pod): Task<boolean> {
  const reply = yield* callRuntime(sys, state, { method: "ListContainers" });
  if (!("containers" in reply)) return false;
  const mine = reply.containers.filter((c) => c.uid === pod.uid && c.running);
  const [first] = mine;
  if (first === undefined) return false;
  pod.sandbox = first.sandbox;
  pod.ip = first.ip;
  pod.startedAt = first.startedAt;
  for (const c of mine)
    pod.containers[c.name] = {
      id: c.id,
      image: c.image,
      pid: c.pid,
      startedAt: c.startedAt,
      restarts: 0,
      running: true,
    };
  return true;
}

function* startPod(sys: Sys, state: KubeletState, pod: Pod): Task {
  if (yield* adopt(sys, state, pod)) return;
  const spec = record(pod.object["spec"]);
  const made = yield* callRuntime(sys, state, {
    method: "RunPodSandbox",
    name: pod.name,
    namespace: pod.namespace,
    uid: pod.uid,
    hostNetwork: spec["hostNetwork"] === true,
  });
  if (!("sandbox" in made)) return;
  pod.sandbox = made.sandbox;
  pod.ip = spec["hostNetwork"] === true ? state.nodeIP : made.ip;
  pod.startedAt = sys.now();
  for (const container of list(spec["containers"])) yield* startContainer(sys, state, pod, container, 0);
}

function* startContainer(sys: Sys, state: KubeletState, pod: Pod, container: Record_, restarts: number): Task {
  const name = String(container["name"]);
  const reply = yield* callRuntime(sys, state, {
    method: "RunContainer",
    sandbox: pod.sandbox ?? "",
    container: {
      name,
      image: String(container["image"]),
      command: (container["command"] as string[] | undefined) ?? [],
      args: (container["args"] as string[] | undefined) ?? [],
      env: list(container["env"]).map((e) => ({ name: String(e["name"]), value: String(e["value"] ?? "") })),
      mounts: hostMounts(pod, container),
    },
    attempt: restarts,
    logPath: `${logFolder(pod)}/${name}/${restarts}.log`,
  });
  if (!("container" in reply)) return;
  const { id, image, pid, startedAt } = reply.container;
  pod.containers[name] = { id, image, pid, startedAt, restarts, running: true };
}

/** Files and folders of the node that a container asks for. */
function hostMounts(pod: Pod, container: Record_): Mount[] {
  const volumes = list(record(pod.object["spec"])["volumes"]);
  return list(container["volumeMounts"]).flatMap((mount) => {
    const path = record(volumes.find((volume) => volume["name"] === mount["name"])?.["hostPath"])["path"];
    if (typeof path !== "string") return [];
    return [{ containerPath: String(mount["mountPath"]), hostPath: path, readOnly: mount["readOnly"] === true }];
  });
}

/** How long the kubelet waits before a container's next start: at once, then 10 s, doubled up to five minutes. */
const backOff = (restarts: number): number => (restarts === 0 ? 0 : Math.min(300_000, 10_000 * 2 ** (restarts - 1)));

/** Notices containers that ended and starts them again, as restartPolicy wants it. */
function* restartEnded(sys: Sys, state: KubeletState): Task {
  const pods = state.pods.filter((pod) => pod.sandbox !== undefined && !pod.deleting);
  if (pods.length === 0) return;
  const reply = yield* callRuntime(sys, state, { method: "ListContainers" });
  if (!("containers" in reply)) return;
  const ended = new Map(reply.containers.filter((c) => !c.running).map((c) => [c.id, c]));
  for (const pod of pods) {
    const spec = record(pod.object["spec"]);
    for (const container of list(spec["containers"])) {
      const made = pod.containers[String(container["name"])];
      const end = made === undefined ? undefined : ended.get(made.id);
      if (made === undefined || end === undefined) continue;
      made.running = false;
      const policy = spec["restartPolicy"] ?? "Always";
      const again = policy === "Always" || (policy === "OnFailure" && end.exitCode !== 0);
      if (again && sys.now() >= made.startedAt + backOff(made.restarts))
        yield* startContainer(sys, state, pod, container, made.restarts + 1);
    }
  }
}

export const logFolder = (pod: Pod): string => `/var/log/pods/${pod.namespace}_${pod.name}_${pod.uid}`;

// --- listing ---

const time = (ms: number): string => `${new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`;
const imageId = (image: string): string => `sha256:${hex(hash("sha256", encode(image)))}`;

function conditions(pod: Pod, minor: number, at: string): Record_[] {
  const running = pod.startedAt !== undefined;
  const names = [
    ...(minor >= 29 ? ["PodReadyToStartContainers"] : []),
    "Initialized",
    "Ready",
    "ContainersReady",
    "PodScheduled",
  ];
  return names.map((type) => ({
    type,
    status: running || type === "PodScheduled" || type === "Initialized" ? "True" : "False",
    lastProbeTime: null,
    lastTransitionTime: at,
  }));
}

function status(pod: Pod, state: KubeletState): Record_ {
  const { minor } = state.profile;
  const at = time(pod.startedAt ?? pod.seen);
  if (pod.startedAt === undefined)
    return { phase: "Pending", conditions: conditions(pod, minor, at), ...(minor >= 32 ? { resources: {} } : {}) };
  const spec = record(pod.object["spec"]);
  const containerStatuses = list(spec["containers"]).map((container) => {
    const name = String(container["name"]);
    const made = pod.containers[name];
    const running = made?.running === true;
    return {
      name,
      state: running
        ? { running: { startedAt: time(made.startedAt) } }
        : { waiting: { reason: made === undefined ? "ContainerCreating" : "CrashLoopBackOff" } },
      lastState: {},
      ready: running,
      restartCount: made?.restarts ?? 0,
      image: imageId(String(container["image"])),
      imageID: imageId(`${String(container["image"])}@`),
      ...(made === undefined ? {} : { containerID: `containerd://${made.id}` }),
      started: running,
      ...(minor >= 32 ? { resources: {} } : {}),
    };
  });
  return {
    phase: "Running",
    conditions: conditions(pod, minor, at),
    // A kubelet that stands alone has no node object and so knows no address of the node.
    ...(state.client === undefined
      ? {}
      : {
          hostIP: state.nodeIP,
          ...(minor >= 28 ? { hostIPs: [{ ip: state.nodeIP }] } : {}),
        }),
    ...(state.client === undefined && spec["hostNetwork"] === true ? {} : { podIP: pod.ip, podIPs: [{ ip: pod.ip }] }),
    startTime: at,
    containerStatuses,
    qosClass: "BestEffort",
    ...(minor >= 32 ? { resources: {} } : {}),
  };
}

/** metadata as this version prints it: 1.20 shows a selfLink and an empty creation time. */
function metadata(pod: Pod, minor: number, short: boolean): Record_ {
  const meta = record(pod.object["metadata"]);
  const head = { name: pod.name, namespace: pod.namespace };
  const link = minor < 24 && !short ? { selfLink: `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}` } : {};
  const created = minor < 30 ? { creationTimestamp: null } : {};
  const rest = short
    ? {}
    : Object.fromEntries(Object.entries(meta).filter(([key]) => !["name", "namespace", "uid"].includes(key)));
  return { ...head, ...link, uid: pod.uid, ...created, ...rest };
}

/** A pod as v1.Pod with its present status. */
export function podObject(pod: Pod, state: KubeletState): Record_ {
  return { metadata: metadata(pod, state.profile.minor, false), spec: pod.object["spec"], status: status(pod, state) };
}

/** What the runtime runs, in the bare form of /runningpods/. */
export function runningPod(pod: Pod, state: KubeletState): Record_ {
  const containers = Object.entries(pod.containers).map(([name, c]) => ({
    name,
    image: imageId(c.image),
    resources: {},
  }));
  return { metadata: metadata(pod, state.profile.minor, true), spec: { containers }, status: {} };
}

export function findPod(state: KubeletState, namespace: string, name: string, uid?: string): Pod | undefined {
  return state.pods.find((p) => p.namespace === namespace && p.name === name && (uid === undefined || p.uid === uid));
}
