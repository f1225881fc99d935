// The heat map: learner by check, as a grid that arrows move in. Of many rows only those in sight are in the page.

import type { LearnerRow } from "../../hub/api/index.ts";
import { h, mark } from "../../islands/lab/dom.ts";
import { wordsOfId } from "../lesson-outline.ts";
import {
  beliefsOf,
  type CellState,
  type Column,
  type Filter,
  isThrough,
  placeOf,
  type RoomModel,
} from "./room-model.ts";

const words: Record<CellState, string> = {
  pass: "pass",
  wait: "not yet",
  blind: "could not tell",
  peril: "danger, passed before",
  none: "not started",
};
const washes: Record<CellState, string> = { pass: "p", wait: "w", blind: "b", peril: "d", none: "z" };
const leads = 5;
/** From so many rows on, those out of sight are left out. */
const manyRows = 60;
const margin = 24;

export interface HeatOptions {
  onSelect(id: string, focus: boolean): void;
}

/** A raised hand as the flag Kilo. */
export function kilo(label: string): SVGSVGElement {
  const flag = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  flag.setAttribute("class", "flag");
  flag.setAttribute("viewBox", "0 0 24 18");
  flag.setAttribute("role", "img");
  flag.setAttribute("aria-label", label);
  for (const [dye, d] of [
    ["yellow", "M0 0h12v18H0z"],
    ["blue", "M12 0h12v18H12z"],
  ] as const) {
    const area = document.createElementNS("http://www.w3.org/2000/svg", "path");
    area.setAttribute("fill", `var(--flag-${dye})`);
    area.setAttribute("d", d);
    flag.append(area);
  }
  return flag;
}

export class HeatTable {
  readonly element: HTMLElement;
  readonly #options: HeatOptions;
  readonly #head = h("thead");
  readonly #body = h("tbody");
  readonly #foot = h("tfoot");
  readonly #caption = h("caption", { class: "sr" });
  readonly #table: HTMLTableElement;
  readonly #phone = matchMedia("(max-width: 63.99rem)");
  #model: RoomModel | undefined;
  #rows: LearnerRow[] = [];
  #columns: Column[] = [];
  #shape = "";
  #nameless = false;
  #selected: string | undefined;
  /** Where the keyboard is. */
  #at = { row: 0, cell: 0 };
  readonly #drawn = new Map<string, { signature: string; row: HTMLTableRowElement }>();
  #rowHeight = 34;
  #inPage = { first: 0, last: 0 };

