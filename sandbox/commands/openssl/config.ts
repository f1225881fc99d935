// OpenSSL's configuration files: sections, values with $variables, and extensions written as text.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import {
  encodeElement,
  explicit,
  fromHex,
  integer,
  latin1,
  octetString,
  oid,
  sequence,
  TAG,
} from "../../lib/asn1/der.ts";
import type { PublicKey } from "../../lib/crypto/keys.ts";
import { extension, keyIdentifier } from "../../lib/x509/build.ts";
import { type Certificate, type Extension, KEY_USAGES, type KeyUsage } from "../../lib/x509/certificate.ts";
import { type GeneralName, parseAddress } from "../../lib/x509/general-name.ts";
import { encodeName } from "../../lib/x509/name.ts";
import { oidOf } from "../../lib/x509/oids.ts";
import type { Tool } from "./tool.ts";

/** section → name → value, in order; the part before the first section is `default`. */
export type Config = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** A line that is none, with its number and words. */
interface ConfigProblem {
  readonly line: number;
  /** What is left of the line; undefined where a section's bracket is not closed. */
  readonly rest: string | undefined;
}

export function parseConfig(text: string): Config | ConfigProblem {
  const config = new Map<string, Map<string, string>>([["default", new Map()]]);
  let section = config.get("default") as Map<string, string>;
  let number = 0;
  for (const raw of text.replace(/\\\r?\n/g, "").split(/\r?\n/)) {
    number += 1;
    const line = raw.replace(/(^|\s)#.*$/, "").trim();
    const head = /^\[\s*(.*?)\s*\]$/.exec(line);
    if (head !== null) {
      const name = head[1] as string;
      section = config.get(name) ?? new Map();
      config.set(name, section);
      continue;
    }
    if (line === "") continue;
    if (line.startsWith("[")) return { line: number, rest: undefined };
    const at = line.indexOf("=");
    if (at <= 0 || /\s/.test(line.slice(0, at).trim()))
      return { line: number, rest: line.replace(/^[\w.;:-]+\s*/, "") };
    const value = line
      .slice(at + 1)
      .trim()
      .replace(/^"(.*)"$/, "$1");
    section.set(line.slice(0, at).trim(), expand(config, section, value));
  }
  return config;
}

function expand(config: Config, section: ReadonlyMap<string, string>, value: string): string {
  return value.replace(
    /\$(?:\{([^}]+)\}|\(([^)]+)\)|(\w+(?:::\w+)?))/g,
    (_, one?: string, two?: string, three?: string) => {
      const [name = "", inner] = (one ?? two ?? three ?? "").split("::").reverse();
      return (
        (inner === undefined ? section.get(name) : config.get(inner)?.get(name)) ??
        config.get("default")?.get(name) ??
        ""
      );
    },
  );
}

/** A configuration file; stops with the complaint where it cannot be read. */
export function* readConfig(tool: Tool, path: string): Task<Config> {
  const bytes = yield* tool.readAll(path);
  if (isErrno(bytes)) {
    tool.cannotOpen(path, bytes, "r");
    return tool.stop();
  }
  const config = parseConfig(decode(bytes));
  if (!("line" in config)) return config;
  tool.error(`${tool.name}: Error on line ${config.line} of config file "${path}"`);
  const open = config.rest === undefined;
  tool.queue(
    open ? "07000064" : "07000065",
    "def_load_bio",
    open ? "missing close square bracket" : "missing equal sign",
    `../crypto/conf/conf_def.c:${open ? 366 : 459}`,
    `${open ? "" : `HERE-->${config.rest}`}line ${config.line}`,
  );
  return tool.stop();
}

/** The tool without its voice, to learn whether something would fail. */
export function silenced(tool: Tool): Tool {
  return Object.create(tool, { queue: { value: () => {} }, error: { value: () => {} } }) as Tool;
}

/** The values of a section that may be missing. */
export function lookUp(config: Config | undefined, section: string, name: string): string | undefined {
  return config?.get(section)?.get(name) ?? config?.get("default")?.get(name);
}

