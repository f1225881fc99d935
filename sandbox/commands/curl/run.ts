// What curl keeps over all URLs of a run, and over the requests of one.

import type { Sys } from "../../kernel/sys.ts";
import type { CurlError } from "./connecting.ts";
import type { Connection } from "./connection.ts";
import type { Console } from "./console.ts";
import type { Cookies } from "./cookies.ts";
import type { Output } from "./output.ts";
import type { Operation } from "./settings.ts";
import type { CurlUrl } from "./url.ts";
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

/** How far one URL has come. */
export interface State {
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

/** When a transfer must be over. */
export interface Limits {
  /** -y and -Y: how long a transfer may stand still, and what is then said. */
  readonly slow: { readonly ms: number; readonly text: string } | undefined;
  readonly started: number;
  readonly deadline: number | undefined;
}

/** What -w can tell of a transfer. */
export function factsOf(
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
    verifyCode: state.connection?.verifyCode ?? error?.verifyCode ?? 0,
    certificates: state.connection?.http.stream.tls?.peerCertificates.length ?? 0,
    filename: sink.filename ?? "",
    number,
    referer: operation.text.get("referer") ?? "",
    headers: state.headers,
    curl: run.version.curl,
    total,
  };
}
