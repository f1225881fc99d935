// Whether a pod's own wishes fit a node: node selector and required node affinity.

import { at, type Fields, fieldsOf, type KubeObject, listOf, textOf } from "../object.ts";

function meets(requirement: Fields, value: string | undefined): boolean {
  const values = listOf<string>(requirement["values"]);
  switch (requirement["operator"]) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
      return value !== undefined && Number(value) > Number(values[0]);
    default:
      return value !== undefined && Number(value) < Number(values[0]);
  }
}

export function fitsNode(spec: Fields, node: KubeObject): boolean {
  const labels = node.metadata.labels ?? {};
  if (!Object.entries(fieldsOf(spec["nodeSelector"])).every(([key, value]) => labels[key] === value)) return false;
  const required = at(spec, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution");
  if (required == null) return true;
  return listOf(at(required, "nodeSelectorTerms")).some(
    (term) =>
      listOf(term["matchExpressions"]).every((each) => meets(each, labels[textOf(each["key"])])) &&
      listOf(term["matchFields"]).every((each) => meets(each, node.metadata.name)),
  );
}
