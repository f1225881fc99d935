// Validation of pods, their own and in templates (k8s.io/kubernetes/pkg/apis/core/validation).

import { checkFormat, checkQualified } from "../../lib/kube/names.ts";
import { parseQuantity } from "../../lib/kube/quantity.ts";
import { at, type Fields, fieldsOf, type KubeObject, listOf, textOf } from "../object.ts";
import { sortKeys } from "../rest/sort.ts";
import type { FieldError } from "../status.ts";
import {
  checkLabels,
  duplicate,
  forbiddenField,
  invalidValue,
  notFoundValue,
  notSupported,
  required,
} from "./errors.ts";

const one = (value: unknown, field: string, supported: readonly string[]): FieldError[] => {
  if (value === undefined || value === "") return [required(field)];
  return supported.includes(String(value)) ? [] : [notSupported(field, value, supported)];
};

const isPort = (value: unknown): boolean => Number(value) >= 1 && Number(value) <= 65535;
const PORT_RANGE = "must be between 1 and 65535, inclusive";

/** Whether anything but the name says what a volume is. */
const sources = (volume: Fields): string[] => Object.keys(volume).filter((key) => key !== "name");

const HOST_TYPES = [
  "BlockDevice",
  "CharDevice",
  "Directory",
  "DirectoryOrCreate",
  "File",
  "FileOrCreate",
  "Socket",
  "",
];

function validateVolume(volume: Fields, field: string): FieldError[] {
  const causes: FieldError[] = [];
  const kinds = sources(volume);
  for (const kind of kinds.slice(1))
    causes.push(forbiddenField(`${field}.${kind}`, "may not specify more than 1 volume type"));
  if (kinds.length === 0) causes.push(required(field, "must specify a volume type"));
  const need = (kind: string, key: string): void => {
    if (volume[kind] !== undefined && textOf(at(volume, kind, key)) === "")
      causes.push(required(`${field}.${kind}.${key}`));
  };
  need("hostPath", "path");
  need("secret", "secretName");
  need("configMap", "name");
  need("persistentVolumeClaim", "claimName");
  const host = volume.hostPath as Fields | undefined;
  if (host !== undefined) {
    if (textOf(host.path).split("/").includes(".."))
      causes.push(invalidValue(`${field}.hostPath.path`, host.path, "must not contain '..'"));
    if (!HOST_TYPES.includes(textOf(host.type)))
      causes.push(notSupported(`${field}.hostPath.type`, host.type, HOST_TYPES));
  }
  return causes;
}

function validateVolumes(pod: Fields, field: string): FieldError[] {
  const seen = new Set<string>();
  return listOf(pod.volumes).flatMap((volume, i) => {
    const here = `${field}.volumes[${i}]`;
    const name = textOf(volume.name);
    const causes = validateVolume(volume, here);
    if (name === "") causes.push(required(`${here}.name`));
    else {
      causes.push(...checkFormat("label", name).map((each) => invalidValue(`${here}.name`, name, each)));
      if (seen.has(name)) causes.push(duplicate(`${here}.name`, name));
      seen.add(name);
    }
    return causes;
  });
}

function validatePorts(ports: readonly Fields[], field: string): FieldError[] {
  const seen = new Set<string>();
  return ports.flatMap((port, i) => {
    const here = `${field}[${i}]`;
    const causes: FieldError[] = [];
    const name = textOf(port.name);
    if (name !== "") {
      causes.push(...checkFormat("port", name).map((each) => invalidValue(`${here}.name`, name, each)));
      if (seen.has(name)) causes.push(duplicate(`${here}.name`, name));
      seen.add(name);
    }
    if (port.containerPort === undefined || port.containerPort === 0) causes.push(required(`${here}.containerPort`));
    else if (!isPort(port.containerPort))
      causes.push(invalidValue(`${here}.containerPort`, port.containerPort, PORT_RANGE));
    if (port.hostPort !== undefined && !isPort(port.hostPort))
      causes.push(invalidValue(`${here}.hostPort`, port.hostPort, PORT_RANGE));
    causes.push(...one(port.protocol, `${here}.protocol`, ["SCTP", "TCP", "UDP"]));
    return causes;
  });
}

const ENV_SOURCES = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];

