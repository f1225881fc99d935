import { expect, test } from "vitest";
import { ecKeyFromScalar, edKeyFromSeed, encodePkcs8, publicKeyOf } from "../crypto/keys.ts";
import { formatPem } from "../crypto/pem.ts";
import { createCertificate } from "../x509/build.ts";
import { createName } from "../x509/name.ts";
import { readPair } from "./pair.ts";

const own = ecKeyFromScalar("P-256", new Uint8Array(32).fill(7));
const other = ecKeyFromScalar("P-256", new Uint8Array(32).fill(9));
const edwards = edKeyFromSeed(new Uint8Array(32).fill(3));
const name = createName([["CN", "node01"]]);
const certificate = formatPem(
  "CERTIFICATE",
  createCertificate(
    {
      serial: new Uint8Array([1]),
      issuer: name,
      subject: name,
      notBefore: 0,
      notAfter: 1e12,
      publicKey: publicKeyOf(own),
      extensions: [],
    },
    own,
  ),
);
const pem = (key: Parameters<typeof encodePkcs8>[0]) => formatPem("PRIVATE KEY", encodePkcs8(key));
const why = (cert: string, key: string) => {
  const pair = readPair(cert, key);
  return "error" in pair ? pair.error : "";
};

test("a certificate and its key are a pair, also out of one file", () => {
  expect(why(certificate, pem(own))).toBe("");
  const both = certificate + pem(own);
  expect(readPair(both, both)).toMatchObject({ chain: [expect.anything()] });
});

test("what is no pair is told in Go's words", () => {
  expect(why(certificate, pem(other))).toBe("tls: private key does not match public key");
  expect(why(certificate, pem(edwards))).toBe("tls: private key type does not match public key type");
  expect(why(pem(own), pem(own))).toContain("PEM inputs may have been switched");
  expect(why(certificate, certificate)).toContain("found a certificate rather than a key");
  expect(why("", pem(own))).toBe("tls: failed to find any PEM data in certificate input");
  expect(why(certificate, formatPem("PRIVATE KEY", new Uint8Array([1, 2, 3])))).toBe(
    "tls: failed to parse private key",
  );
  expect(why(formatPem("CERTIFICATE", new Uint8Array([48, 0])), pem(own))).toBe("x509: malformed certificate");
  expect(
    why(certificate, formatPem("OPENSSH KEY", new Uint8Array([1])) + formatPem("X", new Uint8Array([1]))),
  ).toContain("following types: [OPENSSH KEY X]");
});
