// The one code format: whatever travels by link, paste, QR code or file is versioned, compressed, checksummed, limited in size, and checked before use.

/** What a code may carry. */
export type CodeKind = "start" | "machine" | "session" | "drill" | "exam" | "progress" | "result";

const kinds: readonly string[] = [
  "start",
  "machine",
  "session",
  "drill",
  "exam",
  "progress",
  "result",
] satisfies CodeKind[];

/** `kc1`: the first version of the format. */
const format = "kc1";
/** The longest code that is looked at, and the longest text that may come out of one (characters). */
const longestCode = 4_000_000;
const longestText = 40_000_000;

export type Decoded =
  | { readonly ok: true; readonly kind: CodeKind; readonly value: unknown }
  /** Why, as the end of a sentence: "it was cut off or changed on the way". */
  | { readonly ok: false; readonly why: string };

/**
 * A value as a code: `kc1-KIND-DATA-SUM`, letters, digits, `_` and `-` alone, so that it can stand behind the # of a link.
 * DATA is the value's JSON, deflated, in base64url; SUM is the CRC-32 of all before it, in eight hexadecimal digits.
 */
export async function encodeCode(kind: CodeKind, value: unknown): Promise<string> {
  const stream = new Blob([JSON.stringify(value)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const data = toBase64Url(new Uint8Array(await new Response(stream).arrayBuffer()));
  const body = `${format}-${kind}-${data}`;
  return `${body}-${checksum(body)}`;
}

/** What a code carries; white space that a mail program put into it does not matter. The value's owner checks what is inside. */
export async function decodeCode(text: string): Promise<Decoded> {
  if (text.length > longestCode) return { ok: false, why: "it is too long" };
  const code = text.replaceAll(/\s+/g, "").replace(/^.*#/, "");
  const match = /^(kc\d+)-([a-z]+)-([\w-]*)-([0-9a-f]{8})$/.exec(code);
  if (match === null)
    return {
      ok: false,
      why: code.startsWith("kc") ? "it was cut off or changed on the way" : "it is not a code of this course",
    };
  const [, version, kind, data, sum] = match as unknown as [string, string, string, string, string];
  if (version !== format) return { ok: false, why: "it was made by a newer version of the course" };
  if (checksum(`${version}-${kind}-${data}`) !== sum) return { ok: false, why: "it was cut off or changed on the way" };
  if (!kinds.includes(kind)) return { ok: false, why: `this version of the course does not know what "${kind}" is` };
  try {
    return { ok: true, kind: kind as CodeKind, value: JSON.parse(await inflate(fromBase64Url(data))) };
  } catch {
    return { ok: false, why: "what is inside cannot be read" };
  }
}

/** Text out of deflated bytes; stops where it grows past all reason. */
async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const reader = new Blob([bytes])
    .stream()
    .pipeThrough(new DecompressionStream("deflate-raw"))
    .pipeThrough(new TextDecoderStream("utf-8", { fatal: true }))
    .getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += value;
    if (text.length > longestText) throw new Error("too long");
  }
}

function toBase64Url(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}

/** CRC-32 as in zip files and PNG pictures, of a text of ASCII characters. */
function checksum(text: string): string {
  let crc = 0xffffffff;
  for (let at = 0; at < text.length; at++) {
    crc ^= text.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (~crc >>> 0).toString(16).padStart(8, "0");
}
