// A running kubelet's whole memory, as plain data kept by the kernel.

import type { Sys, Task } from "../kernel/sys.ts";
import type { ApiClient } from "../lib/kube/daemon-client.ts";
import type { LineStream } from "../lib/kube/line-stream.ts";
import type { Deciding, Source, Trace } from "../lib/trace.ts";
import type { Effective } from "./config/effective.ts";
import { formatOutput, type LogLine, type Output, structured } from "./log.ts";
import type { Profile } from "./version/profile.ts";

export type Role = "secure" | "read-only" | "healthz";

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid: string;
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** How a container's process ended. */
export interface Ended {
  readonly id: string;
  readonly exitCode: number;
  readonly reason: string;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly message?: string | undefined;
}

/** A container as this kubelet keeps it over all its starts. */
export interface ContainerRun {
  id: string;
  image: string;
  imageId: string | undefined;
  imageRef?: string;
  pid: number;
  startedAt: number;
  restarts: number;
  running: boolean;
  ended: Ended | undefined;
  last: Ended | undefined;
  waiting: { readonly reason: string; readonly message?: string } | undefined;
  /** Length of the next pause between an end and a start, and of the one between two pulls; 0 before the first. */
  pause: number;
  retryAt: number;
  /** Why the last sync could not start it: what the next status says. */
  refused: { readonly reason: string; readonly message?: string } | undefined;
  /** Probes: whether it is ready and started, and when each asks next. */
  ready: boolean;
  started: boolean;
  probes: Record<string, { next: number; gap: number; good: number; bad: number }>;
}

/** The end that a status calls lastState: the one before, and in a pause the one it came after. */
export const lastEnd = (run: ContainerRun): Ended | undefined =>
  run.waiting !== undefined && !run.running ? (run.ended ?? run.last) : run.last;

/** A pod of this node with what the runtime made of it. */
export interface Pod {
  readonly source: "file" | "api";
  /** File it came from. */
  readonly file: string;
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  /** metadata and spec, as v1.Pod. */
  object: { readonly metadata: Readonly<Record<string, unknown>>; readonly spec: Readonly<Record<string, unknown>> };
  readonly seen: number;
  sandbox: string | undefined;
  attempt: number;
  /** How often the runtime was looked at since its sandbox was made. */
  looks: number;
  /** Until then nothing is told of it. */
  quietUntil: number;
  ip: string | undefined;
  startedAt: number | undefined;
  containers: Record<string, ContainerRun>;
  /** It is to end: since when, and after so many seconds by force. */
  deleting: { readonly since: number; readonly grace: number } | undefined;
  /** A thread works on it until then at the latest. */
  busyUntil: number;
  /** Since when each condition is as it is, with the status last sent to the API server. */
  changes: Record<string, { readonly status: string; readonly at: number }>;
  reported: string;
  /** A pod that came to its own end, or was refused. */
  finished: { readonly phase: "Succeeded" | "Failed"; readonly reason?: string; readonly message?: string } | undefined;
}

/** The API server's copy of a static pod. */
export interface Mirror {
  readonly uid: string;
  readonly hash: string;
  readonly deleting: boolean;
}

/** An event that is to be told to the API server. */
export interface KubeletEvent {
  readonly about: {
    readonly kind: string;
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly fieldPath?: string;
  };
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  readonly at: number;
}

/** What the kubelet knows of its node at the API server. */
export interface NodeLife {
  registered: boolean;
  uid: string;
  /** Pause before the next attempt to register, and to find the lease. */
  registerPause: number;
  leasePause: number;
  lease: Record<string, unknown> | undefined;
  /** The lease had run out: others may have written meanwhile that nobody is here. */
  missed: boolean;
  reported: string;
  reportedAt: number;
  /** Conditions with the time of their last change. */
  changes: Record<string, { readonly status: string; readonly at: number }>;
  /** The runtime answers; since when it does not. */
  runtimeUp: boolean;
  runtimeError: string;
  watch: LineStream | undefined;
  revision: string;
  watchPause: number;
  synced: boolean;
  runtimeEvents: number | undefined;
  mirrors: Record<string, Mirror>;
  events: KubeletEvent[];
  /** Events told before, by what they say: name and how often. */
  told: Map<string, { readonly name: string; readonly count: number; readonly first: number }>;
  /** Events that were given a name. */
  named: number;
  /** Broken manifests that have been complained of. */
  complained: Record<string, string>;
}

/** A certificate that is asked for, or the time at which the next one will be. */
export interface PendingPaper {
  readonly name?: string;
  /** PEM of the key that waits for it. */
  readonly key?: string;
  readonly asked?: number;
  readonly deadline?: number;
  readonly pause?: number;
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
  /** Connections to the API server that wait for a request. */
  idle: number[];
  node: NodeLife;
  /** Who asks for the first certificate, until it is there. */
  bootstrap: ApiClient | undefined;
  papers: { client?: PendingPaper; server?: PendingPaper };
  tokens: Map<string, { readonly user: User | undefined; readonly until: number }>;
  decisions: Map<string, { readonly allowed: boolean; readonly reason: string; readonly until: number }>;
  pods: Pod[];
  manifests: string;
  traces: Trace[];
  requests: Record<string, number>;
  /** Whether the API server was ever asked who a token is, and what somebody may. */
  asked: { tokens: boolean; access: boolean };
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

export const createNodeLife = (): NodeLife => ({
  registered: false,
  uid: "",
  registerPause: 100,
  leasePause: 200,
  lease: undefined,
  missed: false,
  reported: "",
  reportedAt: 0,
  changes: {},
  runtimeUp: false,
  runtimeError: "container runtime status check may not have completed yet",
  watch: undefined,
  revision: "",
  watchPause: 800,
  synced: false,
  runtimeEvents: undefined,
  mirrors: {},
  events: [],
  told: new Map(),
  named: 0,
  complained: {},
});

/** A log line in the words of both: klog's message with its pairs for 1.36, free text for 1.20. */
export const line = (
  { profile }: Pick<KubeletState, "profile">,
  severity: LogLine["severity"],
  modern: readonly [source: string, message: string, ...pairs: (readonly [string, string | number])[]],
  old: readonly [source: string, text: string],
): LogLine => {
  if (!profile.structured) return { severity, source: old[0], text: old[1] };
  const [source, message, ...pairs] = modern;
  return { severity, source, text: structured(message, ...pairs) };
};

export function findPod(state: KubeletState, namespace: string, name: string, uid?: string): Pod | undefined {
  return state.pods.find((p) => p.namespace === namespace && p.name === name && (uid === undefined || p.uid === uid));
}
