// @text, @json, @csv, @tsv, @html, @uri, @sh, @base64, @base64d.

import { decode, encode } from "../../kernel/text.ts";
import { COMPACT, formatJson, formatNumber } from "./json.ts";
import { describe, fail, kindOf } from "./values.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function toText(value: unknown): string {
  return typeof value === "string" ? value : formatJson(value, COMPACT);
}

function row(value: unknown, name: string, quote: (text: string) => string, glue: string): string {
  if (!Array.isArray(value)) return fail(`${describe(value)} cannot be ${name}-formatted, only an array can be`);
  return value
    .map((one) => {
      const kind = kindOf(one);
      if (kind === "array" || kind === "object") return fail(`${describe(one)} is not valid in a csv row`);
      return kind === "string"
        ? quote(one as string)
        : kind === "null"
          ? ""
          : kind === "number"
            ? formatNumber(one as number)
            : String(one);
    })
    .join(glue);
}

function shellWord(value: unknown): string {
  const kind = kindOf(value);
  if (kind === "array" || kind === "object") return fail(`${describe(value)} can not be escaped for shell`);
  return kind === "string" ? `'${(value as string).replaceAll("'", "'\\''")}'` : toText(value);
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const held = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const count = Math.min(3, bytes.length - i);
    for (let k = 0; k < 4; k++) text += k <= count ? LETTERS[(held >> (18 - 6 * k)) & 63] : "=";
  }
  return text;
}

function unbase64(text: string): string {
  const clean = text.replace(/=+$/, "");
  const bytes: number[] = [];
  let held = 0;
  let bits = 0;
  for (const char of clean) {
    const value = LETTERS.indexOf(char);
    if (value < 0) return fail(`${describe(text)} is not valid base64 data`);
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
      held &= (1 << bits) - 1;
    }
  }
  if (clean.length > 0 && bytes.length === 0) return fail(`${describe(text)} is not valid base64 data`);
  return decode(Uint8Array.from(bytes)).replace(/[\udc80-\udcff]/g, "\ufffd");
}

const HTML: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;", "'": "&#39;", '"': "&quot;" };
const TSV: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\" };

export function formatText(name: string, value: unknown): string {
  switch (name) {
    case "@text":
      return toText(value);
    case "@json":
      return formatJson(value, COMPACT);
    case "@csv":
      return row(value, "csv", (text) => `"${text.replaceAll('"', '""')}"`, ",");
    case "@tsv":
      return row(value, "tsv", (text) => text.replace(/[\t\n\r\\]/g, (char) => TSV[char] ?? char), "\t");
    case "@html":
      return toText(value).replace(/[<>&'"]/g, (char) => HTML[char] ?? char);
    case "@uri":
      return Array.from(encode(toText(value)), (byte) =>
        /[A-Za-z0-9\-_.~]/.test(String.fromCharCode(byte)) && byte < 128
          ? String.fromCharCode(byte)
          : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
      ).join("");
    case "@sh":
      return Array.isArray(value) ? value.map(shellWord).join(" ") : shellWord(value);
    case "@base64":
      return base64(encode(toText(value)));
    case "@base64d":
      return unbase64(toText(value));
    default:
      return fail(`${name.slice(1)} is not a valid format`);
  }
}
