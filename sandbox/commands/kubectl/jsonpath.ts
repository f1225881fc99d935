// JSONPath in client-go's dialect: texts and {actions}, range and end, filters, unions, slices, recursive descent.

import { formatCompact } from "../../lib/yaml-go/emit.ts";
import { type Any, codePoint, Fail, goValue, q, sortedKeys, typeName } from "./values.ts";

interface Named {
  readonly kind: "field" | "identifier";
  readonly name: string;
}

type Node =
  | Named
  | { readonly kind: "wildcard" | "recursive" }
  | { readonly kind: "array"; readonly params: readonly (number | undefined)[]; readonly derived: boolean }
  | { readonly kind: "union"; readonly lists: readonly (readonly Node[])[] }
  | {
      readonly kind: "filter";
      readonly left: readonly Node[];
      readonly operator: string;
      readonly right: readonly Node[];
    }
  | { readonly kind: "value"; readonly value: Any };

/** A template ready to be applied to values. */
export class JsonPath {
  readonly #actions: readonly (readonly Node[])[];
  readonly #template: string;
  readonly #missing: boolean;

  constructor(template: string, allowMissing = true) {
    this.#template = template;
    this.#missing = allowMissing;
    try {
      this.#actions = new Parser(template).actions();
    } catch (error) {
      throw new Fail(`error parsing jsonpath ${template}, ${(error as Error).message}`);
    }
  }

  /** The text of the template for one value. */
  print(root: Any): string {
    try {
      return this.#block(0, root, false)
        .results.map((values) => values.map(show).join(" "))
        .join("");
    } catch (error) {
      throw new Fail(
        `error executing jsonpath ${q(this.#template)}: Error executing template: ${(error as Error).message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${this.#template}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(root)}\n\n\n`,
      );
    }
  }

  /** All values found, for columns and sorting. */
  find(root: Any): Any[] {
    return this.#block(0, root, false).results.flat();
  }

  /** What the actions from one on find, up to the end of the range they are in; `end` is where that stands. */
  #block(start: number, value: Any, inside: boolean): { results: Any[][]; end: number } {
    const results: Any[][] = [];
    for (let i = start; i < this.#actions.length; i++) {
      const action = this.#actions[i] as readonly Node[];
      const mark = action.find((node): node is Named => node.kind === "identifier");
      if (mark?.name === "end") {
        if (!inside) throw new Error("not in range, nothing to end");
        return { results, end: i };
      }
      const found = evaluate(
        action.filter((node) => node !== mark || mark.name !== "range"),
        [value],
        this.#missing,
      );
      if (mark === undefined) {
        results.push(found);
        continue;
      }
      let end = i;
      for (const item of found.length === 0 ? [undefined] : found) {
        const inner = this.#block(i + 1, item, true);
        if (found.length > 0) results.push(...inner.results);
        if (inner.end > i) ({ end } = inner);
      }
      i = end;
    }
    return { results, end: -1 };
  }
}

/** `x.y`, `.x.y` and `{.x.y}` all mean the last, as sort-by and custom-columns take them. */
export function relaxPath(text: string): string {
  if (text === "") return text;
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(text);
  if (match === null)
    throw new Fail(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    );
  return `{.${match[1] ?? match[2]}}`;
}

export function show(value: Any): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? formatCompact(value) : String(value);
}

