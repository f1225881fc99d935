// The plain HTTP server of the curl cases that are our own: fixed answers by path, `/echo` gives the request back (port 8000, TLS on 8443).

import { isErrno } from "../../../sandbox/kernel/errno.ts";
import type { Task } from "../../../sandbox/kernel/sys.ts";
import { decode, encode } from "../../../sandbox/kernel/text.ts";
import type { Stream } from "../../../sandbox/lib/tls/stream.ts";

/** An answer with a length of its own, unless the headers say how it ends. */
function page(status: string, headers: readonly string[], body = "", length = body.length): string {
  const all = length < 0 ? headers : [...headers, `Content-Length: ${length}`];
  return [`HTTP/1.1 ${status}`, ...all, "", body].join("\r\n");
}

const TEXT = "Content-Type: text/plain";
const UNTIL_END = -1;

const PAGES: Readonly<Record<string, string>> = {
  "/": page("200 OK", ["Server: lab", "Content-Type: text/html"], "<html>hi</html>\n"),
  "/text": page("200 OK", [TEXT], "hello world\n"),
  "/nonl": page("200 OK", [TEXT], "hello"),
  "/empty": page("204 No Content", [], "", UNTIL_END),
  "/zero": page("200 OK", []),
  "/json": page("200 OK", ["Content-Type: application/json"], '{"a":1,"b":["x",2]}\n'),
  "/redir": page("302 Found", ["Location: /text"], "moved\n"),
  "/redir2": page("302 Found", ["Location: /redir"]),
  "/redir301": page("301 Moved Permanently", ["Location: /echo"]),
  "/redir303": page("303 See Other", ["Location: /echo"]),
  "/redir307": page("307 Temporary Redirect", ["Location: /echo"]),
  "/redir308": page("308 Permanent Redirect", ["Location: /echo"]),
  "/loop": page("302 Found", ["Location: /loop"]),
  "/abs": page("302 Found", ["Location: http://node01:8000/echo"]),
  "/ftp": page("302 Found", ["Location: file:///etc/hostname"]),
  "/noloc": page("302 Found", []),
  "/401": page("401 Unauthorized", ['WWW-Authenticate: Basic realm="lab"', TEXT], "who are you?\n"),
  "/403": page("403 Forbidden", [TEXT], "forbidden\n"),
  "/404": page("404 Not Found", [TEXT], "not found\n"),
  "/500": page("500 Internal Server Error", [], "oops\n"),
  "/503": page("503 Service Unavailable", [], "busy\n"),
  "/cd": page("200 OK", ['Content-Disposition: attachment; filename="report.txt"', TEXT], "report\n"),
  "/cookie": page("200 OK", ["Set-Cookie: a=1; Path=/", "Set-Cookie: b=two; Path=/; HttpOnly"], "ok\n"),
  "/chunked": page(
    "200 OK",
    [TEXT, "Transfer-Encoding: chunked"],
    "6\r\nhello \r\n6\r\nworld\n\r\n0\r\n\r\n",
    UNTIL_END,
  ),
  "/close": page("200 OK", [TEXT, "Connection: close"], "until the end\n", UNTIL_END),
  "/http10": page("200 OK", [TEXT], "old\n", UNTIL_END).replace("1.1", "1.0"),
  "/short": page("200 OK", [], "hello", 100),
  "/garbage": "this is no http\r\n\r\n",
  "/lm": page("200 OK", ["Last-Modified: Wed, 01 Jan 2025 00:00:00 GMT", 'ETag: "abc"'], "old\n"),
  "/304": page("304 Not Modified", ['ETag: "abc"'], "", UNTIL_END),
  "/noreason": page("200", [], "ok\n"),
  "/dir/file.txt": page("200 OK", [TEXT], "the file\n"),
  "/hsts": page("200 OK", ["Strict-Transport-Security: max-age=100", "X-Thing: one", "X-Thing: two"], "ok\n"),
  "/big": page("200 OK", [], `${"0123456789abcdef\n".repeat(1176)}01234567`),
};

/** Paths after which the server hangs up. */
const CLOSING = new Set(["/close", "/http10", "/short", "/garbage"]);
const ALICE = /^authorization: basic YWxpY2U6c2VjcmV0\r$/im;

/** What the server says to a whole request; nothing at `/slow`. */
function answer(path: string, request: string): string | undefined {
  if (path === "/slow") return undefined;
  if (path === "/echo") return page("200 OK", [TEXT], request);
  if (path === "/auth") return PAGES[ALICE.test(request) ? "/text" : "/401"];
  return PAGES[path] ?? PAGES["/404"];
}

/** One whole request: its head, and as much body as the head promises. */
function* readRequest(stream: Stream): Task<string | undefined> {
  let text = "";
  for (;;) {
    const end = text.indexOf("\r\n\r\n");
    if (end >= 0) {
      const head = text.slice(0, end);
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
      const chunked = /^transfer-encoding: chunked/im.test(head);
      const body = text.slice(end + 4);
      if (chunked ? body.endsWith("0\r\n\r\n") : encode(body).length >= length) return text;
      if (body === "" && /^expect: 100-continue/im.test(head))
        yield* stream.write(encode("HTTP/1.1 100 Continue\r\n\r\n"));
    }
    const bytes = yield* stream.read();
    if (isErrno(bytes) || bytes.length === 0) return undefined;
    text += decode(bytes);
  }
}

/** Serves a connection until one side has enough. */
export function* serveWeb(stream: Stream): Task<void> {
  for (;;) {
    const request = yield* readRequest(stream);
    if (request === undefined) return;
    const [method = "", target = ""] = request.split(" ", 2);
    const path = target.split("?")[0] ?? "";
    const said = answer(path, request);
    if (said === undefined) {
      yield* stream.read();
      return;
    }
    yield* stream.write(encode(method === "HEAD" ? said.slice(0, said.indexOf("\r\n\r\n") + 4) : said));
    if (CLOSING.has(path)) return;
  }
}
