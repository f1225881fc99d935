// Lists inside statements: placeholders for their values, and as few different statements as can be, for each is planned once.

import type { Value } from "./database.ts";

/** `$3, $4, …`, so many from a number on. */
export const places = (from: number, count: number): string =>
  Array.from({ length: count }, (_, index) => `$${from + index}`).join(", ");

/** `($1, $2), ($3, $4), …` and the values that go into them. */
export function listRows(rows: readonly (readonly Value[])[]): { readonly sql: string; readonly values: Value[] } {
  let from = 1;
  const parts = rows.map((row) => {
    const part = `(${places(from, row.length)})`;
    from += row.length;
    return part;
  });
  return { sql: parts.join(", "), values: rows.flat() };
}

/** A list that is searched for, as long as the next power of two: its last item again and again changes nothing. */
export function padList<T>(items: readonly T[]): T[] {
  const last = items.at(-1);
  if (last === undefined) return [];
  const padded = [...items];
  while ((padded.length & (padded.length - 1)) !== 0) padded.push(last);
  return padded;
}
