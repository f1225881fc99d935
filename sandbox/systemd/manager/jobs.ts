// Jobs: what is to be started and stopped, in which order, and who is told of the end.

import { EXEC_KINDS, settingOf } from "../definition.ts";
import type { JobEvent, JobVerb } from "../protocol.ts";
import { parseUnitName } from "../unit-name.ts";
import { failedCondition } from "./conditions.ts";
import { refuseCycle } from "./cycles.ts";
import { logJobBegun, logJobDone, logUnit } from "./log.ts";
import { enterRestart, hitStartLimit, newInvocation, reloadService, startService, stopService } from "./service.ts";
import { SKIPPED } from "./service-result.ts";
import { belowStartLimit } from "./start-limit.ts";
import {
  activeState,
  isActive,
  isDown,
  type Job,
  type JobResult,
  type JobType,
  type Manager,
  type UnitRuntime,
} from "./state.ts";
import { closeDoors, dependents, getUnit, knownUnit, resolve, setState, triggeredName } from "./units.ts";

/** What may go wrong before there is a job, as on the bus: name and text. */
export interface JobError {
  readonly error: "NoSuchUnit" | "UnitMasked" | "LoadFailed" | "BadSetting" | "NotApplicable" | "OnlyByDependency";
  readonly message: string;
}

export const isJobError = (value: Job | JobError): value is JobError => "error" in value;

/** Why a unit cannot be started; undefined where it can. */
export function loadProblem(unit: UnitRuntime): JobError | undefined {
  const { id, load } = unit.definition;
  switch (load) {
    case "loaded":
      return undefined;
    case "not-found":
      return { error: "NoSuchUnit", message: `Unit ${id} not found.` };
    case "masked":
      return { error: "UnitMasked", message: `Unit ${id} is masked.` };
    case "bad-setting":
      return { error: "BadSetting", message: `Unit ${id} has a bad unit file setting.` };
    default:
      return {
        error: "LoadFailed",
        message: `Unit ${id} failed to load properly, please adjust/correct and reload service manager: Bad message`,
      };
  }
}

/** Puts a job on a unit, without its dependencies. A job that is there already is joined or replaced. */
export function addJob(manager: Manager, unit: UnitRuntime, type: JobType): Job {
  const { state } = manager;
  const old = unit.job === undefined ? undefined : state.jobs[unit.job];
  if (old !== undefined) {
    if (old.type === type || (old.type === "restart" && type === "start")) return old;
    if (old.type === "start" && type === "restart" && !old.running) {
      old.type = type;
      return old;
    }
    finishJob(manager, unit, old, "canceled");
  }
  const job: Job = {
    id: state.nextJob++,
    unit: unit.definition.id,
    type,
    running: false,
    waiters: [],
    irreversible: false,
  };
  state.jobs[job.id] = job;
  unit.job = job.id;
  return job;
}

/** A start with all it pulls in; the job of the unit itself. Required units that cannot be loaded stop it. */
function planStart(manager: Manager, unit: UnitRuntime, type: JobType, seen: Set<string>): JobError | undefined {
  seen.add(unit.definition.id);
  const { Requires, BindsTo, Wants, Upholds, Conflicts } = unit.definition.dependencies;
  for (const name of [...Requires, ...BindsTo]) {
    const other = getUnit(manager, name);
    if (seen.has(other.definition.id)) continue;
    const problem = loadProblem(other);
    if (problem !== undefined && !isActive(activeState(other))) return problem;
    if (isActive(activeState(other))) continue;
    const inner = planStart(manager, other, "start", seen);
    if (inner !== undefined) return inner;
  }
  for (const name of [...Wants, ...Upholds]) {
    const other = getUnit(manager, name);
    if (seen.has(other.definition.id) || loadProblem(other) !== undefined || isActive(activeState(other))) continue;
    planStart(manager, other, "start", seen);
  }
  for (const name of Conflicts) {
    const other = knownUnit(manager, name);
    if (other !== undefined && !isDown(activeState(other))) addJob(manager, other, "stop");
  }
  addJob(manager, unit, type);
  return undefined;
}

function planStop(manager: Manager, unit: UnitRuntime, seen: Set<string>): void {
  seen.add(unit.definition.id);
  for (const other of dependents(manager, unit.definition.id, ["Requires", "BindsTo", "PartOf", "Requisite"])) {
    if (!seen.has(other.definition.id) && !isDown(activeState(other))) planStop(manager, other, seen);
  }
  addJob(manager, unit, "stop");
}

