// JSONPath in client-go's dialect: texts and {actions}, range and end, filters, unions, slices, recursive descent.

import { formatCompact } from "../../lib/yaml-go/emit.ts";
import { type Any, Fail, q, sortedKeys } from "./values.ts";

type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "identifier"; readonly name: string }
  | { readonly kind: "wildcard" | "recursive" }
  | {
      readonly kind: "slice";
      readonly from: number | undefined;
      readonly to: number | undefined;
      readonly step: number | undefined;
      readonly single: boolean;
    }
  | { readonly kind: "union"; readonly lists: readonly (readonly Node[])[] }
  | {
      readonly kind: "filter";
      readonly left: readonly Node[];
      readonly operator: string;
      readonly right: readonly Node[];
    }
  | { readonly kind: "literal"; readonly value: Any };

type Part = { readonly text: string } | { readonly nodes: readonly Node[] };

/** A template ready to be applied to values. */
export class JsonPath {
  readonly #parts: Part[];
  readonly #template: string;
  readonly #missing: boolean;

  constructor(template: string, allowMissing = true) {
    this.#template = template;
    this.#missing = allowMissing;
    try {
      this.#parts = parseTemplate(template);
    } catch (error) {
      throw new Fail(`error parsing jsonpath ${template}, ${(error as Error).message}`);
    }
  }

  /** The text of the template for one value. */
  print(root: Any): string {
    try {
      return this.#run(root);
    } catch (error) {
      if (error instanceof Fail) throw error;
      throw new Fail(
        `error executing jsonpath ${q(this.#template)}: Error executing template: ${(error as Error).message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${this.#template}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(root)}\n\n\n`,
      );
    }
  }

