// Rare requests at the control door: unit files, kill, properties, environment, power. Loaded when first asked for.

import { findSignal } from "../../kernel/signal.ts";
import { settingOf } from "../definition.ts";
import { viewOf } from "../file-view.ts";
import { changeUnitFiles } from "../install-changes.ts";
import type { Refusal, Request } from "../protocol.ts";
import { parseUnitName } from "../unit-name.ts";
import { findFragment } from "../unit-paths.ts";
import { parseBytes } from "../values.ts";
import { refuseCaller } from "./authorize.ts";
import { type More, send } from "./control.ts";
import { isJobError, loadProblem, request as requestJob } from "./jobs.ts";
import { log, logUnit } from "./log.ts";
import { pathRang } from "./paths.ts";
import { managerProperties, propertiesOf } from "./properties.ts";
import { accepted, knocked, socketRang } from "./sockets.ts";
import { activeState, isDown, type Manager, type UnitRuntime } from "./state.ts";
import { timerRang } from "./timers.ts";
import { getUnit, knownUnit, processesOf, TRANSIENT } from "./units.ts";

const base = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

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
    const failure: Refusal = { error: "NoSuchUnit", message: `Unit ${name} does not exist` };
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
  const settings = { ...unit.definition.settings };
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
    const bytes = key.startsWith("Memory") ? parseBytes(rest.join("=")) : undefined;
    const value = bytes === undefined ? rest.join("=") : String(bytes);
    manager.sys.writeFile(file, `${head}[${section}]\n${key}=${value}\n`);
    written.push(file);
    settings[`${section}.${key}`] = Object.freeze([Object.freeze({ value, file, line: 4 })]);
  }
  const all = [...new Set([...dropIns, ...written])].sort((a, b) => (base(a) < base(b) ? -1 : 1));
  unit.definition = Object.freeze({
    ...unit.definition,
    settings: Object.freeze(settings),
    dropIns: Object.freeze(all),
    dropInMtime: manager.sys.now(),
  });
  send(manager, fd, { ok: true });
}

/** Writes units that live as long as they run, and starts the last of them. */
function startTransient(manager: Manager, fd: number, request: Request & { call: "transient" }): void {
  const { sys } = manager;
  const taken = request.files.find(({ unit }) => getUnit(manager, unit).definition.load !== "not-found");
  if (taken !== undefined) {
    const message = `Unit ${taken.unit} was already loaded or has a fragment file.`;
    send(manager, fd, { error: "Failed", message });
    return;
  }
  sys.mkdir(TRANSIENT, 0o755);
  for (const { unit, text } of request.files) sys.writeFile(`${TRANSIENT}/${unit}`, text);
  const job = requestJob(manager, { verb: "start", unit: request.files.at(-1)?.unit ?? "" });
  if (isJobError(job)) send(manager, fd, job);
  else send(manager, fd, { ok: true, job: job.id });
}

function setEnvironment(manager: Manager, request: { call: string; assignments: readonly string[] }): void {
  for (const assignment of request.assignments) {
    const equals = assignment.indexOf("=");
    if (request.call === "unset-environment")
      delete manager.state.environment[equals < 0 ? assignment : assignment.slice(0, equals)];
    else if (equals > 0) manager.state.environment[assignment.slice(0, equals)] = assignment.slice(equals + 1);
  }
}

function answerRare(manager: Manager, fd: number, request: Request): void {
  switch (request.call) {
    case "isolate":
      isolate(manager, fd, request.unit);
      return;
    case "kill":
      kill(manager, fd, request);
      return;
    case "unit-files":
      send(manager, fd, changeUnitFiles(manager.sys, request));
      return;
    case "transient":
      startTransient(manager, fd, request);
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

function triggerRang(manager: Manager, unit: UnitRuntime): void {
  const { type } = parseUnitName(unit.definition.id);
  if (type === "timer") timerRang(manager, unit);
  else if (type === "path") pathRang(manager, unit);
  else socketRang(manager, unit);
}

export const more: More = {
  answerRare,
  refuseCaller,
  propertiesOf,
  managerProperties,
  triggerRang,
  knocked,
  accepted,
};
