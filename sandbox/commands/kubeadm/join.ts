// kubeadm join: discovery (whose API server is this?), then the kubelet's papers, then its TLS bootstrap.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import { fromBase64, toBase64Url } from "../../lib/crypto/base64.ts";
import { hmacOf } from "../../lib/crypto/hash.ts";
import { createConnection, readResponse, sendRequest } from "../../lib/http/client.ts";
import { plainStream } from "../../lib/tls/stream.ts";
import { Client, StatusError } from "../kubectl/client.ts";
import { readYaml } from "../kubectl/documents.ts";
import { Fail, type Obj } from "../kubectl/values.ts";
import { readConfigFile } from "./config.ts";
import {
  bareCredentials,
  credentialsOf,
  DEFAULT_SOCKET,
  fetchConfig,
  formatKubeconfig,
  goText,
  KUBELET_CONF,
  type Kubeadm,
  PKI,
  reasonOf,
} from "./context.ts";
import { isRoot, joinChecks, runChecks } from "./preflight.ts";
import { isToken, pinsOf } from "./token.ts";

/** What flags and file say about the way in. */
interface JoinOptions {
  readonly endpoint: string;
  readonly token: string;
  readonly bootstrapToken: string;
  readonly hashes: readonly string[];
  readonly unsafe: boolean;
  readonly file: string;
  readonly node: string;
  readonly socket: string;
  readonly taints: readonly Obj[];
  readonly kubeletArgs: readonly string[];
}

function* readOptions(k: Kubeadm): Task<JoinOptions> {
  const { flags } = k;
  const path = flags.text("config");
  const given = path === "" ? {} : ((yield* readConfigFile(k, path)).get("JoinConfiguration") ?? {});
  const discovery = (given.discovery ?? {}) as Obj;
  const token = (discovery.bootstrapToken ?? {}) as Obj;
  const registration = (given.nodeRegistration ?? {}) as Obj;
  const common = flags.text("token");
  const first = flags.text("discovery-token") || common || token.token || "";
  return {
    endpoint: k.args[0] ?? token.apiServerEndpoint ?? "",
    token: first,
    bootstrapToken: flags.text("tls-bootstrap-token") || common || discovery.tlsBootstrapToken || token.token || "",
    hashes: flags.has("discovery-token-ca-cert-hash")
      ? flags.list("discovery-token-ca-cert-hash")
      : (token.caCertHashes ?? []),
    unsafe: flags.on("discovery-token-unsafe-skip-ca-verification", token.unsafeSkipCAVerification === true),
    file: flags.text("discovery-file") || (discovery.file?.kubeConfigPath ?? ""),
    node: (flags.text("node-name") || registration.name || k.sys.hostname).toLowerCase(),
    socket: flags.text("cri-socket") || registration.criSocket || DEFAULT_SOCKET,
    taints: registration.taints ?? [],
    kubeletArgs: ((registration.kubeletExtraArgs ?? []) as Obj[]).map(({ name, value }) => `--${name}=${value}`),
  };
}

/** Checks that need nobody else, with the errors collected as the API's validation collects them. */
function validate(options: JoinOptions): void {
  const wrong: string[] = [];
  const invalid = (field: string, value: string, why: string): void =>
    void wrong.push(`${field}: Invalid value: ${JSON.stringify(value)}: ${why}`);
  if (options.file === "" && options.token === "" && options.endpoint === "")
    invalid("discovery", "", "bootstrapToken or file must be set");
  else if (options.file === "") {
    if (options.hashes.length === 0 && !options.unsafe)
      invalid(
        "discovery.bootstrapToken.caCertHashes",
        "",
        "using token-based discovery without caCertHashes can be unsafe. Set unsafeSkipCAVerification as true in your kubeadm config file or pass --discovery-token-unsafe-skip-ca-verification flag to continue",
      );
    if (!isToken(options.token))
      invalid("discovery.bootstrapToken.token", options.token, "the bootstrap token is invalid");
    const why = endpointProblem(options.endpoint);
    if (why !== undefined) invalid("discovery.bootstrapToken.apiServerEndpoint", options.endpoint, why);
  } else if (options.token !== "" && options.endpoint !== "")
    invalid("discovery", "", "bootstrapToken and file cannot both be set");
  if (options.bootstrapToken !== "" && !isToken(options.bootstrapToken))
    invalid("discovery.tlsBootstrapToken", options.bootstrapToken, "the bootstrap token is invalid");
  if (wrong.length > 0) throw new Fail(wrong.length === 1 ? (wrong[0] as string) : `[${wrong.join(", ")}]`);
}

