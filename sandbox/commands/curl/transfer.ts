// One URL from start to end: connect or reuse, ask, follow redirects, write the answer, sum up.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { concat, decode, encode } from "../../kernel/text.ts";
import { fromBase64 } from "../../lib/crypto/base64.ts";
import type { HttpConnection } from "../../lib/http/client.ts";
import { type ClientResponse, formatRequest, readResponse, sendRequest } from "../../lib/http/client.ts";
import { openSslAlert } from "../../lib/tls/alerts.ts";
import { checkBefore, checkProxy, prepareLogin, resumeOffset, slowness } from "./before.ts";
import {
  announcePlace,
  type Connecting,
  type Connection,
  type CurlError,
  isCurlError,
  openConnection,
} from "./connection.ts";
import type { Console } from "./console.ts";
import { type Cookies, storeCookie } from "./cookies.ts";
import { transferFile } from "./file.ts";
import { createOutput, type Output } from "./output.ts";
import { createProgress } from "./progress.ts";
import { type Body, bodyOf, buildRequest, describeRequest, targetWithQuery } from "./request.ts";
import { type Operation, readInput } from "./settings.ts";
import { type CurlUrl, parseUrl } from "./url.ts";
import type { CurlVersion } from "./versions.ts";
import type { Facts } from "./write-out.ts";

/** What lasts over all URLs of a run. */
export interface Run {
  readonly sys: Sys;
  readonly console: Console;
  readonly version: CurlVersion;
  readonly cookies: Cookies;
  /** A connection that can be used again. */
  kept: Connection | undefined;
  nextConnection: number;
  streams: number;
  /** The meter of the transfer that is running. */
  endMeter(failed: boolean): void;
  resumeMeter(): void;
}

export interface Outcome {
  readonly error: CurlError | undefined;
  readonly facts: Facts;
}

interface State {
  url: CurlUrl;
  method: string;
  redirects: number;
  status: number;
  contentType: string | undefined;
  headers: readonly (readonly [string, string])[];
  httpVersion: string;
  headerBytes: number;
  requestBytes: number;
  received: number;
  sent: number;
  connects: number;
  redirectUrl: string;
  connection: Connection | undefined;
  expected: number | undefined;
  /** -C: how much is there already. */
  resumeFrom: number;
  sentBasic: boolean;
}

/** Fetches one URL. `output` undefined is stdout. */
export function* transfer(
  run: Run,
  operation: Operation,
  given: string,
  output: string | undefined,
  upload: string | undefined,
  number: number,
  again = false,
): Task<Outcome> {
  const { sys, console, version } = run;
  const started = sys.now();
  const limit = Number(operation.text.get("max-time") ?? 0);
  const deadline = limit > 0 ? started + limit * 1000 : undefined;
  const first = parseUrl(given, version.modern);
  const state: State = {
    url: "code" in first ? { scheme: "", host: "", port: 0, user: undefined, target: "", text: given } : first,
    method: "GET",
    redirects: 0,
    status: 0,
    contentType: undefined,
    headers: [],
    httpVersion: "0",
    headerBytes: 0,
    requestBytes: 0,
    received: 0,
    sent: 0,
    connects: 0,
    redirectUrl: "",
    connection: undefined,
    expected: undefined,
    resumeFrom: resumeOffset(sys, operation, output),
    sentBasic: false,
  };
  const sink = createOutput(sys, console, operation, output, given, version);
  const settings = console.settings;
  const meter = createProgress(
    console,
    !settings.silent && !settings.noProgress && !sink.toTerminal && !("code" in first),
  );
  console.onTerminal = sink.toTerminal;
  run.endMeter = (failed) => {
    const { received, expected, sent } = state;
    meter.end({ received, expected, sent, toSend: sent, ms: sys.now() - started }, !failed);
  };
  run.resumeMeter = meter.resume;
  let error: CurlError | undefined;
  if ("code" in first) error = first;
  else if (sink.nameless) {
    console.put("curl: Remote file name has no length!\n");
    error = { code: 23, text: "Failed writing received data to disk/application" };
  } else error = prepareLogin(run, operation, first.host);
  if (error === undefined && !("code" in first) && first.scheme === "file") {
    const body = yield* gatherBody(run, operation, upload);
    meter.begin(!again);
    if (body !== undefined && "code" in body) error = body;
    else
      error = yield* transferFile(run, operation, state, first, upload === undefined ? undefined : body?.bytes, sink);
  } else if (error === undefined && !("code" in first)) {
    const body = yield* gatherBody(run, operation, upload);
    error = checkBefore(run, operation, first);
    if (error !== undefined) meter.drop();
    else if (body !== undefined && "code" in body) error = body;
    else {
      announcePlace(console, operation, first);
      announceReuse(run, first);
      meter.begin(!again);
      error =
        checkProxy(run, operation, first) ??
        (yield* follow(run, operation, state, body, upload, sink, { started, deadline, slow: slowness(operation) }));
    }
  }
  yield* console.flush();
  if (error === undefined) error = yield* sink.finish();
  // A name that cannot be resolved ends before the last update of the meter.
  if (error?.code === 6 || error?.code === 5) meter.drop();
  run.endMeter(error !== undefined);
  return { error, facts: factsOf(run, state, error, given, operation, sink, number, (sys.now() - started) / 1000) };
}

