// Programs that jq does not compile, and how it tells where.

/** A program jq would not compile; the text is the whole message behind `jq: error: `. */
export class CompileError {
  readonly text: string;
  readonly count: number;
  constructor(text: string, count = 1) {
    this.text = text;
    this.count = count;
  }
}

/** Where in the program: the line, and blanks up to the place, as jq pads its messages. */
export function locate(text: string, at: number): string {
  const before = text.slice(0, at).split("\n");
  const line = text.split("\n")[before.length - 1] ?? "";
  return ` at <top-level>, line ${before.length}:\n${line}${" ".repeat(before.at(-1)?.length ?? 0)}`;
}
