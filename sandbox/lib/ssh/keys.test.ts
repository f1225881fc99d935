import { expect, it } from "vitest";
import { ecKeyFromScalar, edKeyFromSeed, publicKeyOf } from "../crypto/keys.ts";
import { poolKey } from "../crypto/pool.ts";
import { hashPassword } from "../password.ts";
import {
  fingerprint,
  keyOfBlob,
  parsePrivateFile,
  parsePublicLine,
  privateFile,
  publicBlob,
  publicLine,
} from "./keys.ts";
import { knownHostLine, namesHost, parseKnownHosts } from "./known-hosts.ts";

const key = edKeyFromSeed(new Uint8Array(32).fill(7));

it("reads back the keys it writes", () => {
  const line = publicLine(key, "root@node01");
  expect(line).toMatch(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI\S+ root@node01\n$/);
  expect(keyOfBlob(parsePublicLine(line)?.blob ?? new Uint8Array())).toEqual({ kind: "ed25519", point: key.point });
  expect(parsePrivateFile(privateFile(key, "x", Uint8Array.of(1, 2, 3, 4)))).toEqual(key);
  expect(fingerprint(publicBlob(key))).toMatch(/^SHA256:[\w+/]{43}$/);
});

it("reads back RSA and ECDSA keys", () => {
  for (const each of [poolKey(3, 1), ecKeyFromScalar("P-256", new Uint8Array(32).fill(5))]) {
    expect(parsePrivateFile(privateFile(each, "x", Uint8Array.of(1, 2, 3, 4)))).toEqual(each);
    expect(keyOfBlob(publicBlob(each))).toEqual(publicKeyOf(each));
  }
});

it("finds a host by its hashed name", () => {
  const [entry] = parseKnownHosts(knownHostLine("controlplane", "AAAA", new Uint8Array(20).fill(1)));
  expect(entry && namesHost(entry, "controlplane")).toBe(true);
  expect(entry && namesHost(entry, "node02")).toBe(false);
});

// openssl passwd -6 -salt oracle secret
it("hashes passwords as crypt(3) does", () => {
  expect(hashPassword("secret", "oracle")).toBe(
    "$6$oracle$JQMu2Uj6nzjktB6jGZ56Ocmvn7zd6h0tGWo.Gf/K9uFqd47qHMdMno9IyUgqyKmlhORZGxSGoq5ClQJxFt6gn0",
  );
});
