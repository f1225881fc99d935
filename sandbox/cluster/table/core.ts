// Columns and cells of the kinds of the core group, as k8s.io/kubernetes/pkg/printers makes them.

import { at, type Fields, fieldsOf, type KubeObject, listOf, textOf } from "../object.ts";
import { ageOf, conditionOf, containersOf, count, formatLabels, orNone } from "./format.ts";
import { podCells } from "./pod.ts";
import { name, type Printer, replicaCells, simple, text } from "./printer.ts";

function nodeStatus(node: KubeObject): string {
  const ready = conditionOf(node, "Ready");
  const words = [ready === undefined ? "Unknown" : ready.status === "True" ? "Ready" : "NotReady"];
  if (at(node, "spec", "unschedulable") === true) words.push("SchedulingDisabled");
  return words.join(",");
}

function nodeRoles(node: KubeObject): string {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
    if (key.startsWith("node-role.kubernetes.io/") && key.length > 24) roles.add(key.slice(24));
    else if (key === "kubernetes.io/role" && value !== "") roles.add(value);
  }
  return orNone([...roles].sort().join(","));
}

function nodeAddress(node: KubeObject, type: string): string {
  const found = listOf(at(node, "status", "addresses")).find((each) => each.type === type);
  return textOf(found?.address) || "<none>";
}

function servicePorts(service: KubeObject): string {
  const ports = listOf(at(service, "spec", "ports")).map((port) => {
    const node = count(port, "nodePort");
    return `${count(port, "port")}${node > 0 ? `:${node}` : ""}/${textOf(port.protocol)}`;
  });
  return orNone(ports.join(","));
}

function externalAddress(service: KubeObject): string {
  const external = listOf<string>(at(service, "spec", "externalIPs"));
  switch (text(service, "spec", "type")) {
    case "LoadBalancer": {
      const balancer = listOf(at(service, "status", "loadBalancer", "ingress")).map(
        (each) => textOf(each.ip) || textOf(each.hostname),
      );
      return [...balancer, ...external].join(",") || "<pending>";
    }
    case "ExternalName":
      return text(service, "spec", "externalName");
    default:
      return orNone(external.join(","));
  }
}

function endpointsText(object: KubeObject): string {
  const list: string[] = [];
  for (const subset of listOf(object.subsets)) {
    const ports = listOf(subset.ports);
    const addresses = listOf(subset.addresses).map((each) => textOf(each.ip));
    if (ports.length === 0) list.push(...addresses);
    for (const port of ports) for (const address of addresses) list.push(`${address}:${count(port, "port")}`);
  }
  return orNone(list.slice(0, 3).join(",") + (list.length > 3 ? ` + ${list.length - 3} more...` : ""));
}

/** Message, times and count of an event, whichever of the two kinds made it. */
function eventCells(event: KubeObject, now: number): unknown[] {
  const series = event.series as Fields | undefined;
  const first = event.firstTimestamp ?? event.eventTime;
  const last = series !== undefined ? series.lastObservedTime : (event.lastTimestamp ?? first);
  const times = series !== undefined ? count(series, "count") : count(event, "count");
  const target = fieldsOf(event.involvedObject);
  const source = fieldsOf(event.source);
  const component = textOf(source.component) || textOf(event.reportingComponent);
  const host = textOf(source.host) || textOf(event.reportingInstance);
  return [
    ageOf(now, last ?? first),
    textOf(event.type),
    textOf(event.reason),
    `${textOf(target.kind).toLowerCase()}/${textOf(target.name)}`,
    textOf(target.fieldPath),
    host === "" ? component : `${component}, ${host}`,
    textOf(event.message).trim(),
    ageOf(now, first),
    times || 1,
    event.metadata.name,
  ];
}

const ACCESS: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP",
};

const accessModes = (value: unknown): string =>
  listOf<string>(value)
    .map((mode) => ACCESS[mode] ?? mode)
    .join(",");

const quotaText = (object: KubeObject, kinds: (resource: string) => boolean): string =>
  Object.entries(fieldsOf(at(object, "status", "hard")))
    .filter(([resource]) => kinds(resource))
    .sort()
    .map(([resource, hard]) => `${resource}: ${String(at(object, "status", "used", resource) ?? "0")}/${String(hard)}`)
    .join(", ");

