// wget 1.25: downloads over HTTP and HTTPS, with its messages on stderr.

import { errno, isErrno } from "../kernel/errno.ts";
import type { Program, Sys, Task } from "../kernel/sys.ts";
import { lookUpHost } from "../lib/hosts.ts";
import { type ClientResponse, createConnection, readResponse, sendRequest } from "../lib/http/client.ts";
import { connectTls } from "../lib/tls/client.ts";
import { CA_BUNDLE, loadStore } from "../lib/tls/openssl.ts";
import { plainStream, type Stream, type Wire } from "../lib/tls/stream.ts";
import { OPENSSL_DEFAULT_SUITES } from "../lib/tls/suites.ts";
import type { Certificate } from "../lib/x509/certificate.ts";
import { parseAddress } from "../lib/x509/general-name.ts";
import { matchAddress, matchHost, verifyOpenSsl } from "../lib/x509/verify-openssl.ts";
import { type CurlUrl, parseUrl } from "./curl/url.ts";

interface Wishes {
  urls: string[];
  output: string | undefined;
  directory: string;
  quiet: boolean;
  terse: boolean;
  check: boolean;
  spider: boolean;
  showHeaders: boolean;
  headers: string[];
  post: string | undefined;
  ca: string | undefined;
  timeout: number;
  tries: number;
  agent: string;
}

const WITH_VALUE: Readonly<Record<string, string>> = {
  O: "output-document",
  P: "directory-prefix",
  T: "timeout",
  t: "tries",
  U: "user-agent",
};
const PLAIN: Readonly<Record<string, string>> = {
  q: "quiet",
  v: "verbose",
  S: "server-response",
  c: "continue",
  N: "timestamping",
  4: "inet4-only",
  6: "inet6-only",
};
const LONG_VALUES = new Set([
  ...Object.values(WITH_VALUE),
  "header",
  "post-data",
  "ca-certificate",
  "connect-timeout",
  "read-timeout",
  "method",
  "body-data",
]);
const LONG_PLAIN = new Set([
  ...Object.values(PLAIN),
  "no-verbose",
  "no-check-certificate",
  "spider",
  "show-progress",
  "no-clobber",
  "https-only",
  "no-proxy",
]);

const USAGE = "Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n";

/** The command line, or the complaint about it. */
function parse(args: readonly string[]): Wishes | string {
  const wishes: Wishes = {
    urls: [],
    output: undefined,
    directory: "",
    quiet: false,
    terse: false,
    check: true,
    spider: false,
    showHeaders: false,
    headers: [],
    post: undefined,
    ca: undefined,
    timeout: 0,
    tries: 20,
    agent: "Wget/1.25.0",
  };
  const words = [...args];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (!word.startsWith("-") || word === "-") {
      wishes.urls.push(word);
      continue;
    }
    if (word.startsWith("--")) {
      const [name = "", given] = word.slice(2).split(/=(.*)/s);
      if (LONG_VALUES.has(name)) {
        const value = given ?? words.shift();
        if (value === undefined) return `wget: option '--${name}' requires an argument\n`;
        apply(wishes, name, value);
      } else if (LONG_PLAIN.has(name)) apply(wishes, name, "");
      else return `wget: unrecognized option '${word}'\n`;
      continue;
    }
    for (let i = 1; i < word.length; i++) {
      const letter = word[i] as string;
      const pair = letter === "n" ? word.slice(i, i + 2) : undefined;
      if (pair === "nv" || pair === "nc" || pair === "nd") {
        if (pair === "nv") wishes.terse = true;
        i += 1;
      } else if (letter in PLAIN) apply(wishes, PLAIN[letter] as string, "");
      else if (letter in WITH_VALUE) {
        const value = word.slice(i + 1) || words.shift();
        if (value === undefined) return `wget: option requires an argument -- '${letter}'\n`;
        apply(wishes, WITH_VALUE[letter] as string, value);
        break;
      } else return `wget: invalid option -- '${letter}'\n`;
    }
  }
  return wishes.urls.length === 0 ? "wget: missing URL\n" : wishes;
}

function apply(wishes: Wishes, name: string, value: string): void {
  if (name === "output-document") wishes.output = value;
  else if (name === "directory-prefix") wishes.directory = `${value.replace(/\/$/, "")}/`;
  else if (name === "quiet") wishes.quiet = true;
  else if (name === "no-verbose") wishes.terse = true;
  else if (name === "no-check-certificate") wishes.check = false;
  else if (name === "spider") wishes.spider = true;
  else if (name === "server-response") wishes.showHeaders = true;
  else if (name === "header") wishes.headers.push(value);
  else if (name === "post-data") wishes.post = value;
  else if (name === "ca-certificate") wishes.ca = value;
  else if (name === "user-agent") wishes.agent = value;
  else if (name === "tries") wishes.tries = Number(value) || 0;
  else if (name === "timeout" || name === "connect-timeout" || name === "read-timeout")
    wishes.timeout = Number(value) * 1000;
}

