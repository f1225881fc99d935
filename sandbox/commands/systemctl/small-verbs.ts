// Small verbs of systemctl about PID 1 itself: what it is set to, whose unit a process is, jobs taken back, documentation.

import type { Task } from "../../kernel/sys.ts";
import { isRefusal } from "../../systemd/client/bus.ts";
import { type Context, unitNames } from "./context.ts";

/** Verbs that only tell something about PID 1. */
const TOLD: Readonly<Record<string, string>> = {
  "log-level": "info",
  "log-target": "journal-or-kmsg",
  "service-watchdogs": "yes",
};

export function* tell(context: Context): Task<number> {
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

/** Verbs that are told only for units that are not there. */
export function* needUnit(context: Context): Task<number> {
  for (const unit of unitNames(context, context.args)) {
    if ((yield* context.bus.show(unit)).LoadState !== "not-found") continue;
    context.out.error(`Failed to add reference to unit ${unit}: Unit ${unit} not found.`);
    return 1;
  }
  context.out.error(`systemctl: ${context.verb} is not modelled in this sandbox`);
  return 1;
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
      return 4;
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
