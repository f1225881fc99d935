// Which admission plugins stand in the way of a write, by flags, in the order kube-apiserver runs them.

import { type FlagValues, listFlag } from "../flags/parse.ts";
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from "./certificates.ts";
import { limitRanger } from "./limits.ts";
import { namespaceLifecycle } from "./namespace-lifecycle.ts";
import { nodeRestriction } from "./node-restriction.ts";
import { createPodSecurity, NO_EXEMPTIONS, type PodSecurityConfig } from "./pod-security/plugin.ts";
import { alwaysPullImages, defaultTolerationSeconds, priority, taintNodesByCondition } from "./pods.ts";
import { resourceQuota } from "./quota.ts";
import { rbacEscalation } from "./rbac-escalation.ts";
import { serviceAccount } from "./service-account.ts";
import type { Plugin } from "./types.ts";

/** Every plugin of 1.36 in its order; `+` is on by default. */
const ORDER = (
  "AlwaysAdmit NamespaceAutoProvision +NamespaceLifecycle NamespaceExists LimitPodHardAntiAffinityTopology +LimitRanger " +
  "+ServiceAccount NodeRestriction +TaintNodesByCondition AlwaysPullImages ImagePolicyWebhook +PodSecurity PodNodeSelector " +
  "+Priority +DefaultTolerationSeconds PodTolerationRestriction EventRateLimit ExtendedResourceToleration " +
  "+DefaultStorageClass +StorageObjectInUseProtection OwnerReferencesPermissionEnforcement +PersistentVolumeResize " +
  "+RuntimeClass +CertificateApproval +CertificateSigning +ClusterTrustBundleAttest +CertificateSubjectRestriction " +
  "+DefaultIngressClass +PodTopologyLabels DenyServiceExternalIPs +MutatingAdmissionPolicy +MutatingAdmissionWebhook " +
  "+ValidatingAdmissionPolicy +ValidatingAdmissionWebhook +ResourceQuota AlwaysDeny"
).split(" ");

const NAMES = ORDER.map((name) => name.replace("+", ""));

/** Those that are modelled; the others let everything pass. fidelity: webhooks and admission policies are not called. */
const PLUGINS: readonly Plugin[] = [
  namespaceLifecycle,
  limitRanger,
  serviceAccount,
  nodeRestriction,
  taintNodesByCondition,
  alwaysPullImages,
  priority,
  defaultTolerationSeconds,
  certificateApproval,
  certificateSigning,
  certificateSubjectRestriction,
  resourceQuota,
];

const aggregate = (errors: readonly string[]): string | undefined =>
  errors.length > 1 ? `[${errors.join(", ")}]` : errors[0];

/** Why kube-apiserver does not start with these plugins; undefined where it does. */
export function checkPlugins(flags: FlagValues): string | undefined {
  const [enabled, disabled] = ["enable-admission-plugins", "disable-admission-plugins"].map((name) =>
    listFlag(flags, name),
  );
  const errors: string[] = [];
  const both = enabled?.filter((name) => disabled?.includes(name)) ?? [];
  for (const name of both) errors.push(`${name} in enable-admission-plugins and disable-admission-plugins overlapped`);
  for (const name of enabled ?? [])
    if (!NAMES.includes(name)) errors.push(`enable-admission-plugins plugin ${JSON.stringify(name)} is unknown`);
  for (const name of disabled ?? [])
    if (!NAMES.includes(name)) errors.push(`disable-admission-plugins plugin ${JSON.stringify(name)} is unknown`);
  return aggregate(errors);
}

/** The plugins in force, in order. What the registry of RBAC does by itself comes last. */
export function pluginsFor(flags: FlagValues, podSecurity: PodSecurityConfig = NO_EXEMPTIONS): readonly Plugin[] {
  const enabled = listFlag(flags, "enable-admission-plugins");
  const disabled = listFlag(flags, "disable-admission-plugins");
  const isOn = (name: string): boolean =>
    enabled.includes(name) || (ORDER.includes(`+${name}`) && !disabled.includes(name));
  const known = [...PLUGINS, createPodSecurity(podSecurity)];
  const found = NAMES.filter(isOn).flatMap((name) => known.filter((plugin) => plugin.name === name));
  return [...found, rbacEscalation];
}
