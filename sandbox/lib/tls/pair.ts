// A certificate chain and its key out of PEM, as Go's tls.X509KeyPair reads them: with its checks, in its order, in its words.

import { DerError } from "../asn1/der.ts";
import { decodePrivateKey, type PrivateKey, publicKeyOf, samePublicKey } from "../crypto/keys.ts";
import { type PemBlock, parsePem } from "../crypto/pem.ts";
import { createMemo } from "../memo.ts";
import { type Certificate, parseCertificate } from "../x509/certificate.ts";
import type { Identity } from "./identity.ts";

/** Why two texts are no pair, such as `tls: private key does not match public key`. */
export interface PairFault {
  readonly error: string;
}

const pairs = createMemo<Map<string, Identity | PairFault>>(32);

/** The pair of two PEM texts; blocks of other types, and blocks that are not base64, are skipped. */
export function readPair(certificate: string, key: string): Identity | PairFault {
  // By two texts, not by both in one: the engine knows the hash of a text that it has met before.
  const known = pairs(certificate, () => new Map());
  const old = known.get(key);
  if (old !== undefined) return old;
  const pair = joinPair(goodBlocks(certificate), goodBlocks(key));
  known.set(key, pair);
  return pair;
}

/** The pair, or nothing where the texts are none. */
export function pairOf(certificate: string, key: string): Identity | undefined {
  const pair = readPair(certificate, key);
  return "error" in pair ? undefined : pair;
}

const goodBlocks = (text: string): readonly PemBlock[] => parsePem(text).filter((block) => !block.bad);
const isKey = ({ label }: PemBlock): boolean => label === "PRIVATE KEY" || label.endsWith(" PRIVATE KEY");
const labels = (blocks: readonly PemBlock[]): string => `[${blocks.map(({ label }) => label).join(" ")}]`;

function joinPair(certificates: readonly PemBlock[], keys: readonly PemBlock[]): Identity | PairFault {
  const chain = certificates.filter(({ label }) => label === "CERTIFICATE").map(({ der }) => der);
  const leaf = chain[0];
  if (leaf === undefined) return fault(whyNoCertificate(certificates));
  const block = keys.find(isKey);
  if (block === undefined) return fault(whyNoKey(keys));
  const parsed = parseOr(() => parseCertificate(leaf));
  if (parsed === undefined) return fault("x509: malformed certificate");
  const key = parseOr(() => decodePrivateKey(block.der));
  if (key === undefined) return fault("tls: failed to parse private key");
  const wrong = whyNoMatch(parsed, key);
  return wrong === undefined ? { chain, key } : fault(wrong);
}

const fault = (error: string): PairFault => ({ error });

function whyNoCertificate(blocks: readonly PemBlock[]): string {
  if (blocks.length === 0) return "tls: failed to find any PEM data in certificate input";
  if (blocks.length === 1 && isKey(blocks[0] as PemBlock))
    return "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched";
  return `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: ${labels(blocks)}`;
}

function whyNoKey(blocks: readonly PemBlock[]): string {
  if (blocks.length === 0) return "tls: failed to find any PEM data in key input";
  if (blocks.length === 1 && blocks[0]?.label === "CERTIFICATE")
    return "tls: found a certificate rather than a key in the PEM for the private key";
  return `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: ${labels(blocks)}`;
}

function whyNoMatch({ publicKey }: Certificate, key: PrivateKey): string | undefined {
  if (publicKey === undefined) return "tls: unknown public key algorithm";
  if (publicKey.kind !== key.kind) return "tls: private key type does not match public key type";
  return samePublicKey(publicKey, publicKeyOf(key)) ? undefined : "tls: private key does not match public key";
}

/** What reading came to; undefined where the bytes are not what they should be. */
function parseOr<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}
