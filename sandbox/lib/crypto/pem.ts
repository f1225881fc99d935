// PEM armour: reading blocks out of any text, and writing them.

import { fromBase64, toBase64 } from "./base64.ts";

export interface PemBlock {
  /** What stands behind BEGIN, such as CERTIFICATE. */
  readonly label: string;
  readonly der: Uint8Array;
  /** RFC 1421 headers of old encrypted keys, such as `DEK-Info`. */
  readonly headers: ReadonlyMap<string, string>;
  /** Set where the text between the lines is not base64; `der` is empty then. */
  readonly bad?: true;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[ \t]*\r?\n([\s\S]*?)-----END \1-----/g;

/** All blocks in order; other text is skipped. */
export function parsePem(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  for (const [, label = "", body = ""] of text.matchAll(BLOCK)) {
    const split = /^((?:[A-Za-z-]+: .*\r?\n)+)\r?\n([\s\S]*)$/.exec(body);
    const headers = new Map<string, string>();
    for (const [, name = "", value = ""] of (split?.[1] ?? "").matchAll(/^([A-Za-z-]+): (.*?)\r?$/gm))
      headers.set(name, value);
    const der = fromBase64(split?.[2] ?? body);
    blocks.push(der === undefined ? { label, der: new Uint8Array(0), headers, bad: true } : { label, der, headers });
  }
  return blocks;
}

export function formatPem(label: string, der: Uint8Array, headers: readonly string[] = []): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? [];
  const head = headers.length === 0 ? "" : `${headers.join("\n")}\n\n`;
  return `-----BEGIN ${label}-----\n${head}${lines.join("\n")}\n-----END ${label}-----\n`;
}
