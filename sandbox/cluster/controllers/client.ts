// How a controller talks to the API server: its kubeconfig's server, trust and certificate; connections kept as descriptors.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import { fromBase64 } from "../../lib/crypto/base64.ts";
import { type ClientResponse, createConnection, readResponse, sendRequest } from "../../lib/http/client.ts";
import { applicationStream } from "../../lib/tls/application.ts";
import { connectTls } from "../../lib/tls/client.ts";
import { pairOf } from "../../lib/tls/pair.ts";
import { createRecordLayer } from "../../lib/tls/record.ts";
import { GO_GROUPS } from "../../lib/tls/server.ts";
import type { Stream, Wire } from "../../lib/tls/stream.ts";
import { GO_DEFAULT_SUITES, SUITES } from "../../lib/tls/suites.ts";
import { certificatesFromPem, USAGE } from "../../lib/x509/certificate.ts";
import { verifyGo } from "../../lib/x509/verify-go.ts";
import { formatJson } from "../../lib/yaml-go/json.ts";
import { YamlError, yamlToJson } from "../../lib/yaml-go/yaml.ts";
import { at, type Fields, fieldsOf, type KubeObject, listOf, textOf } from "../object.ts";

export interface ApiClient {
  readonly server: string;
  readonly host: string;
  readonly port: number;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  readonly agent: string;
  /** In place of the certificate. */
  readonly token?: string;
  /** Connections that wait for their next request. */
  idle: number[];
}

/** A kubeconfig's current context as a client; a text: why there is none. */
export function readClient(sys: Sys, path: string, agent: string): ApiClient | string {
  const data = sys.readFile(path);
  if (isErrno(data)) return `stat ${path}: ${data.text.toLowerCase()}`;
  let root: Fields;
  try {
    root = fieldsOf(JSON.parse(formatJson(yamlToJson(decode(data)).json)));
  } catch (error) {
    if (error instanceof YamlError) return `error loading config file "${path}": ${error.message}`;
    throw error;
  }
  const named = (list: string, name: unknown, key: string): Fields =>
    fieldsOf(listOf(root[list]).find((each) => each["name"] === name)?.[key]);
  const context = named("contexts", root["current-context"], "context");
  const cluster = named("clusters", context["cluster"], "cluster");
  const user = named("users", context["user"], "user");
  const either = (from: Fields, name: string): string => {
    const inline = fromBase64(textOf(from[`${name}-data`]));
    if (from[`${name}-data`] !== undefined && inline !== undefined) return decode(inline);
    const file = sys.readFile(textOf(from[name]) || "/");
    return isErrno(file) ? "" : decode(file);
  };
  const server = textOf(cluster["server"]);
  const [, host = "", port = "443"] = /^https:\/\/([^:/]+)(?::(\d+))?/.exec(server) ?? [];
  return {
    server,
    host,
    port: Number(port),
    ca: either(cluster, "certificate-authority"),
    certificate: either(user, "client-certificate"),
    key: either(user, "client-key"),
    agent,
    idle: [],
  };
}

/** Reads one TLS record at a time: what a later handler will want stays with the kernel. */
function recordWire(sys: Sys): Wire {
  let header: number[] = [];
  let left = 5;
  return {
    write: (fd, data) => sys.write(fd, data),
    close: (fd) => sys.close(fd),
    *read(fd) {
      const part = yield* sys.read(fd, left);
      if (isErrno(part) || part.length === 0) return part;
      left -= part.length;
      if (header.length < 5) header.push(...part);
      if (left > 0) return part;
      const body = header.length === 5 ? ((header[3] ?? 0) << 8) | (header[4] ?? 0) : 0;
      if (body > 0) header.push(0);
      else header = [];
      left = body > 0 ? body : 5;
      return part;
    },
  };
}

const RESUMED = {
  version: "1.3",
  cipher: "",
  group: "",
  alpn: undefined,
  serverName: undefined,
  peerCertificates: [],
} as const;

