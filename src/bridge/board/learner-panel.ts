// One learner beside the board: where they stand, what they ask, and what can be done for them.

import type { LearnerRow } from "../../hub/api/index.ts";
import { drawing, h, mark } from "../../islands/lab/dom.ts";
import { wordsOfId } from "../lesson-outline.ts";
import type { Acting } from "./acting.ts";
import { kilo } from "./heat-row.ts";
import { clockOf, stuckWords } from "./heat-table.ts";
import { beliefsOf, type RoomModel } from "./room-model.ts";

const button = (
  label: string,
  run: () => void,
  options: { main?: boolean; icon?: string; off?: boolean } = {},
): HTMLElement =>
  h(
    "button",
    { type: "button", class: options.main === true ? "btn main" : "btn", disabled: options.off === true, click: run },
    options.icon !== undefined && drawing(`i-${options.icon}`),
    label,
  );

/** The panel's content; undefined learner: how to choose one. */
export function drawLearner(
  row: LearnerRow | undefined,
  model: RoomModel,
  acting: Acting,
  lookAt: (learner: LearnerRow, state: string) => void,
): Node[] {
  if (row === undefined)
    return [
      h("h2", {}, "One learner"),
      h("p", { class: "small ink2 mt2" }, "Choose a row to see where somebody stands and to help."),
    ];
  const lesson = model.lessonOf(row.lesson);
  const known = row.lessons[row.lesson ?? ""];
  const open = model.openCheck(row);
  const stuck = stuckWords(row, model);
  const place =
    lesson === undefined ? (row.lesson ?? "Nowhere yet") : `Lesson ${lesson.number}, step ${known?.step ?? 1}.`;
  return [
    h(
      "div",
      { class: "row" },
      h(
        "div",
        { class: "grow" },
        row.hand !== undefined && h("p", { class: "kick" }, `Hand raised at ${clockOf(row.hand.at)}`),
        h("h2", { tabindex: -1 }, row.name),
      ),
      row.hand !== undefined && kilo("Signal flag Kilo: I wish to communicate with you"),
    ),
    h(
      "p",
      { class: "small ink2 mt2" },
      place,
      stuck.late ? ` Stuck for ${stuck.words}` : ` ${stuck.words.replace(/^./, (letter) => letter.toUpperCase())}`,
      ...(open === undefined || !stuck.late ? ["."] : [" on ", h("b", {}, wordsOfId(open.id)), "."]),
    ),
    row.hand !== undefined && row.hand.sentence !== "" && h("blockquote", { class: "said" }, row.hand.sentence),
    lesson !== undefined && known !== undefined && checkList(row, lesson.checks, model),
    ...beliefsOf(row).map((id) => h("p", { class: "small" }, h("b", {}, "Looks like: "), `${wordsOfId(id)}.`)),
    h("div", { class: "stack mt3" }, ...drawActs(row, open !== undefined, acting, lookAt)),
    h("p", { class: "small muted mt3" }, `You see a copy or a replay only after ${row.name} says yes.`),
    examWords(row),
  ].filter((node) => node instanceof Node);
}

function checkList(row: LearnerRow, checks: readonly { id: string; goal: string }[], model: RoomModel): HTMLElement {
  const known = row.lessons[row.lesson ?? ""];
  const verdicts = known?.verdicts ?? {};
  const hints = known?.hints ?? {};
  const columns = model.columns(row.lesson ?? "");
  return h(
    "ul",
    { class: "layers person-checks" },
    ...checks.map(({ id, goal }) => {
      const column = columns.find(({ check }) => check === id);
      const state = column === undefined || verdicts[id] === undefined ? "none" : model.cell(row, column);
      const used = hints[id] ?? 0;
      return h(
        "li",
        { class: state === "wait" || state === "peril" ? "lag" : undefined, title: goal.replaceAll("`", "") },
        mark(state, state === "none" ? "not started" : (verdicts[id] ?? "")),
        h(
          "span",
          {},
          wordsOfId(id),
          used > 0 && h("small", {}, ["", " nudge used", " pointer used", " solution used"][used] ?? ""),
        ),
      );
    }),
  );
}

function drawActs(
  row: LearnerRow,
  hasOpen: boolean,
  acting: Acting,
  lookAt: (learner: LearnerRow, state: string) => void,
): HTMLElement[] {
  const looks = Object.values(row.looks).sort((a, b) => b.at - a.at);
  const sent = row.hand?.state;
  const shown = looks.find(({ consent, state }) => consent && state !== undefined)?.state;
  const refused = looks[0]?.consent === false;
  const hand = row.hand;
  return [
    h(
      "p",
      { class: "row wrapping" },
      button("Send the next hint", () => void acting.hint(row), { main: true, off: !hasOpen }),
      button("Note", () => void acting.message([row.id], row.name), { icon: "message-square" }),
    ),
    hand !== undefined &&
      h(
        "p",
        { class: "row wrapping" },
        hand.coming === undefined
          ? button("I am coming", () => void acting.help(row, "coming"))
          : h("span", { class: "small ink2" }, `${hand.coming} is coming`),
        button("Helped", () => void acting.help(row, "done")),
      ),
    h(
      "p",
      { class: "row wrapping" },
      sent !== undefined && button("Open the state sent along", () => lookAt(row, sent), { icon: "eye" }),
      button("Ask to look", () => void acting.look(row, false), { icon: "eye" }),
      button("Ask for a replay", () => void acting.look(row, true), { icon: "history" }),
      shown !== undefined && button("Open the copy", () => lookAt(row, shown)),
      refused && h("span", { class: "small ink2" }, "Not now, they said."),
    ),
    h(
      "p",
      { class: "row wrapping" },
      button("Push a scene", () => void acting.push([row.id], row.name)),
      button("Rename", () => void acting.rename(row)),
      button("Remove", () => void acting.remove(row)),
    ),
  ].filter((each) => each instanceof HTMLElement);
}

function examWords(row: LearnerRow): HTMLElement | undefined {
  const results = Object.values(row.exams);
  if (results.length === 0) return undefined;
  return h(
    "p",
    { class: "small mt3" },
    h("b", {}, "Exam: "),
    results.map(({ score, of, passed }) => `${score} of ${of}, ${passed ? "passed" : "not passed"}`).join("; "),
  );
}
