// Chance that repeats: the same seed gives the same choices on every machine.

/** What a template draws its values from. */
export interface Random {
  /** A whole number from 0 up to, and without, `below`. */
  int(below: number): number;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  pick<const List extends readonly [unknown, ...unknown[]]>(list: List): List[number];
  /** True once in `n` times. */
  oneIn(n: number): boolean;
  /** The same elements in another order. */
  shuffle<T>(list: readonly T[]): T[];
}

/** A source of choices for a seed text: FNV-1a over the text starts a mulberry32. */
export function seedChoices(seed: string): Random {
  let state = 0x811c9dc5;
  for (let at = 0; at < seed.length; at++) state = Math.imul(state ^ seed.charCodeAt(at), 0x01000193);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return {
    int,
    between: (least, most) => least + int(most - least + 1),
    pick: (list) => list[int(list.length)],
    oneIn: (n) => int(n) === 0,
    shuffle(list) {
      const rest = [...list];
      return list.map(() => rest.splice(int(rest.length), 1)[0] as (typeof list)[number]);
    },
  };
}
