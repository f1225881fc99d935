// Distinguished names: DER to data and back, and the ways OpenSSL 3.0, 3.5, curl and Go write them.

import { decode, encode } from "../../kernel/text.ts";
import {
  children,
  type Element,
  encodeElement,
  expectTag,
  fromLatin1,
  oid,
  readOid,
  sequence,
  setOf,
  TAG,
} from "../asn1/der.ts";
import { shortName } from "./oids.ts";

export interface Attribute {
  /** Dotted object identifier. */
  readonly type: string;
  readonly value: string;
  /** String type the value was, or is to be, written with. */
  readonly tag: number;
}

/** Relative distinguished names in order; each nearly always holds one attribute. */
export type Name = readonly (readonly Attribute[])[];

export const COMMON_NAME = "2.5.4.3";
export const ORGANIZATION = "2.5.4.10";

export function parseName(element: Element): Name {
  return children(expectTag(element, TAG.sequence)).map((set) =>
    children(expectTag(set, TAG.set)).map((pair) => {
      const [type, value] = children(pair);
      return { type: readOid(type), value: textOf(value), tag: value?.tag ?? TAG.utf8 };
    }),
  );
}

function textOf(element: Element | undefined): string {
  if (element === undefined) return "";
  if (element.tag === TAG.utf8) return decode(element.body);
  if (element.tag !== TAG.bmp) return fromLatin1(element.body);
  let text = "";
  for (let i = 0; i + 1 < element.body.length; i += 2)
    text += String.fromCharCode((element.body[i] ?? 0) * 256 + (element.body[i + 1] ?? 0));
  return text;
}

export function encodeName(name: Name): Uint8Array<ArrayBuffer> {
  return sequence(
    ...name.map((set) =>
      setOf(...set.map(({ type, value, tag }) => sequence(oid(type), encodeElement(tag, encode(value))))),
    ),
  );
}

/** A name of plain attributes, such as `[["O", …], ["CN", …]]` by dotted type, in UTF-8 (PrintableString where `go` and it fits). */
export function createName(attributes: readonly (readonly [type: string, value: string])[], go = false): Name {
  const tag = (value: string) => (go && /^[A-Za-z0-9 '()+,\-./:=?*&]*$/.test(value) ? TAG.printable : TAG.utf8);
  return attributes.map(([type, value]) => [{ type, value, tag: type === "2.5.4.6" ? TAG.printable : tag(value) }]);
}

/** Go's pkix.Name for a subject of a Kubernetes identity: organizations in one set, then the common name. */
export function createGoName(commonName: string, organizations: readonly string[] = []): Name {
  const plain = createName(
    [...organizations.map((value) => [ORGANIZATION, value] as const), [COMMON_NAME, commonName]],
    true,
  );
  const groups = plain.slice(0, -1).flat();
  const last = commonName === "" ? [] : plain.slice(-1);
  return groups.length === 0 ? last : [groups, ...last];
}

export function attributeValues(name: Name, type: string): string[] {
  return name.flat().flatMap((attribute) => (attribute.type === type ? [attribute.value] : []));
}

/** The last common name, which is the one Go and OpenSSL take. */
export function commonName(name: Name): string | undefined {
  return attributeValues(name, COMMON_NAME).at(-1);
}

export function sameName(one: Name, other: Name): boolean {
  return canonical(one) === canonical(other);
}

function canonical(name: Name): string {
  return name.map((set) => set.map(({ type, value }) => `${type}=${value}`).join("+")).join("\n");
}

/** How to write a name in one line. */
export interface NameStyle {
  readonly separator: string;
  readonly equals: string;
  readonly plus: string;
  readonly reverse?: boolean;
  readonly escape?: (value: string) => string;
}

/** RFC 2253 escapes, and UTF-8 bytes above ASCII as \XX, which OpenSSL's default (and curl's) way does. */
function escape2253(value: string): string {
  let text = "";
  const bytes = encode(value);
  for (const [i, byte] of bytes.entries()) {
    const letter = String.fromCharCode(byte);
    const edge = (i === 0 && (letter === " " || letter === "#")) || (i === bytes.length - 1 && letter === " ");
    if (byte < 0x20 || byte > 0x7e) text += `\\${byte.toString(16).padStart(2, "0").toUpperCase()}`;
    else text += edge || ',+"\\<>;'.includes(letter) ? `\\${letter}` : letter;
  }
  return text;
}

/** `oneline` with quotes, as the default of `openssl x509 -subject` writes values with special letters. */
function escapeQuoted(value: string): string {
  const special = /[,+"\\<>;]|^[ #]| $/.test(value);
  const escaped = escape2253(value).replace(/\\([,+<>; #])/g, "$1");
  return special && !/["\\]/.test(value) ? `"${escaped}"` : escape2253(value);
}

export const NAME_STYLES = {
  /** OpenSSL 3.2 and later. */
  openssl35: { separator: ", ", equals: "=", plus: " + ", escape: escapeQuoted },
  /** OpenSSL up to 3.1. */
  openssl30: { separator: ", ", equals: " = ", plus: " + ", escape: escapeQuoted },
  /** curl -v. */
  curl: { separator: "; ", equals: "=", plus: "; ", escape: escape2253 },
  rfc2253: { separator: ",", equals: "=", plus: "+", reverse: true, escape: escape2253 },
} as const satisfies Record<string, NameStyle>;

export function formatName(name: Name, style: NameStyle): string {
  const quote = style.escape ?? ((value: string) => value);
  const sets = name.map((set) =>
    set.map(({ type, value }) => `${shortName(type)}${style.equals}${quote(value)}`).join(style.plus),
  );
  return (style.reverse ? sets.reverse() : sets).join(style.separator);
}