function* gatherBody(run: Run, operation: Operation, upload: string | undefined): Task<Body | undefined | CurlError> {
  if (upload === undefined) {
    const missing = operation.form.find((part) => part.filename?.startsWith("\0"));
    if (missing !== undefined) return { code: 26, text: "Failed to open/read local data from file/application" };
    return bodyOf(operation, (count) => run.sys.random(count));
  }
  const bytes = yield* readInput(run.sys, upload === "." ? "-" : upload);
  if (bytes !== undefined && upload === "-" && run.version.modern && operation.text.get("http") !== "http1.0") {
    const end = encode("0\r\n\r\n");
    const chunks =
      bytes.length === 0 ? [end] : [encode(`${bytes.length.toString(16)}\r\n`), bytes, encode("\r\n"), end];
    return { bytes: concat(chunks), type: undefined, chunked: true };
  }
  if (bytes !== undefined) return { bytes, type: undefined };
  const hint = "curl: try 'curl --help' or 'curl --manual' for more information\n";
  run.console.put(
    run.version.modern ? `curl: cannot open '${upload}'\n${hint}` : `curl: Can't open '${upload}'!\n${hint}`,
  );
  return { code: 26, text: "Failed to open/read local data from file/application" };
}

function methodFor(operation: Operation, body: Body | undefined, upload: boolean): string {
  if (operation.request !== undefined) return operation.request;
  if (upload) return "PUT";
  if (operation.head) return "HEAD";
  return body === undefined ? "GET" : "POST";
}

/** When a transfer must be over. */
export interface Limits {
  /** -y and -Y: how long a transfer may stand still, and what is then said. */
  readonly slow: { readonly ms: number; readonly text: string } | undefined;
  readonly started: number;
  readonly deadline: number | undefined;
}

