// x509: showing, checking and signing certificates.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { bigintToBytes, bytesToBigint, fromHex, toHex } from "../../lib/asn1/der.ts";
import { hash } from "../../lib/crypto/hash.ts";
import {
  encodePublicKey,
  type PrivateKey,
  type PublicKey,
  publicKeyBits,
  publicKeyOf,
  samePublicKey,
} from "../../lib/crypto/keys.ts";
import { formatPem } from "../../lib/crypto/pem.ts";
import { schemeFor } from "../../lib/crypto/sign.ts";
import { createCertificate, createRequest, extension, keyIdentifier } from "../../lib/x509/build.ts";
import {
  type Certificate,
  EXTENSION,
  type Extension,
  isSignedBy,
  parseCertificate,
} from "../../lib/x509/certificate.ts";
import { parseAddress } from "../../lib/x509/general-name.ts";
import { encodeName, formatName, type Name } from "../../lib/x509/name.ts";
import { shortName } from "../../lib/x509/oids.ts";
import { certificateEmails, matchAddress, matchHost } from "../../lib/x509/verify-openssl.ts";
import { addExtension, type Config, makeExtensions, readConfig, silenced } from "./config.ts";
import { loadCertificate, loadKey, loadRequest } from "./load.ts";
import { nameHash, oldNameHash } from "./name-hash.ts";
import { checkNameOptions, chosenStyle, labelled } from "./name-options.ts";
import { certificateText, colonHex, extensionText, formatTime, nameStyle, purposeText } from "./print.ts";
import { digestOf, randomSerial, serialBytes } from "./req.ts";
import { parseSubject } from "./subject.ts";
import { parseDate, type Subcommand, type Tool } from "./tool.ts";

export const x509: Subcommand = {
  options:
    "help in: inform: out: outform: noout text subject issuer serial next_serial dates startdate enddate fingerprint modulus pubkey hash subject_hash issuer_hash subject_hash_old issuer_hash_old email ocsp_uri ocspid purpose ext: alias trustout C checkend: checkhost: checkip: checkemail: nameopt: dateopt: certopt: req x509toreq new CA: CAkey: CAform: CAkeyform: CAcreateserial CAserial: set_serial: days: extfile: extensions: copy_extensions: clrext signkey: key: keyform: passin: force_pubkey: subj: set_subject: set_issuer: preserve_dates not_before: not_after: sigopt: badsig multi provider: vfyopt:",
  digests: true,
  *run(tool) {
    const wrong = refused(tool);
    if (wrong) return 1;
    const config = yield* loadExtensionFile(tool);
    const certificate = yield* subjectCertificate(tool, config);
    return yield* show(tool, certificate);
  },
};

/** What -certopt takes: parts that are left out, and how unknown extensions are shown. */
const CERTIFICATE_PARTS =
  /^-?(?:compatible|ca_default|no_(?:header|version|serial|signame|validity|subject|issuer|pubkey|extensions|sigdump|aux|attributes)|ext_(?:default|error|parse|dump))$/;
const CA_DEFAULT = "no_header,no_version,no_issuer,no_pubkey";

/** Options that are checked before any file is opened. */
function refused(tool: Tool): boolean {
  if (!checkNameOptions(tool)) return true;
  const date = tool.value("dateopt");
  if (date !== undefined && !/^(rfc_822|iso_8601)$/i.test(date)) {
    tool.error(`Invalid date format: ${date}`);
    return true;
  }
  const shown = tool.value("certopt")?.split(",") ?? [];
  if (shown.some((word) => !CERTIFICATE_PARTS.test(word))) {
    tool.error("x509: Use -help for summary.");
    return true;
  }
  if ((tool.number("days") ?? 0) < -1) {
    tool.error("x509: -days parameter arg must be >= -1");
    return true;
  }
  if (tool.has("CAkey") && !tool.has("CA")) tool.error("Warning: ignoring -CAkey option since -CA option is not given");
  return false;
}

