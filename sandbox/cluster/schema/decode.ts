// Objects of request bodies, checked against what their kind has.

import type { Task } from "../../kernel/sys.ts";
import type { KubeObject } from "../object.ts";
import { apiVersionOf, type Resource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";
import { readObject } from "../rest/decode.ts";

export function* decodeObject(context: RequestContext, resource: Resource): Task<KubeObject> {
  const { object } = yield* readObject(context, { apiVersion: apiVersionOf(resource), kind: resource.kind });
  context.requestObject = object;
  return object;
}
