// YAML and JSON texts to plain values, one document or many, with the errors of kubectl's decoders.

import { formatJson, type Json, JsonError, parseJson } from "../../lib/yaml-go/json.ts";
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

/** One document that may be JSON or YAML. */
export function readDocument(text: string): Any {
  if (/^\s*\{/.test(text)) {
    try {
      return plain(parseJson(text));
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
    }
  }
  try {
    return readYaml(text);
  } catch (error) {
    throw new Error(`error converting YAML to JSON: ${(error as Error).message}`);
  }
}
