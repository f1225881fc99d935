// What is told of a connection: chain, what the server asked for, agreement; whole, brief, or of one that failed.

import { readElement } from "../../../lib/asn1/der.ts";
import { keyBits } from "../../../lib/crypto/keys.ts";
import { formatPem } from "../../../lib/crypto/pem.ts";
import type { ServerPart, TlsConnected, TlsFailure } from "../../../lib/tls/client.ts";
import type { Identity } from "../../../lib/tls/identity.ts";
import { CURVE_NAMES } from "../../../lib/tls/openssl.ts";
import type { TlsState, TlsVersion } from "../../../lib/tls/stream.ts";
import { suiteNamed } from "../../../lib/tls/suites.ts";
import { type Certificate, parseCertificate } from "../../../lib/x509/certificate.ts";
import { formatName, parseName } from "../../../lib/x509/name.ts";
import { longName, shortName } from "../../../lib/x509/oids.ts";
import { verifyText } from "../../../lib/x509/verify-openssl.ts";
import { formatTime, nameStyle } from "../print.ts";
import type { Tool } from "../tool.ts";
import type { Verification } from "./judge.ts";
import { sessionText } from "./session.ts";
import { flightSizes, handshakeSize, SEALED, signatureSize } from "./sizes.ts";

function chainText(tool: Tool, chain: readonly Certificate[]): string {
  const style = nameStyle(tool.modern);
  let text = "Certificate chain\n";
  for (const [i, each] of chain.entries()) {
    const key = each.publicKey;
    const kind =
      key === undefined
        ? "?"
        : key.kind === "ec"
          ? tool.modern
            ? `EC, (${CURVE_NAMES[key.curve]})`
            : `id-ecPublicKey, ${keyBits(key)} (bit)`
          : `${tool.modern ? key.kind.toUpperCase() : "rsaEncryption"}, ${keyBits(key)} (bit)`;
    const algorithm = tool.modern ? longName(each.signatureAlgorithm) : shortName(each.signatureAlgorithm);
    text += `${String(i).padStart(2)} s:${formatName(each.subject, style)}\n   i:${formatName(each.issuer, style)}\n   a:PKEY: ${kind}; sigalg: ${algorithm}\n   v:NotBefore: ${formatTime(each.notBefore)}; NotAfter: ${formatTime(each.notAfter)}\n`;
    if (tool.has("showcerts")) text += formatPem("CERTIFICATE", each.der);
  }
  return text;
}

const SIGNATURES: Readonly<Record<string, string>> = {
  rsa_pss_rsae_sha256: "RSA-PSS+SHA256",
  rsa_pss_rsae_sha384: "RSA-PSS+SHA384",
  rsa_pss_rsae_sha512: "RSA-PSS+SHA512",
  ecdsa_secp256r1_sha256: "ECDSA+SHA256",
  ecdsa_secp384r1_sha384: "ECDSA+SHA384",
  ecdsa_secp521r1_sha512: "ECDSA+SHA512",
  rsa_pkcs1_sha256: "RSA+SHA256",
  rsa_pkcs1_sha384: "RSA+SHA384",
  rsa_pkcs1_sha512: "RSA+SHA512",
  rsa_pkcs1_sha1: "RSA+SHA1",
  ecdsa_sha1: "ECDSA+SHA1",
};

const signatureList = (schemes: readonly string[]) => schemes.map((scheme) => SIGNATURES[scheme] ?? scheme).join(":");

function askedText(tool: Tool, asked: TlsConnected["asked"], version: TlsVersion): string {
  if (asked === undefined) return "No client certificate CA names sent\n";
  const names = asked.names
    .map((der) => `${formatName(parseName(readElement(der)), nameStyle(tool.modern))}\n`)
    .join("");
  const head =
    names === "" ? "No client certificate CA names sent\n" : `Acceptable client certificate CA names\n${names}`;
  const kinds = version === "1.3" ? "" : "Client Certificate Types: RSA sign, ECDSA sign\n";
  const shared = asked.schemes.filter((scheme) => !/sha1$/.test(scheme));
  return `${head}${kinds}Requested Signature Algorithms: ${signatureList(asked.schemes)}\nShared Requested Signature Algorithms: ${signatureList(shared)}\n`;
}

function peerDigest(scheme: string): string {
  return scheme === "ed25519" ? "UNDEF" : (/sha(\d+)$/.exec(scheme)?.[0] ?? "").toUpperCase();
}

function temporaryKey(tool: Tool, group: string): string {
  const name = {
    x25519: "X25519, 253 bits",
    secp256r1: "ECDH, prime256v1, 256 bits",
    secp384r1: "ECDH, secp384r1, 384 bits",
    secp521r1: "ECDH, secp521r1, 521 bits",
  }[group];
  return name === undefined
    ? `Negotiated TLS1.3 group: ${group}\n`
    : `${tool.modern ? "Peer" : "Server"} Temp Key: ${name}\n`;
}

