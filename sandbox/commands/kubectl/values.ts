// Values as JSON gives them, and small ways into them. Objects of the API are plain data here, as in kubectl's unstructured client.

// biome-ignore lint/suspicious/noExplicitAny: API objects have any shape
export type Any = any;
export type Obj = Record<string, Any>;

/** What stops a command: kubectl's message and exit code. */
export class Fail extends Error {
  readonly code: number;
  /** What had gone to stdout before. */
  shown = "";

  constructor(message: string, code = 1) {
    super(message);
    this.code = code;
  }
}

/** A message that is printed as it is, without "error: " in front. */
export class BareFail extends Fail {}

/** The value at a path of plain keys, such as `metadata.labels`; undefined where there is none. */
export function at(value: Any, path: string): Any {
  let here = value;
  for (const key of path.split(".")) {
    if (here === null || typeof here !== "object") return undefined;
    here = here[key];
  }
  return here;
}

/** Keys in Go's order of map keys: by bytes. */
export function sortedKeys(map: Obj | undefined): string[] {
  return Object.keys(map ?? {}).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

export function clone<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

/** Whether two values are the same, whatever the order of keys. */
export function same(a: Any, b: Any): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.keys(a), Object.keys(b)];
  return left.length === right.length && left.every((key) => key in b && same(a[key], b[key]));
}

/** Go's %q for text without odd characters. */
export const q = (text: string): string => JSON.stringify(text);

/** The annotation that tells why something was changed. */
export const CAUSE = "kubernetes.io/change-cause";

export const nameOf = (object: Obj): string => at(object, "metadata.name") ?? "";
export const namespaceOf = (object: Obj): string => at(object, "metadata.namespace") ?? "";

/** Group and version of an apiVersion. */
export function splitVersion(apiVersion: string): { group: string; version: string } {
  const at = apiVersion.indexOf("/");
  return at < 0
    ? { group: "", version: apiVersion }
    : { group: apiVersion.slice(0, at), version: apiVersion.slice(at + 1) };
}

/** The fields that hold something, in their order: `omitempty`. */
export const filled = (fields: Obj): Obj =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) =>
        value !== undefined &&
        value !== "" &&
        (value === null || typeof value !== "object" || Object.keys(value).length > 0),
    ),
  );

/** fmt's %v. */
export function goValue(value: Any): string {
  if (value === null || value === undefined) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(goValue).join(" ")}]`;
  if (typeof value !== "object") return String(value);
  return `map[${sortedKeys(value)
    .map((key) => `${key}:${goValue(value[key])}`)
    .join(" ")}]`;
}

/** fmt's %T of what JSON holds. */
export function typeName(value: Any): string {
  if (value === null || value === undefined) return "nil";
  if (Array.isArray(value)) return "[]interface {}";
  if (typeof value === "object") return "map[string]interface {}";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  return typeof value === "boolean" ? "bool" : "string";
}

/** fmt's %#U: `U+007D '}'`. */
export const codePoint = (char: string): string =>
  `U+${(char.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0")} '${char}'`;
