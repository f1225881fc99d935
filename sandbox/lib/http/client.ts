// The asking side of HTTP: one request and its answer over a stream.

import { type Errno, isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { concat, encode } from "../../kernel/text.ts";
import type { Stream } from "../tls/stream.ts";
import type { Headers } from "./message.ts";
import { behindReader, createBody, createReader, type Framing, type Reader, readHeaders } from "./reader.ts";

export interface ClientRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** In the order to send; Host included. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array | undefined;
  readonly version?: "HTTP/1.0" | "HTTP/1.1" | "HTTP/2";
}

export interface ClientResponse {
  readonly status: number;
  /** First line as received. */
  readonly line: string;
  readonly headers: Headers;
  /** The next part of the body; an empty array is its end, EIO a body cut short. */
  read(): Task<Uint8Array | Errno>;
  body(): Task<Uint8Array | Errno>;
  /** What the headers say of the body's size. */
  readonly length: number | undefined;
  /** Whether the connection can carry another request after the body. */
  readonly keepAlive: boolean;
  /** After a 101: the connection, with what came early in front. */
  upgraded(): Stream;
}

/** A stream with its reader, for several requests one after another. */
export interface HttpConnection {
  readonly stream: Stream;
  readonly reader: Reader;
}

export function createConnection(stream: Stream): HttpConnection {
  return { stream, reader: createReader(stream) };
}

/** Text of a request as it goes out. */
export function formatRequest({ method, target, headers, version = "HTTP/1.1" }: ClientRequest): string {
  return `${[`${method} ${target} ${version}`, ...headers.map(([name, value]) => (value === "" ? `${name}:` : `${name}: ${value}`))].join("\r\n")}\r\n\r\n`;
}

export function* sendRequest({ stream }: HttpConnection, request: ClientRequest): Task<Errno | undefined> {
  const head = encode(formatRequest(request));
  const done = yield* stream.write(request.body === undefined ? head : concat([head, request.body]));
  return isErrno(done) ? done : undefined;
}

/** The answer's head. "empty": the server closed without a word; "garbage": what came is no HTTP. */
export function* readResponse(
  { stream, reader }: HttpConnection,
  method: string,
): Task<ClientResponse | Errno | "empty" | "garbage"> {
  const line = yield* reader.line();
  if (line === undefined) return "empty";
  if (isErrno(line)) return line;
  const start = /^HTTP\/(1\.[01]|2) (\d{3})(?: .*)?$/.exec(line);
  if (start === null) return "garbage";
  const headers = yield* readHeaders(reader);
  if (headers === undefined) return "garbage";
  const status = Number(start[2]);
  const framing = responseFraming(method, status, headers);
  const body = createBody(reader, framing);
  const connection = (headers.get("connection") ?? "").toLowerCase();
  return {
    status,
    line,
    headers,
    length: framing.kind === "length" ? framing.size : undefined,
    keepAlive: framing.kind !== "close" && (start[1] === "1.0" ? connection === "keep-alive" : connection !== "close"),
    read: () => body.read(),
    *body() {
      const parts: Uint8Array[] = [];
      for (;;) {
        const part = yield* body.read();
        if (isErrno(part)) return part;
        if (part.length === 0) return concat(parts);
        parts.push(part);
      }
    },
    upgraded: () => behindReader(stream, reader),
  };
}

function responseFraming(method: string, status: number, headers: Headers): Framing {
  // What follows an upgrade is not HTTP; who does not take the connection over reads it as a body to the end.
  if (status === 101) return { kind: "close" };
  if (method === "HEAD" || status === 204 || status === 304 || status < 200) return { kind: "none" };
  if ((headers.get("transfer-encoding") ?? "").toLowerCase() === "chunked") return { kind: "chunked" };
  const length = headers.get("content-length");
  return length === undefined ? { kind: "close" } : { kind: "length", size: Number(length) || 0 };
}
