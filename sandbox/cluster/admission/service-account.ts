// ServiceAccount: gives pods an account and mounts its token; keeps mirror pods from naming either.

import { isMirror, referencesOf } from "../auth/pod-references.ts";
import { at, type Fields, fieldsOf, type KubeObject, listOf, nameSuffix, textOf } from "../object.ts";
import { forbidden } from "../status.ts";
import type { AdmissionRequest, Plugin } from "./types.ts";

const MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

function checkMirror(request: AdmissionRequest, pod: KubeObject): void {
  const refuse = (why: string): never => {
    throw forbidden(request.resource, request.name, why);
  };
  const spec = fieldsOf(pod["spec"]);
  if (textOf(spec["serviceAccountName"]) !== "") refuse("a mirror pod may not reference service accounts");
  if (referencesOf(pod).secrets.size > 0) refuse("a mirror pod may not reference secrets");
  for (const volume of listOf(spec["volumes"]))
    if (listOf(at(volume, "projected", "sources")).some((source) => source["serviceAccountToken"] != null))
      refuse("a mirror pod may not use ServiceAccountToken volume projections");
}

/** The volume with token, CA and name space, as 1.36 projects them. */
const accessVolume = (name: string): Fields => ({
  name,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      {
        downwardAPI: {
          items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
        },
      },
    ],
    defaultMode: 420,
  },
});

function mountToken(pod: KubeObject, random: (count: number) => Uint8Array): void {
  const spec = fieldsOf(pod["spec"]);
  const volumes = listOf(spec["volumes"]);
  const known = volumes.find((volume) => textOf(volume["name"]).startsWith("kube-api-access-"));
  const name = known === undefined ? `kube-api-access-${nameSuffix(random(5))}` : textOf(known["name"]);
  let needed = false;
  const mount = (containers: readonly Fields[]): Fields[] =>
    containers.map((container) => {
      const mounts = listOf(container["volumeMounts"]);
      if (mounts.some(({ mountPath }) => mountPath === MOUNT_PATH)) return container;
      needed = true;
      return { ...container, volumeMounts: [...mounts, { name, readOnly: true, mountPath: MOUNT_PATH }] };
    });
  if (spec["initContainers"] !== undefined) spec["initContainers"] = mount(listOf(spec["initContainers"]));
  spec["containers"] = mount(listOf(spec["containers"]));
  if (needed && known === undefined) spec["volumes"] = [...volumes, accessVolume(name)];
}

export const serviceAccount: Plugin = {
  name: "ServiceAccount",
  mutate(request) {
    const { operation, resource, subresource, object, namespace, lookup } = request;
    if (operation !== "CREATE" || resource.storage !== "pods" || subresource !== "" || object === undefined) return;
    if (isMirror(object)) return checkMirror(request, object);
    const spec = fieldsOf(object["spec"]);
    const name = textOf(spec["serviceAccountName"]) || textOf(spec["serviceAccount"]) || "default";
    spec["serviceAccountName"] = name;
    spec["serviceAccount"] = name;
    const account = lookup.get("serviceaccounts", namespace, name);
    if (account === undefined)
      throw forbidden(
        resource,
        request.name,
        `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`,
      );
    const automount = spec["automountServiceAccountToken"] ?? account["automountServiceAccountToken"];
    if (automount !== false) mountToken(object, request.random);
    if (listOf(spec["imagePullSecrets"]).length === 0 && listOf(account["imagePullSecrets"]).length > 0)
      spec["imagePullSecrets"] = account["imagePullSecrets"];
  },
};
