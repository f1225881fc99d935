// list-units, list-unit-files, list-jobs, list-dependencies: tables and trees.

import type { Task } from "../../kernel/sys.ts";
import { GREEN, GREY, RED, YELLOW } from "../../systemd/client/output.ts";
import { viewOf } from "../../systemd/file-view.ts";
import { listUnitFiles, presetOf, unitFileState } from "../../systemd/install.ts";
import type { UnitRow } from "../../systemd/protocol.ts";
import { matchesPattern, parseUnitName, UNIT_TYPES } from "../../systemd/unit-name.ts";
import { type Context, unitNames } from "./context.ts";
import { type Cell, printJson, printList, printTable, showsLegend } from "./table.ts";

const LOAD_STATES = ["stub", "loaded", "not-found", "bad-setting", "error", "merged", "masked"];

/** All states that units have, as `--state=help` lists them: by level, then by type. */
const STATES = `
load: stub loaded not-found bad-setting error merged masked
active: active reloading inactive failed activating deactivating maintenance refreshing
file: enabled enabled-runtime linked linked-runtime alias masked masked-runtime static disabled indirect generated transient bad
automount: dead waiting running failed
device: dead tentative plugged
mount: dead mounting mounting-done mounted remounting unmounting remounting-sigterm remounting-sigkill unmounting-sigterm unmounting-sigkill failed cleaning
path: dead waiting running failed
scope: dead start-chown running abandoned stop-sigterm stop-sigkill failed
service: dead condition start-pre start start-post running exited reload reload-signal reload-notify mounting stop stop-watchdog stop-sigterm stop-sigkill stop-post final-watchdog final-sigterm final-sigkill failed dead-before-auto-restart failed-before-auto-restart dead-resources-pinned auto-restart auto-restart-queued cleaning
slice: dead active
socket: dead start-pre start-chown start-post listening running stop-pre stop-pre-sigterm stop-pre-sigkill stop-post final-sigterm final-sigkill failed cleaning
swap: dead activating activating-done active deactivating deactivating-sigterm deactivating-sigkill failed cleaning
target: dead active
timer: dead waiting running elapsed failed
`;

function section(kind: string, list: string): string {
  const level = ["load", "active", "file"].includes(kind);
  const title = level ? `${kind === "file" ? "unit file" : `unit ${kind}`} states` : `${kind} unit substates`;
  return `Available ${title}:\n${list.replaceAll(" ", "\n")}\n`;
}

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
  for (const word of context.options.values("state").flatMap((value) => value.split(","))) {
    if (word === "help") {
      context.out.print(
        STATES.trim().replace(/^(\w+): (.*)$/gm, (_, kind: string, list: string) => section(kind, list)),
      );
      return 0;
    }
    states.add(word);
  }
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
  const patterns = context.args;
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
  const legend = showsLegend(context);
  const plain = options.has("plain");
  const jobs = rows.some((row) => row.job !== "");
  const header = [...(plain ? [] : [""]), "UNIT", "LOAD", "ACTIVE", "SUB", ...(jobs ? ["JOB"] : []), "DESCRIPTION"];
  const table = rows.map((row): Cell[] => {
    const bad =
      row.active === "failed" ||
      (row.load !== "loaded" && row.load !== "stub") ||
      row.active === "activating" ||
      row.active === "deactivating";
    const color = row.active === "failed" || ["error", "not-found", "bad-setting"].includes(row.load) ? RED : "";
    const dot = { text: bad ? "●" : " ", ...(color === "" ? {} : { color }) };
    const paint = (text: string): Cell => (row.active === "failed" ? { text, color: RED } : { text });
    const load: Cell = ["error", "not-found", "bad-setting", "masked"].includes(row.load)
      ? { text: row.load, color: RED }
      : { text: row.load };
    return [
      ...(plain ? [] : [dot]),
      color === "" ? { text: row.id } : { text: row.id, color },
      load,
      paint(row.active),
      paint(row.sub),
      ...(jobs ? [{ text: row.job }] : []),
      { text: row.description },
    ];
  });
  if (printJson(context, { header, rows: table })) return;
  printTable(out, { header, rows: table }, { legend, dot: !plain, full: options.has("full") || out.pager });
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
  const { sys } = context;
  const wanted = wantedTypes(context);
  if (typeof wanted === "number") return wanted;
  const view = viewOf(sys);
  const patterns = context.args;
  const rows: Cell[][] = [];
  const order = (name: string) => UNIT_ORDER.indexOf(parseUnitName(name).type);
  for (const name of listUnitFiles(view).toSorted((a, b) => order(a) - order(b))) {
    if (patterns.length > 0 && !patterns.some((pattern) => matchesPattern(name, pattern))) continue;
    if (wanted.types.size > 0 && !wanted.types.has(parseUnitName(name).type)) continue;
    const { state } = unitFileState(view, name);
    if (wanted.states.size > 0 && !wanted.states.has(state)) continue;
    const shows = ["enabled", "disabled", "enabled-runtime", "masked", "linked", "indirect", "bad"].includes(state);
    const preset = shows ? presetOf(view, name) : "-";
    const paint = (text: string): Cell => ({ text, ...(STATE_COLORS[text] ? { color: STATE_COLORS[text] } : {}) });
    rows.push([{ text: name }, paint(state), preset === "-" ? { text: "-", color: GREY, json: null } : paint(preset)]);
  }
  yield* maybePager(context);
  printList(context, { header: ["UNIT FILE", "STATE", "PRESET"], rows }, "unit file", false);
  return rows.length === 0 ? 1 : 0;
}

