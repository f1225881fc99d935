// The heat map: learner by check, as a grid that arrows move in. Of many rows only those near what is in sight are in the page.

import type { LearnerRow } from "../../hub/api/index.ts";
import { h } from "../../islands/lab/dom.ts";
import { wordsOfId } from "../lesson-outline.ts";
import { countLeads, HeatRow, type RowFacts, type RowShape } from "./heat-row.ts";
import {
  beliefsOf,
  type Column,
  type Filter,
  isThrough,
  lastExam,
  placeOf,
  type RoomModel,
  type Tally,
} from "./room-model.ts";

/** From so many rows on, those out of sight are left out. */
const manyRows = 60;
/** Rows in the page before and after those in sight; others are drawn when so few of them are left. */
const margin = 12;
const edge = 6;
/** On a small screen the list grows by so many rows when its end comes near. */
const morePhoneRows = 60;

export interface HeatOptions {
  onSelect(id: string, focus: boolean): void;
}

export class HeatTable {
  readonly element: HTMLElement;
  readonly #options: HeatOptions;
  readonly #columnsOf = h("colgroup");
  readonly #head = h("thead");
  readonly #body = h("tbody");
  readonly #foot = h("tfoot");
  readonly #caption = h("caption", { class: "sr" });
  readonly #table: HTMLTableElement;
  readonly #phone = matchMedia("(max-width: 63.99rem)");
  /** Beside the panels there is room for checks or for words; one learner's words stand in the panel. */
  readonly #narrow = matchMedia("(min-width: 64rem) and (max-width: 84.99rem)");
  #model: RoomModel | undefined;
  /** Shows the same once more, as after the screen was turned. */
  #again: (() => void) | undefined;
  #rows: LearnerRow[] = [];
  #columns: Column[] = [];
  #shapeKey = "";
  #shape: RowShape = { named: true, likes: true, firsts: [] };
  #selected: string | undefined;
  /** Where the keyboard is. */
  #at = { row: 0, cell: 0 };
  /** Rows in the page by learner, and rows that wait for another. */
  readonly #shown = new Map<string, HeatRow>();
  #spare: HeatRow[] = [];
  readonly #spaces: HTMLElement[] = [];
  #counts: HTMLTableCellElement[] = [];
  #phoneRows = morePhoneRows;
  readonly #end = h("tr", { class: "spacer", "aria-hidden": "true" }, h("td"));
  /** Measured after each layout and scrolling, so that drawing never has to ask for one. */
  #seen = { top: 0, height: 0, row: 34, head: 0 };
  #inPage = { first: 0, last: 0 };

