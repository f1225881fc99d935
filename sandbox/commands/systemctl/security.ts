// systemd-analyze security: each setting that hardens a service, judged and weighed, and the exposure that is left.

import type { Sys, Task } from "../../kernel/sys.ts";
import { type Bus, connectBus } from "../../systemd/client/bus.ts";
import { jsonText } from "../../systemd/client/json.ts";
import { GREEN, GREY, type Output, RED, YELLOW } from "../../systemd/client/output.ts";
import { settingsOf } from "../../systemd/definition.ts";
import { viewOf } from "../../systemd/file-view.ts";
import { loadUnit } from "../../systemd/load-unit.ts";
import { mangleUnitName } from "../../systemd/unit-name.ts";
import { hardeningOf } from "./capabilities.ts";
import { type Finding, judge, type Subject } from "./security-judge.ts";
import { type Rule, rules } from "./security-rules.ts";
import { type Cell, printTable } from "./table.ts";
import { settingValues } from "./triggers.ts";

/** The names that JSON has for the settings; one ends with a bracket, as systemd 257 spells it. */
function fieldName(name: string): string {
  const field = name
    .replace(/=\/(\w+)=/, "Or$1")
    .replace("…", "OTHER")
    .replace(/[^\w]+/g, "_")
    .replace(/_+/g, "_")
    .replace(/_$/, "");
  return field.endsWith("RAW") ? `${field})` : field;
}

const tenths = (value: number): string => `${Math.floor(value / 10)}.${value % 10}`;

interface Assessed {
  readonly rule: Rule;
  readonly finding: Finding;
  /** Its share of the whole, in hundredths. */
  readonly share: number | undefined;
}

/** All settings judged, and the exposure of the whole in tenths. */
function assess(subject: Subject): { rows: Assessed[]; exposure: number } {
  const unit = hardeningOf(subject.values);
  const judged = rules.map((rule) => ({ rule, finding: judge(rule, subject, unit) }));
  const counted = judged.filter(({ finding }) => finding.badness !== undefined);
  const total = counted.reduce((sum, { rule }) => sum + rule.weight, 0);
  let badness = 0;
  const rows = judged.map(({ rule, finding }): Assessed => {
    if (finding.badness === undefined) return { rule, finding, share: undefined };
    const weighed = Math.ceil((finding.badness * rule.weight) / finding.range);
    badness += weighed;
    return { rule, finding, share: Math.ceil((finding.badness * rule.weight * 100) / (finding.range * total)) };
  });
  return { rows, exposure: Math.ceil((badness * 100) / total) };
}

/** From how much exposure on a service is called what, with a face for terminals that have them and one for those that do not. */
const LEVELS: readonly [least: number, name: string, color: string, face: string, plain: string][] = [
  [100, "DANGEROUS", RED, "🤢", ":-["],
  [90, "UNSAFE", RED, "😨", ":-{"],
  [75, "EXPOSED", YELLOW, "🙁", ":-("],
  [50, "MEDIUM", "", "😐", ":-|"],
  [10, "OK", GREEN, "🙂", ":-)"],
  [1, "SAFE", GREEN, "😀", ":-}"],
  [0, "PERFECT", GREEN, "😇", ":-]"],
];

function faceOf({ sys }: Output, exposure: number): string {
  const [, , , face, plain] = levelOf(exposure);
  return /^(?:|dumb|linux)$/.test(sys.env.TERM ?? "") ? plain : face;
}

const levelOf = (exposure: number) => LEVELS.find(([least]) => exposure >= least) ?? (LEVELS[6] as (typeof LEVELS)[0]);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The table of one service, and its whole exposure. */
function printOne(out: Output, subject: Subject, json: string | undefined): number {
  const { rows, exposure } = assess(subject);
  rows.sort((a, b) => compare(b.finding.text, a.finding.text) || compare(a.rule.name, b.rule.name));
  const isGood = ({ badness }: Finding) => (badness === undefined ? null : badness === 0);
  const shown = (share: number | undefined) => (share === undefined || share === 0 ? null : tenths(share));
  if (json !== undefined) {
    const objects = rows.map(({ rule, finding, share }) => ({
      set: isGood(finding),
      name: rule.name,
      json_field: fieldName(rule.name),
      description: finding.text === "" ? null : finding.text,
      exposure: shown(share),
    }));
    out.print(`${jsonText(objects, json === "pretty")}\n`);
    return exposure;
  }
  const cells = rows.map(({ rule, finding, share }): Cell[] => {
    const good = isGood(finding);
    const text = shown(share);
    return [
      good === null ? { text: "" } : { text: good ? "✓" : "✗", color: good ? GREEN : RED },
      { text: rule.name },
      { text: finding.text },
      { text: text ?? (out.colors ? " ".repeat(8) : ""), right: true, ...(text === null ? { color: GREY } : {}) },
    ];
  });
  const header = ["", "NAME", "DESCRIPTION", "EXPOSURE"];
  printTable(out, { header, rows: cells }, { legend: true, dot: true, full: out.pager });
  const [, name, color] = levelOf(exposure);
  const unit = subject.fragment === undefined ? subject.id : out.linkPath(subject.fragment, subject.id);
  const title = out.colors
    ? `\x1b[0;1;39mOverall exposure level for ${unit}\x1b[0m`
    : `Overall exposure level for ${unit}`;
  out.print(`\n→ ${title}: ${out.paint(color, `${tenths(exposure)} ${name}`)} ${faceOf(out, exposure)}\n`);
  return exposure;
}

