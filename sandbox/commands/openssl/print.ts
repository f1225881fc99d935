// The text forms: certificates, requests and keys as `-text` prints them, with OpenSSL's columns.

import { decode } from "../../kernel/text.ts";
import { bigintToBytes, children, fromLatin1, readElement, readOid, TAG, toHex } from "../../lib/asn1/der.ts";
import { keyBits, type PrivateKey, type PublicKey } from "../../lib/crypto/keys.ts";
import { CURVE_NAMES } from "../../lib/tls/openssl.ts";
import {
  type Certificate,
  type CertificateRequest,
  EXTENSION,
  type Extension,
  readKnownExtensions,
} from "../../lib/x509/certificate.ts";
import { formatAddressFull, type GeneralName, parseGeneralNames } from "../../lib/x509/general-name.ts";
import { formatName, NAME_STYLES, type Name, type NameStyle, parseName } from "../../lib/x509/name.ts";
import { longName, shortName } from "../../lib/x509/oids.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** ASN1_TIME_print: `Nov 21 21:54:38 2026 GMT`. */
export function formatTime(ms: number, iso = false): string {
  const at = new Date(ms);
  if (iso) return `${at.toISOString().slice(0, 19).replace("T", " ")}Z`;
  const two = (value: number) => String(value).padStart(2, "0");
  const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return `${MONTHS[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)} ${clock} ${at.getUTCFullYear()} GMT`;
}

export const nameStyle = (modern: boolean): NameStyle => (modern ? NAME_STYLES.openssl35 : NAME_STYLES.openssl30);

const colons = (bytes: Uint8Array, upper = false) => {
  const hex = toHex(bytes);
  return ((upper ? hex.toUpperCase() : hex).match(/../g) ?? []).join(":");
};

export const colonHex = colons;

/** Hex in rows of so many bytes, all but the last with a colon at the end. */
function hexRows(bytes: Uint8Array, perRow: number, indent: string): string {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += perRow)
    rows.push(`${indent}${colons(bytes.subarray(at, at + perRow))}${at + perRow < bytes.length ? ":" : ""}\n`);
  return rows.join("");
}

/** A number with a leading zero byte where its first bit is set. */
function signedBytes(value: bigint): Uint8Array {
  const bytes = bigintToBytes(value);
  if (((bytes[0] ?? 0) & 0x80) === 0) return bytes;
  const padded = new Uint8Array(bytes.length + 1);
  padded.set(bytes, 1);
  return padded;
}

/** Public key parameters, as in certificates and `pkey -pubin -text`. */
export function publicKeyText(
  key: PublicKey,
  indent: string,
  modulusName = "Modulus",
  exponentName = "Exponent",
): string {
  if (key.kind === "rsa") {
    return `${indent}Public-Key: (${keyBits(key)} bit)\n${indent}${modulusName}:\n${hexRows(signedBytes(key.n), 15, `${indent}    `)}${indent}${exponentName}: ${key.e} (0x${key.e.toString(16)})\n`;
  }
  if (key.kind === "ed25519")
    return `${indent}ED25519 Public-Key:\n${indent}pub:\n${hexRows(key.point, 15, `${indent}    `)}`;
  return `${indent}Public-Key: (${keyBits(key)} bit)\n${indent}pub:\n${hexRows(key.point, 15, `${indent}    `)}${curveText(key.curve, indent)}`;
}

const curveText = (curve: keyof typeof CURVE_NAMES, indent: string) =>
  `${indent}ASN1 OID: ${CURVE_NAMES[curve]}\n${indent}NIST CURVE: ${curve}\n`;

/** `openssl rsa -text`, `ec -text`, `pkey -text`. */
export function privateKeyText(key: PrivateKey): string {
  if (key.kind === "ed25519")
    return `ED25519 Private-Key:\npriv:\n${hexRows(key.seed, 15, "    ")}pub:\n${hexRows(key.point, 15, "    ")}`;
  if (key.kind === "ec") {
    return `Private-Key: (${keyBits(key)} bit)\npriv:\n${hexRows(key.scalar, 15, "    ")}pub:\n${hexRows(key.point, 15, "    ")}${curveText(key.curve, "")}`;
  }
  const number = (name: string, value: bigint) => `${name}:\n${hexRows(signedBytes(value), 15, "    ")}`;
  return [
    `Private-Key: (${keyBits(key)} bit, 2 primes)\n`,
    number("modulus", key.n),
    `publicExponent: ${key.e} (0x${key.e.toString(16)})\n`,
    number("privateExponent", key.d),
    number("prime1", key.p),
    number("prime2", key.q),
    number("exponent1", key.dp),
    number("exponent2", key.dq),
    number("coefficient", key.qi),
  ].join("");
}

