// May they: the verb of the method, the node's subresources of the path, AlwaysAllow or the API server's SubjectAccessReview.

import type { Sys, Task } from "../../kernel/sys.ts";
import type { TraceStep } from "../../lib/trace.ts";
import { milliseconds } from "../config/duration.ts";
import { callApi } from "../node/api.ts";
import { deciding, type KubeletState, setting, type User } from "../state.ts";

const VERBS: Readonly<Record<string, string>> = {
  GET: "get",
  POST: "create",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

/** HEAD and OPTIONS have no verb of their own. */
export const verbOf = (method: string): string => VERBS[method] ?? "";

const below = (path: string, base: string): boolean =>
  path === base || path.startsWith(base.endsWith("/") ? base : `${base}/`);

/** Subresources of the node that allow a path, tried in order. */
export function subresourcesOf(path: string, fineGrained: boolean): readonly string[] {
  if (below(path, "/stats")) return ["stats"];
  if (below(path, "/metrics")) return ["metrics"];
  if (below(path, "/logs")) return ["log"];
  if (!fineGrained) return ["proxy"];
  if (below(path, "/checkpoint")) return ["checkpoint"];
  if (below(path, "/statusz")) return ["statusz"];
  if (below(path, "/flagz")) return ["configz"];
  if (below(path, "/pods") || below(path, "/runningpods")) return ["pods", "proxy"];
  if (below(path, "/healthz")) return ["healthz", "proxy"];
  if (below(path, "/configz")) return ["configz", "proxy"];
  return ["proxy"];
}

export type Authorization =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly status: 403 | 500;
      readonly body: string;
      readonly error: string;
      readonly verb: string;
      readonly subresource: string;
      readonly subresources: readonly string[];
    };

export function* authorize(
  sys: Sys,
  state: KubeletState,
  user: User,
  method: string,
  path: string,
  steps: TraceStep[],
): Task<Authorization> {
  const verb = verbOf(method);
  const { fineGrained } = state.profile;
  const subresources = subresourcesOf(path, fineGrained);
  const decided = deciding(state, "authorization.mode");
  if (setting(state, "authorization.mode") === "AlwaysAllow") {
    steps.push({
      stage: "authorization",
      part: "AlwaysAllow",
      outcome: "yes",
      text: "Everything is allowed to everyone who was let in.",
      decided,
    });
    return { allowed: true };
  }
  for (const subresource of subresources) {
    const review = yield* ask(sys, state, user, verb, subresource);
    const shown = { verb, resource: "nodes", subresource, name: state.nodeName, user: user.name, groups: user.groups };
    if ("error" in review) {
      steps.push({
        stage: "authorization",
        part: subresource,
        outcome: "error",
        text: `The API server could not be asked: ${review.error}.`,
        decided,
        review: { ...shown, reason: review.error, cached: false },
      });
      const body = `Authorization error (user=${user.name}, verb=${verb}, resource=nodes, subresource=${subresource})`;
      return { allowed: false, status: 500, body, error: review.error, verb, subresource, subresources };
    }
    const text = `${user.name} may ${review.allowed ? "" : "not "}${verb || "do this"} on nodes/${subresource}.`;
    steps.push({
      stage: "authorization",
      part: subresource,
      outcome: review.allowed ? "yes" : "no",
      text,
      decided,
      review: { ...shown, reason: review.reason, cached: review.cached },
    });
    if (review.allowed) return { allowed: true };
  }
  const what = fineGrained ? `subresource(s)=[${subresources.join(" ")}])\n` : `subresource=${subresources[0]})`;
  const body = `Forbidden (user=${user.name}, verb=${verb}, resource=nodes, ${what}`;
  return { allowed: false, status: 403, body, error: "", verb, subresource: subresources[0] ?? "", subresources };
}

type Review =
  | { readonly allowed: boolean; readonly reason: string; readonly cached: boolean }
  | { readonly error: string };

const CACHE_SIZE = 8192;

function* ask(sys: Sys, state: KubeletState, user: User, verb: string, subresource: string): Task<Review> {
  const spec = {
    resourceAttributes: {
      ...(verb === "" ? {} : { verb }),
      version: "v1",
      resource: "nodes",
      subresource,
      name: state.nodeName,
    },
    user: user.name,
    groups: user.groups,
    ...(user.uid === "" ? {} : { uid: user.uid }),
    ...(Object.keys(user.extra).length === 0 ? {} : { extra: user.extra }),
  };
  const key = JSON.stringify(spec);
  const known = state.decisions.get(key);
  if (known !== undefined && known.until > sys.now())
    return { allowed: known.allowed, reason: known.reason, cached: true };
  state.asked.access = true;
  const reply = yield* callApi(sys, state, "POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
    kind: "SubjectAccessReview",
    apiVersion: "authorization.k8s.io/v1",
    metadata: {},
    spec,
  });
  if ("error" in reply) return reply;
  if (reply.status >= 300) return { error: reply.text };
  const status = (reply.body["status"] ?? {}) as { allowed?: boolean; reason?: string };
  const allowed = status.allowed === true;
  const reason = status.reason ?? "";
  const life = milliseconds(
    setting(state, `authorization.webhook.${allowed ? "cacheAuthorizedTTL" : "cacheUnauthorizedTTL"}`),
  );
  if (state.decisions.size >= CACHE_SIZE) state.decisions.clear();
  if (life > 0) state.decisions.set(key, { allowed, reason, until: sys.now() + life });
  return { allowed, reason, cached: false };
}
