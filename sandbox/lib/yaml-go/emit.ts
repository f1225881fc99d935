// Values to YAML as sigs.k8s.io/yaml writes them: keys sorted, block style, strings quoted by go-yaml's rules.

import { compareText, quoteJson } from "./json.ts";

const NOT_TEXT =
  /^(?:|~|null|Null|NULL|y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF|true|True|TRUE|false|False|FALSE|<<|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const NUMBER =
  /^[-+]?(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|\d[\d_]*|(?:\.\d+|\d[\d_]*(?:\.\d*)?)(?:[eE][-+]?\d+)?)$/;
const BASE60 = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?$/;
const TIMESTAMP =
  /^\d{4}-\d{2}-\d{2}$|^\d{4}-\d{1,2}-\d{1,2}(?:[Tt]|[ \t]+)\d{1,2}:\d{2}:\d{2}(?:\.\d+)?(?:[ \t]*(?:Z|[-+]\d{1,2}(?::?\d{2})?))?$/;
/** Characters that only double quotes can carry. */
const SPECIAL = /[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufeff\ud800-\udfff]/;

const needsQuotes = (text: string): boolean =>
  NOT_TEXT.test(text) || NUMBER.test(text) || BASE60.test(text) || TIMESTAMP.test(text);

/** libyaml's analysis of a scalar: whether it may stand plain in a block. */
function isPlain(text: string): boolean {
  if (text === "" || /^[\s]|[\s]$/.test(text)) return false;
  if (/^(?:---|\.\.\.)/.test(text)) return false;
  if (/^[#,[\]{}&*!|>'"%@`]/.test(text)) return false;
  if (/^[-?:](?:\s|$)/.test(text)) return false;
  if (/:(?:\s|$)/.test(text) || /\s#/.test(text)) return false;
  return !/[\n\r\t\x85\u2028\u2029]/.test(text) && !isSpecial(text);
}

function isSpecial(text: string): boolean {
  return (
    SPECIAL.test(text) &&
    (!/[\ud800-\udfff]/.test(text) || !text.isWellFormed() || /[\x00-\x08\x0b-\x1f\x7f\ufeff]/.test(text))
  );
}

const SHORT: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\x0b": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\x1b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\x85": "\\N",
  "\xa0": "\\_",
  "\u2028": "\\L",
  "\u2029": "\\P",
  "\ufeff": "\\uFEFF",
};

function doubleQuoted(text: string): string {
  return `"${text.replace(/["\\\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff]/g, (c) => SHORT[c] ?? `\\x${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`)}"`;
}

/** A string where `indent` is that of its content if it becomes a block. */
function formatText(text: string, indent: string): string {
  if (text.includes("\n") && !isSpecial(text) && !/ \n/.test(text) && !/^[ \n]*$/.test(text) && !text.endsWith(" ")) {
    const hint = /^[ \n]/.test(text) ? "2" : "";
    const chomp = text.endsWith("\n\n") ? "+" : text.endsWith("\n") ? "" : "-";
    const body = text.replace(/\n+$/, (ends) => (ends.length > 1 ? ends.slice(1) : ""));
    return `|${hint}${chomp}\n${body
      .split("\n")
      .map((line) => (line === "" ? "" : indent + line))
      .join("\n")}`;
  }
  if (needsQuotes(text)) return doubleQuoted(text);
  if (isPlain(text)) return text;
  return /[\n\r\t\x85\u2028\u2029]/.test(text) || isSpecial(text)
    ? doubleQuoted(text)
    : `'${text.replaceAll("'", "''")}'`;
}

function formatScalar(value: unknown, indent: string): string {
  if (typeof value === "string") return formatText(value, indent);
  if (typeof value === "number" && Number.isInteger(value) && Math.abs(value) >= 1e21) return String(value);
  return value === undefined ? "null" : String(value);
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value as a YAML document. */
export function formatYaml(value: unknown): string {
  if (isMap(value) && Object.keys(value).length > 0) return formatMap(value, "");
  if (Array.isArray(value) && value.length > 0) return formatList(value, "");
  return `${formatEmpty(value) ?? formatScalar(value, "  ")}\n`;
}

function formatEmpty(value: unknown): string | undefined {
  if (Array.isArray(value) && value.length === 0) return "[]";
  return isMap(value) && Object.keys(value).length === 0 ? "{}" : undefined;
}

/** Lines of a map; `indent` stands before all but the first. */
function formatMap(map: Record<string, unknown>, indent: string): string {
  return Object.keys(map)
    .filter((key) => map[key] !== undefined)
    .sort(compareKeys)
    .map((key, i) => {
      const start = `${formatText(key, "")}:`;
      return `${i === 0 ? "" : indent}${start}${formatInside(map[key], indent, indent.length + start.length)}`;
    })
    .join("");
}

/** go-yaml's order of keys: digits by their number, letters before other signs. */
function compareKeys(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  const letter = (c: string) => /\p{L}/u.test(c);
  const digit = (c: string) => /\p{Nd}/u.test(c);
  let digits = false;
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [x, y] = [left[i] as string, right[i] as string];
    if (x === y) {
      digits = digit(x);
      continue;
    }
    if (letter(x) && letter(y)) return compareText(x, y);
    if (letter(x) !== letter(y)) return digits === letter(x) ? -1 : 1;
    let [n, m] = [0, 0];
    let [j, k] = [i, i];
    if (x === "0" || y === "0")
      for (let l = i - 1; l >= 0 && digit(left[l] as string); l--) if (left[l] !== "0") [n, m, l] = [1, 1, -1];
    for (; j < left.length && digit(left[j] as string); j++) n = n * 10 + Number(left[j]);
    for (; k < right.length && digit(right[k] as string); k++) m = m * 10 + Number(right[k]);
    if (n !== m) return n - m;
    if (j !== k) return j - k;
    return compareText(x, y);
  }
  return left.length - right.length;
}

/** libyaml's folding: a line that is longer than 80 ends at its next lone blank. `column` is where the scalar begins. */
function fold(text: string, column: number, indent: string): string {
  if (column + text.length <= 80 || text.includes("\n")) return text;
  let out = "";
  let at = column;
  for (let i = 0; i < text.length; i++) {
    const lone = text[i] === " " && text[i - 1] !== " " && text[i + 1] !== " ";
    if (lone && at > 80 && i > 1 && i < text.length - 2) {
      out += `\n${indent}`;
      at = indent.length;
    } else {
      out += text[i];
      at += 1;
    }
  }
  return out;
}

function formatInside(value: unknown, indent: string, column: number): string {
  const empty = formatEmpty(value);
  if (empty !== undefined) return ` ${empty}\n`;
  if (Array.isArray(value)) return `\n${indent}${formatList(value, indent)}`;
  if (isMap(value)) return `\n${indent}  ${formatMap(value, `${indent}  `)}`;
  return ` ${fold(formatScalar(value, `${indent}  `), column + 1, `${indent}  `)}\n`;
}

function formatList(list: readonly unknown[], indent: string): string {
  return list
    .map((item, i) => {
      const start = `${i === 0 ? "" : indent}-`;
      const empty = formatEmpty(item);
      if (empty !== undefined) return `${start} ${empty}\n`;
      if (Array.isArray(item)) return `${start} ${formatList(item, `${indent}  `)}`;
      if (isMap(item)) return `${start} ${formatMap(item, `${indent}  `)}`;
      return `${start} ${fold(formatScalar(item, `${indent}  `), indent.length + 2, `${indent}  `)}\n`;
    })
    .join("");
}

/** JSON with Go's MarshalIndent, keys in the order given unless `sorted`. */
export function formatIndented(value: unknown, unit = "    ", sorted = true, indent = ""): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map((item) => indent + unit + formatIndented(item, unit, sorted, indent + unit)).join(",\n")}\n${indent}]`;
  }
  if (isMap(value)) {
    const keys = Object.keys(value).filter((key) => value[key] !== undefined);
    if (sorted) keys.sort(compareText);
    if (keys.length === 0) return "{}";
    return `{\n${keys.map((key) => `${indent}${unit}${quoteJson(key)}: ${formatIndented(value[key], unit, sorted, indent + unit)}`).join(",\n")}\n${indent}}`;
  }
  return typeof value === "string" ? quoteJson(value) : String(value ?? null);
}

/** JSON as json.Marshal writes maps: sorted, without blanks. */
export function formatCompact(value: unknown, sorted = true): string {
  if (Array.isArray(value)) return `[${value.map((item) => formatCompact(item, sorted)).join(",")}]`;
  if (isMap(value)) {
    const keys = Object.keys(value).filter((key) => value[key] !== undefined);
    if (sorted) keys.sort(compareText);
    return `{${keys.map((key) => `${quoteJson(key)}:${formatCompact(value[key], sorted)}`).join(",")}}`;
  }
  return typeof value === "string" ? quoteJson(value) : String(value ?? null);
}
