// The command line that the next start of a unit would have, each word with the file and line it comes from.

import { parseEnvFile } from "../systemd/env-file.ts";
import { type ExecCommand, expandArguments } from "../systemd/exec-command.ts";
import type { FileView } from "../systemd/file-view.ts";
import { type LoadedUnit, loadUnit } from "../systemd/load-unit.ts";
import type { SpecifierFacts } from "../systemd/specifiers.ts";

export interface PlacedWord {
  readonly text: string;
  readonly file: string;
  readonly line: number;
}

export interface CommandLine {
  readonly words: readonly PlacedWord[];
  readonly complaints: LoadedUnit["complaints"];
}

interface Variable {
  readonly value: string;
  readonly file: string;
  readonly line: number;
}

/** Variables a command gets; an EnvironmentFile= beats Environment=, a later file an earlier one. */
function readVariables(view: FileView, { definition }: LoadedUnit): Map<string, Variable> {
  const found = new Map<string, Variable>();
  for (const [name, { value, file, line }] of Object.entries(definition.environment))
    found.set(name, { value, file, line });
  for (const { path } of definition.environmentFiles) {
    const text = view.read(path);
    if (text === undefined) continue;
    for (const { name, value, line } of parseEnvFile(text)) found.set(name, { value, file: path, line });
  }
  return found;
}

/** The line of a command's continued lines on which a word stands. */
function findLine(view: FileView, command: ExecCommand, word: string): number {
  const lines = view.read(command.file)?.split("\n") ?? [];
  for (let at = command.line - 1; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (line.includes(word)) return at + 1;
    if (!line.endsWith("\\")) break;
  }
  return command.line;
}

/** Reads the unit from disk as after a daemon-reload; undefined where it has no command to start. */
export function readCommandLine(view: FileView, unit: string, facts: SpecifierFacts): CommandLine | undefined {
  const loaded = loadUnit(view, unit, facts);
  const command = loaded.definition.commands.ExecStart[0];
  if (loaded.definition.load !== "loaded" || command === undefined) return undefined;
  const variables = readVariables(view, loaded);
  const values = Object.fromEntries([...variables].map(([name, { value }]) => [name, value]));
  const { argv, origins } = expandArguments(command.argv, values);
  const words = argv.map((text, index): PlacedWord => {
    const origin = origins[index];
    const variable = origin?.variables[0] === undefined ? undefined : variables.get(origin.variables[0]);
    if (variable !== undefined) return { text, file: variable.file, line: variable.line };
    return { text, file: command.file, line: findLine(view, command, command.argv[origin?.from ?? 0] ?? text) };
  });
  return { words, complaints: loaded.complaints };
}
