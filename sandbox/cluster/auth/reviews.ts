// The reviews: who bears a token, who may do what, what may I do; answered without being stored.

import type { PolicyRule } from "../../lib/kube/policy-rules.ts";
import { type Fields, fieldsOf, formatTime, listOf, textOf } from "../object.ts";
import type { RequestContext } from "../request.ts";
import type { ServerState } from "../state.ts";
import { StatusError } from "../status.ts";
import { lookupOf, reviewBearer, tokenKeysOf } from "./authenticate.ts";
import { grantsOf } from "./rbac.ts";
import { issueToken } from "./service-account.ts";
import { type Attributes, type Decision, fromCaller, NO_ATTRIBUTES, nodeOf, type User } from "./types.ts";

export type Decide = (wanted: Attributes) => Decision;

/** How user.Info is written in answers: what is empty is left out. */
export function describeUser({ name, uid, groups, extra }: User): Fields {
  return {
    username: name,
    ...(uid === "" ? {} : { uid }),
    groups,
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

function reviewToken({ state, sys }: RequestContext, spec: Fields): Fields {
  const token = textOf(spec["token"]);
  if (token === "") throw new StatusError(400, "BadRequest", "token is required for TokenReview in authentication");
  const found = reviewBearer(state, sys.now(), token, listOf<string>(spec["audiences"]));
  if (typeof found === "string") return { user: {}, error: found };
  return { authenticated: true, user: describeUser(found.user), audiences: found.audiences };
}

/** Attributes of a review's spec; a selector counts as in a request. */
function attributesOf(spec: Fields, user: User): Attributes {
  const other = spec["nonResourceAttributes"];
  if (other != null)
    return { ...NO_ATTRIBUTES, user, verb: textOf(fieldsOf(other)["verb"]), path: textOf(fieldsOf(other)["path"]) };
  const resource = fieldsOf(spec["resourceAttributes"]);
  const text = (name: string): string => textOf(resource[name]);
  const requirements = listOf(fieldsOf(resource["fieldSelector"])["requirements"]);
  return {
    ...NO_ATTRIBUTES,
    user,
    verb: text("verb"),
    group: text("group"),
    version: text("version") || "*",
    resource: text("resource"),
    subresource: text("subresource"),
    namespace: text("namespace"),
    name: text("name"),
    fieldSelector: requirements
      .filter(({ operator }) => operator === "In")
      .map(({ key, values }) => `${key}=${listOf<string>(values).join()}`)
      .join(","),
  };
}

function checkAccess(kind: string, object: Fields, named: boolean, namespace: string): void {
  const spec = fieldsOf(object["spec"]);
  const causes: { type: string; field: string; message: string }[] = [];
  const wrong = (field: string, message: string): void =>
    void causes.push({ type: "FieldValueInvalid", field, message });
  const [resource, other] = [spec["resourceAttributes"], spec["nonResourceAttributes"]];
  if (resource == null && other == null)
    wrong(
      "spec.resourceAttributes",
      "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified",
    );
  if (resource != null && other != null)
    wrong(
      "spec.nonResourceAttributes",
      `Invalid value: ${JSON.stringify(other)}: cannot be specified in combination with resourceAttributes`,
    );
  if (named && !spec["user"] && listOf(spec["groups"]).length === 0)
    wrong("spec.user", 'Invalid value: "": at least one of user or group must be specified');
  const wanted = textOf(fieldsOf(resource)["namespace"]);
  if (kind === "LocalSubjectAccessReview" && causes.length === 0 && wanted !== namespace)
    wrong(
      "spec.resourceAttributes.namespace",
      `Invalid value: ${JSON.stringify(wanted)}: must match metadata.namespace`,
    );
  if (causes.length === 0) return;
  const texts = causes.map(({ field, message }) => `${field}: ${message}`);
  // The kind is missing from the message: these types are validated without one.
  const list = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
  throw new StatusError(422, "Invalid", `.authorization.k8s.io "" is invalid: ${list}`, {
    group: "authorization.k8s.io",
    causes: causes.map(({ type, field, message }) => ({ reason: type, message, field })),
  });
}

function reviewAccess(context: RequestContext, kind: string, object: Fields, decide: Decide): Fields {
  const own = kind === "SelfSubjectAccessReview";
  checkAccess(kind, object, !own, context.info.namespace);
  const spec = fieldsOf(object["spec"]);
  const user: User = own
    ? fromCaller(context.caller)
    : {
        name: textOf(spec["user"]),
        uid: textOf(spec["uid"]),
        groups: listOf<string>(spec["groups"]),
        extra: fieldsOf(spec["extra"]) as User["extra"],
      };
  const { outcome, reason } = decide(attributesOf(spec, user));
  return {
    allowed: outcome === "allow",
    ...(outcome === "deny" ? { denied: true } : {}),
    ...(reason === "" ? {} : { reason }),
  };
}

/** Every rule that RBAC grants a caller in a name space, in the order of the bindings. */
function rulesFor(state: ServerState, caller: User, namespace: string, modes: readonly string[]): Fields {
  const resourceRules: Fields[] = [];
  const nonResourceRules: Fields[] = [];
  const errors: string[] = [];
  const add = ({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): void => {
    if (resources?.length)
      resourceRules.push({ verbs, apiGroups, resources, ...(resourceNames ? { resourceNames } : {}) });
    if (nonResourceURLs?.length) nonResourceRules.push({ verbs, nonResourceURLs });
  };
  for (const mode of modes) {
    if (mode === "Node" && nodeOf(caller) !== undefined)
      errors.push("node authorizer does not support user rule resolution");
    if (mode === "AlwaysAllow") {
      add({ verbs: ["*"], apiGroups: ["*"], resources: ["*"] });
      add({ verbs: ["*"], nonResourceURLs: ["*"] });
    }
    if (mode !== "RBAC") continue;
    const asked = { ...NO_ATTRIBUTES, user: caller, verb: "" };
    for (const { rules, role, roleKind } of grantsOf(lookupOf(state), asked, namespace)) {
      if (rules === undefined) errors.push(`${roleKind.toLowerCase()}.rbac.authorization.k8s.io "${role}" not found`);
      rules?.forEach(add);
    }
  }
  const evaluationError = errors.length > 1 ? `[${errors.join(", ")}]` : errors[0];
  return {
    resourceRules,
    nonResourceRules,
    incomplete: errors.length > 0,
    ...(evaluationError === undefined ? {} : { evaluationError }),
  };
}

/** Answers a review or a token request; the object with its status. */
export function answerReview(
  context: RequestContext,
  object: Fields,
  decide: Decide,
  modes: readonly string[],
): Fields {
  const { info, state, sys } = context;
  const caller = fromCaller(context.caller);
  const kind = textOf(object["kind"]);
  const spec = fieldsOf(object["spec"]);
  switch (info.resource) {
    case "tokenreviews":
      return { ...object, status: reviewToken(context, spec) };
    case "subjectaccessreviews":
      return { ...object, status: reviewAccess(context, "SubjectAccessReview", object, decide) };
    case "localsubjectaccessreviews":
      return { ...object, status: reviewAccess(context, "LocalSubjectAccessReview", object, decide) };
    case "selfsubjectaccessreviews":
      return { ...object, status: reviewAccess(context, "SelfSubjectAccessReview", object, decide) };
    case "selfsubjectrulesreviews": {
      const namespace = textOf(spec["namespace"]);
      if (namespace === "") throw new StatusError(400, "BadRequest", "no namespace on request");
      // A new object is answered: neither spec nor metadata come back.
      return {
        kind,
        apiVersion: object["apiVersion"],
        metadata: {},
        spec: {},
        status: rulesFor(state, caller, namespace, modes),
      };
    }
    case "selfsubjectreviews":
      return {
        kind,
        apiVersion: object["apiVersion"],
        metadata: { creationTimestamp: formatTime(sys.now()) },
        status: { userInfo: describeUser(caller) },
      };
    case "serviceaccounts": {
      const made = issueToken(
        tokenKeysOf(state),
        lookupOf(state),
        info.namespace,
        info.name,
        { metadata: {}, ...object },
        {
          now: sys.now(),
          random: (count) => sys.random(count),
        },
      );
      context.annotations.set("authentication.kubernetes.io/issued-credential-id", `JTI=${made.id}`);
      return made.object;
    }
    default:
      return kind === "" ? {} : object;
  }
}
