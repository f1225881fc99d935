// Probes of running containers: started, alive, ready. fidelity: after successes the gaps grow up to a minute, a failure brings the
// true period back; servers inside pods with a network of their own open no ports, so only host-network pods are really asked.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { structured } from "../log.ts";
import { type ContainerRun, type KubeletState, log, type Pod } from "../state.ts";
import { callApi } from "./api.ts";
import { tellPod } from "./events.ts";
import { list, record, type Stored } from "./manifest.ts";
import { callRuntime } from "./runtime.ts";

const KINDS = ["startupProbe", "livenessProbe", "readinessProbe"] as const;
const WORDS = { startupProbe: "Startup", livenessProbe: "Liveness", readinessProbe: "Readiness" } as const;
const LONGEST = 60_000;

const seconds = (probe: Stored, name: string, initial: number): number => Number(probe[name] ?? initial) * 1000;

/** A container has just started: probes begin anew. */
export function startProbes(container: Stored, run: ContainerRun, now: number): void {
  run.probes = {};
  run.started = container.startupProbe === undefined;
  run.ready = container.readinessProbe === undefined && run.started;
  for (const kind of KINDS) {
    if (container[kind] === undefined) continue;
    const probe = record(container[kind]);
    run.probes[kind] = {
      next: now + Math.max(500, seconds(probe, "initialDelaySeconds", 0)),
      gap: seconds(probe, "periodSeconds", 10),
      good: 0,
      bad: 0,
    };
  }
}

/** When the next probe of a pod is due. */
export function nextProbe(pod: Pod): number | undefined {
  const due = Object.values(pod.containers)
    .filter((run) => run.running)
    .flatMap((run) =>
      Object.entries(run.probes)
        .filter(([kind]) => (kind === "startupProbe") === !run.started)
        .map(([, { next }]) => next),
    );
  return due.length === 0 ? undefined : Math.min(...due);
}

/** Asks what is due; the names of containers that are to be restarted because they failed. */
export function* runProbes(sys: Sys, state: KubeletState, pod: Pod): Task<string[]> {
  const failed: string[] = [];
  for (const container of list(pod.object.spec.containers)) {
    const name = String(container.name);
    const run = pod.containers[name];
    if (run === undefined || !run.running) continue;
    for (const kind of KINDS) {
      const clock = run.probes[kind];
      if (clock === undefined || clock.next > sys.now() || (kind === "startupProbe") === run.started) continue;
      const probe = record(container[kind]);
      const trouble = yield* ask(sys, state, pod, container, run, probe);
      const period = seconds(probe, "periodSeconds", 10);
      clock.gap = trouble === undefined ? Math.min(LONGEST, clock.good === 0 ? period : clock.gap * 2) : period;
      clock.next = sys.now() + clock.gap;
      clock.good = trouble === undefined ? clock.good + 1 : 0;
      clock.bad = trouble === undefined ? 0 : clock.bad + 1;
      if (trouble !== undefined) yield* complain(sys, state, pod, name, WORDS[kind], trouble);
      const over = clock.bad >= Number(probe.failureThreshold ?? 3);
      if (kind === "readinessProbe") run.ready = over ? false : run.ready || trouble === undefined;
      else if (over) failed.push(name);
      else if (kind === "startupProbe" && trouble === undefined) {
        run.started = true;
        run.ready = container.readinessProbe === undefined;
        for (const other of Object.values(run.probes)) other.next = Math.min(other.next, sys.now() + 500);
      }
    }
  }
  return failed;
}

function* complain(sys: Sys, state: KubeletState, pod: Pod, name: string, kind: string, trouble: string): Task {
  tellPod(sys, state, pod, "Warning", "Unhealthy", `${kind} probe failed: ${trouble}`, name);
  if (!state.profile.structured) return;
  const text = structured(
    "Probe failed",
    ["probeType", kind],
    ["pod", `${pod.namespace}/${pod.name}`],
    ["podUID", pod.uid],
    ["containerName", name],
    ["probeResult", "failure"],
    ["output", trouble],
  );
  yield* log(sys, { severity: "I", source: "prober.go:120", text });
}

const portOf = (container: Stored, port: unknown): number =>
  typeof port === "number" ? port : Number(list(container.ports).find((p) => p.name === port)?.containerPort ?? port);

/** Undefined where the probe succeeds. */
function* ask(
  sys: Sys,
  state: KubeletState,
  pod: Pod,
  container: Stored,
  run: ContainerRun,
  probe: Stored,
): Task<string | undefined> {
  if (probe.exec !== undefined) {
    const command = (record(probe.exec).command ?? []) as string[];
    const reply = yield* callRuntime(sys, state, { method: "ExecSync", container: run.id, command });
    if ("error" in reply) return reply.error;
    return "exitCode" in reply && reply.exitCode !== 0 ? reply.stdout + reply.stderr : undefined;
  }
  if (pod.object.spec.hostNetwork !== true) return undefined;
  const get = record(probe.httpGet ?? probe.tcpSocket ?? probe.grpc);
  const host = String(get.host || state.nodeIP);
  const port = portOf(container, get.port);
  if (probe.httpGet === undefined) {
    const fd = yield* sys.connect(
      { family: "tcp", address: host, port },
      { timeout: seconds(probe, "timeoutSeconds", 1) },
    );
    if (isErrno(fd)) return `dial tcp ${host}:${port}: connect: ${fd.text.toLowerCase()}`;
    sys.close(fd);
    return undefined;
  }
  const server = `${String(get.scheme ?? "HTTP").toLowerCase()}://${host}:${port}`;
  const client = { server, ca: undefined, certificate: undefined, key: undefined, token: undefined, insecure: true };
  const caller = { profile: state.profile, client, idle: [] as number[] };
  const reply = yield* callApi(sys, caller, "GET", String(get.path ?? "/"));
  for (const fd of caller.idle) sys.close(fd);
  if ("error" in reply) return reply.error;
  return reply.status >= 200 && reply.status < 400 ? undefined : `HTTP probe failed with statuscode: ${reply.status}`;
}
