// One request from the port to its answer: route, authentication, authorization, handler; each stage leaves its step in the trace.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import type { HttpRequest, ResponseWriter } from "../../lib/http/message.ts";
import { parseQuery } from "../../lib/http/message.ts";
import { replyError, serveConnection } from "../../lib/http/server.ts";
import { pairOf } from "../../lib/tls/pair.ts";
import type { TlsServerOptions } from "../../lib/tls/server.ts";
import type { TlsVersion } from "../../lib/tls/stream.ts";
import { SUITES } from "../../lib/tls/suites.ts";
import { TRACE_LIMIT, type TraceStep } from "../../lib/trace.ts";
import { certificatesFromPem } from "../../lib/x509/certificate.ts";
import { authenticate } from "../auth/authenticate.ts";
import { authorize } from "../auth/authorize.ts";
import { structured } from "../log.ts";
import { findRoute, routesOf, type Table } from "../routes/index.ts";
import { matchPattern, type Route, type Service, text } from "../routes/route.ts";
import { deciding, type KubeletState, log, type Role, setting } from "../state.ts";

const VERSIONS: Readonly<Record<string, TlsVersion>> = {
  VersionTLS10: "1.0",
  VersionTLS11: "1.1",
  VersionTLS12: "1.2",
  VersionTLS13: "1.3",
};

/** Go 1.15 still offered plain RSA key exchange and 3DES by default. */
const OLD_DEFAULT_SUITES: readonly string[] = SUITES.filter(({ name }) => !/RC4|CBC_SHA256/.test(name)).map(
  ({ name }) => name,
);

/** The client CA as it is now: since 1.2x a changed file is taken up without a restart. */
function refreshClientCa(sys: Sys, state: KubeletState): void {
  const file = setting<string>(state, "authentication.x509.clientCAFile") ?? "";
  if (file === "") return;
  const version = sys.version(file);
  if (version === state.clientCaVersion) return;
  state.clientCaVersion = version;
  const data = sys.readFile(file);
  if (isErrno(data)) return;
  const pem = decode(data);
  if (certificatesFromPem(pem).length > 0) state.clientCa = pem;
}

function tlsOptions(state: KubeletState): TlsServerOptions {
  const old = state.profile.minor < 32;
  const chosen = setting<string[]>(state, "tlsCipherSuites") ?? [];
  const suites = chosen.length === 0 && old ? OLD_DEFAULT_SUITES : chosen;
  const least = VERSIONS[setting<string>(state, "tlsMinVersion") ?? ""];
  // Since the client CA is reloaded per connection, its TLS settings carry no protocol list: such ports speak HTTP/1.1 only.
  const oldProtocolOnly = state.profile.minor >= 36 && state.clientCa !== undefined;
  return {
    identity: state.serving === undefined ? undefined : pairOf(state.serving.certificate, state.serving.key),
    ...(least === undefined ? {} : { minVersion: least }),
    ...(suites.length === 0 ? {} : { cipherSuites: suites }),
    ...(oldProtocolOnly ? {} : { alpn: ["h2", "http/1.1"] }),
    clientAuth: state.clientCa === undefined ? "none" : "request",
    clientCas: state.clientCa === undefined ? [] : certificatesFromPem(state.clientCa),
    // Go 1.15 had neither the hybrid group nor its preference.
    ...(old ? { groups: ["x25519", "secp256r1", "secp384r1", "secp521r1"] } : {}),
  };
}

/** Serves one accepted connection on one of the kubelet's ports. */
export function* servePort(
  sys: Sys,
  state: KubeletState,
  fd: number,
  { role, port }: { readonly role: Role; readonly port: number },
): Task {
  refreshClientCa(sys, state);
  const table = routesOf(state, role);
  const failures: string[] = [];
  yield* serveConnection(sys, fd, {
    handler: (request, response) => handle(sys, state, { table, role, port }, request, response),
    ...(role === "secure" ? { tls: tlsOptions(state) } : {}),
    onTlsError: (error) => failures.push(error),
  });
  for (const failure of failures)
    yield* log(sys, {
      severity: "I",
      source: state.profile.structured ? "server.go:3497" : "log.go:184",
      text: `http: ${setting(state, "serverTLSBootstrap") === true ? failure.replace("tls: no certificates configured", "no serving certificate available for the kubelet") : failure}`,
    });
}