/** The request, and those that redirects ask for. */
function* follow(
  run: Run,
  operation: Operation,
  state: State,
  firstBody: Body | undefined,
  upload: string | undefined,
  sink: Output,
  limits: Limits,
): Task<CurlError | undefined> {
  const { console, version } = run;
  let body = firstBody;
  state.method = methodFor(operation, body, upload !== undefined);
  const origin = state.url.host;
  const target =
    upload !== undefined && state.url.target.endsWith("/")
      ? `${state.url.target}${upload.replace(/.*\//, "")}`
      : targetWithQuery(state.url, operation);
  state.url = {
    ...state.url,
    target,
    text: state.url.text.slice(0, state.url.text.length - state.url.target.length) + target,
  };
  const most = Number(operation.text.get("max-redirs") ?? 50);
  for (;;) {
    const connection = yield* connect(run, operation, state, limits);
    if (isCurlError(connection)) return connection;
    const request = buildRequest({
      url: state.url,
      method: state.method,
      operation,
      version,
      body,
      upload: upload !== undefined,
      protocol: connection.protocol,
      cookies: run.cookies,
      now: run.sys.now(),
      sameHost: state.url.host === origin,
      resumeFrom: state.resumeFrom,
    });
    const answer = yield* exchange(run, operation, state, connection, request, body, sink, limits);
    if ("code" in answer) return answer;
    if (asksAgain(operation, answer.response, state)) {
      console.info(`Issue another request to this URL: '${state.url.text}'`);
      operation.on.add("basic-agreed");
      continue;
    }
    const location = answer.response.headers.get("location");
    const redirect = location !== undefined && answer.response.status >= 300 && answer.response.status < 400;
    if (redirect) {
      const next = parseUrl(location.replaceAll(" ", "%20"), version.modern, state.url);
      state.redirectUrl = "code" in next ? "" : next.text;
      if (operation.on.has("location")) {
        if (state.redirects >= most) return { code: 47, text: `Maximum (${most}) redirects followed` };
        if ("code" in next) return next;
        if (next.scheme === "file") return { code: 1, text: 'Protocol "file" disabled (in redirect)' };
        if (operation.text.get("referer")?.endsWith(";auto")) operation.text.set("referer", `${state.url.text};auto`);
        state.redirects += 1;
        state.redirectUrl = "";
        console.info(`Issue another request to this URL: '${next.text}'`);
        const { status } = answer.response;
        const keepsPost = status === 307 || status === 308 || operation.on.has(`post${status}`);
        if (state.method === "POST" && !keepsPost && operation.request === undefined) {
          console.info("Switch from POST to GET");
          state.method = "GET";
          body = undefined;
        } else if (!keepsPost && state.method !== "HEAD")
          body = state.method === "GET" || status === 303 ? undefined : body;
        state.url = next;
        continue;
      }
    }
    return answer.error;
  }
}

/** --anyauth: a first answer that asks for Basic is asked again with it. */
function asksAgain(operation: Operation, response: ClientResponse, state: State): boolean {
  return (
    operation.text.get("auth") === "anyauth" &&
    !operation.on.has("basic-agreed") &&
    response.status === 401 &&
    (operation.text.has("user") || state.url.user !== undefined) &&
    response.headers.all("www-authenticate").some((value) => /^basic/i.test(value))
  );
}

/** Whether the kept connection goes to the same place. */
function fitsKept({ kept }: Run, url: CurlUrl): boolean {
  return (
    kept !== undefined && kept.url.scheme === url.scheme && kept.url.host === url.host && kept.url.port === url.port
  );
}

function announceReuse(run: Run, url: CurlUrl): void {
  const { kept, console, version } = run;
  if (kept === undefined || !fitsKept(run, url)) return;
  if (version.modern) {
    console.info(`Re-using existing ${url.scheme}: connection with host ${url.host}`);
    return;
  }
  const multiplex = kept.protocol === "h2";
  console.info(`Found bundle for host: 0x55d0c8a0bb80 [${multiplex ? "can multiplex" : "serially"}]`);
  if (!multiplex) console.info("Can not multiplex, even if we wanted to");
  console.info(`Re-using existing connection #${kept.number} with host ${url.host}`);
}

/** A connection: the kept one where it goes to the same place, else a new one. */
function* connect(run: Run, operation: Operation, state: State, limits: Limits): Task<Connection | CurlError> {
  const { url } = state;
  const { kept, version, console } = run;
  if (kept !== undefined && fitsKept(run, url)) {
    if (state.redirects > 0) announceReuse(run, url);
    run.kept = undefined;
    state.connection = kept;
    return kept;
  }
  const number = run.nextConnection++;
  const connecting: Connecting = {
    sys: run.sys,
    console,
    version,
    operation,
    number,
    ...limits,
    endMeter: run.endMeter,
  };
  const made = yield* openConnection(connecting, url);
  if (isCurlError(made)) return made;
  if (kept !== undefined) yield* kept.close();
  run.kept = undefined;
  run.streams = 0;
  state.connection = made;
  state.connects += 1;
  return made;
}

