// The kubelet's side of talking to the API server: its kubeconfig's server, trust and credentials over the simulated network.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import { fromBase64 } from "../../lib/crypto/base64.ts";
import { decodePrivateKey } from "../../lib/crypto/keys.ts";
import { createMemo } from "../../lib/crypto/memo.ts";
import { parsePem } from "../../lib/crypto/pem.ts";
import { lookUpHost } from "../../lib/hosts.ts";
import { createConnection, readResponse, sendRequest } from "../../lib/http/client.ts";
import { goAlert } from "../../lib/tls/alerts.ts";
import { connectTls, type TlsFailure } from "../../lib/tls/client.ts";
import type { Identity } from "../../lib/tls/identity.ts";
import { GO_GROUPS } from "../../lib/tls/server.ts";
import { plainStream, type Stream } from "../../lib/tls/stream.ts";
import { GO_DEFAULT_SUITES, SUITES } from "../../lib/tls/suites.ts";
import { certificatesFromPem, USAGE } from "../../lib/x509/certificate.ts";
import { verifyGo } from "../../lib/x509/verify-go.ts";
import { readKubeconfig } from "../config/kubeconfig.ts";
import type { ApiClient, KubeletState } from "../state.ts";

export type ApiReply =
  | { readonly status: number; readonly body: Record<string, unknown>; readonly text: string }
  | { readonly error: string };

const identities = createMemo<Identity | undefined>(32);

/** A PEM pair as TLS needs it. */
export function identityOf(certificate: string, key: string): Identity | undefined {
  return identities(certificate + key, () => {
    const chain = parsePem(certificate)
      .filter((b) => b.label === "CERTIFICATE")
      .map((b) => b.der);
    const block = parsePem(key).find((b) => b.label.endsWith("PRIVATE KEY"));
    if (chain.length === 0 || block === undefined) return undefined;
    return { chain, key: decodePrivateKey(block.der) };
  });
}

/** Reads the kubeconfig's files into a client; undefined where there is no usable one. */
export function createClient(text: string, readFile: (path: string) => string | undefined): ApiClient | undefined {
  const config = readKubeconfig(text);
  if ("error" in config) return undefined;
  const either = (data: string | undefined, file: string | undefined): string | undefined => {
    if (data !== undefined) {
      const bytes = fromBase64(data);
      return bytes === undefined ? undefined : decode(bytes);
    }
    return file === undefined ? undefined : readFile(file);
  };
  return {
    server: config.server,
    ca: either(config.certificateAuthorityData, config.certificateAuthority),
    certificate: either(config.clientCertificateData, config.clientCertificate),
    key: either(config.clientKeyData, config.clientKey),
    token: config.token,
    insecure: config.insecure,
  };
}

const VERB: Readonly<Record<string, string>> = {
  GET: "Get",
  POST: "Post",
  PUT: "Put",
  PATCH: "Patch",
  DELETE: "Delete",
};

/** One request. Errors are Go's: `Post "https://…": dial tcp 127.0.0.1:6444: connect: connection refused`. */
export function* callApi(sys: Sys, state: KubeletState, method: string, path: string, body?: unknown): Task<ApiReply> {
  const { client } = state;
  if (client === undefined) return { error: "no API client" };
  const url = /^(https?):\/\/(\[[^\]]*\]|[^:/]+)(?::(\d+))?/.exec(client.server);
  if (url === null) return { error: `parse ${client.server}: invalid URL` };
  const secure = url[1] === "https";
  const host = (url[2] as string).replace(/^\[|\]$/g, "");
  const port = Number(url[3] ?? (secure ? 443 : 80));
  const failed = (inner: string): ApiReply => ({
    error: `${VERB[method] ?? method} "${client.server}${path}": ${inner}`,
  });
  const found = lookUpHost(sys, host);
  const address = found?.v4[0] ?? found?.v6[0];
  if (address === undefined) return failed(`dial tcp: lookup ${host}: no such host`);
  const fd = yield* sys.connect({ family: "tcp", address, port });
  if (isErrno(fd))
    return failed(
      `dial tcp ${address.includes(":") ? `[${address}]` : address}:${port}: ${fd.code === "ETIMEDOUT" ? "i/o timeout" : `connect: ${fd.text.toLowerCase()}`}`,
    );
  const stream = secure ? yield* secureStream(sys, fd, client, host) : plainStream(sys, fd);
  if ("error" in stream) {
    sys.close(fd);
    return failed(stream.error);
  }
  const reply = yield* exchange(
    stream,
    client,
    url[2] + (url[3] === undefined ? "" : `:${url[3]}`),
    method,
    path,
    body,
  );
  yield* stream.close();
  return "error" in reply ? failed(reply.error) : reply;
}

