// Phases of kubeadm init that make files: certificates and authorities, manifests of the control plane; and how manifests differ from these.

import type { Task } from "../../kernel/sys.ts";
import { encodePublicKey, publicKeyOf } from "../../lib/crypto/keys.ts";
import { formatPem } from "../../lib/crypto/pem.ts";
import { KUBERNETES_VERSION, staticPods } from "../../lib/kubeadm-manifests.ts";
import { altNamesOf, createCertificate, extension, keyIdentifier } from "../../lib/x509/build.ts";
import { USAGE } from "../../lib/x509/certificate.ts";
import { createGoName } from "../../lib/x509/name.ts";
import { formatUnified, type Side } from "../diff/formats.ts";
import { findChanges } from "../diff/lcs.ts";
import { Fail, type Obj } from "../kubectl/values.ts";
import { authorityOf, drawKey, keyPem, signCertificate } from "./certs.ts";
import { ADMIN_CONF, fetchConfig, KUBELET_CONF, type Kubeadm, lookUpVersion, MANIFESTS, PKI } from "./context.ts";

/** Own address on the network. */
export const ownAddress = (k: Kubeadm): string =>
  k.flags.text("apiserver-advertise-address") ||
  (k.sys
    .interfaces()
    .find((each) => each.name !== "lo")
    ?.addresses[0]?.split("/")[0] ??
    "127.0.0.1");

// --- certificates ---

interface Wanted {
  readonly name: string;
  /** Base name below the PKI folder. */
  readonly file: string;
  /** Authority that signs; undefined for an authority itself. */
  readonly by?: string;
  readonly subject: string;
  readonly usages?: readonly string[];
  readonly names?: readonly string[];
}

const isAddress = (name: string): boolean => /^[\d.]+$|:/.test(name);

function wantedCertificates(k: Kubeadm): readonly Wanted[] {
  const host = k.sys.hostname;
  const own = ownAddress(k);
  const api = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"];
  const more = k.flags.list("apiserver-cert-extra-sans");
  const local = [host, "localhost", own, "127.0.0.1", "::1"];
  const both = [USAGE.server, USAGE.client];
  const client = (name: string, file: string, by: string, subject: string): Wanted => ({
    name,
    file,
    by,
    subject,
    usages: [USAGE.client],
  });
  return [
    { name: "ca", file: "ca", subject: "kubernetes" },
    {
      name: "apiserver",
      file: "apiserver",
      by: "ca",
      subject: "kube-apiserver",
      usages: [USAGE.server],
      names: [
        ...[host, ...api, ...more.filter((name) => !isAddress(name))].sort(),
        "10.96.0.1",
        own,
        ...more.filter(isAddress),
      ],
    },
    client("apiserver-kubelet-client", "apiserver-kubelet-client", "ca", "kube-apiserver-kubelet-client"),
    { name: "front-proxy-ca", file: "front-proxy-ca", subject: "front-proxy-ca" },
    client("front-proxy-client", "front-proxy-client", "front-proxy-ca", "front-proxy-client"),
    { name: "etcd-ca", file: "etcd/ca", subject: "etcd-ca" },
    { name: "etcd-server", file: "etcd/server", by: "etcd-ca", subject: host, usages: both, names: local },
    { name: "etcd-peer", file: "etcd/peer", by: "etcd-ca", subject: host, usages: both, names: local },
    client("etcd-healthcheck-client", "etcd/healthcheck-client", "etcd-ca", "kube-etcd-healthcheck-client"),
    client("apiserver-etcd-client", "apiserver-etcd-client", "etcd-ca", "kube-apiserver-etcd-client"),
  ];
}

/** Names of the phase's parts, in order. */
export const CERTIFICATE_PHASES =
  "all ca apiserver apiserver-kubelet-client front-proxy-ca front-proxy-client etcd-ca etcd-server etcd-peer etcd-healthcheck-client apiserver-etcd-client sa".split(
    " ",
  );

