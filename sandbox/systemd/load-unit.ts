// Reads a unit from its files: fragment, drop-ins, linked dependencies. Pure over a FileView; complaints come back as data.

import { createMemo } from "../lib/memo.ts";
import { type Complaint, readConfig } from "./config-file.ts";
import { type Definition, type Dependency, type LoadState, settingOf } from "./definition.ts";
import type { FileView } from "./file-view.ts";
import { assign, complain, type Draft, emptyDraft } from "./read-setting.ts";
import type { SpecifierFacts } from "./specifiers.ts";
import { ownSection } from "./unit-keys.ts";
import { parseUnitName } from "./unit-name.ts";
import { findDropIns } from "./unit-paths.ts";
import { serviceProblem, triggerProblem } from "./unit-problems.ts";
import { findSources, type SourceFile, type UnitSources } from "./unit-sources.ts";
import { parseBoolean } from "./values.ts";

/** A complaint about a line, or about the whole unit (`file` empty). */
export interface LoadedUnit {
  readonly definition: Definition;
  readonly complaints: readonly Complaint[];
  /** What is odd about the modes of its files (stat_warn_permissions). */
  readonly warnings: readonly string[];
}

/** What is said about a file's mode: it is read all the same. Only PID 1 speaks of the last. */
function modeWarnings(path: string, mode: number | undefined): string[] {
  if (mode === undefined) return [];
  const found: string[] = [];
  if ((mode & 0o111) !== 0) found.push("marked executable. Please remove executable permission bits.");
  if ((mode & 0o002) !== 0) found.push("marked world-writable. Please remove world writability permission bits.");
  if ((mode & 0o044) !== 0o044)
    found.push(
      "marked world-inaccessible. This has no effect as configuration data is accessible via APIs without restrictions.",
    );
  return found.map((text) => `Configuration file ${path} is ${text} Proceeding anyway.`);
}

/** The slice of a unit without Slice=: one of their own for the instances of a template. */
export function defaultSlice(id: string): string {
  const { prefix, instance, type } = parseUnitName(id);
  return type === "service" && instance !== undefined
    ? `system-${prefix.replaceAll("-", "\\x2d")}.slice`
    : "system.slice";
}

/** Dependencies that every unit of a type has (DefaultDependencies=yes). */
function addDefaults(draft: Draft, type: string): void {
  const add = (kind: Dependency, ...names: string[]) => {
    for (const name of names)
      if (name !== draft.id && !draft.dependencies[kind].includes(name)) draft.dependencies[kind].push(name);
  };
  if (type === "service" || type === "mount" || type === "socket") {
    const slice = draft.settings["Service.Slice"]?.at(-1)?.value ?? defaultSlice(draft.id);
    add("Requires", slice);
    add("After", slice);
  }
  const output = draft.settings["Service.StandardOutput"]?.at(-1)?.value ?? "journal";
  if (type === "service" && /^(?:journal|kmsg)/.test(output)) add("After", "systemd-journald.socket");
  if (parseBoolean(draft.settings["Unit.DefaultDependencies"]?.at(-1)?.value ?? "yes") === false) return;
  if (type === "service") {
    add("Requires", "sysinit.target");
    add("After", "sysinit.target", "basic.target");
  } else if (type === "target") {
    const wanted = [...draft.dependencies.Wants, ...draft.dependencies.Requires, ...draft.dependencies.Requisite];
    add("After", ...wanted.filter((name) => !draft.dependencies.Before.includes(name)));
  } else if (type === "socket" || type === "timer" || type === "path") {
    add("Requires", "sysinit.target");
    add("After", "sysinit.target");
    add("Before", `${type}s.target`);
  }
  if (["service", "socket", "timer", "path", "target"].includes(type) && draft.id !== "shutdown.target") {
    add("Conflicts", "shutdown.target");
    add("Before", "shutdown.target");
  }
}

/** The unit that a timer, path or socket starts. */
function addTriggered(draft: Draft, type: string): void {
  if (!["timer", "path", "socket"].includes(type)) return;
  const section = ownSection(type) ?? "";
  const target =
    draft.settings[`${section}.Unit`]?.at(-1)?.value ??
    draft.settings[`${section}.Service`]?.at(-1)?.value ??
    `${parseUnitName(draft.id).base}.service`;
  if (!draft.dependencies.Before.includes(target)) draft.dependencies.Before.push(target);
}