/** Whom extensions speak of. */
export interface ExtensionContext {
  readonly subjectKey: PublicKey | undefined;
  /** The issuer's certificate; the subject itself where it signs itself (then `issuerKeyId` is told). */
  readonly issuer: Certificate | undefined;
  readonly issuerKeyId: Uint8Array | undefined;
  readonly config: Config | undefined;
}

const bad = (tool: Tool, section: string, name: string, value: string): undefined => {
  tool.queue(
    "11000080",
    "X509V3_EXT_nconf_int",
    "error in extension",
    "../crypto/x509/v3_conf.c:48",
    `section=${section}, name=${name}, value=${value}`,
  );
  return undefined;
};

/** One extension from its text; undefined: complained. */
export function makeExtension(
  tool: Tool,
  section: string,
  name: string,
  value: string,
  context: ExtensionContext,
): Extension | "none" | undefined {
  const id = oidOf(name);
  if (id === undefined) {
    tool.queue("11000082", "do_ext_nconf", "unknown extension name", "../crypto/x509/v3_conf.c:88");
    return bad(tool, section, name, value);
  }
  const critical = /^critical\s*(,|$)/.test(value);
  const text = critical ? value.replace(/^critical\s*,?\s*/, "") : value;
  const made = encodeValue(tool, name, id, text, context);
  if (made === undefined) return bad(tool, section, name, value);
  return made === "none" ? made : { id, critical, value: made };
}

const words = (text: string) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

function encodeValue(
  tool: Tool,
  name: string,
  id: string,
  text: string,
  context: ExtensionContext,
): Uint8Array | "none" | undefined {
  if (text.startsWith("DER:")) return fromHex(text.slice(4).replaceAll(":", ""));
  if (text.startsWith("ASN1:"))
    return text.startsWith("ASN1:UTF8String:")
      ? encodeElement(TAG.utf8, encode(text.slice(16)))
      : encodeElement(TAG.null);
  switch (name) {
    case "basicConstraints":
      return basicConstraints(tool, text);
    case "keyUsage":
      return keyUsage(tool, text);
    case "extendedKeyUsage":
      return extendedKeyUsage(tool, text);
    case "subjectAltName":
    case "issuerAltName":
      return altNames(tool, text, context);
    case "subjectKeyIdentifier":
      if (text === "none") return "none";
      if (text === "hash")
        return context.subjectKey === undefined ? "none" : octetString(keyIdentifier(context.subjectKey));
      return octetString(fromHex(text.replaceAll(":", "")));
    case "authorityKeyIdentifier":
      return authorityKeyId(text, context);
    case "nsComment":
      return encodeElement(TAG.ia5, latin1(text));
    case "nsCertType": {
      const bits = ["client", "server", "email", "objsign", "reserved", "sslCA", "emailCA", "objCA"];
      const set = words(text).reduce((sum, word) => sum | (bits.includes(word) ? 0x80 >> bits.indexOf(word) : 0), 0);
      return encodeElement(TAG.bitString, Uint8Array.of(set === 0 ? 0 : Math.log2(set & -set), set));
    }
    case "certificatePolicies":
      return sequence(...words(text).map((word) => sequence(oid(oidOf(word) ?? "2.5.29.32.0"))));
    case "crlDistributionPoints":
    case "authorityInfoAccess":
      return accessPoints(name, text);
    case "nameConstraints": {
      const of = (kind: string) =>
        words(text)
          .filter((word) => word.startsWith(`${kind};`))
          .map((word) => nameConstraint(word.slice(kind.length + 1)));
      const [permitted, excluded] = [of("permitted"), of("excluded")];
      return sequence(
        ...(permitted.length > 0 ? [encodeElement(0xa0, ...permitted)] : []),
        ...(excluded.length > 0 ? [encodeElement(0xa1, ...excluded)] : []),
      );
    }
  }
  tool.queue("11000083", "do_ext_nconf", "unknown extension", "../crypto/x509/v3_conf.c:82", `name=${name}`);
  return id === "" ? "none" : undefined;
}

