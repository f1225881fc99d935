// Objects that lessons put into the cluster, as manifests that the API server holds from the start.

import type { SceneObject } from "#sandbox/scene.ts";

const rbac = "rbac.authorization.k8s.io";

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Whom a binding names; a ServiceAccount with its namespace. */
export interface Subject {
  readonly kind: "User" | "Group" | "ServiceAccount";
  readonly name: string;
  readonly namespace?: string;
}

export const namespace = (name: string, labels: Readonly<Record<string, string>> = {}): SceneObject => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels: { "kubernetes.io/metadata.name": name, ...labels } },
});

export const serviceAccount = (space: string, name: string): SceneObject => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name, namespace: space },
});

export const clusterRole = (name: string, rules: readonly Rule[]): SceneObject => ({
  apiVersion: `${rbac}/v1`,
  kind: "ClusterRole",
  metadata: { name },
  rules,
});

/** A ClusterRoleBinding. */
export const bindRole = (name: string, role: string, subjects: readonly Subject[]): SceneObject => ({
  apiVersion: `${rbac}/v1`,
  kind: "ClusterRoleBinding",
  metadata: { name },
  roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
  subjects: subjects.map((subject) => (subject.kind === "ServiceAccount" ? subject : { apiGroup: rbac, ...subject })),
});

/** A Secret with values that are text here, and base64 in the cluster. */
export const secret = (space: string, name: string, values: Readonly<Record<string, string>>): SceneObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace: space },
  type: "Opaque",
  data: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, btoa(value)])),
});