  constructor(options: HeatOptions) {
    this.#options = options;
    this.#table = h(
      "table",
      { class: "heat", role: "grid" },
      ...[this.#caption, this.#columnsOf, this.#head, this.#body, this.#foot],
    );
    this.element = h("div", { class: "heat-scroll", tabindex: -1 }, this.#table);
    this.element.addEventListener(
      "scroll",
      () => {
        this.#seen = { ...this.#seen, top: this.element.scrollTop };
        if (this.#isNearEdge()) this.#drawRows({ fresh: false });
      },
      { passive: true },
    );
    const sizes = new ResizeObserver(() => this.#measure());
    sizes.observe(this.element);
    sizes.observe(this.#table);
    new IntersectionObserver((seen) => seen.some(({ isIntersecting }) => isIntersecting) && this.#growPhone(), {
      rootMargin: "600px",
    }).observe(this.#end);
    this.#phone.addEventListener("change", () => this.#again?.());
    this.#narrow.addEventListener("change", () => this.#again?.());
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

  show(
    model: RoomModel,
    filter: Filter,
    columns: Column[],
    tally: Tally,
    { selected, nameless }: { readonly selected: string | undefined; readonly nameless: boolean },
  ): void {
    this.#model = model;
    this.#again = () => this.show(model, filter, columns, tally, { selected, nameless });
    const before = this.#rows[this.#at.row]?.id;
    this.#rows = model.list(filter);
    const still = this.#rows.findIndex(({ id }) => id === before);
    this.#at = { ...this.#at, row: still >= 0 ? still : Math.min(this.#at.row, Math.max(0, this.#rows.length - 1)) };
    this.#columns = columns;
    this.#selected = selected;
    const likes = !nameless && !this.#narrow.matches;
    const key = JSON.stringify([columns.map(({ lesson, check }) => [lesson.id, check]), nameless, likes]);
    if (key !== this.#shapeKey) {
      this.#shapeKey = key;
      this.#shape = { named: !nameless, likes, firsts: columns.map(({ first }) => first) };
      this.#at = { ...this.#at, cell: Math.min(this.#at.cell, this.#lastCell) };
      this.#shown.clear();
      this.#spare = [];
      this.#drawHead();
    }
    write(
      this.#caption,
      `${this.#rows.length} learners, ${columns.length} checks. Arrow keys move, Enter shows one learner.`,
    );
    this.#table.setAttribute("aria-rowcount", String(this.#rows.length + 2));
    this.#table.setAttribute("aria-colcount", String(this.#lastCell + 1));
    this.#showCounts(tally);
    this.#drawRows();
  }

  /** Puts the keyboard back on the learner's row. */
  focus(id: string | undefined): void {
    const row = this.#rows.findIndex((each) => each.id === id);
    if (row >= 0) this.#at = { ...this.#at, row };
    this.#drawRows({ hold: true });
    this.#focusCell();
  }

  get #lastCell(): number {
    return countLeads(this.#shape) + this.#columns.length - 1;
  }

  // --- head and foot ---

  #drawHead(): void {
    const lessons = this.#columns.filter(({ first }) => first).map(({ lesson }) => lesson);
    const lead = (text: string): HTMLElement => h("th", { scope: "col", rowspan: 2, class: "lead" }, text);
    const { likes } = this.#shape;
    const leads = ["who", "at", "stuck", "hand", ...(likes ? ["like"] : [])];
    this.#table.toggleAttribute("data-short", !likes);
    this.#table.style.setProperty("--checks", String(this.#columns.length));
    this.#columnsOf.replaceChildren(
      ...leads.map((name) => h("col", { class: `c-${name}` })),
      ...this.#columns.map(() => h("col")),
    );
    this.#head.replaceChildren(
      h(
        "tr",
        {},
        ...["Learner", "Step", "Stuck for", "Hand", ...(likes ? ["Looks like"] : [])].map(lead),
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
    this.#counts = [
      h("th", { scope: "row", colspan: leads.length }),
      ...this.#columns.map(({ first }) => h("td", { class: first ? "cell first" : "cell" })),
    ];
    this.#foot.replaceChildren(h("tr", {}, ...this.#counts));
  }

  #showCounts({ present, passes }: Tally): void {
    for (const [index, cell] of this.#counts.entries())
      write(cell, index === 0 ? `of ${present} pass` : String(passes[index - 1] ?? 0));
  }

  // --- rows ---

  /** After a layout: what is in sight, and how high a row is. Asking now costs nothing. */
  #measure(): void {
    const row = this.#body.querySelector<HTMLElement>("tr[data-id]")?.offsetHeight ?? 0;
    const before = this.#seen;
    this.#seen = {
      top: this.element.scrollTop,
      height: this.element.clientHeight,
      row: row > 0 && !this.#phone.matches ? row : before.row,
      head: this.#head.offsetHeight,
    };
    if (this.#seen.row !== before.row || this.#isNearEdge()) this.#drawRows();
  }

  /** Rows in sight: from, and up to but not including. */
  #inSight(): { first: number; last: number } {
    const { top, height, row } = this.#seen;
    return { first: Math.floor(top / row), last: Math.ceil((top + height) / row) };
  }

  /** Whether scrolling comes close to rows that are not in the page: only then are others drawn. */
  #isNearEdge(): boolean {
    const { first, last } = this.#inSight();
    const { first: from, last: to } = this.#inPage;
    return !this.#isList() && ((from > 0 && first < from + edge) || (to < this.#rows.length && last > to - edge));
  }

