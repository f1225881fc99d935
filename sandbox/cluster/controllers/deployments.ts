// Deployments: one ReplicaSet per template, and a roll from the old ones to the new within surge and unavailability.

import type { Task } from "../../kernel/sys.ts";
import { at, type Fields, fieldsOf, formatTime, type KubeObject, listOf, textOf } from "../object.ts";
import { matchesSelector } from "../selectors.ts";
import { hashOf } from "./late.ts";
import { controllerOf, ownedBy, referenceTo, setStatus } from "./pods.ts";
import type { World } from "./world.ts";

const STORAGE = "deployments.apps";
const SETS = "replicasets.apps";
const SOURCE = "deployment-controller";
const HASH = "pod-template-hash";
const REVISION = "deployment.kubernetes.io/revision";

const sortKeys = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sortKeys)
    : typeof value === "object" && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .sort()
            .map(([key, item]) => [key, sortKeys(item)]),
        )
      : value;

/** What was worked out for an object; a changed one is another object. */
const templates = new WeakMap<KubeObject, string>();

/** A template without the hash label: what makes two ReplicaSets the same. */
function templateOf(object: KubeObject): string {
  const known = templates.get(object);
  if (known !== undefined) return known;
  const text = readTemplate(object);
  templates.set(object, text);
  return text;
}

function readTemplate(object: KubeObject): string {
  const template = fieldsOf(at(object, "spec", "template"));
  const metadata = fieldsOf(template["metadata"]);
  const { [HASH]: _, ...labels } = fieldsOf(metadata["labels"]);
  const { creationTimestamp: __, ...rest } = metadata;
  return JSON.stringify(sortKeys({ ...template, metadata: { ...rest, labels } }));
}

const sizeOf = (set: KubeObject): number => Number(at(set, "spec", "replicas") ?? 1);
const availableOf = (set: KubeObject): number => Number(at(set, "status", "availableReplicas") ?? 0);
const revisionOf = ({ metadata }: KubeObject): number => Number(metadata.annotations?.[REVISION] ?? 0);

function share(value: unknown, of: number, up: boolean): number {
  const percent = /^(\d+)%$/.exec(String(value ?? "25%"))?.[1];
  if (percent === undefined) return Number(value);
  return up ? Math.ceil((of * Number(percent)) / 100) : Math.floor((of * Number(percent)) / 100);
}

function* scale(world: World, deployment: KubeObject, set: KubeObject, to: number): Task {
  const from = sizeOf(set);
  if (from === to) return;
  yield* world.patch(SETS, set, { spec: { replicas: to } });
  const text = `Scaled ${to > from ? "up" : "down"} replica set ${set.metadata.name} from ${from} to ${to}`;
  yield* world.event(deployment, "Normal", "ScalingReplicaSet", text, SOURCE);
}

function* createSet(
  world: World,
  deployment: KubeObject,
  revision: number,
  size: number,
): Task<KubeObject | undefined> {
  const template = fieldsOf(at(deployment, "spec", "template"));
  const hash = yield* hashOf(world, JSON.parse(templateOf(deployment)));
  const labels = { ...fieldsOf(at(template, "metadata", "labels")), [HASH]: hash } as Record<string, string>;
  const replicas = Number(at(deployment, "spec", "replicas") ?? 1);
  const surge = share(at(deployment, "spec", "strategy", "rollingUpdate", "maxSurge"), replicas, true);
  const { "kubectl.kubernetes.io/last-applied-configuration": _, ...annotations } =
    deployment.metadata.annotations ?? {};
  const selector = fieldsOf(at(deployment, "spec", "selector"));
  const name = `${deployment.metadata.name}-${hash}`;
  const reply = yield* world.create(SETS, {
    metadata: {
      name,
      namespace: deployment.metadata.namespace ?? "default",
      labels,
      annotations: {
        ...annotations,
        "deployment.kubernetes.io/desired-replicas": String(replicas),
        "deployment.kubernetes.io/max-replicas": String(replicas + surge),
        [REVISION]: String(revision),
      },
      ownerReferences: [referenceTo(deployment)],
    },
    spec: {
      replicas: size,
      selector: { ...selector, matchLabels: { ...fieldsOf(selector["matchLabels"]), [HASH]: hash } },
      template: { ...template, metadata: { ...fieldsOf(template["metadata"]), labels } },
    },
  });
  if (typeof reply === "string" || reply.status >= 300) return undefined;
  if (size > 0)
    yield* world.event(
      deployment,
      "Normal",
      "ScalingReplicaSet",
      `Scaled up replica set ${name} from 0 to ${size}`,
      SOURCE,
    );
  return reply.object;
}

