// sigs.k8s.io/yaml: a YAML text to the JSON that Go programs really read, by YAML 1.1's rules for plain scalars.

import { createMemo } from "../memo.ts";
import { compareText, type Json, type JsonEntry, quoteGo } from "./json.ts";
import { parseYaml, type YamlNode } from "./parse.ts";
import { YamlError } from "./token.ts";

export { YamlError } from "./token.ts";

export interface YamlResult {
  readonly json: Json;
  /** go-yaml's complaints about keys given twice, as strict decoding words them; undefined where there are none. */
  readonly duplicates: string | undefined;
}

/** The first document as JSON. Throws YamlError where the text is not YAML. */
export function yamlToJson(text: string): YamlResult {
  return read(text, () => readDocument(text));
}

/** The same few files are read again and again: kubeconfigs, the kubelet's configuration. */
const read = createMemo<YamlResult>(64);

function readDocument(text: string): YamlResult {
  const root = parseYaml(text);
  if (root === undefined) return { json: { kind: "null" }, duplicates: undefined };
  const errors: string[] = [];
  const json = toJson(root, errors);
  const duplicates = errors.length === 0 ? undefined : `yaml: unmarshal errors:\n  ${errors.join("\n  ")}`;
  return { json, duplicates };
}

function toJson(node: YamlNode, errors: string[]): Json {
  const line = node.line + 1;
  if (node.kind === "sequence") return { kind: "array", items: node.children.map((c) => toJson(c, errors)), line };
  if (node.kind === "mapping") return { kind: "object", entries: entriesOf(node, errors), line };
  return { ...resolve(node), line };
}

function entriesOf(node: YamlNode, errors: string[]): JsonEntry[] {
  const found = new Map<string, { key: string; value: Json }>();
  const set = (id: string, key: string, value: Json, line: number, shown: string): void => {
    if (found.has(id)) errors.push(`line ${line + 1}: key ${shown} already set in map`);
    found.set(id, { key, value });
  };
  for (let i = 0; i + 1 < node.children.length; i += 2) {
    const keyNode = node.children[i] as YamlNode;
    const valueNode = node.children[i + 1] as YamlNode;
    if (keyNode.kind === "scalar" && keyNode.plain && keyNode.value === "<<") {
      for (const entry of mergeSources(valueNode, errors))
        if (!found.has(entry.id)) found.set(entry.id, { key: entry.key, value: entry.value });
      continue;
    }
    const key = keyOf(keyNode);
    const value = toJson(valueNode, errors);
    set(key.id, key.text, withLine(value, keyNode.line + 1), valueNode.line, key.shown);
  }
  return [...found.values()].sort((a, b) => compareText(a.key, b.key));
}

/** The line that a person would look for: that of the key. */
function withLine(value: Json, line: number): Json {
  return { ...value, line };
}

function mergeSources(node: YamlNode, errors: string[]): { id: string; key: string; value: Json }[] {
  const maps = node.kind === "sequence" ? [...node.children].reverse() : [node];
  if (maps.some((m) => m.kind !== "mapping"))
    throw new YamlError("yaml: map merge requires map or sequence of maps as the value");
  return maps.flatMap((m) => entriesOf(m, errors).map((e) => ({ id: `s${e.key}`, key: e.key, value: e.value })));
}

function keyOf(node: YamlNode): { id: string; text: string; shown: string } {
  if (node.kind !== "scalar") throw new YamlError("yaml: invalid map key: map[interface {}]interface {}{}");
  const value = resolve(node);
  if (value.kind === "string") return { id: `s${value.value}`, text: value.value, shown: quoteGo(value.value) };
  if (value.kind === "bool") return { id: `b${value.value}`, text: String(value.value), shown: String(value.value) };
  if (value.kind === "number") return { id: `n${value.text}`, text: value.text, shown: value.text };
  throw new YamlError("unsupported map key of type: null");
}

const TRUE = new Set("y Y yes Yes YES true True TRUE on On ON".split(" "));
const FALSE = new Set("n N no No NO false False FALSE off Off OFF".split(" "));
const NULL = new Set(["", "~", "null", "Null", "NULL"]);
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const LIMIT = 1n << 63n;

function resolve(node: YamlNode): Json {
  const text = node.value;
  const tag = node.tag.replace(/^!<tag:yaml.org,2002:(.*)>$/, "!!$1");
  if (!node.plain || tag === "!" || tag === "!!str" || tag === "!!binary") {
    if (tag === "" || !tag.startsWith("!!") || tag === "!!str" || tag === "!!binary")
      return { kind: "string", value: text };
  }
  const json = resolvePlain(text);
  const wanted = TAGS[tag];
  if (wanted !== undefined && !wanted.includes(json.kind))
    throw new YamlError(`yaml: cannot decode !!${SHOWN[json.kind] ?? "str"} \`${text}\` as a ${tag}`);
  return json;
}

const TAGS: Readonly<Record<string, readonly string[]>> = {
  "!!int": ["number"],
  "!!float": ["number"],
  "!!bool": ["bool"],
  "!!null": ["null"],
};
const SHOWN: Readonly<Record<string, string>> = { number: "int", bool: "bool", null: "null", string: "str" };

/** A plain scalar's value: YAML 1.1 booleans, Go's integers (010 is octal), floats as encoding/json writes them. */
function resolvePlain(text: string): Json {
  if (TRUE.has(text)) return { kind: "bool", value: true };
  if (FALSE.has(text)) return { kind: "bool", value: false };
  if (NULL.has(text)) return { kind: "null" };
  if (/^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$/.test(text))
    throw new YamlError(
      `json: unsupported value: ${text.startsWith("-") ? "-Inf" : /n$/i.test(text) ? "NaN" : "+Inf"}`,
    );
  if (!/^[-+.0-9]/.test(text)) return { kind: "string", value: text };
  const plain = text.replaceAll("_", "");
  const whole = parseInteger(plain);
  if (whole !== undefined && whole < 2n * LIMIT && whole >= -LIMIT) return { kind: "number", text: whole.toString() };
  if (FLOAT.test(plain)) return { kind: "number", text: formatFloat(Number(plain)) };
  return { kind: "string", value: text };
}

/** strconv.ParseInt(text, 0, …): 0x, 0o, 0b and a leading zero for octal. */
export function parseInteger(text: string): bigint | undefined {
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/.exec(text);
  if (match === null) return undefined;
  const digits = match[2] as string;
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return match[1] === "-" ? -value : value;
}

/** A float as encoding/json writes it. */
export function formatFloat(value: number): string {
  if (Object.is(value, -0)) return "-0";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-6 || size >= 1e21))
    return value
      .toExponential()
      .replace(/e([+-])(\d)$/, "e$10$2")
      .replace("e-0", "e-0");
  return size < 1e21 && Number.isInteger(value) ? BigInt(value).toString() : String(value);
}
