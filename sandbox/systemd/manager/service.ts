// The life of a service: the states it enters, with the commands and signals of each (service.c of PID 1, as far as nodes use it).

import { isErrno } from "../../kernel/errno.ts";
import type { SignalName } from "../../kernel/signal.ts";
import type { ExecKind } from "../definition.ts";
import { parseSignal } from "../values.ts";
import { dropFolders } from "./folders.ts";
import { addJob, loadProblem } from "./jobs.ts";
import { greatestLevel, logUnit, MESSAGE_IDS } from "./log.ts";
import { SKIPPED, shallRestart } from "./service-result.ts";
import {
  armTimer,
  disarm,
  pidFileOf,
  serviceFlag,
  serviceSetting,
  spanOf,
  timerName,
  typeOf,
} from "./service-settings.ts";
import { spawnCommand } from "./spawn.ts";
import type { ExecRecord, Manager, UnitRuntime } from "./state.ts";
import { processesOf, setState } from "./units.ts";

/** The id of a life of a unit. */
export function newInvocation(manager: Manager): string {
  const bytes = manager.sys.random(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// --- starting ---

/** Begins to start; the caller has seen to conditions and the start limit. */
export function startService(manager: Manager, unit: UnitRuntime): void {
  if (unit.flushRestarts) {
    unit.restarts = 0;
    unit.flushRestarts = false;
  }
  disarm(manager, unit);
  Object.assign(unit, {
    result: "success",
    records: {},
    main: undefined,
    mainPid: 0,
    mainIndex: 0,
    forbidRestart: false,
    statusText: "",
    cpu: 0,
    memoryPeak: 0,
    killing: undefined,
    invocation: newInvocation(manager),
  });
  const link = `/run/systemd/units/invocation:${unit.definition.id}`;
  manager.sys.unlink(link);
  manager.sys.symlink(unit.invocation, link);
  const limit = `/run/systemd/units/log-level-max:${unit.definition.id}`;
  manager.sys.unlink(limit);
  if (greatestLevel(unit) < 7) manager.sys.symlink(String(greatestLevel(unit)), limit);
  runControl(manager, unit, "ExecCondition", 0) ||
    runControl(manager, unit, "ExecStartPre", 0) ||
    enterStart(manager, unit);
}

const CONTROL_STATES: Readonly<Record<string, string>> = {
  ExecCondition: "condition",
  ExecStartPre: "start-pre",
  ExecStartPost: "start-post",
  ExecReload: "reload",
  ExecStop: "stop",
  ExecStopPost: "stop-post",
};

const TASK_NAMES: Readonly<Record<string, string>> = {
  ExecCondition: "exec-condition",
  ExecStartPre: "start-pre",
  ExecStartPost: "start-post",
  ExecReload: "reload",
  ExecStop: "stop",
  ExecStopPost: "stop-post",
};

/** Runs one command as control process; false where there is none at `index`. */
export function runControl(manager: Manager, unit: UnitRuntime, kind: ExecKind, index: number): boolean {
  const command = unit.definition.commands[kind][index];
  if (command === undefined) return false;
  const pid = spawnCommand(manager, unit, command, kind.startsWith("ExecStop"));
  if (isErrno(pid)) {
    logUnit(manager, unit, 4, `Failed to spawn '${TASK_NAMES[kind]}' task: ${pid.text}`);
    if (kind === "ExecStop" || kind === "ExecStopPost") enterDead(manager, unit, "resources", true);
    else enterSignal(manager, unit, "stop-sigterm", "resources");
    return true;
  }
  unit.controlPid = pid;
  unit.control = { kind, index };
  unit.records[`${kind}:${index}`] = { pid, start: manager.sys.now(), stop: undefined, code: undefined, status: 0 };
  const state = CONTROL_STATES[kind] ?? "start";
  const span = kind.startsWith("ExecSto")
    ? spanOf(unit, "TimeoutStopSec", 90_000)
    : spanOf(unit, "TimeoutStartSec", 90_000);
  armTimer(manager, unit, span);
  if (unit.sub !== state) setState(manager, unit, state);
  return true;
}

export function enterStart(manager: Manager, unit: UnitRuntime): void {
  const type = typeOf(unit);
  const command = unit.definition.commands.ExecStart[unit.mainIndex];
  if (command === undefined) {
    enterStartPost(manager, unit);
    return;
  }
  const pid = spawnCommand(manager, unit, command);
  if (isErrno(pid)) {
    logUnit(manager, unit, 4, `Failed to spawn 'start' task: ${pid.text}`);
    enterSignal(manager, unit, "stop-sigterm", "resources");
    return;
  }
  const record: ExecRecord = { pid, start: manager.sys.now(), stop: undefined, code: undefined, status: 0 };
  unit.records[`ExecStart:${unit.mainIndex}`] = record;
  const span = spanOf(unit, "TimeoutStartSec", type === "oneshot" ? 0 : 90_000);
  if (type === "forking") {
    unit.controlPid = pid;
    unit.control = { kind: "ExecStart", index: 0 };
    armTimer(manager, unit, span);
    setState(manager, unit, "start");
    return;
  }
  unit.mainPid = pid;
  unit.main = record;
  if (type === "simple" || type === "idle") {
    disarm(manager, unit);
    enterStartPost(manager, unit);
    return;
  }
  armTimer(manager, unit, span);
  if (unit.sub !== "start") setState(manager, unit, "start");
  // Type=exec waits until the program itself runs: looked at again as soon as the child had its turn.
  if (type === "exec") manager.sys.setTimer(`exec:${unit.definition.id}`, manager.sys.now());
}

export function enterStartPost(manager: Manager, unit: UnitRuntime): void {
  if (!runControl(manager, unit, "ExecStartPost", 0)) enterRunning(manager, unit, "success");
}

export function alive(manager: Manager, unit: UnitRuntime): boolean {
  return unit.mainPid > 0 || (unit.main === undefined && processesOf(manager, unit).length > 0);
}

export function enterRunning(manager: Manager, unit: UnitRuntime, result: string): void {
  if (unit.result === "success") unit.result = result;
  disarm(manager, unit);
  if (unit.result !== "success") enterSignal(manager, unit, "stop-sigterm", result);
  else if (alive(manager, unit)) {
    if (unit.sub !== "running") {
      setState(manager, unit, "running");
      armTimer(manager, unit, spanOf(unit, "RuntimeMaxSec", 0));
    }
  } else if (serviceFlag(unit, "RemainAfterExit", false)) setState(manager, unit, "exited");
  else enterStop(manager, unit, "success");
}

// --- stopping ---

export function stopService(manager: Manager, unit: UnitRuntime): void {
  unit.forbidRestart = true;
  switch (unit.sub) {
    case "auto-restart":
    case "auto-restart-queued":
      disarm(manager, unit);
      setState(manager, unit, "dead");
      unit.flushRestarts = true;
      return;
    case "running":
    case "exited":
      enterStop(manager, unit, "success");
      return;
    case "condition":
    case "start-pre":
    case "start":
    case "start-post":
    case "reload":
      enterSignal(manager, unit, "stop-sigterm", "success");
      return;
    default:
      return;
  }
}

export function enterStop(manager: Manager, unit: UnitRuntime, result: string): void {
  if (unit.result === "success") unit.result = result;
  if (!runControl(manager, unit, "ExecStop", 0)) enterSignal(manager, unit, "stop-sigterm", "success");
}

type KillState = "stop-sigterm" | "stop-sigkill" | "final-sigterm" | "final-sigkill";

/** Signals what is left of the service, and waits; goes on at once where nothing is left. */
export function enterSignal(manager: Manager, unit: UnitRuntime, state: KillState, result: string): void {
  if (unit.result === "success") unit.result = result;
  const hard = state.endsWith("sigkill");
  const mode = serviceSetting(unit, "KillMode") ?? "control-group";
  const signal: SignalName = hard ? "SIGKILL" : (parseSignal(serviceSetting(unit, "KillSignal") ?? "") ?? "SIGTERM");
  const group = processesOf(manager, unit);
  const direct = [unit.mainPid, unit.controlPid].filter((pid) => pid > 0);
  const targets = new Set<number>();
  if (mode !== "none") for (const pid of direct) targets.add(pid);
  if (mode === "control-group" || (mode === "mixed" && hard)) for (const pid of group) targets.add(pid);
  for (const pid of targets) {
    sampleUsage(manager, unit, pid);
    if (hard)
      logUnit(
        manager,
        unit,
        5,
        `Killing process ${pid} (${manager.sys.process(pid)?.comm ?? "n/a"}) with signal SIGKILL.`,
      );
    manager.sys.kill(pid, signal);
    if (!hard && serviceFlag(unit, "SendSIGHUP", false)) manager.sys.kill(pid, "SIGHUP");
  }
  // PID 1 hears of each end as of a child's, so it waits even for those that died of the signal at once.
  if (targets.size > 0) {
    unit.killing = hard ? "SIGKILL" : "SIGTERM";
    armTimer(manager, unit, spanOf(unit, "TimeoutStopSec", 90_000));
    if (unit.sub !== state) setState(manager, unit, state);
  } else if (state.startsWith("stop")) enterStopPost(manager, unit);
  else enterDead(manager, unit, "success", true);
}

export function enterStopPost(manager: Manager, unit: UnitRuntime): void {
  if (!runControl(manager, unit, "ExecStopPost", 0)) enterSignal(manager, unit, "final-sigterm", "success");
}

/** Notes processor time and memory while the process is there to be asked. */
function sampleUsage(manager: Manager, unit: UnitRuntime, pid: number): void {
  const process = manager.sys.process(pid);
  if (process === undefined) return;
  unit.cpu += process.cpuTime;
  unit.memoryPeak = Math.max(unit.memoryPeak, process.rss * 1024);
}

export function enterDead(manager: Manager, unit: UnitRuntime, result: string, mayRestart: boolean): void {
  const stopping = unit.job !== undefined && ["stop", "restart"].includes(manager.state.jobs[unit.job]?.type ?? "");
  if (unit.result === "success") unit.result = result;
  const good = unit.result === "success";
  if (good) logUnit(manager, unit, 6, "Deactivated successfully.", { MESSAGE_ID: MESSAGE_IDS.success });
  else if (unit.result === SKIPPED) logUnit(manager, unit, 6, `Skipped due to '${unit.result}'.`);
  else {
    logUnit(manager, unit, 4, `Failed with result '${unit.result}'.`, {
      MESSAGE_ID: MESSAGE_IDS.failure,
      UNIT_RESULT: unit.result,
    });
  }
  disarm(manager, unit);
  unit.killing = undefined;
  unit.control = undefined;
  unit.monitors = undefined;
  const pidFile = pidFileOf(unit);
  if (pidFile !== undefined) manager.sys.unlink(pidFile);
  const restarting = mayRestart && !stopping && shallRestart(unit);
  dropFolders(manager.sys, unit.definition, restarting);
  if (restarting) {
    setState(manager, unit, good ? "dead-before-auto-restart" : "failed-before-auto-restart");
    setState(manager, unit, "auto-restart");
    manager.sys.setTimer(timerName(unit), manager.sys.now() + spanOf(unit, "RestartSec", 100));
  } else {
    unit.flushRestarts = true;
    setState(manager, unit, good || unit.result === SKIPPED ? "dead" : "failed");
  }
  unit.forbidRestart = false;
}

/** The restart is due, or a client asks for it at once. */
export function enterRestart(manager: Manager, unit: UnitRuntime, shortcut: boolean): void {
  disarm(manager, unit);
  const problem = shortcut ? undefined : loadProblem(unit);
  if (problem !== undefined) {
    logUnit(manager, unit, 4, `Failed to schedule restart job: ${problem.message}`);
    enterDead(manager, unit, "resources", false);
    return;
  }
  if (unit.job !== undefined && manager.state.jobs[unit.job]?.type === "stop") return;
  unit.restarts += 1;
  const text = `Scheduled restart job${shortcut ? " immediately on client request" : ""}, restart counter is at ${unit.restarts}.`;
  logUnit(manager, unit, 6, text, { MESSAGE_ID: MESSAGE_IDS.restart, N_RESTARTS: String(unit.restarts) });
  setState(manager, unit, "auto-restart-queued");
  if (!shortcut) addJob(manager, unit, "start");
}

/** Start was asked for too often. */
export function hitStartLimit(manager: Manager, unit: UnitRuntime): void {
  logUnit(manager, unit, 4, "Start request repeated too quickly.");
  // A start that was refused counts as a life of its own, which used nothing.
  unit.cpu = -1;
  unit.memoryPeak = 0;
  enterDead(manager, unit, "start-limit-hit", false);
}

export function reloadService(manager: Manager, unit: UnitRuntime): void {
  if (!runControl(manager, unit, "ExecReload", 0)) setState(manager, unit, unit.sub);
}
