// Base64 as RFC 4648 has it, and its form for URLs and tokens; nothing of files or lines.

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** Letter code → value; 255 where a letter is foreign. */
const VALUES = new Uint8Array(128).fill(255);
for (let value = 0; value < 64; value++) VALUES[ALPHABET.charCodeAt(value)] = value;

export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const left = bytes.length - i;
    text += ALPHABET.charAt(group >> 18) + ALPHABET.charAt((group >> 12) & 63);
    text += left > 1 ? ALPHABET.charAt((group >> 6) & 63) : "=";
    text += left > 2 ? ALPHABET.charAt(group & 63) : "=";
  }
  return text;
}

/** Bytes, or undefined where a letter is foreign or the length is wrong. White space is skipped. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(Math.ceil((text.length * 3) / 4));
  let size = 0;
  let group = 0;
  let count = 0;
  let padding = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || code === 13 || code === 32 || code === 9) continue;
    if (code === 61) {
      padding += 1;
      continue;
    }
    const value = VALUES[code] ?? 255;
    if (value === 255 || padding > 0) return undefined;
    group = (group << 6) | value;
    count += 1;
    if (count % 4 !== 0) continue;
    bytes[size++] = group >> 16;
    bytes[size++] = group >> 8;
    bytes[size++] = group;
  }
  if ((count + padding) % 4 !== 0 || padding > 2) return undefined;
  if (padding > 0) bytes[size++] = padding === 1 ? group >> 10 : group >> 4;
  if (padding === 1) bytes[size++] = group >> 2;
  return bytes.subarray(0, size);
}

/** The URL-safe form, without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Bytes of the URL-safe form, padded or not; undefined as `fromBase64` says. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  return fromBase64(text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (text.length % 4)) % 4));
}
