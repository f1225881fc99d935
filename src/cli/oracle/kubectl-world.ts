// The machines of the kubectl recordings (KUBECTL.md): controlplane and node01 of a kubeadm cluster, and a node02 that never
// joined. Files and objects come from kubectl-base.json, keys and certificates are made anew.

import type { Fleet, FleetState } from "../../../sandbox/fleet.ts";
import { installProgram } from "../../../sandbox/images/base.ts";
import { createFleet } from "../../../sandbox/images/index.ts";
import { type CertificateRequest, kubeconfig, type Pair } from "../../../sandbox/images/pki.ts";
import { isErrno } from "../../../sandbox/kernel/errno.ts";
import { decode } from "../../../sandbox/kernel/text.ts";
import { describeImage, normalizeImage } from "../../../sandbox/lib/container-image.ts";
import {
  decodePrivateKey,
  encodeTraditional,
  publicKeyOf,
  type RsaPrivateKey,
} from "../../../sandbox/lib/crypto/keys.ts";
import { formatPem, parsePem } from "../../../sandbox/lib/crypto/pem.ts";
import { poolKey } from "../../../sandbox/lib/crypto/pool.ts";
import { createCertificate, extension } from "../../../sandbox/lib/x509/build.ts";
import { USAGE } from "../../../sandbox/lib/x509/certificate.ts";
import { createGoName } from "../../../sandbox/lib/x509/name.ts";
import type { Programs } from "../../../sandbox/programs.ts";
import type { SceneFile, SceneMachine } from "../../../sandbox/scene.ts";

type Stored = { kind?: string; metadata?: { name?: string; namespace?: string } } & Record<string, unknown>;

/** kubectl-base.json, as far as it is used. */
export interface KubectlBase {
  readonly files: readonly { readonly path: string; readonly machine: string; readonly content: string }[];
  readonly objects: Readonly<Record<string, readonly Stored[]>>;
}

/** A little after the youngest object of the base state was made. */
const CLOCK = "2026-11-21T23:14:40Z";
const API = "https://172.30.1.2:6443";
const DAY = 86_400_000;

/** Collections by the names that kubectl-base.json gives them. */
const COLLECTIONS: Readonly<Record<string, string>> = {
  nodes: "/api/v1 nodes",
  namespaces: "/api/v1 namespaces",
  "pods -A": "/api/v1 pods",
  "serviceaccounts -A": "/api/v1 serviceaccounts",
  "services -A": "/api/v1 services",
  "endpoints -A": "/api/v1 endpoints",
  "configmaps -A": "/api/v1 configmaps",
  "secrets of namespace app": "/api/v1 secrets",
  "deployments -A": "/apis/apps/v1 deployments",
  "daemonsets -A": "/apis/apps/v1 daemonsets",
  "replicasets -A": "/apis/apps/v1 replicasets",
  "roles -A": "/apis/rbac.authorization.k8s.io/v1 roles",
  "rolebindings -A": "/apis/rbac.authorization.k8s.io/v1 rolebindings",
  clusterroles: "/apis/rbac.authorization.k8s.io/v1 clusterroles",
  clusterrolebindings: "/apis/rbac.authorization.k8s.io/v1 clusterrolebindings",
  "leases -A": "/apis/coordination.k8s.io/v1 leases",
  priorityclasses: "/apis/scheduling.k8s.io/v1 priorityclasses",
  csr: "/apis/certificates.k8s.io/v1 certificatesigningrequests",
  flowschemas: "/apis/flowcontrol.apiserver.k8s.io/v1 flowschemas",
};

/** Namespaces and cluster-wide names of base.yaml, which is applied to the running cluster. */
const APPLIED = /^(?:app|monitoring|restricted|baseline|kubelet-metrics-reader|node-proxy)$/;

/** Whether base.yaml makes an object, or something that it makes does. A service's address is given out but once. */
const isApplied = ({ kind, metadata: { name = "", namespace } = {} }: Stored): boolean =>
  kind === "Service"
    ? false
    : namespace === undefined
      ? APPLIED.test(name)
      : APPLIED.test(namespace) || (kind === "Pod" && namespace === "default");

