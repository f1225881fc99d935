// What happens between a valid configuration and the first open port: serving settings, kubeconfig, authentication,
// reservations, runtime. Each step can end the start; the order is the kubelet's own.

import { decode } from "../../kernel/text.ts";
import { fromBase64 } from "../../lib/crypto/base64.ts";
import { parsePem } from "../../lib/crypto/pem.ts";
import { readPair } from "../../lib/tls/pair.ts";
import { SUITES } from "../../lib/tls/suites.ts";
import { certificatesFromPem } from "../../lib/x509/certificate.ts";
import { quoteGo } from "../../lib/yaml-go/json.ts";
import { type Output, structured } from "../log.ts";
import type { Profile } from "../version/profile.ts";
import { parseDuration, parseQuantity } from "./duration.ts";
import type { Effective } from "./effective.ts";
import { readKubeconfig } from "./kubeconfig.ts";
import { checkCpuList } from "./validate.ts";

/** A failure of the file system in Go's words: `open /x: no such file or directory`. */
export interface PathError {
  readonly error: string;
}

/** All that loading sees of the machine. */
export interface HostFacts {
  readonly cwd: string;
  /** ms since the epoch; without it no certificate counts as expired. */
  readonly now?: number;
  readonly hostname: string;
  readonly swapOn: boolean;
  readFile(path: string): string | PathError;
  /** `stat /x: no such file or directory`, or undefined where it is there. */
  stat(path: string): PathError | undefined;
  /** Files below a folder in lexical order, or why it cannot be walked. */
  walk(path: string): { readonly files: readonly string[] } | PathError;
  /** Why a unix socket cannot be reached (`dial unix /x: connect: …`), undefined where something listens. */
  dial(path: string): string | undefined;
  sysctl(name: string): string | undefined;
}

export interface Problem {
  readonly text: string;
  /** What 1.20 says where that differs, and its source line. */
  readonly old?: string;
  readonly source: string;
}

const RUN = "server.go:269";
const run = (inner: string, old = inner): Problem => ({
  text: `failed to run Kubelet: ${inner}`,
  old: `failed to run Kubelet: ${old}`,
  source: RUN,
});

export function checkRun(effective: Effective, profile: Profile, facts: HostFacts, log: Output[]): Problem | undefined {
  const steps = [
    checkTls,
    checkLock,
    announce,
    checkKubeconfig,
    checkAuth,
    ...(profile.minor >= 28 ? [checkRuntime, checkResources] : [checkResources, checkRuntime]),
    checkCreation,
  ];
  for (const step of steps) {
    const problem = step({
      effective,
      profile,
      facts,
      log,
      text: (path) => (effective.values[path] as string | undefined) ?? "",
      on: (path) => effective.values[path] === true,
    });
    if (problem !== undefined) return problem;
  }
  return undefined;
}

interface Context {
  readonly effective: Effective;
  readonly profile: Profile;
  readonly facts: HostFacts;
  readonly log: Output[];
  readonly text: (path: string) => string;
  readonly on: (path: string) => boolean;
}

export const TLS_VERSIONS = ["VersionTLS10", "VersionTLS11", "VersionTLS12", "VersionTLS13"];
const OLD_NAMES = [
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
  "TLS_RSA_WITH_RC4_128_SHA",
  "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
  "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
  "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
  "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
];

function checkTls(c: Context): Problem | undefined {
  const suites = (c.effective.values["tlsCipherSuites"] ?? []) as string[];
  const unknown = suites.find((name) => !SUITES.some((suite) => suite.name === name) && !OLD_NAMES.includes(name));
  const construct = (inner: string): Problem => ({
    text: `failed to construct kubelet dependencies: ${inner}`,
    old: inner,
    source: "server.go:257",
  });
  if (unknown !== undefined) return construct(`Cipher suite ${unknown} not supported or doesn't exist`);
  const least = c.text("tlsMinVersion");
  if (least !== "" && !TLS_VERSIONS.includes(least)) return construct(`unknown tls version ${quoteGo(least)}`);
  const file = c.text("authentication.x509.clientCAFile");
  if (c.profile.minor >= 23 || file === "") return undefined;
  const bundle = readBundle(c.facts, file);
  if ("roots" in bundle) return undefined;
  const inner = bundle.reason === "content" ? `error creating pool from ${file}: ${bundle.error}` : bundle.error;
  return construct(`unable to load client CA file ${file}: ${inner}`);
}