/** The list of several services with what each comes to. */
function printMany(out: Output, subjects: readonly Subject[], json: string | undefined): number {
  const rows = subjects.map((subject) => {
    const { exposure } = assess(subject);
    const [, predicate, color] = levelOf(exposure);
    const happy = faceOf(out, exposure);
    return { unit: subject.id, exposure: tenths(exposure), predicate, happy, color, value: exposure };
  });
  if (json !== undefined)
    out.print(
      `${jsonText(
        rows.map(({ unit, exposure, predicate, happy }) => ({ unit, exposure, predicate, happy })),
        json === "pretty",
      )}\n`,
    );
  else {
    const cells = rows.map(({ unit, exposure, predicate, happy, color }): Cell[] => [
      { text: unit },
      { text: exposure, right: true },
      { text: predicate, color },
      { text: happy },
    ]);
    const header = ["UNIT", "EXPOSURE", "PREDICATE", "HAPPY"];
    printTable(out, { header, rows: cells }, { legend: true, dot: false, full: out.pager });
  }
  return Math.max(0, ...rows.map(({ value }) => value));
}

/** A unit as PID 1 has it; a text says why it cannot be judged. */
function* fromManager(bus: Bus, word: string): Task<Subject | string> {
  const id = mangleUnitName(word).name.replace(/@(?=\.)/, "@test_instance");
  if (!id.endsWith(".service")) return `Unit ${id} is not a service unit, refusing.`;
  const p = yield* bus.show(id);
  if (p.LoadState === "not-found") return `Unit ${id} not found, cannot analyze.`;
  if (p.LoadState === "masked") return `Unit ${id} is masked, cannot analyze.`;
  const fragment = p.FragmentPath === undefined ? undefined : String(p.FragmentPath);
  return { id, fragment, values: (key) => settingValues(p, key), offline: false };
}

/** The services that PID 1 has loaded, without those that run once and end. */
function* loadedServices(bus: Bus): Task<Subject[]> {
  const reply = yield* bus.call({ call: "list-units", all: true });
  const found: Subject[] = [];
  for (const { id } of "units" in reply ? reply.units : []) {
    if (!id.endsWith(".service")) continue;
    const p = yield* bus.show(id);
    if (p.LoadState === "loaded" && p.Type !== "oneshot")
      found.push({ id, fragment: String(p.FragmentPath), values: (key) => settingValues(p, key), offline: false });
  }
  return found.sort((a, b) => compare(a.id, b.id));
}

/** A unit as its files have it. */
function fromFiles(sys: Sys, word: string): Subject {
  const { machineId, bootId, release, architecture } = sys.machine;
  const path = word.startsWith("/") ? word : `${sys.getcwd()}/${word}`;
  const view = { ...viewOf(sys), folders: [path.replace(/\/[^/]*$/, "") || "/"] };
  const id = path.slice(path.lastIndexOf("/") + 1).replace(/@(?=\.)/, "@test_instance");
  const { definition } = loadUnit(view, id, {
    hostname: sys.hostname,
    machineId,
    bootId,
    kernel: release,
    architecture,
  });
  return { id, fragment: definition.fragment, values: (key) => settingsOf(definition, key), offline: true };
}

/** What the options of the verb say. */
export interface SecurityOptions {
  readonly json: string | undefined;
  /** In tenths: a service more exposed than this makes the verb fail. */
  readonly threshold: number;
  readonly offline: boolean;
  readonly pager: boolean;
}

/** The verb. */
export function* security(sys: Sys, out: Output, units: readonly string[], options: SecurityOptions): Task<number> {
  const { json, offline } = options;
  if (offline && units.length === 0) {
    out.error("Option --offline= requires one or more units to perform a security review.");
    return 1;
  }
  const bus = offline ? undefined : yield* connectBus(sys, out, false);
  if (!offline && bus === undefined) return 1;
  if (options.pager) yield* out.openPager();
  const subjects = units.length === 0 && bus !== undefined ? yield* loadedServices(bus) : [];
  let status = 0;
  let worst = 0;
  for (const [i, word] of units.entries()) {
    if (i > 0 && json === undefined) {
      out.print("\n");
      yield* out.flush();
    }
    const subject = bus === undefined ? fromFiles(sys, word) : yield* fromManager(bus, word);
    if (typeof subject === "string") {
      out.error(subject);
      status = 1;
      continue;
    }
    subjects.push(subject);
    worst = Math.max(worst, printOne(out, subject, json));
  }
  if (units.length > 1 && json === undefined) {
    out.print("\n");
    yield* out.flush();
  }
  if (units.length !== 1) worst = Math.max(worst, printMany(out, subjects, json));
  return worst > options.threshold ? 1 : status;
}
