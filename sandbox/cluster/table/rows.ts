// Columns and cells of every printed kind, as k8s.io/kubernetes/pkg/printers makes them.

import { at, type Fields, fieldsOf, formatTime, type KubeObject, listOf, textOf } from "../object.ts";
import {
  ageOf,
  conditionOf,
  containersOf,
  count,
  created,
  formatLabels,
  formatSelector,
  humanDuration,
  orNone,
} from "./format.ts";
import { podCells } from "./pod.ts";

export interface Printer {
  /** Column names, `*` before those that only `-o wide` shows. */
  readonly columns: string;
  cells(object: KubeObject, now: number): unknown[];
}

const name = (object: KubeObject): unknown => object.metadata.name;
const age = (object: KubeObject, now: number): string => ageOf(now, created(object));
const text = (object: KubeObject, ...path: string[]): string => textOf(at(object, ...path));

/** A printer of name, some fields and age. */
function simple(
  columns: string,
  fields: (object: KubeObject, now: number) => unknown[],
  wide: (object: KubeObject) => unknown[] = () => [],
): Printer {
  return { columns, cells: (object, now) => [name(object), ...fields(object, now), age(object, now), ...wide(object)] };
}

const workload = (object: KubeObject): unknown[] => [
  ...containersOf(object),
  formatSelector(at(object, "spec", "selector")),
];

