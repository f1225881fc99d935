// What a service would be started with at the next daemon-reload and start, told from files alone, with the place each word comes from.

import type { Complaint } from "./config-file.ts";
import { type Definition, settingOf } from "./definition.ts";
import { isEnvName, parseEnvFile } from "./env-file.ts";
import { expandArguments } from "./exec-command.ts";
import type { FileView } from "./file-view.ts";
import { loadUnit } from "./load-unit.ts";
import type { SpecifierFacts } from "./specifiers.ts";

/** Where something is written. */
export interface Origin {
  readonly file: string;
  readonly line: number;
}

export interface EffectiveWord {
  readonly word: string;
  /** The ExecStart= line that the word stands in. */
  readonly from: Origin;
  /** The variable that the word was taken from, and where that is set. */
  readonly variable?: { readonly name: string; readonly from: Origin };
}

export interface EffectiveCommand {
  /** `loaded`, or why the unit would not start. */
  readonly load: Definition["load"];
  readonly path: string;
  readonly words: readonly EffectiveWord[];
  readonly environment: Readonly<Record<string, { readonly value: string; readonly from: Origin }>>;
  readonly user: string | undefined;
  readonly unsetVariables: readonly string[];
  /** Environment files that must be there and are not. */
  readonly missingFiles: readonly string[];
  readonly complaints: readonly Complaint[];
  readonly fragment: string | undefined;
  readonly dropIns: readonly string[];
}

type Environment = Record<string, { value: string; from: Origin }>;

function environmentOf(view: FileView, definition: Definition, missing: string[]): Environment {
  const found: Environment = {};
  for (const [name, { value, file, line }] of Object.entries(definition.environment))
    found[name] = { value, from: { file, line } };
  // Files beat Environment=, wherever they stand; of several files the later wins.
  for (const { path, optional } of definition.environmentFiles) {
    const text = view.read(path);
    if (text === undefined) {
      if (!optional) missing.push(path);
      continue;
    }
    for (const { name, value, line } of parseEnvFile(text))
      if (isEnvName(name)) found[name] = { value, from: { file: path, line } };
  }
  return found;
}

/** The command of a service as its files stand now; undefined where there is no such unit or it has no ExecStart=. */
export function effectiveCommand(view: FileView, unit: string, facts: SpecifierFacts): EffectiveCommand | undefined {
  const { definition, complaints } = loadUnit(view, unit, facts);
  if (definition.load === "not-found") return undefined;
  const missingFiles: string[] = [];
  const environment = environmentOf(view, definition, missingFiles);
  const common = {
    load: definition.load,
    environment,
    user: settingOf(definition, "Service.User"),
    missingFiles,
    complaints,
    fragment: definition.fragment,
    dropIns: definition.dropIns,
  };
  const command = definition.commands.ExecStart.at(-1);
  if (command === undefined) return { ...common, path: "", words: [], unsetVariables: [] };
  const from = { file: command.file, line: command.line };
  if (command.noExpand)
    return { ...common, path: command.path, words: command.argv.map((word) => ({ word, from })), unsetVariables: [] };
  const values = Object.fromEntries(Object.entries(environment).map(([name, { value }]) => [name, value]));
  const expanded = expandArguments(command.argv, values);
  const words = expanded.argv.map((word, i): EffectiveWord => {
    const name = expanded.origins[i]?.variables.find((each) => environment[each] !== undefined);
    const source = name === undefined ? undefined : environment[name];
    return name === undefined || source === undefined
      ? { word, from }
      : { word, from, variable: { name, from: source.from } };
  });
  return { ...common, path: command.path, words, unsetVariables: expanded.unset };
}
