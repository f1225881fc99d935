// ServiceAccount tokens: what makes one good today, who its bearer is, and how new ones are issued.

import { at, fieldsOf, formatTime, formatUid, type KubeObject, textOf } from "../object.ts";
import { badRequest, conflict, type FieldError, invalid, notFound, StatusError } from "../status.ts";
import { createToken, type Reference, readToken, type TokenClaims } from "../tokens.ts";
import { accountGroups, type Lookup, type User } from "./types.ts";

/** How long a token of a deleted object is still good, s (the leeway of claims). */
const LEEWAY = 60;

export interface TokenKeys {
  /** PEM of --service-account-key-file, and of the signing key. */
  readonly publicKey: string;
  readonly signingKey: string;
  /** --service-account-issuer; the first one issues. */
  readonly issuers: readonly string[];
  /** --api-audiences, or the issuers. */
  readonly audiences: readonly string[];
  /** --service-account-lookup. */
  readonly lookUp: boolean;
  /** --service-account-extend-token-expiration. */
  readonly extend: boolean;
  /** --service-account-max-token-expiration, s; 0: none. */
  readonly longest: number;
}

export interface Bearer {
  readonly user: User;
  readonly audiences: readonly string[];
}

const quoted = (list: readonly string[]): string => `[${list.map((each) => JSON.stringify(each)).join(" ")}]`;

/** Who bears a token; a text: why it is no good; undefined: it is none of this issuer's. */
export function readBearer(
  keys: TokenKeys,
  lookup: Lookup,
  now: number,
  token: string,
  audiences: readonly string[],
): Bearer | string | undefined {
  const claims = readToken(token, keys.publicKey);
  if (claims === undefined || !keys.issuers.includes(claims.iss)) return undefined;
  if (claims.nbf > now / 1000 + LEEWAY) return "service account token is not valid yet";
  if (claims.exp <= now / 1000) return "service account token has expired";
  const fitting = claims.aud.filter((audience) => audiences.includes(audience));
  if (fitting.length === 0)
    return `token audiences ${quoted(claims.aud)} is invalid for the target audiences ${quoted(audiences)}`;
  const wrong = keys.lookUp ? checkObjects(lookup, now, claims) : undefined;
  return wrong ?? { user: bearerOf(claims), audiences: fitting };
}

/** Whether an object is gone for tokens: deleted longer ago than the leeway. */
const isGone = (object: KubeObject | undefined, now: number): boolean =>
  object === undefined ||
  (object.metadata.deletionTimestamp !== undefined &&
    Date.parse(object.metadata.deletionTimestamp) < now - LEEWAY * 1000);

const INVALIDATED = "service account token has been invalidated";

function checkObjects(lookup: Lookup, now: number, claims: TokenClaims): string | undefined {
  const { namespace, serviceaccount, pod, secret, node } = claims["kubernetes.io"];
  const account = lookup.get("serviceaccounts", namespace, serviceaccount.name);
  if (account === undefined) return `serviceaccounts "${serviceaccount.name}" not found`;
  if (isGone(account, now)) return `service account ${namespace}/${serviceaccount.name} has been deleted`;
  if (account.metadata.uid !== serviceaccount.uid)
    return `service account UID (${account.metadata.uid}) does not match claim (${serviceaccount.uid})`;
  const bound: readonly (readonly [string, string, Reference | undefined, string])[] = [
    ["secrets", namespace, secret, "secret UID (%) does not match service account secret ref claim"],
    ["pods", namespace, pod, "pod UID (%) does not match service account pod ref claim"],
    // A node that a pod's token names is only for information.
    ["nodes", "", pod === undefined ? node : undefined, "node UID (%) does not match service account node ref claim"],
  ];
  for (const [storage, where, reference, text] of bound) {
    if (reference === undefined) continue;
    const object = lookup.get(storage, where, reference.name);
    if (isGone(object, now)) return INVALIDATED;
    const uid = object?.metadata.uid ?? "";
    if (uid !== reference.uid) return `${text.replace("%", uid)} (${reference.uid})`;
  }
  return undefined;
}

const PREFIX = "authentication.kubernetes.io/";

function bearerOf(claims: TokenClaims): User {
  const { namespace, serviceaccount, pod, node } = claims["kubernetes.io"];
  const extra: Record<string, readonly string[]> = { [`${PREFIX}credential-id`]: [`JTI=${claims.jti}`] };
  for (const [kind, reference] of [["node", node] as const, ["pod", pod] as const]) {
    if (reference === undefined) continue;
    extra[`${PREFIX}${kind}-name`] = [reference.name];
    if (reference.uid !== "") extra[`${PREFIX}${kind}-uid`] = [reference.uid];
  }
  return {
    name: `system:serviceaccount:${namespace}:${serviceaccount.name}`,
    uid: serviceaccount.uid,
    groups: [...accountGroups(namespace), "system:authenticated"],
    extra,
  };
}

