// What PID 1 writes to the journal: queued in order, written when a handler ends.

import { LEVELS } from "../../lib/syslog.ts";
import { settingOf, statusName } from "../definition.ts";
import { type Job, type JobResult, type Manager, moment, type UnitRuntime } from "./state.ts";

/** Message ids of systemd's catalog (sd-messages.h). */
export const MESSAGE_IDS = {
  starting: "7d4958e842da4a758f6c1cdc7b36dcc5",
  started: "39f53479d3a045ac8e11786248231fbf",
  startFailed: "be02cf6855d2428ba40df7e9d022f03d",
  stopping: "de5b426a63be47a7b6ac3eaac82e2f6f",
  stopped: "9d1aaa27d60140bd96365438aad20286",
  reloading: "d34d037fff1847e6ae669a370e694725",
  reloaded: "7b05ebc668384222baa8881179cfda54",
  processExit: "98e322203f7a4ed290d09fe03c09fe15",
  success: "7ad2d189f7e94e70a38c781354912448",
  failure: "d9b373ed55a64feb8242e02dbe79a49c",
  restart: "5eb03494b6584870a536b337290809b3",
  resources: "ae8f7b866b0347b9af31fe1c80b127c0",
  spawnFailed: "641257651c1b4ec9a8624d7a40a9e1e7",
  skipped: "0e4284a0caca4bfc81c0bb6786972673",
  startupFinished: "b07a249cd024414a82dd00cd181378ff",
} as const;

export type Fields = Readonly<Record<string, string>>;

/** A line of PID 1's own; `TIME` (µs) is when it was said. */
export function log(manager: Manager, priority: number, text: string, fields: Fields = {}): void {
  const record = {
    PRIORITY: String(priority),
    SYSLOG_IDENTIFIER: "systemd",
    ...fields,
    TIME: String(Math.round(moment(manager) * 1000)),
    MESSAGE: text,
  };
  manager.state.outbox.push({ fd: -1, text: `${JSON.stringify(record)}\n` });
}

/** The least urgent level of LogLevelMax= by its number; 7 where nothing is left out. */
export function greatestLevel({ definition }: UnitRuntime): number {
  const text = settingOf(definition, "Service.LogLevelMax") ?? "debug";
  return /^[0-7]$/.test(text) ? Number(text) : LEVELS.indexOf(text) < 0 ? 7 : LEVELS.indexOf(text);
}

const isSaid = (unit: UnitRuntime, priority: number) => priority <= greatestLevel(unit);

/** A line about a unit; `text` stands after `NAME: ` unless `bare`. */
export function logUnit(
  manager: Manager,
  unit: UnitRuntime,
  priority: number,
  text: string,
  fields: Fields = {},
): void {
  const { id } = unit.definition;
  const invocation = unit.invocation === "" ? {} : { INVOCATION_ID: unit.invocation };
  if (isSaid(unit, priority)) log(manager, priority, `${id}: ${text}`, { UNIT: id, ...invocation, ...fields });
}

function logJob(manager: Manager, unit: UnitRuntime, job: Job, priority: number, text: string, fields: Fields): void {
  const invocation = unit.invocation === "" ? {} : { INVOCATION_ID: unit.invocation };
  if (!isSaid(unit, priority)) return;
  log(manager, priority, text, {
    UNIT: unit.definition.id,
    ...invocation,
    JOB_ID: String(job.id),
    JOB_TYPE: job.type,
    ...fields,
  });
}

/** `Starting …`, `Stopping …`, `Reloading …`. */
export function logJobBegun(manager: Manager, unit: UnitRuntime, job: Job): void {
  const name = statusName(unit.definition);
  const type = unitType(unit);
  if (job.type === "start") {
    if (type === "service") logJob(manager, unit, job, 6, `Starting ${name}...`, { MESSAGE_ID: MESSAGE_IDS.starting });
    else if (type === "mount")
      logJob(manager, unit, job, 6, `Mounting ${name}...`, { MESSAGE_ID: MESSAGE_IDS.starting });
  } else if (job.type === "reload") {
    logJob(manager, unit, job, 6, `Reloading ${name}...`, { MESSAGE_ID: MESSAGE_IDS.reloading });
  } else if (type === "service") {
    logJob(manager, unit, job, 6, `Stopping ${name}...`, { MESSAGE_ID: MESSAGE_IDS.stopping });
  }
}

const unitType = (unit: UnitRuntime): string => unit.definition.id.slice(unit.definition.id.lastIndexOf(".") + 1);

const STARTED: Readonly<Record<string, string>> = {
  target: "Reached target",
  socket: "Listening on",
  mount: "Mounted",
  automount: "Set up automount",
  slice: "Created slice",
  swap: "Activated swap",
  device: "Found device",
};
const STOPPED: Readonly<Record<string, string>> = {
  target: "Stopped target",
  socket: "Closed",
  mount: "Unmounted",
  automount: "Unset automount",
  slice: "Removed slice",
  swap: "Deactivated swap",
};
const START_FAILED: Readonly<Record<string, readonly [priority: number, text: string]>> = {
  timeout: [3, "Timed out starting"],
  failed: [3, "Failed to start"],
  dependency: [4, "Dependency failed for"],
  assert: [3, "Assertion failed for"],
  skipped: [6, "Condition check resulted in"],
};

/** `Started …`, `Stopped …`, `Failed to start …`: the end of a job. */
export function logJobDone(manager: Manager, unit: UnitRuntime, job: Job, result: JobResult): void {
  const name = statusName(unit.definition);
  const type = unitType(unit);
  const fields = { JOB_RESULT: result };
  if (job.type === "start") {
    if (result === "done" && unit.conditionResult === false && unit.conditionFailed !== undefined) {
      const why = unit.conditionFailed.includes("=|")
        ? "no trigger condition checks were met"
        : `unmet condition check ${unit.conditionFailed}`;
      logJob(manager, unit, job, 6, `${name} skipped, ${why}`, { ...fields, MESSAGE_ID: MESSAGE_IDS.started });
    } else if (result === "done") {
      const oneshot = type === "service" && unit.definition.settings["Service.Type"]?.at(-1)?.value === "oneshot";
      const verb = STARTED[type] ?? (oneshot ? "Finished" : "Started");
      logJob(manager, unit, job, 6, `${verb} ${name}.`, { ...fields, MESSAGE_ID: MESSAGE_IDS.started });
    } else {
      const [priority, text] = START_FAILED[result] ?? [3, ""];
      const verb = result === "failed" && type === "socket" ? "Failed to listen on" : text;
      const line = `${verb} ${name}${result === "skipped" ? " being skipped" : ""}.`;
      if (text !== "") logJob(manager, unit, job, priority, line, { ...fields, MESSAGE_ID: MESSAGE_IDS.startFailed });
    }
  } else if (job.type === "stop" || job.type === "restart") {
    const verb = result === "done" ? (STOPPED[type] ?? "Stopped") : "Timed out stopping";
    logJob(manager, unit, job, result === "done" ? 6 : 3, `${verb} ${name}.`, {
      ...fields,
      MESSAGE_ID: MESSAGE_IDS.stopped,
    });
  } else if (job.type === "reload") {
    const text = result === "done" ? `Reloaded ${name}.` : `Reload failed for ${name}.`;
    logJob(manager, unit, job, result === "done" ? 6 : 3, text, { ...fields, MESSAGE_ID: MESSAGE_IDS.reloaded });
  }
}
