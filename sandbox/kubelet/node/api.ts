// The kubelet's side of talking to the API server: its kubeconfig's server, trust and credentials over the simulated network.
// Connections are kept open between requests and live in the kubelet's memory as plain descriptors.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import { fromBase64 } from "../../lib/crypto/base64.ts";
import { lookUpHost } from "../../lib/hosts.ts";
import { type ClientResponse, createConnection, readResponse, sendRequest } from "../../lib/http/client.ts";
import { goAlert } from "../../lib/tls/alerts.ts";
import { applicationStream } from "../../lib/tls/application.ts";
import { connectTls, type TlsFailure } from "../../lib/tls/client.ts";
import { pairOf } from "../../lib/tls/pair.ts";
import { createRecordLayer } from "../../lib/tls/record.ts";
import { GO_GROUPS } from "../../lib/tls/server.ts";
import { plainStream, type Stream, type Wire } from "../../lib/tls/stream.ts";
import { GO_DEFAULT_SUITES, SUITES } from "../../lib/tls/suites.ts";
import { certificatesFromPem, USAGE } from "../../lib/x509/certificate.ts";
import { verifyGo } from "../../lib/x509/verify-go.ts";
import { readKubeconfig } from "../config/kubeconfig.ts";
import type { ApiClient, KubeletState } from "../state.ts";

export type ApiReply =
  | { readonly status: number; readonly body: Record<string, unknown>; readonly text: string }
  | { readonly error: string };

/** Reads the kubeconfig's files into a client; undefined where there is no usable one. */
export function createClient(text: string, readFile: (path: string) => string | undefined): ApiClient | undefined {
  const config = readKubeconfig(text);
  if ("error" in config) return undefined;
  const either = (data: string | undefined, file: string | undefined): string | undefined => {
    if (data !== undefined) {
      const bytes = fromBase64(data);
      return bytes === undefined ? undefined : decode(bytes);
    }
    return file === undefined ? undefined : readFile(file);
  };
  return {
    server: config.server,
    ca: either(config.certificateAuthorityData, config.certificateAuthority),
    certificate: either(config.clientCertificateData, config.clientCertificate),
    key: either(config.clientKeyData, config.clientKey),
    token: config.token,
    insecure: config.insecure,
  };
}

const VERB: Readonly<Record<string, string>> = {
  GET: "Get",
  POST: "Post",
  PUT: "Put",
  PATCH: "Patch",
  DELETE: "Delete",
};

/** How many connections wait for their next request. */
const IDLE_LIMIT = 4;

/** What requests need: the client, its idle connections, and the name the kubelet gives itself. */
export type Caller = Pick<KubeletState, "profile"> & { readonly client: ApiClient | undefined; idle: number[] };

interface Place {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  readonly authority: string;
}

function placeOf(client: ApiClient): Place | undefined {
  const url = /^(https?):\/\/(\[[^\]]*\]|[^:/]+)(?::(\d+))?/.exec(client.server);
  if (url === null) return undefined;
  const secure = url[1] === "https";
  return {
    secure,
    host: (url[2] as string).replace(/^\[|\]$/g, ""),
    port: Number(url[3] ?? (secure ? 443 : 80)),
    authority: url[2] + (url[3] === undefined ? "" : `:${url[3]}`),
  };
}

/** Reads one TLS record at a time, so that what another thread will want to read stays with the kernel. */
function recordWire(sys: Sys): Wire {
  let header: number[] = [];
  let left = 5;
  return {
    write: (fd, data) => sys.write(fd, data),
    close: (fd) => sys.close(fd),
    *read(fd) {
      const part = yield* sys.read(fd, left);
      if (isErrno(part) || part.length === 0) return part;
      left -= part.length;
      if (header.length < 5) header.push(...part);
      if (left === 0) {
        const body = header.length === 5 ? ((header[3] ?? 0) << 8) | (header[4] ?? 0) : 0;
        // The sixth entry marks that the body comes next.
        if (body > 0) header.push(0);
        else header = [];
        left = body > 0 ? body : 5;
      }
      return part;
    },
  };
}

const TLS_STATE = {
  version: "1.3",
  cipher: "",
  group: "",
  alpn: undefined,
  serverName: undefined,
  peerCertificates: [],
} as const;

/** A stream over a connection whose handshake was done earlier. */
const resume = (sys: Sys, fd: number, secure: boolean): Stream => {
  if (!secure) return plainStream(sys, fd);
  const wire = recordWire(sys);
  return applicationStream(wire, fd, createRecordLayer(wire, fd, 0x0303), TLS_STATE);
};

/** A connection to the API server; a text is Go's error. */
function* dial(sys: Sys, client: ApiClient, place: Place): Task<Stream | string> {
  const { host, port } = place;
  const found = lookUpHost(sys, host);
  const address = found?.v4[0] ?? found?.v6[0];
  if (address === undefined) return `dial tcp: lookup ${host}: no such host`;
  const fd = yield* sys.connect({ family: "tcp", address, port });
  if (isErrno(fd))
    return `dial tcp ${address.includes(":") ? `[${address}]` : address}:${port}: ${fd.code === "ETIMEDOUT" ? "i/o timeout" : `connect: ${fd.text.toLowerCase()}`}`;
  const stream = place.secure ? yield* secureStream(sys, fd, client, host) : plainStream(sys, fd);
  if (typeof stream === "string") sys.close(fd);
  return stream;
}