export const initCerts = (which: string) =>
  function* (k: Kubeadm): Task {
    yield* lookUpVersion(k);
    const folder = k.flags.text("cert-dir") || PKI;
    if (which === "all") yield* k.print(`[certs] Using certificateDir folder "${folder}"\n`);
    k.folders(`${folder}/etcd`, 0o755);
    for (const wanted of wantedCertificates(k))
      if (which === "all" || which === wanted.name) yield* makeOne(k, folder, wanted);
    if (which === "all" || which === "sa") yield* makeAccountKey(k, folder);
  };

function* makeOne(k: Kubeadm, folder: string, wanted: Wanted): Task {
  const path = `${folder}/${wanted.file}`;
  if (k.exists(`${path}.crt`) && (wanted.by === undefined || k.exists(`${path}.key`))) {
    const what = wanted.by === undefined ? "certificate authority" : "certificate and key on disk";
    return yield* k.print(`[certs] Using existing ${wanted.file} ${what}\n`);
  }
  yield* k.print(`[certs] Generating "${wanted.file}" certificate and key\n`);
  let made: { cert: string; key: string };
  try {
    made = wanted.by === undefined ? makeAuthority(k, wanted.subject) : makeLeaf(k, wanted, wanted.by);
  } catch (error) {
    throw error instanceof Fail ? new Fail(`error execution phase certs/${wanted.name}: ${error.message}`) : error;
  }
  k.write(`${path}.crt`, made.cert, 0o644);
  k.write(`${path}.key`, made.key, 0o600);
  if (wanted.names === undefined) return;
  const dns = wanted.names.filter((name) => !isAddress(name));
  const addresses = wanted.names.filter(isAddress);
  yield* k.print(
    `[certs] ${wanted.file} serving cert is signed for DNS names [${dns.join(" ")}] and IPs [${addresses.join(" ")}]\n`,
  );
}

const makeLeaf = (k: Kubeadm, wanted: Wanted, by: string): { cert: string; key: string } =>
  signCertificate(k, authorityOf(k, by), createGoName(wanted.subject), [
    extension.extendedKeyUsage(wanted.usages ?? []),
    ...(wanted.names === undefined ? [] : [extension.altNames(altNamesOf(wanted.names))]),
  ]);

function makeAuthority(k: Kubeadm, subject: string): { cert: string; key: string } {
  const key = drawKey(k);
  const name = createGoName(subject);
  const serial = k.sys.random(8);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 1;
  const der = createCertificate(
    {
      serial,
      issuer: name,
      subject: name,
      notBefore: k.sys.now() - 300_000,
      notAfter: k.sys.now() + 10 * 365 * 86_400_000,
      publicKey: publicKeyOf(key),
      extensions: [
        extension.keyUsage(["digitalSignature", "keyEncipherment", "keyCertSign"]),
        extension.basicConstraints(true),
        extension.subjectKeyId(keyIdentifier(publicKeyOf(key))),
        extension.altNames(altNamesOf([subject])),
      ],
    },
    key,
  );
  return { cert: formatPem("CERTIFICATE", der), key: keyPem(key) };
}

function* makeAccountKey(k: Kubeadm, folder: string): Task {
  if (k.exists(`${folder}/sa.key`)) return yield* k.print('[certs] Using the existing "sa" key\n');
  yield* k.print('[certs] Generating "sa" key and public key\n');
  const key = drawKey(k);
  k.write(`${folder}/sa.key`, keyPem(key), 0o600);
  k.write(`${folder}/sa.pub`, formatPem("PUBLIC KEY", encodePublicKey(publicKeyOf(key))), 0o600);
}

// --- manifests ---

const COMPONENTS: Readonly<Record<string, string>> = {
  apiserver: "kube-apiserver",
  "controller-manager": "kube-controller-manager",
  scheduler: "kube-scheduler",
};
const factsOf = (k: Kubeadm, podSubnet: string) => ({ name: k.sys.hostname, address: ownAddress(k), podSubnet });

