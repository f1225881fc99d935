// kubeadm config: defaults printed, images listed and pulled, configuration files checked field by field.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { askLine } from "../../lib/ask-line.ts";
import type { RuntimeReply, RuntimeRequest } from "../../lib/cri.ts";
import { BUILD } from "../../lib/kube/build.ts";
import { clusterConfiguration, KUBELET_CONFIGURATION, proxyConfiguration } from "../../lib/kubeadm-config.ts";
import { readYaml, splitDocuments } from "../kubectl/documents.ts";
import { Fail, type Obj } from "../kubectl/values.ts";
import { DEFAULT_SOCKET, goText, type Kubeadm, lookUpVersion, VERSION } from "./context.ts";

const TIMEOUTS = `timeouts:
  controlPlaneComponentHealthCheck: 4m0s
  discovery: 5m0s
  etcdAPICall: 2m0s
  kubeletHealthCheck: 4m0s
  kubernetesAPICall: 1m0s
  tlsBootstrap: 5m0s
  upgradeManifests: 5m0s
`;
const REGISTRATION = (name: string): string => `nodeRegistration:
  criSocket: ${DEFAULT_SOCKET}
  imagePullPolicy: IfNotPresent
  imagePullSerial: true
  name: ${name}
  taints: null
`;

const INIT = `apiVersion: kubeadm.k8s.io/v1beta4
bootstrapTokens:
- groups:
  - system:bootstrappers:kubeadm:default-node-token
  token: abcdef.0123456789abcdef
  ttl: 24h0m0s
  usages:
  - signing
  - authentication
kind: InitConfiguration
localAPIEndpoint:
  advertiseAddress: 1.2.3.4
  bindPort: 6443
${REGISTRATION("node")}${TIMEOUTS}---
${clusterConfiguration("1.36.0")}`;

const JOIN = (host: string): string => `apiVersion: kubeadm.k8s.io/v1beta4
caCertPath: /etc/kubernetes/pki/ca.crt
discovery:
  bootstrapToken:
    apiServerEndpoint: kube-apiserver:6443
    token: abcdef.0123456789abcdef
    unsafeSkipCAVerification: true
  tlsBootstrapToken: abcdef.0123456789abcdef
kind: JoinConfiguration
${REGISTRATION(host)}${TIMEOUTS}`;

const RESET = `apiVersion: kubeadm.k8s.io/v1beta4
certificatesDir: /etc/kubernetes/pki
criSocket: ${DEFAULT_SOCKET}
kind: ResetConfiguration
${TIMEOUTS}`;

const UPGRADE = `apiVersion: kubeadm.k8s.io/v1beta4
apply:
  certificateRenewal: true
  etcdUpgrade: true
  imagePullPolicy: IfNotPresent
  imagePullSerial: true
diff: {}
kind: UpgradeConfiguration
node:
  certificateRenewal: true
  etcdUpgrade: true
  imagePullPolicy: IfNotPresent
  imagePullSerial: true
plan: {}
${TIMEOUTS}`;

/** kubeadm config print KIND-defaults. */
export const printDefaults = (kind: "init" | "join" | "reset" | "upgrade") =>
  function* (k: Kubeadm): Task {
    const host = k.sys.hostname;
    yield* k.print({ init: INIT, join: JOIN(host), reset: RESET, upgrade: UPGRADE }[kind]);
    for (const name of k.flags.list("component-configs")) {
      if (name === "KubeletConfiguration") yield* k.print(`---\n${KUBELET_CONFIGURATION}`);
      else if (name === "KubeProxyConfiguration")
        yield* k.print(`---
${proxyConfiguration("")}
`);
      else throw new Fail(`--component-configs needs to contain some of [KubeProxyConfiguration KubeletConfiguration]`);
    }
  };

/** Images of a version, in kubeadm's order. */
export function imagesOf(version: string, repository = "registry.k8s.io"): string[] {
  const tag = version.startsWith("v") ? version : `v${version}`;
  return [
    ...["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"].map(
      (name) => `${repository}/${name}:${tag}`,
    ),
    `${repository}/${repository === "registry.k8s.io" ? "coredns/" : ""}coredns:v1.14.2`,
    `${repository}/pause:3.10.2`,
    `${repository}/etcd:3.6.8-0`,
  ];
}

function* chosenImages(k: Kubeadm): Task<string[]> {
  return imagesOf(yield* lookUpVersion(k), k.flags.text("image-repository") || undefined);
}

export function* listImages(k: Kubeadm): Task {
  const images = yield* chosenImages(k);
  const format = k.flags.text("output", "text");
  if (format === "json")
    yield* k.print(
      `${JSON.stringify({ kind: "Images", apiVersion: "output.kubeadm.k8s.io/v1alpha3", images }, null, 4)}\n`,
    );
  else if (format === "yaml")
    yield* k.print(
      `apiVersion: output.kubeadm.k8s.io/v1alpha3\nimages:\n${images.map((each) => `- ${each}\n`).join("")}kind: Images\n`,
    );
  else yield* k.print(images.map((each) => `${each}\n`).join(""));
}

