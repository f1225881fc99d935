// Reviews: objects that are answered and not kept.

import type { Task } from "../../kernel/sys.ts";
import { gates } from "../chain.ts";
import type { Resource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";
import { decodeObject } from "../schema/decode.ts";
import { recordManager } from "../schema/managed-fields.ts";
import { sendJson } from "./codec.ts";

export function* serveReview(context: RequestContext, resource: Resource): Task {
  const object = yield* decodeObject(context, resource);
  const managed = recordManager(context, resource, object, undefined);
  yield* sendJson(context, 201, yield* gates.review(context, managed));
}
