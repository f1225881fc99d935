// The syntax tree that the parsers make and the program is built from.

import type { CharSet } from "./charset.ts";

const ANY_UNIT: CharSet = { ranges: [0, 0xffff], classes: [], negated: false };

/** Zero-width conditions: line edges, buffer edges, word edges. */
export type Assertion = "bol" | "eol" | "bufStart" | "bufEnd" | "wordEdge" | "notWordEdge" | "wordStart" | "wordEnd";

export type Node =
  | { readonly kind: "empty" }
  | { readonly kind: "set"; readonly set: CharSet }
  | { readonly kind: "cat"; readonly items: readonly Node[] }
  | { readonly kind: "alt"; readonly items: readonly Node[] }
  | { readonly kind: "repeat"; readonly item: Node; readonly min: number; readonly max: number }
  | { readonly kind: "group"; readonly item: Node; readonly index: number }
  | { readonly kind: "assert"; readonly what: Assertion }
  | { readonly kind: "ref"; readonly index: number };

export const EMPTY: Node = { kind: "empty" };

/** Whether the node can match nothing. */
export function isNullable(node: Node): boolean {
  switch (node.kind) {
    case "empty":
    case "assert":
    case "ref":
      return true;
    case "set":
      return false;
    case "cat":
      return node.items.every(isNullable);
    case "alt":
      return node.items.some(isNullable);
    case "repeat":
      return node.min === 0 || isNullable(node.item);
    case "group":
      return isNullable(node.item);
  }
}

/** The text that the tree matches when it is nothing but plain characters. */
export function literalOf(node: Node): string | undefined {
  if (node.kind === "empty") return "";
  if (node.kind === "set") {
    const { ranges, classes, negated } = node.set;
    return !negated && classes.length === 0 && ranges.length === 2 && ranges[0] === ranges[1]
      ? String.fromCodePoint(ranges[0] ?? 0)
      : undefined;
  }
  if (node.kind !== "cat") return undefined;
  let text = "";
  for (const item of node.items) {
    const part = literalOf(item);
    if (part === undefined) return undefined;
    text += part;
  }
  return text;
}

/** The tree with every back-reference widened to "anything": what it does not match, the tree does not match either. */
export function widenRefs(node: Node): Node {
  switch (node.kind) {
    case "ref":
      return { kind: "repeat", item: { kind: "set", set: ANY_UNIT }, min: 0, max: Infinity };
    case "cat":
    case "alt":
      return { kind: node.kind, items: node.items.map(widenRefs) };
    case "repeat":
    case "group":
      return { ...node, item: widenRefs(node.item) };
    default:
      return node;
  }
}
