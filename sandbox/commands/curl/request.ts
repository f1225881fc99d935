// The request curl sends: which headers, in which order, and what -v shows of them.

import { concat, encode } from "../../kernel/text.ts";
import { toBase64 } from "../../lib/crypto/base64.ts";
import type { ClientRequest } from "../../lib/http/client.ts";
import type { Cookies } from "./cookies.ts";
import { cookieHeader } from "./cookies.ts";
import type { FormPart, Operation } from "./settings.ts";
import type { CurlUrl } from "./url.ts";
import { percentEncode } from "./values.ts";
import type { CurlVersion } from "./versions.ts";

export interface Body {
  readonly bytes: Uint8Array;
  readonly type: string | undefined;
  /** Already in chunks: from standard input, whose length nobody knows. */
  readonly chunked?: boolean;
}

/** The body of -d, --json or -F; uploads are given apart. */
export function bodyOf(operation: Operation, random: (count: number) => Uint8Array): Body | undefined {
  if (operation.form.length > 0) {
    const letters = Array.from(
      random(22),
      (byte) => "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[byte % 62],
    ).join("");
    const boundary = `------------------------${letters}`;
    return { bytes: multipart(operation.form, boundary), type: `multipart/form-data; boundary=${boundary}` };
  }
  if (operation.data === undefined || operation.get) return undefined;
  return { bytes: operation.data, type: operation.json ? "application/json" : "application/x-www-form-urlencoded" };
}

