// Columns and cells of what runs pods, of its scaling and its budgets.

import { humanDuration } from "../../lib/kube/age.ts";
import { at, type KubeObject, listOf } from "../object.ts";
import { ageOf, conditionOf, containersOf, count, formatLabels, formatSelector, orNone } from "./format.ts";
import { age, name, type Printer, replicaCells, simple, text } from "./printer.ts";

const workload = (object: KubeObject): unknown[] => [
  ...containersOf(object),
  formatSelector(at(object, "spec", "selector")),
];

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

/** Percentages and counts that were left out print as N/A. */
const optional = (value: unknown): string => (value === undefined || value === null ? "N/A" : String(value));

export const WORKLOADS: Readonly<Record<string, Printer>> = {
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
  "poddisruptionbudgets.policy": simple("Name Min_Available Max_Unavailable Allowed_Disruptions Age", (object) => [
    optional(at(object, "spec", "minAvailable")),
    optional(at(object, "spec", "maxUnavailable")),
    count(object, "status", "disruptionsAllowed"),
  ]),
  "horizontalpodautoscalers.autoscaling": simple("Name Reference Targets MinPods MaxPods Replicas Age", (object) => [
    `${text(object, "spec", "scaleTargetRef", "kind")}/${text(object, "spec", "scaleTargetRef", "name")}`,
    "<unknown>",
    String(at(object, "spec", "minReplicas") ?? "<unset>"),
    count(object, "spec", "maxReplicas"),
    count(object, "status", "currentReplicas"),
  ]),
};