export const initControlPlane = (which: string) =>
  function* (k: Kubeadm): Task {
    yield* lookUpVersion(k);
    const pods = staticPods(factsOf(k, k.flags.text("pod-network-cidr")));
    if (which === "all") yield* k.print(`[control-plane] Using manifest folder "${MANIFESTS}"\n`);
    for (const [part, name] of Object.entries(COMPONENTS)) {
      if (which !== "all" && which !== part) continue;
      yield* k.print(`[control-plane] Creating static Pod manifest for "${name}"\n`);
      k.write(`${MANIFESTS}/${name}.yaml`, pods[name] ?? "", 0o600);
    }
  };

export function* initEtcd(k: Kubeadm): Task {
  yield* lookUpVersion(k);
  yield* k.print(`[etcd] Creating static Pod manifest for local etcd in "${MANIFESTS}"\n`);
  k.write(`${MANIFESTS}/etcd.yaml`, staticPods(factsOf(k, "")).etcd ?? "", 0o600);
}

/** upgrade diff: what kubeadm would write against what lies there, without lines around the changes. */
export function* upgradeDiff(k: Kubeadm): Task {
  const path = k.flags.text("kubeconfig") || (k.exists(ADMIN_CONF) ? ADMIN_CONF : KUBELET_CONF);
  const { cluster } = yield* fetchConfig(k, k.client(path), "upgrade/diff");
  const version = k.args[0] ?? cluster.kubernetesVersion ?? KUBERNETES_VERSION;
  const pods = staticPods(factsOf(k, (cluster.networking as Obj | undefined)?.podSubnet ?? ""));
  for (const name of Object.values(COMPONENTS)) {
    const file = `${MANIFESTS}/${name}.yaml`;
    const old = k.read(file);
    if (old === undefined) throw new Fail(`open ${file}: no such file or directory`);
    const fresh = (pods[name] ?? "").replace(`${name}:${KUBERNETES_VERSION}`, `${name}:${version}`);
    yield* k.print(compareFiles(file, old, fresh));
  }
}

/** A unified diff without context; empty where nothing differs. */
function compareFiles(label: string, left: string, right: string): string {
  const numbers = new Map<string, number>();
  const number = (line: string): number => {
    const known = numbers.get(line) ?? numbers.size;
    numbers.set(line, known);
    return known;
  };
  const side = (name: string, text: string): Side => ({
    name,
    lines: text.split("\n").slice(0, -1),
    unended: false,
    label: name,
  });
  const [a, b] = [side(label, left), side("new manifest", right)];
  const changes = findChanges(a.lines.map(number), b.lines.map(number));
  return changes.length === 0
    ? ""
    : formatUnified(
        a,
        b,
        changes,
        0,
        (_, text) => text,
        () => "",
      );
}

// --- marks and tokens of the cluster ---

/** The control plane's label and taint on this machine's Node. */
export function* markControlPlane(k: Kubeadm): Task {
  yield* lookUpVersion(k);
  const client = k.client(k.adminConfig());
  const name = k.flags.text("node-name") || k.sys.hostname;
  yield* k.print(
    `[mark-control-plane] Marking the node ${name} as control-plane by adding the labels: [node-role.kubernetes.io/control-plane node.kubernetes.io/exclude-from-external-load-balancers]\n[mark-control-plane] Marking the node ${name} as control-plane by adding the taints [node-role.kubernetes.io/control-plane:NoSchedule]\n`,
  );
  const labels = {
    "node-role.kubernetes.io/control-plane": "",
    "node.kubernetes.io/exclude-from-external-load-balancers": "",
  };
  const taints = [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }];
  const path = `/api/v1/nodes/${name}`;
  yield* client.call({
    method: "PATCH",
    path,
    type: "application/strategic-merge-patch+json",
    body: { metadata: { labels }, spec: { taints } },
  });
}
