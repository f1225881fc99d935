// The indent of a line of YAML as vim's own rules for that language give it; vim follows them in *.yaml files, vi does not.

const MAP_KEY =
  /^\s*(?!#)\S(?:'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|(?:(?!: ).)*):(?: |$)|^\s*'(?:[^']|'')*':(?: |$)|^\s*"(?:[^"\\]|\\.)*":(?: |$)/;
const LIST_ITEM = /^\s*-(?: |$)/;
/** A key with nothing behind it, an open bracket, or the head of a block scalar. */
const OPENS = /[{[:]$|[:-] [|>][-+]?(?:\s+#.*|\s*)$/;

const indentOf = (line: string): number => /^ */.exec(line)?.[0].length ?? 0;

/** The nearest line above that is indented less than `limit`, or is a comment; -1 where there is none. */
function lessIndented(lines: readonly string[], at: number, limit: number): number {
  let line = at - 1;
  while (
    line >= 0 &&
    (lines[line]?.trim() === "" || (indentOf(lines[line] ?? "") >= limit && !/^\s*#/.test(lines[line] ?? "")))
  )
    line -= 1;
  return line;
}

/** The line above that matches and is not indented more than this one. */
function matchingAbove(lines: readonly string[], at: number, pattern: RegExp): number {
  let line = lessIndented(lines, at, indentOf(lines[at] ?? "") + 1);
  while (line >= 0 && !pattern.test(lines[line] ?? "")) line = lessIndented(lines, line, indentOf(lines[line] ?? ""));
  return line;
}

/** How far a line is to be indented, from what stands above it and in it. */
export function yamlIndent(lines: readonly string[], at: number, shift: number): number {
  const filled = (from: number): number => {
    let line = from;
    while (line >= 0 && (lines[line] ?? "").trim() === "") line -= 1;
    return line;
  };
  let above = filled(at - 1);
  if (above < 0) return 0;
  const first = indentOf(lines[above] ?? "");
  const line = lines[at] ?? "";
  const indentAt = (place: number): number => (place < 0 ? 0 : indentOf(lines[place] ?? ""));
  if (/^\s*#/.test(line) && /^\s*#/.test(lines[at - 1] ?? "")) return first;
  if (/^\s*[\]}]/.test(line)) return indentAt(lessIndented(lines, at, indentOf(line)));
  while (/^\s*#/.test(lines[above] ?? "")) {
    above = filled(above - 1);
    if (above < 0) return first;
  }
  const before = lines[above] ?? "";
  const indent = indentOf(before);
  if (OPENS.test(before)) return indent + shift;
  const explicit = /[:-] [|>]\+?(\d+)[-+]?(?:\s+#.*|\s*)$/.exec(before);
  if (explicit !== null) return indent + Number(explicit[1]);
  if (LIST_ITEM.test(line)) return indentAt(matchingAbove(lines, at, LIST_ITEM));
  if (MAP_KEY.test(line)) {
    const key = matchingAbove(lines, at, MAP_KEY);
    return indentAt(key) + (/^\s*- /.test(lines[key] ?? "") ? 2 : 0);
  }
  if (/^\s*- /.test(before)) return indent + 2;
  // A value goes on over the next line.
  return MAP_KEY.test(before) ? indent + shift : indent;
}