function endpointProblem(endpoint: string): string | undefined {
  if (endpoint === "") return "missing port in address";
  const colons = endpoint.split(":").length - 1;
  if (colons === 0) return `address ${endpoint}: missing port in address`;
  if (colons > 1 && !endpoint.startsWith("[")) return `address ${endpoint}: too many colons in address`;
  const port = Number(endpoint.slice(endpoint.lastIndexOf(":") + 1));
  return Number.isInteger(port) && port > 0 && port < 65_536
    ? undefined
    : "port must be a valid number between 1 and 65535, inclusive";
}

// --- discovery ---

/** Where the cluster is and whose certificate its API server bears. */
interface Discovered {
  readonly server: string;
  readonly ca: string;
  /** Credentials that a discovery file may bring along. */
  readonly text: string;
}

const INFO = "/api/v1/namespaces/kube-public/configmaps/cluster-info?timeout=10s";
const DISCOVERY_TIME = 300_000;

/** Asks for cluster-info until it is there, signed for this token; five minutes long. */
function* askInfo(k: Kubeadm, client: Client, id: string): Task<Record<string, string>> {
  const until = k.sys.now() + DISCOVERY_TIME;
  for (;;) {
    yield* k.log(
      1,
      "token.go:229",
      `[discovery] Waiting for the cluster-info ConfigMap to receive a JWS signature for token ID ${JSON.stringify(id)}`,
    );
    let problem: string;
    try {
      const data = ((yield* client.get(INFO)) as Obj).data ?? {};
      if (data[`jws-kubeconfig-${id}`] !== undefined) return data;
      problem = `could not find a JWS signature in the cluster-info ConfigMap for token ID ${JSON.stringify(id)}`;
    } catch (error) {
      problem = `failed to request the cluster-info ConfigMap: ${reasonOf(error)}`;
    }
    if (k.sys.now() + 5000 > until) throw new Fail(problem);
    yield* k.log(1, "token.go:252", `[discovery] Retrying due to error: ${problem}`);
    yield* k.sys.sleep(5000);
  }
}

/** Whether the detached signature over the kubeconfig was made with the token's secret (JWS, HS256). */
function isSigned(signature: string, kubeconfig: string, id: string, secret: string): boolean {
  const [head = "", , mac = ""] = signature.split(".");
  const made = hmacOf("sha256", encode(secret), encode(`${head}.${toBase64Url(encode(kubeconfig))}`));
  const header = toBase64Url(encode(JSON.stringify({ alg: "HS256", kid: id })));
  return head === header && mac === toBase64Url(made);
}

function checkHashes(hashes: readonly string[]): readonly string[] {
  return hashes.map((given) => {
    const [format = "", value] = given.split(":");
    if (value === undefined)
      throw new Fail(
        'invalid discovery token CA certificate hash: invalid hash, expected "format:hex-value". Known format(s) are: sha256',
      );
    if (format.toLowerCase() !== "sha256")
      throw new Fail(
        `invalid discovery token CA certificate hash: unknown hash format ${JSON.stringify(format)}. Known format(s) are: sha256`,
      );
    if (/[^0-9a-f]/i.test(value) || value.length % 2 === 1)
      throw new Fail(
        `invalid discovery token CA certificate hash: could not decode SHA-256 from pin ${JSON.stringify(given)}: ${hexProblem(value)}`,
      );
    if (value.length !== 64)
      throw new Fail(
        `invalid discovery token CA certificate hash: invalid hash ${JSON.stringify(given)}, expected a 32 byte SHA-256 hash, found ${value.length / 2} bytes`,
      );
    return `sha256:${value.toLowerCase()}`;
  });
}

function hexProblem(value: string): string {
  const odd = /[^0-9a-f]/i.exec(value)?.[0];
  return odd === undefined
    ? "encoding/hex: odd length hex string"
    : `encoding/hex: invalid byte: U+${odd.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")} '${odd}'`;
}

