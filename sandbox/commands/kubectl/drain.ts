// cordon, uncordon and drain.

import type { Task } from "../../kernel/sys.ts";
import { StatusError } from "./client.ts";
import { pathOf } from "./discovery.ts";
import { Several } from "./errors.ts";
import { isReason, type Kube } from "./kube.ts";
import { dryRun } from "./print.ts";
import { fetchObjects, type Item, subject } from "./resources.ts";
import { at, Fail, nameOf, namespaceOf, type Obj, q } from "./values.ts";

export const CORDON_FLAGS = "dry-run?unchanged selector:l=";
export const DRAIN_FLAGS =
  "chunk-size#500 delete-emptydir-data! disable-eviction! dry-run?unchanged force! grace-period#-1 ignore-daemonsets! pod-selector= selector:l= skip-wait-for-delete-timeout#0 timeout@0s";
const MIRROR = "kubernetes.io/config.mirror";
const suffix = (dry: string): string => (dry === "client" ? " (dry run)" : dry === "server" ? " (server dry run)" : "");

function* nodesOf(kube: Kube, verb: string): Task<Item[]> {
  const { args, flags } = kube;
  const selector = flags.text("selector");
  if (args.length === 0 && selector === "") throw kube.usage(`USAGE: ${verb} NODE [flags]`);
  if (args.length > 0 && selector !== "") throw kube.usage("cannot specify both a node name and a --selector option");
  const discovery = yield* kube.discovery();
  const resource = yield* discovery.find("nodes", 4);
  const names: string[] = [];
  for (const arg of args) {
    const [type = "", name] = arg.split("/");
    const other = name === undefined ? resource : yield* discovery.find(type);
    if (other.kind !== "Node") throw new Fail(`expected resource of type node, got ${q(subject(other))}`);
    names.push(name ?? type);
  }
  const items: Item[] =
    names.length === 0
      ? [{ resource, namespace: "", name: "" }]
      : names.map((name) => ({ resource, namespace: "", name }));
  const found = yield* fetchObjects(kube, { items, slashed: false, single: false }, selector);
  if (found.errors.length > 0) throw found.errors.length === 1 ? found.errors[0] : new Several(found.errors);
  return found.items;
}

const mark = (wanted: boolean) =>
  function* (kube: Kube): Task<number> {
    const dry = dryRun(kube);
    for (const item of yield* nodesOf(kube, wanted ? "cordon" : "uncordon")) yield* markNode(kube, item, wanted, dry);
    return 0;
  };

function* markNode(kube: Kube, { resource, name, object }: Item, wanted: boolean, dry: string): Task {
  const client = yield* kube.client();
  const word = wanted ? "cordoned" : "uncordoned";
  if ((at(object, "spec.unschedulable") === true) === wanted)
    return yield* kube.out(`node/${name} already ${word}${suffix(dry)}\n`);
  if (dry !== "client") {
    try {
      yield* client.call({
        method: "PATCH",
        path: pathOf(resource, "", name) + (dry === "server" ? "?dryRun=All" : ""),
        body: { spec: { unschedulable: wanted ? true : null } },
        type: "application/strategic-merge-patch+json",
      });
    } catch (error) {
      throw new Fail(`unable to ${wanted ? "cordon" : "uncordon"} node ${q(name)}: ${(error as Error).message}`);
    }
  }
  yield* kube.out(`node/${name} ${word}${suffix(dry)}\n`);
}

export const cordon = mark(true);
export const uncordon = mark(false);

interface Verdict {
  readonly pods: Obj[];
  readonly warnings: string[];
  readonly errors: string[];
}

const shown = (pod: Obj): string => `${namespaceOf(pod)}/${nameOf(pod)}`;

/** Which pods go, which stay, and what speaks against it. */
function* judge(kube: Kube, pods: readonly Obj[]): Task<Verdict> {
  const { flags } = kube;
  const client = yield* kube.client();
  const leave: Obj[] = [];
  const sets = { daemon: [] as string[], unmanaged: [] as string[], local: [] as string[] };
  const warnings = { daemon: [] as string[], unmanaged: [] as string[], local: [] as string[], gone: [] as string[] };
  for (const pod of pods) {
    const owner: Obj | undefined = (at(pod, "metadata.ownerReferences") ?? []).find(
      (one: Obj) => one.controller === true,
    );
    const ended = ["Succeeded", "Failed"].includes(at(pod, "status.phase"));
    if (owner?.kind === "DaemonSet" && !ended) {
      const answer = yield* client.ask({
        path: `/apis/apps/v1/namespaces/${namespaceOf(pod)}/daemonsets/${owner.name}`,
      });
      if (answer.status === 404) {
        if (!flags.on("force")) sets.daemon.push(shown(pod));
        continue;
      }
      if (flags.on("ignore-daemonsets")) warnings.daemon.push(shown(pod));
      else sets.daemon.push(shown(pod));
      continue;
    }
    if (at(pod, "metadata.annotations")?.[MIRROR] !== undefined) continue;
    const local = (at(pod, "spec.volumes") ?? []).some((volume: Obj) => volume.emptyDir !== undefined);
    let stays = false;
    if (local && !ended) {
      if (flags.on("delete-emptydir-data")) warnings.local.push(shown(pod));
      else {
        sets.local.push(shown(pod));
        stays = true;
      }
    }
    if (owner === undefined && !ended && !stays) {
      if (flags.on("force")) warnings.unmanaged.push(shown(pod));
      else {
        sets.unmanaged.push(shown(pod));
        stays = true;
      }
    }
    if (!stays) leave.push(pod);
  }
  const say = (text: string, list: readonly string[]): string[] =>
    list.length === 0 ? [] : [`${text}: ${list.join(", ")}`];
  return {
    pods: leave,
    errors: [
      ...say("cannot delete Pods with local storage (use --delete-emptydir-data to override)", sets.local),
      ...say("cannot delete Pods that declare no controller (use --force to override)", sets.unmanaged),
      ...say("cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)", sets.daemon),
    ],
    warnings: [
      ...say("ignoring DaemonSet-managed Pods", warnings.daemon),
      ...say("deleting Pods that declare no controller", warnings.unmanaged),
    ],
  };
}

