import { expect, it } from "vitest";
import type { Sys } from "../../kernel/sys.ts";
import type { ServerState } from "../state.ts";
import { DECISION_LIMIT, decisionsOf, rememberDecision } from "./trace.ts";
import { NO_ATTRIBUTES, userOf } from "./types.ts";

it("remembers the latest decisions as plain data", () => {
  const sys = { now: () => 7 } as Sys;
  const state = { gates: {} } as ServerState;
  const asked = { ...NO_ATTRIBUTES, user: userOf("dev"), verb: "get", resource: "nodes", subresource: "proxy" };
  const step = { authorizer: "RBAC", outcome: "no opinion", reason: "" } as const;
  for (let i = 0; i <= DECISION_LIMIT; i++)
    rememberDecision(
      sys,
      state,
      "request",
      { ...asked, name: `n${i}` },
      { outcome: "no opinion", reason: "", steps: [step] },
    );
  const list = decisionsOf(state);
  expect(list.length).toBe(DECISION_LIMIT);
  expect(list.at(-1)).toMatchObject({
    at: 7,
    user: "dev",
    resource: "nodes/proxy",
    name: `n${DECISION_LIMIT}`,
    allowed: false,
  });
  expect(JSON.parse(JSON.stringify(list))).toEqual(list);
});