/** Serial: small ones as decimal and hex, large ones as bytes. */
function serialText(serial: bigint): string {
  if (serial < 1n << 63n) return ` ${serial} (0x${serial.toString(16)})\n`;
  return `\n            ${colons(bigintToBytes(serial))}\n`;
}

function keyInfo(spki: Uint8Array, key: PublicKey | undefined): string {
  const [algorithm] = children(readElement(spki));
  const id = algorithm === undefined ? "" : readOid(children(algorithm)[0]);
  const body = key === undefined ? "            Unable to load Public Key\n" : publicKeyText(key, "                ");
  return `        Subject Public Key Info:\n            Public Key Algorithm: ${longName(id)}\n${body}`;
}

function signatureText(algorithm: string, signature: Uint8Array): string {
  return `    Signature Algorithm: ${longName(algorithm)}\n    Signature Value:\n${hexRows(signature, 18, "        ")}`;
}

/** `openssl x509 -text`; `without` has the words of -certopt. */
export function certificateText(
  certificate: Certificate,
  style: NameStyle,
  without: ReadonlySet<string> = new Set(),
): string {
  const unless = (word: string, text: string) => (without.has(word) ? "" : text);
  const { notBefore, notAfter } = certificate;
  return [
    unless("no_header", "Certificate:\n    Data:\n"),
    unless("no_version", `        Version: ${certificate.version} (0x${certificate.version - 1})\n`),
    unless("no_serial", `        Serial Number:${serialText(certificate.serial)}`),
    unless("no_signame", `        Signature Algorithm: ${longName(certificate.signatureAlgorithm)}\n`),
    unless("no_issuer", `        Issuer: ${formatName(certificate.issuer, style)}\n`),
    unless(
      "no_validity",
      `        Validity\n            Not Before: ${formatTime(notBefore)}\n            Not After : ${formatTime(notAfter)}\n`,
    ),
    unless("no_subject", `        Subject: ${formatName(certificate.subject, style)}\n`),
    unless("no_pubkey", keyInfo(certificate.spki, certificate.publicKey)),
    unless(
      "no_extensions",
      certificate.extensions.length > 0
        ? `        X509v3 extensions:\n${extensionsText(certificate.extensions, 12, style)}`
        : "",
    ),
    unless("no_sigdump", signatureText(certificate.signatureAlgorithm, certificate.signature)),
  ].join("");
}

/** `openssl req -text`. */
export function requestText(request: CertificateRequest, style: NameStyle): string {
  const attributes = request.attributes.filter(({ id }) => id !== "1.2.840.113549.1.9.14");
  const shown = attributes
    .map(({ id, value }) => `            ${longName(id).padEnd(25)}:${decode(value.body)}\n`)
    .join("");
  const none = request.attributes.length === 0 ? "            (none)\n" : "";
  const wanted = `            Requested Extensions:\n${extensionsText(request.extensions, 16, style)}`;
  return [
    "Certificate Request:\n    Data:\n        Version: 1 (0x0)\n",
    `        Subject: ${formatName(request.subject, style)}\n`,
    keyInfo(request.spki, request.publicKey),
    `        Attributes:\n${none}${shown}${wanted}`,
    signatureText(request.signatureAlgorithm, request.signature),
  ].join("");
}

function extensionsText(extensions: readonly Extension[], indent: number, style: NameStyle): string {
  return extensions.map((each) => extensionText(each, indent, style)).join("");
}

/** Name, criticality, value: as in -text and -ext. */
export function extensionText(each: Extension, indent: number, style: NameStyle): string {
  const pad = " ".repeat(indent);
  const value = extensionValue(each, style)
    .split("\n")
    .map((line) => `${pad}    ${line}\n`)
    .join("");
  return `${pad}${longName(each.id)}: ${each.critical ? "critical" : ""}\n${value}`;
}

