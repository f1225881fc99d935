// Two points of the time line beside each other: what callers get, what the kubelet goes by, and which files differ. Loaded when first asked for.

import type { CallResult, VerdictWord } from "#sandbox/grader/check.ts";
import type { Comparison, SettingChange, TimelineEntry } from "#sandbox/protocol.ts";
import type { MachineClient } from "../../machine/client.ts";
import { drawing, h, type MarkState, mark, withCode } from "../lab/dom.ts";
import type { Drawer } from "../lab/drawer.ts";
import { drawFiles } from "./files.ts";
import { formatTime, namePoint } from "./words.ts";

export interface ComparisonOptions {
  readonly drawer: Drawer;
  readonly client: MachineClient;
  readonly entries: readonly TimelineEntry[];
  /** Orders by id, as the reader knows them. */
  readonly goals: ReadonlyMap<string, string>;
  readonly from: number;
  readonly to: number;
  /** Back to the list of points. */
  back(): void;
}

/** Opens the drawer with two points, and compares again when another is chosen. */
export function openComparison({ drawer, client, entries, goals, from, to, back }: ComparisonOptions): void {
  const result = h("div", { class: "compared scroll", role: "region", "aria-label": "What differs", tabindex: 0 });
  const points = { from, to };
  const choice = (which: "from" | "to", word: string): HTMLElement => {
    const id = `compare-${which}`;
    const select = h(
      "select",
      { class: "field", id },
      ...entries
        .filter(({ gone }) => !gone)
        .map(({ entry, at }) =>
          h(
            "option",
            { value: entry, selected: entry === points[which] },
            `${formatTime(at)} ${namePoint(entries, entry)}`,
          ),
        ),
    );
    select.addEventListener("change", () => {
      points[which] = Number(select.value);
      void show();
    });
    return h("div", { class: "compare-point" }, h("label", { for: id }, word), select);
  };
  const show = async (): Promise<void> => {
    const asked = `${points.from} ${points.to}`;
    result.replaceChildren(h("p", { class: "ink2", role: "status" }, "Asking both machines."));
    const comparison = await client.compare(points.from, points.to).catch(() => undefined);
    if (asked !== `${points.from} ${points.to}`) return;
    result.replaceChildren(...(comparison === undefined ? unknown() : drawComparison(comparison, goals)));
  };
  const list = h("button", { type: "button", class: "btn bare" }, drawing("i-history"), "All points");
  list.addEventListener("click", back);
  drawer.open("Compare", "two points of the time line", [
    h("div", { class: "line-tools compare-tools" }, choice("from", "From"), choice("to", "To"), list),
    result,
  ]);
  document.getElementById("compare-from")?.focus();
  void show();
}

const unknown = (): HTMLElement[] => [
  h("p", {}, "One of these points is no longer kept. The machine remembers its start and the newest points."),
];

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

function drawComparison(comparison: Comparison, goals: ReadonlyMap<string, string>): HTMLElement[] {
  const answers = listAnswers(comparison, goals);
  const changed = answers.filter(({ before, after }) => before.text !== after.text);
  const { settings, files } = comparison;
  const same = changed.length + settings.length + files.length === 0;
  return [
    h(
      "p",
      { class: "compare-sum", role: "status" },
      same
        ? "Nothing differs between these two points."
        : `${count(changed.length, "answer", "answers")}, ${count(settings.length, "setting", "settings")} and ${count(files.length, "file", "files")} differ.`,
    ),
    h("h3", {}, "Behaviour"),
    ...drawAnswers(answers, changed),
    h("h3", {}, "Effective configuration"),
    settings.length === 0
      ? h("p", { class: "ink2 small" }, "Every kubelet goes by the same settings, and would at its next start.")
      : drawSettings(settings),
    h("h3", {}, "Files"),
    ...drawFiles(comparison),
  ];
}

// --- behaviour ---

/** One question and what came back at each point. */
interface Answer {
  readonly group: string;
  readonly question: string;
  readonly before: Seen;
  readonly after: Seen;
}

interface Seen {
  readonly text: string;
  /** Undefined where it is neither good nor bad. */
  readonly mark?: MarkState;
}

/** What a caller or a start should get is good, and danger where it does not. */
const judged = (good: boolean): MarkState => (good ? "pass" : "peril");

const verdicts: Record<VerdictWord, Seen> = {
  pass: { text: "pass", mark: "pass" },
  "not-yet": { text: "not yet", mark: "wait" },
  unknown: { text: "could not tell", mark: "blind" },
};

