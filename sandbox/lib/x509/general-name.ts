// GeneralName: the entries of subjectAltName. Addresses are kept as their bytes and written as each tool writes them.

import {
  children,
  type Element,
  encodeElement,
  explicit,
  fromLatin1,
  latin1,
  oid,
  readElement,
  readOid,
  sequence,
} from "../asn1/der.ts";
import { encodeName, type Name, parseName } from "./name.ts";

export type GeneralName =
  | { readonly kind: "dns" | "email" | "uri"; readonly value: string }
  | { readonly kind: "ip"; readonly bytes: Uint8Array }
  | { readonly kind: "directory"; readonly name: Name }
  | { readonly kind: "rid"; readonly value: string }
  | { readonly kind: "other"; readonly der: Uint8Array };

export function parseGeneralNames(list: Element): GeneralName[] {
  return children(list).map((element): GeneralName => {
    switch (element.tag) {
      case 0x81:
        return { kind: "email", value: fromLatin1(element.body) };
      case 0x82:
        return { kind: "dns", value: fromLatin1(element.body) };
      case 0x86:
        return { kind: "uri", value: fromLatin1(element.body) };
      case 0x87:
        return { kind: "ip", bytes: element.body };
      case 0xa4:
        return { kind: "directory", name: parseName(readElement(element.body)) };
      case 0x88:
        return { kind: "rid", value: readOid({ ...element, tag: 6 }) };
    }
    return { kind: "other", der: element.der };
  });
}

export function encodeGeneralNames(names: readonly GeneralName[]): Uint8Array<ArrayBuffer> {
  return sequence(...names.map(encodeGeneralName));
}

function encodeGeneralName(name: GeneralName): Uint8Array {
  switch (name.kind) {
    case "email":
      return encodeElement(0x81, latin1(name.value));
    case "dns":
      return encodeElement(0x82, latin1(name.value));
    case "uri":
      return encodeElement(0x86, latin1(name.value));
    case "ip":
      return encodeElement(0x87, name.bytes);
    case "directory":
      return explicit(4, encodeName(name.name));
    case "rid":
      return encodeElement(0x88, oid(name.value).subarray(2));
    case "other":
      return name.der;
  }
}

/** Bytes of an IPv4 or IPv6 address in text, or undefined. */
export function parseAddress(text: string): Uint8Array<ArrayBuffer> | undefined {
  const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (four !== null) {
    const bytes = four.slice(1).map(Number);
    return bytes.every((byte) => byte < 256) ? Uint8Array.from(bytes) : undefined;
  }
  if (!text.includes(":") || !/^[0-9a-fA-F:.]+$/.test(text)) return undefined;
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const last = tail === null ? undefined : parseAddress(tail[2] ?? "");
  if (tail !== null && last === undefined) return undefined;
  const hex = (byte = 0) => byte.toString(16).padStart(2, "0");
  const plain = last === undefined ? text : `${tail?.[1]}${hex(last[0])}${hex(last[1])}:${hex(last[2])}${hex(last[3])}`;
  const [front = "", back, more] = plain.split("::");
  if (more !== undefined) return undefined;
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const [left, right] = [groups(front), groups(back ?? "")];
  const missing = 8 - left.length - right.length;
  if (back === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...left, ...Array.from({ length: back === undefined ? 0 : missing }, () => "0"), ...right];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return Uint8Array.from(all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]));
}

/** OpenSSL's way: dotted, or eight groups of hex in capitals without any shortening. */
export function formatAddressFull(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.length !== 16) return "<invalid>";
  return groupsOf(bytes)
    .map((group) => group.toString(16).toUpperCase())
    .join(":");
}

/** Go's and RFC 5952's way: the longest run of zeros becomes `::`. */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length !== 16) return bytes.join(".");
  const groups = groupsOf(bytes);
  let [best, size] = [-1, 1];
  for (let from = 0; from < 8; from++) {
    let run = 0;
    while (from + run < 8 && groups[from + run] === 0) run += 1;
    if (run > size) [best, size] = [from, run];
  }
  const text = (list: number[]) => list.map((group) => group.toString(16)).join(":");
  return best < 0 ? text(groups) : `${text(groups.slice(0, best))}::${text(groups.slice(best + size))}`;
}

function groupsOf(bytes: Uint8Array): number[] {
  return Array.from({ length: 8 }, (_, i) => (bytes[i * 2] ?? 0) * 256 + (bytes[i * 2 + 1] ?? 0));
}
