// Validation of objects on creation and change, by kind, with the real messages.

import { checkFormat, checkQualified } from "../../lib/kube/names.ts";
import { at, type Fields, fieldsOf, type KubeObject, listOf, textOf } from "../object.ts";
import type { Resource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";
import { sameValue, sortKeys } from "../rest/sort.ts";
import { matchesSelector } from "../selectors.ts";
import type { FieldError } from "../status.ts";
import { duplicate, forbiddenField, invalidValue, notSupported, required } from "./errors.ts";
import { validateMetadata, validateMetadataUpdate } from "./metadata.ts";
import { validatePodSpec, validatePodUpdate } from "./pod.ts";
import { validateService, validateServiceUpdate } from "./service.ts";

const RBAC_GROUP = "rbac.authorization.k8s.io";
const same = sameValue;

/** Go's %#v of a map of text. */
const goMap = (map: Fields): string =>
  `map[string]string{${Object.entries(map)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
    .join(", ")}}`;

const goSelector = (selector: unknown): string => {
  const labels = fieldsOf(fieldsOf(selector).matchLabels);
  return `v1.LabelSelector{MatchLabels:${goMap(labels)}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}`;
};

/** An invalid value that Go prints as a struct. */
const invalidStruct = (field: string, shown: string, detail: string): FieldError => ({
  type: "FieldValueInvalid",
  field,
  message: `Invalid value: ${shown}: ${detail}`,
});

function validateKeys(map: unknown, field: string): FieldError[] {
  return Object.keys(fieldsOf(map)).flatMap((key) =>
    checkFormat("key", key).map((each) => invalidValue(`${field}[${key}]`, key, each)),
  );
}

const SECRET_KEYS: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
  "kubernetes.io/dockercfg": [".dockercfg"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
};

function validateSecret(secret: KubeObject): FieldError[] {
  const causes = validateKeys(secret.data, "data");
  const type = textOf(secret.type);
  const data = fieldsOf(secret.data);
  for (const key of SECRET_KEYS[type] ?? []) if (data[key] === undefined) causes.push(required(`data[${key}]`));
  if (
    type === "kubernetes.io/service-account-token" &&
    !secret.metadata.annotations?.["kubernetes.io/service-account.name"]
  )
    causes.push(required("metadata.annotations[kubernetes.io/service-account.name]"));
  if (type === "kubernetes.io/basic-auth" && data.username === undefined && data.password === undefined)
    causes.push(required("data[username]"), required("data[password]"));
  return causes;
}

function validateRules(object: KubeObject, namespaced: boolean): FieldError[] {
  return listOf(object.rules).flatMap((rule, i) => {
    const here = `rules[${i}]`;
    const causes: FieldError[] = [];
    const list = (key: string): readonly string[] => listOf<string>(rule[key]);
    if (list("verbs").length === 0) causes.push(required(`${here}.verbs`, "verbs must contain at least one value"));
    const urls = list("nonResourceURLs");
    if (urls.length > 0) {
      const shown = `[]string{${urls.map((each) => JSON.stringify(each)).join(", ")}}`;
      if (namespaced)
        causes.push(
          invalidStruct(`${here}.nonResourceURLs`, shown, "namespaced rules cannot apply to non-resource URLs"),
        );
      if (["apiGroups", "resources", "resourceNames"].some((key) => list(key).length > 0))
        causes.push(
          invalidStruct(
            `${here}.nonResourceURLs`,
            shown,
            "rules cannot apply to both regular resources and non-resource URLs",
          ),
        );
      return causes;
    }
    if (list("apiGroups").length === 0)
      causes.push(required(`${here}.apiGroups`, "resource rules must supply at least one api group"));
    if (list("resources").length === 0)
      causes.push(required(`${here}.resources`, "resource rules must supply at least one resource"));
    return causes;
  });
}

function validateBinding(binding: KubeObject, namespaced: boolean): FieldError[] {
  const causes: FieldError[] = [];
  const ref = fieldsOf(binding.roleRef);
  const kinds = namespaced ? ["ClusterRole", "Role"] : ["ClusterRole"];
  if (ref.apiGroup !== RBAC_GROUP) causes.push(notSupported("roleRef.apiGroup", ref.apiGroup ?? "", [RBAC_GROUP]));
  if (!kinds.includes(textOf(ref.kind))) causes.push(notSupported("roleRef.kind", ref.kind ?? "", kinds));
  const name = textOf(ref.name);
  if (name === "") causes.push(required("roleRef.name"));
  else causes.push(...checkFormat("path", name).map((each) => invalidValue("roleRef.name", name, each)));
  listOf(binding.subjects).forEach((subject, i) => {
    const here = `subjects[${i}]`;
    if (!subject.name) causes.push(required(`${here}.name`));
    switch (subject.kind) {
      case "ServiceAccount":
        if (subject.name)
          causes.push(
            ...checkFormat("subdomain", textOf(subject.name)).map((each) =>
              invalidValue(`${here}.name`, subject.name, each),
            ),
          );
        if (subject.apiGroup) causes.push(notSupported(`${here}.apiGroup`, subject.apiGroup, [""]));
        if (!subject.namespace) causes.push(required(`${here}.namespace`));
        break;
      case "User":
      case "Group":
        if (subject.apiGroup !== RBAC_GROUP)
          causes.push(notSupported(`${here}.apiGroup`, subject.apiGroup ?? "", [RBAC_GROUP]));
        break;
      default:
        causes.push(notSupported(`${here}.kind`, subject.kind ?? "", ["Group", "ServiceAccount", "User"]));
    }
  });
  return causes;
}

const USAGES =
  "any|cert sign|client auth|code signing|content commitment|crl sign|data encipherment|decipher only|digital signature|email protection|encipher only|ipsec end system|ipsec tunnel|ipsec user|key agreement|key encipherment|microsoft sgc|netscape sgc|ocsp signing|s/mime|server auth|signing|timestamping".split(
    "|",
  );

function validateRequest(csr: KubeObject): FieldError[] {
  const spec = fieldsOf(csr.spec);
  const causes: FieldError[] = [];
  const signer = textOf(spec.signerName);
  if (!spec.request) causes.push(invalidStruct("spec.request", "null", "PEM block type must be CERTIFICATE REQUEST"));
  const usages = listOf<string>(spec.usages);
  if (usages.length === 0) causes.push(required("spec.usages", "usages is required"));
  usages.forEach((usage, i) => {
    if (!USAGES.includes(usage)) causes.push(notSupported(`spec.usages[${i}]`, usage, USAGES));
    if (usages.indexOf(usage) < i) causes.push(duplicate(`spec.usages[${i}]`, usage));
  });
  if (signer === "") causes.push(required("spec.signerName"));
  else if (!/^[^/]+\.[^/]+\/.+$/.test(signer))
    causes.push(
      invalidValue(
        "spec.signerName",
        signer,
        "must be a fully qualified domain and path of the form 'example.com/signer-name'",
      ),
    );
  const seconds = spec.expirationSeconds;
  if (seconds !== undefined && Number(seconds) < 600)
    causes.push(
      invalidValue("spec.expirationSeconds", seconds, "may not specify a duration less than 600 seconds (10 minutes)"),
    );
  return causes;
}

function validateTemplate(object: KubeObject, kind: string, restart: readonly string[] = ["Always"]): FieldError[] {
  const causes: FieldError[] = [];
  const selector = at(object, "spec", "selector");
  const labels = at(object, "spec", "template", "metadata", "labels") as Record<string, string> | undefined;
  const wordless =
    selector === undefined ||
    (Object.keys(fieldsOf(fieldsOf(selector).matchLabels)).length === 0 &&
      listOf(fieldsOf(selector).matchExpressions).length === 0);
  if (kind !== "job") {
    if (selector === undefined) causes.push(required("spec.selector"));
    else if (wordless) causes.push(invalidStruct("spec.selector", "{}", `empty selector is invalid for ${kind}`));
  }
  if (selector !== undefined && !wordless && !matchesSelector(selector, labels))
    causes.push(
      invalidStruct(
        "spec.template.metadata.labels",
        labels === undefined ? "null" : JSON.stringify(sortKeys(labels)),
        "`selector` does not match template `labels`",
      ),
    );
  const replicas = at(object, "spec", "replicas");
  if (replicas !== undefined && Number(replicas) < 0)
    causes.push(invalidValue("spec.replicas", replicas, "must be greater than or equal to 0"));
  const pod = at(object, "spec", "template", "spec") as Fields | undefined;
  causes.push(
    ...(pod === undefined ? [required("spec.template.spec.containers")] : validatePodSpec(pod, "spec.template.spec")),
  );
  const policy = textOf(pod?.restartPolicy);
  if (policy !== "" && !restart.includes(policy) && ["Always", "Never", "OnFailure"].includes(policy))
    causes.push(notSupported("spec.template.spec.restartPolicy", policy, restart));
  return causes;
}

function validateTaints(node: KubeObject): FieldError[] {
  const seen = new Set<string>();
  const effects = ["NoExecute", "NoSchedule", "PreferNoSchedule"];
  return listOf(at(node, "spec", "taints")).flatMap((taint, i) => {
    const here = `spec.taints[${i}]`;
    const causes = checkQualified(textOf(taint.key)).map((each) => invalidValue(`${here}.key`, taint.key ?? "", each));
    const value = textOf(taint.value);
    causes.push(...checkFormat("value", value).map((each) => invalidValue(`${here}.value`, value, each)));
    const effect = textOf(taint.effect);
    if (effect === "") causes.push(required(`${here}.effect`));
    else if (!effects.includes(effect)) causes.push(notSupported(`${here}.effect`, effect, effects));
    const id = `${textOf(taint.key)}:${effect}`;
    if (seen.has(id)) causes.push(duplicate(here, "taints must be unique by key and effect pair"));
    seen.add(id);
    return causes;
  });
}

function validateBudget(budget: KubeObject): FieldError[] {
  const spec = fieldsOf(budget.spec);
  if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined)
    return [invalidStruct("spec", JSON.stringify(spec), "minAvailable and maxUnavailable cannot be both set")];
  return [];
}

