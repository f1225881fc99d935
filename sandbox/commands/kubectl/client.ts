// kubectl's way to the API server: HTTP(S) over one kept connection, credentials, warnings, klog lines, and client-go's errors.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import { toBase64 } from "../../lib/crypto/base64.ts";
import {
  type ClientResponse,
  createConnection,
  type HttpConnection,
  readResponse,
  sendRequest,
} from "../../lib/http/client.ts";
import { statusText } from "../../lib/http/message.ts";
import { dialGo, goTarget } from "../../lib/tls/go-dial.ts";
import type { Identity } from "../../lib/tls/identity.ts";
import { readPair } from "../../lib/tls/pair.ts";
import type { Stream } from "../../lib/tls/stream.ts";
import { type Any, Fail, type Obj, q } from "./values.ts";

/** A refusal by the server: the Status it sent, or what client-go makes of another answer. */
export class StatusError extends Error {
  readonly status: Obj;

  constructor(status: Obj) {
    super(status.message ?? "");
    this.status = status;
  }

  get reason(): string {
    return this.status.reason ?? "";
  }

  get code(): number {
    return this.status.code ?? 0;
  }
}

/** No answer at all: Go's url.Error. */
export class DialError extends Error {
  readonly verb: string;
  readonly url: string;
  readonly inner: string;

  constructor(verb: string, url: string, inner: string) {
    super(`${verb} ${q(url)}: ${inner}`);
    this.verb = verb;
    this.url = url;
    this.inner = inner;
  }
}

export const USER_AGENT = "kubectl/v1.36.2 (linux/amd64) kubernetes/98b3519";

export interface Credentials {
  readonly server: string;
  readonly ca: string | undefined;
  readonly serverName: string | undefined;
  readonly insecure: boolean;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  /** Both are files, which are read anew for each connection. */
  readonly reloaded?: boolean;
  readonly token: string | undefined;
  readonly basic: string | undefined;
  readonly impersonate: readonly (readonly [name: string, value: string])[];
}

export interface Ask {
  readonly method?: string;
  /** Path and query behind the server's address. */
  readonly path: string;
  readonly body?: Any;
  /** Already a text. */
  readonly raw?: string;
  readonly type?: string;
  readonly accept?: string;
  readonly headers?: readonly (readonly [string, string])[];
  /** For client-go's own error texts: resource with group, and name. */
  readonly resource?: string;
  readonly name?: string;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly body: Any;
}

const VERBS: Readonly<Record<string, string>> = {
  GET: "Get",
  POST: "Post",
  PUT: "Put",
  PATCH: "Patch",
  DELETE: "Delete",
  HEAD: "Head",
};
const JSON_TYPE = "application/json";
/** What client-go's typed clients and bare requests take for an answer. */
export const ANY_TYPE = "application/json, */*";

/** klog's header: severity, month and day, time, pid, place. */
export function klogHeader(sys: Sys, severity: string, place: string): string {
  const at = new Date(sys.now());
  const two = (value: number): string => String(value).padStart(2, "0");
  const micros = String(at.getUTCMilliseconds() * 1000 + (Math.floor((sys.now() % 1) * 1000) % 1000)).padStart(6, "0");
  return `${severity}${two(at.getUTCMonth() + 1)}${two(at.getUTCDate())} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}.${micros} ${String(sys.pid).padStart(7)} ${place}] `;
}

export class Client {
  readonly sys: Sys;
  readonly to: Credentials;
  readonly verbose: number;
  /** Warnings already shown: each text once. */
  readonly warned = new Set<string>();
  warnings = 0;
  #kept: HttpConnection | undefined;

  constructor(sys: Sys, to: Credentials, verbose: number) {
    this.sys = sys;
    this.to = to;
    this.verbose = verbose;
  }

  get host(): string {
    return this.to.server.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
  }

  *log(level: number, place: string, text: string): Task {
    if (this.verbose >= level) yield* this.sys.write(2, `${klogHeader(this.sys, "I", place)}${text}\n`);
  }

