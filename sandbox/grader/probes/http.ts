// The probe that asks over the network as curl would, but without a program: resolve, connect, TLS, one request, one answer.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import { createClient } from "../../kubelet/node/api.ts";
import { createConnection, readResponse, sendRequest } from "../../lib/http/client.ts";
import { connectTls } from "../../lib/tls/client.ts";
import type { Identity as TlsIdentity } from "../../lib/tls/identity.ts";
import { pairOf } from "../../lib/tls/pair.ts";
import { plainStream, type Stream } from "../../lib/tls/stream.ts";
import { OPENSSL_DEFAULT_SUITES } from "../../lib/tls/suites.ts";
import { type Certificate, certificatesFromPem } from "../../lib/x509/certificate.ts";
import { verifyGo } from "../../lib/x509/verify-go.ts";
import type { HttpProbe, Identity, Observation } from "../check.ts";

/** How long a caller waits for a connection, in virtual time. */
const PATIENCE = 3_000;
/** TLS alert of a caller that does not trust the server's certificate. */
const UNKNOWN_CA = 48;

/** Why there was no answer, in one word a check can name. */
type Refusal = "refused" | "timeout" | "unreachable" | "tls" | "closed" | "account";

/** Address of a name, as /etc/hosts has it. */
function resolve(sys: Sys, host: string): string | undefined {
  if (/^[\d.]+$|:/.test(host)) return host;
  const hosts = sys.readFile("/etc/hosts");
  if (isErrno(hosts)) return undefined;
  for (const line of decode(hosts).split("\n")) {
    const [address, ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (address !== undefined && !address.includes(":") && names.includes(host)) return address;
  }
  return undefined;
}

function readText(sys: Sys, path: string): string | undefined {
  const bytes = sys.readFile(path);
  return isErrno(bytes) ? undefined : decode(bytes);
}

/** Certificate and key of the asking machine; "missing" where a file is not there or not what it should be. */
function loadIdentity(sys: Sys, as: Identity | undefined): TlsIdentity | "none" | "missing" {
  if (as?.kind === "certificate") {
    const cert = readText(sys, as.cert);
    const key = readText(sys, as.key);
    return cert === undefined || key === undefined ? "missing" : (pairOf(cert, key) ?? "missing");
  }
  if (as?.kind !== "kubeconfig") return "none";
  const client = createClient(readText(sys, as.file) ?? "", (path) => readText(sys, path));
  if (client?.certificate === undefined || client.key === undefined) return "missing";
  return pairOf(client.certificate, client.key) ?? "missing";
}

function describeErrno(name: string): Refusal {
  if (name === "ECONNREFUSED") return "refused";
  if (name === "ETIMEDOUT") return "timeout";
  return name === "ECONNRESET" || name === "EPIPE" ? "closed" : "unreachable";
}

function* openStream(
  sys: Sys,
  fd: number,
  host: string,
  secure: boolean,
  identity: TlsIdentity | "none",
  roots: readonly Certificate[] | undefined,
): Task<Stream | undefined> {
  if (!secure) return plainStream(sys, fd);
  const result = yield* connectTls(sys, fd, {
    serverName: host,
    cipherSuites: OPENSSL_DEFAULT_SUITES,
    groups: ["x25519", "secp256r1"],
    alpn: ["http/1.1"],
    ...(identity === "none" ? {} : { identity }),
    verify([leaf, ...intermediates]) {
      if (roots === undefined) return undefined;
      const options = { roots, intermediates, now: sys.now(), hostname: host };
      return leaf !== undefined && "chain" in verifyGo(leaf, options) ? undefined : { alert: UNKNOWN_CA };
    },
  });
  return result.ok ? result.connected.stream : undefined;
}

/** A fresh token of a ServiceAccount, from the API server; a refusal where there is no such account or nobody answers. */
function* requestToken(
  sys: Sys,
  { namespace, name }: Extract<Identity, { kind: "service-account" }>,
): Task<{ readonly token: string } | { readonly error: Refusal } | undefined> {
  const answer = yield* probeHttp(sys, {
    kind: "http",
    from: "controlplane",
    url: `https://controlplane:6443/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    method: "POST",
    as: { kind: "kubeconfig", file: "/etc/kubernetes/admin.conf" },
    body: JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} }),
  });
  if (answer?.status === 404) return { error: "account" };
  if (answer?.status !== 201) return undefined;
  const { status } = JSON.parse(String(answer.body)) as { readonly status: { readonly token: string } };
  return { token: status.token };
}

const upgrades = {
  spdy: [
    ["Connection", "Upgrade"],
    ["Upgrade", "SPDY/3.1"],
    ["X-Stream-Protocol-Version", "v4.channel.k8s.io"],
  ],
  websocket: [
    ["Connection", "Upgrade"],
    ["Upgrade", "websocket"],
    ["Sec-WebSocket-Version", "13"],
    ["Sec-WebSocket-Key", "a3ViZWxldCBjYXB0YWluIQ=="],
    ["Sec-WebSocket-Protocol", "v5.channel.k8s.io"],
  ],
} as const;

/** The headers that say who asks and for what. */
function listHeaders(probe: HttpProbe, token: string | undefined): (readonly [string, string])[] {
  const body = probe.body === undefined ? 0 : encode(probe.body).length;
  return [
    ...(token === undefined ? [] : [["Authorization", `Bearer ${token}`] as const]),
    ...(probe.upgrade === undefined || probe.upgrade === false
      ? []
      : upgrades[probe.upgrade === "websocket" ? "websocket" : "spdy"]),
    ...(body > 0 ? [["Content-Type", "application/json"] as const] : []),
    ...(probe.method === "POST" ? [["Content-Length", String(body)] as const] : []),
    ["Accept", "*/*"],
  ];
}

/** What the caller got; undefined where the asking machine lacks what the question needs. */
export function* probeHttp(sys: Sys, probe: HttpProbe): Task<Observation | undefined> {
  const asked = probe.as?.kind === "service-account" ? yield* requestToken(sys, probe.as) : probe.as;
  if (probe.as !== undefined && asked === undefined) return undefined;
  if (asked !== undefined && "error" in asked) return { error: asked.error };
  const token = asked !== undefined && "token" in asked ? asked.token : undefined;
  const url = /^(https?):\/\/([^/:]+)(?::(\d+))?(\/.*)?$/.exec(probe.url);
  if (url === null) throw new Error(`a probe's address is not one: ${probe.url}`);
  const [, scheme = "http", host = "", port, target = "/"] = url;
  const secure = scheme === "https";
  const identity = loadIdentity(sys, probe.as);
  const address = resolve(sys, host);
  const trusted = probe.cacert === undefined ? undefined : readText(sys, probe.cacert);
  if (identity === "missing" || address === undefined || (probe.cacert && trusted === undefined)) return undefined;
  const fd = yield* sys.connect(
    { family: "tcp", address, port: Number(port ?? (secure ? 443 : 80)) },
    { timeout: PATIENCE },
  );
  if (isErrno(fd)) return { error: describeErrno(fd.code) };
  const stream = yield* openStream(
    sys,
    fd,
    host,
    secure,
    identity,
    trusted === undefined ? undefined : certificatesFromPem(trusted),
  );
  if (stream === undefined) {
    sys.close(fd);
    return { error: "tls" };
  }
  const method = probe.method ?? "GET";
  const connection = createConnection(stream);
  const failed = yield* sendRequest(connection, {
    method,
    target,
    headers: [["Host", port === undefined ? host : `${host}:${port}`], ...listHeaders(probe, token)],
    ...(probe.body === undefined ? {} : { body: encode(probe.body) }),
  });
  const response = failed ?? (yield* readResponse(connection, method));
  if (typeof response === "string" || isErrno(response)) {
    yield* stream.close();
    return { error: secure ? "tls" : "closed" };
  }
  const body = response.status === 101 ? undefined : yield* response.body();
  yield* stream.close();
  return { status: response.status, body: body === undefined || isErrno(body) ? "" : decode(body) };
}
