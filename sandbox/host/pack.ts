// Plain data as text and back: maps, sets and bytes survive. For prebuilt scenes, exports and links; what comes in is checked by `unpack`.

import { decode, encode } from "../kernel/text.ts";
import { fromBase64, toBase64 } from "../lib/crypto/base64.ts";

const MARK = "$";

/**
 * JSON of plain data. Maps, sets, bytes, big integers and frozen values (which copies share) are written as `{"$": kind, …}`;
 * undefined members are left out.
 */
export function pack(value: unknown): string {
  return JSON.stringify(toJson(value, false));
}

/** `shared`: something above is frozen already, and all below it goes with it. */
function toJson(item: unknown, shared: boolean): unknown {
  if (typeof item === "bigint") return { [MARK]: "i", v: String(item) };
  if (typeof item !== "object" || item === null) return item;
  if (item instanceof Uint8Array) return bytesToJson(item);
  const frozen = !shared && Object.isFrozen(item);
  const json = bodyToJson(item, shared || frozen);
  return frozen ? { [MARK]: "f", v: json } : json;
}

function bodyToJson(item: object, shared: boolean): unknown {
  if (Array.isArray(item)) return item.map((each) => toJson(each ?? null, shared));
  if (item instanceof Map)
    return { [MARK]: "m", v: [...item].map(([key, each]) => [toJson(key, shared), toJson(each ?? null, shared)]) };
  if (item instanceof Set) return { [MARK]: "s", v: [...item].map((each) => toJson(each, shared)) };
  const json: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(item)) if (each !== undefined) json[key] = toJson(each, shared);
  return json;
}

function bytesToJson(item: Uint8Array): unknown {
  const text = decode(item);
  return text.isWellFormed() && encode(text).length === item.length
    ? { [MARK]: "t", v: text }
    : { [MARK]: "b", v: toBase64(item) };
}

/** The data behind a packed text. Throws where the text is not one. */
export function unpack(text: string): unknown {
  return fromJson(JSON.parse(text));
}

/** Goes through parsed JSON in place: a reviver of `JSON.parse` does the same at four times the cost. */
function fromJson(item: unknown): unknown {
  if (typeof item !== "object" || item === null) return item;
  const fields = item as Record<string, unknown>;
  for (const key in fields) {
    const each = fields[key];
    if (typeof each === "object" && each !== null) fields[key] = fromJson(each);
  }
  return Object.hasOwn(fields, MARK) ? markedFrom(fields[MARK], fields["v"]) : item;
}

/** A value that JSON has no form for; `v` has been gone through. */
function markedFrom(kind: unknown, v: unknown): unknown {
  if (kind === "f" && typeof v === "object" && v !== null) return Object.freeze(v);
  if (kind === "m" && Array.isArray(v)) return new Map(v as [unknown, unknown][]);
  if (kind === "s" && Array.isArray(v)) return new Set(v);
  if (kind === "t" && typeof v === "string") return encode(v);
  if (kind === "b" && typeof v === "string") return bytesOf(v);
  if (kind === "i" && typeof v === "string") return BigInt(v);
  throw new Error("this is not a packed value");
}

function bytesOf(text: string): Uint8Array {
  const bytes = fromBase64(text);
  if (bytes === undefined) throw new Error("this is not base64");
  return bytes;
}
