// The API server's memory between its handlers: plain data, so that a machine with it can be copied.

import type { Data, Sys } from "../kernel/sys.ts";
import type { FlagValues } from "./flags/parse.ts";
import type { KubeObject } from "./object.ts";

/** A change as watchers are told of it. */
export interface WatchEvent {
  readonly revision: number;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly storage: string;
  readonly object: KubeObject;
  /** What the object was before: a change may take it out of a selector. */
  readonly before: KubeObject | undefined;
}

/** The API server's whole memory. */
export interface ServerState {
  readonly flags: FlagValues;
  /** Contents of the files that its flags name, by flag. */
  readonly files: Readonly<Record<string, string>>;
  /** Objects by storage name (`pods`, `deployments.apps`) and key (`namespace/name`); etcd's content. */
  readonly cache: Map<string, Map<string, KubeObject>>;
  /** etcd's revision as last seen. */
  revision: number;
  /** The latest changes, oldest first; who asks for older ones lists again. */
  events: WatchEvent[];
  /** The revision after which `events` is complete. */
  since: number;
  /** Connections to etcd that nobody uses now. */
  idle: number[];
  /** Whether storage has been read and requests are served. */
  ready: boolean;
  /** Set while etcd does not answer. */
  etcdDown?: boolean;
  /** Resources that quota admission has seen created. */
  evaluated: string[];
  /** When it was started, ms. */
  readonly started: number;
  /** What authentication, authorization, admission and audit remember, by a name of theirs. */
  readonly gates: Record<string, Data>;
  /** Reviews answered lately. */
  reviews: Data[];
}

/** The state of the API server that a system call belongs to. */
export const stateOf = (sys: Sys): ServerState => sys.kept as unknown as ServerState;
