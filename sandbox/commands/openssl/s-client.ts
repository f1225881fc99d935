// s_client: a TLS connection by hand, with all it tells of certificates, agreement and verification.

import { type Errno, errno, isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { encode } from "../../kernel/text.ts";
import { bytesToBigint, readElement } from "../../lib/asn1/der.ts";
import { hash } from "../../lib/crypto/hash.ts";
import { keyBits, publicKeyOf, samePublicKey } from "../../lib/crypto/keys.ts";
import { formatPem } from "../../lib/crypto/pem.ts";
import { lookUpHost } from "../../lib/hosts.ts";
import { ALERT, openSslAlert } from "../../lib/tls/alerts.ts";
import { connectTls, type ServerPart, type TlsConnected, type TlsFailure } from "../../lib/tls/client.ts";
import type { Identity } from "../../lib/tls/identity.ts";
import { CURVE_NAMES, parseCipherList } from "../../lib/tls/openssl.ts";
import type { TlsState, TlsVersion } from "../../lib/tls/stream.ts";
import { OPENSSL_DEFAULT_SUITES, suiteNamed } from "../../lib/tls/suites.ts";
import { type Certificate, parseCertificate } from "../../lib/x509/certificate.ts";
import { parseAddress } from "../../lib/x509/general-name.ts";
import { formatName, parseName } from "../../lib/x509/name.ts";
import { longName, shortName } from "../../lib/x509/oids.ts";
import { type VerifyStep, verifyOpenSsl, verifyText } from "../../lib/x509/verify-openssl.ts";
import { loadCertificates, loadKey } from "./load.ts";
import { formatTime, nameStyle } from "./print.ts";
import type { Subcommand, Tool } from "./tool.ts";
import { trustedOf } from "./verify.ts";

export const sClient: Subcommand = {
  options:
    "help connect: host: port: bind: proxy: unix: 4 6 servername: noservername verify: verify_return_error verify_quiet verify_hostname: verify_ip: verifyCAfile: CAfile: CApath: no-CAfile no-CApath CAstore: no-CAstore cert: certform: cert_chain: build_chain key: keyform: pass: passin: quiet brief showcerts prexit debug msg trace state nbio crlf ign_eof no_ign_eof tls1 tls1_1 tls1_2 tls1_3 ssl3 no_tls1 no_tls1_1 no_tls1_2 no_tls1_3 no_ssl3 min_protocol: max_protocol: cipher: ciphersuites: curves: groups: sigalgs: alpn: nextprotoneg: starttls: sess_out: sess_in: reconnect status tlsextdebug no_ticket purpose: partial_chain attime: no_check_time nameopt: keylogfile: early_data: legacy_renegotiation security_debug bugs comp no_comp xmpphost: name: provider: requestCAfile: CRL: crl_check",
  operands: "one",
  run: (tool) => runClient(tool),
};

interface Verification {
  /** Last error of the callback; 0 for none. */
  code: number;
  leaf: Certificate | undefined;
}

function* runClient(tool: Tool): Task<number> {
  const { sys } = tool;
  for (const name of ["starttls", "sess_out", "sess_in", "reconnect", "proxy", "unix", "msg", "debug", "trace"]) {
    if (tool.has(name)) {
      tool.error(`s_client: -${name} is not modelled in this sandbox`);
      return 1;
    }
  }
  sys.sigaction("SIGPIPE", "ignore");
  const list = tool.value("cipher");
  const old =
    list === undefined ? OPENSSL_DEFAULT_SUITES.filter((name) => !suiteNamed(name)?.tls13) : parseCipherList(list);
  if (old === undefined) {
    tool.error(`Call to SSL_CONF_cmd(-cipher, ${list}) failed`);
    tool.queue(
      "0A0000B9",
      "SSL routines",
      "SSL_CTX_set_cipher_list",
      "no cipher match",
      tool.modern ? "../ssl/ssl_lib.c:3377" : "../ssl/ssl_lib.c:2795",
    );
    return 1;
  }
  if (tool.has("verify")) tool.error(`verify depth is ${tool.value("verify")}`);
  const given = yield* loadIdentity(tool);
  const trusted = yield* trustedOf(tool);
  if (trusted === undefined) return 1;
  const identity = given === undefined ? undefined : { ...given, chain: completeChain(tool, given.chain, trusted) };
  const place = yield* connect(tool);
  if (place === undefined) return 1;
  const { fd, host } = place;
  const serverName =
    tool.value("servername") ?? (/\.[^.]/.test(host) && parseAddress(host) === undefined ? host : undefined);
  const quiet = tool.has("quiet");
  const brief = tool.has("brief");
  if (!brief && !quiet) tool.print(`CONNECTED(${String(fd).padStart(8, "0")})\n`);
  const verification: Verification = { code: 0, leaf: undefined };
  let shown = false;
  const showName = () => {
    if (!shown && serverName === undefined) tool.error("Can't use SSL_get_servername");
    shown = true;
  };
  const modernSuites =
    tool.value("ciphersuites")?.split(":") ?? OPENSSL_DEFAULT_SUITES.filter((name) => suiteNamed(name)?.tls13);
  const result = yield* connectTls(sys, fd, {
    ...versions(tool),
    serverName: tool.has("noservername") ? undefined : serverName,
    cipherSuites: [...modernSuites, ...old],
    groups: [...(tool.modern ? ["X25519MLKEM768"] : []), "x25519", "secp256r1", "secp384r1", "secp521r1"],
    ...(tool.has("alpn") ? { alpn: (tool.value("alpn") as string).split(",") } : {}),
    identity,
    tickets: !tool.has("no_ticket"),
    verify(chain) {
      showName();
      verification.leaf = chain[0];
      return judge(tool, chain, trusted, verification);
    },
  });
  yield* tool.flush();
  if (!result.ok) {
    failure(tool, result.failure);
    if (!brief && !quiet) tool.print(failedReport(tool, result.failure, result.partial, verification));
    sys.close(fd);
    return 1;
  }
  const { connected } = result;
  const state = connected.stream.tls as TlsState;
  if (brief) tool.errorText(briefReport(connected, state, verification));
  else if (!quiet) tool.print(report(tool, connected, state, verification, identity));
  return yield* converse(tool, connected, state, verification, identity !== undefined, quiet, brief);
}

function* loadIdentity(tool: Tool): Task<Identity | undefined> {
  const file = tool.value("cert");
  if (file === undefined) return undefined;
  const key = yield* loadKey(tool, tool.value("key") ?? file, "client certificate private key", "pass");
  const chain = yield* loadCertificates(tool, file, "client certificate", "pem");
  const extra = tool.has("cert_chain")
    ? yield* loadCertificates(tool, tool.value("cert_chain"), "certs of client certificate chain", "pem")
    : chain.slice(1);
  const leaf = chain[0] as Certificate;
  if (leaf.publicKey === undefined || !samePublicKey(leaf.publicKey, publicKeyOf(key))) {
    if (leaf.publicKey?.kind !== key.kind) {
      tool.error("Private key does not match the certificate public key");
      return tool.stop();
    }
    tool.error("error setting private key");
    tool.queue(
      "05800074",
      "x509 certificate routines",
      tool.modern ? "ossl_x509_check_private_key" : "X509_check_private_key",
      "key values mismatch",
      "../crypto/x509/x509_cmp.c:413",
    );
    return tool.stop();
  }
  return { chain: [leaf, ...extra].map((each) => each.der), key };
}

/** A lone certificate goes out with the issuers that the trust store knows. */
function completeChain(
  tool: Tool,
  chain: readonly Uint8Array[],
  trusted: readonly Certificate[],
): readonly Uint8Array[] {
  const [leaf, ...others] = chain.map(parseCertificate);
  if (leaf === undefined || others.length > 0) return chain;
  return verifyOpenSsl(leaf, { trusted, now: tool.sys.now() }).chain.map((each) => each.der);
}

function versions(tool: Tool): { minVersion: TlsVersion; maxVersion: TlsVersion } {
  for (const [option, version] of [
    ["tls1", "1.0"],
    ["tls1_1", "1.1"],
    ["tls1_2", "1.2"],
    ["tls1_3", "1.3"],
  ] as const) {
    if (!tool.has(option)) continue;
    // The library's configuration allows TLS 1.2 at least; asking for less leaves nothing to offer.
    return tool.modern && version < "1.2"
      ? { minVersion: "1.2", maxVersion: version }
      : { minVersion: version, maxVersion: version };
  }
  return { minVersion: tool.has("no_tls1_2") ? "1.3" : "1.2", maxVersion: tool.has("no_tls1_3") ? "1.2" : "1.3" };
}

/** TCP to -connect, with the error lines of each address that fails. */
function* connect(tool: Tool): Task<{ fd: number; host: string } | undefined> {
  const { sys } = tool;
  const target =
    tool.value("connect") ?? tool.operands[0] ?? `${tool.value("host") ?? "localhost"}:${tool.value("port") ?? 4433}`;
  const match = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(target);
  const host = (match?.[1] ?? "localhost").replace(/^\[|\]$/g, "") || "localhost";
  const port = Number({ https: 443, http: 80 }[match?.[2] ?? ""] ?? match?.[2] ?? 4433);
  const found = lookUpHost(sys, host) ?? (host === "localhost" ? { v4: ["127.0.0.1"], v6: ["::1"] } : undefined);
  if (found === undefined || Number.isNaN(port)) {
    tool.queue(
      "10080002",
      "BIO routines",
      "BIO_lookup_ex",
      "system lib",
      tool.modern ? "../crypto/bio/bio_addr.c:767" : "../crypto/bio/bio_addr.c:746",
      found === undefined ? "Temporary failure in name resolution" : "Servname not supported for ai_socktype",
    );
    tool.error(`connect:errno=${found === undefined ? 11 : 0}`);
    return undefined;
  }
  let why = errno("ECONNREFUSED");
  for (const address of [...found.v4, ...found.v6]) {
    const fd = yield* sys.connect({ family: "tcp", address, port });
    if (!isErrno(fd)) {
      if (tool.modern) tool.error(`Connecting to ${address}`);
      return { fd, host };
    }
    why = fd;
    const number =
      { ECONNREFUSED: "6F", ETIMEDOUT: "6E", EHOSTUNREACH: "71", ENETUNREACH: "65" }[fd.code as string] ?? "05";
    tool.queue(
      `800000${number}`,
      "system library",
      "BIO_connect",
      fd.text,
      `../crypto/bio/bio_sock2.c:${tool.modern ? 183 : 127}`,
      "calling connect()",
    );
    tool.queue(
      "10000067",
      "BIO routines",
      "BIO_connect",
      "connect error",
      `../crypto/bio/bio_sock2.c:${tool.modern ? 185 : 129}`,
    );
  }
  tool.error(
    `connect:errno=${{ ECONNREFUSED: 111, ETIMEDOUT: 110, EHOSTUNREACH: 113, ENETUNREACH: 101 }[why.code as string] ?? 5}`,
  );
  return undefined;
}

/** verify_callback of s_client: tells each step, and goes on unless -verify_return_error. */
function judge(
  tool: Tool,
  chain: readonly Certificate[],
  trusted: readonly Certificate[],
  verification: Verification,
): { alert: number } | undefined {
  const strict = tool.has("verify_return_error");
  const brief = tool.has("brief");
  const hostname = tool.value("verify_hostname");
  const address = tool.value("verify_ip");
  const style = nameStyle(tool.modern);
  let stopped = false;
  const step = ({ ok, code, depth, certificate }: VerifyStep): boolean => {
    const hushed = (brief || tool.has("verify_quiet")) && ok;
    if (!hushed) tool.error(`depth=${depth} ${formatName(certificate.subject, style)}`);
    if (!ok) {
      tool.error(`verify error:num=${code}:${verifyText(code)}`);
      verification.code = code;
    }
    const current = ok ? verification.code : code;
    const late = code === 10 || (ok && current === 10 && depth === 0);
    if (!hushed && late && !brief) tool.error(`notAfter=${formatTime(certificate.notAfter)}`);
    if (!hushed && code === 9) tool.error(`notBefore=${formatTime(certificate.notBefore)}`);
    if (!ok && strict) {
      stopped = true;
      return false;
    }
    if (!hushed && !brief) tool.error("verify return:1");
    return true;
  };
  const at = tool.number("attime");
  verifyOpenSsl(chain[0] as Certificate, {
    trusted,
    untrusted: chain.slice(1),
    now: at === undefined ? tool.sys.now() : at * 1000,
    purpose: "sslserver",
    level: 2,
    partialChain: tool.has("partial_chain"),
    noCheckTime: tool.has("no_check_time"),
    ...(hostname === undefined ? {} : { hostname }),
    ...(address === undefined ? {} : { address }),
    onStep: step,
  });
  if (!stopped) return undefined;
  return { alert: verification.code === 10 ? ALERT.certificateExpired : ALERT.unknownCa };
}

function failure(tool: Tool, why: TlsFailure): void {
  const line = (code: string, fn: string, reason: string, place: string, data = "") =>
    tool.queue(code, "SSL routines", fn, reason, place, data);
  switch (why.kind) {
    case "foreign":
      if (tool.modern)
        line(
          "0A00010B",
          "tls_validate_record_header",
          "wrong version number",
          "../ssl/record/methods/tlsany_meth.c:77",
        );
      else line("0A00010B", "ssl3_get_record", "wrong version number", "../ssl/record/ssl3_record.c:354");
      return;
    case "rejected":
      line(
        "0A000086",
        "tls_post_process_server_certificate",
        "certificate verify failed",
        `../ssl/statem/statem_clnt.c:${tool.modern ? 2124 : 1889}`,
      );
      return;
    case "alert": {
      const { code, text } = openSslAlert(why.number, tool.modern);
      line(
        code,
        "ssl3_read_bytes",
        text,
        `../ssl/record/rec_layer_s3.c:${tool.modern ? 918 : 1590}`,
        `SSL alert number ${why.number}`,
      );
      return;
    }
    case "no-protocols":
      line(
        "0A0000BF",
        "tls_setup_handshake",
        "no protocols available",
        `../ssl/statem/statem_lib.c:${tool.modern ? 153 : 104}`,
      );
      return;
    case "no-ciphers":
      line("0A0000B5", "tls_setup_handshake", "no ciphers available", "../ssl/statem/statem_lib.c:165");
      return;
    case "end":
      if (tool.modern)
        line("0A000126", "ssl3_read_n", "unexpected eof while reading", "../ssl/record/rec_layer_s3.c:701");
      else line("0A000126", "ssl3_read_n", "unexpected eof while reading", "../ssl/record/rec_layer_s3.c:308");
      return;
    case "errno":
      tool.error(`write:errno=${why.errno.code === "ECONNRESET" ? 104 : 5}`);
      return;
    default:
      line("0A00007B", "tls_process_cert_verify", "bad signature", "../ssl/statem/statem_lib.c:582");
  }
}

// --- sizes, as the real records have them ---

const RECORD = 5;
const SEALED = 22;

function flightSizes(
  tool: Tool,
  state: TlsState,
  connected: TlsConnected,
  identity: Identity | undefined,
): { read: number; written: number } {
  const { asked } = connected;
  const hello = tool.modern ? 1533 : 316;
  const read = handshakeSize({ chain: state.peerCertificates }, asked);
  const own =
    asked === undefined
      ? 0
      : SEALED +
        certificates(identity?.chain ?? []) +
        (identity === undefined ? 0 : SEALED + 8 + signatureSize(identity.chain[0]));
  if (state.version === "1.3") return { read, written: hello + 6 + own + SEALED + 36 };
  // Hello, certificate, key exchange, change of cipher and Finished of TLS 1.2.
  const certificate = asked === undefined ? 0 : RECORD + 7 + (identity === undefined ? 0 : own - SEALED - 8);
  return { read: read + 290, written: 191 + certificate + 42 + 6 + 45 };
}

const certificates = (chain: readonly Uint8Array[]) => chain.reduce((sum, der) => sum + der.length + 5, 8);

/** Bytes of the server's flight in TLS 1.3. */
function handshakeSize({ chain }: { readonly chain: readonly Uint8Array[] }, asked: TlsConnected["asked"]): number {
  const names = (asked?.names ?? []).reduce((sum, der) => sum + der.length + 2, 0);
  const question = asked === undefined ? 0 : SEALED + 4 + 3 + 4 + 2 + asked.schemes.length * 2 + 4 + 2 + names + 8;
  return (
    127 + 6 + SEALED + 6 + question + SEALED + certificates(chain) + SEALED + 8 + signatureSize(chain[0]) + SEALED + 36
  );
}

function signatureSize(der: Uint8Array | undefined): number {
  const key = der === undefined ? undefined : parseCertificate(der).publicKey;
  if (key === undefined) return 0;
  return key.kind === "rsa" ? keyBits(key) / 8 : key.kind === "ec" ? 71 : 64;
}

// --- what is told ---

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

function report(
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

function failedReport(tool: Tool, why: TlsFailure, part: ServerPart | undefined, verification: Verification): string {
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

function briefReport(connected: TlsConnected, state: TlsState, verification: Verification): string {
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

// --- sessions ---

function sessionText(tool: Tool, state: TlsState, verification: Verification): string {
  const modern13 = state.version === "1.3";
  const secret = (word: string, size: number) =>
    hex(hash("sha512", encode(`${word} ${tool.sys.pid} ${tool.sys.now()}`)).subarray(0, size));
  const lines = [
    "SSL-Session:",
    `    Protocol  : TLSv${state.version}`,
    `    Cipher    : ${suiteNamed(state.cipher)?.openssl ?? state.cipher}`,
    `    Session-ID: ${secret("session", 32)}`,
    "    Session-ID-ctx: ",
    `    ${modern13 ? "Resumption PSK" : "Master-Key"}: ${secret("master", modern13 ? 32 : 48)}`,
    "    PSK identity: None",
    "    PSK identity hint: None",
    "    SRP username: None",
    ...(modern13 ? ["    TLS session ticket lifetime hint: 604800 (seconds)"] : []),
    "    TLS session ticket:",
    ...dump(ticketBytes(tool, modern13 ? 105 : 121)),
    "",
    `    Start Time: ${Math.floor(tool.sys.now() / 1000)}`,
    "    Timeout   : 7200 (sec)",
    `    Verify return code: ${verification.code} (${verifyText(verification.code)})`,
    `    Extended master secret: ${modern13 ? "no" : "yes"}`,
    ...(modern13 ? ["    Max Early Data: 0"] : []),
  ];
  return `${lines.join("\n")}\n`;
}

const hex = (bytes: Uint8Array) =>
  bytesToBigint(bytes)
    .toString(16)
    .toUpperCase()
    .padStart(bytes.length * 2, "0");

function ticketBytes(tool: Tool, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 64)
    bytes.set(hash("sha512", encode(`ticket ${at} ${tool.sys.now()}`)).subarray(0, size - at), at);
  return bytes;
}

function dump(bytes: Uint8Array): string[] {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const part = [...bytes.subarray(at, at + 16)];
    const cells = Array.from({ length: 16 }, (_, i) =>
      part[i] === undefined ? "  " : (part[i] as number).toString(16).padStart(2, "0"),
    );
    const text = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
    const joined = cells.map((cell, i) => cell + (i === 7 && part.length > 8 ? "-" : " ")).join("");
    rows.push(`    ${at.toString(16).padStart(4, "0")} - ${joined}  ${text}`);
  }
  return rows;
}

// --- talking ---

/** stdin to the server, the server to stdout, until either ends. */
function* converse(
  tool: Tool,
  connected: TlsConnected,
  state: TlsState,
  verification: Verification,
  certified: boolean,
  quiet: boolean,
  brief: boolean,
): Task<number> {
  const { sys } = tool;
  const { stream } = connected;
  const ignoreEnd = (quiet && !tool.has("no_ign_eof")) || tool.has("ign_eof");
  let open = true;
  yield* tool.flush();
  // The server's first words (tickets, an alert) arrive before anything typed does, unless it has a certificate to check first.
  if (!certified) yield* sys.waitUntil(() => sys.readable(stream.fd), sys.now() + 1);
  const arrived = () => sys.readable(stream.fd) || (stream.buffered?.() ?? false);
  for (;;) {
    const typedFirst = certified && open && sys.readable(0);
    if (arrived() && !typedFirst) {
      const part = yield* readSome(connected);
      if (part === "ticket") {
        if (!quiet && !brief)
          tool.print(
            `---\nPost-Handshake New Session Ticket arrived:\n${sessionText(tool, state, verification)}---\nread R BLOCK\n`,
          );
        continue;
      }
      if (isErrno(part)) {
        const alert = stream.alert?.();
        if (alert !== undefined) failure(tool, { kind: "alert", number: alert });
        else tool.error(`read:errno=${part.code === "ECONNRESET" ? 104 : 5}`);
        sys.close(stream.fd);
        return 1;
      }
      if (part.length === 0) {
        if (!quiet) tool.print("closed\n");
        yield* stream.close();
        return 0;
      }
      tool.print(part);
      yield* tool.flush();
      continue;
    }
    if (open && sys.readable(0)) {
      const typed = yield* sys.read(0, 8192);
      if (isErrno(typed) || typed.length === 0) {
        open = false;
        if (!ignoreEnd) return yield* finish(tool, connected);
        continue;
      }
      if (typed[0] === 0x51 && !ignoreEnd && sys.isatty(0)) return yield* finish(tool, connected);
      yield* stream.write(typed);
      continue;
    }
    yield* tool.flush();
    yield* sys.waitUntil(() => arrived() || (open && sys.readable(0)));
  }
}

/** What arrived; a ticket is an arrival of its own and is not waited beyond. */
function* readSome({ stream }: TlsConnected): Task<Uint8Array | Errno | "ticket"> {
  return stream.readEvent === undefined ? yield* stream.read() : yield* stream.readEvent();
}

function* finish(tool: Tool, connected: TlsConnected): Task<number> {
  tool.error("DONE");
  yield* tool.flush();
  yield* connected.stream.close();
  return 0;
}