function multipart(parts: readonly FormPart[], boundary: string): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (const { name, value, filename, type } of parts) {
    const file = filename === undefined ? "" : `; filename="${filename}"`;
    const kind = type === undefined ? "" : `Content-Type: ${type}\r\n`;
    pieces.push(
      encode(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n${kind}\r\n`),
      value,
      encode("\r\n"),
    );
  }
  return concat([...pieces, encode(`--${boundary}--\r\n`)]);
}

/** The URL with what -G and --url-query put behind it. */
export function targetWithQuery(url: CurlUrl, operation: Operation): string {
  const given = operation.text.get("url-query");
  const data =
    operation.get && operation.data !== undefined
      ? lowerEscapes(new TextDecoder("utf-8").decode(operation.data))
      : undefined;
  const extra = [data, given].filter((part) => part !== undefined);
  if (extra.length === 0) return url.target;
  return `${url.target}${url.target.includes("?") ? "&" : "?"}${extra.join("&")}`;
}

/** What is put behind an URL has its escapes in small letters. */
const lowerEscapes = (text: string) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());

/** One --url-query: `+text` as it is, `name=value` with the value escaped. */
export function encodeQuery(text: string): string {
  return text.startsWith("+") ? text.slice(1) : lowerEscapes(encodePair(text));
}

function encodePair(text: string): string {
  const at = text.indexOf("=");
  return at < 0
    ? percentEncode(encode(text))
    : `${text.slice(0, at + 1)}${percentEncode(encode(text.slice(at + 1))).replaceAll("%20", "+")}`;
}

export interface Asking {
  readonly url: CurlUrl;
  readonly method: string;
  readonly operation: Operation;
  readonly version: CurlVersion;
  readonly body: Body | undefined;
  readonly upload: boolean;
  readonly protocol: "http/1.x" | "h2";
  readonly cookies: Cookies;
  readonly now: number;
  /** Credentials are for the first host only, unless --location-trusted. */
  readonly sameHost: boolean;
  /** -C: the first byte wanted. */
  readonly resumeFrom: number;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** The request in curl's order: its own headers, then -H, then what belongs to the body. */
export function buildRequest(asking: Asking): ClientRequest {
  const { url, method, operation, version, body, upload, protocol, cookies, now, sameHost, resumeFrom } = asking;
  const custom = operation.headers.map(splitHeader).filter((header) => header !== undefined);
  for (const name of operation.json ? ["Content-Type", "Accept"] : []) {
    if (!custom.some(([key]) => key.toLowerCase() === name.toLowerCase())) custom.push([name, "application/json"]);
  }
  const overridden = (name: string) => custom.some(([key]) => key.toLowerCase() === name.toLowerCase());
  const headers: [string, string][] = [];
  const shown = url.host.includes(":") ? `[${url.host}]` : url.host;
  const authority = url.port === DEFAULT_PORTS[url.scheme] ? shown : `${shown}:${url.port}`;
  const hostHeader = custom.find(([key]) => key.toLowerCase() === "host");
  if (hostHeader === undefined) headers.push(["Host", authority]);
  else if (hostHeader[1] !== undefined) headers.push(["Host", hostHeader[1]]);
  const own = (name: string, value: string | undefined) =>
    value !== undefined && !overridden(name) && headers.push([name, value]);
  if (sameHost || operation.on.has("location-trusted")) own("Authorization", authorization(operation, url));
  const range = operation.text.get("range");
  if (resumeFrom > 0) own("Range", `bytes=${resumeFrom}-`);
  else if (range) own("Range", `bytes=${range}`);
  const agent = operation.text.get("user-agent");
  if (agent !== "") own("User-Agent", agent ?? `curl/${version.curl}`);
  own("Accept", "*/*");
  if (operation.on.has("compressed")) own("Accept-Encoding", "deflate, gzip, br, zstd");
  const referer = operation.text.get("referer")?.replace(/;auto$/, "");
  if (referer) own("Referer", referer);
  const jar = cookieHeader(cookies, url, now);
  if (jar !== undefined) headers.push(["Cookie", jar]);
  const condition = operation.text.get("time-cond");
  if (condition !== undefined)
    headers.push([
      condition.startsWith("-") ? "If-Unmodified-Since" : "If-Modified-Since",
      httpDate(Number(condition.replace("-", ""))),
    ]);
  for (const [name, value] of custom) {
    if (name.toLowerCase() === "host" || value === undefined) continue;
    if (!sameHost && /^(authorization|cookie)$/i.test(name)) continue;
    headers.push([name, value]);
  }
  const proxied = operation.text.has("via") && url.scheme === "http";
  if (proxied) own("Proxy-Connection", "Keep-Alive");
  if (operation.text.get("http") === "http2" && url.scheme === "http" && version.modern) {
    headers.push(["Connection", "Upgrade, HTTP2-Settings"], ["Upgrade", "h2c"]);
    headers.push(["HTTP2-Settings", "AAMAAABkAAQAAQAAAAIAAAAA"]);
  }
  if (body !== undefined && (method !== "GET" || body.bytes.length > 0)) {
    if (body.chunked && protocol !== "h2") {
      own("Transfer-Encoding", "chunked");
      own("Expect", "100-continue");
    } else own("Content-Length", String(body.bytes.length));
    if (!upload) own("Content-Type", body.type);
    if (!upload && body.bytes.length > 1024 * 1024 && protocol !== "h2") own("Expect", "100-continue");
    if (upload && !version.modern && protocol !== "h2") own("Expect", "100-continue");
  }
  return {
    method,
    target: operation.text.get("request-target") ?? (proxied ? `http://${authority}${url.target}` : url.target),
    headers,
    body: body?.bytes,
    version: protocol === "h2" ? "HTTP/2" : operation.text.get("http") === "http1.0" ? "HTTP/1.0" : "HTTP/1.1",
  };
}

/** Name and value; no value: the header is taken away. `Name;` sends an empty one. */
function splitHeader(text: string): [string, string | undefined] | undefined {
  const colon = text.indexOf(":");
  if (colon >= 0) {
    const value = text.slice(colon + 1).trim();
    return [text.slice(0, colon).trim(), value === "" ? undefined : value];
  }
  return text.endsWith(";") ? [text.slice(0, -1), ""] : undefined;
}

function authorization(operation: Operation, url: CurlUrl): string | undefined {
  const token = operation.text.get("oauth2-bearer");
  if (token !== undefined) return `Bearer ${token}`;
  // Other ways than Basic wait for the server's challenge.
  if (operation.text.has("auth") && operation.text.get("auth") !== "basic" && !operation.on.has("basic-agreed"))
    return undefined;
  const user = operation.text.get("user") ?? (url.user === undefined ? undefined : decodeURIComponent(url.user));
  return user === undefined ? undefined : `Basic ${toBase64(encode(user.includes(":") ? user : `${user}:`))}`;
}

function httpDate(ms: number): string {
  return new Date(ms).toUTCString();
}

/** The `> ` lines of -v, and under HTTP/2 the `* ` lines before them. */
export function describeRequest(
  request: ClientRequest,
  url: CurlUrl,
  version: CurlVersion,
  stream: number,
): { notes: string[]; lines: string[] } {
  const h2 = request.version === "HTTP/2";
  const name = (text: string) => (h2 && !version.modern && text !== "Host" ? text.toLowerCase() : text);
  const lines = [
    `${request.method} ${request.target} ${request.version}`,
    ...request.headers.map(([key, value]) => `${name(key)}:${value === "" ? "" : ` ${value}`}`),
    "",
  ];
  if (!h2) return { notes: [], lines };
  const authority = request.headers.find(([key]) => key === "Host")?.[1] ?? "";
  const rest = request.headers
    .filter(([key]) => key !== "Host")
    .map(([key, value]) => `[${key.toLowerCase()}: ${value}]`);
  const pseudo = {
    method: `[:method: ${request.method}]`,
    scheme: `[:scheme: ${url.scheme}]`,
    authority: `[:authority: ${authority}]`,
    path: `[:path: ${request.target}]`,
  };
  if (version.modern) {
    const start = `[HTTP/2] [${stream}] `;
    const whole = `${start}OPENED stream for ${url.text}`;
    return {
      notes: [
        whole,
        ...[pseudo.method, pseudo.scheme, pseudo.authority, pseudo.path, ...rest].map((text) => start + text),
      ],
      lines,
    };
  }
  const notes = [pseudo.method, pseudo.path, pseudo.scheme, pseudo.authority, ...rest].map((text) => `h2h3 ${text}`);
  return { notes: [...notes, `Using Stream ID: ${stream} (easy handle 0x55d0c8a0b7a0)`], lines };
}