function validateEnv(env: readonly Fields[], field: string): FieldError[] {
  return env.flatMap((variable, i) => {
    const here = `${field}[${i}]`;
    const name = textOf(variable.name);
    const causes =
      name === ""
        ? [required(`${here}.name`)]
        : checkFormat("env", name).map((each) => invalidValue(`${here}.name`, name, each));
    const from = variable.valueFrom as Fields | undefined;
    if (from === undefined) return causes;
    const given = ENV_SOURCES.filter((key) => from[key] !== undefined);
    if (given.length === 0)
      causes.push(
        invalidValue(
          `${here}.valueFrom`,
          "",
          "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`",
        ),
      );
    else if (textOf(variable.value) !== "")
      causes.push(invalidValue(`${here}.valueFrom`, "", "may not be specified when `value` is not empty"));
    else if (given.length > 1)
      causes.push(invalidValue(`${here}.valueFrom`, "", "may not have more than one field specified at a time"));
    for (const kind of ["configMapKeyRef", "secretKeyRef"]) {
      const ref = from[kind] as Fields | undefined;
      if (ref === undefined) continue;
      if (!ref.key) causes.push(required(`${here}.valueFrom.${kind}.key`));
    }
    return causes;
  });
}

function validateMounts(container: Fields, volumes: ReadonlySet<string>, field: string): FieldError[] {
  const paths = new Set<string>();
  return listOf(container.volumeMounts).flatMap((mount, i) => {
    const here = `${field}[${i}]`;
    const causes: FieldError[] = [];
    const name = textOf(mount.name);
    const path = textOf(mount.mountPath);
    if (name === "") causes.push(required(`${here}.name`));
    else if (!volumes.has(name)) causes.push(notFoundValue(`${here}.name`, name));
    if (path === "") causes.push(required(`${here}.mountPath`));
    else if (paths.has(path)) causes.push(invalidValue(`${here}.mountPath`, path, "must be unique"));
    paths.add(path);
    const sub = textOf(mount.subPath);
    if (sub.startsWith("/")) causes.push(invalidValue(`${here}.subPath`, sub, "must be a relative path"));
    if (sub.split("/").includes("..")) causes.push(invalidValue(`${here}.subPath`, sub, "must not contain '..'"));
    return causes;
  });
}

const STANDARD = ["cpu", "memory", "ephemeral-storage"];

function validateResources(resources: Fields, field: string): FieldError[] {
  const causes: FieldError[] = [];
  const limits = fieldsOf(resources.limits);
  for (const kind of ["limits", "requests"]) {
    for (const [name, value] of Object.entries(fieldsOf(resources[kind]))) {
      const here = `${field}.${kind}`;
      const nano = parseQuantity(String(value))?.nano ?? 0n;
      if (!STANDARD.includes(name) && !name.startsWith("hugepages-") && !name.includes("/"))
        causes.push(
          invalidValue(here, name, "must be a standard resource type or fully qualified"),
          invalidValue(here, name, "must be a standard resource for containers"),
        );
      else causes.push(...checkQualified(name).map((each) => invalidValue(here, name, each)));
      if (nano < 0n) causes.push(invalidValue(`${here}[${name}]`, String(value), "must be greater than or equal to 0"));
      const limit = limits[name];
      if (kind === "requests" && limit !== undefined && nano > (parseQuantity(String(limit))?.nano ?? 0n))
        causes.push(
          invalidValue(here, String(value), `must be less than or equal to ${name} limit of ${String(limit)}`),
        );
    }
  }
  return causes;
}

const HANDLERS = ["exec", "httpGet", "tcpSocket", "grpc"];

