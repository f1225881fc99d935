// A client's connection as Go makes it (net.Dial, crypto/tls): its offer, its check of the server, and the words of its errors.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { resolveHost } from "../dns.ts";
import { certificatesFromPem, USAGE } from "../x509/certificate.ts";
import { verifyGo } from "../x509/verify-go.ts";
import { goAlert } from "./alerts.ts";
import { connectTls, type TlsFailure } from "./client.ts";
import type { Identity } from "./identity.ts";
import { GO_GROUPS } from "./server.ts";
import { plainStream, type Stream, type Wire } from "./stream.ts";
import { GO_DEFAULT_SUITES, SUITES } from "./suites.ts";

/** tls.Config of a client. */
export interface GoTrust {
  /** Authorities in PEM that may vouch for the server; without any of them, whoever answers is believed. */
  readonly roots: string | undefined;
  readonly identity: Identity | undefined;
  /** The name that the server must have, where it is not the host's. */
  readonly name?: string | undefined;
}

export interface GoTarget {
  readonly host: string;
  readonly port: number;
  /** How long the network may be silent (ms). */
  readonly timeout?: number | undefined;
  /** None for a plain connection. */
  readonly trust?: GoTrust | undefined;
}

/** Host and port of a URL, the host without its brackets. */
export function goTarget(
  url: string,
): (GoTarget & { readonly secure: boolean; readonly authority: string }) | undefined {
  const found = /^(https?):\/\/((\[[^\]]*\]|[^:/]+)(?::(\d+))?)/.exec(url);
  if (found === null) return undefined;
  const [, scheme, authority = "", host = "", port] = found;
  const secure = scheme === "https";
  return { secure, authority, host: host.replace(/^\[|\]$/g, ""), port: Number(port ?? (secure ? 443 : 80)) };
}

/** Connects; a text is Go's error. */
export function* dialGo(sys: Sys, { host, port, timeout, trust }: GoTarget, wire: Wire = sys): Task<Stream | string> {
  const found = yield* resolveHost(sys, host);
  const address = found?.v4[0] ?? found?.v6[0];
  if (address === undefined) return `dial tcp: lookup ${host}: no such host`;
  const fd = yield* sys.connect({ family: "tcp", address, port }, timeout === undefined ? undefined : { timeout });
  if (isErrno(fd)) {
    const why = fd.code === "ETIMEDOUT" ? "i/o timeout" : `connect: ${fd.text.toLowerCase()}`;
    return `dial tcp ${address.includes(":") ? `[${address}]` : address}:${port}: ${why}`;
  }
  if (trust === undefined) return plainStream(sys, fd);
  const stream = yield* handshake(sys, wire, fd, trust, trust.name ?? host);
  if (typeof stream === "string") sys.close(fd);
  return stream;
}

function* handshake(sys: Sys, wire: Wire, fd: number, trust: GoTrust, hostname: string): Task<Stream | string> {
  let refused: string | undefined;
  const done = yield* connectTls(wire, fd, {
    serverName: /^[\d.:]+$/.test(hostname) ? undefined : hostname,
    cipherSuites: [...SUITES.filter((suite) => suite.tls13).map((suite) => suite.name), ...GO_DEFAULT_SUITES],
    groups: GO_GROUPS,
    alpn: ["http/1.1"],
    identity: trust.identity,
    verify([leaf, ...intermediates]) {
      if (trust.roots === undefined || leaf === undefined) return undefined;
      const roots = certificatesFromPem(trust.roots);
      const result = verifyGo(leaf, { roots, intermediates, now: sys.now(), usages: [USAGE.server], hostname });
      if (!("error" in result)) return undefined;
      refused = `tls: failed to verify certificate: ${result.error}`;
      return { alert: 42 };
    },
  });
  return done.ok ? done.connected.stream : (refused ?? describeFailure(done.failure));
}

function describeFailure(failure: TlsFailure): string {
  if (failure.kind === "alert") return `remote error: tls: ${goAlert(failure.number)}`;
  if (failure.kind === "foreign") return "http: server gave HTTP response to HTTPS client";
  return failure.kind === "errno" ? failure.errno.text.toLowerCase() : "EOF";
}
