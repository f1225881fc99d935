// The kubelet's routes: asked of its own route tables and its own authorization, version by version; what each gives is told here.

import { defaultRbacObjects } from "#sandbox/cluster/auth/default-roles.ts";
import { subresourcesOf, verbOf } from "#sandbox/kubelet/auth/authorize.ts";
import { fields } from "#sandbox/kubelet/config/fields.ts";
import { routesOf } from "#sandbox/kubelet/routes/index.ts";
import type { KubeletState, Role } from "#sandbox/kubelet/state.ts";
import { kubelet120, kubelet136, type Profile } from "#sandbox/kubelet/version/profile.ts";

export interface RouteRow {
  readonly path: string;
  /** Methods it answers; undefined: any. */
  readonly methods: readonly string[] | undefined;
  /** Rights on nodes, tried in order: the first that is given opens it. */
  readonly rights: readonly string[];
  /** The same in 1.20; empty where the route was not there. */
  readonly rights120: readonly string[];
  /** Also on the read-only port, where that is open. */
  readonly readOnly: boolean;
  readonly gives: string;
  /** Lesson in which it is met. */
  readonly lesson: string | undefined;
}

/** What a route gives, by the beginning of its path; the longest wins. */
const gives: Readonly<Record<string, readonly [gives: string, lesson?: string]>> = {
  "/healthz": ["ok, while the kubelet runs.", "sign-on/first-watch"],
  "/pods": ["Every pod of the node with its whole spec, environment variables included.", "pirates/hail-the-ship"],
  "/runningpods": ["Pods as the runtime sees them.", "pirates/hail-the-ship"],
  "/stats/summary": ["Use of CPU, memory, disk and network, by pod."],
  "/metrics": ["The kubelet’s metrics.", "pirates/hail-the-ship"],
  "/metrics/cadvisor": ["Metrics of every container."],
  "/metrics/resource": ["CPU and memory of node and pods; what metrics-server reads.", "ship-shape/the-crews-rights"],
  "/metrics/probes": ["Results of liveness and readiness probes."],
  "/metrics/slis": ["Health checks as metrics."],
  "/run": ["Runs a command in a container and answers its output.", "pirates/hail-the-ship"],
  "/exec": ["Runs a command with streams; what kubectl exec uses.", "pirates/hail-the-ship"],
  "/attach": ["The streams of a container’s own process."],
  "/portForward": ["A tunnel to a port of a pod."],
  "/containerLogs": ["Output of a container; what kubectl logs uses.", "sealed-dispatches/moor-with-care"],
  "/configz": ["Every setting in force.", "sign-on/the-ships-papers"],
  "/checkpoint": ["Writes a container’s memory to the node’s disk."],
  "/logs": ["Files below /var/log of the host.", "pirates/hail-the-ship"],
  "/debug/pprof": ["Profiles of the kubelet’s own program."],
  "/debug/flags/v": ["Sets how much the kubelet logs."],
  "/statusz": ["Version and uptime of the kubelet."],
  "/flagz": ["The kubelet’s command line."],
};

/** A kubelet that has decided nothing but its settings: enough to ask which routes it has. */
function settled({ minor, ...profile }: Profile): KubeletState {
  const values = Object.fromEntries(
    fields.map((field) => [field.path, minor <= 20 ? field.in120 : field.withFile] as const),
  );
  return { profile: { minor, ...profile }, effective: { values, sources: {} } } as unknown as KubeletState;
}

interface Place {
  readonly path: string;
  readonly methods: readonly string[] | undefined;
}

function listRoutes(profile: Profile, role: Role): Place[] {
  const { exact, services } = routesOf(settled(profile), role);
  return [
    ...[...exact].map(([path, { methods }]) => ({ path, methods })),
    ...services.flatMap(({ prefix, routes }) =>
      // `*`: a prefix that answers everything with a refusal.
      routes
        .filter(({ pattern }) => pattern !== "*")
        .map(({ pattern, methods }) => ({ path: pattern.startsWith("/") ? pattern : prefix, methods })),
    ),
  ];
}

const rightsOf = ({ path }: Place, { fineGrained }: Profile): string[] =>
  subresourcesOf(path, fineGrained).map((subresource) => `nodes/${subresource}`);

function findGift(path: string): readonly [string, string?] | undefined {
  const key = Object.keys(gives)
    .filter((each) => path === each || path.startsWith(`${each}/`))
    .sort((a, b) => b.length - a.length)[0];
  return key === undefined ? undefined : gives[key];
}

const older = new Map(listRoutes(kubelet120, "secure").map((place) => [place.path, place]));
const plain = new Set(listRoutes(kubelet136, "read-only").map(({ path }) => path));

/** Routes of port 10250 in 1.36. Paths with a uid in them are left out: they are the same doors. */
export const routeRows: readonly RouteRow[] = listRoutes(kubelet136, "secure")
  .filter(({ path }) => !path.includes("{uid}"))
  .map((place) => {
    const before = older.get(place.path);
    const gift = findGift(place.path);
    return {
      ...place,
      rights: rightsOf(place, kubelet136),
      rights120: before === undefined ? [] : rightsOf(before, kubelet120),
      readOnly: plain.has(place.path),
      gives: gift?.[0] ?? "",
      lesson: gift?.[1],
    };
  });

/** The verb that a method is reviewed with. */
export const verbs: readonly (readonly [method: string, verb: string])[] = [
  "GET",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "HEAD",
  "OPTIONS",
].map((method) => [method, verbOf(method)]);

/** Paths of the health port. */
export const healthPaths: readonly string[] = listRoutes(kubelet136, "healthz").map(({ path }) => path);

interface Rule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
}

const clusterRoles = defaultRbacObjects().filter(
  ({ kind, metadata }) => kind === "ClusterRole" && metadata.name?.startsWith("system:controller:") !== true,
);

function grants({ verbs: may = [], apiGroups = [], resources = [] }: Rule, right: string, verb: string): boolean {
  const has = (list: readonly string[], wanted: string): boolean => list.includes("*") || list.includes(wanted);
  return has(may, verb) && has(apiGroups, "") && has(resources, right);
}

/** ClusterRoles of a fresh cluster that give a right on nodes with a verb; those of controllers, which may read everything, left out. */
export function rolesWith(right: string, verb = "get"): string[] {
  return clusterRoles
    .filter((role) => ((role as unknown as { rules?: Rule[] }).rules ?? []).some((rule) => grants(rule, right, verb)))
    .map(({ metadata }) => metadata.name ?? "")
    .sort();
}

/** Every right that some route asks for, with who has it from the start. */
export const rightRows: readonly { readonly right: string; readonly roles: readonly string[] }[] = [
  ...new Set(routeRows.flatMap(({ rights }) => rights)),
].map((right) => ({ right, roles: rolesWith(right) }));