function goSyntax(value: Any): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(", ")}}`;
  if (value !== null && typeof value === "object")
    return `map[string]interface {}{${sortedKeys(value)
      .map((key) => `${q(key)}:${goSyntax(value[key])}`)
      .join(", ")}}`;
  return typeof value === "string" ? q(value) : value === null ? "interface {}(nil)" : String(value);
}

// --- finding ---

function evaluate(nodes: readonly Node[], start: readonly Any[], missing: boolean): Any[] {
  let values = [...start];
  for (const node of nodes) values = step(node, values, missing);
  return values;
}

function step(node: Node, values: Any[], missing: boolean): Any[] {
  switch (node.kind) {
    case "value":
      return typeof node.value === "string" ? [node.value] : values.map(() => node.value);
    case "identifier":
      throw new Error(`unrecognized identifier ${node.name}`);
    case "field": {
      const found = values.flatMap((value) =>
        typeName(value).startsWith("map") && node.name in value ? [value[node.name]] : [],
      );
      if (found.length === 0 && values.length > 0 && !missing) throw new Error(`${node.name} is not found`);
      return found;
    }
    case "wildcard":
      return values.flatMap(children);
    case "recursive":
      return values.flatMap(descendants);
    case "union":
      return node.lists.flatMap((list) => evaluate(list, values, missing));
    case "array":
      return values.flatMap((value) => slice(value, node));
    case "filter":
      return values.flatMap((value) => {
        if (!Array.isArray(value)) throw new Error(`${goValue(value)} is not array or slice and cannot be filtered`);
        return value.filter((item) => holds(node, item, missing));
      });
  }
}

const children = (value: Any): Any[] =>
  Array.isArray(value)
    ? value
    : value !== null && typeof value === "object"
      ? sortedKeys(value).map((key) => value[key])
      : [];

function descendants(value: Any): Any[] {
  if (value === null || typeof value !== "object") return [];
  return [value, ...children(value).flatMap(descendants)];
}

function slice(value: Any, { params, derived }: Extract<Node, { kind: "array" }>): Any[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error(`${typeName(value)} is not array or slice`);
  const { length } = value;
  let [from = 0, to = length, by = 1] = params;
  if (from < 0) from += length;
  if (to < 0 || (to === 0 && derived)) to += length;
  if (from === to) return [];
  for (const [index, most] of [
    [from, length - 1],
    [to - 1, length - 1],
  ] as const)
    if (index < 0 || index > most) throw new Error(`array index out of bounds: index ${index}, length ${length}`);
  if (from > to) throw new Error(`starting index ${from} is greater than ending index ${to}`);
  if (by <= 0) throw new Error("step must be > 0");
  return value.slice(from, to).filter((_, i) => i % by === 0);
}

function holds({ left, operator, right }: Extract<Node, { kind: "filter" }>, item: Any, missing: boolean): boolean {
  if (operator === "exists") return evaluate(left, [item], true).length > 0;
  const [lefts, rights] = [left, right].map((nodes) => evaluate(nodes, [item], missing)) as [Any[], Any[]];
  if (lefts.length === 0) return false;
  if (lefts.length > 1 || rights.length > 1) throw new Error("can only compare one element at a time");
  if (rights.length === 0) return false;
  const [a, b] = [lefts[0], rights[0]];
  const compare = {
    "==": () => a === b,
    "!=": () => a !== b,
    "<": () => a < b,
    ">": () => a > b,
    "<=": () => a <= b,
    ">=": () => a >= b,
  }[operator];
  if (compare === undefined) throw new Error(`unrecognized filter operator ${operator}`);
  if (typeof a === "object" || (!/^[!=]=$/.test(operator) && typeof a === "boolean"))
    throw new Error("invalid type for comparison");
  if (typeName(a) !== typeName(b)) throw new Error("incompatible types for comparison");
  return compare();
}

// --- reading ---

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\\": "\\", '"': '"', "'": "'" };

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Texts and {actions} in turn. */
  actions(): Node[][] {
    const actions: Node[][] = [];
    while (this.#at < this.#text.length) {
      const open = this.#text.indexOf("{", this.#at);
      const end = open < 0 ? this.#text.length : open;
      if (end > this.#at) actions.push([{ kind: "value", value: this.#text.slice(this.#at, end) }]);
      this.#at = end + 1;
      if (open >= 0) actions.push(this.#action());
    }
    return actions;
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    const found = new RegExp(pattern, "ys"); // fixed pattern
    found.lastIndex = this.#at;
    const match = found.exec(this.#text);
    this.#at += match?.[0].length ?? 0;
    return match;
  }

  #action(): Node[] {
    const nodes: Node[] = [];
    while (this.#take(/\}/) === null) this.#node(nodes);
    return nodes;
  }

  #node(nodes: Node[]): void {
    if (this.#take(/[ @$]/) !== null) return;
    if (this.#take(/\[\?\(/) !== null) nodes.push(this.#filter());
    else if (this.#take(/\.\./) !== null) {
      if (nodes.at(-1)?.kind === "recursive") throw new Error("invalid multiple recursive descent");
      nodes.push({ kind: "recursive" });
      // A name after it needs no dot of its own.
      if (/\w/.test(this.#text.charAt(this.#at))) nodes.push(this.#field());
    } else if (this.#take(/\[/) !== null) nodes.push(...this.#array());
    else if (this.#take(/\./) !== null) nodes.push(this.#field());
    else nodes.push(this.#word());
  }

  #word(): Node {
    const quoted = this.#take(/"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'/);
    if (quoted !== null) return { kind: "value", value: unquote(quoted[1] ?? quoted[2] ?? "", quoted[0]) };
    if (this.#take(/["']/) !== null) throw new Error("unterminated quoted string");
    const number = this.#take(/[-+]?[\d.]+|[-+]/)?.[0];
    if (number !== undefined) {
      if (Number.isNaN(Number(number))) throw new Error(`cannot parse number ${number}`);
      return { kind: "value", value: Number(number) };
    }
    const name = this.#take(/\w[^\s.,[\]$@{}]*/)?.[0];
    if (name === undefined) {
      const char = this.#text.charAt(this.#at);
      throw new Error(/^\n?$/.test(char) ? "unclosed action" : `unrecognized character in action: ${codePoint(char)}`);
    }
    return /^(?:true|false)$/.test(name) ? { kind: "value", value: name === "true" } : { kind: "identifier", name };
  }

  #field(): Node {
    const name = this.#take(/(?:\\.|[^\s.,[\]$@{}\\])*/)?.[0] ?? "";
    return name === "*" ? { kind: "wildcard" } : { kind: "field", name: name.replaceAll("\\", "") };
  }

  #array(): Node[] {
    const inside = this.#take(/([^\]\n]*)\]/)?.[1];
    if (inside === undefined) throw new Error("unterminated array");
    const parts = inside.split(",");
    if (parts.length > 1) return [{ kind: "union", lists: parts.map((part) => parseAction(`[${part.trim()}]`)) }];
    const key = /^'([^']*)'$/.exec(inside);
    if (key !== null) return parseAction(`.${key[1]}`);
    const match = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(inside === "*" ? ":" : inside);
    if (match === null) throw new Error(`invalid array index ${inside}`);
    const params = match.slice(1).map((part) => (/\d/.test(part ?? "") ? Number(part?.replace(":", "")) : undefined));
    const derived = match[2] === undefined;
    if (derived) params[1] = (params[0] ?? 0) + 1;
    return [{ kind: "array", params, derived }];
  }

  #filter(): Node {
    const text = this.#take(/((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^"')\n])*)\)/)?.[1];
    if (text === undefined) throw new Error("unterminated filter");
    if (this.#take(/\]/) === null) throw new Error("unclosed array expect ]");
    const [, left = text, operator = "exists", right = ""] = /^([^!<>=]+)([!<>=]+)(.+)$/s.exec(text) ?? [];
    return { kind: "filter", left: parseAction(left), operator, right: parseAction(right) };
  }
}

/** The nodes of one action. */
const parseAction = (text: string): Node[] => new Parser(`{${text}}`).actions().flat();

function unquote(text: string, whole: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => {
    const meant = ESCAPES[char];
    if (meant === undefined) throw new Error(`unquote string ${whole} error invalid syntax`);
    return meant;
  });
}
