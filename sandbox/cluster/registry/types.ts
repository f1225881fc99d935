// What the API server knows of a resource: names, verbs, subresources, and how objects of it are treated.

import type { KubeObject } from "../object.ts";

export interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  /** Group and version of the kind where it is another's, such as policy/v1 Eviction. */
  readonly group?: string;
  readonly version?: string;
}

export interface Resource {
  readonly group: string;
  readonly version: string;
  /** Plural, as in paths. */
  readonly name: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly Subresource[];
  /** Under which name objects are kept: `pods`, `deployments.apps`; two versions or groups may share it. */
  readonly storage: string;
  /** etcd's prefix, such as /registry/minions. */
  readonly prefix: string;
  /** Kinds that carry metadata.generation, raised by changes of the spec. */
  readonly generation: boolean;
  /** Not the version that kubectl prefers. */
  readonly secondary?: boolean;
}

/** `/api/v1` kinds say `v1`, others `group/version`. */
export function apiVersionOf(resource: { readonly group: string; readonly version: string }): string {
  return resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
}

/** Key of an object among its like. */
export function objectKey(namespace: string | undefined, name: string): string {
  return namespace ? `${namespace}/${name}` : name;
}

export function keyOf(object: KubeObject): string {
  return objectKey(object.metadata.namespace, object.metadata.name ?? "");
}
