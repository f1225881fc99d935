// kube-scheduler: finds a node for each pod that has none, binds it, or says why no node will do.

import type { Task } from "../../kernel/sys.ts";
import { parseQuantity } from "../../lib/kube/quantity.ts";
import { at, type Fields, fieldsOf, formatTime, type KubeObject, listOf, textOf } from "../object.ts";
import { fitsNode } from "./fit.ts";
import { tolerates } from "./nodes.ts";
import { createController } from "./service.ts";
import type { World } from "./world.ts";

const nano = (value: unknown): bigint => parseQuantity(String(value ?? "0"))?.nano ?? 0n;

const hasEnded = (pod: KubeObject): boolean => ["Succeeded", "Failed"].includes(textOf(at(pod, "status", "phase")));

/** What a pod asks of a resource: its containers together, or its greediest init container. */
function requestOf(pod: KubeObject, resource: string): bigint {
  const of = (container: Fields): bigint =>
    nano(at(container, "resources", "requests", resource) ?? at(container, "resources", "limits", resource));
  const sum = listOf(at(pod, "spec", "containers")).reduce((total, each) => total + of(each), 0n);
  let most = sum;
  for (const container of listOf(at(pod, "spec", "initContainers"))) {
    const amount = of(container);
    if (amount > most) most = amount;
  }
  return most;
}

const RESOURCES = ["cpu", "memory", "ephemeral-storage"];

