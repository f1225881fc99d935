// One connection of curl: name, address, TCP, TLS and what -v says on the way.

import { errno, isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { keyBits } from "../../lib/crypto/keys.ts";
import { lookUpHost } from "../../lib/hosts.ts";
import { createConnection, type HttpConnection } from "../../lib/http/client.ts";
import { ALERT, alertName } from "../../lib/tls/alerts.ts";
import { connectTls, type TlsClientOptions, type TlsEvent } from "../../lib/tls/client.ts";
import type { Identity } from "../../lib/tls/identity.ts";
import {
  CA_BUNDLE,
  CA_PATH,
  CURVE_NAMES,
  messageName,
  openSslError,
  parseCipherList,
  securityBits,
  signatureTypeName,
} from "../../lib/tls/openssl.ts";
import { plainStream, type Stream, type TlsVersion, type Wire } from "../../lib/tls/stream.ts";
import { OPENSSL_DEFAULT_SUITES, suiteNamed, VERSIONS } from "../../lib/tls/suites.ts";
import { type Certificate, parseCertificate } from "../../lib/x509/certificate.ts";
import { parseAddress } from "../../lib/x509/general-name.ts";
import { formatName, NAME_STYLES } from "../../lib/x509/name.ts";
import { longName } from "../../lib/x509/oids.ts";
import {
  matchAddress,
  matchHost,
  type OpenSslVerified,
  verifyOpenSsl,
  verifyText,
} from "../../lib/x509/verify-openssl.ts";
import type { Console } from "./console.ts";
import { loadIdentity, pinFits, trustStore } from "./credentials.ts";
import type { Operation } from "./settings.ts";
import type { CurlUrl } from "./url.ts";
import type { CurlVersion } from "./versions.ts";

/** How a transfer failed: curl's exit status and text. */
export interface CurlError {
  readonly code: number;
  readonly text: string;
}

export interface Connection {
  readonly http: HttpConnection;
  readonly number: number;
  readonly url: CurlUrl;
  readonly host: string;
  readonly protocol: "http/1.x" | "h2";
  readonly verifyCode: number;
  readonly remote: { address: string; port: number };
  readonly local: { address: string; port: number };
  readonly close: () => Task;
}

/** What a connection is made with. */
export interface Connecting {
  readonly sys: Sys;
  readonly console: Console;
  readonly version: CurlVersion;
  readonly operation: Operation;
  readonly number: number;
  /** When this transfer began, and when it must be over. */
  readonly started: number;
  readonly deadline: number | undefined;
  readonly slow: { readonly ms: number } | undefined;
  /** Shows the last update of the meter, which stands before the connection's end. */
  endMeter(failed: boolean): void;
}

/** A failure from its status and text. */
export const fail = (code: number, text: string): CurlError => ({ code, text });

export const isCurlError = (value: object): value is CurlError => "code" in value && "text" in value;

export function* openConnection(with_: Connecting, url: CurlUrl): Task<Connection | CurlError> {
  const { sys, console, version, number } = with_;
  const limit = connectLimit(with_);
  const place = yield* openSocket(with_, url, limit);
  if (isCurlError(place)) {
    console.info(place.text.split("\n")[0] as string);
    if (place.code !== 6) with_.endMeter(true);
    const word = place.code === 6 || !version.modern ? "shutting down connection #" : "closing connection #";
    console.info(version.modern ? `${word}${number}` : `Closing connection ${number}`);
    return place;
  }
  const { fd, address, port } = place;
  const local = sys.getsockname(fd);
  const ends = {
    remote: { address, port },
    local:
      isErrno(local) || local.family === "unix"
        ? { address: "", port: 0 }
        : { address: local.address, port: local.port },
  };
  const connected = address.startsWith("/")
    ? `Connected to ${url.host} (${address}) port 0`
    : `Connected to ${version.modern ? redirected(with_.operation, url).host : url.host} (${address}) port ${port}`;
  if (!version.modern) console.info(`${connected} (#${number})`);
  let protocol: Connection["protocol"] = "http/1.x";
  const refused = unspoken(with_, url);
  if (refused !== undefined) {
    sys.close(fd);
    return refused;
  }
  let stream: Stream;
  let verifyCode = 0;
  if (url.scheme === "https") {
    const secure = yield* openTls(with_, url, fd, limit);
    if (isCurlError(secure)) {
      sys.close(fd);
      return secure;
    }
    stream = secure.stream;
    verifyCode = secure.verifyCode;
    if (stream.tls?.alpn === "h2") protocol = "h2";
  } else stream = plainStream(limitedWire(sys, with_.deadline, with_.slow?.ms), fd);
  if (version.modern) console.info(connected);
  // 7.88 names the protocol after TLS only.
  const one = !version.modern && stream.tls?.alpn === "http/1.1" ? "using HTTP/1.1" : "using HTTP/1.x";
  if (protocol === "h2" && !version.modern) console.data("}", 5);
  if (version.modern || url.scheme === "https") console.info(protocol === "h2" ? "using HTTP/2" : one);
  return {
    http: createConnection(stream),
    number,
    url,
    host: version.modern ? redirected(with_.operation, url).host : url.host,
    protocol,
    verifyCode,
    ...ends,
    close: () => stream.close(),
  };
}

/** What nobody here answers: HTTP/2 without a handshake, and tunnels through proxies. */
function unspoken({ operation, version }: Connecting, url: CurlUrl): CurlError | undefined {
  if (url.scheme === "https" && operation.text.has("via"))
    return fail(2, "a tunnel through a proxy is not modelled in this sandbox");
  if (url.scheme !== "http" || operation.text.get("http") !== "http2-prior-knowledge" || !version.modern)
    return undefined;
  return fail(
    16,
    "Remote peer returned unexpected data while we expected SETTINGS frame.  Perhaps, peer does not support HTTP/2 properly.",
  );
}

/** A wire whose reads end at the deadline. */
function limitedWire(sys: Sys, deadline: number | undefined, idle?: number): Wire {
  if (deadline === undefined && idle === undefined) return sys;
  return {
    *read(fd, max) {
      const ready = yield* sys.waitUntil(
        () => sys.readable(fd),
        Math.min(deadline ?? Infinity, sys.now() + (idle ?? Infinity)),
      );
      return ready === false ? errno("ETIMEDOUT") : yield* sys.read(fd, max);
    },
    write: (fd, data) => sys.write(fd, data),
    close: (fd) => sys.close(fd),
  };
}

function connectLimit({ operation, started, deadline }: Connecting): number | undefined {
  const seconds = Number(operation.text.get("connect-timeout") ?? 0);
  const own = seconds > 0 ? started + seconds * 1000 : undefined;
  return own === undefined ? deadline : Math.min(own, deadline ?? own);
}

const timedOut = ({ sys, started }: Connecting): CurlError =>
  fail(28, `Connection timed out after ${Math.round(sys.now() - started) + 1} milliseconds`);

/** Where to go: --connect-to and --resolve, then /etc/hosts. */
function* openSocket(
  with_: Connecting,
  url: CurlUrl,
  limit: number | undefined,
): Task<{ fd: number; address: string; port: number } | CurlError> {
  const { sys, console, version, operation, started } = with_;
  const path = operation.text.get("unix-socket");
  if (path !== undefined) {
    console.info(`  Trying ${path}:0...`);
    const fd = yield* sys.connect({ family: "unix", path });
    if (!isErrno(fd)) return { fd, address: path, port: 0 };
    console.info(`connect to ${path} port 0 from  port 0 failed: ${fd.text}`);
    return fail(7, `Failed to connect to ${url.host} port ${url.port} after 0 ms: ${version.couldNotConnect}`);
  }
  const { host, port } = redirected(operation, url);
  const found =
    pinned(operation, host, port) ??
    lookUpHost(sys, host) ??
    (host.toLowerCase() === "localhost" ? { v4: ["127.0.0.1"], v6: ["::1"] } : undefined);
  const family = operation.text.get("family");
  const v6 = family === "ipv4" ? [] : (found?.v6 ?? []);
  const v4 = family === "ipv6" ? [] : (found?.v4 ?? []);
  if (v4.length + v6.length === 0) return fail(6, `Could not resolve host: ${host}`);
  if (version.modern && parseAddress(host) === undefined && pinned(operation, host, port) === undefined) {
    console.info(`Host ${host}:${port} was resolved.`);
    console.info(`IPv6: ${v6.join(", ") || "(none)"}`);
    console.info(`IPv4: ${(family === "ipv6" ? (found?.v4 ?? []) : v4).join(", ") || "(none)"}`);
  }
  const device = operation.text.get("interface");
  if (device !== undefined && device !== "" && !isInterface(sys, device))
    return fail(45, `Couldn't bind to '${device}' with errno 19: No such device`);
  let why = errno("ECONNREFUSED");
  for (const address of [...v6, ...v4]) {
    const shown = address.includes(":") ? `[${address}]` : address;
    console.info(`  Trying ${shown}:${port}...`);
    yield* console.flush();
    const left = limit === undefined ? 300_000 : Math.max(1, limit - sys.now());
    const fd = yield* sys.connect({ family: "tcp", address, port }, { timeout: left });
    if (!isErrno(fd)) return { fd, address, port };
    why = fd;
    if (limit !== undefined && sys.now() >= limit) {
      return fail(
        28,
        version.modern
          ? timedOut(with_).text
          : `Failed to connect to ${host} port ${port} after ${Math.round(sys.now() - started)} ms: Timeout was reached`,
      );
    }
    const from = fd.code === "ECONNREFUSED" ? (address.includes(":") ? "::1" : "127.0.0.1") : "0.0.0.0";
    console.info(
      version.modern
        ? `connect to ${address} port ${port} from ${from} port ${49152 + (port % 16000)} failed: ${fd.text}`
        : `connect to ${address} port ${port} failed: ${fd.text}`,
    );
  }
  const ms = Math.round(sys.now() - started);
  if (why.code === "ETIMEDOUT")
    return fail(28, `Failed to connect to ${host} port ${port} after ${ms} ms: ${version.couldNotConnect}`);
  return fail(7, `Failed to connect to ${host} port ${port} after ${ms} ms: ${version.couldNotConnect}`);
}

/** Whether --interface names a device or an address of the machine. */
function isInterface(sys: Sys, name: string): boolean {
  return sys
    .interfaces()
    .some((each) => each.name === name || each.addresses.some((address) => address.split("/")[0] === name));
}

function redirected(operation: Operation, url: CurlUrl): { host: string; port: number } {
  const via = /^\[?(.*?)\]?:(\d+)$/.exec(operation.text.get("via") ?? "");
  if (via !== null) return { host: via[1] as string, port: Number(via[2]) };
  for (const entry of operation.connectTo) {
    const [host = "", port = "", toHost = "", toPort = ""] = splitColons(entry);
    if ((host === "" || host === url.host) && (port === "" || Number(port) === url.port)) {
      return { host: toHost || url.host, port: toPort === "" ? url.port : Number(toPort) };
    }
  }
  return url;
}

const splitColons = (text: string) =>
  (text.match(/\[[^\]]*\]|[^:]+|(?<=^|:)(?=:|$)/g) ?? []).map((part) => part.replace(/^\[|\]$/g, ""));

