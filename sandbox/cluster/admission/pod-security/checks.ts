// The checks of the Pod Security Standards as of 1.36: what each looks at, since which version, and its exact words.

import { at, type Fields, type KubeObject, listOf, textOf } from "../../object.ts";

/** What a check found: its reason (for a list of pods) and its detail (for one pod). */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

export interface Subject {
  readonly spec: Fields;
  readonly annotations: Readonly<Record<string, string>>;
  /** Init, plain and ephemeral containers. */
  readonly containers: readonly Fields[];
}

interface Check {
  readonly id: string;
  readonly level: "baseline" | "restricted";
  /** Minor version of 1.x since which it looks this way; later entries of the same id replace earlier ones. */
  readonly since: number;
  /** Baseline checks that this one makes needless. */
  readonly instead?: string;
  look(subject: Subject, version: number): Violation | undefined;
}

export function subjectOf(metadata: KubeObject["metadata"] | undefined, spec: Fields): Subject {
  return {
    spec,
    annotations: metadata?.annotations ?? {},
    containers: [
      ...listOf(spec["initContainers"]),
      ...listOf(spec["containers"]),
      ...listOf(spec["ephemeralContainers"]),
    ],
  };
}

const quote = (list: readonly string[]): string => list.map((item) => JSON.stringify(item)).join(", ");
const sorted = (list: Iterable<string>): string[] => [...new Set(list)].sort();
const plural = (one: string, many: string, list: readonly unknown[]): string => (list.length === 1 ? one : many);
/** `container "a"` or `containers "a", "b"`. */
const named = (names: readonly string[], what = "container"): string =>
  `${plural(what, `${what}s`, names)} ${quote(names)}`;
const namesOf = (containers: readonly Fields[]): string[] => containers.map((each) => textOf(each["name"]));
const context = (of: Fields, ...path: string[]): unknown => at(of, "securityContext", ...path);
const where = ({ containers }: Subject, bad: (container: Fields) => boolean): string[] =>
  namesOf(containers.filter(bad));

const found = (reason: string, detail: string): Violation => ({ reason, detail });

/** Pod and containers that set a value, as `pod and container "c"`; undefined where nobody does. */
function setters(subject: Subject, bad: (of: Fields) => boolean): string | undefined {
  const containers = where(subject, bad);
  const all = [...(bad(subject.spec) ? ["pod"] : []), ...(containers.length > 0 ? [named(containers)] : [])];
  return all.length === 0 ? undefined : all.join(" and ");
}

/** Values that the bad setters set, each once and in order. */
const valuesOf = (subject: Subject, path: readonly string[], bad: (of: Fields) => boolean): string[] =>
  sorted([subject.spec, ...subject.containers].filter(bad).map((each) => textOf(context(each, ...path))));

const isWindows = ({ spec }: Subject): boolean => at(spec, "os", "name") === "windows";
const hasUserNamespace = ({ spec }: Subject): boolean => spec["hostUsers"] === false;

const APPARMOR = "container.apparmor.security.beta.kubernetes.io/";

