// The life of a service: commands, processes, signals, time-outs, restarts (service.c of PID 1, as far as nodes use it).

import { isErrno } from "../../kernel/errno.ts";
import { SIGNALS, type SignalName } from "../../kernel/signal.ts";
import type { ExitStatus } from "../../kernel/sys.ts";
import { type ExecKind, settingOf, settingsOf } from "../definition.ts";
import type { ExecCommand } from "../exec-command.ts";
import { exitStatusName, exitStatusNumber, signalName } from "../exit-status.ts";
import { serviceType } from "../load-unit.ts";
import { parseTimespan } from "../time.ts";
import { parseBoolean, parseSignal } from "../values.ts";
import { addJob, loadProblem } from "./jobs.ts";
import { logUnit, MESSAGE_IDS } from "./log.ts";
import { spawnCommand } from "./spawn.ts";
import type { ExecRecord, Manager, UnitRuntime } from "./state.ts";
import { processesOf, setState } from "./units.ts";

const one = (unit: UnitRuntime, key: string): string | undefined => settingOf(unit.definition, `Service.${key}`);
const flag = (unit: UnitRuntime, key: string, fallback: boolean): boolean =>
  parseBoolean(one(unit, key) ?? "") ?? fallback;
const typeOf = (unit: UnitRuntime): string => serviceType(unit.definition);

function pidFileOf(unit: UnitRuntime): string | undefined {
  const file = one(unit, "PIDFile");
  return file === undefined || file.startsWith("/") ? file : `/run/${file}`;
}

/** A time setting of the service in ms; 0 means none for those that can be off. */
export function spanOf(unit: UnitRuntime, key: string, fallback: number): number {
  const own = one(unit, key) ?? (key.startsWith("TimeoutSt") ? one(unit, "TimeoutSec") : undefined);
  return own === undefined ? fallback : (parseTimespan(own) ?? fallback);
}

const timerName = (unit: UnitRuntime): string => `unit:${unit.definition.id}`;

function armTimer(manager: Manager, unit: UnitRuntime, after: number): void {
  const endless = after === Number.POSITIVE_INFINITY || after <= 0;
  manager.sys.setTimer(timerName(unit), endless ? undefined : manager.sys.now() + after);
}

function disarm(manager: Manager, unit: UnitRuntime): void {
  manager.sys.setTimer(timerName(unit), undefined);
}

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
  runControl(manager, unit, "ExecCondition", 0) ||
    runControl(manager, unit, "ExecStartPre", 0) ||
    enterStart(manager, unit);
}

