// Validation of metadata, and the formats of names by resource.

import { checkFormat, checkQualified, type FormatName } from "../../lib/kube/names.ts";
import type { KubeObject } from "../object.ts";
import type { Resource } from "../registry/types.ts";
import type { FieldError } from "../status.ts";
import { checkLabels, forbiddenField, invalidValue, required, tooLong } from "./errors.ts";

/** Resources whose names are no DNS subdomains. */
const NAME_FORMATS: Readonly<Record<string, FormatName>> = {
  namespaces: "label",
  services: "label1035",
  "roles.rbac.authorization.k8s.io": "path",
  "clusterroles.rbac.authorization.k8s.io": "path",
  "rolebindings.rbac.authorization.k8s.io": "path",
  "clusterrolebindings.rbac.authorization.k8s.io": "path",
};

/** A hundred and more kilobytes of annotations are too many. */
const ANNOTATIONS_LIMIT = 256 * 1024;

export function validateMetadata(resource: Resource, object: KubeObject): FieldError[] {
  const {
    name = "",
    generateName = "",
    namespace = "",
    labels,
    annotations,
    ownerReferences = [],
    finalizers = [],
  } = object.metadata;
  const format = NAME_FORMATS[resource.storage] ?? "subdomain";
  const causes: FieldError[] = [];
  if (generateName !== "")
    causes.push(
      ...checkFormat(format, generateName.replace(/-$/, "a")).map((each) =>
        invalidValue("metadata.generateName", generateName, each),
      ),
    );
  if (name === "") causes.push(required("metadata.name", "name or generateName is required"));
  else causes.push(...checkFormat(format, name).map((each) => invalidValue("metadata.name", name, each)));
  if (resource.namespaced && namespace === "") causes.push(required("metadata.namespace"));
  else if (namespace !== "")
    causes.push(...checkFormat("label", namespace).map((each) => invalidValue("metadata.namespace", namespace, each)));
  causes.push(...checkLabels(labels, "metadata.labels"));
  causes.push(...validateAnnotations(annotations));
  ownerReferences.forEach((owner, i) => {
    const at = `metadata.ownerReferences[${i}]`;
    if (!owner.apiVersion)
      causes.push(invalidValue(`${at}.apiVersion`, owner.apiVersion ?? "", "version must not be empty"));
    if (!owner.kind) causes.push(invalidValue(`${at}.kind`, owner.kind ?? "", "must not be empty"));
    if (!owner.name) causes.push(invalidValue(`${at}.name`, owner.name ?? "", "must not be empty"));
    if (!owner.uid) causes.push(invalidValue(`${at}.uid`, owner.uid ?? "", "must not be empty"));
  });
  for (const finalizer of finalizers) {
    causes.push(...checkQualified(finalizer).map((each) => invalidValue("metadata.finalizers", finalizer, each)));
    if (!finalizer.includes("/") && !["orphan", "foregroundDeletion", "kubernetes"].includes(finalizer))
      causes.push(
        invalidValue(
          "metadata.finalizers",
          finalizer,
          "name is neither a standard finalizer name nor is it fully qualified",
        ),
      );
  }
  return causes;
}

function validateAnnotations(annotations: Readonly<Record<string, string>> | undefined): FieldError[] {
  const causes: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    causes.push(...checkQualified(key.toLowerCase()).map((each) => invalidValue("metadata.annotations", key, each)));
    size += key.length + value.length;
  }
  if (size > ANNOTATIONS_LIMIT) causes.push(tooLong("metadata.annotations", ANNOTATIONS_LIMIT));
  return causes;
}

/** What of metadata no update may change. */
export function validateMetadataUpdate(object: KubeObject, current: KubeObject): FieldError[] {
  const causes: FieldError[] = [];
  const fresh = (object.metadata.finalizers ?? []).filter(
    (each) => !(current.metadata.finalizers ?? []).includes(each),
  );
  if (current.metadata.deletionTimestamp !== undefined && fresh.length > 0)
    causes.push(
      forbiddenField(
        "metadata.finalizers",
        `no new finalizers can be added if the object is being deleted, found new finalizers []string{${fresh.map((each) => JSON.stringify(each)).join(", ")}}`,
      ),
    );
  return causes;
}
