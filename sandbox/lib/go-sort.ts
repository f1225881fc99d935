// sort.Sort of Go: equal elements end where pattern-defeating quicksort leaves them, which lists of programs in Go show.

/** Up to here elements are inserted one by one. */
const FEW = 12;
/** From here on the pivot is a median of medians, and single elements are shifted. */
const MANY = 50;

/** Sorts in place. `less` may answer for equal elements, too, as careless ones do. */
export function sortLikeGo<T>(list: T[], less: (a: T, b: T) => boolean): void {
  const before = (i: number, j: number): boolean => less(list[i] as T, list[j] as T);
  const swap = (i: number, j: number): void => {
    [list[i], list[j]] = [list[j] as T, list[i] as T];
  };

  const insert = (a: number, b: number): void => {
    for (let i = a + 1; i < b; i++) for (let j = i; j > a && before(j, j - 1); j--) swap(j, j - 1);
  };

  /** The pivot's place, and how often three of three were out of order. */
  const choose = (a: number, b: number): [pivot: number, swaps: number] => {
    let swaps = 0;
    const order = (i: number, j: number): [number, number] => {
      if (!before(j, i)) return [i, j];
      swaps++;
      return [j, i];
    };
    const median = (x: number, y: number, z: number): number => {
      let [i, j] = order(x, y);
      [j] = order(j, z);
      [i, j] = order(i, j);
      return j;
    };
    const quarter = Math.floor((b - a) / 4);
    const places = [1, 2, 3].map((part) => a + quarter * part);
    const [i, j, k] = (b - a < MANY ? places : places.map((at) => median(at - 1, at, at + 1))) as [
      number,
      number,
      number,
    ];
    return [median(i, j, k), swaps];
  };

  /** Whether little was out of order, and is in order now. */
  const mend = (a: number, b: number): boolean => {
    let i = a + 1;
    for (let tries = 0; tries < 5; tries++) {
      while (i < b && !before(i, i - 1)) i++;
      if (i === b) return true;
      if (b - a < MANY) return false;
      swap(i, i - 1);
      for (let j = i - 1; i - a >= 2 && j >= 1 && before(j, j - 1); j--) swap(j, j - 1);
      for (let j = i + 1; b - i >= 2 && j < b && before(j, j - 1); j++) swap(j, j - 1);
    }
    return false;
  };

  const split = (a: number, b: number, goesLeft: (i: number) => boolean): [middle: number, swapped: boolean] => {
    let [i, j] = [a + 1, b - 1];
    for (let swapped = false; ; swapped = true) {
      while (i <= j && goesLeft(i)) i++;
      while (i <= j && !goesLeft(j)) j--;
      if (i > j) return [j, swapped];
      swap(i++, j--);
    }
  };

  /** Moves three elements, so that what had split badly splits otherwise. */
  const shuffle = (a: number, b: number): void => {
    const length = b - a;
    let random = BigInt(length);
    const modulus = 1n << BigInt(length.toString(2).length);
    for (let i = 0; i < 3; i++) {
      random ^= BigInt.asUintN(64, random << 13n);
      random ^= random >> 7n;
      random ^= BigInt.asUintN(64, random << 17n);
      swap(a + Math.floor(length / 4) * 2 - 1 + i, a + (Number(random & (modulus - 1n)) % length));
    }
  };

  const sort = (from: number, to: number): void => {
    let [a, b, balanced, ordered] = [from, to, true, true];
    while (b - a > FEW) {
      const length = b - a;
      if (!balanced) shuffle(a, b);
      let [pivot, swaps] = choose(a, b);
      // All that was compared was out of order: it runs backwards.
      if (swaps === 12) {
        for (let i = a, j = b - 1; i < j; i++, j--) swap(i, j);
        pivot = b - 1 - (pivot - a);
        swaps = 0;
      }
      if (balanced && ordered && swaps === 0 && mend(a, b)) return;
      const same = a > 0 && !before(a - 1, pivot);
      swap(a, pivot);
      if (same) {
        a = split(a, b, (i) => !before(a, i))[0] + 1;
        continue;
      }
      const [middle, swapped] = split(a, b, (i) => before(i, a));
      swap(middle, a);
      ordered = !swapped;
      balanced = Math.min(middle - a, b - middle) >= Math.floor(length / 8);
      if (middle - a < b - middle) {
        sort(a, middle);
        a = middle + 1;
      } else {
        sort(middle + 1, b);
        b = middle;
      }
    }
    insert(a, b);
  };
  sort(0, list.length);
}
