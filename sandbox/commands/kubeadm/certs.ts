// kubeadm certs: when the control plane's certificates end, and new ones from the authorities on this machine's disk.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { fromBase64 } from "../../lib/crypto/base64.ts";
import { decodePrivateKey, encodeTraditional, publicKeyOf, type RsaPrivateKey } from "../../lib/crypto/keys.ts";
import { formatPem, parsePem } from "../../lib/crypto/pem.ts";
import { poolKey } from "../../lib/crypto/pool.ts";
import { createCertificate, extension, keyIdentifier } from "../../lib/x509/build.ts";
import { type Certificate, certificatesFromPem, EXTENSION, type Extension } from "../../lib/x509/certificate.ts";
import type { Name } from "../../lib/x509/name.ts";
import { formatYaml } from "../../lib/yaml-go/emit.ts";
import { Fail, type Obj } from "../kubectl/values.ts";
import { ADMIN_CONF, base64, fetchConfig, type Kubeadm, PKI } from "./context.ts";
import { shortDuration } from "./token.ts";

export interface CertificateEntry {
  readonly name: string;
  readonly longName: string;
  readonly ca: string;
  /** Base name below the PKI folder, or a kubeconfig. */
  readonly file: string;
}

const inConfig = (name: string, whose: string): CertificateEntry => ({
  name: `${name}.conf`,
  longName: `certificate embedded in the kubeconfig file for ${whose}`,
  ca: "ca",
  file: `/etc/kubernetes/${name}.conf`,
});
const inPki = (name: string, longName: string, ca: string, file = name): CertificateEntry => ({
  name,
  longName,
  ca,
  file,
});

export const CERTIFICATES: readonly CertificateEntry[] = [
  inConfig("admin", "the admin to use and for kubeadm itself"),
  inPki("apiserver", "certificate for serving the Kubernetes API", "ca"),
  inPki("apiserver-etcd-client", "certificate the apiserver uses to access etcd", "etcd-ca"),
  inPki("apiserver-kubelet-client", "certificate for the API server to connect to kubelet", "ca"),
  inConfig("controller-manager", "the controller manager to use"),
  inPki(
    "etcd-healthcheck-client",
    "certificate for liveness probes to healthcheck etcd",
    "etcd-ca",
    "etcd/healthcheck-client",
  ),
  inPki("etcd-peer", "certificate for etcd nodes to communicate with each other", "etcd-ca", "etcd/peer"),
  inPki("etcd-server", "certificate for serving etcd", "etcd-ca", "etcd/server"),
  inPki("front-proxy-client", "certificate for the front proxy client", "front-proxy-ca"),
  inConfig("scheduler", "the scheduler manager to use"),
  inConfig("super-admin", "the super-admin"),
];

const AUTHORITIES: Readonly<Record<string, string>> = {
  ca: "ca",
  "etcd-ca": "etcd/ca",
  "front-proxy-ca": "front-proxy-ca",
};
const YEAR = 365 * 86_400_000;

const isConfig = (entry: CertificateEntry): boolean => entry.file.endsWith(".conf");
const folderOf = (k: Kubeadm): string => k.flags.text("cert-dir") || PKI;

/** The certificate's PEM as it lies on the disk; undefined where there is none. */
function pemOf(k: Kubeadm, entry: CertificateEntry): string | undefined {
  if (!isConfig(entry)) return k.read(`${folderOf(k)}/${entry.file}.crt`);
  const data = /client-certificate-data:\s*(\S+)/.exec(k.read(entry.file) ?? "")?.[1];
  const bytes = data === undefined ? undefined : fromBase64(data);
  return bytes === undefined ? undefined : decode(bytes);
}

/** What the cluster says of itself, where it can be asked. */
function* announce(k: Kubeadm, phase: string): Task {
  const path = k.flags.text("kubeconfig") || ADMIN_CONF;
  if (k.flags.text("config") !== "" || !k.exists(path)) return;
  try {
    yield* fetchConfig(k, k.client(path), phase);
    yield* k.print("\n");
  } catch (error) {
    if (!(error instanceof Fail)) throw error;
    yield* k.print(
      `[${phase}] Error reading configuration from the Cluster. Falling back to default configuration\n\n`,
    );
  }
}

