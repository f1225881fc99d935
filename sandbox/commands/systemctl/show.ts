// systemctl show: properties as NAME=value.

import type { Task } from "../../kernel/sys.ts";
import type { CommandState, Properties, PropertyValue } from "../../systemd/protocol.ts";
import { formatTimespan, formatTimestamp } from "../../systemd/time.ts";
import { quoteIfNeeded } from "../../systemd/words.ts";
import { type Context, unitNames } from "./context.ts";

/** Lists whose words are quoted where they hold blanks. */
const QUOTED = new Set(["Environment"]);
/** Lists that print one line for each entry. */
const REPEATED = new Set(["EnvironmentFiles"]);
/** Not properties of the bus: what this program's own protocol adds. */
const OWN = new Set(["Pids", "ConditionFailed", "LoadError"]);

function commandText(state: CommandState): string {
  const time = (at: number) => `[${at > 0 ? formatTimestamp(at) : "n/a"}]`;
  const code = state.code === "" ? "(null)" : state.code;
  const status = state.code === "" ? "0/0" : state.code === "exited" ? `${state.status}` : `${state.status}`;
  return `{ path=${state.path} ; argv[]=${state.argv.join(" ")} ; ignore_errors=${state.ignore ? "yes" : "no"} ; start_time=${time(state.start)} ; stop_time=${time(state.stop)} ; pid=${state.pid} ; code=${code} ; status=${status} }`;
}

function valueText(name: string, value: PropertyValue): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) {
    const words = value as readonly string[];
    return (QUOTED.has(name) ? words.map(quoteIfNeeded) : words).join(" ");
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
  else if (REPEATED.has(name)) for (const each of value as readonly string[]) line(each);
  else {
    const text = valueText(name, value);
    if (text !== "" || empty) line(text);
  }
}

function printAll(context: Context, properties: Properties, wanted: readonly string[]): void {
  const empty = wanted.length > 0 || context.options.has("all");
  const names = Object.keys(properties).filter((name) => !OWN.has(name));
  if (context.options.has("value") || context.options.has("P")) {
    for (const name of wanted.length > 0 ? names.filter((each) => wanted.includes(each)) : names) {
      printProperty(context, name, properties[name] as PropertyValue, empty);
    }
    return;
  }
  for (const name of names) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    printProperty(context, name, properties[name] as PropertyValue, empty);
  }
  // Lists that are empty on the bus are asked for by name all the same.
  for (const name of wanted)
    if (
      properties[name] === undefined &&
      /^(?:DropInPaths|Job|Requires|Wants|After|Before|TriggeredBy|WantedBy)$/.test(name)
    )
      context.out.print(`${name}=\n`);
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
