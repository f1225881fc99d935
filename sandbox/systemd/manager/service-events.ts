// What happens to a service: processes that end or speak, and times that run out.

import { isErrno } from "../../kernel/errno.ts";
import type { ExitStatus } from "../../kernel/sys.ts";
import type { ExecKind } from "../definition.ts";
import { logUnit } from "./log.ts";
import {
  alive,
  enterDead,
  enterRestart,
  enterRunning,
  enterSignal,
  enterStart,
  enterStartPost,
  enterStop,
  enterStopPost,
  runControl,
} from "./service.ts";
import { logExit, recordEnd, resultOf, SKIPPED } from "./service-result.ts";
import { pidFileOf, serviceFlag, serviceSetting, typeOf } from "./service-settings.ts";
import type { ExecRecord, Manager, UnitRuntime } from "./state.ts";
import { processesOf, setState } from "./units.ts";

/** Type=exec: whether the program has replaced PID 1's child by now. */
export function checkExec(manager: Manager, unit: UnitRuntime): void {
  if (unit.sub !== "start" || typeOf(unit) !== "exec") return;
  const process = manager.sys.process(unit.mainPid);
  if (process === undefined) return;
  if (process.comm.startsWith("(")) manager.sys.setTimer(`exec:${unit.definition.id}`, manager.sys.now() + 1);
  else enterStartPost(manager, unit);
}

/** READY=1 came (Type=notify). */
export function notified(manager: Manager, unit: UnitRuntime, message: string): void {
  for (const line of message.split("\n")) {
    if (line.startsWith("STATUS=")) unit.statusText = line.slice(7);
    if (line === "READY=1" && unit.sub === "start" && typeOf(unit).startsWith("notify")) enterStartPost(manager, unit);
  }
}

/** A process of this unit ended; false where it is none that the service knows. */
export function processEnded(manager: Manager, unit: UnitRuntime, pid: number, status: ExitStatus): boolean {
  const now = manager.sys.now();
  if (pid === unit.mainPid) {
    unit.mainPid = 0;
    const record = unit.main ?? { pid, start: now, stop: undefined, code: undefined, status: 0 };
    recordEnd(record, status, now);
    unit.main = record;
    unit.records[`ExecStart:${unit.mainIndex}`] = record;
    mainEnded(manager, unit, record);
    return true;
  }
  if (pid === unit.controlPid) {
    unit.controlPid = 0;
    const { kind, index } = unit.control ?? { kind: "ExecStart" as const, index: 0 };
    const record = unit.records[`${kind}:${index}`];
    if (record === undefined) return true;
    recordEnd(record, status, now);
    controlEnded(manager, unit, kind, index, record);
    return true;
  }
  return false;
}

function mainEnded(manager: Manager, unit: UnitRuntime, record: ExecRecord): void {
  const commands = unit.definition.commands.ExecStart;
  const result = resultOf(unit, record, commands[unit.mainIndex], typeOf(unit) !== "oneshot");
  logExit(manager, unit, "Main process", "ExecStart", record, result === "success");
  if (unit.result === "success") unit.result = result;
  switch (unit.sub) {
    case "start":
      if (typeOf(unit) !== "oneshot") {
        enterSignal(
          manager,
          unit,
          "stop-sigterm",
          result === "success" && typeOf(unit).startsWith("notify") ? "protocol" : result,
        );
      } else if (result !== "success") enterSignal(manager, unit, "stop-sigterm", result);
      else if (commands[unit.mainIndex + 1] !== undefined) {
        unit.mainIndex += 1;
        enterStart(manager, unit);
      } else enterStartPost(manager, unit);
      return;
    case "running":
      enterRunning(manager, unit, result);
      return;
    case "start-post":
    case "reload":
    case "stop":
      return;
    default:
      goOnKilling(manager, unit);
  }
}

/** In a killing state: whether all are gone by now. */
function goOnKilling(manager: Manager, unit: UnitRuntime): void {
  if (!["stop-sigterm", "stop-sigkill", "final-sigterm", "final-sigkill"].includes(unit.sub)) return;
  const mode = serviceSetting(unit, "KillMode") ?? "control-group";
  const left = mode === "control-group" ? processesOf(manager, unit) : [];
  if (unit.mainPid > 0 || unit.controlPid > 0 || left.length > 0) return;
  if (unit.sub.startsWith("stop")) enterStopPost(manager, unit);
  else enterDead(manager, unit, "success", true);
}

