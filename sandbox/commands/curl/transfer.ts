// One URL from start to end: connect or reuse, ask, follow redirects, write the answer, sum up.

import type { Task } from "../../kernel/sys.ts";
import { concat, encode } from "../../kernel/text.ts";
import { checkBefore, checkProxy, prepareLogin, resumeOffset, slowness } from "./before.ts";
import { type Connecting, type CurlError, isCurlError } from "./connecting.ts";
import { type Connection, openConnection } from "./connection.ts";
import { asksAgain, exchange } from "./exchange.ts";
import { transferFile } from "./file.ts";
import { createOutput, type Output } from "./output.ts";
import { announcePlace } from "./place.ts";
import { createProgress } from "./progress.ts";
import { type Body, bodyOf, buildRequest, targetWithQuery } from "./request.ts";
import { factsOf, type Limits, type Run, type State } from "./run.ts";
import type { Operation } from "./settings.ts";
import { type CurlUrl, parseUrl } from "./url.ts";
import { readInput } from "./values.ts";
import type { Facts } from "./write-out.ts";

export interface Outcome {
  readonly error: CurlError | undefined;
  readonly facts: Facts;
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
  const usual = operation.text.get("proto-default");
  const first = parseUrl(
    usual === undefined || /^\w+:\/\//.test(given) ? given : `${usual}://${given}`,
    version.modern,
  );
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
