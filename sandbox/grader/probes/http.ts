// The probe that asks over the network as curl would, but without a program: resolve, connect, TLS, one request, one answer.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { createClient, identityOf } from "../../kubelet/node/api.ts";
import { createConnection, readResponse, sendRequest } from "../../lib/http/client.ts";
import { connectTls } from "../../lib/tls/client.ts";
import type { Identity as TlsIdentity } from "../../lib/tls/identity.ts";
import { plainStream, type Stream } from "../../lib/tls/stream.ts";
import { OPENSSL_DEFAULT_SUITES } from "../../lib/tls/suites.ts";
import type { HttpProbe, Identity, Observation } from "../check.ts";

/** How long a caller waits for a connection, in virtual time. */
const PATIENCE = 3_000;

/** Why there was no answer, in one word a check can name. */
type Refusal = "refused" | "timeout" | "unreachable" | "tls" | "closed";

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
    return cert === undefined || key === undefined ? "missing" : (identityOf(cert, key) ?? "missing");
  }
  if (as?.kind !== "kubeconfig") return "none";
  const client = createClient(readText(sys, as.file) ?? "", (path) => readText(sys, path));
  if (client?.certificate === undefined || client.key === undefined) return "missing";
  return identityOf(client.certificate, client.key) ?? "missing";
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
): Task<Stream | undefined> {
  if (!secure) return plainStream(sys, fd);
  const result = yield* connectTls(sys, fd, {
    serverName: host,
    cipherSuites: OPENSSL_DEFAULT_SUITES,
    groups: ["x25519", "secp256r1"],
    alpn: ["http/1.1"],
    ...(identity === "none" ? {} : { identity }),
    verify: () => undefined,
  });
  return result.ok ? result.connected.stream : undefined;
}

/** What the caller got; undefined where the asking machine lacks what the question needs. */
export function* probeHttp(sys: Sys, probe: HttpProbe): Task<Observation | undefined> {
  const url = /^(https?):\/\/([^/:]+)(?::(\d+))?(\/.*)?$/.exec(probe.url);
  if (url === null) throw new Error(`a probe's address is not one: ${probe.url}`);
  const [, scheme = "http", host = "", port, target = "/"] = url;
  const secure = scheme === "https";
  const identity = loadIdentity(sys, probe.as);
  const address = resolve(sys, host);
  if (identity === "missing" || address === undefined) return undefined;
  const fd = yield* sys.connect(
    { family: "tcp", address, port: Number(port ?? (secure ? 443 : 80)) },
    { timeout: PATIENCE },
  );
  if (isErrno(fd)) return { error: describeErrno(fd.code) };
  const stream = yield* openStream(sys, fd, host, secure, identity);
  if (stream === undefined) {
    sys.close(fd);
    return { error: "tls" };
  }
  const method = probe.method ?? "GET";
  const connection = createConnection(stream);
  const failed = yield* sendRequest(connection, {
    method,
    target,
    headers: [
      ["Host", port === undefined ? host : `${host}:${port}`],
      ...(probe.as?.kind === "token" ? ([["Authorization", `Bearer ${probe.as.token}`]] as const) : []),
      ...(probe.upgrade
        ? ([
            ["Connection", "Upgrade"],
            ["Upgrade", "SPDY/3.1"],
            ["X-Stream-Protocol-Version", "v4.channel.k8s.io"],
          ] as const)
        : []),
      ...(method === "POST" ? ([["Content-Length", "0"]] as const) : []),
      ["Accept", "*/*"],
    ],
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
