// kubectl autoscale: a HorizontalPodAutoscaler for something that scales.

import type { Task } from "../../kernel/sys.ts";
import { needFlags } from "./create/generator.ts";
import type { Kube } from "./kube.ts";
import { dryRun, printChange } from "./print.ts";
import { fetchObjects, selectAny, subject } from "./resources.ts";
import { writeQuery } from "./validate.ts";
import { at, Fail, filled, type Obj } from "./values.ts";

const SCALABLE = ["deployments", "replicasets", "statefulsets", "replicationcontrollers"];

export const AUTOSCALE_FLAGS = "cpu= cpu-percent# max# memory= min# name= filename:f* dry-run?unchanged output:o=";

/** What is measured of a resource: a share of what is asked for, or an amount. */
function metricOf(name: string, wanted: string): Obj[] {
  if (wanted === "") return [];
  const percent = /^(\d+)%$/.exec(wanted)?.[1];
  if (percent === undefined && !/^\d+(?:\.\d+)?(?:m|[kMGT]i?)?$/.test(wanted))
    throw new Fail(`invalid resource ${name} value: ${wanted}`);
  const target =
    percent === undefined
      ? { type: "AverageValue", averageValue: wanted }
      : { type: "Utilization", averageUtilization: Number(percent) };
  return [{ type: "Resource", resource: { name, target } }];
}

export function* autoscale(kube: Kube): Task<number> {
  needFlags(kube, "max");
  const { flags } = kube;
  const [maxReplicas, min] = [flags.number("max", -1), flags.number("min", -1)];
  if (maxReplicas < 1) throw new Fail(`--max=MAXPODS is required and must be at least 1, max: ${maxReplicas}`);
  if (maxReplicas < min)
    throw new Fail(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${maxReplicas}, min: ${min}`);
  const old = flags.number("cpu-percent", -1);
  if (flags.has("cpu-percent"))
    yield* kube.err(
      "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).\n",
    );
  const metrics = [
    ...metricOf("cpu", old >= 0 ? `${old}%` : flags.text("cpu")),
    ...metricOf("memory", flags.text("memory")),
  ];
  const dry = dryRun(kube);
  const found = yield* fetchObjects(kube, yield* selectAny(kube));
  if (found.errors.length > 0) throw found.errors[0];
  for (const { resource, name, namespace } of found.items) {
    const { kind, group, version } = resource;
    if (!SCALABLE.includes(resource.name))
      throw new Fail(
        `cannot autoscale a ${kind}: could not find scale subresource for ${subject(resource)} in discovery information`,
      );
    let made: Obj = {
      kind: "HorizontalPodAutoscaler",
      apiVersion: "autoscaling/v2",
      metadata: { name: flags.text("name", name) },
      spec: filled({
        scaleTargetRef: { kind, name, apiVersion: group === "" ? version : `${group}/${version}` },
        minReplicas: min > 0 ? min : undefined,
        maxReplicas,
        metrics,
      }),
      status: { desiredReplicas: 0, currentMetrics: null },
    };
    if (dry !== "client") {
      const path = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers${writeQuery(kube, "kubectl-autoscale", dry)}`;
      try {
        made = (yield* (yield* kube.client()).call({ method: "POST", path, body: made })).body;
      } catch (error) {
        if (metrics.length === 1 && at(metrics[0], "resource.target.type") === "Utilization") throw error;
        // What v2 refuses is tried in v1's words, which need a measure.
        throw new Fail(
          `failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: ${metrics.length === 0 ? "empty input" : "%!w(<nil>)"}`,
        );
      }
    }
    yield* printChange(kube, made, "autoscaled", dry);
  }
  return 0;
}
