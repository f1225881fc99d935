// Units in memory: loading, names, state changes with their times, forgetting what nobody needs.

import type { Complaint } from "../config-file.ts";
import { DEPENDENCIES, type Definition, type Dependency } from "../definition.ts";
import { listingOnce, viewOf } from "../file-view.ts";
import { defaultSlice, loadUnit } from "../load-unit.ts";
import { formatBytes } from "../time.ts";
import { parseUnitName } from "../unit-name.ts";
import { addJob, finishForState, startAfterEnd } from "./jobs.ts";
import { log, logUnit } from "./log.ts";
import {
  activeState,
  hasControllers,
  isActive,
  isDown,
  type Manager,
  moment,
  newRuntime,
  type UnitRuntime,
} from "./state.ts";

/** Lines of the journal about a unit's files. */
export function logComplaints(manager: Manager, id: string, complaints: readonly Complaint[]): void {
  for (const { file, line, priority, text } of complaints) {
    if (file === "") log(manager, priority, `${id}: ${text}`, { UNIT: id });
    else log(manager, priority, `${file}:${line}: ${text}`, { UNIT: id, CONFIG_FILE: file, CONFIG_LINE: String(line) });
  }
}

function read(manager: Manager, name: string): Definition {
  const { definition, complaints, warnings } = loadUnit(manager.view ?? viewOf(manager.sys), name, manager.facts);
  for (const text of warnings) log(manager, 4, text);
  logComplaints(manager, definition.id, complaints);
  return definition;
}

/** Units that are always there, without files: state and description. */
function builtIn(name: string): readonly [sub: string, description: string, documentation: string] | undefined {
  switch (name) {
    case "-.slice":
      return ["active", "Root Slice", "man:systemd.special(7)"];
    case "system.slice":
      return ["active", "System Slice", "man:systemd.special(7)"];
    case "user.slice":
      return ["active", "User and Session Slice", "man:systemd.special(7)"];
    case "init.scope":
      return ["running", "System and Service Manager", "man:systemd(1)"];
    default:
      return name.endsWith(".slice")
        ? ["dead", `Slice /${name.replace(/\.slice$/, "").replaceAll("-", "/")}`, ""]
        : undefined;
  }
}

function builtInDefinition(definition: Definition, description: string, documentation: string): Definition {
  const setting = (value: string) => Object.freeze([Object.freeze({ value, file: "", line: 0 })]);
  const settings = {
    "Unit.Description": setting(description),
    ...(documentation === "" ? {} : { "Unit.Documentation": setting(documentation) }),
  };
  return Object.freeze({ ...definition, load: "loaded" as const, settings: Object.freeze(settings) });
}

/** The unit `name`, read from disk where it is not in memory (or was not found before). */
export function getUnit(manager: Manager, name: string): UnitRuntime {
  const { state } = manager;
  const known = state.units[state.aliases[name] ?? name];
  if (known !== undefined && known.definition.load !== "not-found") return known;
  const definition = read(manager, name);
  const builtin = definition.load === "not-found" ? builtIn(name) : undefined;
  const shown = builtin === undefined ? definition : builtInDefinition(definition, builtin[1], builtin[2]);
  if (definition.id !== name) state.aliases[name] = definition.id;
  const existing = state.units[definition.id];
  if (existing !== undefined) {
    if (existing.definition.load === "not-found") existing.definition = shown;
    return existing;
  }
  const unit = newRuntime(shown);
  if (builtin !== undefined) unit.sub = builtin[0];
  if (unit.sub !== "dead") unit.activeEnter = unit.inactiveExit = unit.stateChange = manager.state.started;
  state.units[definition.id] = unit;
  return unit;
}

/** The unit where it is in memory. */
export function knownUnit(manager: Manager, name: string): UnitRuntime | undefined {
  return manager.state.units[manager.state.aliases[name] ?? name];
}

