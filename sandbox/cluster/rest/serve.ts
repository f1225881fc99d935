// Routes: paths that are no resources, discovery, and resources by verb.

import type { Task } from "../../kernel/sys.ts";
import { mayWatch } from "../chain.ts";
import { serveDiscovery } from "../discovery.ts";
import { FEED, serveFeed } from "../feed.ts";
import { serveHealth } from "../health.ts";
import { RESOURCES } from "../registry/resources.ts";
import type { Resource, Subresource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";
import { methodNotAllowed, noSuchPath } from "../status.ts";
import { sendText } from "./codec.ts";
import { createObject } from "./create.ts";
import { deleteCollection, deleteObject } from "./delete.ts";
import { getObject } from "./get.ts";
import { listObjects } from "./list.ts";
import { patchObject } from "./patch.ts";
import { serveReview } from "./review.ts";
import { serveSubresource } from "./subresources.ts";
import { updateObject } from "./update.ts";
import { watchObjects } from "./watch.ts";

/** Resources whose objects are answered and not kept. */
const REVIEWS = new Set([
  "tokenreviews",
  "selfsubjectreviews",
  "subjectaccessreviews",
  "localsubjectaccessreviews",
  "selfsubjectaccessreviews",
  "selfsubjectrulesreviews",
]);

/** Answers a request that all gates let pass. */
export function* serve(context: RequestContext): Task {
  const { info } = context;
  if (!info.isResource) {
    if (yield* serveHealth(context)) return;
    if (info.path === FEED) return yield* serveFeed(context, mayWatch(context));
    if (yield* serveDiscovery(context)) return;
    return yield* sendNotFound(context);
  }
  const resource = servedResource(context);
  if (resource === undefined) return yield* sendUnknown(context);
  context.resource = resource;
  if (info.subresource !== "") {
    const sub = resource.subresources.find((each) => each.name === info.subresource);
    if (sub === undefined) throw noSuchPath();
    checkVerb(sub, info.verb);
    return yield* serveSubresource(context, resource, sub);
  }
  // A namespaced object is reached through its name space only; one that is not, never through one.
  if (info.parts.length > 1 && resource.namespaced && info.namespace === "") throw noSuchPath();
  if (info.namespace !== "" && !resource.namespaced && resource.name !== "namespaces") throw noSuchPath();
  checkMethod(context, resource);
  if (REVIEWS.has(resource.name)) return yield* serveReview(context, resource);
  switch (info.verb) {
    case "get":
      return yield* getObject(context, resource);
    case "list":
      return yield* listObjects(context, resource);
    case "watch":
      return yield* watchObjects(context, resource);
    case "create":
      return yield* createObject(context, resource);
    case "update":
      return yield* updateObject(context, resource, undefined);
    case "patch":
      return yield* patchObject(context, resource, undefined);
    case "delete":
      return yield* deleteObject(context, resource);
    case "deletecollection":
      return yield* deleteCollection(context, resource);
    default:
      throw methodNotAllowed();
  }
}

/** The resource of a request, built in or defined by a CustomResourceDefinition. */
function servedResource({ info }: RequestContext): Resource | undefined {
  return RESOURCES.find(
    (each) => each.name === info.resource && each.group === info.group && each.version === info.version,
  );
}

function checkVerb(sub: Subresource, verb: string): void {
  if (!sub.verbs.includes(verb)) throw methodNotAllowed();
}

/** Methods that a path does not have: POST on an object, DELETE where nothing is deleted. */
function checkMethod({ info }: RequestContext, resource: Resource): void {
  const onObject = info.parts.length > 1;
  if (info.verb === "create" ? onObject : (info.verb === "update" || info.verb === "patch") && !onObject)
    throw methodNotAllowed();
  if (!resource.verbs.includes(info.verb) || (onObject && (info.verb === "list" || info.verb === "watch")))
    throw methodNotAllowed();
}

/** Below a served group version it is a Status; a group that nobody serves is the mux's plain 404. */
function* sendUnknown(context: RequestContext): Task {
  const { info } = context;
  const served = RESOURCES.some((each) => each.group === info.group && each.version === info.version);
  if (served || info.group === "") throw noSuchPath();
  yield* sendNotFound(context);
}

function* sendNotFound(context: RequestContext): Task {
  if (context.request.path.startsWith("/api/")) throw noSuchPath();
  yield* sendText(context, 404, "404 page not found\n");
}