/** The client CA bundle, or why it cannot be used. */
export function readBundle(
  facts: Pick<HostFacts, "readFile">,
  file: string,
): { roots: string } | { error: string; reason: "file" | "empty" | "content" } {
  const text = facts.readFile(file);
  if (typeof text !== "string") return { error: text.error, reason: "file" };
  const none = "data does not contain any valid RSA or ECDSA certificates";
  if (text === "") return { error: none, reason: "empty" };
  if (certificatesFromPem(text).length > 0) return { roots: text };
  return {
    error: parsePem(text).some((b) => b.label === "CERTIFICATE") ? "x509: malformed certificate" : none,
    reason: "content",
  };
}

function checkLock(c: Context): Problem | undefined {
  const flags = c.effective.flags;
  return flags["exit-on-lock-contention"] === true && !flags["lock-file"]
    ? run("cannot exit on lock file contention: no lock file specified")
    : undefined;
}

/** The first lines of a run, which a start that fails later leaves behind too. */
function announce(c: Context): undefined {
  if (!c.profile.structured) return;
  const say = (source: string, text: string) => c.log.push({ severity: "I", source, text });
  say("server.go:545", structured("Kubelet version", ["kubeletVersion", c.profile.version]));
  say("server.go:547", structured("Golang settings", ["GOGC", ""], ["GOMAXPROCS", ""], ["GOTRACEBACK", ""]));
  say("watchdog_linux.go:94", structured("Systemd watchdog is not enabled"));
  say(
    "watchdog_linux.go:137",
    structured("Systemd watchdog is not enabled or the interval is invalid, so health checking will not be started."),
  );
  if (isStandalone(c.effective)) say("server.go:710", structured("Standalone mode, no API client"));
  else if (c.on("rotateCertificates"))
    say("server.go:986", structured("Client rotation is on, will bootstrap in background"));
}

/** Why the kubeconfig has no client certificate to go on with (isClientConfigStillValid): then the kubelet bootstraps anew. */
function certificateProblem(c: Context, path: string): { line: number; text: string } | undefined {
  const read = c.facts.readFile(path);
  const config = typeof read === "string" && read.trim() !== "" ? readKubeconfig(read) : undefined;
  const empty = config === undefined || (!("error" in config) && config.cluster === "" && config.user === "");
  if (config === undefined || empty || "error" in config) {
    const inner =
      config === undefined || !("error" in config)
        ? "invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable"
        : `error loading config file ${quoteGo(path)}: ${config.error}`;
    return { line: 242, text: `unable to read existing bootstrap client config from ${path}: ${inner}` };
  }
  const expired = expiredAt(c.facts, path);
  if (expired !== undefined) {
    const when = `${new Date(expired).toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`;
    return { line: 264, text: `part of the existing bootstrap client certificate in ${path} is expired: ${when}` };
  }
  if (config.clientCertificateData !== undefined) return undefined;
  const file = config.clientCertificate === undefined ? "" : c.facts.readFile(config.clientCertificate);
  if (typeof file !== "string") {
    const unreadable = [
      `unable to read client-cert ${config.clientCertificate} for ${config.user} due to ${file.error}`,
      ...(config.clientKey === undefined
        ? []
        : [`unable to read client-key ${config.clientKey} for ${config.user} due to ${file.error}`]),
    ];
    return {
      line: 242,
      text: `unable to read existing bootstrap client config from ${path}: invalid configuration: [${unreadable.join(", ")}]`,
    };
  }
  if (certificatesFromPem(file).length > 0) return undefined;
  const inner = "data does not contain any valid RSA or ECDSA certificates";
  return {
    line: 257,
    text: `unable to load TLS certificates from existing bootstrap client config read from ${path}: ${inner}`,
  };
}