/** Loads what a unit wants, and what that wants, so that all of it is in memory. */
export function loadDependencies(manager: Manager, unit: UnitRuntime): void {
  const queue = [unit];
  const seen = new Set([unit.definition.id]);
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const kind of DEPENDENCIES) {
      for (const name of next.definition.dependencies[kind]) {
        const other = getUnit(manager, name);
        if (seen.has(other.definition.id)) continue;
        seen.add(other.definition.id);
        queue.push(other);
      }
    }
  }
}

/** The unit that a timer, path or socket starts: the last one it is said to come before. */
export function triggeredName({ id, settings }: Definition): string {
  const { base, type } = parseUnitName(id);
  const own = settings[type === "socket" ? "Socket.Service" : type === "timer" ? "Timer.Unit" : "Path.Unit"];
  return own?.at(-1)?.value ?? `${base}.service`;
}

/** Names of units in memory that have `unit` in one of these dependencies. */
export function dependents(manager: Manager, id: string, kinds: readonly Dependency[]): UnitRuntime[] {
  const found: UnitRuntime[] = [];
  for (const unit of Object.values(manager.state.units)) {
    if (kinds.some((kind) => unit.definition.dependencies[kind].some((name) => resolve(manager, name) === id)))
      found.push(unit);
  }
  return found;
}

export function resolve(manager: Manager, name: string): string {
  return manager.state.aliases[name] ?? name;
}

/** Where units lie that were made for one run. */
export const TRANSIENT = "/run/systemd/transient";

export const isTransient = (definition: Definition | undefined): boolean =>
  definition?.fragment?.startsWith(TRANSIENT) === true;

/** Forgets units that are down, without job, and wanted by none (garbage collection). */
export function forgetUnused(manager: Manager): void {
  const { units, aliases } = manager.state;
  const all = Object.values(units);
  const isIdle = (unit: UnitRuntime): boolean => unit.job === undefined && activeState(unit) === "inactive";
  const unused = new Set(all.filter(isIdle).map(({ definition }) => definition.id));
  for (const unit of all) {
    const { id, dependencies } = unit.definition;
    if (unused.size === 0) return;
    if (isIdle(unit) && !id.endsWith(".target")) continue;
    for (const kind of DEPENDENCIES) for (const name of dependencies[kind]) unused.delete(resolve(manager, name));
  }
  for (const id of unused) {
    if (isTransient(knownUnit(manager, id)?.definition)) manager.sys.unlink(`${TRANSIENT}/${id}`);
    delete units[id];
    for (const [alias, target] of Object.entries(aliases)) if (target === id) delete aliases[alias];
  }
}

/** Reads all units anew (daemon-reload). Running processes are not touched. */
export function reloadAll(given: Manager): void {
  const { state } = given;
  const manager = { ...given, view: listingOnce(viewOf(given.sys)) };
  const old = state.units;
  state.units = {};
  state.aliases = {};
  for (const [id, unit] of Object.entries(old)) {
    const builtin = unit.definition.fragment === undefined ? builtIn(id) : undefined;
    const definition = builtin !== undefined ? unit.definition : read(manager, id);
    if (definition.id !== id) {
      state.aliases[id] = definition.id;
      continue;
    }
    // How commands went is forgotten, as in the real PID 1; only the main process stays known.
    state.units[id] = { ...unit, definition, fileState: undefined, records: {} };
    // A masked unit has no RestartSec= of its own any more.
    if (unit.sub === "auto-restart" && definition.load !== "loaded")
      given.sys.setTimer(`unit:${id}`, Math.max(given.sys.now(), unit.stateChange + 100));
  }
  const target = state.units["default.target"] ?? state.units["multi-user.target"];
  if (target !== undefined) loadDependencies(manager, target);
  forgetUnused(manager);
}

