// A small kube-apiserver: client certificates and ServiceAccount tokens, the reviews kubelets ask for, nodes, leases, pods.
// fidelity: storage is its own memory; admission, watches and most resources are not modelled yet.

import { isErrno } from "../kernel/errno.ts";
import type { Program, Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { decodePrivateKey } from "../lib/crypto/keys.ts";
import { createMemo } from "../lib/crypto/memo.ts";
import { parsePem } from "../lib/crypto/pem.ts";
import type { HttpRequest, ResponseWriter } from "../lib/http/message.ts";
import { serveConnection } from "../lib/http/server.ts";
import type { Identity } from "../lib/tls/identity.ts";
import { certificatesFromPem, parseCertificate, USAGE } from "../lib/x509/certificate.ts";
import { identityOf, verifyGo } from "../lib/x509/verify-go.ts";
import { type Attributes, authorizeNode, authorizeRbac, type Decision, type Rbac } from "./rbac.ts";
import { defaultRbac, NODE_RULES } from "./roles.ts";
import { ISSUER, readToken } from "./tokens.ts";

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

type Stored = Record<string, unknown>;

/** The API server's whole memory. */
export interface ClusterState {
  readonly files: Readonly<Record<string, string>>;
  readonly rbac: Rbac;
  accounts: ServiceAccount[];
  /** Objects by path, such as /api/v1/nodes/node01. */
  objects: Map<string, Stored>;
  revision: number;
  /** Reviews answered lately, as an audit log would keep them. */
  reviews: Stored[];
}

interface Caller {
  readonly user: string;
  readonly groups: readonly string[];
  readonly uid?: string;
}

const stateOf = (sys: Sys): ClusterState => sys.kept as unknown as ClusterState;

const DEFAULTS: Readonly<Record<string, string>> = {
  "client-ca-file": "/etc/kubernetes/pki/ca.crt",
  "tls-cert-file": "/etc/kubernetes/pki/apiserver.crt",
  "tls-private-key-file": "/etc/kubernetes/pki/apiserver.key",
  "service-account-key-file": "/etc/kubernetes/pki/sa.pub",
  "secure-port": "6443",
  "bind-address": "::",
  /** What the cluster starts with: RBAC, ServiceAccounts, objects. */
  "sandbox-state": "/etc/kubernetes/cluster.json",
};

export const kubeApiserver: Program = {
  name: "kube-apiserver",
  service: {
    *start(sys, argv) {
      const flags: Record<string, string> = { ...DEFAULTS };
      for (const word of argv.slice(1)) {
        const match = /^--([\w-]+)(?:=(.*))?$/.exec(word);
        if (match !== null) flags[match[1] as string] = match[2] ?? "true";
      }
      const files: Record<string, string> = {};
      for (const name of ["client-ca-file", "tls-cert-file", "tls-private-key-file", "service-account-key-file"]) {
        const data = sys.readFile(flags[name] as string);
        if (isErrno(data)) {
          yield* sys.write(2, `Error: open ${flags[name]}: ${data.text.toLowerCase()}\n`);
          return 1;
        }
        files[name] = decode(data);
      }
      const port = Number(flags["secure-port"]);
      const listener = sys.listen({
        family: "tcp",
        address: flags["bind-address"] === "0.0.0.0" ? "::" : (flags["bind-address"] as string),
        port,
      });
      if (isErrno(listener)) {
        yield* sys.write(
          2,
          `Error: failed to create listener: failed to listen on 0.0.0.0:${port}: listen tcp 0.0.0.0:${port}: bind: ${listener.text.toLowerCase()}\n`,
        );
        return 1;
      }
      const state: ClusterState = {
        files: Object.freeze(files),
        rbac: defaultRbac(),
        accounts: [],
        objects: new Map(),
        revision: 1,
        reviews: [],
      };
      const given = sys.readFile(flags["sandbox-state"] as string);
      if (!isErrno(given)) seed(state, JSON.parse(decode(given)) as Partial<SeedFile>);
      sys.kept = state as never;
      sys.setMemory(1_500_000, 310_000, 11);
      return undefined;
    },
    *connection(sys, fd) {
      const state = stateOf(sys);
      yield* serveConnection(sys, fd, {
        handler: (request, response) => handle(sys, state, request, response),
        tls: {
          identity: servingIdentity(state),
          alpn: ["h2", "http/1.1"],
          clientAuth: "request",
          clientCas: certificatesFromPem(state.files["client-ca-file"] ?? ""),
        },
      });
    },
    *signal(sys) {
      yield* sys.exit(0);
    },
    signals: ["SIGTERM", "SIGINT"],
  },
};

/** What a cluster holds beyond the defaults, as a file. */
interface SeedFile {
  readonly rbac: Rbac;
  /** Names of default bindings that this cluster lacks. */
  readonly without: readonly string[];
  readonly accounts: readonly ServiceAccount[];
  readonly objects: Readonly<Record<string, Stored>>;
}

function seed(state: ClusterState, given: Partial<SeedFile>): void {
  state.rbac.bindings = state.rbac.bindings.filter((binding) => !given.without?.includes(binding.name));
  state.rbac.roles.push(...(given.rbac?.roles ?? []));
  state.rbac.bindings.push(...(given.rbac?.bindings ?? []));
  state.accounts.push(...(given.accounts ?? []));
  for (const [path, object] of Object.entries(given.objects ?? {})) state.objects.set(path, object);
}

const identities = createMemo<Identity | undefined>(4);

function servingIdentity(state: ClusterState): Identity | undefined {
  const certificate = state.files["tls-cert-file"] ?? "";
  const key = state.files["tls-private-key-file"] ?? "";
  return identities(certificate + key, () => {
    const block = parsePem(key).find((b) => b.label.endsWith("PRIVATE KEY"));
    const chain = parsePem(certificate).map((b) => b.der);
    return block === undefined || chain.length === 0 ? undefined : { chain, key: decodePrivateKey(block.der) };
  });
}

// --- who ---

function authenticate(sys: Sys, state: ClusterState, request: HttpRequest): Caller | undefined {
  const [first, ...rest] = request.tls?.peerCertificates ?? [];
  if (first !== undefined) {
    const leaf = parseCertificate(first);
    const verified = verifyGo(leaf, {
      roots: certificatesFromPem(state.files["client-ca-file"] ?? ""),
      intermediates: rest.map((d) => parseCertificate(d)),
      now: sys.now(),
      usages: [USAGE.client],
    });
    if (!("error" in verified)) {
      const { user, groups } = identityOf(leaf);
      if (user !== "") return { user, groups: [...groups, "system:authenticated"] };
    }
  }
  const token = /^bearer +(\S+)/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (token !== undefined) {
    const reviewed = reviewToken(sys, state, token, [ISSUER]);
    return typeof reviewed === "string"
      ? undefined
      : { user: reviewed.username, groups: reviewed.groups, uid: reviewed.uid };
  }
  if (first !== undefined) return undefined;
  return { user: "system:anonymous", groups: ["system:unauthenticated"] };
}

interface Reviewed {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
  readonly audiences: readonly string[];
}

/** What a TokenReview finds: signature, time, audience, and the account still being there. */
function reviewToken(sys: Sys, state: ClusterState, token: string, audiences: readonly string[]): Reviewed | string {
  const claims = readToken(token, state.files["service-account-key-file"] ?? "");
  const now = sys.now() / 1000;
  if (claims === undefined) return "invalid bearer token";
  if (claims.exp <= now || claims.nbf > now + 60) return "[invalid bearer token, service account token has expired]";
  const fitting = claims.aud.filter((audience) => audiences.includes(audience));
  if (fitting.length === 0) {
    const quoted = (list: readonly string[]): string => `[${list.map((each) => JSON.stringify(each)).join(" ")}]`;
    return `[invalid bearer token, token audiences ${quoted(claims.aud)} is invalid for the target audiences ${quoted(audiences)}]`;
  }
  const { namespace, serviceaccount } = claims["kubernetes.io"];
  const account = state.accounts.find(
    (a) => a.namespace === namespace && a.name === serviceaccount.name && a.uid === serviceaccount.uid,
  );
  if (account === undefined) return "[invalid bearer token, service account token has been invalidated]";
  return {
    username: `system:serviceaccount:${namespace}:${account.name}`,
    uid: account.uid,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
    extra: { "authentication.kubernetes.io/credential-id": [`JTI=${claims.jti}`] },
    audiences: fitting,
  };
}

/** Node authorizer first, then RBAC, as kubeadm sets --authorization-mode=Node,RBAC. */
export function decide(state: ClusterState, wanted: Attributes): Decision {
  if (wanted.groups.includes("system:masters")) return { allowed: true, reason: "" };
  return authorizeNode(wanted, NODE_RULES) ?? authorizeRbac(state.rbac, wanted);
}

// --- requests ---

const VERBS: Readonly<Record<string, string>> = {
  GET: "get",
  POST: "create",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

interface Target {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

/** /api/v1/namespaces/NS/pods/NAME/log and its like. */
export function parseTarget(path: string): Target | undefined {
  const match = /^\/(?:api\/v1|apis\/([^/]+)\/[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/(.+))?$/.exec(
    path,
  );
  if (match === null) {
    const space = /^\/api\/v1\/namespaces(?:\/([^/]+))?$/.exec(path);
    return space === null
      ? undefined
      : { group: "", resource: "namespaces", subresource: "", namespace: "", name: space[1] ?? "" };
  }
  return {
    group: match[1] ?? "",
    namespace: match[2] ?? "",
    resource: match[3] as string,
    name: match[4] ?? "",
    subresource: match[5] ?? "",
  };
}

function* send(response: ResponseWriter, code: number, body: Stored): Task {
  response.set("Content-Type", "application/json");
  response.writeHead(code);
  yield* response.write(`${JSON.stringify(body)}\n`);
}

function failure(code: number, reason: string, message: string): Stored {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code };
}

function* handle(sys: Sys, state: ClusterState, request: HttpRequest, response: ResponseWriter): Task {
  const caller = authenticate(sys, state, request);
  if (caller === undefined) return yield* send(response, 401, failure(401, "Unauthorized", "Unauthorized"));
  const target = parseTarget(request.path);
  const verb = VERBS[request.method] ?? "";
  if (target === undefined) return yield* handlePath(state, caller, request, response);
  const listed = verb === "get" && target.name === "" ? "list" : verb;
  const decision = decide(state, {
    ...caller,
    verb: listed,
    group: target.group,
    resource: target.resource,
    subresource: target.subresource,
    namespace: target.namespace,
    name: target.name,
  });
  if (!decision.allowed) {
    const what = target.subresource === "" ? target.resource : `${target.resource}/${target.subresource}`;
    const where = target.namespace === "" ? "at the cluster scope" : `in the namespace "${target.namespace}"`;
    const named =
      target.name === ""
        ? `${what}${target.group === "" ? "" : `.${target.group}`} is forbidden`
        : `${what}${target.group === "" ? "" : `.${target.group}`} "${target.name}" is forbidden`;
    const message = `${named}: User "${caller.user}" cannot ${listed} resource "${what}" in API group "${target.group}" ${where}`;
    return yield* send(response, 403, failure(403, "Forbidden", message));
  }
  const text = decode(yield* request.body());
  let body: Stored = {};
  try {
    body = text === "" ? {} : (JSON.parse(text) as Stored);
  } catch {
    return yield* send(response, 400, failure(400, "BadRequest", "the object provided is unrecognized"));
  }
  if (target.resource === "tokenreviews") return yield* answerTokenReview(sys, state, body, response);
  if (target.resource === "subjectaccessreviews") return yield* answerAccessReview(state, body, response);
  yield* handleObject(sys, state, request, target, body, response);
}

function* handlePath(state: ClusterState, caller: Caller, request: HttpRequest, response: ResponseWriter): Task {
  const decision = decide(state, { ...caller, verb: VERBS[request.method] ?? "", path: request.path });
  if (!decision.allowed)
    return yield* send(
      response,
      403,
      failure(
        403,
        "Forbidden",
        `forbidden: User "${caller.user}" cannot ${VERBS[request.method] ?? ""} path "${request.path}"`,
      ),
    );
  if (["/healthz", "/livez", "/readyz"].includes(request.path)) {
    response.set("Content-Type", "text/plain; charset=utf-8");
    yield* response.write("ok");
  } else if (request.path === "/version")
    yield* send(response, 200, { major: "1", minor: "36", gitVersion: "v1.36.2", platform: "linux/amd64" });
  else yield* send(response, 404, failure(404, "NotFound", "the server could not find the requested resource"));
}

function remember(state: ClusterState, review: Stored): void {
  state.reviews.push(review);
  if (state.reviews.length > 100) state.reviews.shift();
}

function* answerTokenReview(sys: Sys, state: ClusterState, body: Stored, response: ResponseWriter): Task {
  const spec = (body["spec"] ?? {}) as { token?: string; audiences?: string[] };
  const found = reviewToken(sys, state, spec.token ?? "", spec.audiences ?? [ISSUER]);
  const status: Stored =
    typeof found === "string"
      ? { user: {}, error: found }
      : {
          authenticated: true,
          user: { username: found.username, uid: found.uid, groups: found.groups, extra: found.extra },
          audiences: found.audiences,
        };
  remember(state, { kind: "tokenreviews", spec: {}, status });
  yield* send(response, 201, {
    kind: "TokenReview",
    apiVersion: "authentication.k8s.io/v1",
    metadata: {},
    spec,
    status,
  });
}

interface AccessSpec {
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly resourceAttributes?: {
    verb?: string;
    group?: string;
    resource?: string;
    subresource?: string;
    namespace?: string;
    name?: string;
  };
  readonly nonResourceAttributes?: { path?: string; verb?: string };
}

function* answerAccessReview(state: ClusterState, body: Stored, response: ResponseWriter): Task {
  const spec = (body["spec"] ?? {}) as AccessSpec;
  const resource = spec.resourceAttributes;
  const decision = decide(state, {
    user: spec.user ?? "",
    groups: spec.groups ?? [],
    verb: resource?.verb ?? spec.nonResourceAttributes?.verb ?? "",
    ...(resource === undefined
      ? { path: spec.nonResourceAttributes?.path ?? "" }
      : {
          group: resource.group ?? "",
          resource: resource.resource ?? "",
          subresource: resource.subresource ?? "",
          namespace: resource.namespace ?? "",
          name: resource.name ?? "",
        }),
  });
  const status: Stored =
    decision.reason === "" ? { allowed: decision.allowed } : { allowed: decision.allowed, reason: decision.reason };
  remember(state, { kind: "subjectaccessreviews", spec: spec as Stored, status });
  yield* send(response, 201, {
    kind: "SubjectAccessReview",
    apiVersion: "authorization.k8s.io/v1",
    metadata: {},
    spec: spec as Stored,
    status,
  });
}

function* handleObject(
  sys: Sys,
  state: ClusterState,
  request: HttpRequest,
  target: Target,
  body: Stored,
  response: ResponseWriter,
): Task {
  const { path } = request;
  const whole = target.subresource === "" ? path : path.slice(0, -target.subresource.length - 1);
  const existing = state.objects.get(whole);
  const kind = `${target.resource}${target.group === "" ? "" : `.${target.group}`}`;
  const missing = (): Stored => failure(404, "NotFound", `${kind} "${target.name}" not found`);
  switch (request.method) {
    case "GET": {
      if (target.name !== "")
        return existing === undefined ? yield* send(response, 404, missing()) : yield* send(response, 200, existing);
      const items = [...state.objects]
        .filter(
          ([key]) =>
            key.startsWith(`${path}/`) ||
            (target.namespace === "" && /^\/api\/v1\/namespaces\/[^/]+\/([^/]+)\//.exec(key)?.[1] === target.resource),
        )
        .map(([, value]) => value);
      return yield* send(response, 200, {
        kind: "List",
        apiVersion: "v1",
        metadata: { resourceVersion: String(state.revision) },
        items,
      });
    }
    case "POST": {
      const meta = (body["metadata"] ?? {}) as Stored;
      const key = `${path}/${String(meta["name"])}`;
      if (state.objects.has(key))
        return yield* send(
          response,
          409,
          failure(409, "AlreadyExists", `${kind} "${String(meta["name"])}" already exists`),
        );
      return yield* send(response, 201, store(sys, state, key, body));
    }
    case "PUT":
    case "PATCH":
      if (existing === undefined) return yield* send(response, 404, missing());
      return yield* send(
        response,
        200,
        store(
          sys,
          state,
          whole,
          request.method === "PUT" && target.subresource === ""
            ? body
            : {
                ...existing,
                ...body,
                metadata: { ...(existing["metadata"] as Stored), ...(body["metadata"] as Stored | undefined) },
              },
        ),
      );
    case "DELETE":
      if (existing === undefined) return yield* send(response, 404, missing());
      state.objects.delete(whole);
      return yield* send(response, 200, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success" });
    default:
      yield* send(
        response,
        405,
        failure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource"),
      );
  }
}

function store(sys: Sys, state: ClusterState, key: string, object: Stored): Stored {
  state.revision++;
  const before = (state.objects.get(key)?.["metadata"] ?? {}) as Stored;
  const random = Array.from(sys.random(16), (b) => b.toString(16).padStart(2, "0")).join("");
  const uid =
    before["uid"] ??
    `${random.slice(0, 8)}-${random.slice(8, 12)}-4${random.slice(13, 16)}-a${random.slice(17, 20)}-${random.slice(20, 32)}`;
  const metadata = {
    ...(object["metadata"] as Stored | undefined),
    uid,
    resourceVersion: String(state.revision),
    creationTimestamp: before["creationTimestamp"] ?? `${new Date(sys.now()).toISOString().slice(0, 19)}Z`,
  };
  const stored = { ...object, metadata };
  state.objects.set(key, stored);
  return stored;
}
