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

/** Spreads every bit of a word over all of it (the finalizer of MurmurHash3). */
function spread(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** A source of choices for a seed text: FNV-1a over the text, and a Weyl sequence from there, each word of it spread. */
export function seedChoices(seed: string): Random {
  let state = 0x811c9dc5;
  for (let at = 0; at < seed.length; at++) state = Math.imul(state ^ seed.charCodeAt(at), 0x01000193);
  state = spread(state);
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    return (spread(spread(state) ^ 0x243f6a88) >>> 0) / 2 ** 32;
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