/** The certificate of -in, or the one that -req, -signkey or -CA make. */
function* subjectCertificate(tool: Tool, config: Config | undefined): Task<Certificate> {
  if (tool.has("req")) {
    const request = yield* loadRequest(tool, tool.value("in"), "certificate request input");
    if (!isSignedBy(request, request.publicKey)) {
      tool.error("Certificate request self-signature did not match the contents");
      return tool.stop();
    }
    tool.error("Certificate request self-signature ok");
    tool.error(`subject=${formatName(request.subject, nameStyle(tool.modern))}`);
    const copied = /^copy(all)?$/.test(tool.value("copy_extensions") ?? "") ? request.extensions : [];
    return yield* issue(tool, request.subject, request.publicKey as PublicKey, copied, undefined, config);
  }
  if (tool.has("new")) {
    const key = yield* loadKey(
      tool,
      tool.value("force_pubkey") ?? tool.value("key") ?? tool.value("signkey"),
      "private key",
    );
    return yield* issue(tool, [], publicKeyOf(key), [], undefined, config);
  }
  const certificate = yield* loadCertificate(tool, tool.value("in"), "certificate");
  if (tool.has("x509toreq") || (!tool.has("CA") && !tool.has("signkey") && !tool.has("key"))) return certificate;
  const kept = tool.has("clrext") ? [] : certificate.extensions;
  return yield* issue(tool, certificate.subject, certificate.publicKey as PublicKey, kept, certificate, config);
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
    if (path === undefined && tool.has("CAkey")) {
      // Nobody signs, and what is then written is no certificate.
      tool.error("Unable to write certificate");
      tool.queue("068000DE", "asn1_template_ex_i2d", "illegal zero content", "../crypto/asn1/tasn_enc.c:371");
      tool.queue("0488000D", "PEM_ASN1_write_bio_internal", "ASN1 lib", "../crypto/pem/pem_lib.c:356");
      return tool.stop();
    }
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
  config: Config | undefined,
): Task<Certificate> {
  const wanted = tool.value("subj") ?? tool.value("set_subject");
  const subject = wanted === undefined ? givenSubject : parseSubject(tool, wanted);
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
  if (tool.modern && !keep && (tool.number("days") ?? 30) < 0) {
    tool.error("Error: end date before start date");
    return tool.stop();
  }
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
    tool.error(tool.modern ? `${path}: ${bytes.text}` : `Can't open "${path}" for reading, ${bytes.text}`);
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
  const told = (what: string, given: string | undefined, matches: boolean, known = true) => {
    if (given === undefined) return;
    // Nonsense is neither a match nor none, and the text asks for none only.
    out += `${what} ${given} does${matches || !known ? "" : " NOT"} match certificate\n`;
    if (!matches && tool.modern) status = 1;
  };
  const host = tool.value("checkhost");
  told("Hostname", host, host !== undefined && matchHost(certificate, host) !== undefined);
  const address = tool.value("checkip") ?? "";
  told("IP", tool.value("checkip"), matchAddress(certificate, address), parseAddress(address) !== undefined);
  const mail = tool.value("checkemail");
  told("Email", mail, mail !== undefined && certificateEmails(certificate).includes(mail));
  if (tool.has("x509toreq")) {
    const path = tool.value("signkey") ?? tool.value("key");
    if (path === undefined) {
      tool.error("Must specify request signing key using -key");
      return 1;
    }
    const key = yield* loadKey(tool, path, "private key");
    const request = createRequest(certificate.subject, key, [], schemeFor(key, digestOf(tool)), []);
    yield* tool.writeOutput(
      tool.value("out"),
      out + (tool.has("noout") ? "" : formatPem("CERTIFICATE REQUEST", request)),
    );
    return status;
  }
  const der = tool.value("outform")?.toLowerCase() === "der";
  if (tool.has("noout") || (tool.modern && tool.has("checkend"))) yield* tool.writeOutput(tool.value("out"), out);
  else if (der) yield* tool.writeOutput(tool.value("out"), certificate.der);
  else
    yield* tool.writeOutput(
      tool.value("out"),
      out + formatPem(tool.has("trustout") ? "TRUSTED CERTIFICATE" : "CERTIFICATE", certificate.der),
    );
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
      const digest = tool.has("digest") ? digestOf(tool) : "sha1";
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
    case "subject_hash_old":
      return `${oldNameHash(certificate.subject)}\n`;
    case "issuer_hash_old":
      return `${oldNameHash(certificate.issuer)}\n`;
    case "email":
      return certificateEmails(certificate)
        .map((mail) => `${mail}\n`)
        .join("");
    case "alias":
      return "<No Alias>\n";
    case "ocspid": {
      const digest = (bytes: Uint8Array) => toHex(hash("sha1", bytes)).toUpperCase();
      const key = certificate.publicKey === undefined ? new Uint8Array(0) : publicKeyBits(certificate.publicKey);
      return `        Subject OCSP hash: ${digest(encodeName(certificate.subject))}\n        Public key OCSP hash: ${digest(key)}\n`;
    }
    case "purpose":
      return purposeText(certificate, tool.modern);
    case "text":
      return certificateText(
        certificate,
        chosenStyle(tool),
        new Set((tool.value("certopt") ?? "").replace(/\bca_default\b/, CA_DEFAULT).split(",")),
      );
    case "ext":
      return extensionsNamed(tool, certificate);
  }
  return undefined;
}

const serialHex = (serial: bigint) => {
  const hex = serial.toString(16).toUpperCase();
  return hex.length % 2 === 0 ? hex : `0${hex}`;
};

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
