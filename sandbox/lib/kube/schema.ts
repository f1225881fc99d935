// The API's types as data: what fields a kind has, of which type, and how their lists merge.

import { TYPES } from "./types.ts";

/** What a field holds. */
export interface FieldType {
  readonly name: string;
  /** text, integer, boolean, … by its letter in the table, or `object` with `type`. */
  readonly kind: "s" | "i" | "b" | "f" | "q" | "t" | "d" | "x" | "o" | "y" | "m" | "mq" | "my" | "object";
  /** Name of the object type. */
  readonly type: string | undefined;
  /** A list: "atomic", "set" or "map"; or a map of objects. */
  readonly list: "atomic" | "set" | "map" | "record" | undefined;
  /** Key of strategic merge patches. */
  readonly mergeKey: string | undefined;
  /** Keys of server-side apply. */
  readonly keys: readonly string[];
  /** Written even where it is empty. */
  readonly always: boolean;
}

const parsed = new Map<string, readonly FieldType[]>();

const LINES = new Map(
  TYPES.trim()
    .split("\n")
    .map((line) => {
      const at = line.indexOf(" ");
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
);

function parseField(word: string): FieldType {
  const colon = word.indexOf(":");
  const [name, given] =
    colon < 0 ? [word.replace("!", ""), word.endsWith("!") ? "!" : ""] : [word.slice(0, colon), word.slice(colon + 1)];
  const always = given.endsWith("!");
  const kind = always ? given.slice(0, -1) : given;
  const listed = /^\[([^\]]*)\](.*)$/.exec(kind);
  const record = kind.startsWith("{}");
  const base = listed !== null ? (listed[2] as string) : record ? kind.slice(2) : kind;
  const key = listed?.[1] ?? "";
  const [mergeKey = "", keys = mergeKey] = key.split(",");
  const isType = /^[A-Z]/.test(base);
  return {
    name,
    kind: isType ? "object" : ((base || "s") as FieldType["kind"]),
    type: isType ? base : undefined,
    list: listed === null ? (record ? "record" : undefined) : key === "" ? "atomic" : key === "=" ? "set" : "map",
    mergeKey: key === "" || key === "=" ? undefined : mergeKey,
    keys: key === "" || key === "=" ? [] : keys.split("/"),
    always,
  };
}

/** Fields of a type in the order of its Go struct; undefined where it is not known. */
export function fieldsOfType(type: string): readonly FieldType[] | undefined {
  const known = parsed.get(type);
  if (known !== undefined) return known;
  const line = LINES.get(type);
  if (line === undefined) return undefined;
  const words = line.split(" ");
  const from = words[0] === "=" ? (fieldsOfType(words[1] as string) ?? []) : [];
  const fields = Object.freeze([...from, ...words.slice(from.length > 0 ? 2 : 0).map(parseField)]);
  parsed.set(type, fields);
  return fields;
}

/** Fields of a whole object: kind, apiVersion and metadata before the kind's own. */
const HEAD: readonly FieldType[] = ["kind", "apiVersion", "metadata:ObjectMeta"].map(parseField);

/** Fields of a kind's objects; undefined where the kind is not known. */
export function fieldsOfKind(kind: string): readonly FieldType[] | undefined {
  const own = fieldsOfType(kind);
  if (own === undefined) return undefined;
  const name = ` ${kind}`;
  const known = parsed.get(name);
  if (known !== undefined) return known;
  const fields = Object.freeze([...HEAD, ...own]);
  parsed.set(name, fields);
  return fields;
}

/** The field of a type by name. */
export function findField(fields: readonly FieldType[] | undefined, name: string): FieldType | undefined {
  return fields?.find((each) => each.name === name);
}

/** Fields below a field that holds an object or objects. */
export function fieldsBelow(field: FieldType | undefined): readonly FieldType[] | undefined {
  return field?.type === undefined ? undefined : fieldsOfType(field.type);
}