function* secureStream(sys: Sys, fd: number, client: ApiClient, host: string): Task<Stream | { error: string }> {
  let refused: string | undefined;
  const identity =
    client.certificate !== undefined && client.key !== undefined
      ? identityOf(client.certificate, client.key)
      : undefined;
  const done = yield* connectTls(sys, fd, {
    serverName: /^[\d.:]+$/.test(host) ? undefined : host,
    cipherSuites: [
      ...SUITES.filter((s) => s.name.startsWith("TLS_AES") || s.name.startsWith("TLS_CHACHA")).map((s) => s.name),
      ...GO_DEFAULT_SUITES,
    ],
    groups: GO_GROUPS,
    alpn: ["http/1.1"],
    identity,
    verify(chain) {
      const leaf = chain[0];
      if (client.insecure || leaf === undefined) return undefined;
      const result = verifyGo(leaf, {
        roots: client.ca === undefined ? [] : certificatesFromPem(client.ca),
        intermediates: chain.slice(1),
        now: sys.now(),
        usages: [USAGE.server],
        hostname: host,
      });
      if (!("error" in result)) return undefined;
      refused = `tls: failed to verify certificate: ${result.error}`;
      return { alert: 42 };
    },
  });
  if (done.ok) return done.connected.stream;
  return { error: refused ?? describeFailure(done.failure) };
}

function describeFailure(failure: TlsFailure): string {
  switch (failure.kind) {
    case "alert":
      return `remote error: ${goAlert(failure.number)}`;
    case "foreign":
      return "http: server gave HTTP response to HTTPS client";
    case "errno":
      return failure.errno.text.toLowerCase();
    default:
      return "EOF";
  }
}

function* exchange(
  stream: Stream,
  client: ApiClient,
  host: string,
  method: string,
  path: string,
  body: unknown,
): Task<ApiReply> {
  const bytes = body === undefined ? undefined : encode(JSON.stringify(body));
  const headers: [string, string][] = [
    ["Host", host],
    ["User-Agent", "kubelet"],
    ["Accept", "application/json"],
  ];
  if (client.token !== undefined && client.certificate === undefined)
    headers.push(["Authorization", `Bearer ${client.token}`]);
  if (bytes !== undefined) headers.push(["Content-Type", "application/json"], ["Content-Length", String(bytes.length)]);
  headers.push(["Connection", "close"]);
  const connection = createConnection(stream);
  const sent = yield* sendRequest(connection, { method, target: path, headers, body: bytes });
  if (isErrno(sent)) return { error: sent.text.toLowerCase() };
  const response = yield* readResponse(connection, method);
  if (response === "empty") return { error: "EOF" };
  if (response === "garbage") return { error: "malformed HTTP response" };
  if (isErrno(response)) return { error: response.text.toLowerCase() };
  const data = yield* response.body();
  const text = isErrno(data) ? "" : decode(data);
  let parsed: Record<string, unknown> = {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) parsed = value as Record<string, unknown>;
  } catch {
    // Not JSON: the text itself is the message.
  }
  const message = typeof parsed["message"] === "string" ? parsed["message"] : text.trim();
  return { status: response.status, body: parsed, text: message };
}
