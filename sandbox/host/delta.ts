// What changed between two values of plain data, as a small value of plain data: for points of the time line and for links.

/**
 * A change: `same`; a new value; members of an object or a map that changed, with those that are gone and, where the order cannot be
 * told from that, all keys in order; items of an array that changed, its new length and what follows the old end; the middle of bytes.
 */
export type Delta =
  | readonly ["="]
  | readonly ["v", unknown]
  | readonly ["o", readonly (readonly [string, Delta])[], readonly string[], readonly string[] | null]
  | readonly ["m", readonly (readonly [unknown, Delta])[], readonly unknown[], readonly unknown[] | null]
  | readonly ["a", readonly (readonly [number, Delta])[], number, readonly unknown[]]
  | readonly ["b", number, Uint8Array, number];

const SAME: Delta = ["="];

type Dict = Readonly<Record<string, unknown>>;

const isSame = (delta: Delta): boolean => delta[0] === "=";

/** The change that makes `to` out of `from`. Values that are shared between the two cost one comparison. */
export function findDelta(from: unknown, to: unknown): Delta {
  if (Object.is(from, to)) return SAME;
  if (typeof from !== "object" || typeof to !== "object" || from === null || to === null) return ["v", to];
  if (to instanceof Uint8Array) return from instanceof Uint8Array ? bytesDelta(from, to) : ["v", to];
  if (to instanceof Map) return from instanceof Map ? mapDelta(from, to) : ["v", to];
  if (to instanceof Set) return from instanceof Set && sameKeys([...from], [...to]) ? SAME : ["v", to];
  if (Array.isArray(to)) return Array.isArray(from) ? arrayDelta(from, to) : ["v", to];
  if (Array.isArray(from) || from instanceof Map || from instanceof Set || from instanceof Uint8Array) return ["v", to];
  return objectDelta(from as Dict, to as Dict);
}

function bytesDelta(from: Uint8Array, to: Uint8Array): Delta {
  const shorter = Math.min(from.length, to.length);
  let head = 0;
  while (head < shorter && from[head] === to[head]) head++;
  if (head === from.length && head === to.length) return SAME;
  let tail = 0;
  while (tail < shorter - head && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail++;
  return ["b", head, to.slice(head, to.length - tail), tail];
}

function mapDelta(from: ReadonlyMap<unknown, unknown>, to: ReadonlyMap<unknown, unknown>): Delta {
  const changed: (readonly [unknown, Delta])[] = [];
  for (const [key, value] of to) {
    const delta: Delta = from.has(key) ? findDelta(from.get(key), value) : ["v", value];
    if (!isSame(delta)) changed.push([key, delta]);
  }
  const gone = [...from.keys()].filter((key) => !to.has(key));
  const kept = [...from.keys()].filter((key) => to.has(key));
  const order = sameKeys([...kept, ...[...to.keys()].filter((key) => !from.has(key))], [...to.keys()]);
  if (changed.length === 0 && gone.length === 0 && order) return SAME;
  return ["m", changed, gone, order ? null : [...to.keys()]];
}

function sameKeys(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((key, at) => Object.is(key, other[at]));
}

function arrayDelta(from: readonly unknown[], to: readonly unknown[]): Delta {
  const shorter = Math.min(from.length, to.length);
  const changed: (readonly [number, Delta])[] = [];
  for (let at = 0; at < shorter; at++) {
    const delta = findDelta(from[at], to[at]);
    if (!isSame(delta)) changed.push([at, delta]);
  }
  if (changed.length === 0 && from.length === to.length) return SAME;
  return ["a", changed, shorter, to.slice(shorter)];
}

/** A member without a value counts as absent: packed text does not know it. */
const present = (value: Dict): string[] => Object.keys(value).filter((key) => value[key] !== undefined);

function objectDelta(from: Dict, to: Dict): Delta {
  const changed: (readonly [string, Delta])[] = [];
  for (const key of present(to)) {
    const delta: Delta = from[key] === undefined ? ["v", to[key]] : findDelta(from[key], to[key]);
    if (!isSame(delta)) changed.push([key, delta]);
  }
  const gone = present(from).filter((key) => to[key] === undefined);
  const kept = present(from).filter((key) => to[key] !== undefined);
  const order = sameKeys([...kept, ...present(to).filter((key) => from[key] === undefined)], present(to));
  if (changed.length === 0 && gone.length === 0 && order) return SAME;
  return ["o", changed, gone, order ? null : present(to)];
}

/** A change that does not fit the value it is applied to: it was made for another one, or damaged. */
export class BadDelta extends Error {}

/**
 * The value that a change makes of `from`. What did not change is shared by both, so neither may be written to from then on.
 * @throws BadDelta where the change does not fit.
 */
export function applyDelta(from: unknown, delta: Delta): unknown {
  if (!Array.isArray(delta)) throw new BadDelta("this is not a change");
  switch (delta[0]) {
    case "=":
      return from;
    case "v":
      return delta[1];
    case "b":
      if (!(from instanceof Uint8Array)) break;
      return joinBytes(from, delta[1], delta[2], delta[3]);
    case "a":
      if (!Array.isArray(from) || !Array.isArray(delta[1]) || !Array.isArray(delta[3])) break;
      return applyToArray(from, delta[1], delta[2], delta[3]);
    case "m":
      if (!(from instanceof Map) || !Array.isArray(delta[1]) || !Array.isArray(delta[2])) break;
      return applyToMap(from, delta[1], delta[2], delta[3]);
    case "o":
      if (!isPlain(from) || !Array.isArray(delta[1]) || !Array.isArray(delta[2])) break;
      return applyToObject(from, delta[1], delta[2], delta[3]);
  }
  throw new BadDelta("this change does not fit");
}

const isPlain = (value: unknown): value is Dict =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Map || value instanceof Set || value instanceof Uint8Array);