/** Without --kubeconfig the kubelet stands alone. */
export const isStandalone = (effective: Effective): boolean => !effective.flags["kubeconfig"];

function checkKubeconfig(c: Context): Problem | undefined {
  const path = c.effective.flags["kubeconfig"];
  if (typeof path !== "string" || path === "") {
    if (!c.profile.structured)
      c.log.push({ severity: "W", source: "server.go:558", text: "standalone mode, no API client" });
    return undefined;
  }
  const bootstrap = c.effective.flags["bootstrap-kubeconfig"];
  const missing = c.facts.stat(path);
  if (typeof bootstrap === "string" && bootstrap !== "") {
    const rotates = c.profile.structured && c.on("rotateCertificates");
    const invalid = missing === undefined && rotates ? certificateProblem(c, path) : undefined;
    const expired = expiredAt(c.facts, path);
    if (missing === undefined && invalid === undefined && expired === undefined) return checkContent(c, path);
    if (expired !== undefined && invalid === undefined)
      c.log.push({
        severity: "E",
        source: "bootstrap.go:265",
        text: `part of the existing bootstrap client certificate is expired: ${new Date(expired).toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`,
      });
    if (invalid !== undefined)
      c.log.push({
        severity: "E",
        source: `bootstrap.go:${invalid.line}`,
        text: structured("Unhandled Error", ["err", invalid.text], ["logger", "UnhandledError"]),
      });
    const absent = c.facts.stat(bootstrap);
    if (absent !== undefined) return run(`unable to load bootstrap kubeconfig: ${absent.error}`);
    return undefined;
  }
  if (missing !== undefined) return run(`invalid kubeconfig: ${missing.error}`);
  return checkContent(c, path);
}

/** When the client certificate of a kubeconfig ran out; undefined where it is good, or cannot be read. */
function expiredAt(facts: HostFacts, path: string): number | undefined {
  const read = facts.readFile(path);
  const config = typeof read === "string" ? readKubeconfig(read) : undefined;
  if (config === undefined || "error" in config || facts.now === undefined) return undefined;
  const { clientCertificate: file, clientCertificateData: data } = config;
  const bytes = data === undefined ? undefined : fromBase64(data);
  const pem = bytes === undefined ? (file === undefined ? undefined : facts.readFile(file)) : decode(bytes);
  if (typeof pem !== "string") return undefined;
  return certificatesFromPem(pem).find((cert) => cert.notAfter < (facts.now ?? 0))?.notAfter;
}

/** The bootstrap kubeconfig where it is needed: no kubeconfig yet, or one whose certificate is gone or has run out. */
export function needsBootstrap(effective: Effective, facts: HostFacts): string | undefined {
  const { kubeconfig, "bootstrap-kubeconfig": bootstrap } = effective.flags;
  if (typeof kubeconfig !== "string" || kubeconfig === "" || typeof bootstrap !== "string" || bootstrap === "")
    return undefined;
  const text = facts.readFile(bootstrap);
  if (typeof text !== "string") return undefined;
  const own = facts.readFile(kubeconfig);
  if (typeof own !== "string") return text;
  const config = readKubeconfig(own);
  if ("error" in config) return undefined;
  const gone = config.clientCertificate !== undefined && typeof facts.readFile(config.clientCertificate) !== "string";
  return gone || expiredAt(facts, kubeconfig) !== undefined ? text : undefined;
}