function* discover(k: Kubeadm, options: JoinOptions): Task<Discovered> {
  if (options.file !== "") return readDiscoveryFile(k, options.file);
  const [id = "", secret = ""] = options.token.split(".");
  const server = `https://${options.endpoint}`;
  yield* k.log(
    1,
    "token.go:71",
    `[discovery] Created cluster-info discovery client, requesting info from ${JSON.stringify(options.endpoint)}`,
  );
  const data = yield* askInfo(k, new Client(k.sys, bareCredentials(server, { insecure: true }), 0), id);
  const pins = checkHashes(options.hashes);
  const config = data.kubeconfig ?? "";
  if (!isSigned(data[`jws-kubeconfig-${id}`] ?? "", config, id, secret))
    throw new Fail("failed to verify JWS signature of received cluster info object, can't trust this API Server");
  const found = readDiscovered(config);
  if (pins.length === 0) return found;
  const known = pinsOf(found.ca);
  if (!known.some((pin) => pins.includes(pin)))
    throw new Fail(
      `cluster CA found in cluster-info ConfigMap is invalid: none of the public keys ${known.map((pin) => JSON.stringify(pin)).join(":")} are pinned`,
    );
  yield* k.log(
    1,
    "token.go:120",
    `[discovery] Requesting info from ${JSON.stringify(options.endpoint)} again to validate TLS against the pinned public key`,
  );
  const secure = yield* askInfo(k, new Client(k.sys, bareCredentials(server, { ca: found.ca }), 0), id);
  if (secure.kubeconfig !== config)
    throw new Fail(
      "the second kubeconfig from the cluster-info ConfigMap (using validated TLS) was different from the first",
    );
  return found;
}

function readDiscovered(text: string): Discovered {
  const cluster = ((readYaml(text) as Obj).clusters as Obj[] | undefined)?.[0]?.cluster ?? {};
  const ca = decode(fromBase64(cluster["certificate-authority-data"] ?? "") ?? new Uint8Array());
  return { server: cluster.server ?? "", ca, text };
}

function readDiscoveryFile(k: Kubeadm, path: string): Discovered {
  if (/^https?:/.test(path)) throw new Fail("kubeadm: a discovery file from a URL is not modelled in this sandbox", 2);
  const data = k.sys.readFile(path);
  if (isErrno(data)) throw new Fail(`open ${path}: ${goText(data)}`);
  return readDiscovered(decode(data));
}

// --- the kubelet's papers ---

/** config.yaml of this node: the cluster's, with what instance-config.yaml patches in. */
export function* writeKubeletConfig(k: Kubeadm, kubelet: string): Task {
  const instance = k.read("/var/lib/kubelet/instance-config.yaml") ?? "";
  const endpoint = /^containerRuntimeEndpoint:\s*"?([^"\n]*)"?/m.exec(instance)?.[1] ?? DEFAULT_SOCKET;
  yield* k.print(
    '[patches] Applied patch of type "application/strategic-merge-patch+json" to target "kubeletconfiguration"\n',
  );
  const line = `containerRuntimeEndpoint: ${endpoint}`;
  const text = /^containerRuntimeEndpoint:/m.test(kubelet)
    ? kubelet.replace(/^containerRuntimeEndpoint:.*$/m, () => line)
    : kubelet.replace(/^(?=cpuManagerReconcilePeriod:|kind:)/m, () => `${line}\n`);
  yield* k.print('[kubelet-start] Writing kubelet configuration to file "/var/lib/kubelet/config.yaml"\n');
  k.write("/var/lib/kubelet/config.yaml", text, 0o644);
}

export function* writeInstanceConfig(k: Kubeadm, socket: string): Task {
  yield* k.print('[kubelet-start] Writing kubelet configuration to file "/var/lib/kubelet/instance-config.yaml"\n');
  k.write("/var/lib/kubelet/instance-config.yaml", `containerRuntimeEndpoint: "${socket}"\n`, 0o644);
}

