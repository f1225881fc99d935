// Points of the exams sat, oldest first, as columns against the pass mark: a picture whose sentence says the same.

import { passMark } from "../../exam/attempt.ts";
import type { PastExam } from "../../state/attempts.ts";
import { h } from "../lab/dom.ts";

/** Exams shown at most. */
const most = 20;

/** The trend and its sentence; nothing for fewer than two exams. */
export function drawTrend(past: readonly PastExam[]): HTMLElement[] {
  const scores = past
    .toReversed()
    .flatMap(({ score }) => score ?? [])
    .slice(-most);
  if (scores.length < 2) return [];
  const mean = (list: readonly number[]): number => Math.round(list.reduce((sum, each) => sum + each, 0) / list.length);
  const half = Math.floor(scores.length / 2);
  const [early, late] = [mean(scores.slice(0, half)), mean(scores.slice(-half))];
  const words = late > early + 2 ? "rising" : late < early - 2 ? "falling" : "steady";
  const line = `${scores.length} exams, ${words}: ${early} points on average in the earlier half, ${late} in the later.`;
  const columns = scores.map((score) => {
    const column = h("i", {});
    column.style.setProperty("--to", `${score}%`);
    return column;
  });
  const picture = h(
    "div",
    { class: "trend-in", role: "img", "aria-label": `${line} Pass mark ${passMark}.` },
    ...columns,
  );
  return [picture, h("p", { class: "small ink2" }, line)];
}
