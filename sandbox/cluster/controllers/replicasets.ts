// ReplicaSets: as many pods as asked for, no more and no fewer; orphans that fit are taken in.

import type { Task } from "../../kernel/sys.ts";
import { at, type Fields, formatTime, type KubeObject, listOf, textOf } from "../object.ts";
import { controllerOf, isActive, isReady, makePod, ownedBy, podFrom, referenceTo, selects, setStatus } from "./pods.ts";
import type { World } from "./world.ts";

const STORAGE = "replicasets.apps";
const SOURCE = "replicaset-controller";

/** The pods to give up first: unscheduled, then not running, then unready, then the newest. */
function byWorth(a: KubeObject, b: KubeObject): number {
  const rank = (pod: KubeObject): number =>
    (textOf(at(pod, "spec", "nodeName")) === "" ? 0 : 4) +
    (at(pod, "status", "phase") === "Running" ? 2 : 0) +
    (isReady(pod) ? 1 : 0);
  const age = ({ metadata }: KubeObject): string => textOf(metadata.creationTimestamp);
  return rank(a) - rank(b) || (age(a) < age(b) ? 1 : -1);
}

function* adopt(world: World, set: KubeObject): Task {
  for (const pod of world.list("pods", set.metadata.namespace)) {
    if (controllerOf(pod) !== undefined || !isActive(pod) || !selects(set, pod)) continue;
    yield* world.patch("pods", pod, {
      metadata: { ownerReferences: [...(pod.metadata.ownerReferences ?? []), referenceTo(set)] },
    });
  }
}

export function* runReplicaSets(world: World): Task {
  for (const { metadata } of world.list(STORAGE)) {
    const set = world.get(STORAGE, metadata.namespace ?? "", metadata.name ?? "");
    if (set === undefined) continue;
    const mine = (): KubeObject[] =>
      world.list("pods", metadata.namespace).filter((pod) => ownedBy(set)(pod) && isActive(pod) && selects(set, pod));
    let failed = false;
    if (metadata.deletionTimestamp === undefined) {
      yield* adopt(world, set);
      const wanted = Number(at(set, "spec", "replicas") ?? 1);
      const have = mine();
      for (let i = have.length; i < wanted && !failed; i++)
        failed = !(yield* makePod(world, set, podFrom(world, set), SOURCE));
      for (const pod of have.sort(byWorth).slice(0, Math.max(0, have.length - wanted))) {
        yield* world.remove("pods", pod);
        yield* world.event(set, "Normal", "SuccessfulDelete", `Deleted pod: ${pod.metadata.name}`, SOURCE);
      }
    }
    yield* setStatus(world, STORAGE, set, statusOf(world, set, mine(), failed));
  }
}

function statusOf(world: World, set: KubeObject, pods: readonly KubeObject[], failed: boolean): Fields {
  const ready = pods.filter(isReady).length;
  const labels = Object.entries((at(set, "spec", "template", "metadata", "labels") ?? {}) as Record<string, string>);
  const labelled = pods.filter(({ metadata }) =>
    labels.every(([key, value]) => metadata.labels?.[key] === value),
  ).length;
  const known = listOf(at(set, "status", "conditions"));
  const since = known.find(({ type }) => type === "ReplicaFailure")?.["lastTransitionTime"] ?? formatTime(world.now);
  const message = textOf(known[0]?.["message"]);
  return {
    replicas: pods.length,
    ...(labelled > 0 ? { fullyLabeledReplicas: labelled } : {}),
    ...(ready > 0 ? { readyReplicas: ready, availableReplicas: ready } : {}),
    observedGeneration: set.metadata.generation ?? 1,
    ...(failed || (known.length > 0 && pods.length < Number(at(set, "spec", "replicas") ?? 1))
      ? {
          conditions: [
            {
              type: "ReplicaFailure",
              status: "True",
              lastTransitionTime: since,
              reason: "FailedCreate",
              ...(message === "" ? {} : { message }),
            },
          ],
        }
      : {}),
  };
}
