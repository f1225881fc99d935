// Small verbs of systemctl about PID 1 itself: what it is set to, whose unit a process is, jobs taken back, documentation.

import type { Task } from "../../kernel/sys.ts";
import { isRefusal } from "../../systemd/client/bus.ts";
import type { Properties } from "../../systemd/protocol.ts";
import { mangleUnitName } from "../../systemd/unit-name.ts";
import { type Context, unitNames } from "./context.ts";
import { printTable, showsLegend } from "./table.ts";
import { settingValues } from "./triggers.ts";

/** Verbs that only tell something about PID 1. */
const TOLD: Readonly<Record<string, string>> = {
  "log-level": "info",
  "log-target": "journal-or-kmsg",
  "service-watchdogs": "yes",
};

const LOG_LEVELS = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", ..."01234567"];

export function* tell(context: Context): Task<number> {
  const [value] = context.args;
  if (context.verb === "log-level" && value !== undefined && !LOG_LEVELS.includes(value)) {
    context.out.error(`"${value}" is not a valid log level.`);
    return 1;
  }
  if (context.args.length > 0) {
    context.out.error(`systemctl: ${context.verb} ${context.args[0]} is not modelled in this sandbox`);
    return 1;
  }
  context.out.print(`${TOLD[context.verb]}\n`);
  return 0;
}

/** `cancel`: jobs are over so quickly here that there is none to take back but by its number. */
export function* cancel({ args, bus, out }: Context): Task<number> {
  const reply = yield* bus.call({ call: "list-jobs" });
  const jobs = "jobs" in reply ? reply.jobs : [];
  let status = 0;
  for (const word of args) {
    if (!/^\d+$/.test(word)) {
      out.error(`Failed to parse job id "${word}": Invalid argument`);
      return 1;
    }
    const job = jobs.find(({ id }) => id === Number(word));
    if (job === undefined) {
      out.warning(`Failed to cancel job ${word}, ignoring: Job ${word} does not exist.`);
      status = 1;
    } else yield* bus.call({ call: "job", verb: "stop", unit: job.unit, wait: false });
  }
  return status;
}

const RESOURCES = /^(?:configuration|runtime|state|cache|logs|fdstore|all)$/;

/** Why a unit is not frozen or cleaned. */
function refusal(context: Context, p: Properties): string | undefined {
  const up = p.ActiveState !== "inactive" && p.ActiveState !== "failed";
  if (context.verb !== "clean") return up || context.verb === "thaw" ? undefined : "Unit is not active";
  const bad = context.options.values("what").find((what) => !RESOURCES.test(what));
  if (bad !== undefined) return `Invalid resource type: ${bad}`;
  if (up || Number(p.Job ?? 0) > 0) return "Unit is not inactive or has pending job.";
  const folders = ["Runtime", "State", "Cache", "Logs", "Configuration"];
  const has = folders.some((kind) => settingValues(p, `Service.${kind}Directory`).length > 0);
  return has ? undefined : "No matching resources found.";
}

/** `freeze` and `thaw` (control groups that hold nothing still), and `clean` of units without anything to clean. */
export function* needUnit(context: Context): Task<number> {
  const { bus, out, verb } = context;
  for (const unit of unitNames(context, context.args)) {
    const p = yield* bus.show(unit);
    if (p.LoadState === "not-found") {
      out.error(`Failed to add reference to unit ${unit}: Unit ${unit} not found.`);
      return 1;
    }
    const why = refusal(context, p);
    if (why === undefined && verb !== "clean") continue;
    out.error(
      why === undefined ? "systemctl: clean is not modelled in this sandbox" : `Failed to ${verb} unit ${unit}: ${why}`,
    );
    return 1;
  }
  return 0;
}

/** `bind` and `mount-image`: no service here has file systems of its own. */
export function* liveMount({ args, out, verb }: Context): Task<number> {
  const { name } = mangleUnitName(args[0] ?? "");
  out.error(
    `Failed to ${verb === "bind" ? "bind mount" : "mount image"}: Unit '${name}' not running in private mount namespace, cannot live mount.`,
  );
  return 1;
}

/** `service-log-level`, `service-log-target`: of services that say what they are called on the bus. */
export function* serviceLog(context: Context): Task<number> {
  const [unit = ""] = unitNames(context, context.args.slice(0, 1));
  context.out.error(`Unit ${unit} doesn't declare BusName=.`);
  context.out.error("Hint: the service must declare BusName= and implement the appropriate D-Bus interface.");
  context.out.error("      See the org.freedesktop.LogControl1(5) man page for details.");
  return 1;
}

/** `list-machines`: this one alone. */
export function* listMachines(context: Context): Task<number> {
  const { bus, options, out, sys } = context;
  const reply = yield* bus.call({ call: "show-manager" });
  const p: Properties = "properties" in reply ? reply.properties : {};
  const state = String(p.SystemState);
  const cells = [`${sys.hostname} (host)`, state, String(p.NFailedUnits), String(p.NJobs)];
  const header = ["", "NAME", "STATE", "FAILED", "JOBS"];
  const rows = [[{ text: state === "running" ? " " : "●" }, ...cells.map((text) => ({ text }))]];
  printTable(out, { header, rows }, { legend: showsLegend(context), dot: true, full: options.has("full") });
  if (showsLegend(context)) out.print("\n1 machines listed.\n");
  return 0;
}

export function* importEnvironment({ args, bus, out, sys }: Context): Task<number> {
  const assignments = args.flatMap((name) => {
    const value = sys.env[name];
    if (value === undefined) out.warning(`Environment variable $${name} not set, ignoring.`);
    return value === undefined ? [] : [`${name}=${value}`];
  });
  if (assignments.length > 0) yield* bus.call({ call: "set-environment", assignments });
  return 0;
}

/** The unit of a process, this one's for none. */
export function* whoami(context: Context): Task<number> {
  for (const word of context.args.length === 0 ? [String(context.sys.pid)] : context.args) {
    if (!/^\d+$/.test(word)) {
      context.out.error(`Invalid PID specified: ${word}`);
      return 1;
    }
    const reply = yield* context.bus.call({ call: "unit-of-pid", pid: Number(word) });
    if (isRefusal(reply)) {
      context.out.error(reply.message);
      return 1;
    }
    if ("unit" in reply) context.out.print(`${reply.unit}\n`);
  }
  return 0;
}

export function* help(context: Context): Task<number> {
  for (const name of unitNames(context, context.args)) {
    const p = yield* context.bus.show(name);
    if (p.LoadState === "not-found") {
      context.out.error(`Unit ${name} could not be found.`);
      return 1;
    }
    const docs = p.Documentation as readonly string[];
    if (docs.length === 0) context.out.info(`Documentation for ${name} not known.`);
    for (const doc of docs) {
      if (!doc.startsWith("man:")) context.out.print(`Additional documentation: ${doc}\n`);
    }
  }
  return 0;
}

export function* isolate(context: Context): Task<number> {
  const [unit = ""] = unitNames(context, context.args, ".target");
  const reply = yield* context.bus.call({ call: "isolate", unit, wait: true });
  if (!isRefusal(reply)) return 0;
  context.out.error(`Failed to start ${unit}: ${reply.message}`);
  context.out.error(`See system logs and 'systemctl status ${unit}' for details.`);
  return 4;
}
