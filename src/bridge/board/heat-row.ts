// One row of the heat map: made once, changed where something changed, and handed to another learner when its own is out of sight.

import { h } from "../../islands/lab/dom.ts";
import type { CellState } from "./room-model.ts";

const words: Record<CellState, string> = {
  pass: "pass",
  wait: "not yet",
  blind: "could not tell",
  peril: "danger, passed before",
  none: "not started",
};
const washes: Record<CellState, string> = { pass: "p", wait: "w", blind: "b", peril: "d", none: "z" };
const svg = "http://www.w3.org/2000/svg";

/** What a row shows. */
export interface RowFacts {
  readonly id: string;
  readonly name: string;
  readonly gone: boolean;
  readonly place: string;
  readonly stuck: string;
  readonly late: boolean;
  /** Words for a raised hand. */
  readonly hand: string | undefined;
  /** A misconception; undefined where the board shows none. */
  readonly belief: string | undefined;
  readonly cells: readonly CellState[];
  readonly selected: boolean;
  /** Cell that the Tab key comes to, in this row; -1 in all others. */
  readonly active: number;
  /** From 0, among the learners shown. */
  readonly index: number;
}

/** Columns of a table, as far as a row needs them. */
export interface RowShape {
  /** Whether names are shown. */
  readonly named: boolean;
  /** Whether there is a column for misconceptions. */
  readonly likes: boolean;
  /** For each check: it is the first of its lesson. */
  readonly firsts: readonly boolean[];
}

/** Columns before the checks. */
export const countLeads = ({ likes }: RowShape): number => (likes ? 5 : 4);

/** A raised hand as the flag Kilo. */
export function kilo(label: string): SVGSVGElement {
  const flag = document.createElementNS(svg, "svg");
  flag.setAttribute("class", "flag");
  flag.setAttribute("viewBox", "0 0 24 18");
  flag.setAttribute("role", "img");
  flag.setAttribute("aria-label", label);
  for (const [dye, d] of [
    ["yellow", "M0 0h12v18H0z"],
    ["blue", "M12 0h12v18H12z"],
  ] as const) {
    const area = document.createElementNS(svg, "path");
    area.setAttribute("fill", `var(--flag-${dye})`);
    area.setAttribute("d", d);
    flag.append(area);
  }
  return flag;
}

const marks = new Map<CellState, SVGSVGElement>();

/** A mark as a copy of the sprite's drawing: thousands of references to it would each be a tree of their own. */
function drawMark(state: CellState): SVGSVGElement {
  const known = marks.get(state);
  if (known !== undefined) return known.cloneNode(true) as SVGSVGElement;
  const made = document.createElementNS(svg, "svg");
  made.setAttribute("class", `mark s-${state}`);
  made.setAttribute("viewBox", "0 0 18 18");
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", words[state]);
  for (const part of document.getElementById(`m-${state}`)?.children ?? []) made.append(part.cloneNode(true));
  marks.set(state, made);
  return made.cloneNode(true) as SVGSVGElement;
}

export class HeatRow {
  readonly element = h("tr");
  readonly #shape: RowShape;
  readonly #cells: HTMLTableCellElement[];
  #facts: RowFacts | undefined;

  constructor(shape: RowShape) {
    this.#shape = shape;
    this.#cells = [
      h("th", { scope: "row" }),
      h("td", { class: "lead at" }),
      h("td", { class: "lead stuck num" }),
      h("td", { class: "lead hand" }),
      ...(shape.likes ? [h("td", { class: "lead like" })] : []),
      ...shape.firsts.map(() => h("td")),
    ];
    for (const [number, cell] of this.#cells.entries()) {
      cell.dataset.cell = String(number);
      cell.tabIndex = -1;
    }
    this.element.append(...this.#cells);
  }

  /** Shows other facts; what is the same is not touched. */
  show(facts: RowFacts): void {
    const before = this.#facts;
    this.#facts = facts;
    const { element } = this;
    if (facts.id !== before?.id) element.dataset.id = facts.id;
    if (facts.gone !== before?.gone) element.classList.toggle("gone", facts.gone);
    if (facts.selected !== before?.selected) element.setAttribute("aria-selected", String(facts.selected));
    if (facts.index !== before?.index) element.setAttribute("aria-rowindex", String(facts.index + 3));
    if (facts.name !== before?.name) this.#at(0).textContent = facts.name;
    if (facts.place !== before?.place) this.#at(1).textContent = facts.place;
    if (facts.stuck !== before?.stuck) this.#at(2).textContent = facts.stuck;
    if (facts.late !== before?.late) this.#at(2).classList.toggle("late", facts.late);
    if (facts.hand !== before?.hand)
      this.#at(3).replaceChildren(...(facts.hand === undefined ? [] : [kilo(facts.hand)]));
    if (this.#shape.likes && facts.belief !== before?.belief) this.#at(4).textContent = facts.belief ?? "";
    const leads = countLeads(this.#shape);
    for (const [number, state] of facts.cells.entries()) {
      if (state === before?.cells[number]) continue;
      const cell = this.#at(leads + number);
      cell.className = `cell ${washes[state]}${this.#shape.firsts[number] === true ? " first" : ""}`;
      // Most cells of most rows have nothing to say: a dash is drawn faster than a drawing of one.
      if (state === "none") {
        cell.setAttribute("aria-label", words.none);
        cell.textContent = "–";
      } else {
        cell.removeAttribute("aria-label");
        cell.replaceChildren(drawMark(state));
      }
    }
    if (facts.active === before?.active) return;
    if (before !== undefined && before.active >= 0) this.#at(before.active).tabIndex = -1;
    if (facts.active >= 0) this.#at(facts.active).tabIndex = 0;
  }

  focus(cell: number): void {
    this.#at(cell).focus();
  }

  #at(number: number): HTMLTableCellElement {
    return this.#cells[number] as HTMLTableCellElement;
  }
}
