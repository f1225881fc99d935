// JSON as the tools of iproute2 write it: on one line, or with -p in blocks of their own indentation.

export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** A list of objects the way `-j` and, where `pretty`, `-j -p` print it. */
export const jsonText = (list: readonly Json[], pretty: boolean): string =>
  `${pretty ? prettyValue(list, 1) : JSON.stringify(list)}\n`;

function prettyValue(value: Json, depth: number): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return "[ ]";
    return `[ ${value.map((one) => prettyValue(one, depth)).join(",")} ]`;
  }
  if (typeof value !== "object") return JSON.stringify(value);
  const inner = " ".repeat(depth * 8);
  const lines = Object.entries(value).map(([key, one]) => `${inner}"${key}": ${prettyValue(one, depth + 1)}`);
  return `{\n${lines.join(",\n")}\n${" ".repeat(depth * 8 - 4)}}`;
}
