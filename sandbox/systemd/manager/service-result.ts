// How the end of a service's process is judged, told and answered: result, message, restart.

import { SIGNALS } from "../../kernel/signal.ts";
import type { ExitStatus } from "../../kernel/sys.ts";
import { settingsOf } from "../definition.ts";
import type { ExecCommand } from "../exec-command.ts";
import { exitStatusName, exitStatusNumber, signalName } from "../exit-status.ts";
import { parseSignal } from "../values.ts";
import { logUnit, MESSAGE_IDS } from "./log.ts";
import { serviceSetting } from "./service-settings.ts";
import type { ExecRecord, Manager, UnitRuntime } from "./state.ts";

/** Result of a service whose ExecCondition= said no. */
export const SKIPPED = "exec-condition";

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

export function shallRestart(unit: UnitRuntime): boolean {
  if (unit.forbidRestart || unit.result === SKIPPED) return false;
  if (listed(unit, "RestartPreventExitStatus", unit.main)) return false;
  if (listed(unit, "RestartForceExitStatus", unit.main)) return true;
  const { result } = unit;
  switch (serviceSetting(unit, "Restart") ?? "no") {
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

export function recordEnd(record: ExecRecord, status: ExitStatus, now: number): void {
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
export function resultOf(
  unit: UnitRuntime,
  record: ExecRecord,
  command: ExecCommand | undefined,
  daemon: boolean,
): string {
  if (command?.ignoreFailure || listed(unit, "SuccessExitStatus", record)) return "success";
  if (record.code === "exited") return record.status === 0 ? "success" : "exit-code";
  if (record.code === "killed" && daemon && [1, 2, 13, 15].includes(record.status)) return "success";
  return record.code === "dumped" ? "core-dump" : "signal";
}

export function logExit(
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