/** A kubelet asks for this odd number of seconds; it gets a year, and a warning in the token after the odd time. */
const EXTENDABLE = 3607;
const YEAR = 365 * 24 * 3600;

function checkRequest(seconds: number): FieldError[] {
  const wrong = (text: string): FieldError[] => [
    { type: "FieldValueInvalid", field: "spec.expirationSeconds", message: `Invalid value: ${seconds}: ${text}` },
  ];
  if (seconds < 600) return wrong("may not specify a duration less than 10 minutes");
  if (seconds > 2 ** 32) return wrong("may not specify a duration larger than 2^32 seconds");
  return [];
}

/** What a token is to be bound to, looked up. */
function findBound(lookup: Lookup, namespace: string, account: string, reference: Record<string, unknown>) {
  const [kind, name, uid] = [textOf(reference["kind"]), textOf(reference["name"]), textOf(reference["uid"])];
  const version = textOf(reference["apiVersion"]);
  const storage = version === "v1" ? { Pod: "pods", Secret: "secrets", Node: "nodes" }[kind] : undefined;
  if (storage === undefined) {
    const slash = version.indexOf("/");
    const [group, own] = slash < 0 ? ["", version] : [version.slice(0, slash), version.slice(slash + 1)];
    throw badRequest(`cannot bind token for object of type ${group}/${own}, Kind=${kind}`);
  }
  const object = lookup.get(storage, storage === "nodes" ? "" : namespace, name);
  if (object === undefined) throw notFound({ name: storage, group: "" }, name);
  if (uid !== "" && uid !== object.metadata.uid)
    throw conflict(
      { name: storage, group: "" },
      name,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  if (storage === "pods" && textOf(at(object, "spec", "serviceAccountName")) !== account)
    throw badRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`,
    );
  return { kind: kind.toLowerCase() as "pod" | "secret" | "node", object };
}

const referenceTo = ({ metadata }: KubeObject): Reference => ({ name: metadata.name ?? "", uid: metadata.uid ?? "" });

/** Answers a TokenRequest for an account; throws a StatusError. */
export function issueToken(
  keys: TokenKeys,
  lookup: Lookup,
  namespace: string,
  name: string,
  request: KubeObject,
  { now, random }: { readonly now: number; random(count: number): Uint8Array },
): { readonly object: KubeObject; readonly id: string } {
  const account = lookup.get("serviceaccounts", namespace, name);
  if (account === undefined) throw notFound({ name: "serviceaccounts", group: "" }, name);
  const spec = fieldsOf(request["spec"]);
  const asked = Number(spec["expirationSeconds"] ?? 3600);
  const causes = checkRequest(asked);
  if (causes.length > 0) throw invalid({ group: "authentication.k8s.io", kind: "TokenRequest" }, "", causes);
  if (keys.signingKey === "")
    throw new StatusError(404, "NotFound", "the server could not find the requested resource", {});
  const given = (spec["audiences"] ?? []) as readonly string[];
  const audiences = given.length === 0 ? keys.audiences : given;
  const reference = spec["boundObjectRef"] as Record<string, unknown> | undefined;
  const bound = reference == null ? undefined : findBound(lookup, namespace, name, reference);
  const seconds = keys.longest > 0 ? Math.min(asked, keys.longest) : asked;
  const extended = keys.extend && bound?.kind === "pod" && asked === EXTENDABLE && given.length === 0;
  const at0 = Math.floor(now / 1000);
  const node =
    bound?.kind === "pod" ? lookup.get("nodes", "", textOf(at(bound.object, "spec", "nodeName"))) : undefined;
  const id = formatUid(random(16));
  const token = createToken(keys.signingKey, {
    aud: audiences,
    exp: at0 + (extended ? YEAR : seconds),
    iat: at0,
    iss: keys.issuers[0] ?? "",
    jti: id,
    "kubernetes.io": {
      namespace,
      ...(node === undefined ? {} : { node: referenceTo(node) }),
      ...(bound === undefined ? {} : { [bound.kind]: referenceTo(bound.object) }),
      serviceaccount: { name, uid: account.metadata.uid ?? "" },
      ...(extended ? { warnafter: at0 + EXTENDABLE } : {}),
    },
    nbf: at0,
    sub: `system:serviceaccount:${namespace}:${name}`,
  });
  const object: KubeObject = {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: { name, namespace, creationTimestamp: formatTime(now) },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: reference ?? null },
    status: { token, expirationTimestamp: formatTime((at0 + seconds) * 1000) },
  };
  return { object, id };
}
