// One configuration file: YAML or JSON, its kind, strict then lenient decoding, with the texts of every way to fail.

import { formatJson, type Json, JsonError, parseJson, quoteGo } from "../../lib/yaml-go/json.ts";
import { YamlError, yamlToJson } from "../../lib/yaml-go/yaml.ts";
import type { Profile } from "../version/profile.ts";
import { decodeIterator } from "./decode-iterator.ts";
import { decodeJson } from "./decode-json.ts";
import type { Shape } from "./schema.ts";

export type FileResult =
  | {
      readonly ok: true;
      readonly values: Map<string, unknown>;
      readonly lines: Map<string, number>;
      readonly lenient: string | undefined;
    }
  | { readonly ok: false; readonly error: string };

const fail = (error: string): FileResult => ({ ok: false, error });

/** What a text says before its kind matters: its tree, and go-yaml's complaint about repeated keys. */
export function readTree(
  text: string,
): { readonly json: Json; readonly duplicates: string | undefined } | { readonly error: string } {
  try {
    if (text.trimStart().startsWith("{")) return { json: parseJson(text), duplicates: undefined };
    return yamlToJson(text);
  } catch (error) {
    if (error instanceof JsonError) return { error: `couldn't get version/kind; json parse error: ${error.message}` };
    if (error instanceof YamlError) return { error: error.message };
    throw error;
  }
}

const META = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** apiVersion and kind, read without regard to case as encoding/json does. */
export function readKind(
  json: Json,
  text: string,
): { readonly group: string; readonly version: string; readonly kind: string } | { readonly error: string } {
  const prefix = "couldn't get version/kind; json parse error: json: cannot unmarshal";
  if (json.kind !== "object" && json.kind !== "null")
    return { error: `${prefix} ${json.kind} into Go value of type ${META}` };
  const found: Record<string, string> = { apiversion: "", kind: "" };
  for (const { key, value } of json.kind === "object" ? json.entries : []) {
    const name = key.toLowerCase();
    if (name !== "kind" && name !== "apiversion") continue;
    if (value.kind === "string") found[name] = value.value;
    else if (value.kind !== "null")
      return {
        error: `${prefix} ${value.kind} into Go struct field .${name === "kind" ? name : "apiVersion"} of type string`,
      };
  }
  const parts = (found["apiversion"] as string).split("/");
  if (parts.length > 2) return { error: `unexpected GroupVersion string: ${found["apiversion"]}` };
  const [group, version] = parts.length === 2 ? (parts as [string, string]) : ["", parts[0] as string];
  const kind = found["kind"] as string;
  if (kind === "") return { error: `Object 'Kind' is missing in '${text}'` };
  if (version === "") return { error: `Object 'apiVersion' is missing in '${text}'` };
  return { group, version, kind };
}

/** Other kinds that the kubelet's scheme knows: they decode, and are then refused. */
const OTHERS = new Set(["SerializedNodeConfigSource", "CredentialProviderConfig"]);

export function decodeFile(text: string, shape: Shape, profile: Profile): FileResult {
  const tree = readTree(text);
  if ("error" in tree) return fail(`failed to decode: ${tree.error}`);
  const meta = readKind(tree.json, text);
  if ("error" in meta) return fail(`failed to decode: ${meta.error}`);
  const api = meta.group === "" ? meta.version : `${meta.group}/${meta.version}`;
  const known =
    api === "kubelet.config.k8s.io/v1beta1" && (meta.kind === "KubeletConfiguration" || OTHERS.has(meta.kind));
  if (!known)
    return fail(
      `failed to decode: no kind ${quoteGo(meta.kind)} is registered for version ${quoteGo(api)} in scheme ${quoteGo(profile.scheme)}`,
    );
  if (meta.kind !== "KubeletConfiguration")
    return fail(
      `failed to cast object to KubeletConfiguration, unexpected type: ${meta.group}/${meta.version}, Kind=${meta.kind}`,
    );
  const decoded = decodeJson(tree.json, shape, { caseSensitive: true });
  if (profile.minor < 23) return decodeOld(text, tree, decoded.lines, shape);
  if (decoded.error !== undefined) return fail(`failed to decode: ${decoded.error}`);
  const strict = [...(tree.duplicates === undefined ? [] : [tree.duplicates]), ...decoded.strict];
  const lenient = strict.length === 0 ? undefined : `strict decoding error: ${strict.join(", ")}`;
  return { ok: true, values: decoded.values, lines: decoded.lines, lenient };
}

function decodeOld(
  text: string,
  tree: { json: Json; duplicates: string | undefined },
  lines: Map<string, number>,
  shape: Shape,
): FileResult {
  const json = tree.json.kind === "object" && text.trimStart().startsWith("{") ? text : formatJson(tree.json);
  const plain = decodeIterator(json, shape, false);
  if (plain.error !== undefined) return fail(`failed to decode: ${plain.error}`);
  const strict = tree.duplicates ?? decodeIterator(json, shape, true).error;
  const lenient = strict === undefined ? undefined : `strict decoder error for ${text}: ${strict}`;
  return { ok: true, values: plain.values, lines, lenient };
}