/** An authority without its key is somebody else's: then the certificates must be complete. */
function checkAuthorities(k: Kubeadm): void {
  const folder = folderOf(k);
  for (const [name, file] of Object.entries(AUTHORITIES)) {
    if (k.exists(`${folder}/${file}.key`) || !k.exists(`${folder}/${file}.crt`)) continue;
    const lacking = CERTIFICATES.find(
      (each) => each.ca === name && !isConfig(each) && !k.exists(`${folder}/${each.file}.key`),
    );
    if (lacking === undefined) continue;
    const key = `${folder}/${lacking.file}.key`;
    throw new Fail(
      `Error checking external CA condition for ${name} certificate authority: failure loading key for ${lacking.name}: couldn't load the private key file ${key}: open ${key}: no such file or directory`,
    );
  }
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const two = (value: number): string => String(value).padStart(2, "0");
function formatDate(ms: number): string {
  const at = new Date(ms);
  return `${MONTHS[at.getUTCMonth()]} ${two(at.getUTCDate())}, ${at.getUTCFullYear()} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())} UTC`;
}

/** Go's tabwriter with a least width of 10 and a padding of 3; the last cell of a row ends no column. */
function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, cell] of row.slice(0, -1).entries()) widths[at] = Math.max(widths[at] ?? 10, cell.length + 3);
  return rows
    .map((row) => `${row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 10))).join("")}\n`)
    .join("");
}

export function* checkExpiration(k: Kubeadm): Task {
  const format = k.flags.text("experimental-output", k.flags.text("output", "text"));
  if (!["text", "json", "yaml"].includes(format))
    throw new Fail(
      `output format ${format} is not supported. Supported formats are: [text json yaml go-template go-template-file template templatefile jsonpath jsonpath-as-json jsonpath-file]`,
    );
  if (format === "text") yield* announce(k, "check-expiration");
  checkAuthorities(k);
  const now = k.sys.now();
  const folder = folderOf(k);
  const external = (name: string): boolean => !k.exists(`${folder}/${AUTHORITIES[name]}.key`);
  if (format !== "text") {
    const info = expirationInfo(k, now, external);
    yield* k.print(format === "json" ? `${JSON.stringify(info, null, 4)}\n` : formatYaml(info));
    return;
  }
  const found = CERTIFICATES.map((entry) => {
    const [certificate] = certificatesFromPem(pemOf(k, entry) ?? "");
    if (certificate === undefined) return [`!MISSING! ${entry.name}`, "", "", "", ""];
    const managed = (external(entry.ca) ? "yes" : "no").padEnd(8);
    return [
      entry.name,
      formatDate(certificate.notAfter),
      shortDuration(certificate.notAfter - now - 1),
      entry.ca,
      managed,
    ];
  });
  const authorities = Object.entries(AUTHORITIES).map(([name, file]) => {
    const [certificate] = certificatesFromPem(k.read(`${folder}/${file}.crt`) ?? "");
    if (certificate === undefined) return [`!MISSING! ${name}`, "", "", ""];
    return [
      name,
      formatDate(certificate.notAfter),
      shortDuration(certificate.notAfter - now - 1),
      (external(name) ? "yes" : "no").padEnd(8),
    ];
  });
  yield* k.print(
    table([["CERTIFICATE", "EXPIRES", "RESIDUAL TIME", "CERTIFICATE AUTHORITY", "EXTERNALLY MANAGED"], ...found]),
  );
  yield* k.print("\n");
  yield* k.print(table([["CERTIFICATE AUTHORITY", "EXPIRES", "RESIDUAL TIME", "EXTERNALLY MANAGED"], ...authorities]));
}

/** CertificateExpirationInfo of output.kubeadm.k8s.io/v1alpha3. */
function expirationInfo(k: Kubeadm, now: number, external: (name: string) => boolean): Obj {
  const one = (name: string, text: string | undefined, ca: string, outside: boolean): Obj => {
    const [certificate] = certificatesFromPem(text ?? "");
    const end = certificate?.notAfter;
    return {
      name,
      expirationDate: end === undefined ? null : `${new Date(end).toISOString().slice(0, 19)}Z`,
      residualTime: end === undefined ? 0 : Math.max(0, Math.floor((end - now - 1) / 1000)),
      externallyManaged: certificate !== undefined && outside,
      ...(ca === "" || certificate === undefined ? {} : { caName: ca }),
      ...(certificate === undefined ? { missing: true } : {}),
    };
  };
  return {
    kind: "CertificateExpirationInfo",
    apiVersion: "output.kubeadm.k8s.io/v1alpha3",
    certificates: CERTIFICATES.map((entry) => one(entry.name, pemOf(k, entry), entry.ca, external(entry.ca))),
    certificateAuthorities: Object.entries(AUTHORITIES).map(([name, file]) =>
      one(name, k.read(`${folderOf(k)}/${file}.crt`), "", external(name)),
    ),
  };
}

// --- new ones ---

