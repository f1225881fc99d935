// RFC 6902 patches with the words of evanphx/json-patch where they do not apply.

import { type Fields, fieldsOf, thaw } from "../object.ts";
import { sameValue } from "./sort.ts";

/** A patch that does not apply. */
export class JsonPatchError extends Error {}

interface Operation {
  readonly op?: string;
  readonly path?: string;
  readonly from?: string;
  readonly value?: unknown;
}

const decodePointer = (part: string): string => part.replaceAll("~1", "/").replaceAll("~0", "~");

const same = sameValue;

interface Place {
  readonly parent: Fields | unknown[];
  readonly key: string;
}

function placeOf(root: unknown, path: string, op: string): Place {
  const parts = path.split("/").slice(1).map(decodePointer);
  const key = parts.pop() ?? "";
  let parent = root;
  for (const part of parts) {
    parent = Array.isArray(parent) ? parent[Number(part)] : fieldsOf(parent)[part];
    if (typeof parent !== "object" || parent === null) {
      const verb = op === "test" ? "testing" : op;
      throw new JsonPatchError(
        `${verb} operation does not apply: doc is missing path: ${JSON.stringify(path)}: missing value`,
      );
    }
  }
  return { parent: parent as Fields | unknown[], key };
}

function read({ parent, key }: Place): unknown {
  return Array.isArray(parent) ? parent[Number(key)] : parent[key];
}

function add({ parent, key }: Place, value: unknown, path: string): void {
  if (!Array.isArray(parent)) {
    parent[key] = value;
    return;
  }
  const at = key === "-" ? parent.length : Number(key);
  if (!Number.isInteger(at) || at < 0 || at > parent.length)
    throw new JsonPatchError(
      `add operation does not apply: doc is missing path: ${JSON.stringify(path)}: Unable to access invalid index: ${key}: invalid index referenced`,
    );
  parent.splice(at, 0, value);
}

function remove(place: Place, path: string, op: string): unknown {
  const { parent, key } = place;
  const value = read(place);
  if (value === undefined) {
    const why = Array.isArray(parent)
      ? `Unable to access invalid index: ${key}: invalid index referenced`
      : `Unable to remove nonexistent key: ${key}: missing value`;
    throw new JsonPatchError(
      `${op} operation does not apply: doc is missing ${Array.isArray(parent) ? "index" : "key"}: ${path}: ${op === "remove" ? why : "missing value"}`.replace(
        /: missing value: /,
        ": ",
      ),
    );
  }
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
  return value;
}

/** The document after the operations. Throws JsonPatchError. */
export function applyJsonPatch(document: unknown, operations: readonly Operation[]): unknown {
  const root = { "": thaw(document) } as Fields;
  for (const { op = "", path = "", from = "", value } of operations) {
    // The document itself sits under the empty key, so that it can be replaced as a whole.
    const place = placeOf(root, `/${path}`, op);
    switch (op) {
      case "add":
        add(place, value, path);
        break;
      case "remove":
        remove(place, path, "remove");
        break;
      case "replace":
        if (read(place) === undefined)
          throw new JsonPatchError(`replace operation does not apply: doc is missing key: ${path}: missing value`);
        if (Array.isArray(place.parent)) place.parent[Number(place.key)] = value;
        else place.parent[place.key] = value;
        break;
      case "move":
      case "copy": {
        const source = placeOf(root, `/${from}`, op);
        const taken = op === "move" ? remove(source, from, op) : thaw(read(source));
        add(place, taken, path);
        break;
      }
      case "test":
        if (!same(read(place), value)) throw new JsonPatchError(`testing value ${path} failed: test failed`);
        break;
      default:
        throw new JsonPatchError(`Unexpected kind: ${op}`);
    }
  }
  return root[""];
}
