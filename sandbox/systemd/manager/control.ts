// Answers requests at the control door: one JSON line in, answers queued for the connection.

import { isErrno } from "../../kernel/errno.ts";
import { findSignal } from "../../kernel/signal.ts";
import { descriptionOf, settingOf } from "../definition.ts";
import { viewOf } from "../file-view.ts";
import { changeUnitFiles } from "../install.ts";
import type { Refusal, Reply, Request, UnitRow } from "../protocol.ts";
import { parseUnitName } from "../unit-name.ts";
import { findFragment } from "../unit-paths.ts";
import { refuseCaller } from "./authorize.ts";
import { isJobError, loadProblem, request as requestJob, runJobs } from "./jobs.ts";
import { log, logUnit } from "./log.ts";
import { managerProperties, propertiesOf } from "./properties.ts";
import { activeState, isDown, type Manager, type UnitRuntime } from "./state.ts";
import { forgetUnused, getUnit, knownUnit, processesOf, reloadAll } from "./units.ts";

function send(manager: Manager, fd: number, reply: Reply): void {
  manager.state.outbox.push({ fd, text: `${JSON.stringify(reply)}\n` });
}

/** Takes one line of a connection. */
export function handleRequest(manager: Manager, fd: number, uid: number, line: string): void {
  const request = JSON.parse(line) as Request;
  const early = request.call === "job" ? missingUnit(manager, request) : undefined;
  const refusal = early ?? refuseCaller(manager, uid, request);
  if (refusal !== undefined) send(manager, fd, refusal);
  else answer(manager, fd, request);
  runJobs(manager);
  if (request.call === "show" || request.call === "job") forgetUnused(manager);
}

/** A unit that is not there is told before anybody is asked for a password. */
function missingUnit(manager: Manager, request: Request & { call: "job" }): Refusal | undefined {
  if (request.verb === "stop") return undefined;
  const problem = loadProblem(getUnit(manager, request.unit));
  return problem?.error === "NoSuchUnit" ? problem : undefined;
}