/** A port with what answers on it. */
interface Door {
  readonly table: Table;
  readonly role: Role;
  readonly port: number;
}

function* handle(sys: Sys, state: KubeletState, door: Door, request: HttpRequest, response: ResponseWriter): Task {
  const { role, port } = door;
  const steps: TraceStep[] = [portStep(state, role)];
  if (request.tls !== undefined) steps.push(tlsStep(state, request));
  const who = { user: undefined as string | undefined, groups: [] as readonly string[] };
  yield* decideAndAnswer(sys, state, door, request, response, steps, who);
  state.traces.push({
    at: sys.now(),
    port,
    from: request.remote.address,
    method: request.method,
    path: request.target,
    user: who.user,
    groups: who.groups,
    status: response.status ?? 101,
    steps,
  });
  if (state.traces.length > TRACE_LIMIT) state.traces.shift();
}

function portStep(state: KubeletState, role: Role): TraceStep {
  const paths =
    role === "secure"
      ? ["address", "port"]
      : role === "read-only"
        ? ["address", "readOnlyPort"]
        : ["healthzBindAddress", "healthzPort"];
  return {
    stage: "tcp",
    part: role,
    outcome: "yes",
    text: `The ${role} port is open.`,
    decided: deciding(state, ...paths),
  };
}

function tlsStep(state: KubeletState, request: HttpRequest): TraceStep {
  const sent = request.tls?.peerCertificates.length ?? 0;
  const asked = state.clientCa !== undefined;
  const certificate = !asked
    ? "No client certificate was asked for."
    : sent === 0
      ? "A client certificate was asked for, none came."
      : "A client certificate was asked for and came.";
  return {
    stage: "tls",
    part: `TLS ${request.tls?.version ?? ""}`,
    outcome: "yes",
    text: certificate,
    decided: deciding(state, "tlsMinVersion", "tlsCertFile", "authentication.x509.clientCAFile"),
  };
}

function* decideAndAnswer(
  sys: Sys,
  state: KubeletState,
  { table, role }: Door,
  request: HttpRequest,
  response: ResponseWriter,
  steps: TraceStep[],
  who: { user: string | undefined; groups: readonly string[] },
): Task {
  const path = request.path === "" ? "/" : request.path;
  const found = findRoute(table, path);
  if (found.kind === "none") {
    steps.push({
      stage: "route",
      part: path,
      outcome: "no",
      text: "No route has this path; nobody is asked who calls.",
    });
    return yield* replyError(response, 404, "404 page not found");
  }
  if (found.kind === "redirect") {
    steps.push({
      stage: "route",
      part: path,
      outcome: "no",
      text: `The path is ${found.to}; the caller is sent there.`,
    });
    return yield* redirect(state, request, response, found.to);
  }
  steps.push({
    stage: "route",
    part: found.kind === "exact" ? found.route.pattern : found.service.prefix,
    outcome: "yes",
    text: "A route has this path.",
  });
  if (role === "secure" && !(yield* admit(sys, state, request, response, path, steps, who))) return;
  const [route, params] =
    found.kind === "exact" ? [found.route, {}] : yield* pick(state, found.service, request, response, path, steps);
  if (route === undefined) return;
  const counted = found.kind === "exact" ? found.route.pattern : found.service.prefix.replace(/\/$/, "").slice(1);
  state.requests[counted] = (state.requests[counted] ?? 0) + 1;
  const pairs = parseQuery(request.query);
  steps.push({ stage: "handler", part: route.pattern, outcome: "yes", text: "The handler answers." });
  yield* route.handle({
    sys,
    state,
    request,
    response,
    params,
    query: (name) => pairs.filter(([key]) => key === name).map(([, value]) => value),
  });
}

