// DaemonSets: one pod on every node that fits. And Jobs, as simply as they are used here.

import type { Task } from "../../kernel/sys.ts";
import { at, type Fields, fieldsOf, formatTime, type KubeObject, listOf, textOf } from "../object.ts";
import { fitsNode } from "./fit.ts";
import { hashOf } from "./late.ts";
import { tolerates } from "./nodes.ts";
import { isActive, isReady, makePod, ownedBy, podFrom, setStatus } from "./pods.ts";
import type { World } from "./world.ts";

const STORAGE = "daemonsets.apps";
const SOURCE = "daemonset-controller";

/** Taints that a daemon's pod bears whatever its template says. */
function tolerationsFor(spec: Fields): Fields[] {
  const bear = (key: string, effect: string): Fields => ({
    key: `node.kubernetes.io/${key}`,
    operator: "Exists",
    effect,
  });
  return [
    bear("not-ready", "NoExecute"),
    bear("unreachable", "NoExecute"),
    bear("disk-pressure", "NoSchedule"),
    bear("memory-pressure", "NoSchedule"),
    bear("pid-pressure", "NoSchedule"),
    bear("unschedulable", "NoSchedule"),
    ...(spec["hostNetwork"] === true ? [bear("network-unavailable", "NoSchedule")] : []),
  ];
}

function* daemonPod(world: World, set: KubeObject, node: string): Task<KubeObject> {
  const spec = fieldsOf(at(set, "spec", "template", "spec"));
  const given = listOf(spec["tolerations"]);
  const more = tolerationsFor(spec).filter(
    ({ key, effect }) => !given.some((each) => each["key"] === key && each["effect"] === effect),
  );
  const name = { matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] };
  const pod = podFrom(world, set, {
    labels: {
      "controller-revision-hash": yield* hashOf(world, at(set, "spec", "template")),
      "pod-template-generation": String(set.metadata.generation ?? 1),
    },
    spec: {
      affinity: {
        ...fieldsOf(spec["affinity"]),
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [name] } },
      },
      tolerations: [...given, ...more],
    },
  });
  return pod;
}

export function* runDaemonSets(world: World): Task {
  for (const { metadata } of world.list(STORAGE)) {
    const set = world.get(STORAGE, metadata.namespace ?? "", metadata.name ?? "");
    if (set === undefined || metadata.deletionTimestamp !== undefined) continue;
    const spec = fieldsOf(at(set, "spec", "template", "spec"));
    const tolerations = [...listOf(spec["tolerations"]), ...tolerationsFor(spec)];
    const eligible = world
      .list("nodes")
      .filter(
        (node) =>
          fitsNode(spec, node) &&
          listOf(at(node, "spec", "taints")).every(
            (taint) => taint["effect"] === "PreferNoSchedule" || tolerations.some((each) => tolerates(each, taint)),
          ),
      );
    const pods = world.list("pods", metadata.namespace).filter((pod) => ownedBy(set)(pod) && isActive(pod));
    const nodeOf = (pod: KubeObject): string =>
      textOf(at(pod, "spec", "nodeName")) ||
      textOf(
        (
          at(pod, "spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution") as
            | { nodeSelectorTerms?: { matchFields?: { values?: string[] }[] }[] }
            | undefined
        )?.nodeSelectorTerms?.[0]?.matchFields?.[0]?.values?.[0],
      );
    const names = eligible.map((node) => node.metadata.name ?? "");
    for (const name of names)
      if (!pods.some((pod) => nodeOf(pod) === name))
        if (!(yield* makePod(world, set, yield* daemonPod(world, set, name), SOURCE))) break;
    for (const pod of pods.filter((each) => !names.includes(nodeOf(each)))) {
      // A node that is only cordoned or dead keeps its daemons.
      if (
        world.get("nodes", "", nodeOf(pod)) !== undefined &&
        fitsNode(spec, world.get("nodes", "", nodeOf(pod)) as KubeObject)
      )
        continue;
      yield* world.remove("pods", pod);
      yield* world.event(set, "Normal", "SuccessfulDelete", `Deleted pod: ${pod.metadata.name}`, SOURCE);
    }
    const now = world.list("pods", metadata.namespace).filter((pod) => ownedBy(set)(pod) && isActive(pod));
    const on = now.filter((pod) => names.includes(nodeOf(pod)));
    const ready = on.filter(isReady).length;
    const current = world.get(STORAGE, metadata.namespace ?? "", metadata.name ?? "") ?? set;
    yield* setStatus(world, STORAGE, current, {
      currentNumberScheduled: on.length,
      numberMisscheduled: now.length - on.length,
      desiredNumberScheduled: names.length,
      numberReady: ready,
      observedGeneration: current.metadata.generation ?? 1,
      ...(on.length > 0 ? { updatedNumberScheduled: on.length } : {}),
      ...(ready > 0 ? { numberAvailable: ready } : {}),
      ...(names.length > ready ? { numberUnavailable: names.length - ready } : {}),
    });
  }
}

const JOBS = "jobs.batch";

/** Jobs: pods until enough have succeeded, or too many failed. */
export function* runJobs(world: World): Task {
  for (const { metadata } of world.list(JOBS)) {
    const job = world.get(JOBS, metadata.namespace ?? "", metadata.name ?? "");
    if (job === undefined || metadata.deletionTimestamp !== undefined) continue;
    const before = fieldsOf(job["status"]);
    if (
      listOf(before["conditions"]).some(
        ({ type, status }) => ["Complete", "Failed"].includes(textOf(type)) && status === "True",
      )
    )
      continue;
    const pods = world.list("pods", metadata.namespace).filter(ownedBy(job));
    const count = (phase: string): number => pods.filter((pod) => at(pod, "status", "phase") === phase).length;
    const [succeeded, failed] = [count("Succeeded"), count("Failed")];
    const wanted = Number(at(job, "spec", "completions") ?? 1);
    const active = pods.filter(isActive).length;
    const over = failed > Number(at(job, "spec", "backoffLimit") ?? 6);
    const room = Math.min(Number(at(job, "spec", "parallelism") ?? 1), wanted - succeeded) - active;
    if (!over && at(job, "spec", "suspend") !== true)
      for (let i = 0; i < room; i++) if (!(yield* makePod(world, job, podFrom(world, job), "job-controller"))) break;
    const time = formatTime(world.now);
    const end = (type: string, reason: string, message: string): Fields => ({
      type,
      status: "True",
      lastProbeTime: time,
      lastTransitionTime: time,
      reason,
      message,
    });
    const running = world.list("pods", metadata.namespace).filter((pod) => ownedBy(job)(pod) && isActive(pod));
    const ready = running.filter(isReady).length;
    const done = succeeded >= wanted;
    yield* setStatus(world, JOBS, job, {
      ...(done
        ? {
            conditions: [
              end("SuccessCriteriaMet", "CompletionsReached", "Reached expected number of succeeded pods"),
              end("Complete", "CompletionsReached", "Reached expected number of succeeded pods"),
            ],
          }
        : over
          ? { conditions: [end("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit")] }
          : {}),
      startTime: before["startTime"] ?? time,
      ...(done ? { completionTime: time } : {}),
      ...(running.length > 0 ? { active: running.length } : {}),
      ...(succeeded > 0 ? { succeeded } : {}),
      ...(failed > 0 ? { failed } : {}),
      terminating: 0,
      ...(done ? { uncountedTerminatedPods: {} } : {}),
      ready,
    });
    if (done) yield* world.event(job, "Normal", "Completed", "Job completed", "job-controller");
  }
}
