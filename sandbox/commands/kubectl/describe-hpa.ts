// What `kubectl describe` writes of a HorizontalPodAutoscaler: metrics beside their targets, bounds, behaviour.

import { longTime } from "./times.ts";
import { at, nameOf, namespaceOf, type Obj } from "./values.ts";

const UNKNOWN = "<unknown>";

/** One metric: what it measures, what it is now, what it should be. */
function metricLine(metric: Obj, current: Obj | undefined): string {
  const { type } = metric;
  const key = String(type).charAt(0).toLowerCase() + String(type).slice(1);
  const one: Obj = metric[key] ?? {};
  const target: Obj = one.target ?? {};
  const now: Obj = current?.[key]?.current ?? {};
  const pair = (field: string): string => `${now[field] ?? UNKNOWN} / ${target[field]}\n`;
  const name = `"${at(one, "metric.name")}"`;
  if (type === "Pods") return `  ${name} on pods:\t${pair("averageValue")}`;
  if (type === "Object" || type === "External") {
    const place = type === "Object" ? ` on ${at(one, "describedObject.kind")}/${at(one, "describedObject.name")}` : "";
    return target.averageValue === undefined
      ? `  ${name}${place} (target value):\t${pair("value")}`
      : `  ${name}${place} (target average value):\t${pair("averageValue")}`;
  }
  const what = `  resource ${one.name}${type === "ContainerResource" ? ` of container "${one.container}"` : ""} on pods`;
  if (target.averageValue !== undefined) return `${what}:\t${pair("averageValue")}`;
  const share =
    now.averageUtilization === undefined ? UNKNOWN : `${now.averageUtilization}% (${now.averageValue ?? UNKNOWN})`;
  return `${what}  (as a percentage of request):\t${share} / ${target.averageUtilization ?? "<auto>"}%\n`;
}

function behaviour(title: string, rules: Obj | undefined): string {
  if (rules === undefined) return "";
  const policies: Obj[] = rules.policies ?? [];
  return (
    `  ${title}:\n` +
    (rules.stabilizationWindowSeconds === undefined
      ? ""
      : `    Stabilization Window: ${rules.stabilizationWindowSeconds} seconds\n`) +
    (policies.length === 0
      ? ""
      : `    Select Policy: ${rules.selectPolicy ?? "Max"}\n    Policies:\n${policies.map((one) => `      - Type: ${one.type}\tValue: ${one.value}\tPeriod: ${one.periodSeconds} seconds\n`).join("")}`)
  );
}

/** The autoscaler's lines; labels and annotations come ready. */
export function describeAutoscaler(object: Obj, labels: string): string {
  const { spec = {}, status = {} } = object as { spec: Obj; status: Obj };
  const conditions: Obj[] = status.conditions ?? [];
  const kind = at(spec, "scaleTargetRef.kind");
  return (
    `Name:\t${nameOf(object)}\nNamespace:\t${namespaceOf(object)}\n${labels}CreationTimestamp:\t${longTime(at(object, "metadata.creationTimestamp"))}\nReference:\t${kind}/${at(spec, "scaleTargetRef.name")}\nMetrics:\t( current / target )\n` +
    (spec.metrics ?? []).map((metric: Obj, i: number) => metricLine(metric, status.currentMetrics?.[i])).join("") +
    `Min replicas:\t${spec.minReplicas ?? "<unset>"}\nMax replicas:\t${spec.maxReplicas}\n` +
    (spec.behavior === undefined
      ? ""
      : `Behavior:\n${behaviour("Scale Up", spec.behavior.scaleUp)}${behaviour("Scale Down", spec.behavior.scaleDown)}`) +
    `${kind} pods:\t${status.currentReplicas ?? 0} current / ${status.desiredReplicas ?? 0} desired\n` +
    (conditions.length === 0
      ? ""
      : `Conditions:\n  Type\tStatus\tReason\tMessage\n  ----\t------\t------\t-------\n${conditions.map((one) => `  ${one.type}\t${one.status}\t${one.reason}\t${one.message}\n`).join("")}`)
  );
}
