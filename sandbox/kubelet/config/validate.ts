// ValidateKubeletConfiguration: every rule with its exact text, in the order in which the kubelet collects them.

import { quoteGo } from "../../lib/yaml-go/json.ts";
import { nanoseconds } from "./duration.ts";
import { gateOn } from "./gates.ts";

type Values = ReadonlyMap<string, unknown>;

interface Input {
  readonly number: (path: string) => number;
  readonly text: (path: string) => string;
  readonly list: (path: string) => readonly string[];
  readonly flag: (path: string) => boolean;
  readonly time: (path: string) => bigint;
  readonly has: (path: string) => boolean;
  readonly gate: (name: string) => boolean;
  readonly minor: number;
  readonly values: Values;
}

/** The aggregate's text, or undefined where all is well. */
export function validateConfig(values: Values, minor: number): string | undefined {
  const gates = (values.get("featureGates") ?? {}) as Record<string, boolean>;
  const input: Input = {
    number: (path) => (values.get(path) as number | undefined) ?? 0,
    text: (path) => (values.get(path) as string | undefined) ?? "",
    list: (path) => (values.get(path) as string[] | undefined) ?? [],
    flag: (path) => values.get(path) === true,
    time: (path) => nanoseconds(values.get(path)),
    has: (path) => values.get(path) !== undefined && values.get(path) !== null,
    gate: (name) => gateOn(name, gates, minor),
    minor,
    values,
  };
  const errors: string[] = [];
  for (const rules of [
    ...(minor >= 23 ? [lease, cgroups] : [lease, oldQos, cgroups]),
    numbers,
    topology,
    shutdown,
    ...(minor >= 23 ? [modern] : []),
    enforcement,
    hairpin,
    ...(minor >= 23 ? [images] : []),
    cpus,
    ...(minor >= 23 ? [late] : [oldLogs]),
  ])
    rules(input, (text) => errors.push(text.startsWith("!") ? text.slice(1) : `invalid configuration: ${text}`));
  const unique = [...new Set(errors)];
  if (unique.length === 0) return undefined;
  return unique.length === 1 ? unique[0] : `[${unique.join(", ")}]`;
}

type Report = (text: string) => void;

const SECOND = 1000000000n;

function lease(c: Input, report: Report): void {
  if (c.number("nodeLeaseDurationSeconds") <= 0)
    report(`${c.minor >= 23 ? "nodeLeaseDurationSeconds" : "NodeLeaseDurationSeconds"} must be greater than 0`);
}

function oldQos(c: Input, report: Report): void {
  if (!c.flag("cgroupsPerQOS") && c.list("enforceNodeAllocatable").length > 0)
    report(
      "enforceNodeAllocatable (--enforce-node-allocatable) is not supported unless cgroupsPerQOS (--cgroups-per-qos) is set to true",
    );
}

function cgroups(c: Input, report: Report): void {
  if (c.text("systemCgroups") !== "" && c.text("cgroupRoot") === "")
    report("systemCgroups (--system-cgroups) was specified and cgroupRoot (--cgroup-root) was not specified");
}