export interface Request {
  readonly verb: JobVerb;
  readonly unit: string;
  /** --job-mode=ignore-dependencies, or dependencies are seen to. */
  readonly alone?: boolean;
  /** Asked for by hand, so RefuseManualStart= and its like count. */
  readonly byHand?: boolean;
}

function reloadable(unit: UnitRuntime): boolean {
  return unit.definition.commands.ExecReload.length > 0;
}

/** Which kind of job a verb means for a unit as it is now; undefined means nothing is to be done. */
function jobType(request: Request, unit: UnitRuntime): JobType | undefined {
  const down = isDown(activeState(unit));
  switch (request.verb) {
    case "try-restart":
      return down ? undefined : "restart";
    case "reload-or-restart":
      return !down && reloadable(unit) ? "reload" : "restart";
    case "try-reload-or-restart":
      return down ? undefined : reloadable(unit) ? "reload" : "restart";
    default:
      return request.verb;
  }
}

/** Takes a request; the job, or why there is none. A `nop` job is over at once. */
export function request(manager: Manager, wanted: Request): Job | JobError {
  const { verb } = wanted;
  if (verb === "stop") {
    const known = knownUnit(manager, wanted.unit) ?? getUnit(manager, wanted.unit);
    const missing = known.definition.load === "not-found" && activeState(known) === "inactive";
    if (missing) return { error: "NoSuchUnit", message: `Unit ${wanted.unit} not loaded.` };
    if (wanted.byHand && settingOf(known.definition, "Unit.RefuseManualStop") === "yes") return refuse(known);
    planStop(manager, known, new Set());
    return manager.state.jobs[known.job ?? -1] as Job;
  }
  const unit = getUnit(manager, wanted.unit);
  const problem = loadProblem(unit);
  if (problem !== undefined) return problem;
  const isReload = verb === "reload" || (verb.includes("reload") && jobType(wanted, unit) === "reload");
  if (isReload && !reloadable(unit)) {
    return { error: "NotApplicable", message: `Job type reload is not applicable for unit ${unit.definition.id}.` };
  }
  if (wanted.byHand && settingOf(unit.definition, "Unit.RefuseManualStart") === "yes" && verb !== "reload")
    return refuse(unit);
  const type = jobType(wanted, unit);
  if (type === undefined) {
    return { id: 0, unit: unit.definition.id, type: "nop", running: false, waiters: [], irreversible: false };
  }
  if (type === "reload" || wanted.alone) return addJob(manager, unit, type);
  const inner = planStart(manager, unit, type, new Set());
  if (inner !== undefined) return inner;
  const cyclic = wanted.byHand && type === "start" ? refuseCycle(manager, unit) : undefined;
  if (cyclic !== undefined) return cyclic;
  if (type === "restart") {
    for (const other of dependents(manager, unit.definition.id, ["Requires", "BindsTo", "PartOf"])) {
      if (!isDown(activeState(other)) && other !== unit) addJob(manager, other, "restart");
    }
  }
  return manager.state.jobs[unit.job ?? -1] as Job;
}

function refuse(unit: UnitRuntime): JobError {
  const message = `Operation refused, unit ${unit.definition.id} may be requested by dependency only (it is configured to refuse manual start/stop).`;
  return { error: "OnlyByDependency", message };
}

// --- order ---

const stops = (job: Job): boolean => job.type === "stop" || job.type === "restart";

/** Whether a job must wait for another unit's: later ones for earlier ones, and for everything that goes down first. */
function mustWait(manager: Manager, job: Job, unit: UnitRuntime): boolean {
  const { id } = unit.definition;
  for (const other of Object.values(manager.state.jobs)) {
    if (other.id === job.id) continue;
    const partner = manager.state.units[other.unit];
    if (partner === undefined) continue;
    const after =
      [...unit.definition.dependencies.After].some((name) => resolve(manager, name) === other.unit) ||
      partner.definition.dependencies.Before.some((name) => resolve(manager, name) === id);
    if (after && (!stops(job) || (stops(other) && !stops(job)))) return true;
    const before =
      unit.definition.dependencies.Before.some((name) => resolve(manager, name) === other.unit) ||
      partner.definition.dependencies.After.some((name) => resolve(manager, name) === id);
    if (before && stops(other)) return true;
  }
  return false;
}

