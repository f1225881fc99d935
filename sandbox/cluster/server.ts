// kube-apiserver as a program: flags, storage, the listener, and the chain of gates that every request passes.

import { isErrno } from "../kernel/errno.ts";
import type { Program, Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import type { HttpRequest, ResponseWriter } from "../lib/http/message.ts";
import { serveConnection } from "../lib/http/server.ts";
import { pairOf, readPair } from "../lib/tls/pair.ts";
import type { TlsState } from "../lib/tls/stream.ts";
import { certificatesFromPem } from "../lib/x509/certificate.ts";
import { bootstrapObjects } from "./bootstrap.ts";
import { gates } from "./chain.ts";
import { pushFeeds } from "./feed.ts";
import { type FlagValues, parseFlags } from "./flags/parse.ts";
import { forbiddenByRules } from "./forbidden.ts";
import { klog } from "./log.ts";
import { parseRequestInfo, queryOf, type RequestContext } from "./request.ts";
import { sendError } from "./rest/codec.ts";
import { serve } from "./rest/serve.ts";
import { resumeWatch } from "./rest/watch.ts";
import { type ServerState, stateOf } from "./state.ts";
import { StatusError, unauthorized } from "./status.ts";
import { loadObjects, loadStorage } from "./storage.ts";
import { rememberRequest } from "./trace.ts";

/** Flags that name files, in the order in which they are read, with what is said before a file's error. */
const FILE_FLAGS: readonly (readonly [flag: string, before: string])[] = [
  ["tls-cert-file", ""],
  ["tls-private-key-file", ""],
  ["client-ca-file", "unable to load client CA provider: "],
  ["requestheader-client-ca-file", "unable to load requestheader client CA provider: "],
  ["service-account-key-file", ""],
  ["service-account-signing-key-file", "failed to parse service-account-issuer-key-file: "],
  ["etcd-cafile", ""],
  ["etcd-certfile", ""],
  ["etcd-keyfile", ""],
];

/** Files of the kubelet's client, read when the core group is installed. */
const KUBELET_FLAGS: typeof FILE_FLAGS = [
  ["kubelet-certificate-authority", 'problem initializing API group "": unable to load root certificates: '],
  ["kubelet-client-certificate", 'problem initializing API group "": '],
  ["kubelet-client-key", 'problem initializing API group "": '],
];

export const kubeApiserver: Program = {
  name: "kube-apiserver",
  service: {
    *start(sys, argv) {
      const parsed = parseFlags(argv);
      if (typeof parsed === "string") {
        yield* sys.write(2, `Error: ${parsed}\n`);
        return 1;
      }
      const flags = parsed.values;
      if (flags.version !== undefined) {
        yield* sys.write(1, "Kubernetes v1.36.2\n");
        return 0;
      }
      if (!flags["external-hostname"]) {
        const own = flags["advertise-address"] ?? sys.interfaces()[1]?.addresses[0]?.split("/")[0];
        yield* klog(sys, "I", "options.go:263", `external host was not specified, using ${own}`);
      }
      const files: Record<string, string> = {};
      const state: ServerState = {
        flags,
        files,
        cache: new Map(),
        revision: 0,
        events: [],
        since: 0,
        idle: [],
        evaluated: [],
        ready: false,
        started: sys.now(),
        gates: {},
        reviews: [],
      };
      const misfit = checkFlags(flags) ?? gates.prepare?.(sys, state);
      if (misfit !== undefined) return yield* failStart(sys, misfit);
      yield* klog(sys, "I", "server.go:187", "Version: v1.36.2");
      yield* klog(sys, "I", "server.go:189", '"Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""');
      sys.kept = state as never;
      const wrong =
        readFiles(sys, state, files, FILE_FLAGS) ??
        checkPair(files) ??
        gates.open?.(sys, state) ??
        readFiles(sys, state, files, KUBELET_FLAGS);
      Object.freeze(files);
      if (wrong !== undefined) {
        // Authorization is set up before audit: the Node authorizer already waits for what it reads.
        if (wrong.startsWith("loading audit policy") && /\bNode\b/.test(flags["authorization-mode"] ?? ""))
          yield* klog(sys, "I", "shared_informer.go:381", '"Waiting for caches to sync" controller="node_authorizer"');
        return yield* failStart(sys, wrong);
      }
      sys.setMemory(1_500_000, 310_000, 11);
      return yield* openStorage(sys, state);
    },
    *connection(sys, fd) {
      const state = stateOf(sys);
      yield* serveClient(sys, state, fd, undefined);
    },
    *resume(sys, fd) {
      const state = stateOf(sys);
      if (yield* resumeWatch(sys, state, fd)) return;
      yield* serveClient(sys, state, fd, connectionsOf(state)[fd]);
    },
    *timer(sys, name) {
      const state = stateOf(sys);
      if (name === "storage") {
        const status = yield* openStorage(sys, state);
        if (status !== undefined) yield* sys.exit(status);
      } else if (name === "tick") {
        yield* gates.tick?.(sys, state) ?? nothing();
        sys.setTimer("tick", sys.now() + TICK);
      }
    },
    *signal(sys) {
      yield* sys.exit(0);
    },
    signals: ["SIGTERM", "SIGINT"],
  },
};

/** What was agreed on with clients that rest between two requests, by descriptor: plain data, as copies need it. */
function connectionsOf({ gates }: ServerState): Record<number, TlsState> {
  gates["connections"] ??= {};
  return gates["connections"] as unknown as Record<number, TlsState>;
}

/** Serves a client to its end, from the handshake on or from where a copy found it. */
function* serveClient(sys: Sys, state: ServerState, fd: number, resumed: TlsState | undefined): Task {
  const connections = connectionsOf(state);
  yield* serveConnection(sys, fd, {
    handler: (request, response) => handle(sys, state, fd, request, response),
    tls: {
      identity: pairOf(state.files["tls-cert-file"] ?? "", state.files["tls-private-key-file"] ?? ""),
      alpn: ["h2", "http/1.1"],
      clientAuth: "request",
      clientCas: certificatesFromPem(state.files["client-ca-file"] ?? ""),
    },
    resumed,
    atRest(tls) {
      if (tls !== undefined) connections[fd] = Object.freeze(tls);
    },
  });
  delete connections[fd];
}

/** Options that must be there or fit (ServerRunOptions.Validate). */
function checkFlags(flags: FlagValues): string | undefined {
  const wrong: string[] = [];
  if (!flags["etcd-servers"]) wrong.push("--etcd-servers must be specified");
  const port = Number(flags["secure-port"]);
  if (port < 1 || port > 65535)
    wrong.push(
      `--secure-port ${flags["secure-port"]} must be between 1 and 65535, inclusive. It cannot be turned off with 0`,
    );
  if (!flags["service-account-issuer"]) wrong.push("service-account-issuer is a required flag");
  return wrong.length === 0 ? undefined : wrong.length === 1 ? wrong[0] : `[${wrong.join(", ")}]`;
}

/** Reads files by flag; the error of the first that cannot be read. */
function readFiles(
  sys: Sys,
  { flags }: ServerState,
  files: Record<string, string>,
  wanted: typeof FILE_FLAGS,
): string | undefined {
  for (const [flag, before] of wanted) {
    const path = flags[flag];
    if (path === undefined || path === "") continue;
    const data = sys.readFile(path.split(",")[0] as string);
    if (isErrno(data)) return `${before}open ${path}: ${data.text.toLowerCase()}`;
    files[flag] = decode(data);
  }
  return undefined;
}

/** tls.X509KeyPair's words on a serving pair that is none. */
function checkPair(files: Readonly<Record<string, string>>): string | undefined {
  const { "tls-cert-file": certificate, "tls-private-key-file": key } = files;
  if (certificate === undefined || key === undefined) return undefined;
  const pair = readPair(certificate, key);
  return "error" in pair ? pair.error : undefined;
}

const TICK = 10_000;
/** How long storage is waited for, and how often it is tried meanwhile. */
const STORAGE_PATIENCE = 20_000;
const STORAGE_RETRY = 1_000;

function* nothing(): Task {}

function* failStart(sys: Sys, why: string): Task<number> {
  yield* klog(sys, "E", "run.go:72", `"command failed" err=${JSON.stringify(why)}`);
  return 1;
}

/** Reads etcd and begins to serve; where etcd does not answer, tries again later. */
function* openStorage(sys: Sys, state: ServerState): Task<number | undefined> {
  if (!(yield* loadStorage(sys, state))) {
    if (sys.now() - state.started >= STORAGE_PATIENCE) return yield* failStart(sys, "context deadline exceeded");
    sys.setTimer("storage", sys.now() + STORAGE_RETRY);
    return undefined;
  }
  const missing = bootstrapObjects(sys, state);
  if (missing.length > 0) yield* loadObjects(sys, state, missing);
  const address = state.flags["bind-address"] ?? "0.0.0.0";
  const port = Number(state.flags["secure-port"]);
  const listener = sys.listen({ family: "tcp", address: address === "0.0.0.0" ? "::" : address, port });
  if (isErrno(listener))
    return yield* failStart(
      sys,
      `failed to create listener: failed to listen on ${address}:${port}: listen tcp ${address}:${port}: bind: ${listener.text.toLowerCase()}`,
    );
  state.since = state.revision;
  state.ready = true;
  yield* klog(sys, "I", "secure_serving.go:211", `Serving securely on [::]:${port}`);
  sys.setTimer("tick", sys.now() + TICK);
  return undefined;
}

const NOBODY = { user: "system:anonymous", groups: ["system:unauthenticated"] } as const;

/** The chain: who asks, audit, as whom, may they, and then the answer. */
function* handle(sys: Sys, state: ServerState, fd: number, request: HttpRequest, response: ResponseWriter): Task {
  const query = queryOf(request.query);
  const random = sys.random(16);
  const hex = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const auditId = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  response.set("Audit-Id", auditId);
  const context: RequestContext = {
    sys,
    state,
    request,
    response,
    info: parseRequestInfo(request.method, request.path, query),
    query,
    fd,
    received: sys.now(),
    auditId,
    caller: NOBODY,
    warnings: [],
    annotations: new Map(),
  };
  try {
    const caller = gates.authenticate(context);
    if (caller === undefined) throw unauthorized();
    context.caller = caller;
    yield* gates.audit?.(context, "RequestReceived") ?? nothing();
    gates.impersonate?.(context);
    authorize(state, context);
    yield* serve(context);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    yield* sendError(context, error);
  }
  yield* gates.audit?.(context, "ResponseComplete") ?? nothing();
  rememberRequest(context);
  yield* pushFeeds(sys, state);
}

/** Asks the authorizers; 403 with the words of the real filter. */
function authorize(state: ServerState, context: RequestContext): void {
  const { info, caller } = context;
  const decision = gates.authorize(
    state,
    info.isResource
      ? {
          ...caller,
          verb: info.verb,
          group: info.group,
          version: info.version,
          resource: info.resource,
          subresource: info.subresource,
          namespace: info.namespace,
          name: info.name,
          fieldSelector: info.fieldSelector,
          labelSelector: info.labelSelector,
        }
      : { ...caller, verb: info.verb, path: info.path },
  );
  context.decision = decision;
  const { allowed } = decision;
  context.annotations.set("authorization.k8s.io/decision", allowed ? "allow" : "forbid");
  context.annotations.set("authorization.k8s.io/reason", decision.reason);
  if (!allowed) throw forbiddenByRules(info, caller, decision.reason);
}
