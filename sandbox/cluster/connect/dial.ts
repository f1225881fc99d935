// The API server as a client: connections to kubelets, with its client certificate, and to other addresses, in the words of Go's errors.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { lookUpHost } from "../../lib/hosts.ts";
import { goAlert } from "../../lib/tls/alerts.ts";
import { connectTls, type TlsFailure } from "../../lib/tls/client.ts";
import { pairOf } from "../../lib/tls/pair.ts";
import { plainStream, type Stream } from "../../lib/tls/stream.ts";
import { GO_DEFAULT_SUITES, SUITES } from "../../lib/tls/suites.ts";
import { certificatesFromPem, USAGE } from "../../lib/x509/certificate.ts";
import { verifyGo } from "../../lib/x509/verify-go.ts";
import { listFlag } from "../flags/parse.ts";
import { at, type KubeObject, listOf, textOf } from "../object.ts";
import type { ServerState } from "../state.ts";
import { StatusError } from "../status.ts";

/** Where a connection goes. */
export interface Location {
  readonly scheme: string;
  readonly host: string;
  readonly port: string;
  /** With the kubelet client's certificate and authority. */
  readonly kubelet: boolean;
}

const DEFAULT_TYPES = ["Hostname", "InternalDNS", "InternalIP", "ExternalDNS", "ExternalIP"];

/** Host and port of a node's kubelet, as --kubelet-preferred-address-types picks them. */
export function kubeletOf(state: ServerState, node: KubeObject): Location {
  const addresses = listOf(at(node, "status", "addresses"));
  const types = listFlag(state.flags, "kubelet-preferred-address-types");
  for (const type of types.length === 0 ? DEFAULT_TYPES : types) {
    const host = textOf(addresses.find((each) => each.type === type)?.address);
    if (host === "") continue;
    const port = Number(at(node, "status", "daemonEndpoints", "kubeletEndpoint", "Port") ?? 0);
    return { scheme: "https", host, port: String(port || Number(state.flags["kubelet-port"] ?? 10250)), kubelet: true };
  }
  throw new StatusError(
    500,
    "",
    `no preferred addresses found; known addresses: [${addresses.map((each) => `{${textOf(each.type)} ${textOf(each.address)}}`).join(" ")}]`,
  );
}

/** What dialling came to where there is no connection: Go's error. */
export class DialError extends Error {}

const GROUPS = ["X25519MLKEM768", "x25519", "secp256r1", "secp384r1", "secp521r1"];
const SUITE_NAMES = [
  ...SUITES.filter((each) => /^TLS_(AES|CHACHA)/.test(each.name)).map((each) => each.name),
  ...GO_DEFAULT_SUITES,
];
const DIAL_TIMEOUT = 10_000;

/** A connection; throws a DialError. */
export function* dial(sys: Sys, state: ServerState, { scheme, host, port, kubelet }: Location): Task<Stream> {
  const found = lookUpHost(sys, host);
  const address = found?.v4[0] ?? found?.v6[0];
  if (address === undefined) throw new DialError(`dial tcp: lookup ${host}: no such host`);
  const fd = yield* sys.connect({ family: "tcp", address, port: Number(port) }, { timeout: DIAL_TIMEOUT });
  const target = address.includes(":") ? `[${address}]` : address;
  if (isErrno(fd))
    throw new DialError(
      `dial tcp ${target}:${port}: ${fd.code === "ETIMEDOUT" ? "i/o timeout" : `connect: ${fd.text.toLowerCase()}`}`,
    );
  if (scheme !== "https") return plainStream(sys, fd);
  const { files } = state;
  const authority = kubelet ? files["kubelet-certificate-authority"] : undefined;
  const identity = kubelet
    ? pairOf(files["kubelet-client-certificate"] ?? "", files["kubelet-client-key"] ?? "")
    : undefined;
  let refused: string | undefined;
  const done = yield* connectTls(sys, fd, {
    serverName: /^[\d.:]+$/.test(host) ? undefined : host,
    cipherSuites: SUITE_NAMES,
    groups: GROUPS,
    alpn: ["http/1.1"],
    identity,
    verify(chain) {
      const leaf = chain[0];
      if (authority === undefined || leaf === undefined) return undefined;
      const result = verifyGo(leaf, {
        roots: certificatesFromPem(authority),
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
  sys.close(fd);
  throw new DialError(refused ?? describeFailure(done.failure));
}

function describeFailure(failure: TlsFailure): string {
  switch (failure.kind) {
    case "alert":
      return `remote error: tls: ${goAlert(failure.number)}`;
    case "foreign":
      return "http: server gave HTTP response to HTTPS client";
    case "errno":
      return failure.errno.text.toLowerCase();
    default:
      return "EOF";
  }
}