  #run(root: Any): string {
    let out = "";
    const walk = (from: number, to: number, scope: Any): void => {
      for (let i = from; i < to; i++) {
        const part = this.#parts[i] as Part;
        if ("text" in part) {
          out += part.text;
          continue;
        }
        const [first, ...rest] = part.nodes;
        if (first?.kind === "identifier" && first.name === "range") {
          const end = this.#endOf(i, to);
          for (const item of evaluate(rest, [scope], root, this.#missing)) walk(i + 1, end, item);
          i = end;
          continue;
        }
        if (first?.kind === "identifier" && first.name === "end") throw new Error("not in range, nothing to end");
        out += evaluate(part.nodes, [scope], root, this.#missing).map(show).join(" ");
      }
    };
    walk(0, this.#parts.length, root);
    return out;
  }

  #endOf(start: number, to: number): number {
    let depth = 0;
    for (let i = start; i < to; i++) {
      const part = this.#parts[i] as Part;
      const first = "nodes" in part ? part.nodes[0] : undefined;
      if (first?.kind !== "identifier") continue;
      if (first.name === "range") depth++;
      if (first.name === "end" && --depth === 0) return i;
    }
    return to;
  }

  /** Values of the first action, for columns and sorting. */
  find(root: Any): Any[] {
    const part = this.#parts.find((each) => "nodes" in each);
    return part === undefined || !("nodes" in part) ? [] : evaluate(part.nodes, [root], root, this.#missing);
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
  if (value === null || value === undefined) return value === null ? "" : "";
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

function evaluate(nodes: readonly Node[], start: readonly Any[], root: Any, missing: boolean): Any[] {
  let values = [...start];
  for (const node of nodes) values = step(node, values, root, missing);
  return values;
}

function step(node: Node, values: Any[], root: Any, missing: boolean): Any[] {
  switch (node.kind) {
    case "text":
    case "literal":
      return [node.kind === "text" ? node.text : node.value];
    case "identifier":
      if (node.name === "$") return [root];
      if (node.name === "@" || node.name === "") return values;
      throw new Error(`unrecognized identifier ${node.name}`);
    case "field":
      return values.flatMap((value) => {
        const found =
          value !== null && typeof value === "object" && !Array.isArray(value) ? value[node.name] : undefined;
        if (found === undefined && !missing) throw new Error(`${node.name} is not found`);
        return found === undefined ? [] : [found];
      });
    case "wildcard":
      return values.flatMap(children);
    case "recursive":
      return values.flatMap(descendants);
    case "union":
      return node.lists.flatMap((list) => evaluate(list, values, root, missing));
    case "slice":
      return values.flatMap((value) => slice(value, node));
    case "filter":
      return values.flatMap((value) => (Array.isArray(value) ? value.filter((item) => holds(node, item, root)) : []));
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

function slice(value: Any, { from, to, step: by, single }: Extract<Node, { kind: "slice" }>): Any[] {
  if (!Array.isArray(value)) {
    if (value === undefined || value === null) return [];
    throw new Error(`${typeof value === "object" ? "map" : typeof value} is not array or slice`);
  }
  let begin = from ?? 0;
  if (begin < 0) begin += value.length;
  if (single) {
    if (begin < 0 || begin >= value.length)
      throw new Error(`array index out of bounds: index ${begin}, length ${value.length}`);
    return [value[begin]];
  }
  let end = to ?? value.length;
  if (end < 0) end += value.length;
  if (begin > value.length) throw new Error(`array index out of bounds: index ${begin}, length ${value.length}`);
  const found: Any[] = [];
  for (let i = begin; i < Math.min(end, value.length); i += by ?? 1) found.push(value[i]);
  return found;
}

function holds(node: Extract<Node, { kind: "filter" }>, item: Any, root: Any): boolean {
  const left = evaluate(node.left, [item], root, true);
  if (node.operator === "exists") return left.length > 0;
  if (left.length === 0) return false;
  if (left.length > 1) throw new Error("can only compare one element at a time");
  const right = evaluate(node.right, [item], root, true);
  if (right.length === 0) return false;
  const [a, b] = [left[0], right[0]];
  switch (node.operator) {
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case ">":
      return a > b;
    case "<=":
      return a <= b;
    case ">=":
      return a >= b;
    default:
      throw new Error(`unrecognized filter operator ${node.operator}`);
  }
}

function parseTemplate(template: string): Part[] {
  const parts: Part[] = [];
  let text = "";
  for (let i = 0; i < template.length; ) {
    if (template[i] !== "{") {
      text += template[i++];
      continue;
    }
    if (text !== "") parts.push({ text });
    text = "";
    const end = closing(template, i);
    parts.push({ nodes: parseAction(template.slice(i + 1, end)) });
    i = end + 1;
  }
  if (text !== "") parts.push({ text });
  return parts;
}

function closing(template: string, start: number): number {
  let quote = "";
  for (let i = start + 1; i < template.length; i++) {
    const c = template.charAt(i);
    if (quote !== "") {
      if (c === "\\") i++;
      else if (c === quote) quote = "";
    } else if (c === '"' || c === "'") quote = c;
    else if (c === "}") return i;
  }
  throw new Error("unclosed action");
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\\": "\\", '"': '"', "'": "'" };

function unquote(text: string): string {
  return text.replace(/\\(.)/g, (_, c: string) => ESCAPES[c] ?? c);
}

function parseAction(given: string): Node[] {
  const text = given.trim();
  const nodes: Node[] = [];
  let i = 0;
  while (i < text.length) {
    const c = text.charAt(i);
    if (c === " " || c === "\t") i++;
    else if (c === '"' || c === "'") {
      let end = i + 1;
      while (end < text.length && text[end] !== c) end += text[end] === "\\" ? 2 : 1;
      if (end >= text.length) throw new Error("unterminated quoted string");
      nodes.push({ kind: "text", text: unquote(text.slice(i + 1, end)) });
      i = end + 1;
    } else if (c === "$" || c === "@") {
      nodes.push({ kind: "identifier", name: c });
      i++;
    } else if (c === ".") {
      if (text[i + 1] === ".") {
        nodes.push({ kind: "recursive" });
        i += 2;
        if (text[i] !== undefined && !/[[. ]/.test(text.charAt(i))) i = readField(text, i, nodes);
      } else if (text[i + 1] === "[" || i + 1 >= text.length || text[i + 1] === " ") i++;
      else i = readField(text, i + 1, nodes);
    } else if (c === "[") {
      const end = bracketEnd(text, i);
      nodes.push(parseBracket(text.slice(i + 1, end)));
      i = end + 1;
    } else if (c === "*") {
      nodes.push({ kind: "wildcard" });
      i++;
    } else if (/[\d+-]/.test(c)) {
      const number = /^[-+]?[\d.]+/.exec(text.slice(i))?.[0] ?? "";
      if (number === "")
        throw new Error(
          `unrecognized character in action: U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")} '${c}'`,
        );
      nodes.push({ kind: "literal", value: Number(number) });
      i += number.length;
    } else if (/[A-Za-z_]/.test(c)) {
      const word = /^[\w]+/.exec(text.slice(i))?.[0] as string;
      i += word.length;
      if (word === "true" || word === "false") nodes.push({ kind: "literal", value: word === "true" });
      else nodes.push({ kind: "identifier", name: word });
    } else
      throw new Error(
        `unrecognized character in action: U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")} '${c}'`,
      );
  }
  return nodes;
}

function readField(text: string, start: number, nodes: Node[]): number {
  let name = "";
  let i = start;
  for (; i < text.length && !/[ .[\]$@{}()=!<>,\t"']/.test(text.charAt(i)); i++) {
    if (text[i] === "\\" && i + 1 < text.length) i++;
    name += text[i];
  }
  nodes.push(name === "*" ? { kind: "wildcard" } : { kind: "field", name });
  return i;
}

function bracketEnd(text: string, start: number): number {
  let depth = 0;
  let quote = "";
  for (let i = start; i < text.length; i++) {
    const c = text.charAt(i);
    if (quote !== "") {
      if (c === quote) quote = "";
    } else if (c === '"' || c === "'") quote = c;
    else if (c === "[") depth++;
    else if (c === "]" && --depth === 0) return i;
  }
  throw new Error("unterminated array");
}

function parseBracket(inside: string): Node {
  const text = inside.trim();
  const filter = /^\?\((.*)\)$/s.exec(text);
  if (filter !== null) return parseFilter(filter[1] as string);
  if (text === "*") return { kind: "slice", from: undefined, to: undefined, step: undefined, single: false };
  const parts = splitTop(text, ",");
  if (parts.length > 1) return { kind: "union", lists: parts.map((part) => parseUnion(part.trim())) };
  const quoted = /^(['"])(.*)\1$/s.exec(text);
  if (quoted !== null) return { kind: "field", name: quoted[2] as string };
  const range = /^(-?\d+)?(:(-?\d+)?)?(:(-?\d+)?)?$/.exec(text);
  if (range === null || text === "") throw new Error(`invalid array index ${inside}`);
  const number = (value: string | undefined) => (value === undefined ? undefined : Number(value));
  return {
    kind: "slice",
    from: number(range[1]),
    to: number(range[3]),
    step: number(range[5]),
    single: range[2] === undefined,
  };
}

function parseUnion(part: string): Node[] {
  return /^['"\d*-]/.test(part)
    ? [parseBracket(part)]
    : parseAction(part.startsWith(".") || part.startsWith("@") ? part : `.${part}`);
}

function parseFilter(text: string): Node {
  let quote = "";
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (quote !== "") {
      if (c === quote) quote = "";
      continue;
    }
    if (c === '"' || c === "'") quote = c;
    const operator = /^(==|!=|<=|>=|<|>|=~?)/.exec(text.slice(i))?.[1];
    if (operator === undefined) continue;
    return {
      kind: "filter",
      left: parseAction(text.slice(0, i)),
      operator,
      right: parseAction(text.slice(i + operator.length)),
    };
  }
  return { kind: "filter", left: parseAction(text), operator: "exists", right: [] };
}

function splitTop(text: string, mark: string): string[] {
  const parts: string[] = [];
  let part = "";
  let quote = "";
  for (const c of text) {
    if (quote !== "") quote = c === quote ? "" : quote;
    else if (c === '"' || c === "'") quote = c;
    if (c === mark && quote === "") {
      parts.push(part);
      part = "";
    } else part += c;
  }
  return [...parts, part];
}
