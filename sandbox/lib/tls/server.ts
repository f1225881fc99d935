// The serving side of TLS, with the choices, alerts and error texts of Go's crypto/tls.

import type { Sys, Task } from "../../kernel/sys.ts";
import { DerError } from "../asn1/der.ts";
import type { Certificate } from "../x509/certificate.ts";
import { parseCertificate, USAGE } from "../x509/certificate.ts";
import { encodeName } from "../x509/name.ts";
import { verifyGo } from "../x509/verify-go.ts";
import { ALERT, goAlert } from "./alerts.ts";
import { applicationStream } from "./application.ts";
import { checkProof, type Identity, proveIdentity } from "./identity.ts";
import {
  CONTENT,
  createRecordLayer,
  encodeMessage,
  isMessage,
  isRecord,
  MESSAGE,
  type Message,
  type NoRecord,
  type Record,
  type RecordLayer,
  textField,
  textFields,
} from "./record.ts";
import type { Stream, TlsState, TlsVersion } from "./stream.ts";
import { GO_DEFAULT_SUITES, SUITES, type Suite, suiteFits, VERSIONS, versionCode } from "./suites.ts";

/** Go's tls.Config, as far as servers here set it. */
export interface TlsServerOptions {
  /** Without one every handshake ends with the alert "internal error". */
  readonly identity?: Identity | undefined;
  /** Chooses by the name the client asked for; undefined falls back to `identity`. */
  identityFor?(serverName: string | undefined): Identity | undefined;
  /** "1.2" unless told. */
  readonly minVersion?: TlsVersion;
  readonly maxVersion?: TlsVersion;
  /** Names of TLS 1.2 suites; TLS 1.3's are not configurable in Go. */
  readonly cipherSuites?: readonly string[];
  /** Protocols offered by ALPN, best first; none: the extension is not answered. */
  readonly alpn?: readonly string[];
  readonly clientAuth?: "none" | "request" | "require" | "verify-if-given" | "require-and-verify";
  /** Trusted for clients; their names are sent along with the question. */
  readonly clientCas?: readonly Certificate[];
  /** Key exchange groups, best first. */
  readonly groups?: readonly string[];
}

/** How an accepted connection turned out. `error` is Go's text, without `http: TLS handshake error from …: `. */
export type TlsAccepted =
  | { readonly ok: true; readonly stream: Stream }
  | { readonly ok: false; readonly error: string; readonly plainHttp: boolean };

export const GO_GROUPS = ["X25519MLKEM768", "x25519", "secp256r1", "secp384r1", "secp521r1"];
const GO_SIGNATURES = [
  "rsa_pss_rsae_sha256",
  "ecdsa_secp256r1_sha256",
  "ed25519",
  "rsa_pss_rsae_sha384",
  "rsa_pss_rsae_sha512",
  "rsa_pkcs1_sha256",
  "rsa_pkcs1_sha384",
  "rsa_pkcs1_sha512",
  "ecdsa_secp384r1_sha384",
  "ecdsa_secp521r1_sha512",
  "rsa_pkcs1_sha1",
  "ecdsa_sha1",
];
const HTTP_START = /^(GET|HEAD|POST|PUT|OPTI|DELE|CONN|PATC|TRAC) ?/;

/** A refusal inside the handshake: the alert to send and Go's words. */
interface Refusal {
  readonly alert?: number;
  readonly error: string;
  readonly plainHttp?: boolean;
}

/** Runs the server's side of the handshake on a connected descriptor. On failure the alert is sent; the descriptor stays open. */
export function* acceptTls(sys: Sys, fd: number, options: TlsServerOptions): Task<TlsAccepted> {
  const layer = createRecordLayer(sys, fd, 0x301);
  const done = yield* handshake(sys, layer, options);
  if ("version" in done) return { ok: true, stream: applicationStream(sys, fd, layer, done) };
  if (done.alert !== undefined) yield* layer.write(CONTENT.alert, Uint8Array.of(2, done.alert));
  return { ok: false, error: done.error, plainHttp: done.plainHttp ?? false };
}

interface Hello {
  readonly version: TlsVersion;
  readonly suite: Suite;
  readonly group: string;
  readonly alpn: string | undefined;
  readonly serverName: string | undefined;
  readonly identity: Identity;
  /** The client takes session tickets in TLS 1.2. */
  readonly tickets: boolean;
}

