// Plain data as text and back: maps, sets and bytes survive. For prebuilt scenes, exports and links; what comes in is checked by `unpack`.

import { decode, encode } from "../kernel/text.ts";
import { fromBase64, toBase64 } from "../lib/crypto/base64.ts";

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
    if (kind === "b" && typeof v === "string") return bytesOf(v);
    if (kind === "i" && typeof v === "string") return BigInt(v);
    throw new Error("this is not a packed value");
  });
}

function bytesOf(text: string): Uint8Array {
  const bytes = fromBase64(text);
  if (bytes === undefined) throw new Error("this is not base64");
  return bytes;
}
