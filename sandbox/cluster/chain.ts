// What stands at each gate of this API server.

import type { Sys, Task } from "../kernel/sys.ts";
import { createObjectMemo } from "../lib/memo.ts";
import { checkPlugins, pluginsFor } from "./admission/chain.ts";
import { readPodSecurity } from "./admission/config.ts";
import type { PodSecurityConfig } from "./admission/pod-security/plugin.ts";
import type { Plugin, AdmissionRequest as PluginRequest } from "./admission/types.ts";
import { isLongRunning } from "./audit/event.ts";
import { judgeRequest, prepareAudit, writeStage } from "./audit/log.ts";
import { authenticate, lookupOf } from "./auth/authenticate.ts";
import { checkModes, decide } from "./auth/authorize.ts";
import { impersonate, wantedUser } from "./auth/impersonate.ts";
import { answerReview } from "./auth/reviews.ts";
import { type Attributes, type Decision, fromCaller, NO_ATTRIBUTES, toCaller } from "./auth/types.ts";
import { FEED, mayFeed } from "./feed.ts";
import { listFlag } from "./flags/parse.ts";
import type { AccessAttributes, AccessDecision, AuditStage, Gates } from "./gates.ts";
import type { Resource } from "./registry/types.ts";
import type { AdmissionRequest, RequestContext } from "./request.ts";
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
  return checkPlugins(state.flags);
}

/** Configuration of admission and audit, read when the server is put together. */
function open(sys: Sys, state: ServerState): string | undefined {
  const podSecurity = readPodSecurity(sys, state.flags);
  if (typeof podSecurity === "string") return podSecurity;
  state.gates.podSecurity = Object.freeze(podSecurity) as never;
  return prepareAudit(sys, state);
}

const decideFor =
  (state: ServerState) =>
  (wanted: Attributes): Decision =>
    decide(modesOf(state), lookupOf(state), wanted);

function authorize(state: ServerState, wanted: AccessAttributes): AccessDecision {
  const { user, groups, uid, extra, ...rest } = wanted;
  const caller = { user, groups, ...(uid === undefined ? {} : { uid }), ...(extra === undefined ? {} : { extra }) };
  if (rest.path === FEED && mayFeed(user)) return { allowed: true, reason: "" };
  const asked: Attributes = { ...NO_ATTRIBUTES, ...rest, user: fromCaller(caller) };
  const { outcome, reason, steps } = decideFor(state)(asked);
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
  if (memory.impersonation === undefined) memory.impersonation = {};
  const modes = memory.impersonation as Record<string, string>;
  const found = impersonate(decideFor(context.state), attributesOf(context), wanted, modes);
  if (found instanceof StatusError) throw found;
  context.impersonator = context.caller;
  context.caller = toCaller(found);
}

function* review(context: RequestContext, object: Record<string, unknown>): Task<Record<string, unknown>> {
  return answerReview(context, object, decideFor(context.state), modesOf(context.state));
}

/** Whether somebody may watch a resource everywhere. */
export const mayWatch =
  ({ state, caller }: RequestContext) =>
  ({ group, version, name }: Resource): boolean =>
    decide(modesOf(state), lookupOf(state), {
      ...NO_ATTRIBUTES,
      user: fromCaller(caller),
      verb: "watch",
      group,
      version,
      resource: name,
    }).outcome === "allow";

/** The plugins' view of a write. */
function forPlugins(admission: AdmissionRequest): PluginRequest {
  const { context, operation, resource, subresource, namespace, name, object, oldObject, dryRun, options } = admission;
  const { sys, state } = context;
  const user = fromCaller(context.caller);
  return {
    operation,
    resource,
    subresource,
    namespace,
    name: name || (object?.metadata.name ?? ""),
    user,
    object,
    old: oldObject,
    dryRun,
    options: { ...options },
    lookup: lookupOf(state),
    now: sys.now(),
    random: (count) => sys.random(count),
    may: (verb, group, wanted, called, where = "") =>
      decide(modesOf(state), lookupOf(state), {
        ...NO_ATTRIBUTES,
        user,
        verb,
        group,
        version: "*",
        resource: wanted,
        name: called,
        namespace: where,
      }).outcome === "allow",
    warn: (text) => void context.warnings.push(text),
    annotate: (key, value) => void context.annotations.set(key, value),
  };
}

const plugins = createObjectMemo<ServerState["gates"], readonly Plugin[]>();

/** The plugins that a server's flags and files name; both were read when its gates were opened. */
function pluginsOf({ flags, gates }: ServerState): readonly Plugin[] {
  const find = () => pluginsFor(flags, gates.podSecurity as unknown as PodSecurityConfig | undefined);
  return gates.podSecurity === undefined ? find() : plugins(gates, find);
}

function* mutate(admission: AdmissionRequest): Task {
  const request = forPlugins(admission);
  for (const plugin of pluginsOf(admission.context.state)) plugin.mutate?.(request);
  admission.object = request.object;
}

function* validate(admission: AdmissionRequest): Task {
  const request = forPlugins(admission);
  for (const plugin of pluginsOf(admission.context.state)) plugin.validate?.(request);
}

/** Judged once, by the caller that authentication found; a request that nobody sent is not logged. */
function* audit(context: RequestContext, stage: AuditStage): Task {
  if (context.info.path === FEED) return;
  if (stage === "RequestReceived") {
    const judged = judgeRequest(context, attributesOf(context));
    if (judged !== undefined) context.judged = judged;
  }
  if (context.judged === undefined) return;
  // fidelity: what stays is told of when it ends, its beginning too.
  if (stage === "ResponseComplete" && isLongRunning(context) && (context.response.status ?? 101) < 400)
    yield* writeStage(context, context.judged, "ResponseStarted");
  yield* writeStage(context, context.judged, stage);
}

export const gates: Gates = {
  prepare,
  open,
  authenticate: (context) => {
    const user = authenticate(context);
    return user && toCaller(user);
  },
  impersonate: actAs,
  authorize,
  review,
  mutate,
  validate,
  audit,
};