const USAGE_TEXTS: Readonly<Record<string, string>> = {
  digitalSignature: "Digital Signature",
  nonRepudiation: "Non Repudiation",
  keyEncipherment: "Key Encipherment",
  dataEncipherment: "Data Encipherment",
  keyAgreement: "Key Agreement",
  keyCertSign: "Certificate Sign",
  cRLSign: "CRL Sign",
  encipherOnly: "Encipher Only",
  decipherOnly: "Decipher Only",
};

function extensionValue(each: Extension, style: NameStyle): string {
  const known = readKnownExtensions([each]);
  switch (each.id) {
    case EXTENSION.keyUsage:
      return (known.keyUsage ?? []).map((usage) => USAGE_TEXTS[usage] ?? usage).join(", ");
    case EXTENSION.extendedKeyUsage:
      return (known.extendedKeyUsage ?? []).map(longName).join(", ");
    case EXTENSION.basicConstraints:
      return `CA:${known.isCa ? "TRUE" : "FALSE"}${known.pathLength === undefined ? "" : `, pathlen:${known.pathLength}`}`;
    case EXTENSION.altNames:
    case "2.5.29.18":
      return generalNamesText(parseGeneralNames(readElement(each.value)), style) || "<EMPTY>";
    case EXTENSION.subjectKeyId:
      return colons(known.subjectKeyId ?? new Uint8Array(0), true);
    case EXTENSION.authorityKeyId:
      return authorityText(each, style);
    case "2.16.840.1.113730.1.13":
      return fromLatin1(readElement(each.value).body);
    case "2.16.840.1.113730.1.1": {
      const bits = readElement(each.value).body[1] ?? 0;
      return [
        "SSL Client",
        "SSL Server",
        "S/MIME",
        "Object Signing",
        "Unused",
        "SSL CA",
        "S/MIME CA",
        "Object Signing CA",
      ]
        .filter((_, i) => bits & (0x80 >> i))
        .join(", ");
    }
    case "2.5.29.32":
      return children(readElement(each.value))
        .map((policy) => `Policy: ${policyName(readOid(children(policy)[0]))}`)
        .join("\n");
    case "2.5.29.31":
      return children(readElement(each.value))
        .map((point) => `Full Name:\n  ${urisIn(point.body).join("\n  ")}`)
        .join("\n");
    case "1.3.6.1.5.5.7.1.1":
      return children(readElement(each.value))
        .map((access) => {
          const [method, place] = children(access);
          const name = readOid(method) === "1.3.6.1.5.5.7.48.1" ? "OCSP" : "CA Issuers";
          return `${name} - URI:${fromLatin1(place?.body ?? new Uint8Array(0))}`;
        })
        .join("\n");
  }
  return unknownValue(each.value);
}

const policyName = (id: string) => (id === "2.5.29.32.0" ? "X509v3 Any Policy" : id);

function urisIn(bytes: Uint8Array): string[] {
  return children(bytes).flatMap((element) =>
    element.tag === 0x86 ? [`URI:${fromLatin1(element.body)}`] : element.tag & 0x20 ? urisIn(element.body) : [],
  );
}

function unknownValue(value: Uint8Array): string {
  const rows: string[] = [];
  for (const byte of value) rows.push(byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".");
  return rows.join("");
}

function authorityText(each: Extension, style: NameStyle): string {
  const lines: string[] = [];
  const parts = children(readElement(each.value));
  const named = parts.some((part) => part.tag !== 0x80);
  for (const part of parts) {
    if (part.tag === 0x80) lines.push(`${named ? "keyid:" : ""}${colons(part.body, true)}`);
    else if (part.tag === 0xa1) {
      const directory = children(part.body)[0];
      if (directory !== undefined) lines.push(`DirName:${slashName(parseName(readElement(directory.body)), style)}`);
    } else if (part.tag === 0x82) lines.push(`serial:${colons(part.body, true)}`);
  }
  return lines.join("\n");
}

