import { describe, expect, it } from "vitest";
import type { PrivateKey } from "../crypto/keys.ts";
import { publicKeyOf } from "../crypto/keys.ts";
import { poolKey } from "../crypto/pool.ts";
import { altNamesOf, createCertificate, extension, keyIdentifier } from "./build.ts";
import { type Certificate, type Extension, parseCertificate, USAGE } from "./certificate.ts";
import { createGoName, formatName, NAME_STYLES } from "./name.ts";
import { verifyGo, verifyHostname } from "./verify-go.ts";
import { verifyOpenSsl } from "./verify-openssl.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 22, 12);

interface Made {
  readonly certificate: Certificate;
  readonly key: PrivateKey;
}

function issue(
  name: string,
  index: number,
  issuer: Made | undefined,
  extensions: readonly Extension[],
  from = NOW - DAY,
  to = NOW + DAY,
): Made {
  const key = poolKey(1, index);
  const subject = createGoName(name, name === "ca" ? [] : ["system:nodes"]);
  const ids = [extension.subjectKeyId(keyIdentifier(publicKeyOf(key)))];
  const der = createCertificate(
    {
      serial: Uint8Array.of(index + 1),
      issuer: issuer?.certificate.subject ?? subject,
      subject,
      notBefore: from,
      notAfter: to,
      publicKey: publicKeyOf(key),
      extensions: [...extensions, ...ids],
    },
    issuer?.key ?? key,
  );
  return { certificate: parseCertificate(der), key };
}

const ca = issue("ca", 0, undefined, [extension.basicConstraints(true), extension.keyUsage(["keyCertSign"])]);
const impostor = issue("ca", 1, undefined, [extension.basicConstraints(true)]);
const client = issue("node01", 2, ca, [extension.extendedKeyUsage([USAGE.client])]);
const server = issue("node01", 3, ca, [
  extension.extendedKeyUsage([USAGE.server]),
  extension.altNames(altNamesOf(["node01", "172.30.2.2"])),
]);
const expired = issue("node01", 4, ca, [], NOW - 2 * DAY, NOW - DAY);

const verifyClient = (leaf: Certificate, roots: readonly Certificate[] = [ca.certificate]) => {
  const result = verifyGo(leaf, { roots, now: NOW, usages: [USAGE.client] });
  return "error" in result ? result.error : "ok";
};

describe("verification as Go does it", () => {
  it("accepts what the authority signed for the usage, and says why not otherwise", () => {
    expect(verifyClient(client.certificate)).toBe("ok");
    expect(verifyClient(server.certificate)).toBe("x509: certificate specifies an incompatible key usage");
    expect(verifyClient(expired.certificate)).toBe(
      "x509: certificate has expired or is not yet valid: current time 2026-11-22T12:00:00Z is after 2026-11-21T12:00:00Z",
    );
    expect(verifyClient(client.certificate, [])).toBe("x509: certificate signed by unknown authority");
  });

  it("names the authority that has the right name and the wrong key", () => {
    expect(verifyClient(client.certificate, [impostor.certificate])).toBe(
      'x509: certificate signed by unknown authority (possibly because of "crypto/rsa: verification error" while trying to verify candidate authority certificate "ca")',
    );
  });

  it("checks host names and addresses by alternative names alone", () => {
    expect(verifyHostname(server.certificate, "node01")).toBeUndefined();
    expect(verifyHostname(server.certificate, "172.30.2.2")).toBeUndefined();
    expect(verifyHostname(server.certificate, "node02")).toBe("x509: certificate is valid for node01, not node02");
    expect(verifyHostname(client.certificate, "10.0.0.1")).toBe(
      "x509: cannot validate certificate for 10.0.0.1 because it doesn't contain any IP SANs",
    );
  });
});

describe("verification as OpenSSL does it", () => {
  const check = (
    leaf: Certificate,
    trusted: readonly Certificate[],
    purpose: "sslserver" | "sslclient" = "sslserver",
  ) => verifyOpenSsl(leaf, { trusted, now: NOW, purpose }).code;

  it("gives the number of the first error", () => {
    expect(check(server.certificate, [ca.certificate])).toBe(0);
    expect(check(server.certificate, [])).toBe(20);
    expect(check(ca.certificate, [])).toBe(18);
    expect(check(client.certificate, [ca.certificate])).toBe(26);
    expect(check(expired.certificate, [ca.certificate])).toBe(10);
    expect(check(server.certificate, [impostor.certificate])).toBe(7);
  });

  it("writes names as each release does", () => {
    expect(formatName(client.certificate.subject, NAME_STYLES.openssl35)).toBe("O=system:nodes, CN=node01");
    expect(formatName(client.certificate.subject, NAME_STYLES.openssl30)).toBe("O = system:nodes, CN = node01");
    expect(formatName(client.certificate.subject, NAME_STYLES.curl)).toBe("O=system:nodes; CN=node01");
  });
});