/**
 * Where base.yaml's objects come from: they are made by applying it, or are there from the start as the first scenarios saw them, or
 * as they were when the base state was taken, beside a machine that never joined (`fresh`).
 */
export type Start = "made" | "seeded" | "fresh";

/** The recorded objects by their API paths: the start of the cluster's storage. */
function seedObjects(base: KubectlBase, start: Start): Record<string, Stored> {
  const found: Record<string, Stored> = {};
  for (const [listed, objects] of Object.entries(base.objects)) {
    const [root, resource] = (COLLECTIONS[listed] ?? "").split(" ");
    if (resource === undefined) continue;
    for (const object of objects) {
      const { name = "", namespace } = object.metadata ?? {};
      if (start === "made" ? isApplied(object) : start === "seeded" && LATER.test(name)) continue;
      found[`${root}/${namespace === undefined ? "" : `namespaces/${namespace}/`}${resource}/${name}`] =
        start === "fresh" ? object : earlier(object);
    }
  }
  return found;
}

/** What scenarios before the base state was taken had left behind, and the first of them did not see. */
const LATER = /^(?:frontend-69746ddf7f|node-exporter-zx6rj)$/;

/** The object as the first scenarios saw it. */
function earlier(object: Stored): Stored {
  const status = object.status as Record<string, unknown> | undefined;
  if (object.kind === "Pod" && status !== undefined) {
    // Addresses are given out by this runtime.
    delete status.podIP;
    delete status.podIPs;
  }
  const name = object.metadata?.name ?? "";
  const text = JSON.stringify(object);
  if (/^frontend(?:-85f5d5dc67)?$/.test(name))
    return JSON.parse(
      text
        .replace(/"deployment\.kubernetes\.io\/(revision(?:-history)?)":"[^"]*"/g, '"deployment.kubernetes.io/$1":"1"')
        .replace(/,?"deployment\.kubernetes\.io\/revision-history":"1"/g, ""),
    ) as Stored;
  if (name === "node-exporter")
    return JSON.parse(
      text
        .replace(/"((?:current|desired|updated)NumberScheduled|numberAvailable|numberReady)":2/g, '"$1":1')
        .replace(/"numberMisscheduled":\d+/, '"numberMisscheduled":0'),
    ) as Stored;
  if (name === "kubeadm:apiserver-kubelet-client") delete (object.metadata as Record<string, unknown>).annotations;
  if (object.kind === "Deployment")
    (status?.conditions as { type: string }[] | undefined)?.sort((a, b) => (a.type < b.type ? -1 : 1));
  if (name === "cluster-info")
    return JSON.parse(
      text.replace(/("jws-kubeconfig-\w+":"[^"]*",)(?:"jws-kubeconfig-\w+":"[^"]*",)+/, "$1"),
    ) as Stored;
  return object;
}

/** Who may sign: read off the controlplane's disk, whoever wrote it. */
interface Signer {
  readonly certificate: string;
  readonly key: RsaPrivateKey;
  readonly name: string;
}

let nextKey = 400;
let nextSerial = 1;

function issue(signer: Signer, request: CertificateRequest): Pair {
  const key = poolKey(91, nextKey++);
  const from = request.notBefore ?? Date.parse(CLOCK) - DAY;
  const der = createCertificate(
    {
      serial: Uint8Array.of(0x5a, 0x17, nextSerial++ & 0xff, 0x31, 0x44, 0x05, 0x66, 0x07),
      issuer: createGoName(signer.name),
      subject: createGoName(request.commonName, request.organizations ?? []),
      notBefore: from,
      notAfter: request.notAfter ?? from + 365 * DAY,
      publicKey: publicKeyOf(key),
      extensions: [
        extension.keyUsage(["digitalSignature", "keyEncipherment"]),
        extension.extendedKeyUsage([USAGE.client]),
        extension.basicConstraints(false),
      ],
    },
    signer.key,
  );
  return { cert: formatPem("CERTIFICATE", der), key: formatPem("RSA PRIVATE KEY", encodeTraditional(key)) };
}

