// TLS of a curl connection: what the options ask of it, and what -v says of its messages.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { ALERT, alertName } from "../../lib/tls/alerts.ts";
import { connectTls, type TlsClientOptions, type TlsEvent } from "../../lib/tls/client.ts";
import type { Identity } from "../../lib/tls/identity.ts";
import {
  CA_BUNDLE,
  CA_PATH,
  messageName,
  openSslError,
  parseCipherList,
  signatureTypeName,
} from "../../lib/tls/openssl.ts";
import type { Stream, TlsVersion } from "../../lib/tls/stream.ts";
import { OPENSSL_DEFAULT_SUITES, suiteNamed, VERSIONS } from "../../lib/tls/suites.ts";
import type { Certificate } from "../../lib/x509/certificate.ts";
import { parseAddress } from "../../lib/x509/general-name.ts";
import { type OpenSslVerified, verifyOpenSsl, verifyText } from "../../lib/x509/verify-openssl.ts";
import { type Connecting, type CurlError, fail, limitedWire, timedOut } from "./connecting.ts";
import type { Console } from "./console.ts";
import { loadIdentity, pinFits, trustStore } from "./credentials.ts";
import { describeServer } from "./server-certificate.ts";
import type { Operation } from "./settings.ts";
import type { CurlUrl } from "./url.ts";
import type { CurlVersion } from "./versions.ts";

/** Groups that OpenSSL knows by these names. */
const CURVE =
  /^(x25519|x448|p-?(256|384|521)|prime256v1|secp(256k1|256r1|384r1|521r1)|x25519mlkem768|secp256r1mlkem768|ffdhe\d+)$/i;

interface Secure {
  readonly stream: Stream;
  readonly verifyCode: number;
}

export function* openTls(
  with_: Connecting,
  url: CurlUrl,
  fd: number,
  limit: number | undefined,
): Task<Secure | CurlError> {
  const { sys, console, version, operation, number } = with_;
  const close = (problem: CurlError, traced = true): CurlError => {
    if (traced) console.info(problem.text);
    with_.endMeter(true);
    console.info(version.modern ? `closing connection #${number}` : `Closing connection ${number}`);
    return problem;
  };
  const http = operation.text.get("http");
  const alpn = http === "http1.1" ? ["http/1.1"] : http === "http1.0" ? ["http/1.0"] : ["h2", "http/1.1"];
  const insecure = operation.on.has("insecure");
  const list = operation.text.get("ciphers");
  const ciphers = list === undefined ? undefined : parseCipherList(list);
  const problem = (text: string, code: number) => close(fail(code, text));
  if (version.modern) {
    console.info(`ALPN: curl offers ${alpn.join(",")}`);
  } else console.info(`ALPN: offers ${alpn.join(",")}`);
  if (list !== undefined && ciphers === undefined) return problem(`failed setting cipher list: ${list}`, 59);
  if (
    version.modern &&
    (operation.text.get("tls-min") ?? "1.0") >
      (VERSIONS.includes(operation.text.get("tls-max") as TlsVersion)
        ? (operation.text.get("tls-max") as string)
        : "1.3")
  )
    return problem("CURL_SSLVERSION_MAX incompatible with CURL_SSLVERSION", 35);
  const suites = operation.text.get("tls13-ciphers");
  if (suites?.split(":").some((name) => !suiteNamed(name)?.tls13))
    return problem(`failed setting TLS 1.3 cipher suite: ${suites}`, 59);
  const curves = operation.text.get("curves");
  if (curves?.split(":").some((name) => !CURVE.test(name)))
    return problem(`failed setting curves list: '${curves}'`, 59);
  const identity = loadIdentity(sys, operation);
  if (identity !== undefined && "code" in identity) return close(identity);
  const store = trustStore(sys, operation);
  if (store === undefined && !insecure)
    return problem(
      `error setting certificate ${operation.text.has("cacert") || !operation.text.has("capath") ? "file" : "verify locations:"}: ${operation.text.get("cacert") ?? CA_BUNDLE}`,
      77,
    );
  const revoked = operation.text.get("crlfile");
  if (revoked !== undefined)
    return holdsCrl(sys, revoked)
      ? problem("--crlfile is not modelled in this sandbox", 2)
      : problem(`error loading CRL file: ${revoked}`, 82);
  let verified: OpenSslVerified | undefined;
  let helloShown = false;
  const options: TlsClientOptions = {
    ...versions(operation, version),
    serverName: parseAddress(url.host) === undefined ? url.host.replace(/\.$/, "") : undefined,
    cipherSuites:
      ciphers === undefined
        ? OPENSSL_DEFAULT_SUITES
        : [...OPENSSL_DEFAULT_SUITES.filter((name) => suiteNamed(name)?.tls13), ...ciphers],
    groups: version.groups,
    alpn,
    identity,
    forbidSha1: true,
    verify(chain) {
      verified = verifyOpenSsl(chain[0] as Certificate, {
        trusted: store ?? [],
        untrusted: chain.slice(1),
        now: sys.now(),
        purpose: "sslserver",
        partialChain: true,
        level: 2,
      });
      if (verified.code === 0 || insecure) return undefined;
      return { alert: alertFor(verified.code) };
    },
    onEvent(event) {
      console.data(event.direction === "OUT" ? "}" : "{", 5);
      traceTls(console, version, event);
      console.data(event.direction === "OUT" ? "}" : "{", messageSize(event, identity));
      if (!helloShown && !insecure) {
        console.info(` CAfile: ${operation.text.get("cacert") ?? CA_BUNDLE}`);
        console.info(` CApath: ${operation.text.get("capath") ?? CA_PATH}`);
      }
      helloShown = true;
    },
  };
  const result = yield* connectTls(limitedWire(sys, limit), fd, options);
  if (!result.ok) {
    const { failure } = result;
    const verifyCode = verified?.code ?? 0;
    if (failure.kind === "rejected")
      return close({ ...fail(60, `SSL certificate problem: ${verifyText(verifyCode)}`), verifyCode });
    if (failure.kind === "errno" && failure.errno.code === "ETIMEDOUT") return close(timedOut(with_));
    if (failure.kind === "errno" && failure.errno.code === "ECONNRESET") {
      return problem(
        version.modern
          ? "Recv failure: Connection reset by peer"
          : `OpenSSL SSL_connect: Connection reset by peer in connection to ${url.host}:${url.port} `,
        35,
      );
    }
    if ((failure.kind === "errno" || failure.kind === "end") && !version.modern) {
      return problem(`OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to ${url.host}:${url.port} `, 35);
    }
    const text = openSslError(failure, version.modern);
    return problem(`${version.modern ? "TLS connect error" : `OpenSSL/${version.openssl}`}: ${text}`, 35);
  }
  const { stream, scheme } = result.connected;
  const state = stream.tls;
  if (state === undefined) throw new Error("a TLS connection without its state");
  const cipher = suiteNamed(state.cipher)?.openssl ?? state.cipher;
  const extra = version.modern ? ` / ${state.group} / ${signatureTypeName(scheme)}` : "";
  console.info(`SSL connection using TLSv${state.version} / ${cipher}${extra}`);
  console.info(
    state.alpn === undefined
      ? "ALPN: server did not agree on a protocol. Uses default."
      : `ALPN: server accepted ${state.alpn}`,
  );
  if (!pinFits(operation, state.peerCertificates[0])) {
    const mismatch = fail(90, "SSL: public key does not match pinned public key");
    close(mismatch);
    yield* stream.close();
    return mismatch;
  }
  const wrong = describeServer(with_, url, state.peerCertificates, verified, insecure);
  if (wrong !== undefined) {
    close(fail(60, wrong));
    // The server's ticket has arrived meanwhile and is read on the way out.
    yield* sys.waitUntil(() => sys.readable(fd), sys.now() + 1);
    if (sys.readable(fd) && stream.readEvent !== undefined) yield* stream.readEvent();
    yield* stream.close();
    return fail(60, wrong);
  }
  return { stream, verifyCode: verified?.code ?? 0 };
}

