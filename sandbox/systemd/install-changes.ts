// Enabling and masking: the links below /etc/systemd/system, as `systemctl enable` and PID 1 make them. Works on a disk through system calls.

import { isErrno } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";
import { type FileView, viewOf } from "./file-view.ts";
import { aliasLinks, dependencyLinks, ETC, presetOf, RUN, readInstall } from "./install.ts";
import type { LinkChange, Refusal } from "./protocol.ts";
import { isValidUnitName, parseUnitName } from "./unit-name.ts";
import { findFragment, UNIT_FOLDERS } from "./unit-paths.ts";

export interface Changes {
  readonly changes: LinkChange[];
  /** Whether any of the units has something in [Install]. */
  installable: boolean;
  failure?: Refusal;
}

interface Work extends Changes {
  readonly sys: Sys;
  readonly view: FileView;
  readonly folder: string;
  readonly force: boolean;
  readonly verb: string;
}

function makeFolder(sys: Sys, path: string): void {
  const parts = path.split("/").slice(1);
  for (let i = 1; i <= parts.length; i++) sys.mkdir(`/${parts.slice(0, i).join("/")}`, 0o755);
}

const base = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

function refuse(work: Work, error: Refusal["error"], message: string): void {
  work.failure ??= { error, message };
}

/** Makes a link and notes it; one that is already right is left without a word. */
function link(work: Work, target: string, path: string): boolean {
  const { sys, view } = work;
  const existing = view.link(path);
  if (existing === target || (existing !== undefined && view.resolve(path) === view.resolve(target))) return true;
  // A file of the same name in any of the unit folders means the same unit.
  const folder = (file: string) => file.slice(0, file.lastIndexOf("/"));
  const isUnit = (file: string) => (UNIT_FOLDERS as readonly string[]).includes(folder(file));
  if (existing !== undefined && isUnit(existing) && isUnit(target) && base(existing) === base(target)) return true;
  if (existing !== undefined || !isErrno(sys.lstat(path))) {
    if (!work.force) {
      const what = existing === undefined ? "" : ` and is a symlink to ${existing}`;
      refuse(work, "Failed", `File '${path}' already exists${what}`);
      return false;
    }
    sys.unlink(path);
    work.changes.push({ kind: "removed", text: path });
  }
  makeFolder(sys, path.slice(0, path.lastIndexOf("/")));
  sys.symlink(target, path);
  work.changes.push({ kind: "created", text: `${path}\t${target}` });
  return true;
}

function remove(work: Work, path: string): void {
  work.sys.unlink(path);
  work.changes.push({ kind: "removed", text: path });
  work.sys.rmdir(path.slice(0, path.lastIndexOf("/")));
}

function enableOne(work: Work, name: string, seen: Set<string>): void {
  if (seen.has(name)) return;
  seen.add(name);
  const { view } = work;
  const fragment = findFragment(view, name);
  if (fragment === undefined) {
    refuse(work, "NoSuchUnit", `Unit ${name} does not exist`);
    return;
  }
  if (fragment.masked) {
    refuse(work, "UnitMasked", `Unit ${fragment.path} is masked`);
    return;
  }
  const info = readInstall(view, fragment.id, fragment.path);
  const parts = parseUnitName(fragment.id);
  const instance = parts.instance === "" && info.defaultInstance !== undefined ? info.defaultInstance : undefined;
  const shown = instance === undefined ? fragment.id : `${parts.prefix}@${instance}.${parts.type}`;
  if (info.wantedBy.length + info.requiredBy.length + info.upheldBy.length + info.aliases.length + info.also.length > 0)
    work.installable = true;
  const odd = info.aliases.find((alias) => parseUnitName(alias).type !== parts.type);
  if (odd !== undefined) {
    refuse(work, "Failed", `Cannot alias ${fragment.id} as ${odd}`);
    return;
  }
  const source = view.link(fragment.path) ?? fragment.path;
  for (const alias of info.aliases) link(work, source, `${work.folder}/${alias}`);
  const into = (targets: readonly string[], kind: string) => {
    for (const target of targets) {
      if (link(work, source, `${work.folder}/${target}.${kind}/${shown}`) && findFragment(view, target) === undefined) {
        work.changes.push({
          kind: "note",
          text: `Unit ${fragment.path} is added as a dependency to a non-existent unit ${target}.`,
        });
      }
    }
  };
  into(info.wantedBy, "wants");
  into(info.requiredBy, "requires");
  into(info.upheldBy, "upholds");
  for (const also of info.also) enableOne(work, also, seen);
}

function disableOne(work: Work, name: string, seen: Set<string>): void {
  if (seen.has(name)) return;
  seen.add(name);
  const { view } = work;
  const fragment = findFragment(view, name);
  const id = fragment?.id ?? name;
  const links = [...dependencyLinks(view, work.folder, id), ...aliasLinks(view, work.folder, id)];
  const info = fragment === undefined || fragment.masked ? undefined : readInstall(view, id, fragment.path);
  if (
    info !== undefined &&
    info.wantedBy.length + info.requiredBy.length + info.upheldBy.length + info.aliases.length + info.also.length > 0
  ) {
    work.installable = true;
  }
  if (fragment === undefined && links.length === 0) {
    refuse(work, "NoSuchUnit", `Unit ${name} does not exist`);
    return;
  }
  if (fragment?.masked) {
    work.changes.push({ kind: "note", text: `Unit ${fragment.path} is masked, ignoring.` });
    return;
  }
  // The link to a file elsewhere, by which the unit is known at all.
  const known = `${work.folder}/${id}`;
  const source = view.link(known);
  if (source !== undefined && !(UNIT_FOLDERS as readonly string[]).includes(source.slice(0, source.lastIndexOf("/"))))
    remove(work, known);
  for (const path of links) remove(work, path);
  for (const also of info?.also ?? []) disableOne(work, also, seen);
}

