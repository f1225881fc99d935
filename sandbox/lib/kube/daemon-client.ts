// The API server's client of daemons (kubelet, controllers): what their kubeconfig says, and connections that are kept as plain
// descriptors, so that they live on through snapshots and forks of the machine.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { encode } from "../../kernel/text.ts";
import { type ClientResponse, createConnection, readResponse, sendRequest } from "../http/client.ts";
import { applicationStream } from "../tls/application.ts";
import { dialGo, goTarget } from "../tls/go-dial.ts";
import { pairOf } from "../tls/pair.ts";
import { createRecordLayer } from "../tls/record.ts";
import { plainStream, type Stream, type Wire } from "../tls/stream.ts";

/** A kubeconfig's server, trust and credentials, as PEM. */
export interface ApiClient {
  readonly server: string;
  readonly ca: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  /** In place of the certificate. */
  readonly token: string | undefined;
  readonly insecure: boolean;
}

/** Who asks. */
export interface ApiCaller {
  readonly client: ApiClient;
  /** User-Agent. */
  readonly agent: string;
  /** Connections that wait for their next request. */
  readonly idle: number[];
  /** How long the network may be silent while connecting (ms). */
  readonly timeout?: number;
}

export interface OpenRequest {
  readonly response: ClientResponse;
  readonly fd: number;
  readonly secure: boolean;
  /** What came with the answer's head. */
  early(): Uint8Array;
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
      if (left > 0) return part;
      const body = header.length === 5 ? ((header[3] ?? 0) << 8) | (header[4] ?? 0) : 0;
      // The sixth entry marks that the body comes next.
      if (body > 0) header.push(0);
      else header = [];
      left = body > 0 ? body : 5;
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
function resume(sys: Sys, fd: number, secure: boolean): Stream {
  if (!secure) return plainStream(sys, fd);
  const wire = recordWire(sys);
  return applicationStream(wire, fd, createRecordLayer(wire, fd, 0x0303), TLS_STATE);
}

/** A kept connection on which nothing waits; one that can be read has ended. */
function takeIdle(sys: Sys, idle: number[]): number | undefined {
  for (let fd = idle.pop(); fd !== undefined; fd = idle.pop()) {
    if (!sys.readable(fd)) return fd;
    sys.close(fd);
  }
  return undefined;
}

function headersOf({ client, agent }: ApiCaller, authority: string, type: string | undefined): [string, string][] {
  const headers: [string, string][] = [
    ["Host", authority],
    ["User-Agent", agent],
    ["Accept", "application/json"],
  ];
  if (client.token !== undefined && client.certificate === undefined)
    headers.push(["Authorization", `Bearer ${client.token}`]);
  if (type !== undefined) headers.push(["Content-Type", type]);
  return headers;
}

/**
 * Sends a request and reads the answer's head; the body is the caller's to read, and the descriptor to keep or to close.
 * Errors are Go's: `Post "https://…": dial tcp 127.0.0.1:6444: connect: connection refused`.
 */
export function* openRequest(
  sys: Sys,
  caller: ApiCaller,
  method: string,
  path: string,
  body?: unknown,
  type = "application/json",
): Task<OpenRequest | { readonly error: string }> {
  const { client, idle, timeout } = caller;
  const place = goTarget(client.server);
  if (place === undefined) return { error: `parse ${client.server}: invalid URL` };
  const failed = (why: string) => ({
    error: `${method[0]}${method.slice(1).toLowerCase()} "${client.server}${path}": ${why}`,
  });
  const bytes = body === undefined ? undefined : encode(typeof body === "string" ? body : JSON.stringify(body));
  const headers = headersOf(caller, place.authority, bytes && type);
  if (bytes !== undefined) headers.push(["Content-Length", String(bytes.length)]);
  const { secure } = place;
  const trust = secure ? trustOf(client) : undefined;
  for (;;) {
    const kept = takeIdle(sys, idle);
    const stream =
      kept === undefined
        ? yield* dialGo(sys, { ...place, timeout, trust }, recordWire(sys))
        : resume(sys, kept, secure);
    if (typeof stream === "string") return failed(stream);
    const connection = createConnection(stream);
    const sent = yield* sendRequest(connection, { method, target: path, headers, body: bytes });
    const response = isErrno(sent) ? sent : yield* readResponse(connection, method);
    if (typeof response === "object" && "status" in response)
      return { response, fd: stream.fd, secure, early: () => connection.reader.takeBuffered() };
    sys.close(stream.fd);
    // A kept connection may have ended meanwhile: the request is sent once more on a new one.
    if (kept !== undefined) continue;
    if (response === "empty") return failed("EOF");
    return failed(response === "garbage" ? "malformed HTTP response" : response.text.toLowerCase());
  }
}

const trustOf = ({ ca, certificate, key, insecure }: ApiClient) => ({
  roots: insecure ? undefined : (ca ?? ""),
  identity: certificate !== undefined && key !== undefined ? pairOf(certificate, key) : undefined,
});

/** The answer's whole body; its connection waits for the next request where few do. */
export function* takeBody(sys: Sys, idle: number[], { response, fd }: OpenRequest): Task<Uint8Array> {
  const data = yield* response.body();
  if (response.keepAlive && !isErrno(data) && idle.length < IDLE_LIMIT) idle.push(fd);
  else sys.close(fd);
  return isErrno(data) ? new Uint8Array(0) : data;
}

const IDLE_LIMIT = 4;
