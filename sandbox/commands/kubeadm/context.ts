// What all of kubeadm's commands share: output, klog warnings, clients of the API server, the cluster's configuration.

import { type Errno, isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import { fromBase64, toBase64 } from "../../lib/crypto/base64.ts";
import { Client, type Credentials, DialError, klogHeader, StatusError } from "../kubectl/client.ts";
import { readYaml } from "../kubectl/documents.ts";
import type { Flags } from "../kubectl/flags.ts";
import { Fail, type Obj } from "../kubectl/values.ts";

export const VERSION = "v1.36.2";
export const ADMIN_CONF = "/etc/kubernetes/admin.conf";
export const KUBELET_CONF = "/etc/kubernetes/kubelet.conf";
export const PKI = "/etc/kubernetes/pki";
export const MANIFESTS = "/etc/kubernetes/manifests";
export const DEFAULT_SOCKET = "unix:///var/run/containerd/containerd.sock";

/** Go's words for an error of the file system. */
export const goText = (error: Errno): string => error.text.toLowerCase();

export class Kubeadm {
  readonly sys: Sys;
  readonly flags: Flags;
  readonly args: readonly string[];

  constructor(sys: Sys, flags: Flags) {
    this.sys = sys;
    this.flags = flags;
    this.args = flags.args;
  }

  *print(text: string): Task {
    yield* this.sys.write(1, text);
  }

  *error(text: string): Task {
    yield* this.sys.write(2, text);
  }

  *warn(place: string, text: string): Task {
    yield* this.error(`${klogHeader(this.sys, "W", place)}${text}\n`);
  }

  /** klog's V(level): only with --v. */
  *log(level: number, place: string, text: string): Task {
    if (this.flags.number("v", 0) >= level) yield* this.error(`${klogHeader(this.sys, "I", place)}${text}\n`);
  }

  read(path: string): string | undefined {
    const data = this.sys.readFile(path);
    return isErrno(data) ? undefined : decode(data);
  }

  exists(path: string): boolean {
    return !isErrno(this.sys.lstat(path));
  }

  /** Writes a file, its folders made as kubeadm makes them. */
  write(path: string, text: string, mode: number): void {
    this.folders(path.slice(0, path.lastIndexOf("/")));
    const failed = this.sys.writeFile(path, text, { mode });
    if (failed !== undefined) throw new Fail(`open ${path}: ${goText(failed)}`);
    this.sys.chmod(path, mode);
  }

  folders(path: string, mode = 0o700): void {
    for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1)) this.sys.mkdir(path.slice(0, at), mode);
    this.sys.mkdir(path, mode);
  }

  /** Runs a program and waits for its end. */
  *run(path: string, argv: readonly string[]): Task<number> {
    const pid = this.sys.spawn({ path, argv });
    if (isErrno(pid)) return 127;
    const done = yield* this.sys.waitpid(pid);
    return done !== undefined && !isErrno(done) && done.status.kind === "exited" ? done.status.code : 1;
  }

  random(length: number, letters = "abcdefghijklmnopqrstuvwxyz0123456789"): string {
    return Array.from(this.sys.random(length), (byte) => letters[byte % letters.length]).join("");
  }

  // --- the API server ---

  /** The kubeconfig that counts: the flag's, else admin.conf or the user's own. */
  adminConfig(): string {
    const given = this.flags.text("kubeconfig");
    if (given !== "" && given !== ADMIN_CONF) return given;
    if (this.sys.env.KUBECONFIG) return this.sys.env.KUBECONFIG;
    return this.exists(ADMIN_CONF) ? ADMIN_CONF : `${this.sys.env.HOME ?? "/root"}/.kube/config`;
  }

  /** A client from a kubeconfig; throws what the file's reader says. */
  client(path: string): Client {
    const data = this.sys.readFile(path);
    if (isErrno(data)) throw new Fail(`failed to load admin kubeconfig: open ${path}: ${goText(data)}`);
    return new Client(this.sys, credentialsOf(this, decode(data)), 0);
  }
}

/** Where a kubeconfig's current context leads, and with which credentials. */
export function credentialsOf(k: Kubeadm, text: string): Credentials {
  const config = readYaml(text) as Obj;
  const find = (section: string, name: string, inner: string): Obj =>
    (config[section] as Obj[] | null)?.find((each) => each.name === name)?.[inner] ?? {};
  const context = find("contexts", config["current-context"] ?? "", "context");
  const cluster = find("clusters", context.cluster ?? "", "cluster");
  const user = find("users", context.user ?? "", "user");
  const either = (entry: Obj, key: string): string | undefined => {
    const inline = entry[`${key}-data`] as string | undefined;
    if (inline === undefined) return entry[key] === undefined ? undefined : k.read(entry[key]);
    const bytes = fromBase64(inline);
    return bytes === undefined ? undefined : decode(bytes);
  };
  return bareCredentials(cluster.server ?? "", {
    ca: either(cluster, "certificate-authority"),
    insecure: cluster["insecure-skip-tls-verify"] === true,
    certificate: either(user, "client-certificate"),
    key: either(user, "client-key"),
    token: user.token,
  });
}

