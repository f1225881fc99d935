// What -v tells of the server's certificate, and whether it is for the name that was asked for.

import { keyBits } from "../../lib/crypto/keys.ts";
import { CURVE_NAMES, securityBits } from "../../lib/tls/openssl.ts";
import { type Certificate, parseCertificate } from "../../lib/x509/certificate.ts";
import { parseAddress } from "../../lib/x509/general-name.ts";
import { formatName, NAME_STYLES } from "../../lib/x509/name.ts";
import { longName } from "../../lib/x509/oids.ts";
import { matchAddress, matchHost, type OpenSslVerified, verifyText } from "../../lib/x509/verify-openssl.ts";
import type { Connecting } from "./connecting.ts";
import type { Console } from "./console.ts";
import type { CurlUrl } from "./url.ts";
import type { CurlVersion } from "./versions.ts";

/** The block "Server certificate", with the check of the name; the text where the name does not match. */
export function describeServer(
  with_: Connecting,
  url: CurlUrl,
  chain: readonly Uint8Array[],
  verified: OpenSslVerified | undefined,
  insecure: boolean,
): string | undefined {
  const { console, version } = with_;
  const leaf = parseCertificate(chain[0] as Uint8Array);
  console.info("Server certificate:");
  console.info(` subject: ${formatName(leaf.subject, NAME_STYLES.curl)}`);
  console.info(` start date: ${formatCurlDate(leaf.notBefore)}`);
  console.info(` expire date: ${formatCurlDate(leaf.notAfter)}`);
  if (!insecure) {
    const wrong = checkName(console, version, leaf, url.host);
    if (wrong !== undefined) return wrong;
  }
  console.info(` issuer: ${formatName(leaf.issuer, NAME_STYLES.curl)}`);
  const code = verified?.code ?? 0;
  console.info(
    code === 0
      ? " SSL certificate verify ok."
      : ` SSL certificate verify result: ${verifyText(code)} (${code}), continuing anyway.`,
  );
  if (version.modern) {
    const shown = verified !== undefined && verified.code === 0 ? verified.chain : chain.map(parseCertificate);
    for (const [level, certificate] of shown.entries())
      console.info(
        `  Certificate level ${level}: Public key type ${describeKey(certificate)}, signed using ${longName(certificate.signatureAlgorithm)}`,
      );
  }
  return undefined;
}

function describeKey({ publicKey }: Certificate): string {
  if (publicKey === undefined) return "? (0/0 Bits/secBits)";
  const name =
    publicKey.kind === "rsa" ? "RSA" : publicKey.kind === "ec" ? `EC/${CURVE_NAMES[publicKey.curve]}` : "ED25519";
  return `${name} (${keyBits(publicKey)}/${securityBits(publicKey)} Bits/secBits)`;
}

function checkName(console: Console, version: CurlVersion, leaf: Certificate, host: string): string | undefined {
  const literal = parseAddress(host);
  const hasNames = (leaf.altNames ?? []).some((name) => name.kind === "dns" || name.kind === "ip");
  const kind =
    literal === undefined
      ? version.modern
        ? "hostname"
        : "host name"
      : version.modern
        ? `ipv${literal.length === 4 ? 4 : 6} address`
        : "host name";
  if (literal !== undefined ? matchAddress(leaf, host) : hasNames && matchHost(leaf, host) !== undefined) {
    const what =
      literal === undefined
        ? `host "${host}" matched cert's "${matchHost(leaf, host)}"`
        : `host "${host}" matched cert's IP address!`;
    console.info(` subjectAltName: ${what}`);
    return undefined;
  }
  if (hasNames) {
    console.info(
      version.modern ? ` subjectAltName does not match ${kind} ${host}` : ` subjectAltName does not match ${host}`,
    );
    return `SSL: no alternative certificate subject name matches target ${kind} '${host}'`;
  }
  const common = matchHost(leaf, host);
  if (common !== undefined) {
    console.info(` common name: ${common} (matched)`);
    return undefined;
  }
  const name = formatName(leaf.subject, { separator: "\n", equals: "=", plus: "\n" })
    .split("\n")
    .findLast((part) => part.startsWith("CN="))
    ?.slice(3);
  return name === undefined
    ? "SSL: unable to obtain common name from peer certificate"
    : `SSL: certificate subject name '${name}' does not match target ${kind} '${host}'`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function formatCurlDate(ms: number): string {
  const at = new Date(ms);
  const two = (value: number) => String(value).padStart(2, "0");
  const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return `${MONTHS[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)} ${clock} ${at.getUTCFullYear()} GMT`;
}
