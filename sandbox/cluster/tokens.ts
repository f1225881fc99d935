// ServiceAccount tokens: signed JSON, made and reviewed with the cluster's key.

import { decode, encode } from "../kernel/text.ts";
import { fromBase64Url, toBase64Url } from "../lib/crypto/base64.ts";
import { hash } from "../lib/crypto/hash.ts";
import {
  decodePrivateKey,
  decodePublicKey,
  encodePublicKey,
  type PrivateKey,
  type PublicKey,
  publicKeyOf,
} from "../lib/crypto/keys.ts";
import { parsePem } from "../lib/crypto/pem.ts";
import { schemeFor, sign, verify } from "../lib/crypto/sign.ts";
import { createMemo } from "../lib/memo.ts";

/** An object a token is for or bound to. */
export interface Reference {
  readonly name: string;
  readonly uid: string;
}

export interface TokenClaims {
  readonly aud: readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly iss: string;
  readonly jti: string;
  readonly "kubernetes.io": {
    readonly namespace: string;
    readonly node?: Reference;
    readonly pod?: Reference;
    readonly secret?: Reference;
    readonly serviceaccount: Reference;
    readonly warnafter?: number;
  };
  readonly nbf: number;
  readonly sub: string;
}

export const ISSUER = "https://kubernetes.default.svc.cluster.local";

/** A signed token. Times in seconds since the epoch. */
export function createToken(keyPem: string, claims: TokenClaims): string {
  const key = privateKey(keyPem);
  const body = `${toBase64Url(encode(JSON.stringify({ alg: key.kind === "rsa" ? "RS256" : "ES256", kid: keyId(keyPem) })))}.${toBase64Url(encode(JSON.stringify(claims)))}`;
  return `${body}.${toBase64Url(sign(key, schemeFor(key), encode(body)))}`;
}

/** The claims of a token that this key signed; undefined for anything else. Times and audience are the caller's. */
export function readToken(token: string, publicPem: string): TokenClaims | undefined {
  const parts = token.split(".");
  if (parts.length !== 3) return undefined;
  const key = publicKey(publicPem);
  const signature = fromBase64Url(parts[2] as string);
  const payload = fromBase64Url(parts[1] as string);
  if (key === undefined || signature === undefined || payload === undefined) return undefined;
  if (!checked(token + publicPem, () => verify(key, schemeFor(key), encode(`${parts[0]}.${parts[1]}`), signature)))
    return undefined;
  try {
    return JSON.parse(decode(payload)) as TokenClaims;
  } catch {
    return undefined;
  }
}

/** The id that a key goes by: the hash of its public half. */
const keyId = (pem: string): string => toBase64Url(hash("sha256", encodePublicKey(publicKeyOf(privateKey(pem)))));

const checked = createMemo<boolean>(256);
const privateKeys = createMemo<PrivateKey>(8);
const publicKeys = createMemo<PublicKey | undefined>(8);

function privateKey(pem: string): PrivateKey {
  return privateKeys(pem, () => {
    const block = parsePem(pem).find((b) => b.label.endsWith("PRIVATE KEY"));
    if (block === undefined) throw new Error("no private key in the token key file");
    return decodePrivateKey(block.der);
  });
}

function publicKey(pem: string): PublicKey | undefined {
  return publicKeys(pem, () => {
    const [block] = parsePem(pem);
    if (block === undefined) return undefined;
    return block.label.endsWith("PRIVATE KEY") ? publicKeyOf(decodePrivateKey(block.der)) : decodePublicKey(block.der);
  });
}