export function* pullImages(k: Kubeadm): Task {
  for (const image of yield* chosenImages(k)) {
    const reply = yield* askRuntime(k, k.flags.text("cri-socket") || DEFAULT_SOCKET, { method: "PullImage", image });
    if ("error" in reply) throw new Fail(`failed to pull image ${JSON.stringify(image)}: ${reply.error}`);
    yield* k.print(`[config/images] Pulled ${image}\n`);
  }
}

/** One question to the container runtime; where nobody answers, the text that kubeadm's CRI client has for it. */
export function* askRuntime(k: Kubeadm, socket: string, request: RuntimeRequest): Task<RuntimeReply> {
  const endpoint = socket.includes("://") ? socket : `unix://${socket}`;
  const path = endpoint.replace("unix://", "");
  const reply = yield* askLine<RuntimeReply>(k.sys, path, request);
  if (isErrno(reply))
    return {
      error: `could not connect to the container runtime: failed to create new CRI runtime service: validate service connection: validate CRI v1 runtime API for endpoint "${endpoint}": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix ${path}: connect: ${goText(reply)}"`,
    };
  return reply ?? { error: "rpc error: code = Unavailable desc = error reading from server: EOF" };
}

// --- validate ---

/** Fields of v1beta4, nested ones after a dot; `*` ends where anything may follow, `[]` is a list. */
const ARGS = "extraArgs* extraVolumes* extraEnvs*";
const NODE_REGISTRATION =
  "name criSocket taints* kubeletExtraArgs* ignorePreflightErrors* imagePullPolicy imagePullSerial";
const TIMES =
  "controlPlaneComponentHealthCheck kubeletHealthCheck kubernetesAPICall etcdAPICall tlsBootstrap discovery upgradeManifests";
const under = (prefix: string, names: string): string =>
  `${prefix} ${names
    .split(" ")
    .map((name) => `${prefix}.${name}`)
    .join(" ")}`;
const FIELDS: Readonly<Record<string, string>> = {
  ClusterConfiguration: `${under("etcd", "external external.endpoints* external.caFile external.certFile external.keyFile local local.imageRepository local.imageTag local.dataDir local.extraArgs* local.extraEnvs* local.serverCertSANs* local.peerCertSANs*")} ${under("networking", "serviceSubnet podSubnet dnsDomain")} kubernetesVersion controlPlaneEndpoint ${under("apiServer", `certSANs* ${ARGS}`)} ${under("controllerManager", ARGS)} ${under("scheduler", ARGS)} ${under("dns", "imageRepository imageTag disabled")} ${under("proxy", "disabled")} certificatesDir imageRepository featureGates* clusterName encryptionAlgorithm certificateValidityPeriod caCertificateValidityPeriod`,
  InitConfiguration: `bootstrapTokens* dryRun ${under("nodeRegistration", NODE_REGISTRATION)} ${under("localAPIEndpoint", "advertiseAddress bindPort")} certificateKey skipPhases* ${under("patches", "directory")} ${under("timeouts", TIMES)}`,
  JoinConfiguration: `dryRun ${under("nodeRegistration", NODE_REGISTRATION)} caCertPath ${under("discovery", "bootstrapToken bootstrapToken.token bootstrapToken.apiServerEndpoint bootstrapToken.caCertHashes* bootstrapToken.unsafeSkipCAVerification file file.kubeConfigPath tlsBootstrapToken")} ${under("controlPlane", "localAPIEndpoint localAPIEndpoint.advertiseAddress localAPIEndpoint.bindPort certificateKey")} skipPhases* ${under("patches", "directory")} ${under("timeouts", TIMES)}`,
  ResetConfiguration: `cleanupTmpDir certificatesDir criSocket dryRun force ignorePreflightErrors* skipPhases* unmountFlags* ${under("timeouts", TIMES)}`,
  UpgradeConfiguration: `apply* diff* node* plan* ${under("timeouts", TIMES)}`,
};

/** Unknown fields of a document, as the strict decoder tells them. */
export function unknownFields(kind: string, document: Obj): string[] {
  const known = new Set((FIELDS[kind] ?? "").split(/\s+/));
  const found: string[] = [];
  const look = (value: Obj, path: string): void => {
    for (const [key, inner] of Object.entries(value)) {
      const here = path === "" ? key : `${path}.${key}`;
      if (path === "" && (key === "apiVersion" || key === "kind")) continue;
      if (known.has(`${here}*`)) continue;
      if (!known.has(here)) found.push(`unknown field ${JSON.stringify(here)}`);
      else if (typeof inner === "object" && inner !== null && !Array.isArray(inner)) look(inner as Obj, here);
    }
  };
  look(document, "");
  return found;
}

