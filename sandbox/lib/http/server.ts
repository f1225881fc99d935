// The serving side of HTTP with the manners of Go's net/http: keep-alive, sniffed types, automatic lengths, chunks.
// Under HTTP/2 the same text framing travels, with h2's header order and names; clients show it as HTTP/2.

import { type Errno, isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { concat, encode } from "../../kernel/text.ts";
import { applicationStream } from "../tls/application.ts";
import { createRecordLayer } from "../tls/record.ts";
import { acceptTls, type TlsServerOptions } from "../tls/server.ts";
import { plainStream, type Stream, type TlsState } from "../tls/stream.ts";
import {
  canonicalName,
  decodePercent,
  formatHttpDate,
  type Handler,
  type Headers,
  type HttpRequest,
  type ResponseWriter,
  statusText,
} from "./message.ts";
import {
  behindReader,
  createBody,
  createReader,
  encodeChunk,
  type Framing,
  type Reader,
  readHeaders,
} from "./reader.ts";
import { detectContentType } from "./sniff.ts";

export interface ServeOptions {
  readonly handler: Handler;
  /** Makes it an HTTPS server. */
  readonly tls?: TlsServerOptions;
  /** Notes what a copy of the machine needs to go on between two requests: there it comes back as `resumed`. */
  atRest?(tls: TlsState | undefined): void;
  /** What an earlier handshake agreed on: there is none any more. */
  readonly resumed?: TlsState | undefined;
  /** A handshake failed; the text is Go's log line behind `http: `: `TLS handshake error from 10.0.0.1:4000: EOF`. */
  onTlsError?(text: string): void;
}

/** Serves one accepted connection to its end and closes it. Call it from a service's `connection` handler. */
export function* serveConnection(sys: Sys, fd: number, options: ServeOptions): Task {
  const peer = sys.getpeername(fd);
  const remote =
    isErrno(peer) || peer.family === "unix" ? { address: "@", port: 0 } : { address: peer.address, port: peer.port };
  let stream = plainStream(sys, fd);
  if (options.resumed !== undefined)
    stream = applicationStream(sys, fd, createRecordLayer(sys, fd, 0x303), options.resumed);
  else if (options.tls !== undefined) {
    const accepted = yield* acceptTls(sys, fd, options.tls);
    if (!accepted.ok) {
      const from = remote.address.includes(":") ? `[${remote.address}]` : remote.address;
      if (accepted.plainHttp)
        yield* sys.write(fd, "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n");
      options.onTlsError?.(`TLS handshake error from ${from}:${remote.port}: ${accepted.error}`);
      sys.close(fd);
      return;
    }
    stream = accepted.stream;
    // HTTP/2 forbids most suites of TLS 1.2; Go's server says so and hangs up.
    if (
      stream.tls?.alpn === "h2" &&
      stream.tls.version === "1.2" &&
      !/^TLS_ECDHE_.*(GCM|POLY1305)/.test(stream.tls.cipher)
    ) {
      yield* stream.read();
      yield* stream.close();
      return;
    }
  }
  const reader = createReader(stream);
  for (;;) {
    if (options.atRest !== undefined && !reader.buffered() && !stream.buffered?.()) {
      options.atRest(stream.tls);
      sys.keep(fd);
      yield* sys.waitUntil(() => sys.readable(fd));
      sys.keep(fd, false);
    }
    const outcome = yield* serveOne(sys, stream, reader, remote, options.handler);
    if (outcome === "hijacked") return;
    if (outcome === "close") break;
  }
  yield* stream.close();
}

const REFUSED = (status: string, text: string) =>
  `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${text}`;

function* serveOne(
  sys: Sys,
  stream: Stream,
  reader: Reader,
  remote: HttpRequest["remote"],
  handler: Handler,
): Task<"again" | "close" | "hijacked"> {
  const line = yield* reader.line(true);
  if (line === undefined || (isErrno(line) && line.code !== "EINVAL")) return "close";
  if (isErrno(line)) {
    yield* stream.write(REFUSED("400 Bad Request", "400 Bad Request"));
    reader.takeBuffered();
    return "close";
  }
  const start = /^([!-~]+) (\S+) (HTTP\/(?:1\.[01]|2))$/.exec(line);
  const headers = start === null ? undefined : yield* readHeaders(reader);
  if (start === null || headers === undefined) {
    const old = /^\S+ \S+ HTTP\/\d\.\d$/.test(line) && start === null;
    yield* stream.write(
      old
        ? REFUSED("505 HTTP Version Not Supported", "505 HTTP Version Not Supported: unsupported protocol version")
        : REFUSED("400 Bad Request", "400 Bad Request"),
    );
    return "close";
  }
  const [, method = "", target = "", version = ""] = start;
  const host = headers.get("host");
  if (host === undefined && version === "HTTP/1.1") {
    yield* stream.write(
      REFUSED("400 Bad Request: missing required Host header", "400 Bad Request: missing required Host header"),
    );
    return "close";
  }
  const continues = (headers.get("expect") ?? "").toLowerCase() === "100-continue";
  const body = createBody(reader, requestFraming(headers));
  let asked = !continues;
  function* read(): Task<Uint8Array | Errno> {
    if (!asked) {
      asked = true;
      yield* stream.write("HTTP/1.1 100 Continue\r\n\r\n");
    }
    return yield* body.read();
  }
  const [path = "", query = ""] = splitTarget(target);
  const request: HttpRequest = {
    method,
    target,
    path: decodePercent(path),
    query,
    version: version as HttpRequest["version"],
    host: host ?? "",
    headers,
    remote,
    tls: stream.tls,
    read,
    *body() {
      const parts: Uint8Array[] = [];
      for (;;) {
        const part = yield* read();
        if (isErrno(part) || part.length === 0) return concat(parts);
        parts.push(part);
      }
    },
  };
  const wish = (headers.get("connection") ?? "").toLowerCase();
  const keep = version === "HTTP/2" || (version === "HTTP/1.1" ? !wish.includes("close") : wish.includes("keep-alive"));
  const response = createResponse(sys, stream, request, keep && asked, () => behindReader(stream, reader));
  yield* handler(request, response.writer);
  if (response.taken()) return "hijacked";
  const alive = yield* response.finish();
  if (!alive) return "close";
  if (asked) for (let part = yield* body.read(); !isErrno(part) && part.length > 0; ) part = yield* body.read();
  return "again";
}

function splitTarget(target: string): [string, string] {
  const local = /^[a-z]+:\/\/[^/?]*(.*)$/i.exec(target)?.[1] ?? target;
  const at = local.indexOf("?");
  return at < 0 ? [local, ""] : [local.slice(0, at), local.slice(at + 1)];
}

function requestFraming(headers: Headers): Framing {
  if ((headers.get("transfer-encoding") ?? "").toLowerCase() === "chunked") return { kind: "chunked" };
  const length = headers.get("content-length");
  return length === undefined ? { kind: "none" } : { kind: "length", size: Number(length) || 0 };
}

interface Response {
  readonly writer: ResponseWriter;
  taken(): boolean;
  /** Sends what is left; whether the connection can be used again. */
  finish(): Task<boolean>;
}

function createResponse(
  sys: Sys,
  stream: Stream,
  request: HttpRequest,
  keep: boolean,
  takeOver: () => Stream,
): Response {
  const second = request.version === "HTTP/2";
  const limit = second ? 4096 : 2048;
  const set = new Map<string, string[]>();
  let status: number | undefined;
  let pending: Uint8Array[] = [];
  let size = 0;
  let written = 0;
  let sent = false;
  let chunked = false;
  let alive = true;
  let taken = false;
  let gone = false;
  const bodyAllowed = () => request.method !== "HEAD" && status !== 204 && status !== 304 && (status ?? 200) >= 200;

  /** Status line and headers; `whole` where the buffered body is all there is. */
  function* sendHead(whole: boolean): Task {
    sent = true;
    const body = concat(pending);
    const own = [...set]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([name, values]) => values.map((value) => [name, value] as const));
    const extra: [string, string][] = [];
    const allowed = status !== 204 && status !== 304 && (status ?? 200) >= 200;
    const sniffed =
      allowed && body.length > 0 && !set.has("Content-Type") && !set.has("Content-Encoding")
        ? detectContentType(body)
        : undefined;
    const length =
      whole && allowed && !set.has("Content-Length") && (request.method !== "HEAD" || body.length > 0)
        ? String(body.length)
        : undefined;
    chunked = bodyAllowed() && length === undefined && !set.has("Content-Length") && request.version !== "HTTP/1.0";
    if (request.version === "HTTP/1.0" && length === undefined && !set.has("Content-Length")) alive = false;
    alive &&= keep && set.get("Connection")?.[0] !== "close";
    const date = set.has("Date") ? undefined : formatHttpDate(sys.now());
    const push = (name: string, value: string | undefined) => value !== undefined && extra.push([name, value]);
    if (second) {
      push("Content-Type", sniffed);
      push("Content-Length", length);
      push("Date", date);
    } else {
      push("Date", date);
      push("Content-Length", length);
      push("Content-Type", sniffed);
      if (!alive && request.version === "HTTP/1.1" && !set.has("Connection")) push("Connection", "close");
      if (alive && request.version === "HTTP/1.0") push("Connection", "keep-alive");
    }
    if (chunked) push("Transfer-Encoding", "chunked");
    const code = status ?? 200;
    const lines = [
      second ? `HTTP/2 ${code} ` : `${request.version} ${code} ${statusText(code) || `status code ${code}`}`,
    ];
    for (const [name, value] of [...own, ...extra]) lines.push(`${second ? name.toLowerCase() : name}: ${value}`);
    yield* send(encode(`${lines.join("\r\n")}\r\n\r\n`));
  }

  function* send(bytes: Uint8Array): Task {
    const done = yield* stream.write(bytes);
    if (isErrno(done)) gone = true;
  }

  function* flushBody(): Task {
    const bytes = concat(pending);
    pending = [];
    size = 0;
    if (bytes.length > 0 && bodyAllowed()) yield* send(chunked ? encodeChunk(bytes) : bytes);
  }

  const writer: ResponseWriter = {
    set: (name, value) => void set.set(canonicalName(name), [value]),
    add: (name, value) => void set.set(canonicalName(name), [...(set.get(canonicalName(name)) ?? []), value]),
    remove: (name) => void set.delete(canonicalName(name)),
    writeHead: (code) => {
      status ??= code;
    },
    *write(data) {
      status ??= 200;
      const bytes = typeof data === "string" ? encode(data) : data;
      written += bytes.length;
      pending.push(bytes);
      size += bytes.length;
      if (size > limit) {
        if (!sent) yield* sendHead(false);
        yield* flushBody();
      }
      return !gone;
    },
    *flush() {
      status ??= 200;
      if (!sent) yield* sendHead(false);
      yield* flushBody();
      return !gone;
    },
    hijack() {
      taken = true;
      return takeOver();
    },
    get status() {
      return status;
    },
    get written() {
      return written;
    },
  };
  return {
    writer,
    taken: () => taken,
    *finish() {
      status ??= 200;
      if (!sent) yield* sendHead(true);
      yield* flushBody();
      if (chunked) yield* send(encode("0\r\n\r\n"));
      return alive && !gone;
    },
  };
}

/** Go's http.Error: plain text with a newline, never sniffed. */
export function* replyError(response: ResponseWriter, status: number, text: string): Task {
  response.set("Content-Type", "text/plain; charset=utf-8");
  response.set("X-Content-Type-Options", "nosniff");
  response.writeHead(status);
  yield* response.write(`${text}\n`);
}

/** A whole answer with a given type. */
export function* reply(
  response: ResponseWriter,
  status: number,
  type: string | undefined,
  body: Uint8Array | string,
): Task {
  if (type !== undefined) response.set("Content-Type", type);
  response.writeHead(status);
  yield* response.write(body);
}