/** A CA that the cluster does not know. */
function strangeCa(): Signer {
  const key = poolKey(91, nextKey++);
  const name = createGoName("other");
  const der = createCertificate(
    {
      serial: Uint8Array.of(0x5a, nextSerial++),
      issuer: name,
      subject: name,
      notBefore: Date.parse(CLOCK) - DAY,
      notAfter: Date.parse(CLOCK) + 365 * DAY,
      publicKey: publicKeyOf(key),
      extensions: [extension.keyUsage(["keyCertSign"]), extension.basicConstraints(true)],
    },
    key,
  );
  return { certificate: formatPem("CERTIFICATE", der), key, name: "other" };
}

function readCa(fleet: Fleet): Signer {
  const read = (name: string): string => {
    const data = fleet.readFile("controlplane", `/etc/kubernetes/pki/${name}`);
    if (isErrno(data)) throw new Error(`controlplane has no ${name}`);
    return decode(data);
  };
  const block = parsePem(read("ca.key"))[0];
  if (block === undefined) throw new Error("ca.key holds no key");
  return { certificate: read("ca.crt"), key: decodePrivateKey(block.der) as RsaPrivateKey, name: "kubernetes" };
}

/** root's kubeconfigs and certificates on controlplane, as kubectl-base.json describes them. */
function peopleFiles(ca: Signer): Record<string, string> {
  const other = strangeCa();
  const dev = issue(ca, { commonName: "dev", usage: "client" });
  const alice = issue(ca, { commonName: "alice", organizations: ["devs"], usage: "client" });
  const admin: CertificateRequest = {
    commonName: "kubernetes-admin",
    organizations: ["system:masters"],
    usage: "client",
  };
  const root = issue(ca, admin);
  const foreign = issue(other, admin);
  const expired = issue(ca, {
    ...admin,
    notBefore: Date.parse("2024-12-01T00:00:00Z"),
    notAfter: Date.parse("2025-01-01T00:00:00Z"),
  });
  return {
    "dev.conf": kubeconfig("dev", API, ca.certificate, dev),
    "alice.conf": kubeconfig("alice", API, ca.certificate, alice),
    "foreign.conf": kubeconfig("kubernetes-admin", API, ca.certificate, foreign),
    "expired.conf": kubeconfig("kubernetes-admin", API, ca.certificate, expired),
    "wrong-ca.conf": kubeconfig("dev", API, other.certificate, dev),
    "refused.conf": kubeconfig("dev", "https://172.30.1.2:6444", ca.certificate, dev),
    "wrong-name.conf": kubeconfig("dev", "https://127.0.0.1:6443", ca.certificate, dev),
    "http.conf": kubeconfig("dev", "http://172.30.1.2:6443", ca.certificate, dev),
    "pki/ca.crt": ca.certificate,
    "pki/admin.crt": root.cert,
    "pki/admin.key": root.key,
    "pki/dev.crt": dev.cert,
    "pki/dev.key": dev.key,
    "pki/alice.crt": alice.cert,
    "pki/alice.key": alice.key,
    "pki/foreign.crt": foreign.cert,
    "pki/foreign.key": foreign.key,
    "pki/expired.crt": expired.cert,
    "pki/expired.key": expired.key,
    "pki/other-ca.crt": other.certificate,
  };
}

