// The world in which the kubelets were recorded (test/oracle/README.md): node01 with its papers, callers with their
// certificates and tokens, a small cluster. Made anew from the sandbox's own parts.

import { createToken, ISSUER } from "../../../sandbox/cluster/tokens.ts";
import { imageCommands } from "../../../sandbox/containerd/image.ts";
import { Fleet } from "../../../sandbox/fleet.ts";
import { installProgram } from "../../../sandbox/images/base.ts";
import { kubeconfig, type Pair } from "../../../sandbox/images/pki.ts";
import type { Fs } from "../../../sandbox/kernel/fs/fs.ts";
import {
  encodePublicKey,
  encodeTraditional,
  publicKeyOf,
  type RsaPrivateKey,
} from "../../../sandbox/lib/crypto/keys.ts";
import { formatPem } from "../../../sandbox/lib/crypto/pem.ts";
import { poolKey } from "../../../sandbox/lib/crypto/pool.ts";
import { altNamesOf, createCertificate, extension, keyIdentifier } from "../../../sandbox/lib/x509/build.ts";
import { USAGE } from "../../../sandbox/lib/x509/certificate.ts";
import { createGoName, type Name } from "../../../sandbox/lib/x509/name.ts";
import { createMachine } from "../../../sandbox/machine.ts";
import { Programs } from "../../../sandbox/programs.ts";

export const BOOT = Date.UTC(2026, 10, 21, 22, 0, 0);
const DAY = 86_400_000;
const WORK = "/root/oracle";

/** Everything that does not differ between cases. */
export interface World {
  readonly programs: Programs;
  readonly files: readonly (readonly [path: string, data: string, mode: number])[];
  readonly env: Readonly<Record<string, string>>;
  readonly clusterJson: string;
}

let nextKey = 0;
let nextSerial = 1;

interface Ca {
  readonly name: Name;
  readonly key: RsaPrivateKey;
  readonly pem: string;
  readonly keyPem: string;
}

const keyPem = (key: RsaPrivateKey): string => formatPem("RSA PRIVATE KEY", encodeTraditional(key));
const takeKey = (): RsaPrivateKey => poolKey(77, nextKey++);
const serial = (): Uint8Array => Uint8Array.of(0x7e, 0x9a, nextSerial++ & 0xff, 0x31, 0x44, 0x05, 0x66, 0x07);

function createCa(commonName: string): Ca {
  const key = takeKey();
  const name = createGoName(commonName);
  const extensions = [
    extension.keyUsage(["digitalSignature", "keyEncipherment", "keyCertSign"]),
    extension.basicConstraints(true),
    extension.subjectKeyId(keyIdentifier(publicKeyOf(key))),
  ];
  const der = createCertificate(
    {
      serial: serial(),
      issuer: name,
      subject: name,
      notBefore: BOOT - 30 * DAY,
      notAfter: BOOT + 3650 * DAY,
      publicKey: publicKeyOf(key),
      extensions,
    },
    key,
  );
  return { name, key, pem: formatPem("CERTIFICATE", der), keyPem: keyPem(key) };
}

interface Wanted {
  readonly user: string;
  readonly groups?: readonly string[];
  readonly usages?: readonly string[];
  readonly names?: readonly string[];
  readonly from?: number;
  readonly to?: number;
}

function issue(ca: Ca | undefined, wanted: Wanted): Pair {
  const key = takeKey();
  const subject = createGoName(wanted.user, wanted.groups ?? []);
  const signer = ca?.key ?? key;
  const usages = wanted.usages ?? [USAGE.client];
  const extensions = [
    extension.keyUsage(["digitalSignature", "keyEncipherment"]),
    ...(usages.length === 0 ? [] : [extension.extendedKeyUsage(usages)]),
    extension.basicConstraints(false),
    extension.subjectKeyId(keyIdentifier(publicKeyOf(key))),
    extension.authorityKeyId(keyIdentifier(publicKeyOf(signer))),
    ...(wanted.names === undefined ? [] : [extension.altNames(altNamesOf(wanted.names))]),
  ];
  const der = createCertificate(
    {
      serial: serial(),
      issuer: ca?.name ?? subject,
      subject,
      notBefore: wanted.from ?? BOOT - DAY,
      notAfter: wanted.to ?? BOOT + 365 * DAY,
      publicKey: publicKeyOf(key),
      extensions,
    },
    signer,
  );
  return { cert: formatPem("CERTIFICATE", der), key: keyPem(key) };
}