/** Runs all jobs that may run, until none is left that may. */
export function runJobs(manager: Manager): void {
  for (let again = true; again; ) {
    again = false;
    for (const job of Object.values(manager.state.jobs)) {
      const unit = manager.state.units[job.unit];
      if (job.running || unit === undefined || manager.state.jobs[job.id] === undefined) continue;
      if (job.type !== "nop" && job.type !== "reload" && mustWait(manager, job, unit)) continue;
      job.running = true;
      perform(manager, unit, job);
      again = true;
    }
  }
}

function perform(manager: Manager, unit: UnitRuntime, job: Job): void {
  const acted = job.type === "start" ? performStart(manager, unit, job) : performOther(manager, unit, job);
  const left = manager.state.jobs[job.id];
  if (acted && left?.running) logJobBegun(manager, unit, left);
}

const isService = (unit: UnitRuntime): boolean => parseUnitName(unit.definition.id).type === "service";

/** Begins a start; whether something was done that takes time. */
function performStart(manager: Manager, unit: UnitRuntime, job: Job): boolean {
  const state = activeState(unit);
  if (isActive(state)) {
    finishJob(manager, unit, job, "done", true);
    return false;
  }
  if (state === "deactivating") {
    job.running = false;
    return false;
  }
  if (loadProblem(unit) !== undefined) {
    finishJob(manager, unit, job, "failed");
    return false;
  }
  if (unit.sub === "auto-restart") enterRestart(manager, unit, true);
  if (state === "activating" && !unit.sub.startsWith("auto-restart")) return false;
  for (const name of [...unit.definition.dependencies.Requires, ...unit.definition.dependencies.Requisite]) {
    const other = knownUnit(manager, name);
    const failed =
      other !== undefined && activeState(other) === "failed" && unit.definition.dependencies.After.includes(name);
    if (failed) {
      finishJob(manager, unit, job, "dependency");
      return false;
    }
  }
  unit.conditionTested = manager.sys.now();
  unit.conditionFailed = failedCondition(manager.sys, unit.definition);
  unit.conditionResult = unit.conditionFailed === undefined;
  if (!unit.conditionResult) {
    if (unit.conditionFailed?.startsWith("Assert")) logUnit(manager, unit, 5, "Starting requested but asserts failed.");
    finishJob(manager, unit, job, unit.conditionFailed?.startsWith("Assert") ? "assert" : "done");
    return false;
  }
  if (!isService(unit)) {
    const refusal = triggerProblem(manager, unit);
    if (refusal !== undefined) {
      logUnit(manager, unit, 3, refusal);
      finishJob(manager, unit, job, "failed");
      return false;
    }
    startOther(manager, unit);
    return true;
  }
  if (!belowStartLimit(manager, unit)) {
    hitStartLimit(manager, unit);
    const left = manager.state.jobs[job.id];
    if (left !== undefined) finishJob(manager, unit, left, "failed");
    return false;
  }
  startService(manager, unit);
  return true;
}

const OTHER_STATES: Readonly<Record<string, string>> = {
  target: "active",
  slice: "active",
  scope: "running",
  socket: "listening",
  timer: "waiting",
  path: "waiting",
  mount: "mounted",
  automount: "waiting",
  swap: "active",
  device: "plugged",
};

function startOther(manager: Manager, unit: UnitRuntime): void {
  const { id } = unit.definition;
  const { type } = parseUnitName(id);
  unit.invocation = newInvocation(manager);
  unit.timer = undefined;
  // The doors of the boot are made by those who answer at them.
  if ((type === "socket" || type === "path") && manager.state.bootFinished > 0) {
    manager.sys.setTimer(`${type}:${id}`, manager.sys.now());
    return;
  }
  setState(manager, unit, OTHER_STATES[type] ?? "active");
  if (type === "timer") manager.sys.setTimer(`timer:${id}`, manager.sys.now());
}

function stopOther(manager: Manager, unit: UnitRuntime): void {
  if (["timer", "socket", "path"].includes(parseUnitName(unit.definition.id).type))
    logUnit(manager, unit, 6, "Deactivated successfully.");
  closeDoors(manager, unit);
  setState(manager, unit, "dead");
}