/** The seed with this cluster's certificate in cluster-info: what a joining node compares. */
function withOwnCa(seed: string, certificate: string): string {
  const own = Buffer.from(certificate).toString("base64");
  return seed.replace(
    /(certificate-authority-data: )[\w+/=]+(\\n {4}server: [^"]*\\n {2}name: \\"\\")/g,
    (_, head: string, tail: string) => head + own + tail,
  );
}

/** node01's kubelet.conf, in the words `kubeadm join` writes since TLS bootstrap. */
const NODE_CONF: readonly (readonly [RegExp, string])[] = [
  [/ {2}name: kubernetes\n/, "  name: default-cluster\n"],
  [
    / {4}cluster: kubernetes\n {4}user: system:node:\S+\n {2}name: \S+/,
    "    cluster: default-cluster\n    namespace: default\n    user: default-auth\n  name: default-context",
  ],
  [/current-context: \S+/, "current-context: default-context"],
  [/- name: system:node:\S+\n/, "- name: default-auth\n"],
];

/** The recording machine: its kernel and memory. */
const FACTS = { release: "6.18.44-fc-v669", memory: 24_684_084 };

/** The fleet of the recordings, booted and settled. */
export async function bootCluster(programs: Programs, base: KubectlBase, start: Start): Promise<FleetState> {
  const filesOf = (machine: string): Record<string, SceneFile | string> =>
    Object.fromEntries(base.files.filter((file) => file.machine === machine).map((file) => [file.path, file.content]));
  const system = base.files.find((file) => file.path === "/etc/os-release")?.content ?? "";
  const machines: SceneMachine[] = [
    {
      name: "controlplane",
      image: "controlplane",
      files: {
        ...filesOf("controlplane"),
        "/etc/kubernetes/cluster.json": { content: JSON.stringify({ objects: seedObjects(base, start) }), mode: 0o600 },
        "/root/.bashrc": "",
      },
    },
    { name: "node01", image: "worker", files: { ...filesOf("node01"), "/etc/os-release": system } },
  ];
  if (start === "fresh")
    machines.push({
      name: "node02",
      image: "unjoined",
      address: "172.30.3.2",
      files: { "/etc/hosts": "127.0.0.1 localhost\n", "/etc/resolv.conf": "nameserver 10.255.255.53\n" },
    });
  const fleet = createFleet({ seed: "kubectl", clock: CLOCK, machines }, programs);
  const ca = readCa(fleet);
  for (const machine of fleet.machines) {
    Object.assign(machine.state.facts, FACTS);
    machine.state.mounts = machine.state.mounts.map((mount) =>
      mount.target === "/"
        ? { ...mount, size: 264_212_084, available: Math.min(mount.available * 13, 240_000_000) }
        : mount,
    );
    const kernel = fleet.machine(machine.state.name);
    const install = (path: string, data: string, mode = 0o600): void => void kernel.fs.install(path, { data, mode });
    if (machine.state.name === "controlplane") {
      // The recorder had the programs of the static pods along PATH, too.
      installProgram(kernel.fs, "kube-apiserver", "/usr/bin/kube-apiserver");
      install("/root/.kube/config", text(fleet, "controlplane", "/etc/kubernetes/admin.conf"));
      const seed = "/etc/kubernetes/cluster.json";
      install(seed, withOwnCa(text(fleet, "controlplane", seed), ca.certificate));
      for (const [path, data] of Object.entries(peopleFiles(ca))) install(`/root/${path}`, data);
    } else if (machine.state.name === "node01") {
      let config = text(fleet, "node01", "/etc/kubernetes/kubelet.conf");
      for (const [from, to] of NODE_CONF) config = config.replace(from, to);
      install("/etc/kubernetes/kubelet.conf", config);
    }
  }
  if (start !== "seeded") for (const machine of fleet.machines) holdImages(fleet, machine.state.name);
  fleet.world.goal = Date.parse(CLOCK);
  while (fleet.run() === "loading") await programs.loadAll([...fleet.world.wanted]);
  return fleet.snapshot();
}

/** Images that the recorder's runtime had from the start. */
const IMAGES = ["busybox:1.36", "nginx:1.27", "redis:7.4", "prom/node-exporter:v1.9.1"];
const IMAGE_STORE = "/var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db";

function holdImages(fleet: Fleet, machine: string): void {
  const data = text(fleet, machine, IMAGE_STORE);
  if (data === "") return;
  const store = JSON.parse(data) as { images: unknown[] };
  store.images.push(...IMAGES.map((name) => describeImage(normalizeImage(name))));
  fleet.machine(machine).fs.install(IMAGE_STORE, { data: JSON.stringify(store) });
}

function text(fleet: Fleet, machine: string, path: string): string {
  const data = fleet.readFile(machine, path);
  return isErrno(data) ? "" : decode(data);
}