function pinned(operation: Operation, host: string, port: number): { v4: string[]; v6: string[] } | undefined {
  for (const entry of operation.resolve) {
    const match = /^[+-]?(\[[^\]]+\]|[^:]+|\*):(\d+):(.+)$/.exec(entry);
    if (match === null) continue;
    const [, name = "", number, addresses = ""] = match;
    if (Number(number) !== port || (name !== "*" && name.toLowerCase() !== host.toLowerCase())) continue;
    const list = addresses.split(",").map((part) => part.replace(/^\[|\]$/g, ""));
    return { v4: list.filter((each) => !each.includes(":")), v6: list.filter((each) => each.includes(":")) };
  }
  return undefined;
}

/** What -v says of --connect-to and --resolve before anything else. */
export function announcePlace(console: Console, operation: Operation, url: CurlUrl): void {
  for (const entry of operation.resolve) {
    const added = /^[+-]?((?:\[[^\]]+\]|[^:]+):\d+:.+)$/.exec(entry);
    if (added !== null) console.info(`Added ${added[1]} to DNS cache`);
  }
  const { host, port } = redirected(operation, url);
  if (host !== url.host) console.info(`Connecting to hostname: ${host}`);
  if (port !== url.port) console.info(`Connecting to port: ${port}`);
  if (pinned(operation, host, port) !== undefined) console.info(`Hostname ${host} was found in DNS cache`);
}

