// Objects with all keys in order, to compare them.

/** A copy with all keys in order and without undefined ones. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const from = value as Record<string, unknown>;
  return Object.fromEntries(
    Object.keys(from)
      .sort()
      .filter((key) => from[key] !== undefined)
      .map((key) => [key, sortKeys(from[key])]),
  );
}

/** Whether two values are the same, whatever the order of their keys; undefined fields count as missing. */
export function sameValue(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
    return one.every((item, i) => sameValue(item, other[i]));
  }
  const [left, right] = [one as Record<string, unknown>, other as Record<string, unknown>];
  for (const key in left) if (!sameValue(left[key], right[key])) return false;
  for (const key in right) if (right[key] !== undefined && left[key] === undefined) return false;
  return true;
}
