// Names from -subj: `/type=value/type=value`, `+` for several in one set, backslashes for escapes.

import { encode } from "../../kernel/text.ts";
import { TAG } from "../../lib/asn1/der.ts";
import type { Attribute, Name } from "../../lib/x509/name.ts";
import { oidOf, shortName } from "../../lib/x509/oids.ts";
import type { Tool } from "./tool.ts";

/** Upper bounds of RFC 5280 that OpenSSL checks. */
const LIMITS: Readonly<Record<string, number>> = {
  "2.5.4.6": 2,
  "2.5.4.3": 64,
  "2.5.4.10": 64,
  "2.5.4.11": 64,
  "2.5.4.7": 128,
  "2.5.4.8": 128,
  "1.2.840.113549.1.9.1": 128,
};

/** The name; stops with OpenSSL's complaint where the text is none. */
export function parseSubject(tool: Tool, text: string): Name {
  const label = tool.name;
  if (!text.startsWith("/")) {
    tool.error(
      `${label}: subject name is expected to be in the format /type0=value0/type1=value1/type2=... where characters may be escaped by \\. This name is not in that format: '${tool.modern || text === "" ? text : text.slice(1)}'`,
    );
    return tool.stop();
  }
  const sets: Attribute[][] = [];
  let joins = false;
  for (let at = 1; at < text.length; ) {
    const equals = text.indexOf("=", at);
    const slash = text.indexOf("/", at);
    if (equals < 0 || (slash >= 0 && slash < equals)) {
      const type = text.slice(at, slash < 0 ? text.length : slash);
      tool.error(`${label}: Missing '=' after RDN type string '${type}' in subject name string`);
      return tool.stop();
    }
    const type = text.slice(at, equals);
    let value = "";
    let i = equals + 1;
    for (; i < text.length && text[i] !== "/" && text[i] !== "+"; i++) {
      if (text[i] === "\\" && i + 1 < text.length) i += 1;
      value += text[i];
    }
    const together = joins;
    joins = text[i] === "+";
    at = i + 1;
    // A number that has no name is no attribute.
    const id = /^[\d.]+$/.test(type) && shortName(type) === type ? undefined : oidOf(type);
    if (id === undefined) {
      tool.error(`${label} warning: Skipping unknown subject name attribute "${type}"`);
      continue;
    }
    if (value === "") {
      tool.error(`${label} warning: No value provided for subject name attribute "${type}", skipped`);
      continue;
    }
    const attribute = makeAttribute(tool, id, type, value);
    if (together && sets.length > 0) (sets.at(-1) as Attribute[]).push(attribute);
    else sets.push([attribute]);
  }
  return sets;
}

/** One attribute with the string type OpenSSL chooses; too long a value stops. */
export function makeAttribute(tool: Tool, id: string, type: string, value: string): Attribute {
  const limit = LIMITS[id];
  const place = "../crypto/asn1/a_mbstr.c";
  if (limit !== undefined && [...value].length > limit) {
    tool.queue("06800097", "ASN1_mbstring_ncopy", "string too long", `${place}:106`, `maxsize=${limit}`);
    tool.error(`${tool.name}: Error adding subject name attribute "/${type}=${value}"`);
    return tool.stop();
  }
  if (id === "2.5.4.6" && value.length < 2) {
    tool.queue("06800098", "ASN1_mbstring_ncopy", "string too short", `${place}:101`, "minsize=2");
    tool.error(`${tool.name}: Error adding subject name attribute "/${type}=${value}"`);
    return tool.stop();
  }
  const tag =
    id === "2.5.4.6" || id === "2.5.4.5" || id === "2.5.4.46"
      ? TAG.printable
      : id === "1.2.840.113549.1.9.1" || id === "0.9.2342.19200300.100.1.25"
        ? TAG.ia5
        : TAG.utf8;
  return { type: id, value, tag: encode(value).length === value.length || tag === TAG.utf8 ? tag : TAG.utf8 };
}
