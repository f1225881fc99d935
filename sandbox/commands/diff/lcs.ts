// The edit script between two lists of lines: Myers' greedy algorithm from both ends of what differs.

/** A stretch that differs: lines `from` up to `to` of the old side became those of the new side. */
export interface Change {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
}

/** Edits beyond which the search gives up being minimal: the rest counts as changed throughout. */
const MAX_EDITS = 4000;

/** Changes from `a` to `b`, in order, as GNU diff shows them. */
export function findChanges(a: readonly number[], b: readonly number[]): Change[] {
  const removed = new Uint8Array(a.length + 1);
  const added = new Uint8Array(b.length + 1);
  compare(a, b, 0, a.length, 0, b.length, removed, added);
  slide(a, removed, added);
  slide(b, added, removed);
  return collect(a.length, b.length, removed, added);
}

function compare(
  a: readonly number[],
  b: readonly number[],
  aFrom: number,
  aTo: number,
  bFrom: number,
  bTo: number,
  removed: Uint8Array,
  added: Uint8Array,
): void {
  let [a0, a1, b0, b1] = [aFrom, aTo, bFrom, bTo];
  while (a0 < a1 && b0 < b1 && a[a0] === b[b0]) {
    a0++;
    b0++;
  }
  while (a0 < a1 && b0 < b1 && a[a1 - 1] === b[b1 - 1]) {
    a1--;
    b1--;
  }
  if (a0 === a1 || b0 === b1) {
    removed.fill(1, a0, a1);
    added.fill(1, b0, b1);
    return;
  }
  const middle = findMiddle(a, b, a0, a1, b0, b1);
  if (middle === undefined) {
    removed.fill(1, a0, a1);
    added.fill(1, b0, b1);
    return;
  }
  compare(a, b, a0, middle[0], b0, middle[1], removed, added);
  compare(a, b, middle[0], a1, middle[1], b1, removed, added);
}

/** Where the shortest edit paths from both ends meet (diag of diffseq). */
function findMiddle(
  a: readonly number[],
  b: readonly number[],
  a0: number,
  a1: number,
  b0: number,
  b1: number,
): [number, number] | undefined {
  const low = a0 - b1;
  const high = a1 - b0;
  const forwardStart = a0 - b0;
  const backwardStart = a1 - b1;
  const odd = ((forwardStart - backwardStart) & 1) !== 0;
  const offset = b1 + 1;
  const size = a1 + b1 + 3;
  const forward = new Int32Array(size);
  const backward = new Int32Array(size);
  let [fMin, fMax, bMin, bMax] = [forwardStart, forwardStart, backwardStart, backwardStart];
  forward[offset + forwardStart] = a0;
  backward[offset + backwardStart] = a1;
  for (let cost = 1; cost < MAX_EDITS; cost++) {
    if (fMin > low) forward[offset + --fMin - 1] = -1;
    else fMin++;
    if (fMax < high) forward[offset + ++fMax + 1] = -1;
    else fMax--;
    for (let d = fMax; d >= fMin; d -= 2) {
      const below = forward[offset + d - 1] ?? -1;
      const above = forward[offset + d + 1] ?? -1;
      let x = below < above ? above : below + 1;
      let y = x - d;
      while (x < a1 && y < b1 && a[x] === b[y]) {
        x++;
        y++;
      }
      forward[offset + d] = x;
      if (odd && bMin <= d && d <= bMax && (backward[offset + d] ?? 0) <= x) return [x, y];
    }
    if (bMin > low) backward[offset + --bMin - 1] = 0x7fffffff;
    else bMin++;
    if (bMax < high) backward[offset + ++bMax + 1] = 0x7fffffff;
    else bMax--;
    for (let d = bMax; d >= bMin; d -= 2) {
      const below = backward[offset + d - 1] ?? 0;
      const above = backward[offset + d + 1] ?? 0;
      let x = below < above ? below : above - 1;
      let y = x - d;
      while (a0 < x && b0 < y && a[x - 1] === b[y - 1]) {
        x--;
        y--;
      }
      backward[offset + d] = x;
      if (!odd && fMin <= d && d <= fMax && x <= (forward[offset + d] ?? 0)) return [x, y];
    }
  }
  return undefined;
}

/** Moves each run of changed lines as far down as equal lines allow, joining runs that meet (shift_boundaries). */
function slide(lines: readonly number[], changed: Uint8Array, other: Uint8Array): void {
  const end = lines.length;
  let i = 0;
  let j = 0;
  for (;;) {
    while (i < end && changed[i] === 0) {
      while (other[j++] === 1);
      i++;
    }
    if (i === end) return;
    let start = i;
    while (changed[++i] === 1);
    while (other[j] === 1) j++;
    let runLength: number;
    let corresponding: number;
    do {
      runLength = i - start;
      while (start > 0 && lines[start - 1] === lines[i - 1]) {
        changed[--start] = 1;
        changed[--i] = 0;
        while (changed[start - 1] === 1) start--;
        while (other[--j] === 1);
      }
      corresponding = other[j - 1] === 1 ? i : end;
      while (i !== end && lines[start] === lines[i]) {
        changed[start++] = 0;
        changed[i++] = 1;
        while (changed[i] === 1) i++;
        while (other[++j] === 1) corresponding = i;
      }
    } while (runLength !== i - start);
    while (corresponding < i) {
      changed[--start] = 1;
      changed[--i] = 0;
      while (other[--j] === 1);
    }
  }
}

function collect(aLength: number, bLength: number, removed: Uint8Array, added: Uint8Array): Change[] {
  const changes: Change[] = [];
  let i = 0;
  let j = 0;
  while (i < aLength || j < bLength) {
    if (removed[i] === 1 || added[j] === 1) {
      const [oldStart, newStart] = [i, j];
      while (removed[i] === 1) i++;
      while (added[j] === 1) j++;
      changes.push({ oldStart, oldEnd: i, newStart, newEnd: j });
    }
    i++;
    j++;
  }
  return changes;
}
