// Answers requests at the control door: one JSON line in, answers queued for the connection.

import { isErrno } from "../../kernel/errno.ts";
import { descriptionOf } from "../definition.ts";
import type { Properties, Refusal, Reply, Request, UnitRow } from "../protocol.ts";
import { isJobError, loadProblem, request as requestJob, runJobs } from "./jobs.ts";
import { log } from "./log.ts";
import { activeState, type Manager, type UnitRuntime } from "./state.ts";
import { forgetUnused, getUnit, knownUnit, reloadAll } from "./units.ts";

/** What is rare, loaded when first asked for (systemd-more). */
export interface More {
  answerRare(manager: Manager, fd: number, request: Request): void;
  propertiesOf(manager: Manager, unit: UnitRuntime): Properties;
  managerProperties(manager: Manager): Properties;
  /** The clock of a timer, path or socket unit rang. */
  triggerRang(manager: Manager, unit: UnitRuntime): void;
  /** Somebody is at a door; false where PID 1 is to take the connection, which goes to `accepted`. */
  knocked(manager: Manager, unit: UnitRuntime): boolean;
  accepted(manager: Manager, unit: UnitRuntime, fd: number): void;
  /** Why one who is not root may not. */
  refuseCaller(manager: Manager, request: Request): Refusal | undefined;
}

const PLAIN = new Set(["job", "list-units", "list-jobs", "unit-of-pid", "reload", "reexec", "reset-failed"]);
const READS = new Set(["show", "show-manager", "list-units", "list-jobs", "unit-of-pid"]);

/** Whether a request cannot be answered without the rare part. */
export function needsMore(uid: number, line: string): boolean {
  const { call } = JSON.parse(line) as Request;
  return !PLAIN.has(call) || (uid !== 0 && !READS.has(call));
}

export function send(manager: Manager, fd: number, reply: Reply): void {
  manager.state.outbox.push({ fd, text: `${JSON.stringify(reply)}\n` });
}

/** Takes one line of a connection. */
export function handleRequest(manager: Manager, fd: number, uid: number, line: string, more?: More): void {
  const request = JSON.parse(line) as Request;
  const early = request.call === "job" ? missingUnit(manager, request) : undefined;
  const refusal = early ?? (uid === 0 ? undefined : more?.refuseCaller(manager, request));
  if (refusal !== undefined) send(manager, fd, refusal);
  else answer(manager, fd, request, more);
  runJobs(manager);
  if (request.call === "show" || request.call === "job") forgetUnused(manager);
}

/** A unit that is not there is told before anybody is asked for a password. */
function missingUnit(manager: Manager, request: Request & { call: "job" }): Refusal | undefined {
  if (request.verb === "stop") return undefined;
  const problem = loadProblem(getUnit(manager, request.unit));
  return problem?.error === "NoSuchUnit" ? problem : undefined;
}

function answer(manager: Manager, fd: number, request: Request, more: More | undefined): void {
  switch (request.call) {
    case "job":
      answerJob(manager, fd, request);
      return;
    case "show":
      send(manager, fd, { properties: more?.propertiesOf(manager, getUnit(manager, request.unit)) ?? {} });
      return;
    case "show-manager":
      send(manager, fd, { properties: more?.managerProperties(manager) ?? {} });
      return;
    case "list-units":
      send(manager, fd, { units: Object.values(manager.state.units).map((unit) => unitRow(manager, unit)) });
      return;
    case "list-jobs": {
      const jobs = Object.values(manager.state.jobs);
      send(manager, fd, {
        jobs: jobs.map((job) => ({
          id: job.id,
          unit: job.unit,
          type: job.type,
          state: job.running ? "running" : "waiting",
        })),
      });
      return;
    }
    case "unit-of-pid":
      answerPid(manager, fd, request.pid);
      return;
    case "reload":
    case "reexec":
      reload(manager, fd, request.call);
      send(manager, fd, { ok: true });
      return;
    case "reset-failed":
      resetFailed(manager, fd, request.unit);
      return;
    default:
      more?.answerRare(manager, fd, request);
  }
}

function answerJob(manager: Manager, fd: number, request: Request & { call: "job" }): void {
  const job = requestJob(manager, {
    verb: request.verb,
    unit: request.unit,
    alone: request.alone === true,
    byHand: true,
  });
  if (isJobError(job)) {
    send(manager, fd, job);
    return;
  }
  send(manager, fd, { ok: true, job: job.id });
  if (job.type === "nop") send(manager, fd, { event: "job-removed", job: 0, unit: job.unit, result: "done" });
  else if (request.wait) job.waiters.push(fd);
}

function unitRow(manager: Manager, unit: UnitRuntime): UnitRow {
  const job = unit.job === undefined ? undefined : manager.state.jobs[unit.job];
  return {
    id: unit.definition.id,
    load: unit.definition.load,
    active: activeState(unit),
    sub: unit.sub,
    description: descriptionOf(unit.definition),
    job: job?.type ?? "",
  };
}

function answerPid(manager: Manager, fd: number, pid: number): void {
  const process = manager.sys.process(pid);
  if (process === undefined) {
    send(manager, fd, { error: "NoSuchUnit", message: `PID ${pid} doesn't exist or is already gone.` });
    return;
  }
  const name = process.cgroup.split("/").findLast((part) => /\.(?:service|scope|slice)$/.test(part));
  send(manager, fd, { unit: pid === 1 ? "init.scope" : (name ?? "-.slice") });
}

function reload(manager: Manager, fd: number, call: "reload" | "reexec"): void {
  log(manager, 5, `${call === "reload" ? "Reload" : "Reexecute"} requested${callerOf(manager, fd)}...`);
  if (call === "reload") log(manager, 6, "Reloading...");
  reloadAll(manager);
  if (call === "reload") log(manager, 6, "Reloading finished in 48 ms.");
}

/** ` from client PID 812 ('systemctl') (unit session-3.scope)`; nothing for a signal. */
function callerOf(manager: Manager, fd: number): string {
  const peer = fd < 0 ? undefined : manager.sys.peerCredentials(fd);
  if (peer === undefined || isErrno(peer)) return "";
  const process = manager.sys.process(peer.pid);
  const unit = process?.cgroup.split("/").findLast((part) => /\.(?:service|scope)$/.test(part));
  const name = process === undefined ? "" : ` ('${process.comm}')`;
  return ` from client PID ${peer.pid}${name}${unit === undefined ? "" : ` (unit ${unit})`}`;
}

function resetFailed(manager: Manager, fd: number, name: string | undefined): void {
  const units =
    name === undefined ? Object.values(manager.state.units) : [knownUnit(manager, name) ?? getUnit(manager, name)];
  const missing =
    name !== undefined && units[0]?.definition.load === "not-found" && activeState(units[0]) === "inactive";
  if (missing) {
    send(manager, fd, { error: "NoSuchUnit", message: `Unit ${name} not loaded.` });
    return;
  }
  for (const unit of units) {
    unit.rateBegin = 0;
    unit.rateCount = 0;
    if (activeState(unit) === "failed") {
      unit.sub = "dead";
      unit.result = "success";
      unit.restarts = 0;
    }
  }
  send(manager, fd, { ok: true });
}

/** The boot: everything the default target wants. */
export function startTarget(manager: Manager, name: string): void {
  const job = requestJob(manager, { verb: "start", unit: name });
  if (isJobError(job)) log(manager, 2, `Failed to start default target: ${job.message}`);
  runJobs(manager);
}
