// enable, disable, mask and their like, set-default, set-property, the manager's environment.

import type { Task } from "../../kernel/sys.ts";
import { isRefusal } from "../../systemd/client/bus.ts";
import { isEnvAssignment, isEnvName } from "../../systemd/env-file.ts";
import { viewOf } from "../../systemd/file-view.ts";
import type { LinkChange, Request } from "../../systemd/protocol.ts";
import { kindOfKey } from "../../systemd/unit-keys.ts";
import { mangleUnitName } from "../../systemd/unit-name.ts";
import { findFragment } from "../../systemd/unit-paths.ts";
import { type Context, unitNames } from "./context.ts";
import { runJobs } from "./jobs.ts";

type FileVerb = (Request & { call: "unit-files" })["verb"];

const NO_INSTALL = `The unit files have no installation config (WantedBy=, RequiredBy=, UpheldBy=,
Also=, or Alias= settings in the [Install] section, and DefaultInstance= for
template units). This means they are not meant to be enabled or disabled using systemctl.
 
Possible reasons for having these kinds of units are:
• A unit may be statically enabled by being symlinked from another unit's
  .wants/, .requires/, or .upholds/ directory.
• A unit's purpose may be to act as a helper for some other unit which has
  a requirement dependency on it.
• A unit may be started when needed via activation (socket, path, timer,
  D-Bus, udev, scripted systemctl call, ...).
• In case of template units, the unit is meant to be enabled with some
  instance name specified.`;

function tellChanges(context: Context, changes: readonly LinkChange[]): void {
  if (context.options.has("quiet")) return;
  for (const { kind, text } of changes) {
    const [path, target] = text.split("\t");
    if (kind === "created") context.out.info(`Created symlink '${path}' → '${target}'.`);
    else if (kind === "removed") context.out.info(`Removed '${path}'.`);
    else context.out.notice(text);
  }
}

/** Makes the manager read its units anew, as every change of unit files ends. */
export function* reloadManager(context: Context, call: "reload" | "reexec" = "reload"): Task<number> {
  const reply = yield* context.bus.call({ call });
  if (!isRefusal(reply)) return 0;
  context.out.error(
    call === "reload" ? `Reload daemon failed: ${reply.message}` : `Reexecute daemon failed: ${reply.message}`,
  );
  return 1;
}

export function* changeFiles(context: Context): Task<number> {
  const { bus, options, out } = context;
  const verb = context.verb as FileVerb;
  const [target, ...rest] = verb.startsWith("add-") ? context.args : [undefined, ...context.args];
  const what = target === undefined ? `${verb} unit` : "add dependency";
  if (target !== undefined && findFragment(viewOf(context.sys), mangleUnitName(target).name) === undefined) {
    out.error(`Failed to ${what}: Unit ${mangleUnitName(target).name} does not exist`);
    return 1;
  }
  const units: string[] = [];
  for (const word of rest as string[]) {
    // A file that is named by its path is linked first.
    const isFile = verb === "link" || (["enable", "reenable", "preset"].includes(verb) && word.includes("/"));
    if (verb === "link" && !word.includes("/")) {
      out.error("Link argument must contain at least one directory separator.");
      out.error(
        `If you intended to link a file in the current directory, try './${mangleUnitName(word).name}' instead.`,
      );
      return 1;
    }
    if (word === "") {
      out.error("Failed to mangle unit name or path '': Invalid argument");
      return 1;
    }
    if (!isFile) units.push(...unitNames(context, [word]));
    else units.push(word.startsWith("/") ? word : `${context.sys.getcwd()}/${word.replace(/^\.\//, "")}`);
  }
  const reply = yield* bus.call({
    call: "unit-files",
    verb,
    units,
    runtime: options.has("runtime"),
    force: options.has("force"),
    ...(target === undefined ? {} : { target }),
  });
  if (isRefusal(reply)) {
    out.error(`Failed to ${what}: ${reply.message}`);
    return 1;
  }
  if (!("changes" in reply)) return 1;
  tellChanges(context, reply.changes);
  if (reply.failure !== undefined) {
    out.error(`Failed to ${what}: ${reply.failure.message}`);
    return 1;
  }
  if (!options.has("no-reload")) {
    const code = yield* reloadManager(context);
    if (code !== 0) return code;
  }
  if (!reply.installable && ["enable", "disable", "reenable", "link"].includes(verb) && !options.has("quiet")) {
    if (!options.has("no-warn")) out.notice(NO_INSTALL);
  }
  if (!options.has("now")) return 0;
  return yield* runJobs(
    context,
    verb === "enable" || verb === "reenable" || verb === "preset" ? "start" : "stop",
    context.args,
  );
}

export function* setDefault(context: Context): Task<number> {
  const [unit = ""] = unitNames(context, context.args, ".target");
  const reply = yield* context.bus.call({ call: "set-default", unit });
  if (isRefusal(reply)) {
    context.out.error(`Failed to set default target: ${reply.message}`);
    return 1;
  }
  if ("changes" in reply) tellChanges(context, reply.changes);
  return yield* reloadManager(context);
}

export function* getDefault(context: Context): Task<number> {
  const fragment = findFragment(viewOf(context.sys), "default.target");
  if (fragment === undefined) {
    context.out.error("Failed to get default target: No such file or directory");
    return 1;
  }
  context.out.print(`${fragment.id}\n`);
  return 0;
}

export function* setProperty(context: Context): Task<number> {
  const { bus, out, options } = context;
  const [unit = ""] = unitNames(context, context.args.slice(0, 1));
  const assignments = context.args.slice(1);
  const unknown = assignments.find((word) => /^[A-Za-z]+=/.test(word) && !isProperty(word.split("=")[0] as string));
  if (unknown !== undefined) {
    out.error(`Unknown assignment: ${unknown}`);
    return 1;
  }
  const bad = assignments.find((word) => !word.includes("="));
  if (bad !== undefined) {
    out.error(`Not an assignment: ${bad}`);
    return 1;
  }
  const reply = yield* bus.call({ call: "set-property", unit, runtime: options.has("runtime"), assignments });
  if (!isRefusal(reply)) return 0;
  out.error(`Failed to set unit properties on ${unit}: ${reply.message}`);
  return 1;
}

/** Whether a name is one that `set-property` can read at all. */
function isProperty(name: string): boolean {
  return ["Unit", "Service", "Slice", "Socket", "Timer"].some((section) => kindOfKey(section, name) !== undefined);
}

export function* environment(context: Context): Task<number> {
  const { bus, out, verb } = context;
  const isGood =
    verb === "set-environment" ? isEnvAssignment : (word: string) => isEnvAssignment(word) || isEnvName(word);
  if (!context.args.every(isGood)) {
    out.error(
      `Failed to ${verb.replace("-", " ")}: Invalid environment assignments${verb === "set-environment" ? "" : " or variable names"}`,
    );
    return 1;
  }
  if (verb === "show-environment") {
    const reply = yield* bus.call({ call: "show-manager" });
    const lines = "properties" in reply ? (reply.properties.Environment as readonly string[]) : [];
    for (const line of lines) out.print(`${line}\n`);
    return 0;
  }
  const reply = yield* bus.call({
    call: verb === "set-environment" ? "set-environment" : "unset-environment",
    assignments: context.args,
  });
  if (!isRefusal(reply)) return 0;
  out.error(`Failed to ${verb === "set-environment" ? "set" : "unset"} environment: ${reply.message}`);
  return 1;
}