/** Why a timer, path or socket cannot start: what it triggers is not there, or is there without it. */
function triggerProblem(manager: Manager, unit: UnitRuntime): string | undefined {
  const { type } = parseUnitName(unit.definition.id);
  if (!/^(?:timer|path|socket)$/.test(type) || settingOf(unit.definition, "Socket.Accept") === "yes") return undefined;
  const name = triggeredName(unit.definition);
  const target = getUnit(manager, name);
  if (target.definition.load === "loaded")
    return type === "socket" && !isDown(activeState(target)) && manager.state.bootFinished > 0
      ? `Socket service ${name} already active, refusing.`
      : undefined;
  return type !== "socket"
    ? `Refusing to start, unit ${name} to trigger not loaded.`
    : `Socket service ${name} not loaded, refusing.`;
}

function performOther(manager: Manager, unit: UnitRuntime, job: Job): boolean {
  const down = isDown(activeState(unit));
  if (job.type === "reload") {
    if (!isActive(activeState(unit))) {
      finishJob(manager, unit, job, "invalid");
      return false;
    }
    reloadService(manager, unit);
    return true;
  }
  if (job.type === "stop" || job.type === "restart") {
    if (down) {
      finishJob(manager, unit, job, "done", true);
      return false;
    }
    if (!isService(unit)) stopOther(manager, unit);
    else if (unit.sub.startsWith("auto-restart")) {
      stopService(manager, unit);
      return false;
    } else stopService(manager, unit);
    return true;
  }
  finishJob(manager, unit, job, "done", true);
  return false;
}

/** The end of a job. `already` means that there was nothing to do, so nothing is said. */
export function finishJob(manager: Manager, unit: UnitRuntime, job: Job, result: JobResult, already = false): void {
  if (!already) logJobDone(manager, unit, job, result);
  if (job.type === "restart" && result === "done") {
    job.type = "start";
    job.running = false;
    return;
  }
  delete manager.state.jobs[job.id];
  if (unit.job === job.id) unit.job = undefined;
  const event: JobEvent = { event: "job-removed", job: job.id, unit: unit.definition.id, result };
  for (const fd of job.waiters) manager.state.outbox.push({ fd, text: `${JSON.stringify(event)}\n` });
  if (job.type !== "start" || ["done", "canceled", "skipped"].includes(result)) return;
  failDependents(manager, unit);
  if (result !== "dependency" && result !== "timeout") return;
  logUnit(manager, unit, 5, `Job ${unit.definition.id}/start failed with result '${result}'.`);
  startAfterEnd(manager, unit, "OnFailure");
}

/** Starts what OnFailure= or OnSuccess= of a unit names, now that the unit has ended so. */
export function startAfterEnd(manager: Manager, unit: UnitRuntime, kind: "OnFailure" | "OnSuccess"): void {
  const names = unit.definition.dependencies[kind];
  if (names.length === 0) return;
  logUnit(manager, unit, 6, `Triggering ${kind}= dependencies.`);
  for (const name of names) {
    const started = request(manager, { verb: "start", unit: name });
    const other = isJobError(started) ? undefined : knownUnit(manager, name);
    if (other !== undefined) other.monitors = unit.definition.id;
  }
}

/** Those that require a unit that did not start do not start either. */
function failDependents(manager: Manager, unit: UnitRuntime): void {
  for (const other of dependents(manager, unit.definition.id, ["Requires", "BindsTo", "Requisite"])) {
    const job = other.job === undefined ? undefined : manager.state.jobs[other.job];
    const ordered = other.definition.dependencies.After.some((name) => resolve(manager, name) === unit.definition.id);
    if (job !== undefined && !job.running && job.type === "start" && ordered)
      finishJob(manager, other, job, "dependency");
  }
}

/** Ends a unit's job where the unit reached the state that the job was for, or one from which it cannot. */
export function finishForState(manager: Manager, unit: UnitRuntime, active: string): void {
  const job = unit.job === undefined ? undefined : manager.state.jobs[unit.job];
  if (job === undefined) return;
  if (job.type === "start") {
    if (isActive(active)) finishJob(manager, unit, job, "done");
    else if (job.running && isDown(active))
      finishJob(manager, unit, job, active === "failed" ? "failed" : unit.result === SKIPPED ? "skipped" : "done");
  } else if (job.type === "reload") {
    if (job.running && active !== "reloading") finishJob(manager, unit, job, active === "active" ? "done" : "failed");
  } else if (isDown(active)) finishJob(manager, unit, job, "done");
}

/** Whether the unit has any command at all (for `CanReload` and the like). */
export function hasCommands(unit: UnitRuntime): boolean {
  return EXEC_KINDS.some((kind) => unit.definition.commands[kind].length > 0);
}