  constructor(options: HeatOptions) {
    this.#options = options;
    this.#table = h("table", { class: "heat", role: "grid" }, this.#caption, this.#head, this.#body, this.#foot);
    this.element = h("div", { class: "heat-scroll", tabindex: -1 }, this.#table);
    this.element.addEventListener("scroll", () => this.#nearEdge() && this.#drawRows(), { passive: true });
    this.#phone.addEventListener("change", () => this.#drawRows());
    this.#table.addEventListener("keydown", (event) => this.#press(event));
    // However the focus came to a cell, the arrows go on from there.
    this.#table.addEventListener("focusin", (event) => {
      const cell = (event.target as HTMLElement).dataset.cell;
      const id = (event.target as Element).closest<HTMLElement>("tr")?.dataset.id;
      const row = this.#rows.findIndex((each) => each.id === id);
      if (cell !== undefined && row >= 0) this.#at = { row, cell: Number(cell) };
    });
    this.#table.addEventListener("click", (event) => {
      const cell = (event.target as Element).closest<HTMLElement>("tbody [data-cell]");
      const id = cell?.closest<HTMLElement>("tr")?.dataset.id;
      if (cell === null || cell === undefined || id === undefined) return;
      this.#at = { row: this.#rows.findIndex((row) => row.id === id), cell: Number(cell.dataset.cell) };
      this.#options.onSelect(id, false);
    });
  }

  show(model: RoomModel, filter: Filter, choice: string, selected: string | undefined, nameless: boolean): void {
    this.#model = model;
    const before = this.#rows[this.#at.row]?.id;
    this.#rows = model.list(filter);
    const still = this.#rows.findIndex(({ id }) => id === before);
    this.#at = { ...this.#at, row: still >= 0 ? still : Math.min(this.#at.row, Math.max(0, this.#rows.length - 1)) };
    this.#columns = model.columns(choice);
    this.#selected = selected;
    this.#nameless = nameless;
    const shape = JSON.stringify([this.#columns.map(({ lesson, check }) => [lesson.id, check]), nameless]);
    if (shape !== this.#shape) {
      this.#shape = shape;
      this.#drawn.clear();
      this.#drawHead();
    }
    this.#caption.textContent = `${this.#rows.length} learners, ${this.#columns.length} checks. Arrow keys move, Enter shows one learner.`;
    this.#table.setAttribute("aria-rowcount", String(this.#rows.length + 2));
    this.#table.setAttribute("aria-colcount", String(leads + this.#columns.length));
    this.#drawFoot();
    this.#drawRows();
  }

  /** Puts the keyboard back on the learner's row. */
  focus(id: string | undefined): void {
    const row = this.#rows.findIndex((each) => each.id === id);
    if (row >= 0) this.#at = { ...this.#at, row };
    this.#focusCell();
  }

  // --- drawing ---

  #drawHead(): void {
    const lessons = this.#columns.filter(({ first }) => first).map(({ lesson }) => lesson);
    const lead = (text: string): HTMLElement => h("th", { scope: "col", rowspan: 2, class: "lead" }, text);
    this.#head.replaceChildren(
      h(
        "tr",
        {},
        ...["Learner", "Step", "Stuck for", "Hand", "Looks like"].map(lead),
        ...lessons.map(({ number, title, checks }) =>
          h(
            "th",
            { scope: "colgroup", colspan: checks.length, class: "grp", title },
            checks.length > 2 ? `${number} ${title}` : `${number}`,
          ),
        ),
      ),
      h(
        "tr",
        {},
        ...this.#columns.map(({ check, goal, first }) =>
          h(
            "th",
            { scope: "col", class: first ? "cell first" : "cell", title: goal.replaceAll("`", "") },
            h("span", {}, wordsOfId(check)),
          ),
        ),
      ),
    );
  }

  #drawFoot(): void {
    const model = this.#model as RoomModel;
    const all = model.list({ order: "joined", only: "all", belief: undefined, name: "" }).length;
    this.#foot.replaceChildren(
      h(
        "tr",
        {},
        h("th", { scope: "row", colspan: leads }, `of ${all} pass`),
        ...model
          .passes(this.#columns)
          .map((count, index) =>
            h("td", { class: this.#columns[index]?.first === true ? "cell first" : "cell" }, String(count)),
          ),
      ),
    );
  }

  /** Whether scrolling comes close to rows that are not in the page: only then are others drawn. */
  #nearEdge(): boolean {
    const top = Math.floor(this.element.scrollTop / this.#rowHeight);
    const bottom = Math.ceil((this.element.scrollTop + this.element.clientHeight) / this.#rowHeight);
    const { first, last } = this.#inPage;
    return (first > 0 && top < first + margin / 4) || (last < this.#rows.length && bottom > last - margin / 4);
  }

  #drawRows(): void {
    const count = this.#rows.length;
    const few = count <= manyRows || this.#phone.matches;
    const first = few ? 0 : Math.max(0, Math.floor(this.element.scrollTop / this.#rowHeight) - margin);
    const last = few
      ? count
      : Math.min(count, Math.ceil((this.element.scrollTop + this.element.clientHeight) / this.#rowHeight) + margin);
    this.#inPage = { first, last };
    // The row that holds the focus stays, or the keyboard would fall out of the page.
    const shown = this.#rows.slice(first, last).map((row, index) => this.#row(row, first + index));
    const held = document.activeElement?.closest<HTMLElement>(".heat tbody tr")?.dataset.id;
    const focused = document.activeElement as HTMLElement | null;
    this.#body.replaceChildren(...spacer(first, this.#rowHeight), ...shown, ...spacer(count - last, this.#rowHeight));
    if (held !== undefined && document.activeElement !== focused) this.#focusCell();
    if (!few && shown[0] !== undefined && shown[0].offsetHeight > 0) this.#rowHeight = shown[0].offsetHeight;
    if (count === 0)
      this.#body.replaceChildren(
        h("tr", {}, h("td", { class: "empty", colspan: leads + this.#columns.length }, this.#emptyWords())),
      );
  }

  #emptyWords(): string {
    return (this.#model?.rows.size ?? 0) === 0
      ? "Nobody has joined. Read out the room’s code, or show it."
      : "Nobody fits these filters.";
  }

  #row(row: LearnerRow, index: number): HTMLTableRowElement {
    const model = this.#model as RoomModel;
    const cells = this.#columns.map((column) => model.cell(row, column));
    const stuck = stuckWords(row, model);
    const beliefs = this.#nameless ? [] : beliefsOf(row).slice(0, 1).map(wordsOfId);
    const selected = row.id === this.#selected;
    const active = index === this.#at.row;
    const signature = JSON.stringify([
      row.name,
      row.presence,
      placeOf(row, model),
      stuck,
      row.hand?.at,
      row.hand?.coming,
      beliefs,
      cells,
      selected,
      active ? this.#at.cell : -1,
      index,
    ]);
    const drawn = this.#drawn.get(row.id);
    if (drawn?.signature === signature) return drawn.row;
    const cell = (number: number): Record<string, string | number> => ({
      "data-cell": number,
      tabindex: active && this.#at.cell === number ? 0 : -1,
    });
    const element = h(
      "tr",
      {
        "data-id": row.id,
        "aria-selected": String(selected),
        "aria-rowindex": index + 3,
        class: row.presence === "gone" ? "gone" : undefined,
      },
      h("th", { scope: "row", ...cell(0) }, this.#nameless ? `No. ${row.number}` : row.name),
      h("td", { class: "lead at", ...cell(1) }, placeOf(row, model)),
      h("td", { class: stuck.late ? "lead stuck num late" : "lead stuck num", ...cell(2) }, stuck.words),
      h(
        "td",
        { class: "lead hand", ...cell(3) },
        row.hand !== undefined &&
          kilo(row.hand.coming === undefined ? "Hand raised" : `Hand raised, ${row.hand.coming} is coming`),
      ),
      h("td", { class: "lead like", ...cell(4) }, ...beliefs),
      ...cells.map((state, number) =>
        h(
          "td",
          {
            class: `cell ${washes[state]}${this.#columns[number]?.first === true ? " first" : ""}`,
            ...cell(leads + number),
          },
          mark(state, words[state]),
        ),
      ),
    );
    this.#drawn.set(row.id, { signature, row: element });
    return element;
  }

  // --- keyboard ---

  #press(event: KeyboardEvent): void {
    if (!(event.target instanceof HTMLElement) || event.target.dataset.cell === undefined) return;
    const last = { row: this.#rows.length - 1, cell: leads + this.#columns.length - 1 };
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.#rowHeight) - 2);
    const moves: Record<string, () => void> = {
      ArrowDown: () => this.#go(this.#at.row + 1, this.#at.cell),
      ArrowUp: () => this.#go(this.#at.row - 1, this.#at.cell),
      ArrowRight: () => this.#go(this.#at.row, this.#at.cell + 1),
      ArrowLeft: () => this.#go(this.#at.row, this.#at.cell - 1),
      PageDown: () => this.#go(this.#at.row + page, this.#at.cell),
      PageUp: () => this.#go(this.#at.row - page, this.#at.cell),
      Home: () => this.#go(event.ctrlKey ? 0 : this.#at.row, 0),
      End: () => this.#go(event.ctrlKey ? last.row : this.#at.row, last.cell),
      Enter: () => {
        const row = this.#rows[this.#at.row];
        if (row !== undefined) this.#options.onSelect(row.id, true);
      },
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  }

  #go(row: number, cell: number): void {
    this.#at = {
      row: Math.max(0, Math.min(this.#rows.length - 1, row)),
      cell: Math.max(0, Math.min(leads + this.#columns.length - 1, cell)),
    };
    const top = this.#at.row * this.#rowHeight;
    if (this.#rows.length > manyRows && !this.#phone.matches) {
      const head = this.#head.offsetHeight;
      if (top < this.element.scrollTop) this.element.scrollTop = top;
      else if (top + this.#rowHeight + head > this.element.scrollTop + this.element.clientHeight)
        this.element.scrollTop = top + 2 * this.#rowHeight + head - this.element.clientHeight;
    }
    this.#drawRows();
    this.#focusCell();
  }

  #focusCell(): void {
    const id = this.#rows[this.#at.row]?.id;
    const row = [...this.#body.rows].find((each) => each.dataset.id === id);
    row?.querySelector<HTMLElement>(`[data-cell="${this.#at.cell}"]`)?.focus();
  }
}

function spacer(rows: number, height: number): HTMLElement[] {
  if (rows <= 0) return [];
  const row = h("tr", { class: "spacer", "aria-hidden": "true" }, h("td"));
  row.style.blockSize = `${rows * height}px`;
  return [row];
}

/** "12 min", "moving", "done", "gone since 14:05". */
export function stuckWords(row: LearnerRow, model: RoomModel): { readonly words: string; readonly late: boolean } {
  if (row.presence === "gone") return { words: `gone since ${clockOf(row.seenAt)}`, late: false };
  if (isThrough(row)) return { words: "through", late: false };
  const minutes = Math.floor(model.stuckFor(row) / 60_000);
  return minutes < 1 ? { words: "moving", late: false } : { words: `${minutes} min`, late: true };
}

export function clockOf(time: number): string {
  return new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}
