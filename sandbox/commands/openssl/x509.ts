// x509: showing, checking and signing certificates.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { concat, decode, encode } from "../../kernel/text.ts";
import {
  bigintToBytes,
  bytesToBigint,
  encodeElement,
  fromHex,
  oid,
  sequence,
  setOf,
  TAG,
  toHex,
} from "../../lib/asn1/der.ts";
import { type HashName, hash } from "../../lib/crypto/hash.ts";
import { encodePublicKey, type PrivateKey, type PublicKey, publicKeyOf, samePublicKey } from "../../lib/crypto/keys.ts";
import { formatPem } from "../../lib/crypto/pem.ts";
import { schemeFor } from "../../lib/crypto/sign.ts";
import { createCertificate, extension, keyIdentifier } from "../../lib/x509/build.ts";
import {
  type Certificate,
  EXTENSION,
  type Extension,
  isSignedBy,
  parseCertificate,
} from "../../lib/x509/certificate.ts";
import { formatName, NAME_STYLES, type Name, type NameStyle } from "../../lib/x509/name.ts";
import { longName, shortName } from "../../lib/x509/oids.ts";
import { matchAddress, matchHost } from "../../lib/x509/verify-openssl.ts";
import { addExtension, type Config, makeExtensions, readConfig, silenced } from "./config.ts";
import { loadCertificate, loadKey, loadRequest } from "./load.ts";
import {
  certificateText,
  colonHex,
  extensionText,
  formatTime,
  multilineName,
  nameStyle,
  purposeText,
} from "./print.ts";
import { digestOf, randomSerial, serialBytes } from "./req.ts";
import { parseSubject } from "./subject.ts";
import { parseDate, type Subcommand, type Tool } from "./tool.ts";

export const x509: Subcommand = {
  options:
    "help in: inform: out: outform: noout text subject issuer serial next_serial dates startdate enddate fingerprint modulus pubkey hash subject_hash issuer_hash subject_hash_old issuer_hash_old email ocsp_uri ocspid purpose ext: alias trustout C checkend: checkhost: checkip: checkemail: nameopt: dateopt: certopt: req x509toreq new CA: CAkey: CAform: CAkeyform: CAcreateserial CAserial: set_serial: days: extfile: extensions: copy_extensions: clrext signkey: key: keyform: passin: force_pubkey: subj: set_subject: set_issuer: preserve_dates not_before: not_after: sigopt: badsig multi provider: vfyopt:",
  digests: true,
  *run(tool) {
    yield* loadExtensionFile(tool);
    const certificate = yield* subjectCertificate(tool);
    return yield* show(tool, certificate);
  },
};

/** The certificate of -in, or the one that -req, -signkey or -CA make. */
function* subjectCertificate(tool: Tool): Task<Certificate> {
  if (tool.has("req")) {
    const request = yield* loadRequest(tool, tool.value("in"), "certificate request input");
    if (!isSignedBy(request, request.publicKey)) {
      tool.error("Certificate request self-signature did not match the contents");
      return tool.stop();
    }
    tool.error("Certificate request self-signature ok");
    tool.error(`subject=${formatName(request.subject, nameStyle(tool.modern))}`);
    const copied = /^copy(all)?$/.test(tool.value("copy_extensions") ?? "") ? request.extensions : [];
    return yield* issue(tool, request.subject, request.publicKey as PublicKey, copied, undefined);
  }
  if (tool.has("new")) {
    const key = yield* loadKey(
      tool,
      tool.value("force_pubkey") ?? tool.value("key") ?? tool.value("signkey"),
      "private key",
    );
    return yield* issue(tool, [], publicKeyOf(key), [], undefined);
  }
  const certificate = yield* loadCertificate(tool, tool.value("in"), "certificate");
  if (!tool.has("CA") && !tool.has("signkey") && !tool.has("key")) return certificate;
  const kept = tool.has("clrext") ? [] : certificate.extensions;
  return yield* issue(tool, certificate.subject, certificate.publicKey as PublicKey, kept, certificate);
}

interface Issuer {
  readonly name: Name;
  readonly key: PrivateKey;
  readonly certificate: Certificate | undefined;
}

