// The chart of settings: the kubelet's own table of fields, joined with what the course adds: the lesson, and what the setting stops.

import { NODE } from "#sandbox/commands/kube-bench/node-checks.ts";
import { type Field, fields } from "#sandbox/kubelet/config/fields.ts";

export interface Setting {
  readonly field: Field;
  /** Item of the benchmark that looks at it. */
  readonly cis: string | undefined;
  /** Id of the lesson that teaches it; undefined for settings the course does not touch. */
  readonly lesson: string | undefined;
  /** What goes wrong without it, in one sentence; for other settings what they do. */
  readonly stops: string;
  /** The two start modes have other defaults. */
  readonly differs: boolean;
}

/** Settings of the course: path → lesson, and the attack or accident behind it. */
const taught: Readonly<Record<string, readonly [lesson: string, stops: string]>> = {
  "authentication.anonymous.enabled": [
    "who-goes-there/turn-strangers-away",
    "Anyone on the network lists pods and runs commands in them.",
  ],
  "authentication.x509.clientCAFile": [
    "who-goes-there/show-your-papers",
    "No certificate is asked for, so the API server counts as a stranger; the wrong CA lets in whoever it signed.",
  ],
  "authentication.webhook.enabled": [
    "who-goes-there/letters-of-marque",
    "Tokens go unchecked: a caller with one counts as a stranger.",
  ],
  "authentication.webhook.cacheTTL": [
    "who-goes-there/letters-of-marque",
    "A revoked token is believed for as long as it is remembered.",
  ],
  "authorization.mode": ["by-whose-order/ask-the-harbour", "Every caller who has a name may do everything."],
  "authorization.webhook.cacheAuthorizedTTL": [
    "by-whose-order/ask-the-harbour",
    "A right that was taken away goes on for as long as the yes is remembered.",
  ],
  "authorization.webhook.cacheUnauthorizedTTL": [
    "by-whose-order/ask-the-harbour",
    "None by itself: a new right waits until the no is forgotten.",
  ],
  readOnlyPort: [
    "by-whose-order/close-the-hatch",
    "Pods with their environment, and statistics, to anybody over plain HTTP.",
  ],
  port: ["sign-on/first-watch", "None by itself: where the API listens, always with TLS."],
  address: [
    "sealed-dispatches/moor-with-care",
    "Reachable from every network the node is on. On 127.0.0.1 the API server is shut out as well.",
  ],
  healthzBindAddress: ["sealed-dispatches/moor-with-care", "The health port answers strangers, over plain HTTP."],
  healthzPort: ["sealed-dispatches/moor-with-care", "None by itself: plain HTTP, on 127.0.0.1 unless told otherwise."],
  enableDebuggingHandlers: [
    "pirates/hail-the-ship",
    "exec, run, attach and logs on 10250. Off, the friends lose them too, and kubectl logs fails.",
  ],
  enableSystemLogHandler: ["pirates/hail-the-ship", "Whoever has nodes/log reads everything below /var/log."],
  enableProfilingHandler: ["pirates/hail-the-ship", "Memory and timing of the kubelet, to whoever has nodes/proxy."],
  staticPodPath: ["ship-shape/cargo-rules", "Whoever writes into this folder runs pods that no admission has seen."],
  tlsCertFile: ["sealed-dispatches/sealed-dispatches", "Callers cannot tell this kubelet from somebody in the middle."],
  tlsPrivateKeyFile: [
    "sealed-dispatches/sealed-dispatches",
    "The key that belongs to tlsCertFile; readable by others it can be copied.",
  ],
  serverTLSBootstrap: [
    "sealed-dispatches/sealed-dispatches",
    "Callers skip verification, so somebody in the middle is not seen.",
  ],
  tlsMinVersion: ["sealed-dispatches/sealed-dispatches", "Old versions of TLS, with what has been found in them."],
  tlsCipherSuites: ["sealed-dispatches/sealed-dispatches", "Weak suites on TLS 1.2."],
  rotateCertificates: ["sealed-dispatches/fresh-seals", "The client certificate ends, and the node drops out."],
  maxPods: ["sign-on/the-ships-papers", "None: the harmless setting with which the course tells files from flags."],
  eventRecordQPS: [
    "ship-shape/provisions",
    "Events are dropped in the very minutes they are needed, or drown the API server.",
  ],
  podPidsLimit: ["ship-shape/provisions", "One pod forks until the node has no process ids left."],
  seccompDefault: ["ship-shape/provisions", "Pods may use every system call of the kernel."],
  protectKernelDefaults: ["ship-shape/provisions", "The kubelet changes kernel settings that somebody set on purpose."],
  streamingConnectionIdleTimeout: ["ship-shape/provisions", "Forgotten exec sessions stay open."],
  kubeReserved: ["ship-shape/provisions", "Pods take the memory and CPU that kubelet and runtime need."],
  systemReserved: ["ship-shape/provisions", "Pods take the memory and CPU that the system needs, ssh included."],
  enforceNodeAllocatable: ["ship-shape/provisions", "Without pods in it, pods are not held to what is allocatable."],
  evictionHard: ["ship-shape/provisions", "A full disk or memory takes the node down instead of one pod."],
  makeIPTablesUtilChains: ["inspection/the-surveyor", "The node’s packet filter lacks the chains that services need."],
};

const lookedAt = new Map(
  NODE.groups
    .flatMap(({ checks }) => checks)
    .flatMap(({ id, tests }) =>
      tests.flatMap(({ path }) => {
        const field = /^\{\.([A-Za-z0-9.]+)\}$/.exec(path ?? "")?.[1];
        return field === undefined ? [] : [[field, id] as const];
      }),
    ),
);

/** Every field of KubeletConfiguration in 1.36: those of the course first, in its order, then the rest in the kubelet's. */
export const settings: readonly Setting[] = order(
  fields
    .filter(({ until, path }) => until === undefined && !path.includes("[]"))
    .map((field) => {
      const [lesson, stops] = taught[field.path] ?? [undefined, field.text];
      return {
        field,
        cis: lookedAt.get(field.path) ?? field.cis,
        lesson,
        stops,
        differs: JSON.stringify(field.withFile) !== JSON.stringify(field.withFlagsOnly),
      };
    }),
);

function order(all: readonly Setting[]): Setting[] {
  const places = Object.keys(taught);
  const known = all.filter(({ lesson }) => lesson !== undefined);
  const byPlace = known.toSorted((a, b) => places.indexOf(a.field.path) - places.indexOf(b.field.path));
  return [...byPlace, ...all.filter(({ lesson }) => lesson === undefined)];
}

/** A default in words: lists and maps by their entries; undefined where the field stays unset. */
export function formatValue(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (value === "") return "empty";
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value !== "object") return String(value);
  return Object.entries(value)
    .map(([key, each]) => `${key} ${each}`)
    .join(", ");
}