  #headers(ask: Ask): (readonly [string, string])[] {
    const { to } = this;
    const list: (readonly [string, string])[] = [
      ["Accept", ask.accept ?? JSON_TYPE],
      ["User-Agent", USER_AGENT],
      ...to.impersonate,
    ];
    if (to.token !== undefined) list.push(["Authorization", `Bearer ${to.token}`]);
    else if (to.basic !== undefined) list.push(["Authorization", `Basic ${toBase64(encode(to.basic))}`]);
    if (ask.type !== undefined || ask.body !== undefined) list.push(["Content-Type", ask.type ?? JSON_TYPE]);
    return [...list, ...(ask.headers ?? [])];
  }

  /** A connected stream to the server, encrypted where its address says so. Throws DialError. */
  *connect(verb: string, url: string): Task<Stream> {
    const { to } = this;
    const target = goTarget(to.server);
    if (target === undefined) throw new Fail(`parse ${q(to.server)}: invalid URL`);
    const roots = to.insecure ? undefined : (to.ca ?? "");
    const { certificate, key } = to;
    let identity: Identity | undefined;
    if (target.secure && certificate !== undefined && key !== undefined) {
      const pair = readPair(certificate, key);
      if ("error" in pair) {
        if (!to.reloaded) throw new Fail(pair.error);
        const text = `"Loading client cert failed" err=${q(pair.error)} key="key"\n`;
        yield* this.sys.write(2, klogHeader(this.sys, "E", "cert_rotation.go:172") + text);
        throw new DialError(verb, url, pair.error);
      }
      identity = pair;
    }
    const trust = target.secure ? { roots, identity, name: to.serverName } : undefined;
    const stream = yield* dialGo(this.sys, { ...target, timeout: 30_000, trust });
    if (typeof stream === "string") throw new DialError(verb, url, stream);
    return stream;
  }

  /** Sends a request and reads the answer's head. A kept connection that has died is opened anew. */
  *send(ask: Ask, fresh = false, redirects = 0): Task<{ response: ClientResponse; connection: HttpConnection }> {
    const method = ask.method ?? "GET";
    const url = this.to.server + ask.path;
    const verb = VERBS[method] ?? method;
    const headers = this.#headers(ask);
    const text = ask.raw ?? (ask.body === undefined ? undefined : JSON.stringify(ask.body));
    const body = text === undefined ? undefined : encode(text);
    yield* this.log(8, "helper.go:113", `"Request Body" body=${q(text ?? "")}`);
    if (this.verbose >= 7)
      yield* this.log(
        7,
        "round_trippers.go:527",
        `"Request" verb=${q(method)} url=${q(url)} headers=<\n${formatHeaders(headers)} >`,
      );
    const started = this.sys.now();
    for (let attempt = 0; ; attempt++) {
      const old = fresh || attempt > 0 ? undefined : this.#kept;
      this.#kept = undefined;
      const connection = old ?? createConnection(yield* this.#open(method, verb, url));
      const sent = yield* sendRequest(connection, {
        method,
        target: ask.path,
        headers: [
          ["Host", this.host],
          ...headers,
          ...(body === undefined ? [] : [["Content-Length", String(body.length)] as const]),
        ],
        body,
      });
      const response = isErrno(sent) ? sent : yield* readResponse(connection, method);
      if (typeof response === "string" || isErrno(response)) {
        yield* connection.stream.close();
        if (old !== undefined) continue;
        throw new DialError(
          verb,
          url,
          response === "garbage"
            ? `net/http: HTTP/1.x transport connection broken: malformed HTTP response`
            : response === "empty"
              ? "EOF"
              : `read tcp: ${response.text.toLowerCase()}`,
        );
      }
      yield* this.#logResponse(method, url, response, Math.round(this.sys.now() - started));
      yield* this.#warn(response);
      const location = response.headers.get("location");
      if (
        [301, 302, 303, 307, 308].includes(response.status) &&
        location !== undefined &&
        method === "GET" &&
        redirects < 10
      ) {
        yield* response.body();
        yield* connection.stream.close();
        const path = location.replace(/^https?:\/\/[^/]+/, "");
        return yield* this.send({ ...ask, path }, true, redirects + 1);
      }
      return { response, connection };
    }
  }

  /** As `connect`; that there was no answer is told as a response without status. */
  *#open(method: string, verb: string, url: string): Task<Stream> {
    const started = this.sys.now();
    try {
      return yield* this.connect(verb, url);
    } catch (error) {
      if (error instanceof DialError) yield* this.#logResponse(method, url, undefined, this.sys.now() - started);
      throw error;
    }
  }

  *#logResponse(method: string, url: string, response: ClientResponse | undefined, ms: number): Task {
    const status = response === undefined ? "" : `${response.status} ${statusText(response.status)}`;
    if (this.verbose >= 8 && response !== undefined)
      yield* this.log(
        8,
        "round_trippers.go:632",
        `"Response" status=${q(status)} headers=<\n${formatHeaders(response.headers.list.filter(([name]) => name.toLowerCase() !== "transfer-encoding"))} > milliseconds=${ms}`,
      );
    else if (this.verbose >= 7)
      yield* this.log(7, "round_trippers.go:632", `"Response" status=${q(status)} milliseconds=${ms}`);
    else
      yield* this.log(
        6,
        "round_trippers.go:632",
        `"Response" verb=${q(method)} url=${q(url)} status=${q(status)} milliseconds=${ms}`,
      );
  }

  *#warn(response: ClientResponse): Task {
    for (const header of response.headers.all("warning")) {
      const text = /^299 \S+ "((?:[^"\\]|\\.)*)"/.exec(header)?.[1]?.replace(/\\(.)/g, "$1");
      if (text === undefined || this.warned.has(text)) continue;
      this.warned.add(text);
      this.warnings += 1;
      yield* this.sys.write(2, `Warning: ${text}\n`);
    }
  }

  /** One request with its whole answer, whatever the status. */
  *ask(ask: Ask): Task<Answer> {
    const { response, connection } = yield* this.send(ask);
    const bytes = yield* response.body();
    if (response.keepAlive && !isErrno(bytes)) this.#kept = connection;
    else yield* connection.stream.close();
    const text = isErrno(bytes) ? "" : decode(bytes);
    if (this.verbose >= 8) {
      const limit = this.verbose >= 10 ? Infinity : this.verbose === 9 ? 10240 : 1024;
      const shown = text.length > limit ? `${text.slice(0, limit)} [truncated ${text.length - limit} chars]` : text;
      yield* this.log(8, "helper.go:113", `"Response Body" body=${q(shown)}`);
    }
    return { status: response.status, type: response.headers.get("content-type") ?? "", text, body: parseBody(text) };
  }

  /** As `ask`, but a status of 400 and more is thrown as StatusError. */
  *call(ask: Ask): Task<Answer> {
    const answer = yield* this.ask(ask);
    if (answer.status < 200 || answer.status > 206) throw statusError(answer, ask);
    return answer;
  }

  *get(path: string, accept?: string): Task<Any> {
    return (yield* this.call({ path, ...(accept === undefined ? {} : { accept }) })).body;
  }

  *close(): Task {
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept !== undefined) yield* kept.stream.close();
  }
}

