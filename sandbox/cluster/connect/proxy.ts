// Requests handed on: to a kubelet, a pod or a service (the proxy subresources), plain or upgraded to a stream of its own.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import {
  type ClientResponse,
  createConnection,
  type HttpConnection,
  readResponse,
  sendRequest,
} from "../../lib/http/client.ts";
import { canonicalName } from "../../lib/http/message.ts";
import type { RequestContext } from "../request.ts";
import { setWarnings } from "../rest/codec.ts";
import { badRequest, StatusError } from "../status.ts";
import { DialError, dial, type Location } from "./dial.ts";
import { joinStreams } from "./pipe.ts";

/** Headers that belong to one connection. */
const HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "content-length",
  "host",
]);

export interface Hop {
  readonly location: Location;
  /** Path and query at the other end. */
  readonly target: string;
}

const hostOf = ({ scheme, host, port }: Location): string =>
  port === "" || (scheme === "https" ? port === "443" : port === "80")
    ? host
    : `${host.includes(":") ? `[${host}]` : host}:${port}`;

/** Sends the request on and reads the answer's head. Throws a DialError. */
export function* forward(
  context: RequestContext,
  { location, target }: Hop,
  upgrade: boolean,
): Task<{ connection: HttpConnection; answer: ClientResponse }> {
  const { sys, state, request } = context;
  const stream = yield* dial(sys, state, location);
  const connection = createConnection(stream);
  const body = upgrade ? undefined : (context.body ?? (yield* request.body()));
  const headers: [string, string][] = [["Host", hostOf(location)]];
  for (const [name, value] of request.headers.list) {
    const key = name.toLowerCase();
    // The caller's own credentials stay here: the kubelet knows the API server.
    if (HOP.has(key) ? upgrade && (key === "connection" || key === "upgrade") : key !== "authorization")
      headers.push([canonicalName(name), value]);
  }
  if (body !== undefined && (body.length > 0 || request.method === "POST" || request.method === "PUT"))
    headers.push(["Content-Length", String(body.length)]);
  headers.push(["X-Forwarded-For", request.remote.address]);
  const sent = yield* sendRequest(connection, {
    method: request.method,
    target,
    headers,
    ...(body !== undefined && body.length > 0 ? { body } : {}),
  });
  const answer = isErrno(sent) ? sent : yield* readResponse(connection, request.method);
  if (typeof answer === "object" && "status" in answer) return { connection, answer };
  sys.close(stream.fd);
  if (answer === "garbage") throw new DialError("malformed HTTP response");
  throw new DialError(answer === "empty" ? "EOF" : answer.text.toLowerCase());
}

export const isUpgrade = ({ request }: RequestContext): boolean =>
  /upgrade/i.test(request.headers.get("connection") ?? "") && request.headers.get("upgrade") !== undefined;

/** The proxy subresources: the whole exchange as it is, 503 where the other end cannot be reached. */
export function* proxyRequest(context: RequestContext, hop: Hop): Task {
  if (isUpgrade(context)) return yield* proxyUpgrade(context, hop);
  let found: { connection: HttpConnection; answer: ClientResponse };
  try {
    found = yield* forward(context, hop, false);
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    throw new StatusError(503, "ServiceUnavailable", `error trying to reach service: ${error.message}`);
  }
  yield* sendOn(context, found.connection, found.answer);
}

/** The other end's answer as it is. */
function* sendOn(context: RequestContext, connection: HttpConnection, answer: ClientResponse): Task {
  const { response } = context;
  setWarnings(context);
  for (const [name, value] of answer.headers.list)
    if (!HOP.has(name.toLowerCase()))
      response.add(name, name.toLowerCase() === "location" ? ownPath(context, value) : value);
  response.writeHead(answer.status);
  yield* copyBody(context, answer);
  yield* connection.stream.close();
}

/** A redirect of the other end, as a path of this server. */
function ownPath({ request }: RequestContext, location: string): string {
  const path = location.replace(/^https?:\/\/[^/]+/, "");
  const prefix = /^.*?\/proxy(?=\/|$)/.exec(request.target.split("?")[0] ?? "")?.[0] ?? "";
  return path.startsWith("/") ? prefix + path : location;
}

/** The rest of an answer, as it comes. */
export function* copyBody({ response }: RequestContext, answer: ClientResponse): Task {
  for (;;) {
    const part = yield* answer.read();
    if (isErrno(part) || part.length === 0) return;
    if (!(yield* response.write(part)) || !(yield* response.flush())) return;
  }
}

/** Streams of exec, attach and port-forward: the 101 is the other end's; any other answer of it goes to the client as it is. */
export function* proxyUpgrade(context: RequestContext, hop: Hop): Task {
  if (!isUpgrade(context)) throw badRequest("Upgrade request required");
  let found: { connection: HttpConnection; answer: ClientResponse };
  try {
    found = yield* forward(context, hop, true);
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    throw new StatusError(500, "", `error dialing backend: ${error.message}`);
  }
  const { connection, answer } = found;
  if (answer.status !== 101) return yield* sendOn(context, connection, answer);
  const client = context.response.hijack();
  const lines = [answer.line, ...answer.headers.list.map(([name, value]) => `${name}: ${value}`)];
  yield* client.write(`${lines.join("\r\n")}\r\n\r\n`);
  yield* joinStreams(context.sys, client, answer.upgraded());
}
