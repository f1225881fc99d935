// OpenSSL's X509_verify_cert: the order of its checks, its error numbers and their texts.

import { toHex } from "../asn1/der.ts";
import { keyBits, type PublicKey } from "../crypto/keys.ts";
import { type Certificate, isSignedBy, SIGNATURE_SCHEMES, USAGE } from "./certificate.ts";
import { parseAddress } from "./general-name.ts";
import { commonName, sameName } from "./name.ts";

/** Number → text (X509_verify_cert_error_string, OpenSSL 3). */
const TEXTS: Readonly<Record<number, string>> = {
  0: "ok",
  2: "unable to get issuer certificate",
  3: "unable to get certificate CRL",
  7: "certificate signature failure",
  9: "certificate is not yet valid",
  10: "certificate has expired",
  18: "self-signed certificate",
  19: "self-signed certificate in certificate chain",
  20: "unable to get local issuer certificate",
  21: "unable to verify the first certificate",
  22: "certificate chain too long",
  24: "invalid CA certificate",
  25: "path length constraint exceeded",
  26: "unsuitable certificate purpose",
  32: "key usage does not include certificate signing",
  62: "hostname mismatch",
  63: "email address mismatch",
  64: "IP address mismatch",
  66: "EE certificate key too weak",
  67: "CA certificate key too weak",
  68: "CA signature digest algorithm too weak",
  92: "CA cert does not include key usage extension",
};

export function verifyText(code: number): string {
  return TEXTS[code] ?? `error number ${code}`;
}

export type Purpose = "sslserver" | "sslclient" | "crlsign" | "any";

export interface OpenSslVerifyOptions {
  readonly trusted: readonly Certificate[];
  readonly untrusted?: readonly Certificate[];
  /** ms since the epoch. */
  readonly now: number;
  readonly purpose?: Purpose;
  /** A certificate of the store is trusted though nobody signed it there (curl's default). */
  readonly partialChain?: boolean;
  readonly hostname?: string;
  readonly address?: string;
  readonly email?: string;
  /** -x509_strict: what RFC 5280 demands of authorities. */
  readonly strict?: boolean;
  /** Security level: 2, which TLS has, refuses keys below 112 bits of strength. */
  readonly level?: number;
  readonly noCheckTime?: boolean;
  /** Wants a revocation list, which nobody here has. */
  readonly crlCheck?: boolean;
  /** Each step, as the callback of s_client sees it; true goes on in spite of an error. */
  onStep?(step: VerifyStep): boolean;
}

export interface VerifyStep {
  readonly ok: boolean;
  readonly code: number;
  readonly depth: number;
  readonly certificate: Certificate;
}

export interface OpenSslVerified {
  /** 0, or the number of the last error met. */
  readonly code: number;
  /** Where it was met. */
  readonly depth: number;
  readonly chain: readonly Certificate[];
  /** How many of the chain came from the peer. */
  readonly untrustedCount: number;
}

const same = (one: Certificate, other: Certificate) => toHex(one.der) === toHex(other.der);

/** X509_check_issued: name, key id, and the right to sign. */
function isIssuedBy(child: Certificate, issuer: Certificate): boolean {
  if (!sameName(child.issuer, issuer.subject)) return false;
  const ids = child.authorityKeyId !== undefined && issuer.subjectKeyId !== undefined;
  if (ids && toHex(child.authorityKeyId) !== toHex(issuer.subjectKeyId)) return false;
  return issuer.keyUsage === undefined || issuer.keyUsage.includes("keyCertSign");
}

/** Issuer and subject are one, as far as names and key ids tell. */
function isSelfSigned(certificate: Certificate): boolean {
  return (
    sameName(certificate.issuer, certificate.subject) &&
    isIssuedBy({ ...certificate }, { ...certificate, keyUsage: undefined })
  );
}

/** What ends the walk at the first error; no Error, for nobody reads its stack. */
const STOP = Symbol("stop");

