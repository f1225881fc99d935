// The latest decisions of authorization, with every step, for the inspector.

import type { Sys } from "../../kernel/sys.ts";
import type { ServerState } from "../state.ts";
import type { Attributes, Decision, DecisionStep } from "./types.ts";

/** One decision: a request's own, or one that somebody asked for by a SubjectAccessReview. */
export interface DecisionTrace {
  readonly at: number;
  readonly asked: "request" | "review" | "impersonation";
  readonly user: string;
  readonly groups: readonly string[];
  readonly verb: string;
  /** `nodes/proxy`, with its group behind a dot. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
  readonly allowed: boolean;
  readonly reason: string;
  readonly steps: readonly DecisionStep[];
}

/** How many decisions the API server remembers. */
export const DECISION_LIMIT = 50;

export function traceOf(
  at: number,
  asked: DecisionTrace["asked"],
  wanted: Attributes,
  decision: Decision,
): DecisionTrace {
  const { user, verb, group, resource, subresource, namespace, name, path } = wanted;
  const what = group === "" || resource === "" ? resource : `${resource}.${group}`;
  return Object.freeze({
    at,
    asked,
    user: user.name,
    groups: user.groups,
    verb,
    resource: subresource === "" ? what : `${what}/${subresource}`,
    namespace,
    name,
    path,
    allowed: decision.outcome === "allow",
    reason: decision.reason,
    steps: decision.steps,
  });
}

/** The decisions remembered, oldest first. */
export function decisionsOf(state: ServerState): readonly DecisionTrace[] {
  return (state.gates["decisions"] ?? []) as unknown as readonly DecisionTrace[];
}

export function rememberDecision(
  sys: Sys,
  state: ServerState,
  asked: DecisionTrace["asked"],
  wanted: Attributes,
  decision: Decision,
): void {
  if (state.gates["decisions"] === undefined) state.gates["decisions"] = [];
  const list = state.gates["decisions"] as unknown as DecisionTrace[];
  list.push(traceOf(sys.now(), asked, wanted, decision));
  if (list.length > DECISION_LIMIT) list.shift();
}
