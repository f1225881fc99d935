// wget's connections, plain and secure, and what it tells of them.

import { errno, isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { resolveHost } from "../../lib/dns.ts";
import { connectTls } from "../../lib/tls/client.ts";
import { CA_BUNDLE, loadStore } from "../../lib/tls/openssl.ts";
import { plainStream, type Stream, type Wire } from "../../lib/tls/stream.ts";
import { OPENSSL_DEFAULT_SUITES } from "../../lib/tls/suites.ts";
import type { Certificate } from "../../lib/x509/certificate.ts";
import { parseAddress } from "../../lib/x509/general-name.ts";
import { matchAddress, matchHost, verifyOpenSsl } from "../../lib/x509/verify-openssl.ts";
import type { CurlUrl } from "../curl/url.ts";
import type { Wishes } from "./options.ts";

/** What happens to one URL: wget's exit status. */
/** A download: the machine, what was asked for, and the voice. */
export interface Job {
  readonly sys: Sys;
  readonly wishes: Wishes;
  say(text: string): Task;
}

const two = (value: number) => String(value).padStart(2, "0");

export function stamp(ms: number): string {
  const at = new Date(ms);
  return `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
}

function wire(sys: Sys, timeout: number): Wire {
  if (timeout <= 0) return sys;
  return {
    *read(fd, max) {
      const ready = yield* sys.waitUntil(() => sys.readable(fd), sys.now() + timeout);
      return ready === false ? errno("ETIMEDOUT") : yield* sys.read(fd, max);
    },
    write: (fd, data) => sys.write(fd, data),
    close: (fd) => sys.close(fd),
  };
}

/** A stream to the server, or wget's exit status. */
export function* open(job: Job, url: CurlUrl): Task<Stream | number> {
  const { sys, wishes, say } = job;
  const literal = parseAddress(url.host) !== undefined;
  const found = yield* resolveHost(sys, url.host);
  if (!literal) yield* say(`Resolving ${url.host} (${url.host})... `);
  if (found === undefined) {
    yield* say(`failed: Temporary failure in name resolution.\nwget: unable to resolve host address ‘${url.host}’\n`);
    return 4;
  }
  const all = [...found.v6, ...found.v4];
  if (!literal) yield* say(`${all.join(", ")}\n`);
  for (const address of all) {
    const shown = address.includes(":") ? `[${address}]` : address;
    yield* say(
      `Connecting to ${literal ? `${shown}:${url.port}` : `${url.host} (${url.host})|${address}|:${url.port}`}... `,
    );
    const fd = yield* sys.connect(
      { family: "tcp", address, port: url.port },
      wishes.timeout > 0 ? { timeout: wishes.timeout } : {},
    );
    if (isErrno(fd)) {
      yield* say(`failed: ${fd.text}.\n`);
      continue;
    }
    yield* say("connected.\n");
    return url.scheme === "https" ? yield* secure(job, url, fd) : plainStream(wire(sys, wishes.timeout), fd);
  }
  return 4;
}

function* secure({ sys, wishes, say }: Job, url: CurlUrl, fd: number): Task<Stream | number> {
  let leaf: Certificate | undefined;
  let code = 0;
  const store = loadStore(sys, wishes.ca ?? CA_BUNDLE) ?? [];
  const result = yield* connectTls(wire(sys, wishes.timeout), fd, {
    serverName: parseAddress(url.host) === undefined ? url.host : undefined,
    cipherSuites: OPENSSL_DEFAULT_SUITES,
    groups: ["X25519MLKEM768", "x25519", "secp256r1"],
    verify(chain) {
      leaf = chain[0] as Certificate;
      code = verifyOpenSsl(leaf, {
        trusted: store,
        untrusted: chain.slice(1),
        now: sys.now(),
        purpose: "sslserver",
        level: 2,
      }).code;
      return undefined;
    },
  });
  if (!result.ok || leaf === undefined) {
    yield* say("Unable to establish SSL connection.\n");
    sys.close(fd);
    return 4;
  }
  const kind = wishes.check ? "ERROR" : "WARNING";
  const host = `‘${url.host}’`;
  const reasons = [10, 9].includes(code)
    ? ["is not trusted", code === 10 ? "has expired" : "is not yet activated"]
    : ["is not trusted", "doesn't have a known issuer"];
  for (const reason of code === 0 ? [] : reasons) yield* say(`${kind}: The certificate of ${host} ${reason}.\n`);
  const fits =
    parseAddress(url.host) === undefined ? matchHost(leaf, url.host) !== undefined : matchAddress(leaf, url.host);
  if (!fits && (code === 0 || !wishes.check)) yield* say(`The certificate's owner does not match hostname ${host}\n`);
  if ((code !== 0 || !fits) && wishes.check) {
    yield* result.connected.stream.close();
    return 5;
  }
  return result.connected.stream;
}