function numbers(c: Input, report: Report): void {
  const named = (path: string, flag: string): string => `${path} (--${flag}) ${c.number(path)}`;
  const negative = (path: string, flag: string): void => {
    if (c.number(path) < 0) report(`${named(path, flag)} must not be a negative number`);
  };
  const within = (path: string, flag: string, low: number, high: number): void => {
    const value = c.number(path);
    if (value < low || value > high) report(`${named(path, flag)} must be between ${low} and ${high}, inclusive`);
  };
  negative("eventBurst", "event-burst");
  negative("eventRecordQPS", "event-qps");
  if (c.number("healthzPort") !== 0) within("healthzPort", "healthz-port", 1, 65535);
  quotaPeriod(c, report);
  within("imageGCHighThresholdPercent", "image-gc-high-threshold", 0, 100);
  within("imageGCLowThresholdPercent", "image-gc-low-threshold", 0, 100);
  if (c.number("imageGCLowThresholdPercent") >= c.number("imageGCHighThresholdPercent"))
    report(
      `${named("imageGCLowThresholdPercent", "image-gc-low-threshold")} must be less than ${named("imageGCHighThresholdPercent", "image-gc-high-threshold")}`,
    );
  if (c.minor >= 30) imageAges(c, report);
  within("iptablesDropBit", "iptables-drop-bit", 0, 31);
  within("iptablesMasqueradeBit", "iptables-masquerade-bit", 0, 31);
  negative("kubeAPIBurst", "kube-api-burst");
  negative("kubeAPIQPS", "kube-api-qps");
  if (c.number("nodeStatusMaxImages") < -1)
    report(
      `${c.minor >= 23 ? `nodeStatusMaxImages (--node-status-max-images) ${c.number("nodeStatusMaxImages")}` : named("nodeStatusMaxImages", "node-status-max-images")} must be -1 or greater`,
    );
  negative("maxOpenFiles", "max-open-files");
  negative("maxPods", "max-pods");
  within("oomScoreAdj", "oom-score-adj", -1000, 1000);
  negative("podsPerCore", "pods-per-core");
  within("port", "port", 1, 65535);
  const readOnly = c.number("readOnlyPort");
  if (readOnly < 0 || readOnly > 65535)
    report(`${named("readOnlyPort", "read-only-port")} must be between 0 and 65535, inclusive`);
  negative("registryBurst", "registry-burst");
  negative("registryPullQPS", "registry-qps");
  if (c.has("maxParallelImagePulls")) {
    const pulls = c.number("maxParallelImagePulls");
    if (pulls < 1) report(`maxParallelImagePulls ${pulls} must be a positive number`);
    if (c.flag("serializeImagePulls") && pulls > 1)
      report(
        "maxParallelImagePulls cannot be larger than 1 unless SerializeImagePulls (--serialize-image-pulls) is set to false",
      );
  }
  if (c.flag("serverTLSBootstrap") && !c.gate("RotateKubeletServerCertificate"))
    report("serverTLSBootstrap true requires feature gate RotateKubeletServerCertificate");
  if (c.minor >= 23 && c.flag("runOnce"))
    report("runOnce (--runOnce) true, Runonce mode has been deprecated and should not be set");
}

function quotaPeriod(c: Input, report: Report): void {
  const period = c.time("cpuCFSQuotaPeriod");
  const shown = `{${c.text("cpuCFSQuotaPeriod")}}`;
  const on = c.gate("CustomCPUCFSQuotaPeriod");
  const name = "cpuCFSQuotaPeriod (--cpu-cfs-quota-period)";
  if (c.minor < 23) {
    if (on && (period < 1000n || period > SECOND))
      report(`CPUCFSQuotaPeriod (--cpu-cfs-quota-period) ${shown} must be between 1usec and 1sec, inclusive`);
    return;
  }
  if (!on && period !== SECOND / 10n) report(`${name} ${shown} requires feature gate CustomCPUCFSQuotaPeriod`);
  if (on && (period < SECOND / 1000n || period > SECOND))
    report(`${name} ${shown} must be between 1ms and 1sec, inclusive`);
}

function imageAges(c: Input, report: Report): void {
  const least = c.time("imageMinimumGCAge");
  const most = c.time("imageMaximumGCAge");
  if (least < 0n) report(`imageMinimumGCAge {${c.text("imageMinimumGCAge")}} must not be negative`);
  if (most < 0n) report(`imageMaximumGCAge {${c.text("imageMaximumGCAge")}} must not be negative`);
  if (most > 0n && most <= least)
    report(
      `imageMaximumGCAge {${c.text("imageMaximumGCAge")}} must be greater than imageMinimumGCAge {${c.text("imageMinimumGCAge")}}`,
    );
}

const POLICIES = ["none", "best-effort", "restricted", "single-numa-node"];

function topology(c: Input, report: Report): void {
  const policy = c.text("topologyManagerPolicy");
  const scope = c.text("topologyManagerScope");
  if (!POLICIES.includes(policy))
    report(
      c.minor >= 23
        ? `topologyManagerPolicy (--topology-manager-policy) ${quoteGo(policy)} must be one of: [${POLICIES.map(quoteGo).join(" ")}]`
        : `topologyManagerPolicy non-allowable value: ${policy}`,
    );
  if (scope !== "container" && scope !== "pod")
    report(
      c.minor >= 23
        ? `topologyManagerScope (--topology-manager-scope) ${quoteGo(scope)} must be one of: "container", or "pod"`
        : `topologyManagerScope non-allowable value: ${scope}`,
    );
}

