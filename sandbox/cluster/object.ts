// Kubernetes objects as plain data, and small readers for what every part of the API server asks of them.

/** Any value of a JSON document. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };

/** A JSON object whose keys are not known here. */
export type Fields = { [key: string]: unknown };

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string | null;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  managedFields?: Fields[];
}

/** An object as it is stored and sent. Stored ones are frozen: make a copy (`{ ...object }`) to change it. */
export interface KubeObject extends Fields {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
}

/** A field as an object; an empty one where it is missing or something else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** A field as a list; empty where it is missing or something else. */
export function listOf<T = Fields>(value: unknown): readonly T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}

/** A field as text; empty where it is missing or something else. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The value at a path of keys. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const key of path) found = fieldsOf(found)[key];
  return found;
}

/** RFC 3339 to the second, as metav1.Time is written. */
export function formatTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** A copy that can be changed anywhere. */
export function thaw<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => thaw(item as unknown)) as T;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, thaw(item as unknown)])) as T;
}

/** A random (version 4) UUID from 16 random bytes. */
export function formatUid(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte, i) =>
    (i === 6 ? (byte & 15) | 64 : i === 8 ? (byte & 63) | 128 : byte).toString(16).padStart(2, "0"),
  ).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** Letters of generated names (k8s.io/apimachinery rand): no vowels, nothing that looks like another. */
const NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** The random ending of a generated name. */
export function nameSuffix(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 5), (byte) => NAME_LETTERS[byte % NAME_LETTERS.length]).join("");
}