function maskOne(work: Work, name: string): void {
  if (findFragment(work.view, name) === undefined) {
    work.changes.push({ kind: "note", text: `Unit ${name} does not exist, proceeding anyway.` });
  }
  link(work, "/dev/null", `${work.folder}/${name}`);
}

function unmaskOne(work: Work, name: string): void {
  if (findFragment(work.view, name) === undefined) {
    work.changes.push({ kind: "note", text: `Unit ${name} does not exist, proceeding anyway.` });
  }
  const path = `${work.folder}/${name}`;
  const stat = work.sys.lstat(path);
  if (isErrno(stat)) return;
  if (work.view.link(path) === "/dev/null" || (stat.type === "file" && stat.size === 0)) remove(work, path);
}

function removeTree(work: Work, path: string): void {
  const entries = work.sys.readdir(path);
  const inner = isErrno(entries) ? [] : entries.map((entry) => entry.name).sort();
  for (const name of inner) {
    work.sys.unlink(`${path}/${name}`);
    work.changes.push({ kind: "removed", text: `${path}/${name}` });
  }
  work.sys.rmdir(path);
  work.changes.push({ kind: "removed", text: path });
}

function revertOne(work: Work, name: string): void {
  const own = UNIT_FOLDERS.filter((folder) => !folder.startsWith("/usr/"));
  const vendor = ["/usr/local/lib/systemd/system", "/usr/lib/systemd/system"].some((folder) =>
    work.view.stat(`${folder}/${name}`),
  );
  for (const folder of own)
    if (work.view.list(`${folder}/${name}.d`) !== undefined) removeTree(work, `${folder}/${name}.d`);
  if (!vendor) return;
  for (const folder of own) {
    const path = `${folder}/${name}`;
    if (isErrno(work.sys.lstat(path))) continue;
    work.sys.unlink(path);
    work.changes.push({ kind: "removed", text: path });
  }
}

export interface ChangeRequest {
  readonly verb:
    | "enable"
    | "disable"
    | "reenable"
    | "preset"
    | "mask"
    | "unmask"
    | "link"
    | "revert"
    | "add-wants"
    | "add-requires";
  readonly units: readonly string[];
  readonly runtime: boolean;
  readonly force: boolean;
  readonly target?: string;
}

/** `link`, and `enable` of a path: the file becomes known as a unit. Its name, or undefined where it cannot. */
function linkFile(work: Work, path: string): string | undefined {
  const name = base(path);
  if (!isValidUnitName(name))
    refuse(work, "Failed", work.verb === "link" ? `Invalid unit name ${path}` : `File ${path}: Invalid argument`);
  else if (work.view.stat(path) === undefined) refuse(work, "NoSuchUnit", `Unit ${path} does not exist`);
  else {
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (!(UNIT_FOLDERS as readonly string[]).includes(folder)) link(work, path, `${work.folder}/${name}`);
    work.installable ||= work.verb === "link";
    return name;
  }
  return undefined;
}

/** Does what a systemctl verb about unit files asks for. */
export function changeUnitFiles(sys: Sys, request: ChangeRequest): Changes {
  const view = viewOf(sys);
  const work: Work = {
    sys,
    view,
    folder: request.runtime ? RUN : ETC,
    force: request.force,
    verb: request.verb,
    changes: [],
    installable: false,
  };
  const seen = new Set<string>();
  if (["enable", "reenable", "preset"].includes(request.verb)) {
    const missing = request.units.find((name) => !name.startsWith("/") && findFragment(view, name) === undefined);
    if (missing !== undefined) refuse(work, "NoSuchUnit", `Unit ${missing} does not exist`);
  }
  for (const given of work.failure === undefined ? request.units : []) {
    const name = given.startsWith("/") ? linkFile(work, given) : given;
    if (name === undefined || request.verb === "link") continue;
    if (request.verb === "enable" || (request.verb === "preset" && presetOf(view, name) === "enabled"))
      enableOne(work, name, seen);
    else if (request.verb === "disable" || request.verb === "preset") disableOne(work, name, seen);
    else if (request.verb === "reenable") {
      disableOne(work, name, new Set());
      enableOne(work, name, seen);
    } else if (request.verb === "mask") maskOne(work, name);
    else if (request.verb === "unmask") unmaskOne(work, name);
    else if (request.verb === "revert") revertOne(work, name);
    else addDependency(work, name, request);
  }
  return work.failure === undefined
    ? { changes: work.changes, installable: work.installable }
    : { changes: work.changes, installable: work.installable, failure: work.failure };
}

function addDependency(work: Work, name: string, request: ChangeRequest): void {
  const fragment = findFragment(work.view, name);
  if (fragment === undefined) refuse(work, "NoSuchUnit", `Unit ${name} does not exist`);
  else
    link(
      work,
      fragment.path,
      `${work.folder}/${request.target ?? ""}.${request.verb === "add-wants" ? "wants" : "requires"}/${name}`,
    );
}
