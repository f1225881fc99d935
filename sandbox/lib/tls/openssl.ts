// OpenSSL's words about TLS: names of messages, groups and keys, and error lines, for curl and s_client.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { keyBits, type PublicKey } from "../crypto/keys.ts";
import { type Certificate, certificatesFromPem } from "../x509/certificate.ts";
import { openSslAlert } from "./alerts.ts";
import type { TlsFailure } from "./client.ts";
import { OPENSSL_DEFAULT_SUITES, SUITES } from "./suites.ts";

/** Default trust store. */
export const CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt";
export const CA_PATH = "/etc/ssl/certs";

/** An error as OpenSSL's queue has it: `error:0A00042E:SSL routines::tlsv1 alert protocol version`. */
export function openSslError(failure: TlsFailure, modern: boolean): string {
  const line = (code: string, text: string) => `error:${code}:SSL routines::${text}`;
  switch (failure.kind) {
    case "alert": {
      const { code, text } = openSslAlert(failure.number, modern);
      return line(code, text);
    }
    case "foreign":
      return line("0A00010B", "wrong version number");
    case "no-protocols":
      return line("0A0000BF", "no protocols available");
    case "no-ciphers":
      return line("0A0000B5", "no ciphers available");
    case "bad-signature":
      return line("0A00007B", "bad signature");
    case "legacy":
      return line("0A00014D", "legacy sigalg disallowed or unsupported");
    case "rejected":
      return line("0A000086", "certificate verify failed");
    case "end":
    case "errno":
      return line("0A000126", "unexpected eof while reading");
  }
}

/** A cipher list of --ciphers or -cipher: names joined by colons, classes, removals. Undefined where it selects nothing. */
export function parseCipherList(list: string): readonly string[] | undefined {
  const old = OPENSSL_DEFAULT_SUITES.filter((name) => !name.startsWith("TLS_AES") && !name.startsWith("TLS_CHACHA"));
  let chosen: string[] = [];
  for (const word of list.split(/[:, ]+/).filter((part) => part !== "")) {
    const sign = /^[!+-]/.exec(word)?.[0];
    const name = word.slice(sign?.length ?? 0);
    const suite = SUITES.find((each) => !each.tls13 && (each.openssl === name || each.name === name));
    const kinds = name.split("+");
    const known = kinds.every((kind) => kind in CLASSES);
    const picked =
      suite !== undefined
        ? [suite.name]
        : known
          ? old.filter((each) => kinds.every((kind) => CLASSES[kind]?.test(each)))
          : [];
    if (name.startsWith("@")) continue;
    if (sign === "!" || sign === "-") chosen = chosen.filter((each) => !picked.includes(each));
    else if (sign === undefined) chosen.push(...picked.filter((each) => !chosen.includes(each)));
  }
  return chosen.length === 0 ? undefined : chosen;
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  DEFAULT: /./,
  ALL: /./,
  HIGH: /./,
  ECDHE: /ECDHE/,
  EECDH: /ECDHE/,
  kRSA: /^TLS_RSA/,
  RSA: /RSA/,
  aRSA: /_RSA/,
  ECDSA: /ECDSA/,
  aECDSA: /ECDSA/,
  AES: /AES/,
  AES128: /AES_128/,
  AES256: /AES_256/,
  AESGCM: /GCM/,
  CHACHA20: /CHACHA/,
  SHA: /_SHA$/,
  SHA1: /_SHA$/,
  SHA256: /CBC_SHA256/,
  SHA384: /SHA384/,
};

/** Certificates of a store file; undefined where it holds none or cannot be read. */
export function loadStore(sys: Sys, file: string): readonly Certificate[] | undefined {
  const bytes = sys.readFile(file);
  const found = isErrno(bytes) ? [] : certificatesFromPem(decode(bytes));
  return found.length === 0 ? undefined : found;
}

/** `prime256v1` for Go's and the standards' P-256. */
export const CURVE_NAMES = { "P-256": "prime256v1", "P-384": "secp384r1", "P-521": "secp521r1" } as const;

/** Bits of strength, as EVP_PKEY_get_security_bits counts them. */
export function securityBits(key: PublicKey): number {
  const bits = keyBits(key);
  if (key.kind !== "rsa") return Math.floor(bits / 2);
  return bits >= 15360 ? 256 : bits >= 7680 ? 192 : bits >= 4096 ? 152 : bits >= 3072 ? 128 : bits >= 2048 ? 112 : 80;
}

/** Name of the key that signed the handshake, as curl 8 shows it. */
export function signatureTypeName(scheme: string): string {
  if (scheme.startsWith("rsa_pss")) return "RSASSA-PSS";
  return scheme.startsWith("rsa") ? "rsaEncryption" : scheme.startsWith("ecdsa") ? "id-ecPublicKey" : "ED25519";
}

const MESSAGES: Readonly<Record<number, string>> = {
  1: "Client hello",
  2: "Server hello",
  4: "Newsession Ticket",
  8: "Encrypted Extensions",
  11: "Certificate",
  12: "Server key exchange",
  13: "Request CERT",
  14: "Server finished",
  15: "CERT verify",
  16: "Client key exchange",
  20: "Finished",
};

/** curl's name for a handshake message. */
export function messageName(number: number): string {
  return MESSAGES[number] ?? "Unknown";
}
