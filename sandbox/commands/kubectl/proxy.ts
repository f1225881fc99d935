// kubectl proxy: a door on this machine that passes requests on to the API server with the caller's credentials.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { concat, decode, encode } from "../../kernel/text.ts";
import { createReader, readHeaders } from "../../lib/http/reader.ts";
import { plainStream } from "../../lib/tls/stream.ts";
import type { Kube } from "./kube.ts";
import { Fail } from "./values.ts";

export const PROXY_FLAGS =
  "accept-hosts= accept-paths= address=127.0.0.1 api-prefix=/ append-server-path! disable-filter! keepalive@0s port:p#8001 reject-methods= reject-paths= unix-socket:u= www:w= www-prefix:P=";

export function* proxy(kube: Kube): Task<number> {
  const { flags, sys } = kube;
  const client = yield* kube.client();
  const address = flags.text("address", "127.0.0.1");
  const port = flags.number("port", 8001);
  if (port < 0 || port > 65_535) throw new Fail(`listen tcp: address ${port}: invalid port`);
  const fd = sys.listen({ family: "tcp", address, port });
  if (isErrno(fd)) throw new Fail(`listen tcp ${address}:${port}: bind: ${fd.text.toLowerCase()}`);
  const bound = sys.getsockname(fd);
  yield* kube.out(`Starting to serve on ${address}:${isErrno(bound) || bound.family === "unix" ? port : bound.port}\n`);
  for (;;) {
    const connection = yield* sys.accept(fd);
    if (isErrno(connection)) return 1;
    const stream = plainStream(sys, connection);
    const reader = createReader(stream);
    const line = yield* reader.line();
    const [method = "GET", target = "/"] = typeof line === "string" ? line.split(" ") : [];
    const headers = typeof line === "string" ? yield* readHeaders(reader) : undefined;
    if (headers !== undefined) {
      const size = Number(headers.get("content-length") ?? 0);
      const body: Uint8Array[] = [];
      for (let got = 0; got < size; ) {
        const part = yield* reader.some(size - got);
        if (isErrno(part) || part.length === 0) break;
        got += part.length;
        body.push(part);
      }
      if (/\/pods\/[^/]+\/(exec|attach)/.test(target) && !flags.on("disable-filter"))
        yield* stream.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 10\r\nConnection: close\r\n\r\nForbidden\n");
      else {
        const answer = yield* client.ask({
          method,
          path: target,
          accept: headers.get("accept") ?? "*/*",
          ...(size > 0 ? { raw: decode(concat(body)), type: headers.get("content-type") ?? "application/json" } : {}),
        });
        const bytes = encode(answer.text);
        yield* stream.write(
          `HTTP/1.1 ${answer.status} ${answer.status === 200 ? "OK" : ""}\r\nContent-Type: ${answer.type}\r\nContent-Length: ${bytes.length}\r\nConnection: close\r\n\r\n`,
        );
        yield* stream.write(bytes);
      }
    }
    yield* stream.close();
  }
}
