// req: certificate requests and self-signed certificates.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import { encodeElement, fromLatin1, oid, sequence, setOf, TAG } from "../../lib/asn1/der.ts";
import { type HashName, isHashName } from "../../lib/crypto/hash.ts";
import { encodePublicKey, type PrivateKey, publicKeyOf, samePublicKey } from "../../lib/crypto/keys.ts";
import { formatPem } from "../../lib/crypto/pem.ts";
import { schemeFor } from "../../lib/crypto/sign.ts";
import { createCertificate, createRequest, keyIdentifier } from "../../lib/x509/build.ts";
import {
  type Certificate,
  type CertificateRequest,
  type Extension,
  isSignedBy,
  parseRequest,
} from "../../lib/x509/certificate.ts";
import { formatName, type Name } from "../../lib/x509/name.ts";
import { oidOf } from "../../lib/x509/oids.ts";
import {
  addExtension,
  type Config,
  type ExtensionContext,
  lookUp,
  makeExtension,
  makeExtensions,
  parseConfig,
  readConfig,
  silenced,
} from "./config.ts";
import { createEc, createKey, createRsa, curveNamed, formatKey, progressText } from "./keys.ts";
import { loadCertificate, loadKey, loadRequest } from "./load.ts";
import { chosenStyle } from "./name-options.ts";
import { requestText } from "./print.ts";
import { makeAttribute, parseSubject } from "./subject.ts";
import { parseDate, type Subcommand, type Tool } from "./tool.ts";

/** Debian's openssl.cnf, as far as `req` reads it. */
const DEFAULT_CONFIG = `[ req ]
distinguished_name = req_distinguished_name
attributes = req_attributes
x509_extensions = v3_ca
[ req_distinguished_name ]
countryName = Country Name (2 letter code)
countryName_default = AU
stateOrProvinceName = State or Province Name (full name)
stateOrProvinceName_default = Some-State
localityName = Locality Name (eg, city)
0.organizationName = Organization Name (eg, company)
0.organizationName_default = Internet Widgits Pty Ltd
organizationalUnitName = Organizational Unit Name (eg, section)
commonName = Common Name (e.g. server FQDN or YOUR name)
emailAddress = Email Address
[ req_attributes ]
challengePassword = A challenge password
unstructuredName = An optional company name
[ v3_ca ]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always,issuer
basicConstraints = critical,CA:true
[ v3_req ]
basicConstraints = CA:FALSE
keyUsage = nonRepudiation, digitalSignature, keyEncipherment
`;

/** The digest of -sha256 and its like; stops where it is none of ours. */
export function digestOf(tool: Tool): HashName {
  const name = tool.value("digest")?.toLowerCase() ?? "sha256";
  if (isHashName(name)) return name;
  tool.error(`${tool.name}: -${name} is not modelled in this sandbox`);
  return tool.stop();
}

function* loadConfig(tool: Tool): Task<Config> {
  const path = tool.value("config") ?? tool.sys.env.OPENSSL_CONF;
  return path === undefined ? (parseConfig(DEFAULT_CONFIG) as Config) : yield* readConfig(tool, path);
}

export const req: Subcommand = {
  options:
    "help in: inform: out: outform: new newkey: key: keyform: keyout: nodes noenc subj: addext: config: extensions: reqexts: x509 x509v1 days: set_serial: text noout subject verify pubkey modulus passin: passout: batch utf8 nameopt: reqopt: multivalue-rdn verbose quiet pkeyopt: CA: CAkey: copy_extensions: section: not_before: not_after: provider: sigopt: rand: newhdr asn1-kludge no-asn1-kludge",
  digests: true,
  *run(tool) {
    const days = tool.value("days");
    if (days !== undefined && Number(days) <= 0)
      return tool.refuse(`Non-positive number "${days}" for option -days`) ? 0 : 1;
    const config = yield* loadConfig(tool);
    const makes = tool.has("new") || tool.has("newkey") || (tool.has("x509") && !tool.has("in")) || tool.has("precert");
    if (!makes) return yield* showRequest(tool, yield* loadRequest(tool, tool.value("in"), "X509 request"), undefined);
    const checked = checkAdded(tool, config);
    if (checked !== undefined) return checked;
    const key = yield* keyFor(tool, config);
    const subject = yield* subjectFor(tool, config);
    if (tool.has("x509")) return yield* selfSigned(tool, config, key, subject.name);
    const extensions = wantedExtensions(
      tool,
      config,
      tool.value("reqexts") ?? tool.value("extensions") ?? lookUp(config, "req", "req_extensions"),
      { subjectKey: publicKeyOf(key), issuer: undefined, issuerKeyId: undefined, config },
    );
    if (extensions === undefined) return 1;
    const der = createRequest(subject.name, key, extensions, schemeFor(key, digestOf(tool)), subject.attributes);
    return yield* showRequest(tool, parseRequest(der), der);
  },
};

