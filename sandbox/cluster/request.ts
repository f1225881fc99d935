// What a request asks for (k8s.io/apiserver's RequestInfo), and the context that travels with it through the server.

import type { Sys } from "../kernel/sys.ts";
import { type HttpRequest, parseQuery, type ResponseWriter } from "../lib/http/message.ts";
import type { Judged } from "./audit/policy.ts";
import type { AccessDecision } from "./gates.ts";
import type { KubeObject } from "./object.ts";
import type { Resource } from "./registry/types.ts";
import type { ServerState } from "./state.ts";

/** Who asks (user.Info). */
export interface Caller {
  readonly user: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export interface RequestInfo {
  readonly isResource: boolean;
  readonly path: string;
  /** get, list, watch, create, update, patch, delete, deletecollection; the method in small letters for other paths. */
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** Segments from the resource on: `nodes`, `node01`, `proxy`, `healthz`. */
  readonly parts: readonly string[];
  readonly labelSelector: string;
  readonly fieldSelector: string;
}

/** Everything known about a request in progress. */
export interface RequestContext {
  readonly sys: Sys;
  readonly state: ServerState;
  readonly request: HttpRequest;
  readonly response: ResponseWriter;
  readonly info: RequestInfo;
  readonly query: ReadonlyMap<string, string>;
  /** The connection, to see that the client left. */
  readonly fd: number;
  readonly received: number;
  /** Also in the answer's Audit-Id header. */
  readonly auditId: string;
  /** What the audit policy says of it, once it was asked. */
  judged?: Judged;
  /** Set by authentication; after impersonation the one acted as. */
  caller: Caller;
  /** Who really asked, where the caller is impersonated. */
  impersonator?: Caller;
  /** The body as sent, once it was read. */
  body?: Uint8Array;
  /** Decoded object of the request, and the answer's, for the audit log. */
  requestObject?: unknown;
  responseObject?: unknown;
  /** Resource served, where it is known. */
  resource?: Resource;
  /** Texts for Warning headers; sent in order, each once. */
  readonly warnings: string[];
  /** Audit annotations, such as authorization.k8s.io/decision. */
  readonly annotations: Map<string, string>;
  /** What authorization decided; gates may give more than the interface asks, such as steps for the inspector. */
  decision?: AccessDecision;
}

/** What admission is asked about. `object` may be replaced by mutating plugins. */
export interface AdmissionRequest {
  readonly context: RequestContext;
  readonly operation: "CREATE" | "UPDATE" | "DELETE" | "CONNECT";
  readonly resource: Resource;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  object: KubeObject | undefined;
  readonly oldObject: KubeObject | undefined;
  readonly dryRun: boolean;
  /** CreateOptions, UpdateOptions, DeleteOptions, or the connect options. */
  readonly options?: Readonly<Record<string, unknown>>;
}

const VERBS: Readonly<Record<string, string>> = {
  POST: "create",
  GET: "get",
  HEAD: "get",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

const NAMESPACE_PARTS = new Set(["status", "finalize"]);

/** RequestInfoFactory.NewRequestInfo. */
export function parseRequestInfo(method: string, path: string, query: ReadonlyMap<string, string>): RequestInfo {
  const nothing = {
    isResource: false,
    path,
    verb: method.toLowerCase(),
    group: "",
    version: "",
    namespace: "",
    resource: "",
    subresource: "",
    name: "",
    parts: [],
    labelSelector: "",
    fieldSelector: "",
  };
  let parts = path.split("/").filter((part) => part !== "");
  if (parts.length < 3) return nothing;
  const prefix = parts[0];
  if (prefix !== "api" && prefix !== "apis") return nothing;
  let group = "";
  parts = parts.slice(1);
  if (prefix === "apis") {
    if (parts.length < 3) return nothing;
    group = parts[0] as string;
    parts = parts.slice(1);
  }
  const version = parts[0] as string;
  parts = parts.slice(1);
  let verb = VERBS[method] ?? "";
  if (["watch", "proxy"].includes(parts[0] ?? "")) {
    if (parts.length < 2) return nothing;
    verb = parts[0] as string;
    parts = parts.slice(1);
  }
  let namespace = "";
  if (parts[0] === "namespaces") {
    if (parts.length > 1) {
      namespace = parts[1] as string;
      // What follows a namespace is a resource in it, save the namespace's own subresources.
      if (parts.length > 2 && !NAMESPACE_PARTS.has(parts[2] as string)) parts = parts.slice(2);
    }
  }
  const [resource = "", name = "", subresource = ""] = parts;
  const labelSelector = query.get("labelSelector") ?? "";
  let fieldSelector = query.get("fieldSelector") ?? "";
  let named = name;
  if (name === "" && verb === "get") verb = isTrue(query.get("watch")) ? "watch" : "list";
  if (name === "" && verb === "delete") verb = "deletecollection";
  if (["list", "watch", "deletecollection"].includes(verb) && named === "")
    named = /^metadata\.name=([^,=!]+)$/.exec(fieldSelector)?.[1] ?? "";
  if (!["list", "watch", "deletecollection"].includes(verb)) fieldSelector = "";
  return {
    isResource: true,
    path,
    verb,
    group,
    version,
    namespace,
    resource,
    subresource,
    name: named,
    parts,
    labelSelector,
    fieldSelector,
  };
}

/** A boolean of a query as conversion reads it: there and neither `false` nor `0`. */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && !["false", "0"].includes(value.toLowerCase());
}

/** Query parameters by name; the first of each counts. */
export function queryOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of parseQuery(text)) if (!found.has(name)) found.set(name, value);
  return found;
}
