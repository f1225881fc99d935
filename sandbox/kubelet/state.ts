// A running kubelet's whole memory, as plain data kept by the kernel.

import type { Sys, Task } from "../kernel/sys.ts";
import type { Effective, Source } from "./config/effective.ts";
import { formatOutput, type Output } from "./log.ts";
import type { Deciding, Trace } from "./trace.ts";
import type { Profile } from "./version/profile.ts";

export type Role = "secure" | "read-only" | "healthz";

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid: string;
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** A static pod (or one the API server assigned) with what the runtime made of it. */
export interface Pod {
  readonly source: "file" | "api";
  /** File it came from. */
  readonly file: string;
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  /** The manifest with defaults, as v1.Pod. */
  readonly object: Readonly<Record<string, unknown>>;
  readonly seen: number;
  sandbox: string | undefined;
  ip: string | undefined;
  startedAt: number | undefined;
  containers: Record<
    string,
    { id: string; image: string; pid: number; startedAt: number; restarts: number; running: boolean }
  >;
  deleting: boolean;
}

/** How to reach the API server, from the kubeconfig. */
export interface ApiClient {
  readonly server: string;
  readonly ca: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly token: string | undefined;
  readonly insecure: boolean;
}

export interface KubeletState {
  readonly profile: Profile;
  readonly effective: Effective;
  readonly argv: readonly string[];
  readonly nodeName: string;
  readonly nodeIP: string;
  readonly startedAt: number;
  listeners: { fd: number; role: Role; port: number }[];
  /** PEM of the serving pair; undefined: every handshake fails. */
  serving: { readonly certificate: string; readonly key: string } | undefined;
  clientCa: string | undefined;
  clientCaVersion: number;
  verbosity: number;
  client: ApiClient | undefined;
  registered: boolean;
  ready: boolean;
  tokens: Map<string, { readonly user: User | undefined; readonly until: number }>;
  decisions: Map<string, { readonly allowed: boolean; readonly reason: string; readonly until: number }>;
  pods: Pod[];
  manifests: string;
  traces: Trace[];
  requests: Record<string, number>;
  /** Whether the API server was ever asked who a token is, and what somebody may. */
  asked: { tokens: boolean; access: boolean };
  stopping: boolean;
}

export const stateOf = (sys: Sys): KubeletState => sys.kept as unknown as KubeletState;

export function setting<T>(state: KubeletState, path: string): T | undefined {
  return state.effective.values[path] as T | undefined;
}

export const isOn = (state: KubeletState, path: string): boolean => state.effective.values[path] === true;

/** A setting as the trace shows it. */
export function deciding(state: KubeletState, ...paths: readonly string[]): Deciding[] {
  return paths.map((path) => {
    const value = state.effective.values[path];
    const source: Source | undefined = state.effective.sources[path];
    return { setting: path, value: value === undefined ? "" : String(value), source };
  });
}

/** Writes a log line to stderr. Lines above the verbosity are dropped. */
export function* log(sys: Sys, line: Output, verbosity = 0): Task {
  const state = sys.kept === undefined ? undefined : stateOf(sys);
  if (verbosity > 0 && verbosity > (state?.verbosity ?? 0)) return;
  yield* sys.write(2, formatOutput(line, sys.now(), sys.pid));
}