export function* listJobs(context: Context): Task<number> {
  const { bus, out, options } = context;
  const reply = yield* bus.call({ call: "list-jobs" });
  const jobs = "jobs" in reply ? reply.jobs : [];
  if (jobs.length === 0) {
    if (showsLegend(context) && !options.value("output")?.startsWith("json")) out.print("No jobs running.\n");
    return 0;
  }
  const rows = jobs.map((job) => [
    { text: String(job.id), right: true, json: job.id },
    { text: job.unit },
    { text: job.type },
    { text: job.state },
  ]);
  printList(context, { header: ["JOB", "UNIT", "TYPE", "STATE"], rows }, "job", false);
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
  /** Names that are not gone into again: those above, or (in a plain list, which names each once) all so far. */
  seen: Set<string>,
): Task<void> {
  const { bus, out, options } = context;
  const plain = options.has("plain") || options.value("output")?.startsWith("json") === true;
  const properties = yield* bus.show(name);
  const found = new Set<string>();
  for (const kind of kinds)
    for (const each of (properties[kind] as readonly string[] | undefined) ?? []) found.add(each);
  const isTarget = (unit: string) => unit.endsWith(".target");
  const list = [...found]
    .filter((each) => !plain || !seen.has(each))
    .sort((a, b) => Number(isTarget(a)) - Number(isTarget(b)) || (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  for (const [i, each] of list.entries()) {
    if (plain && seen.has(each)) continue;
    const last = i === list.length - 1;
    const state = String((yield* bus.show(each)).ActiveState);
    const color = state === "active" || state === "reloading" ? GREEN : state === "failed" ? RED : "";
    const dot = out.paint(color, state === "active" ? "●" : state === "failed" ? "×" : "○");
    out.print(plain ? `  ${each}\n` : `${dot} ${prefix}${last ? "└─" : "├─"}${each}\n`);
    const before = seen.has(each);
    if (plain) seen.add(each);
    if ((!isTarget(each) && !options.has("all")) || before) continue;
    const below = plain ? seen : new Set([...seen, each]);
    yield* printTree(context, each, kinds, `${prefix}${last ? "  " : "│ "}`, below);
  }
}
