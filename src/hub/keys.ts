// Keys, ids and room codes: unguessable, kept as hashes, compared in constant time.

import { createHash, randomBytes, randomInt, timingSafeEqual } from "node:crypto";

export type KeyKind = "learner" | "instructor";

/** Without I, L, O, U: read aloud and typed without doubt. */
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** 80 bits, as 16 small letters and digits. Not a secret: ids may stand in addresses and logs. */
export function createId(): string {
  return Array.from(randomBytes(16), (byte) => (letters[byte % 32] ?? "0").toLowerCase()).join("");
}

/** 40 bits as `XXXX-XXXX`. */
export function createCode(): string {
  const code = Array.from({ length: 8 }, () => letters[randomInt(32)]).join("");
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

/** A typed code as it is kept: capitals, the letters that look like digits as digits, one dash. */
export function readCode(typed: string): string {
  const code = typed
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, "")
    .replaceAll("O", "0")
    .replaceAll(/[IL]/g, "1");
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

/** A key of a person: `kci_ID_SECRET` or `kcl_ID_SECRET` with 256 secret bits. Only its hash is kept. */
export function createKey(kind: KeyKind, id: string): { readonly key: string; readonly hash: string } {
  const key = `kc${kind === "instructor" ? "i" : "l"}_${id}_${randomBytes(32).toString("base64url")}`;
  return { key, hash: hashKey(key) };
}

/** Whose key it says it is; undefined where it is no key of the hub. */
export function readKey(key: string): { readonly kind: KeyKind; readonly id: string } | undefined {
  const match = /^kc([il])_([a-z0-9]{8,32})_[\w-]{43}$/.exec(key);
  if (match === null) return undefined;
  return { kind: match[1] === "i" ? "instructor" : "learner", id: match[2] ?? "" };
}

/** The secret has 256 random bits: a plain hash tells nothing of it. */
export function hashKey(key: string): string {
  return createHash("sha256").update(key).digest("base64url");
}

/** Whether a key has the kept hash, in a time that does not tell how much of it is right. */
export function fitsHash(key: string, hash: string): boolean {
  return sameText(hashKey(key), hash);
}

/** Compares two secrets of any length in constant time. */
export function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
