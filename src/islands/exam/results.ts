// The page for results that were sent: takes codes and files, grades each again, lists them, saves them as a table.

import { passMark, timeText } from "../../exam/attempt.ts";
import { type Regraded, readResult, regradeResult } from "../../exam/result.ts";
import { sheetToCsv } from "../../exam/table.ts";
import { decodeCode } from "../../state/code.ts";
import { find, h } from "../lab/dom.ts";
import { offerFile } from "../lab/notice.ts";
import { drawTasks } from "./task-rows.ts";

const part = <T extends HTMLElement = HTMLElement>(name: string): T => find<T>(document, `[data-${name}]`);
const taken: Regraded[] = [];
const codes = new Set<string>();
let queue: Promise<void> = Promise.resolve();

const say = (text: string): void => {
  part("line").textContent = text;
};

/** Results are graded one after another. */
function take(text: string, where: string): void {
  queue = queue.then(async () => {
    try {
      await grade(text, where);
    } catch (error) {
      say(`${where} could not be graded: ${error instanceof Error ? error.message : String(error)}.`);
    }
  });
}

async function grade(text: string, where: string): Promise<void> {
  const decoded = await decodeCode(text);
  if (!decoded.ok) {
    say(`${where} cannot be read: ${decoded.why}.`);
    return;
  }
  const result = decoded.kind === "result" ? readResult(decoded.value) : undefined;
  if (result === undefined) {
    say(`${where} is no result of an exam.`);
    return;
  }
  if (codes.has(text)) {
    say(`${where} is here already.`);
    return;
  }
  codes.add(text);
  const name = result.name === "" ? "no name" : result.name;
  const regraded = await regradeResult(result, (done, of) => say(`${name}: task ${done} of ${of} graded.`));
  const { describeIssuer } = await import("../../bridge/results/issued.ts");
  const issuer = await describeIssuer(result.settings);
  taken.push(regraded);
  show(regraded, issuer);
  say(`${name}: ${regraded.score} of 100.`);
}

function show({ result, tasks, score }: Regraded, issuer: string): void {
  const { name, settings, claimed, used, paused, handedInAt } = result;
  const title = name === "" ? "no name" : name;
  const extra = settings.extra === 1 ? "" : `, extra time ×${settings.extra}`;
  const pauses = paused > 0 ? `, paused ${timeText(paused)}` : "";
  part("rows").append(
    h(
      "tr",
      {},
      h("th", { scope: "row" }, title),
      h("td", {}, `${settings.title ?? "Practice exam"}, seed ${settings.seed}, ${settings.minutes} min${extra}`),
      h("td", {}, issuer),
      h("td", { class: "num" }, `${score}${score >= passMark ? ", passed" : ""}`),
      h("td", { class: "num" }, claimed === score ? "the same" : String(claimed)),
      h("td", {}, `${timeText(used)}${pauses}`),
      h("td", {}, new Date(handedInAt).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" })),
    ),
  );
  part("details").append(
    h(
      "section",
      { class: "mt4", "aria-label": `Tasks of ${title}` },
      h("h3", {}, title),
      h("div", {}, ...drawTasks(tasks, () => [])),
    ),
  );
  part("results").hidden = false;
}

/** All results as one table, with a single line of heads. */
function toCsv(): string {
  const sheets = taken.map(({ result, tasks, score }) => sheetToCsv({ ...result, tasks, score }));
  return sheets.map((sheet, index) => (index === 0 ? sheet : sheet.slice(sheet.indexOf("\r\n") + 2))).join("");
}

part("files").addEventListener("change", async (event) => {
  const input = event.target as HTMLInputElement;
  for (const file of input.files ?? []) take((await file.text()).trim(), file.name);
  input.value = "";
});
part("paste-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = part<HTMLInputElement>("paste");
  if (field.value.trim() !== "") take(field.value.trim(), "The code");
  field.value = "";
});
part("csv").addEventListener("click", () => offerFile("kubelet-captain-results.csv", toCsv()));
if (location.hash.startsWith("#kc")) {
  take(location.hash.slice(1), "The link");
  history.replaceState(null, "", location.pathname);
}
