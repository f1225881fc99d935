// Orders of a plan that comes by itself: drawn once its checks are known, in the shape that lesson pages have from the start.

import type { Check } from "#sandbox/grader/check.ts";
import { find, h, mark, withCode } from "../lab/dom.ts";

/** Fills the list of orders, none of them judged yet. */
export function drawOrders(lab: HTMLElement, checks: readonly Check[]): void {
  find(lab, "[data-orders]").replaceChildren(
    ...checks.map(({ id, goal, step }) =>
      h(
        "details",
        { class: "task", "data-check": id, "data-step-of": step },
        h(
          "summary",
          {},
          mark("none"),
          h("span", { class: "goal" }, ...withCode(goal)),
          h("span", { class: "state word" }, "not started"),
        ),
        h("div", { class: "body" }, h("p", {}, "Checked as soon as the laboratory runs.")),
      ),
    ),
  );
  find(lab, "[data-orders-sum]").textContent = `${checks.length} to pass`;
  const left = document.querySelector<HTMLElement>("[data-orders-left]");
  left?.replaceChildren(String(checks.length), h("span", { class: "sr" }, " not passed"));
  if (left !== null) left.hidden = checks.length === 0;
}