function* issuerFor(tool: Tool, subject: Name, publicKey: PublicKey): Task<Issuer> {
  const file = tool.value("CA");
  if (file === undefined) {
    const path = tool.value("signkey") ?? tool.value("key");
    if (path === undefined) {
      tool.error("We need a private key to sign with, use -key or -CAkey or -CA with private key");
      return tool.stop();
    }
    const key = yield* loadKey(tool, path, "private key");
    if (!samePublicKey(publicKeyOf(key), publicKey) && !tool.has("force_pubkey") && !tool.has("req"))
      tool.error("Warning: Signature key and public key of cert do not match");
    return { name: subject, key, certificate: undefined };
  }
  const certificate = yield* loadCertificate(tool, file, "CA certificate");
  const key = yield* loadKey(tool, tool.value("CAkey") ?? file, "CA private key");
  if (certificate.publicKey === undefined || !samePublicKey(certificate.publicKey, publicKeyOf(key))) {
    tool.error("CA certificate and CA private key do not match");
    tool.queue(
      "05800074",
      "x509 certificate routines",
      tool.modern ? "ossl_x509_check_private_key" : "X509_check_private_key",
      "key values mismatch",
      `../crypto/x509/x509_cmp.c:${tool.modern ? 413 : 405}`,
    );
    return tool.stop();
  }
  return { name: certificate.subject, key, certificate };
}

/** -extfile, which is read and tried before anything else. */
function* loadExtensionFile(tool: Tool): Task<Config | undefined> {
  const path = tool.value("extfile");
  if (path === undefined) return undefined;
  const config = yield* readConfig(tool, path);
  const section = sectionOf(tool, config);
  const context = { subjectKey: undefined, issuer: undefined, issuerKeyId: undefined, config };
  if (config.has(section) && makeExtensions(silenced(tool), config, section, context) !== undefined) return config;
  tool.error(`Error checking extension section ${section}`);
  makeExtensions(tool, config, section, context);
  return tool.stop();
}

const sectionOf = (tool: Tool, config: Config) =>
  tool.value("extensions") ?? config.get("default")?.get("extensions") ?? "default";

function* issue(
  tool: Tool,
  givenSubject: Name,
  publicKey: PublicKey,
  copied: readonly Extension[],
  old: Certificate | undefined,
): Task<Certificate> {
  const wanted = tool.value("subj") ?? tool.value("set_subject");
  const subject = wanted === undefined ? givenSubject : parseSubject(tool, wanted);
  const config = yield* loadExtensionFile(tool);
  const issuer = yield* issuerFor(tool, subject, publicKey);
  let extensions: Extension[] = [...copied];
  if (config !== undefined) {
    const section = sectionOf(tool, config);
    const issuerKeyId = issuer.certificate === undefined ? keyIdentifier(publicKey) : issuer.certificate.subjectKeyId;
    const made = makeExtensions(tool, config, section, {
      subjectKey: publicKey,
      issuer: issuer.certificate,
      issuerKeyId,
      config,
    });
    if (made === undefined) {
      tool.error(`Error adding extensions from section ${section}`);
      return tool.stop();
    }
    for (const each of made) extensions = addExtension(extensions, each);
  }
  if (tool.modern) extensions = withKeyIds(extensions, publicKey, issuer);
  const serial = yield* serialFor(tool, old, issuer);
  const now = Math.floor(tool.sys.now() / 1000) * 1000;
  const keep = tool.has("preserve_dates") && old !== undefined;
  const der = createCertificate(
    {
      serial,
      issuer: issuer.name,
      subject,
      notBefore: keep ? old.notBefore : (parseDate(tool.value("not_before")) ?? now),
      notAfter: keep
        ? old.notAfter
        : (parseDate(tool.value("not_after")) ?? now + (tool.number("days") ?? 30) * 86_400_000),
      publicKey,
      extensions,
    },
    issuer.key,
    schemeFor(issuer.key, digestOf(tool)),
  );
  return parseCertificate(der);
}

/** From 3.2 on, key identifiers are added where nothing is said of them. */
function withKeyIds(list: readonly Extension[], publicKey: PublicKey, issuer: Issuer): Extension[] {
  const has = (id: string) => list.some((each) => each.id === id);
  const added = [...list];
  if (!has(EXTENSION.subjectKeyId)) added.push(extension.subjectKeyId(keyIdentifier(publicKey)));
  const selfSigned = issuer.certificate === undefined;
  const keyId = issuer.certificate?.subjectKeyId;
  if (!has(EXTENSION.authorityKeyId) && !selfSigned && keyId !== undefined) added.push(extension.authorityKeyId(keyId));
  return added;
}