function checkContent(c: Context, path: string): Problem | undefined {
  const read = c.facts.readFile(path);
  if (typeof read !== "string") return run(`invalid kubeconfig: ${read.error}`);
  const kubeconfig = readKubeconfig(read);
  if ("error" in kubeconfig)
    return run(`invalid kubeconfig: error loading config file ${quoteGo(path)}: ${kubeconfig.error}`);
  const unreadable: string[] = [];
  const check = (what: string, file: string | undefined, owner: string): void => {
    if (file === undefined || file === "") return;
    const data = c.facts.readFile(file);
    if (typeof data !== "string") unreadable.push(`unable to read ${what} ${file} for ${owner} due to ${data.error}`);
  };
  check("client-cert", kubeconfig.clientCertificate, kubeconfig.user);
  check("client-key", kubeconfig.clientKey, kubeconfig.user);
  check("certificate-authority", kubeconfig.certificateAuthority, kubeconfig.cluster);
  if (unreadable.length > 0) return run(`invalid kubeconfig: invalid configuration: [${unreadable.join(", ")}]`);
  return undefined;
}

function checkAuth(c: Context): Problem | undefined {
  const file = c.text("authentication.x509.clientCAFile");
  if (c.profile.minor >= 23 && file !== "") {
    const bundle = readBundle(c.facts, file);
    if ("error" in bundle) {
      const name = quoteGo(`client-ca-bundle::${file}`);
      if (bundle.reason === "file") return run(bundle.error);
      return run(
        bundle.reason === "empty"
          ? `missing content for CA bundle ${name}`
          : `error loading CA bundle for ${name}: ${bundle.error}`,
      );
    }
  }
  if (c.profile.structured && file !== "")
    c.log.push({
      severity: "I",
      source: "dynamic_cafile_content.go:161",
      text: structured("Starting controller", ["name", `client-ca-bundle::${file}`]),
    });
  const alone = isStandalone(c.effective);
  if (c.on("authentication.webhook.enabled") && alone)
    return run("no client provided, cannot use webhook authentication");
  const mode = c.text("authorization.mode");
  if (mode === "Webhook") return alone ? run("no client provided, cannot use webhook authorization") : undefined;
  if (mode === "") return run("no authorization mode specified");
  return mode === "AlwaysAllow" ? undefined : run(`unknown authorization mode ${mode}`);
}

// --- runtime ---

