// The command line that the next start of a unit would have, each word with the very file and line it stands on.

import { type EffectiveWord, effectiveCommand } from "../systemd/effective.ts";
import type { FileView } from "../systemd/file-view.ts";
import type { SpecifierFacts } from "../systemd/specifiers.ts";
import type { UnitView } from "./evidence.ts";

export interface PlacedWord {
  readonly text: string;
  readonly file: string;
  readonly line: number;
}

export interface CommandLine {
  readonly words: readonly PlacedWord[];
  readonly complaints: UnitView["complaints"];
}

/** The line of a command's continued lines on which a word stands; systemd counts a command by its first line. */
function placeWord(view: FileView, { word, from, variable }: EffectiveWord): PlacedWord {
  if (variable !== undefined) return { text: word, ...variable.from };
  const lines = view.read(from.file)?.split("\n") ?? [];
  for (let at = from.line - 1; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (line.includes(word)) return { text: word, file: from.file, line: at + 1 };
    if (!line.endsWith("\\")) break;
  }
  return { text: word, ...from };
}

/** Reads the unit from disk as after a daemon-reload; undefined where it has no command to start. */
export function readCommandLine(view: FileView, unit: string, facts: SpecifierFacts): CommandLine | undefined {
  const command = effectiveCommand(view, unit, facts);
  if (command === undefined || command.load !== "loaded" || command.words.length === 0) return undefined;
  return { words: command.words.map((word) => placeWord(view, word)), complaints: command.complaints };
}
