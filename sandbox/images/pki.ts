// A cluster's keys and certificates, as `kubeadm init` makes them: real ones, the same for the same seed.

import { nextBytes, nextWord, type RandomState, seedRandom } from "../kernel/random.ts";
import { encode } from "../kernel/text.ts";
import { toBase64 } from "../lib/crypto/base64.ts";
import { encodePublicKey, encodeTraditional, publicKeyOf, type RsaPrivateKey } from "../lib/crypto/keys.ts";
import { formatPem } from "../lib/crypto/pem.ts";
import { poolKey } from "../lib/crypto/pool.ts";
import { altNamesOf, createCertificate, extension, keyIdentifier } from "../lib/x509/build.ts";
import { USAGE } from "../lib/x509/certificate.ts";
import { createGoName, type Name } from "../lib/x509/name.ts";

const YEAR = 365 * 86_400_000;

/** A certificate with its key, both PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** What a certificate is for. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  /** "both" is what etcd wants of its own. */
  readonly usage: "client" | "server" | "both";
  /** DNS names and addresses of a server certificate. */
  readonly names?: readonly string[];
  /** ms since the epoch; unless told, a year from the cluster's birth. */
  readonly notBefore?: number;
  readonly notAfter?: number;
}

/** A certificate authority that signs on request. */
export interface Authority {
  readonly cert: string;
  readonly key: string;
  issue(request: CertificateRequest): Pair;
}

/** Everything kubeadm makes for one cluster, by what it is for. */
export interface ClusterPki {
  readonly ca: Authority;
  readonly frontProxyCa: Authority;
  readonly etcdCa: Authority;
  readonly apiserver: Pair;
  readonly apiserverKubeletClient: Pair;
  readonly frontProxyClient: Pair;
  readonly apiserverEtcdClient: Pair;
  readonly etcdServer: Pair;
  readonly etcdPeer: Pair;
  readonly etcdHealthcheckClient: Pair;
  /** Key that signs ServiceAccount tokens, and its public half. */
  readonly serviceAccount: { readonly key: string; readonly publicKey: string };
  readonly admin: Pair;
  readonly superAdmin: Pair;
  readonly controllerManager: Pair;
  readonly scheduler: Pair;
  /** The client certificate of a node. */
  node(name: string, notAfter?: number): Pair;
}

/** Counter and randomness behind one seed: each key and serial is asked for once, in order. */
interface Source {
  readonly pool: number;
  readonly random: RandomState;
  next: number;
}

/** All keys and certificates of a cluster born at `born` (ms since the epoch) with its API server at these names. */
export function createClusterPki(seed: string, born: number, apiserverNames: readonly string[]): ClusterPki {
  const random = seedRandom(`${seed}/pki`);
  const source: Source = { pool: nextWord(random), random, next: 0 };
  const ca = createAuthority(source, "kubernetes", born);
  const frontProxyCa = createAuthority(source, "front-proxy-ca", born);
  const etcdCa = createAuthority(source, "etcd-ca", born);
  const client = (commonName: string, organizations: readonly string[] = [], from = ca): Pair =>
    from.issue({ commonName, organizations, usage: "client" });
  const signer = takeKey(source);
  // The machine of the control plane, in the certificate kubeadm makes for its etcd.
  const etcdNames = [apiserverNames[0] ?? "", "localhost", apiserverNames.at(-1) ?? "", "127.0.0.1", "::1"];
  return {
    ca,
    frontProxyCa,
    etcdCa,
    apiserver: ca.issue({ commonName: "kube-apiserver", usage: "server", names: apiserverNames }),
    apiserverKubeletClient: client("kube-apiserver-kubelet-client"),
    frontProxyClient: client("front-proxy-client", [], frontProxyCa),
    apiserverEtcdClient: client("kube-apiserver-etcd-client", [], etcdCa),
    etcdServer: etcdCa.issue({ commonName: etcdNames[0] ?? "", usage: "both", names: etcdNames }),
    etcdPeer: etcdCa.issue({ commonName: etcdNames[0] ?? "", usage: "both", names: etcdNames }),
    etcdHealthcheckClient: client("kube-etcd-healthcheck-client", [], etcdCa),
    serviceAccount: { key: keyPem(signer), publicKey: formatPem("PUBLIC KEY", encodePublicKey(publicKeyOf(signer))) },
    admin: client("kubernetes-admin", ["kubeadm:cluster-admins"]),
    superAdmin: client("kubernetes-super-admin", ["system:masters"]),
    controllerManager: client("system:kube-controller-manager"),
    scheduler: client("system:kube-scheduler"),
    node: (name, notAfter) =>
      ca.issue({
        commonName: `system:node:${name}`,
        organizations: ["system:nodes"],
        usage: "client",
        ...(notAfter === undefined ? {} : { notAfter }),
      }),
  };
}