function checkRuntime(c: Context): Problem | undefined {
  const { minor } = c.profile;
  const endpoint = String(
    (minor >= 27 ? c.effective.values["containerRuntimeEndpoint"] : c.effective.flags["container-runtime-endpoint"]) ??
      "",
  );
  const image = String(
    (minor >= 27 ? c.effective.values["imageServiceEndpoint"] : c.effective.flags["image-service-endpoint"]) ?? "",
  );
  if (minor < 24) {
    const runtime = c.effective.flags["container-runtime"] ?? "docker";
    if (runtime === "docker")
      return run(
        "failed to get docker version: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
      );
    if (runtime !== "remote") return run(`unsupported CRI runtime: ${quoteGo(String(runtime))}`);
  }
  for (const [address, kind] of [
    [endpoint, "runtime"],
    [image || endpoint, "image"],
  ] as const) {
    if (minor < 27 && kind === "image") continue;
    const path = address.replace(/^unix:\/\//, "");
    if (minor < 27 && !address.startsWith("unix://"))
      for (let i = 0; i < 2; i++)
        c.log.push({
          severity: "W",
          source: "util_unix.go:103",
          text: `Using ${quoteGo(address)} as endpoint is deprecated, please consider using full url format ${quoteGo(`unix://${address}`)}.`,
        });
    const refused = c.facts.dial(path);
    if (refused === undefined) continue;
    if (minor < 27)
      return run(
        `failed to create kubelet: get remote runtime typed version failed: rpc error: code = Unavailable desc = connection error: desc = ${quoteGo(`transport: Error while dialing ${refused}`)}`,
      );
    c.log.push({
      severity: "I",
      source: "logging.go:55",
      text: `[core] [Channel #1 SubChannel #2] grpc: addrConn.createTransport failed to connect to {Addr: ${quoteGo(path)}, ServerName: "localhost", }. Err: connection error: desc = ${quoteGo(`transport: Error while dialing: ${refused}`)}`,
    });
    const shown = address.startsWith("unix://") ? address : `unix://${address}`;
    return run(
      `validate service connection: validate CRI v1 ${kind} API for endpoint ${quoteGo(shown)}: rpc error: code = Unavailable desc = connection error: desc = ${quoteGo(`transport: Error while dialing: ${refused}`)}`,
    );
  }
  return undefined;
}

// --- reservations, thresholds, policies ---

const RESOURCES = ["cpu", "memory", "ephemeral-storage", "pid"];

function checkReserved(values: unknown, flag: string): Problem | undefined {
  const fail = (inner: string, old: string): Problem => run(`--${flag} value failed to parse: ${inner}`, old);
  for (const [name, text] of Object.entries((values ?? {}) as Record<string, string>)) {
    if (!RESOURCES.includes(name)) {
      const inner = `cannot reserve ${quoteGo(name)} resource`;
      return fail(inner, inner);
    }
    const size = parseQuantity(text);
    if (typeof size === "object")
      return fail(`failed to parse quantity ${quoteGo(text)} for ${quoteGo(name)} resource: ${size.error}`, size.error);
    if (size < 0) {
      const inner = `resource quantity for ${quoteGo(name)} cannot be negative: ${text}`;
      return fail(inner, inner);
    }
  }
  return undefined;
}

const SIGNALS = [
  "memory.available",
  "nodefs.available",
  "nodefs.inodesFree",
  "imagefs.available",
  "imagefs.inodesFree",
  "allocatableMemory.available",
  "pid.available",
  "containerfs.available",
  "containerfs.inodesFree",
];

function checkThresholds(values: unknown): string | undefined {
  for (const [signal, text] of Object.entries((values ?? {}) as Record<string, string>)) {
    if (!SIGNALS.includes(signal)) return `unsupported eviction signal ${signal}`;
    const percent = /^(.*)%$/.exec(text)?.[1];
    if (percent !== undefined) {
      const value = Number(percent);
      if (percent === "" || Number.isNaN(value))
        return `strconv.ParseFloat: parsing ${quoteGo(percent)}: invalid syntax`;
      if (value < 0) return `eviction percentage threshold ${signal} must be >= 0%: ${text}`;
      if (value > 100) return `eviction percentage threshold ${signal} must be <= 100%: ${text}`;
      continue;
    }
    const size = parseQuantity(text);
    if (typeof size === "object") return size.error;
    if (size < 0) return `eviction threshold ${signal} must be positive: ${text}`;
  }
  return undefined;
}

function checkResources(c: Context): Problem | undefined {
  const { values } = c.effective;
  const modern = c.profile.minor >= 23;
  const cpus = checkCpuList(c.text("reservedSystemCPUs"));
  if (cpus !== undefined) return run(cpus);
  const reserved =
    checkReserved(values["kubeReserved"], "kube-reserved") ??
    checkReserved(values["systemReserved"], "system-reserved");
  if (reserved !== undefined) return reserved;
  const hard = checkThresholds(values["evictionHard"]) ?? checkThresholds(values["evictionSoft"]);
  if (hard !== undefined) return run(hard);
  const soft = checkGrace(values["evictionSoft"], values["evictionSoftGracePeriod"]);
  if (soft !== undefined) return run(soft);
  if (c.facts.swapOn && c.on("failSwapOn"))
    return run(
      "running with swap on is not supported, please disable swap or set --fail-swap-on flag to false",
      "running with swap on is not supported, please disable swap! or set --fail-swap-on flag to false.",
    );
  if (c.profile.minor >= 23 || c.text("cpuManagerPolicy") !== "none") {
    const policy = c.text("cpuManagerPolicy");
    if (policy !== "none" && policy !== "static") return run(`unknown policy: ${quoteGo(policy)}`);
    const nothing =
      Object.keys((values["kubeReserved"] ?? {}) as object).length +
        Object.keys((values["systemReserved"] ?? {}) as object).length ===
        0 && c.text("reservedSystemCPUs") === "";
    if (policy === "static" && nothing)
      return run(
        "static policy requires systemreserved.cpu + kubereserved.cpu to be greater than zero",
        "unable to determine reserved CPU resources for static policy",
      );
  }
  if (modern) {
    const memory = c.text("memoryManagerPolicy");
    if (memory !== "None" && memory !== "Static") return run(`unknown policy: ${quoteGo(memory)}`);
  }
  return undefined;
}

function checkGrace(soft: unknown, grace: unknown): string | undefined {
  const periods = (grace ?? {}) as Record<string, string>;
  for (const [signal, text] of Object.entries(periods)) {
    if (!SIGNALS.includes(signal)) return `unsupported eviction signal ${signal}`;
    const value = parseDuration(text);
    if (typeof value === "object") return value.error;
    if (value < 0n) return `invalid eviction grace period specified: ${text}, must be a positive value`;
  }
  for (const signal of Object.keys((soft ?? {}) as object))
    if (periods[signal] === undefined)
      return `grace period must be specified for the soft eviction threshold ${signal}`;
  return undefined;
}

// --- creating the kubelet ---

function checkCreation(c: Context): Problem | undefined {
  const strategy = c.text("configMapAndSecretChangeDetectionStrategy");
  if (!["Get", "Cache", "Watch"].includes(strategy))
    return run(`failed to create kubelet: unknown configmap and secret manager mode: ${strategy}`);
  const size = parseQuantity(c.text("containerLogMaxSize"));
  const logs = (inner: string): Problem =>
    run(`failed to create kubelet: failed to initialize container log manager: ${inner}`);
  const files = (c.effective.values["containerLogMaxFiles"] as number | undefined) ?? 5;
  if (files <= 1) return logs(`invalid MaxFiles ${files}, must be > 1`);
  if (typeof size === "object")
    return logs(`failed to parse container log max size ${quoteGo(c.text("containerLogMaxSize"))}: ${size.error}`);
  if (c.profile.structured) return checkServingFiles(c);
  return undefined;
}

/** The pair given for the HTTPS port; 1.36 reads it here, 1.20 when it listens. */
export function readServingPair(
  effective: Effective,
  facts: Pick<HostFacts, "readFile">,
): { readonly certificate: string; readonly key: string } | { readonly error: string } | undefined {
  const certificate = String(effective.values["tlsCertFile"] ?? "");
  const key = String(effective.values["tlsPrivateKeyFile"] ?? "");
  if (certificate === "" && key === "") return undefined;
  const cert = certificate === "" ? { error: "open : no such file or directory" } : facts.readFile(certificate);
  if (typeof cert !== "string") return { error: cert.error };
  const keyText = key === "" ? { error: "open : no such file or directory" } : facts.readFile(key);
  if (typeof keyText !== "string") return { error: keyText.error };
  const pair = readPair(cert, keyText);
  if ("error" in pair) return pair;
  return { certificate: cert, key: keyText };
}

function checkServingFiles(c: Context): Problem | undefined {
  if (c.text("tlsCertFile") === "" || c.text("tlsPrivateKeyFile") === "" || c.on("serverTLSBootstrap"))
    return undefined;
  const pair = readServingPair(c.effective, c.facts);
  if (pair === undefined || !("error" in pair)) return undefined;
  return run(
    `failed to create kubelet: failed to initialize file based certificate manager: unable to set up dynamic certificate manager for kubelet server cert files: ${pair.error}`,
  );
}

/** protectKernelDefaults: what the kernel must already be set to. */
export const KERNEL_FLAGS: readonly (readonly [string, string])[] = [
  ["vm/overcommit_memory", "1"],
  ["kernel/panic", "10"],
  ["kernel/panic_on_oops", "1"],
];
