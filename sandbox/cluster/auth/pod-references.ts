// What a pod names: secrets, config maps, claims. The Node authorizer's graph and admission of mirror pods go by it.

import { at, type Fields, fieldsOf, type KubeObject, listOf, textOf } from "../object.ts";

export interface PodReferences {
  readonly secrets: ReadonlySet<string>;
  readonly configMaps: ReadonlySet<string>;
  readonly claims: ReadonlySet<string>;
}

/** All containers of a pod's spec, in the order in which visitors see them: init, plain, ephemeral. */
export function containersOf(spec: Fields): readonly Fields[] {
  return [...listOf(spec["initContainers"]), ...listOf(spec["containers"]), ...listOf(spec["ephemeralContainers"])];
}

/** Kinds of volumes that name a secret, and where. */
const VOLUME_SECRETS: readonly (readonly string[])[] = [
  ["secret", "secretName"],
  ["azureFile", "secretName"],
  ["cephfs", "secretRef", "name"],
  ["cinder", "secretRef", "name"],
  ["flexVolume", "secretRef", "name"],
  ["rbd", "secretRef", "name"],
  ["scaleIO", "secretRef", "name"],
  ["iscsi", "secretRef", "name"],
  ["storageos", "secretRef", "name"],
  ["csi", "nodePublishSecretRef", "name"],
];

export function referencesOf(pod: KubeObject): PodReferences {
  const spec = fieldsOf(pod["spec"]);
  const secrets = new Set(listOf(spec["imagePullSecrets"]).map((each) => textOf(each["name"])));
  const configMaps = new Set<string>();
  const claims = new Set<string>();
  for (const container of containersOf(spec)) {
    for (const each of listOf(container["envFrom"])) {
      secrets.add(textOf(at(each, "secretRef", "name")));
      configMaps.add(textOf(at(each, "configMapRef", "name")));
    }
    for (const each of listOf(container["env"])) {
      secrets.add(textOf(at(each, "valueFrom", "secretKeyRef", "name")));
      configMaps.add(textOf(at(each, "valueFrom", "configMapKeyRef", "name")));
    }
  }
  for (const volume of listOf(spec["volumes"])) {
    for (const path of VOLUME_SECRETS) secrets.add(textOf(at(volume, ...path)));
    configMaps.add(textOf(at(volume, "configMap", "name")));
    for (const source of listOf(at(volume, "projected", "sources"))) {
      secrets.add(textOf(at(source, "secret", "name")));
      configMaps.add(textOf(at(source, "configMap", "name")));
    }
    claims.add(textOf(at(volume, "persistentVolumeClaim", "claimName")));
    if (volume["ephemeral"] !== undefined) claims.add(`${pod.metadata.name}-${textOf(volume["name"])}`);
  }
  for (const names of [secrets, configMaps, claims]) names.delete("");
  return { secrets, configMaps, claims };
}

/** The annotation of a pod that only mirrors a static one. */
export const MIRROR = "kubernetes.io/config.mirror";

export const isMirror = (pod: KubeObject): boolean => pod.metadata.annotations?.[MIRROR] !== undefined;
