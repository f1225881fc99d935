// list-units, list-unit-files, list-jobs, list-timers, list-sockets, list-dependencies: tables.

import type { Task } from "../../kernel/sys.ts";
import { textWidth } from "../../lib/width.ts";
import { ellipsize, GREEN, GREY, type Output, RED, YELLOW } from "../../systemd/client/output.ts";
import { viewOf } from "../../systemd/file-view.ts";
import { listUnitFiles, presetOf, unitFileState } from "../../systemd/install.ts";
import type { UnitRow } from "../../systemd/protocol.ts";
import { isValidUnitName, mangleUnitName, matchesPattern, parseUnitName, UNIT_TYPES } from "../../systemd/unit-name.ts";
import { type Context, unitNames } from "./context.ts";

interface Cell {
  readonly text: string;
  readonly color?: string;
}

interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Prints columns as wide as they need be; on a terminal the heading is underlined. The last column is not padded outside of one. */
function printTable(out: Output, table: Table, options: { legend: boolean; dot: boolean; full: boolean }): void {
  const all = [table.header.map((text) => ({ text })), ...table.rows];
  const counted = options.legend ? all : table.rows;
  const widths = table.header.map((_, i) => Math.max(0, ...counted.map((row) => textWidth(row[i]?.text ?? ""))));
  if (options.dot) widths[0] = 1;
  if (out.tty && !options.full) shrink(widths, out.columns);
  if (options.legend) {
    const cells = table.header.map((text, i) => text.padEnd(widths[i] as number));
    if (out.colors) out.print(`${cells.map((cell) => `\x1b[4m${cell}\x1b[0m`).join("\x1b[4m \x1b[0m")}\n`);
    else out.print(`${cells.join(" ").trimEnd()}\n`);
  }
  for (const row of table.rows) {
    const last = row.length - 1;
    const cells = row.map(({ text, color }, i) => {
      const width = widths[i] as number;
      const shown = out.tty && !options.full ? ellipsize(text, width, i === last ? 100 : 33) : text;
      const pad = i === last ? "" : " ".repeat(Math.max(0, width - textWidth(shown)));
      return `${color === undefined ? shown : out.paint(color, shown)}${pad}`;
    });
    out.print(`${cells.join(" ")}\n`);
  }
}

/** Takes width away from the widest columns until the table fits the terminal. */
function shrink(widths: number[], columns: number): void {
  let excess = widths.reduce((sum, width) => sum + width, 0) + widths.length - 1 - columns;
  for (; excess > 0; excess--) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] as number) <= 5) return;
    widths[widest] = (widths[widest] as number) - 1;
  }
}

const LOAD_STATES = ["stub", "loaded", "not-found", "bad-setting", "error", "merged", "masked"];

/** What -t and --state= ask for; a status where there is nothing more to do. */
function wantedTypes(context: Context): { types: ReadonlySet<string>; states: ReadonlySet<string> } | number {
  const types = new Set<string>();
  const states = new Set<string>();
  for (const word of context.options.values("type").flatMap((value) => value.split(","))) {
    if (word === "help") {
      context.out.print(`Available unit types:\n${UNIT_TYPES.join("\n")}\n`);
      return 0;
    }
    if ((UNIT_TYPES as readonly string[]).includes(word)) types.add(word);
    else if (LOAD_STATES.includes(word)) states.add(word);
    else if (word !== "") {
      context.out.error(`Unknown unit type or load state '${word}'.`);
      context.out.info("Use -t help to see a list of allowed values.");
      return 1;
    }
  }
  for (const word of context.options.values("state").flatMap((value) => value.split(","))) states.add(word);
  if (context.options.has("failed")) states.add("failed");
  return { types, states };
}

const rank = (row: UnitRow): number => UNIT_ORDER.indexOf(parseUnitName(row.id).type);
const UNIT_ORDER = [
  "automount",
  "device",
  "mount",
  "path",
  "scope",
  "service",
  "slice",
  "socket",
  "swap",
  "target",
  "timer",
];

