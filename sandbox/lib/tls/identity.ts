// Who a side of a TLS connection is: a certificate chain with its key; and the proof that it holds the key.

import { concat, encode } from "../../kernel/text.ts";
import { hash } from "../crypto/hash.ts";
import { decodePublicKey, type PrivateKey, type PublicKey } from "../crypto/keys.ts";
import { type Scheme, sign, verify } from "../crypto/sign.ts";
import { bytesKey, createMemo, createObjectMemo } from "../memo.ts";
import { parseCertificate } from "../x509/certificate.ts";

export interface Identity {
  /** DER, leaf first. */
  readonly chain: readonly Uint8Array[];
  readonly key: PrivateKey;
}

const digests = createMemo<Uint8Array>(64);
/** One's own chain is the same array for every connection; the peer's arrives anew. */
const ownDigests = createObjectMemo<Uint8Array, Uint8Array>();
const digestOf = (der: Uint8Array): Uint8Array =>
  ownDigests(der, () => digests(bytesKey(der), () => hash("sha256", der)));

/** Name of a signature scheme as Go and RFC 8446 write it, with what it is. */
export function handshakeScheme(key: PublicKey): { scheme: Scheme; name: string } {
  if (key.kind === "rsa") return { scheme: { family: "pss", hash: "sha256" }, name: "rsa_pss_rsae_sha256" };
  if (key.kind === "ed25519") return { scheme: { family: "ed25519", hash: "sha512" }, name: "ed25519" };
  const bits = { "P-256": "256", "P-384": "384", "P-521": "512" }[key.curve] as "256" | "384" | "512";
  return { scheme: { family: "ecdsa", hash: `sha${bits}` }, name: `ecdsa_secp${key.curve.slice(2)}r1_sha${bits}` };
}

/**
 * What is signed to prove possession of the key. fidelity: it binds side, version and chain, not the random numbers of the
 * connection, so that the same proof is not computed anew for every connection.
 */
function proofText(side: "server" | "client", version: number, chain: readonly Uint8Array[]): Uint8Array {
  return concat([encode(`TLS ${side} CertificateVerify ${version}\0`), ...chain.map(digestOf)]);
}

export function proveIdentity(identity: Identity, side: "server" | "client", version: number): Uint8Array {
  return sign(identity.key, handshakeScheme(identity.key).scheme, proofText(side, version, identity.chain));
}

/** Whether the peer holds the key of the first certificate it sent. */
export function checkProof(
  chain: readonly Uint8Array[],
  side: "server" | "client",
  version: number,
  proof: Uint8Array,
): boolean {
  const leaf = chain[0];
  if (leaf === undefined) return false;
  const key = parseCertificate(leaf).publicKey ?? decodePublicKey(parseCertificate(leaf).spki);
  return verify(key, handshakeScheme(key).scheme, proofText(side, version, chain), proof);
}
