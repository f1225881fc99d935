// Path units: looked at ten times a second in place of the kernel's notices, and what they start (path.c of PID 1). Loaded when the first one starts.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import { settingOf, settingsOf } from "../definition.ts";
import { matchesPattern } from "../unit-name.ts";
import { parseBoolean } from "../values.ts";
import { isJobError, request } from "./jobs.ts";
import { logUnit } from "./log.ts";
import { fail } from "./sockets.ts";
import { activeState, isDown, type Manager, type UnitRuntime } from "./state.ts";
import { getUnit, setState, triggeredName } from "./units.ts";

const EVERY = 100;
const KINDS = ["PathExists", "PathExistsGlob", "PathChanged", "PathModified", "DirectoryNotEmpty"] as const;

type Kind = (typeof KINDS)[number];

function specsOf(unit: UnitRuntime): [kind: Kind, path: string][] {
  return KINDS.flatMap((kind) =>
    settingsOf(unit.definition, `Path.${kind}`).map((path): [Kind, string] => [kind, path]),
  );
}

/** A file that fits a pattern in its last part. */
function exists(sys: Sys, pattern: string): boolean {
  const slash = pattern.lastIndexOf("/");
  const entries = sys.readdir(pattern.slice(0, slash) || "/");
  return !isErrno(entries) && entries.some(({ name }) => matchesPattern(name, pattern.slice(slash + 1)));
}

/** Whether what a path waits for is so by now. */
function holds(sys: Sys, kind: Kind, path: string): boolean {
  switch (kind) {
    case "PathExists":
      return !isErrno(sys.stat(path));
    case "PathExistsGlob":
      return exists(sys, path);
    case "DirectoryNotEmpty": {
      const entries = sys.readdir(path);
      return !isErrno(entries) && entries.length > 0;
    }
    default:
      return false;
  }
}

/** What changes when a file is written, made, taken away, or gets other attributes; of a folder, its entries too. */
function traceOf(sys: Sys, path: string): string {
  const stat = sys.stat(path);
  if (isErrno(stat)) return "";
  const entries = stat.type === "directory" ? sys.readdir(path) : [];
  const inside = isErrno(entries) ? [] : entries.map(({ name }) => sys.stat(`${path}/${name}`));
  return [stat, ...inside]
    .map((each) => (isErrno(each) ? "" : `${each.ino} ${each.mtime} ${each.ctime} ${each.size}`))
    .join();
}

const changesOf = (sys: Sys, unit: UnitRuntime): string =>
  specsOf(unit)
    .filter(([kind]) => kind === "PathChanged" || kind === "PathModified")
    .map(([, path]) => traceOf(sys, path))
    .join("|");

function makeFolders(sys: Sys, unit: UnitRuntime): void {
  if (parseBoolean(settingOf(unit.definition, "Path.MakeDirectory") ?? "no") !== true) return;
  const mode = Number.parseInt(settingOf(unit.definition, "Path.DirectoryMode") ?? "755", 8);
  for (const [kind, path] of specsOf(unit)) {
    if (kind.startsWith("PathExists")) continue;
    let folder = "";
    for (const part of path.split("/").slice(1)) {
      folder += `/${part}`;
      sys.mkdir(folder, mode);
    }
  }
}

/** Waits on, or starts what is to be started. */
function wait(manager: Manager, unit: UnitRuntime): void {
  const { sys } = manager;
  const now = changesOf(sys, unit);
  const changed = unit.trace !== undefined && unit.trace !== now;
  unit.trace = now;
  if (changed || specsOf(unit).some(([kind, path]) => holds(sys, kind, path))) {
    const started = request(manager, { verb: "start", unit: triggeredName(unit.definition) });
    if (!isJobError(started)) {
      if (unit.sub !== "running") setState(manager, unit, "running");
      return;
    }
    logUnit(manager, unit, 4, `Failed to queue unit startup job: ${started.message}`);
    fail(manager, unit, "resources");
    return;
  }
  if (unit.sub !== "waiting") setState(manager, unit, "waiting");
  sys.setTimer(`path:${unit.definition.id}`, sys.now() + EVERY);
}

/** A path unit starts, is due for another look, or what it started has ended. */
export function pathRang(manager: Manager, unit: UnitRuntime): void {
  const service = getUnit(manager, triggeredName(unit.definition));
  if (isDown(activeState(unit))) {
    if (unit.job === undefined) return;
    unit.result = "success";
    unit.trace = undefined;
    makeFolders(manager.sys, unit);
    // Started first, so that this is told before what it starts.
    setState(manager, unit, "waiting");
    wait(manager, unit);
  } else if (service.result === "start-limit-hit" && activeState(service) === "failed")
    fail(manager, unit, "unit-start-limit-hit");
  else if (isDown(activeState(service))) wait(manager, unit);
  else if (unit.sub !== "running") setState(manager, unit, "running");
}
