// The choice of start point in the reset menu, where a lesson has several. Choosing one loads the page anew, each with its own laboratory.

import type { StartPoint } from "../../course/load.ts";
import { saveStartPoint } from "../../state/start-point.ts";
import { h } from "./dom.ts";

export function offerStartPoints(lesson: string, variants: readonly StartPoint[], current: string | undefined): void {
  const menu = document.getElementById("reset-menu");
  if (menu === null || variants.length === 0 || menu.querySelector("[data-start-point]") !== null) return;
  const choices = [{ name: undefined, title: "As this lesson begins" }, ...variants];
  menu.append(
    h("p", { class: "legend" }, "Start point"),
    ...choices.map(({ name, title }) => {
      const input = h("input", { type: "radio", name: "start-point", "data-start-point": true });
      input.checked = name === current;
      input.addEventListener("change", () => {
        saveStartPoint(lesson, name);
        location.reload();
      });
      return h("label", { class: "choice" }, input, title);
    }),
  );
}