function controlEnded(manager: Manager, unit: UnitRuntime, kind: ExecKind, index: number, record: ExecRecord): void {
  const command = unit.definition.commands[kind][index];
  const skips = kind === "ExecCondition" && record.code === "exited" && record.status >= 1 && record.status <= 254;
  const result = skips ? SKIPPED : resultOf(unit, record, command, false);
  logExit(
    manager,
    unit,
    kind === "ExecCondition" ? "Condition check process" : "Control process",
    kind,
    record,
    result === "success" || skips,
  );
  unit.control = undefined;
  if (["stop-sigterm", "stop-sigkill", "final-sigterm", "final-sigkill"].includes(unit.sub)) {
    if (unit.result === "success") unit.result = result;
    goOnKilling(manager, unit);
    return;
  }
  if (result === "success" && unit.definition.commands[kind][index + 1] !== undefined) {
    runControl(manager, unit, kind, index + 1);
    return;
  }
  if (result !== "success" && unit.result === "success" && kind !== "ExecReload") unit.result = result;
  switch (kind) {
    case "ExecCondition":
      if (result !== "success") enterSignal(manager, unit, "stop-sigterm", result);
      else runControl(manager, unit, "ExecStartPre", 0) || enterStart(manager, unit);
      return;
    case "ExecStartPre":
      if (result !== "success") enterSignal(manager, unit, "stop-sigterm", result);
      else enterStart(manager, unit);
      return;
    case "ExecStart":
      forked(manager, unit, result);
      return;
    case "ExecStartPost":
      if (result !== "success") enterSignal(manager, unit, "stop-sigterm", result);
      else enterRunning(manager, unit, "success");
      return;
    case "ExecReload":
      setState(manager, unit, "running");
      return;
    case "ExecStop":
      enterSignal(manager, unit, "stop-sigterm", result);
      return;
    case "ExecStopPost":
      enterSignal(manager, unit, "final-sigterm", result);
      return;
  }
}

/** Type=forking: the first process is gone; the main one is in its PID file, or the only one left. */
function forked(manager: Manager, unit: UnitRuntime, result: string): void {
  if (result !== "success") {
    enterSignal(manager, unit, "stop-sigterm", result);
    return;
  }
  const file = pidFileOf(unit);
  const text = file === undefined ? undefined : manager.sys.readFile(file);
  const named = text === undefined || isErrno(text) ? 0 : Number(new TextDecoder().decode(text).trim());
  if (isErrno(text)) {
    // The file may come yet; until then the start goes on.
    logUnit(manager, unit, 4, `Can't open PID file '${file}' (yet?) after start: ${text.text}`);
    if (processesOf(manager, unit).length === 0) enterSignal(manager, unit, "stop-sigterm", "protocol");
    return;
  }
  const left = processesOf(manager, unit);
  const pid = named > 0 && manager.sys.process(named) !== undefined ? named : left.length === 1 ? (left[0] ?? 0) : 0;
  if (pid > 0) {
    unit.mainPid = pid;
    unit.main = { pid, start: manager.sys.now(), stop: undefined, code: undefined, status: 0 };
  }
  enterStartPost(manager, unit);
}

/** Some process of the unit's group ended that is neither main nor control process. */
export function groupChanged(manager: Manager, unit: UnitRuntime): void {
  goOnKilling(manager, unit);
  if (unit.sub === "running" && !alive(manager, unit)) enterRunning(manager, unit, "success");
}

export function timedOut(manager: Manager, unit: UnitRuntime): void {
  switch (unit.sub) {
    case "auto-restart":
      enterRestart(manager, unit, false);
      return;
    case "condition":
    case "start-pre":
    case "start":
    case "start-post":
      logUnit(manager, unit, 4, `${unit.sub} operation timed out. Terminating.`);
      enterSignal(manager, unit, "stop-sigterm", "timeout");
      return;
    case "reload":
      logUnit(manager, unit, 4, "Reload operation timed out. Killing reload process.");
      manager.sys.kill(unit.controlPid, "SIGKILL");
      return;
    case "running":
      logUnit(manager, unit, 4, "Service reached runtime time limit. Stopping.");
      enterStop(manager, unit, "timeout");
      return;
    case "stop":
      logUnit(manager, unit, 4, "Stopping timed out. Terminating.");
      enterSignal(manager, unit, "stop-sigterm", "timeout");
      return;
    case "stop-sigterm":
    case "final-sigterm":
      if (!serviceFlag(unit, "SendSIGKILL", true)) return;
      logUnit(manager, unit, 4, `State '${unit.sub}' timed out. Killing.`);
      enterSignal(manager, unit, unit.sub === "stop-sigterm" ? "stop-sigkill" : "final-sigkill", "timeout");
      return;
    case "stop-post":
      logUnit(manager, unit, 4, "State 'stop-post' timed out. Terminating.");
      enterSignal(manager, unit, "final-sigterm", "timeout");
      return;
    case "stop-sigkill":
    case "final-sigkill":
      logUnit(manager, unit, 4, "Processes still around after SIGKILL. Ignoring.");
      enterDead(manager, unit, "timeout", true);
      return;
    default:
      return;
  }
}