  /** All rows are in the page, or as many as were scrolled to on a small screen. */
  #isList(): boolean {
    return this.#phone.matches || this.#rows.length <= manyRows;
  }

  #growPhone(): void {
    if (!this.#phone.matches || this.#inPage.last >= this.#rows.length) return;
    this.#phoneRows += morePhoneRows;
    this.#drawRows();
  }

  /**
   * The row of the keyboard stays in the page while it holds the focus, or the keyboard would fall out of it. `fresh`: rows that are in the
   * page already are brought up to date; scrolling alone changes nothing in them.
   */
  #drawRows({ hold = this.#body.contains(document.activeElement), fresh = true } = {}): void {
    const count = this.#rows.length;
    const sight = this.#inSight();
    const first = this.#isList() ? 0 : Math.max(0, Math.min(sight.first, count - 1) - margin);
    const last = this.#isList()
      ? Math.min(count, this.#phone.matches ? Math.max(this.#phoneRows, this.#at.row + 1) : count)
      : Math.min(count, sight.last + margin);
    this.#inPage = { first, last };
    if (count === 0) {
      this.#shown.clear();
      const words = h("td", { class: "empty", colspan: this.#lastCell + 1 }, this.#emptyWords());
      this.#body.replaceChildren(h("tr", {}, words));
      return;
    }
    const indexes = Array.from({ length: last - first }, (_, offset) => first + offset);
    const { row: held } = this.#at;
    if (hold && held < first) indexes.unshift(held);
    if (hold && held >= last && held < count) indexes.push(held);
    const focused = document.activeElement;
    order(this.#body, this.#place(indexes, count, fresh));
    if (hold && focused !== document.activeElement && focused?.closest("tbody") === this.#body) this.#focusCell();
  }

  /** The rows of these learners, changed to what is known now, with room for those between. */
  #place(indexes: readonly number[], count: number, fresh: boolean): HTMLElement[] {
    const wanted = new Set(indexes.map((index) => this.#rows[index]?.id));
    for (const [id, row] of this.#shown)
      if (!wanted.has(id)) {
        this.#shown.delete(id);
        this.#spare.push(row);
      }
    const elements: HTMLElement[] = [];
    let next = 0;
    let gaps = 0;
    const space = (rows: number): HTMLElement[] => (rows > 0 ? [this.#space(gaps++, rows)] : []);
    for (const index of indexes) {
      const learner = this.#rows[index] as LearnerRow;
      const known = this.#shown.get(learner.id);
      const row = known ?? this.#spare.pop() ?? new HeatRow(this.#shape);
      if (fresh || known === undefined) row.show(this.#factsOf(learner, index));
      this.#shown.set(learner.id, row);
      elements.push(...space(index - next), row.element);
      next = index + 1;
    }
    this.#spare.length = Math.min(this.#spare.length, margin);
    if (this.#phone.matches) return count > next ? [...elements, this.#end] : elements;
    return [...elements, ...space(count - next)];
  }

  /** Room for rows that are not in the page: one element for each gap, from the top. */
  #space(gap: number, rows: number): HTMLElement {
    const space = this.#spaces[gap] ?? h("tr", { class: "spacer", "aria-hidden": "true" }, h("td"));
    this.#spaces[gap] = space;
    const size = `${rows * this.#seen.row}px`;
    if (space.style.blockSize !== size) space.style.blockSize = size;
    return space;
  }

  #emptyWords(): string {
    return (this.#model?.rows.size ?? 0) === 0
      ? "Nobody has joined. Read out the room’s code, or show it."
      : "Nobody fits these filters.";
  }

  #factsOf(row: LearnerRow, index: number): RowFacts {
    const model = this.#model as RoomModel;
    const { named, likes } = this.#shape;
    const { words: stuck, late } = stuckWords(row, model);
    const [belief] = likes ? beliefsOf(row) : [];
    const { hand } = row;
    return {
      id: row.id,
      name: named ? row.name : `No. ${row.number}`,
      gone: row.presence === "gone",
      place: placeOf(row, model),
      ...{ stuck, late, index },
      hand:
        hand === undefined
          ? undefined
          : hand.coming === undefined
            ? "Hand raised"
            : `Hand raised, ${named ? hand.coming : "somebody"} is coming`,
      belief: belief === undefined ? undefined : wordsOfId(belief),
      cells: this.#columns.map((column) => model.cell(row, column)),
      selected: row.id === this.#selected,
      active: index === this.#at.row ? this.#at.cell : -1,
    };
  }

  // --- keyboard ---

  #press(event: KeyboardEvent): void {
    if (!(event.target instanceof HTMLElement) || event.target.dataset.cell === undefined) return;
    const last = { row: this.#rows.length - 1, cell: this.#lastCell };
    const page = Math.max(1, Math.floor(this.#seen.height / this.#seen.row) - 2);
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
      cell: Math.max(0, Math.min(this.#lastCell, cell)),
    };
    if (!this.#isList()) this.#scrollTo(this.#at.row);
    this.#drawRows({ hold: true });
    this.#focusCell();
  }

  /** Brings a row in sight; below the head, which lies over the first rows. */
  #scrollTo(index: number): void {
    const { top, height, row, head } = this.#seen;
    const at = index * row;
    const next = at < top ? at : at + row + head > top + height ? at + 2 * row + head - height : top;
    if (next === top) return;
    this.element.scrollTop = next;
    this.#seen = { ...this.#seen, top: Math.max(0, next) };
  }

  #focusCell(): void {
    this.#shown.get(this.#rows[this.#at.row]?.id ?? "")?.focus(this.#at.cell);
  }
}

/** Text that is the same stays untouched: to write it would be a change for the page, and for a screen reader. */
function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Makes these the children of a place, moving as few as it can: what is taken out and put in again is laid out anew. */
function order(place: HTMLElement, wanted: readonly HTMLElement[]): void {
  const keep = new Set<Element>(wanted);
  for (const child of [...place.children]) if (!keep.has(child)) child.remove();
  let here = place.firstElementChild;
  for (const element of wanted) {
    // One that has moved further down is in the way of all after it.
    if (here !== null && here !== element && here.nextElementSibling === element) {
      const moved = here;
      here = element;
      moved.remove();
    }
    if (here === element) here = element.nextElementSibling;
    else place.insertBefore(element, here);
  }
}

/** "12 min", "moving", "done", "gone 14:05". */
export function stuckWords(row: LearnerRow, model: RoomModel): { readonly words: string; readonly late: boolean } {
  if (row.presence === "gone") return { words: `gone ${clockOf(row.seenAt)}`, late: false };
  const exam = lastExam(row);
  if (exam !== undefined && exam.at >= row.movedAt)
    return { words: `exam ${exam.score} of ${exam.of}`, late: !exam.passed };
  if (model.examRuns) return { words: "exam runs", late: false };
  if (isThrough(row)) return { words: "through", late: false };
  const minutes = Math.floor(model.stuckFor(row) / 60_000);
  return minutes < 1 ? { words: "moving", late: false } : { words: `${minutes} min`, late: true };
}

/** Made once: to make one is dear. */
const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export const clockOf = (time: number): string => clock.format(time);
