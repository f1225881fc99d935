// systemctl status: the page about a unit, to the blank (print_status_info of systemd 257).

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { isRefusal } from "../../systemd/client/bus.ts";
import { printPids, printTree } from "../../systemd/client/cgroups.ts";
import { GREEN, GREY, type Output, RED, YELLOW } from "../../systemd/client/output.ts";
import { shownStatusName, signalName } from "../../systemd/exit-status.ts";
import type { Entry } from "../../systemd/journal/file.ts";
import { type FormatOptions, formatEntry, OUTPUT_MODES, type OutputMode } from "../../systemd/journal/format.ts";
import { concernsUnit, readJournal } from "../../systemd/journal/read.ts";
import type { CommandState, Properties } from "../../systemd/protocol.ts";
import { formatBytes, formatRelative, formatTimespan, formatTimestamp } from "../../systemd/time.ts";
import { isValidUnitName, matchesPattern } from "../../systemd/unit-name.ts";
import { type Context, changedOnDisk, isPattern, unitNames } from "./context.ts";
import { listening, settingValues, triggered } from "./triggers.ts";

const text = (properties: Properties, key: string): string => String(properties[key] ?? "");
const number = (properties: Properties, key: string): number =>
  typeof properties[key] === "number" ? (properties[key] as number) : 0;
const list = (properties: Properties, key: string): readonly string[] =>
  (properties[key] as readonly string[] | undefined) ?? [];

/** Colour of a high-level state. */
function stateColor(state: string): string {
  if (state === "failed") return RED;
  if (state === "active" || state === "reloading") return GREEN;
  return "";
}

function dot(out: Output, state: string): string {
  const sign = state === "failed" ? "×" : state === "inactive" ? "○" : state === "reloading" ? "↻" : "●";
  return out.paint(stateColor(state), sign);
}

function printLoaded(out: Output, p: Properties): void {
  const load = text(p, "LoadState");
  const color = ["error", "not-found", "bad-setting"].includes(load) ? RED : load === "masked" ? "" : "";
  const state = out.paint(color, load);
  if (text(p, "LoadError") !== "") {
    out.print(`     Loaded: ${state} (Reason: ${text(p, "LoadError")})\n`);
    return;
  }
  const path = text(p, "FragmentPath");
  if (path === "") {
    out.print(`     Loaded: ${state}\n`);
    return;
  }
  const fileState = text(p, "UnitFileState");
  const paintState = (word: string) =>
    out.paint(
      word.startsWith("enabled") || word === "alias"
        ? GREEN
        : word === "disabled"
          ? YELLOW
          : ["bad"].includes(word)
            ? RED
            : "",
      word,
    );
  const preset = text(p, "UnitFilePreset");
  const shows =
    preset !== "" && ["enabled", "enabled-runtime", "disabled", "linked", "indirect", "bad"].includes(fileState);
  const middle = fileState === "" ? "" : `; ${paintState(fileState)}`;
  out.print(
    `     Loaded: ${state} (${out.linkPath(path)}${middle}${shows ? `; preset: ${paintState(preset)}` : ""})\n`,
  );
}

function printDropIns(out: Output, paths: readonly string[]): void {
  let folder: string | undefined;
  paths.forEach((path, i) => {
    const slash = path.lastIndexOf("/");
    const own = path.slice(0, slash);
    if (own !== folder) {
      out.print(`${folder === undefined ? "    Drop-In: " : "             "}${own}\n             └─`);
      folder = own;
    }
    const next = paths[i + 1];
    const last = next === undefined || next.slice(0, next.lastIndexOf("/")) !== own;
    out.print(`${out.linkPath(path, path.slice(slash + 1))}${last ? "\n" : ", "}`);
  });
}

/** The time that counts for a state. */
function since(p: Properties): number {
  const state = text(p, "ActiveState");
  if (state === "active" || state === "reloading") return number(p, "ActiveEnterTimestamp");
  if (state === "inactive" || state === "failed") return number(p, "InactiveEnterTimestamp");
  return number(p, state === "activating" ? "InactiveExitTimestamp" : "ActiveExitTimestamp");
}

