// What PID 1 knows of a unit after reading its files: plain, frozen data.

import type { ExecCommand } from "./exec-command.ts";

export type LoadState = "loaded" | "not-found" | "bad-setting" | "error" | "masked";

export interface Setting {
  readonly value: string;
  readonly file: string;
  readonly line: number;
}

export interface EnvironmentFile {
  readonly path: string;
  /** `-`: it may be missing. */
  readonly optional: boolean;
  readonly file: string;
  readonly line: number;
}

export interface Condition {
  /** `ConditionPathExists`, `AssertUser` … */
  readonly key: string;
  readonly value: string;
  readonly negate: boolean;
  /** `|`: one of these must hold. */
  readonly trigger: boolean;
}

/** Kinds of dependency that are kept, under the names `systemctl show` uses. */
export const DEPENDENCIES = [
  "Requires",
  "Requisite",
  "Wants",
  "BindsTo",
  "PartOf",
  "Upholds",
  "Conflicts",
  "Before",
  "After",
  "OnFailure",
  "OnSuccess",
  "PropagatesReloadTo",
  "JoinsNamespaceOf",
] as const;
export type Dependency = (typeof DEPENDENCIES)[number];

export const EXEC_KINDS = [
  "ExecCondition",
  "ExecStartPre",
  "ExecStart",
  "ExecStartPost",
  "ExecReload",
  "ExecStop",
  "ExecStopPost",
] as const;
export type ExecKind = (typeof EXEC_KINDS)[number];

export interface Definition {
  readonly id: string;
  readonly names: readonly string[];
  readonly load: LoadState;
  readonly fragment: string | undefined;
  readonly fragmentMtime: number;
  readonly dropIns: readonly string[];
  readonly dropInMtime: number;
  readonly dependencies: { readonly [Kind in Dependency]: readonly string[] };
  readonly conditions: readonly Condition[];
  readonly commands: { readonly [Kind in ExecKind]: readonly ExecCommand[] };
  /** NAME → last Environment= assignment. */
  readonly environment: Readonly<Record<string, Setting>>;
  readonly environmentFiles: readonly EnvironmentFile[];
  /** `Service.Restart` → its values; settings that are no lists hold one. */
  readonly settings: Readonly<Record<string, readonly Setting[]>>;
}

/** The last value of a setting, or undefined. */
export function settingOf(definition: Definition, key: string): string | undefined {
  return definition.settings[key]?.at(-1)?.value;
}

/** All values of a setting that is a list. */
export function settingsOf(definition: Definition, key: string): readonly string[] {
  return definition.settings[key]?.map((setting) => setting.value) ?? [];
}

/** `Description=`, or the name. */
export function descriptionOf(definition: Definition): string {
  const text =
    definition.load === "loaded" || definition.load === "bad-setting"
      ? settingOf(definition, "Unit.Description")
      : undefined;
  return text === undefined || text === "" ? definition.id : text;
}

/** `kubelet.service - kubelet: The Kubernetes Node Agent`, as PID 1 names units in its messages. */
export function statusName(definition: Definition): string {
  const description = descriptionOf(definition);
  return description === definition.id ? definition.id : `${definition.id} - ${description}`;
}
