// Tables of systemctl and its like: columns, JSON, and the line about how many there are.

import { textWidth } from "../../lib/width.ts";
import { jsonText } from "../../systemd/client/json.ts";
import { ellipsize, type Output } from "../../systemd/client/output.ts";
import type { Context } from "./context.ts";

export interface Cell {
  readonly text: string;
  readonly color?: string;
  /** Figures stand at the right end of their column. */
  readonly right?: boolean;
  /** What JSON shows instead of the text. */
  readonly json?: string | number | null;
}

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

interface Layout {
  readonly legend: boolean;
  /** The first column is a dot. */
  readonly dot: boolean;
  readonly full: boolean;
}

export const showsLegend = ({ options }: Context): boolean =>
  !options.has("no-legend") && !options.has("quiet") && options.value("legend") !== "false";

/** Prints columns as wide as they need be; on a terminal the heading is underlined. The last column is not padded outside of one. */
export function printTable(out: Output, table: Table, layout: Layout): void {
  const all = [table.header.map((text): Cell => ({ text })), ...table.rows];
  const counted = layout.legend ? all : table.rows;
  const widths = table.header.map((_, i) => Math.max(0, ...counted.map((row) => textWidth(row[i]?.text ?? ""))));
  if (layout.dot) widths[0] = 1;
  if (out.tty && !layout.full) shrink(widths, out.columns);
  const rights = table.header.map((_, i) => table.rows.some((row) => row[i]?.right));
  const pad = (text: string, i: number, width: number) =>
    rights[i]
      ? text.padStart(width - textWidth(text) + text.length)
      : text.padEnd(width - textWidth(text) + text.length);
  if (layout.legend) {
    const cells = table.header.map((text, i) => pad(text, i, widths[i] as number));
    if (out.colors) out.print(`${cells.map((cell) => `\x1b[4m${cell}\x1b[0m`).join("\x1b[4m \x1b[0m")}\n`);
    else out.print(`${cells.join(" ").trimEnd()}\n`);
  }
  for (const row of table.rows) {
    const last = row.length - 1;
    const cells = row.map(({ text, color }, i) => {
      const width = widths[i] as number;
      const shown = out.tty && !layout.full ? ellipsize(text, width, i === last ? 100 : 33) : text;
      const painted = color === undefined ? shown : out.paint(color, shown);
      const unpadded = i === last && (text === "" || !rights[i]);
      const blanks = unpadded ? "" : " ".repeat(Math.max(0, width - textWidth(shown)));
      return rights[i] ? `${blanks}${painted}` : `${painted}${blanks}`;
    });
    out.print(`${cells.join(" ")}\n`);
  }
}

/** Takes width away from the widest columns until the table fits the terminal. */
function shrink(widths: number[], columns: number): void {
  let excess = widths.reduce((sum, width) => sum + width, 0) + widths.length - 1 - columns;
  for (; excess > 0; excess--) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] as number) <= 5) return;
    widths[widest] = (widths[widest] as number) - 1;
  }
}

/** Prints the rows as JSON where `-o json` asks for it; whether it did. Columns without a heading are left out. */
export function printJson(context: Context, { header, rows }: Table): boolean {
  const mode = context.options.value("output");
  if (mode !== "json" && mode !== "json-pretty") return false;
  const keys = header.map((word) => word.toLowerCase().replaceAll(" ", "_"));
  const objects = rows.map((row) =>
    Object.fromEntries(
      keys.flatMap((key, i) => {
        const { text = "", json } = row[i] ?? {};
        return key === "" ? [] : [[key, json === undefined ? text : json]];
      }),
    ),
  );
  context.out.print(`${jsonText(objects, mode === "json-pretty")}\n`);
  return true;
}

/** A list of things of one kind: as JSON, or as a table with its footer. */
export function printList(context: Context, table: Table, kind: string, hint: boolean): void {
  const { out, options } = context;
  if (printJson(context, table)) return;
  const legend = showsLegend(context);
  printTable(out, table, { legend, dot: false, full: options.has("full") || out.pager });
  if (!legend) return;
  out.print(`\n${table.rows.length} ${kind}s listed.\n`);
  if (hint && !options.has("all")) out.print(`Pass --all to see loaded but inactive ${kind}s, too.\n`);
}
