// One request and its answer over a connection, with all that -v says of them.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { fromBase64 } from "../../lib/crypto/base64.ts";
import {
  type ClientResponse,
  formatRequest,
  type HttpConnection,
  readResponse,
  sendRequest,
} from "../../lib/http/client.ts";
import { openSslAlert } from "../../lib/tls/alerts.ts";
import type { CurlError } from "./connecting.ts";
import type { Connection } from "./connection.ts";
import { storeCookie } from "./cookies.ts";
import type { Output } from "./output.ts";
import { type Body, describeRequest } from "./request.ts";
import type { Limits, Run, State } from "./run.ts";
import type { Operation } from "./settings.ts";
import type { CurlVersion } from "./versions.ts";

type Answer = { readonly response: ClientResponse; readonly error: CurlError | undefined };

export function* exchange(
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

/** --anyauth: a first answer that asks for Basic is asked again with it. */
export function asksAgain(operation: Operation, response: ClientResponse, state: State): boolean {
  return (
    operation.text.get("auth") === "anyauth" &&
    !operation.on.has("basic-agreed") &&
    response.status === 401 &&
    (operation.text.has("user") || state.url.user !== undefined) &&
    response.headers.all("www-authenticate").some((value) => /^basic/i.test(value))
  );
}
