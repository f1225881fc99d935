// Validation of services: ports, types, addresses.

import { checkFormat } from "../../lib/kube/names.ts";
import { at, fieldsOf, type KubeObject, listOf, textOf } from "../object.ts";
import type { RequestContext } from "../request.ts";
import type { FieldError } from "../status.ts";
import { readObjects } from "../storage.ts";
import { checkLabels, duplicate, forbiddenField, invalidValue, notSupported, required } from "./errors.ts";

const TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const RANGE = "must be between 1 and 65535, inclusive";
const inRange = (value: unknown): boolean => Number(value) >= 1 && Number(value) <= 65535;

export function validateService(service: KubeObject, { state }: RequestContext): FieldError[] {
  const spec = fieldsOf(service.spec);
  const causes: FieldError[] = [];
  const ports = listOf(spec.ports);
  const type = textOf(spec.type);
  if (!TYPES.includes(type)) causes.push(notSupported("spec.type", type, TYPES));
  if (type === "ExternalName" && textOf(spec.externalName) === "") causes.push(required("spec.externalName"));
  if (ports.length === 0 && type !== "ExternalName" && spec.clusterIP !== "None") causes.push(required("spec.ports"));
  if (!["ClientIP", "None"].includes(textOf(spec.sessionAffinity)))
    causes.push(notSupported("spec.sessionAffinity", spec.sessionAffinity, ["ClientIP", "None"]));
  const [low = 30000, high = 32767] = (state.flags["service-node-port-range"] ?? "30000-32767").split("-").map(Number);
  const others = readObjects(state, "services").filter((each) => each.metadata.uid !== service.metadata.uid);
  const taken = new Set(others.flatMap((each) => listOf(at(each, "spec", "ports")).map((port) => port.nodePort)));
  const names = new Set<string>();
  const seen = new Set<string>();
  ports.forEach((port, i) => {
    const here = `spec.ports[${i}]`;
    const name = textOf(port.name);
    if (name === "" && ports.length > 1) causes.push(required(`${here}.name`));
    else if (name !== "") {
      causes.push(...checkFormat("label", name).map((each) => invalidValue(`${here}.name`, name, each)));
      if (names.has(name)) causes.push(duplicate(`${here}.name`, name));
      names.add(name);
    }
    if (!inRange(port.port)) causes.push(invalidValue(`${here}.port`, port.port ?? 0, RANGE));
    if (!["SCTP", "TCP", "UDP"].includes(textOf(port.protocol)))
      causes.push(notSupported(`${here}.protocol`, port.protocol, ["SCTP", "TCP", "UDP"]));
    if (typeof port.targetPort === "number" && !inRange(port.targetPort))
      causes.push(invalidValue(`${here}.targetPort`, port.targetPort, RANGE));
    if (typeof port.targetPort === "string")
      causes.push(
        ...checkFormat("port", port.targetPort).map((each) =>
          invalidValue(`${here}.targetPort`, port.targetPort, each),
        ),
      );
    const id = `${String(port.port)}/${textOf(port.protocol)}`;
    if (seen.has(id))
      causes.push({
        type: "FieldValueDuplicate",
        field: here,
        message: `Duplicate value: {"port":${String(port.port)},"protocol":${JSON.stringify(port.protocol)}}`,
      });
    seen.add(id);
    const node = port.nodePort;
    if (node === undefined) return;
    if (type === "ClusterIP")
      causes.push(forbiddenField(`${here}.nodePort`, "may not be used when `type` is 'ClusterIP'"));
    else if (Number(node) < low || Number(node) > high)
      causes.push(
        invalidValue(
          `${here}.nodePort`,
          node,
          `provided port is not in the valid range. The range of valid ports is ${low}-${high}`,
        ),
      );
    else if (taken.has(node)) causes.push(invalidValue(`${here}.nodePort`, node, "provided port is already allocated"));
  });
  causes.push(...checkLabels(spec.selector as Record<string, string> | undefined, "spec.selector"));
  const address = textOf(spec.clusterIP);
  if (address !== "" && address !== "None") {
    if (others.some((each) => at(each, "spec", "clusterIP") === address))
      causes.push(
        invalidValue(
          "spec.clusterIPs",
          [address],
          `failed to allocate IP ${address}: provided IP is already allocated`,
        ),
      );
  }
  return causes;
}

export function validateServiceUpdate(service: KubeObject, current: KubeObject): FieldError[] {
  const [now, old] = [textOf(at(service, "spec", "clusterIP")), textOf(at(current, "spec", "clusterIP"))];
  const external = at(service, "spec", "type") === "ExternalName" || at(current, "spec", "type") === "ExternalName";
  if (old === "" || now === old || external) return [];
  return [
    {
      type: "FieldValueInvalid",
      field: "spec.clusterIPs[0]",
      message: `Invalid value: [${JSON.stringify(now)}]: may not change once set`,
    },
  ];
}