function* redirect(state: KubeletState, request: HttpRequest, response: ResponseWriter, to: string): Task {
  const { slashRedirect } = state.profile;
  const target = request.query === "" ? to : `${to}?${request.query}`;
  response.set("Content-Type", "text/html; charset=utf-8");
  response.set("Location", target);
  response.writeHead(slashRedirect);
  if (request.method !== "GET" && request.method !== "HEAD") return;
  const words = slashRedirect === 301 ? "Moved Permanently" : "Temporary Redirect";
  yield* response.write(`<a href="${target.replaceAll("&", "&amp;")}">${words}</a>.\n\n`);
}

/** Authentication and authorization; answers itself where the caller is turned away. */
function* admit(
  sys: Sys,
  state: KubeletState,
  request: HttpRequest,
  response: ResponseWriter,
  path: string,
  steps: TraceStep[],
  who: { user: string | undefined; groups: readonly string[] },
): Task<boolean> {
  const modern = state.profile.structured;
  const identified = yield* authenticate(sys, state, request, steps);
  if ("refused" in identified) {
    if (identified.error !== undefined) {
      const line = modern
        ? structured("Unable to authenticate the request due to an error", ["err", identified.error])
        : `Unable to authenticate the request due to an error: ${identified.error}`;
      yield* log(sys, { severity: "E", source: modern ? "server.go:376" : "server.go:259", text: line });
    }
    yield* text(response, 401, "Unauthorized");
    return false;
  }
  const { user } = identified;
  who.user = user.name;
  who.groups = user.groups;
  const authorized = yield* authorize(sys, state, user, request.method, path, steps);
  if (authorized.allowed) return true;
  const { verb, subresource, error } = authorized;
  if (authorized.status === 500) {
    const line = modern
      ? structured(
          "Authorization error",
          ["err", error],
          ["user", user.name],
          ["verb", verb],
          ["resource", "nodes"],
          ["subresource", subresource],
        )
      : `Authorization error (user=${user.name}, verb=${verb}, resource=nodes, subresource=${subresource}): ${error}`;
    yield* log(sys, { severity: "E", source: modern ? "server.go:394" : "server.go:272", text: line });
  } else {
    const line = modern
      ? structured(
          "Forbidden",
          ["user", user.name],
          ["verb", verb],
          ["resource", "nodes"],
          ["subresource(s)", { raw: JSON.stringify(authorized.subresources) }],
        )
      : authorized.body;
    yield* log(sys, { severity: "I", source: modern ? "server.go:414" : "server.go:279", text: line }, 2);
  }
  yield* text(response, authorized.status, authorized.body);
  return false;
}

/** go-restful's choice within a service: 404 where no pattern fits, 405 where the method does not. */
function* pick(
  state: KubeletState,
  service: Service,
  request: HttpRequest,
  response: ResponseWriter,
  path: string,
  steps: TraceStep[],
): Task<[Route | undefined, Record<string, string>]> {
  const fitting = service.routes.flatMap((route) => {
    const params = route.pattern === "*" ? {} : matchPattern(route.pattern, path);
    return params === undefined ? [] : [{ route, params }];
  });
  if (fitting.length === 0) {
    steps.push({ stage: "handler", part: service.prefix, outcome: "no", text: "No route below this prefix fits." });
    yield* text(response, 404, "404: Page Not Found");
    return [undefined, {}];
  }
  const chosen = fitting.find(({ route }) => route.methods === undefined || route.methods.includes(request.method));
  if (chosen !== undefined) return [chosen.route, chosen.params];
  steps.push({
    stage: "handler",
    part: service.prefix,
    outcome: "no",
    text: `${request.method} is not one of the route's methods.`,
  });
  if (state.profile.minor >= 22)
    response.set("Allow", [...new Set(fitting.flatMap(({ route }) => route.methods ?? []))].join(", "));
  yield* text(response, 405, "405: Method Not Allowed");
  return [undefined, {}];
}