export function* drain(kube: Kube): Task<number> {
  const { flags } = kube;
  const dry = dryRun(kube);
  const client = yield* kube.client();
  const nodes = yield* nodesOf(kube, "drain");
  for (const node of nodes) yield* markNode(kube, node, true, dry);
  const failures: { name: string; text: string }[] = [];
  for (const { name } of nodes) {
    const selector = flags.has("pod-selector")
      ? `&labelSelector=${encodeURIComponent(flags.text("pod-selector"))}`
      : "";
    try {
      const list = (yield* client.call({
        path: `/api/v1/pods?fieldSelector=spec.nodeName%3D${name}${selector}&limit=500`,
      })).body;
      const verdict = yield* judge(kube, list.items ?? []);
      if (verdict.errors.length > 0)
        throw new Fail(verdict.errors.length === 1 ? (verdict.errors[0] as string) : `[${verdict.errors.join(", ")}]`);
      if (verdict.warnings.length > 0) yield* kube.err(`Warning: ${verdict.warnings.join("; ")}\n`);
      yield* evictAll(kube, verdict.pods, dry);
      yield* kube.out(`node/${name} drained${suffix(dry)}\n`);
    } catch (error) {
      const text = (error as Error).message;
      yield* kube.err(`error: unable to drain node ${q(name)} due to error: ${text}, continuing command...\n`);
      failures.push({ name, text });
    }
  }
  if (failures.length === 0) return 0;
  yield* kube.err(
    `There are pending nodes to be drained:\n${failures.map(({ name }) => ` ${name}\n`).join("")}${failures.map(({ text }) => `${text.replace(/^\[(.*)\]$/s, "$1").replace(/, (?=cannot delete|error when)/g, "\n")}\n`).join("")}`,
  );
  return 1;
}

/** Asks for eviction of every pod, then waits until each is gone. */
function* evictAll(kube: Kube, pods: readonly Obj[], dry: string): Task {
  const { flags, sys } = kube;
  const client = yield* kube.client();
  const limit = flags.duration("timeout", 0);
  const until = sys.now() + (limit > 0 ? limit : 7 * 86_400_000);
  const grace = flags.number("grace-period", -1);
  const options = {
    ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}),
    ...(dry === "server" ? { dryRun: ["All"] } : {}),
  };
  for (const pod of pods)
    yield* kube.out(`${flags.on("disable-eviction") ? "deleting" : "evicting"} pod ${shown(pod)}${suffix(dry)}\n`);
  if (dry !== "") return;
  const left: Obj[] = [];
  for (const pod of pods) {
    const path = `/api/v1/namespaces/${namespaceOf(pod)}/pods/${nameOf(pod)}`;
    for (;;) {
      try {
        if (flags.on("disable-eviction"))
          yield* client.call({ method: "DELETE", path, body: { kind: "DeleteOptions", apiVersion: "v1", ...options } });
        else
          yield* client.call({
            method: "POST",
            path: `${path}/eviction`,
            body: {
              kind: "Eviction",
              apiVersion: "policy/v1",
              metadata: { name: nameOf(pod), namespace: namespaceOf(pod) },
              deleteOptions: options,
            },
          });
        left.push(pod);
        break;
      } catch (error) {
        if (isReason(error, "NotFound")) break;
        if (!(error instanceof StatusError) || error.reason !== "TooManyRequests")
          throw new Fail(
            `error when evicting pods/${q(nameOf(pod))} -n ${q(namespaceOf(pod))}: ${(error as Error).message}`,
          );
        yield* kube.err(
          `error when evicting pods/${q(nameOf(pod))} -n ${q(namespaceOf(pod))} (will retry after 5s): ${error.message}\n`,
        );
        if (sys.now() >= until) throw new Fail(`global timeout reached: ${flags.text("timeout")}`);
        yield* sys.sleep(5000);
      }
    }
  }
  const waiting = new Set(left);
  while (waiting.size > 0) {
    for (const pod of [...waiting]) {
      const answer = yield* client.ask({ path: `/api/v1/namespaces/${namespaceOf(pod)}/pods/${nameOf(pod)}` });
      if (answer.status !== 404 && at(answer.body, "metadata.uid") === at(pod, "metadata.uid")) continue;
      waiting.delete(pod);
      yield* kube.out(`pod/${nameOf(pod)} ${flags.on("disable-eviction") ? "deleted" : "evicted"}\n`);
    }
    if (waiting.size === 0) break;
    if (sys.now() >= until) {
      const texts = [...waiting].map(
        (pod) =>
          `error when waiting for pod ${q(nameOf(pod))} in namespace ${q(namespaceOf(pod))} to terminate: context deadline exceeded`,
      );
      yield* kube.err(
        `There are pending pods in node ${q(at([...waiting][0], "spec.nodeName") ?? "")} when an error occurred: ${texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`}\n${[...waiting].map((pod) => `pod/${nameOf(pod)}\n`).join("")}`,
      );
      throw new Fail(texts.length === 1 ? (texts[0] as string) : `[${texts.join(", ")}]`);
    }
    yield* sys.sleep(500);
  }
}
