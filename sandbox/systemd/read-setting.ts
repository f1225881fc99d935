// One assignment of a unit file, read into what is known of the unit; what PID 1 would complain about is noted with its line.

import type { Assignment, AssignmentResult, Complaint } from "./config-file.ts";
import {
  type Condition,
  DEPENDENCIES,
  type Dependency,
  type EnvironmentFile,
  EXEC_KINDS,
  type ExecKind,
  type Setting,
} from "./definition.ts";
import { isEnvAssignment } from "./env-file.ts";
import { type ExecCommand, parseExecLine } from "./exec-command.ts";
import { expandSpecifiers, hasUnknownSpecifier, type SpecifierFacts } from "./specifiers.ts";
import { kindOfKey } from "./unit-keys.ts";
import { isValidUnitName } from "./unit-name.ts";
import { ownProblem, valueProblem, wordProblem } from "./values.ts";
import { extractWord } from "./words.ts";

type Commands = { -readonly [Kind in ExecKind]: ExecCommand[] };
type Dependencies = { -readonly [Kind in Dependency]: string[] };

/** A unit while its files are read. */
export interface Draft {
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

export function emptyDraft(id: string, facts: SpecifierFacts): Draft {
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

/** What a unit may not be to itself without a word (unit_should_warn_about_dependency). */
const SELF_WARNED = new Set<string>(["Conflicts", "Before", "After", "OnSuccess", "OnFailure"]);

/** One assignment's place and how to complain about it. */
interface Place {
  readonly file: string;
  readonly line: number;
}

/** The place of what concerns the whole unit. */
const UNIT: Place = { file: "", line: 0 };

export function complain(draft: Draft, place: Place, priority: number, text: string): void {
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
    } else if (name === draft.id) {
      if (SELF_WARNED.has(kind)) complain(draft, UNIT, 4, `Dependency ${kind}=${name} is dropped.`);
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

function addCondition(draft: Draft, place: Place, key: string, value: string): void {
  if (value === "") {
    const prefix = key.startsWith("Assert") ? "Assert" : "Condition";
    draft.conditions = draft.conditions.filter((condition) => !condition.key.startsWith(prefix));
    return;
  }
  const trigger = value.startsWith("|");
  const rest = trigger ? value.slice(1).trimStart() : value;
  const negate = rest.startsWith("!");
  const text = negate ? rest.slice(1).trimStart() : rest;
  const wanted = expandSpecifiers(text, draft.id, draft.facts);
  if (/(?:Path|Directory|File)[A-Z]/.test(key) && !wanted.startsWith("/"))
    complain(draft, place, 3, `${key}= path is not absolute, ignoring: ${wanted}`);
  else draft.conditions.push({ key, value: wanted, negate, trigger });
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

/** Takes one assignment of a file of the unit. */
export function assign(draft: Draft, file: string, assignment: Assignment): AssignmentResult {
  const { section, key, value, line } = assignment;
  const kind = kindOfKey(section, key);
  const place = { file, line };
  if (kind === undefined) {
    if (!key.startsWith("X-")) complain(draft, place, 4, `Unknown key '${key}' in section [${section}], ignoring.`);
    return undefined;
  }
  const odd = value === "" ? undefined : ownProblem(key, value, draft.id);
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
      addCondition(draft, place, key, value);
      return undefined;
    case "exec":
      return addExec(draft, place, key, value);
    case "words":
    case "any": {
      const name = `${section}.${key}`;
      // No capability at all is not the same as every one.
      if (value === "" && key === "CapabilityBoundingSet") draft.settings[name] = [{ value, file, line }];
      else if (value === "") delete draft.settings[name];
      else {
        const list = draft.settings[name] ?? [];
        draft.settings[name] = list;
        const kept = goodWords(draft, place, key, expandSpecifiers(value, draft.id, draft.facts));
        if (kept !== "") list.push({ value: kept, file, line });
      }
      return undefined;
    }
  }
  return assignOne(draft, place, assignment);
}

/** A list without the words that its setting does not take. */
function goodWords(draft: Draft, place: Place, key: string, value: string): string {
  const bad = value.split(/\s+/).filter((word) => {
    const problem = wordProblem(key, word);
    if (problem !== undefined) complain(draft, place, 4, problem);
    return problem !== undefined;
  });
  if (bad.length === 0) return value;
  return value
    .split(/\s+/)
    .filter((word) => !bad.includes(word))
    .join(" ");
}

/** Settings that hold one value. */
function assignOne(draft: Draft, place: Place, { section, key, value }: Assignment): AssignmentResult {
  const kind = kindOfKey(section, key) ?? "any";
  const name = `${section}.${key}`;
  if (value === "") {
    if (kind === "bool") complain(draft, place, 4, `Failed to parse ${key}=, ignoring: Invalid argument`);
    else delete draft.settings[name];
    return undefined;
  }
  if (key === "User" && /^(?:nobody|65534)$/.test(value))
    complain(draft, place, 5, `Special user ${value} configured, this is not safe!`);
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
