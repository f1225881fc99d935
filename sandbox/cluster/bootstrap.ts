// What a new cluster holds: system namespaces, default roles, priority classes, and what the scene's state file adds.

import { isErrno } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { kubeadmRbacObjects } from "./auth/default-roles.ts";
import { reconcileAll } from "./auth/reconcile.ts";
import { type Fields, formatTime, formatUid, type KubeObject } from "./object.ts";
import { ownObjects } from "./own-objects.ts";
import { findKind } from "./registry/resources.ts";
import { apiVersionOf, keyOf } from "./registry/types.ts";
import { normalise } from "./schema/normalise.ts";
import type { ServerState } from "./state.ts";

/** Roles and bindings as a seed file writes them, without the envelope of an object. */
interface Role {
  readonly name: string;
  readonly namespace?: string;
  readonly rules: readonly Fields[];
}

interface Binding {
  readonly name: string;
  readonly namespace?: string;
  readonly role: string;
  readonly roleKind: "Role" | "ClusterRole";
  readonly subjects: readonly Fields[];
}

/** What a scene adds to a new cluster, as a file. */
interface SeedFile {
  readonly rbac?: { readonly roles?: readonly Role[]; readonly bindings?: readonly Binding[] };
  /** Names of default bindings that this cluster lacks. */
  readonly without?: readonly string[];
  /** When the cluster was made: the age of all that has none of its own. */
  readonly born?: string;
  readonly accounts?: readonly { readonly namespace: string; readonly name: string; readonly uid: string }[];
  /** Manifests, or objects by path. */
  readonly objects?: readonly KubeObject[] | Readonly<Record<string, KubeObject>>;
}

const RBAC = "rbac.authorization.k8s.io/v1";
const SEED = "/etc/kubernetes/cluster.json";

function roleObject({ name, namespace, rules }: Role): KubeObject {
  return {
    kind: namespace === undefined ? "ClusterRole" : "Role",
    apiVersion: RBAC,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    rules,
  };
}

function bindingObject({ name, namespace, role, roleKind, subjects }: Binding): KubeObject {
  return {
    kind: namespace === undefined ? "ClusterRoleBinding" : "RoleBinding",
    apiVersion: RBAC,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    subjects: subjects.map((subject) =>
      subject.kind === "ServiceAccount" ? subject : { ...subject, apiGroup: "rbac.authorization.k8s.io" },
    ),
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: roleKind, name: role },
  };
}

function readSeed(sys: Sys, state: ServerState): SeedFile {
  const data = sys.readFile(state.flags["sandbox-state"] ?? SEED);
  return isErrno(data) ? {} : (JSON.parse(decode(data)) as SeedFile);
}

/** Objects that a cluster must have and this one lacks, ready to be stored. */
export function bootstrapObjects(sys: Sys, state: ServerState): (readonly [storage: string, object: KubeObject])[] {
  const seed: SeedFile = state.cache.size === 0 ? readSeed(sys, state) : {};
  // What kubeadm made is made once; the API server's own defaults come back at each start.
  const first = state.cache.size === 0;
  const time = seed.born ?? formatTime(sys.now());
  const spaces = ["default", "kube-node-lease", "kube-public", "kube-system"];
  const accounts = seed.accounts ?? [];
  const find = (object: KubeObject): KubeObject | undefined =>
    state.cache.get(findKind(object.apiVersion ?? "v1", object.kind ?? "")?.storage ?? "")?.get(keyOf(object));
  const own = reconcileAll(find);
  const wanted: KubeObject[] = [
    ...[...new Set([...spaces, ...accounts.map((each) => each.namespace)])].map(namespaceObject),
    ...[...own, ...(first ? kubeadmRbacObjects() : [])].filter(
      ({ metadata, roleRef }) => roleRef === undefined || !seed.without?.includes(metadata.name ?? ""),
    ),
    ...(seed.rbac?.roles ?? []).map(roleObject),
    ...(seed.rbac?.bindings ?? []).map(bindingObject),
    ...accounts.map(
      ({ namespace, name, uid }): KubeObject => ({
        kind: "ServiceAccount",
        apiVersion: "v1",
        metadata: { name, namespace, uid },
      }),
    ),
    ...ownObjects(state, advertised(sys, state), time),
    ...Object.values(seed.objects ?? {}).map(inOrder),
  ];
  const found = new Map<string, readonly [string, KubeObject]>();
  for (const object of wanted) {
    const resource = findKind(object.apiVersion ?? "v1", object.kind ?? "");
    if (resource === undefined || (find(object) !== undefined && !own.includes(object))) continue;
    const { name, namespace, uid, creationTimestamp, ...rest } = object.metadata;
    found.set(`${resource.storage}/${keyOf(object)}`, [
      resource.storage,
      {
        ...object,
        kind: resource.kind,
        apiVersion: apiVersionOf(resource),
        metadata: {
          ...(name === undefined ? {} : { name }),
          ...(namespace === undefined ? {} : { namespace }),
          uid: uid ?? formatUid(sys.random(16)),
          creationTimestamp: creationTimestamp ?? time,
          ...rest,
        },
      },
    ]);
  }
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, entry]) => entry);
}

/** Where this API server is to be reached. */
export function advertised(sys: Sys, { flags }: ServerState): string {
  return flags["advertise-address"] || (sys.interfaces()[1]?.addresses[0]?.split("/")[0] ?? "127.0.0.1");
}

/** A seeded object as its kind's struct holds it; what is no such object stays as it is. */
function inOrder(object: KubeObject): KubeObject {
  try {
    return normalise(object.kind ?? "", object).object;
  } catch {
    return object;
  }
}

function namespaceObject(name: string): KubeObject {
  return {
    kind: "Namespace",
    apiVersion: "v1",
    metadata: { name, labels: { "kubernetes.io/metadata.name": name } },
    spec: { finalizers: ["kubernetes"] },
    status: { phase: "Active" },
  };
}