function printActive(out: Output, p: Properties, now: number): void {
  const state = text(p, "ActiveState");
  const sub = text(p, "SubState");
  const shown = out.paint(stateColor(state), state === sub || state === "failed" ? state : `${state} (${sub})`);
  const result = text(p, "Result");
  const why =
    result === "" || result === "success" || (state === "active" && result === "success") ? "" : ` (Result: ${result})`;
  const at = since(p);
  const time = at > 0 ? ` since ${formatTimestamp(at)}; ${formatRelative(at, Math.max(now, at + 1))}` : "";
  out.print(`     Active: ${shown}${why}${time}\n`);
  const end = at + number(p, "RuntimeMaxUSec");
  if (state === "active" && at > 0 && end < Number.MAX_SAFE_INTEGER && end > at)
    out.print(`      Until: ${formatTimestamp(end)}; ${formatRelative(end, now)}\n`);
  const up = number(p, "ActiveEnterTimestamp");
  const down = number(p, "ActiveExitTimestamp");
  if ((state === "inactive" || state === "failed") && up > 0 && down >= up) {
    // Nothing takes no time on a real machine.
    out.print(`   Duration: ${formatTimespan(Math.max(down - up, 24), 1)}\n`);
  }
}

function ending(code: string, status: number): string {
  if (code === "exited") {
    const name = shownStatusName(status);
    return `(code=exited, status=${status}${name === undefined ? "" : `/${name}`})`;
  }
  return `(code=${code}, signal=${signalName(status) ?? status})`;
}

const EXEC = ["ExecCondition", "ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload", "ExecStop", "ExecStopPost"];

/** Commands that have ended. */
function printProcesses(out: Output, p: Properties): void {
  for (const kind of EXEC) {
    for (const command of (p[kind] as readonly CommandState[] | undefined) ?? []) {
      if (command.code === "") continue;
      const clean =
        command.code === "exited"
          ? command.status === 0
          : command.code === "killed" && [1, 2, 13, 15].includes(command.status);
      const end = out.paint(clean ? "" : RED, ending(command.code, command.status));
      out.print(`    Process: ${command.pid} ${kind}=${command.argv.join(" ")} ${end}\n`);
    }
  }
}

