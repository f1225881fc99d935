// Reads a unit from its files: fragment, drop-ins, linked dependencies. Pure over a FileView; complaints come back as data.

import { type Assignment, type AssignmentResult, type Complaint, readConfig } from "./config-file.ts";
import {
  type Condition,
  DEPENDENCIES,
  type Definition,
  type Dependency,
  type EnvironmentFile,
  EXEC_KINDS,
  type ExecKind,
  type LoadState,
  type Setting,
  settingOf,
} from "./definition.ts";
import { isEnvAssignment } from "./env-file.ts";
import { type ExecCommand, parseExecLine } from "./exec-command.ts";
import type { FileView } from "./file-view.ts";
import { expandSpecifiers, hasUnknownSpecifier, type SpecifierFacts } from "./specifiers.ts";
import { kindOfKey, ownSection } from "./unit-keys.ts";
import { isValidUnitName, parseUnitName } from "./unit-name.ts";
import { findDropIns, findFragment, linkedUnits } from "./unit-paths.ts";
import { serviceProblem, triggerProblem } from "./unit-problems.ts";
import { ownProblem, parseBoolean, valueProblem } from "./values.ts";
import { extractWord } from "./words.ts";

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

type Commands = { -readonly [Kind in ExecKind]: ExecCommand[] };
type Dependencies = { -readonly [Kind in Dependency]: string[] };

interface Draft {
  readonly id: string;
  readonly facts: SpecifierFacts;
  readonly complaints: Complaint[];
  readonly dependencies: Dependencies;
  readonly commands: Commands;
  conditions: Condition[];
  environment: Record<string, Setting>;
  environmentFiles: EnvironmentFile[];
  readonly settings: Record<string, Setting[]>;
}

function emptyDraft(id: string, facts: SpecifierFacts): Draft {
  const lists = <K extends string>(keys: readonly K[]) =>
    Object.fromEntries(keys.map((key) => [key, [] as unknown[]])) as Record<K, never[]>;
  return {
    id,
    facts,
    complaints: [],
    dependencies: lists(DEPENDENCIES),
    commands: lists(EXEC_KINDS),
    conditions: [],
    environment: {},
    environmentFiles: [],
    settings: {},
  };
}

/** Old names of dependency settings. */
const OLD_NAMES: Readonly<Record<string, Dependency>> = { BindTo: "BindsTo", PropagateReloadTo: "PropagatesReloadTo" };

/** One assignment's place and how to complain about it. */
interface Place {
  readonly file: string;
  readonly line: number;
}

function complain(draft: Draft, place: Place, priority: number, text: string): void {
  draft.complaints.push({ file: place.file, line: place.line, priority, text });
}

function addUnits(draft: Draft, place: Place, key: string, value: string): void {
  const kind = OLD_NAMES[key] ?? key;
  if (!(DEPENDENCIES as readonly string[]).includes(kind)) return;
  const list = draft.dependencies[kind as Dependency];
  for (const word of value.split(/[ \t\n\r]+/).filter((part) => part !== "")) {
    const name = expandSpecifiers(word, draft.id, draft.facts);
    if (!isValidUnitName(name)) {
      complain(draft, place, 4, `Failed to add dependency on ${name}, ignoring: Invalid argument`);
    } else if (!list.includes(name)) list.push(name);
  }
}

function addEnvironment(draft: Draft, place: Place, value: string): void {
  if (value === "") draft.environment = {};
  for (let at = 0; ; ) {
    const result = extractWord(value, at, { unquote: true, escapes: true });
    if (result === "end") return;
    if (result === "invalid") {
      complain(draft, place, 4, `Invalid syntax, ignoring: ${value}`);
      return;
    }
    at = result.next;
    const text = expandSpecifiers(result.word, draft.id, draft.facts);
    if (!isEnvAssignment(text)) {
      complain(draft, place, 4, `Invalid environment assignment, ignoring: ${text}`);
      continue;
    }
    const equals = text.indexOf("=");
    const name = text.slice(0, equals);
    draft.environment[name] = { value: text.slice(equals + 1), file: place.file, line: place.line };
  }
}

function addEnvironmentFile(draft: Draft, place: Place, key: string, value: string): void {
  if (value === "") {
    draft.environmentFiles = [];
    return;
  }
  const text = expandSpecifiers(value, draft.id, draft.facts);
  const optional = text.startsWith("-");
  const path = (optional ? text.slice(1) : text).replace(/\/+/g, "/");
  if (!path.startsWith("/")) complain(draft, place, 3, `${key}= path is not absolute, ignoring: ${path}`);
  else draft.environmentFiles.push({ path, optional, file: place.file, line: place.line });
}

function addCondition(draft: Draft, key: string, value: string): void {
  if (value === "") {
    const prefix = key.startsWith("Assert") ? "Assert" : "Condition";
    draft.conditions = draft.conditions.filter((condition) => !condition.key.startsWith(prefix));
    return;
  }
  const trigger = value.startsWith("|");
  const rest = trigger ? value.slice(1).trimStart() : value;
  const negate = rest.startsWith("!");
  const text = negate ? rest.slice(1).trimStart() : rest;
  draft.conditions.push({ key, value: expandSpecifiers(text, draft.id, draft.facts), negate, trigger });
}