/** -set_serial, the serial file, or chance. */
function* serialFor(tool: Tool, old: Certificate | undefined, issuer: Issuer): Task<Uint8Array> {
  const given = tool.value("set_serial");
  if (given !== undefined) return serialBytes(given);
  if (issuer.certificate === undefined) return old === undefined ? randomSerial(tool) : bigintToBytes(old.serial);
  const named = tool.value("CAserial");
  if (named === undefined && !tool.has("CAcreateserial")) {
    const usual = (tool.value("CA") as string).replace(/\.[^./]*$/, "");
    if (tool.modern || isErrno(tool.sys.stat(`${usual}.srl`))) return randomSerial(tool);
  }
  const path = named ?? `${(tool.value("CA") as string).replace(/\.[^./]*$/, "")}.srl`;
  const bytes = tool.sys.readFile(path);
  if (isErrno(bytes) && !tool.has("CAcreateserial")) {
    tool.error(`Can't open "${path}" for reading, ${bytes.text}`);
    tool.queueOpen(path, bytes, "r");
    return tool.stop();
  }
  const text = isErrno(bytes) ? toHex(randomSerial(tool)) : decode(bytes).trim();
  if (!/^[0-9A-Fa-f]+$/.test(text)) {
    tool.error(`${tool.name}: Error unable to load number from ${path}`);
    return tool.stop();
  }
  const serial = bigintToBytes(bytesToBigint(fromHex(text.length % 2 === 0 ? text : `0${text}`)) + 1n);
  tool.sys.writeFile(path, `${toHex(serial).toUpperCase()}\n`, { mode: 0o666 });
  return serial;
}

/** How -nameopt wants names written: a base and changes to it. */
function chosenStyle(
  tool: Tool,
): NameStyle & { readonly lines?: boolean; readonly long?: boolean; readonly slash?: boolean } {
  const words = (tool.value("nameopt") ?? "").split(",");
  const has = (...names: string[]) => names.some((name) => words.includes(name));
  let style: ReturnType<typeof chosenStyle> = nameStyle(tool.modern);
  if (has("RFC2253", "rfc2253")) style = NAME_STYLES.rfc2253;
  else if (has("oneline", "ONELINE")) style = NAME_STYLES.openssl30;
  else if (has("multiline")) style = { ...style, lines: true, long: true };
  else if (has("compat")) style = { separator: "/", equals: "=", plus: "/", slash: true };
  else if (words.some((word) => word.startsWith("sep_")) && tool.has("nameopt")) style = { ...style, equals: "=" };
  if (has("sep_comma_plus")) style = { ...style, separator: ",", plus: "+" };
  if (has("sep_comma_plus_space")) style = { ...style, separator: ", ", plus: " + " };
  if (has("sep_semi_plus_space")) style = { ...style, separator: "; ", plus: " + " };
  if (has("sep_multiline")) style = { ...style, lines: true };
  if (has("space_eq")) style = { ...style, equals: " = " };
  if (has("dn_rev")) style = { ...style, reverse: true };
  if (has("lname")) style = { ...style, long: true };
  return style;
}

function labelled(tool: Tool, label: string, name: Name): string {
  const style = chosenStyle(tool);
  if (style.lines && style.long && tool.value("nameopt") === "multiline") return `${label}=\n${multilineName(name)}`;
  if (style.lines) {
    const one = ({ type, value }: Name[number][number]) =>
      `    ${style.long ? longName(type) : shortName(type)}${style.equals}${value}\n`;
    return `${label}=\n${name.flat().map(one).join("")}`;
  }
  const text = formatName(name, style);
  return `${label}=${style.slash && text !== "" ? "/" : ""}${text}\n`;
}

function* show(tool: Tool, certificate: Certificate): Task<number> {
  let out = "";
  let status = 0;
  let hashed = false;
  for (const name of tool.order) {
    const line = property(tool, certificate, name);
    if (name === "hash" || name === "subject_hash") {
      if (hashed) continue;
      hashed = true;
    }
    out += line ?? "";
  }
  const seconds = tool.value("checkend");
  if (seconds !== undefined) {
    const expires = certificate.notAfter < tool.sys.now() + Number(seconds) * 1000;
    out += expires ? "Certificate will expire\n" : "Certificate will not expire\n";
    if (expires) status = 1;
  }
  const host = tool.value("checkhost");
  if (host !== undefined)
    out += `Hostname ${host} does${matchHost(certificate, host) === undefined ? " NOT" : ""} match certificate\n`;
  const address = tool.value("checkip");
  if (address !== undefined)
    out += `IP ${address} does${matchAddress(certificate, address) ? "" : " NOT"} match certificate\n`;
  const mail = tool.value("checkemail");
  if (mail !== undefined)
    out += `Email ${mail} does${emails(certificate).includes(mail) ? "" : " NOT"} match certificate\n`;
  const der = tool.value("outform")?.toLowerCase() === "der";
  if (tool.has("noout")) yield* tool.writeOutput(tool.value("out"), out);
  else if (der) yield* tool.writeOutput(tool.value("out"), certificate.der);
  else yield* tool.writeOutput(tool.value("out"), out + formatPem("CERTIFICATE", certificate.der));
  return status;
}