type Answer = { readonly response: ClientResponse; readonly error: CurlError | undefined };

function* exchange(
  run: Run,
  operation: Operation,
  state: State,
  connection: Connection,
  request: Parameters<typeof sendRequest>[1],
  body: Body | undefined,
  sink: Output,
  limits: Limits,
): Task<Answer | CurlError> {
  const { console, version, sys } = run;
  const { http } = connection;
  const described = describeRequest(request, state.url, version, run.streams * 2 + 1);
  run.streams += 1;
  for (const note of described.notes) console.info(note);
  const basic = request.headers.find(([name, value]) => name === "Authorization" && value.startsWith("Basic "))?.[1];
  state.sentBasic = basic !== undefined;
  if (basic !== undefined && version.modern && !operation.headers.some((header) => /^authorization:/i.test(header)))
    console.info(
      `Server auth using Basic with user '${decode(fromBase64(basic.slice(6)) ?? new Uint8Array(0)).split(":")[0]}'`,
    );
  if (connection.url.scheme === "https") console.data("}", 5);
  console.header(">", described.lines);
  state.requestBytes += formatRequest(request).length + (version.modern ? (body?.bytes.length ?? 0) : 0);
  const broken = (problem: CurlError) => abandon(run, state, connection, problem);
  yield* console.flush();
  const sent = yield* sendRequest(http, request);
  if (isErrno(sent)) return yield* broken({ code: 55, text: `Send failure: ${sent.text}` });
  if (body !== undefined) {
    state.sent = body.bytes.length;
    if (body.bytes.length > 0) console.data("}", body.bytes.length);
    if (version.modern) console.info(`upload completely sent off: ${body.bytes.length} bytes`);
  }
  // Over HTTP/2 the server's ticket is seen before the request counts as sent.
  let unsaid = version.modern && body === undefined;
  const saySent = () => {
    if (!version.modern && connection.protocol === "h2" && body !== undefined && body.bytes.length > 0)
      console.info("We are completely uploaded and fine");
    if (unsaid) console.info("Request completely sent off");
    unsaid = false;
  };
  if (connection.protocol !== "h2") saySent();
  for (;;) {
    const response = yield* readResponse(http, operation.head ? "HEAD" : "GET");
    if (connection.url.scheme === "https" && typeof response === "object") console.data("{", 5);
    if (typeof response === "object" && !isErrno(response)) saySent();
    if (response === "empty") return yield* broken(emptyReply(connection, version));
    if (response === "garbage") return yield* broken({ code: 1, text: "Received HTTP/0.9 when not allowed" });
    if (isErrno(response))
      return yield* broken(readFailure(response.code, response.text, http, version, state, sys, limits));
    const ignored = isIgnored(operation, response, state);
    noteHead(run, state, response, ignored);
    yield* console.flush();
    const wrote = yield* sink.head(response, state.url);
    if (wrote !== undefined) return yield* broken(wrote);
    if (response.status < 200 && response.status !== 101) continue;
    const most = Number(operation.text.get("max-filesize") ?? 0);
    if (most > 0 && (state.expected ?? 0) > most)
      return yield* broken({ code: 63, text: "Maximum file size exceeded" });
    if (operation.text.get("continue-at") !== undefined && response.status === 200 && state.resumeFrom > 0)
      return yield* broken({ code: 33, text: "HTTP server does not seem to support byte ranges. Cannot resume." });
    const error = yield* receive(run, operation, state, connection, response, sink, limits, ignored);
    return { response, error };
  }
}

function emptyReply(connection: Connection, version: CurlVersion): CurlError {
  if (connection.protocol !== "h2") return { code: 52, text: "Empty reply from server" };
  return version.modern
    ? { code: 56, text: "Recv failure: Connection reset by peer" }
    : { code: 55, text: "getpeername() failed with errno 107: Transport endpoint is not connected" };
}

