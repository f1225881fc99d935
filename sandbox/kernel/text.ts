// Text and bytes. Linux passes bytes; programs here work on strings. A byte that is not UTF-8 becomes a lone
// surrogate U+DC80..U+DCFF and turns back into the same byte, so nothing is lost on the way through.

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
/** Short texts are written here first: an array of their own for each is slower to come by than a copy. */
const desk = new Uint8Array(12_288);

/** Bytes to text; never fails, and `encode` gives the same bytes back. */
export function decode(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeLoosely(bytes);
  }
}

/** Text to bytes: UTF-8, with U+DC80..U+DCFF standing for single bytes. */
export function encode(text: string): Uint8Array<ArrayBuffer> {
  if (!text.isWellFormed()) return encodeLoosely(text);
  // No code unit makes more than three bytes.
  return text.length * 3 <= desk.length ? desk.slice(0, encoder.encodeInto(text, desk).written) : encoder.encode(text);
}

/** Length of the UTF-8 sequence that starts at `at`, or 0 where there is no valid one. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  for (let i = 1; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1] ?? 0;
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second >= 0xa0) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  if (first === 0xf4 && second >= 0x90) return 0;
  return length;
}

function decodeLoosely(bytes: Uint8Array): string {
  const parts: string[] = [];
  let clean = 0;
  for (let i = 0; i < bytes.length; ) {
    const length = sequenceLength(bytes, i);
    if (length > 0) {
      i += length;
      continue;
    }
    if (i > clean) parts.push(strict.decode(bytes.subarray(clean, i)));
    parts.push(String.fromCharCode(0xdc00 + (bytes[i] ?? 0)));
    i += 1;
    clean = i;
  }
  if (bytes.length > clean) parts.push(strict.decode(bytes.subarray(clean)));
  return parts.join("");
}

function encodeLoosely(text: string): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let clean = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00) {
      const next = text.charCodeAt(i + 1);
      if (next >= 0xdc00 && next < 0xe000) i += 1;
      continue;
    }
    if (unit < 0xdc80 || unit > 0xdcff) continue;
    if (i > clean) parts.push(encoder.encode(text.slice(clean, i)));
    parts.push(Uint8Array.of(unit - 0xdc00));
    clean = i + 1;
  }
  if (text.length > clean) parts.push(encoder.encode(text.slice(clean)));
  return concat(parts);
}

/** One array out of many. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let size = 0;
  for (const part of parts) size += part.length;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