function* dial(sys: Sys, client: ApiClient): Task<Stream | string> {
  const fd = yield* sys.connect({ family: "tcp", address: client.host, port: client.port }, { timeout: 5000 });
  const where = `dial tcp ${client.host}:${client.port}`;
  if (isErrno(fd)) return `${where}: ${fd.code === "ETIMEDOUT" ? "i/o timeout" : `connect: ${fd.text.toLowerCase()}`}`;
  let refused = "";
  const done = yield* connectTls(recordWire(sys), fd, {
    serverName: undefined,
    cipherSuites: [
      ...SUITES.filter(({ name }) => /^TLS_(AES|CHACHA)/.test(name)).map(({ name }) => name),
      ...GO_DEFAULT_SUITES,
    ],
    groups: GO_GROUPS,
    alpn: ["http/1.1"],
    identity: pairOf(client.certificate, client.key),
    verify(chain) {
      const [leaf, ...intermediates] = chain;
      if (leaf === undefined) return undefined;
      const result = verifyGo(leaf, {
        roots: certificatesFromPem(client.ca),
        intermediates,
        now: sys.now(),
        usages: [USAGE.server],
        hostname: client.host,
      });
      if (!("error" in result)) return undefined;
      refused = `tls: failed to verify certificate: ${result.error}`;
      return { alert: 42 };
    },
  });
  if (done.ok) return done.connected.stream;
  sys.close(fd);
  return refused || "EOF";
}

interface Opened {
  readonly response: ClientResponse;
  readonly fd: number;
  early(): Uint8Array;
}

/** Sends a request and reads the answer's head; a text is Go's error. */
export function* openRequest(
  sys: Sys,
  client: ApiClient,
  method: string,
  target: string,
  body?: unknown,
  type = "application/json",
): Task<Opened | string> {
  const bytes = body === undefined ? undefined : encode(JSON.stringify(body));
  const headers: [string, string][] = [
    ["Host", `${client.host}:${client.port}`],
    ["User-Agent", client.agent],
    ["Accept", "application/json"],
    ...(client.token === undefined ? [] : ([["Authorization", `Bearer ${client.token}`]] as [string, string][])),
    ...(bytes === undefined
      ? []
      : ([
          ["Content-Type", type],
          ["Content-Length", String(bytes.length)],
        ] as [string, string][])),
  ];
  for (;;) {
    const kept = client.idle.pop();
    if (kept !== undefined && sys.readable(kept)) {
      sys.close(kept);
      continue;
    }
    const wire = recordWire(sys);
    const stream =
      kept === undefined
        ? yield* dial(sys, client)
        : applicationStream(wire, kept, createRecordLayer(wire, kept, 0x0303), RESUMED);
    if (typeof stream === "string") return `${method} "${client.server}${target}": ${stream}`;
    const connection = createConnection(stream);
    const sent = yield* sendRequest(connection, { method, target, headers, body: bytes });
    const response = isErrno(sent) ? sent : yield* readResponse(connection, method);
    if (typeof response === "object" && "status" in response)
      return { response, fd: stream.fd, early: () => connection.reader.takeBuffered() };
    sys.close(stream.fd);
    if (kept === undefined) return `${method} "${client.server}${target}": EOF`;
  }
}

export type Reply = { readonly status: number; readonly object: KubeObject; readonly message: string };

/** One request with its answer; a text: the server was not reached. */
export function* request(
  sys: Sys,
  client: ApiClient,
  method: string,
  target: string,
  body?: unknown,
  type?: string,
): Task<Reply | string> {
  const opened = yield* openRequest(sys, client, method, target, body, type);
  if (typeof opened === "string") return opened;
  const data = yield* opened.response.body();
  if (opened.response.keepAlive && !isErrno(data) && client.idle.length < 2) client.idle.push(opened.fd);
  else sys.close(opened.fd);
  const text = isErrno(data) ? "" : decode(data);
  let object: KubeObject = { metadata: {} };
  try {
    object = { metadata: {}, ...fieldsOf(JSON.parse(text)) };
  } catch {
    // Not JSON: only the status counts.
  }
  return { status: opened.response.status, object, message: textOf(at(object, "message")) || text.trim() };
}
