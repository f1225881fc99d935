// Certificates and certificate requests as plain data, read from DER and PEM.

import {
  children,
  DerError,
  type Element,
  expectTag,
  readBits,
  readElement,
  readInteger,
  readOid,
  readTime,
  TAG,
} from "../asn1/der.ts";
import { decodePublicKey, type PublicKey } from "../crypto/keys.ts";
import { parsePem } from "../crypto/pem.ts";
import { type Scheme, verify } from "../crypto/sign.ts";
import { bytesKey, createMemo, createObjectMemo } from "../memo.ts";
import { type GeneralName, parseGeneralNames } from "./general-name.ts";
import { type Name, parseName } from "./name.ts";

export interface Extension {
  /** Dotted object identifier. */
  readonly id: string;
  readonly critical: boolean;
  readonly value: Uint8Array;
}

export interface Certificate {
  readonly der: Uint8Array;
  /** The signed part. */
  readonly tbs: Uint8Array;
  /** 1 or 3. */
  readonly version: number;
  readonly serial: bigint;
  readonly issuer: Name;
  readonly subject: Name;
  /** ms since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  /** Undefined where the algorithm is none of ours. */
  readonly publicKey: PublicKey | undefined;
  readonly signatureAlgorithm: string;
  readonly signature: Uint8Array;
  readonly extensions: readonly Extension[];
  readonly isCa: boolean;
  readonly hasBasicConstraints: boolean;
  readonly pathLength: number | undefined;
  /** Bits by their names in OpenSSL's config, or undefined where there is no such extension. */
  readonly keyUsage: readonly KeyUsage[] | undefined;
  /** Dotted identifiers, or undefined where there is no such extension. */
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly altNames: readonly GeneralName[] | undefined;
  readonly subjectKeyId: Uint8Array | undefined;
  readonly authorityKeyId: Uint8Array | undefined;
}

export interface CertificateRequest {
  readonly der: Uint8Array;
  readonly tbs: Uint8Array;
  readonly subject: Name;
  readonly spki: Uint8Array;
  readonly publicKey: PublicKey | undefined;
  readonly signatureAlgorithm: string;
  readonly signature: Uint8Array;
  readonly attributes: readonly { readonly id: string; readonly value: Element }[];
  readonly extensions: readonly Extension[];
}

/** In the order of the bits. */
export const KEY_USAGES = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
] as const;

export type KeyUsage = (typeof KEY_USAGES)[number];

export const EXTENSION = {
  subjectKeyId: "2.5.29.14",
  keyUsage: "2.5.29.15",
  altNames: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyId: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
} as const;

/** Extended key usages. */
export const USAGE = {
  any: "2.5.29.37.0",
  server: "1.3.6.1.5.5.7.3.1",
  client: "1.3.6.1.5.5.7.3.2",
} as const;

export const SIGNATURE_SCHEMES: Readonly<Record<string, Scheme>> = {
  "1.2.840.113549.1.1.4": { family: "pkcs1", hash: "md5" },
  "1.2.840.113549.1.1.5": { family: "pkcs1", hash: "sha1" },
  "1.2.840.113549.1.1.14": { family: "pkcs1", hash: "sha224" },
  "1.2.840.113549.1.1.11": { family: "pkcs1", hash: "sha256" },
  "1.2.840.113549.1.1.12": { family: "pkcs1", hash: "sha384" },
  "1.2.840.113549.1.1.13": { family: "pkcs1", hash: "sha512" },
  "1.2.840.10045.4.1": { family: "ecdsa", hash: "sha1" },
  "1.2.840.10045.4.3.1": { family: "ecdsa", hash: "sha224" },
  "1.2.840.10045.4.3.2": { family: "ecdsa", hash: "sha256" },
  "1.2.840.10045.4.3.3": { family: "ecdsa", hash: "sha384" },
  "1.2.840.10045.4.3.4": { family: "ecdsa", hash: "sha512" },
  "1.3.101.112": { family: "ed25519", hash: "sha512" },
};

const parsed = createMemo<Certificate>(128);
const parsedArrays = createObjectMemo<Uint8Array, Certificate>();

/** Reads one certificate; throws DerError where the bytes are none. The result is frozen and may be shared. */
export function parseCertificate(der: Uint8Array): Certificate {
  return parsedArrays(der, () => parsed(bytesKey(der), () => readCertificate(der)));
}

function readCertificate(bytes: Uint8Array): Certificate {
  const outer = expectTag(readElement(bytes), TAG.sequence);
  const [tbs, algorithm, signature] = children(outer);
  const fields = children(expectTag(tbs, TAG.sequence));
  const versioned = fields[0]?.tag === 0xa0;
  const version = versioned ? Number(readInteger(children(fields[0] as Element)[0])) + 1 : 1;
  const [serial, , issuer, validity, subject, spki, ...rest] = versioned ? fields.slice(1) : fields;
  const [notBefore, notAfter] = children(expectTag(validity, TAG.sequence));
  const wrapped = rest.find((element) => element.tag === 0xa3);
  const extensions = wrapped === undefined ? [] : parseExtensions(readElement(wrapped.body));
  return Object.freeze({
    der: outer.der,
    tbs: expectTag(tbs, TAG.sequence).der,
    version,
    serial: readInteger(serial),
    issuer: parseName(expectTag(issuer, TAG.sequence)),
    subject: parseName(expectTag(subject, TAG.sequence)),
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    spki: expectTag(spki, TAG.sequence).der,
    publicKey: tryPublicKey(expectTag(spki, TAG.sequence).der),
    signatureAlgorithm: readOid(children(expectTag(algorithm, TAG.sequence))[0]),
    signature: readBits(signature),
    extensions,
    ...readKnownExtensions(extensions),
  });
}

