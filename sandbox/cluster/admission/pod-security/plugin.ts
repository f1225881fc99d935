// PodSecurity: refuses, warns about and marks pods by the labels of their name space.

import { at, type Fields, fieldsOf, type KubeObject, listOf, textOf } from "../../object.ts";
import { forbidden, invalid, StatusError } from "../../status.ts";
import type { AdmissionRequest, Plugin } from "../types.ts";
import {
  DEFAULT_POLICY,
  describeLevel,
  describeViolations,
  LEVELS,
  type LevelVersion,
  type Policy,
  policyOf,
  violationsOf,
} from "./policy.ts";

export interface PodSecurityConfig {
  readonly defaults: Policy;
  readonly exempt: {
    readonly usernames: readonly string[];
    readonly namespaces: readonly string[];
    readonly runtimeClasses: readonly string[];
  };
}

export const NO_EXEMPTIONS: PodSecurityConfig = {
  defaults: DEFAULT_POLICY,
  exempt: { usernames: [], namespaces: [], runtimeClasses: [] },
};

const PREFIX = "pod-security.kubernetes.io/";

/** Where each kind keeps the template of its pods. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  replicationcontrollers: ["spec", "template"],
  podtemplates: ["template"],
  "replicasets.apps": ["spec", "template"],
  "deployments.apps": ["spec", "template"],
  "statefulsets.apps": ["spec", "template"],
  "daemonsets.apps": ["spec", "template"],
  "jobs.batch": ["spec", "template"],
  "cronjobs.batch": ["spec", "jobTemplate", "spec", "template"],
};

const IGNORED_SUBRESOURCES = ["exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status"];

const plainer = ({ metadata }: KubeObject): Readonly<Record<string, string>> => metadata.annotations ?? {};

/** Whether an update changes what is judged: images, seccomp annotations, ephemeral containers. */
function isSignificant(pod: KubeObject, old: KubeObject): boolean {
  const [spec, before] = [fieldsOf(pod["spec"]), fieldsOf(old["spec"])];
  if (
    plainer(pod)["seccomp.security.alpha.kubernetes.io/pod"] !==
    plainer(old)["seccomp.security.alpha.kubernetes.io/pod"]
  )
    return true;
  for (const kind of ["containers", "initContainers"]) {
    if (listOf(spec[kind]).length !== listOf(before[kind]).length) return true;
    if (listOf(spec[kind]).some((each, i) => each["image"] !== listOf(before[kind])[i]?.["image"])) return true;
  }
  const known = listOf(before["ephemeralContainers"]);
  return listOf(spec["ephemeralContainers"]).some((each) => {
    const was = known.find((other) => other["name"] === each["name"]);
    return was === undefined || was["image"] !== each["image"];
  });
}

function checkPod(
  request: AdmissionRequest,
  { exempt, defaults }: PodSecurityConfig,
  metadata: KubeObject["metadata"] | undefined,
  spec: Fields,
  enforced: boolean,
): void {
  if (exempt.runtimeClasses.includes(textOf(spec["runtimeClassName"])))
    return request.annotate(`${PREFIX}exempt`, "runtimeClass");
  const labels = request.lookup.get("namespaces", "", request.namespace)?.metadata.labels;
  const { policy, errors } = policyOf(labels, defaults);
  if (errors.length > 0)
    request.annotate(
      `${PREFIX}error`,
      `Failed to parse policy: ${errors.map(({ field, message }) => `${field}: ${message}`).join(", ")}`,
    );
  const would = (mode: LevelVersion): string | undefined => {
    const found = violationsOf(mode, metadata, spec);
    return found.length === 0 ? undefined : `PodSecurity "${describeLevel(mode)}": ${describeViolations(found)}`;
  };
  if (enforced) request.annotate(`${PREFIX}enforce-policy`, describeLevel(policy.enforce));
  const audited = would(policy.audit);
  if (audited !== undefined) request.annotate(`${PREFIX}audit-violations`, `would violate ${audited}`);
  const refused = enforced ? would(policy.enforce) : undefined;
  if (refused !== undefined) throw forbidden(request.resource, request.name, `violates ${refused}`);
  const warned = would(policy.warn);
  if (warned !== undefined) request.warn(`would violate ${warned}`);
}

