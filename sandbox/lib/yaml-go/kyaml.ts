// KYAML as sigs.k8s.io/yaml/kyaml writes it: YAML in braces, all text quoted, brackets of lists of objects cuddled.

import { compareText } from "./json.ts";

type Fields = Record<string, unknown>;
const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Words that a YAML reader might take for something else than text. */
const AMBIGUOUS =
  /^(?:null|~|true|false|t|f|y|n|yes|no|on|off|[-+]?[\d._]+(?:e[-+]?\d+)?|0x[\da-f_]+|0b[01_]+|0o[0-7_]+|[-+]?\.?(?:inf|infinity)|\.?nan|\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?|\d{4}-\d\d?-\d\d?)$/i;
const PLAIN = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_./-]*[\p{L}\p{N}_])?$/u;

const NAMED: Readonly<Record<string, string>> = { "\0": "0", "\x07": "a", "\b": "b", "\f": "f", "\r": "r", "\v": "v" };
const escaped = (char: string): string =>
  `\\${NAMED[char] ?? (char === '"' || char === "\\" ? char : `x${char.charCodeAt(0).toString(16).padStart(2, "0")}`)}`;

/** Text of several lines is folded; a blank at a line's start is escaped, or it would be lost. */
function quote(text: string, indent: string): string {
  const whole = text.replace(/["\\\x00-\x08\x0b-\x1f\x7f]/g, escaped);
  if (!text.includes("\n")) return `"${whole}"`;
  const lines = whole.split("\n");
  const last = lines.pop() ?? "";
  const written = [...lines.map((line) => `${line}\\n`), ...(last === "" ? [] : [last])];
  return `"\\\n${written.map((line) => `${indent}${/^[ \t]/.test(line) ? "\\" : " "}${line}\\\n`).join("")}${indent}"`;
}

function render(value: unknown, indent: string, sorted: boolean): string {
  const inner = `${indent}  `;
  if (typeof value === "string") return quote(value, inner);
  if (!isObject(value)) return String(value ?? null);
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every(isObject))
      return `[${value.map((item) => render(item, indent, sorted)).join(", ")}]`;
    const items = value.map((item) => `${inner}${render(item, inner, sorted)},\n`);
    return items.length === 0 ? "[]" : `[\n${items.join("")}${indent}]`;
  }
  const keys = Object.keys(value).filter((key) => (value as Fields)[key] !== undefined);
  if (sorted) keys.sort(compareText);
  const fields = keys.map((key) => {
    const name = PLAIN.test(key) && !AMBIGUOUS.test(key) ? key : quote(key, inner);
    return `${inner}${name}: ${render((value as Fields)[key], inner, sorted)},\n`;
  });
  return fields.length === 0 ? "{}" : `{\n${fields.join("")}${indent}}`;
}

/** The value as a document with its head. */
export function formatKyaml(value: unknown, sorted = true): string {
  return `---\n${render(value, "", sorted)}\n`;
}
