// Which routes a port has: Go's mux in front (exact paths, prefixes, redirects), go-restful's services behind it.

import { gateOn } from "../config/gates.ts";
import { pods, runningPods } from "../node/late.ts";
import { isOn, type KubeletState, type Role } from "../state.ts";
import { configzRoute } from "./configz.ts";
import { health, healthzPort } from "./health.ts";
import {
  checkpoints,
  containerDoors,
  containerLog,
  debugFlagsRoute,
  flagzRoute,
  metrics,
  pprofService,
  sliMetrics,
  stats,
  statuszRoute,
  systemLogs,
} from "./late.ts";
import { plainError, type Route, type Service, TEXT } from "./route.ts";

export interface Table {
  readonly exact: ReadonlyMap<string, Route>;
  readonly services: readonly Service[];
}

/** A prefix that answers everything with one refusal. */
function disabled(prefix: string, body: string): Service {
  return { prefix, routes: [{ pattern: "*", handle: ({ response }) => plainError(response, 405, TEXT, body) }] };
}

const exactly = (route: Route, body: string): Route => ({
  ...route,
  handle: ({ response }) => plainError(response, 405, TEXT, body),
});

const DEBUG_PREFIXES = [
  "/run/",
  "/exec/",
  "/attach/",
  "/portForward/",
  "/containerLogs/",
  "/runningpods/",
  "/debug/pprof/",
  "/logs/",
];

/** The routes of one port with this configuration. */
export function routesOf(state: KubeletState, role: Role): Table {
  if (role === "healthz") return { exact: new Map(healthzPort.map((r) => [r.pattern, r])), services: [] };
  const { minor } = state.profile;
  const gates = (state.effective.values["featureGates"] ?? {}) as Record<string, boolean>;
  const exact: Route[] = [...health, ...metrics, ...(minor >= 26 ? [sliMetrics] : [])];
  const services: Service[] = [pods, stats];
  if (role === "read-only" || !isOn(state, "enableDebuggingHandlers")) {
    services.push(...DEBUG_PREFIXES.map((prefix) => disabled(prefix, "Debug endpoints are disabled.\n")));
    return table(exact, services);
  }
  const on = (path: string): boolean => minor < 21 || isOn(state, path);
  services.push(...containerDoors, containerLog, runningPods);
  services.push(
    isOn(state, "enableSystemLogHandler") ? systemLogs : disabled("/logs/", "logs endpoint is disabled.\n"),
  );
  services.push(
    on("enableProfilingHandler") ? pprofService : disabled("/debug/pprof/", "profiling endpoint is disabled.\n"),
  );
  exact.push(
    configzRoute,
    on("enableDebugFlagsHandler") ? debugFlagsRoute : exactly(debugFlagsRoute, "flags endpoint is disabled.\n"),
  );
  if (minor >= 25 && gateOn("ContainerCheckpoint", gates, minor)) services.push(checkpoints);
  if (minor >= 32 && gateOn("ComponentStatusz", gates, minor)) exact.push(statuszRoute);
  if (minor >= 32 && gateOn("ComponentFlagz", gates, minor)) exact.push(flagzRoute);
  return table(exact, services);
}

function table(exact: readonly Route[], services: readonly Service[]): Table {
  return { exact: new Map(exact.map((r) => [r.pattern, r])), services };
}

export type Found =
  | { readonly kind: "exact"; readonly route: Route }
  | { readonly kind: "service"; readonly service: Service }
  | { readonly kind: "redirect"; readonly to: string }
  | { readonly kind: "none" };

/** What Go's ServeMux makes of a path: cleaned first, then exact, then the longest prefix. */
export function findRoute({ exact, services }: Table, path: string): Found {
  const clean = cleanPath(path);
  if (clean !== path) return { kind: "redirect", to: clean };
  const route = exact.get(path);
  if (route !== undefined) return { kind: "exact", route };
  for (const service of services) {
    const { prefix } = service;
    if (prefix.endsWith("/")) {
      if (path.startsWith(prefix)) return { kind: "service", service };
      if (`${path}/` === prefix) return { kind: "redirect", to: prefix };
    } else if (path === prefix || path.startsWith(`${prefix}/`)) return { kind: "service", service };
  }
  return { kind: "none" };
}

function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  const joined = `/${parts.join("/")}`;
  return path.endsWith("/") && joined !== "/" ? `${joined}/` : joined;
}