function tryPublicKey(spki: Uint8Array): PublicKey | undefined {
  try {
    return decodePublicKey(spki);
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

function parseExtensions(list: Element): Extension[] {
  return children(expectTag(list, TAG.sequence)).map((element) => {
    const parts = children(element);
    return {
      id: readOid(parts[0]),
      critical: parts.length > 2 && (parts[1]?.body[0] ?? 0) !== 0,
      value: expectTag(parts.at(-1), TAG.octetString).body,
    };
  });
}

/** The extensions that decide something, decoded. */
export function readKnownExtensions(extensions: readonly Extension[]) {
  const find = (id: string) => extensions.find((extension) => extension.id === id)?.value;
  const basic = find(EXTENSION.basicConstraints);
  const basics = basic === undefined ? [] : children(readElement(basic));
  const length = basics.find((element) => element.tag === TAG.integer);
  const usage = find(EXTENSION.keyUsage);
  const extended = find(EXTENSION.extendedKeyUsage);
  const alternative = find(EXTENSION.altNames);
  const own = find(EXTENSION.subjectKeyId);
  const authority = find(EXTENSION.authorityKeyId);
  return {
    isCa: basics[0]?.tag === TAG.boolean && basics[0].body[0] !== 0,
    hasBasicConstraints: basic !== undefined,
    pathLength: length === undefined ? undefined : Number(readInteger(length)),
    keyUsage: usage === undefined ? undefined : readKeyUsage(usage),
    extendedKeyUsage: extended === undefined ? undefined : children(readElement(extended)).map(readOid),
    altNames: alternative === undefined ? undefined : parseGeneralNames(readElement(alternative)),
    subjectKeyId: own === undefined ? undefined : readElement(own).body,
    authorityKeyId:
      authority === undefined
        ? undefined
        : children(readElement(authority)).find((element) => element.tag === 0x80)?.body,
  };
}

function readKeyUsage(value: Uint8Array): KeyUsage[] {
  const bits = readBits(readElement(value));
  return KEY_USAGES.filter((_, i) => ((bits[i >> 3] ?? 0) & (0x80 >> (i & 7))) !== 0);
}

/** Reads a PKCS#10 request; throws DerError where the bytes are none. */
export function parseRequest(bytes: Uint8Array): CertificateRequest {
  const outer = expectTag(readElement(bytes), TAG.sequence);
  const [tbs, algorithm, signature] = children(outer);
  const [, subject, spki, set] = children(expectTag(tbs, TAG.sequence));
  const attributes = (set?.tag === 0xa0 ? children(set) : []).map((element) => {
    const [id, values] = children(element);
    return { id: readOid(id), value: readElement(expectTag(values, TAG.set).body) };
  });
  const wanted = attributes.find((attribute) => attribute.id === "1.2.840.113549.1.9.14");
  return {
    der: outer.der,
    tbs: expectTag(tbs, TAG.sequence).der,
    subject: parseName(expectTag(subject, TAG.sequence)),
    spki: expectTag(spki, TAG.sequence).der,
    publicKey: tryPublicKey(expectTag(spki, TAG.sequence).der),
    signatureAlgorithm: readOid(children(expectTag(algorithm, TAG.sequence))[0]),
    signature: readBits(signature),
    attributes,
    extensions: wanted === undefined ? [] : parseExtensions(wanted.value),
  };
}

const bundles = createMemo<readonly Certificate[]>(32);

/** All certificates of a PEM text; blocks that cannot be read are left out, as Go's AppendCertsFromPEM does. */
export function certificatesFromPem(text: string): readonly Certificate[] {
  return bundles(text, () => readBundle(text));
}

function readBundle(text: string): readonly Certificate[] {
  return parsePem(text).flatMap((block) => {
    if (block.label !== "CERTIFICATE" || block.bad) return [];
    try {
      return [parseCertificate(block.der)];
    } catch (error) {
      if (error instanceof DerError) return [];
      throw error;
    }
  });
}

/** By what is signed, then by the key. */
const verdicts = createObjectMemo<object, (key: PublicKey, compute: () => boolean) => boolean>();

/** Whether the certificate (or request) was signed with the private half of this key. */
export function isSignedBy(signed: Certificate | CertificateRequest, key: PublicKey | undefined): boolean {
  const scheme = SIGNATURE_SCHEMES[signed.signatureAlgorithm];
  if (key === undefined || scheme === undefined) return false;
  const known = verdicts(signed, () => createObjectMemo<PublicKey, boolean>());
  return known(key, () => verify(key, scheme, signed.tbs, signed.signature));
}
