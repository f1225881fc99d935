// Paths about the server itself: health checks, version, index, metrics, OpenID discovery, OpenAPI as far as clients ask for it.

import type { Task } from "../kernel/sys.ts";
import { toBase64Url } from "../lib/crypto/base64.ts";
import { hash } from "../lib/crypto/hash.ts";
import { decodePrivateKey, decodePublicKey, encodePublicKey, publicKeyOf } from "../lib/crypto/keys.ts";
import { parsePem } from "../lib/crypto/pem.ts";
import { BUILD } from "../lib/kube/build.ts";
import { isOn, listFlag } from "./flags/parse.ts";
import { type Fields, fieldsOf } from "./object.ts";
import { serveOpenApi } from "./openapi.ts";
import { RESOURCES } from "./registry/resources.ts";
import type { RequestContext } from "./request.ts";
import { sendJson, sendText } from "./rest/codec.ts";
import type { ServerState } from "./state.ts";
import { askEtcd } from "./storage.ts";

export const VERSION = Object.freeze({
  major: "1",
  minor: "36",
  emulationMajor: "1",
  emulationMinor: "36",
  minCompatibilityMajor: "1",
  minCompatibilityMinor: "35",
  ...BUILD,
});

/** Hooks in the order in which they are checked; `~` stands where autoregister-completion comes. */
const HOOKS = `start-apiserver-admission-initializer generic-apiserver-start-informers priority-and-fairness-config-consumer
priority-and-fairness-filter storage-object-count-tracker-hook start-apiextensions-informers start-apiextensions-controllers
crd-informer-synced start-system-namespaces-controller peer-endpoint-reconciler-controller
start-cluster-authentication-info-controller start-kube-apiserver-identity-lease-controller
start-kube-apiserver-identity-lease-garbage-collector storage-readiness start-legacy-token-tracking-controller
start-service-ip-repair-controllers rbac/bootstrap-roles scheduling/bootstrap-system-priority-classes
priority-and-fairness-config-producer bootstrap-controller start-kubernetes-service-cidr-controller
aggregator-reload-proxy-client-cert start-kube-aggregator-informers apiservice-status-local-available-controller
apiservice-status-remote-available-controller apiservice-registration-controller apiservice-wait-for-first-sync
apiservice-discovery-controller kube-apiserver-autoregistration ~ apiservice-openapi-controller apiservice-openapiv3-controller`;

const hooks = (): string[] =>
  HOOKS.split(/\s+/).map((name) => (name === "~" ? "autoregister-completion" : `poststarthook/${name}`));

/** Checks of /livez, /readyz and /healthz, in order. */
function checksOf(kind: string): string[] {
  if (kind === "readyz") return ["ping", "log", "informer-sync", ...hooks(), "shutdown"];
  return ["ping", "log", "loopback-serving-certificate", "etcd", ...hooks()];
}

function isHealthy(state: ServerState, check: string): boolean {
  return check !== "etcd" || state.etcdDown !== true;
}

/** Health endpoints: `ok`, the list with `?verbose`, and one check by its path. */
function* serveCheck(context: RequestContext, kind: string, one: string): Task {
  const { sys, state, query, request } = context;
  const checks = checksOf(kind);
  if (checks.includes("etcd")) yield* askEtcd(sys, state, { op: "range", prefix: "/registry/health" });
  if (one !== "") {
    if (!checks.includes(one)) return yield* sendText(context, 404, "404 page not found\n");
    return yield* isHealthy(state, one)
      ? sendText(context, 200, "ok")
      : sendText(context, 500, `internal server error: ${one} failed: reason withheld\n`);
  }
  const excluded = request.query
    .split("&")
    .flatMap((part) => (part.startsWith("exclude=") ? [decodeURIComponent(part.slice(8))] : []));
  const lines = checks.map((check) =>
    excluded.includes(check)
      ? `[+]${check} excluded: ok`
      : isHealthy(state, check)
        ? `[+]${check} ok`
        : `[-]${check} failed: reason withheld`,
  );
  const unknown = excluded.filter((each) => !checks.includes(each));
  if (unknown.length > 0)
    lines.push(
      `warn: some health checks cannot be excluded: no matches for ${unknown.map((each) => JSON.stringify(each)).join(", ")}`,
    );
  const failed = checks.some((check) => !excluded.includes(check) && !isHealthy(state, check));
  if (failed) return yield* sendText(context, 500, `${[...lines, `${kind} check failed`].join("\n")}\n`);
  yield* sendText(context, 200, query.has("verbose") ? `${[...lines, `${kind} check passed`].join("\n")}\n` : "ok");
}

/** Every path that is served, as the index lists them. */
function indexPaths(): string[] {
  const paths = [
    "/.well-known/openid-configuration",
    "/api",
    "/api/v1",
    "/apis",
    "/apis/",
    "/flagz",
    "/metrics",
    "/metrics/slis",
    "/openapi/v2",
    "/openapi/v3",
    "/openapi/v3/",
    "/openid/v1/jwks",
    "/statusz",
    "/version",
  ];
  for (const { group, version } of RESOURCES)
    if (group !== "") paths.push(`/apis/${group}`, `/apis/${group}/${version}`);
  for (const kind of ["healthz", "livez", "readyz"])
    paths.push(`/${kind}`, ...checksOf(kind).map((check) => `/${kind}/${check}`));
  return [...new Set(paths)].sort();
}

