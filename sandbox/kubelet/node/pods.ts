// Where pods come from: manifests of staticPodPath, and the API server's list and watch; and how they are listed.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { milliseconds } from "../config/duration.ts";
import { type KubeletState, line, log, type Pod, setting } from "../state.ts";
import { callApi } from "./api.ts";
import { createPod, list, newPod, record, type Stored, seenText } from "./manifest.ts";
import { podStatus } from "./pod-status.ts";
import { openWatch, readWatch, type WatchEvent } from "./watch.ts";

// --- manifests ---

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

/** Wakes the worker of a pod. */
export const wake = (sys: Sys, pod: Pod, at = sys.now()): void => {
  const known = sys.timers().get(`pod:${pod.uid}`);
  if (known === undefined || known > at) sys.setTimer(`pod:${pod.uid}`, at);
};

function end(sys: Sys, pod: Pod, grace: number): void {
  pod.deleting ??= { since: sys.now(), grace };
  if (pod.deleting.grace > grace) pod.deleting = { ...pod.deleting, grace };
  wake(sys, pod);
}

const graceOf = (pod: Pod): number => Number(pod.object.spec.terminationGracePeriodSeconds ?? 30);

/** Reads the manifests anew where they changed: new pods are remembered, vanished ones marked for their end. */
export function* readManifests(sys: Sys, state: KubeletState): Task {
  const path = setting<string>(state, "staticPodPath") ?? "";
  if (path === "") return;
  const files = manifestFiles(sys, path);
  if (files === undefined) return yield* reportMissing(sys, state, path);
  const { complained } = state.node;
  const again = Math.floor(sys.now() / milliseconds(setting(state, "fileCheckFrequency") ?? "20s"));
  const broken = Object.keys(complained).length > 0 ? `${again}\n` : "";
  const stamp = broken + files.map((f) => `${f}@${sys.version(f)}`).join("\n");
  if (stamp === state.manifests) return;
  const wanted: Pod[] = [];
  state.node.complained = {};
  for (const file of files) {
    const data = sys.readFile(file);
    if (isErrno(data)) continue;
    const pod = createPod(decode(data), file, state.nodeName, sys.now());
    if ("error" in pod) {
      state.node.complained[file] = pod.error;
      const err = `${file}: ${pod.error}, please check config file`;
      yield* log(
        sys,
        line(
          state,
          "E",
          ["file.go:187", "Could not process manifest file", ["err", err], ["path", file]],
          ["file.go:187", `Can't process manifest file "${file}": ${err}`],
        ),
      );
    } else wanted.push(pod);
  }
  state.manifests =
    (Object.keys(state.node.complained).length > 0 ? `${again}\n` : "") +
    files.map((f) => `${f}@${sys.version(f)}`).join("\n");
  for (const old of state.pods)
    if (old.source === "file" && !wanted.some((p) => p.uid === old.uid)) end(sys, old, graceOf(old));
  for (const pod of wanted) {
    const known = state.pods.find((p) => p.uid === pod.uid);
    if (known === undefined) state.pods.push(pod);
    else if (known.deleting !== undefined) {
      // Gone and back before its end: it begins anew when that is over.
      state.manifests = "";
      continue;
    }
    wake(sys, known ?? pod);
  }
}

function* reportMissing(sys: Sys, state: KubeletState, path: string): Task {
  if (state.manifests === "missing") return;
  state.manifests = "missing";
  for (const pod of state.pods) if (pod.source === "file") end(sys, pod, graceOf(pod));
  const modern = state.profile.structured;
  const words = "path does not exist, ignoring";
  const text = line(
    state,
    "E",
    ["file.go:98", "Unable to read config path", ["err", words], ["path", path]],
    ["file.go:98", `Unable to read config path "${path}": ${words}`],
  );
  yield* log(sys, text);
  yield* log(sys, { ...text, source: modern ? "file_linux.go:59" : "file_linux.go:60" });
}

// --- the API server ---