function appArmor(subject: Subject): Violation | undefined {
  const path = ["appArmorProfile", "type"];
  const bad = (of: Fields): boolean =>
    context(of, "appArmorProfile") != null && !["RuntimeDefault", "Localhost"].includes(textOf(context(of, ...path)));
  const annotations = Object.entries(subject.annotations)
    .filter(([key, value]) => key.startsWith(APPARMOR) && !/^$|^runtime\/default$|^localhost\//.test(value))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort();
  const by = setters(subject, bad);
  const all = [by, annotations.length === 0 ? undefined : plural("annotation", "annotations", annotations)];
  const who = all.filter((each) => each !== undefined);
  if (who.length === 0) return undefined;
  const values = [...valuesOf(subject, path, bad), ...annotations];
  return found(
    plural("forbidden AppArmor profile", "forbidden AppArmor profiles", values),
    `${who.join(" and ")} must not set AppArmor profile type to ${quote(values)}`,
  );
}

const DEFAULT_CAPABILITIES =
  "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT".split(
    " ",
  );

function addedCapabilities(subject: Subject, allowed: readonly string[]): string | undefined {
  const extra = (container: Fields): string[] =>
    listOf<string>(context(container, "capabilities", "add")).filter((each) => !allowed.includes(each));
  const containers = where(subject, (container) => extra(container).length > 0);
  if (containers.length === 0) return undefined;
  const values = sorted(subject.containers.flatMap(extra));
  return `${named(containers)} must not include ${quote(values)} in securityContext.capabilities.add`;
}

function restrictedCapabilities(subject: Subject): Violation | undefined {
  const missing = where(subject, (each) => !listOf<string>(context(each, "capabilities", "drop")).includes("ALL"));
  const details = [
    missing.length > 0 ? `${named(missing)} must set securityContext.capabilities.drop=["ALL"]` : undefined,
    addedCapabilities(subject, ["NET_BIND_SERVICE"]),
  ].filter((each) => each !== undefined);
  return details.length === 0 ? undefined : found("unrestricted capabilities", details.join("; "));
}

function hostPorts(subject: Subject): Violation | undefined {
  const portsOf = (container: Fields): string[] =>
    listOf(container["ports"]).flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : []));
  const containers = where(subject, (container) => portsOf(container).length > 0);
  if (containers.length === 0) return undefined;
  const ports = sorted(subject.containers.flatMap(portsOf));
  const use = plural("uses", "use", containers);
  return found("hostPort", `${named(containers)} ${use} ${plural("hostPort", "hostPorts", ports)} ${ports.join(", ")}`);
}

const HANDLERS = ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"];

function probeHosts(subject: Subject): Violation | undefined {
  const hostsOf = (container: Fields): string[] =>
    HANDLERS.flatMap((path) => {
      const handler = at(container, ...path.split("."));
      return [textOf(at(handler, "httpGet", "host")), textOf(at(handler, "tcpSocket", "host"))];
    }).filter((host) => host !== "");
  const containers = sorted(where(subject, (container) => hostsOf(container).length > 0));
  if (containers.length === 0) return undefined;
  const hosts = sorted(subject.containers.flatMap(hostsOf));
  const what = plural("probe or lifecycle host", "probe or lifecycle hosts", hosts);
  return found(
    "probe or lifecycle host",
    `${named(containers)} ${plural("uses", "use", containers)} ${what} ${quote(hosts)}`,
  );
}

function procMount(subject: Subject, version: number): Violation | undefined {
  if (version >= 35 && hasUserNamespace(subject)) return undefined;
  const bad = (of: Fields): boolean => context(of, "procMount") != null && context(of, "procMount") !== "Default";
  const containers = where(subject, bad);
  if (containers.length === 0) return undefined;
  const values = sorted(subject.containers.filter(bad).map((each) => textOf(context(each, "procMount"))));
  return found("procMount", `${named(containers)} must not set securityContext.procMount to ${quote(values)}`);
}

function seLinux(subject: Subject, version: number): Violation | undefined {
  const allowed = [
    "",
    "container_t",
    "container_init_t",
    "container_kvm_t",
    ...(version >= 31 ? ["container_engine_t"] : []),
  ];
  const option = (of: Fields, name: string): string => textOf(context(of, "seLinuxOptions", name));
  const badType = (of: Fields): boolean => !allowed.includes(option(of, "type"));
  const bad = (of: Fields): boolean => badType(of) || option(of, "user") !== "" || option(of, "role") !== "";
  const who = setters(subject, bad);
  if (who === undefined) return undefined;
  const all = [subject.spec, ...subject.containers];
  const types = sorted(all.filter(badType).map((each) => option(each, "type")));
  const data = [
    ...(types.length > 0 ? [`${plural("type", "types", types)} ${quote(types)}`] : []),
    ...["user", "role"]
      .filter((name) => all.some((of) => option(of, name) !== ""))
      .map((name) => `${name} may not be set`),
  ];
  return found("seLinuxOptions", `${who} set forbidden securityContext.seLinuxOptions: ${data.join("; ")}`);
}

