// The commands of a sed script as data, made by `parse.ts` and carried out by `run.ts`.

import type { Regex } from "../../lib/regex/regex.ts";
import type { Piece } from "../../lib/regex/replace.ts";

export type Address =
  | { readonly kind: "line"; readonly line: number }
  | { readonly kind: "step"; readonly first: number; readonly step: number }
  | { readonly kind: "last" }
  /** Without a regex: the last one used. */
  | { readonly kind: "regex"; readonly regex: Regex | undefined }
  /** Second address only: so many lines on, or to the next multiple. */
  | { readonly kind: "plus"; readonly count: number }
  | { readonly kind: "multiple"; readonly of: number };

export interface Substitution {
  readonly regex: Regex | undefined;
  readonly pieces: readonly Piece[];
  readonly global: boolean;
  readonly print: number;
  readonly evaluate: boolean;
  readonly nth: number;
  readonly file: string | undefined;
}

export interface SedCommand {
  readonly name: string;
  readonly first?: Address;
  readonly second?: Address;
  readonly negated: boolean;
  /** Text of a, i and c; label of b, t and T; file of r, R, w and W. */
  readonly text: string;
  /** Exit status of q and Q, width of l. */
  readonly number?: number;
  readonly substitution?: Substitution;
  readonly map?: ReadonlyMap<string, string>;
  /** Where to go on: past the block of a `{` that is not taken, or to a label. */
  target: number;
}

/** A script error: where it stands and what is wrong, as sed says it. */
export class ScriptError {
  readonly text: string;
  readonly status: number;
  constructor(text: string, status = 1) {
    this.text = text;
    this.status = status;
  }
}