function agreement(
  tool: Tool,
  state: TlsState | undefined,
  leaf: Certificate | undefined,
  version: string,
  verification: Verification,
): string {
  const cipher = state === undefined ? "(NONE)" : (suiteNamed(state.cipher)?.openssl ?? state.cipher);
  const key = leaf?.publicKey;
  const modern13 = version === "1.3";
  const lines = [`New, ${state === undefined ? "(NONE)" : `TLSv${state.version}`}, Cipher is ${cipher}`];
  if (tool.modern) lines.push(`Protocol: TLSv${version}`);
  if (key !== undefined) lines.push(`Server public key is ${keyBits(key)} bit`);
  if (tool.modern && modern13) lines.push("This TLS version forbids renegotiation.");
  else lines.push(`Secure Renegotiation IS${modern13 || state === undefined ? " NOT" : ""} supported`);
  lines.push("Compression: NONE", "Expansion: NONE");
  lines.push(state?.alpn === undefined ? "No ALPN negotiated" : `ALPN protocol: ${state.alpn}`);
  if (modern13)
    lines.push(
      "Early data was not sent",
      `Verify return code: ${verification.code} (${verifyText(verification.code)})`,
    );
  return `${lines.join("\n")}\n`;
}

const verificationLine = ({ code }: Verification) =>
  code === 0 ? "Verification: OK\n" : `Verification error: ${verifyText(code)}\n`;

export function report(
  tool: Tool,
  connected: TlsConnected,
  state: TlsState,
  verification: Verification,
  identity: Identity | undefined,
): string {
  const chain = state.peerCertificates.map(parseCertificate);
  const leaf = chain[0] as Certificate;
  const style = nameStyle(tool.modern);
  const sizes = flightSizes(tool, state, connected, identity);
  const own = tool.has("showcerts")
    ? "Server certificate\n"
    : `Server certificate\n${formatPem("CERTIFICATE", leaf.der)}`;
  const kind = tool.modern
    ? connected.scheme
    : connected.scheme.startsWith("rsa_pss")
      ? "RSA-PSS"
      : connected.scheme.startsWith("ecdsa")
        ? "ECDSA"
        : connected.scheme;
  const parts = [
    `---\n${chainText(tool, chain)}`,
    `${own}subject=${formatName(leaf.subject, style)}\nissuer=${formatName(leaf.issuer, style)}\n`,
    `${askedText(tool, connected.asked, state.version)}Peer signing digest: ${peerDigest(connected.scheme)}\nPeer signature type: ${kind}\n${temporaryKey(tool, state.group)}`,
    `SSL handshake has read ${sizes.read} bytes and written ${sizes.written} bytes\n${verificationLine(verification)}`,
    `${agreement(tool, state, leaf, state.version, verification)}${state.version === "1.3" ? "" : sessionText(tool, state, verification)}`,
  ];
  return `${parts.join("---\n")}---\n`;
}

export function failedReport(
  tool: Tool,
  why: TlsFailure,
  part: ServerPart | undefined,
  verification: Verification,
): string {
  const hello = tool.modern ? 1533 : 316;
  const none = "no peer certificate available\n";
  if (part !== undefined && part.chain.length > 0) {
    const state: TlsState = { ...part, serverName: undefined, peerCertificates: part.chain };
    const read = handshakeSize(part, part.asked) - (SEALED + 8 + signatureSize(part.chain[0]) + SEALED + 36);
    return [
      `---\n${chainText(tool, part.chain.map(parseCertificate))}`,
      none,
      `${askedText(tool, part.asked, state.version)}${temporaryKey(tool, part.group)}`,
      `SSL handshake has read ${read} bytes and written ${hello + 7} bytes\n${verificationLine(verification)}`,
      `${agreement(tool, state, undefined, state.version, verification)}---\n`,
    ].join("---\n");
  }
  const read = why.kind === "foreign" ? 5 : why.kind === "alert" ? 7 : 0;
  const group = tool.modern ? "Negotiated TLS1.3 group: <NULL>\n" : "";
  const version = tool.has("tls1_2") ? "1.2" : "1.3";
  const sent = why.kind === "no-protocols" || why.kind === "no-ciphers" ? 7 : hello;
  const size = `SSL handshake has read ${read} bytes and written ${sent} bytes\n${verificationLine(verification)}`;
  return `---\n${none}---\nNo client certificate CA names sent\n${group}---\n${size}---\n${agreement(tool, undefined, undefined, version, verification)}---\n`;
}

export function briefReport(connected: TlsConnected, state: TlsState, verification: Verification): string {
  const leaf = parseCertificate(state.peerCertificates[0] as Uint8Array);
  const asked =
    connected.asked === undefined ? "" : `Requested Signature Algorithms: ${signatureList(connected.asked.schemes)}\n`;
  const lines = [
    "CONNECTION ESTABLISHED",
    `Protocol version: TLSv${state.version}`,
    `Ciphersuite: ${suiteNamed(state.cipher)?.openssl ?? state.cipher}`,
    `${asked}Peer certificate: ${formatName(leaf.subject, nameStyle(true))}`,
    `Hash used: ${peerDigest(connected.scheme)}`,
    `Signature type: ${connected.scheme}`,
    verificationLine(verification).trimEnd(),
  ];
  return `${lines.join("\n")}\n${temporaryKey({ modern: true } as Tool, state.group)}`;
}
