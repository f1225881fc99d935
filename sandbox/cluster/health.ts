// Paths about the server itself: health checks, version, index, metrics, OpenID discovery.

import type { Task } from "../kernel/sys.ts";
import type { RequestContext } from "./request.ts";
import { sendJson, sendText } from "./rest/codec.ts";

export const VERSION = Object.freeze({
  major: "1",
  minor: "36",
  emulationMajor: "1",
  emulationMinor: "36",
  minCompatibilityMajor: "1",
  minCompatibilityMinor: "35",
  gitVersion: "v1.36.2",
  gitCommit: "98b35193b2ac7a23a673325f5e9b830ecd5ba406",
  gitTreeState: "clean",
  buildDate: "2026-06-10T00:00:00Z",
  goVersion: "go1.26.10",
  compiler: "gc",
  platform: "linux/amd64",
});

/** Answers paths about the server; false where the path is none. */
export function* serveHealth(context: RequestContext): Task<boolean> {
  const { path } = context.request;
  if (path === "/version" || path === "/version/") yield* sendJson(context, 200, VERSION);
  else if (["/healthz", "/livez", "/readyz"].includes(path)) yield* sendText(context, 200, "ok");
  else return false;
  return true;
}