/** Groups that OpenSSL knows by these names. */
const CURVE =
  /^(x25519|x448|p-?(256|384|521)|prime256v1|secp(256k1|256r1|384r1|521r1)|x25519mlkem768|secp256r1mlkem768|ffdhe\d+)$/i;

interface Secure {
  readonly stream: Stream;
  readonly verifyCode: number;
}

function* openTls(with_: Connecting, url: CurlUrl, fd: number, limit: number | undefined): Task<Secure | CurlError> {
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
    if (failure.kind === "rejected") return problem(`SSL certificate problem: ${verifyText(verified?.code ?? 0)}`, 60);
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

/** The block "Server certificate", with the check of the name; the text where the name does not match. */
function describeServer(
  with_: Connecting,
  url: CurlUrl,
  chain: readonly Uint8Array[],
  verified: OpenSslVerified | undefined,
  insecure: boolean,
): string | undefined {
  const { console, version } = with_;
  const leaf = parseCertificate(chain[0] as Uint8Array);
  console.info("Server certificate:");
  console.info(` subject: ${formatName(leaf.subject, NAME_STYLES.curl)}`);
  console.info(` start date: ${formatCurlDate(leaf.notBefore)}`);
  console.info(` expire date: ${formatCurlDate(leaf.notAfter)}`);
  if (!insecure) {
    const wrong = checkName(console, version, leaf, url.host);
    if (wrong !== undefined) return wrong;
  }
  console.info(` issuer: ${formatName(leaf.issuer, NAME_STYLES.curl)}`);
  const code = verified?.code ?? 0;
  console.info(
    code === 0
      ? " SSL certificate verify ok."
      : ` SSL certificate verify result: ${verifyText(code)} (${code}), continuing anyway.`,
  );
  if (version.modern) {
    const shown = verified !== undefined && verified.code === 0 ? verified.chain : chain.map(parseCertificate);
    for (const [level, certificate] of shown.entries())
      console.info(
        `  Certificate level ${level}: Public key type ${describeKey(certificate)}, signed using ${longName(certificate.signatureAlgorithm)}`,
      );
  }
  return undefined;
}

function describeKey({ publicKey }: Certificate): string {
  if (publicKey === undefined) return "? (0/0 Bits/secBits)";
  const name =
    publicKey.kind === "rsa" ? "RSA" : publicKey.kind === "ec" ? `EC/${CURVE_NAMES[publicKey.curve]}` : "ED25519";
  return `${name} (${keyBits(publicKey)}/${securityBits(publicKey)} Bits/secBits)`;
}

function checkName(console: Console, version: CurlVersion, leaf: Certificate, host: string): string | undefined {
  const literal = parseAddress(host);
  const hasNames = (leaf.altNames ?? []).some((name) => name.kind === "dns" || name.kind === "ip");
  const kind =
    literal === undefined
      ? version.modern
        ? "hostname"
        : "host name"
      : version.modern
        ? `ipv${literal.length === 4 ? 4 : 6} address`
        : "host name";
  if (literal !== undefined ? matchAddress(leaf, host) : hasNames && matchHost(leaf, host) !== undefined) {
    const what =
      literal === undefined
        ? `host "${host}" matched cert's "${matchHost(leaf, host)}"`
        : `host "${host}" matched cert's IP address!`;
    console.info(` subjectAltName: ${what}`);
    return undefined;
  }
  if (hasNames) {
    console.info(
      version.modern ? ` subjectAltName does not match ${kind} ${host}` : ` subjectAltName does not match ${host}`,
    );
    return `SSL: no alternative certificate subject name matches target ${kind} '${host}'`;
  }
  const common = matchHost(leaf, host);
  if (common !== undefined) {
    console.info(` common name: ${common} (matched)`);
    return undefined;
  }
  const name = formatName(leaf.subject, { separator: "\n", equals: "=", plus: "\n" })
    .split("\n")
    .findLast((part) => part.startsWith("CN="))
    ?.slice(3);
  return name === undefined
    ? "SSL: unable to obtain common name from peer certificate"
    : `SSL: certificate subject name '${name}' does not match target ${kind} '${host}'`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function formatCurlDate(ms: number): string {
  const at = new Date(ms);
  const two = (value: number) => String(value).padStart(2, "0");
  const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return `${MONTHS[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)} ${clock} ${at.getUTCFullYear()} GMT`;
}