function addExec(draft: Draft, place: Place, key: string, value: string): AssignmentResult {
  const list = draft.commands[key as ExecKind];
  if (list === undefined) return undefined;
  if (value === "") {
    list.length = 0;
    return undefined;
  }
  const parsed = parseExecLine(value, {
    ...place,
    specifiers: (text) => expandSpecifiers(text, draft.id, draft.facts),
    complain: (complaint) => draft.complaints.push(complaint),
  });
  if (parsed === "fatal") return "fatal";
  list.push(...parsed);
  return undefined;
}

function assign(draft: Draft, file: string, assignment: Assignment): AssignmentResult {
  const { section, key, value, line } = assignment;
  const kind = kindOfKey(section, key);
  const place = { file, line };
  if (kind === undefined) {
    if (!key.startsWith("X-")) complain(draft, place, 4, `Unknown key '${key}' in section [${section}], ignoring.`);
    return undefined;
  }
  const odd = value === "" ? undefined : ownProblem(key, value);
  if (odd !== undefined) {
    complain(draft, place, 4, odd);
    return undefined;
  }
  switch (kind) {
    case "units":
      addUnits(draft, place, key, value);
      return undefined;
    case "environment":
      addEnvironment(draft, place, value);
      return undefined;
    case "environment-file":
      addEnvironmentFile(draft, place, key, value);
      return undefined;
    case "condition":
      addCondition(draft, key, value);
      return undefined;
    case "exec":
      return addExec(draft, place, key, value);
    case "words":
    case "any": {
      const name = `${section}.${key}`;
      if (value === "") delete draft.settings[name];
      else {
        const list = draft.settings[name] ?? [];
        draft.settings[name] = list;
        list.push({ value: expandSpecifiers(value, draft.id, draft.facts), file, line });
      }
      return undefined;
    }
  }
  return assignOne(draft, place, assignment);
}

/** Settings that hold one value. */
function assignOne(draft: Draft, place: Place, { section, key, value }: Assignment): AssignmentResult {
  const kind = kindOfKey(section, key) ?? "any";
  const name = `${section}.${key}`;
  if (value === "") {
    delete draft.settings[name];
    return undefined;
  }
  const problem = valueProblem(kind, key, value);
  if (problem !== undefined) {
    // Who a service would be, and where, is no matter to guess at.
    const fatal = kind === "name";
    complain(draft, place, fatal ? 3 : 4, problem);
    return fatal ? "fatal" : undefined;
  }
  if (kind === "path" && !/^-?(?:~|[/%])/.test(value)) {
    complain(draft, place, 3, `${key}= path is not absolute: ${value}`);
    return "fatal";
  }
  if (key === "Description" && hasUnknownSpecifier(value)) {
    complain(draft, place, 4, `Failed to resolve unit specifiers in '${value}', ignoring: Invalid slot`);
    return undefined;
  }
  draft.settings[name] = [{ value: expandSpecifiers(value, draft.id, draft.facts), ...place }];
  return undefined;
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

/** Reads the unit `name`. It is always a definition, `load` tells whether it is usable. */
export function loadUnit(view: FileView, name: string, facts: SpecifierFacts): LoadedUnit {
  const fragment = findFragment(view, name);
  const id = fragment?.id ?? name;
  const draft = emptyDraft(id, facts);
  const type = parseUnitName(id).type;
  const own = ownSection(type);
  const sections = own === undefined ? ["Unit", "Install"] : ["Unit", own, "Install"];
  const mtime = fragment === undefined ? 0 : (view.stat(fragment.path)?.mtime ?? 0);
  const warnings: string[] = [];
  const finish = (load: LoadState, dropIns: readonly string[], dropInMtime: number): LoadedUnit => ({
    definition: freezeDeep({
      id,
      names: [id, ...(fragment?.aliases ?? [])],
      load,
      fragment: fragment?.path,
      fragmentMtime: mtime,
      dropIns,
      dropInMtime,
      dependencies: draft.dependencies,
      conditions: draft.conditions,
      commands: draft.commands,
      environment: draft.environment,
      environmentFiles: draft.environmentFiles,
      settings: draft.settings,
    }),
    complaints: draft.complaints,
    warnings,
  });
  if (fragment?.masked) return finish("masked", [], 0);
  const dropInNames = [id, ...(fragment?.aliases ?? [])];
  const unitComplaint = (priority: number, text: string) => complain(draft, { file: "", line: 0 }, priority, text);
  const read = (path: string): boolean => {
    const stat = view.stat(path);
    if (stat?.type === "file") warnings.push(...modeWarnings(path, stat.mode));
    return readConfig(
      path,
      view.read(path) ?? "",
      sections,
      (found) => assign(draft, path, found),
      (text) => draft.complaints.push(text),
    );
  };
  if (fragment === undefined && type !== "slice" && type !== "target") return finish("not-found", [], 0);
  if (fragment === undefined && type === "target") return finish("not-found", [], 0);
  if (fragment !== undefined && !read(fragment.path)) {
    if (draft.complaints.at(-1)?.text.startsWith("Invalid section header")) return finish("error", [], 0);
    unitComplaint(5, "Unit configuration has fatal error, unit will not be started.");
    return finish("bad-setting", [], 0);
  }
  for (const kind of ["Wants", "Requires", "Upholds"] as const) {
    const linked = linkedUnits(view, id, kind.toLowerCase() as "wants" | "requires" | "upholds");
    for (const unit of linked) if (!draft.dependencies[kind].includes(unit)) draft.dependencies[kind].push(unit);
  }
  const dropIns = findDropIns(view, dropInNames);
  let newest = 0;
  for (const path of dropIns) if (read(path)) newest = Math.max(newest, view.stat(path)?.mtime ?? 0);
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