function* handshake(sys: Sys, layer: RecordLayer, options: TlsServerOptions): Task<TlsState | Refusal> {
  const first = yield* layer.readMessage();
  if (!isMessage(first)) return refuseForeign(first);
  if (first.type !== MESSAGE.clientHello) return { alert: ALERT.unexpectedMessage, error: "tls: unexpected message" };
  const hello = chooseParameters(first, options);
  if ("error" in hello) return hello;
  layer.version = 0x303;
  const sent =
    hello.version === "1.3" ? yield* answerModern(layer, hello, options) : yield* answerOld(layer, hello, options);
  if ("error" in sent) return sent;
  const trusted = checkClient(sys, sent.chain, options);
  if (trusted !== undefined) return trusted;
  if (hello.version === "1.3") yield* layer.writeMessages([encodeMessage(MESSAGE.sessionTicket, {})]);
  return {
    version: hello.version,
    cipher: hello.suite.name,
    group: hello.group,
    alpn: hello.alpn,
    serverName: hello.serverName,
    peerCertificates: sent.chain,
  };
}

function refuseForeign(got: Record | NoRecord): Refusal {
  if (isRecord(got))
    return got.type === CONTENT.alert
      ? remoteAlert(got)
      : { alert: ALERT.unexpectedMessage, error: "tls: unexpected message" };
  if (got.kind === "garbage") {
    const plainHttp = HTTP_START.test(String.fromCharCode(...got.bytes.subarray(0, 5)));
    return { error: "tls: first record does not look like a TLS handshake", plainHttp };
  }
  return { error: got.kind === "end" ? "EOF" : `read tcp: ${got.errno.text.toLowerCase()}` };
}

const remoteAlert = (record: Record): Refusal => ({ error: `remote error: tls: ${goAlert(record.body[1] ?? 0)}` });

/** Version, suite, protocol and identity, in the order in which Go decides them. */
function chooseParameters(hello: Message, options: TlsServerOptions): Hello | Refusal {
  const offered = textFields(hello, "v");
  const from = VERSIONS.indexOf(options.minVersion ?? "1.2");
  const to = VERSIONS.indexOf(options.maxVersion ?? "1.3");
  const version = VERSIONS.slice(from, to + 1).findLast((candidate) => offered.includes(candidate));
  if (version === undefined) {
    const codes = offered.map((name) => versionCode(name as TlsVersion).toString(16)).reverse();
    return {
      alert: ALERT.protocolVersion,
      error: `tls: client offered only unsupported versions: [${codes.join(" ")}]`,
    };
  }
  const serverName = textField(hello, "n");
  const alpn = chooseProtocol(textFields(hello, "a"), options.alpn ?? []);
  if (alpn === false) {
    return {
      alert: ALERT.noApplicationProtocol,
      error: `tls: client requested unsupported application protocols (${JSON.stringify(textFields(hello, "a")).replaceAll(",", " ")})`,
    };
  }
  const identity = options.identityFor?.(serverName) ?? options.identity;
  if (identity === undefined) return { alert: ALERT.internalError, error: "tls: no certificates configured" };
  const ciphers = textFields(hello, "c");
  const allowed = new Set(options.cipherSuites ?? GO_DEFAULT_SUITES);
  const kind = identity.key.kind === "rsa" ? "rsa" : "ec";
  const suite = SUITES.find(
    ({ name, tls13, key, ...rest }) =>
      ciphers.includes(name) &&
      suiteFits({ name, tls13, ...rest }, version) &&
      (tls13 || (allowed.has(name) && key === kind)),
  );
  if (suite === undefined)
    return { alert: ALERT.handshakeFailure, error: "tls: no cipher suite supported by both client and server" };
  const groups = textFields(hello, "g");
  const group = (options.groups ?? GO_GROUPS).find(
    (name) => groups.includes(name) && (version === "1.3" || !name.includes("MLKEM")),
  );
  if (group === undefined)
    return { alert: ALERT.handshakeFailure, error: "tls: no key exchanges supported by both client and server" };
  return { version, suite, group, alpn, serverName, identity, tickets: hello.fields.has("t") };
}

/** The protocol, undefined for none; false where both speak ALPN and share nothing. */
function chooseProtocol(offered: readonly string[], known: readonly string[]): string | undefined | false {
  if (offered.length === 0 || known.length === 0) return undefined;
  const both = known.find((name) => offered.includes(name));
  if (both !== undefined) return both;
  // Go lets a client that only knows h2 speak to a server that only knows http/1.1, without a protocol.
  return known.every((name) => name === "http/1.1") && offered.includes("h2") ? undefined : false;
}

function certificateRequest(options: TlsServerOptions): Uint8Array[] {
  if ((options.clientAuth ?? "none") === "none") return [];
  const names = (options.clientCas ?? []).map((ca) => encodeName(ca.subject));
  return [encodeMessage(MESSAGE.certificateRequest, { d: names, s: GO_SIGNATURES })];
}

