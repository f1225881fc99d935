// A static pod's manifest with the defaults that the API machinery gives it, as a pod of this node.

import { encode } from "../../kernel/text.ts";
import { hash } from "../../lib/crypto/hash.ts";
import { YamlError, yamlToJson } from "../../lib/yaml-go/yaml.ts";
import { plainJson } from "../config/kubeconfig.ts";
import type { Pod } from "../state.ts";

export type Stored = Record<string, unknown>;
export const record = (value: unknown): Stored =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Stored) : {};
export const list = (value: unknown): Stored[] => (Array.isArray(value) ? (value as Stored[]) : []);
export const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

/** A pod that nothing has been done for yet. */
export function newPod(
  made: Pick<Pod, "source" | "file" | "uid" | "name" | "namespace" | "seen"> & { metadata: Stored; spec: Stored },
): Pod {
  const { metadata, spec, ...rest } = made;
  return {
    ...rest,
    object: Object.freeze({ metadata: Object.freeze(metadata), spec: Object.freeze(spec) }),
    sandbox: undefined,
    attempt: 0,
    looks: 0,
    quietUntil: 0,
    ip: undefined,
    startedAt: undefined,
    containers: {},
    deleting: undefined,
    busyUntil: 0,
    changes: {},
    reported: "",
    finished: undefined,
  };
}

export const seenText = (now: number): string =>
  `${new Date(Math.floor(now)).toISOString().slice(0, 19)}.${String(Math.floor(now % 1000)).padStart(3, "0")}000000Z`;

export function createPod(text: string, file: string, nodeName: string, now: number): Pod | { readonly error: string } {
  let manifest: Stored;
  try {
    manifest = record(plainJson(yamlToJson(text).json));
  } catch (error) {
    if (error instanceof YamlError) return { error: `couldn't parse as pod(${error.message})` };
    throw error;
  }
  if (manifest.kind !== "Pod" || manifest.apiVersion !== "v1") {
    const shown = JSON.stringify(manifest);
    if (typeof manifest.kind !== "string" || manifest.kind === "")
      return { error: `couldn't parse as pod(Object 'Kind' is missing in '${shown}')` };
    if (typeof manifest.apiVersion !== "string" || manifest.apiVersion === "")
      return { error: `couldn't parse as pod(Object 'apiVersion' is missing in '${shown}')` };
    const kind = JSON.stringify(manifest.kind);
    const version = JSON.stringify(manifest.apiVersion);
    return {
      error: `couldn't parse as pod(no kind ${kind} is registered for version ${version} in scheme "pkg/api/legacyscheme/scheme.go:30")`,
    };
  }
  const meta = record(manifest.metadata);
  const spec = record(manifest.spec);
  const invalid = checkPod(meta, spec);
  if (invalid !== undefined) return { error: invalid };
  const name = `${String(meta.name ?? "")}-${nodeName}`;
  const namespace = String(meta.namespace ?? "default");
  const uid = hex(hash("md5", encode(`host:${nodeName}file:${file}${text}`)));
  const metadata: Stored = {
    name,
    namespace,
    uid,
    ...(meta.labels === undefined ? {} : { labels: meta.labels }),
    annotations: {
      ...record(meta.annotations),
      "kubernetes.io/config.hash": uid,
      "kubernetes.io/config.seen": seenText(now),
      "kubernetes.io/config.source": "file",
    },
  };
  return newPod({
    source: "file",
    file,
    uid,
    name,
    namespace,
    seen: now,
    metadata,
    spec: defaultSpec(spec, nodeName),
  });
}

/** The first thing that makes a pod invalid, in the API's words. */
function checkPod(meta: Stored, spec: Stored): string | undefined {
  const wrong: string[] = [];
  if (typeof meta.name !== "string" || meta.name === "")
    wrong.push("metadata.name: Required value: name or generateName is required");
  const containers = list(spec.containers);
  if (containers.length === 0) wrong.push("spec.containers: Required value");
  for (const [i, container] of containers.entries()) {
    if (!container.name) wrong.push(`spec.containers[${i}].name: Required value`);
    if (!container.image) wrong.push(`spec.containers[${i}].image: Required value`);
    for (const [k, mount] of list(container.volumeMounts).entries())
      if (!list(spec.volumes).some((v) => v.name === mount.name))
        wrong.push(`spec.containers[${i}].volumeMounts[${k}].name: Not found: ${JSON.stringify(mount.name)}`);
  }
  if (wrong.length === 0) return undefined;
  return `invalid pod: ${wrong.length === 1 ? wrong[0] : `[${wrong.join(", ")}]`}`;
}

const CONTAINER_ORDER =
  "name image command args workingDir ports envFrom env resources volumeMounts livenessProbe readinessProbe startupProbe lifecycle terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext".split(
    " ",
  );
const SPEC_ORDER =
  "volumes initContainers containers restartPolicy terminationGracePeriodSeconds dnsPolicy serviceAccountName nodeName hostNetwork hostPID hostIPC securityContext hostname schedulerName tolerations priorityClassName priority enableServiceLinks".split(
    " ",
  );

function ordered(value: Stored, order: readonly string[]): Stored {
  const known = order.filter((key) => value[key] !== undefined).map((key) => [key, value[key]] as const);
  const others = Object.entries(value).filter(([key]) => !order.includes(key));
  return Object.fromEntries([...known, ...others]);
}

function defaultProbe(probe: unknown): Stored {
  const given = record(probe);
  const get = record(given.httpGet);
  return {
    ...given,
    ...(given.httpGet === undefined
      ? {}
      : { httpGet: { ...get, path: get.path ?? "/", scheme: get.scheme ?? "HTTP" } }),
    timeoutSeconds: given.timeoutSeconds ?? 1,
    periodSeconds: given.periodSeconds ?? 10,
    successThreshold: given.successThreshold ?? 1,
    failureThreshold: given.failureThreshold ?? 3,
  };
}

function defaultContainer(container: Stored): Stored {
  const image = String(container.image ?? "");
  const latest = !/[:@]/.test(image.slice(image.lastIndexOf("/") + 1)) || image.endsWith(":latest");
  const ports = list(container.ports).map((p) =>
    ordered({ protocol: "TCP", ...p }, ["name", "hostPort", "containerPort", "protocol"]),
  );
  const probes = ["livenessProbe", "readinessProbe", "startupProbe"].filter((name) => container[name] !== undefined);
  const filled: Stored = {
    ...container,
    ...Object.fromEntries(probes.map((name) => [name, defaultProbe(container[name])])),
    resources: container.resources ?? {},
    terminationMessagePath: container.terminationMessagePath ?? "/dev/termination-log",
    terminationMessagePolicy: container.terminationMessagePolicy ?? "File",
    imagePullPolicy: container.imagePullPolicy ?? (latest ? "Always" : "IfNotPresent"),
    ...(container.ports === undefined ? {} : { ports }),
  };
  return ordered(filled, CONTAINER_ORDER);
}

function defaultSpec(spec: Stored, nodeName: string): Stored {
  const init = list(spec.initContainers);
  const filled: Stored = {
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    securityContext: {},
    schedulerName: "default-scheduler",
    enableServiceLinks: true,
    ...spec,
    ...(init.length === 0 ? {} : { initContainers: init.map(defaultContainer) }),
    containers: list(spec.containers).map(defaultContainer),
    nodeName,
    tolerations: [...list(spec.tolerations), { operator: "Exists", effect: "NoExecute" }],
  };
  return ordered(filled, SPEC_ORDER);
}
