// Words of the command line that all subcommands share: which options take numbers or formats, digests and ciphers by name.

/** Subcommands whose unknown options were looked for among the algorithms, which the error queue tells. */
export const FETCHING = new Set(["genrsa", "enc", "ec", "pkey", "dgst", "crl"]);
/** Options whose values are numbers. */
export const NUMERIC = new Set([
  "days",
  "checkend",
  "attime",
  "depth",
  "iter",
  "verify_depth",
  "offset",
  "length",
  "strparse",
]);
/** Options whose values are formats. */
export const FORMATS = new Set(["inform", "outform", "keyform", "CAform", "CAkeyform", "certform"]);
const DIGESTS = new Set(
  "md5 sha1 sha224 sha256 sha384 sha512 sha512-224 sha512-256 sha3-224 sha3-256 sha3-384 sha3-512 shake128 shake256 ripemd160 rmd160 sm3 blake2b512 blake2s256 md5-sha1 ssl3-md5 ssl3-sha1".split(
    " ",
  ),
);
/** Ciphers that stand as options of their own. */
export const CIPHERS = new Set(
  "aes128 aes192 aes256 aes-128-cbc aes-192-cbc aes-256-cbc des3 des-ede3-cbc camellia256 aria256 chacha20".split(" "),
);

/** Whether a digest of that name stands as an option. */
export function isDigest(name: string): boolean {
  return DIGESTS.has(name.toLowerCase());
}
