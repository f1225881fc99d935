// Two texts as the lines that differ, with one line around them: by the longest common subsequence. For files of a few hundred lines.

export interface DiffLine {
  readonly kind: "same" | "gone" | "new";
  readonly text: string;
}

/** Beyond this many lines a file is told as changed, no more. */
const longest = 1500;

/** The differing lines with `around` lines of context; empty where nothing differs, undefined where the texts are too long. */
export function diffLines(before: string, after: string, around = 1): readonly DiffLine[] | undefined {
  if (before === after) return [];
  const [a, b] = [linesOf(before), linesOf(after)];
  if (a.length > longest || b.length > longest) return undefined;
  const all = align(a, b);
  const near = all.map((_, index) =>
    all.slice(Math.max(0, index - around), index + around + 1).some(({ kind }) => kind !== "same"),
  );
  return all.filter((_, index) => near[index] === true);
}

const linesOf = (text: string): string[] => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));

function align(a: readonly string[], b: readonly string[]): DiffLine[] {
  // Length of the longest common subsequence of the ends from i and j on.
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      (common[i] as Uint16Array)[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: "same", text: a[i] as string });
      i += 1;
      j += 1;
    } else if (i < a.length && (j >= b.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: "gone", text: a[i] as string });
      i += 1;
    } else {
      lines.push({ kind: "new", text: b[j] as string });
      j += 1;
    }
  }
  return lines;
}
