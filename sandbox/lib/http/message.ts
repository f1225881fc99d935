// HTTP messages as both sides see them: headers, request, response, and the texts of status codes.

import type { Errno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import type { Stream, TlsState } from "../tls/stream.ts";

/** Header lines in order, with names as they were written. Looked up without regard to case. */
export interface Headers {
  readonly list: readonly (readonly [name: string, value: string])[];
  get(name: string): string | undefined;
  all(name: string): readonly string[];
}

export function createHeaders(list: readonly (readonly [string, string])[]): Headers {
  const all = (name: string) => {
    const lower = name.toLowerCase();
    return list.filter(([key]) => key.toLowerCase() === lower).map(([, value]) => value);
  };
  return { list, all, get: (name) => all(name)[0] };
}

/** A request as a handler sees it. */
export interface HttpRequest {
  readonly method: string;
  /** As sent: path and query. */
  readonly target: string;
  /** Decoded path. */
  readonly path: string;
  /** Query text behind `?`, undecoded. */
  readonly query: string;
  readonly version: "HTTP/1.0" | "HTTP/1.1" | "HTTP/2";
  readonly host: string;
  readonly headers: Headers;
  readonly remote: { readonly address: string; readonly port: number };
  readonly tls: TlsState | undefined;
  /** The next part of the body; an empty array is its end. */
  read(): Task<Uint8Array | Errno>;
  /** The rest of the body at once. */
  body(): Task<Uint8Array>;
}

/** Where a handler answers, with the manners of Go's http.ResponseWriter. */
export interface ResponseWriter {
  /** Sets (replaces) a header of the answer; before the first write. */
  set(name: string, value: string): void;
  add(name: string, value: string): void;
  remove(name: string): void;
  /** Status line and headers; 200 at the first write where it was not called. */
  writeHead(status: number): void;
  /** False: the client is gone. */
  write(data: Uint8Array | string): Task<boolean>;
  /** Sends what is buffered now (logs that follow, watches). */
  flush(): Task<boolean>;
  /** Takes the connection over, after a 101 written by hand; what came too early is read first from the stream. */
  hijack(): Stream;
  readonly status: number | undefined;
  /** Bytes of body written. */
  readonly written: number;
}

export type Handler = (request: HttpRequest, response: ResponseWriter) => Task<void>;

const STATUS: Readonly<Record<number, string>> = {
  100: "Continue",
  101: "Switching Protocols",
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
  206: "Partial Content",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  409: "Conflict",
  410: "Gone",
  413: "Request Entity Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Entity",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
};

/** Go's http.StatusText. */
export function statusText(status: number): string {
  return STATUS[status] ?? "";
}

/** Go's CanonicalHeaderKey: `x-content-type` → `X-Content-Type`. */
export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** RFC 9110's date. */
export function formatHttpDate(ms: number): string {
  const at = new Date(ms);
  const two = (value: number) => String(value).padStart(2, "0");
  const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return `${DAYS[at.getUTCDay()]}, ${two(at.getUTCDate())} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()} ${clock} GMT`;
}

/** Percent-decoding that leaves what is malformed as it is. */
export function decodePercent(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Query parameters in order, decoded (`+` is a blank). */
export function parseQuery(query: string): readonly (readonly [name: string, value: string])[] {
  return query
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const at = part.indexOf("=");
      const [name, value] = at < 0 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
      return [decodePercent(name.replaceAll("+", " ")), decodePercent(value.replaceAll("+", " "))] as const;
    });
}