const badSeccomp = (of: Fields): boolean =>
  context(of, "seccompProfile") != null &&
  !["RuntimeDefault", "Localhost"].includes(textOf(context(of, "seccompProfile", "type")));

function seccompBaseline(subject: Subject): Violation | undefined {
  const who = setters(subject, badSeccomp);
  if (who === undefined) return undefined;
  const values = quote(valuesOf(subject, ["seccompProfile", "type"], badSeccomp));
  return found("seccompProfile", `${who} must not set securityContext.seccompProfile.type to ${values}`);
}

function seccompAnnotations({ annotations, containers }: Subject): Violation | undefined {
  const keys = [
    "seccomp.security.alpha.kubernetes.io/pod",
    ...namesOf(containers).map((name) => `container.seccomp.security.alpha.kubernetes.io/${name}`),
  ];
  const bad = keys.filter((key) => !/^(runtime|docker)\/default$|^localhost\//.test(annotations[key] ?? "localhost/"));
  if (bad.length === 0) return undefined;
  const texts = sorted(bad.map((key) => `${key}=${JSON.stringify(annotations[key])}`));
  return found("seccompProfile", `forbidden ${plural("annotation", "annotations", texts)} ${texts.join(", ")}`);
}

/** Must be set, on the pod or on each container, and not to what is bad. */
function mustSet(
  subject: Subject,
  reason: string,
  { bad, good, not, must }: { bad(of: Fields): boolean; good(of: Fields): boolean; not: () => string; must: string },
): Violation | undefined {
  const who = setters(subject, bad);
  if (who !== undefined) return found(reason, `${who} must not set securityContext.${not()}`);
  if (good(subject.spec)) return undefined;
  const missing = where(subject, (container) => !good(container));
  return missing.length === 0 ? undefined : found(reason, `pod or ${named(missing)} must set securityContext.${must}`);
}

const SYSCTLS: readonly (readonly [since: number, names: string])[] = [
  [
    0,
    "kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.tcp_syncookies net.ipv4.ping_group_range net.ipv4.ip_unprivileged_port_start",
  ],
  [27, "net.ipv4.ip_local_reserved_ports"],
  [
    29,
    "net.ipv4.tcp_keepalive_time net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes",
  ],
  [32, "net.ipv4.tcp_rmem net.ipv4.tcp_wmem"],
];

function sysctls({ spec }: Subject, version: number): Violation | undefined {
  const allowed = SYSCTLS.filter(([since]) => version >= since).flatMap(([, names]) => names.split(" "));
  const bad = listOf(context(spec, "sysctls"))
    .map(({ name }) => textOf(name))
    .filter((name) => !allowed.includes(name));
  return bad.length === 0 ? undefined : found("forbidden sysctls", bad.join(", "));
}

const SAFE_VOLUMES = "configMap csi downwardAPI emptyDir ephemeral persistentVolumeClaim projected secret".split(" ");

function volumes({ spec }: Subject): Violation | undefined {
  const bad = listOf(spec["volumes"]).filter((volume) => !SAFE_VOLUMES.some((type) => volume[type] != null));
  if (bad.length === 0) return undefined;
  const types = sorted(bad.map((volume) => Object.keys(volume).find((key) => key !== "name") ?? "unknown"));
  const names = namesOf(bad);
  const what = plural("restricted volume type", "restricted volume types", types);
  return found(
    "restricted volume types",
    `${named(names, "volume")} ${plural("uses", "use", names)} ${what} ${quote(types)}`,
  );
}

/** All checks, in the order in which they are told: baseline, then restricted, each by id. */
export const CHECKS: readonly Check[] = [
  { id: "appArmorProfile", level: "baseline", since: 0, look: appArmor },
  {
    id: "capabilities_baseline",
    level: "baseline",
    since: 0,
    look: (subject) => {
      const detail = addedCapabilities(subject, DEFAULT_CAPABILITIES);
      return detail === undefined ? undefined : found("non-default capabilities", detail);
    },
  },
  {
    id: "hostNamespaces",
    level: "baseline",
    since: 0,
    look: ({ spec }) => {
      const shared = ["hostNetwork", "hostPID", "hostIPC"].filter((name) => spec[name] === true);
      return shared.length === 0
        ? undefined
        : found("host namespaces", shared.map((name) => `${name}=true`).join(", "));
    },
  },
  {
    id: "hostPathVolumes",
    level: "baseline",
    since: 0,
    look: ({ spec }) => {
      const names = namesOf(listOf(spec["volumes"]).filter((volume) => volume["hostPath"] != null));
      return names.length === 0 ? undefined : found("hostPath volumes", named(names, "volume"));
    },
  },
  { id: "hostPorts", level: "baseline", since: 0, look: hostPorts },
  { id: "hostProbesAndHostLifecycle", level: "baseline", since: 34, look: probeHosts },
  {
    id: "privileged",
    level: "baseline",
    since: 0,
    look: (subject) => {
      const names = where(subject, (container) => context(container, "privileged") === true);
      return names.length === 0
        ? undefined
        : found("privileged", `${named(names)} must not set securityContext.privileged=true`);
    },
  },
  { id: "procMount", level: "baseline", since: 0, look: procMount },
  { id: "seLinuxOptions", level: "baseline", since: 0, look: seLinux },
  { id: "seccompProfile_baseline", level: "baseline", since: 0, look: seccompAnnotations },
  { id: "seccompProfile_baseline", level: "baseline", since: 19, look: seccompBaseline },
  { id: "sysctls", level: "baseline", since: 0, look: sysctls },
  {
    id: "windowsHostProcess",
    level: "baseline",
    since: 0,
    look: (subject) => {
      const who = setters(subject, (of) => context(of, "windowsOptions", "hostProcess") === true);
      return who === undefined
        ? undefined
        : found("hostProcess", `${who} must not set securityContext.windowsOptions.hostProcess=true`);
    },
  },
  {
    id: "allowPrivilegeEscalation",
    level: "restricted",
    since: 8,
    look: (subject, version) => {
      if (version >= 25 && isWindows(subject)) return undefined;
      const names = where(subject, (container) => context(container, "allowPrivilegeEscalation") !== false);
      return names.length === 0
        ? undefined
        : found(
            "allowPrivilegeEscalation != false",
            `${named(names)} must set securityContext.allowPrivilegeEscalation=false`,
          );
    },
  },
  {
    id: "capabilities_restricted",
    level: "restricted",
    since: 22,
    instead: "capabilities_baseline",
    look: (subject, version) => (version >= 25 && isWindows(subject) ? undefined : restrictedCapabilities(subject)),
  },
  { id: "restrictedVolumes", level: "restricted", since: 0, instead: "hostPathVolumes", look: volumes },
  {
    id: "runAsNonRoot",
    level: "restricted",
    since: 0,
    look: (subject, version) =>
      version >= 35 && hasUserNamespace(subject)
        ? undefined
        : mustSet(subject, "runAsNonRoot != true", {
            bad: (of) => context(of, "runAsNonRoot") === false,
            good: (of) => context(of, "runAsNonRoot") === true,
            not: () => "runAsNonRoot=false",
            must: "runAsNonRoot=true",
          }),
  },
  {
    id: "runAsUser",
    level: "restricted",
    since: 23,
    look: (subject, version) => {
      if (version >= 35 && hasUserNamespace(subject)) return undefined;
      const who = setters(subject, (of) => context(of, "runAsUser") === 0);
      return who === undefined ? undefined : found("runAsUser=0", `${who} must not set runAsUser=0`);
    },
  },
  {
    id: "seccompProfile_restricted",
    level: "restricted",
    since: 19,
    instead: "seccompProfile_baseline",
    look: (subject, version) =>
      version >= 25 && isWindows(subject)
        ? undefined
        : mustSet(subject, "seccompProfile", {
            bad: badSeccomp,
            good: (of) => context(of, "seccompProfile") != null && !badSeccomp(of),
            not: () => `seccompProfile.type to ${quote(valuesOf(subject, ["seccompProfile", "type"], badSeccomp))}`,
            must: 'seccompProfile.type to "RuntimeDefault" or "Localhost"',
          }),
  },
];