function shutdown(c: Input, report: Report): void {
  const whole = c.time("shutdownGracePeriod");
  const critical = c.time("shutdownGracePeriodCriticalPods");
  const shown = (path: string): string => `{${c.text(path)}}`;
  const on = c.gate("GracefulNodeShutdown");
  if (c.minor < 23 && !on) {
    if (whole > 0n || critical > 0n)
      report(
        "Specifying ShutdownGracePeriod or ShutdownGracePeriodCriticalPods requires feature gate GracefulNodeShutdown",
      );
    return;
  }
  if (on) {
    if (critical > whole)
      report(
        `shutdownGracePeriodCriticalPods ${shown("shutdownGracePeriodCriticalPods")} must be <= shutdownGracePeriod ${shown("shutdownGracePeriod")}`,
      );
    if (whole < 0n || (whole > 0n && whole < SECOND))
      report(`shutdownGracePeriod ${shown("shutdownGracePeriod")} must be either zero or otherwise >= 1 sec`);
    if (critical < 0n || (critical > 0n && critical < SECOND))
      report(
        `shutdownGracePeriodCriticalPods ${shown("shutdownGracePeriodCriticalPods")} must be either zero or otherwise >= 1 sec`,
      );
  } else if (whole > 0n || critical > 0n)
    report(
      "specifying shutdownGracePeriod or shutdownGracePeriodCriticalPods requires feature gate GracefulNodeShutdown",
    );
}

function modern(c: Input, report: Report): void {
  const byPriority = c.list("shutdownGracePeriodByPodPriority").length > 0;
  if (byPriority && (c.time("shutdownGracePeriod") > 0n || c.time("shutdownGracePeriodCriticalPods") > 0n))
    report("Cannot specify both shutdownGracePeriodByPodPriority and shutdownGracePeriod at the same time");
  if (byPriority && !c.gate("GracefulNodeShutdownBasedOnPodPriority"))
    report("Specifying shutdownGracePeriodByPodPriority requires feature gate GracefulNodeShutdownBasedOnPodPriority");
  const swap = c.text("memorySwap.swapBehavior");
  if (!["", "NoSwap", "LimitedSwap"].includes(swap))
    report(`memorySwap.swapBehavior ${quoteGo(swap)} must be one of: "", "LimitedSwap" or "NoSwap"`);
  const crash = "crashLoopBackOff.maxContainerRestartPeriod";
  if (!c.gate("KubeletCrashLoopBackOffMax")) {
    if (c.has(crash))
      report(
        "FeatureGate KubeletCrashLoopBackOffMax not enabled, CrashLoopBackOff.MaxContainerRestartPeriod must not be set",
      );
  } else if (!c.has(crash))
    report("FeatureGate KubeletCrashLoopBackOffMax is enabled, CrashLoopBackOff.MaxContainerRestartPeriod must be set");
  else if (c.time(crash) < SECOND || c.time(crash) > 300n * SECOND)
    report(
      `CrashLoopBackOff.MaxContainerRestartPeriod (got: ${Number(c.time(crash)) / 1e9} seconds) must be set between 1s and 300s`,
    );
}

const ENFORCEMENTS = [
  "pods",
  "system-reserved",
  "system-reserved-compressible",
  "kube-reserved",
  "kube-reserved-compressible",
];