function joinBytes(from: Uint8Array, head: number, middle: Uint8Array, tail: number): Uint8Array {
  if (!(middle instanceof Uint8Array) || !(head >= 0) || !(tail >= 0) || head + tail > from.length)
    throw new BadDelta("this change of bytes does not fit");
  const bytes = new Uint8Array(head + middle.length + tail);
  bytes.set(from.subarray(0, head));
  bytes.set(middle, head);
  bytes.set(from.subarray(from.length - tail), head + middle.length);
  return bytes;
}

function applyToArray(
  from: readonly unknown[],
  changed: readonly (readonly [number, Delta])[],
  length: number,
  added: readonly unknown[],
): unknown[] {
  if (!(length >= 0 && length <= from.length)) throw new BadDelta("this change of a list does not fit");
  const changes = new Map(changed);
  const items = from.slice(0, length).map((item, at) => applyDelta(item, changes.get(at) ?? SAME));
  return [...items, ...added];
}

function applyToMap(
  from: ReadonlyMap<unknown, unknown>,
  changed: readonly (readonly [unknown, Delta])[],
  gone: readonly unknown[],
  order: readonly unknown[] | null,
): Map<unknown, unknown> {
  const changes = new Map(changed);
  const without = new Set(gone);
  const made = new Map<unknown, unknown>();
  for (const [key, value] of from) if (!without.has(key)) made.set(key, applyDelta(value, changes.get(key) ?? SAME));
  for (const [key, delta] of changes) if (!from.has(key)) made.set(key, applyDelta(undefined, delta));
  return order === null ? made : new Map(order.map((key) => [key, made.get(key)]));
}

function applyToObject(
  from: Dict,
  changed: readonly (readonly [string, Delta])[],
  gone: readonly string[],
  order: readonly string[] | null,
): Dict {
  const changes = new Map(changed);
  const made: Record<string, unknown> = {};
  for (const key of present(from)) if (!gone.includes(key)) made[key] = applyDelta(from[key], changes.get(key) ?? SAME);
  for (const [key, delta] of changes) {
    if (typeof key !== "string" || key === "__proto__") throw new BadDelta("this change of a member does not fit");
    if (from[key] === undefined) made[key] = applyDelta(undefined, delta);
  }
  return order === null
    ? made
    : Object.fromEntries(order.filter((key) => Object.hasOwn(made, key)).map((key) => [key, made[key]]));
}
