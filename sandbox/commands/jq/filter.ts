// A jq program as a tree.

export type Filter =
  | { readonly kind: "identity" | "recurse" | "empty" }
  | { readonly kind: "field"; readonly of: Filter; readonly name: Filter }
  | { readonly kind: "slice"; readonly of: Filter; readonly from: Filter | undefined; readonly to: Filter | undefined }
  | { readonly kind: "each"; readonly of: Filter }
  | { readonly kind: "literal"; readonly value: unknown }
  | { readonly kind: "string"; readonly parts: readonly (string | Filter)[]; readonly format: string | undefined }
  | { readonly kind: "format"; readonly name: string }
  | { readonly kind: "array"; readonly of: Filter | undefined }
  | { readonly kind: "object"; readonly entries: readonly (readonly [Filter, Filter])[] }
  | { readonly kind: "pipe" | "comma" | "and" | "or" | "alternative"; readonly left: Filter; readonly right: Filter }
  | { readonly kind: "binary"; readonly sign: string; readonly left: Filter; readonly right: Filter }
  | { readonly kind: "assign"; readonly sign: string; readonly left: Filter; readonly right: Filter }
  | { readonly kind: "negate" | "try"; readonly of: Filter; readonly handler?: Filter }
  | { readonly kind: "if"; readonly test: Filter; readonly yes: Filter; readonly no: Filter }
  | {
      readonly kind: "reduce";
      readonly of: Filter;
      readonly pattern: Pattern;
      readonly start: Filter;
      readonly update: Filter;
    }
  | {
      readonly kind: "foreach";
      readonly of: Filter;
      readonly pattern: Pattern;
      readonly start: Filter;
      readonly update: Filter;
      readonly extract: Filter;
    }
  | { readonly kind: "bind"; readonly of: Filter; readonly patterns: readonly Pattern[]; readonly body: Filter }
  | { readonly kind: "variable"; readonly name: string; readonly at?: number }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Filter[]; readonly at?: number }
  | {
      readonly kind: "define";
      readonly name: string;
      readonly params: readonly string[];
      readonly body: Filter;
      readonly rest: Filter;
    }
  | { readonly kind: "label"; readonly name: string; readonly body: Filter }
  | { readonly kind: "break"; readonly name: string; readonly at: number };

export type Pattern =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "list"; readonly items: readonly Pattern[] }
  | { readonly kind: "map"; readonly entries: readonly (readonly [Filter, Pattern | undefined, string | undefined])[] };

/** One definition of a library, in the order of the text. */
export interface Definition {
  readonly name: string;
  readonly params: readonly string[];
  readonly body: Filter;
}