function listAnswers({ before, after, captains }: Comparison, goals: ReadonlyMap<string, string>): Answer[] {
  const calls = (group: string, was: readonly CallResult[], is: readonly CallResult[], wish: boolean): Answer[] =>
    is.map((call, index) => ({
      group,
      question: call.what,
      before: { text: was[index]?.got ?? "", mark: judged(was[index]?.served === wish) },
      after: { text: call.got, mark: judged(call.served === wish) },
    }));
  const orders = after.report.verdicts.map(
    ({ id, verdict }, index): Answer => ({
      group: "Orders",
      question: goals.get(id) ?? id,
      before: verdicts[before.report.verdicts[index]?.verdict ?? "unknown"],
      after: verdicts[verdict],
    }),
  );
  const ports = (["10250", "10255", "10248"] as const).map(
    (port): Answer => ({
      group: `The ship, ${after.facts.node}`,
      question: `port ${port}`,
      before: { text: before.facts.hatches[port] },
      after: { text: after.facts.hatches[port] },
    }),
  );
  const fact = (question: string, was: string, is: string): Answer => ({
    group: `The ship, ${after.facts.node}`,
    question,
    before: { text: was },
    after: { text: is },
  });
  const since = (at: number | undefined): string =>
    at === undefined ? "does not run" : `runs since ${formatTime(at)}`;
  const kubelets = captains.flatMap(({ machine, before: was, after: is }): Answer[] => [
    { group: "Kubelets", question: machine, before: { text: since(was.since) }, after: { text: since(is.since) } },
    ...(was.failure === is.failure
      ? []
      : [
          {
            group: "Kubelets",
            question: `${machine}, its next start`,
            before: { text: was.failure ?? "succeeds", mark: judged(was.failure === undefined) },
            after: { text: is.failure ?? "succeeds", mark: judged(is.failure === undefined) },
          },
        ]),
  ]);
  return [
    ...calls("Boarding party", before.report.boarding, after.report.boarding, false),
    ...calls("Harbour pilot", before.report.pilot, after.report.pilot, true),
    ...orders,
    ...ports,
    fact("a stranger asks for its pods", before.facts.stranger.got, after.facts.stranger.got),
    fact("the API server asks for its pods", before.facts.pilot.got, after.facts.pilot.got),
    fact("the node", before.facts.ready ?? "not known", after.facts.ready ?? "not known"),
    fact("pods on board", podNames(before.facts.pods), podNames(after.facts.pods)),
    ...kubelets,
  ];
}

const podNames = (pods: readonly string[]): string => (pods.length === 0 ? "none" : [...pods].sort().join(", "));

function drawAnswers(answers: readonly Answer[], changed: readonly Answer[]): HTMLElement[] {
  const same = answers.filter((answer) => !changed.includes(answer));
  const rest =
    same.length === 0
      ? []
      : [
          h(
            "details",
            { class: "compare-same" },
            h("summary", {}, `${count(same.length, "answer is", "answers are")} the same`),
            answerTable("Answers that are the same", same),
          ),
        ];
  if (changed.length === 0) return [h("p", { class: "ink2 small" }, "Every caller gets the same answer."), ...rest];
  return [answerTable("Answers that differ", changed), ...rest];
}

function answerTable(caption: string, answers: readonly Answer[]): HTMLElement {
  const groups = [...new Set(answers.map(({ group }) => group))];
  const rows = groups.flatMap((group) => [
    h("tr", { class: "group" }, h("th", { colspan: 3, scope: "colgroup" }, group)),
    ...answers
      .filter((answer) => answer.group === group)
      .map(({ question, before, after }) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, ...withCode(question)),
          h("td", {}, ...drawSeen(before)),
          h("td", {}, ...drawSeen(after)),
        ),
      ),
  ]);
  return compareTable(caption, "Question", rows);
}

function drawSeen({ text, mark: state }: Seen): (Node | string)[] {
  if (state === undefined) return [text];
  const word = state === "pass" ? "as it should be" : state === "peril" ? "danger" : undefined;
  return [h("span", { class: `state s-${state}` }, mark(state, word), text)];
}

function compareTable(caption: string, first: string, rows: readonly HTMLElement[]): HTMLElement {
  return h(
    "table",
    { class: "compare-table num" },
    h("caption", { class: "sr" }, caption),
    h("thead", {}, h("tr", {}, ...[first, "From", "To"].map((word) => h("th", { scope: "col" }, word)))),
    h("tbody", {}, ...rows),
  );
}

// --- configuration ---

const layerWords: Record<SettingChange["layer"], string> = { saved: "saved, for the next start", running: "running" };

function drawSettings(settings: readonly SettingChange[]): HTMLElement {
  const machines = [...new Set(settings.map(({ machine }) => machine))];
  const value = (side: SettingChange["before"]): HTMLElement =>
    h("td", {}, h("code", {}, side?.value ?? "not set"), h("small", {}, side?.from ?? ""));
  const rows = machines.flatMap((machine) => [
    h("tr", { class: "group" }, h("th", { colspan: 3, scope: "colgroup" }, machine)),
    ...settings
      .filter((each) => each.machine === machine)
      .sort((a, b) => (a.field < b.field ? -1 : a.field > b.field ? 1 : 0))
      .map(({ field, layer, before, after }) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, h("code", {}, field), h("small", {}, layerWords[layer])),
          value(before),
          value(after),
        ),
      ),
  ]);
  return compareTable("Settings that differ", "Setting", rows);
}
