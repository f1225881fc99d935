// YAML and JSON texts to plain values, one document or many, with the errors of kubectl's decoders.

import { formatJson, type Json, JsonError, parseJsonStream } from "../../lib/yaml-go/json.ts";
import { yamlToJson } from "../../lib/yaml-go/yaml.ts";
import type { Any } from "./values.ts";

const plain = (json: Json): Any => JSON.parse(formatJson(json));

/** The first document of a text as a plain value. Throws YamlError. */
export function readYaml(text: string): Any {
  return plain(yamlToJson(text).json);
}

/** Documents of a stream: parts between lines that begin with `---`; comments alone are none. */
export function splitDocuments(text: string): string[] {
  const parts: string[] = [];
  let part: string[] = [];
  for (const line of text.split("\n")) {
    if (/^---(\s|$)/.test(line)) {
      parts.push(part.join("\n"));
      part = [];
    } else part.push(line);
  }
  parts.push(part.join("\n"));
  return parts.filter((each) =>
    each.split("\n").some((line) => line.trim() !== "" && !line.trimStart().startsWith("#")),
  );
}

/** What a part holds, and what is wrong behind it: JSON is a stream of values; what is no JSON may be YAML all the same. */
export function readDocuments(text: string): { values: Any[]; wrong?: Error } {
  const { values: read, wrong } = /^\s*\{/.test(text) ? parseJsonStream(text) : { values: [] };
  const values = read.map(plain);
  if (values.length > 0) return wrong === undefined ? { values } : { values, wrong: wordOf(wrong) };
  try {
    return { values: [readYaml(text)] };
  } catch (error) {
    return { values, wrong: wordOf(wrong ?? new Error(`error converting YAML to JSON: ${(error as Error).message}`)) };
  }
}

function wordOf(error: Error): Error {
  if (!(error instanceof JsonError)) return error;
  return new Error(
    error.message.startsWith("unexpected end") ? "unexpected EOF" : `json: offset ${error.offset}: ${error.message}`,
  );
}

/** One document that may be JSON or YAML. */
export function readDocument(text: string): Any {
  const { values, wrong } = readDocuments(text);
  if (wrong !== undefined) throw wrong;
  return values[0];
}
