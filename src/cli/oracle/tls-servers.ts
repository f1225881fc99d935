// The servers that were listening when the openssl and curl cases were recorded (tools-base.json, `tls.servers`), as one service.

import { isErrno } from "../../../sandbox/kernel/errno.ts";
import type { Program, Sys, Task } from "../../../sandbox/kernel/sys.ts";
import { decode } from "../../../sandbox/kernel/text.ts";
import { decodePrivateKey } from "../../../sandbox/lib/crypto/keys.ts";
import { parsePem } from "../../../sandbox/lib/crypto/pem.ts";
import type { HttpRequest, ResponseWriter } from "../../../sandbox/lib/http/message.ts";
import { reply, replyError, serveConnection } from "../../../sandbox/lib/http/server.ts";
import { acceptTls, type TlsServerOptions } from "../../../sandbox/lib/tls/server.ts";
import { plainStream, type Stream } from "../../../sandbox/lib/tls/stream.ts";
import {
  type Certificate,
  certificatesFromPem,
  parseCertificate,
  USAGE,
} from "../../../sandbox/lib/x509/certificate.ts";
import { commonName } from "../../../sandbox/lib/x509/name.ts";
import { verifyGo } from "../../../sandbox/lib/x509/verify-go.ts";
import { serveWeb } from "./web-server.ts";

const LAB = "/root/lab";
const PODS = '{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[]}\n';

/** port → certificate and manners; "plain", "mute", "slam", "drop" and "web" are no TLS servers. */
const PORTS: Readonly<Record<number, string | Partial<TlsServerOptions> | undefined>> = {
  10250: {},
  10248: "plain",
  10255: "plain",
  10351: {},
  10352: {},
  10353: { clientAuth: "require-and-verify" },
  10354: "mute",
  10356: {},
  10357: { maxVersion: "1.2" },
  10358: "slam",
  10359: { minVersion: "1.0", maxVersion: "1.1" },
  10360: "drop",
  8000: "web",
  8443: { alpn: ["http/1.1"] },
};

const CERTIFICATES: Readonly<Record<number, string>> = { 10250: "kubelet", 10351: "expired-server", 10352: "mismatch" };

function load(sys: Sys, name: string): readonly Certificate[] {
  const bytes = sys.readFile(`${LAB}/${name}`);
  return isErrno(bytes) ? [] : certificatesFromPem(decode(bytes));
}

function tlsOptions(sys: Sys, port: number): TlsServerOptions {
  const name = CERTIFICATES[port] ?? "server";
  const keyFile = sys.readFile(`${LAB}/${name === "kubelet" ? "kubelet" : "server"}.key`);
  const block = isErrno(keyFile) ? undefined : parsePem(decode(keyFile))[0];
  const chain = load(sys, `${name}.crt`).map((certificate) => certificate.der);
  const identity = block === undefined || chain.length === 0 ? undefined : { chain, key: decodePrivateKey(block.der) };
  return {
    identity,
    alpn: ["h2", "http/1.1"],
    clientAuth: "request",
    clientCas: load(sys, "ca.crt"),
    groups: ["x25519"],
    ...(PORTS[port] as object),
  };
}

function* answer(sys: Sys, port: number, request: HttpRequest, response: ResponseWriter): Task {
  if (port === 10360) return;
  if (PORTS[port] === "plain") {
    if (request.path === "/healthz") yield* reply(response, 200, undefined, "ok");
    else if (request.path === "/pods" && port === 10255) yield* reply(response, 200, "application/json", PODS);
    else yield* replyError(response, 404, "404 page not found");
    return;
  }
  const user = whoIs(sys, request);
  if (user === undefined) yield* reply(response, 401, undefined, "Unauthorized");
  else if (user.startsWith("system:serviceaccount") || user === "student") {
    yield* reply(
      response,
      403,
      undefined,
      `Forbidden (user=${user}, verb=get, resource=nodes, subresource(s)=[proxy])`,
    );
  } else if (request.path === "/pods") yield* reply(response, 200, "application/json", PODS);
  else if (request.path === "/healthz") yield* reply(response, 200, undefined, "ok");
  else yield* replyError(response, 404, "404 page not found");
}

function whoIs(sys: Sys, request: HttpRequest): string | undefined {
  const [leaf, ...others] = (request.tls?.peerCertificates ?? []).map(parseCertificate);
  if (leaf !== undefined) {
    const options = { roots: load(sys, "ca.crt"), intermediates: others, now: sys.now(), usages: [USAGE.client] };
    if (!("error" in verifyGo(leaf, options))) return commonName(leaf.subject);
  }
  return request.headers.get("authorization") === "Bearer good-token"
    ? "system:serviceaccount:default:reader"
    : undefined;
}

function* serveWebOver(stream: Stream): Task<void> {
  yield* serveWeb(stream);
  yield* stream.close();
}

export const tlsServers: Program = {
  name: "tls-servers",
  service: {
    *start(sys) {
      const listeners: Record<string, number> = {};
      for (const port of Object.keys(PORTS).map(Number)) {
        const fd = sys.listen({ family: "tcp", address: port === 10248 ? "127.0.0.1" : "", port });
        if (!isErrno(fd)) listeners[fd] = port;
      }
      sys.kept = listeners;
      return undefined;
    },
    *connection(sys, fd, listener) {
      const port = (sys.kept as Record<string, number>)[listener] ?? 0;
      const kind = PORTS[port];
      if (kind === "mute") return;
      if (kind === "slam") {
        yield* sys.waitUntil(() => sys.readable(fd));
        sys.close(fd);
      } else if (kind === "drop") {
        yield* sys.read(fd);
        sys.close(fd);
      } else if (kind === "web") yield* serveWebOver(plainStream(sys, fd));
      else if (port === 8443) {
        const accepted = yield* acceptTls(sys, fd, tlsOptions(sys, port));
        if (accepted.ok) yield* serveWebOver(accepted.stream);
        else sys.close(fd);
      } else {
        const tls = kind === "plain" ? {} : { tls: tlsOptions(sys, port) };
        yield* serveConnection(sys, fd, {
          ...tls,
          handler: (request, response) => answer(sys, port, request, response),
        });
      }
    },
  },
};