/** What the client answered after the server's flight. */
interface ClientPart {
  readonly chain: readonly Uint8Array[];
}

function* answerModern(layer: RecordLayer, hello: Hello, options: TlsServerOptions): Task<ClientPart | Refusal> {
  const proof = proveIdentity(hello.identity, "server", 0x304);
  yield* layer.writeMessages([
    encodeMessage(MESSAGE.serverHello, { v: ["1.3"], c: [hello.suite.name], g: [hello.group] }),
  ]);
  yield* layer.write(CONTENT.changeCipher, Uint8Array.of(1));
  const flight = [
    encodeMessage(MESSAGE.encryptedExtensions, hello.alpn === undefined ? {} : { a: [hello.alpn] }),
    ...certificateRequest(options),
    encodeMessage(MESSAGE.certificate, { c: hello.identity.chain }),
    encodeMessage(MESSAGE.certificateVerify, { p: [proof] }),
    encodeMessage(MESSAGE.finished, {}),
  ];
  for (const message of flight) yield* layer.writeMessages([message]);
  return yield* readClient(layer, 0x304);
}

function* answerOld(layer: RecordLayer, hello: Hello, options: TlsServerOptions): Task<ClientPart | Refusal> {
  const code = versionCode(hello.version);
  layer.version = code;
  const protocol = hello.alpn === undefined ? {} : { a: [hello.alpn] };
  const flight = [
    encodeMessage(MESSAGE.serverHello, { v: [hello.version], c: [hello.suite.name], g: [hello.group], ...protocol }),
    encodeMessage(MESSAGE.certificate, { c: hello.identity.chain }),
    // Plain RSA key exchange proves the key by decrypting; here the proof travels in the same place for both.
    encodeMessage(hello.suite.ephemeral ? MESSAGE.serverKeyExchange : MESSAGE.certificateVerify, {
      p: [proveIdentity(hello.identity, "server", code)],
    }),
    ...certificateRequest(options),
    encodeMessage(MESSAGE.serverHelloDone, {}),
  ];
  for (const message of flight) yield* layer.writeMessages([message]);
  const client = yield* readClient(layer, code);
  if ("error" in client) return client;
  if (hello.tickets) yield* layer.writeMessages([encodeMessage(MESSAGE.sessionTicket, {})]);
  yield* layer.write(CONTENT.changeCipher, Uint8Array.of(1));
  yield* layer.writeMessages([encodeMessage(MESSAGE.finished, {})]);
  return client;
}

/** Certificate, proof and Finished of the client. */
function* readClient(layer: RecordLayer, code: number): Task<ClientPart | Refusal> {
  let chain: readonly Uint8Array[] = [];
  let proved = false;
  for (;;) {
    const got = yield* layer.readMessage();
    if (isRecord(got)) {
      if (got.type === CONTENT.changeCipher) continue;
      return refuseForeign(got);
    }
    if (!isMessage(got)) return refuseForeign(got);
    if (got.type === MESSAGE.certificate) chain = got.fields.get("c") ?? [];
    if (got.type === MESSAGE.certificateVerify) proved = proofHolds(chain, code, got);
    if (got.type !== MESSAGE.finished) continue;
    if (chain.length > 0 && !proved)
      return {
        alert: ALERT.decryptError,
        error: "tls: invalid signature by the client certificate: crypto/rsa: verification error",
      };
    return { chain };
  }
}

function proofHolds(chain: readonly Uint8Array[], code: number, message: Message): boolean {
  try {
    return checkProof(chain, "client", code, message.fields.get("p")?.[0] ?? new Uint8Array(0));
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
}

/** Go's processCertsFromClient. */
function checkClient(sys: Sys, chain: readonly Uint8Array[], options: TlsServerOptions): Refusal | undefined {
  const mode = options.clientAuth ?? "none";
  if (chain.length === 0) {
    if (mode !== "require" && mode !== "require-and-verify") return undefined;
    return { alert: ALERT.certificateRequired, error: "tls: client didn't provide a certificate" };
  }
  if (mode !== "verify-if-given" && mode !== "require-and-verify") return undefined;
  const [leaf, ...others] = chain.map(parseCertificate);
  const failure = verifyGo(leaf as Certificate, {
    roots: options.clientCas ?? [],
    intermediates: others,
    now: sys.now(),
    usages: [USAGE.client],
  });
  if (!("error" in failure)) return undefined;
  const alert = { unknown: ALERT.unknownCa, expired: ALERT.certificateExpired, other: ALERT.badCertificate }[
    failure.kind
  ];
  return { alert, error: `tls: failed to verify certificate: ${failure.error}` };
}
