// What the scanner and the parser throw among themselves: a wish for more input, and a mistake.

export interface Fault {
  readonly line: number;
  readonly text: string;
}

/** More input is needed, or, where there is none, a mistake. Never leaves the parser. */
export class Incomplete {
  readonly faults: Fault[];
  /** What it does to the shell where no more input comes: see Unit. */
  readonly effect: Effect;
  constructor(line: number, text: string, effect: Effect = "syntax") {
    this.faults = [{ line, text }];
    this.effect = effect;
  }
}

/** A mistake in the grammar. Never leaves the parser. */
export class Misplaced {
  readonly faults: readonly Fault[];
  /** What it does to the shell: see Unit. */
  readonly effect: Effect;
  constructor(faults: readonly Fault[], effect: Effect = "syntax") {
    this.faults = faults;
    this.effect = effect;
  }
}

/**
 * `syntax`: status 2, a script ends. `cond`: a mistake in `[[ ]]`, which bash 5.2 takes for the end of the input.
 * `array`: a mistake in an array or a function's name: status 1, the script goes on.
 */
export type Effect = "syntax" | "cond" | "array";