function* roll(world: World, deployment: KubeObject, fresh: KubeObject, old: readonly KubeObject[]): Task {
  const replicas = Number(at(deployment, "spec", "replicas") ?? 1);
  const strategy = fieldsOf(at(deployment, "spec", "strategy"));
  const others = old.reduce((sum, set) => sum + sizeOf(set), 0);
  if (strategy["type"] === "Recreate") {
    for (const set of old) yield* scale(world, deployment, set, 0);
    const left = world.list("pods", deployment.metadata.namespace).some((pod) => old.some((set) => ownedBy(set)(pod)));
    if (!left) yield* scale(world, deployment, fresh, replicas);
    return;
  }
  if (old.length === 0 || others === 0) return yield* scale(world, deployment, fresh, replicas);
  const rolling = fieldsOf(strategy["rollingUpdate"]);
  const surge = share(rolling["maxSurge"], replicas, true);
  const missing = share(rolling["maxUnavailable"], replicas, false) || (surge === 0 ? 1 : 0);
  const room = replicas + surge - others - sizeOf(fresh);
  if (room > 0 && sizeOf(fresh) < replicas)
    yield* scale(world, deployment, fresh, Math.min(replicas, sizeOf(fresh) + room));
  else if (sizeOf(fresh) > replicas) yield* scale(world, deployment, fresh, replicas);
  // Old pods that are not available cost nothing; of the others as many may go as new ones have come.
  const available = [fresh, ...old].reduce((sum, set) => sum + availableOf(set), 0);
  let spare = available - (replicas - missing);
  for (const set of [...old].sort((a, b) => revisionOf(a) - revisionOf(b))) {
    const idle = Math.max(0, sizeOf(set) - availableOf(set));
    const take = Math.min(sizeOf(set), idle + Math.max(0, Math.min(spare, availableOf(set))));
    spare -= Math.max(0, take - idle);
    if (take > 0) yield* scale(world, deployment, set, sizeOf(set) - take);
  }
}

function condition(
  known: readonly Fields[],
  now: string,
  type: string,
  status: string,
  reason: string,
  message: string,
): Fields {
  const before = known.find((each) => each["type"] === type);
  const same = before?.["status"] === status;
  return {
    type,
    status,
    lastUpdateTime: same && before?.["reason"] === reason ? before["lastUpdateTime"] : now,
    lastTransitionTime: same ? before["lastTransitionTime"] : now,
    reason,
    message,
  };
}