function replicaCells(object: KubeObject): unknown[] {
  return [
    count(object, "spec", "replicas"),
    count(object, "status", "replicas"),
    count(object, "status", "readyReplicas"),
  ];
}

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
  const lastSeen =
    times > 1 && first !== last
      ? `${ageOf(now, last)} (x${times} over ${ageOf(now, first)})`
      : ageOf(now, last ?? first);
  return [
    lastSeen,
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

function jobStatus(job: KubeObject): string {
  for (const [type, shown] of [
    ["Complete", "Complete"],
    ["Failed", "Failed"],
    ["Suspended", "Suspended"],
    ["FailureTarget", "FailureTarget"],
    ["SuccessCriteriaMet", "SuccessCriteriaMet"],
  ] as const)
    if (conditionOf(job, type)?.status === "True") return shown;
  return job.metadata.deletionTimestamp === undefined ? "Running" : "Terminating";
}

function jobCells(job: KubeObject, now: number): unknown[] {
  const completions = at(job, "spec", "completions");
  const parallelism = count(job, "spec", "parallelism");
  const done = count(job, "status", "succeeded");
  const of =
    completions !== undefined && completions !== null
      ? String(completions)
      : parallelism > 1
        ? `1 of ${parallelism}`
        : "1";
  const start = Date.parse(text(job, "status", "startTime"));
  const end = Date.parse(text(job, "status", "completionTime"));
  const duration = Number.isNaN(start) ? "" : humanDuration((Number.isNaN(end) ? now : end) - start);
  return [jobStatus(job), `${done}/${of}`, duration];
}

function csrCondition(csr: KubeObject): string {
  const words: string[] = [];
  const has = (type: string): boolean => conditionOf(csr, type) !== undefined;
  if (has("Denied")) words.push("Denied");
  else if (has("Approved")) words.push("Approved");
  else words.push("Pending");
  if (has("Failed")) words.push("Failed");
  if (text(csr, "status", "certificate") !== "") words.push("Issued");
  return words.join(",");
}

function subjectsOf(binding: KubeObject, kind: string): string {
  return listOf(binding.subjects)
    .filter((each) => each.kind === kind)
    .map((each) => (kind === "ServiceAccount" ? `${textOf(each.namespace)}/${textOf(each.name)}` : textOf(each.name)))
    .join(", ");
}

const bindingPrinter: Printer = simple(
  "Name Role Age *Users *Groups *ServiceAccounts",
  (object) => [`${text(object, "roleRef", "kind")}/${text(object, "roleRef", "name")}`],
  (object) => ["User", "Group", "ServiceAccount"].map((kind) => subjectsOf(object, kind)),
);

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

const ingressHosts = (object: KubeObject): string =>
  listOf(at(object, "spec", "rules"))
    .map((rule) => textOf(rule.host) || "*")
    .filter((host) => host !== "*")
    .join(",") || "*";

const webhooks: Printer = simple("Name Webhooks Age", (object) => [listOf(object.webhooks).length]);

/** Percentages and counts that were left out print as N/A. */
const optional = (value: unknown): string => (value === undefined || value === null ? "N/A" : String(value));

export const PRINTERS: Readonly<Record<string, Printer>> = {
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
  "endpointslices.discovery.k8s.io": simple("Name AddressType Ports Endpoints Age", (object) => {
    const ports = listOf(object.ports).map((each) => String(each.port ?? "*"));
    const ends = listOf(object.endpoints).flatMap((each) => listOf<string>(each.addresses));
    return [
      text(object, "addressType"),
      ports.join(",") || "<unset>",
      ends.slice(0, 3).join(",") + (ends.length > 3 ? ` + ${ends.length - 3} more...` : "") || "<unset>",
    ];
  }),
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
  "deployments.apps": simple(
    "Name Ready Up-to-date Available Age *Containers *Images *Selector",
    (object) => [
      `${count(object, "status", "readyReplicas")}/${count(object, "spec", "replicas")}`,
      count(object, "status", "updatedReplicas"),
      count(object, "status", "availableReplicas"),
    ],
    workload,
  ),
  "replicasets.apps": simple("Name Desired Current Ready Age *Containers *Images *Selector", replicaCells, workload),
  "statefulsets.apps": simple(
    "Name Ready Age *Containers *Images",
    (object) => [`${count(object, "status", "readyReplicas")}/${count(object, "spec", "replicas")}`],
    containersOf,
  ),
  "daemonsets.apps": simple(
    "Name Desired Current Ready Up-to-date Available Node_Selector Age *Containers *Images *Selector",
    (object) => [
      ...[
        "desiredNumberScheduled",
        "currentNumberScheduled",
        "numberReady",
        "updatedNumberScheduled",
        "numberAvailable",
      ].map((key) => count(object, "status", key)),
      orNone(formatLabels(at(object, "spec", "template", "spec", "nodeSelector"))),
    ],
    workload,
  ),
  "controllerrevisions.apps": simple("Name Controller Revision Age", (object) => {
    const owner = (object.metadata.ownerReferences ?? []).find((each) => each.controller === true);
    const [group] = (owner?.apiVersion ?? "").split("/");
    const suffix = owner?.apiVersion.includes("/") ? `.${group}` : "";
    return [
      owner === undefined ? "<none>" : `${owner.kind.toLowerCase()}${suffix}/${owner.name}`,
      count(object, "revision"),
    ];
  }),
  "jobs.batch": simple("Name Status Completions Duration Age *Containers *Images *Selector", jobCells, workload),
  "cronjobs.batch": {
    columns: "Name Schedule Timezone Suspend Active Last_Schedule Age *Containers *Images *Selector",
    cells: (object, now) => {
      const list = listOf(at(object, "spec", "jobTemplate", "spec", "template", "spec", "containers"));
      const last = at(object, "status", "lastScheduleTime");
      return [
        name(object),
        text(object, "spec", "schedule"),
        text(object, "spec", "timeZone") || "<none>",
        at(object, "spec", "suspend") === true ? "True" : "False",
        listOf(at(object, "status", "active")).length,
        last === undefined ? "<none>" : ageOf(now, last),
        age(object, now),
        list.map((each) => each.name).join(","),
        list.map((each) => each.image).join(","),
        formatSelector(at(object, "spec", "jobTemplate", "spec", "selector")),
      ];
    },
  },
  "certificatesigningrequests.certificates.k8s.io": {
    columns: "Name Age SignerName Requestor RequestedDuration Condition",
    cells: (object, now) => {
      const seconds = at(object, "spec", "expirationSeconds");
      return [
        name(object),
        age(object, now),
        text(object, "spec", "signerName") || "<none>",
        text(object, "spec", "username"),
        seconds === undefined ? "<none>" : humanDuration(Number(seconds) * 1000),
        csrCondition(object),
      ];
    },
  },
  "leases.coordination.k8s.io": simple("Name Holder Age", (object) => [text(object, "spec", "holderIdentity")]),
  "priorityclasses.scheduling.k8s.io": {
    columns: "Name Value Global-Default Age PreemptionPolicy",
    cells: (object, now) => [
      name(object),
      count(object, "value"),
      object.globalDefault === true,
      age(object, now),
      text(object, "preemptionPolicy"),
    ],
  },
  "runtimeclasses.node.k8s.io": simple("Name Handler Age", (object) => [text(object, "handler")]),
  "rolebindings.rbac.authorization.k8s.io": bindingPrinter,
  "clusterrolebindings.rbac.authorization.k8s.io": bindingPrinter,
  "poddisruptionbudgets.policy": simple("Name Min_Available Max_Unavailable Allowed_Disruptions Age", (object) => [
    optional(at(object, "spec", "minAvailable")),
    optional(at(object, "spec", "maxUnavailable")),
    count(object, "status", "disruptionsAllowed"),
  ]),
  "networkpolicies.networking.k8s.io": simple("Name Pod-Selector Age", (object) => [
    formatSelector(at(object, "spec", "podSelector")),
  ]),
  "ingresses.networking.k8s.io": simple("Name Class Hosts Address Ports Age", (object) => [
    text(object, "spec", "ingressClassName") || "<none>",
    ingressHosts(object),
    listOf(at(object, "status", "loadBalancer", "ingress"))
      .map((each) => textOf(each.ip) || textOf(each.hostname))
      .join(","),
    listOf(at(object, "spec", "tls")).length > 0 ? "80, 443" : "80",
  ]),
  "ingressclasses.networking.k8s.io": simple("Name Controller Parameters Age", (object) => {
    const given = fieldsOf(at(object, "spec", "parameters"));
    const group = textOf(given.apiGroup);
    return [
      text(object, "spec", "controller"),
      given.name === undefined
        ? "<none>"
        : `${textOf(given.kind)}${group === "" ? "" : `.${group}`}/${textOf(given.name)}`,
    ];
  }),
  "ipaddresses.networking.k8s.io": simple("Name ParentRef Age", (object) => {
    const parent = fieldsOf(at(object, "spec", "parentRef"));
    return [
      ["resource", "namespace", "name"]
        .map((key) => textOf(parent[key]))
        .filter((word) => word !== "")
        .join("/"),
    ];
  }),
  "servicecidrs.networking.k8s.io": simple("Name CIDRs Age", (object) => [
    listOf<string>(at(object, "spec", "cidrs")).join(","),
  ]),
  "storageclasses.storage.k8s.io": {
    columns: "Name Provisioner ReclaimPolicy VolumeBindingMode AllowVolumeExpansion Age",
    cells: (object, now) => [
      object.metadata.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true"
        ? `${object.metadata.name} (default)`
        : name(object),
      text(object, "provisioner"),
      text(object, "reclaimPolicy") || "Delete",
      text(object, "volumeBindingMode") || "Immediate",
      object.allowVolumeExpansion === true,
      age(object, now),
    ],
  },
  "csinodes.storage.k8s.io": simple("Name Drivers Age", (object) => [listOf(at(object, "spec", "drivers")).length]),
  "csidrivers.storage.k8s.io": simple(
    "Name AttachRequired PodInfoOnMount StorageCapacity TokenRequests RequiresRepublish Modes Age",
    (object) => [
      at(object, "spec", "attachRequired") !== false,
      at(object, "spec", "podInfoOnMount") === true,
      at(object, "spec", "storageCapacity") === true,
      listOf(at(object, "spec", "tokenRequests"))
        .map((each) => textOf(each.audience))
        .join(",") || "<unset>",
      at(object, "spec", "requiresRepublish") === true,
      listOf<string>(at(object, "spec", "volumeLifecycleModes")).join(",") || "<none>",
    ],
  ),
  "volumeattachments.storage.k8s.io": simple("Name Attacher PV Node Attached Age", (object) => [
    text(object, "spec", "attacher"),
    text(object, "spec", "source", "persistentVolumeName"),
    text(object, "spec", "nodeName"),
    at(object, "status", "attached") === true,
  ]),
  "horizontalpodautoscalers.autoscaling": simple("Name Reference Targets MinPods MaxPods Replicas Age", (object) => [
    `${text(object, "spec", "scaleTargetRef", "kind")}/${text(object, "spec", "scaleTargetRef", "name")}`,
    "<unknown>",
    String(at(object, "spec", "minReplicas") ?? "<unset>"),
    count(object, "spec", "maxReplicas"),
    count(object, "status", "currentReplicas"),
  ]),
  "validatingwebhookconfigurations.admissionregistration.k8s.io": webhooks,
  "mutatingwebhookconfigurations.admissionregistration.k8s.io": webhooks,
  "flowschemas.flowcontrol.apiserver.k8s.io": {
    columns: "Name PriorityLevel MatchingPrecedence DistinguisherMethod Age MissingPL",
    cells: (object, now) => [
      name(object),
      text(object, "spec", "priorityLevelConfiguration", "name"),
      count(object, "spec", "matchingPrecedence"),
      text(object, "spec", "distinguisherMethod", "type") || "<none>",
      age(object, now),
      textOf(conditionOf(object, "Dangling")?.status) || "?",
    ],
  },
  "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": simple(
    "Name Type NominalConcurrencyShares Queues HandSize QueueLengthLimit Age",
    (object) => {
      const limited = fieldsOf(at(object, "spec", "limited"));
      const queuing = fieldsOf(at(limited, "limitResponse", "queuing"));
      const shown = (value: unknown): unknown => (value === undefined ? "<none>" : value);
      return [
        text(object, "spec", "type"),
        shown(limited.nominalConcurrencyShares),
        shown(queuing.queues),
        shown(queuing.handSize),
        shown(queuing.queueLengthLimit),
      ];
    },
  ),
  "apiservices.apiregistration.k8s.io": simple("Name Service Available Age", (object) => {
    const service = at(object, "spec", "service");
    const available = conditionOf(object, "Available");
    const state =
      available?.status === "True"
        ? "True"
        : `${textOf(available?.status) || "Unknown"}${available?.reason ? ` (${textOf(available.reason)})` : ""}`;
    return [
      service === undefined || service === null
        ? "Local"
        : `${textOf(at(service, "namespace"))}/${textOf(at(service, "name"))}`,
      state,
    ];
  }),
};

/** The answer of a subresource `scale`. */
export const SCALE: Printer = simple("Name Desired Available Age", (object) => [
  count(object, "spec", "replicas"),
  count(object, "status", "replicas"),
]);

/** For kinds that nobody wrote a printer for. */
export const PLAIN: Printer = {
  columns: "Name Created_At",
  cells: (object) => [name(object), object.metadata.creationTimestamp ?? formatTime(0)],
};