interface Authority {
  readonly certificate: Certificate;
  readonly key: RsaPrivateKey;
}

function authorityOf(k: Kubeadm, name: string): Authority {
  const path = `${folderOf(k)}/${AUTHORITIES[name]}`;
  const [certificate] = certificatesFromPem(k.read(`${path}.crt`) ?? "");
  const block = parsePem(k.read(`${path}.key`) ?? "").find((each) => each.label.endsWith("PRIVATE KEY"));
  if (certificate === undefined)
    throw new Fail(
      `couldn't load CA certificate ${name}: couldn't load the certificate file ${path}.crt: open ${path}.crt: no such file or directory`,
    );
  if (block === undefined) throw new Fail(`couldn't load CA key ${name}`);
  return { certificate, key: decodePrivateKey(block.der) as RsaPrivateKey };
}

/** A key of its own from the machine's randomness. */
export function drawKey(k: Kubeadm): RsaPrivateKey {
  const [a = 0, b = 0, c = 0, d = 0] = k.sys.random(4);
  return poolKey((a << 8) | b, (c << 8) | d);
}

export const keyPem = (key: RsaPrivateKey): string => formatPem("RSA PRIVATE KEY", encodeTraditional(key));

/** A certificate for a year from now. */
export function signCertificate(
  k: Kubeadm,
  by: Authority,
  subject: Name,
  extensions: readonly Extension[],
): { cert: string; key: string } {
  const key = drawKey(k);
  const serial = k.sys.random(8);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 1;
  const der = createCertificate(
    {
      serial,
      issuer: by.certificate.subject,
      subject,
      notBefore: k.sys.now() - 300_000,
      notAfter: k.sys.now() + YEAR,
      publicKey: publicKeyOf(key),
      extensions: [
        extension.keyUsage(["digitalSignature", "keyEncipherment"]),
        ...extensions,
        extension.basicConstraints(false),
        extension.authorityKeyId(by.certificate.subjectKeyId ?? keyIdentifier(publicKeyOf(by.key))),
      ],
    },
    by.key,
  );
  return { cert: formatPem("CERTIFICATE", der), key: keyPem(key) };
}

const RENEWED: ReadonlySet<string> = new Set([EXTENSION.extendedKeyUsage, EXTENSION.altNames]);

/** The same certificate anew: subject, names and usages are those of the old one. */
function* renewOne(k: Kubeadm, entry: CertificateEntry): Task {
  const [old] = certificatesFromPem(pemOf(k, entry) ?? "");
  if (old === undefined) return yield* k.print(`MISSING! ${entry.longName}\n`);
  if (!k.exists(`${folderOf(k)}/${AUTHORITIES[entry.ca]}.key`))
    return yield* k.print(`Detected external ${entry.ca}, ${entry.longName} can't be renewed\n`);
  const made = signCertificate(
    k,
    authorityOf(k, entry.ca),
    old.subject,
    old.extensions.filter((each) => RENEWED.has(each.id)),
  );
  if (isConfig(entry)) {
    const text = (k.read(entry.file) ?? "")
      .replace(/(client-certificate-data:\s*)\S+/, (_, head: string) => head + base64(made.cert))
      .replace(/(client-key-data:\s*)\S+/, (_, head: string) => head + base64(made.key));
    k.sys.writeFile(entry.file, text);
  } else {
    k.write(`${folderOf(k)}/${entry.file}.crt`, made.cert, 0o644);
    k.write(`${folderOf(k)}/${entry.file}.key`, made.key, 0o600);
  }
  yield* k.print(`${entry.longName} renewed\n`);
}

export const renew = (name: string) =>
  function* (k: Kubeadm): Task {
    yield* announce(k, "renew");
    checkAuthorities(k);
    for (const entry of CERTIFICATES) if (name === "all" || name === entry.name) yield* renewOne(k, entry);
    if (name === "all")
      yield* k.print(
        "\nDone renewing certificates. You must restart the kube-apiserver, kube-controller-manager, kube-scheduler and etcd, so that they can use the new certificates.\n",
      );
  };

export function* certificateKey(k: Kubeadm): Task {
  yield* k.print(`${Array.from(k.sys.random(32), (byte) => byte.toString(16).padStart(2, "0")).join("")}\n`);
}

/** PEM of the cluster's authority. */
export function readCa(k: Kubeadm): string {
  const data = k.sys.readFile(`${PKI}/ca.crt`);
  if (isErrno(data))
    throw new Fail(
      `failed to load CA certificate: couldn't load the certificate file ${PKI}/ca.crt: open ${PKI}/ca.crt: no such file or directory`,
    );
  return decode(data);
}

export { authorityOf };
