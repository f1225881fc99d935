// The contract between the registry and admission: one request that writes, and the plugins that look at it.

import type { Lookup, User } from "../auth/types.ts";
import type { Fields, KubeObject } from "../object.ts";
import type { Resource } from "../registry/types.ts";

export type Operation = "CREATE" | "UPDATE" | "DELETE" | "CONNECT";

/** One write on its way to the store. */
export interface AdmissionRequest {
  readonly operation: Operation;
  readonly resource: Resource;
  readonly subresource: string;
  readonly namespace: string;
  /** Empty for a create whose name is still to be made. */
  readonly name: string;
  readonly user: User;
  /** The object to be written; undefined for a deletion. Plugins of the first pass change it in place. */
  object: KubeObject | undefined;
  /** What is stored now; undefined for a create. */
  readonly old: KubeObject | undefined;
  readonly dryRun: boolean;
  readonly options: Fields;
  readonly lookup: Lookup;
  readonly now: number;
  random(count: number): Uint8Array;
  /** Whether the caller may do something else, by all authorizers. */
  may(verb: string, group: string, resource: string, name: string, namespace?: string): boolean;
  /** A `Warning:` header for the client. */
  warn(text: string): void;
  /** An annotation of the audit event. */
  annotate(key: string, value: string): void;
}

/** One admission plugin. Both passes refuse by throwing a StatusError. */
export interface Plugin {
  readonly name: string;
  /** First pass: may change the object. */
  mutate?(request: AdmissionRequest): void;
  /** Second pass, after validation: looks only. */
  validate?(request: AdmissionRequest): void;
}
