// Passwords of /etc/shadow: crypt(3) with SHA-512 (`$6$salt$hash`), as passwd, su, sudo, sshd and polkit check them.

import { isErrno } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";
import { concat, decode, encode } from "../kernel/text.ts";
import { hash } from "./crypto/hash.ts";

const ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const sha512 = (bytes: Uint8Array): Uint8Array => hash("sha512", bytes);
const ROUNDS = 5000;

/** The first `length` bytes of `block` repeated. */
function stretch(block: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  for (let i = 0; i < length; i++) out[i] = block[i % block.length] as number;
  return out;
}

function encode64(digest: Uint8Array): string {
  let text = "";
  const put = (a: number, b: number, c: number, count: number) => {
    let value = (a << 16) | (b << 8) | c;
    for (let i = 0; i < count; i++) {
      text += ALPHABET[value & 63];
      value >>= 6;
    }
  };
  // The byte order that crypt(3) chose: three interleaved thirds, rotating.
  for (let i = 0; i < 21; i++) {
    const triple = [digest[i], digest[i + 21], digest[i + 42]] as [number, number, number];
    const turn = i % 3;
    put(triple[turn] as number, triple[(turn + 1) % 3] as number, triple[(turn + 2) % 3] as number, 4);
  }
  put(0, 0, digest[63] as number, 2);
  return text;
}

/** `$6$salt$hash` of a password. */
export function hashPassword(password: string, salt: string): string {
  const key = encode(password);
  const seasoning = encode(salt.slice(0, 16));
  const inner = sha512(concat([key, seasoning, key]));
  const parts: Uint8Array[] = [key, seasoning, stretch(inner, key.length)];
  for (let bits = key.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? inner : key);
  let digest = sha512(concat(parts));
  const p = stretch(sha512(concat(Array.from({ length: key.length }, () => key))), key.length);
  const s = stretch(
    sha512(concat(Array.from({ length: 16 + (digest[0] as number) }, () => seasoning))),
    seasoning.length,
  );
  for (let round = 0; round < ROUNDS; round++) {
    const odd = round % 2 === 1;
    const list: Uint8Array[] = [odd ? p : digest];
    if (round % 3 !== 0) list.push(s);
    if (round % 7 !== 0) list.push(p);
    list.push(odd ? digest : p);
    digest = sha512(concat(list));
  }
  return `$6$${salt.slice(0, 16)}$${encode64(digest)}`;
}

/** Whether a user has this password. Needs the rights to read /etc/shadow. */
export function checkPassword(sys: Sys, user: string, password: string): boolean {
  const bytes = sys.readFile("/etc/shadow");
  if (isErrno(bytes)) return false;
  const row = decode(bytes)
    .split("\n")
    .find((line) => line.startsWith(`${user}:`));
  const hash = row?.split(":")[1] ?? "";
  const match = /^\$6\$([^$]+)\$/.exec(hash);
  return match !== null && hashPassword(password, match[1] as string) === hash;
}