export function* listUnits(context: Context): Task<number> {
  const { bus, options } = context;
  const wanted = wantedTypes(context);
  if (typeof wanted === "number") return wanted;
  const reply = yield* bus.call({ call: "list-units", all: true });
  const patterns = context.args.map((word) => mangleUnitName(word).name);
  const all = options.has("all");
  const rows = ("units" in reply ? reply.units : [])
    .filter((row) => patterns.length === 0 || patterns.some((pattern) => matchesPattern(row.id, pattern)))
    .filter((row) => wanted.types.size === 0 || wanted.types.has(parseUnitName(row.id).type))
    .filter((row) =>
      wanted.states.size > 0
        ? wanted.states.has(row.active) || wanted.states.has(row.sub) || wanted.states.has(row.load)
        : all || row.active !== "inactive" || row.job !== "",
    )
    .filter((row) => all || wanted.states.size > 0 || row.load !== "not-found" || row.active !== "inactive")
    .sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
  yield* maybePager(context);
  printUnits(context, rows, wanted.states.size > 0);
  return 0;
}

function* maybePager(context: Context): Task<void> {
  if (!context.options.has("no-pager")) yield* context.out.openPager();
}

function printUnits(context: Context, rows: readonly UnitRow[], filtered: boolean): void {
  const { out, options } = context;
  const legend = !options.has("no-legend") && options.value("legend") !== "false";
  const jobs = rows.some((row) => row.job !== "");
  const header = ["", "UNIT", "LOAD", "ACTIVE", "SUB", ...(jobs ? ["JOB"] : []), "DESCRIPTION"];
  const table = rows.map((row): Cell[] => {
    const bad =
      row.active === "failed" ||
      (row.load !== "loaded" && row.load !== "stub") ||
      row.active === "activating" ||
      row.active === "deactivating";
    const color = row.active === "failed" || ["error", "not-found", "bad-setting"].includes(row.load) ? RED : "";
    const dot = { text: bad && !options.has("plain") ? "●" : " ", ...(color === "" ? {} : { color }) };
    const paint = (text: string): Cell => (row.active === "failed" ? { text, color: RED } : { text });
    const load: Cell = ["error", "not-found", "bad-setting", "masked"].includes(row.load)
      ? { text: row.load, color: RED }
      : { text: row.load };
    return [
      dot,
      color === "" ? { text: row.id } : { text: row.id, color },
      load,
      paint(row.active),
      paint(row.sub),
      ...(jobs ? [{ text: row.job }] : []),
      { text: row.description },
    ];
  });
  printTable(out, { header, rows: table }, { legend, dot: true, full: options.has("full") || out.pager });
  if (!legend) return;
  out.print("\n");
  const grey = (text: string) => out.print(`${out.paint(GREY, text)}\n`);
  if (rows.length > 0) {
    grey("Legend: LOAD   → Reflects whether the unit definition was properly loaded.");
    grey("        ACTIVE → The high-level unit activation state, i.e. generalization of SUB.");
    grey("        SUB    → The low-level unit activation state, values depend on unit type.");
    if (jobs) grey("        JOB    → Pending job for the unit.");
    out.print("\n");
  }
  const count = `${rows.length} loaded units listed.`;
  if (options.has("all")) out.print(`${count}\nTo show all installed unit files use 'systemctl list-unit-files'.\n`);
  else if (filtered) out.print(`${count}\n`);
  else
    out.print(
      `${count} Pass --all to see loaded but inactive units, too.\nTo show all installed unit files use 'systemctl list-unit-files'.\n`,
    );
}

const STATE_COLORS: Readonly<Record<string, string>> = {
  enabled: GREEN,
  "enabled-runtime": GREEN,
  static: "",
  disabled: YELLOW,
  masked: RED,
  "masked-runtime": RED,
  linked: GREEN,
  bad: RED,
};

export function* listUnitFilesVerb(context: Context): Task<number> {
  const { out, options, sys } = context;
  const wanted = wantedTypes(context);
  if (typeof wanted === "number") return wanted;
  const view = viewOf(sys);
  const patterns = context.args.map((word) => mangleUnitName(word).name);
  const rows: Cell[][] = [];
  for (const name of listUnitFiles(view)) {
    if (patterns.length > 0 && !patterns.some((pattern) => matchesPattern(name, pattern))) continue;
    if (wanted.types.size > 0 && !wanted.types.has(parseUnitName(name).type)) continue;
    const { state } = unitFileState(view, name);
    if (wanted.states.size > 0 && !wanted.states.has(state)) continue;
    const shows = ["enabled", "disabled", "enabled-runtime", "masked", "linked", "indirect"].includes(state);
    const preset = shows ? presetOf(view, name) : "-";
    const paint = (text: string): Cell => ({ text, ...(STATE_COLORS[text] ? { color: STATE_COLORS[text] } : {}) });
    rows.push([{ text: name }, paint(state), preset === "-" ? { text: "-", color: GREY } : paint(preset)]);
  }
  yield* maybePager(context);
  const legend = !options.has("no-legend") && options.value("legend") !== "false";
  printTable(
    out,
    { header: ["UNIT FILE", "STATE", "PRESET"], rows },
    { legend, dot: false, full: options.has("full") || out.pager },
  );
  if (legend) out.print(`\n${rows.length} unit files listed.\n`);
  return rows.length === 0 && patterns.some((pattern) => isValidUnitName(pattern)) ? 1 : 0;
}

