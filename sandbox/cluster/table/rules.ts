// Columns and cells of rights, certificates, leases and of what guides the API server itself.

import { humanDuration } from "../../lib/kube/age.ts";
import { at, fieldsOf, type KubeObject, listOf, textOf } from "../object.ts";
import { conditionOf, count } from "./format.ts";
import { age, name, type Printer, simple, text } from "./printer.ts";

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

const webhooks: Printer = simple("Name Webhooks Age", (object) => [listOf(object.webhooks).length]);

export const RULES: Readonly<Record<string, Printer>> = {
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
  "rolebindings.rbac.authorization.k8s.io": bindingPrinter,
  "clusterrolebindings.rbac.authorization.k8s.io": bindingPrinter,
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
