// What every name space gets (an account, the cluster's CA), how one ends, and what goes with its owner.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { aggregateRules } from "../auth/default-roles.ts";
import { at, type KubeObject, listOf, textOf } from "../object.ts";
import { RESOURCES } from "../registry/resources.ts";
import { pathOf, type World } from "./world.ts";

const CA_NOTE =
  "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";

const isEnding = (space: KubeObject): boolean => space.metadata.deletionTimestamp !== undefined;

/** Every name space has an account that pods take by default. */
export function* furnishAccounts(world: World): Task {
  for (const space of world.list("namespaces")) {
    const namespace = space.metadata.name ?? "";
    if (!isEnding(space) && world.get("serviceaccounts", namespace, "default") === undefined)
      yield* world.create("serviceaccounts", { metadata: { name: "default", namespace } });
  }
}

/** Every name space has the cluster's CA. */
export function* publishCa(world: World): Task {
  const file = world.sys.readFile(world.state.flags["root-ca-file"] ?? "");
  if (isErrno(file)) return;
  const ca = decode(file);
  for (const space of world.list("namespaces")) {
    const namespace = space.metadata.name ?? "";
    const known = world.get("configmaps", namespace, "kube-root-ca.crt");
    if (isEnding(space) || at(known, "data", "ca.crt") === ca) continue;
    if (known === undefined)
      yield* world.create("configmaps", {
        metadata: { name: "kube-root-ca.crt", namespace, annotations: { "kubernetes.io/description": CA_NOTE } },
        data: { "ca.crt": ca },
      });
    else yield* world.update("configmaps", { ...known, data: { "ca.crt": ca } });
  }
}

/** From the wish to end a name space to the first look at what is in it, ms. */
const PACE = 250;

const NAMESPACED = RESOURCES.filter(
  (each) =>
    each.namespaced &&
    each.secondary !== true &&
    each.verbs.includes("deletecollection") &&
    each.group !== "events.k8s.io",
);

/** Empties name spaces that are to go, and lets them go once they are empty. */
export function* endNamespaces(world: World): Task {
  for (const space of world.list("namespaces")) {
    if (!isEnding(space)) continue;
    const name = space.metadata.name ?? "";
    const seen = `ending ${space.metadata.uid}`;
    world.state.times[seen] ??= world.now;
    const ready = (world.state.times[seen] ?? 0) + PACE;
    if (ready > world.now) {
      world.wake(ready);
      continue;
    }
    let left = 0;
    for (const resource of NAMESPACED) {
      const path = pathOf(resource, name);
      const found = yield* world.call("GET", `${path}?limit=1`);
      if (typeof found === "string") return;
      if (listOf(found.object["items"]).length === 0) continue;
      yield* world.call("DELETE", path);
      const after = yield* world.call("GET", `${path}?limit=1`);
      if (typeof after !== "string") left += listOf(after.object["items"]).length;
    }
    // Pods take their time: their end wakes the next round.
    if (left > 0) {
      world.wake(world.now + 5000);
      continue;
    }
    const finalizers = listOf<string>(at(space, "spec", "finalizers")).filter((each) => each !== "kubernetes");
    yield* world.update("namespaces", { ...space, spec: { finalizers } }, "finalize");
    if (finalizers.length === 0) yield* world.remove("namespaces", space);
  }
}

/** Kinds that own others here, by where they are kept. */
const OWNERS: Readonly<Record<string, string>> = {
  ReplicaSet: "replicasets.apps",
  Deployment: "deployments.apps",
  DaemonSet: "daemonsets.apps",
  Job: "jobs.batch",
};

const OWNED = ["pods", "replicasets.apps", "jobs.batch"];

/** The garbage collector: dependents of owners that are gone go too; `orphan` and `foregroundDeletion` are honoured. */
export function* collectGarbage(world: World): Task {
  for (const storage of OWNED) {
    for (const object of world.list(storage)) {
      if (object.metadata.deletionTimestamp !== undefined) continue;
      const owners = (object.metadata.ownerReferences ?? []).filter(({ kind }) => OWNERS[kind] !== undefined);
      if (owners.length === 0) continue;
      const there = owners.some(({ kind, uid }) =>
        world.list(OWNERS[kind] ?? "").some((each) => each.metadata.uid === uid),
      );
      if (!there) yield* world.remove(storage, object, { propagationPolicy: "Background" });
    }
  }
  for (const storage of Object.values(OWNERS))
    for (const owner of world.list(storage))
      if (owner.metadata.deletionTimestamp !== undefined) yield* finish(world, storage, owner);
}

function* finish(world: World, storage: string, owner: KubeObject): Task {
  const finalizers = owner.metadata.finalizers ?? [];
  const kind = finalizers.includes("orphan")
    ? "orphan"
    : finalizers.includes("foregroundDeletion")
      ? "foregroundDeletion"
      : undefined;
  if (kind === undefined) return;
  const mine = OWNED.flatMap((each) =>
    world
      .list(each, owner.metadata.namespace)
      .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid))
      .map((object) => [each, object] as const),
  );
  for (const [where, object] of mine) {
    if (kind === "orphan") {
      const rest = (object.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.metadata.uid);
      yield* world.patch(where, object, { metadata: { ownerReferences: rest.length === 0 ? null : rest } });
    } else if (object.metadata.deletionTimestamp === undefined)
      yield* world.remove(where, object, { propagationPolicy: "Foreground" });
  }
  if (kind === "foregroundDeletion" && mine.length > 0) return;
  const rest = finalizers.filter((each) => each !== kind);
  yield* world.patch(storage, owner, { metadata: { finalizers: rest.length === 0 ? null : rest } });
}

const ROLES = "clusterroles.rbac.authorization.k8s.io";

/** Roles made of others follow them. Roles are read only when one of them has changed. */
export function* aggregateRoles(world: World): Task {
  if (!world.state.running.includes(ROLES)) return;
  const reply = yield* world.call("GET", "/apis/rbac.authorization.k8s.io/v1/clusterroles");
  if (typeof reply === "string" || reply.status !== 200) return;
  const roles = listOf<KubeObject>(reply.object["items"]);
  for (const role of roles) {
    if (role["aggregationRule"] == null) continue;
    const rules = aggregateRules(role, roles);
    if (JSON.stringify(rules) === JSON.stringify(listOf(role["rules"]))) continue;
    const path = `/apis/rbac.authorization.k8s.io/v1/clusterroles/${textOf(role.metadata.name)}`;
    yield* world.call("PATCH", path, { rules }, "application/merge-patch+json");
  }
}