function statusOf(
  world: World,
  deployment: KubeObject,
  fresh: KubeObject | undefined,
  sets: readonly KubeObject[],
): Fields {
  const sum = (field: string, of: readonly KubeObject[]): number =>
    of.reduce((total, set) => total + Number(at(set, "status", field) ?? 0), 0);
  const replicas = Number(at(deployment, "spec", "replicas") ?? 1);
  const [total, ready, available] = [sum("replicas", sets), sum("readyReplicas", sets), sum("availableReplicas", sets)];
  const updated = fresh === undefined ? 0 : sum("replicas", [fresh]);
  const unavailable = Math.max(0, Math.max(total, replicas) - available);
  const now = formatTime(world.now);
  const known = listOf(at(deployment, "status", "conditions"));
  const missing = share(at(deployment, "spec", "strategy", "rollingUpdate", "maxUnavailable"), replicas, false);
  const enough = available >= replicas - missing;
  const complete = updated === replicas && total === replicas && available === replicas;
  const name = fresh?.metadata.name ?? "";
  const failure =
    fresh === undefined
      ? undefined
      : listOf(at(fresh, "status", "conditions")).find(({ type }) => type === "ReplicaFailure");
  return {
    observedGeneration: deployment.metadata.generation ?? 1,
    ...(total > 0 ? { replicas: total } : {}),
    ...(updated > 0 ? { updatedReplicas: updated } : {}),
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    ...(available > 0 ? { availableReplicas: available } : {}),
    ...(unavailable > 0 ? { unavailableReplicas: unavailable } : {}),
    conditions: [
      enough
        ? condition(known, now, "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
        : condition(
            known,
            now,
            "Available",
            "False",
            "MinimumReplicasUnavailable",
            "Deployment does not have minimum availability.",
          ),
      ...(failure === undefined
        ? []
        : [condition(known, now, "ReplicaFailure", "True", textOf(failure["reason"]), textOf(failure["message"]))]),
      complete
        ? condition(
            known,
            now,
            "Progressing",
            "True",
            "NewReplicaSetAvailable",
            `ReplicaSet "${name}" has successfully progressed.`,
          )
        : condition(known, now, "Progressing", "True", "ReplicaSetUpdated", `ReplicaSet "${name}" is progressing.`),
    ],
  };
}

export function* runDeployments(world: World): Task {
  for (const { metadata } of world.list(STORAGE)) {
    const deployment = world.get(STORAGE, metadata.namespace ?? "", metadata.name ?? "");
    if (deployment === undefined || metadata.deletionTimestamp !== undefined) continue;
    const mine = (): KubeObject[] =>
      world
        .list(SETS, metadata.namespace)
        .filter(
          (set) =>
            ownedBy(deployment)(set) ||
            (controllerOf(set) === undefined &&
              matchesSelector(at(deployment, "spec", "selector"), set.metadata.labels)),
        );
    const template = templateOf(deployment);
    const latest = (): KubeObject | undefined => mine().find((set) => templateOf(set) === template);
    const newest = mine().reduce((most, set) => Math.max(most, revisionOf(set)), 0);
    const others = (): KubeObject[] => mine().filter((set) => templateOf(set) !== template);
    const paused = at(deployment, "spec", "paused") === true;
    let fresh = latest();
    if (fresh === undefined && !paused) {
      const size = others().some((set) => sizeOf(set) > 0) ? 0 : Number(at(deployment, "spec", "replicas") ?? 1);
      fresh = yield* createSet(world, deployment, newest + 1, size);
    } else if (fresh !== undefined && revisionOf(fresh) < newest)
      yield* world.patch(SETS, fresh, { metadata: { annotations: { [REVISION]: String(newest + 1) } } });
    fresh = latest() ?? fresh;
    const revision = String(fresh === undefined ? newest : revisionOf(fresh));
    if (fresh !== undefined && !paused) yield* roll(world, deployment, fresh, others());
    if (deployment.metadata.annotations?.[REVISION] !== revision && fresh !== undefined)
      yield* world.update(STORAGE, {
        ...deployment,
        metadata: { ...deployment.metadata, annotations: { ...deployment.metadata.annotations, [REVISION]: revision } },
      });
    const keep = Number(at(deployment, "spec", "revisionHistoryLimit") ?? 10);
    const idle = others().filter((set) => sizeOf(set) === 0 && Number(at(set, "status", "replicas") ?? 0) === 0);
    for (const set of idle.sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, Math.max(0, idle.length - keep)))
      yield* world.remove(SETS, set);
    const current = world.get(STORAGE, metadata.namespace ?? "", metadata.name ?? "") ?? deployment;
    yield* setStatus(world, STORAGE, current, statusOf(world, current, latest(), mine()));
  }
}