function readFailure(
  code: string,
  text: string,
  http: HttpConnection,
  version: CurlVersion,
  state: State,
  sys: Sys,
  limits: Limits,
): CurlError {
  const alert = http.stream.alert?.();
  if (alert !== undefined) {
    const { code: number, text: reason } = openSslAlert(alert, version.modern);
    return {
      code: 56,
      text: `OpenSSL SSL_read: OpenSSL/${version.openssl}: error:${number}:SSL routines::${reason}, errno 0`,
    };
  }
  if (code === "ETIMEDOUT" && limits.deadline !== undefined && sys.now() >= limits.deadline) {
    return { code: 28, text: timeoutText(state, sys, limits) };
  }
  if (code === "ETIMEDOUT" && limits.slow !== undefined) return { code: 28, text: limits.slow.text };
  return { code: 56, text: `Recv failure: ${text}` };
}

function timeoutText(state: State, sys: Sys, { started }: Limits): string {
  const total = state.expected === undefined ? "" : ` out of ${state.expected}`;
  return `Operation timed out after ${Math.round(sys.now() - started) + 1} milliseconds with ${state.received}${total} bytes received`;
}

/** Ends a connection after an error, as -v tells it. */
function* abandon(run: Run, state: State, connection: Connection, problem: CurlError): Task<CurlError> {
  const { console, version } = run;
  console.info(problem.text);
  run.endMeter(true);
  if (problem.code === 56 && connection.protocol === "h2" && version.modern && problem.text.startsWith("OpenSSL")) {
    console.info("Failed receiving HTTP2 data: 56(Failure when receiving data from the peer)");
    console.info(`Connection #${connection.number} to host ${connection.host} left intact`);
  } else
    console.info(
      version.modern
        ? `${problem.code === 52 ? "shutting down" : "closing"} connection #${connection.number}`
        : `Closing connection ${connection.number}`,
    );
  state.connection = connection;
  yield* connection.close();
  return problem;
}

/** Whether an answer's body is passed over: another request follows. */
function isIgnored(operation: Operation, response: ClientResponse, state: State): boolean {
  if (asksAgain(operation, response, state)) return true;
  return (
    operation.on.has("location") &&
    response.status >= 300 &&
    response.status < 400 &&
    response.headers.get("location") !== undefined
  );
}

/** Whether the server asks for Basic though that has just been sent. */
function refusedBasic({ version }: Run, state: State, response: ClientResponse): boolean {
  if (!version.modern || response.status !== 401 || !state.sentBasic) return false;
  return response.headers.all("www-authenticate").some((value) => /^basic/i.test(value));
}

function noteHead(run: Run, state: State, response: ClientResponse, ignored: boolean): void {
  const { console } = run;
  const version = /^HTTP\/(\S+)/.exec(response.line)?.[1] ?? "";
  if (version === "1.0" && !response.keepAlive) console.info("HTTP 1.0, assume close after body");
  const lines = [
    response.line,
    ...response.headers.list.filter(([name]) => !hidden(state, name)).map(([name, value]) => `${name}: ${value}`),
    "",
  ];
  if (refusedBasic(run, state, response)) {
    const at = lines.findIndex((line) => /^www-authenticate: *basic/i.test(line));
    console.header("<", lines.slice(0, at));
    console.info("Basic authentication problem, ignoring.");
    console.header("<", lines.slice(at));
  } else if (ignored && version !== "2" && run.version.modern) {
    console.header("<", lines.slice(0, -1));
    console.info("Ignoring the response-body");
    if (response.headers.get("content-length") !== undefined) console.info("setting size while ignoring");
    console.header("<", [""]);
  } else console.header("<", lines);
  state.status = response.status;
  state.httpVersion = version;
  state.contentType = response.headers.get("content-type");
  state.headers = response.headers.list.filter(([name]) => !hidden(state, name));
  state.headerBytes += lines.reduce((sum, line) => sum + line.length + 2, 0);
  for (const header of response.headers.all("set-cookie")) storeCookie(run.cookies, header, state.url, run.sys.now());
  const size = response.headers.get("content-length");
  state.expected = size === undefined ? undefined : Number(size);
}

