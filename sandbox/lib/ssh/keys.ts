// Keys as OpenSSH writes them: public lines, private key files, fingerprints. Ed25519, RSA and ECDSA on P-256.

import { concat, decode, encode } from "../../kernel/text.ts";
import { bigintToBytes, bytesToBigint } from "../asn1/der.ts";
import { fromBase64, toBase64 } from "../crypto/base64.ts";
import { hash } from "../crypto/hash.ts";
import {
  decodePrivateKey,
  ecKeyFromScalar,
  edKeyFromSeed,
  keyBits,
  type PrivateKey,
  type PublicKey,
  rsaKeyFromPrimes,
} from "../crypto/keys.ts";
import { formatPem, parsePem } from "../crypto/pem.ts";

/** Type names in key files and known_hosts, and what messages call them. */
export const KEY_TYPES: Readonly<Record<string, string>> = {
  "ssh-ed25519": "ED25519",
  "ssh-rsa": "RSA",
  "ecdsa-sha2-nistp256": "ECDSA",
};
const TYPE_OF = { ed25519: "ssh-ed25519", rsa: "ssh-rsa", ec: "ecdsa-sha2-nistp256" } as const;
const CURVE = "nistp256";

/** `ssh-ed25519` and the like. */
export const typeOfKey = (key: PublicKey): string => TYPE_OF[key.kind];

/** `256 … (ED25519)`: size and name of a key for listings. */
export const sizeOfKey = (key: PublicKey): number => (key.kind === "ed25519" ? 256 : keyBits(key));

function word(bytes: Uint8Array | string): Uint8Array {
  const data = typeof bytes === "string" ? encode(bytes) : bytes;
  const out = new Uint8Array(4 + data.length);
  new DataView(out.buffer).setUint32(0, data.length);
  out.set(data, 4);
  return out;
}

/** A positive number: a leading zero where the first bit is set. */
function number(value: bigint): Uint8Array {
  const bytes = bigintToBytes(value);
  return word((bytes[0] ?? 0) > 127 ? concat([Uint8Array.of(0), bytes]) : bytes);
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
export function publicBlob(key: PublicKey): Uint8Array {
  const type = word(typeOfKey(key));
  if (key.kind === "rsa") return concat([type, number(key.e), number(key.n)]);
  return concat(key.kind === "ec" ? [type, word(CURVE), word(key.point)] : [type, word(key.point)]);
}

/** The public key in a blob. */
export function keyOfBlob(blob: Uint8Array): PublicKey | undefined {
  const [type, first, second] = words(blob);
  if (type === undefined || first === undefined) return undefined;
  const name = decode(type);
  if (name === TYPE_OF.ed25519) return first.length === 32 ? { kind: "ed25519", point: first } : undefined;
  if (second === undefined) return undefined;
  if (name === TYPE_OF.ec) return second.length === 65 ? { kind: "ec", curve: "P-256", point: second } : undefined;
  return name === TYPE_OF.rsa ? { kind: "rsa", e: bytesToBigint(first), n: bytesToBigint(second) } : undefined;
}

/** `SHA256:…` of a blob. */
export function fingerprint(blob: Uint8Array): string {
  return `SHA256:${toBase64(hash("sha256", blob)).replace(/=+$/, "")}`;
}

export function publicLine(key: PublicKey, comment: string): string {
  return `${typeOfKey(key)} ${toBase64(publicBlob(key))}${comment === "" ? "" : ` ${comment}`}\n`;
}

export interface PublicEntry {
  readonly blob: Uint8Array;
  readonly comment: string;
}

/** A line of a public key file or of authorized_keys (options before the key are skipped). */
export function parsePublicLine(line: string): PublicEntry | undefined {
  const match = /(?:^|\s)(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp256)\s+([A-Za-z0-9+/=]+)(?:\s+(.*))?$/.exec(
    line.trim(),
  );
  const blob = match === null ? undefined : fromBase64(match[1] as string);
  return blob === undefined ? undefined : { blob, comment: match?.[2] ?? "" };
}

/** What a private key file holds of a key, besides its type. */
function secretWords(key: PrivateKey): Uint8Array[] {
  if (key.kind === "rsa") return [key.n, key.e, key.d, key.qi, key.p, key.q].map(number);
  if (key.kind === "ec") return [word(CURVE), word(key.point), number(bytesToBigint(key.scalar))];
  return [word(key.point), word(concat([key.seed, key.point]))];
}

/** An unencrypted private key file. */
export function privateFile(key: PrivateKey, comment: string, check: Uint8Array): string {
  const inner = concat([check, check, word(typeOfKey(key)), ...secretWords(key), word(comment)]);
  const pad = Uint8Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_, i) => i + 1);
  const count = Uint8Array.of(0, 0, 0, 1);
  const body = concat([
    encode("openssh-key-v1\0"),
    word("none"),
    word("none"),
    word(""),
    count,
    word(publicBlob(key)),
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

/** The key in a private key file, OpenSSH's own or one that openssl wrote; undefined where it is none of ours. */
export function parsePrivateFile(text: string): PrivateKey | undefined {
  const block = parsePem(text)[0];
  const magic = "openssh-key-v1\0";
  if (block === undefined) return undefined;
  const { der } = block;
  if (decode(der.subarray(0, magic.length)) !== magic) {
    try {
      return decodePrivateKey(der);
    } catch {
      return undefined;
    }
  }
  const head = words(der.subarray(magic.length)).slice(0, 3);
  const skip = magic.length + head.reduce((sum, each) => sum + 4 + each.length, 0) + 4;
  const inner = words(der.subarray(skip))[1];
  const [type, first, second, third, , p, q] = inner === undefined ? [] : words(inner.subarray(8));
  if (type === undefined || first === undefined || second === undefined) return undefined;
  const name = decode(type);
  if (name === TYPE_OF.ed25519) return second.length === 64 ? edKeyFromSeed(second.slice(0, 32)) : undefined;
  if (name === TYPE_OF.ec && third !== undefined) return ecKeyFromScalar("P-256", scalar(third));
  if (name === TYPE_OF.rsa && p !== undefined && q !== undefined)
    return rsaKeyFromPrimes(bytesToBigint(p), bytesToBigint(q), bytesToBigint(second));
  return undefined;
}

/** 32 bytes of a number as it was written. */
function scalar(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(32);
  const plain = bytes.slice(-32);
  out.set(plain, 32 - plain.length);
  return out;
}