type Validator = (object: KubeObject, context: RequestContext) => FieldError[];

const VALIDATORS: Readonly<Record<string, Validator>> = {
  pods: (pod) => validatePodSpec(fieldsOf(pod.spec), "spec"),
  configmaps: (object) => [...validateKeys(object.data, "data"), ...validateKeys(object.binaryData, "binaryData")],
  secrets: validateSecret,
  services: (object, context) => validateService(object, context),
  nodes: validateTaints,
  "deployments.apps": (object) => validateTemplate(object, "deployment"),
  "replicasets.apps": (object) => validateTemplate(object, "replicaset"),
  "daemonsets.apps": (object) => validateTemplate(object, "daemonset"),
  "statefulsets.apps": (object) => validateTemplate(object, "statefulset"),
  "jobs.batch": (object) => validateTemplate(object, "job", ["OnFailure", "Never"]),
  "cronjobs.batch": (object) => {
    const pod = at(object, "spec", "jobTemplate", "spec", "template", "spec") as Fields | undefined;
    return [
      ...(textOf(at(object, "spec", "schedule")) === "" ? [required("spec.schedule")] : []),
      ...validatePodSpec(pod ?? {}, "spec.jobTemplate.spec.template.spec"),
    ];
  },
  "roles.rbac.authorization.k8s.io": (object) => validateRules(object, true),
  "clusterroles.rbac.authorization.k8s.io": (object) => validateRules(object, false),
  "rolebindings.rbac.authorization.k8s.io": (object) => validateBinding(object, true),
  "clusterrolebindings.rbac.authorization.k8s.io": (object) => validateBinding(object, false),
  "certificatesigningrequests.certificates.k8s.io": validateRequest,
  "poddisruptionbudgets.policy": validateBudget,
  "priorityclasses.scheduling.k8s.io": (object) =>
    object.metadata.name?.startsWith("system-") &&
    !["system-cluster-critical", "system-node-critical"].includes(object.metadata.name)
      ? [forbiddenField("metadata.name", "priority class names with 'system-' prefix are reserved for system use only")]
      : [],
  "leases.coordination.k8s.io": (object) => {
    const seconds = at(object, "spec", "leaseDurationSeconds");
    return seconds !== undefined && Number(seconds) <= 0
      ? [invalidValue("spec.leaseDurationSeconds", seconds, "must be greater than 0")]
      : [];
  },
};

