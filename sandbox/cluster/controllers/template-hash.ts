// The hash of a pod template in the names of ReplicaSets: FNV-1a over the Go struct as spew's %#v prints it (ComputeHash of
// pkg/controller; dump.ForHash).

import { encode } from "../../kernel/text.ts";
import { parseQuantity } from "../../lib/kube/quantity.ts";
import { type FieldType, fieldsOfType } from "../../lib/kube/schema.ts";
import { type Fields, fieldsOf } from "../object.ts";
import { TEMPLATE_HASH, type TemplateHashProgram } from "./late.ts";

/*
 * Where the Go struct says more than its JSON: `Type field:GoType …` for fields that are not what their kind suggests (text string,
 * integer int32, boolean bool, object a pointer, list a slice), and `+Embedded=count` for fields at the end that stand in an embedded
 * struct, `-Embedded=count` for those at its start. A Go type's own line comes before that of its JSON type.
 */
const GO = `
PodTemplateSpec metadata:ObjectMeta spec:PodSpec
ObjectMeta uid:types.UID generation:int64 creationTimestamp:Time deletionTimestamp:*Time deletionGracePeriodSeconds:*int64
PodSpec restartPolicy:RestartPolicy terminationGracePeriodSeconds:*int64 activeDeadlineSeconds:*int64 dnsPolicy:DNSPolicy automountServiceAccountToken:*bool shareProcessNamespace:*bool priority:*int32 runtimeClassName:*string enableServiceLinks:*bool preemptionPolicy:*PreemptionPolicy setHostnameAsFQDN:*bool hostUsers:*bool hostnameOverride:*string schedulingGroup:*PodSchedulingGroup
Container resources:ResourceRequirements restartPolicy:*ContainerRestartPolicy terminationMessagePolicy:TerminationMessagePolicy imagePullPolicy:PullPolicy
ContainerPort protocol:Protocol
ContainerResizePolicy resourceName:ResourceName restartPolicy:ResourceResizeRestartPolicy
EnvFromSource configMapRef:*ConfigMapEnvSource secretRef:*SecretEnvSource
OptionalRef -LocalObjectReference=1 optional:*bool
EnvVarSource configMapKeyRef:*ConfigMapKeySelector secretKeyRef:*SecretKeySelector fileKeyRef:*FileKeySelector
ResourceFieldSelector divisor:resource.Quantity
KeySelector -LocalObjectReference=1 optional:*bool
VolumeMount recursiveReadOnly:*RecursiveReadOnlyMode mountPropagation:*MountPropagationMode
Probe -ProbeHandler=4 terminationGracePeriodSeconds:*int64
HTTPGetAction scheme:URIScheme
GRPCAction service:*string
SleepAction seconds:int64
Lifecycle stopSignal:*Signal
SecurityContext privileged:*bool windowsOptions:*WindowsSecurityContextOptions runAsUser:*int64 runAsGroup:*int64 runAsNonRoot:*bool readOnlyRootFilesystem:*bool allowPrivilegeEscalation:*bool procMount:*ProcMountType appArmorProfile:*AppArmorProfile
Capabilities add:[]Capability drop:[]Capability
WindowsOptions gmsaCredentialSpecName:*string gmsaCredentialSpec:*string runAsUserName:*string hostProcess:*bool
AppArmorProfile type:AppArmorProfileType localhostProfile:*string
SeccompProfile type:SeccompProfileType localhostProfile:*string
PodSecurityContext windowsOptions:*WindowsSecurityContextOptions runAsUser:*int64 runAsGroup:*int64 runAsNonRoot:*bool supplementalGroups:[]int64 supplementalGroupsPolicy:*SupplementalGroupsPolicy fsGroup:*int64 fsGroupChangePolicy:*PodFSGroupChangePolicy appArmorProfile:*AppArmorProfile seLinuxChangePolicy:*PodSELinuxChangePolicy
Affinity podAntiAffinity:*PodAntiAffinity
NodeSelectorTerm matchExpressions:[]NodeSelectorRequirement matchFields:[]NodeSelectorRequirement
NodeSelectorRequirement operator:NodeSelectorOperator
LabelSelectorRequirement operator:LabelSelectorOperator
PreferredSchedulingTerm preference:NodeSelectorTerm
WeightedPodAffinityTerm podAffinityTerm:PodAffinityTerm
Toleration operator:TolerationOperator effect:TaintEffect tolerationSeconds:*int64
PodReadinessGate conditionType:PodConditionType
PodDNSConfigOption value:*string
TopologySpreadConstraint whenUnsatisfiable:UnsatisfiableConstraintAction minDomains:*int32 nodeAffinityPolicy:*NodeInclusionPolicy nodeTaintsPolicy:*NodeInclusionPolicy
PodOS name:OSName
PodResourceClaim resourceClaimName:*string resourceClaimTemplateName:*string
Volume +VolumeSource=30 flexVolume:*FlexVolumeSource vsphereVolume:*VsphereVirtualDiskVolumeSource portworxVolume:*PortworxVolumeSource
HostPathVolume type:*HostPathType
EmptyDirVolume medium:StorageMedium sizeLimit:*resource.Quantity
SecretVolume defaultMode:*int32 optional:*bool
KeyToPath mode:*int32
DownwardAPIVolume defaultMode:*int32
DownwardAPIFile mode:*int32
ConfigMapVolume -LocalObjectReference=1 defaultMode:*int32 optional:*bool
ProjectedVolume defaultMode:*int32
VolumeProjection secret:*SecretProjection downwardAPI:*DownwardAPIProjection serviceAccountToken:*ServiceAccountTokenProjection clusterTrustBundle:*ClusterTrustBundleProjection podCertificate:*PodCertificateProjection
ConfigMapProjection -LocalObjectReference=1 optional:*bool
TokenProjection expirationSeconds:*int64
CSIVolume readOnly:*bool fsType:*string
`;

