// The kubelet as a daemon: loads its configuration, opens its ports, runs static pods, reports its node.

import { type Errno, isErrno } from "../kernel/errno.ts";
import type { Program, Service, Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import type { Effective } from "./config/effective.ts";
import { readKubeconfig } from "./config/kubeconfig.ts";
import { type HostFacts, type Loaded, loadKubelet } from "./config/load.ts";
import { KERNEL_FLAGS } from "./config/startup/index.ts";
import { needsBootstrap } from "./config/startup/kubeconfig.ts";
import { isStandalone } from "./config/startup/step.ts";
import { readServingPair } from "./config/startup/tls.ts";
import { makeFolders, readText } from "./files.ts";
import { formatOutput, structured } from "./log.ts";
import { createClient } from "./node/api.ts";
import { beginLife, loadLife } from "./node/late.ts";
import { servingLines, startLines } from "./node/start-log.ts";
import { currentPath, defaultPair, loadPapers, type Purpose, splitPem } from "./papers/load.ts";
import { servePort } from "./serving/serve.ts";
import { createNodeLife, type KubeletState, log, type Role, setting, stateOf } from "./state.ts";
import type { Profile } from "./version/profile.ts";

const GO_TEXT: Partial<Record<Errno["code"], string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EISDIR: "is a directory",
  ENOTDIR: "not a directory",
};
const goText = (error: Errno): string => GO_TEXT[error.code] ?? error.text.toLowerCase();

/** What loading sees of a machine through one process's eyes. */
export function hostFacts(sys: Sys): HostFacts {
  return {
    cwd: sys.getcwd(),
    hostname: sys.hostname,
    now: sys.now(),
    swapOn: swapOn(sys),
    readFile(path) {
      const data = sys.readFile(path);
      if (!isErrno(data)) return decode(data);
      return { error: `${data.code === "EISDIR" ? "read" : "open"} ${path}: ${goText(data)}` };
    },
    stat(path) {
      const stat = sys.stat(path);
      return isErrno(stat) ? { error: `stat ${path}: ${goText(stat)}` } : undefined;
    },
    walk: (path) => walk(sys, path),
    dial(path) {
      const stat = sys.stat(path);
      if (isErrno(stat)) return `dial unix ${path}: connect: ${goText(stat)}`;
      const listening = sys
        .sockets()
        .some((s) => s.family === "unix" && s.state === "LISTEN" && samePath(sys, s.local, path));
      return listening ? undefined : `dial unix ${path}: connect: connection refused`;
    },
    sysctl(name) {
      const value = sys.sysctl(name);
      return isErrno(value) ? undefined : value.trim();
    },
  };
}

function samePath(sys: Sys, one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [sys.realpath(one), sys.realpath(other)];
  return !isErrno(a) && a === b;
}

function swapOn(sys: Sys): boolean {
  const swaps = sys.readFile("/proc/swaps");
  return !isErrno(swaps) && decode(swaps).trim().split("\n").length > 1;
}

function walk(sys: Sys, path: string): { files: readonly string[] } | { error: string } {
  const stat = sys.lstat(path);
  if (isErrno(stat)) return { error: `lstat ${path}: ${goText(stat)}` };
  if (stat.type !== "directory") return { files: [path] };
  const entries = sys.readdir(path);
  if (isErrno(entries)) return { error: `open ${path}: ${goText(entries)}` };
  const files: string[] = [];
  for (const { name } of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const below = walk(sys, `${path.replace(/\/$/, "")}/${name}`);
    if ("error" in below) return below;
    files.push(...below.files);
  }
  return { files };
}

// --- start ---