export function validateCreate(context: RequestContext, resource: Resource, object: KubeObject): FieldError[] {
  return [...validateMetadata(resource, object), ...(VALIDATORS[resource.storage]?.(object, context) ?? [])];
}

/** Selectors of these workloads never change. */
const FIXED_SELECTOR = new Set(["deployments.apps", "replicasets.apps", "daemonsets.apps", "jobs.batch"]);

/** What of a StatefulSet's spec may change. */
const MOVABLE = new Set(
  "replicas ordinals template updateStrategy revisionHistoryLimit persistentVolumeClaimRetentionPolicy minReadySeconds".split(
    " ",
  ),
);

function validateChange(resource: Resource, object: KubeObject, current: KubeObject): FieldError[] {
  const causes: FieldError[] = [];
  if (FIXED_SELECTOR.has(resource.storage) && !same(at(object, "spec", "selector"), at(current, "spec", "selector")))
    causes.push(invalidStruct("spec.selector", goSelector(at(object, "spec", "selector")), "field is immutable"));
  switch (resource.storage) {
    case "pods":
      return validatePodUpdate(object, current);
    case "nodes":
      if (
        current.spec !== undefined &&
        textOf(at(current, "spec", "podCIDR")) !== "" &&
        (!same(at(object, "spec", "podCIDRs"), at(current, "spec", "podCIDRs")) ||
          at(object, "spec", "podCIDR") !== at(current, "spec", "podCIDR"))
      )
        causes.push(forbiddenField("spec.podCIDRs", 'node updates may not change podCIDR except from "" to valid'));
      break;
    case "secrets":
      if (object.type !== current.type) causes.push(invalidValue("type", object.type, "field is immutable"));
      causes.push(...immutable(object, current));
      break;
    case "configmaps":
      causes.push(...immutable(object, current));
      break;
    case "statefulsets.apps": {
      const fixed = (each: KubeObject): Fields =>
        Object.fromEntries(Object.entries(fieldsOf(each.spec)).filter(([key]) => !MOVABLE.has(key)));
      const [now, old] = [fixed(object), fixed(current)];
      if (!same(now, old))
        causes.push(
          forbiddenField(
            "spec",
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
          ),
        );
      break;
    }
    case "jobs.batch":
      if (!same(at(object, "spec", "template"), at(current, "spec", "template")))
        causes.push(
          invalidStruct("spec.template", JSON.stringify(at(object, "spec", "template")), "field is immutable"),
        );
      break;
    case "rolebindings.rbac.authorization.k8s.io":
    case "clusterrolebindings.rbac.authorization.k8s.io":
      if (!same(object.roleRef, current.roleRef)) {
        const ref = fieldsOf(object.roleRef);
        causes.push(
          invalidStruct(
            "roleRef",
            JSON.stringify({ APIGroup: ref.apiGroup, Kind: ref.kind, Name: ref.name }),
            "cannot change roleRef",
          ),
        );
      }
      break;
    case "services":
      causes.push(...validateServiceUpdate(object, current));
      break;
    case "priorityclasses.scheduling.k8s.io":
      if (object.value !== current.value) causes.push(forbiddenField("value", "may not be changed in an update."));
      break;
  }
  return causes;
}

/** Data of a ConfigMap or Secret that said it would not change. */
function immutable(object: KubeObject, current: KubeObject): FieldError[] {
  if (current.immutable !== true) return [];
  const causes: FieldError[] = [];
  if (object.immutable !== true) causes.push(forbiddenField("immutable", "field is immutable when `immutable` is set"));
  for (const key of ["data", "binaryData"])
    if (!same(object[key], current[key]))
      causes.push(forbiddenField(key, "field is immutable when `immutable` is set"));
  return causes;
}

export function validateUpdate(
  context: RequestContext,
  resource: Resource,
  subresource: string | undefined,
  object: KubeObject,
  current: KubeObject,
): FieldError[] {
  const general = [...validateMetadata(resource, object), ...validateMetadataUpdate(object, current)];
  if (subresource !== undefined) return general;
  const changed = validateChange(resource, object, current);
  if (resource.storage === "pods") return [...general, ...changed];
  return [...general, ...changed, ...(VALIDATORS[resource.storage]?.(object, context) ?? [])];
}
