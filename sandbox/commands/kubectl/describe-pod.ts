// Pods, containers and volumes as `kubectl describe` sets them out.

import { quantityOf } from "../../lib/kube/quantity.ts";
import { longTime } from "./times.ts";
import { at, nameOf, namespaceOf, type Obj, sortedKeys } from "./values.ts";

type Pairs = (title: string, map: Obj | undefined, between?: string, indent?: string) => string;

/** Everything of a pod but its events. */
export function podLines(pod: Obj, pairs: Pairs): string {
  const { spec, status, metadata } = pod as { spec: Obj; status: Obj; metadata: Obj };
  let text = `Name:\t${nameOf(pod)}\nNamespace:\t${namespaceOf(pod)}\n`;
  if (spec.priority !== undefined) text += `Priority:\t${spec.priority}\n`;
  if (spec.priorityClassName) text += `Priority Class Name:\t${spec.priorityClassName}\n`;
  if (spec.runtimeClassName) text += `Runtime Class Name:\t${spec.runtimeClassName}\n`;
  if (spec.serviceAccountName) text += `Service Account:\t${spec.serviceAccountName}\n`;
  text += spec.nodeName ? `Node:\t${spec.nodeName}/${status.hostIP ?? ""}\n` : "Node:\t<none>\n";
  if (status.startTime) text += `Start Time:\t${longTime(status.startTime)}\n`;
  text += pairs("Labels", metadata.labels) + pairs("Annotations", metadata.annotations, ":");
  if (metadata.deletionTimestamp)
    text += `Status:\tTerminating (lasts <invalid>)\nTermination Grace Period:\t${metadata.deletionGracePeriodSeconds}s\n`;
  else text += `Status:\t${status.phase}\n`;
  if (status.reason) text += `Reason:\t${status.reason}\n`;
  if (status.message) text += `Message:\t${status.message}\n`;
  const profile: Obj | undefined = at(spec, "securityContext.seccompProfile");
  if (profile !== undefined)
    text += `SeccompProfile:\t${profile.type}\n${profile.localhostProfile ? `LocalhostProfile:\t${profile.localhostProfile}\n` : ""}`;
  text += `IP:\t${status.podIP ?? ""}\n`;
  const addresses: Obj[] = status.podIPs ?? [];
  text += addresses.length === 0 ? "IPs:\t<none>\n" : `IPs:\n${addresses.map((one) => `  IP:\t${one.ip}\n`).join("")}`;
  const owner: Obj | undefined = (metadata.ownerReferences ?? []).find((one: Obj) => one.controller);
  if (owner !== undefined) text += `Controlled By:\t${owner.kind}/${owner.name}\n`;
  if (status.nominatedNodeName) text += `NominatedNodeName:\t${status.nominatedNodeName}\n`;
  if ((spec.initContainers ?? []).length > 0)
    text += describeContainers("Init Containers", spec.initContainers, status.initContainerStatuses, "", pod);
  text += describeContainers("Containers", spec.containers ?? [], status.containerStatuses ?? [], "", pod);
  if ((spec.ephemeralContainers ?? []).length > 0)
    text += describeContainers("Ephemeral Containers", spec.ephemeralContainers, status.ephemeralContainerStatuses, "");
  if ((status.conditions ?? []).length > 0)
    text += `Conditions:\n  Type\tStatus\n${status.conditions.map((one: Obj) => `  ${one.type} \t${one.status} \n`).join("")}`;
  text += describeVolumes(spec.volumes ?? [], "");
  text += `QoS Class:\t${status.qosClass ?? "BestEffort"}\n`;
  return text + sections(spec, "");
}

