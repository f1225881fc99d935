// Private keys under a pass phrase: PKCS#8 EncryptedPrivateKeyInfo with PBES2 (PBKDF2 and AES), and the older PEM headers.

import { pbkdf2 } from "@noble/hashes/pbkdf2.js";
import { concat, encode } from "../../kernel/text.ts";
import {
  children,
  DerError,
  expectTag,
  fromHex,
  integer,
  nullValue,
  octetString,
  oid,
  readElement,
  readInteger,
  readOid,
  sequence,
  TAG,
} from "../asn1/der.ts";
import { decryptCbc, encryptCbc } from "./aes.ts";
import { hash, hashFunction } from "./hash.ts";

const PBES2 = "1.2.840.113549.1.5.13";
const PBKDF2 = "1.2.840.113549.1.5.12";
const HMAC_SHA256 = "1.2.840.113549.2.9";
const AES: Readonly<Record<string, number>> = {
  "2.16.840.1.101.3.4.1.2": 16,
  "2.16.840.1.101.3.4.1.22": 24,
  "2.16.840.1.101.3.4.1.42": 32,
};

/** EncryptedPrivateKeyInfo of a PKCS#8 key, as OpenSSL 3 writes it: AES-256-CBC, PBKDF2 with SHA-256 and 2048 rounds. */
export function encryptPkcs8(
  pkcs8: Uint8Array,
  pass: string,
  random: (count: number) => Uint8Array,
  size = 32,
): Uint8Array<ArrayBuffer> {
  const salt = random(16);
  const iv = random(16);
  const cipher = Object.keys(AES).find((id) => AES[id] === size) as string;
  const key = pbkdf2(hashFunction("sha256"), encode(pass), salt, { c: 2048, dkLen: size });
  const derivation = sequence(
    oid(PBKDF2),
    sequence(octetString(salt), integer(2048), sequence(oid(HMAC_SHA256), nullValue())),
  );
  const algorithm = sequence(oid(PBES2), sequence(derivation, sequence(oid(cipher), octetString(iv))));
  return sequence(algorithm, octetString(encryptCbc(key, iv, pkcs8)));
}

/** The PKCS#8 key inside, or undefined where the pass phrase is wrong. */
export function decryptPkcs8(der: Uint8Array, pass: string): Uint8Array | undefined {
  const [algorithm, data] = children(expectTag(readElement(der), TAG.sequence));
  const [scheme, parameters] = children(expectTag(algorithm, TAG.sequence));
  if (readOid(scheme) !== PBES2) throw new DerError("unsupported");
  const [derivation, cipher] = children(expectTag(parameters, TAG.sequence));
  const [, settings] = children(expectTag(derivation, TAG.sequence));
  const [salt, rounds] = children(expectTag(settings, TAG.sequence));
  const [name, iv] = children(expectTag(cipher, TAG.sequence));
  const size = AES[readOid(name)];
  if (size === undefined) throw new DerError("unsupported");
  const key = pbkdf2(hashFunction("sha256"), encode(pass), expectTag(salt, TAG.octetString).body, {
    c: Number(readInteger(rounds)),
    dkLen: size,
  });
  return decryptCbc(key, expectTag(iv, TAG.octetString).body, expectTag(data, TAG.octetString).body);
}

/** A block with `DEK-Info: AES-256-CBC,IV`: its key comes from MD5 of pass phrase and salt (EVP_BytesToKey). */
export function decryptTraditional(info: string, data: Uint8Array, pass: string): Uint8Array | undefined {
  const [name = "", ivText = ""] = info.split(",");
  const size = { "AES-128-CBC": 16, "AES-192-CBC": 24, "AES-256-CBC": 32 }[name];
  if (size === undefined) throw new DerError("unsupported");
  const iv = fromHex(ivText);
  return decryptCbc(bytesToKey("md5", pass, iv.subarray(0, 8), size), iv, data);
}

/** EVP_BytesToKey with one round. */
export function bytesToKey(digest: "md5" | "sha256", pass: string, salt: Uint8Array, size: number): Uint8Array {
  let key: Uint8Array = new Uint8Array(0);
  let block: Uint8Array = new Uint8Array(0);
  while (key.length < size) {
    block = hash(digest, concat([block, encode(pass), salt]));
    key = concat([key, block]);
  }
  return key.subarray(0, size);
}

/** PBKDF2 for `openssl enc -pbkdf2`. */
export function deriveKey(pass: string, salt: Uint8Array, rounds: number, size: number): Uint8Array {
  return pbkdf2(hashFunction("sha256"), encode(pass), salt, { c: rounds, dkLen: size });
}