/** Result of a service whose ExecCondition= said no. */
export const SKIPPED = "exec-condition";

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
function runControl(manager: Manager, unit: UnitRuntime, kind: ExecKind, index: number): boolean {
  const command = unit.definition.commands[kind][index];
  if (command === undefined) return false;
  const pid = spawnCommand(manager, unit, command, kind.startsWith("ExecStop"));
  if (pid === undefined) {
    logUnit(manager, unit, 4, `Failed to spawn '${TASK_NAMES[kind]}' task: No such file or directory`);
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

function enterStart(manager: Manager, unit: UnitRuntime): void {
  const type = typeOf(unit);
  const command = unit.definition.commands.ExecStart[unit.mainIndex];
  if (command === undefined) {
    enterStartPost(manager, unit);
    return;
  }
  const pid = spawnCommand(manager, unit, command);
  if (pid === undefined) {
    logUnit(manager, unit, 4, "Failed to spawn 'start' task: No such file or directory");
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

/** Type=exec: whether the program has replaced PID 1's child by now. */
export function checkExec(manager: Manager, unit: UnitRuntime): void {
  if (unit.sub !== "start" || typeOf(unit) !== "exec") return;
  const process = manager.sys.process(unit.mainPid);
  if (process === undefined) return;
  if (process.comm.startsWith("(")) manager.sys.setTimer(`exec:${unit.definition.id}`, manager.sys.now() + 1);
  else enterStartPost(manager, unit);
}

function enterStartPost(manager: Manager, unit: UnitRuntime): void {
  if (!runControl(manager, unit, "ExecStartPost", 0)) enterRunning(manager, unit, "success");
}

function alive(manager: Manager, unit: UnitRuntime): boolean {
  return unit.mainPid > 0 || (unit.main === undefined && processesOf(manager, unit).length > 0);
}

function enterRunning(manager: Manager, unit: UnitRuntime, result: string): void {
  if (unit.result === "success") unit.result = result;
  disarm(manager, unit);
  if (unit.result !== "success") enterSignal(manager, unit, "stop-sigterm", result);
  else if (alive(manager, unit)) {
    if (unit.sub !== "running") {
      setState(manager, unit, "running");
      armTimer(manager, unit, spanOf(unit, "RuntimeMaxSec", 0));
    }
  } else if (flag(unit, "RemainAfterExit", false)) setState(manager, unit, "exited");
  else enterStop(manager, unit, "success");
}

/** READY=1 came (Type=notify). */
export function notified(manager: Manager, unit: UnitRuntime, message: string): void {
  for (const line of message.split("\n")) {
    if (line.startsWith("STATUS=")) unit.statusText = line.slice(7);
    if (line === "READY=1" && unit.sub === "start" && typeOf(unit).startsWith("notify")) enterStartPost(manager, unit);
  }
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

function enterStop(manager: Manager, unit: UnitRuntime, result: string): void {
  if (unit.result === "success") unit.result = result;
  if (!runControl(manager, unit, "ExecStop", 0)) enterSignal(manager, unit, "stop-sigterm", "success");
}

type KillState = "stop-sigterm" | "stop-sigkill" | "final-sigterm" | "final-sigkill";

/** Signals what is left of the service, and waits; goes on at once where nothing is left. */
function enterSignal(manager: Manager, unit: UnitRuntime, state: KillState, result: string): void {
  if (unit.result === "success") unit.result = result;
  const hard = state.endsWith("sigkill");
  const mode = one(unit, "KillMode") ?? "control-group";
  const signal: SignalName = hard ? "SIGKILL" : (parseSignal(one(unit, "KillSignal") ?? "") ?? "SIGTERM");
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
    if (!hard && flag(unit, "SendSIGHUP", false)) manager.sys.kill(pid, "SIGHUP");
  }
  // PID 1 hears of each end as of a child's, so it waits even for those that died of the signal at once.
  if (targets.size > 0) {
    unit.killing = hard ? "SIGKILL" : "SIGTERM";
    armTimer(manager, unit, spanOf(unit, "TimeoutStopSec", 90_000));
    if (unit.sub !== state) setState(manager, unit, state);
  } else if (state.startsWith("stop")) enterStopPost(manager, unit);
  else enterDead(manager, unit, "success", true);
}

function enterStopPost(manager: Manager, unit: UnitRuntime): void {
  if (!runControl(manager, unit, "ExecStopPost", 0)) enterSignal(manager, unit, "final-sigterm", "success");
}

/** Notes processor time and memory while the process is there to be asked. */
function sampleUsage(manager: Manager, unit: UnitRuntime, pid: number): void {
  const process = manager.sys.process(pid);
  if (process === undefined) return;
  unit.cpu += process.cpuTime;
  unit.memoryPeak = Math.max(unit.memoryPeak, process.rss * 1024);
}

function listed(unit: UnitRuntime, key: string, record: ExecRecord | undefined): boolean {
  if (record?.code === undefined) return false;
  for (const text of settingsOf(unit.definition, `Service.${key}`)) {
    for (const word of text.split(/\s+/)) {
      if (record.code === "exited" && (exitStatusNumber(word) ?? Number(word)) === record.status) return true;
      const signal = parseSignal(word);
      if (record.code !== "exited" && signal !== undefined && SIGNALS[signal] === record.status) return true;
    }
  }
  return false;
}

function shallRestart(unit: UnitRuntime): boolean {
  if (unit.forbidRestart || unit.result === SKIPPED) return false;
  if (listed(unit, "RestartPreventExitStatus", unit.main)) return false;
  if (listed(unit, "RestartForceExitStatus", unit.main)) return true;
  const { result } = unit;
  switch (one(unit, "Restart") ?? "no") {
    case "always":
      return true;
    case "on-success":
      return result === "success";
    case "on-failure":
      return result !== "success";
    case "on-abnormal":
      return result !== "success" && result !== "exit-code";
    case "on-watchdog":
      return result === "watchdog";
    case "on-abort":
      return result === "signal" || result === "core-dump";
    default:
      return false;
  }
}

function enterDead(manager: Manager, unit: UnitRuntime, result: string, mayRestart: boolean): void {
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
  if (mayRestart && !stopping && shallRestart(unit)) {
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

// --- what happened to its processes ---

function recordEnd(record: ExecRecord, status: ExitStatus, now: number): void {
  record.stop = now;
  if (status.kind === "exited") {
    record.code = "exited";
    record.status = status.code;
  } else {
    record.code = status.kind === "killed" && status.core ? "dumped" : "killed";
    record.status = SIGNALS[status.signal];
  }
}

/** Result of a process that ended: clean exits are 0 and the signals a daemon is stopped with. */
function resultOf(unit: UnitRuntime, record: ExecRecord, command: ExecCommand | undefined, daemon: boolean): string {
  if (command?.ignoreFailure || listed(unit, "SuccessExitStatus", record)) return "success";
  if (record.code === "exited") return record.status === 0 ? "success" : "exit-code";
  if (record.code === "killed" && daemon && [1, 2, 13, 15].includes(record.status)) return "success";
  return record.code === "dumped" ? "core-dump" : "signal";
}

function logExit(
  manager: Manager,
  unit: UnitRuntime,
  who: string,
  kind: string,
  record: ExecRecord,
  good: boolean,
): void {
  if (good) return;
  const exited = record.code === "exited";
  const name = (exited ? exitStatusName(record.status) : signalName(record.status)) ?? "n/a";
  logUnit(manager, unit, exited ? 5 : 4, `${who} exited, code=${record.code}, status=${record.status}/${name}`, {
    MESSAGE_ID: MESSAGE_IDS.processExit,
    EXIT_CODE: record.code ?? "",
    EXIT_STATUS: String(record.status),
    COMMAND: kind,
  });
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
  const mode = one(unit, "KillMode") ?? "control-group";
  const left = mode === "control-group" ? processesOf(manager, unit) : [];
  if (unit.mainPid > 0 || unit.controlPid > 0 || left.length > 0) return;
  if (unit.sub.startsWith("stop")) enterStopPost(manager, unit);
  else enterDead(manager, unit, "success", true);
}

function controlEnded(manager: Manager, unit: UnitRuntime, kind: ExecKind, index: number, record: ExecRecord): void {
  const command = unit.definition.commands[kind][index];
  const skips = kind === "ExecCondition" && record.code === "exited" && record.status >= 1 && record.status <= 254;
  const result = skips ? SKIPPED : resultOf(unit, record, command, false);
  logExit(manager, unit, "Control process", kind, record, result === "success" || skips);
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

// --- time-outs ---

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
      if (!flag(unit, "SendSIGKILL", true)) return;
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