function* start(sys: Sys, argv: readonly string[], profile: Profile): Task<number | undefined> {
  const loaded = loadKubelet(profile, argv.slice(1), hostFacts(sys));
  const quiet = loaded.kind === "ok" ? [] : loaded.log;
  if (loaded.kind !== "ok") {
    yield* sys.write(2, quiet.map((line) => formatOutput(line, sys.now(), sys.pid)).join(""));
    if (loaded.kind === "print") yield* sys.write(1, loaded.text);
    return loaded.status;
  }
  const state = yield* createState(sys, argv, profile, loaded);
  sys.kept = state as never;
  sys.setMemory(2_100_000, 96_000, 12);
  const lines = [...loaded.log, ...startLines(state)];
  yield* sys.write(2, lines.map((line) => formatOutput(line, sys.now(), sys.pid)).join(""));
  const failed = openPorts(sys, state);
  for (const line of failed.lines) yield* log(sys, line);
  if (failed.status !== undefined) return failed.status;
  const kernel = checkKernel(sys, state);
  if (kernel !== undefined) {
    yield* log(sys, {
      severity: profile.structured ? "E" : "F",
      source: profile.structured ? "kubelet.go:1839" : "kubelet.go:1350",
      text: profile.structured
        ? structured("Failed to start ContainerManager", ["err", kernel])
        : `Failed to start ContainerManager ${kernel}`,
    });
    return profile.failStatus;
  }
  for (const line of servingLines(state)) yield* log(sys, line);
  beginLife(sys, state);
  if (state.client !== undefined) {
    if (state.bootstrap !== undefined || setting(state, "rotateCertificates") === true)
      sys.setTimer("papers:client", sys.now());
    if (setting(state, "serverTLSBootstrap") === true) sys.setTimer("papers:server", sys.now() + 200);
  }
  return undefined;
}

const kubeconfigOf = (effective: Effective): string => String(effective.flags["kubeconfig"] ?? "");

function* createState(
  sys: Sys,
  argv: readonly string[],
  profile: Profile,
  loaded: Loaded & { kind: "ok" },
): Task<KubeletState> {
  const effective = complete(loaded.effective);
  const nodeName =
    String(effective.flags["hostname-override"] ?? "")
      .trim()
      .toLowerCase() || sys.hostname.toLowerCase();
  const own =
    sys
      .interfaces()
      .find((i) => i.name !== "lo")
      ?.addresses[0]?.split("/")[0] ?? "127.0.0.1";
  const facts = hostFacts(sys);
  const read = (path: string): string | undefined => {
    const text = facts.readFile(path);
    return typeof text === "string" ? text : undefined;
  };
  const bootstrapping = needsBootstrap(loaded.effective, facts);
  if (bootstrapping !== undefined) writeKubeconfig(sys, effective, bootstrapping);
  const kubeconfig = isStandalone(effective) ? undefined : read(kubeconfigOf(effective));
  const ca = String(effective.values["authentication.x509.clientCAFile"] ?? "");
  const folder = String(effective.flags["cert-dir"] ?? "/var/lib/kubelet/pki");
  makeFolders(sys, String(effective.flags["root-dir"] ?? "/var/lib/kubelet"));
  const given = readServingPair(loaded.effective, facts);
  const bootstrap = effective.values["serverTLSBootstrap"] === true;
  const serving = bootstrap
    ? splitPem(readText(sys, currentPath({ effective }, "server")))
    : given === undefined
      ? yield* defaultPair(sys, folder, nodeName)
      : "error" in given
        ? undefined
        : given;
  return {
    profile,
    effective,
    argv: Object.freeze([...(argv[0] === "kubelet" ? ["/usr/bin/kubelet"] : argv.slice(0, 1)), ...argv.slice(1)]),
    nodeName,
    nodeIP: String(effective.flags["node-ip"] ?? "") || own,
    startedAt: sys.now(),
    listeners: [],
    serving,
    clientCa: ca === "" ? undefined : read(ca),
    clientCaVersion: ca === "" ? 0 : sys.version(ca),
    verbosity: Number(effective.values["logging.verbosity"] ?? effective.flags["v"] ?? 0),
    client: kubeconfig === undefined ? undefined : createClient(kubeconfig, read),
    idle: [],
    node: createNodeLife(),
    bootstrap: bootstrapping === undefined ? undefined : createClient(bootstrapping, read),
    papers: {},
    tokens: new Map(),
    decisions: new Map(),
    pods: [],
    manifests: "",
    traces: [],
    requests: {},
    asked: { tokens: false, access: false },
  };
}