/** Under HTTP/2 the wire's own framing header is not part of the answer. */
const hidden = (state: State, name: string) =>
  state.connection?.protocol === "h2" && name.toLowerCase() === "transfer-encoding";

/** The body; undefined where all went well. */
function* receive(
  run: Run,
  operation: Operation,
  state: State,
  connection: Connection,
  response: ClientResponse,
  sink: Output,
  limits: Limits,
  silent: boolean,
): Task<CurlError | undefined> {
  const { console, version, sys } = run;
  const refused = response.status >= 400;
  const failText = `The requested URL returned error: ${response.status}`;
  if (refused && operation.on.has("fail")) {
    if (version.modern) state.expected = undefined;
    console.info(failText);
    yield* leave(run, connection, false);
    return { code: 22, text: failText };
  }
  if (silent && (!version.modern || connection.protocol === "h2")) console.info("Ignoring the response-body");
  for (;;) {
    const part = yield* response.read();
    if (isErrno(part)) {
      const cut = part.code === "EIO" && alertOf(connection) === undefined;
      const left = (response.length ?? 0) - state.received;
      const text =
        response.length === undefined
          ? "transfer closed with outstanding read data remaining"
          : version.modern
            ? `end of response with ${left} bytes missing`
            : `transfer closed with ${left} bytes remaining to read`;
      return yield* abandon(
        run,
        state,
        connection,
        cut ? { code: 18, text } : readFailure(part.code, part.text, connection.http, version, state, sys, limits),
      );
    }
    if (part.length === 0) break;
    console.data("{", part.length);
    yield* console.flush();
    const wrote = silent ? undefined : yield* sink.body(part);
    if (wrote === undefined) state.received += part.length;
    else {
      yield* abandon(run, state, connection, wrote);
      return wrote;
    }
    if (sys.due()) yield* sys.rest();
  }
  yield* leave(run, connection, response.keepAlive);
  if (silent) {
    state.received = 0;
    run.resumeMeter();
  }
  return refused && operation.on.has("fail-with-body") ? { code: 22, text: failText } : undefined;
}

const alertOf = (connection: Connection) => connection.http.stream.alert?.();

/** Keeps the connection for the next URL, or closes it. */
function* leave(run: Run, connection: Connection, keep: boolean): Task {
  const { console, version } = run;
  run.endMeter(false);
  if (keep) {
    run.kept = connection;
    console.info(`Connection #${connection.number} to host ${connection.host} left intact`);
    return;
  }
  console.info(
    version.modern ? `shutting down connection #${connection.number}` : `Closing connection ${connection.number}`,
  );
  yield* connection.close();
}

function factsOf(
  run: Run,
  state: State,
  error: CurlError | undefined,
  given: string,
  operation: Operation,
  sink: Output,
  number: number,
  total: number,
): Facts {
  const nowhere = { address: "", port: 0 };
  return {
    status: state.status,
    code: error?.code ?? 0,
    error: error?.text ?? "",
    contentType: state.contentType,
    url: given,
    effective: state.url.text,
    scheme: run.version.modern ? state.url.scheme : state.status > 0 ? state.url.scheme.toUpperCase() : "",
    method: state.method,
    httpVersion: state.httpVersion,
    remote: state.connection?.remote ?? nowhere,
    local: state.connection?.local ?? nowhere,
    headerBytes: state.headerBytes,
    requestBytes: state.requestBytes,
    received: state.received,
    sent: state.sent,
    redirects: state.redirects,
    redirectUrl: state.redirectUrl,
    connects: state.connects,
    verifyCode: state.connection?.verifyCode ?? 0,
    certificates: state.connection?.http.stream.tls?.peerCertificates.length ?? 0,
    filename: sink.filename ?? "",
    number,
    referer: operation.text.get("referer") ?? "",
    headers: state.headers,
    curl: run.version.curl,
    total,
  };
}
