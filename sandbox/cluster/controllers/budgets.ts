// What may be taken away and what is used up: status of PodDisruptionBudgets and ResourceQuotas.

import type { Task } from "../../kernel/sys.ts";
import { quotaUse, storageOf } from "../admission/quota.ts";
import { at, type Fields, fieldsOf, formatTime, type KubeObject, listOf } from "../object.ts";
import { matchesSelector } from "../selectors.ts";
import { controllerOf, isReady, setStatus } from "./pods.ts";
import type { World } from "./world.ts";

const BUDGETS = "poddisruptionbudgets.policy";
/** How long an eviction is believed to be on its way. */
const ON_ITS_WAY = 120_000;

/** Pods that the controllers of these pods want together. */
function expected(world: World, pods: readonly KubeObject[]): number {
  const owners = new Map<string, number>();
  let alone = 0;
  for (const pod of pods) {
    const owner = controllerOf(pod);
    const storage = { ReplicaSet: "replicasets.apps", StatefulSet: "statefulsets.apps" }[owner?.kind ?? ""];
    const found =
      storage === undefined ? undefined : world.get(storage, pod.metadata.namespace ?? "", owner?.name ?? "");
    if (owner === undefined || found === undefined) alone++;
    else owners.set(owner.uid, Number(at(found, "spec", "replicas") ?? 1));
  }
  return [...owners.values()].reduce((sum, count) => sum + count, alone);
}

const share = (value: unknown, of: number): number =>
  typeof value === "string" && value.endsWith("%")
    ? Math.ceil((Number.parseInt(value, 10) / 100) * of)
    : Number(value ?? 0);

function budgetStatus(world: World, budget: KubeObject): Fields {
  const { minAvailable, maxUnavailable } = fieldsOf(budget["spec"]);
  const status = fieldsOf(budget["status"]);
  const pods = world
    .list("pods", budget.metadata.namespace)
    .filter((pod) => matchesSelector(at(budget, "spec", "selector"), pod.metadata.labels));
  const disrupted = Object.entries(fieldsOf(status["disruptedPods"])).filter(
    ([name, since]) =>
      Date.parse(String(since)) + ON_ITS_WAY > world.now &&
      pods.some(({ metadata }) => metadata.name === name && metadata.deletionTimestamp === undefined),
  );
  const gone = new Set(disrupted.map(([name]) => name));
  const counted = typeof minAvailable === "number" ? pods.length : expected(world, pods);
  const desired =
    maxUnavailable === undefined ? share(minAvailable, counted) : Math.max(0, counted - share(maxUnavailable, counted));
  const healthy = pods.filter(
    (pod) => pod.metadata.deletionTimestamp === undefined && !gone.has(pod.metadata.name ?? "") && isReady(pod),
  ).length;
  const allowed = counted <= 0 ? 0 : Math.max(0, healthy - desired);
  const known = listOf(status["conditions"])[0];
  const enough = allowed > 0 ? "True" : "False";
  const since = known?.["status"] === enough ? known["lastTransitionTime"] : formatTime(world.now);
  return {
    observedGeneration: budget.metadata.generation ?? 1,
    ...(disrupted.length > 0 ? { disruptedPods: Object.fromEntries(disrupted) } : {}),
    disruptionsAllowed: allowed,
    currentHealthy: healthy,
    desiredHealthy: desired,
    expectedPods: counted,
    conditions: [
      {
        type: "DisruptionAllowed",
        status: enough,
        observedGeneration: budget.metadata.generation ?? 1,
        lastTransitionTime: since,
        reason: allowed > 0 ? "SufficientPods" : "InsufficientPods",
        message: "",
      },
    ],
  };
}

/** How many pods of a budget may be evicted now. */
export function* runBudgets(world: World): Task {
  for (const budget of world.list(BUDGETS)) yield* setStatus(world, BUDGETS, budget, budgetStatus(world, budget));
}

/** What a name space uses of each thing that a quota bounds. */
export function* runQuotas(world: World): Task {
  for (const quota of world.list("resourcequotas")) {
    const hard = fieldsOf(at(quota, "spec", "hard"));
    const used = Object.fromEntries(
      Object.keys(hard).map((name) => {
        const objects = world.list(storageOf(name), quota.metadata.namespace);
        return [name, quotaUse(quota, name, objects).text];
      }),
    );
    yield* setStatus(world, "resourcequotas", quota, { hard, used });
  }
}
