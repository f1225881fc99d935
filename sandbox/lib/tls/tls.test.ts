import { describe, expect, it } from "vitest";
import { bareFleet, runAs } from "#test/support/machine.ts";
import { isErrno } from "../../kernel/errno.ts";
import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { publicKeyOf } from "../crypto/keys.ts";
import { poolKey } from "../crypto/pool.ts";
import { createConnection, readResponse, sendRequest } from "../http/client.ts";
import { reply, serveConnection } from "../http/server.ts";
import { altNamesOf, createCertificate, extension } from "../x509/build.ts";
import { createGoName } from "../x509/name.ts";
import { connectTls, type TlsClientOptions, type TlsResult } from "./client.ts";
import type { TlsServerOptions } from "./server.ts";
import { OPENSSL_DEFAULT_SUITES } from "./suites.ts";

const key = poolKey(3, 0);
const der = createCertificate(
  {
    serial: Uint8Array.of(1),
    issuer: createGoName("node01"),
    subject: createGoName("node01"),
    notBefore: 0,
    notAfter: 4e12,
    publicKey: publicKeyOf(key),
    extensions: [extension.altNames(altNamesOf(["node01"]))],
  },
  key,
);

/** A server on port 443 that greets by the path, and remembers what went wrong. */
function fleetWith(tls: TlsServerOptions) {
  const errors: string[] = [];
  const program: Program = {
    name: "greeter",
    service: {
      *start(sys) {
        sys.listen({ family: "tcp", address: "", port: 443 });
        return undefined;
      },
      connection: (sys, fd) =>
        serveConnection(sys, fd, {
          tls,
          handler: (request, response) => reply(response, 200, undefined, `hello ${request.path}`),
          onTlsError: (text) => void errors.push(text.replace(/\d+\.\d+\.\d+\.\d+:\d+/, "PEER")),
        }),
    },
  };
  const fleet = bareFleet([program]);
  runAs(fleet, function* (sys) {
    sys.fork(function* (child) {
      yield* child.exec("/usr/bin/greeter", ["greeter"]);
      return 1;
    });
    yield* sys.sleep(10);
  });
  return { fleet, errors };
}

function* dial(sys: Sys): Task<number> {
  const fd = yield* sys.connect({ family: "tcp", address: "127.0.0.1", port: 443 });
  if (isErrno(fd)) throw new Error(fd.code);
  return fd;
}

const CLIENT: TlsClientOptions = { cipherSuites: OPENSSL_DEFAULT_SUITES, groups: ["x25519"], verify: () => undefined };

function handshake(
  tls: TlsServerOptions,
  client: Partial<TlsClientOptions> = {},
): { result: TlsResult; errors: string[] } {
  const { fleet, errors } = fleetWith(tls);
  const result = runAs(fleet, function* (sys) {
    const made = yield* connectTls(sys, yield* dial(sys), { ...CLIENT, ...client });
    yield* sys.sleep(1);
    return made;
  });
  return { result, errors };
}

describe("TLS over a connection of the sandbox", () => {
  const identity = { chain: [der], key };

  it("agrees on version, suite and protocol, and carries HTTP", () => {
    const { fleet } = fleetWith({ identity, alpn: ["h2", "http/1.1"] });
    const seen = runAs(fleet, function* (sys) {
      const made = yield* connectTls(sys, yield* dial(sys), { ...CLIENT, alpn: ["http/1.1"] });
      if (!made.ok) throw new Error(made.failure.kind);
      const { stream } = made.connected;
      const http = createConnection(stream);
      yield* sendRequest(http, { method: "GET", target: "/port", headers: [["Host", "node01"]] });
      const answer = yield* readResponse(http, "GET");
      if (typeof answer === "string" || isErrno(answer)) throw new Error("no answer");
      const body = yield* answer.body();
      return {
        state: stream.tls,
        status: answer.status,
        names: answer.headers.list.map(([name]) => name),
        body: isErrno(body) ? "" : decode(body),
      };
    });
    expect(seen.state).toMatchObject({ version: "1.3", cipher: "TLS_AES_128_GCM_SHA256", alpn: "http/1.1" });
    expect(seen).toMatchObject({ status: 200, body: "hello /port", names: ["Date", "Content-Length", "Content-Type"] });
  });

  it("refuses with the alert and the words of Go", () => {
    const old = handshake({ identity, minVersion: "1.3" }, { maxVersion: "1.2" });
    expect(old.result).toMatchObject({ ok: false, failure: { kind: "alert", number: 70 } });
    expect(old.errors).toEqual(["TLS handshake error from PEER: tls: client offered only unsupported versions: [303]"]);
    const bare = handshake({});
    expect(bare.result).toMatchObject({ ok: false, failure: { kind: "alert", number: 80 } });
    const picky = handshake(
      { identity, maxVersion: "1.2", cipherSuites: ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"] },
      { cipherSuites: ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"] },
    );
    expect(picky.result).toMatchObject({ ok: false, failure: { kind: "alert", number: 40 } });
  });

  it("fails where the server does not hold the key of its certificate", () => {
    const { result } = handshake({ identity: { chain: [der], key: poolKey(3, 1) } });
    expect(result).toMatchObject({ ok: false, failure: { kind: "bad-signature" } });
  });

  it("tells the server why the client went away", () => {
    const { result, errors } = handshake({ identity }, { verify: () => ({ alert: 48 }) });
    expect(result).toMatchObject({ ok: false, failure: { kind: "rejected" } });
    expect(errors).toEqual(["TLS handshake error from PEER: remote error: tls: unknown certificate authority"]);
  });

  it("answers plain HTTP with a sentence", () => {
    const { fleet, errors } = fleetWith({ identity });
    const text = runAs(fleet, function* (sys) {
      const fd = yield* dial(sys);
      yield* sys.write(fd, "GET / HTTP/1.1\r\nHost: node01\r\n\r\n");
      const part = yield* sys.read(fd);
      return isErrno(part) ? part.code : decode(part);
    });
    expect(text).toBe("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n");
    expect(errors).toEqual(["TLS handshake error from PEER: tls: first record does not look like a TLS handshake"]);
  });
});
