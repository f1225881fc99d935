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
