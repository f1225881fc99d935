// Remembering pure results. Not state of any machine: the answer is the same with or without it, only slower.

const latin = new TextDecoder("latin1");

/** Bytes as a key of a memo: one character each. */
export const bytesKey = (bytes: Uint8Array): string => latin.decode(bytes);

/** A function that computes each key's value once, and forgets the oldest beyond `limit`. */
export function createMemo<T>(limit: number): (key: string, compute: () => T) => T {
  const known = new Map<string, T>();
  return (key, compute) => {
    const old = known.get(key);
    if (old !== undefined) return old;
    const value = compute();
    if (known.size >= limit) for (const first of [...known.keys()].slice(0, limit >> 2)) known.delete(first);
    known.set(key, value);
    return value;
  };
}

/** The same for what is computed of an object that never changes, as long as the object lives: its bytes need not be read to find it. */
export function createObjectMemo<K extends object, T>(): (key: K, compute: () => T) => T {
  const known = new WeakMap<K, { readonly value: T }>();
  return (key, compute) => {
    const old = known.get(key);
    if (old !== undefined) return old.value;
    const value = compute();
    known.set(key, { value });
    return value;
  };
}
