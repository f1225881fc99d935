// What lies on a disk about a unit: its main file, its drop-ins, the links into its folders. Nothing of it is understood here.

import type { FileView } from "./file-view.ts";
import { parseUnitName } from "./unit-name.ts";
import { type Fragment, findDropIns, findFragment, linkedUnits } from "./unit-paths.ts";

export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** Milliseconds since the epoch; 0 where the file is gone. */
  readonly mtime: number;
  /** Undefined where it is no regular file. */
  readonly mode: number | undefined;
}

export interface UnitSources {
  /** The unit's real name. */
  readonly id: string;
  readonly fragment: (SourceFile & Fragment) | undefined;
  readonly dropIns: readonly SourceFile[];
  readonly linked: { readonly Wants: string[]; readonly Requires: string[]; readonly Upholds: string[] };
}

const NONE = { Wants: [], Requires: [], Upholds: [] };

function readSource(view: FileView, path: string): SourceFile {
  const stat = view.stat(path);
  return {
    path,
    text: view.read(path) ?? "",
    mtime: stat?.mtime ?? 0,
    mode: stat?.type === "file" ? stat.mode : undefined,
  };
}

/** All that the unit `name` is read from. A mask hides what else there is, and without a main file nothing else counts but for slices. */
export function findSources(view: FileView, name: string): UnitSources {
  const found = findFragment(view, name);
  const id = found?.id ?? name;
  const fragment = found === undefined ? undefined : { ...readSource(view, found.path), ...found };
  if (found === undefined ? parseUnitName(id).type !== "slice" : found.masked)
    return { id, fragment, dropIns: [], linked: NONE };
  return {
    id,
    fragment,
    dropIns: findDropIns(view, [id, ...(found?.aliases ?? [])]).map((path) => readSource(view, path)),
    linked: {
      Wants: linkedUnits(view, id, "wants"),
      Requires: linkedUnits(view, id, "requires"),
      Upholds: linkedUnits(view, id, "upholds"),
    },
  };
}
