// is-active, is-failed, is-enabled, is-system-running: one word a unit, and an exit status to test.

import type { Task } from "../../kernel/sys.ts";
import { viewOf } from "../../systemd/file-view.ts";
import { unitFileState } from "../../systemd/install.ts";
import type { Context } from "./context.ts";
import { unitNames } from "./context.ts";
import { expandPatterns } from "./jobs.ts";

function* checkStates(context: Context, good: readonly string[], bad: number): Task<number> {
  const { bus, out, options } = context;
  const names = yield* expandPatterns(context, unitNames(context, context.args));
  let found = false;
  let missing = true;
  for (const unit of names) {
    const properties = yield* bus.show(unit);
    const state = String(properties.ActiveState ?? "unknown");
    if (!options.has("quiet")) out.print(`${state}\n`);
    if (good.includes(state)) found = true;
    if (properties.LoadState !== "not-found") missing = false;
  }
  if (names.length === 0) {
    if (!options.has("quiet")) out.print("inactive\n");
    return bad;
  }
  return found ? 0 : missing ? 4 : bad;
}

export function* isActive(context: Context): Task<number> {
  return yield* checkStates(context, ["active", "reloading"], 3);
}

export function* isFailed(context: Context): Task<number> {
  if (context.args.length === 0) {
    const reply = yield* context.bus.call({ call: "show-manager" });
    const state = "properties" in reply ? String(reply.properties.SystemState) : "unknown";
    if (!context.options.has("quiet")) context.out.print(`${state}\n`);
    return state === "degraded" ? 0 : 1;
  }
  return yield* checkStates(context, ["failed"], 1);
}

const ENABLED = ["enabled", "enabled-runtime", "static", "alias", "indirect", "generated", "linked", "linked-runtime"];

export function* isEnabled(context: Context): Task<number> {
  const { out, sys } = context;
  let enabled = false;
  let status = 1;
  for (const unit of unitNames(context, context.args)) {
    const { state } = unitFileState(viewOf(sys), unit);
    if (!context.options.has("quiet")) out.print(`${state}\n`);
    if (ENABLED.includes(state)) enabled = true;
    if (state === "not-found") status = 4;
  }
  return enabled ? 0 : status;
}

export function* isSystemRunning(context: Context): Task<number> {
  const reply = yield* context.bus.call({ call: "show-manager" });
  const state = "properties" in reply ? String(reply.properties.SystemState) : "unknown";
  if (!context.options.has("quiet")) context.out.print(`${state}\n`);
  return state === "running" ? 0 : 1;
}
