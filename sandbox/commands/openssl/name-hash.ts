// Hashes of names, by which folders of certificates are searched.

import { concat, encode } from "../../kernel/text.ts";
import { encodeElement, oid, sequence, setOf, TAG, toHex } from "../../lib/asn1/der.ts";
import { hash } from "../../lib/crypto/hash.ts";
import { encodeName, type Name } from "../../lib/x509/name.ts";

/** X509_NAME_hash: SHA-1 of the canonical name, its first four bytes little-endian. */
export function nameHash(name: Name): string {
  const canonical = name.map((set) =>
    setOf(
      ...set.map(({ type, value, tag }) =>
        sequence(
          oid(type),
          encodeElement(
            tag === TAG.utf8 || tag === TAG.printable || tag === TAG.ia5 ? TAG.utf8 : tag,
            encode(value.trim().replace(/\s+/g, " ").toLowerCase()),
          ),
        ),
      ),
    ),
  );
  const digest = hash("sha1", concat(canonical));
  return toHex(Uint8Array.from([...digest.subarray(0, 4)].reverse()));
}

/** The hash of a name as OpenSSL before 1.0 had it: MD5 of its DER, the first four bytes backwards. */
export function oldNameHash(name: Name): string {
  return toHex(hash("md5", encodeName(name)).slice(0, 4).reverse());
}
