// Verbs that start and stop: asking PID 1 for jobs, waiting for them, saying why one failed.

import { findSignal, SIGNALS } from "../../kernel/signal.ts";
import type { Task } from "../../kernel/sys.ts";
import { isRefusal } from "../../systemd/client/bus.ts";
import type { Output } from "../../systemd/client/output.ts";
import type { JobEvent, JobVerb, Refusal, Reply } from "../../systemd/protocol.ts";
import { matchesPattern } from "../../systemd/unit-name.ts";
import { type Context, changedOnDisk, isPattern, unitNames } from "./context.ts";

const VERB_NAMES: Readonly<Record<string, JobVerb>> = {
  start: "start",
  stop: "stop",
  condstop: "stop",
  reload: "reload",
  restart: "restart",
  "try-restart": "try-restart",
  condrestart: "try-restart",
  "reload-or-restart": "reload-or-restart",
  "reload-or-try-restart": "try-reload-or-restart",
  "try-reload-or-restart": "try-reload-or-restart",
  condreload: "try-reload-or-restart",
  "force-reload": "try-reload-or-restart",
};

/** Exit status for a refusal, by the kind of error. */
function refusalStatus(refusal: Refusal): number {
  switch (refusal.error) {
    case "AccessDenied":
    case "OnlyByDependency":
      return 4;
    case "NotApplicable":
      return 3;
    case "NoSuchUnit":
      return 5;
    default:
      return 1;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  resources: "of unavailable resources or another system error",
  protocol: "the service did not take the steps required by its unit configuration",
  timeout: "a timeout was exceeded",
  "exit-code": "the control process exited with error code",
  signal: "a fatal signal was delivered to the control process",
  "core-dump": "a fatal signal was delivered causing the control process to dump core",
  watchdog: "the service failed to send watchdog ping",
  "start-limit-hit": "start of the service was attempted too often",
  "oom-kill": "of an out-of-memory (OOM) situation",
};

/** Says how a job ended that did not end well. */
function* explainJob(context: Context, event: JobEvent): Task<void> {
  const { out } = context;
  const { unit, result } = event;
  if (context.options.has("quiet")) return;
  switch (result) {
    case "canceled":
      out.error(`Job for ${unit} canceled.`);
      return;
    case "timeout":
      out.error(`Job for ${unit} timed out.`);
      return;
    case "dependency":
      out.error(`A dependency job for ${unit} failed. See 'journalctl -xe' for details.`);
      return;
    case "invalid":
      out.error(`${unit} is not active, cannot reload.`);
      return;
    case "assert":
      out.error(`Assertion failed on job for ${unit}.`);
      return;
  }
  if (!unit.endsWith(".service")) {
    out.error('Job failed. See "journalctl -xe" for details.');
    return;
  }
  const properties = yield* context.bus.show(unit);
  const cause = String(properties.Result ?? "");
  const reason = REASONS[cause];
  const see = `See "systemctl status ${unit}" and "journalctl -xeu ${unit}" for details.`;
  out.error(reason === undefined ? `Job for ${unit} failed.` : `Job for ${unit} failed because ${reason}.`);
  out.error(see);
  if (cause === "start-limit-hit") {
    out.error(`To force a start use "systemctl reset-failed ${unit}"`);
    out.error(`followed by "systemctl start ${unit}" again.`);
  }
}

/** Units in memory that fit the patterns among the names; other names as they are. */
export function* expandPatterns(context: Context, names: readonly string[]): Task<string[]> {
  if (!names.some(isPattern)) return [...names];
  const reply = yield* context.bus.call({ call: "list-units", all: true });
  const units = "units" in reply ? reply.units : [];
  const found: string[] = [];
  for (const name of names) {
    if (!isPattern(name)) found.push(name);
    else for (const unit of units) if (matchesPattern(unit.id, name) && unit.active !== "inactive") found.push(unit.id);
  }
  return found;
}

const JOB_MODES =
  "fail lenient replace replace-irreversibly isolate flush ignore-dependencies ignore-requirements triggering restart-dependencies".split(
    " ",
  );

/** Asks for a job on each unit and waits for them all; the exit status. */
export function* runJobs(context: Context, word: string, words: readonly string[]): Task<number> {
  const { bus, out, options } = context;
  const verb = VERB_NAMES[word] ?? "start";
  const names = yield* expandPatterns(context, unitNames(context, words));
  const wait = !options.has("no-block");
  const mode = options.value("job-mode");
  if (options.has("dry-run")) return 0;
  if (mode !== undefined && !JOB_MODES.includes(mode)) {
    for (const unit of names)
      sayRefusal(context, word, unit, { error: "InvalidArgs", message: `Job mode ${mode} invalid` });
    return 1;
  }
  const alone = mode === "ignore-dependencies";
  let status = 0;
  const jobs = new Set<number>();
  if (words.includes("")) {
    out.error("Failed to mangle name: Invalid argument");
    out.error("Failed to expand names: Invalid argument");
    return 1;
  }
  for (const unit of names) {
    if (unit.includes("@.")) {
      const message = `Unit name ${unit} is missing the instance name.`;
      sayRefusal(context, word, unit, { error: "InvalidArgs", message });
      status = 1;
      continue;
    }
    const reply: Reply = yield* bus.call({ call: "job", verb, unit, wait, ...(alone ? { alone } : {}) });
    if (isRefusal(reply)) {
      sayRefusal(context, word, unit, reply);
      if (status === 0) status = refusalStatus(reply);
      continue;
    }
    if ("job" in reply && reply.job !== undefined) jobs.add(reply.job as number);
    const properties = yield* bus.show(unit);
    if (properties.NeedDaemonReload === true && !options.has("no-warn")) out.warning(changedOnDisk(unit));
  }
  for (const _ of wait ? jobs : []) {
    const event = yield* bus.next((reply) => "event" in reply);
    if (!("event" in event)) break;
    if (event.result === "done" || event.result === "skipped") continue;
    yield* explainJob(context, event);
    status = 1;
  }
  if (verb === "stop" && !options.has("quiet") && !options.has("no-warn"))
    for (const unit of names) yield* warnOfTriggers(context, unit);
  return options.has("wait") && status === 0 ? yield* waitForEnd(context, names) : status;
}

/** A unit that was stopped may come back when somebody knocks or a clock rings. */
function* warnOfTriggers({ bus, out }: Context, unit: string): Task<void> {
  const active: string[] = [];
  for (const name of ((yield* bus.show(unit)).TriggeredBy as readonly string[] | undefined) ?? [])
    if (/^(?:active|reloading)$/.test(String((yield* bus.show(name)).ActiveState))) active.push(name);
  if (active.length > 0)
    out.warning(`Stopping '${unit}', but its triggering units are still active:\n${active.join(" ")}`);
}

/** `--wait`: until the units are down again; 1 where one has failed. */
function* waitForEnd({ bus, sys }: Context, names: readonly string[]): Task<number> {
  let status = 0;
  for (const name of names) {
    for (;;) {
      const state = String((yield* bus.show(name)).ActiveState);
      if (state === "failed") status = 1;
      if (state === "failed" || state === "inactive") break;
      yield* sys.sleep(50);
    }
  }
  return status;
}

function sayRefusal(context: Context, word: string, unit: string, refusal: Refusal): void {
  const { out } = context;
  const asked = VERB_NAMES[word] === "try-reload-or-restart" ? "reload-or-try-restart" : (VERB_NAMES[word] ?? word);
  out.error(`Failed to ${asked} ${unit}: ${refusal.message}`);
  if (!["NoSuchUnit", "UnitMasked", "NotApplicable"].includes(refusal.error)) {
    out.error(`See system logs and 'systemctl status ${unit}' for details.`);
  }
}

/** What `--signal=list` shows. */
export function printSignals(out: Output): number {
  const known = Object.entries(SIGNALS).map(([name, number]): [number, string] => [number, name]);
  const realTime = Array.from({ length: 31 }, (_, i): [number, string] => [34 + i, `SIGRTMIN+${i}`]);
  const rows = [
    ...known.filter(([number]) => number < 32),
    [32, "SIG32"] as const,
    [33, "SIG33"] as const,
    ...realTime,
  ];
  out.print("SIGNAL NAME\n");
  for (const [number, name] of rows.sort((a, b) => a[0] - b[0])) out.print(`${String(number).padEnd(6)} ${name}\n`);
  return 0;
}

/** `kill`, `reset-failed`. */
export function* killUnits(context: Context): Task<number> {
  const { bus, out, options } = context;
  const text = options.value("signal") ?? "SIGTERM";
  if (findSignal(text) === undefined) {
    out.error(`Failed to parse signal string "${text}".`);
    return 1;
  }
  const names = yield* expandPatterns(context, unitNames(context, context.args));
  const asked = options.value("kill-whom") ?? "all";
  const whom = (["main", "control", "all"] as const).find((each) => each === asked.replace(/-fail$/, ""));
  let status = 0;
  for (const unit of names) {
    const why =
      whom === undefined
        ? `Invalid whom argument: ${asked}`
        : options.has("kill-value") && !/RT/.test(text)
          ? `Value parameter only accepted for realtime signals (SIGRTMIN…SIGRTMAX), refusing for signal ${findSignal(text)}.`
          : undefined;
    if (whom === undefined || why !== undefined) {
      out.error(`Failed to kill unit ${unit}: ${why}`);
      return 1;
    }
    const reply = yield* bus.call({ call: "kill", unit, signal: text, whom });
    if (!isRefusal(reply)) continue;
    out.error(`Failed to kill unit ${unit}: ${reply.message}`);
    status = 1;
  }
  return status;
}

export function* resetFailed(context: Context): Task<number> {
  const { bus, out } = context;
  if (context.args.length === 0) {
    const reply = yield* bus.call({ call: "reset-failed" });
    if (!isRefusal(reply)) return 0;
    out.error(`Failed to reset failed units: ${reply.message}`);
    return 1;
  }
  let status = 0;
  for (const unit of yield* expandPatterns(context, unitNames(context, context.args))) {
    const reply = yield* bus.call({ call: "reset-failed", unit });
    if (!isRefusal(reply)) continue;
    out.error(`Failed to reset failed state of unit ${unit}: ${reply.message}`);
    status = 1;
  }
  return status;
}