function freezeDeep<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freezeDeep(inner);
  }
  return value;
}

/** Units as they were understood before: a reload finds nearly all of them as they were. */
const understood = createMemo<LoadedUnit>(500);

/** Reads the unit `name`. It is always a definition, `load` tells whether it is usable. */
export function loadUnit(view: FileView, name: string, facts: SpecifierFacts): LoadedUnit {
  const sources = findSources(view, name);
  return understood(JSON.stringify([sources, facts]), () => freezeDeep(understand(sources, facts)));
}

function understand({ id, fragment, dropIns, linked }: UnitSources, facts: SpecifierFacts): LoadedUnit {
  const draft = emptyDraft(id, facts);
  const type = parseUnitName(id).type;
  const own = ownSection(type);
  const sections = own === undefined ? ["Unit", "Install"] : ["Unit", own, "Install"];
  const warnings: string[] = [];
  const finish = (load: LoadState, read: readonly SourceFile[], dropInMtime: number): LoadedUnit => ({
    definition: {
      id,
      names: [id, ...(fragment?.aliases ?? [])],
      load,
      fragment: fragment?.path,
      fragmentMtime: fragment?.mtime ?? 0,
      dropIns: read.map(({ path }) => path),
      dropInMtime,
      dependencies: draft.dependencies,
      conditions: draft.conditions,
      commands: draft.commands,
      environment: draft.environment,
      environmentFiles: draft.environmentFiles,
      settings: draft.settings,
    },
    complaints: draft.complaints,
    warnings,
  });
  if (fragment?.masked) return finish("masked", [], 0);
  const unitComplaint = (priority: number, text: string) => complain(draft, { file: "", line: 0 }, priority, text);
  const read = ({ path, text, mode }: SourceFile): boolean => {
    warnings.push(...modeWarnings(path, mode));
    return readConfig(
      path,
      text,
      sections,
      (found) => assign(draft, path, found),
      (complaint) => draft.complaints.push(complaint),
    );
  };
  if (fragment === undefined && type !== "slice") return finish("not-found", [], 0);
  if (fragment !== undefined && !read(fragment)) {
    if (draft.complaints.at(-1)?.text.startsWith("Invalid section header")) return finish("error", [], 0);
    unitComplaint(5, "Unit configuration has fatal error, unit will not be started.");
    return finish("bad-setting", [], 0);
  }
  for (const kind of ["Wants", "Requires", "Upholds"] as const)
    for (const unit of linked[kind]) if (!draft.dependencies[kind].includes(unit)) draft.dependencies[kind].push(unit);
  let newest = 0;
  for (const dropIn of dropIns) if (read(dropIn)) newest = Math.max(newest, dropIn.mtime);
  const problem = type === "service" ? serviceProblem(draft) : triggerProblem(draft, type);
  if (problem !== undefined) {
    unitComplaint(3, problem);
    return finish("bad-setting", dropIns, newest);
  }
  addDefaults(draft, type);
  addTriggered(draft, type);
  return finish("loaded", dropIns, newest);
}

/** Whether the files of a unit are newer than what was read (unit_need_daemon_reload of PID 1: times and the set of files, not contents). */
export function needsReload(view: FileView, definition: Definition): boolean {
  if (definition.fragment !== undefined) {
    const stat = view.stat(definition.fragment);
    if (stat === undefined) return true;
    if (definition.load === "masked") {
      if (stat.type === "file" && stat.size > 0) return true;
    } else if (stat.mtime > definition.fragmentMtime) return true;
  }
  if (definition.load !== "loaded") return false;
  const now = findDropIns(view, definition.names);
  if (now.length !== definition.dropIns.length || now.some((path, i) => path !== definition.dropIns[i])) return true;
  return definition.dropIns.some((path) => {
    const stat = view.stat(path);
    return stat === undefined || stat.mtime > definition.dropInMtime;
  });
}

/** Type=, with PID 1's defaults. */
export function serviceType(definition: Definition): string {
  const type = settingOf(definition, "Service.Type");
  if (type !== undefined) return type;
  if (settingOf(definition, "Service.BusName") !== undefined) return "dbus";
  return definition.commands.ExecStart.length === 0 ? "oneshot" : "simple";
}