/** A new low-level state: notes the times, and lets a waiting job end. */
export function setState(manager: Manager, unit: UnitRuntime, sub: string): void {
  const before = activeState(unit);
  unit.sub = sub;
  const after = activeState(unit);
  const now = moment(manager);
  unit.stateChange = now;
  if (isDown(before) && !isDown(after)) unit.inactiveExit = now;
  else if (!isDown(before) && isDown(after)) unit.inactiveEnter = now;
  if (!isActive(before) && isActive(after)) unit.activeEnter = now;
  else if (isActive(before) && !isActive(after)) unit.activeExit = now;
  finishForState(manager, unit, after);
  if (isDown(before) !== isDown(after)) tellTriggers(manager, unit, isDown(after));
  if (after === "failed" && before !== "failed") startAfterEnd(manager, unit, "OnFailure");
  else if (after === "inactive" && (isActive(before) || before === "deactivating"))
    startAfterEnd(manager, unit, "OnSuccess");
  if (isDown(before) || !isDown(after)) return;
  manager.state.ended = true;
  // Whoever is bound to it ends with it, whatever ended it.
  if (unit.job === undefined && !unit.sub.includes("auto-restart"))
    for (const other of dependents(manager, unit.definition.id, ["BindsTo"]))
      if (isActive(activeState(other)) && other.job === undefined) addJob(manager, other, "stop");
  logResources(manager, unit);
}

/** What starts a unit hears that it began or ended: a socket leaves its doors to it, and all look again afterwards. */
function tellTriggers(manager: Manager, { definition }: UnitRuntime, down: boolean): void {
  for (const { definition: other, sub } of Object.values(manager.state.units)) {
    const type = /\.(timer|socket|path)$/.exec(other.id)?.[1];
    if (type === undefined || triggeredName(other) !== definition.id) continue;
    if (down ? sub === "running" : sub === "listening" || (sub === "waiting" && type === "path"))
      manager.sys.setTimer(`${type}:${other.id}`, manager.sys.now());
  }
}

/** Shuts the doors of a socket unit. */
export function closeDoors({ sys }: Manager, unit: UnitRuntime): void {
  for (const fd of unit.doors.splice(0)) {
    sys.watch(fd, false);
    sys.close(fd);
  }
  if (unit.definition.settings["Socket.RemoveOnStop"]?.at(-1)?.value !== "yes") return;
  for (const { value } of unit.definition.settings["Socket.ListenStream"] ?? []) sys.unlink(value);
}

/** `Consumed 1.392s CPU time`, where it is worth a word (a second or more). */
function logResources(manager: Manager, unit: UnitRuntime): void {
  if (unit.cpu < 1000) return;
  const seconds = `${Math.floor(unit.cpu / 1000)}.${String(Math.floor(unit.cpu % 1000)).padStart(3, "0")}s`;
  const peak = hasControllers(manager) && unit.memoryPeak > 0 ? `, ${formatBytes(unit.memoryPeak)} memory peak` : "";
  logUnit(manager, unit, 6, `Consumed ${seconds} CPU time${peak}.`, { MESSAGE_ID: "ae8f7b866b0347b9af31fe1c80b127c0" });
}

/** Control group of a unit. */
export function cgroupOf(unit: UnitRuntime): string {
  const { id, settings } = unit.definition;
  const type = parseUnitName(id).type;
  if (type === "slice") return id === "-.slice" ? "/" : `/${id}`;
  if (id === "init.scope") return "/init.scope";
  const slice = settings["Service.Slice"]?.at(-1)?.value ?? defaultSlice(id);
  // A slice with dashes lies in those that it is named after.
  const parts = slice.replace(/\.slice$/, "").split("-");
  const path = parts.map((_, i) => `/${parts.slice(0, i + 1).join("-")}.slice`).join("");
  return `${path}/${id}`;
}

/** Processes in a unit's control group. */
export function processesOf(manager: Manager, unit: UnitRuntime): readonly number[] {
  const path = cgroupOf(unit);
  return manager.sys
    .processes()
    .filter((process) => process.state !== "Z" && (process.cgroup === path || process.cgroup.startsWith(`${path}/`)))
    .map((process) => process.pid);
}
