// Go's crypto/x509 verification: chain, times, usages and host names, with its error texts.

import { toHex } from "../asn1/der.ts";
import { type Certificate, EXTENSION, isSignedBy, SIGNATURE_SCHEMES, USAGE } from "./certificate.ts";
import { formatAddress, parseAddress } from "./general-name.ts";
import { attributeValues, COMMON_NAME, commonName, encodeName, type Name, ORGANIZATION } from "./name.ts";

export interface GoVerifyOptions {
  readonly roots: readonly Certificate[];
  readonly intermediates?: readonly Certificate[];
  /** ms since the epoch. */
  readonly now: number;
  /** Any of these extended key usages is enough; server authentication unless told. */
  readonly usages?: readonly string[];
  /** Name or address the leaf must be for. */
  readonly hostname?: string;
}

/** A failure: Go's text, and what kind of alert a TLS side answers with. */
export interface GoFailure {
  readonly error: string;
  readonly kind: "unknown" | "expired" | "other";
}

export type GoVerified = { readonly chain: readonly Certificate[] } | GoFailure;

const other = (error: string): GoFailure => ({ error, kind: "other" });

/** Go's time.RFC3339 in UTC. */
function formatRfc3339(ms: number): string {
  return `${new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

/** x509.Certificate.Verify. */
export function verifyGo(leaf: Certificate, options: GoVerifyOptions): GoVerified {
  const invalid = checkOne(leaf, "leaf", [], options);
  if (invalid !== undefined) return invalid;
  if (options.hostname !== undefined) {
    const wrong = verifyHostname(leaf, options.hostname);
    if (wrong !== undefined) return other(wrong);
  }
  const chains = options.roots.some((root) => sameCertificate(root, leaf)) ? [[leaf]] : buildChains([leaf], options);
  if ("error" in chains) return chains;
  const usages = options.usages ?? [USAGE.server];
  const chain = chains.find((candidate) => usages.includes(USAGE.any) || chainAllows(candidate, usages));
  return chain === undefined ? other("x509: certificate specifies an incompatible key usage") : { chain };
}

const sameCertificate = (one: Certificate, another: Certificate) =>
  one === another ||
  (one.der.length === another.der.length && one.der.every((byte, index) => byte === another.der[index]));
/** Names of certificates that were parsed once are compared again at every request. */
const raw = new WeakMap<Name, string>();

function rawName(name: Name): string {
  const text = raw.get(name) ?? toHex(encodeName(name));
  raw.set(name, text);
  return text;
}

/** Certificate.isValid. */
function checkOne(
  certificate: Certificate,
  role: "leaf" | "intermediate" | "root",
  chain: readonly Certificate[],
  { now }: GoVerifyOptions,
): GoFailure | undefined {
  const known: readonly string[] = [...Object.values(EXTENSION), "2.5.29.30", "2.5.29.32"];
  if (certificate.extensions.some((extension) => extension.critical && !known.includes(extension.id)))
    return other("x509: unhandled critical extension");
  const at = Math.floor(now / 1000) * 1000;
  if (at < certificate.notBefore || at > certificate.notAfter) {
    const [word, limit] =
      at < certificate.notBefore ? ["before", certificate.notBefore] : ["after", certificate.notAfter];
    const text = `current time ${formatRfc3339(at)} is ${word} ${formatRfc3339(limit as number)}`;
    return { error: `x509: certificate has expired or is not yet valid: ${text}`, kind: "expired" };
  }
  if (role === "leaf") return undefined;
  if (!certificate.hasBasicConstraints || !certificate.isCa) {
    if (certificate.hasBasicConstraints || role === "intermediate")
      return other("x509: certificate is not authorized to sign other certificates");
  }
  if (certificate.pathLength !== undefined && chain.length - 1 > certificate.pathLength)
    return other("x509: too many intermediates for path length constraint");
  return undefined;
}

/** Certificate.CheckSignatureFrom. */
function checkSignatureFrom(child: Certificate, parent: Certificate): string | undefined {
  const cannot = (parent.version === 3 && !parent.hasBasicConstraints) || (parent.hasBasicConstraints && !parent.isCa);
  if (cannot || (parent.keyUsage !== undefined && !parent.keyUsage.includes("keyCertSign"))) {
    return "x509: invalid signature: parent certificate cannot sign this kind of certificate";
  }
  const scheme = SIGNATURE_SCHEMES[child.signatureAlgorithm];
  if (parent.publicKey === undefined || scheme === undefined)
    return "x509: cannot verify signature: algorithm unimplemented";
  if (scheme.hash === "sha1" || scheme.hash === "md5") {
    const name = `${scheme.hash.toUpperCase()}-RSA`;
    return `x509: cannot verify signature: insecure algorithm ${scheme.family === "ecdsa" ? "ECDSA-SHA1" : name}`;
  }
  if (isSignedBy(child, parent.publicKey)) return undefined;
  return {
    rsa: "crypto/rsa: verification error",
    ec: "x509: ECDSA verification failure",
    ed25519: "x509: Ed25519 verification failure",
  }[parent.publicKey.kind];
}

function buildChains(chain: readonly Certificate[], options: GoVerifyOptions): Certificate[][] | GoFailure {
  const last = chain[chain.length - 1] as Certificate;
  const issuer = rawName(last.issuer);
  const found: Certificate[][] = [];
  let hint: { error: string; certificate: Certificate } | undefined;
  let failure: GoFailure | undefined;
  const consider = (candidate: Certificate, role: "intermediate" | "root") => {
    if (rawName(candidate.subject) !== issuer || chain.some((member) => sameCertificate(member, candidate))) return;
    const wrong = checkSignatureFrom(last, candidate) ?? checkOne(candidate, role, chain, options)?.error;
    if (wrong !== undefined) {
      hint ??= { error: wrong, certificate: candidate };
      return;
    }
    if (role === "root") found.push([...chain, candidate]);
    else if (chain.length < 10) {
      const further = buildChains([...chain, candidate], options);
      if ("error" in further) failure = further;
      else found.push(...further);
    }
  };
  for (const root of preferred(last, options.roots)) consider(root, "root");
  for (const middle of preferred(last, options.intermediates ?? [])) consider(middle, "intermediate");
  if (found.length > 0) return found;
  return failure ?? { error: unknownAuthority(hint), kind: "unknown" };
}

/** Candidates whose key id is the one the certificate names come first. */
function preferred(child: Certificate, candidates: readonly Certificate[]): readonly Certificate[] {
  if (child.authorityKeyId === undefined) return candidates;
  const wanted = toHex(child.authorityKeyId);
  const rank = (candidate: Certificate) =>
    candidate.subjectKeyId === undefined ? 1 : toHex(candidate.subjectKeyId) === wanted ? 0 : 2;
  return [...candidates].sort((one, another) => rank(one) - rank(another));
}

function unknownAuthority(hint: { error: string; certificate: Certificate } | undefined): string {
  const text = "x509: certificate signed by unknown authority";
  if (hint === undefined) return text;
  const { subject, serial } = hint.certificate;
  const name = commonName(subject) || attributeValues(subject, ORGANIZATION)[0] || `serial:${serial}`;
  return `${text} (possibly because of ${JSON.stringify(hint.error)} while trying to verify candidate authority certificate ${JSON.stringify(name)})`;
}

function chainAllows(chain: readonly Certificate[], usages: readonly string[]): boolean {
  let left = usages;
  for (const { extendedKeyUsage } of [...chain].reverse()) {
    if (extendedKeyUsage === undefined || extendedKeyUsage.includes(USAGE.any)) continue;
    left = left.filter((usage) => extendedKeyUsage.includes(usage));
    if (left.length === 0) return false;
  }
  return true;
}

/** Certificate.VerifyHostname: undefined, or Go's text. */
export function verifyHostname(certificate: Certificate, host: string): string | undefined {
  const names = (certificate.altNames ?? []).flatMap((name) => (name.kind === "dns" ? [name.value] : []));
  const addresses = (certificate.altNames ?? []).flatMap((name) => (name.kind === "ip" ? [name.bytes] : []));
  const bare = /^\[(.*)\]$/.exec(host)?.[1] ?? host;
  const address = parseAddress(bare);
  if (address !== undefined) {
    if (addresses.some((bytes) => toHex(bytes) === toHex(address))) return undefined;
    if (addresses.length === 0)
      return `x509: cannot validate certificate for ${bare} because it doesn't contain any IP SANs`;
    return `x509: certificate is valid for ${addresses.map(formatAddress).join(", ")}, not ${bare}`;
  }
  if (names.some((name) => matchesHostname(name, host))) return undefined;
  const common = attributeValues(certificate.subject, COMMON_NAME).at(-1) ?? "";
  if (certificate.altNames === undefined && matchesHostname(common, host)) {
    return "x509: certificate relies on legacy Common Name field, use SANs instead";
  }
  if (names.length === 0) return `x509: certificate is not valid for any names, but wanted to match ${host}`;
  return `x509: certificate is valid for ${names.join(", ")}, not ${host}`;
}

/** Name against host, both without a final dot and in any case; `*` stands for the whole first label. */
export function matchesHostname(pattern: string, host: string): boolean {
  const split = (text: string) => text.toLowerCase().replace(/\.$/, "").split(".");
  const [wanted, given] = [split(pattern), split(host)];
  if (pattern === "" || host === "" || wanted.length !== given.length) return false;
  return wanted.every((label, i) => label === given[i] || (i === 0 && label === "*" && wanted.length > 1));
}

/** The identity the kubelet and the API server take from a verified client certificate. */
export function identityOf(certificate: Certificate): { user: string; groups: string[] } {
  return { user: commonName(certificate.subject) ?? "", groups: attributeValues(certificate.subject, ORGANIZATION) };
}

/** A key id as Go's log lines write it: `9C:F8:…`. */
export function formatKeyId(id: Uint8Array | undefined): string {
  return id === undefined ? "" : (toHex(id).toUpperCase().match(/../g) ?? []).join(":");
}
