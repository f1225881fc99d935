// Plain data as text and back: maps, sets and bytes survive. For prebuilt scenes, exports and links; what comes in is checked by `unpack`.

import { decode, encode } from "../kernel/text.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const MARK = "$";

/** JSON of plain data. Maps, sets, bytes and big integers are written as `{"$": kind, …}`; undefined members are left out. */
export function pack(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === "object" && item !== null
      ? mark(item)
      : typeof item === "bigint"
        ? { [MARK]: "i", v: String(item) }
        : item,
  );
}

function mark(item: object): unknown {
  if (item instanceof Map) return { [MARK]: "m", v: [...item] };
  if (item instanceof Set) return { [MARK]: "s", v: [...item] };
  if (item instanceof Uint8Array) {
    const text = decode(item);
    return text.isWellFormed() && encode(text).length === item.length
      ? { [MARK]: "t", v: text }
      : { [MARK]: "b", v: toBase64(item) };
  }
  return item;
}

/** The data behind a packed text. Throws where the text is not one. */
export function unpack(text: string): unknown {
  return JSON.parse(text, (_, item: unknown) => {
    if (typeof item !== "object" || item === null || !Object.hasOwn(item, MARK)) return item;
    const { [MARK]: kind, v } = item as { [MARK]: unknown; v: unknown };
    if (kind === "m" && Array.isArray(v)) return new Map(v as [unknown, unknown][]);
    if (kind === "s" && Array.isArray(v)) return new Set(v);
    if (kind === "t" && typeof v === "string") return encode(v);
    if (kind === "b" && typeof v === "string") return fromBase64(v);
    if (kind === "i" && typeof v === "string") return BigInt(v);
    throw new Error("this is not a packed value");
  });
}

export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += `${ALPHABET[word >> 18]}${ALPHABET[(word >> 12) & 63]}`;
    text += i + 1 < bytes.length ? ALPHABET[(word >> 6) & 63] : "=";
    text += i + 2 < bytes.length ? ALPHABET[word & 63] : "=";
  }
  return text;
}

/** Bytes of a base64 text; throws where a character is none of its own. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const clean = text.replace(/=+$/, "");
  const bytes = new Uint8Array(Math.floor((clean.length * 3) / 4));
  let word = 0;
  let bits = 0;
  let at = 0;
  for (const char of clean) {
    const value = ALPHABET.indexOf(char);
    if (value < 0) throw new Error("this is not base64");
    word = (word << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (word >> bits) & 0xff;
      word &= (1 << bits) - 1;
    }
  }
  return bytes;
}