export function* writeKubeletFlags(k: Kubeadm, flags: readonly string[]): Task {
  yield* k.print(
    '[kubelet-start] Writing kubelet environment file with flags to file "/var/lib/kubelet/kubeadm-flags.env"\n',
  );
  k.write("/var/lib/kubelet/kubeadm-flags.env", `KUBELET_KUBEADM_ARGS="${flags.join(" ")}"\n`, 0o644);
}

const systemctl = (k: Kubeadm, ...words: string[]): Task<number> =>
  k.run("/usr/bin/systemctl", ["systemctl", ...words]);

export function* restartKubelet(k: Kubeadm, word: "Starting" | "Restarting" = "Starting"): Task {
  yield* k.print(`[kubelet-start] ${word} the kubelet\n`);
  yield* systemctl(k, "daemon-reload");
  if ((yield* systemctl(k, "restart", "kubelet")) !== 0)
    yield* k.warn(
      "kubelet.go:43",
      "[kubelet-start] WARNING: unable to start the kubelet service: [couldn't start kubelet]",
    );
}

/** One look at the kubelet's health; the text of what is wrong, or nothing. */
function* healthProblem(k: Kubeadm): Task<string | undefined> {
  const fd = yield* k.sys.connect({ family: "tcp", address: "127.0.0.1", port: 10_248 });
  const url = '"http://127.0.0.1:10248/healthz"';
  if (isErrno(fd)) return `Get ${url}: dial tcp 127.0.0.1:10248: connect: ${goText(fd)}`;
  const connection = createConnection(plainStream(k.sys, fd));
  yield* sendRequest(connection, {
    method: "GET",
    target: "/healthz",
    headers: [
      ["Host", "127.0.0.1:10248"],
      ["Connection", "close"],
    ],
  });
  const response = yield* readResponse(connection, "GET");
  k.sys.close(fd);
  return typeof response !== "string" && !isErrno(response) && response.status === 200 ? undefined : `Get ${url}: EOF`;
}

/** Waits until the kubelet says that it is well, four minutes at most. */
export function* waitForKubelet(k: Kubeadm): Task {
  yield* k.print(
    "[kubelet-check] Waiting for a healthy kubelet at http://127.0.0.1:10248/healthz. This can take up to 4m0s\n",
  );
  const start = k.sys.now();
  let problem: string | undefined;
  do {
    yield* k.sys.sleep(500);
    problem = yield* healthProblem(k);
  } while (problem !== undefined && k.sys.now() - start < 240_000);
  const passed = formatTook(k.sys.now() - start, k.sys.random(3));
  if (problem === undefined) return yield* k.print(`[kubelet-check] The kubelet is healthy after ${passed}\n`);
  yield* k.print(`[kubelet-check] The kubelet is not healthy after ${passed}\n\n${HELP}`);
  throw new Fail(
    `error execution phase kubelet-wait-bootstrap: failed while waiting for the kubelet to start: The HTTP call equal to 'curl -sSL http://127.0.0.1:10248/healthz' returned error: ${problem}`,
  );
}

const HELP = `Unfortunately, an error has occurred, likely caused by:
	- The kubelet is not running
	- The kubelet is unhealthy due to a misconfiguration of the node in some way (required cgroups disabled)

If you are on a systemd-powered system, you can try to troubleshoot the error with the following commands:
	- 'systemctl status kubelet'
	- 'journalctl -xeu kubelet'

`;

/** A Go duration with the digits that a clock adds. */
export function formatTook(ms: number, noise: Uint8Array): string {
  const extra = ((noise[0] ?? 0) + 256 * (noise[1] ?? 0)) * 30;
  const whole = Math.round(ms) * 1_000_000 + extra;
  if (whole < 1_000_000_000) return `${Number((whole / 1_000_000).toFixed(6))}ms`;
  const seconds = whole / 1_000_000_000;
  return seconds < 60
    ? `${Number(seconds.toFixed(9))}s`
    : `${Math.floor(seconds / 60)}m${Number((seconds % 60).toFixed(9))}s`;
}

// --- the command ---

