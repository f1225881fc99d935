// One address fetched: requests, redirections, what is saved and shown of it.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { type ClientResponse, createConnection, readResponse, sendRequest } from "../../lib/http/client.ts";
import type { Stream } from "../../lib/tls/stream.ts";
import { type CurlUrl, parseUrl } from "../curl/url.ts";
import { type Job, open, stamp } from "./connection.ts";

export function* fetch(job: Job, given: string): Task<number> {
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