function enforcement(c: Input, report: Report): void {
  const items = c.list("enforceNodeAllocatable");
  if (c.minor < 23) {
    oldEnforcement(c, items, report);
    return;
  }
  const both = (a: string): void => {
    if (items.includes(a) && items.includes(`${a}-compressible`))
      report(
        `both "${a}" and "${a}-compressible" cannot be specified together in enforceNodeAllocatable (--enforce-node-allocatable)`,
      );
  };
  both("system-reserved");
  both("kube-reserved");
  const seen = new Set<string>();
  for (const item of items) {
    if (seen.has(item))
      report(`duplicated enforcements ${quoteGo(item)} in enforceNodeAllocatable (--enforce-node-allocatable)`);
    seen.add(item);
    const kind = /^(system|kube)-reserved(-compressible)?$/.exec(item)?.[1];
    if (kind !== undefined && c.text(`${kind}ReservedCgroup`) === "")
      report(
        `${kind}ReservedCgroup (--${kind}-reserved-cgroup) must be specified when "${kind}-reserved" or "${kind}-reserved-compressible" included in enforceNodeAllocatable (--enforce-node-allocatable)`,
      );
    if (item === "none") {
      if (items.length > 1)
        report(
          'enforceNodeAllocatable (--enforce-node-allocatable) may not contain additional enforcements when "none" is specified',
        );
      continue;
    }
    if (!ENFORCEMENTS.includes(item)) {
      report(
        `option ${quoteGo(item)} specified for enforceNodeAllocatable (--enforce-node-allocatable). Valid options are ${ENFORCEMENTS.map(quoteGo).join(", ")} or "none"`,
      );
      continue;
    }
    if (!c.flag("cgroupsPerQOS"))
      report(
        `cgroupsPerQOS (--cgroups-per-qos) must be set to true when ${quoteGo(item)} contained in enforceNodeAllocatable (--enforce-node-allocatable)`,
      );
  }
}

function oldEnforcement(c: Input, items: readonly string[], report: Report): void {
  for (const item of items) {
    const kind = /^(system|kube)-reserved$/.exec(item)?.[1];
    if (kind !== undefined) {
      if (c.text(`${kind}ReservedCgroup`) === "")
        report(
          `${kind}ReservedCgroup (--${kind}-reserved-cgroup) must be specified when '${item}' contained in enforceNodeAllocatable (--enforce-node-allocatable)`,
        );
    } else if (item === "none") {
      if (items.length > 1)
        report(
          "enforceNodeAllocatable (--enforce-node-allocatable) may not contain additional enforcements when 'none' is specified",
        );
    } else if (item !== "pods")
      report(
        `option ${quoteGo(item)} specified for enforceNodeAllocatable (--enforce-node-allocatable). Valid options are "pods", "system-reserved", "kube-reserved", or "none"`,
      );
  }
}

function hairpin(c: Input, report: Report): void {
  const mode = c.text("hairpinMode");
  if (!["none", "hairpin-veth", "promiscuous-bridge"].includes(mode))
    report(
      `option ${quoteGo(mode)} specified for hairpinMode (--hairpin-mode). Valid options are "none", "hairpin-veth" or "promiscuous-bridge"`,
    );
}

const PULL_POLICIES = ["NeverVerify", "NeverVerifyPreloadedImages", "NeverVerifyAllowlistedImages", "AlwaysVerify"];

function images(c: Input, report: Report): void {
  const policy = c.text("imagePullCredentialsVerificationPolicy");
  const listed = c.list("preloadedImagesVerificationAllowlist").length > 0;
  if (c.gate("KubeletEnsureSecretPulledImages")) {
    if (!PULL_POLICIES.includes(policy))
      report(
        `option ${quoteGo(policy)} specified for imagePullCredentialsVerificationPolicy. Valid options are "NeverVerify", "NeverVerifyPreloadedImages", "NeverVerifyAllowlistedImages" or "AlwaysVerify"`,
      );
    if (listed && policy !== "NeverVerifyAllowlistedImages")
      report(
        'can\'t set `preloadedImagesVerificationAllowlist` if `imagePullCredentialsVertificationPolicy` is not "NeverVerifyAllowlistedImages"',
      );
    return;
  }
  if (policy !== "")
    report(
      "`imagePullCredentialsVerificationPolicy` must not be set if KubeletEnsureSecretPulledImages feature gate is not enabled",
    );
  if (listed)
    report(
      "`preloadedImagesVerificationAllowlist` must not be set if KubeletEnsureSecretPulledImages feature gate is not enabled",
    );
}

/** cpuset.Parse: undefined where the list is good, else Go's error. */
export function checkCpuList(text: string): string | undefined {
  if (text === "") return undefined;
  for (const part of text.split(",")) {
    const bounds = part.split("-");
    if (bounds.length > 2) return `strconv.Atoi: parsing ${quoteGo(bounds.slice(1).join("-"))}: invalid syntax`;
    for (const bound of bounds)
      if (!/^[+]?[0-9]+$/.test(bound)) return `strconv.Atoi: parsing ${quoteGo(bound)}: invalid syntax`;
    if (bounds.length === 2 && Number(bounds[0]) > Number(bounds[1]))
      return `invalid range ${quoteGo(part)} (${bounds[0]} > ${bounds[1]})`;
  }
  return undefined;
}

