// A self-signed pair for the HTTPS port, as client-go's cert package makes it.

import type { Sys } from "../../kernel/sys.ts";
import { encodeTraditional, publicKeyOf } from "../../lib/crypto/keys.ts";
import { formatPem } from "../../lib/crypto/pem.ts";
import { poolKey } from "../../lib/crypto/pool.ts";
import { altNamesOf, createCertificate, extension, keyIdentifier } from "../../lib/x509/build.ts";
import { USAGE } from "../../lib/x509/certificate.ts";
import { createGoName } from "../../lib/x509/name.ts";

import type { Pair } from "./load.ts";

const YEAR = 365 * 86_400_000;

/** A leaf for `hostname` signed by a CA that is thrown away at once; both certificates in one PEM. */
export function createSelfSigned(sys: Sys, hostname: string): Pair {
  const now = sys.now();
  const stamp = Math.floor(now / 1000);
  const bytes = sys.random(6);
  const seed = ((bytes[0] ?? 0) << 16) | ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0);
  const caKey = poolKey(seed, 0);
  const key = poolKey(seed, 1);
  const caName = createGoName(`${hostname}-ca@${stamp}`);
  const serial = (): Uint8Array => {
    const drawn = sys.random(8);
    drawn[0] = ((drawn[0] ?? 0) & 0x7f) | 1;
    return drawn;
  };
  const id = keyIdentifier(publicKeyOf(caKey));
  const notBefore = now - 3_600_000;
  const ca = createCertificate(
    {
      serial: serial(),
      issuer: caName,
      subject: caName,
      notBefore,
      notAfter: notBefore + YEAR,
      publicKey: publicKeyOf(caKey),
      extensions: [
        extension.keyUsage(["digitalSignature", "keyEncipherment", "keyCertSign"]),
        extension.basicConstraints(true),
        extension.subjectKeyId(id),
        extension.altNames(altNamesOf([`${hostname}-ca@${stamp}`.split("@")[0] as string])),
      ],
    },
    caKey,
  );
  const leaf = createCertificate(
    {
      serial: serial(),
      issuer: caName,
      subject: createGoName(`${hostname}@${stamp}`),
      notBefore,
      notAfter: notBefore + YEAR,
      publicKey: publicKeyOf(key),
      extensions: [
        extension.keyUsage(["digitalSignature", "keyEncipherment"]),
        extension.extendedKeyUsage([USAGE.server]),
        extension.basicConstraints(false),
        extension.authorityKeyId(id),
        extension.altNames(altNamesOf([hostname])),
      ],
    },
    caKey,
  );
  return {
    certificate: formatPem("CERTIFICATE", leaf) + formatPem("CERTIFICATE", ca),
    key: formatPem("RSA PRIVATE KEY", encodeTraditional(key)),
  };
}