const selector = (state: KubeletState): string => `fieldSelector=spec.nodeName%3D${encodeURIComponent(state.nodeName)}`;

/** Lists the pods of this node and opens a watch on them. */
export function* watchPods(sys: Sys, state: KubeletState): Task {
  const { node } = state;
  if (node.watch !== undefined || state.client === undefined) return;
  const reply = yield* callApi(sys, state, "GET", `/api/v1/pods?${selector(state)}&limit=500&resourceVersion=0`);
  if ("error" in reply || reply.status !== 200) {
    const inner = `failed to list *v1.Pod: ${"error" in reply ? reply.error : reply.text}`;
    const where = "pkg/kubelet/config/apiserver.go";
    yield* log(
      sys,
      line(
        state,
        "E",
        [
          "reflector.go:227",
          "Failed to watch",
          ["err", inner],
          ["logger", "UnhandledError"],
          ["reflector", `${where}:66`],
          ["type", "*v1.Pod"],
        ],
        ["reflector.go:138", `${where}:46: Failed to watch *v1.Pod: ${inner}`],
      ),
    );
    sys.setTimer("watch", sys.now() + node.watchPause);
    node.watchPause = Math.min(30_000, node.watchPause * 2);
    return;
  }
  node.watchPause = 800;
  takeList(sys, state, list(reply.body.items));
  node.revision = String(record(reply.body.metadata).resourceVersion ?? "");
  if (!node.synced) {
    node.synced = true;
    yield* log(
      sys,
      line(state, "I", ["apiserver.go:51", "Watching apiserver"], ["kubelet.go:273", "Watching apiserver"]),
      state.profile.structured ? 0 : 10,
    );
  }
  sys.setTimer("pods", sys.now());
  const seconds = 300 + ((sys.random(1)[0] ?? 0) % 240);
  const watch = yield* openWatch(
    sys,
    state,
    `/api/v1/pods?allowWatchBookmarks=true&${selector(state)}&resourceVersion=${node.revision}&timeoutSeconds=${seconds}&watch=true`,
  );
  if (typeof watch === "string") {
    // fidelity: an API server that cannot watch is asked again from time to time.
    sys.setTimer("watch", sys.now() + 10_000);
    return;
  }
  node.watch = watch;
  yield* readPodWatch(sys, state);
}

/** News of the watch; where it has ended a new one follows. */
export function* readPodWatch(sys: Sys, state: KubeletState): Task {
  const { node } = state;
  if (node.watch === undefined) return;
  const { fd } = node.watch;
  const { events, ended } = yield* readWatch(sys, node.watch);
  for (const event of events) takeEvent(sys, state, event);
  if (events.some((e) => e.type !== "BOOKMARK")) sys.setTimer("pods", sys.now());
  if (!ended && !events.some((e) => e.type === "ERROR")) return;
  sys.watch(fd, false);
  sys.close(fd);
  node.watch = undefined;
  sys.setTimer("watch", sys.now() + 800);
}

const isMirror = (object: Stored): boolean =>
  record(record(object.metadata).annotations)["kubernetes.io/config.mirror"] !== undefined;

function takeList(sys: Sys, state: KubeletState, items: readonly Stored[]): void {
  const here = new Set(items.map((item) => String(record(item.metadata).uid)));
  state.node.mirrors = {};
  for (const item of items) takePod(sys, state, item);
  for (const pod of state.pods) if (pod.source === "api" && !here.has(pod.uid)) end(sys, pod, 1);
}

function takeEvent(sys: Sys, state: KubeletState, { type, object }: WatchEvent): void {
  if (type === "BOOKMARK" || type === "ERROR") return;
  if (type !== "DELETED") return takePod(sys, state, object);
  const meta = record(object.metadata);
  if (isMirror(object)) {
    const key = `${String(meta.namespace)}/${String(meta.name)}`;
    if (state.node.mirrors[key]?.uid === meta.uid) delete state.node.mirrors[key];
    return;
  }
  const pod = state.pods.find((p) => p.uid === meta.uid);
  if (pod !== undefined) end(sys, pod, Math.min(graceOf(pod), pod.deleting?.grace ?? 1));
}

