// systemctl show: properties as NAME=value.

import { SIGNALS } from "../../kernel/signal.ts";
import type { Task } from "../../kernel/sys.ts";
import { signalName } from "../../systemd/exit-status.ts";
import type { CommandState, Properties, PropertyValue } from "../../systemd/protocol.ts";
import { formatTimespan, formatTimestamp, parseTimespan } from "../../systemd/time.ts";
import { parseUnitName } from "../../systemd/unit-name.ts";
import { parseBoolean, parseSignal } from "../../systemd/values.ts";
import { quoteIfNeeded } from "../../systemd/words.ts";
import { boundingSet, hardeningOf } from "./capabilities.ts";
import { type Context, unitNames } from "./context.ts";
import { EXEC, PATH, SERVICE, SOCKET, TIMER, UNIT } from "./defaults.ts";
import { listening, settingValues, triggered, watched } from "./triggers.ts";

/** Lists that print one line for each entry. */
const REPEATED = new Set(["EnvironmentFiles", "Paths", "Listen", "TimersMonotonic", "TimersCalendar"]);
/** Not properties of the bus: what this program's own protocol adds. */
const OWN = new Set(["Pids", "ConditionFailed", "Settings", "TimerNext", "TimerLast", "TimerSpecs"]);

/** Kinds of errors by the last word of their text. */
const LOAD_ERRORS = new Map([
  ["found.", "systemd1.NoSuchUnit"],
  ["masked.", "systemd1.UnitMasked"],
  ["message", "DBus.Error.InconsistentMessage"],
]);

function commandText(state: CommandState): string {
  const time = (at: number) => `[${at > 0 ? formatTimestamp(at) : "n/a"}]`;
  const code = state.code === "" ? "(null)" : state.code;
  const named = state.code === "" ? "0" : state.code === "exited" ? undefined : signalName(state.status);
  const status = `${state.status}${named === undefined ? "" : `/${named}`}`;
  return `{ path=${state.path} ; argv[]=${state.argv.join(" ")} ; ignore_errors=${state.ignore ? "yes" : "no"} ; start_time=${time(state.start)} ; stop_time=${time(state.stop)} ; pid=${state.pid} ; code=${code} ; status=${status} }`;
}

function valueText(name: string, value: PropertyValue): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) {
    const words = value as readonly string[];
    return words.map(quoteIfNeeded).join(" ");
  }
  if (typeof value !== "number") return String(value);
  if (name.endsWith("Timestamp")) return value > 0 ? formatTimestamp(value) : "";
  if (name.endsWith("USec") || name.endsWith("USecNext"))
    return value >= Number.MAX_SAFE_INTEGER ? "infinity" : formatTimespan(value);
  return String(value);
}

const isCommands = (value: PropertyValue): value is readonly CommandState[] =>
  Array.isArray(value) && typeof value[0] === "object";

function printProperty(context: Context, name: string, value: PropertyValue, empty: boolean): void {
  const { out, options } = context;
  const bare = options.has("value") || options.has("P");
  const line = (text: string) => out.print(bare ? `${text}\n` : `${name}=${text}\n`);
  if (isCommands(value)) for (const state of value) line(commandText(state));
  else if (name === "LoadError" && value !== "")
    line(
      `org.freedesktop.${LOAD_ERRORS.get(String(value).split(" ").at(-1) ?? "") ?? "systemd1.BadUnitSetting"} ${quoteIfNeeded(String(value))}`,
    );
  else if (REPEATED.has(name)) for (const each of value as readonly string[]) line(each);
  else {
    const text = valueText(name, value);
    if (text !== "" || empty) line(text);
  }
}

/** Names with their defaults, in the order in which they are shown. */
function tableOf(p: Properties): Map<string, string | undefined> {
  const { type } = parseUnitName(String(p.Id ?? ""));
  const own =
    {
      service: `${SERVICE}\n${EXEC}`,
      socket: `${SOCKET}\n${EXEC}`,
      timer: TIMER,
      path: PATH,
      slice: EXEC,
      scope: EXEC,
    }[type] ?? "";
  const table = new Map<string, string | undefined>();
  for (const word of p.Id === undefined ? [] : `${own}\n${UNIT}`.split(/\s+/)) {
    const equals = word.indexOf("=");
    if (equals < 0) table.set(word, undefined);
    else table.set(word.slice(0, equals), word.slice(equals + 1).replaceAll("~", " "));
  }
  return table;
}