/** -addext is tried before anything else is done. */
function checkAdded(tool: Tool, config: Config): number | undefined {
  const seen = new Set<string>();
  for (const text of tool.all("addext")) {
    const { name, value } = splitPair(text);
    if (value === undefined) {
      tool.error("Parse error on -addext: missing '='");
      return 1;
    }
    if (seen.has(name)) {
      tool.error(`Duplicate extension name: ${name}`);
      return 1;
    }
    seen.add(name);
    const before = makeExtension(silenced(tool), "default", name, value, {
      subjectKey: undefined,
      issuer: undefined,
      issuerKeyId: undefined,
      config,
    });
    if (before !== undefined) continue;
    tool.error("Error checking extensions defined using -addext");
    makeExtension(tool, "default", name, value, {
      subjectKey: undefined,
      issuer: undefined,
      issuerKeyId: undefined,
      config,
    });
    return 1;
  }
  return undefined;
}

function splitPair(text: string): { name: string; value: string | undefined } {
  const at = text.indexOf("=");
  return at < 0
    ? { name: text, value: undefined }
    : { name: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
}

/** The key of -key, or a new one, written to -keyout. */
function* keyFor(tool: Tool, config: Config): Task<PrivateKey> {
  const path = tool.value("key");
  if (path !== undefined) return yield* loadKey(tool, path, "private key");
  const [kind = "rsa", detail = ""] = (
    tool.value("newkey") ?? `rsa:${lookUp(config, "req", "default_bits") ?? "2048"}`
  ).split(":");
  const out = tool.value("keyout") ?? lookUp(config, "req", "default_keyfile");
  if (kind.toLowerCase() === "rsa" && !/^\d*$/.test(detail)) {
    const missing = yield* tool.readAll(detail);
    tool.error(`Cannot open parameter file ${detail}`);
    if (isErrno(missing)) tool.queueOpen(detail, missing, "r");
    return tool.stop();
  }
  let key: PrivateKey;
  if (kind.toLowerCase() === "rsa" || /^\d+$/.test(kind))
    key = yield* createRsa(tool, Number(detail || (/^\d+$/.test(kind) ? kind : "2048")));
  else if (kind.toLowerCase() === "ec") {
    const fromOption = tool.value("pkeyopt")?.replace(/^ec_paramgen_curve:/, "");
    const curve = curveNamed(fromOption ?? detail);
    if (curve !== undefined) key = createEc(tool, curve);
    else {
      tool.error("Error generating key");
      key = tool.stop();
    }
  } else key = yield* createKey(tool, kind, tool.all("pkeyopt"));
  if (!tool.has("quiet")) tool.errorText(progressText(key));
  const plain = tool.has("nodes") || tool.has("noenc") || lookUp(config, "req", "encrypt_key") === "no";
  tool.checkWritable(out ?? "privkey.pem");
  const text = yield* formatKey(tool, key, false, plain ? undefined : "aes256");
  yield* tool.writeOutput(out ?? "privkey.pem", text, true);
  tool.error("-----");
  return key;
}

interface Subject {
  readonly name: Name;
  readonly attributes: readonly Uint8Array[];
}

function* subjectFor(tool: Tool, config: Config): Task<Subject> {
  const given = tool.value("subj");
  if (given !== undefined)
    return { name: parseSubject(tool, tool.has("utf8") ? given : fromLatin1(encode(given))), attributes: [] };
  const section = lookUp(config, "req", "distinguished_name") ?? "";
  const fields = [...(config.get(section) ?? [])];
  if (lookUp(config, "req", "prompt") === "no") {
    const sets = fields.flatMap(([key, value]) => {
      const type = key.replace(/^\d+\./, "").replace(/^[^.]*\.(?=\w)/, "");
      const id = oidOf(type) ?? oidOf(key);
      return id === undefined || value === "" ? [] : [[makeAttribute(tool, id, type, value)]];
    });
    if (sets.length === 0) {
      tool.error("Error: No objects specified in config file");
      tool.error("Error making certificate request");
      return tool.stop();
    }
    return { name: sets, attributes: [] };
  }
  return yield* askSubject(tool, config, fields);
}

/** The questions of an interactive request. */
function* askSubject(tool: Tool, config: Config, fields: readonly (readonly [string, string])[]): Task<Subject> {
  tool.errorText(
    "You are about to be asked to enter information that will be incorporated\ninto your certificate request.\nWhat you are about to enter is what is called a Distinguished Name or a DN.\nThere are quite a few fields but you can leave some blank\nFor some fields there will be a default value,\nIf you enter '.', the field will be left blank.\n-----\n",
  );
  const lines = createLines(tool);
  const values = new Map(fields);
  const sets: Name[number][] = [];
  for (const [key, question] of fields) {
    if (/_(default|min|max|value)$/.test(key)) continue;
    const type = key.replace(/^\d+\./, "");
    const id = oidOf(type);
    if (id === undefined) continue;
    const preset = values.get(`${key}_default`) ?? "";
    const answer = yield* lines(`${question} [${preset}]:`);
    if (answer === undefined) {
      tool.error("Error making certificate request");
      return tool.stop();
    }
    const value = answer === "" ? preset : answer === "." ? "" : answer;
    if (value !== "") sets.push([makeAttribute(tool, id, type, value)]);
  }
  const attributes: Uint8Array[] = [];
  const extra = [...(config.get(lookUp(config, "req", "attributes") ?? "") ?? [])].filter(
    ([key]) => !/_(default|min|max)$/.test(key),
  );
  if (extra.length > 0 && !tool.has("x509"))
    tool.errorText("\nPlease enter the following 'extra' attributes\nto be sent with your certificate request\n");
  for (const [key, question] of tool.has("x509") ? [] : extra) {
    const answer = yield* lines(`${question} []:`);
    const id = oidOf(key);
    if (answer && answer !== "." && id !== undefined)
      attributes.push(sequence(oid(id), setOf(encodeElement(TAG.utf8, encode(answer)))));
  }
  if (sets.length === 0) {
    tool.error("Error: No objects specified in config file");
    return tool.stop();
  }
  return { name: sets, attributes };
}

/** Asks a question on stderr and reads a line from stdin. */
function createLines(tool: Tool): (prompt: string) => Task<string | undefined> {
  let rest = "";
  return function* (prompt) {
    tool.errorText(prompt);
    yield* tool.flush();
    while (!rest.includes("\n")) {
      const part = yield* tool.sys.read(0);
      if (isErrno(part) || part.length === 0) return rest === "" ? undefined : rest;
      rest += decode(part);
    }
    const at = rest.indexOf("\n");
    const line = rest.slice(0, at);
    rest = rest.slice(at + 1);
    return line;
  };
}

/** Extensions of a section and of -addext; undefined: complained. */
function wantedExtensions(
  tool: Tool,
  config: Config,
  section: string | undefined,
  context: ExtensionContext,
): Extension[] | undefined {
  if (section !== undefined && !config.has(section)) {
    tool.error(`Error checking ${tool.has("x509") ? "x509" : "request"} extension section ${section}`);
    return undefined;
  }
  let list = section === undefined ? [] : makeExtensions(tool, config, section, context);
  if (list === undefined) {
    tool.error(`Error adding ${tool.has("x509") ? "x509" : "request"} extensions from section ${section}`);
    return undefined;
  }
  for (const text of tool.all("addext")) {
    const { name, value = "" } = splitPair(text);
    const made = makeExtension(tool, "default", name, value, context);
    if (made === undefined) return undefined;
    if (made !== "none") list = addExtension(list, made);
  }
  return list;
}

/** A serial number of 20 random bytes, positive. */
export function randomSerial(tool: Tool): Uint8Array {
  const bytes = tool.sys.random(20);
  bytes[0] = (bytes[0] ?? 0) & 0x7f || 1;
  return bytes;
}

function* selfSigned(tool: Tool, config: Config, key: PrivateKey, subject: Name): Task<number> {
  const caFile = tool.value("CA");
  if (caFile !== undefined && tool.has("key") && tool.modern)
    tool.error("Warning: Not using -key or -newkey for signing since -CA option is given");
  const ca: Certificate | undefined =
    caFile === undefined ? undefined : yield* loadCertificate(tool, caFile, "issuer certificate");
  const caKey = ca === undefined ? key : yield* loadKey(tool, tool.value("CAkey") ?? caFile, "issuer private key");
  const publicKey = publicKeyOf(key);
  if (ca !== undefined && (ca.publicKey === undefined || !samePublicKey(ca.publicKey, publicKeyOf(caKey)))) {
    tool.error("Issuer CA certificate and key do not match");
    return 1;
  }
  const section = tool.value("extensions") ?? lookUp(config, "req", "x509_extensions");
  const context: ExtensionContext = {
    subjectKey: publicKey,
    issuer: ca,
    issuerKeyId: ca === undefined ? keyIdentifier(publicKey) : ca.subjectKeyId,
    config,
  };
  const extensions = tool.has("x509v1") ? [] : wantedExtensions(tool, config, section, context);
  if (extensions === undefined) return 1;
  const now = Math.floor(tool.sys.now() / 1000) * 1000;
  const serial = tool.value("set_serial");
  const der = createCertificate(
    {
      serial: serial === undefined ? randomSerial(tool) : serialBytes(serial),
      issuer: ca?.subject ?? subject,
      subject,
      notBefore: parseDate(tool.value("not_before")) ?? now,
      notAfter: parseDate(tool.value("not_after")) ?? now + (tool.number("days") ?? 30) * 86_400_000,
      publicKey,
      extensions,
    },
    caKey,
    schemeFor(caKey, digestOf(tool)),
  );
  const pem = tool.has("noout") ? "" : formatPem("CERTIFICATE", der);
  yield* tool.writeOutput(tool.value("out"), tool.value("outform")?.toLowerCase() === "der" ? der : pem);
  return 0;
}

/** Decimal or 0x hexadecimal. */
export function serialBytes(text: string): Uint8Array {
  const value = BigInt(/^(0x)?[0-9a-fA-F]+$/.test(text) ? text : 0);
  const hex = value.toString(16);
  return Uint8Array.from((hex.length % 2 === 0 ? hex : `0${hex}`).match(/../g) ?? [], (byte) =>
    Number.parseInt(byte, 16),
  );
}

function* showRequest(tool: Tool, request: CertificateRequest, made: Uint8Array | undefined): Task<number> {
  const style = chosenStyle(tool);
  let out = "";
  let status = 0;
  if (tool.has("verify")) {
    const ok = isSignedBy(request, request.publicKey);
    if (ok && tool.modern) out += "Certificate request self-signature verify OK\n";
    else if (ok) tool.error("Certificate request self-signature verify OK");
    else tool.error("Certificate request self-signature verify failure");
    if (!ok) status = 1;
  }
  for (const name of tool.order) {
    if (name === "subject") out += `subject=${formatName(request.subject, style)}\n`;
    if (name === "modulus")
      out +=
        request.publicKey?.kind === "rsa"
          ? `Modulus=${request.publicKey.n.toString(16).toUpperCase()}\n`
          : "Modulus=Wrong Algorithm type\n";
    if (name === "pubkey" && request.publicKey !== undefined)
      out += formatPem("PUBLIC KEY", encodePublicKey(request.publicKey));
  }
  if (tool.has("text")) out = requestText(request, style) + out;
  const der = tool.value("outform")?.toLowerCase() === "der";
  if (!tool.has("noout") && !der) out += formatPem("CERTIFICATE REQUEST", request.der);
  yield* tool.writeOutput(tool.value("out"), der && !tool.has("noout") ? (made ?? request.der) : out);
  return status;
}