/** ServiceAccounts of the recordings and the rights of each: subresource → verbs of nodes. */
const ACCOUNTS: Readonly<Record<string, readonly (readonly [resource: string, verb: string])[]>> = {
  "sa-none": [],
  "sa-proxy-get": [["nodes/proxy", "get"]],
  "sa-proxy-create": [["nodes/proxy", "create"]],
  "sa-proxy-all": [["nodes/proxy", "*"]],
  "sa-metrics": [["nodes/metrics", "get"]],
  "sa-stats": [["nodes/stats", "get"]],
  "sa-log": [["nodes/log", "get"]],
  "sa-pods": [["nodes/pods", "get"]],
  "sa-healthz": [["nodes/healthz", "get"]],
  "sa-configz": [["nodes/configz", "get"]],
  "sa-spec": [["nodes/spec", "get"]],
  "sa-checkpoint": [["nodes/checkpoint", "*"]],
  "sa-nodes-get": [["nodes", "get"]],
  "sa-pods-get": [["pods", "get"]],
  "sa-api-admin": [],
};

const SYSLOG =
  "Nov 21 10:00:01 node01 systemd[1]: Started kubelet.service - kubelet: The Kubernetes Node Agent.\n" +
  'Nov 21 10:00:02 node01 kubelet[711]: I1121 10:00:02.000000     711 server.go:530] "Kubelet version" kubeletVersion="v1.36.2"\n';

const WEB_POD = `apiVersion: v1
kind: Pod
metadata:
  name: static-web
  labels:
    role: myrole
spec:
  containers:
  - name: web
    image: nginx:1.27
    ports:
    - name: web
      containerPort: 80
      protocol: TCP
    env:
    - name: DB_PASSWORD
      value: hunter2
`;
const AGENT_POD = `apiVersion: v1
kind: Pod
metadata:
  name: node-agent
  namespace: kube-system
  labels:
    k8s-app: node-agent
spec:
  hostNetwork: true
  priorityClassName: system-node-critical
  containers:
  - name: agent
    image: busybox:1.36
    command: ["sh", "-c", "sleep infinity"]
    securityContext:
      privileged: true
`;

