// What the scanner hands to the parser, and how both complain.

export type TokenType =
  | "stream-end"
  | "directive"
  | "document-start"
  | "document-end"
  | "block-sequence-start"
  | "block-mapping-start"
  | "block-end"
  | "["
  | "]"
  | "{"
  | "}"
  | ","
  | "-"
  | "?"
  | ":"
  | "alias"
  | "anchor"
  | "tag"
  | "scalar";

export interface Mark {
  readonly index: number;
  readonly line: number;
  readonly column: number;
}

export interface Token {
  readonly type: TokenType;
  readonly start: Mark;
  /** Text of a scalar, name of an anchor, whole tag. */
  readonly value: string;
  /** True for a scalar without quotes. */
  readonly plain: boolean;
}

/** A text that is not YAML; `message` is go-yaml's, line included. */
export class YamlError extends Error {}

/** go-yaml's wording: a problem at line 0 borrows the line of its context, and scanner lines count from one. */
export function yamlError(problem: string, mark: Mark, context: Mark | undefined, scanner: boolean): YamlError {
  let line = 0;
  if (mark.line !== 0) line = mark.line + (scanner ? 1 : 0);
  else if (context !== undefined) line = context.line;
  return new YamlError(line === 0 ? `yaml: ${problem}` : `yaml: line ${line}: ${problem}`);
}
