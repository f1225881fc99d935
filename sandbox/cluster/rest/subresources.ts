// Subresources: what lies behind an object's path.

import type { Task } from "../../kernel/sys.ts";
import type { Resource, Subresource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";
import { StatusError } from "../status.ts";
import { sendJson } from "./codec.ts";
import { present, requireObject } from "./get.ts";
import { patchObject } from "./patch.ts";
import { updateObject } from "./update.ts";

export function* serveSubresource(context: RequestContext, resource: Resource, sub: Subresource): Task {
  switch (context.info.verb) {
    case "get":
      return yield* sendJson(context, 200, present(context, resource, requireObject(context, resource)));
    case "update":
      return yield* updateObject(context, resource, sub.name);
    case "patch":
      return yield* patchObject(context, resource, sub.name);
    default:
      throw new StatusError(501, "", `${resource.name}/${sub.name} is not modelled in this sandbox`);
  }
}