function createAuthority(source: Source, commonName: string, born: number): Authority {
  const key = takeKey(source);
  const name = createGoName(commonName);
  const id = keyIdentifier(publicKeyOf(key));
  const cert = createCertificate(
    {
      serial: takeSerial(source),
      issuer: name,
      subject: name,
      notBefore: born,
      notAfter: born + 10 * YEAR,
      publicKey: publicKeyOf(key),
      extensions: [
        extension.keyUsage(["digitalSignature", "keyEncipherment", "keyCertSign"]),
        extension.basicConstraints(true),
        extension.subjectKeyId(id),
        extension.altNames(altNamesOf([commonName])),
      ],
    },
    key,
  );
  return {
    cert: formatPem("CERTIFICATE", cert),
    key: keyPem(key),
    issue: (request) => issue(source, { name, key, id }, request, born),
  };
}

function issue(
  source: Source,
  issuer: { readonly name: Name; readonly key: RsaPrivateKey; readonly id: Uint8Array },
  request: CertificateRequest,
  born: number,
): Pair {
  const key = takeKey(source);
  const cert = createCertificate(
    {
      serial: takeSerial(source),
      issuer: issuer.name,
      subject: createGoName(request.commonName, request.organizations ?? []),
      notBefore: request.notBefore ?? born,
      notAfter: request.notAfter ?? (request.notBefore ?? born) + YEAR,
      publicKey: publicKeyOf(key),
      extensions: [
        extension.keyUsage(["digitalSignature", "keyEncipherment"]),
        extension.extendedKeyUsage([
          ...(request.usage === "client" ? [] : [USAGE.server]),
          ...(request.usage === "server" ? [] : [USAGE.client]),
        ]),
        extension.basicConstraints(false),
        extension.authorityKeyId(issuer.id),
        ...(request.names ? [extension.altNames(altNamesOf(request.names))] : []),
      ],
    },
    issuer.key,
  );
  return { cert: formatPem("CERTIFICATE", cert), key: keyPem(key) };
}

function takeKey(source: Source): RsaPrivateKey {
  return poolKey(source.pool, source.next++);
}

/** Eight bytes, positive: what kubeadm draws. */
function takeSerial(source: Source): Uint8Array {
  const bytes = nextBytes(source.random, 8);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01;
  return bytes;
}

function keyPem(key: RsaPrivateKey): string {
  return formatPem("RSA PRIVATE KEY", encodeTraditional(key));
}

/** Names inside a kubeconfig: of its cluster, user and context. */
export interface ConfigNames {
  readonly cluster: string;
  readonly user: string;
  readonly context: string;
  readonly namespace?: string;
}

/** Names that the kubelet gives when it writes its kubeconfig after the TLS bootstrap. */
export const BOOTSTRAPPED: ConfigNames = {
  cluster: "default-cluster",
  user: "default-auth",
  context: "default-context",
  namespace: "default",
};

/** A kubeconfig as kubeadm writes it: one cluster, one user, everything inside. */
export function kubeconfig(
  who: string | ConfigNames,
  server: string,
  ca: string,
  credentials: Pair | { readonly pemFile: string },
): string {
  const { cluster, user, context, namespace }: ConfigNames =
    typeof who === "string" ? { cluster: "kubernetes", user: who, context: `${who}@kubernetes` } : who;
  const inside =
    "pemFile" in credentials
      ? `    client-certificate: ${credentials.pemFile}\n    client-key: ${credentials.pemFile}\n`
      : `    client-certificate-data: ${toBase64(encode(credentials.cert))}\n    client-key-data: ${toBase64(encode(credentials.key))}\n`;
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${toBase64(encode(ca))}
    server: ${server}
  name: ${cluster}
contexts:
- context:
    cluster: ${cluster}
${namespace === undefined ? "" : `    namespace: ${namespace}\n`}    user: ${user}
  name: ${context}
current-context: ${context}
kind: Config
users:
- name: ${user}
  user:
${inside}`;
}