export async function createWorld(): Promise<World> {
  const programs = new Programs();
  await programs.loadAll(
    [
      "init",
      "kubelet",
      "kubelet-1.20",
      "kubelet-life",
      "kubelet-doors",
      "kubelet-papers",
      "containerd",
      "containerd-shim",
      "etcd",
      "kube-apiserver",
      // kubectl comes in parts.
      ...programs.names.filter((name) => name.startsWith("kubectl")),
      "curl",
      "bash",
      "pause",
      "container-app",
      "busybox",
      // Commands are loaded when they are first run, and nobody waits here.
      ...imageCommands,
    ].filter((name) => programs.known(name)),
  );
  const ca = createCa("kubernetes");
  const other = createCa("other-ca");
  const node = issue(ca, { user: "system:node:node01", groups: ["system:nodes"] });
  const dev = issue(ca, { user: "dev" });
  const callers: Readonly<Record<string, Pair>> = {
    admin: issue(ca, { user: "kubernetes-admin", groups: ["system:masters"] }),
    "apiserver-kubelet-client": issue(ca, {
      user: "kube-apiserver-kubelet-client",
      groups: ["kubeadm:cluster-admins"],
    }),
    node01: node,
    node02: issue(ca, { user: "system:node:node02", groups: ["system:nodes"] }),
    dev,
    monitor: issue(ca, { user: "prometheus", groups: ["monitoring"] }),
    "multi-org": issue(ca, { user: "alice", groups: ["devs", "qa"] }),
    "no-cn": issue(ca, { user: "", groups: ["devs"] }),
    "serverauth-only": issue(ca, { user: "kubernetes-admin", groups: ["system:masters"], usages: [USAGE.server] }),
    "no-eku": issue(ca, { user: "kubernetes-admin", groups: ["system:masters"], usages: [] }),
    foreign: issue(other, { user: "kubernetes-admin", groups: ["system:masters"] }),
    expired: issue(ca, {
      user: "kubernetes-admin",
      groups: ["system:masters"],
      from: BOOT - 20 * DAY,
      to: BOOT - 10 * DAY,
    }),
    notyet: issue(ca, { user: "kubernetes-admin", groups: ["system:masters"], from: BOOT + 10 * DAY }),
    selfsigned: issue(undefined, { user: "kubernetes-admin", groups: ["system:masters"] }),
  };
  const both = [USAGE.server, USAGE.client];
  const serving = issue(ca, {
    user: "system:node:node01",
    groups: ["system:nodes"],
    usages: both,
    names: ["node01", "172.30.1.2"],
  });
  const local = issue(ca, {
    user: "system:node:node01",
    groups: ["system:nodes"],
    usages: both,
    names: ["node01", "localhost", "172.30.1.2", "127.0.0.1"],
  });
  const apiserver = issue(ca, {
    user: "kube-apiserver",
    usages: [USAGE.server],
    names: ["controlplane", "kubernetes", "127.0.0.1", "172.30.1.2", "10.96.0.1"],
  });
  const signer = takeKey();
  const config = (server: string, user: string, pair: { cert: string; key: string }): string =>
    kubeconfig(user, server, ca.pem, pair);
  const byFile = (cert: string, key: string): string =>
    config("https://127.0.0.1:6443", "system:node:node01", node)
      .replace(/client-certificate-data: .*/, `client-certificate: ${cert}`)
      .replace(/client-key-data: .*/, `client-key: ${key}`);
  const pki = "/etc/kubernetes/pki";
  const files: [string, string, number][] = [
    [`${pki}/ca.crt`, ca.pem, 0o644],
    [`${pki}/ca.key`, ca.keyPem, 0o600],
    [`${pki}/other-ca.crt`, other.pem, 0o644],
    [`${pki}/bad.crt`, "not a pem\n", 0o644],
    [`${pki}/empty.crt`, "", 0o644],
    [`${pki}/kubelet.crt`, serving.cert, 0o644],
    [`${pki}/kubelet.key`, serving.key, 0o600],
    [`${pki}/kubelet-localhost.crt`, local.cert, 0o644],
    [`${pki}/kubelet-localhost.key`, local.key, 0o600],
    [`${pki}/node01.crt`, node.cert, 0o644],
    [`${pki}/node01.key`, node.key, 0o600],
    [`${pki}/apiserver.crt`, apiserver.cert, 0o644],
    [`${pki}/apiserver.key`, apiserver.key, 0o600],
    [`${pki}/sa.pub`, formatPem("PUBLIC KEY", encodePublicKey(publicKeyOf(signer))), 0o600],
    ["/etc/kubernetes/kubelet.conf", byFile(`${pki}/node01.crt`, `${pki}/node01.key`), 0o600],
    ["/etc/kubernetes/dead.conf", config("https://127.0.0.1:6444", "system:node:node01", node), 0o600],
    ["/root/.kube/config", config("https://127.0.0.1:6443", "kubernetes-admin", callers["admin"] as Pair), 0o600],
    ["/etc/kubernetes/devk.conf", config("https://127.0.0.1:6443", "dev", dev), 0o600],
    ["/etc/kubernetes/httpk.conf", config("http://127.0.0.1:6443", "system:node:node01", node), 0o600],
    ["/etc/kubernetes/nocert.conf", byFile(`${pki}/nope.crt`, `${pki}/nope.key`), 0o600],
    ["/etc/kubernetes/broken.conf", "apiVersion: [v1\n", 0o600],
    ["/etc/kubernetes/manifests/static-web.yaml", WEB_POD, 0o600],
    ["/etc/kubernetes/manifests/node-agent.yaml", AGENT_POD, 0o600],
    ["/var/log/syslog", SYSLOG, 0o640],
    ["/var/log/auth.log", "", 0o640],
    [
      "/etc/os-release",
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n',
      0o644,
    ],
    [`${WORK}/ca.crt`, ca.pem, 0o644],
    [`${WORK}/other-ca.crt`, other.pem, 0o644],
    [`${WORK}/bad.crt`, "not a pem\n", 0o644],
    ...Object.entries(callers).flatMap(([name, pair]): [string, string, number][] => [
      [`${WORK}/${name}.crt`, pair.cert, 0o644],
      [`${WORK}/${name}.key`, pair.key, 0o600],
    ]),
  ];
  return { programs, files, env: tokens(keyPem(signer)), clusterJson: cluster() };
}

const uidOf = (index: number): string => `757b8789-2408-492b-b4ea-25a09fde${String(1000 + index)}`;

function tokens(signingKey: string): Record<string, string> {
  const env: Record<string, string> = {};
  const make = (name: string, index: number, aud: string): string =>
    createToken(signingKey, {
      aud: [aud],
      exp: BOOT / 1000 + 86_400 * 30,
      iat: BOOT / 1000,
      iss: ISSUER,
      jti: `27a89697-c2ba-4b01-b967-46ac3057${1800 + index}`,
      "kubernetes.io": { namespace: "default", serviceaccount: { name, uid: uidOf(index) } },
      nbf: BOOT / 1000,
      sub: `system:serviceaccount:default:${name}`,
    });
  for (const [index, name] of Object.keys(ACCOUNTS).entries())
    env[`${name.toUpperCase().replaceAll("-", "_")}_TOKEN`] = make(name, index, ISSUER);
  env["WRONG_AUDIENCE_TOKEN"] = make("sa-proxy-all", Object.keys(ACCOUNTS).indexOf("sa-proxy-all"), "vault");
  return env;
}