function answer(manager: Manager, fd: number, request: Request): void {
  switch (request.call) {
    case "job":
      answerJob(manager, fd, request);
      return;
    case "isolate":
      isolate(manager, fd, request.unit);
      return;
    case "show":
      send(manager, fd, { properties: propertiesOf(manager, getUnit(manager, request.unit)) });
      return;
    case "show-manager":
      send(manager, fd, { properties: managerProperties(manager) });
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
    case "kill":
      kill(manager, fd, request);
      return;
    case "unit-files":
      send(manager, fd, changeUnitFiles(manager.sys, request));
      return;
    case "set-default":
      setDefault(manager, fd, request.unit);
      return;
    case "set-property":
      setProperty(manager, fd, request);
      return;
    case "set-environment":
    case "unset-environment":
      setEnvironment(manager, request);
      send(manager, fd, { ok: true });
      return;
    case "power":
      manager.state.shutdown = request.verb;
      log(manager, 5, `System is ${request.verb === "reboot" ? "rebooting" : "powering down"}.`);
      send(manager, fd, { ok: true });
      return;
    case "hostname":
      manager.sys.writeFile("/etc/hostname", `${request.name}\n`);
      manager.sys.setHostname(request.name);
      send(manager, fd, { ok: true });
      return;
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

/** Starts a target and stops what it does not need. */
function isolate(manager: Manager, fd: number, name: string): void {
  const unit = getUnit(manager, name);
  if (settingOf(unit.definition, "Unit.AllowIsolate") !== "yes") {
    send(manager, fd, { error: "Failed", message: "Operation refused, unit may not be isolated." });
    return;
  }
  const job = requestJob(manager, { verb: "start", unit: name });
  if (isJobError(job)) send(manager, fd, job);
  else send(manager, fd, { ok: true, job: job.id });
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

function kill(manager: Manager, fd: number, request: Request & { call: "kill" }): void {
  const unit = knownUnit(manager, request.unit) ?? getUnit(manager, request.unit);
  if (unit.definition.load === "not-found" && isDown(activeState(unit))) {
    send(manager, fd, { error: "NoSuchUnit", message: `Unit ${request.unit} not loaded.` });
    return;
  }
  const signal = findSignal(request.signal) ?? "SIGTERM";
  const tell = (pid: number, what: string, verb: string) => {
    const comm = manager.sys.process(pid)?.comm ?? "n/a";
    if (manager.sys.kill(pid, signal) === undefined) {
      logUnit(manager, unit, 6, `${verb} signal ${signal} to ${what} ${pid} (${comm}) on client request.`);
    }
  };
  const others = processesOf(manager, unit).filter((pid) => pid !== unit.mainPid && pid !== unit.controlPid);
  if (request.whom === "main" && unit.mainPid === 0) {
    send(manager, fd, { error: "Failed", message: "No main process to kill" });
    return;
  }
  if (unit.controlPid > 0 && request.whom !== "main") tell(unit.controlPid, "control process", "Sent");
  if (unit.mainPid > 0 && request.whom !== "control") tell(unit.mainPid, "main process", "Sent");
  if (request.whom === "all" && signal === "SIGKILL") {
    for (const pid of others) manager.sys.kill(pid, signal);
    logUnit(manager, unit, 6, "Killed unit cgroup with SIGKILL on client request.");
  } else if (request.whom === "all") for (const pid of others) tell(pid, "process", "Sending");
  send(manager, fd, { ok: true });
}

function setDefault(manager: Manager, fd: number, name: string): void {
  const { sys } = manager;
  const path = "/etc/systemd/system/default.target";
  const fragment = findFragment(viewOf(sys), name);
  if (fragment === undefined) {
    const failure: Refusal = { error: "NoSuchUnit", message: `Unit file ${name} does not exist.` };
    send(manager, fd, failure);
    return;
  }
  const had = sys.unlink(path) === undefined;
  sys.symlink(fragment.path, path);
  const created = { kind: "created" as const, text: `${path}\t${fragment.path}` };
  send(manager, fd, { changes: had ? [{ kind: "removed", text: path }, created] : [created], installable: true });
}

const SETTABLE = /^(?:CPU|Memory|IO|Tasks|IP|Block|Device|Delegate|Allowed|Startup|ManagedOOM|Description|Markers)/;

/** Writes a drop-in below system.control for each property, and reads the unit with it. */
function setProperty(manager: Manager, fd: number, request: Request & { call: "set-property" }): void {
  const unit = getUnit(manager, request.unit);
  const problem = loadProblem(unit);
  if (problem !== undefined) {
    send(manager, fd, problem);
    return;
  }
  const { id, dropIns } = unit.definition;
  const folder = `${request.runtime ? "/run" : "/etc"}/systemd/system.control/${id}.d`;
  const section = parseUnitName(id).type === "service" ? "Service" : "Slice";
  const written: string[] = [];
  for (const assignment of request.assignments) {
    const [key = "", ...rest] = assignment.split("=");
    if (!SETTABLE.test(key)) {
      send(manager, fd, { error: "InvalidArgs", message: `Cannot set property ${key}, or unknown property.` });
      return;
    }
    let path = "";
    for (const part of folder.split("/").slice(1)) {
      path += `/${part}`;
      manager.sys.mkdir(path, 0o755);
    }
    const file = `${folder}/50-${key}.conf`;
    const head =
      '# This is a drop-in unit file extension, created via "systemctl set-property"\n# or an equivalent operation. Do not edit.\n';
    manager.sys.writeFile(file, `${head}[${section}]\n${key}=${rest.join("=")}\n`);
    written.push(file);
  }
  const all = [...new Set([...dropIns, ...written])].sort((a, b) => (base(a) < base(b) ? -1 : 1));
  unit.definition = Object.freeze({ ...unit.definition, dropIns: Object.freeze(all), dropInMtime: manager.sys.now() });
  send(manager, fd, { ok: true });
}

const base = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

function setEnvironment(manager: Manager, request: { call: string; assignments: readonly string[] }): void {
  for (const assignment of request.assignments) {
    const equals = assignment.indexOf("=");
    if (request.call === "unset-environment")
      delete manager.state.environment[equals < 0 ? assignment : assignment.slice(0, equals)];
    else if (equals > 0) manager.state.environment[assignment.slice(0, equals)] = assignment.slice(equals + 1);
  }
}

/** The boot: everything the default target wants. */
export function startTarget(manager: Manager, name: string): void {
  const job = requestJob(manager, { verb: "start", unit: name });
  if (isJobError(job)) log(manager, 2, `Failed to start default target: ${job.message}`);
  runJobs(manager);
}
