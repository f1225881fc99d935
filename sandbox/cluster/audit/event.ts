// An audit event as one line of JSON, in the order of audit.k8s.io/v1.

import { describeUser } from "../auth/reviews.ts";
import type { User } from "../auth/types.ts";
import { fromCaller } from "../auth/types.ts";
import { at, type Fields, fieldsOf, textOf } from "../object.ts";
import type { RequestContext } from "../request.ts";
import type { Judged } from "./policy.ts";

export type Stage = "RequestReceived" | "ResponseStarted" | "ResponseComplete" | "Panic";

/** metav1.MicroTime; the clock of the sandbox knows milliseconds, the rest comes from the request's id. */
function microTime(ms: number): string {
  const text = new Date(Math.floor(ms)).toISOString().slice(0, -1);
  return `${text}${String(Math.floor((ms % 1) * 1000)).padStart(3, "0")}Z`;
}

/** Go's json.Marshal escapes what HTML would read. */
export function escapeHtml(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function objectReference({ info, requestObject }: RequestContext): Fields {
  const meta = fieldsOf(fieldsOf(requestObject)["metadata"]);
  const fromBody = ["create", "update"].includes(info.verb) && info.subresource === "";
  const own = (key: string): string => (fromBody ? textOf(meta[key]) : "");
  const fields: readonly (readonly [string, string])[] = [
    ["resource", info.resource],
    ["namespace", info.namespace || own("namespace")],
    ["name", info.name || own("name")],
    ["uid", own("uid")],
    ["apiGroup", info.group],
    ["apiVersion", info.version],
    ["resourceVersion", own("resourceVersion")],
    ["subresource", info.subresource],
  ];
  return Object.fromEntries(fields.filter(([, value]) => value !== ""));
}

/** Requests that stay: watches, and the streams of pods and nodes. */
export const isLongRunning = ({ info }: RequestContext): boolean =>
  info.isResource &&
  (["watch", "proxy"].includes(info.verb) ||
    ["attach", "exec", "proxy", "log", "portforward"].includes(info.subresource));

/** The Status behind an answer: its code alone where it was a success. */
function responseStatus({ response, responseObject }: RequestContext): Fields {
  // A connection that was taken over answered by hand: it switched protocols.
  const code = response.status ?? 101;
  const body = fieldsOf(responseObject);
  if (body["kind"] !== "Status") return { metadata: {}, code };
  const { status, message, reason, details } = body;
  return {
    metadata: {},
    ...(status === undefined ? {} : { status }),
    ...(message === undefined ? {} : { message }),
    ...(reason === undefined ? {} : { reason }),
    ...(details === undefined || status === "Success" ? {} : { details }),
    code,
  };
}

/** Fields of reviews that are written though nobody set them. */
const EMPTY_STATUS: Readonly<Record<string, Fields>> = {
  tokenreviews: { user: {} },
  subjectaccessreviews: { allowed: false },
  selfsubjectaccessreviews: { allowed: false },
  localsubjectaccessreviews: { allowed: false },
};

function requestObjectOf({ requestObject, info }: RequestContext): unknown {
  const empty = EMPTY_STATUS[info.resource];
  if (empty === undefined || requestObject === undefined) return requestObject;
  const { kind, apiVersion, metadata, spec } = fieldsOf(requestObject);
  return { kind, apiVersion, metadata: metadata ?? {}, spec, status: fieldsOf(requestObject)["status"] ?? empty };
}

const withoutManaged = (value: unknown): unknown => {
  const meta = at(value, "metadata");
  if (meta === undefined || fieldsOf(meta)["managedFields"] === undefined) return value;
  const { managedFields: _, ...rest } = fieldsOf(meta);
  return { ...fieldsOf(value), metadata: rest };
};

/** The line of one stage. */
export function formatEvent(context: RequestContext, judged: Judged, stage: Stage, now: number): string {
  const { request, info, caller, impersonator, received } = context;
  const asked: User = fromCaller(impersonator ?? caller);
  const done = stage !== "RequestReceived";
  const clean = judged.omitManagedFields ? withoutManaged : (value: unknown): unknown => value;
  const withRequest = done && ["Request", "RequestResponse"].includes(judged.level);
  const withResponse = stage === "ResponseComplete" && judged.level === "RequestResponse";
  const agent = request.headers.get("user-agent") ?? "";
  const annotations = [...context.annotations].sort(([a], [b]) => (a < b ? -1 : 1));
  const requestObject = withRequest ? requestObjectOf(context) : undefined;
  const event: Fields = {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: judged.level,
    auditID: context.auditId,
    stage,
    requestURI: request.target,
    verb: info.verb,
    user: describeUser(asked),
    ...(done && impersonator !== undefined ? { impersonatedUser: describeUser(fromCaller(caller)) } : {}),
    sourceIPs: [request.remote.address.replace(/^::ffff:/, "")],
    ...(agent === "" ? {} : { userAgent: agent }),
    ...(info.isResource ? { objectRef: objectReference(context) } : {}),
    ...(done ? { responseStatus: responseStatus(context) } : {}),
    ...(requestObject === undefined ? {} : { requestObject: clean(requestObject) }),
    ...(withResponse && context.responseObject !== undefined ? { responseObject: clean(context.responseObject) } : {}),
    requestReceivedTimestamp: microTime(received),
    stageTimestamp: microTime(now),
    ...(done && annotations.length > 0 ? { annotations: Object.fromEntries(annotations) } : {}),
  };
  return `${escapeHtml(JSON.stringify(event))}\n`;
}
