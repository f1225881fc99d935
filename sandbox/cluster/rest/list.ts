// Lists: selectors, pages, and the list kinds.

import type { Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import { fromBase64Url, toBase64Url } from "../../lib/crypto/base64.ts";
import { componentStatuses } from "../component-status.ts";
import type { Fields, KubeObject } from "../object.ts";
import { apiVersionOf, keyOf, type Resource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";
import {
  checkFields,
  type FieldRequirement,
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
  type Requirement,
} from "../selectors.ts";
import { badRequest, invalidOptions, StatusError, unknownOption } from "../status.ts";
import { readObjects } from "../storage.ts";
import { tableOf } from "../table/table.ts";
import { negotiate, notAcceptable, sendJson } from "./codec.ts";
import { inVersion, metadataOnly, warnDeprecated } from "./get.ts";

export interface Selection {
  readonly labels: readonly Requirement[];
  readonly fields: readonly FieldRequirement[];
  readonly namespace: string | undefined;
}

/** What a list or watch selects. Throws BadRequest. */
export function selectionOf(context: RequestContext, resource: Resource): Selection {
  const labels = parseLabelSelector(context.query.get("labelSelector") ?? "");
  const fields = parseFieldSelector(context.query.get("fieldSelector") ?? "");
  checkFields(resource.storage, resource.kind, fields);
  return {
    labels,
    fields,
    namespace: resource.namespaced && context.info.namespace !== "" ? context.info.namespace : undefined,
  };
}

export function isSelected(object: KubeObject, { labels, fields, namespace }: Selection): boolean {
  return (
    (namespace === undefined || object.metadata.namespace === namespace) &&
    matchesLabels(object.metadata.labels, labels) &&
    matchesFields(object, fields)
  );
}

/** etcd3's continue token: the key after which the next page begins, below the list's own prefix. */
function formatContinue(revision: number, key: string): string {
  return toBase64Url(encode(JSON.stringify({ v: "meta.k8s.io/v1", rv: revision, start: `${key}\u0000` })));
}

function parseContinue(token: string): string {
  const bytes = fromBase64Url(token);
  try {
    const { start } = JSON.parse(decode(bytes ?? new Uint8Array())) as { start: string };
    return start.replace(/\0$/, "").replace(/^\//, "");
  } catch {
    throw badRequest("continue key is not valid: illegal base64 data");
  }
}

/** Objects without what a list's items leave out. */
function asItem(object: KubeObject): Fields {
  const { kind: _, apiVersion: __, ...item } = object;
  return item;
}

export function* listObjects(context: RequestContext, resource: Resource): Task {
  const { query, state } = context;
  const accepted = negotiate(context.request.headers.get("accept"));
  if (accepted === undefined) throw notAcceptable();
  const selection = selectionOf(context, resource);
  checkVersion(context);
  warnDeprecated(context, resource);
  const all =
    resource.name === "componentstatuses"
      ? yield* componentStatuses(context)
      : readObjects(state, resource.storage, selection.namespace);
  let objects = all.filter((each) => isSelected(each, selection));
  const token = query.get("continue") ?? "";
  const within = (object: KubeObject): string =>
    selection.namespace === undefined ? keyOf(object) : (object.metadata.name ?? "");
  if (token !== "") {
    const start = parseContinue(token);
    objects = objects.filter((each) => within(each) > start);
  }
  const limit = Number(query.get("limit") ?? 0) || 0;
  const left = limit > 0 ? objects.length - limit : 0;
  if (left > 0) objects = objects.slice(0, limit);
  const last = objects[objects.length - 1];
  const metadata: Fields = {
    resourceVersion: String(state.revision),
    ...(left > 0 && last !== undefined
      ? { continue: formatContinue(state.revision, `/${within(last)}`.replace(/^\/(?=.)/, "/")) }
      : {}),
    // With a selector etcd does not know how many are left.
    ...(left > 0 && selection.labels.length + selection.fields.length === 0 ? { remainingItemCount: left } : {}),
  };
  if (accepted.as === "Table") return yield* sendJson(context, 200, tableOf(context, resource, objects, metadata));
  if (accepted.as === "PartialObjectMetadataList" || accepted.as === "PartialObjectMetadata")
    return yield* sendJson(context, 200, {
      kind: "PartialObjectMetadataList",
      apiVersion: "meta.k8s.io/v1",
      metadata,
      items: objects.map(metadataOnly),
    });
  yield* sendJson(context, 200, {
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(resource),
    metadata,
    items: objects.map((each) => asItem(inVersion(each, resource))),
  });
}

/** Refuses resourceVersions that are no numbers, and matches that do not fit; lists those that lie in the future. */
export function checkVersion({ query, state }: RequestContext, watches = false): void {
  const text = query.get("resourceVersion") ?? "";
  const match = query.get("resourceVersionMatch") ?? "";
  const initial = query.has("sendInitialEvents");
  const refuse = (field: string, why: string): StatusError =>
    invalidOptions("GET", field, "FieldValueForbidden", `Forbidden: ${why}`);
  if (initial && !watches) throw refuse("sendInitialEvents", "sendInitialEvents is forbidden for list");
  if (initial && match !== "NotOlderThan")
    throw refuse("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
  if (match !== "" && watches && !initial)
    throw refuse(
      "resourceVersionMatch",
      "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
    );
  if (match !== "" && text === "" && !initial)
    throw refuse("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided");
  if (!["", "Exact", "NotOlderThan"].includes(match))
    throw unknownOption("GET", "resourceVersionMatch", match, '"Exact", "NotOlderThan", ""');
  if (text === "") return;
  if (!/^\d+$/.test(text))
    throw new StatusError(
      400,
      "BadRequest",
      `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  if (Number(text) > state.revision && !watches)
    throw new StatusError(504, "Timeout", `Too large resource version: ${text}, current: ${state.revision}`, {
      causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
      retryAfterSeconds: 1,
    });
}
