// -nameopt: how names are written, a base and changes to it.

import { formatName, NAME_STYLES, type Name, type NameStyle } from "../../lib/x509/name.ts";
import { longName, shortName } from "../../lib/x509/oids.ts";
import { multilineName, nameStyle } from "./print.ts";
import type { Tool } from "./tool.ts";

export type ChosenStyle = NameStyle & { readonly lines?: boolean; readonly long?: boolean; readonly slash?: boolean };

const WORDS =
  /^-?(esc_(2253|2254|ctrl|msb)|use_quote|utf8|ignore_type|show_type|dump_(all|nostr|der|unknown)|compat|sep_comma_plus(_space)?|sep_semi_plus_space|sep_multiline|dn_rev|nofname|sname|lname|align|oid|space_eq|rfc2253|oneline|multiline|ca_default)$/i;

/** Whether all words of -nameopt are known; the summary where one is not. */
export function checkNameOptions(tool: Tool): boolean {
  const given = tool.value("nameopt");
  return given === undefined || given.split(/[, ]/).every((word) => WORDS.test(word)) || tool.refuse("");
}

/** How -nameopt wants names written: a base and changes to it. */
export function chosenStyle(tool: Tool): ChosenStyle {
  const words = (tool.value("nameopt") ?? "").split(/[, ]/);
  const has = (...names: string[]) => names.some((name) => words.includes(name));
  let style: ChosenStyle = nameStyle(tool.modern);
  if (has("RFC2253", "rfc2253")) style = NAME_STYLES.rfc2253;
  else if (has("oneline", "ONELINE")) style = NAME_STYLES.openssl30;
  else if (has("multiline")) style = { ...style, lines: true, long: true };
  else if (has("compat")) style = { separator: "/", equals: "=", plus: "/", slash: true };
  else if (words.some((word) => word.startsWith("sep_")) && tool.has("nameopt")) style = { ...style, equals: "=" };
  if (has("sep_comma_plus")) style = { ...style, separator: ",", plus: "+" };
  if (has("sep_comma_plus_space")) style = { ...style, separator: ", ", plus: " + " };
  if (has("sep_semi_plus_space")) style = { ...style, separator: "; ", plus: " + " };
  if (has("sep_multiline")) style = { ...style, lines: true };
  if (has("space_eq")) style = { ...style, equals: " = " };
  if (has("dn_rev")) style = { ...style, reverse: true };
  if (has("lname")) style = { ...style, long: true };
  return style;
}

/** `subject=NAME` in the style asked for. */
export function labelled(tool: Tool, label: string, name: Name): string {
  const style = chosenStyle(tool);
  if (style.lines && style.long && tool.value("nameopt") === "multiline") return `${label}=\n${multilineName(name)}`;
  if (style.lines) {
    const one = ({ type, value }: Name[number][number]) =>
      `    ${style.long ? longName(type) : shortName(type)}${style.equals}${value}\n`;
    return `${label}=\n${name.flat().map(one).join("")}`;
  }
  const text = formatName(name, style);
  return `${label}=${style.slash && text !== "" ? "/" : ""}${text}\n`;
}