export function bareCredentials(server: string, more: Partial<Credentials> = {}): Credentials {
  return {
    server,
    ca: undefined,
    serverName: undefined,
    insecure: false,
    certificate: undefined,
    key: undefined,
    token: undefined,
    basic: undefined,
    impersonate: [],
    ...more,
  };
}

/** Text of what went wrong with a request, as errors are wrapped in Go. */
export const reasonOf = (error: unknown): string => {
  if (error instanceof StatusError || error instanceof DialError || error instanceof Fail) return error.message;
  throw error;
};

// --- the cluster's configuration ---

/** What kubeadm reads of the cluster before it changes anything. */
export interface ClusterConfig {
  /** ClusterConfiguration. */
  readonly cluster: Obj;
  /** KubeletConfiguration as text. */
  readonly kubelet: string;
}

const configMap = (namespace: string, name: string): string => `/api/v1/namespaces/${namespace}/configmaps/${name}`;

/** Reads the ConfigMaps kubeadm-config, kube-proxy and kubelet-config, and says so under the name of a phase. */
export function* fetchConfig(k: Kubeadm, client: Client, phase: string): Task<ClusterConfig> {
  yield* k.print(
    `[${phase}] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n`,
  );
  yield* k.print(
    `[${phase}] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.\n`,
  );
  const data = yield* readConfigMap(
    client,
    "kube-system",
    "kubeadm-config",
    "unable to fetch the kubeadm-config ConfigMap: failed to get config map: ",
  );
  const cluster = readYaml(data.ClusterConfiguration ?? "{}") as Obj;
  const proxy = yield* readProxyConfig(k, client);
  const kubelet = yield* readConfigMap(
    client,
    "kube-system",
    "kubelet-config",
    'failed to get component configs: could not download the kubelet configuration from ConfigMap "kubelet-config": ',
  );
  const bound = (readYaml(proxy["config.conf"] ?? "{}") as Obj).bindAddress;
  // Without an API server of its own a machine has no address to derive the default from.
  if (bound === "0.0.0.0" && !k.exists(`${MANIFESTS}/kube-apiserver.yaml`))
    yield* k.warn(
      "utils.go:69",
      `The recommended value for "bindAddress" in "KubeProxyConfiguration" is: ::; the provided value is: ${bound}`,
    );
  return { cluster, kubelet: kubelet.kubelet ?? "" };
}

/** A cluster may do without kube-proxy, and a node may read its settings only while it runs one. */
function* readProxyConfig(k: Kubeadm, client: Client): Task<Record<string, string>> {
  try {
    return ((yield* client.get(configMap("kube-system", "kube-proxy"))) as Obj).data ?? {};
  } catch (error) {
    const text = reasonOf(error);
    if (!(error instanceof StatusError) || (error.code !== 403 && error.code !== 404))
      throw new Fail(`failed to get component configs: ${text}`);
    yield* k.warn(
      "configset.go:78",
      `Warning: No kubeproxy.config.k8s.io/v1alpha1 config is loaded. Continuing without it: ${text}`,
    );
    return {};
  }
}

export function* readConfigMap(
  client: Client,
  namespace: string,
  name: string,
  prefix: string,
): Task<Record<string, string>> {
  try {
    return ((yield* client.get(configMap(namespace, name))) as Obj).data ?? {};
  } catch (error) {
    throw new Fail(prefix + reasonOf(error));
  }
}

/** Puts an object there, or in place of the one that is there. */
export function* createOrUpdate(client: Client, collection: string, object: Obj): Task {
  const answer = yield* client.ask({ method: "POST", path: collection, body: object });
  if (answer.status === 409) {
    const path = `${collection}/${object.metadata.name}`;
    const old = (yield* client.get(path)) as Obj;
    const metadata = { ...object.metadata, resourceVersion: old.metadata.resourceVersion };
    yield* client.call({ method: "PUT", path, body: { ...object, metadata } });
  } else if (answer.status >= 300) throw new Fail(answer.body?.message ?? answer.text);
}

/** The warning of a machine that cannot ask which version is the newest. */
export function* lookUpVersion(k: Kubeadm): Task<string> {
  const given = k.flags.text("kubernetes-version");
  if (given !== "" && given !== "stable-1") return given;
  const url = '"https://dl.k8s.io/release/stable-1.txt"';
  yield* k.sys.sleep(10_000);
  yield* k.warn(
    "version.go:108",
    `could not fetch a Kubernetes version from the internet: unable to get URL ${url}: Get ${url}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
  );
  yield* k.warn("version.go:109", `falling back to the local client version: ${VERSION}`);
  return VERSION;
}

/** A kubeconfig of kubeadm's. */
export function formatKubeconfig(
  server: string,
  ca: string,
  user: string,
  credentials: Readonly<Record<string, string>>,
  cluster = "kubernetes",
): string {
  const lines = Object.entries(credentials).map(([key, value]) => `    ${key}: ${value}\n`);
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${base64(ca)}
    server: ${server}
  name: ${cluster}
contexts:
- context:
    cluster: ${cluster}
    user: ${user}
  name: ${user}@${cluster}
current-context: ${user}@${cluster}
kind: Config
users:
- name: ${user}
  user:
${lines.join("")}`;
}

export const base64 = (text: string): string => toBase64(encode(text));
