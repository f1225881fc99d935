// Keys as OpenSSH writes them: public lines, private key files, fingerprints. Ed25519 only.

import { concat, decode, encode } from "../../kernel/text.ts";
import { fromBase64, toBase64 } from "../crypto/base64.ts";
import { hash } from "../crypto/hash.ts";
import { type EdPrivateKey, edKeyFromSeed } from "../crypto/keys.ts";
import { formatPem, parsePem } from "../crypto/pem.ts";

const TYPE = "ssh-ed25519";

function word(bytes: Uint8Array | string): Uint8Array {
  const data = typeof bytes === "string" ? encode(bytes) : bytes;
  const out = new Uint8Array(4 + data.length);
  new DataView(out.buffer).setUint32(0, data.length);
  out.set(data, 4);
  return out;
}

/** The words of an SSH string list. */
function words(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = view.getUint32(at);
    found.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return found;
}

/** The blob that stands, in base64, in public key files. */
export function publicBlob(publicKey: Uint8Array): Uint8Array {
  return concat([word(TYPE), word(publicKey)]);
}

/** The 32 bytes of a public key in a blob. */
export function keyOfBlob(blob: Uint8Array): Uint8Array | undefined {
  const [type, key] = words(blob);
  return type !== undefined && decode(type) === TYPE && key?.length === 32 ? key : undefined;
}

/** `SHA256:…` of a blob. */
export function fingerprint(blob: Uint8Array): string {
  return `SHA256:${toBase64(hash("sha256", blob)).replace(/=+$/, "")}`;
}

export function publicLine(publicKey: Uint8Array, comment: string): string {
  return `${TYPE} ${toBase64(publicBlob(publicKey))}${comment === "" ? "" : ` ${comment}`}\n`;
}

export interface PublicEntry {
  readonly blob: Uint8Array;
  readonly comment: string;
}

/** A line of a public key file or of authorized_keys (options before the key are skipped). */
export function parsePublicLine(line: string): PublicEntry | undefined {
  const match = /(?:^|\s)ssh-ed25519\s+([A-Za-z0-9+/=]+)(?:\s+(.*))?$/.exec(line.trim());
  const blob = match === null ? undefined : fromBase64(match[1] as string);
  return blob === undefined ? undefined : { blob, comment: match?.[2] ?? "" };
}

/** An unencrypted private key file. */
export function privateFile(key: EdPrivateKey, comment: string, check: Uint8Array): string {
  const { seed, point: publicKey } = key;
  const inner = concat([check, check, word(TYPE), word(publicKey), word(concat([seed, publicKey])), word(comment)]);
  const pad = Uint8Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_, i) => i + 1);
  const count = Uint8Array.of(0, 0, 0, 1);
  const body = concat([
    encode("openssh-key-v1\0"),
    word("none"),
    word("none"),
    word(""),
    count,
    word(publicBlob(publicKey)),
    word(concat([inner, pad])),
  ]);
  return formatPem("OPENSSH PRIVATE KEY", body).replace(/[\s\S]*/, (text) => rewrap(text));
}

/** OpenSSH breaks base64 after 70 characters. */
function rewrap(pem: string): string {
  const lines = pem.trimEnd().split("\n");
  const body = lines.slice(1, -1).join("");
  return `${[lines[0], ...(body.match(/.{1,70}/g) ?? []), lines.at(-1)].join("\n")}\n`;
}

/** The key in a private key file; undefined where it is none of ours. */
export function parsePrivateFile(text: string): EdPrivateKey | undefined {
  const der = parsePem(text)[0]?.der;
  const magic = "openssh-key-v1\0";
  if (der === undefined || decode(der.subarray(0, magic.length)) !== magic) return undefined;
  const head = words(der.subarray(magic.length)).slice(0, 3);
  const skip = magic.length + head.reduce((sum, each) => sum + 4 + each.length, 0) + 4;
  const inner = words(der.subarray(skip))[1];
  if (inner === undefined) return undefined;
  const secret = words(inner.subarray(8))[2];
  return secret?.length === 64 ? edKeyFromSeed(secret.slice(0, 32)) : undefined;
}
