// What goes over the wire: content negotiation, JSON in Go's spelling, Status answers, Warning headers.

import type { Task } from "../../kernel/sys.ts";
import { formatYaml } from "../../lib/yaml-go/emit.ts";
import type { RequestContext } from "../request.ts";
import { StatusError } from "../status.ts";

/** JSON as Go's encoder writes it: HTML characters and line separators escaped. */
export function formatBody(value: unknown, pretty: boolean): string {
  const text = JSON.stringify(value, undefined, pretty ? 2 : undefined).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return pretty ? text : `${text}\n`;
}

/** Whether JSON is laid out for people: asked for, or the client is a browser or curl. */
export function wantsPretty(context: RequestContext): boolean {
  const asked = context.query.get("pretty");
  if (asked !== undefined) return /^(1|t|true)$/i.test(asked);
  return /^(curl|Wget|Mozilla\/5\.0)/.test(context.request.headers.get("user-agent") ?? "");
}

/** How the answer is to look, from the Accept header. */
export interface Accepted {
  readonly as: "Table" | "PartialObjectMetadata" | "PartialObjectMetadataList" | "APIGroupDiscoveryList" | undefined;
  readonly yaml: boolean;
}

const CONVERSIONS = new Set(["Table", "PartialObjectMetadata", "PartialObjectMetadataList", "APIGroupDiscoveryList"]);

/** The first acceptable clause; undefined where there is none (406). */
export function negotiate(accept: string | undefined): Accepted | undefined {
  if (accept === undefined || accept.trim() === "") return { as: undefined, yaml: false };
  for (const clause of accept.split(",")) {
    const [type = "", ...parameters] = clause.split(";").map((part) => part.trim());
    const yaml = type === "application/yaml";
    if (!yaml && !["application/json", "*/*", "application/*"].includes(type)) continue;
    const as = parameters.find((part) => part.startsWith("as="))?.slice(3);
    if (as === undefined) return { as: undefined, yaml };
    if (CONVERSIONS.has(as)) return { as: as as Accepted["as"], yaml };
  }
  return undefined;
}

export const notAcceptable = (): StatusError =>
  new StatusError(
    406,
    "NotAcceptable",
    "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf",
  );

/** Puts the warnings gathered so far into headers: `299 - "text"`. */
export function setWarnings(context: RequestContext): void {
  for (const text of new Set(context.warnings))
    context.response.add("Warning", `299 - "${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`);
}

/** A whole JSON answer; `parameters` say more of its media type. */
export function* sendJson(
  context: RequestContext,
  code: number,
  body: unknown,
  pretty = wantsPretty(context),
  parameters = "",
): Task {
  const { response } = context;
  context.responseObject = body;
  setWarnings(context);
  response.set("Cache-Control", "no-cache, private");
  const yaml = negotiate(context.request.headers.get("accept"))?.yaml;
  response.set("Content-Type", `application/${yaml ? "yaml" : "json"}${parameters}`);
  response.writeHead(code);
  yield* response.write(yaml ? formatYaml(body) : formatBody(body, pretty));
}

/** The Status object of an error. */
export function* sendError(context: RequestContext, error: StatusError): Task {
  if (error.code === 403 || error.code === 401) context.response.set("X-Content-Type-Options", "nosniff");
  if (error.details?.retryAfterSeconds !== undefined)
    context.response.set("Retry-After", String(error.details.retryAfterSeconds));
  yield* sendJson(context, error.code, error.toStatus());
}

/** A plain text answer, as http.Error and health checks send it. */
export function* sendText(context: RequestContext, code: number, text: string): Task {
  const { response } = context;
  response.set("Cache-Control", "no-cache, private");
  response.set("Content-Type", "text/plain; charset=utf-8");
  response.set("X-Content-Type-Options", "nosniff");
  response.writeHead(code);
  yield* response.write(text);
}