/** Verifies a leaf. Without `onStep` the first error ends it. */
export function verifyOpenSsl(leaf: Certificate, options: OpenSslVerifyOptions): OpenSslVerified {
  let [code, depth] = [0, 0];
  const built = buildChain(leaf, options);
  const { chain } = built;
  const fail = (number: number, at: number) => {
    [code, depth] = [number, at];
    const goOn =
      options.onStep?.({ ok: false, code: number, depth: at, certificate: chain[at] as Certificate }) ?? false;
    if (!goOn) throw STOP;
  };
  try {
    if (!built.trusted) fail(untrustedCode(built), chain.length - 1);
    checkExtensions(chain, options, fail);
    checkStrength(chain, options, fail);
    checkIdentity(leaf, options, fail);
    if (options.crlCheck) fail(3, 0);
    checkSignatures(built, options, fail, code);
  } catch (error) {
    if (error !== STOP) throw error;
  }
  return { code, depth, chain, untrustedCount: built.untrustedCount };
}

interface Built {
  readonly chain: readonly Certificate[];
  readonly untrustedCount: number;
  readonly trusted: boolean;
}

/** From the leaf upwards, the store's certificates first. */
function buildChain(leaf: Certificate, options: OpenSslVerifyOptions): Built {
  const chain = [leaf];
  let untrustedCount = 1;
  let inStore = false;
  const stored = (certificate: Certificate) => options.trusted.some((known) => same(known, certificate));
  for (;;) {
    const top = chain[chain.length - 1] as Certificate;
    if (isSelfSigned(top)) {
      const trusted = inStore || stored(top);
      return { chain, untrustedCount: trusted ? Math.min(untrustedCount, chain.length - 1) : untrustedCount, trusted };
    }
    if (options.partialChain && !inStore && stored(top))
      return { chain, untrustedCount: chain.length - 1, trusted: true };
    if (chain.length > 100) return { chain, untrustedCount, trusted: false };
    const fits = (candidate: Certificate) =>
      isIssuedBy(top, candidate) && !chain.some((member) => same(member, candidate));
    const valid = (candidate: Certificate) => candidate.notBefore <= options.now && options.now <= candidate.notAfter;
    const anchors = options.trusted.filter(fits);
    const anchor = anchors.find(valid) ?? anchors[0];
    const next = anchor ?? (inStore ? undefined : options.untrusted?.find(fits));
    if (next === undefined) return { chain, untrustedCount, trusted: inStore && options.partialChain === true };
    if (anchor !== undefined) {
      inStore = true;
      chain.push(next);
      if (options.partialChain) return { chain, untrustedCount, trusted: true };
    } else {
      chain.push(next);
      untrustedCount += 1;
    }
  }
}

function untrustedCode({ chain, untrustedCount }: Built): number {
  if (isSelfSigned(chain[chain.length - 1] as Certificate)) return chain.length === 1 ? 18 : 19;
  return untrustedCount < chain.length ? 2 : 20;
}

type Fail = (code: number, depth: number) => void;

/** check_extensions: authorities must be authorities, the leaf must be for the purpose. */
function checkExtensions(chain: readonly Certificate[], options: OpenSslVerifyOptions, fail: Fail): void {
  let plain = 0;
  for (const [depth, certificate] of chain.entries()) {
    if (depth > 0 && !mayIssue(certificate)) fail(24, depth);
    else if (!fitsPurpose(certificate, options.purpose ?? "any", depth > 0)) fail(26, depth);
    if (options.strict && certificate.isCa && certificate.keyUsage === undefined) fail(92, depth);
    if (depth > 1 && certificate.pathLength !== undefined && plain > certificate.pathLength) fail(25, depth);
    if (depth > 0 && !isSelfSigned(certificate)) plain += 1;
  }
}

/** X509_check_ca. */
function mayIssue(certificate: Certificate): boolean {
  if (certificate.keyUsage !== undefined && !certificate.keyUsage.includes("keyCertSign")) return false;
  if (certificate.hasBasicConstraints) return certificate.isCa;
  return (certificate.version === 1 && isSelfSigned(certificate)) || certificate.keyUsage !== undefined;
}

/** The checks of `-purpose`, for a leaf or an authority. */
function fitsPurpose(certificate: Certificate, purpose: Purpose, asCa: boolean): boolean {
  if (purpose === "any") return true;
  if (purpose === "crlsign")
    return asCa
      ? mayIssue(certificate)
      : certificate.keyUsage === undefined || certificate.keyUsage.includes("cRLSign");
  const wanted = purpose === "sslserver" ? USAGE.server : USAGE.client;
  const extended = certificate.extendedKeyUsage;
  if (extended !== undefined && !extended.includes(wanted) && !extended.includes(USAGE.any)) return false;
  if (asCa) return mayIssue(certificate);
  const needed =
    purpose === "sslserver"
      ? (["digitalSignature", "keyEncipherment", "keyAgreement"] as const)
      : (["digitalSignature", "keyAgreement"] as const);
  return certificate.keyUsage === undefined || needed.some((usage) => certificate.keyUsage?.includes(usage));
}