export const CORE: Readonly<Record<string, Printer>> = {
  pods: { columns: "Name Ready Status Restarts Age *IP *Node *Nominated_Node *Readiness_Gates", cells: podCells },
  podtemplates: {
    columns: "Name Containers Images Pod_Labels",
    cells: (object) => {
      const list = listOf(at(object, "template", "spec", "containers"));
      return [
        name(object),
        list.map((each) => each.name).join(","),
        list.map((each) => each.image).join(","),
        orNone(formatLabels(at(object, "template", "metadata", "labels"))),
      ];
    },
  },
  nodes: simple(
    "Name Status Roles Age Version *Internal-IP *External-IP *OS-Image *Kernel-Version *Container-Runtime",
    (node) => [nodeStatus(node), nodeRoles(node)],
    (node) => {
      const info = fieldsOf(at(node, "status", "nodeInfo"));
      const known = (key: string): string => textOf(info[key]) || "<unknown>";
      return [
        textOf(info.kubeletVersion),
        nodeAddress(node, "InternalIP"),
        nodeAddress(node, "ExternalIP"),
        known("osImage"),
        `${known("kernelVersion")} (${known("architecture")})`,
        known("containerRuntimeVersion"),
      ];
    },
  ),
  namespaces: simple("Name Status Age", (object) => [text(object, "status", "phase")]),
  services: simple(
    "Name Type Cluster-IP External-IP Port(s) Age *Selector",
    (object) => [
      text(object, "spec", "type"),
      text(object, "spec", "clusterIP") || "<none>",
      externalAddress(object),
      servicePorts(object),
    ],
    (object) => [orNone(formatLabels(at(object, "spec", "selector")))],
  ),
  endpoints: simple("Name Endpoints Age", (object) => [endpointsText(object)]),
  events: {
    columns: "Last_Seen Type Reason Object *Subobject *Source Message *First_Seen *Count *Name",
    cells: eventCells,
  },
  configmaps: simple("Name Data Age", (object) => [
    Object.keys(fieldsOf(object.data)).length + Object.keys(fieldsOf(object.binaryData)).length,
  ]),
  secrets: simple("Name Type Data Age", (object) => [text(object, "type"), Object.keys(fieldsOf(object.data)).length]),
  serviceaccounts: simple("Name Age", () => []),
  componentstatuses: {
    columns: "Name Status Message Error",
    cells: (object) => {
      const healthy = listOf(object.conditions).find((each) => each.type === "Healthy");
      const state = { True: "Healthy", False: "Unhealthy" }[textOf(healthy?.status)] ?? "Unknown";
      return [name(object), state, textOf(healthy?.message), textOf(healthy?.error)];
    },
  },
  replicationcontrollers: simple(
    "Name Desired Current Ready Age *Containers *Images *Selector",
    replicaCells,
    (object) => [...containersOf(object), orNone(formatLabels(at(object, "spec", "selector")))],
  ),
  resourcequotas: simple("Name Request Limit Age", (object) => [
    quotaText(object, (resource) => !resource.startsWith("limits")),
    quotaText(object, (resource) => resource.startsWith("limits")),
  ]),
  persistentvolumes: simple(
    "Name Capacity Access_Modes Reclaim_Policy Status Claim StorageClass VolumeAttributesClass Reason Age *VolumeMode",
    (object) => [
      text(object, "spec", "capacity", "storage"),
      accessModes(at(object, "spec", "accessModes")),
      text(object, "spec", "persistentVolumeReclaimPolicy"),
      object.metadata.deletionTimestamp === undefined ? text(object, "status", "phase") : "Terminating",
      at(object, "spec", "claimRef") === undefined
        ? ""
        : `${text(object, "spec", "claimRef", "namespace")}/${text(object, "spec", "claimRef", "name")}`,
      text(object, "spec", "storageClassName"),
      text(object, "spec", "volumeAttributesClassName") || "<unset>",
      text(object, "status", "reason"),
    ],
    (object) => [text(object, "spec", "volumeMode") || "<unset>"],
  ),
  persistentvolumeclaims: simple(
    "Name Status Volume Capacity Access_Modes StorageClass VolumeAttributesClass Age *VolumeMode",
    (object) => [
      object.metadata.deletionTimestamp === undefined ? text(object, "status", "phase") : "Terminating",
      text(object, "spec", "volumeName"),
      text(object, "spec", "volumeName") === "" ? "" : text(object, "status", "capacity", "storage"),
      text(object, "spec", "volumeName") === "" ? "" : accessModes(at(object, "status", "accessModes")),
      text(object, "spec", "storageClassName"),
      text(object, "spec", "volumeAttributesClassName") || "<unset>",
    ],
    (object) => [text(object, "spec", "volumeMode") || "<unset>"],
  ),
};