export function* listJobs(context: Context): Task<number> {
  const { bus, out, options } = context;
  const reply = yield* bus.call({ call: "list-jobs" });
  const jobs = "jobs" in reply ? reply.jobs : [];
  if (jobs.length === 0) {
    if (!options.has("no-legend")) out.print("No jobs running.\n");
    return 0;
  }
  const rows = jobs.map((job) => [
    { text: String(job.id) },
    { text: job.unit },
    { text: job.type },
    { text: job.state },
  ]);
  printTable(out, { header: ["JOB", "UNIT", "TYPE", "STATE"], rows }, { legend: true, dot: false, full: true });
  out.print(`\n${jobs.length} jobs listed.\n`);
  return 0;
}

/** list-timers and list-sockets, without times: nothing here fires by the clock. */
export function* listTriggers(context: Context, type: "timer" | "socket"): Task<number> {
  const { bus, out } = context;
  const reply = yield* bus.call({ call: "list-units", all: true });
  const units = ("units" in reply ? reply.units : []).filter(
    (row) => parseUnitName(row.id).type === type && row.active === "active",
  );
  const rows: Cell[][] = [];
  for (const { id } of units.sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const target = `${parseUnitName(id).base}.service`;
    if (type === "timer") rows.push(["-", "-", "-", "-", id, target].map((text) => ({ text })));
    else rows.push([{ text: `/run/${parseUnitName(id).base}` }, { text: id }, { text: target }]);
  }
  const header =
    type === "timer" ? ["NEXT", "LEFT", "LAST", "PASSED", "UNIT", "ACTIVATES"] : ["LISTEN", "UNIT", "ACTIVATES"];
  printTable(out, { header, rows }, { legend: true, dot: false, full: true });
  out.print(`\n${rows.length} ${type}s listed.\nPass --all to see loaded but inactive ${type}s, too.\n`);
  return 0;
}

const FORWARD = ["Requires", "Requisite", "Wants", "ConsistsOf", "BindsTo", "Upholds"];
const BACKWARD = ["RequiredBy", "RequisiteOf", "WantedBy", "PartOf", "BoundBy", "UpheldBy"];

export function* listDependencies(context: Context): Task<number> {
  const { out, options } = context;
  const names = context.args.length === 0 ? ["default.target"] : unitNames(context, context.args);
  yield* maybePager(context);
  for (const [i, name] of names.entries()) {
    if (i > 0) out.print("\n");
    const real = String((yield* context.bus.show(name)).Id ?? name);
    out.print(`${real}\n`);
    const kinds = options.has("reverse")
      ? BACKWARD
      : options.has("after")
        ? ["After"]
        : options.has("before")
          ? ["Before"]
          : FORWARD;
    yield* printTree(context, real, kinds, "", new Set([real]));
  }
  return 0;
}

function* printTree(
  context: Context,
  name: string,
  kinds: readonly string[],
  prefix: string,
  above: ReadonlySet<string>,
): Task<void> {
  const { bus, out, options } = context;
  const properties = yield* bus.show(name);
  const found = new Set<string>();
  for (const kind of kinds)
    for (const each of (properties[kind] as readonly string[] | undefined) ?? []) found.add(each);
  const list = [...found].sort();
  for (const [i, each] of list.entries()) {
    const last = i === list.length - 1;
    const state = String((yield* bus.show(each)).ActiveState);
    const color = state === "active" || state === "reloading" ? GREEN : state === "failed" ? RED : "";
    const dot = options.has("plain")
      ? "  "
      : `${out.paint(color, state === "active" ? "●" : state === "failed" ? "×" : "○")} `;
    out.print(
      `${dot}${options.has("plain") ? `${"  ".repeat(prefix.length / 2)}` : `${prefix}${last ? "└─" : "├─"}`}${each}\n`,
    );
    const deeper = each.endsWith(".target") || options.has("all");
    if (deeper && !above.has(each))
      yield* printTree(context, each, kinds, `${prefix}${last ? "  " : "│ "}`, new Set([...above, each]));
  }
}
