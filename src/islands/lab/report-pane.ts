// What a report changes on the page: the orders, the ship's picture, and what both boats got. Needed with the first report, not for a prompt.

import type { GradeReport } from "#sandbox/grader/check.ts";
import type { ShipFacts } from "#sandbox/grader/facts.ts";
import { Orders, type OrdersOptions } from "../orders/orders.ts";
import { type BoatResults, Boats } from "../ship/boats.ts";
import { showShip } from "../ship/ship.ts";
import { find } from "./dom.ts";

export class ReportPane {
  readonly #lab: HTMLElement;
  readonly #orders: Orders | undefined;
  readonly #boats: Boats;

  constructor(lab: HTMLElement, options: OrdersOptions) {
    this.#lab = lab;
    this.#boats = new Boats(lab);
    if (lab.querySelector("[data-orders]") !== null) this.#orders = new Orders(lab, options);
  }

  /** Everything begins anew: hints that were opened are closed again. */
  beginAnew(): void {
    this.#orders?.beginAnew();
  }

  /** Shows a report; `before` is what the boats got at the start, `moved` whether the machine is not at its start any more. */
  show(report: GradeReport, facts: ShipFacts, before: BoatResults, moved: boolean): void {
    this.#orders?.show(report);
    if (this.#lab.querySelector("[data-facts]") === null) return;
    this.#boats.before = before;
    this.#boats.show(report);
    showShip(this.#lab, facts);
    find(this.#lab, "[data-facts-title]").textContent = moved ? "After your last change" : "As you found it";
  }
}