function nameConstraint(text: string): Uint8Array {
  const [kind = "", value = ""] = text.split(/:(.*)/s);
  if (kind !== "IP")
    return sequence(encodeElement(kind === "email" ? 0x81 : kind === "URI" ? 0x86 : 0x82, latin1(value)));
  const [address = "", mask = ""] = value.split("/");
  return sequence(
    encodeElement(0x87, parseAddress(address) ?? new Uint8Array(4), parseAddress(mask) ?? new Uint8Array(4)),
  );
}

function basicConstraints(tool: Tool, text: string): Uint8Array | undefined {
  let isCa = false;
  let pathLength: number | undefined;
  for (const word of words(text)) {
    const [key = "", value = ""] = word.split(":");
    if (key === "CA" && /^(true|TRUE|y|Y|yes|YES)$/.test(value)) isCa = true;
    else if (key === "CA" && /^(false|FALSE|n|N|no|NO)$/.test(value)) isCa = false;
    else if (key === "pathlen" && /^\d+$/.test(value)) pathLength = Number(value);
    else if (key === "pathlen") {
      const data = `name=${key}, value=${value}`;
      tool.queue("11000064", "s2i_ASN1_INTEGER", "bn dec2bn error", "../crypto/x509/v3_utl.c:233", data);
      return undefined;
    } else {
      tool.queue(
        key === "CA" ? "11000068" : "1100006A",
        key === "CA" ? "X509V3_get_value_bool" : "v2i_BASIC_CONSTRAINTS",
        key === "CA" ? "invalid boolean string" : "invalid name",
        key === "CA" ? "../crypto/x509/v3_utl.c:291" : "../crypto/x509/v3_bcons.c:76",
        `name=${key}${value === "" ? "" : `, value=${value}`}`,
      );
      return undefined;
    }
  }
  return extension.basicConstraints(isCa, false, pathLength).value;
}

const USAGE_WORDS: Readonly<Record<string, KeyUsage>> = {
  "Digital Signature": "digitalSignature",
  "Non Repudiation": "nonRepudiation",
  contentCommitment: "nonRepudiation",
  "Key Encipherment": "keyEncipherment",
  "Data Encipherment": "dataEncipherment",
  "Key Agreement": "keyAgreement",
  "Certificate Sign": "keyCertSign",
  "CRL Sign": "cRLSign",
};

function keyUsage(tool: Tool, text: string): Uint8Array | undefined {
  const usages: KeyUsage[] = [];
  for (const word of words(text)) {
    const usage = KEY_USAGES.find((name) => name === word) ?? USAGE_WORDS[word];
    if (usage === undefined) {
      tool.queue(
        "1100006F",
        "v2i_ASN1_BIT_STRING",
        "unknown bit string argument",
        "../crypto/x509/v3_bitst.c:82",
        word,
      );
      return undefined;
    }
    usages.push(usage);
  }
  return extension.keyUsage(usages, false).value;
}

function extendedKeyUsage(tool: Tool, text: string): Uint8Array | undefined {
  const ids: string[] = [];
  for (const word of words(text)) {
    const id = oidOf(word);
    if (id === undefined) {
      tool.queue("04000067", "OBJ_txt2obj", "unknown object name", "../crypto/objects/obj_dat.c:435");
      tool.queue(
        "1100006E",
        "v2i_EXTENDED_KEY_USAGE",
        "invalid object identifier",
        "../crypto/x509/v3_extku.c:118",
        word,
      );
      return undefined;
    }
    ids.push(id);
  }
  return extension.extendedKeyUsage(ids).value;
}

