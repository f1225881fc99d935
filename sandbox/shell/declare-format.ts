// `declare -p`: a variable as the command that would make it again.

import { ansiQuote, doubleQuote, needsAnsi } from "./quote.ts";
import type { Variable } from "./state.ts";
import { keysOf } from "./vars.ts";

function keyText(key: string): string {
  return needsAnsi(key) ? ansiQuote(key) : /[^\w@%+=:,./-]/.test(key) || key === "" ? doubleQuote(key) : key;
}

/** `([0]="a" [1]="b")` */
export function formatItems(variable: Variable): string {
  const { list, map } = variable;
  const items = keysOf(variable).map(
    (key) =>
      `[${map === undefined ? key : keyText(key)}]=${doubleQuote(map?.get(key) ?? list?.get(Number(key)) ?? "")}`,
  );
  return map === undefined ? `(${items.join(" ")})` : `(${items.map((item) => `${item} `).join("")})`;
}

/** `declare -x NAME="value"` */
export function formatDeclare(name: string, variable: Variable): string {
  const head = `declare -${variable.flags || "-"} ${name}`;
  if (variable.list !== undefined || variable.map !== undefined) {
    const empty = (variable.list?.size ?? variable.map?.size) === 0;
    return empty ? (variable.map === undefined ? `${head}=()` : head) : `${head}=${formatItems(variable)}`;
  }
  return variable.value === undefined ? head : `${head}=${doubleQuote(variable.value)}`;
}