/** What one of the display options prints. */
function property(tool: Tool, certificate: Certificate, name: string): string | undefined {
  const iso = (tool.value("dateopt") ?? "").startsWith("iso");
  switch (name) {
    case "subject":
      return labelled(tool, "subject", certificate.subject);
    case "issuer":
      return labelled(tool, "issuer", certificate.issuer);
    case "serial":
      return `serial=${serialHex(certificate.serial)}\n`;
    case "next_serial":
      return `${serialHex(certificate.serial + 1n)}\n`;
    case "startdate":
      return `notBefore=${formatTime(certificate.notBefore, iso)}\n`;
    case "enddate":
      return `notAfter=${formatTime(certificate.notAfter, iso)}\n`;
    case "dates":
      return `notBefore=${formatTime(certificate.notBefore, iso)}\nnotAfter=${formatTime(certificate.notAfter, iso)}\n`;
    case "fingerprint": {
      const digest = (tool.value("digest")?.toLowerCase() ?? "sha1") as HashName;
      const label = tool.has("digest") ? (tool.value("digest") as string) : "SHA1";
      return `${label} Fingerprint=${colonHex(hash(digest, certificate.der), true)}\n`;
    }
    case "modulus":
      return `Modulus=${certificate.publicKey?.kind === "rsa" ? certificate.publicKey.n.toString(16).toUpperCase() : "No modulus for this public key type"}\n`;
    case "pubkey":
      return certificate.publicKey === undefined ? "" : formatPem("PUBLIC KEY", encodePublicKey(certificate.publicKey));
    case "hash":
    case "subject_hash":
      return `${nameHash(certificate.subject)}\n`;
    case "issuer_hash":
      return `${nameHash(certificate.issuer)}\n`;
    case "email":
      return emails(certificate)
        .map((mail) => `${mail}\n`)
        .join("");
    case "alias":
      return "<No Alias>\n";
    case "purpose":
      return purposeText(certificate, tool.modern);
    case "text":
      return certificateText(certificate, chosenStyle(tool), new Set((tool.value("certopt") ?? "").split(",")));
    case "ext":
      return extensionsNamed(tool, certificate);
  }
  return undefined;
}

const serialHex = (serial: bigint) => {
  const hex = serial.toString(16).toUpperCase();
  return hex.length % 2 === 0 ? hex : `0${hex}`;
};

function emails(certificate: Certificate): string[] {
  const inName = certificate.subject
    .flat()
    .filter(({ type }) => type === "1.2.840.113549.1.9.1")
    .map(({ value }) => value);
  return [...inName, ...(certificate.altNames ?? []).flatMap((name) => (name.kind === "email" ? [name.value] : []))];
}

/** -ext: the extensions named by their short names. */
function extensionsNamed(tool: Tool, certificate: Certificate): string {
  const wanted = (tool.value("ext") ?? "").split(",");
  const found = certificate.extensions.filter((each) => wanted.includes(shortName(each.id)));
  if (found.length === 0) {
    tool.error("No extensions in certificate");
    return "";
  }
  return found.map((each) => extensionText(each, 0, nameStyle(tool.modern))).join("");
}

/** X509_NAME_hash: SHA-1 of the canonical name, its first four bytes little-endian. */
function nameHash(name: Name): string {
  const canonical = name.map((set) =>
    setOf(
      ...set.map(({ type, value, tag }) =>
        sequence(
          oid(type),
          encodeElement(
            tag === TAG.utf8 || tag === TAG.printable || tag === TAG.ia5 ? TAG.utf8 : tag,
            encode(value.trim().replace(/\s+/g, " ").toLowerCase()),
          ),
        ),
      ),
    ),
  );
  const digest = hash("sha1", concat(canonical));
  return toHex(Uint8Array.from([...digest.subarray(0, 4)].reverse()));
}
