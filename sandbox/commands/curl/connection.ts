// One connection of curl: address, TCP, TLS, and the protocol spoken over it.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { createConnection, type HttpConnection } from "../../lib/http/client.ts";
import { plainStream, type Stream } from "../../lib/tls/stream.ts";
import { type Connecting, type CurlError, connectLimit, fail, isCurlError, limitedWire } from "./connecting.ts";
import { openSocket, redirected } from "./place.ts";
import { openTls } from "./tls.ts";
import type { CurlUrl } from "./url.ts";

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
