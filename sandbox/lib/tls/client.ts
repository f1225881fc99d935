// The asking side of TLS. Whom to trust is the caller's: OpenSSL's rules for curl, Go's for the kubelet and kubectl.

import type { Errno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { DerError } from "../asn1/der.ts";
import { type Certificate, parseCertificate } from "../x509/certificate.ts";
import { ALERT } from "./alerts.ts";
import { applicationStream } from "./application.ts";
import { checkProof, handshakeScheme, type Identity, proveIdentity } from "./identity.ts";
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
} from "./record.ts";
import type { Stream, TlsVersion, Wire } from "./stream.ts";
import { SUITES, VERSIONS, versionCode } from "./suites.ts";

export interface TlsClientOptions {
  readonly serverName?: string | undefined;
  readonly minVersion?: TlsVersion;
  readonly maxVersion?: TlsVersion;
  /** IANA names, best first. */
  readonly cipherSuites: readonly string[];
  readonly groups: readonly string[];
  readonly alpn?: readonly string[];
  /** Sent where the server asks for a certificate. */
  readonly identity?: Identity | undefined;
  /** OpenSSL's security level 1 and above: no signatures with SHA-1, and so no TLS below 1.2. */
  readonly forbidSha1?: boolean;
  /** Asks for session tickets in TLS 1.2 (curl does not). */
  readonly tickets?: boolean;
  /** Judges the server's chain; an answer ends the handshake with that alert. */
  verify(chain: readonly Certificate[]): { readonly alert: number } | undefined;
  onEvent?(event: TlsEvent): void;
}

/** What a traced connection shows. */
export interface TlsEvent {
  readonly direction: "OUT" | "IN";
  readonly version: TlsVersion;
  readonly kind: "handshake" | "alert" | "change cipher";
  /** Number of the message or alert. */
  readonly number: number;
  /** Alerts: 1 warning, 2 fatal. */
  readonly level?: number;
}

export type TlsFailure =
  /** `verify` said no. */
  | { readonly kind: "rejected" }
  | { readonly kind: "alert"; readonly number: number }
  /** The answer is no TLS at all. */
  | { readonly kind: "foreign" }
  | { readonly kind: "end" }
  | { readonly kind: "errno"; readonly errno: Errno }
  /** No version or suite is left to offer. */
  | { readonly kind: "no-protocols" | "no-ciphers" }
  /** The server did not prove its key. */
  | { readonly kind: "bad-signature" }
  /** TLS before 1.2 signs with SHA-1, which the security level forbids. */
  | { readonly kind: "legacy" };

export interface TlsConnected {
  readonly stream: Stream;
  /** Where the server asked for a client certificate: names it accepts (DER) and signature schemes. */
  readonly asked: { readonly names: readonly Uint8Array[]; readonly schemes: readonly string[] } | undefined;
  /** Signature scheme of the server, such as `rsa_pss_rsae_sha256`. */
  readonly scheme: string;
  readonly counts: { read: number; written: number };
}

export type TlsResult =
  | { readonly ok: true; readonly connected: TlsConnected }
  | { readonly ok: false; readonly failure: TlsFailure; readonly partial?: ServerPart };

/** What the server has said of itself. */
export interface ServerPart {
  readonly version: TlsVersion;
  readonly cipher: string;
  readonly group: string;
  readonly alpn: string | undefined;
  readonly chain: readonly Uint8Array[];
  readonly scheme: string;
  readonly asked: TlsConnected["asked"];
}

