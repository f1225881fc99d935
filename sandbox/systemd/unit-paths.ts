// Where unit files and drop-ins lie, and which of several wins.

import type { FileView } from "./file-view.ts";
import { parseUnitName, templateOf } from "./unit-name.ts";

/** Folders of unit files, the strongest first (systemd.unit(5)). */
export const UNIT_FOLDERS = [
  "/etc/systemd/system.control",
  "/run/systemd/system.control",
  "/run/systemd/transient",
  "/run/systemd/generator.early",
  "/etc/systemd/system",
  "/etc/systemd/system.attached",
  "/run/systemd/system",
  "/run/systemd/system.attached",
  "/run/systemd/generator",
  "/usr/local/lib/systemd/system",
  "/usr/lib/systemd/system",
  "/run/systemd/generator.late",
] as const;

export interface Fragment {
  /** The unit's real name, where the asked name is an alias. */
  readonly id: string;
  readonly path: string;
  readonly masked: boolean;
  /** Other names met on the way. */
  readonly aliases: readonly string[];
}

/** Whether a file counts as a mask: empty, or /dev/null. */
function isMask(view: FileView, path: string): boolean {
  const stat = view.stat(path);
  return stat !== undefined && (stat.type === "other" || (stat.type === "file" && stat.size === 0));
}

function locate(view: FileView, name: string): string | undefined {
  for (const folder of [...(view.folders ?? []), ...UNIT_FOLDERS]) {
    const path = `${folder}/${name}`;
    if (view.link(path) !== undefined || view.stat(path)?.type === "file") return path;
  }
  return undefined;
}

/** The main file of a unit. An instance falls back to its template; links to other unit names are aliases. */
export function findFragment(view: FileView, name: string): Fragment | undefined {
  const aliases: string[] = [];
  let id = name;
  for (let depth = 0; depth < 8; depth++) {
    const template = templateOf(id);
    const path = locate(view, id) ?? (template === undefined ? undefined : locate(view, template));
    if (path === undefined) return undefined;
    if (isMask(view, path)) return { id, path, masked: true, aliases };
    const target = view.link(path);
    const base = target?.slice(target.lastIndexOf("/") + 1);
    const own = path.slice(path.lastIndexOf("/") + 1);
    if (base === undefined || base === own || base === id || base === template) {
      return view.stat(path) === undefined ? undefined : { id, path, masked: false, aliases };
    }
    aliases.push(id);
    const parts = parseUnitName(base);
    id = parts.instance === "" ? `${parts.prefix}@${parseUnitName(id).instance ?? ""}.${parts.type}` : base;
  }
  return undefined;
}

/** Names of the folders `NAME.d` that concern a unit, the strongest first: own, template, prefixes, type. */
function dropInNames(names: readonly string[]): string[] {
  const result: string[] = [];
  for (const name of names) {
    result.push(name);
    const template = templateOf(name);
    if (template !== undefined) result.push(template);
    const { prefix, type } = parseUnitName(template ?? name);
    const stem = template === undefined ? prefix : prefix;
    for (let dash = stem.lastIndexOf("-"); dash > 0; dash = stem.lastIndexOf("-", dash - 1)) {
      if (dash < stem.length - 1) result.push(`${stem.slice(0, dash + 1)}.${type}`);
    }
  }
  const type = parseUnitName(names[0] ?? "").type;
  result.push(type);
  return result;
}

/** The drop-in files that apply, in the order in which they are read (by file name; of one name the strongest). */
export function findDropIns(view: FileView, names: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const name of dropInNames(names)) {
    for (const folder of UNIT_FOLDERS) {
      for (const file of view.list(`${folder}/${name}.d`) ?? []) {
        if (file.endsWith(".conf") && !file.startsWith(".") && !found.has(file))
          found.set(file, `${folder}/${name}.d/${file}`);
      }
    }
  }
  const order = [...found.keys()].sort((a, b) => (a < b ? -1 : 1));
  return order.map((file) => found.get(file) as string).filter((path) => view.stat(path) !== undefined);
}

/** Units that are linked into `NAME.wants/` or `NAME.requires/` anywhere. */
export function linkedUnits(view: FileView, name: string, kind: "wants" | "requires" | "upholds"): string[] {
  const found = new Set<string>();
  for (const folder of UNIT_FOLDERS) for (const file of view.list(`${folder}/${name}.${kind}`) ?? []) found.add(file);
  return [...found].sort();
}
