// Go's text/tabwriter with blanks for padding: columns end where a line has no such cell.

export interface TabOptions {
  readonly min: number;
  readonly padding: number;
}

/** How kubectl's tables are set, and how its descriptions are. */
export const TABLE: TabOptions = { min: 6, padding: 3 };
export const DESCRIBE: TabOptions = { min: 0, padding: 2 };

const width = (text: string): number => [...text].length;

/** A text with tabs between cells, aligned. A form feed line (`\f`) ends all columns, as Flush does. */
export function alignTabs(text: string, options: TabOptions = TABLE): string {
  return text
    .split("\f")
    .map((part) => alignPart(part, options))
    .join("");
}

function alignPart(text: string, { min, padding }: TabOptions): string {
  if (text === "") return "";
  const lines = text.split("\n").map((line) => line.split("\t"));
  const out: string[] = [];
  const widths: number[] = [];
  const write = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      const cells = lines[i] as string[];
      out.push(
        cells
          .map((cell, j) =>
            j < widths.length && j < cells.length - 1
              ? cell + " ".repeat(Math.max(0, (widths[j] as number) - width(cell)))
              : cell,
          )
          .join(""),
      );
    }
  };
  const format = (from: number, to: number): void => {
    const column = widths.length;
    let start = from;
    for (let i = from; i < to; i++) {
      if (column >= (lines[i] as string[]).length - 1) continue;
      write(start, i);
      start = i;
      let wide = min;
      for (; i < to && column < (lines[i] as string[]).length - 1; i++)
        wide = Math.max(wide, width((lines[i] as string[])[column] as string) + padding);
      widths.push(wide);
      format(start, i);
      widths.pop();
      start = i;
      i--;
    }
    write(start, to);
  };
  format(0, lines.length);
  return out.join("\n");
}