/** While there is no client certificate the bootstrap kubeconfig's cluster is written down with the place where it will be. */
function writeKubeconfig(sys: Sys, effective: Effective, bootstrap: string): void {
  const config = readKubeconfig(bootstrap);
  if ("error" in config) return;
  const pem = currentPath({ effective }, "client");
  const authority =
    config.certificateAuthorityData === undefined
      ? `certificate-authority: ${config.certificateAuthority ?? ""}`
      : `certificate-authority-data: ${config.certificateAuthorityData}`;
  const path = kubeconfigOf(effective);
  makeFolders(sys, path.slice(0, path.lastIndexOf("/")));
  sys.writeFile(
    path,
    `apiVersion: v1
clusters:
- cluster:
    ${authority}
    server: ${config.server}
  name: default-cluster
contexts:
- context:
    cluster: default-cluster
    namespace: default
    user: default-auth
  name: default-context
current-context: default-context
kind: Config
users:
- name: default-auth
  user:
    client-certificate: ${pem}
    client-key: ${pem}
`,
    { mode: 0o600 },
  );
}

/** What the kubelet fills in itself while it starts: the serving pair it made, the driver the runtime told. */
function complete(loaded: Effective): Effective {
  const values: Record<string, unknown> = { ...loaded.values };
  if (!values["tlsCertFile"] && !values["tlsPrivateKeyFile"] && values["serverTLSBootstrap"] !== true) {
    const folder = String(loaded.flags["cert-dir"] ?? "/var/lib/kubelet/pki");
    values["tlsCertFile"] = `${folder}/kubelet.crt`;
    values["tlsPrivateKeyFile"] = `${folder}/kubelet.key`;
  }
  if (values["containerRuntimeEndpoint"] !== undefined) values["cgroupDriver"] = "systemd";
  return Object.freeze({
    ...loaded,
    values: Object.freeze(values),
    sources: Object.freeze({ ...loaded.sources }),
    flags: Object.freeze({ ...loaded.flags }),
  });
}

// --- ports ---

interface Opened {
  readonly status: number | undefined;
  readonly lines: readonly Parameters<typeof log>[1][];
}

const REQUIRED_SUITES = ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"];

/** Read-only, healthz and secure port, in the order in which they win a fight for one number. */
function openPorts(sys: Sys, state: KubeletState): Opened {
  const { structured: modern, failStatus } = state.profile;
  const lines: Parameters<typeof log>[1][] = [];
  const address = setting<string>(state, "address") ?? "";
  const fatal = (error: string): Opened => {
    const text = modern ? structured("Failed to listen and serve", ["err", error]) : error;
    lines.push({ severity: modern ? "E" : "F", source: modern ? "server.go:209" : "server.go:162", text });
    return { status: failStatus, lines };
  };
  const readOnly = setting<number>(state, "readOnlyPort") ?? 0;
  const secure = setting<number>(state, "port") ?? 10250;
  const enabled = setting<boolean>(state, "enableServer") !== false;
  if (enabled)
    lines.push({
      severity: "I",
      source: modern ? "server.go:193" : "server.go:148",
      text: modern
        ? structured("Starting to listen", ["address", address], ["port", secure])
        : `Starting to listen on ${address}:${secure}`,
    });
  if (readOnly > 0) {
    lines.push({
      severity: "I",
      source: modern ? "server.go:231" : "server.go:171",
      text: modern
        ? structured("Starting to listen read-only", ["address", address], ["port", readOnly])
        : `Starting to listen read-only on ${address}:${readOnly}`,
    });
    const error = listen(sys, state, address, readOnly, "read-only");
    if (error !== undefined) return fatal(error);
  }
  const healthz = setting<number>(state, "healthzPort") ?? 0;
  if (healthz > 0) {
    const error = listen(sys, state, setting<string>(state, "healthzBindAddress") ?? "", healthz, "healthz");
    if (error !== undefined) {
      lines.push({
        severity: "E",
        source: modern ? "server.go:946" : "server.go:794",
        text: modern
          ? structured("Failed to start healthz server", ["err", error])
          : `Starting healthz server failed: ${error}`,
      });
      sys.setTimer("healthz", sys.now() + 5000);
    }
  }
  if (enabled) {
    const pair = modern ? undefined : readServingPair(state.effective, hostFacts(sys));
    if (pair !== undefined && "error" in pair) return fatal(pair.error);
    const suites = setting<string[]>(state, "tlsCipherSuites") ?? [];
    if (
      suites.length > 0 &&
      setting(state, "tlsMinVersion") !== "VersionTLS13" &&
      !suites.some((s) => REQUIRED_SUITES.includes(s))
    )
      return fatal(
        `http2: TLSConfig.CipherSuites is missing an HTTP/2-required AES_128_GCM_SHA256 cipher (need at least one of ${REQUIRED_SUITES.join(" or ")})${modern ? "" : "."}`,
      );
    const error = listen(sys, state, address, secure, "secure");
    if (error !== undefined) return fatal(error);
    if (setting<boolean>(state, "enableDebuggingHandlers") !== false)
      lines.push({
        severity: "I",
        source: modern ? "server.go:354" : "server.go:410",
        text: modern
          ? structured("Adding debug handlers to kubelet server")
          : "Adding debug handlers to kubelet server.",
      });
  }
  return { status: undefined, lines };
}