function printMain(context: Context, p: Properties): void {
  const { out, sys } = context;
  const main = number(p, "MainPID");
  const control = number(p, "ControlPID");
  const comm = (pid: number): string => {
    const name = sys.process(pid)?.comm;
    return name === undefined ? "" : ` (${name})`;
  };
  const last = number(p, "ExecMainPID");
  const code = { 1: "exited", 2: "killed", 3: "dumped" }[number(p, "ExecMainCode")];
  if (main > 0 || (last > 0 && code !== undefined)) {
    const shown =
      main > 0 ? `${main}${comm(main)}` : `${last} ${ending(code ?? "exited", number(p, "ExecMainStatus"))}`;
    out.print(`   Main PID: ${shown}${control > 0 ? `; Control PID: ${control}${comm(control)}` : ""}\n`);
  } else if (control > 0) out.print(`  Cntrl PID: ${control}${comm(control)}\n`);
  if (text(p, "StatusText") !== "")
    out.print(`     Status: "${out.colors ? `\x1b[0;1;36m${text(p, "StatusText")}\x1b[0m` : text(p, "StatusText")}"\n`);
}

function printUsage(out: Output, p: Properties): void {
  if (typeof p.TasksCurrent === "number") {
    out.print(`      Tasks: ${p.TasksCurrent}${out.paint(GREY, ` (limit: ${text(p, "TasksMax")})`)}\n`);
  }
  const running = typeof p.MemoryCurrent === "number";
  if (running) {
    const limits: string[] = [];
    if (typeof p.MemoryHigh === "number") limits.push(`high: ${formatBytes(p.MemoryHigh)}`);
    if (typeof p.MemoryMax === "number") limits.push(`max: ${formatBytes(p.MemoryMax)}`);
    if (typeof p.MemoryPeak === "number") limits.push(`peak: ${formatBytes(p.MemoryPeak)}`);
    out.print(
      `     Memory: ${formatBytes(p.MemoryCurrent as number)}${limits.length > 0 ? ` (${limits.join(", ")})` : ""}\n`,
    );
  } else if (typeof p.MemoryPeak === "number") out.print(`   Mem peak: ${formatBytes(p.MemoryPeak)}\n`);
  if (typeof p.CPUUsageNSec === "number") out.print(`        CPU: ${formatTimespan(p.CPUUsageNSec / 1e6, 1)}\n`);
}

function printGroup(context: Context, p: Properties): void {
  const { out, options, sys } = context;
  const pids = list(p, "Pids").map(Number);
  const isSocket = text(p, "Id").endsWith(".socket") && text(p, "ActiveState") === "active";
  const group = isSocket ? `/system.slice/${text(p, "Id")}` : text(p, "ControlGroup");
  if (isSocket) out.print(`     CGroup: ${group}\n`);
  if (group === "" || pids.length === 0) return;
  out.print(`     CGroup: ${group}\n`);
  const whole = options.has("full") || !out.tty || out.pager;
  printPids(out, sys, pids, "             ", whole ? undefined : Math.max(out.columns - 13, 10));
}

const RESTART = "5eb03494b6584870a536b337290809b3";
const STOPPED = "9d1aaa27d60140bd96365438aad20286";

/** Log lines of the unit's present life. */
function recentEntries(p: Properties, entries: readonly Entry[]): Entry[] {
  const id = text(p, "Id");
  const begin = Math.round(number(p, "InactiveExitTimestamp") * 1000);
  const waits = text(p, "SubState") === "auto-restart";
  // A waiting service shows what PID 1 said of its end a moment before, though not what the service said itself.
  const died = (entry: Entry) =>
    entry.fields._PID === "1" &&
    /: (?:Main|Control) process exited|: Failed with|^Failed to start/.test(entry.fields.MESSAGE ?? "");
  const near = entries.filter(
    (entry) => concernsUnit(entry, id) && (entry.time >= begin || (waits && entry.time >= begin - 1000 && died(entry))),
  );
  // PID 1 and the journal count events of one moment each by themselves: what stopped before is no part of a life that goes on.
  const up = !["inactive", "failed"].includes(text(p, "ActiveState"));
  const found = up ? near.slice(near.findLastIndex((entry) => entry.fields.MESSAGE_ID === STOPPED) + 1) : near;
  // A life that began with the wait for a restart goes on with the restart.
  const restarted = waits ? -1 : found.findIndex((entry) => entry.fields.MESSAGE_ID === RESTART);
  return restarted > 0 && found.slice(0, restarted).every((entry) => entry.time < begin + 1000)
    ? found.slice(restarted)
    : found;
}

function printLog(context: Context, p: Properties): void {
  const { out, options, sys } = context;
  const lines = Number(options.value("lines") ?? 10);
  if (lines === 0) return;
  const { entries, denied } = readJournal(sys);
  const shown = recentEntries(p, entries).slice(-lines);
  const mode = (options.value("output") ?? "short") as OutputMode;
  const whole = options.has("full") || !out.tty || out.pager;
  let cut = false;
  if (shown.length > 0) out.print("\n");
  for (const entry of shown) {
    const format: FormatOptions = {
      mode: OUTPUT_MODES.includes(mode) ? mode : "short",
      colors: out.colors,
      width: whole ? undefined : out.columns,
      bootTime: sys.bootTime(),
    };
    const line = formatEntry(entry, format);
    out.print(line.text);
    if (line.cut) cut = true;
  }
  if (denied > 0) out.warning("Warning: some journal files were not opened due to insufficient permissions.");
  if (cut) out.print("Hint: Some lines were ellipsized, use -l to show in full.\n");
}

/** Timers, paths and sockets with the states they are in. */
function printTriggers(out: Output, p: Properties, states: ReadonlyMap<string, string>): void {
  list(p, "TriggeredBy").forEach((name, i) => {
    out.print(`${i === 0 ? "TriggeredBy: " : "             "}${dot(out, states.get(name) ?? "active")} ${name}\n`);
  });
}

/** When a timer elapses next, and what it or a socket or path starts. */
function printTriggered({ out, sys }: Context, p: Properties): void {
  const id = text(p, "Id");
  if (id.endsWith(".timer")) {
    const next = number(p, "TimerNext");
    const when = next > 0 ? `${formatTimestamp(next)}; ${formatRelative(next, sys.now())}` : "n/a";
    out.print(`    Trigger: ${when}\n`);
  }
  const target = triggered(p);
  if (target !== undefined) out.print(`   Triggers: ${out.paint(GREEN, "●")} ${target}\n`);
}

function printStatus(context: Context, p: Properties, triggers: ReadonlyMap<string, string>): void {
  const { out, sys } = context;
  const id = text(p, "Id");
  const description = text(p, "Description");
  out.print(
    `${dot(out, text(p, "ActiveState"))} ${id}${description === "" || description === id ? "" : ` - ${description}`}\n`,
  );
  printLoaded(out, p);
  printDropIns(out, list(p, "DropInPaths"));
  if (p.Transient === true) out.print("  Transient: yes\n");
  printActive(out, p, sys.now());
  if (number(p, "Job") > 0) out.print(`        Job: ${number(p, "Job")}\n`);
  if (text(p, "InvocationID") !== "") out.print(` Invocation: ${text(p, "InvocationID")}\n`);
  printTriggers(out, p, triggers);
  printTriggered(context, p);
  if (typeof p.ConditionFailed === "string" && p.ConditionResult === false) printCondition(out, p, sys.now());
  const masked = text(p, "LoadState") === "masked";
  list(p, "Documentation").forEach((doc, i) => {
    if (!masked)
      out.print(
        `${i === 0 ? "       Docs: " : "             "}${/^(?:https?|file|man):/.test(doc) ? out.link(doc, doc) : doc}\n`,
      );
  });
  listening(p).forEach(([address, type], i) => {
    out.print(`${i === 0 ? "     Listen: " : "             "}${address} (${type})\n`);
  });
  if (settingValues(p, "Socket.Accept").at(-1) === "yes" && text(p, "ActiveState") === "active")
    out.print(`   Accepted: ${number(p, "NAccepted")}; Connected: ${number(p, "NConnections")};\n`);
  printProcesses(out, p);
  printMain(context, p);
  printUsage(out, p);
  printGroup(context, p);
  printLog(context, p);
  if (p.NeedDaemonReload === true) out.warning(changedOnDisk(id));
}

function printCondition(out: Output, p: Properties, now: number): void {
  const at = number(p, "ConditionTimestamp");
  out.print(
    `  Condition: start condition ${out.paint(YELLOW, "unmet")} at ${formatTimestamp(at)}; ${formatRelative(at, now)}\n`,
  );
  out.print(`             └─ ${text(p, "ConditionFailed")} was not met\n`);
}

function exitOf(p: Properties): number {
  const state = text(p, "ActiveState");
  if (text(p, "LoadState") === "not-found" && state === "inactive") return 4;
  return state === "active" || state === "reloading" ? 0 : 3;
}

/** The page about the machine, for `systemctl status` alone. */
function* systemStatus(context: Context): Task<number> {
  const { bus, out, sys } = context;
  const reply = yield* bus.call({ call: "show-manager" });
  const p: Properties = "properties" in reply ? reply.properties : {};
  const state = text(p, "SystemState");
  out.print(`${out.paint(state === "degraded" ? RED : GREEN, "●")} ${sys.hostname}\n`);
  out.print(`    State: ${out.paint(state === "degraded" ? RED : GREEN, state)}\n`);
  out.print(`    Units: ${text(p, "NNames")} loaded (incl. loaded aliases)\n`);
  out.print(`     Jobs: ${text(p, "NJobs")} queued\n   Failed: ${text(p, "NFailedUnits")} units\n`);
  const at = number(p, "UserspaceTimestamp");
  out.print(`    Since: ${formatTimestamp(at)}; ${formatRelative(at, sys.now())}\n  systemd: ${text(p, "Version")}\n`);
  out.print("   CGroup: /\n");
  const width = out.tty && !out.pager && !context.options.has("full") ? Math.max(out.columns - 11, 10) : undefined;
  printTree(out, sys, width, context.options.has("all"));
  return 0;
}

/** The verb. */
export function* status(context: Context): Task<number> {
  const { bus, out, options, sys } = context;
  const lines = options.value("lines");
  if (lines !== undefined && !/^\d+$/.test(lines)) {
    out.error(`Failed to parse lines '${lines}'`);
    return 1;
  }
  if (!options.has("no-pager")) yield* out.openPager();
  if (context.args.length === 0) return yield* systemStatus(context);
  const names: string[] = [];
  let code = 0;
  for (const word of context.args) {
    if (!/^\d+$/.test(word)) {
      names.push(...unitNames(context, [word]));
      continue;
    }
    const reply = yield* bus.call({ call: "unit-of-pid", pid: Number(word) });
    if (isRefusal(reply)) {
      out.error(reply.message);
      return 1;
    }
    if ("unit" in reply) names.push(reply.unit);
  }
  let first = true;
  for (const name of names.some(isPattern) ? yield* fitting(context, names) : names) {
    if (!isValidUnitName(name) || name.includes("@.")) {
      out.error(`Failed to get properties: Unit name ${name} is neither a valid invocation ID nor unit name.`);
      return 1;
    }
    const p = yield* bus.show(name);
    const own = exitOf(p);
    if (own === 4) out.error(`Unit ${text(p, "Id")} could not be found.`);
    else {
      if (!first) out.print("\n");
      const triggers = new Map<string, string>();
      for (const each of list(p, "TriggeredBy")) triggers.set(each, text(yield* bus.show(each), "ActiveState"));
      printStatus(context, p, triggers);
      first = false;
    }
    if (code === 0 || own === 4) code = own;
    if (isErrno(sys.fstat(1))) break;
  }
  return code;
}

function* fitting(context: Context, names: readonly string[]): Task<string[]> {
  const reply = yield* context.bus.call({ call: "list-units", all: true });
  const units = "units" in reply ? reply.units : [];
  const found: string[] = [];
  for (const name of names) {
    if (!isPattern(name)) found.push(name);
    else
      found.push(
        ...units
          .filter((unit) => unit.active !== "inactive" && matchesPattern(unit.id, name))
          .map((unit) => unit.id)
          .sort(),
      );
  }
  return found;
}