function altNames(tool: Tool, text: string, context: ExtensionContext): Uint8Array | undefined {
  const names: GeneralName[] = [];
  const pairs: [string, string][] = [];
  for (const word of words(text)) {
    if (word.startsWith("@")) {
      const section = context.config?.get(word.slice(1));
      if (section === undefined) {
        tool.queue(
          "11000069",
          "do_ext_nconf",
          "invalid extension string",
          "../crypto/x509/v3_conf.c:102",
          `name=subjectAltName,section=${word}`,
        );
        return undefined;
      }
      pairs.push(...section);
    } else {
      const at = word.indexOf(":");
      pairs.push(at < 0 ? [word, ""] : [word.slice(0, at), word.slice(at + 1)]);
    }
  }
  for (const [key, value] of pairs) {
    const kind = key.replace(/\..*$/, "").trim();
    if (kind === "IP") {
      const bytes = parseAddress(value.trim());
      if (bytes === undefined) {
        tool.queue("11000076", "a2i_GENERAL_NAME", "bad ip address", "../crypto/x509/v3_san.c:549", `value=${value}`);
        return undefined;
      }
      names.push({ kind: "ip", bytes });
    } else if (value === "") {
      tool.queue("1100007C", "v2i_GENERAL_NAME_ex", "missing value", "../crypto/x509/v3_san.c:604");
      return undefined;
    } else if (kind === "DNS") names.push({ kind: "dns", value });
    else if (kind === "URI") names.push({ kind: "uri", value });
    else if (kind === "email") names.push({ kind: "email", value });
    else if (kind === "RID") names.push({ kind: "rid", value });
    else {
      tool.queue(
        "11000075",
        "v2i_GENERAL_NAME_ex",
        "unsupported option",
        "../crypto/x509/v3_san.c:623",
        `name=${kind}`,
      );
      return undefined;
    }
  }
  return extension.altNames(names).value;
}

function authorityKeyId(text: string, context: ExtensionContext): Uint8Array | "none" | undefined {
  if (text === "none") return "none";
  const wanted = words(text);
  const keyId = wanted.some((word) => word.startsWith("keyid")) ? context.issuerKeyId : undefined;
  const issuer = wanted.some((word) => word === "issuer:always") || (keyId === undefined && wanted.includes("issuer"));
  if (keyId !== undefined && !issuer) return extension.authorityKeyId(keyId).value;
  const { issuer: certificate } = context;
  if (certificate === undefined || !issuer) return keyId === undefined ? "none" : extension.authorityKeyId(keyId).value;
  const serial = integer(certificate.serial);
  return sequence(
    ...(keyId === undefined ? [] : [encodeElement(0x80, keyId)]),
    encodeElement(0xa1, explicit(4, encodeName(certificate.issuer))),
    encodeElement(0x82, serial.subarray(2)),
  );
}

function accessPoints(name: string, text: string): Uint8Array {
  if (name === "crlDistributionPoints") {
    return sequence(
      ...words(text).map((word) =>
        sequence(explicit(0, encodeElement(0xa0, encodeElement(0x86, latin1(word.replace(/^URI:/, "")))))),
      ),
    );
  }
  return sequence(
    ...words(text).map((word) => {
      const [method = "", rest = ""] = word.split(/;(.*)/s);
      return sequence(
        oid(method === "OCSP" ? "1.3.6.1.5.5.7.48.1" : "1.3.6.1.5.5.7.48.2"),
        encodeElement(0x86, latin1(rest.replace(/^URI:/, ""))),
      );
    }),
  );
}

/** Puts an extension among others, in the place of one with the same identifier. */
export function addExtension(list: readonly Extension[], added: Extension): Extension[] {
  const at = list.findIndex((each) => each.id === added.id);
  return at < 0 ? [...list, added] : list.map((each, i) => (i === at ? added : each));
}

/** All of a section; undefined: complained. */
export function makeExtensions(
  tool: Tool,
  config: Config,
  section: string,
  context: ExtensionContext,
): Extension[] | undefined {
  let made: Extension[] = [];
  for (const [name, value] of config.get(section) ?? []) {
    const one = makeExtension(tool, section, name, value, context);
    if (one === undefined) return undefined;
    if (one !== "none") made = addExtension(made, one);
  }
  return made;
}