interface GoLine {
  readonly types: ReadonlyMap<string, string>;
  readonly embedded: { readonly name: string; readonly start: boolean; readonly count: number } | undefined;
}

const readLines = (): ReadonlyMap<string, GoLine> =>
  new Map(
    GO.trim()
      .split("\n")
      .map((line) => {
        const [type = "", ...words] = line.split(" ");
        const [, side, name = "", count = ""] = /^([-+])(\w+)=(\d+)$/.exec(words[0] ?? "") ?? [];
        const types = new Map(
          words.flatMap((word) => [/^(\w+):(.+)$/.exec(word)?.slice(1, 3) as [string, string]].filter(Boolean)),
        );
        return [type, { types, embedded: side ? { name, start: side === "-", count: Number(count) } : undefined }];
      }),
  );

/** Names of Go fields that are not their JSON name with a capital. */
const NAMES: Readonly<Record<string, string>> = {
  metadata: "ObjectMeta",
  serviceAccount: "DeprecatedServiceAccount",
  cephfs: "CephFS",
  storageos: "StorageOS",
};
const INITIALS =
  /^(?:aws|api|csi|dns|fc|fs|gce|gmsa|grpc|http|ip|iscsi|nfs|os|rbd|tcp|tty|uid)(?=[A-Z]|$)|^se(?=Linux)|^./;
const goName = (name: string): string => NAMES[name] ?? name.replace(INITIALS, (start) => start.toUpperCase());

const PLAIN: Readonly<Record<string, string>> = {
  s: "string",
  i: "int32",
  b: "bool",
  x: "intstr.IntOrString",
  m: "map[string]string",
  mq: "ResourceList",
};

/** The Go type of a field by its JSON kind. A volume's sources are called by their field. */
function usualType(field: FieldType, owner: string): string {
  const base = field.type ?? PLAIN[field.kind] ?? `${goName(field.name)}VolumeSource`;
  if (field.list !== undefined) return `[]${base}`;
  if (owner === "Volume" && field.name !== "name") return `*${goName(field.name)}VolumeSource`;
  return field.kind === "object" || PLAIN[field.kind] === undefined ? `*${base}` : base;
}