function cpus(c: Input, report: Report): void {
  const text = c.text("reservedSystemCPUs");
  if (text === "") return;
  const modernTexts = c.minor >= 23;
  if (c.text("systemReservedCgroup") !== "" || c.text("kubeReservedCgroup") !== "")
    report(
      `${modernTexts ? "" : "!"}can't use reservedSystemCPUs (--reserved-cpus) with systemReservedCgroup (--system-reserved-cgroup) or kubeReservedCgroup (--kube-reserved-cgroup)`,
    );
  const error = checkCpuList(text);
  if (error !== undefined)
    report(
      modernTexts
        ? `unable to parse reservedSystemCPUs (--reserved-cpus) ${text}, error: ${error}`
        : `!unable to parse reservedSystemCPUs (--reserved-cpus), error: ${error}`,
    );
}

function late(c: Input, report: Report): void {
  const factor = c.values.get("memoryThrottlingFactor") as number | undefined;
  if (c.gate("MemoryQoS") && factor === undefined)
    report("memoryThrottlingFactor is required when MemoryQoS feature flag is enabled");
  if (factor !== undefined && (factor <= 0 || factor > 1))
    report(`memoryThrottlingFactor ${factor} must be greater than 0 and less than or equal to 1.0`);
  const policy = c.text("memoryReservationPolicy");
  if (policy === "TieredReservation" && !c.gate("MemoryQoS"))
    report(`memoryReservationPolicy ${quoteGo(policy)} requires MemoryQoS feature gate to be enabled`);
  if (!["", "None", "TieredReservation"].includes(policy))
    report(
      `option ${quoteGo(policy)} specified for memoryReservationPolicy. Valid options are "None" or "TieredReservation"`,
    );
  if (c.text("containerRuntimeEndpoint") === "") report("the containerRuntimeEndpoint was not specified or empty");
  if (c.flag("enableSystemLogQuery") && !c.flag("enableSystemLogHandler"))
    report("enableSystemLogHandler is required for enableSystemLogQuery");
  if (c.number("containerLogMaxWorkers") < 1) report("containerLogMaxWorkers must be greater than or equal to 1");
  if (c.time("containerLogMonitorInterval") < 3n * SECOND)
    report("containerLogMonitorInterval must be a positive time duration greater than or equal to 3s");
  if (c.number("containerLogMaxFiles") <= 1) report("containerLogMaxFiles must be greater than 1");
  podLogs(c, report);
  const ids = c.number("userNamespaces.idsPerPod");
  if (c.has("userNamespaces.idsPerPod")) {
    if (ids < 65536) report("userNamespaces.idsPerPod must not be less than 65536");
    else if (ids % 65536 !== 0) report("userNamespaces.idsPerPod must be a multiple of 65536");
    if (ids > 4294967295) report("userNamespaces.idsPerPod must not be more than 4294967295");
  }
}

/** Forms of the log that are compiled in; none means text. */
export const LOG_FORMATS: readonly string[] = ["", "text", "json"];

/** 1.20 asks the logging package last; later versions do before all else, and say it in other words. */
function oldLogs(c: Input, report: Report): void {
  const format = c.text("logging.format");
  if (!LOG_FORMATS.includes(format)) report(`!unsupported log format: ${format}`);
}

function podLogs(c: Input, report: Report): void {
  const path = c.text("podLogsDir");
  if (path === "") {
    report("podLogsDir was not specified");
    return;
  }
  if (!path.startsWith("/")) report(`pod logs path ${quoteGo(path)} must be absolute path`);
  if (path !== cleanPath(path)) report(`pod logs path ${quoteGo(path)} must be normalized`);
  if (/[^\0-\x7f]/.test(path)) report(`pod logs path ${quoteGo(path)} mut contains ASCII characters only`);
}

/** filepath.Clean. */
export function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts[parts.length - 1] !== "..") parts.pop();
    else if (part !== ".." || !path.startsWith("/")) parts.push(part);
  }
  return (path.startsWith("/") ? "/" : "") + parts.join("/") || ".";
}