/** Node selectors and tolerations. */
export function sections(spec: Obj, indent: string): string {
  const keys = sortedKeys(spec.nodeSelector);
  let text =
    keys.length === 0
      ? `${indent}Node-Selectors:\t<none>\n`
      : keys
          .map((key, i) => `${i === 0 ? `${indent}Node-Selectors:` : ""}\t${key}=${spec.nodeSelector[key]}\n`)
          .join("");
  const list: string[] = (spec.tolerations ?? [])
    .map(
      (one: Obj) =>
        `${one.key ?? ""}${one.value ? `=${one.value}` : ""}${one.effect ? `:${one.effect}` : ""}${one.operator === "Exists" && !one.value ? (one.key || one.effect ? " op=Exists" : "op=Exists") : ""}${one.tolerationSeconds === undefined ? "" : ` for ${one.tolerationSeconds}s`}`,
    )
    .sort();
  text +=
    list.length === 0
      ? `${indent}Tolerations:\t<none>\n`
      : list.map((one, i) => `${i === 0 ? `${indent}Tolerations:` : ""}\t${one}\n`).join("");
  return text;
}

export function describeContainers(
  title: string,
  containers: readonly Obj[],
  statuses: readonly Obj[] | undefined,
  indent: string,
  pod?: Obj,
): string {
  let text = `${indent}${title}:\n`;
  const inner = `${indent}${indent === "" ? "  " : " "}`;
  const deep = `${inner}${indent === "" ? "  " : " "}`;
  for (const one of containers) {
    text += `${inner}${one.name}:\n`;
    const status = statuses?.find((each) => each.name === one.name);
    const line = (name: string, value: string): void => {
      text += `${deep}${name}:\t${value}\n`;
    };
    if (status !== undefined) line("Container ID", status.containerID ?? "");
    line("Image", one.image ?? "");
    if (status !== undefined) line("Image ID", status.imageID ?? "");
    ports(one, line);
    const profile: Obj | undefined = at(one, "securityContext.seccompProfile");
    if (profile !== undefined) {
      line("SeccompProfile", profile.type);
      if (profile.localhostProfile) line("  LocalhostProfile", profile.localhostProfile);
    }
    for (const [name, key] of [
      ["Command", "command"],
      ["Args", "args"],
    ] as const)
      if ((one[key] ?? []).length > 0)
        text += `${deep}${name}:\n${one[key]
          .flatMap((word: string) => word.split("\n"))
          .map((word: string) => `${deep}  ${word}\n`)
          .join("")}`;
    if (status !== undefined) {
      text += stateLines("State", status.state ?? {}, deep);
      if (sortedKeys(status.lastState).length > 0) text += stateLines("Last State", status.lastState, deep);
      line("Ready", status.ready ? "True" : "False");
      line("Restart Count", String(status.restartCount ?? 0));
    }
    for (const [name, key] of [
      ["Limits", "limits"],
      ["Requests", "requests"],
    ] as const) {
      const map: Obj | undefined = one.resources?.[key];
      if (sortedKeys(map).length > 0)
        text += `${deep}${name}:\n${sortedKeys(map)
          .map((each) => `${deep}  ${each}:\t${map?.[each]}\n`)
          .join("")}`;
    }
    for (const [name, key] of [
      ["Liveness", "livenessProbe"],
      ["Readiness", "readinessProbe"],
      ["Startup", "startupProbe"],
    ] as const)
      if (one[key] !== undefined) line(name, probeText(one[key]));
    text += sources(one, deep) + environment(one, deep, pod) + mounts(one, deep);
  }
  return text;
}

function ports(one: Obj, line: (name: string, value: string) => void): void {
  const list: Obj[] = one.ports ?? [];
  const named = (port: Obj): string => (port.name ? ` (${port.name})` : "");
  const inside = list.map((port) => `${port.containerPort}/${port.protocol ?? "TCP"}${named(port)}`);
  const outside = list.map((port) => `${port.hostPort ?? 0}/${port.protocol ?? "TCP"}${named(port)}`);
  line(list.length > 1 ? "Ports" : "Port", inside.join(", ") || "<none>");
  line(list.length > 1 ? "Host Ports" : "Host Port", outside.join(", ") || "<none>");
}

