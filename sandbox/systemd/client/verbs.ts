// Verbs of systemd's tools: how many words each takes, and what is said about one that is none.

export interface VerbArity {
  readonly min: number;
  readonly max: number;
}

/** Edit distance where swapped neighbours count once. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    const above = rows[i - 1] as number[];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(
        (above[j - 1] as number) + (same ? 0 : 1),
        (above[j] as number) + 1,
        (row[j - 1] as number) + 1,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, ((rows[i - 2] as number[])[j - 2] as number) + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return (rows[a.length] as number[])[b.length] as number;
}

/** The word nearest to what was typed: one that it begins, else one that is at most five edits away. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const each of known) {
    if (each.startsWith(word) && each.length - word.length < least) {
      best = each;
      least = each.length - word.length;
    }
  }
  if (best !== undefined) return best;
  for (const each of known) {
    const far = distance(each, word);
    if (far <= 5 && far < least) {
      best = each;
      least = far;
    }
  }
  return best;
}

/** What is wrong with a verb and its number of arguments, in systemd's words. */
export function verbProblem(verb: string, count: number, verbs: ReadonlyMap<string, VerbArity>): string | undefined {
  const arity = verbs.get(verb);
  if (arity === undefined) {
    const near = nearest(verb, [...verbs.keys()]);
    return near === undefined
      ? `Unknown command verb '${verb}'.`
      : `Unknown command verb '${verb}', did you mean '${near}'?`;
  }
  if (count < arity.min) return "Too few arguments.";
  return count > arity.max ? "Too many arguments." : undefined;
}
