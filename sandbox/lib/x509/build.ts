// Making certificates and requests: the fields as data in, signed DER out.

import {
  bitString,
  boolean,
  encodeElement,
  explicit,
  integer,
  integerBytes,
  nullValue,
  octetString,
  oid,
  sequence,
  setOf,
  time,
} from "../asn1/der.ts";
import { hash } from "../crypto/hash.ts";
import { encodePublicKey, type PrivateKey, type PublicKey, publicKeyBits, publicKeyOf } from "../crypto/keys.ts";
import { type Scheme, schemeFor, sign } from "../crypto/sign.ts";
import { EXTENSION, type Extension, KEY_USAGES, type KeyUsage, SIGNATURE_SCHEMES } from "./certificate.ts";
import { encodeGeneralNames, type GeneralName, parseAddress } from "./general-name.ts";
import { encodeName, type Name } from "./name.ts";

/** All that is in a certificate but the signature. */
export interface CertificateFields {
  /** Big-endian, positive. */
  readonly serial: Uint8Array;
  readonly issuer: Name;
  readonly subject: Name;
  /** ms since the epoch; fractions of a second are cut. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: PublicKey;
  /** Without any the certificate is of version 1. */
  readonly extensions: readonly Extension[];
}

export function signatureAlgorithm(scheme: Scheme): Uint8Array {
  for (const [id, known] of Object.entries(SIGNATURE_SCHEMES)) {
    if (known.family !== scheme.family || known.hash !== scheme.hash) continue;
    return scheme.family === "pkcs1" ? sequence(oid(id), nullValue()) : sequence(oid(id));
  }
  throw new Error(`no identifier for ${scheme.family} with ${scheme.hash}`);
}

/** A certificate signed with the issuer's key; `scheme` unless told is SHA-256 with what the key is. */
export function createCertificate(
  fields: CertificateFields,
  issuerKey: PrivateKey,
  scheme = schemeFor(issuerKey),
): Uint8Array<ArrayBuffer> {
  const algorithm = signatureAlgorithm(scheme);
  const extensions =
    fields.extensions.length > 0 ? [explicit(3, sequence(...fields.extensions.map(encodeExtension)))] : [];
  const tbs = sequence(
    ...(extensions.length > 0 ? [explicit(0, integer(2))] : []),
    integerBytes(fields.serial),
    algorithm,
    encodeName(fields.issuer),
    sequence(time(fields.notBefore), time(fields.notAfter)),
    encodeName(fields.subject),
    encodePublicKey(fields.publicKey),
    ...extensions,
  );
  return sequence(tbs, algorithm, bitString(sign(issuerKey, scheme, tbs)));
}

/** A PKCS#10 request; extensions travel as the extensionRequest attribute. */
export function createRequest(
  subject: Name,
  key: PrivateKey,
  extensions: readonly Extension[],
  scheme = schemeFor(key),
  otherAttributes: readonly Uint8Array[] = [],
): Uint8Array<ArrayBuffer> {
  const wanted =
    extensions.length > 0
      ? [sequence(oid("1.2.840.113549.1.9.14"), setOf(sequence(...extensions.map(encodeExtension))))]
      : [];
  const tbs = sequence(
    integer(0),
    encodeName(subject),
    encodePublicKey(publicKeyOf(key)),
    encodeElement(0xa0, ...otherAttributes, ...wanted),
  );
  return sequence(tbs, signatureAlgorithm(scheme), bitString(sign(key, scheme, tbs)));
}

function encodeExtension({ id, critical, value }: Extension): Uint8Array {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value));
}

/** RFC 5280's first method: SHA-1 of the public key's bits. */
export function keyIdentifier(key: PublicKey): Uint8Array {
  return hash("sha1", publicKeyBits(key));
}

/** Makers of the usual extensions. */
export const extension = {
  basicConstraints: (isCa: boolean, critical = true, pathLength?: number): Extension => ({
    id: EXTENSION.basicConstraints,
    critical,
    value: sequence(...(isCa ? [boolean(true)] : []), ...(pathLength === undefined ? [] : [integer(pathLength)])),
  }),
  keyUsage: (usages: readonly KeyUsage[], critical = true): Extension => ({
    id: EXTENSION.keyUsage,
    critical,
    value: encodeKeyUsage(usages),
  }),
  extendedKeyUsage: (usages: readonly string[], critical = false): Extension => ({
    id: EXTENSION.extendedKeyUsage,
    critical,
    value: sequence(...usages.map(oid)),
  }),
  altNames: (names: readonly GeneralName[], critical = false): Extension => ({
    id: EXTENSION.altNames,
    critical,
    value: encodeGeneralNames(names),
  }),
  subjectKeyId: (id: Uint8Array): Extension => ({
    id: EXTENSION.subjectKeyId,
    critical: false,
    value: octetString(id),
  }),
  authorityKeyId: (id: Uint8Array): Extension => ({
    id: EXTENSION.authorityKeyId,
    critical: false,
    value: sequence(encodeElement(0x80, id)),
  }),
};

function encodeKeyUsage(usages: readonly KeyUsage[]): Uint8Array {
  const bits = usages.map((usage) => KEY_USAGES.indexOf(usage));
  const last = Math.max(...bits);
  const bytes = new Uint8Array((last >> 3) + 1);
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return bitString(bytes, 7 - (last & 7));
}

/** Alternative names from plain text: addresses become IP entries, all else DNS entries. */
export function altNamesOf(texts: readonly string[]): GeneralName[] {
  return texts.map((text) => {
    const bytes = parseAddress(text);
    return bytes === undefined ? { kind: "dns", value: text } : { kind: "ip", bytes };
  });
}
