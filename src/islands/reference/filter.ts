// Filters the rows of a table by words and by one mark; says how many are left.

class Filter extends HTMLElement {
  connectedCallback(): void {
    const input = this.querySelector<HTMLInputElement>("input");
    const buttons = [...this.querySelectorAll<HTMLButtonElement>("[data-show]")];
    const rows = [...document.querySelectorAll<HTMLElement>(this.dataset.rows ?? "")];
    const folds = [...new Set(rows.map((row) => row.closest("details")))].filter((fold) => fold !== null);
    const texts = new Map(rows.map((row) => [row, (row.textContent ?? "").toLowerCase()]));
    let mark = "";

    const show = (): void => {
      const words = (input?.value ?? "").toLowerCase().split(/\s+/).filter(Boolean);
      const kept = rows.filter(
        (row) =>
          (mark === "" || row.hasAttribute(`data-${mark}`)) && words.every((word) => texts.get(row)?.includes(word)),
      );
      for (const row of rows) row.hidden = !kept.includes(row);
      for (const fold of folds) {
        const inside = kept.filter((row) => fold.contains(row)).length;
        const asked = words.length > 0 || mark !== "";
        fold.hidden = asked && inside === 0;
        if (asked) fold.open = inside > 0;
      }
      for (const table of document.querySelectorAll<HTMLElement>("#settings > table"))
        table.hidden = kept.length > 0 && !kept.some((row) => table.contains(row));
      document.querySelector("[data-nothing]")?.toggleAttribute("hidden", kept.length > 0);
      const count = this.querySelector("[data-count]");
      if (count !== null) count.textContent = `${kept.length} of ${rows.length} shown`;
    };

    input?.addEventListener("input", show);
    for (const button of buttons) {
      button.addEventListener("click", () => {
        mark = button.dataset.show ?? "";
        for (const each of buttons) each.setAttribute("aria-pressed", String(each === button));
        show();
      });
    }
    this.querySelector("[data-print]")?.addEventListener("click", () => print());
    this.openTarget();
    addEventListener("hashchange", () => this.openTarget());
  }

  /** A row that a link leads to is shown even if it is folded away. */
  private openTarget(): void {
    const row = location.hash === "" ? null : document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const fold = row?.closest("details");
    if (fold === null || fold === undefined) return;
    fold.open = true;
    row?.scrollIntoView({ block: "center", behavior: "instant" });
  }
}

customElements.define("kc-filter", Filter);
