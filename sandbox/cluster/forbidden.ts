// What authorization's no looks like: who, what, where, and the authorizer's reason if it gave one.

import type { Caller, RequestInfo } from "./request.ts";
import { StatusError } from "./status.ts";

/** responsewriters.Forbidden: who, what, where, and the authorizer's reason if it gave one. */
export function forbiddenByRules(info: RequestInfo, caller: Caller, reason: string): StatusError {
  const because = reason === "" ? "" : `: ${reason}`;
  const user = JSON.stringify(caller.user);
  if (!info.isResource)
    return new StatusError(
      403,
      "Forbidden",
      `forbidden: User ${user} cannot ${info.verb} path ${JSON.stringify(info.path)}${because}`,
      {},
    );
  const what = info.subresource === "" ? info.resource : `${info.resource}/${info.subresource}`;
  const where = info.namespace === "" ? "at the cluster scope" : `in the namespace ${JSON.stringify(info.namespace)}`;
  const full = info.group === "" ? info.resource : `${info.resource}.${info.group}`;
  const named = info.name === "" ? full : `${full} ${JSON.stringify(info.name)}`;
  return new StatusError(
    403,
    "Forbidden",
    `${named} is forbidden: User ${user} cannot ${info.verb} resource "${what}" in API group "${info.group}" ${where}${because}`,
    { name: info.name, group: info.group, kind: info.resource },
  );
}
