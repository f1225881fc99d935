// What stands at each gate of this API server.

import type { Sys, Task } from "../kernel/sys.ts";
import { authenticate, lookupOf } from "./auth/authenticate.ts";
import { checkModes, decide } from "./auth/authorize.ts";
import { impersonate, wantedUser } from "./auth/impersonate.ts";
import { answerReview } from "./auth/reviews.ts";
import { type DecisionTrace, rememberDecision } from "./auth/trace.ts";
import { type Attributes, type Decision, fromCaller, NO_ATTRIBUTES, toCaller } from "./auth/types.ts";
import { listFlag } from "./flags/parse.ts";
import type { AccessAttributes, AccessDecision, Gates } from "./gates.ts";
import type { RequestContext } from "./request.ts";
import type { ServerState } from "./state.ts";
import { StatusError } from "./status.ts";

/** --authorization-mode; without it everything is allowed. */
function modesOf({ flags }: ServerState): readonly string[] {
  const modes = listFlag(flags, "authorization-mode");
  return modes.length === 0 ? ["AlwaysAllow"] : modes;
}

function prepare(_sys: Sys, state: ServerState): string | undefined {
  const modes = modesOf(state);
  const wrong = checkModes(modes);
  if (wrong !== undefined) return wrong;
  if (modes.includes("Webhook") && !state.flags["authorization-webhook-config-file"])
    return "authorization-mode Webhook's authorization config file not passed";
  if (modes.includes("ABAC") && !state.flags["authorization-policy-file"])
    return "authorization-mode ABAC's authorization policy file not passed";
  return undefined;
}

const decideFor =
  (sys: Sys, state: ServerState, asked: DecisionTrace["asked"]) =>
  (wanted: Attributes): Decision => {
    const decision = decide(modesOf(state), lookupOf(state), wanted);
    rememberDecision(sys, state, asked, wanted, decision);
    return decision;
  };

function authorize(sys: Sys, state: ServerState, wanted: AccessAttributes): AccessDecision {
  const { user, groups, uid, extra, ...rest } = wanted;
  const caller = { user, groups, ...(uid === undefined ? {} : { uid }), ...(extra === undefined ? {} : { extra }) };
  const asked: Attributes = { ...NO_ATTRIBUTES, ...rest, user: fromCaller(caller) };
  const { outcome, reason, steps } = decideFor(sys, state, "request")(asked);
  const denied = outcome === "deny" ? { denied: true } : {};
  const decision: AccessDecision & { steps: Decision["steps"] } = {
    allowed: outcome === "allow",
    ...denied,
    reason,
    steps,
  };
  return decision;
}

/** The attributes a request is authorized by. */
function attributesOf({ info, caller }: RequestContext): Attributes {
  const common = { ...NO_ATTRIBUTES, user: fromCaller(caller), verb: info.verb };
  if (!info.isResource) return { ...common, path: info.path };
  const { group, version, resource, subresource, namespace, name, fieldSelector, labelSelector } = info;
  return { ...common, group, version, resource, subresource, namespace, name, fieldSelector, labelSelector };
}

function actAs(context: RequestContext): void {
  const wanted = wantedUser(context.request.headers.list);
  if (wanted === undefined) return;
  const { gates: memory } = context.state;
  if (memory["impersonation"] === undefined) memory["impersonation"] = {};
  const modes = memory["impersonation"] as Record<string, string>;
  const found = impersonate(
    decideFor(context.sys, context.state, "impersonation"),
    attributesOf(context),
    wanted,
    modes,
  );
  if (found instanceof StatusError) throw found;
  context.impersonator = context.caller;
  context.caller = toCaller(found);
}

function* review(context: RequestContext, object: Record<string, unknown>): Task<Record<string, unknown>> {
  return answerReview(context, object, decideFor(context.sys, context.state, "review"), modesOf(context.state));
}

function* nothing(): Task {}

export const gates: Gates = {
  prepare,
  authenticate: (context) => {
    const user = authenticate(context);
    return user && toCaller(user);
  },
  impersonate: actAs,
  authorize,
  review,
  mutate: nothing,
  validate: nothing,
};
