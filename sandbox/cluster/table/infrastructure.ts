// Columns and cells of networking, storage and runtimes.

import { at, fieldsOf, type KubeObject, listOf, textOf } from "../object.ts";
import { formatSelector } from "./format.ts";
import { age, name, type Printer, simple, text } from "./printer.ts";

const ingressHosts = (object: KubeObject): string =>
  listOf(at(object, "spec", "rules"))
    .map((rule) => textOf(rule.host) || "*")
    .filter((host) => host !== "*")
    .join(",") || "*";

export const INFRASTRUCTURE: Readonly<Record<string, Printer>> = {
  "endpointslices.discovery.k8s.io": simple("Name AddressType Ports Endpoints Age", (object) => {
    const ports = listOf(object.ports).map((each) => String(each.port ?? "*"));
    const ends = listOf(object.endpoints).flatMap((each) => listOf<string>(each.addresses));
    return [
      text(object, "addressType"),
      ports.join(",") || "<unset>",
      ends.slice(0, 3).join(",") + (ends.length > 3 ? ` + ${ends.length - 3} more...` : "") || "<unset>",
    ];
  }),
  "runtimeclasses.node.k8s.io": simple("Name Handler Age", (object) => [text(object, "handler")]),
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
};