function validateProbe(probe: Fields | undefined, field: string, liveness: boolean): FieldError[] {
  if (probe === undefined) return [];
  const given = HANDLERS.filter((kind) => probe[kind] !== undefined);
  const causes: FieldError[] = given.length === 0 ? [required(field, "must specify a handler type")] : [];
  for (const kind of given.slice(1))
    causes.push(forbiddenField(`${field}.${kind}`, "may not specify more than 1 handler type"));
  const http = probe.httpGet as Fields | undefined;
  if (http !== undefined && typeof http.port === "number" && !isPort(http.port))
    causes.push(invalidValue(`${field}.httpGet.port`, http.port, PORT_RANGE));
  for (const key of ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"])
    if (Number(probe[key] ?? 0) < 0)
      causes.push(invalidValue(`${field}.${key}`, probe[key], "must be greater than or equal to 0"));
  if (liveness && probe.successThreshold !== undefined && probe.successThreshold !== 1)
    causes.push(invalidValue(`${field}.successThreshold`, probe.successThreshold, "must be 1"));
  return causes;
}

function validateSecurity(container: Fields, field: string): FieldError[] {
  const context = container.securityContext as Fields | undefined;
  if (context === undefined) return [];
  const causes: FieldError[] = [];
  for (const key of ["runAsUser", "runAsGroup"])
    if (Number(context[key] ?? 0) < 0)
      causes.push(invalidValue(`${field}.${key}`, context[key], "must be between 0 and 2147483647, inclusive"));
  if (context.allowPrivilegeEscalation === false) {
    if (context.privileged === true)
      causes.push(
        invalidValue(field, context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"),
      );
    if (listOf<string>(at(context, "capabilities", "add")).includes("CAP_SYS_ADMIN"))
      causes.push(
        invalidValue(
          field,
          context,
          "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN",
        ),
      );
  }
  causes.push(...validateSeccomp(context.seccompProfile as Fields | undefined, `${field}.seccompProfile`));
  return causes;
}

function validateSeccomp(profile: Fields | undefined, field: string): FieldError[] {
  if (profile === undefined) return [];
  const kinds = ["Localhost", "RuntimeDefault", "Unconfined"];
  const type = textOf(profile.type);
  if (type === "") return [required(`${field}.type`, "type is required when seccompProfile is set")];
  if (!kinds.includes(type)) return [notSupported(`${field}.type`, type, kinds)];
  if (type === "Localhost" && !profile.localhostProfile)
    return [required(`${field}.localhostProfile`, "must be set when seccomp type is Localhost")];
  return [];
}

function validateContainer(container: Fields, volumes: ReadonlySet<string>, here: string): FieldError[] {
  const causes: FieldError[] = [];
  const image = textOf(container.image);
  if (image === "") causes.push(required(`${here}.image`));
  else if (image !== image.trim())
    causes.push(invalidValue(`${here}.image`, image, "must not have leading or trailing whitespace"));
  causes.push(
    ...one(container.terminationMessagePolicy, `${here}.terminationMessagePolicy`, ["FallbackToLogsOnError", "File"]),
  );
  causes.push(...validatePorts(listOf(container.ports), `${here}.ports`));
  causes.push(...validateEnv(listOf(container.env), `${here}.env`));
  causes.push(...validateMounts(container, volumes, `${here}.volumeMounts`));
  causes.push(...one(container.imagePullPolicy, `${here}.imagePullPolicy`, ["Always", "IfNotPresent", "Never"]));
  causes.push(...validateResources(fieldsOf(container.resources), `${here}.resources`));
  causes.push(...validateSecurity(container, `${here}.securityContext`));
  for (const kind of ["livenessProbe", "readinessProbe", "startupProbe"])
    causes.push(...validateProbe(container[kind] as Fields | undefined, `${here}.${kind}`, kind !== "readinessProbe"));
  return causes;
}

function validateContainers(pod: Fields, field: string): FieldError[] {
  const volumes = new Set(listOf(pod.volumes).map((each) => textOf(each.name)));
  const seen = new Set<string>();
  const causes: FieldError[] = [];
  const check = (key: string): void => {
    listOf(pod[key]).forEach((container, i) => {
      const here = `${field}.${key}[${i}]`;
      const name = textOf(container.name);
      if (name === "") causes.push(required(`${here}.name`));
      else {
        causes.push(...checkFormat("label", name).map((each) => invalidValue(`${here}.name`, name, each)));
        if (seen.has(name)) causes.push(duplicate(`${here}.name`, name));
        seen.add(name);
      }
      causes.push(...validateContainer(container, volumes, here));
    });
  };
  if (listOf(pod.containers).length === 0) causes.push(required(`${field}.containers`));
  check("containers");
  check("initContainers");
  return causes;
}

const EFFECTS = ["NoExecute", "NoSchedule", "PreferNoSchedule"];

function validateTolerations(pod: Fields, field: string): FieldError[] {
  return listOf(pod.tolerations).flatMap((toleration, i) => {
    const here = `${field}.tolerations[${i}]`;
    const causes: FieldError[] = [];
    const { key = "", operator = "", value = "", effect = "" } = toleration as Record<string, string>;
    if (key !== "") causes.push(...checkQualified(key).map((each) => invalidValue(`${here}.key`, key, each)));
    else if (operator !== "Exists")
      causes.push(
        invalidValue(
          `${here}.operator`,
          operator,
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      );
    if (toleration.tolerationSeconds !== undefined && effect !== "NoExecute")
      causes.push(invalidValue(`${here}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    if (operator === "Exists" && value !== "")
      causes.push(invalidValue(`${here}.operator`, value, "value must be empty when `operator` is 'Exists'"));
    else if (!["", "Equal", "Exists", "Lt", "Gt"].includes(operator))
      causes.push(notSupported(`${here}.operator`, operator, ["Equal", "Exists"]));
    if (effect !== "" && !EFFECTS.includes(effect)) causes.push(notSupported(`${here}.effect`, effect, EFFECTS));
    return causes;
  });
}

/** A pod's spec. */
export function validatePodSpec(pod: Fields, field: string): FieldError[] {
  const causes: FieldError[] = [...validateVolumes(pod, field), ...validateContainers(pod, field)];
  causes.push(...one(pod.restartPolicy, `${field}.restartPolicy`, ["Always", "Never", "OnFailure"]));
  causes.push(
    ...one(pod.dnsPolicy, `${field}.dnsPolicy`, ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]),
  );
  causes.push(...checkLabels(pod.nodeSelector as Record<string, string> | undefined, `${field}.nodeSelector`));
  causes.push(
    ...validateSeccomp(
      at(pod, "securityContext", "seccompProfile") as Fields | undefined,
      `${field}.securityContext.seccompProfile`,
    ),
  );
  const account = textOf(pod.serviceAccountName);
  if (account !== "")
    causes.push(
      ...checkFormat("subdomain", account).map((each) => invalidValue(`${field}.serviceAccountName`, account, each)),
    );
  const node = textOf(pod.nodeName);
  if (node !== "")
    causes.push(...checkFormat("subdomain", node).map((each) => invalidValue(`${field}.nodeName`, node, each)));
  const deadline = pod.activeDeadlineSeconds;
  if (deadline !== undefined && Number(deadline) < 1)
    causes.push(
      invalidValue(`${field}.activeDeadlineSeconds`, deadline, "must be between 1 and 2147483647, inclusive"),
    );
  for (const key of ["hostname", "subdomain"]) {
    const name = textOf(pod[key]);
    if (name !== "")
      causes.push(...checkFormat("label", name).map((each) => invalidValue(`${field}.${key}`, name, each)));
  }
  causes.push(...validateTolerations(pod, field));
  if (pod.hostNetwork === true)
    listOf(pod.containers).forEach((container, i) => {
      listOf(container.ports).forEach((port, j) => {
        if (port.hostPort !== port.containerPort)
          causes.push(
            invalidValue(
              `${field}.containers[${i}].ports[${j}].hostPort`,
              port.hostPort ?? 0,
              "must match `containerPort` when `hostNetwork` is true",
            ),
          );
      });
    });
  return causes;
}

const UPDATABLE =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/** What of a pod may change after it was made. fidelity: the real message goes on with a diff of internal structs. */
export function validatePodUpdate(pod: KubeObject, current: KubeObject): FieldError[] {
  const causes: FieldError[] = [];
  for (const key of ["containers", "initContainers"])
    if (listOf(at(pod, "spec", key)).length !== listOf(at(current, "spec", key)).length)
      return [forbiddenField(`spec.${key}`, "pod updates may not add or remove containers")];
  const old = listOf(at(current, "spec", "tolerations")).map((each) => JSON.stringify(sortKeys(each)));
  const now = listOf(at(pod, "spec", "tolerations")).map((each) => JSON.stringify(sortKeys(each)));
  if (old.some((each) => !now.includes(each)))
    causes.push(
      forbiddenField("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds"),
    );
  const frozen = (object: KubeObject): string => {
    const spec = fieldsOf(object.spec);
    const bare = (key: string): unknown => listOf(spec[key]).map(({ image: _, ...rest }) => rest);
    const {
      activeDeadlineSeconds: _,
      tolerations: __,
      schedulingGates: ___,
      ephemeralContainers: ____,
      ...rest
    } = spec;
    return JSON.stringify(
      sortKeys({ ...rest, containers: bare("containers"), initContainers: bare("initContainers") }),
    );
  };
  if (frozen(pod) !== frozen(current)) causes.push(forbiddenField("spec", UPDATABLE));
  return causes;
}