/** What happens to one URL: wget's exit status. */
interface Job {
  readonly sys: Sys;
  readonly wishes: Wishes;
  say(text: string): Task;
}

const two = (value: number) => String(value).padStart(2, "0");

function stamp(ms: number): string {
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
function* open(job: Job, url: CurlUrl): Task<Stream | number> {
  const { sys, wishes, say } = job;
  const literal = parseAddress(url.host) !== undefined;
  const found = lookUpHost(sys, url.host);
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

function* fetch(job: Job, given: string): Task<number> {
  const { sys, wishes, say } = job;
  let url = parseUrl(given, true);
  if ("code" in url) {
    yield* say(`${given}: ${url.code === 1 ? "Unsupported scheme" : "Invalid host name"}.\n`);
    return 1;
  }
  let kept: Stream | undefined;
  for (let hops = 0; ; hops++) {
    if (wishes.spider) yield* say("Spider mode enabled. Check if remote file exists.\n");
    yield* say(`--${stamp(sys.now())}--  ${url.text}\n`);
    if (wishes.ca !== undefined && url.scheme === "https" && kept === undefined)
      yield* say(`Loaded CA certificate '${wishes.ca}'\n`);
    const stream: Stream | number = kept ?? (yield* open(job, url));
    if (typeof stream === "number") return stream;
    const http = createConnection(stream);
    const shown = url.host.includes(":") ? `[${url.host}]` : url.host;
    const standard = url.port === (url.scheme === "https" ? 443 : 80);
    const method = wishes.spider ? "HEAD" : wishes.post === undefined ? "GET" : "POST";
    const body = wishes.post === undefined ? undefined : new TextEncoder().encode(wishes.post);
    const own = wishes.headers.map(
      (line) => [line.split(":")[0] ?? "", line.slice(line.indexOf(":") + 1).trim()] as const,
    );
    const form =
      body === undefined
        ? []
        : ([
            ["Content-Type", "application/x-www-form-urlencoded"],
            ["Content-Length", String(body.length)],
          ] as const);
    if (kept !== undefined) yield* say(`Reusing existing connection to ${shown}:${url.port}.\n`);
    kept = undefined;
    yield* say("HTTP request sent, awaiting response... ");
    const sent = yield* sendRequest(http, {
      method,
      target: url.target,
      headers: [
        ["Host", standard ? shown : `${shown}:${url.port}`],
        ["User-Agent", wishes.agent],
        ["Accept", "*/*"],
        ["Accept-Encoding", "identity"],
        ["Connection", "Keep-Alive"],
        ...form,
        ...own,
      ],
      body,
    });
    const answer = isErrno(sent) ? sent : yield* readResponse(http, method);
    if (isErrno(answer) || answer === "empty" || answer === "garbage") {
      yield* say(
        isErrno(answer)
          ? `Read error (${answer.text}) in headers.\nGiving up.\n\n`
          : "No data received.\nGiving up.\n\n",
      );
      return 4;
    }
    yield* say(
      wishes.showHeaders
        ? `\n  ${[answer.line, ...answer.headers.list.map(([name, value]) => `${name}: ${value}`)].join("\n  ")}\n`
        : `${answer.line.replace(/^\S+ /, "")}\n`,
    );
    const location = answer.headers.get("location");
    if (answer.status >= 300 && answer.status < 400 && location !== undefined && hops < 20) {
      const next: ReturnType<typeof parseUrl> = parseUrl(location, true, url);
      if ("code" in next) return 1;
      yield* say(`Location: ${location} [following]\n`);
      yield* answer.body();
      kept =
        answer.keepAlive && next.scheme === url.scheme && next.host === url.host && next.port === url.port
          ? stream
          : undefined;
      if (kept === undefined) yield* stream.close();
      url = next;
      continue;
    }
    const status = answer.status >= 400 ? yield* refused(job, answer) : yield* save(job, url, answer);
    yield* stream.close();
    return status;
  }
}

function* refused({ sys, wishes, say }: Job, answer: ClientResponse): Task<number> {
  const text = answer.line.replace(/^\S+ \d+ ?/, "");
  if (answer.status === 401) {
    yield* say("\nUsername/Password Authentication Failed.\n");
    return 6;
  }
  if (wishes.spider && answer.status === 404) yield* say("Remote file does not exist -- broken link!!!\n\n");
  else yield* say(`${stamp(sys.now())} ERROR ${answer.status}: ${text}.\n\n`);
  return 8;
}

function human(bytes: number): string {
  if (bytes < 1024) return "";
  const [unit, value] =
    bytes < 1024 ** 2 ? ["K", bytes / 1024] : bytes < 1024 ** 3 ? ["M", bytes / 1024 ** 2] : ["G", bytes / 1024 ** 3];
  return ` (${value < 10 ? value.toFixed(1) : Math.round(value)}${unit})`;
}

function* save({ sys, wishes, say }: Job, url: CurlUrl, answer: ClientResponse): Task<number> {
  const type = answer.headers.get("content-type");
  const size = answer.headers.get("content-length");
  yield* say(
    `Length: ${size === undefined ? "unspecified" : `${size}${human(Number(size))}`}${type === undefined ? "" : ` [${type.replace(/;.*$/, "")}]`}\n`,
  );
  if (wishes.spider) {
    yield* say("Remote file exists.\n\n");
    return 0;
  }
  const name =
    wishes.output ??
    freeName(sys, wishes.directory + (url.target.replace(/[?].*$/, "").replace(/^.*\//, "") || "index.html"));
  const fd = name === "-" ? 1 : sys.open(name, { write: true, create: true, truncate: true });
  if (isErrno(fd)) {
    yield* say(`${name}: ${fd.text}\n\nCannot write to ‘${name}’ (${fd.text}).\n`);
    return 3;
  }
  yield* say(`Saving to: ‘${name === "-" ? "STDOUT" : name}’\n\n`);
  let received = 0;
  for (;;) {
    const part = yield* answer.read();
    if (isErrno(part)) {
      yield* say(
        `${stamp(sys.now())} (0.00 B/s) - Read error at byte ${received}/${size ?? received} (${part.text}).\n`,
      );
      return 4;
    }
    if (part.length === 0) break;
    received += part.length;
    if (isErrno(yield* sys.write(fd, part))) {
      yield* say(`\nCannot write to ‘${name}’ (No space left on device).\n`);
      return 3;
    }
  }
  if (fd !== 1) sys.close(fd);
  yield* say(bar(sys, name, received, size !== undefined));
  const rate =
    received < 1_000_000
      ? `${(received / 1024 / 0.004).toFixed(0)} KB/s`
      : `${(received / 1024 ** 2 / 0.09).toFixed(0)} MB/s`;
  const verb = name === "-" ? "written to stdout" : `‘${name}’ saved`;
  yield* say(`${stamp(sys.now())} (${rate}) - ${verb} [${received}${size === undefined ? "" : `/${size}`}]\n\n`);
  if (wishes.terse)
    yield* sys.write(
      2,
      `${stamp(sys.now())} URL:${url.text} [${received}${size === undefined ? "" : `/${size}`}] -> "${name}" [1]\n`,
    );
  return 0;
}

/** The finished bar on a terminal, dots elsewhere. */
function bar(sys: Sys, name: string, received: number, known: boolean): string {
  const amount = received < 1024 ? String(received) : human(received).replace(/[ ()]/g, "");
  if (!sys.isatty(2)) {
    const dots = ".".repeat(Math.min(50, Math.floor(received / 1024))).replace(/.{1,10}/g, " $&");
    return `     0K${dots.padEnd(55)}${known ? "100%" : "    "} 12.4M=0s\n\n`;
  }
  const size = sys.windowSize(2);
  const width = (isErrno(size) ? 80 : size.columns) - 61;
  const title = name.length > 19 ? name.slice(0, 19) : name.padEnd(19);
  return `\r${title} ${known ? "100%" : "    "}[${"=".repeat(Math.max(1, width))}>] ${amount.padStart(7)}  --.-KB/s    in 0s      \n\n`;
}

function freeName(sys: Sys, name: string): string {
  for (let number = 0; ; number++) {
    const candidate = number === 0 ? name : `${name}.${number}`;
    if (isErrno(sys.lstat(candidate))) return candidate;
  }
}

function* main(sys: Sys, argv: readonly string[]): Task<number> {
  if (argv.includes("--version") || argv.includes("-V")) {
    yield* sys.write(1, "GNU Wget 1.25.0 built on linux-gnu.\n");
    return 0;
  }
  if (argv.includes("--help") || argv.includes("-h")) {
    yield* sys.write(1, "GNU Wget 1.25.0, a non-interactive network retriever.\nUsage: wget [OPTION]... [URL]...\n");
    return 0;
  }
  const wishes = parse(argv.slice(1));
  if (typeof wishes === "string") {
    yield* sys.write(2, wishes + USAGE);
    return wishes.includes("missing URL") ? 1 : 2;
  }
  sys.sigaction("SIGPIPE", "ignore");
  if (wishes.output !== undefined && wishes.output !== "-") {
    const file = sys.open(wishes.output, { write: true, create: true, truncate: true });
    if (isErrno(file)) {
      yield* sys.write(2, `${wishes.output}: ${file.text}\n`);
      return 1;
    }
    sys.close(file);
  }
  const silent = wishes.quiet || wishes.terse;
  let status = 0;
  const say = function* (text: string): Task {
    if (!silent) yield* sys.write(2, text);
  };
  for (const url of wishes.urls) {
    const ended = yield* fetch({ sys, wishes, say }, url);
    if (ended !== 0) status = ended;
  }
  return status;
}

export const wget: Program = { name: "wget", main };