const isBuiltIn = (type: string): boolean => /^(?:string|bool|int32|int64|map\[.*)$|\./.test(type);
const qualified = (type: string): string => {
  const [, head = "", base = ""] = /^((?:\*|\[\])*)(.*)$/.exec(type) ?? [];
  return head + (isBuiltIn(base) ? base : `v1.${base}`);
};

const INFINITE = "d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>}";

/** A resource.Quantity as ParseQuantity's fast path leaves it. */
function printQuantity(text: string): string {
  const [, number = "0", suffix = ""] = /^([-+\d.]+)(.*)$/.exec(text) ?? [];
  const binary = suffix.endsWith("i");
  const [whole = "", fraction = ""] = number.split(".");
  const exponent = /^e/i.test(suffix) ? Number(suffix.slice(1)) : ("num kMGTPE".indexOf(suffix || " ") - 3) * 3;
  const value = binary ? (parseQuantity(text)?.nano ?? 0n) / 1_000_000_000n : BigInt(whole + fraction);
  const scale = binary ? 0 : exponent - fraction.length;
  const format = binary ? "BinarySI" : /^e/i.test(suffix) ? "DecimalExponent" : "DecimalSI";
  return `{i:(resource.int64Amount){value:(int64)${value} scale:(resource.Scale)${scale}} ${INFINITE} s:(string)${text} Format:(resource.Format)${format}}`;
}

/** Prints Go values of the types above as spew does with %#v. */
class Printer {
  readonly #lines = readLines();

  /** A value with its type before it, unless its surroundings have said that. */
  print(type: string, jsonType: string | undefined, value: unknown, bare = false): string {
    const head = bare ? "" : `(${qualified(type)})`;
    if (type.startsWith("*")) {
      if (value === undefined || value === null) return `${head}<nil>`;
      return head + this.print(type.slice(1), jsonType, value, true);
    }
    if (type.startsWith("[]")) {
      const items = (value ?? []) as readonly unknown[];
      if (items.length === 0) return `${head}<nil>`;
      return `${head}[${items.map((item) => this.print(type.slice(2), jsonType, item, true)).join(" ")}]`;
    }
    if (type.startsWith("map[") || type === "ResourceList") {
      const entries = Object.entries(fieldsOf(value)).sort(([a], [b]) => (a < b ? -1 : 1));
      if (entries.length === 0) return `${head}<nil>`;
      const print = (item: unknown): string => (type === "ResourceList" ? printQuantity(String(item)) : String(item));
      return `${head}map[${entries.map(([key, item]) => `${key}:${print(item)}`).join(" ")}]`;
    }
    if (type === "Time") return `${head}{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}`;
    if (type === "resource.Quantity") return head + printQuantity(String(value ?? "0"));
    if (type === "intstr.IntOrString") {
      const text = typeof value === "string";
      return `${head}{Type:(intstr.Type)${text ? 1 : 0} IntVal:(int32)${text ? 0 : (value ?? 0)} StrVal:(string)${text ? value : ""}}`;
    }
    if (type === "bool") return `${head}${value === true}`;
    if (type === "int32" || type === "int64") return `${head}${value ?? 0}`;
    const fields = jsonType === undefined ? undefined : fieldsOfType(jsonType);
    if (fields === undefined) return `${head}${value ?? ""}`;
    return head + this.#struct(type, jsonType as string, fields, fieldsOf(value));
  }

  #struct(type: string, jsonType: string, fields: readonly FieldType[], value: Fields): string {
    const own = this.#lines.get(type);
    const line = own ?? this.#lines.get(jsonType);
    const words = fields.map((field) => {
      const goType = line?.types.get(field.name) ?? usualType(field, jsonType);
      return `${goName(field.name)}:${this.print(goType, field.type, value[field.name])}`;
    });
    if (line?.embedded === undefined) return `{${words.join(" ")}}`;
    const { name, start, count } = line.embedded;
    const at = start ? 0 : words.length - count;
    const inner = words.splice(at, count);
    words.splice(at, 0, `${name}:(v1.${name}){${inner.join(" ")}}`);
    return `{${words.join(" ")}}`;
  }
}

/** Letters of SafeEncodeString. */
const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** The hash of a pod template that has no hash label yet. */
function hashTemplate(template: unknown): string {
  let hash = 0x811c9dc5;
  for (const byte of encode(new Printer().print("PodTemplateSpec", "PodTemplateSpec", template)))
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return [...String(hash)].map((digit) => LETTERS[digit.charCodeAt(0) % LETTERS.length]).join("");
}

export const templateHash: TemplateHashProgram = { name: TEMPLATE_HASH, hashTemplate };
