// /metrics and its kin: families in the order of their names, with values that move with the node's life.

import type { Task } from "../../kernel/sys.ts";
import type { ResponseWriter } from "../../lib/http/message.ts";
import type { Call } from "../routes/route.ts";
import { isOn, type KubeletState, setting } from "../state.ts";
import { cadvisor as cadvisor120, metrics as metrics120 } from "./metrics-120.ts";
import { cadvisor as cadvisor136, metrics as metrics136 } from "./metrics-136.ts";

interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
}

function parseFamilies(table: string): readonly Family[] {
  return table
    .trim()
    .split("\n")
    .map((line) => {
      const [, name = "", type = "", help = ""] = /^(\S+) (\S+) (.*)$/.exec(line) ?? [];
      return { name, type, help };
    });
}

function send(state: KubeletState, response: ResponseWriter, body: string): Task<boolean> {
  response.set(
    "Content-Type",
    `text/plain; version=0.0.4; charset=utf-8${state.profile.minor >= 31 ? "; escaping=underscores" : ""}`,
  );
  return response.write(body);
}

const BOUNDS = ["0.005", "0.025", "0.1", "0.5", "1", "2.5", "10", "+Inf"];

/** One family with samples of the right shape. */
function familyText({ name, type, help }: Family, samples: readonly string[] | undefined): string {
  const head = `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
  if (samples !== undefined) return head + samples.map((s) => `${name}${s}\n`).join("");
  if (type === "histogram")
    return `${head}${BOUNDS.map((le) => `${name}_bucket{le="${le}"} 0\n`).join("")}${name}_sum 0\n${name}_count 0\n`;
  if (type === "summary") return `${head}${name}_sum 0\n${name}_count 0\n`;
  return `${head}${name} 0\n`;
}

const seconds = (ms: number): string => (ms / 1000).toExponential(9).replace(/e\+(\d)$/, "e+0$1");

function samplesOf(call: Call): Readonly<Record<string, readonly string[]>> {
  const { state, sys } = call;
  const [, major = "1", minor = "", patch = ""] = /^v(\d+)\.(\d+)\.(\d+)/.exec(state.profile.version) ?? [];
  const running = state.pods.filter((p) => p.startedAt !== undefined).length;
  return {
    kubelet_node_name: [`{node="${state.nodeName}"} 1`],
    kubelet_running_pods: [` ${running}`],
    kubelet_running_containers: [
      `{container_state="running"} ${state.pods.reduce((n, p) => n + Object.keys(p.containers).length, 0)}`,
    ],
    kubelet_http_requests_total: Object.entries(state.requests)
      .sort()
      .map(([path, n]) => `{long_running="false",method="GET",path="${path}",server_type="readwrite"} ${n}`),
    process_start_time_seconds: [` ${seconds(state.startedAt)}`],
    kubernetes_build_info: [
      `{compiler="gc",git_version="v${major}.${minor}.${patch}",major="${major}",minor="${minor}",platform="linux/amd64"} 1`,
    ],
    go_goroutines: [` ${96 + (sys.pid % 17)}`],
  };
}

/** Families that appear only once something was counted in them. */
function isPresent(state: KubeletState, name: string): boolean {
  if (name.startsWith("apiserver_delegated_authn_")) return state.asked.tokens;
  if (name.startsWith("apiserver_delegated_authz_")) return state.asked.access;
  if (name.startsWith("authentication_token_cache_")) return isOn(state, "authentication.webhook.enabled");
  if (name === "dra_operations_duration_seconds") return state.pods.length > 0;
  return true;
}

function* main(call: Call): Task {
  const { state, response } = call;
  const known = samplesOf(call);
  const table = parseFamilies(state.profile.minor === 20 ? metrics120 : metrics136);
  const shown = table.filter((family) => isPresent(state, family.name));
  yield* send(state, response, shown.map((family) => familyText(family, known[family.name])).join(""));
}

function* cadvisor({ sys, state, response }: Call): Task {
  const now = Math.floor(sys.now());
  const labels = 'container="",id="/",image="",name="",namespace="",pod=""';
  const body = parseFamilies(state.profile.minor === 20 ? cadvisor120 : cadvisor136).map((family) =>
    familyText(
      family,
      family.name === "cadvisor_version_info"
        ? [
            `{cadvisorRevision="",cadvisorVersion="",dockerVersion="${state.profile.minor < 24 ? "Unknown" : ""}",kernelVersion="${sys.machine.release}",osVersion="Debian GNU/Linux 13 (trixie)"} 1`,
          ]
        : [`{${labels}} 0 ${now}`],
    ),
  );
  yield* send(state, response, body.join(""));
}

const START_HELP = "Start time of the process since unix epoch in seconds.";
const startFamily = (state: KubeletState): string =>
  `# HELP process_start_time_seconds [ALPHA] ${START_HELP}\n# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds ${seconds(state.startedAt)}\n`;

/** Before 1.23 the start time was one object for all registries of the process: only a second server's page still had it. */
function* probes({ state, response }: Call): Task {
  const taken = state.profile.minor < 23 && (setting<number>(state, "readOnlyPort") ?? 0) === 0;
  yield* send(state, response, taken ? "" : startFamily(state));
}

function* slis({ state, response }: Call): Task {
  const names = ["device-plugin", "log", "ping", "syncloop"];
  const body =
    familyText(
      {
        name: "kubernetes_healthcheck",
        type: "gauge",
        help: "[STABLE] This metric records the result of a single healthcheck.",
      },
      names.map((n) => `{name="${n}",type="healthz"} 1`),
    ) +
    familyText(
      {
        name: "kubernetes_healthchecks_total",
        type: "counter",
        help: "[STABLE] This metric records the results of all healthcheck.",
      },
      names.map((n) => `{name="${n}",status="success",type="healthz"} 1`),
    ) +
    startFamily(state);
  yield* send(state, response, state.requests["/healthz"] === undefined ? startFamily(state) : body);
}

/** Families of /metrics/resource: name, type, help, unit of the samples; 1.20 has the plain ones, all alpha. */
function* resource({ sys, state, response }: Call): Task {
  const modern = state.profile.minor >= 25;
  const level = modern ? "STABLE" : "ALPHA";
  const now = Math.floor(sys.now());
  const containers = state.pods.flatMap((p) =>
    Object.entries(p.containers).map(([name, c]) => ({
      label: `container="${name}",namespace="${p.namespace}",pod="${p.name}"`,
      c,
    })),
  );
  const pods = state.pods
    .filter((p) => p.startedAt !== undefined)
    .map((p) => `namespace="${p.namespace}",pod="${p.name}"`);
  const each = (labels: readonly string[], value: (i: number) => string): string[] =>
    [...labels].sort().map((l, i) => `{${l}} ${value(i)}`);
  const byContainer = containers.map(({ label }) => label);
  const parts: string[] = [];
  const add = (name: string, type: string, mark: string, help: string, samples: readonly string[]): void => {
    if (samples.length > 0) parts.push(familyText({ name, type, help: `[${mark}] ${help}` }, samples));
  };
  add(
    "container_cpu_usage_seconds_total",
    "counter",
    level,
    "Cumulative cpu time consumed by the container in core-seconds",
    each(byContainer, () => `0.012345678 ${now}`),
  );
  add(
    "container_memory_working_set_bytes",
    "gauge",
    level,
    "Current working set of the container in bytes",
    each(byContainer, () => `4.194304e+06 ${now}`),
  );
  if (modern) {
    add(
      "container_start_time_seconds",
      "gauge",
      level,
      "Start time of the container since unix epoch in seconds",
      containers.map(({ label, c }) => `{${label}} ${seconds(c.startedAt)}`).sort(),
    );
    add(
      "container_swap_limit_bytes",
      "gauge",
      "ALPHA",
      "Current amount of the container swap limit in bytes. Reported only on non-windows systems",
      each(byContainer, () => `0 ${now}`),
    );
    add(
      "container_swap_usage_bytes",
      "gauge",
      "ALPHA",
      "Current amount of the container swap usage in bytes. Reported only on non-windows systems",
      each(byContainer, () => `0 ${now}`),
    );
  }
  add("node_cpu_usage_seconds_total", "counter", level, "Cumulative cpu time consumed by the node in core-seconds", [
    ` ${((now - sys.bootTime()) / 4000).toFixed(5)} ${now}`,
  ]);
  add("node_memory_working_set_bytes", "gauge", level, "Current working set of the node in bytes", [
    ` 6.12e+08 ${now}`,
  ]);
  if (modern)
    add(
      "node_swap_usage_bytes",
      "gauge",
      "ALPHA",
      "Current swap usage of the node in bytes. Reported only on non-windows systems",
      [` 0 ${now}`],
    );
  add(
    "pod_cpu_usage_seconds_total",
    "counter",
    level,
    "Cumulative cpu time consumed by the pod in core-seconds",
    each(pods, () => `0.012345678 ${now}`),
  );
  add(
    "pod_memory_working_set_bytes",
    "gauge",
    level,
    "Current working set of the pod in bytes",
    each(pods, () => `4.194304e+06 ${now}`),
  );
  if (modern)
    add(
      "pod_swap_usage_bytes",
      "gauge",
      "ALPHA",
      "Current amount of the pod swap usage in bytes. Reported only on non-windows systems",
      each(pods, () => `0 ${now}`),
    );
  const name = modern ? "resource_scrape_error" : "scrape_error";
  add(name, "gauge", level, "1 if there was an error while getting container metrics, 0 otherwise", [" 0"]);
  yield* send(state, response, parts.join(""));
}

export const metricDoors = { metrics: main, cadvisor, probes, resource, slis };