/** What a setting of the unit makes of a property that PID 1 does not tell itself. */
function fromSetting(p: Properties, name: string, fallback: string): string {
  const sections = ["Service", "Unit", "Timer", "Socket", "Path", "Slice"];
  const key = name === "CPUQuotaPerSecUSec" ? "CPUQuota" : name.replace(/USec$/, "Sec");
  const value = sections.flatMap((section) => settingValues(p, `${section}.${key}`)).at(-1);
  if (value === undefined) return fallback;
  const unit = hardeningOf((each) => settingValues(p, each));
  if (name === "CapabilityBoundingSet") return boundingSet(unit).join(" ").toLowerCase();
  if (name === "AmbientCapabilities") return unit.list(name).join(" ").toLowerCase();
  if (fallback === "yes" || fallback === "no") {
    const truth = parseBoolean(value);
    return truth === undefined ? value : truth ? "yes" : "no";
  }
  if (key === "CPUQuota") return formatTimespan(Number.parseFloat(value) * 10);
  if (name.endsWith("USec")) return formatTimespan(parseTimespan(value) ?? 0);
  const signal = name.endsWith("Signal") ? parseSignal(value) : undefined;
  return signal === undefined ? value : String(SIGNALS[signal]);
}

/** Properties of timers and sockets that follow from their settings and clocks. */
function derived(p: Properties): Record<string, PropertyValue> {
  const target = triggered(p);
  const { type } = parseUnitName(String(p.Id ?? ""));
  const braces = (specs: readonly string[]) => specs.map((text) => `{ ${text} }`);
  const found: Record<string, PropertyValue> = {};
  if (target !== undefined) found.Triggers = [target];
  if (type === "socket") found.Listen = listening(p).map(([address, kind]) => `${address} (${kind})`);
  if (type === "path")
    return { ...found, Unit: target ?? "", Paths: watched(p).map(([path, condition]) => `${path} (${condition})`) };
  if (type !== "timer") return found;
  const specs = (p.TimerSpecs as readonly string[] | undefined) ?? [];
  const next = Number(p.TimerNext ?? 0);
  const elapse = next > 0 ? formatTimestamp(next) : "(null)";
  return {
    ...found,
    Unit: target ?? "",
    TimersMonotonic: braces(specs.filter((text) => !text.startsWith("OnCalendar"))),
    TimersCalendar: braces(
      specs.filter((text) => text.startsWith("OnCalendar")).map((text) => `${text} ; next_elapse=${elapse}`),
    ),
    NextElapseUSecRealtime: next > 0 ? formatTimestamp(next) : "",
    LastTriggerUSec: Number(p.TimerLast ?? 0) > 0 ? formatTimestamp(Number(p.TimerLast)) : "",
    Result: "success",
  };
}

function printAll(context: Context, given: Properties, wanted: readonly string[]): void {
  const empty = wanted.length > 0 || context.options.has("all");
  const properties: Properties = { ...given, ...derived(given) };
  const table = tableOf(properties);
  const names = [...new Set([...table.keys(), ...Object.keys(properties)])].filter((name) => !OWN.has(name));
  const known = properties.LoadState === "loaded" || properties.LoadState === undefined;
  for (const name of wanted.length > 0 ? names.filter((each) => wanted.includes(each)) : names) {
    const told = properties[name];
    const fallback = table.get(name);
    if (told !== undefined) printProperty(context, name, told, empty);
    else if (fallback !== undefined && (known || wanted.length > 0)) {
      const text = fromSetting(properties, name, fallback);
      if (text !== "[unprintable]" || empty) printProperty(context, name, text, empty);
    } else if (fallback === undefined && wanted.includes(name) && name.startsWith("Exec") === false)
      printProperty(context, name, "", empty);
  }
}

/** The verb. */
export function* show(context: Context): Task<number> {
  const { bus, options, out } = context;
  const wanted = [...options.values("property"), ...options.values("P")].flatMap((value) => value.split(","));
  if (!options.has("no-pager")) yield* out.openPager();
  if (context.args.length === 0) {
    const reply = yield* bus.call({ call: "show-manager" });
    printAll(context, "properties" in reply ? reply.properties : {}, wanted);
    return 0;
  }
  for (const [i, name] of unitNames(context, context.args).entries()) {
    if (i > 0) out.print("\n");
    const reply = yield* bus.call({ call: "show", unit: name });
    printAll(context, "properties" in reply ? reply.properties : {}, wanted);
  }
  return 0;
}
