// Every setting of the kubelet as one entry: path, type, defaults by start mode, flag, versions, benchmark id, one sentence.
// The editor's schema and the reference table are made from it; the kubelet itself needs only table.ts.

import { initialOf } from "./defaults.ts";
import { fieldTexts } from "./describe.ts";
import { fieldRows } from "./table.ts";

export interface Field {
  readonly path: string;
  /** bool, int32, string, duration, []string, map[string]string, …; without the mark of pointers. */
  readonly type: string;
  /** Null and zero differ. */
  readonly pointer: boolean;
  /** Default of a kubelet started with --config, and without; undefined where the field stays unset. */
  readonly withFile: unknown;
  readonly withFlagsOnly: unknown;
  /** Default with a file in Kubernetes 1.20. */
  readonly in120: unknown;
  readonly flag: string | undefined;
  /** Minor version of Kubernetes 1.x that brought it; 0: before 1.20. */
  readonly since: number;
  readonly until: number | undefined;
  readonly cis: string | undefined;
  readonly values: readonly string[] | undefined;
  readonly range: readonly number[] | undefined;
  readonly text: string;
}

export const fields: readonly Field[] = fieldRows.map((row) => {
  const [path, type, , facts] = row;
  return {
    path,
    type: type.replace(/\?$/, ""),
    pointer: type.endsWith("?"),
    withFile: initialOf(row, 36, "file"),
    withFlagsOnly: initialOf(row, 36, "flags"),
    in120: initialOf(row, 20, "file"),
    flag: facts?.flag,
    since: facts?.since ?? 0,
    until: facts?.until,
    cis: facts?.cis,
    values: facts?.values,
    range: facts?.range,
    text: fieldTexts[path] ?? "",
  };
});
