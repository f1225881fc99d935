// The columns of ss: as wide as their contents, and on a terminal spread over its width.

interface Column {
  readonly side: "left" | "right";
  readonly before: string;
}

const COLUMNS: readonly Column[] = [
  { side: "left", before: "" },
  { side: "left", before: " " },
  { side: "left", before: " " },
  { side: "left", before: " " },
  { side: "right", before: " " },
  { side: "left", before: "" },
  { side: "right", before: " " },
  { side: "left", before: "" },
  { side: "left", before: "" },
];

/** Lays out rows of up to nine fields; undefined fields are columns that are off. */
export function layOut(rows: readonly (readonly (string | undefined)[])[], screen: number): string {
  const widths = COLUMNS.map((column, i) => {
    const content = Math.max(0, ...rows.map((row) => row[i]?.length ?? 0));
    const first = rows.every((row) => row.slice(0, i).every((field) => field === undefined));
    return content === 0 ? 0 : Math.min(screen, content + (first ? 0 : column.before.length));
  });
  const ends = new Set<number>();
  if (screen < Infinity) spread(widths, screen, ends);
  let text = "";
  for (const row of rows) {
    let started = false;
    COLUMNS.forEach((column, i) => {
      const width = widths[i] ?? 0;
      if (width === 0) return;
      const before = started ? column.before : "";
      started = true;
      const field = row[i] ?? "";
      const room = Math.max(0, width - before.length - field.length);
      text += before + (column.side === "right" ? " ".repeat(room) + field : field + " ".repeat(room));
      if (ends.has(i)) {
        text += "\n";
        started = false;
      }
    });
    if (started) text += "\n";
  }
  return text;
}

/** Gives the room that is left on a line to its columns; a column that does not fit begins a new line. */
function spread(widths: number[], screen: number, ends: Set<number>): void {
  let start = 0;
  while (start < widths.length) {
    let length = 0;
    let end = start;
    while (end < widths.length && (length + (widths[end] ?? 0) <= screen || end === start)) {
      length += widths[end] ?? 0;
      end += 1;
    }
    const used = widths.map((width, i) => (i >= start && i < end && width > 0 ? i : -1)).filter((i) => i >= 0);
    if (used.length === 0) return;
    const room = Math.max(0, screen - length);
    let rest = room % used.length;
    for (const i of used.toReversed()) {
      widths[i] = (widths[i] ?? 0) + Math.floor(room / used.length) + (rest > 0 ? 1 : 0);
      rest -= 1;
    }
    if (end < widths.length && widths.slice(end).some((width) => width > 0)) ends.add(used.at(-1) ?? 0);
    start = end;
  }
}