/** Warns of the pods that a name space already has and that its new policy would refuse. */
function checkExisting(request: AdmissionRequest, enforce: LevelVersion, exempt: PodSecurityConfig["exempt"]): void {
  const found = new Map<string, string[]>();
  for (const pod of request.lookup.list("pods", request.name)) {
    const spec = fieldsOf(pod["spec"]);
    if (exempt.runtimeClasses.includes(textOf(spec["runtimeClassName"]))) continue;
    const reasons = violationsOf(enforce, pod.metadata, spec).map(({ reason }) => reason);
    if (reasons.length === 0) continue;
    const text = reasons.join(", ");
    found.set(text, [...(found.get(text) ?? []), pod.metadata.name ?? ""]);
  }
  if (found.size === 0) return;
  request.warn(
    `existing pods in namespace "${request.name}" violate the new PodSecurity enforce level "${describeLevel(enforce)}"`,
  );
  const lines = [...found].map(([text, names]) => {
    const others = names.length - 1;
    const more = others === 0 ? "" : ` (and ${others} other pod${others === 1 ? "" : "s"})`;
    return `${names.sort()[0]}${more}: ${text}`;
  });
  for (const line of lines.sort()) request.warn(line);
}

function checkNamespace(request: AdmissionRequest, { defaults, exempt }: PodSecurityConfig): void {
  if (request.subresource !== "" || request.object === undefined) return;
  const { policy, errors } = policyOf(request.object.metadata.labels, defaults);
  const before = policyOf(request.old?.metadata.labels, defaults);
  const text = (list: typeof errors): string => list.map(({ field, message }) => field + message).join();
  if (errors.length > 0 && (request.operation === "CREATE" || text(errors) !== text(before.errors)))
    throw invalid({ group: "", kind: "Namespace" }, request.name, errors);
  if (request.operation !== "UPDATE") return;
  const [enforce, old] = [policy.enforce, before.policy.enforce];
  if (describeLevel(enforce) === describeLevel(old) || enforce.level === "privileged") return;
  if (enforce.version === old.version && LEVELS.indexOf(enforce.level) <= LEVELS.indexOf(old.level)) return;
  if (exempt.namespaces.includes(request.name)) return;
  checkExisting(request, enforce, exempt);
}

export function createPodSecurity(config: PodSecurityConfig = NO_EXEMPTIONS): Plugin {
  const { exempt } = config;
  return {
    name: "PodSecurity",
    validate(request) {
      const { resource, subresource, object, old, operation } = request;
      if (operation !== "CREATE" && operation !== "UPDATE") return;
      if (resource.storage === "namespaces") return checkNamespace(request, config);
      const isPod = resource.storage === "pods";
      const template = TEMPLATES[resource.storage];
      if (!isPod && template === undefined) return;
      if (isPod ? IGNORED_SUBRESOURCES.includes(subresource) : subresource !== "") return;
      if (exempt.namespaces.includes(request.namespace)) return request.annotate(`${PREFIX}exempt`, "namespace");
      if (exempt.usernames.includes(request.user.name)) return request.annotate(`${PREFIX}exempt`, "user");
      if (object === undefined) throw new StatusError(400, "BadRequest", "failed to decode object");
      if (isPod) {
        if (operation === "UPDATE" && old !== undefined && !isSignificant(object, old)) return;
        return checkPod(request, config, object.metadata, fieldsOf(object["spec"]), true);
      }
      const found = fieldsOf(at(object, ...(template ?? [])));
      if (Object.keys(found).length === 0) return;
      checkPod(request, config, found["metadata"] as KubeObject["metadata"], fieldsOf(found["spec"]), false);
    },
  };
}
