import { createPublicKey, generateKeyPairSync, sign as hostSign, verify as hostVerify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { decodePrivateKey, encodePkcs8, encodePublicKey, publicKeyOf } from "./keys.ts";
import { POOL_SIZE, poolKey } from "./pool.ts";
import { checkRsaKey } from "./rsa.ts";
import { type Scheme, schemeFor, sign, verify } from "./sign.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const hostKey = (spki: Uint8Array) => createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });

describe("keys and signatures", () => {
  it.each([
    ["prime256v1", "sha256"],
    ["secp384r1", "sha384"],
    ["secp521r1", "sha512"],
  ] as const)("agrees with another implementation on ECDSA over %s", (curve, digest) => {
    const pair = generateKeyPairSync("ec", { namedCurve: curve });
    const key = decodePrivateKey(new Uint8Array(pair.privateKey.export({ format: "der", type: "pkcs8" })));
    const scheme = schemeFor(key, digest);
    const made = sign(key, scheme, bytes("cargo"));
    expect(hostVerify(digest, bytes("cargo"), pair.publicKey, made)).toBe(true);
    const theirs = new Uint8Array(hostSign(digest, bytes("cargo"), pair.privateKey));
    expect(verify(publicKeyOf(key), scheme, bytes("cargo"), theirs)).toBe(true);
    expect(verify(publicKeyOf(key), scheme, bytes("ballast"), theirs)).toBe(false);
  });

  it("signs with Ed25519 to the byte, and refuses another message", () => {
    const pair = generateKeyPairSync("ed25519");
    const key = decodePrivateKey(new Uint8Array(pair.privateKey.export({ format: "der", type: "pkcs8" })));
    const made = sign(key, schemeFor(key), bytes("cargo"));
    expect(Buffer.from(made).equals(hostSign(null, bytes("cargo"), pair.privateKey))).toBe(true);
    expect(verify(publicKeyOf(key), schemeFor(key), bytes("ballast"), made)).toBe(false);
  });

  it("signs with RSA both ways, and a key of the pool is a sound key", () => {
    const key = poolKey(7, 3);
    expect(checkRsaKey(key)).toEqual([]);
    const host = hostKey(encodePublicKey(publicKeyOf(key)));
    const pkcs1: Scheme = { family: "pkcs1", hash: "sha256" };
    expect(hostVerify("sha256", bytes("cargo"), host, sign(key, pkcs1, bytes("cargo")))).toBe(true);
    const pss = sign(key, { family: "pss", hash: "sha256" }, bytes("cargo"));
    expect(hostVerify("sha256", bytes("cargo"), { key: host, padding: 6, saltLength: 32 }, pss)).toBe(true);
    expect(verify(publicKeyOf(key), { family: "pss", hash: "sha256" }, bytes("ballast"), pss)).toBe(false);
    expect(decodePrivateKey(encodePkcs8(key))).toEqual(key);
  });

  it("gives every index of a seed its own key", () => {
    const seen = new Set(Array.from({ length: POOL_SIZE }, (_, index) => poolKey(1234, index).n));
    expect(seen.size).toBe(POOL_SIZE);
  });
});
