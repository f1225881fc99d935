// Boarding party and pilot: what each caller got before and gets now, as a table in the prose and as two figures beside the ship.

import type { CallResult, GradeReport } from "#sandbox/grader/check.ts";
import { find, h, mark } from "../lab/dom.ts";

/** What both boats got at one point. */
export type BoatResults = Pick<GradeReport, "boarding" | "pilot">;

export class Boats {
  readonly #lab: HTMLElement;
  /** The first report of this laboratory: what callers got at the start. */
  before: BoatResults | undefined;
  #lastRaids: number | undefined;

  constructor(lab: HTMLElement) {
    this.#lab = lab;
  }

  show(report: GradeReport): void {
    this.before ??= { boarding: report.boarding, pilot: report.pilot };
    if (report.boarding.length + report.pilot.length === 0) return;
    this.#showFigures(report);
    for (const place of document.querySelectorAll("[data-boats] tbody")) place.replaceChildren(...this.#rows(report));
  }

  #showFigures({ boarding, pilot }: GradeReport): void {
    const raids = boarding.filter(({ served }) => served).length;
    const served = pilot.filter(({ served: got }) => got).length;
    find(this.#lab, "[data-boats-sum]").hidden = false;
    find(this.#lab, "[data-raids]").textContent = `${raids} of ${boarding.length}`;
    const was = this.#lastRaids !== undefined && this.#lastRaids !== raids ? `; was ${this.#lastRaids}` : "";
    find(this.#lab, "[data-raids-word]").textContent = `raids got in${was}`;
    find(this.#lab, "[data-served]").textContent = `${served} of ${pilot.length}`;
    if (this.#lastRaids !== raids) this.#lastRaids = raids;
  }

  #rows(report: GradeReport): HTMLElement[] {
    return [
      group("Boarding party", "wants in; must be refused"),
      ...report.boarding.map((call) => row(call, this.before?.boarding, !call.served)),
      group("Harbour pilot", "must be served"),
      ...report.pilot.map((call) => row(call, this.before?.pilot, call.served)),
    ];
  }
}

function group(title: string, wish: string): HTMLElement {
  return h(
    "tr",
    { class: "group" },
    h("th", { colspan: 3, scope: "colgroup" }, `${title} `, h("span", { class: "muted" }, wish)),
  );
}

function row(call: CallResult, before: readonly CallResult[] | undefined, good: boolean): HTMLElement {
  const was = before?.find(({ id }) => id === call.id)?.got ?? "";
  const state = good ? "pass" : "peril";
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, call.what),
    h("td", { class: "was num" }, was),
    h(
      "td",
      { class: "num" },
      h("span", { class: `state s-${state}` }, mark(state, good ? "as it should be" : "danger"), call.got),
    ),
  );
}
