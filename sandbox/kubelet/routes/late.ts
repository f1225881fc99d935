// Routes whose handlers are loaded when they are first asked: here only their places, so that access is decided without them.

import type { Program, Task } from "../../kernel/sys.ts";
import type { Call, Route, Service } from "./route.ts";

export const DOORS_PROGRAM = "kubelet-doors";

type DoorName =
  | "run"
  | "exec"
  | "attach"
  | "portForward"
  | "checkpoint"
  | "systemLogs"
  | "containerLogs"
  | "metrics"
  | "cadvisor"
  | "probes"
  | "resource"
  | "slis"
  | "summary"
  | "pprof"
  | "debugFlags"
  | "statusz"
  | "flagz";

export interface DoorsProgram extends Program {
  readonly doors: Readonly<Record<DoorName, (call: Call) => Task<void>>>;
}

const late = (name: DoorName): Route["handle"] =>
  function* (call) {
    const program = (yield* call.sys.load(DOORS_PROGRAM)) as DoorsProgram | undefined;
    if (program === undefined) throw new Error("the kubelet's doors cannot be loaded");
    yield* program.doors[name](call);
  };

const service = (
  prefix: string,
  name: DoorName,
  methods: readonly string[],
  ...patterns: readonly string[]
): Service => ({
  prefix,
  routes: patterns.map((pattern) => ({ methods, pattern, handle: late(name) })),
});

const withContainer = (name: DoorName, methods: readonly string[]): Service =>
  service(
    `/${name}`,
    name,
    methods,
    `/${name}/{namespace}/{pod}/{container}`,
    `/${name}/{namespace}/{pod}/{uid}/{container}`,
  );

export const containerDoors: readonly Service[] = [
  withContainer("run", ["POST"]),
  withContainer("exec", ["GET", "POST"]),
  withContainer("attach", ["GET", "POST"]),
  service(
    "/portForward",
    "portForward",
    ["GET", "POST"],
    "/portForward/{namespace}/{pod}",
    "/portForward/{namespace}/{pod}/{uid}",
  ),
];

/** Since 1.25. */
export const checkpoints = service("/checkpoint/", "checkpoint", ["POST"], "/checkpoint/{namespace}/{pod}/{container}");

export const systemLogs = service("/logs/", "systemLogs", ["GET"], "/logs/{rest*}");
export const containerLog = service(
  "/containerLogs",
  "containerLogs",
  ["GET"],
  "/containerLogs/{namespace}/{pod}/{container}",
);
export const stats = service("/stats/", "summary", ["GET", "POST"], "/stats/summary");
export const pprofService = service("/debug/pprof/", "pprof", ["GET"], "/debug/pprof/{name}");
export const metrics: readonly Route[] = [
  { pattern: "/metrics", handle: late("metrics") },
  { pattern: "/metrics/cadvisor", handle: late("cadvisor") },
  { pattern: "/metrics/probes", handle: late("probes") },
  { pattern: "/metrics/resource", handle: late("resource") },
];
/** Since 1.26. */
export const sliMetrics: Route = { pattern: "/metrics/slis", handle: late("slis") };
export const debugFlagsRoute: Route = { pattern: "/debug/flags/v", handle: late("debugFlags") };
export const statuszRoute: Route = { pattern: "/statusz", handle: late("statusz") };
export const flagzRoute: Route = { pattern: "/flagz", handle: late("flagz") };