/** Documents of a configuration file by kind; throws what kubeadm says of a bad one. */
export function* readConfigFile(k: Kubeadm, path: string): Task<Map<string, Obj>> {
  const data = k.sys.readFile(path);
  if (isErrno(data)) throw new Fail(`couldn't read configuration file: open ${path}: ${goText(data)}`);
  const found = new Map<string, Obj>();
  for (const text of splitDocuments(decode(data))) {
    let document: Obj;
    try {
      document = (readYaml(text) ?? {}) as Obj;
    } catch (error) {
      throw new Fail(`invalid configuration: ${(error as Error).message}`);
    }
    const [apiVersion = "", kind = ""] = [document.apiVersion, document.kind] as string[];
    const [group = "", version = ""] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
    if (kind === "" || group === "" || version === "")
      throw new Fail(
        `invalid configuration for GroupVersionKind ${group}/${version}, Kind=${kind}: kind and apiVersion is mandatory information that must be specified`,
      );
    if (group === "kubeadm.k8s.io") yield* checkDocument(k, version, kind, document);
    else if (!/^(kubelet|kubeproxy)\.config\.k8s\.io$/.test(group))
      yield* k.warn(
        "initconfiguration.go:331",
        `error unmarshaling configuration schema.GroupVersionKind{Group:${JSON.stringify(group)}, Version:${JSON.stringify(version)}, Kind:${JSON.stringify(kind)}}: no kind ${JSON.stringify(kind)} is registered`,
      );
    found.set(kind, document);
  }
  return found;
}

function* checkDocument(k: Kubeadm, version: string, kind: string, document: Obj): Task {
  if (/^v1(alpha[1-3]|beta[12])$/.test(version))
    throw new Fail(
      `your configuration file uses an old API spec: "kubeadm.k8s.io/${version}" (kind: ${JSON.stringify(kind)}). Please use kubeadm v1.22 instead and run 'kubeadm config migrate --old-config old-config-file --new-config new-config-file', which will write the new, similar spec using a newer API version.`,
    );
  if (version === "v1beta3")
    yield* k.warn(
      "common.go:101",
      `your configuration file uses a deprecated API spec: "kubeadm.k8s.io/v1beta3" (kind: ${JSON.stringify(kind)}). Please use 'kubeadm config migrate --old-config old-config-file --new-config new-config-file', which will write the new, similar spec using a newer API version.`,
    );
  if (version !== "v1beta3" && version !== "v1beta4")
    throw new Fail(`no kind ${JSON.stringify(kind)} is registered for version "kubeadm.k8s.io/${version}"`);
  const wrong = FIELDS[kind] === undefined ? [] : unknownFields(kind, document);
  if (wrong.length > 0)
    throw new Fail(
      `error unmarshaling configuration schema.GroupVersionKind{Group:"kubeadm.k8s.io", Version:${JSON.stringify(version)}, Kind:${JSON.stringify(kind)}}: strict decoding error: ${wrong.join(", ")}`,
    );
}

export function* validateConfig(k: Kubeadm): Task {
  const path = k.flags.text("config");
  if (path === "") throw new Fail("the --config flag is mandatory");
  const found = yield* readConfigFile(k, path);
  if (![...found.keys()].some((kind) => FIELDS[kind] !== undefined))
    throw new Fail("no InitConfiguration or ClusterConfiguration kind was found in the YAML file");
  yield* k.print("ok\n");
}

export const versionText = (format: string): string => {
  const info = { major: "1", minor: "36", ...BUILD };
  if (format === "short") return `${VERSION}\n`;
  if (format === "json") return `${JSON.stringify({ clientVersion: info }, null, 2)}\n`;
  if (format === "yaml") {
    const lines = Object.entries(info).sort(([a], [b]) => (a < b ? -1 : 1));
    return `clientVersion:\n${lines.map(([key, value]) => `  ${key}: ${/^\d+$|Date$/.test(value) || key === "buildDate" ? JSON.stringify(value) : value}\n`).join("")}`;
  }
  if (format !== "") throw new Fail(`invalid output format: ${format}`);
  const go = `Major:"1", Minor:"36", EmulationMajor:"", EmulationMinor:"", MinCompatibilityMajor:"", MinCompatibilityMinor:"", GitVersion:"${VERSION}", GitCommit:"${info.gitCommit}", GitTreeState:"clean", BuildDate:"${info.buildDate}", GoVersion:"${info.goVersion}", Compiler:"gc", Platform:"linux/amd64"`;
  return `kubeadm version: &version.Info{${go}}\n`;
};
