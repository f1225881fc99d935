// /healthz and its single checks.

import { type Route, TEXT, text } from "./route.ts";

const CHECKS = ["ping", "log", "syncloop"];

export const health: readonly Route[] = [
  {
    pattern: "/healthz",
    *handle({ response, query }) {
      response.set("Content-Type", TEXT);
      response.set("X-Content-Type-Options", "nosniff");
      const verbose = query("verbose").length > 0;
      yield* response.write(verbose ? `${CHECKS.map((c) => `[+]${c} ok\n`).join("")}healthz check passed\n` : "ok");
    },
  },
  ...CHECKS.map(
    (check): Route => ({ pattern: `/healthz/${check}`, handle: ({ response }) => text(response, 200, "ok") }),
  ),
];

/** The little server on the healthz port: ping only. */
export const healthzPort: readonly Route[] = health.slice(0, 2);