export function* join(k: Kubeadm): Task {
  const options = yield* readOptions(k);
  validate(options);
  if (k.flags.on("control-plane")) throw new Fail("kubeadm: --control-plane is not modelled in this sandbox", 2);
  if (k.flags.on("dry-run")) throw new Fail("kubeadm: join --dry-run is not modelled in this sandbox", 2);
  yield* k.print("[preflight] Running pre-flight checks\n");
  yield* runChecks(k, [isRoot]);
  yield* runChecks(k, joinChecks(options.socket, options.node));
  yield* k.log(1, "join.go:553", "[preflight] Discovering cluster-info");
  let found: Discovered;
  try {
    found = yield* discover(k, options);
  } catch (error) {
    if (error instanceof Fail && error.code === 2) throw error;
    throw new Fail(
      `error execution phase preflight: couldn't validate the identity of the API Server: ${reasonOf(error)}`,
    );
  }
  const token = options.bootstrapToken;
  const credentials =
    token === "" ? credentialsOf(k, found.text) : bareCredentials(found.server, { ca: found.ca, token });
  const client = new Client(k.sys, credentials, 0);
  let kubelet: string;
  try {
    ({ kubelet } = yield* fetchConfig(k, client, "preflight"));
  } catch (error) {
    throw new Fail(`error execution phase preflight: ${reasonOf(error)}`);
  }
  yield* startKubelet(k, options, found, client, kubelet);
  yield* waitForKubelet(k);
  yield* waitForBootstrap(k);
  yield* k.print(`
This node has joined the cluster:
* Certificate signing request was sent to apiserver and a response was received.
* The Kubelet was informed of the new secure connection details.

Run 'kubectl get nodes' on the control-plane to see this node join the cluster.

`);
}

function* startKubelet(k: Kubeadm, options: JoinOptions, found: Discovered, client: Client, kubelet: string): Task {
  const bootstrap = "/etc/kubernetes/bootstrap-kubelet.conf";
  const user = options.bootstrapToken === "" ? undefined : { token: options.bootstrapToken };
  k.write(
    bootstrap,
    user === undefined ? found.text : formatKubeconfig(found.server, found.ca, "tls-bootstrap-token-user", user),
    0o600,
  );
  k.folders(PKI, 0o755);
  k.write(`${PKI}/ca.crt`, found.ca, 0o644);
  k.folders("/var/lib/kubelet", 0o700);
  yield* refuseKnownNode(client, options.node);
  yield* systemctl(k, "stop", "kubelet");
  yield* writeInstanceConfig(k, options.socket);
  yield* writeKubeletConfig(k, kubelet);
  const taints = options.taints.map(({ key, value = "", effect }) => `${key}=${value}:${effect}`);
  yield* writeKubeletFlags(k, [
    ...(options.node === k.sys.hostname ? [] : [`--hostname-override=${options.node}`]),
    ...(taints.length === 0 ? [] : [`--register-with-taints=${taints.join(",")}`]),
    ...options.kubeletArgs,
  ]);
  yield* restartKubelet(k);
}

/** Two nodes of one name would fight for it. */
function* refuseKnownNode(client: Client, name: string): Task {
  let node: Obj;
  try {
    node = (yield* client.get(`/api/v1/nodes/${name}`)) as Obj;
  } catch (error) {
    if (error instanceof StatusError && error.code === 404) return;
    throw new Fail(`error execution phase kubelet-start: cannot get Node ${JSON.stringify(name)}: ${reasonOf(error)}`);
  }
  const ready = ((node.status?.conditions ?? []) as Obj[]).find((each) => each.type === "Ready");
  if (ready?.status === "True")
    throw new Fail(
      `error execution phase kubelet-start: a Node with name ${JSON.stringify(name)} and status "Ready" already exists in the cluster. You must delete the existing Node or change the name of this new joining Node`,
    );
}

/** TLSBootstrapRetryInterval. */
const BOOTSTRAP_POLL = 1000;

function* waitForBootstrap(k: Kubeadm): Task {
  yield* k.print("[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap\n");
  for (const until = k.sys.now() + DISCOVERY_TIME; !k.exists(KUBELET_CONF); yield* k.sys.sleep(BOOTSTRAP_POLL)) {
    if (k.sys.now() < until) continue;
    yield* k.print(HELP);
    throw new Fail("error execution phase kubelet-wait-bootstrap: context deadline exceeded");
  }
  k.sys.unlink("/etc/kubernetes/bootstrap-kubelet.conf");
}