/** Runs the client's side of the handshake on a connected descriptor, which stays open on failure. */
export function* connectTls(sys: Wire, fd: number, options: TlsClientOptions): Task<TlsResult> {
  const from = VERSIONS.indexOf(options.minVersion ?? "1.2");
  const to = VERSIONS.indexOf(options.maxVersion ?? "1.3");
  const versions = VERSIONS.slice(from, to + 1);
  const layer = createRecordLayer(sys, fd, 0x301);
  const failed = (failure: TlsFailure): TlsResult => ({ ok: false, failure });
  if (versions.length === 0) return failed({ kind: "no-protocols" });
  const ciphers = options.cipherSuites.filter((name) =>
    SUITES.some((suite) => suite.name === name && (suite.tls13 ? versions.includes("1.3") : versions[0] !== "1.3")),
  );
  if (ciphers.length === 0) return failed({ kind: "no-ciphers" });
  const part: PartSoFar = { cipher: "", group: "", alpn: undefined, chain: [], scheme: "", asked: undefined };
  const session: Session = { layer, options, version: versions.at(-1) as TlsVersion, part };
  const hello = {
    v: versions,
    c: ciphers,
    g: options.groups,
    ...(options.alpn?.length ? { a: options.alpn } : {}),
    ...(options.serverName === undefined ? {} : { n: [options.serverName] }),
    ...(options.tickets ? { t: ["1"] } : {}),
    // A real hello has about half a kilobyte; servers and s_client count bytes.
    z: [new Uint8Array(120)],
  };
  yield* send(session, MESSAGE.clientHello, hello);
  const broken = (yield* readServer(session)) ?? (yield* answer(session));
  const server: ServerPart = { ...part, version: session.version };
  if (broken !== undefined) return { ok: false, failure: broken, partial: server };
  const state = {
    version: session.version,
    cipher: server.cipher,
    group: server.group,
    alpn: server.alpn,
    serverName: options.serverName,
    peerCertificates: server.chain,
  };
  const stream = applicationStream(sys, fd, layer, state, (what) => {
    if ("alert" in what) event(session, "IN", "alert", what.alert, what.alert === 0 ? 1 : 2);
    else event(session, "IN", "handshake", what.message.type);
  });
  return {
    ok: true,
    connected: {
      stream: tracedClose(session, stream),
      asked: server.asked,
      scheme: server.scheme,
      counts: layer.counts,
    },
  };
}

interface Session {
  readonly layer: RecordLayer;
  readonly options: TlsClientOptions;
  version: TlsVersion;
  readonly part: PartSoFar;
}

/** Filled as the server's messages come in. */
type PartSoFar = { -readonly [Key in Exclude<keyof ServerPart, "version">]: ServerPart[Key] };

function event(
  session: Session,
  direction: "OUT" | "IN",
  kind: TlsEvent["kind"],
  number: number,
  level?: number,
): void {
  session.options.onEvent?.({
    direction,
    version: session.version,
    kind,
    number,
    ...(level === undefined ? {} : { level }),
  });
}

function* send(session: Session, type: number, fields: Parameters<typeof encodeMessage>[1]): Task {
  event(session, "OUT", "handshake", type);
  yield* session.layer.writeMessages([encodeMessage(type, fields)]);
}

function* sendAlert(session: Session, number: number): Task {
  event(session, "OUT", "alert", number, 2);
  yield* session.layer.write(CONTENT.alert, Uint8Array.of(2, number));
}

/** The server's flight: everything up to its Finished (TLS 1.3) or ServerHelloDone. */
function* readServer(session: Session): Task<TlsFailure | undefined> {
  const { part } = session;
  for (;;) {
    const got = yield* session.layer.readMessage();
    if (!isMessage(got)) {
      const failure = readOther(session, got);
      if (failure !== undefined) return failure;
      continue;
    }
    // The version becomes known by the hello, and is told of from the next message on.
    event(session, "IN", "handshake", got.type);
    if (got.type === MESSAGE.serverHello) session.version = (textField(got, "v") ?? session.version) as TlsVersion;
    switch (got.type) {
      case MESSAGE.serverHello:
        session.layer.version = session.version === "1.3" ? 0x303 : versionCode(session.version);
        Object.assign(part, { cipher: textField(got, "c"), group: textField(got, "g"), alpn: textField(got, "a") });
        break;
      case MESSAGE.encryptedExtensions:
        part.alpn = textField(got, "a");
        break;
      case MESSAGE.certificateRequest:
        part.asked = {
          names: got.fields.get("d") ?? [],
          schemes: (got.fields.get("s") ?? []).map((bytes) => String.fromCharCode(...bytes)),
        };
        break;
      case MESSAGE.certificate: {
        part.chain = got.fields.get("c") ?? [];
        const refused = yield* judge(session, part.chain);
        if (refused !== undefined) return refused;
        break;
      }
      case MESSAGE.certificateVerify:
      case MESSAGE.serverKeyExchange: {
        const wrong = yield* checkServerProof(session, part.chain, got);
        if (wrong !== undefined) return wrong;
        const key = parseCertificate(part.chain[0] as Uint8Array).publicKey;
        part.scheme = key === undefined ? "" : handshakeScheme(key).name;
        break;
      }
      case MESSAGE.finished:
      case MESSAGE.serverHelloDone:
        return undefined;
    }
  }
}

