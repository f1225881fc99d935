// Whether units are enabled: their [Install] sections, the links below /etc/systemd/system, and what the preset files say.

import type { Complaint } from "./config-file.ts";
import { readConfig } from "./config-file.ts";
import type { FileView } from "./file-view.ts";
import { ALL_SECTIONS } from "./unit-keys.ts";
import { matchesPattern, parseUnitName, templateOf } from "./unit-name.ts";
import { findDropIns, findFragment, UNIT_FOLDERS } from "./unit-paths.ts";

export const ETC = "/etc/systemd/system";
export const RUN = "/run/systemd/system";

export interface InstallInfo {
  readonly wantedBy: readonly string[];
  readonly requiredBy: readonly string[];
  readonly upheldBy: readonly string[];
  readonly aliases: readonly string[];
  readonly also: readonly string[];
  readonly defaultInstance: string | undefined;
  /** The file could not be read to its end. */
  readonly broken: boolean;
  readonly complaints: readonly Complaint[];
}

/** The [Install] section of a unit with its drop-ins. */
export function readInstall(view: FileView, name: string, path: string): InstallInfo {
  const lists: Record<string, string[]> = {
    WantedBy: [],
    RequiredBy: [],
    UpheldBy: [],
    Alias: [],
    Also: [],
    DefaultInstance: [],
  };
  const complaints: Complaint[] = [];
  const quiet = ALL_SECTIONS.filter((section) => section !== "Install");
  const instance = parseUnitName(name).instance;
  const read = (file: string): boolean =>
    readConfig(
      file,
      view.read(file) ?? "",
      ["Install"],
      ({ key, value }) => {
        const list = lists[key];
        if (list === undefined) return undefined;
        if (value === "") list.length = 0;
        else list.push(...value.split(/\s+/).map((word) => word.replace("%i", instance ?? "%i").replace("%n", name)));
        return undefined;
      },
      (complaint) => complaints.push(complaint),
      quiet,
    );
  let broken = !read(path);
  for (const file of findDropIns(view, [name])) if (!read(file)) broken = true;
  const { WantedBy = [], RequiredBy = [], UpheldBy = [], Alias = [], Also = [], DefaultInstance = [] } = lists;
  return {
    wantedBy: WantedBy,
    requiredBy: RequiredBy,
    upheldBy: UpheldBy,
    aliases: Alias,
    also: Also,
    defaultInstance: DefaultInstance.at(-1),
    broken,
    complaints,
  };
}

/** Links in `*.wants/` and the like of a folder that name the unit. */
export function dependencyLinks(view: FileView, folder: string, name: string): string[] {
  const found: string[] = [];
  for (const entry of view.list(folder) ?? []) {
    if (!/\.(wants|requires|upholds)$/.test(entry)) continue;
    for (const link of view.list(`${folder}/${entry}`) ?? []) {
      if (link === name || (name.includes("@.") && templateOf(link) === name)) found.push(`${folder}/${entry}/${link}`);
    }
  }
  return found.sort();
}

/** Links in a folder that are other names of the unit. */
export function aliasLinks(view: FileView, folder: string, name: string): string[] {
  const found: string[] = [];
  for (const entry of view.list(folder) ?? []) {
    const target = view.link(`${folder}/${entry}`);
    if (target !== undefined && entry !== name && target.slice(target.lastIndexOf("/") + 1) === name)
      found.push(`${folder}/${entry}`);
  }
  return found.sort();
}

export interface FileState {
  readonly state: string;
  readonly complaints: readonly Complaint[];
}

/** enabled, disabled, static, masked …; `not-found` where there is no file. */
export function unitFileState(view: FileView, name: string): FileState {
  const plain = (state: string): FileState => ({ state, complaints: [] });
  const fragment = findFragment(view, name);
  if (fragment === undefined) return plain("not-found");
  if (fragment.masked) return plain(fragment.path.startsWith("/run/") ? "masked-runtime" : "masked");
  if (/^\/run\/systemd\/(?:generator|transient)/.test(fragment.path))
    return plain(fragment.path.includes("transient") ? "transient" : "generated");
  if (fragment.id !== name && templateOf(fragment.id) === undefined) return plain("alias");
  const info = readInstall(view, fragment.id, fragment.path);
  const answer = (state: string): FileState => ({ state, complaints: info.complaints });
  if (info.broken) return answer("bad");
  const linked = (folder: string): boolean =>
    dependencyLinks(view, folder, fragment.id).length > 0 || aliasLinks(view, folder, fragment.id).length > 0;
  if (linked(ETC)) return answer("enabled");
  if (linked(RUN)) return answer("enabled-runtime");
  const installable = info.wantedBy.length + info.requiredBy.length + info.upheldBy.length + info.aliases.length > 0;
  if (view.link(fragment.path) !== undefined && fragment.path.startsWith(ETC)) return answer("linked");
  if (installable) return answer("disabled");
  return answer(info.also.length > 0 ? "indirect" : "static");
}

/** What the preset files say: Debian enables what they do not name. */
export function presetOf(view: FileView, name: string): "enabled" | "disabled" {
  const files = new Map<string, string>();
  for (const folder of ["/etc/systemd/system-preset", "/run/systemd/system-preset", "/usr/lib/systemd/system-preset"]) {
    for (const file of view.list(folder) ?? [])
      if (file.endsWith(".preset") && !files.has(file)) files.set(file, `${folder}/${file}`);
  }
  for (const file of [...files.keys()].sort()) {
    for (const line of (view.read(files.get(file) as string) ?? "").split("\n")) {
      const match = /^\s*(enable|disable|ignore)\s+(\S+)/.exec(line);
      if (match !== null && matchesPattern(name, match[2] as string))
        return match[1] === "disable" ? "disabled" : "enabled";
    }
  }
  return "enabled";
}

/** Names of all unit files, sorted. */
export function listUnitFiles(view: FileView): string[] {
  const names = new Set<string>();
  for (const folder of UNIT_FOLDERS) {
    for (const name of view.list(folder) ?? []) {
      if (!/\.(?:d|wants|requires|upholds)$/.test(name) && findFragment(view, name) !== undefined) names.add(name);
    }
  }
  return [...names].sort();
}