/** Bits from which on a key belongs to each level of security: 80, 112, 128, 192 and 256 bits of strength. */
const RSA_LEVELS = [1024, 2048, 3072, 7680, 15_360];
const CURVE_LEVELS = [160, 224, 256, 384, 512];

const strength = (key: PublicKey) =>
  (key.kind === "rsa" ? RSA_LEVELS : CURVE_LEVELS).filter((bits) => keyBits(key) >= bits).length;

function checkStrength(chain: readonly Certificate[], options: OpenSslVerifyOptions, fail: Fail): void {
  const level = options.level ?? 0;
  if (level < 2) return;
  for (const [depth, certificate] of chain.entries()) {
    const weak = certificate.publicKey !== undefined && strength(certificate.publicKey) < level;
    if (weak) fail(depth === 0 ? 66 : 67, depth);
    const digest = SIGNATURE_SCHEMES[certificate.signatureAlgorithm]?.hash;
    if (depth < chain.length - 1 && (digest === "md5" || digest === "sha1")) fail(68, depth);
  }
}

function checkIdentity(leaf: Certificate, options: OpenSslVerifyOptions, fail: Fail): void {
  if (options.hostname !== undefined && matchHost(leaf, options.hostname) === undefined) fail(62, 0);
  if (options.email !== undefined && !certificateEmails(leaf).includes(options.email)) fail(63, 0);
  if (options.address !== undefined && !matchAddress(leaf, options.address)) fail(64, 0);
}

/** internal_verify: signatures and times from the top down, then a step for each certificate. */
function checkSignatures({ chain, trusted }: Built, options: OpenSslVerifyOptions, fail: Fail, earlier: number): void {
  const top = chain.length - 1;
  for (let depth = top; depth >= 0; depth--) {
    const certificate = chain[depth] as Certificate;
    const issuer = chain[depth + 1];
    if (issuer !== undefined) {
      if (!isSignedBy(certificate, issuer.publicKey)) fail(7, depth);
    } else if (!isSelfSigned(certificate) && !(trusted && options.partialChain)) {
      if (top === 0) fail(21, 0);
      else if (earlier === 0) fail(20, depth);
    }
    if (!options.noCheckTime) {
      if (certificate.notBefore > options.now) fail(9, depth);
      if (certificate.notAfter < options.now) fail(10, depth);
    }
    options.onStep?.({ ok: true, code: 0, depth, certificate });
  }
}

/** The name of the certificate that matches the host (X509_check_host), or undefined. */
export function matchHost(certificate: Certificate, host: string): string | undefined {
  const names = (certificate.altNames ?? []).flatMap((name) => (name.kind === "dns" ? [name.value] : []));
  if (names.length === 0) {
    const common = commonName(certificate.subject);
    return common !== undefined && hostMatches(common, host) ? common : undefined;
  }
  return names.find((name) => hostMatches(name, host));
}

/** A wildcard may stand for the first label, or for a part of it at its start or end. */
function hostMatches(pattern: string, host: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), host.toLowerCase()];
  if (!wanted.includes("*")) return wanted === given;
  const [label = "", ...rest] = wanted.split(".");
  const [first = "", ...others] = given.split(".");
  if (rest.length < 2 || rest.join(".") !== others.join(".")) return false;
  const [front = "", back = ""] = label.split("*");
  return first.length > front.length + back.length - 1 && first.startsWith(front) && first.endsWith(back);
}

/** The addresses in a certificate's subject and alternative names. */
export function certificateEmails(certificate: Certificate): string[] {
  const inName = certificate.subject
    .flat()
    .filter(({ type }) => type === "1.2.840.113549.1.9.1")
    .map(({ value }) => value);
  return [...inName, ...(certificate.altNames ?? []).flatMap((name) => (name.kind === "email" ? [name.value] : []))];
}

export function matchAddress(certificate: Certificate, address: string): boolean {
  const bytes = parseAddress(address);
  return (
    bytes !== undefined &&
    (certificate.altNames ?? []).some((name) => name.kind === "ip" && toHex(name.bytes) === toHex(bytes))
  );
}