function stateLines(title: string, state: Obj, indent: string): string {
  const line = (name: string, value: string): string => `${indent}  ${name}:\t${value}\n`;
  if (state.running !== undefined)
    return `${indent}${title}:\tRunning\n${line("  Started".trim(), longTime(state.running.startedAt))}`;
  if (state.terminated !== undefined) {
    const { reason, message, exitCode, signal, startedAt, finishedAt } = state.terminated;
    return `${indent}${title}:\tTerminated\n${reason ? line("Reason", reason) : ""}${message ? line("Message", message) : ""}${line("Exit Code", String(exitCode))}${signal ? line("Signal", String(signal)) : ""}${line("Started", longTime(startedAt))}${line("Finished", longTime(finishedAt))}`;
  }
  return `${indent}${title}:\tWaiting\n${state.waiting?.reason ? line("Reason", state.waiting.reason) : ""}`;
}

function probeText(probe: Obj): string {
  const rest = `delay=${probe.initialDelaySeconds ?? 0}s timeout=${probe.timeoutSeconds ?? 1}s period=${probe.periodSeconds ?? 10}s #success=${probe.successThreshold ?? 1} #failure=${probe.failureThreshold ?? 3}`;
  if (probe.exec !== undefined) return `exec [${(probe.exec.command ?? []).join(" ")}] ${rest}`;
  if (probe.httpGet !== undefined) {
    const { scheme = "HTTP", host = "", port, path = "" } = probe.httpGet;
    return `http-get ${scheme.toLowerCase()}://${host}:${port}${path.startsWith("/") || path === "" ? path : `/${path}`} ${rest}`;
  }
  if (probe.tcpSocket !== undefined) return `tcp-socket ${probe.tcpSocket.host ?? ""}:${probe.tcpSocket.port} ${rest}`;
  return probe.grpc === undefined
    ? `unknown ${rest}`
    : `grpc <pod>:${probe.grpc.port} ${probe.grpc.service ?? ""} ${rest}`;
}

function sources(one: Obj, indent: string): string {
  const list: Obj[] = one.envFrom ?? [];
  if (list.length === 0) return "";
  return `${indent}Environment Variables from:\n${list
    .map((each) => {
      const [name, kind, optional] =
        each.configMapRef !== undefined
          ? [each.configMapRef.name, "ConfigMap", each.configMapRef.optional]
          : [each.secretRef?.name, "Secret", each.secretRef?.optional];
      return `${indent}  ${name}\t${kind}${each.prefix ? ` with prefix '${each.prefix}'` : ""}\tOptional: ${optional === true}\n`;
    })
    .join("")}`;
}

function environment(one: Obj, indent: string, pod: Obj | undefined): string {
  const list: Obj[] = one.env ?? [];
  if (list.length === 0) return `${indent}Environment:\t<none>\n`;
  return `${indent}Environment:\n${list.map((each) => `${indent}  ${each.name}:\t${environmentValue(each, one, pod)}\n`).join("")}`;
}

/** A field of the pod as a container's environment gets it; a template has none yet. */
function fieldValue(pod: Obj | undefined, path: string): string {
  if (pod === undefined) return "";
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed !== null) return at(pod, `metadata.${keyed[1]}`)?.[keyed[2] as string] ?? "";
  if (path === "status.podIPs") return (at(pod, path) ?? []).map((one: Obj) => one.ip).join(",");
  return String(at(pod, path) ?? "");
}

/** A container's own resource in whole units; without a limit the node's allocatable counts. */
function resourceValue(one: Obj, resource: string, divisor: string): string {
  const [kind = "", name = ""] = resource.split(".");
  const { nano } = quantityOf(one.resources?.[kind]?.[name]);
  if (nano === 0n && kind === "limits") return "node allocatable";
  return String(Math.ceil(Number(nano) / (Number(quantityOf(divisor).nano) || 1e9)));
}

