// What every verb of systemctl works with: options, output, the line to PID 1.

import type { Sys } from "../../kernel/sys.ts";
import type { Bus } from "../../systemd/client/bus.ts";
import type { Output } from "../../systemd/client/output.ts";
import { mangleUnitName } from "../../systemd/unit-name.ts";

/** Options in the order given. */
export interface Options {
  has(key: string): boolean;
  value(key: string): string | undefined;
  values(key: string): readonly string[];
}

export interface Context {
  readonly sys: Sys;
  readonly out: Output;
  readonly bus: Bus;
  readonly options: Options;
  readonly verb: string;
  readonly args: readonly string[];
}

/** Full unit names of words; escaping that was needed is told. */
export function unitNames(context: Context, words: readonly string[], suffix = ".service"): string[] {
  return words.map((word) => {
    const { name, hint } = mangleUnitName(word, suffix);
    if (hint !== undefined) context.out.notice(hint);
    return name;
  });
}

export const isPattern = (name: string): boolean => /[*?[]/.test(name);

/** The line that tells that a unit's files are newer than what runs. */
export function changedOnDisk(unit: string): string {
  return `Warning: The unit file, source configuration file or drop-ins of ${unit} changed on disk. Run 'systemctl daemon-reload' to reload units.`;
}