/** X509_NAME_oneline: `/O=a/CN=b`. */
function slashName(name: Name, _style: NameStyle): string {
  return name
    .flat()
    .map(({ type, value }) => `/${shortName(type)}=${value}`)
    .join("");
}

function generalNamesText(names: readonly GeneralName[], style: NameStyle): string {
  return names.map((name) => generalNameText(name, style)).join(", ");
}

function generalNameText(name: GeneralName, style: NameStyle): string {
  switch (name.kind) {
    case "dns":
      return `DNS:${name.value}`;
    case "email":
      return `email:${name.value}`;
    case "uri":
      return `URI:${name.value}`;
    case "ip":
      return `IP Address:${formatAddressFull(name.bytes)}`;
    case "directory":
      return `DirName:${formatName(name.name, style)}`;
    case "rid":
      return `Registered ID:${shortName(name.value)}`;
    case "other":
      return "othername:<unsupported>";
  }
}

/** The `-purpose` list. */
export function purposeText(certificate: Certificate, modern: boolean): string {
  const { keyUsage, extendedKeyUsage, hasBasicConstraints, isCa } = certificate;
  const usage = (...names: string[]) =>
    keyUsage === undefined || names.some((name) => (keyUsage as readonly string[]).includes(name));
  const extended = (id: string) => extendedKeyUsage === undefined || extendedKeyUsage.includes(`1.3.6.1.5.5.7.3.${id}`);
  const authority = usage("keyCertSign") && hasBasicConstraints && isCa;
  const lines: string[] = ["Certificate purposes:"];
  const row = (name: string, leaf: boolean, ca: boolean) =>
    lines.push(`${name} : ${leaf ? "Yes" : "No"}`, `${name} CA : ${ca ? "Yes" : "No"}`);
  const mail = extended("4");
  row("SSL client", extended("2") && usage("digitalSignature", "keyAgreement"), extended("2") && authority);
  row(
    "SSL server",
    extended("1") && usage("digitalSignature", "keyEncipherment", "keyAgreement"),
    extended("1") && authority,
  );
  row("Netscape SSL server", extended("1") && usage("keyEncipherment"), extended("1") && authority);
  row("S/MIME signing", mail && usage("digitalSignature", "nonRepudiation"), mail && authority);
  row("S/MIME encryption", mail && usage("keyEncipherment"), mail && authority);
  row("CRL signing", usage("cRLSign"), authority);
  row("Any Purpose", true, true);
  row("OCSP helper", true, authority);
  const stamp = extendedKeyUsage?.length === 1 && extended("8") && usage("digitalSignature", "nonRepudiation");
  row("Time Stamp signing", stamp === true, authority);
  if (!modern) return `${lines.join("\n")}\n`;
  const code =
    extendedKeyUsage !== undefined &&
    extended("3") &&
    keyUsage !== undefined &&
    usage("digitalSignature") &&
    !usage("keyCertSign", "cRLSign");
  row("Code signing", code, authority);
  return `${lines.join("\n")}\n`;
}

/** A name over several lines, for -nameopt multiline. */
export function multilineName(name: Name): string {
  return name
    .flat()
    .map(({ type, value }) => `    ${longName(type).padEnd(25)} = ${value}\n`)
    .join("");
}

/** Tag numbers with the names asn1parse prints. */
export function tagName(tag: number): string {
  const names: Record<number, string> = {
    [TAG.boolean]: "BOOLEAN",
    [TAG.integer]: "INTEGER",
    [TAG.bitString]: "BIT STRING",
    [TAG.octetString]: "OCTET STRING",
    [TAG.null]: "NULL",
    [TAG.oid]: "OBJECT",
    [TAG.utf8]: "UTF8STRING",
    [TAG.printable]: "PRINTABLESTRING",
    [TAG.t61]: "T61STRING",
    [TAG.ia5]: "IA5STRING",
    [TAG.utcTime]: "UTCTIME",
    [TAG.generalizedTime]: "GENERALIZEDTIME",
    [TAG.bmp]: "BMPSTRING",
    [TAG.sequence]: "SEQUENCE",
    [TAG.set]: "SET",
  };
  return names[tag] ?? (tag & 0x80 ? `cont [ ${tag & 0x1f} ]` : `<ASN1 ${tag & 0x1f}>`);
}