function environmentValue(each: Obj, one: Obj, pod: Obj | undefined): string {
  const from: Obj | undefined = each.valueFrom;
  if (from === undefined) return String(each.value ?? "").replaceAll("\n", "\n\t");
  const { fieldRef, resourceFieldRef } = from;
  if (fieldRef !== undefined)
    return `${fieldValue(pod, fieldRef.fieldPath)} (${fieldRef.apiVersion ?? "v1"}:${fieldRef.fieldPath})`;
  if (resourceFieldRef !== undefined)
    return `${resourceValue(one, resourceFieldRef.resource, resourceFieldRef.divisor ?? "1")} (${resourceFieldRef.resource})`;
  const [ref, kind] =
    from.secretKeyRef !== undefined ? [from.secretKeyRef, "secret"] : [from.configMapKeyRef ?? {}, "config map"];
  return `<set to the key '${ref.key}' ${kind === "secret" ? "in secret" : "of config map"} '${ref.name}'>\tOptional: ${ref.optional === true}`;
}

function mounts(one: Obj, indent: string): string {
  const list: Obj[] = [...(one.volumeMounts ?? [])].sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1));
  if (list.length === 0) return `${indent}Mounts:\t<none>\n`;
  return `${indent}Mounts:\n${list.map((each) => `${indent}  ${each.mountPath} from ${each.name} (${each.readOnly ? "ro" : "rw"}${each.subPath ? `,path=${JSON.stringify(each.subPath)}` : ""})\n`).join("")}`;
}

export function describeVolumes(volumes: readonly Obj[], indent: string): string {
  if (volumes.length === 0) return `${indent}Volumes:\t<none>\n`;
  const inner = `${indent}${indent === "" ? "  " : " "}`;
  return `${indent}Volumes:\n${volumes
    .map(
      (volume) =>
        `${inner}${volume.name}:\n${volumeLines(volume)
          .map(([name, value]) => `${inner}${indent === "" ? "  " : " "}${name}:\t${value}\n`)
          .join("")}`,
    )
    .join("")}`;
}

function volumeLines(volume: Obj): [string, string][] {
  if (volume.hostPath !== undefined)
    return [
      ["Type", "HostPath (bare host directory volume)"],
      ["Path", volume.hostPath.path],
      ["HostPathType", volume.hostPath.type ?? "<none>"],
    ];
  if (volume.emptyDir !== undefined)
    return [
      ["Type", "EmptyDir (a temporary directory that shares a pod's lifetime)"],
      ["Medium", volume.emptyDir.medium ?? ""],
      ["SizeLimit", volume.emptyDir.sizeLimit ?? "<unset>"],
    ];
  if (volume.secret !== undefined)
    return [
      ["Type", "Secret (a volume populated by a Secret)"],
      ["SecretName", volume.secret.secretName],
      ["Optional", String(volume.secret.optional === true)],
    ];
  if (volume.configMap !== undefined)
    return [
      ["Type", "ConfigMap (a volume populated by a ConfigMap)"],
      ["Name", volume.configMap.name],
      ["Optional", String(volume.configMap.optional === true)],
    ];
  if (volume.persistentVolumeClaim !== undefined)
    return [
      ["Type", "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)"],
      ["ClaimName", volume.persistentVolumeClaim.claimName],
      ["ReadOnly", String(volume.persistentVolumeClaim.readOnly === true)],
    ];
  if (volume.downwardAPI !== undefined)
    return [["Type", "DownwardAPI (a volume populated by information about the pod)"]];
  if (volume.projected === undefined) return [["Type", "<unknown>"]];
  const lines: [string, string][] = [
    ["Type", "Projected (a volume that contains injected data from multiple sources)"],
  ];
  for (const source of volume.projected.sources ?? []) {
    if (source.secret !== undefined)
      lines.push(["SecretName", source.secret.name], ["Optional", String(source.secret.optional === true)]);
    else if (source.downwardAPI !== undefined) lines.push(["DownwardAPI", "true"]);
    else if (source.configMap !== undefined)
      lines.push(["ConfigMapName", source.configMap.name], ["Optional", String(source.configMap.optional === true)]);
    else if (source.serviceAccountToken !== undefined)
      lines.push(["TokenExpirationSeconds", String(source.serviceAccountToken.expirationSeconds ?? 3600)]);
  }
  return lines;
}