function cluster(): string {
  const roles = Object.entries(ACCOUNTS).map(([name, rules]) => ({
    name: `oracle-${name}`,
    rules: rules.map(([resource, verb]) => ({ apiGroups: [""], resources: [resource], verbs: [verb] })),
  }));
  const account = (name: string) => ({ kind: "ServiceAccount" as const, name, namespace: "default" });
  const bindings = Object.keys(ACCOUNTS).map((name) => ({
    name: `oracle-${name}`,
    role: name === "sa-api-admin" ? "system:kubelet-api-admin" : `oracle-${name}`,
    roleKind: "ClusterRole",
    subjects: [account(name)],
  }));
  return JSON.stringify({
    rbac: {
      roles: [
        ...roles,
        { name: "oracle-monitor", rules: [{ apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] }] },
      ],
      bindings: [
        ...bindings,
        {
          name: "oracle-monitor",
          role: "oracle-monitor",
          roleKind: "ClusterRole",
          subjects: [{ kind: "Group", name: "monitoring" }],
        },
        {
          name: "oracle-apiserver",
          role: "system:kubelet-api-admin",
          roleKind: "ClusterRole",
          subjects: [{ kind: "Group", name: "kubeadm:cluster-admins" }],
        },
      ],
    },
    // The recording cluster had no binding for kubeadm's admins; the API server's client had its rights from one role.
    without: ["kubeadm:cluster-admins"],
    accounts: Object.keys(ACCOUNTS).map((name, index) => ({ namespace: "default", name, uid: uidOf(index) })),
  });
}

/** What a case lays over the world. */
export interface CaseFiles {
  readonly config: string | null;
  readonly dropins: Readonly<Record<string, string>>;
  readonly version: string;
  /** Kernel settings as earlier kubelets had left them, or a stock host's. */
  readonly stockKernel: boolean;
}

/** A fleet of one machine, switched on, nothing started yet. */
export function createCaseFleet(world: World, given: CaseFiles): Fleet {
  const machine = createMachine({
    name: "node01",
    address: "172.30.1.2",
    seed: "oracle",
    boot: BOOT,
    hosts: [["172.30.1.2", "node01 controlplane"]],
    programs: world.programs.names,
    install: (fs) => installCase(fs, world, given),
  });
  if (!given.stockKernel)
    Object.assign(machine.sysctl, { "vm/overcommit_memory": "1", "kernel/panic": "10", "kernel/panic_on_oops": "1" });
  const fleet = new Fleet(
    { world: { now: BOOT, nextStream: 1, streams: new Map() }, machines: [machine], terminals: [] },
    world.programs,
  );
  fleet.machine("node01").spawn(undefined, { path: "/usr/lib/init/init", argv: ["init"] });
  fleet.run();
  return fleet;
}

function installCase(fs: Fs, world: World, given: CaseFiles): void {
  installProgram(fs, "init", "/usr/lib/init/init");
  installProgram(fs, "containerd-shim", "/usr/bin/containerd-shim-runc-v2");
  for (const name of ["containerd", "etcd", "kube-apiserver", "kubectl"]) installProgram(fs, name, `/usr/bin/${name}`);
  installProgram(fs, "bash", "/bin/bash");
  installProgram(fs, given.version.startsWith("1.20") ? "kubelet-1.20" : "kubelet", "/usr/bin/kubelet");
  for (const [path, data, mode] of world.files) fs.install(path, { data, mode });
  fs.install("/etc/kubernetes/cluster.json", { data: world.clusterJson, mode: 0o600 });
  fs.installFolder("/etc/kubernetes/kubelet.conf.d", { mode: 0o755 });
  fs.installFolder("/var/log/apt", { mode: 0o755 });
  fs.installFolder("/var/log/containers", { mode: 0o755 });
  fs.installFolder("/var/log/pods", { mode: 0o755 });
  if (given.config !== null) fs.install("/var/lib/kubelet/config.yaml", { data: given.config, mode: 0o644 });
  for (const [name, data] of Object.entries(given.dropins))
    fs.install(`/etc/kubernetes/kubelet.conf.d/${name}`, { data, mode: 0o644 });
}

export { WORK };