/** Opens one port; an error is Go's text. An IPv4 wildcard listens on both families, as Go does. */
function listen(sys: Sys, state: KubeletState, address: string, port: number, role: Role): string | undefined {
  const literal = /^[\d.]+$/.test(address) || address.includes(":");
  if (address !== "" && !literal)
    return role === "healthz"
      ? `listen tcp: lookup ${address}: no such host`
      : "listen tcp: lookup <nil>: no such host";
  const wildcard = address === "" || address === "0.0.0.0" || address === "::";
  const fd = sys.listen({ family: "tcp", address: wildcard ? "::" : address, port });
  if (isErrno(fd)) return `listen tcp ${address.includes(":") ? `[${address}]` : address}:${port}: bind: ${goText(fd)}`;
  state.listeners.push({ fd, role, port });
  return undefined;
}

/** With protectKernelDefaults the kernel must already be set; without it the kubelet sets it. */
function checkKernel(sys: Sys, state: KubeletState): string | undefined {
  const wrong: string[] = [];
  for (const [name, expected] of KERNEL_FLAGS) {
    const actual = sys.sysctl(name);
    const value = isErrno(actual) ? "" : actual.trim();
    if (value === expected) continue;
    if (setting(state, "protectKernelDefaults") === true)
      wrong.push(`invalid kernel flag: ${name}, expected value: ${expected}, actual value: ${value}`);
    else sys.sysctl(name, expected);
  }
  if (wrong.length === 0) return undefined;
  return wrong.length === 1 ? wrong[0] : `[${wrong.join(", ")}]`;
}

// --- life ---

function* onTimer(sys: Sys, name: string): Task {
  const state = stateOf(sys);
  if (name === "healthz") {
    const error = listen(
      sys,
      state,
      setting<string>(state, "healthzBindAddress") ?? "",
      setting<number>(state, "healthzPort") ?? 10248,
      "healthz",
    );
    if (error !== undefined) sys.setTimer("healthz", sys.now() + 5000);
  } else if (name.startsWith("papers:")) yield* (yield* loadPapers(sys)).tend(sys, state, name.slice(7) as Purpose);
  else yield* (yield* loadLife(sys)).onTimer(sys, state, name);
}

function service(profile: Profile): Service {
  return {
    start: (sys, argv) => start(sys, argv, profile),
    *connection(sys, fd, listener) {
      const state = stateOf(sys);
      const port = state.listeners.find((l) => l.fd === listener);
      if (port === undefined) sys.close(fd);
      else yield* servePort(sys, state, fd, port);
    },
    timer: onTimer,
    *readable(sys, fd) {
      yield* (yield* loadLife(sys)).onReadable(sys, stateOf(sys), fd);
    },
    signals: ["SIGTERM", "SIGINT"],
    *signal(sys) {
      yield* sys.exit(0);
    },
  };
}

/** The kubelet of a version as a program. */
export const createKubelet = (profile: Profile): Program => ({
  name: profile.program,
  service: service(profile),
});
