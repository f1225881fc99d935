// What controllers of pods share: whose pod it is, whether it counts, and how one is made from a template.

import type { Task } from "../../kernel/sys.ts";
import {
  at,
  type Fields,
  fieldsOf,
  type KubeObject,
  listOf,
  nameSuffix,
  type OwnerReference,
  textOf,
} from "../object.ts";
import { matchesSelector } from "../selectors.ts";
import type { Reply } from "./client.ts";
import type { World } from "./world.ts";

export const controllerOf = ({ metadata }: KubeObject): OwnerReference | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller === true);

export const ownedBy =
  (owner: KubeObject) =>
  (object: KubeObject): boolean =>
    controllerOf(object)?.uid === owner.metadata.uid;

/** Pods that still count: neither ended nor going. */
export const isActive = (pod: KubeObject): boolean =>
  pod.metadata.deletionTimestamp === undefined && !["Succeeded", "Failed"].includes(textOf(at(pod, "status", "phase")));

export const isReady = (pod: KubeObject): boolean =>
  listOf(at(pod, "status", "conditions")).some(({ type, status }) => type === "Ready" && status === "True");

export const selects = (owner: KubeObject, { metadata }: KubeObject): boolean =>
  matchesSelector(at(owner, "spec", "selector"), metadata.labels);

export function referenceTo({ apiVersion, kind, metadata }: KubeObject): OwnerReference {
  return {
    apiVersion: apiVersion ?? "",
    kind: kind ?? "",
    name: metadata.name ?? "",
    uid: metadata.uid ?? "",
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** A pod of a template, with a random ending to its name. */
export function podFrom(
  world: World,
  owner: KubeObject,
  more: { readonly labels?: Record<string, string>; readonly spec?: Fields } = {},
): KubeObject {
  const template = fieldsOf(at(owner, "spec", "template"));
  const metadata = fieldsOf(template["metadata"]);
  const prefix = `${(owner.metadata.name ?? "").slice(0, 57)}-`;
  return {
    metadata: {
      generateName: prefix,
      name: `${prefix}${nameSuffix(world.sys.random(5))}`,
      namespace: owner.metadata.namespace ?? "default",
      labels: { ...(metadata["labels"] as Record<string, string>), ...more.labels },
      ...(metadata["annotations"] === undefined
        ? {}
        : { annotations: metadata["annotations"] as Record<string, string> }),
      ownerReferences: [referenceTo(owner)],
      ...(metadata["finalizers"] === undefined ? {} : { finalizers: metadata["finalizers"] as string[] }),
    },
    spec: { ...fieldsOf(template["spec"]), ...more.spec },
  };
}

/** Makes a pod and tells of it; false where the API server refused. Refused ones are tried again ever more seldom. */
export function* makePod(world: World, owner: KubeObject, pod: KubeObject, source: string): Task<boolean> {
  const key = `backoff ${owner.metadata.uid}`;
  const [pause, next] = [`${key} pause`, `${key} next`];
  const wait = world.state.times[next];
  if (wait !== undefined && wait > world.now) {
    world.wake(wait);
    return false;
  }
  const reply: Reply | string = yield* world.create("pods", pod);
  if (typeof reply !== "string" && reply.status < 300) {
    delete world.state.times[pause];
    delete world.state.times[next];
    yield* world.event(owner, "Normal", "SuccessfulCreate", `Created pod: ${pod.metadata.name}`, source);
    return true;
  }
  const why = typeof reply === "string" ? reply : reply.message;
  yield* world.event(owner, "Warning", "FailedCreate", `Error creating: ${why}`, source);
  const seconds = Math.min(1000, (world.state.times[pause] ?? 0.5) * 2);
  world.state.times[pause] = seconds;
  world.state.times[next] = world.now + seconds * 1000;
  world.wake(world.now + seconds * 1000);
  return false;
}

/** Writes a status where it differs from the one known. */
export function* setStatus(world: World, storage: string, object: KubeObject, status: Fields): Task {
  if (JSON.stringify(sortAll(status)) === JSON.stringify(sortAll(object["status"] ?? {}))) return;
  yield* world.update(storage, { ...object, status }, "status");
}

function sortAll(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortAll);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([key, item]) => [key, sortAll(item)]),
  );
}
