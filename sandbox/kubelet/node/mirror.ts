// Mirror pods: the API server's copies of static pods, made, made again when somebody deletes them, and taken away.

import type { Sys, Task } from "../../kernel/sys.ts";
import { type KubeletState, line, log, type Pod } from "../state.ts";
import { callApi } from "./api.ts";

const keyOf = (pod: Pod): string => `${pod.namespace}/${pod.name}`;

/** Brings the API server's copies in line with the static pods. */
export function* syncMirrors(sys: Sys, state: KubeletState): Task {
  const { node } = state;
  if (state.client === undefined || !node.registered || !node.synced) return;
  const statics = state.pods.filter((p) => p.source === "file" && p.deleting === undefined);
  for (const [key, mirror] of Object.entries(node.mirrors)) {
    const pod = statics.find((p) => keyOf(p) === key);
    if (pod !== undefined && pod.uid === mirror.hash && !mirror.deleting) continue;
    const gone = yield* remove(sys, state, key, mirror.uid);
    if (gone) delete node.mirrors[key];
  }
  for (const pod of statics) if (node.mirrors[keyOf(pod)] === undefined) yield* create(sys, state, pod);
}

function* remove(sys: Sys, state: KubeletState, key: string, uid: string): Task<boolean> {
  const [namespace = "", name = ""] = key.split("/");
  yield* log(
    sys,
    line(
      state,
      "I",
      ["mirror_client.go:140", "Deleting a mirror pod", ["pod", key], ["podUID", uid]],
      ["kubelet.go:1621", `Trying to delete pod ${name}_${namespace} ${uid}`],
    ),
  );
  const reply = yield* callApi(sys, state, "DELETE", `/api/v1/namespaces/${namespace}/pods/${name}`, {
    kind: "DeleteOptions",
    apiVersion: "v1",
    gracePeriodSeconds: 0,
    preconditions: { uid },
  });
  return "status" in reply && (reply.status < 300 || reply.status === 404 || reply.status === 409);
}

function* create(sys: Sys, state: KubeletState, pod: Pod): Task {
  const { uid: _, ...metadata } = pod.object.metadata;
  const owner = { apiVersion: "v1", kind: "Node", name: state.nodeName, uid: state.node.uid, controller: true };
  const annotations = {
    ...(metadata.annotations as Record<string, string>),
    "kubernetes.io/config.mirror": pod.uid,
  };
  const key = keyOf(pod);
  if (state.profile.structured)
    yield* log(
      sys,
      line(state, "I", ["kubelet.go:3514", "Creating a mirror pod for static pod", ["pod", key]], ["", ""]),
    );
  const reply = yield* callApi(sys, state, "POST", `/api/v1/namespaces/${pod.namespace}/pods`, {
    kind: "Pod",
    apiVersion: "v1",
    metadata: { ...metadata, annotations, ownerReferences: [owner] },
    spec: pod.object.spec,
  });
  if ("status" in reply && reply.status < 300) {
    const uid = String((reply.body.metadata as Record<string, unknown> | undefined)?.uid ?? "");
    state.node.mirrors[key] = { uid, hash: pod.uid, deleting: false };
    pod.reported = "";
    sys.setTimer(`pod:${pod.uid}`, sys.now());
    return;
  }
  const inner = "error" in reply ? reply.error : reply.text;
  yield* log(
    sys,
    line(
      state,
      "E",
      ["kubelet.go:3516", "Failed creating a mirror pod", ["err", inner], ["pod", key]],
      ["kubelet.go:1638", `Failed creating a mirror pod for "${pod.name}_${pod.namespace}(${pod.uid})": ${inner}`],
    ),
  );
}
