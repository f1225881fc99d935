// Authorization as --authorization-mode chains it, the text of a refusal, and a trace of every decision.

import { StatusError } from "../status.ts";
import { authorizeNode } from "./node-authorizer.ts";
import { authorizeRbac } from "./rbac.ts";
import type { Attributes, Decision, DecisionStep, Lookup } from "./types.ts";

/** Values --authorization-mode knows. */
const MODES = ["AlwaysAllow", "AlwaysDeny", "ABAC", "Webhook", "RBAC", "Node"];

/** Why kube-apiserver does not start with these modes; undefined where it does. */
export function checkModes(modes: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (const mode of modes) {
    if (!MODES.includes(mode)) return `authorization-mode ${JSON.stringify(mode)} is not a valid mode`;
    if (seen.has(mode)) return `authorization-mode ${JSON.stringify(modes)} has mode specified more than once`;
    seen.add(mode);
  }
  return undefined;
}

function ask(mode: string, store: Lookup, wanted: Attributes): DecisionStep {
  switch (mode) {
    case "Node":
      return authorizeNode(store, wanted);
    case "RBAC":
      return authorizeRbac(store, wanted);
    case "AlwaysAllow":
      return { authorizer: "AlwaysAllow", outcome: "allow", reason: "" };
    default:
      return { authorizer: "AlwaysDeny", outcome: "no opinion", reason: "Everything is forbidden." };
  }
}

/** Asks one authorizer after the other until one has an opinion. */
export function decide(modes: readonly string[], store: Lookup, wanted: Attributes): Decision {
  if (wanted.user.groups.includes("system:masters"))
    return { outcome: "allow", reason: "", steps: [{ authorizer: "SystemMasters", outcome: "allow", reason: "" }] };
  const steps: DecisionStep[] = [];
  for (const mode of modes) {
    const step = ask(mode, store, wanted);
    steps.push(step);
    if (step.outcome !== "no opinion") return { outcome: step.outcome, reason: step.reason, steps };
  }
  const reasons = steps.map(({ reason }) => reason).filter((reason) => reason !== "");
  return { outcome: "no opinion", reason: reasons.join("\n"), steps };
}

/** `User "dev" cannot list resource "nodes" in API group "" at the cluster scope`. */
export function describeRefusal(wanted: Attributes): string {
  const who = `User ${JSON.stringify(wanted.user.name)} cannot ${wanted.verb}`;
  if (wanted.path !== "") return `${who} path ${JSON.stringify(wanted.path)}`;
  const what = wanted.subresource ? `${wanted.resource}/${wanted.subresource}` : wanted.resource;
  const where = wanted.namespace ? `in the namespace ${JSON.stringify(wanted.namespace)}` : "at the cluster scope";
  return `${who} resource ${JSON.stringify(what)} in API group ${JSON.stringify(wanted.group)} ${where}`;
}

/** The 403 a request without the right gets. */
export function forbiddenAccess(wanted: Attributes, reason: string): StatusError {
  const why = reason === "" ? describeRefusal(wanted) : `${describeRefusal(wanted)}: ${reason}`;
  if (wanted.path !== "") return new StatusError(403, "Forbidden", `forbidden: ${why}`, {});
  const { group, resource, name } = wanted;
  const qualified = group === "" ? resource : `${resource}.${group}`;
  const named = name === "" ? qualified : `${qualified} ${JSON.stringify(name)}`;
  return new StatusError(403, "Forbidden", `${named} is forbidden: ${why}`, { name, group, kind: resource });
}
