// Small plugins about pods and nodes: tolerations that come by themselves, priority, the taint of a new node.

import { type Fields, fieldsOf, listOf, textOf } from "../object.ts";
import { forbidden } from "../status.ts";
import type { AdmissionRequest, Plugin } from "./types.ts";

const isPod = ({ resource, subresource, object }: AdmissionRequest): boolean =>
  resource.storage === "pods" && subresource === "" && object !== undefined;

const SECONDS = 300;

/** Whether somebody already said how long this taint is borne. */
const tolerates = (tolerations: readonly Fields[], key: string): boolean =>
  tolerations.some(
    (each) => (!each["key"] || each["key"] === key) && (!each["effect"] || each["effect"] === "NoExecute"),
  );

/** Pods leave a dead node after five minutes, unless they say otherwise. */
export const defaultTolerationSeconds: Plugin = {
  name: "DefaultTolerationSeconds",
  mutate(request) {
    if (!isPod(request) || !["CREATE", "UPDATE"].includes(request.operation)) return;
    const spec = fieldsOf(request.object?.["spec"]);
    const given = listOf(spec["tolerations"]);
    const added = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]
      .filter((key) => !tolerates(given, key))
      .map((key) => ({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: SECONDS }));
    if (added.length > 0) spec["tolerations"] = [...given, ...added];
  },
};

const CLASSES = "priorityclasses.scheduling.k8s.io";

/** The number behind priorityClassName. */
export const priority: Plugin = {
  name: "Priority",
  mutate(request) {
    if (!isPod(request) || request.operation !== "CREATE") return;
    const spec = fieldsOf(request.object?.["spec"]);
    let name = textOf(spec["priorityClassName"]);
    const found =
      name === ""
        ? request.lookup.list(CLASSES).find((each) => each["globalDefault"] === true)
        : request.lookup.get(CLASSES, "", name);
    if (name !== "" && found === undefined)
      throw forbidden(request.resource, request.name, `no PriorityClass with name ${name} was found`);
    name = found?.metadata.name ?? "";
    const value = Number(found?.["value"] ?? 0);
    const given = spec["priority"];
    if (given !== undefined && given !== null && given !== value)
      throw forbidden(
        request.resource,
        request.name,
        `the integer value of priority (${String(given)}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
      );
    if (name !== "") spec["priorityClassName"] = name;
    spec["priority"] = value;
    spec["preemptionPolicy"] ??= textOf(found?.["preemptionPolicy"]) || "PreemptLowerPriority";
  },
};

/** A new node takes no pods until it is ready. */
export const taintNodesByCondition: Plugin = {
  name: "TaintNodesByCondition",
  mutate({ operation, resource, subresource, object }) {
    if (operation !== "CREATE" || resource.storage !== "nodes" || subresource !== "" || object === undefined) return;
    const spec = { ...fieldsOf(object["spec"]) };
    const taints = listOf(spec["taints"]);
    const mine = { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" };
    if (taints.some(({ key, effect }) => key === mine.key && effect === mine.effect)) return;
    object["spec"] = { ...spec, taints: [...taints, mine] };
  },
};

/** Images are pulled each time, so that whoever runs them must be allowed to pull them. */
export const alwaysPullImages: Plugin = {
  name: "AlwaysPullImages",
  mutate(request) {
    if (!isPod(request) || !["CREATE", "UPDATE"].includes(request.operation)) return;
    const spec = fieldsOf(request.object?.["spec"]);
    for (const kind of ["initContainers", "containers"])
      if (spec[kind] !== undefined)
        spec[kind] = listOf(spec[kind]).map((container) => ({ ...container, imagePullPolicy: "Always" }));
  },
};
