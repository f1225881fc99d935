// Keys, certificates and trust of curl's command line, with its complaints.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { DerError, toHex } from "../../lib/asn1/der.ts";
import { fromBase64 } from "../../lib/crypto/base64.ts";
import { decryptPkcs8, decryptTraditional } from "../../lib/crypto/encrypted.ts";
import { hash } from "../../lib/crypto/hash.ts";
import {
  decodePrivateKey,
  encodePublicKey,
  type PrivateKey,
  publicKeyOf,
  samePublicKey,
} from "../../lib/crypto/keys.ts";
import { parsePem } from "../../lib/crypto/pem.ts";
import type { Identity } from "../../lib/tls/identity.ts";
import { CA_BUNDLE, loadStore } from "../../lib/tls/openssl.ts";
import { type Certificate, certificatesFromPem, parseCertificate } from "../../lib/x509/certificate.ts";
import { type CurlError, fail } from "./connecting.ts";
import type { Operation } from "./settings.ts";

/** Certificates and keys of the command line, with curl's complaints. */
export function loadIdentity(sys: Sys, operation: Operation): Identity | undefined | CurlError {
  const given = operation.text.get("cert");
  if (given === undefined || given === "") return undefined;
  // A colon begins the pass phrase; `\:` is a colon.
  const file = (/^((?:\\.|[^:\\])*)/.exec(given)?.[1] ?? given).replace(/\\(.)/g, "$1");
  const keyFile = operation.text.get("key") || file;
  const bytes = sys.readFile(file);
  const type = operation.text.get("cert-type") ?? "PEM";
  if (/^p12$/i.test(type)) {
    // No PKCS#12 can be read here, so whatever the file holds is none.
    if (isErrno(bytes)) return fail(58, `could not open PKCS12 file '${file}'`);
    return fail(58, `error reading PKCS12 file '${file}'`);
  }
  if (!/^(?:pem|der|eng)$/i.test(type)) return fail(58, `not supported file type '${type}' for certificate`);
  const cause = isErrno(bytes)
    ? `error:8000000${{ ENOENT: "2", EACCES: "D" }[bytes.code as string] ?? "5"}:system library::${bytes.text}`
    : /^der$/i.test(type)
      ? "error:068000A8:asn1 encoding routines::wrong tag"
      : "error:0480006C:PEM routines::no start line";
  const chain = isErrno(bytes) ? [] : readChain(bytes, type);
  if (chain.length === 0) {
    const form = /^der$/i.test(type) ? "ASN1" : "PEM";
    return fail(
      58,
      `could not load ${form} client certificate from ${file}, OpenSSL error ${cause}, (no key found, wrong pass phrase, or wrong file format?)`,
    );
  }
  const keyType = operation.text.get("key-type") ?? "PEM";
  if (!/^(?:pem|der|eng|prov)$/i.test(keyType)) return fail(58, "not supported file type for private key");
  const key = loadKey(sys, keyFile, keyType, operation.text.get("pass"));
  const leaf = chain[0] as Certificate;
  if (key !== undefined && leaf.publicKey !== undefined && key.kind !== leaf.publicKey.kind) {
    return fail(58, "Private key does not match the certificate public key");
  }
  if (key === undefined || leaf.publicKey === undefined || !samePublicKey(publicKeyOf(key), leaf.publicKey)) {
    return fail(58, `unable to set private key file: '${keyFile}' type ${keyType.toUpperCase()}`);
  }
  return { chain: chain.map((certificate) => certificate.der), key };
}

/** Certificates of a PEM file, or the one of a DER file. */
function readChain(bytes: Uint8Array, type: string): readonly Certificate[] {
  if (!/^der$/i.test(type)) return certificatesFromPem(decode(bytes));
  try {
    return [parseCertificate(bytes)];
  } catch (error) {
    if (error instanceof DerError) return [];
    throw error;
  }
}

/** The first private key of a PEM file, opened with --pass where it is locked, or the one of a DER file. */
function loadKey(sys: Sys, file: string, type: string, pass: string | undefined): PrivateKey | undefined {
  const bytes = sys.readFile(file);
  if (isErrno(bytes)) return undefined;
  const block = /^der$/i.test(type)
    ? { der: bytes, label: "", bad: false, headers: new Map<string, string>() }
    : parsePem(decode(bytes)).find((each) => each.label.endsWith("PRIVATE KEY"));
  if (block === undefined || block.bad) return undefined;
  const info = block.headers.get("DEK-Info");
  try {
    const der =
      block.label === "ENCRYPTED PRIVATE KEY"
        ? decryptPkcs8(block.der, pass ?? "")
        : info === undefined
          ? block.der
          : decryptTraditional(info, block.der, pass ?? "");
    return der === undefined ? undefined : decodePrivateKey(der);
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

/** --pinnedpubkey: `sha256//…` sums of the server's public key, one of which must be it; anything else fits nobody. */
export function pinFits(operation: Operation, leaf: Uint8Array | undefined): boolean {
  const pins = operation.text.get("pinnedpubkey");
  if (pins === undefined || pins === "") return true;
  const key = leaf === undefined ? undefined : parseCertificate(leaf).publicKey;
  if (key === undefined) return false;
  const sum = toHex(hash("sha256", encodePublicKey(key)));
  return pins
    .split(";")
    .some((pin) => pin.startsWith("sha256//") && toHex(fromBase64(pin.slice(8)) ?? new Uint8Array(0)) === sum);
}

export function trustStore(sys: Sys, operation: Operation): readonly Certificate[] | undefined {
  const file = operation.text.get("cacert") ?? sys.env.CURL_CA_BUNDLE ?? sys.env.SSL_CERT_FILE;
  const path = operation.text.get("capath");
  if (file !== undefined) return loadStore(sys, file);
  const bundle = path === undefined ? undefined : loadDirectory(sys, path);
  return bundle ?? loadStore(sys, CA_BUNDLE) ?? [];
}

function loadDirectory(sys: Sys, path: string): readonly Certificate[] | undefined {
  const entries = sys.readdir(path);
  if (isErrno(entries)) return undefined;
  return entries.flatMap(({ name }) =>
    /^[0-9a-f]{8}\.\d+$/.test(name) ? (loadStore(sys, `${path}/${name}`) ?? []) : [],
  );
}