function versions(operation: Operation, version: CurlVersion): { minVersion: TlsVersion; maxVersion: TlsVersion } {
  const most = operation.text.get("tls-max") ?? "default";
  const maxVersion = (most === "default" ? "1.3" : most) as TlsVersion;
  const wanted = operation.text.get("tls-min") as TlsVersion | undefined;
  const least = wanted ?? (maxVersion < "1.2" ? version.leastTls : "1.2");
  const allowed = VERSIONS.slice(VERSIONS.indexOf(version.leastTls));
  return { minVersion: allowed.includes(least) ? least : version.leastTls, maxVersion };
}

function holdsCrl(sys: Sys, file: string): boolean {
  const bytes = sys.readFile(file);
  return !isErrno(bytes) && decode(bytes).includes("-----BEGIN X509 CRL-----");
}

/** ssl_verify_alarm_type: which alert goes with which verification error. */
function alertFor(code: number): number {
  if (code === 10) return ALERT.certificateExpired;
  if (code === 9 || code === 7) return ALERT.badCertificate;
  if (code === 26) return ALERT.unsupportedCertificate;
  return code === 66 || code === 67 || code === 68 ? ALERT.badCertificate : ALERT.unknownCa;
}

function traceTls(console: Console, version: CurlVersion, event: TlsEvent): void {
  // Before OpenSSL 3.2 the middlebox message of TLS 1.3 is not reported when it comes in.
  if (event.kind === "change cipher" && event.direction === "IN" && !version.modern) return;
  const head = `TLSv${event.version} (${event.direction}), TLS ${event.kind}, `;
  if (event.kind === "handshake") console.info(`${head}${messageName(event.number)} (${event.number}):`);
  else if (event.kind === "change cipher") console.info(`${head}Change cipher spec (1):`);
  else console.info(`${head}${alertName(event.number)} (${(event.level ?? 2) * 256 + event.number}):`);
}

/** Bytes a handshake message has in reality; those of certificates are given by the chain. */
function messageSize(event: TlsEvent, identity: Identity | undefined): number {
  if (event.kind === "alert") return 2;
  if (event.kind === "change cipher") return 1;
  const chain = identity?.chain.reduce((sum, der) => sum + der.length + 5, 0) ?? 0;
  if (event.direction === "OUT" && event.number === 11) return 8 + chain;
  if (event.number === 16) return 37;
  return (
    { 1: 512, 2: 122, 4: 122, 8: 6, 11: 849, 12: 300, 13: 80, 14: 4, 15: 264, 20: event.version === "1.3" ? 36 : 16 }[
      event.number
    ] ?? 4
  );
}