function formatHeaders(headers: readonly (readonly [string, string])[]): string {
  return [...headers]
    .sort((a, b) => (a[0] < b[0] ? -1 : 1))
    .map(([name, value]) => `\t${name}: ${name === "Authorization" ? "Bearer <masked>" : value}\n`)
    .join("");
}

function parseBody(text: string): Any {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** client-go's NewGenericServerResponse: reason and text of an answer that is no Status. */
const GENERIC: Readonly<Record<number, readonly [reason: string, text: string]>> = {
  400: ["BadRequest", "the server rejected our request for an unknown reason"],
  401: ["Unauthorized", "the server has asked for the client to provide credentials"],
  403: ["Forbidden", ""],
  404: ["NotFound", "the server could not find the requested resource"],
  405: ["MethodNotAllowed", "the server does not allow this method on the requested resource"],
  406: ["NotAcceptable", ""],
  409: ["Conflict", "the server reported a conflict"],
  410: ["Gone", "the item is no longer available at the server"],
  415: ["UnsupportedMediaType", ""],
  422: ["Invalid", "the server rejected our request due to an error in our request"],
  429: ["TooManyRequests", "the server has received too many requests and has asked us to try again later"],
  503: ["ServiceUnavailable", ""],
  504: [
    "Timeout",
    "the server was unable to return a response in the time allotted, but may still be processing the request",
  ],
};

/** The error behind an answer, as Result.Error() tells it. */
export function statusError(answer: Answer, ask: Ask): StatusError {
  if (answer.body?.kind === "Status") return new StatusError(answer.body);
  return genericError(answer, ask);
}

/** The error that client-go makes of code and text alone, without looking for a Status. */
export function genericError(answer: Answer, ask: Ask): StatusError {
  const said = /^text\//.test(answer.type) || answer.type === "" ? answer.text.trim() : "unknown";
  const [reason, fixed] = GENERIC[answer.status] ?? [
    "InternalError",
    `an error on the server (${q(said)}) has prevented the request from succeeding`,
  ];
  let message = fixed || said || "unknown";
  if (answer.status === 503 && said === "unknown") message = "the server is currently unable to handle the request";
  const verb = (ask.method ?? "GET").toLowerCase();
  if (ask.resource !== undefined)
    message +=
      ask.name === undefined || ask.name === ""
        ? ` (${verb} ${ask.resource})`
        : ` (${verb} ${ask.resource} ${ask.name})`;
  return new StatusError({ kind: "Status", status: "Failure", message, reason, code: answer.status, generic: true });
}