/** Why a pod does not fit a node, in the order in which the filters run; empty: it fits. */
export function refusals(pod: KubeObject, node: KubeObject, pods: readonly KubeObject[]): string[] {
  const spec = fieldsOf(pod["spec"]);
  const tolerations = listOf(spec["tolerations"]);
  const bears = (taint: Fields): boolean => tolerations.some((each) => tolerates(each, taint));
  if (
    at(node, "spec", "unschedulable") === true &&
    !bears({ key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" })
  )
    return ["node(s) were unschedulable"];
  const taint = listOf(at(node, "spec", "taints")).find(
    (each) => ["NoSchedule", "NoExecute"].includes(textOf(each["effect"])) && !bears(each),
  );
  if (taint !== undefined) return ["node(s) had untolerated taint(s)"];
  if (!fitsNode(spec, node)) return ["node(s) didn't match Pod's node affinity/selector"];
  const here = pods.filter((each) => at(each, "spec", "nodeName") === node.metadata.name && !hasEnded(each));
  const ports = (of: KubeObject): string[] =>
    listOf(at(of, "spec", "containers")).flatMap((container) =>
      listOf(container["ports"]).flatMap(({ hostPort, protocol }) =>
        hostPort ? [`${hostPort}/${protocol ?? "TCP"}`] : [],
      ),
    );
  const taken = new Set(here.flatMap(ports));
  if (ports(pod).some((port) => taken.has(port))) return ["node(s) didn't have free ports for the requested pod ports"];
  const missing: string[] = [];
  const allocatable = fieldsOf(at(node, "status", "allocatable"));
  if (here.length + 1 > Number(allocatable["pods"] ?? 110)) missing.push("Too many pods");
  for (const resource of RESOURCES) {
    const asked = requestOf(pod, resource);
    if (asked === 0n) continue;
    const used = here.reduce((sum, each) => sum + requestOf(each, resource), 0n);
    if (asked + used > nano(allocatable[resource])) missing.push(`Insufficient ${resource}`);
  }
  return missing;
}

/** Whether no pod's going would help: the pod asks for more than there is, or the node refuses it for what it is. */
export function isHelpless(pod: KubeObject, node: KubeObject, why: readonly string[]): boolean {
  const allocatable = fieldsOf(at(node, "status", "allocatable"));
  return why.some((reason) => {
    const resource = /^Insufficient (.*)$/.exec(reason)?.[1];
    if (resource !== undefined) return requestOf(pod, resource) > nano(allocatable[resource]);
    return !/^Too many pods|didn't have free ports/.test(reason);
  });
}

/** `0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). …` and what preemption adds. */
export function explain(nodes: number, reasons: readonly (readonly string[])[], helpless: number): string {
  if (nodes === 0) return "no nodes available to schedule pods";
  const counts = new Map<string, number>();
  for (const reason of reasons.flat()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const list = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  const none = `0/${nodes} nodes are available: `;
  const preemption = [
    ...(nodes > helpless ? [`${nodes - helpless} No preemption victims found for incoming pod`] : []),
    ...(helpless > 0 ? [`${helpless} Preemption is not helpful for scheduling`] : []),
  ].sort();
  return `${none}${list.join(", ")}. no new claims to deallocate, preemption: ${none}${preemption.join(", ")}.`;
}

/** The emptiest node: the one with most room for what is asked. */
function score(pod: KubeObject, node: KubeObject, pods: readonly KubeObject[]): number {
  const here = pods.filter((each) => at(each, "spec", "nodeName") === node.metadata.name && !hasEnded(each));
  const share = (resource: string, least: bigint): number => {
    const whole = nano(at(node, "status", "allocatable", resource));
    if (whole === 0n) return 0;
    const ask = (each: KubeObject): bigint => requestOf(each, resource) || least;
    const used = here.reduce((sum, each) => sum + ask(each), ask(pod));
    return Number(((whole - used) * 1000n) / whole);
  };
  return share("cpu", 100_000_000n) + share("memory", 200n * 1_048_576n * 1_000_000_000n);
}

const SOURCE = "default-scheduler";

function* schedule(world: World): Task {
  const waiting = world
    .list("pods")
    .filter(
      (pod) =>
        textOf(at(pod, "spec", "nodeName")) === "" &&
        pod.metadata.deletionTimestamp === undefined &&
        !hasEnded(pod) &&
        (textOf(at(pod, "spec", "schedulerName")) || SOURCE) === SOURCE &&
        listOf(at(pod, "spec", "schedulingGates")).length === 0,
    )
    .sort(
      (a, b) =>
        Number(at(b, "spec", "priority") ?? 0) - Number(at(a, "spec", "priority") ?? 0) ||
        (textOf(a.metadata.creationTimestamp) < textOf(b.metadata.creationTimestamp) ? -1 : 1),
    );
  for (const pod of waiting) {
    const nodes = world.list("nodes").sort((a, b) => ((a.metadata.name ?? "") < (b.metadata.name ?? "") ? -1 : 1));
    const pods = world.list("pods");
    const judged = nodes.map((node) => [node, refusals(pod, node, pods)] as const);
    const fitting = judged.filter(([, why]) => why.length === 0).map(([node]) => node);
    if (fitting.length === 0) {
      yield* refuse(
        world,
        pod,
        explain(
          nodes.length,
          judged.map(([, why]) => why),
          judged.filter(([node, why]) => isHelpless(pod, node, why)).length,
        ),
      );
      continue;
    }
    const best = fitting.reduce((one, other) => (score(pod, other, pods) > score(pod, one, pods) ? other : one));
    yield* bind(world, pod, best.metadata.name ?? "");
  }
}

function* bind(world: World, pod: KubeObject, node: string): Task {
  const { namespace, name, uid } = pod.metadata;
  const reply = yield* world.call("POST", `/api/v1/namespaces/${namespace}/pods/${name}/binding`, {
    apiVersion: "v1",
    kind: "Binding",
    metadata: { name, namespace, uid },
    target: { kind: "Node", name: node },
  });
  if (typeof reply === "string" || reply.status >= 300) {
    const why = typeof reply === "string" ? reply : reply.message;
    yield* world.event(pod, "Warning", "FailedScheduling", `binding rejected: ${why}`, SOURCE);
    return world.wake(world.now + 5000);
  }
  // Until the feed tells of it, the pod counts as bound.
  const store = world.state.stores.get("pods");
  store?.set(`${namespace}/${name}`, Object.freeze({ ...pod, spec: { ...fieldsOf(pod["spec"]), nodeName: node } }));
  yield* world.event(pod, "Normal", "Scheduled", `Successfully assigned ${namespace}/${name} to ${node}`, SOURCE);
}

/** Tells once why a pod waits, and again only when the reason changes. */
function* refuse(world: World, pod: KubeObject, message: string): Task {
  const key = `refused ${pod.metadata.uid}`;
  if (world.state.notes[key] === message) return;
  world.state.notes[key] = message;
  yield* world.event(pod, "Warning", "FailedScheduling", message, SOURCE);
  const known = listOf(at(pod, "status", "conditions"));
  const before = known.find(({ type }) => type === "PodScheduled");
  if (before?.["message"] === message) return;
  const conditions = [
    ...known.filter(({ type }) => type !== "PodScheduled"),
    {
      type: "PodScheduled",
      observedGeneration: pod.metadata.generation ?? 1,
      status: "False",
      lastProbeTime: null,
      lastTransitionTime: before?.["lastTransitionTime"] ?? formatTime(world.now),
      reason: "Unschedulable",
      message,
    },
  ];
  yield* world.patch("pods", pod, { status: { conditions } }, "status");
}

export const kubeScheduler = createController({
  name: "kube-scheduler",
  port: 10259,
  all: ["nodes", "pods"],
  changes: [],
  controllers: [{ account: "", of: ["nodes", "pods"], run: schedule }],
});