/** One request. Errors are Go's: `Post "https://…": dial tcp 127.0.0.1:6444: connect: connection refused`. */
export function* callApi(
  sys: Sys,
  caller: Caller,
  method: string,
  path: string,
  body?: unknown,
  type?: string,
): Task<ApiReply> {
  const opened = yield* openRequest(sys, caller, method, path, body, type);
  if ("error" in opened) return opened;
  const { response, fd } = opened;
  const data = yield* response.body();
  if (response.keepAlive && !isErrno(data) && caller.idle.length < IDLE_LIMIT) caller.idle.push(fd);
  else sys.close(fd);
  const text = isErrno(data) ? "" : decode(data);
  let parsed: Record<string, unknown> = {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) parsed = value as Record<string, unknown>;
  } catch {
    // Not JSON: the text itself is the message.
  }
  const message = typeof parsed.message === "string" ? parsed.message : text.trim();
  return { status: response.status, body: parsed, text: message };
}

export interface OpenRequest {
  readonly response: ClientResponse;
  readonly fd: number;
  readonly secure: boolean;
  /** What came with the answer's head. */
  early(): Uint8Array;
}

/** Sends a request and reads the answer's head; the body is the caller's to read, and the descriptor to close. */
export function* openRequest(
  sys: Sys,
  caller: Caller,
  method: string,
  path: string,
  body?: unknown,
  type = "application/json",
): Task<OpenRequest | { readonly error: string }> {
  const { client } = caller;
  if (client === undefined) return { error: "no API client" };
  const place = placeOf(client);
  if (place === undefined) return { error: `parse ${client.server}: invalid URL` };
  const failed = (inner: string) => ({ error: `${VERB[method] ?? method} "${client.server}${path}": ${inner}` });
  const bytes = body === undefined ? undefined : encode(typeof body === "string" ? body : JSON.stringify(body));
  const headers: [string, string][] = [
    ["Host", place.authority],
    ["User-Agent", `kubelet/${caller.profile.version} (linux/amd64) kubernetes/98b3519`],
    ["Accept", "application/json"],
  ];
  if (client.token !== undefined && client.certificate === undefined)
    headers.push(["Authorization", `Bearer ${client.token}`]);
  if (bytes !== undefined) headers.push(["Content-Type", type], ["Content-Length", String(bytes.length)]);
  for (;;) {
    const kept = takeIdle(sys, caller);
    const stream = kept === undefined ? yield* dial(sys, client, place) : resume(sys, kept, place.secure);
    if (typeof stream === "string") return failed(stream);
    const connection = createConnection(stream);
    const sent = yield* sendRequest(connection, { method, target: path, headers, body: bytes });
    const response = isErrno(sent) ? sent : yield* readResponse(connection, method);
    if (typeof response === "object" && "status" in response)
      return { response, fd: stream.fd, secure: place.secure, early: () => connection.reader.takeBuffered() };
    sys.close(stream.fd);
    // A kept connection may have ended meanwhile: the request is sent once more on a new one.
    if (kept !== undefined) continue;
    if (response === "empty") return failed("EOF");
    return failed(response === "garbage" ? "malformed HTTP response" : response.text.toLowerCase());
  }
}

/** A kept connection on which nothing waits; one that can be read has ended. */
function takeIdle(sys: Sys, caller: Caller): number | undefined {
  for (let fd = caller.idle.pop(); fd !== undefined; fd = caller.idle.pop()) {
    if (!sys.readable(fd)) return fd;
    sys.close(fd);
  }
  return undefined;
}

/** Closes what is kept: the next request proves itself anew. */
export function forgetConnections(sys: Sys, caller: Caller): void {
  for (const fd of caller.idle.splice(0)) sys.close(fd);
}

function* secureStream(sys: Sys, fd: number, client: ApiClient, host: string): Task<Stream | string> {
  let refused: string | undefined;
  const identity =
    client.certificate !== undefined && client.key !== undefined ? pairOf(client.certificate, client.key) : undefined;
  const done = yield* connectTls(recordWire(sys), fd, {
    serverName: /^[\d.:]+$/.test(host) ? undefined : host,
    cipherSuites: [
      ...SUITES.filter((s) => s.name.startsWith("TLS_AES") || s.name.startsWith("TLS_CHACHA")).map((s) => s.name),
      ...GO_DEFAULT_SUITES,
    ],
    groups: GO_GROUPS,
    alpn: ["http/1.1"],
    identity,
    verify(chain) {
      const leaf = chain[0];
      if (client.insecure || leaf === undefined) return undefined;
      const result = verifyGo(leaf, {
        roots: client.ca === undefined ? [] : certificatesFromPem(client.ca),
        intermediates: chain.slice(1),
        now: sys.now(),
        usages: [USAGE.server],
        hostname: host,
      });
      if (!("error" in result)) return undefined;
      refused = `tls: failed to verify certificate: ${result.error}`;
      return { alert: 42 };
    },
  });
  if (done.ok) return done.connected.stream;
  return refused ?? describeFailure(done.failure);
}

function describeFailure(failure: TlsFailure): string {
  switch (failure.kind) {
    case "alert":
      return `remote error: tls: ${goAlert(failure.number)}`;
    case "foreign":
      return "http: server gave HTTP response to HTTPS client";
    case "errno":
      return failure.errno.text.toLowerCase();
    default:
      return "EOF";
  }
}