function readOther(session: Session, got: Record | NoRecord): TlsFailure | undefined {
  if (!isRecord(got)) return got.kind === "garbage" ? { kind: "foreign" } : got;
  if (got.type === CONTENT.changeCipher) {
    event(session, "IN", "change cipher", 1);
    return undefined;
  }
  const number = got.body[1] ?? 0;
  if (got.type !== CONTENT.alert) return { kind: "foreign" };
  event(session, "IN", "alert", number, got.body[0] ?? 2);
  return { kind: "alert", number };
}

function* judge(session: Session, chain: readonly Uint8Array[]): Task<TlsFailure | undefined> {
  let parsed: Certificate[];
  try {
    parsed = chain.map(parseCertificate);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    yield* sendAlert(session, ALERT.badCertificate);
    return { kind: "bad-signature" };
  }
  const refused = session.options.verify(parsed);
  if (refused === undefined) return undefined;
  yield* sendAlert(session, refused.alert);
  return { kind: "rejected" };
}

function* checkServerProof(
  session: Session,
  chain: readonly Uint8Array[],
  message: Message,
): Task<TlsFailure | undefined> {
  const code = versionCode(session.version);
  if (code < 0x303 && session.options.forbidSha1) {
    yield* sendAlert(session, ALERT.handshakeFailure);
    return { kind: "legacy" };
  }
  if (checkProof(chain, "server", code, message.fields.get("p")?.[0] ?? new Uint8Array(0))) return undefined;
  yield* sendAlert(session, ALERT.decryptError);
  return { kind: "bad-signature" };
}

/** The client's flight, and in older versions the server's end. */
function* answer(session: Session): Task<TlsFailure | undefined> {
  const { layer, options, part: server } = session;
  const modern = session.version === "1.3";
  const code = versionCode(session.version);
  const identity = server.asked === undefined ? undefined : options.identity;
  if (modern) yield* changeCipher(session);
  if (server.asked !== undefined) yield* send(session, MESSAGE.certificate, { c: identity?.chain ?? [] });
  if (!modern) yield* send(session, MESSAGE.clientKeyExchange, { k: [new Uint8Array(32)] });
  if (identity !== undefined)
    yield* send(session, MESSAGE.certificateVerify, { p: [proveIdentity(identity, "client", code)] });
  if (!modern) yield* changeCipher(session);
  yield* send(session, MESSAGE.finished, {});
  if (modern) return undefined;
  for (;;) {
    const got = yield* layer.readMessage();
    if (!isMessage(got)) {
      const failure = readOther(session, got);
      if (failure !== undefined) return failure;
      continue;
    }
    event(session, "IN", "handshake", got.type);
    if (got.type === MESSAGE.finished) return undefined;
  }
}

function* changeCipher(session: Session): Task {
  event(session, "OUT", "change cipher", 1);
  yield* session.layer.write(CONTENT.changeCipher, Uint8Array.of(1));
}

function tracedClose(session: Session, stream: Stream): Stream {
  return {
    ...stream,
    *close() {
      if (stream.alert?.() === undefined) event(session, "OUT", "alert", 0, 1);
      yield* stream.close();
    },
  };
}