function takePod(sys: Sys, state: KubeletState, object: Stored): void {
  const meta = record(object.metadata);
  const uid = String(meta.uid);
  const [name, namespace] = [String(meta.name), String(meta.namespace)];
  const deleting = meta.deletionTimestamp !== undefined && meta.deletionTimestamp !== null;
  if (isMirror(object)) {
    const hash = String(record(meta.annotations)["kubernetes.io/config.mirror"]);
    state.node.mirrors[`${namespace}/${name}`] = { uid, hash, deleting };
    return;
  }
  let pod = state.pods.find((p) => p.uid === uid);
  const seen = pod?.seen ?? sys.now();
  const annotations = {
    ...record(meta.annotations),
    "kubernetes.io/config.seen": seenText(seen),
    "kubernetes.io/config.source": "api",
  };
  const metadata = { ...meta, annotations };
  const phase = record(object.status).phase;
  if (pod === undefined) {
    if (deleting && phase !== "Running" && phase !== "Pending") return;
    pod = newPod({ source: "api", file: "", uid, name, namespace, seen, metadata, spec: record(object.spec) });
    if (phase === "Succeeded" || phase === "Failed") pod.finished = { phase };
    state.pods.push(pod);
  } else pod.object = Object.freeze({ metadata: Object.freeze(metadata), spec: record(object.spec) });
  if (deleting) end(sys, pod, Number(meta.deletionGracePeriodSeconds ?? graceOf(pod)));
  else wake(sys, pod);
}

// --- listing ---

/** metadata as this version prints it: 1.20 shows a selfLink and an empty creation time. */
function metadata(pod: Pod, minor: number, short: boolean): Stored {
  const meta = pod.object.metadata;
  const head = {
    name: pod.name,
    ...(short || meta.generateName === undefined ? {} : { generateName: meta.generateName }),
    namespace: pod.namespace,
  };
  const link = minor < 24 && !short ? { selfLink: `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}` } : {};
  const created = minor < 30 ? { creationTimestamp: null } : {};
  const rest = short
    ? {}
    : Object.fromEntries(
        Object.entries(meta).filter(([key]) => !["name", "generateName", "namespace", "uid"].includes(key)),
      );
  return { ...head, ...link, uid: pod.uid, ...created, ...rest };
}

/** JSON of metadata and spec by the pod's object, which is frozen: only the status moves. */
const heads = new WeakMap<object, { readonly minor: number; readonly text: string }>();

/** A pod as v1.Pod with its present status, as JSON. */
export function podText(pod: Pod, state: KubeletState, now: number): string {
  const { minor } = state.profile;
  let head = heads.get(pod.object);
  if (head?.minor !== minor) {
    const text = JSON.stringify({ metadata: metadata(pod, minor, false), spec: pod.object.spec }).slice(0, -1);
    head = { minor, text };
    if (Object.isFrozen(pod.object)) heads.set(pod.object, head);
  }
  return `${head.text},"status":${JSON.stringify(podStatus(pod, state, now))}}`;
}

/** What the runtime runs, in the bare form of /runningpods/. */
export function runningPod(pod: Pod, state: KubeletState): Stored {
  const statuses = list(podStatus(pod, state, pod.startedAt ?? 0).containerStatuses);
  const containers = Object.entries(pod.containers)
    .filter(([, run]) => run.running)
    .map(([name, { imageId }]) => ({
      name,
      image: imageId ?? statuses.find((s) => s.name === name)?.image,
      resources: {},
    }));
  const spec = { containers: containers.length === 0 ? null : containers };
  return { metadata: metadata(pod, state.profile.minor, true), spec, status: {} };
}

/** Pods that are shown: those of a manifest that is gone are not. */
export const shownPods = (state: KubeletState): Pod[] =>
  state.pods.filter((p) => p.source === "api" || p.deleting === undefined);
