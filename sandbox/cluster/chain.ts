// What stands at each gate of this API server.

import type { Sys, Task } from "../kernel/sys.ts";
import { certificatesFromPem, parseCertificate, USAGE } from "../lib/x509/certificate.ts";
import { identityOf, verifyGo } from "../lib/x509/verify-go.ts";
import type { AccessAttributes, AccessDecision, Gates } from "./gates.ts";
import { type Fields, fieldsOf, listOf, textOf } from "./object.ts";
import { authorizeNode, authorizeRbac, type Binding, type Rbac, type Role } from "./rbac.ts";
import type { Caller, RequestContext } from "./request.ts";
import { NODE_RULES } from "./roles.ts";
import type { ServerState } from "./state.ts";
import { readObject, readObjects } from "./storage.ts";
import { ISSUER, readToken } from "./tokens.ts";

const RBAC_GROUP = "rbac.authorization.k8s.io";

function authenticate(context: RequestContext): Caller | undefined {
  const { sys, state, request } = context;
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
    return typeof reviewed === "string" ? undefined : reviewed.caller;
  }
  if (first !== undefined) return undefined;
  return { user: "system:anonymous", groups: ["system:unauthenticated"] };
}

interface Reviewed {
  readonly caller: Caller;
  readonly audiences: readonly string[];
}

/** What a TokenReview finds: signature, time, audience, and the account still being there. */
function reviewToken(sys: Sys, state: ServerState, token: string, audiences: readonly string[]): Reviewed | string {
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
  const account = readObject(state, "serviceaccounts", namespace, serviceaccount.name);
  if (account === undefined) return `[invalid bearer token, serviceaccounts "${serviceaccount.name}" not found]`;
  if (account.metadata.uid !== serviceaccount.uid)
    return "[invalid bearer token, service account token has been invalidated]";
  return {
    caller: {
      user: `system:serviceaccount:${namespace}:${serviceaccount.name}`,
      uid: serviceaccount.uid,
      groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
      extra: { "authentication.kubernetes.io/credential-id": [`JTI=${claims.jti}`] },
    },
    audiences: fitting,
  };
}

/** Roles and bindings of the store, as the RBAC authorizer wants them. */
function rbacOf(state: ServerState): Rbac {
  const roles = ["roles", "clusterroles"].flatMap((name) =>
    readObjects(state, `${name}.${RBAC_GROUP}`).map(
      (object): Role =>
        ({ name: object.metadata.name, namespace: object.metadata.namespace, rules: listOf(object.rules) }) as Role,
    ),
  );
  const bindings = ["clusterrolebindings", "rolebindings"].flatMap((name) =>
    readObjects(state, `${name}.${RBAC_GROUP}`).map((object): Binding => {
      const ref = fieldsOf(object.roleRef);
      return {
        name: object.metadata.name,
        namespace: object.metadata.namespace,
        role: ref.name,
        roleKind: ref.kind,
        subjects: listOf(object.subjects),
      } as Binding;
    }),
  );
  return { roles, bindings };
}

function authorize(_sys: Sys, state: ServerState, wanted: AccessAttributes): AccessDecision {
  if (wanted.groups.includes("system:masters")) return { allowed: true, reason: "" };
  if (["/healthz", "/livez", "/readyz"].includes(wanted.path ?? "")) return { allowed: true, reason: "" };
  return authorizeNode(wanted, NODE_RULES) ?? authorizeRbac(rbacOf(state), wanted);
}

function* review(context: RequestContext, object: Fields): Task<Fields> {
  const { sys, state, info } = context;
  const spec = fieldsOf(object.spec);
  if (info.resource === "tokenreviews") {
    const audiences = listOf<string>(spec.audiences);
    const found = reviewToken(sys, state, textOf(spec.token), audiences.length === 0 ? [ISSUER] : audiences);
    if (typeof found === "string") return { ...object, status: { user: {}, error: found } };
    const { user: username, uid, groups, extra } = found.caller;
    return {
      ...object,
      status: { authenticated: true, user: { username, uid, groups, extra }, audiences: found.audiences },
    };
  }
  if (info.resource === "subjectaccessreviews") {
    const resource = spec.resourceAttributes as AccessAttributes | undefined;
    const other = fieldsOf(spec.nonResourceAttributes);
    const { allowed, reason } = authorize(sys, state, {
      verb: textOf(other.verb),
      ...resource,
      user: textOf(spec.user),
      groups: listOf(spec.groups),
      ...(resource === undefined ? { path: textOf(other.path) } : {}),
    });
    return { ...object, status: { allowed, ...(reason === "" ? {} : { reason }) } };
  }
  return object;
}

function* nothing(): Task {}

export const gates: Gates = { authenticate, authorize, review, mutate: nothing, validate: nothing };