/** An integer's bytes, big end first. */
function bytesOf(value: bigint): Uint8Array {
  const hex = value.toString(16);
  return Uint8Array.from((hex.length % 2 ? `0${hex}` : hex).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** RFC 7517 key set of --service-account-key-file. */
function keySet(state: ServerState): Fields {
  const keys = parsePem(state.files["service-account-key-file"] ?? "").flatMap((block): Fields[] => {
    const key = block.label.endsWith("PRIVATE KEY")
      ? publicKeyOf(decodePrivateKey(block.der))
      : decodePublicKey(block.der);
    const kid = toBase64Url(hash("sha256", encodePublicKey(key)));
    return key.kind === "rsa"
      ? [
          {
            use: "sig",
            kty: "RSA",
            kid,
            alg: "RS256",
            n: toBase64Url(bytesOf(key.n)),
            e: toBase64Url(bytesOf(BigInt(key.e))),
          },
        ]
      : [];
  });
  return { keys };
}

function* sendRaw(context: RequestContext, type: string, text: string): Task {
  const { response } = context;
  response.set("Cache-Control", "no-cache, private");
  response.set("Content-Type", type);
  response.writeHead(200);
  yield* response.write(text);
}

function openIdConfiguration({ flags }: ServerState): Fields {
  const address = flags["advertise-address"] ?? "";
  return {
    issuer: listFlag(flags, "service-account-issuer")[0] ?? "",
    jwks_uri: flags["service-account-jwks-uri"] ?? `https://${address}:${flags["secure-port"]}/openid/v1/jwks`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
  };
}

/** fidelity: of the metrics only those of the audit log and of storage. */
function metricsText(state: ServerState): string {
  const audit = fieldsOf(state.gates.audit);
  const levels = Object.entries(fieldsOf(audit.levels)).sort();
  const family = (name: string, help: string, type: string, samples: readonly string[]): string[] =>
    samples.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples];
  return `${[
    ...family(
      "apiserver_audit_event_total",
      "[ALPHA] Counter of audit events generated and sent to the audit backend.",
      "counter",
      [`apiserver_audit_event_total ${Number(audit.events ?? 0)}`],
    ),
    ...family(
      "apiserver_audit_level_total",
      "[ALPHA] Counter of policy levels for audit events (1 per request).",
      "counter",
      levels.map(([level, count]) => `apiserver_audit_level_total{level="${level}"} ${String(count)}`),
    ),
    ...family(
      "apiserver_storage_objects",
      "[STABLE] Number of stored objects at the time of last check split by kind.",
      "gauge",
      [...state.cache]
        .map(([storage, objects]) => `apiserver_storage_objects{resource="${storage}"} ${objects.size}`)
        .sort(),
    ),
    ...family("process_start_time_seconds", "[ALPHA] Start time of the process since unix epoch in seconds.", "gauge", [
      `process_start_time_seconds ${state.started / 1000}`,
    ]),
  ].join("\n")}\n`;
}

/** Answers paths about the server; false where the path is none. */
export function* serveHealth(context: RequestContext): Task<boolean> {
  const { path } = context.request;
  const { state } = context;
  const check = /^\/(healthz|livez|readyz)(?:\/(.*))?$/.exec(path);
  if (check !== null) yield* serveCheck(context, check[1] as string, check[2] ?? "");
  else if (path === "/version" || path === "/version/") yield* sendJson(context, 200, VERSION, true);
  else if (path === "/" || path === "/index.html") yield* sendJson(context, 200, { paths: indexPaths() }, true);
  else if (path === "/.well-known/openid-configuration")
    yield* sendRaw(context, "application/json", JSON.stringify(openIdConfiguration(state)));
  else if (path === "/openid/v1/jwks")
    yield* sendRaw(context, "application/jwk-set+json", JSON.stringify(keySet(state)));
  else if (path === "/metrics" || path === "/metrics/slis")
    yield* sendRaw(context, "text/plain; version=0.0.4; charset=utf-8; escaping=underscores", metricsText(state));
  // The old document has no paths either way; Go's clients take it as protobuf alone.
  else if (path === "/openapi/v2" && context.request.headers.get("accept")?.includes("protobuf"))
    yield* sendRaw(context, "application/com.github.proto-openapi.spec.v2.v1.0+protobuf", "\n\x032.0");
  else if (path === "/openapi/v2")
    yield* sendRaw(
      context,
      "application/json",
      JSON.stringify({
        swagger: "2.0",
        info: { title: "Kubernetes", version: VERSION.gitVersion },
        paths: {},
        definitions: {},
      }),
    );
  else if (path.startsWith("/openapi/v3")) return yield* serveOpenApi(context);
  else if ((path === "/debug/pprof" || path.startsWith("/debug/pprof/")) && isOn(state.flags, "profiling"))
    yield* sendText(context, 501, `${path} is not modelled in this sandbox\n`);
  else if (path === "/flagz" || path === "/statusz")
    yield* sendText(context, 501, `${path} is not modelled in this sandbox\n`);
  else return false;
  return true;
}
